use kernel::{Clock, SystemClock};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::Db;
use store::migrate::{self, Schema};

/// Clones and templates are named so that those left over can be told by their age: `stoa_test_<seconds>_<random>`.
const CLONE_PREFIX: &str = "stoa_test_";
const TEMPLATE_PREFIX: &str = "stoa_template_";
/// Clones of processes that died are dropped after this time.
const CLONE_AGE_MAX_S: i64 = 60 * 60;
/// Templates nobody made for this long belong to migrations of the past.
const TEMPLATE_AGE_MAX_S: i64 = 24 * 60 * 60;
/// At most so many leftovers are dropped by one test, so that none of them pays for all.
const SWEEP_MAX: i64 = 4;
/// Held while a template is made: the other tests that need it wait.
const TEMPLATE_LOCK: i64 = 7_205_759_404;
/// Held while a database is filled, which needs a template.
const FILLED_LOCK: i64 = 7_205_759_405;
/// Databases filled earlier are filled anew: a test's clock starts where the machine's is, or not long before.
const FILLED_AGE_MAX_S: i64 = 10 * 60;

/// A migrated database of one test's own, dropped with this value.
#[derive(Debug)]
pub struct TestDb {
    url: String,
    name: String,
}

impl TestDb {
    /// Clones the template of `schemas` on the shared test cluster, after making it if this is the first test of
    /// these migrations.
    pub async fn new(schemas: &[Schema]) -> Self {
        let cluster = pg::shared_test_cluster()
            .await
            .unwrap_or_else(|error| panic!("the shared test cluster does not start: {error}"));
        let mut conn = PgConnection::connect(&cluster.url(pg::STOA)).await.unwrap();
        let template = template_name(schemas);
        let name = clone_name();
        if !cloned(&mut conn, &template, &name).await {
            make_template(&mut conn, &cluster, &template, schemas).await;
            assert!(cloned(&mut conn, &template, &name).await);
        }
        sweep(&mut conn, &template).await;
        conn.close().await.unwrap();
        Self {
            url: cluster.url(&name),
            name,
        }
    }

    /// Clones what `fill` made of a database of `schemas`, and calls it first if nobody did for `key` within the last
    /// minutes. What `fill` started it has to stop: connections that are left are cut off.
    pub async fn filled(schemas: &[Schema], key: &str, fill: impl AsyncFnOnce(Self) -> Self) -> Self {
        let cluster = pg::shared_test_cluster()
            .await
            .unwrap_or_else(|error| panic!("the shared test cluster does not start: {error}"));
        let mut conn = PgConnection::connect(&cluster.url(pg::STOA)).await.unwrap();
        let since = now_s() / FILLED_AGE_MAX_S * FILLED_AGE_MAX_S;
        // Named like a clone: swept when it is too old to be asked for.
        let filled = format!("{CLONE_PREFIX}{since}_{key}");
        let name = clone_name();
        if !cloned(&mut conn, &filled, &name).await {
            lock(&mut conn, FILLED_LOCK).await;
            if !exists(&mut conn, &filled).await {
                let draft = fill(Self::new(schemas).await).await;
                cut_off(&mut conn, &draft.name).await;
                rename(&mut conn, &draft.name, &filled).await;
            }
            unlock(&mut conn, FILLED_LOCK).await;
            assert!(cloned(&mut conn, &filled, &name).await);
        }
        conn.close().await.unwrap();
        Self {
            url: cluster.url(&name),
            name,
        }
    }

    /// For `store::Db::connect` and `store::Cells::single`, and for connections that are no context's.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A context's pool.
    #[must_use]
    pub fn db(&self, context: &'static str) -> Db {
        Db::connect(&self.url, context).unwrap()
    }

    /// A connection as the owner of all tables, who sees every shop's rows.
    pub async fn owner(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    /// What the audit trail was told by `audit.changed`, in order of the transactions.
    pub async fn changed(&self) -> Vec<serde_json::Value> {
        sqlx::query_scalar("select payload from log.event where topic = 'audit.changed' order by xid, id")
            .fetch_all(&mut self.owner().await)
            .await
            .unwrap()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let name = self.name.clone();
        // The test's runtime may be on its way out and may have one thread only: drop from a thread of our own.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(drop_clone(&name));
        });
        // What could not be dropped is swept by a later test.
        let _ = dropped.join();
    }
}

async fn drop_clone(name: &str) {
    let Ok(cluster) = pg::shared_test_cluster().await else {
        return;
    };
    let Ok(mut conn) = PgConnection::connect(&cluster.url(pg::STOA)).await else {
        return;
    };
    drop_database(&mut conn, name).await;
}

/// One template per set of migrations and month: the migrations make partitions for the months to come.
fn template_name(schemas: &[Schema]) -> String {
    let fingerprint = migrate::fingerprint(schemas);
    let month = SystemClock.now().format("%Y%m");
    format!("{TEMPLATE_PREFIX}{fingerprint}_{month}")
}

/// A template gets its name when it is complete.
async fn make_template(
    conn: &mut PgConnection,
    cluster: &pg::TestCluster,
    template: &str,
    schemas: &[Schema],
) {
    lock(conn, TEMPLATE_LOCK).await;
    if !exists(conn, template).await {
        let draft = clone_name();
        execute(conn, &format!("create database {draft}")).await;
        if let Err(error) = migrate::run(&cluster.url(&draft), schemas).await {
            drop_database(conn, &draft).await;
            panic!("{error}");
        }
        execute(conn, &format!("comment on database {draft} is '{}'", now_s())).await;
        rename(conn, &draft, template).await;
    }
    unlock(conn, TEMPLATE_LOCK).await;
}

fn clone_name() -> String {
    format!("{CLONE_PREFIX}{}_{:08x}", now_s(), rand::random::<u32>())
}

/// Whether there was a template to clone. Copying its files is half the time of writing its pages to the log: a template is small.
async fn cloned(conn: &mut PgConnection, template: &str, name: &str) -> bool {
    let clone = format!("create database {name} template {template} strategy file_copy");
    let Err(error) = conn.execute(AssertSqlSafe(clone.as_str())).await else {
        return true;
    };
    assert!(is_missing(&error), "{clone}: {error}");
    false
}

async fn lock(conn: &mut PgConnection, lock: i64) {
    let taken = sqlx::query("select pg_advisory_lock($1)").bind(lock);
    taken.execute(conn).await.unwrap();
}

async fn unlock(conn: &mut PgConnection, lock: i64) {
    let given = sqlx::query("select pg_advisory_unlock($1)").bind(lock);
    given.execute(conn).await.unwrap();
}

async fn cut_off(conn: &mut PgConnection, name: &str) {
    let ended =
        sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1").bind(name);
    ended.execute(conn).await.unwrap();
}

/// The sessions of the migration may take a moment to be gone.
async fn rename(conn: &mut PgConnection, draft: &str, template: &str) {
    let sql = format!("alter database {draft} rename to {template}");
    for _ in 0..50 {
        if conn.execute(AssertSqlSafe(sql.as_str())).await.is_ok() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    execute(conn, &sql).await;
}

/// There is no such database (3D000).
fn is_missing(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|e| e.code()).as_deref() == Some("3D000")
}

async fn exists(conn: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(conn)
        .await
        .unwrap()
}

/// Drops clones that their tests left behind, and templates of migrations that have changed since.
async fn sweep(conn: &mut PgConnection, current_template: &str) {
    let leftovers: Vec<String> = sqlx::query_scalar(
        "select datname::text
           from pg_database d
          where (starts_with(datname, $1) and split_part(datname, '_', 3)::bigint < $2)
             or (starts_with(datname, $3) and datname <> $4
                 and coalesce(shobj_description(d.oid, 'pg_database')::bigint, 0) < $5)
          limit $6",
    )
    .bind(CLONE_PREFIX)
    .bind(now_s() - CLONE_AGE_MAX_S)
    .bind(TEMPLATE_PREFIX)
    .bind(current_template)
    .bind(now_s() - TEMPLATE_AGE_MAX_S)
    .bind(SWEEP_MAX)
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    for name in leftovers {
        drop_database(conn, &name).await;
    }
}

/// Another test may be dropping the same one, or still be connected to it: either way it is not our concern.
async fn drop_database(conn: &mut PgConnection, name: &str) {
    let sql = format!("drop database if exists {name} with (force)");
    if let Err(error) = conn.execute(AssertSqlSafe(sql)).await {
        println!("{name} is left for a later test to drop: {error}");
    }
}

async fn execute(conn: &mut PgConnection, sql: &str) {
    if let Err(error) = conn.execute(AssertSqlSafe(sql)).await {
        panic!("{sql}: {error}");
    }
}

fn now_s() -> i64 {
    SystemClock.now().timestamp()
}
