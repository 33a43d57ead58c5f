//! A shop's products by words of title and key. Among the newest ones they are looked for one by one, which finds soon what many are
//! called; what few are called, or none, is told by the words that were kept when products were named.

use super::rows::status_name;
use crate::domain::words::{Sought, looked_up, words};
use contracts::catalog::ProductStatus;
use kernel::{ProductId, TenantId};
use sqlx::PgConnection;
use uuid::Uuid;

/// How many of the newest products are looked at, at first and then.
const NEWEST: [i64; 2] = [250, 1_750];
/// Products with all words that are compared at first; each further time it is four times as many.
const WITH_WORDS: i64 = 500;

/// A product and what it is called.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Named {
    pub id: ProductId,
    pub title: String,
    pub key: String,
}

/// Keeps the words of products that are new or named anew: of each its title and its key.
pub async fn keep(
    conn: &mut PgConnection,
    tenant: TenantId,
    named: &[(ProductId, &str, &str)],
) -> Result<(), sqlx::Error> {
    let mut kept: Vec<(String, Uuid)> = Vec::new();
    for &(id, title, key) in named {
        let words = words(title).into_iter().chain(words(key));
        kept.extend(words.map(|word| (looked_up(word), id.0)));
    }
    if kept.is_empty() {
        return Ok(());
    }
    // Neighbours in the index are written one after the other, and each once.
    kept.sort_unstable();
    kept.dedup();
    // For each word where its products begin among all and where they end; the newest is the last of them.
    let (mut words, mut ids): (Vec<String>, Vec<Uuid>) = (Vec::new(), Vec::new());
    let (mut starts, mut ends): (Vec<i32>, Vec<i32>) = (Vec::new(), Vec::new());
    for (n, (word, id)) in (1_i32..).zip(kept) {
        match ends.last_mut().filter(|_| words.last() == Some(&word)) {
            Some(end) => *end = n,
            None => {
                words.push(word);
                starts.push(n);
                ends.push(n);
            }
        }
        ids.push(id);
    }
    sqlx::query(
        "insert into catalog.product_word as w (tenant_id, word, last_id, products)
         select $1, k.word, ($5::uuid[])[k.ends], ($5::uuid[])[k.starts:k.ends]
           from unnest($2::text[], $3::int[], $4::int[]) as k (word, starts, ends)
             on conflict (tenant_id, word, last_id) do update set products = w.products || excluded.products
          where not w.products @> excluded.products",
    )
    .bind(tenant)
    .bind(words)
    .bind(starts)
    .bind(ends)
    .bind(ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// A shop's products that have all these words, newest first, below `before`; in one status, or in any but deleted.
pub async fn find(
    conn: &mut PgConnection,
    tenant: TenantId,
    status: Option<ProductStatus>,
    sought: &Sought,
    before: Option<ProductId>,
    limit: usize,
) -> Result<Vec<ProductId>, sqlx::Error> {
    let mut found: Vec<ProductId> = Vec::new();
    let mut below = before.unwrap_or(ProductId(Uuid::max()));
    for at_most in NEWEST {
        let newest = newest(conn, tenant, status, below, at_most).await?;
        take(&mut found, limit, &newest, sought);
        match newest.last() {
            Some(last) if found.len() < limit && is_full(newest.len(), at_most) => below = last.id,
            _ => return Ok(found),
        }
    }
    let mut at_most = WITH_WORDS;
    loop {
        let ids = with_words(conn, tenant, sought, below, at_most).await?;
        let named = named(conn, tenant, status, &ids).await?;
        take(&mut found, limit, &named, sought);
        match ids.last() {
            Some(last) if found.len() < limit && is_full(ids.len(), at_most) => below = *last,
            _ => return Ok(found),
        }
        at_most *= 4;
    }
}

/// Whether there may be more than were asked for.
fn is_full(count: usize, at_most: i64) -> bool {
    i64::try_from(count).is_ok_and(|count| count == at_most)
}

fn take(found: &mut Vec<ProductId>, limit: usize, among: &[Named], sought: &Sought) {
    let fitting = among.iter().filter(|one| sought.finds(&one.title, &one.key));
    let left = limit.saturating_sub(found.len());
    found.extend(fitting.take(left).map(|one| one.id));
}

async fn newest(
    conn: &mut PgConnection,
    tenant: TenantId,
    status: Option<ProductStatus>,
    below: ProductId,
    at_most: i64,
) -> Result<Vec<Named>, sqlx::Error> {
    sqlx::query_as("select id, title, key from catalog.newest_of_shop($1, $2, $3, $4)")
        .bind(tenant)
        .bind(status.map(status_name))
        .bind(below)
        .bind(at_most)
        .fetch_all(conn)
        .await
}

/// Products whose present or former names have all these words, newest first.
async fn with_words(
    conn: &mut PgConnection,
    tenant: TenantId,
    sought: &Sought,
    below: ProductId,
    at_most: i64,
) -> Result<Vec<ProductId>, sqlx::Error> {
    let (words, behind) = sought.looked_up();
    sqlx::query_scalar("select catalog.products_of_words($1, $2, $3, $4, $5)")
        .bind(tenant)
        .bind(words)
        .bind(behind)
        .bind(below)
        .bind(at_most)
        .fetch_all(conn)
        .await
}

/// What these products are called, those that are there, newest first.
async fn named(
    conn: &mut PgConnection,
    tenant: TenantId,
    status: Option<ProductStatus>,
    ids: &[ProductId],
) -> Result<Vec<Named>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    // Each is looked up by itself: for many of them the planner might read the whole table.
    sqlx::query_as(
        "select p.id, p.title, p.key
           from unnest($2::uuid[]) as f (id)
          cross join lateral (select o.id, o.title, o.key, o.status, o.deleted_at from catalog.product o
                               where o.tenant_id = $1 and o.id = f.id limit 1) p
          where p.deleted_at is null and ($3::text is null or p.status = $3)
          order by p.id desc",
    )
    .bind(tenant)
    .bind(ids)
    .bind(status.map(status_name))
    .fetch_all(conn)
    .await
}
