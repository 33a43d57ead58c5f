//! SQL beside the program: for setting up, for the baselines, and for looking at what is there in the end.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use futures::SinkExt;
use std::ops::Deref;
use std::path::Path;
use std::pin::pin;
use std::process::Stdio;
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};

/// Bytes of rows that travel in one message.
const COPY_CHUNK_BYTES: usize = 256 * 1024;

/// The cluster of a running program.
#[derive(Debug)]
pub struct Cluster {
    managed: pg::Managed,
}

impl Cluster {
    /// Joins the cluster that another process runs on `data_dir`.
    pub async fn share(data_dir: &Path) -> Result<Self> {
        let managed = pg::Managed::start(pg::Config::new(data_dir).share()).await?;
        Ok(Self { managed })
    }

    /// A session of the superuser, whom row-level security does not bind.
    pub async fn session(&self, database: &str) -> Result<Session> {
        Session::connect(&self.config(database)?).await
    }

    /// Where `database` is, for clients that connect by themselves.
    pub fn config(&self, database: &str) -> Result<tokio_postgres::Config> {
        let mut config: tokio_postgres::Config = self.managed.superuser_url().parse()?;
        config.dbname(database);
        Ok(config)
    }

    /// The same as text.
    pub fn url(&self, database: &str) -> Result<String> {
        let url = self.managed.superuser_url();
        let path = format!("/{}?", pg::STOA);
        if !url.contains(&path) {
            bail!("the address of the cluster names no database {}", pg::STOA);
        }
        Ok(url.replacen(&path, &format!("/{database}?"), 1))
    }

    /// An empty database beside the program's.
    pub async fn create(&self, database: &str) -> Result<Session> {
        let session = self.session(pg::STOA).await?;
        session
            .batch_execute(&format!("create database {database}"))
            .await?;
        self.session(database).await
    }

    /// One of the programs that came with the server, told where the cluster is.
    pub fn program(&self, name: &str) -> Result<tokio::process::Command> {
        let path = self.managed.install().program(name);
        if !path.is_file() {
            bail!(
                "{} is missing: install the package of PostgreSQL that has it (postgresql-contrib)",
                path.display()
            );
        }
        let config = self.config(pg::STOA)?;
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let mut command = tokio::process::Command::new(path);
        command
            .arg("--host")
            .arg(self.managed.socket_dir())
            .args(["--port", &port.to_string(), "--username", pg::SUPERUSER])
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        for name in ["PGOPTIONS", "PGDATABASE", "PGSERVICE"] {
            command.env_remove(name);
        }
        Ok(command)
    }
}

/// One connection, driven while this value lives.
#[derive(Debug)]
pub struct Session {
    client: Client,
    _driver: JoinSet<()>,
}

impl Session {
    pub async fn connect(config: &tokio_postgres::Config) -> Result<Self> {
        let (client, connection) = config
            .connect(NoTls)
            .await
            .context("connecting to the program's PostgreSQL")?;
        let mut driver = JoinSet::new();
        // A broken connection shows in the statement that waits on it.
        driver.spawn(async move { drop(connection.await) });
        Ok(Self {
            client,
            _driver: driver,
        })
    }

    /// The one number that a query gives.
    pub async fn number(&self, sql: &str) -> Result<i64> {
        let row = self
            .client
            .query_one(sql, &[])
            .await
            .with_context(|| sql.to_owned())?;
        Ok(row.try_get(0)?)
    }

    /// What durability this session has: `fsync`, then `synchronous_commit`.
    pub async fn durability(&self) -> Result<Durability> {
        let row = self
            .client
            .query_one(
                "select current_setting('fsync'), current_setting('synchronous_commit')",
                &[],
            )
            .await?;
        Ok(Durability {
            fsync: row.try_get(0)?,
            synchronous_commit: row.try_get(1)?,
        })
    }

    /// Copies rows into a table. `target` names the columns: `shop.stock (sku, on_hand)`.
    pub async fn copy(&self, target: &str, rows: impl Iterator<Item = Row>) -> Result<u64> {
        let sink = self.client.copy_in(&format!("copy {target} from stdin")).await?;
        let mut sink = pin!(sink);
        let mut chunk = String::with_capacity(COPY_CHUNK_BYTES * 2);
        for row in rows {
            chunk.push_str(&row.text);
            chunk.push('\n');
            if chunk.len() >= COPY_CHUNK_BYTES {
                sink.send(Bytes::from(std::mem::take(&mut chunk))).await?;
            }
        }
        sink.send(Bytes::from(chunk)).await?;
        sink.finish()
            .await
            .with_context(|| format!("copying into {target}"))
    }
}

impl Deref for Session {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durability {
    pub fsync: String,
    pub synchronous_commit: String,
}

impl Durability {
    /// Refuses to measure what forgets.
    pub fn require(&self, whose: &str) -> Result<()> {
        if self.fsync != "on" || self.synchronous_commit != "on" {
            bail!("{whose} is not durable: {self}");
        }
        Ok(())
    }
}

impl std::fmt::Display for Durability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "fsync {}, synchronous_commit {}",
            self.fsync, self.synchronous_commit
        )
    }
}

/// One row in COPY's text format.
#[derive(Debug, Default)]
pub struct Row {
    text: String,
    columns: usize,
}

impl Row {
    #[must_use]
    pub fn with(mut self, value: impl std::fmt::Display) -> Self {
        self.separate();
        for c in value.to_string().chars() {
            match c {
                '\\' => self.text.push_str("\\\\"),
                '\t' => self.text.push_str("\\t"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                c => self.text.push(c),
            }
        }
        self
    }

    fn separate(&mut self) {
        if self.columns > 0 {
            self.text.push('\t');
        }
        self.columns += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_value_ends_it() {
        let row = Row::default().with("").with(7).with("a\tb\\N\n").with("");
        assert_eq!(row.text, "\t7\ta\\tb\\\\N\\n\t");
    }

    #[test]
    fn only_full_durability_counts() {
        let durability = |fsync: &str, commit: &str| Durability {
            fsync: fsync.to_owned(),
            synchronous_commit: commit.to_owned(),
        };
        assert!(durability("on", "on").require("ours").is_ok());
        assert!(durability("off", "on").require("ours").is_err());
        assert!(durability("on", "off").require("ours").is_err());
    }
}
