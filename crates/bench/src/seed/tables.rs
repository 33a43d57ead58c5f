//! A market that has lived for two years: as many products as orders, and all that is written about them. Set-based in SQL, of
//! which each file is about one part of it.

use crate::database::{Cluster, Session};
use anyhow::{Context, Result};
use std::time::Instant;

/// A part of the market, and the statements that write it.
type Part = (&'static str, &'static str);

const SHOPS: Part = ("shops", include_str!("tables/prepare.sql"));
const GOODS: Part = ("goods", include_str!("tables/goods.sql"));
const SALES: Part = ("sales", include_str!("tables/sales.sql"));
const TRACKS: Part = ("tracks", include_str!("tables/tracks.sql"));
const BOOKS: Part = ("books", include_str!("tables/books.sql"));
const DESKS: Part = ("desks", include_str!("tables/desks.sql"));

/// Constraints are checked, what triggers see to is not: the rows are written as the program would have left them.
const SETTINGS: &str =
    "set session_replication_role = replica; set synchronous_commit = off; set work_mem = '64MB'";

/// Fills a market of which nothing is there but two shops, `big` and `small`, and analyses it. Two sessions work at it, since each
/// keeps a core busy.
pub async fn fill(cluster: &Cluster, rows: usize, big: &str, small: &str) -> Result<()> {
    let (one, other) = (cluster.session(pg::STOA).await?, cluster.session(pg::STOA).await?);
    // One moment for all files.
    let now: String = one
        .query_one("select date_trunc('second', now())::text", &[])
        .await?
        .try_get(0)?;
    let owner: String = one
        .query_one(
            "select owner_id::text from tenants.shop where tenant_id = $1::text::uuid",
            &[&big],
        )
        .await?
        .try_get(0)?;
    for session in [&one, &other] {
        session.batch_execute(SETTINGS).await?;
        for (name, value) in [
            ("rows", rows.to_string().as_str()),
            ("big", big),
            ("small", small),
            ("owner", owner.as_str()),
            ("now", now.as_str()),
        ] {
            session
                .execute("select set_config('bench.' || $1, $2, false)", &[&name, &value])
                .await?;
        }
    }
    write(&one, &[SHOPS]).await?;
    tokio::try_join!(write(&one, &[GOODS]), write(&other, &[SALES]))?;
    tokio::try_join!(write(&one, &[TRACKS, DESKS]), write(&other, &[BOOKS]))?;
    one.batch_execute("drop schema bench cascade").await?;
    let began = Instant::now();
    // Each by itself: several statements that are sent together are one transaction, in which nothing is vacuumed.
    one.batch_execute("vacuum analyze").await?;
    one.batch_execute("checkpoint").await?;
    crate::tell(format_args!("analysed: {:.0} s", began.elapsed().as_secs_f64()));
    Ok(())
}

async fn write(session: &Session, parts: &[Part]) -> Result<()> {
    for (part, statements) in parts {
        let began = Instant::now();
        session
            .batch_execute(statements)
            .await
            .with_context(|| format!("writing the {part}"))?;
        crate::tell(format_args!("{part}: {:.0} s", began.elapsed().as_secs_f64()));
    }
    Ok(())
}
