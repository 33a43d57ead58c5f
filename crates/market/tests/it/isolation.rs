//! Isolation in the composed schema, read from PostgreSQL's own catalogue.

use sqlx::Row;
use testkit::TestDb;

/// Tables with a `tenant_id` that are otherwise than all others: what they are, and why.
const OTHERWISE: &[(&str, &str, &str)] = &[
    (
        "audit.entry",
        "forced",
        "one chain over all shops and the marketplace: found by its place in it",
    ),
    (
        "catalog.item_product",
        "forced",
        "which products of several shops are one thing: anybody reads, its shop alone writes",
    ),
    (
        "catalog.listing",
        "forced",
        "what every buyer sees, by product: anybody reads, its shop alone writes",
    ),
    (
        "catalog.offer",
        "forced",
        "what every buyer sees, by SKU: anybody reads, its shop alone writes",
    ),
    (
        "catalog.trusted_shop",
        "forced, first in key",
        "one row for a shop, written by the marketplace",
    ),
    (
        "ledger.posting",
        "forced",
        "an entry balances over shops and the marketplace, so its postings lie together, in the part of its month",
    ),
    (
        "log.event",
        "",
        "the one ordered log of all contexts, by month: shops' roles may append to it and never read it",
    ),
    (
        "messages.message",
        "forced",
        "its buyer's as much as its shop's: found by itself and its thread",
    ),
    ("messages.quote", "forced", "a message's, and found by it"),
    (
        "messages.thread",
        "forced",
        "its buyer's as much as its shop's: found by itself",
    ),
    (
        "notifications.notice",
        "forced",
        "a person's own have no shop: found by whose they are, which of a shop's is the shop",
    ),
    (
        "payments.share",
        "forced, by shop",
        "a payment's shares move with it and are found by it, without another index for every sale to write",
    ),
    (
        "promotions.promotion",
        "forced",
        "some are the marketplace's, which is no shop and has none of their keys",
    ),
    (
        "promotions.tally",
        "forced",
        "one row for each promotion, found by it alone in every order that uses it",
    ),
    (
        "reviews.review",
        "forced",
        "its buyer's as much as its shop's: found by itself, its order and its product",
    ),
    (
        "tenants.shop",
        "forced, first in key",
        "one row for each shop, whose slug is unique among all of them, which a partitioned table cannot promise",
    ),
];

async fn strings(db: &TestDb, sql: &'static str, contexts: &[&str]) -> Vec<(String, String)> {
    let mut owner = db.owner().await;
    sqlx::query(sql)
        .bind(contexts)
        .fetch_all(&mut owner)
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect()
}

/// Every table with a `tenant_id` that is not a partition: its name, and what it is.
const TENANT_TABLES: &str = "
    select format('%s.%s', n.nspname, c.relname),
           concat_ws(', ',
               case when c.relrowsecurity and c.relforcerowsecurity then 'forced' end,
               case when s.name is not null then 'shared' end,
               case when pg_get_partkeydef(c.oid) = 'LIST (tenant_id)' then 'by shop' end,
               case when (select a.attname from pg_index i
                            join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
                           where i.indrelid = c.oid and i.indisprimary) = 'tenant_id' then 'first in key' end)
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      left join store.shared_table s on s.name = format('%I.%I', n.nspname, c.relname)
     where c.relkind in ('r', 'p') and not c.relispartition
       and n.nspname = any($1 || array['log', 'store'])
       and exists (select from pg_attribute a
                    where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
     order by 1";

#[tokio::test]
async fn every_table_of_shops_is_forced_keyed_and_parted_by_shop() {
    let schemas = market::compose::schemas();
    let contexts: Vec<&str> = schemas.iter().map(|s| s.context).collect();
    let db = TestDb::new(&schemas).await;
    let tables = strings(&db, TENANT_TABLES, &contexts).await;
    assert!(tables.len() >= 15, "{tables:?}");
    for (table, is) in &tables {
        let otherwise = OTHERWISE.iter().find(|(name, ..)| name == table);
        let expected = otherwise.map_or("forced, by shop, first in key", |(_, is, _)| is);
        assert_eq!(is, expected, "{table}");
    }
    for (name, ..) in OTHERWISE {
        assert!(tables.iter().any(|(table, _)| table == name), "{name} is gone");
    }
    let exposed = store::migrate::verify_isolation(db.url(), &schemas)
        .await
        .unwrap();
    assert!(exposed.is_empty(), "{exposed:?}");
}

/// Whatever a policy says, these would not hear of it.
#[tokio::test]
async fn no_role_of_a_context_bypasses_isolation() {
    let schemas = market::compose::schemas();
    let contexts: Vec<&str> = schemas.iter().map(|s| s.context).collect();
    let db = TestDb::new(&schemas).await;
    let roles = strings(
        &db,
        "select r.rolname::text, concat_ws(', ', case when r.rolsuper then 'superuser' end,
                case when r.rolbypassrls then 'bypasses' end,
                (select 'owns ' || min(c.oid::regclass::text) from pg_class c where c.relowner = r.oid))
           from pg_roles r, unnest($1::text[]) context
          where r.rolname in ('stoa_' || context, 'stoa_' || context || '_system')
          order by 1",
        &contexts,
    )
    .await;
    assert_eq!(roles.len(), 2 * contexts.len(), "{roles:?}");
    for (role, powers) in roles {
        assert_eq!(powers, "", "{role}");
    }
}

#[tokio::test]
async fn shops_roles_append_to_the_log_and_cannot_read_it() {
    let schemas = market::compose::schemas();
    // The till acts for no shop: its role stands in for those of the contexts that it composes.
    let contexts = schemas
        .iter()
        .map(|s| s.context)
        .filter(|c| *c != checkout::CONTEXT);
    let contexts: Vec<&str> = contexts.collect();
    let db = TestDb::new(&schemas).await;
    let readers = strings(
        &db,
        "select r.rolname::text, privilege
           from pg_roles r, unnest($1::text[]) context, unnest(array['select', 'update', 'delete']) privilege
          where r.rolname = 'stoa_' || context and has_table_privilege(r.oid, 'log.event', privilege)
          order by 1, 2",
        &contexts,
    )
    .await;
    assert_eq!(readers, []);
}

/// Orders and payments span shops: a seller's request that forgets its WHERE, or names the wrong table, finds nothing.
#[tokio::test]
async fn who_acts_for_a_shop_sees_no_row_that_belongs_to_none() {
    let db = TestDb::new(&market::compose::schemas()).await;
    let mut owner = db.owner().await;
    let rows = "insert into orders.event (stream_id, version, name, payload, actor, correlation_id, at)
                values (store.uuid_floor(now()), 1, 'placed', '{}', '{}', gen_random_uuid(), now());
                insert into payments.event (stream_id, version, name, payload, actor, correlation_id, at)
                values (store.uuid_floor(now()), 1, 'due', '{}', '{}', gen_random_uuid(), now());
                insert into orders.order (id, version, number, status, currency, total, sellers, units, payment_id, placed_at, reserved_until)
                values (store.uuid_floor(now()), 1, 'N', 'placed', 'EUR', 1, 1, 1, gen_random_uuid(), now(), now());
                insert into payments.payment (id, order_id, currency, amount, updated_at)
                values (store.uuid_floor(now()), gen_random_uuid(), 'EUR', 1, now());
                insert into store.idempotency_key (scope, key, request_hash, status, expires_at)
                values ('a/b', 'k', '', 200, now()), ('a/0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa4', 'k', '', 200, now())";
    sqlx::raw_sql(rows).execute(&mut owner).await.unwrap();
    for (context, table, of_all, of_shop) in [
        ("orders", "orders.event", 1, 0),
        ("orders", "orders.order", 1, 0),
        ("payments", "payments.event", 1, 0),
        ("payments", "payments.payment", 1, 0),
        ("orders", "store.idempotency_key", 2, 1),
    ] {
        for (tenant, expected) in [("", of_all), ("0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa4", of_shop)] {
            let acting = format!("set role stoa_{context}; set stoa.tenant = '{tenant}'");
            sqlx::raw_sql(sqlx::AssertSqlSafe(acting))
                .execute(&mut owner)
                .await
                .unwrap();
            let count = format!("select count(*) from {table}");
            let seen: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count))
                .fetch_one(&mut owner)
                .await
                .unwrap();
            assert_eq!(seen, expected, "{table} as {tenant:?}");
        }
    }
}
