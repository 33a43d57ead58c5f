//! A market that has lived for two years: as many products as orders, and all that is written about them. Set-based in SQL, of
//! which each file is about one part of it.

use crate::database::Session;
use anyhow::{Context, Result};
use std::time::Instant;

const PARTS: [(&str, &str); 5] = [
    ("shops", include_str!("tables/prepare.sql")),
    ("goods", include_str!("tables/goods.sql")),
    ("sales", include_str!("tables/sales.sql")),
    ("books", include_str!("tables/books.sql")),
    ("desks", include_str!("tables/desks.sql")),
];

/// Fills a market of which nothing is there but two shops, `big` and `small`, and analyses it.
pub async fn fill(session: &Session, rows: usize, big: &str, small: &str) -> Result<()> {
    for (name, value) in [
        ("rows", rows.to_string().as_str()),
        ("big", big),
        ("small", small),
    ] {
        session
            .execute("select set_config('bench.' || $1, $2, false)", &[&name, &value])
            .await?;
    }
    for (part, statements) in PARTS {
        let began = Instant::now();
        session
            .batch_execute(statements)
            .await
            .with_context(|| format!("writing the {part}"))?;
        crate::tell(format_args!("{part}: {:.0} s", began.elapsed().as_secs_f64()));
    }
    let began = Instant::now();
    session.batch_execute("vacuum analyze; checkpoint").await?;
    crate::tell(format_args!("analysed: {:.0} s", began.elapsed().as_secs_f64()));
    Ok(())
}
