//! What the database holds of somebody, in every table of every context.

use crate::world::World;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeMap;
use std::time::Duration;

/// Tables, partitions left out, of the contexts and the machinery.
const TABLES: &str = "
    select format('%I.%I', n.nspname, c.relname)
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition
       and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public')
     order by 1";

/// For each table that names any of the ids anywhere in a row: how many such rows, and their fingerprint.
pub async fn naming(world: &World, ids: &[&str]) -> BTreeMap<String, (i64, String)> {
    let mut owner = world.db.owner().await;
    let patterns: Vec<String> = ids.iter().map(|id| format!("%{id}%")).collect();
    // What was begun before (a projection, a job) may still be written: only what stands still is a finding.
    let mut before = read(&mut owner, &patterns).await;
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = read(&mut owner, &patterns).await;
        if now == before {
            return now;
        }
        before = now;
    }
}

async fn read(owner: &mut PgConnection, patterns: &[String]) -> BTreeMap<String, (i64, String)> {
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut *owner).await.unwrap();
    let mut found = BTreeMap::new();
    for table in tables {
        let sql = format!(
            "select count(*), md5(coalesce(string_agg(t::text, '|' order by t::text), ''))
               from {table} t where t::text like any($1)"
        );
        let (rows, print): (i64, String) = sqlx::query_as(AssertSqlSafe(sql))
            .bind(patterns)
            .fetch_one(&mut *owner)
            .await
            .unwrap();
        if rows > 0 {
            found.insert(table, (rows, print));
        }
    }
    found
}
