//! Schemas, roles and migrations, one set per context.

use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// A context's schema: its name and its migrations.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    pub context: &'static str,
    pub migrator: &'static Migrator,
    /// Contexts whose tables this one may write as system: the till's, and nobody else's.
    pub composes: &'static [&'static str],
}

static MACHINERY: Migrator = sqlx::migrate!();

/// Serialises migrations of several instances that start at once.
const MIGRATION_LOCK: i64 = 7_205_759_402;
/// Roles are shared by all databases of a cluster: changes of them may collide with another database's migration.
const ROLE_ATTEMPTS_MAX: u32 = 8;

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    #[error("migrating {context}: {source}")]
    Migration {
        context: &'static str,
        source: sqlx::migrate::MigrateError,
    },
    /// The database was migrated by a newer binary, whose tables this one does not know.
    #[error(
        "the database is newer than this program: its schema `{context}` is at version {found}, this program knows \
         versions up to {known}; start the newer program, or restore a backup made before it ran"
    )]
    Newer {
        context: &'static str,
        found: i64,
        known: i64,
    },
}

/// Brings the database at `url` to the current schemas. Safe to repeat and to run from several instances at once.
pub async fn run(url: &str, schemas: &[Schema]) -> Result<(), MigrateError> {
    let mut conn = PgConnection::connect(url).await?;
    sqlx::query("select pg_advisory_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut conn)
        .await?;
    // All are looked at before the first is changed.
    refuse_newer(&mut conn, "store", &MACHINERY).await?;
    for schema in schemas {
        refuse_newer(&mut conn, schema.context, schema.migrator).await?;
    }
    conn.execute("create extension if not exists ltree; create extension if not exists pg_trgm")
        .await?;
    migrate(&mut conn, "store", &MACHINERY).await?;
    for schema in schemas {
        prepare(&mut conn, schema.context).await?;
        migrate(&mut conn, schema.context, schema.migrator).await?;
    }
    conn.execute("call store.partition_ahead()").await?;
    for schema in schemas {
        grant(&mut conn, schema.context).await?;
    }
    for schema in schemas {
        for composed in schema.composes {
            compose(&mut conn, schema.context, composed).await?;
        }
    }
    conn.close().await?;
    Ok(())
}

/// A name for exactly these migrations, as 32 hex digits: databases that bear the same one are alike.
#[must_use]
pub fn fingerprint(schemas: &[Schema]) -> String {
    let mut hash = Sha256::new();
    // Roles and rights are given by this file, not by migrations.
    hash.update(include_str!("migrate.rs"));
    add_migrations(&mut hash, "store", &MACHINERY);
    for schema in schemas {
        add_migrations(&mut hash, schema.context, schema.migrator);
        for composed in schema.composes {
            hash.update(composed);
        }
    }
    format!("{:x}", hash.finalize())[..32].to_owned()
}

fn add_migrations(hash: &mut Sha256, context: &str, migrator: &Migrator) {
    hash.update(context);
    for migration in migrator.iter() {
        hash.update(migration.version.to_be_bytes());
        hash.update(&migration.checksum);
    }
}

/// A table whose rows one shop could see of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exposed {
    /// `schema.table`
    pub table: String,
    pub problem: String,
}

/// Lists every table of these contexts that has a `tenant_id` but no forced row-level security, and every partition
/// that a context's role can reach directly, where the policies of its parent do not hold. Tables that are meant to
/// be seen across shops say so in their migration: `select store.share('context.table', 'why')`.
pub async fn verify_isolation(url: &str, schemas: &[Schema]) -> Result<Vec<Exposed>, MigrateError> {
    let contexts: Vec<&str> = schemas.iter().map(|s| s.context).collect();
    let mut conn = PgConnection::connect(url).await?;
    let exposed = sqlx::query_as::<_, (String, String)>(include_str!("exposed.sql"))
        .bind(&contexts)
        .fetch_all(&mut conn)
        .await?;
    conn.close().await?;
    Ok(exposed
        .into_iter()
        .map(|(table, problem)| Exposed { table, problem })
        .collect())
}

/// Makes the partitions of the coming months; also done by every [`run`]. To be repeated daily.
pub async fn partition_ahead(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    conn.execute("call store.partition_ahead()").await?;
    Ok(())
}

async fn refuse_newer(
    conn: &mut PgConnection,
    context: &'static str,
    migrator: &Migrator,
) -> Result<(), MigrateError> {
    let table = format!("{context}._migration");
    let is_there: bool = sqlx::query_scalar("select to_regclass($1) is not null")
        .bind(&table)
        .fetch_one(&mut *conn)
        .await?;
    if !is_there {
        return Ok(());
    }
    let found: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
        "select coalesce(max(version), 0) from {table}"
    )))
    .fetch_one(conn)
    .await?;
    let known = migrator.iter().map(|m| m.version).max().unwrap_or(0);
    match found > known {
        true => Err(MigrateError::Newer {
            context,
            found,
            known,
        }),
        false => Ok(()),
    }
}

async fn migrate(
    conn: &mut PgConnection,
    context: &'static str,
    migrator: &Migrator,
) -> Result<(), MigrateError> {
    migrator
        .run(conn)
        .await
        .map_err(|source| MigrateError::Migration { context, source })
}

/// The context's schema and its two roles.
async fn prepare(conn: &mut PgConnection, context: &str) -> Result<(), MigrateError> {
    for role in [format!("stoa_{context}"), format!("stoa_{context}_system")] {
        // `create role` has no "if not exists", and a role that exists is left as it is.
        let sql = format!(
            "do $$ begin
                if to_regrole('{role}') is null then create role {role} nologin nobypassrls; end if;
                if not pg_has_role(current_user, '{role}',
                        case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then
                    execute format('grant {role} to %I', current_user);
                end if;
             end $$"
        );
        change_roles(conn, &sql).await?;
    }
    conn.execute(AssertSqlSafe(format!("create schema if not exists {context}")))
        .await?;
    Ok(())
}

/// Lets `context` write the tables of `composed` as system.
async fn compose(conn: &mut PgConnection, context: &str, composed: &str) -> Result<(), MigrateError> {
    for role in [format!("stoa_{context}"), format!("stoa_{context}_system")] {
        let sql = format!(
            "do $$ begin
                if not pg_has_role('{role}', 'stoa_{composed}_system', 'member') then grant stoa_{composed}_system to {role}; end if;
             end $$"
        );
        change_roles(conn, &sql).await?;
    }
    Ok(())
}

/// Runs a change of roles that may be repeated, and repeats it when it met another database's.
async fn change_roles(conn: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    let mut attempt = 1;
    loop {
        let outcome = conn.execute(AssertSqlSafe(sql)).await;
        match outcome {
            Err(error) if attempt < ROLE_ATTEMPTS_MAX && is_role_collision(&error) => {
                tokio::time::sleep(crate::db::retry_pause(attempt)).await;
                attempt += 1;
            }
            other => return other.map(|_| ()),
        }
    }
}

/// The role or membership was made meanwhile (23505, 42710), or its row changed under our hands (XX000).
fn is_role_collision(error: &sqlx::Error) -> bool {
    matches!(
        error.as_database_error().and_then(|e| e.code()).as_deref(),
        Some("23505" | "42710" | "XX000")
    )
}

/// Rights on the context's own schema, on the machinery's tables, and on writing to the log; reading the log is
/// for system work. Partitions are reached through their parents alone, where the policies hold.
async fn grant(conn: &mut PgConnection, context: &str) -> Result<(), MigrateError> {
    let roles = format!("stoa_{context}, stoa_{context}_system");
    let sql = format!(
        "grant usage on schema {context}, store, log to {roles};
         grant select, insert, update, delete on all tables in schema {context} to {roles};
         revoke all on {context}._migration from {roles};
         select store.close_partitions('{context}');
         grant usage on all sequences in schema {context} to {roles};
         grant execute on all functions in schema {context} to {roles};
         grant select, insert, update, delete on store.idempotency_key, store.job to {roles};
         grant insert on log.event to {roles};
         grant select on log.event to stoa_{context}_system;
         grant select, insert, update, delete on log.cursor, log.dead_letter to stoa_{context}_system"
    );
    conn.execute(AssertSqlSafe(sql)).await?;
    Ok(())
}
