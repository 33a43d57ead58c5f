//! What the program does with the data directory it is given, and how it comes and goes.

#![allow(clippy::print_stdout, reason = "figures are told")]

use anyhow::{Context, Result};
use bench::program::{Launch, words};
use scenarios::{Caller, Front, Shop, Site};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// A second and a half are promised of the finished program on a machine of its own.
const READY_WITHIN: Duration = Duration::from_secs(6);
const STOPPED_WITHIN: Duration = Duration::from_secs(6);

/// Whatever is refused is left as it was: put right again, it starts.
#[tokio::test(flavor = "multi_thread")]
async fn refuses_foreign_data() -> Result<()> {
    let site = Site::new()?;
    let launch = site.launch("all");
    let program = launch.start().await?;
    Shop::open(&launch, &Front::of(&program), &["Alfareria Romero"]).await?;
    refused(&launch, "in use by process").await?;
    program.stop().await?;

    let version = launch.data_dir().join("stoa.version");
    with_file(
        &launch,
        &version,
        r#"{"format": 99, "postgres_major": 99}"#,
        "a newer Stoa has used it",
    )
    .await?;
    with_file(&launch, &version, "not what it was", "stoa.version").await?;
    let major = launch.data_dir().join("postgres/cluster/PG_VERSION");
    with_file(
        &launch,
        &major,
        "99\n",
        "made by PostgreSQL 99, which is not installed",
    )
    .await?;
    with_newer_schema(&launch, "the database is newer than this program").await?;

    let program = launch.start().await?;
    let shops = Caller::new(&Front::of(&program))
        .get("/v1/shops")
        .await?
        .expect(200);
    assert!(shops.text().contains("Alfareria Romero"), "{}", shops.text());
    program.stop().await?;
    launch.verify().await
}

#[tokio::test(flavor = "multi_thread")]
async fn comes_and_goes_within_seconds() -> Result<()> {
    let site = Site::new()?;
    let launch = site.launch("all");
    let mut first = true;
    for stop in ["Ctrl-C", "SIGTERM", "Ctrl-C"] {
        let program = launch.start().await?;
        let ready_after = program.ready_after;
        // A browser that keeps its connection must not keep the program.
        let visitor = Caller::new(&Front::of(&program));
        let _ = visitor.get("/health").await?.expect(200);
        let asked = Instant::now();
        match stop {
            "Ctrl-C" => program.interrupt().await?,
            _ => program.stop().await?,
        }
        let stopped_after = asked.elapsed();
        println!("ready after {ready_after:.2?}, stopped by {stop} after {stopped_after:.2?}");
        assert!(
            first || ready_after <= READY_WITHIN,
            "ready only after {ready_after:?}"
        );
        assert!(
            stopped_after <= STOPPED_WITHIN,
            "{stop}: stopped only after {stopped_after:?}"
        );
        assert!(visitor.get("/health").await.is_err(), "{stop}: it still answers");
        first = false;
    }
    Ok(())
}

async fn with_file(launch: &Launch, file: &Path, text: &str, said: &str) -> Result<()> {
    let before = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    fs::write(file, text)?;
    refused(launch, said).await?;
    assert_eq!(
        fs::read_to_string(file)?,
        text,
        "{} is left alone",
        file.display()
    );
    fs::write(file, before)?;
    Ok(())
}

/// As if a later version had migrated the database.
async fn with_newer_schema(launch: &Launch, said: &str) -> Result<()> {
    const LATER: &str =
        "insert into orders._migration (version, description, success, checksum, execution_time)
                         values (99990101000000, 'later', true, '', 0)";
    const UNDONE: &str = "delete from orders._migration where version = 99990101000000";
    change(launch, LATER).await?;
    refused(launch, said).await?;
    change(launch, UNDONE).await
}

async fn change(launch: &Launch, sql: &str) -> Result<()> {
    let server = pg::Managed::start(pg::Config::new(launch.data_dir())).await?;
    let (client, wire) = tokio_postgres::connect(&server.superuser_url(), tokio_postgres::NoTls).await?;
    let changed = async {
        let changed = client.batch_execute(sql).await;
        drop(client);
        changed
    };
    let (changed, ended) = futures::join!(changed, wire);
    changed?;
    ended?;
    Ok(server.stop().await?)
}

/// Starts it in vain: it ends by itself, with a status that is not 0, and says why.
async fn refused(launch: &Launch, said: &str) -> Result<()> {
    let output = tokio::time::timeout(
        READY_WITHIN * 5,
        launch.run("serve", &["--listen", "127.0.0.1:0"]),
    )
    .await
    .with_context(|| format!("it serves, and should have said {said:?}"))??;
    let heard = words(&output);
    assert!(!output.status.success(), "{heard}");
    assert!(heard.contains(said), "{said:?} is not in {heard}");
    assert!(!heard.contains("panicked"), "{heard}");
    println!("{}", heard.lines().last().unwrap_or_default());
    Ok(())
}
