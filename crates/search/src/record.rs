//! What people search for, what they click, and what they order then.
//!
//! A search only leaves a note in a bounded queue, which is written in batches beside it: a full queue loses notes, never
//! time. Nobody is named: who searched is a hash with a salt of the day, of those who are signed in alone.

use crate::app::Searches;
use crate::store::sums;
use ::store::consumer::{Consumer, UNHURRIED};
use ::store::{Db, Scope, Tx};
use chrono::{NaiveDate, TimeDelta};
use contracts::orders::OrderConfirmed;
use contracts::search::{Click, SearchQuery};
use contracts::{Envelope, Language, PublicEvent};
use kernel::{Actor, Ctx, SearchId, SharedClock, Timestamp, UserId, uuid_at};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Notes that wait at most; what comes beyond is not noted.
pub const NOTES_MAX: usize = 8_192;
/// Notes written at once.
const BATCH: usize = 1_000;
/// How long notes gather before they are written.
const GATHER: Duration = Duration::from_millis(500);
/// How often it is looked what is too old.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);
const SWEEP_BATCH: i64 = 5_000;
/// Days for which notes are kept.
pub const KEPT_DAYS: i64 = 90;
/// Days for which a salt is kept: orders follow clicks within one.
const SALT_DAYS: i64 = 1;
/// Days for which it is known into which cart something was put.
const CARTS_KEPT_DAYS: i64 = 2;
/// Bytes of a hash that are kept: enough to tell visitors of a day apart.
const HASH_BYTES: usize = 16;

/// Something to be remembered.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    Searched(Searched),
    Clicked(Click, Timestamp),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Searched {
    pub id: SearchId,
    pub at: Timestamp,
    pub words: String,
    pub language: Option<Language>,
    pub filters: serde_json::Value,
    pub results: u64,
    pub visitor: Option<UserId>,
}

impl Searched {
    /// Of the first page of a search with words.
    #[must_use]
    pub fn of(ctx: &Ctx, query: &SearchQuery, results: u64) -> Option<Self> {
        let words = words_of(&query.q);
        if words.is_empty() || query.after.is_some() {
            return None;
        }
        Some(Self {
            id: SearchId::new(ctx.now),
            at: ctx.now,
            words,
            language: query.language,
            filters: filters_of(query),
            results,
            visitor: match ctx.actor {
                Actor::Buyer { user } => Some(user),
                _ => None,
            },
        })
    }
}

/// In small letters, blanks single.
#[must_use]
pub fn words_of(q: &str) -> String {
    let words: Vec<String> = q.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// What was filtered by, and the order that was asked for. Where somebody is and what
/// they like is nobody's matter.
fn filters_of(query: &SearchQuery) -> serde_json::Value {
    let bare = SearchQuery {
        q: String::new(),
        after: None,
        limit: 0,
        facets: false,
        near: None,
        near_km: None,
        taste: None,
        promoted: false,
        language: None,
        ..query.clone()
    };
    let is_telling = |value: &serde_json::Value| match value {
        serde_json::Value::Null | serde_json::Value::Bool(false) => false,
        serde_json::Value::String(text) => !text.is_empty(),
        serde_json::Value::Array(list) => !list.is_empty(),
        serde_json::Value::Object(map) => !map.is_empty(),
        serde_json::Value::Number(number) => number.as_u64() != Some(0),
        serde_json::Value::Bool(true) => true,
    };
    match serde_json::to_value(bare) {
        Ok(serde_json::Value::Object(mut map)) => {
            map.retain(|_, value| is_telling(value));
            serde_json::Value::Object(map)
        }
        _ => serde_json::Value::Object(serde_json::Map::new()),
    }
}

/// Writes what was noted, and forgets what is old, until `stop`.
pub async fn record(searches: Searches, db: Db, clock: SharedClock, stop: CancellationToken) {
    let writing = async {
        let mut queue = searches.notes().lock().await;
        let mut notes = Vec::with_capacity(BATCH);
        while !stop.is_cancelled() {
            tokio::select! {
                _ = queue.recv_many(&mut notes, BATCH) => {}
                () = stop.cancelled() => {}
            }
            tokio::select! {
                () = tokio::time::sleep(GATHER) => {}
                () = stop.cancelled() => {}
            }
            while notes.len() < BATCH
                && let Ok(note) = queue.try_recv()
            {
                notes.push(note);
            }
            if !notes.is_empty()
                && let Err(error) = write(&db, &notes, clock.now()).await
            {
                tracing::warn!(%error, lost = notes.len(), "what was searched for could not be noted");
            }
            notes.clear();
        }
    };
    let sweeping = async {
        loop {
            if let Err(error) = sweep(&db, clock.now()).await {
                tracing::warn!(%error, "old searches could not be forgotten; trying again later");
            }
            tokio::select! {
                () = tokio::time::sleep(SWEEP_EVERY) => {}
                () = stop.cancelled() => return,
            }
        }
    };
    tokio::join!(writing, sweeping);
}

async fn write(db: &Db, notes: &[Note], now: Timestamp) -> Result<(), sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    let mut searched: Vec<&Searched> = Vec::new();
    let mut clicked: Vec<(&Click, Timestamp)> = Vec::new();
    for note in notes {
        match note {
            Note::Searched(one) => searched.push(one),
            Note::Clicked(click, at) => clicked.push((click, *at)),
        }
    }
    if !searched.is_empty() {
        let salt = salt(&mut tx, now).await?;
        write_searched(&mut tx, &searched, &salt).await?;
    }
    if !clicked.is_empty() {
        write_clicked(&mut tx, &clicked).await?;
    }
    let of_clicks: Vec<Uuid> = clicked.iter().map(|(click, _)| click.search.0).collect();
    sums::mark(&mut tx, &days_of(notes), &of_clicks).await?;
    tx.commit().await
}

/// The days on which this happened.
fn days_of(notes: &[Note]) -> Vec<NaiveDate> {
    let at = |note: &Note| match note {
        Note::Searched(one) => one.at,
        Note::Clicked(_, at) => *at,
    };
    let mut days: Vec<NaiveDate> = notes.iter().map(|note| at(note).date_naive()).collect();
    days.sort_unstable();
    days.dedup();
    days
}

async fn write_searched(
    conn: &mut PgConnection,
    searched: &[&Searched],
    salt: &[u8],
) -> Result<(), sqlx::Error> {
    let each = || searched.iter();
    sqlx::query(
        "insert into search.searched (id, at, words, language, filters, results, visitor)
         select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::jsonb[], $6::bigint[], $7::bytea[])",
    )
    .bind(each().map(|one| one.id.0).collect::<Vec<Uuid>>())
    .bind(each().map(|one| one.at).collect::<Vec<_>>())
    .bind(each().map(|one| one.words.clone()).collect::<Vec<_>>())
    .bind(
        each()
            .map(|one| one.language.map(|language| language.code().to_owned()))
            .collect::<Vec<Option<String>>>(),
    )
    .bind(each().map(|one| Json(one.filters.clone())).collect::<Vec<_>>())
    .bind(
        each()
            .map(|one| i64::try_from(one.results).unwrap_or(i64::MAX))
            .collect::<Vec<_>>(),
    )
    .bind(
        each()
            .map(|one| one.visitor.map(|user| hash(salt, user)))
            .collect::<Vec<Option<Vec<u8>>>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Clicks of searches that are known. Of each product the first counts, and the last cart that it was put into.
async fn write_clicked(conn: &mut PgConnection, clicked: &[(&Click, Timestamp)]) -> Result<(), sqlx::Error> {
    let each = || clicked.iter();
    sqlx::query(
        "insert into search.clicked (search_id, product_id, position, at, cart_id)
         select s.id, c.product_id, (array_agg(c.position order by c.at))[1], min(c.at),
                (array_agg(c.cart_id order by c.at desc) filter (where c.cart_id is not null))[1]
           from unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::uuid[])
                as c (search_id, product_id, position, at, cart_id)
           join search.searched s on s.id = c.search_id
          group by s.id, c.product_id
         on conflict on constraint clicked_pkey do update set cart_id = excluded.cart_id
          where excluded.cart_id is not null",
    )
    .bind(each().map(|(click, _)| click.search.0).collect::<Vec<Uuid>>())
    .bind(each().map(|(click, _)| click.product.0).collect::<Vec<Uuid>>())
    .bind(
        each()
            .map(|(click, _)| i32::try_from(click.position).unwrap_or(i32::MAX).max(1))
            .collect::<Vec<_>>(),
    )
    .bind(each().map(|(_, at)| *at).collect::<Vec<_>>())
    .bind(
        each()
            .map(|(click, _)| click.cart.map(|cart| cart.0))
            .collect::<Vec<Option<Uuid>>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The day's salt, made by whoever needs it first.
async fn salt(conn: &mut PgConnection, now: Timestamp) -> Result<Vec<u8>, sqlx::Error> {
    let mut fresh = Sha256::new();
    // Each has 74 random bits.
    (0..4).for_each(|_| fresh.update(uuid_at(now).as_bytes()));
    sqlx::query(
        "insert into search.salt (day, salt) values ($1, $2) on conflict on constraint salt_pkey do nothing",
    )
    .bind(now.date_naive())
    .bind(fresh.finalize().to_vec())
    .execute(&mut *conn)
    .await?;
    sqlx::query_scalar("select salt from search.salt where day = $1")
        .bind(now.date_naive())
        .fetch_one(conn)
        .await
}

fn hash(salt: &[u8], user: UserId) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(salt);
    digest.update(user.0.as_bytes());
    digest.finalize()[..HASH_BYTES].to_vec()
}

/// Forgets salts first, then what is older than it is kept, a batch at a time.
async fn sweep(db: &Db, now: Timestamp) -> Result<(), sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    let last_salt: NaiveDate = now.date_naive() - TimeDelta::days(SALT_DAYS);
    sqlx::query("delete from search.salt where day < $1")
        .bind(last_salt)
        .execute(&mut *tx)
        .await?;
    // A cart leads to an order, and an order to a person: what follows from it has been noted by now.
    sqlx::query("update search.clicked set cart_id = null where cart_id is not null and at < $1")
        .bind(now - TimeDelta::days(CARTS_KEPT_DAYS))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    let oldest = now - TimeDelta::days(KEPT_DAYS);
    let mut tx = db.begin(Scope::System).await?;
    sums::forget(&mut tx, oldest.date_naive()).await?;
    tx.commit().await?;
    for old in [
        "delete from search.ordered where ctid = any(array(select ctid from search.ordered where at < $1 limit $2))",
        "delete from search.clicked where ctid = any(array(select ctid from search.clicked where at < $1 limit $2))",
        "delete from search.searched where ctid = any(array(select ctid from search.searched where at < $1 limit $2))",
    ] {
        loop {
            let mut tx = db.begin(Scope::System).await?;
            let gone = sqlx::query(old)
                .bind(oldest)
                .bind(SWEEP_BATCH)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
            if gone.rows_affected() < SWEEP_BATCH as u64 {
                break;
            }
        }
    }
    Ok(())
}

/// Notes which searches led to orders, until `stop`.
pub async fn follow_orders(db: Db, stop: CancellationToken) {
    let consumer = Consumer {
        pace: UNHURRIED,
        ..Consumer::new("search.conversions", [OrderConfirmed::TOPIC])
    };
    consumer
        .run_batches(&db, stop, |tx, events| Box::pin(convert(tx, events)))
        .await;
}

/// Of each product the search whose click came last before the order counts.
async fn convert(tx: &mut Tx, events: &[Envelope]) -> Result<(), sqlx::Error> {
    let salts: Vec<(NaiveDate, Vec<u8>)> = sqlx::query_as("select day, salt from search.salt")
        .fetch_all(&mut **tx)
        .await?;
    let salts: HashMap<NaiveDate, Vec<u8>> = salts.into_iter().collect();
    let (mut visitors, mut carts, mut products, mut orders, mut times) =
        (vec![], vec![], vec![], vec![], vec![]);
    for event in events {
        let Some(Ok(confirmed)) = event.read::<OrderConfirmed>() else {
            continue;
        };
        let day = event.at.date_naive();
        let salts = [day, day - TimeDelta::days(1)].map(|day| salts.get(&day));
        let salts = salts.into_iter().flatten();
        let hashes = confirmed
            .buyer
            .iter()
            .flat_map(|buyer| salts.clone().map(|salt| hash(salt, *buyer)));
        // Whoever it was: by themselves, or by the cart.
        let by_themselves = hashes.map(|visitor| (Some(visitor), None));
        let by_cart = confirmed.cart.iter().map(|cart| (None, Some(cart.0)));
        for (visitor, cart) in by_themselves.chain(by_cart) {
            for line in &confirmed.sold {
                visitors.push(visitor.clone());
                carts.push(cart);
                products.push(line.product.0);
                orders.push(confirmed.order.0);
                times.push(event.at);
            }
        }
    }
    if orders.is_empty() {
        return Ok(());
    }
    let led_to: Vec<Uuid> = sqlx::query_scalar(
        "with sold as (
             select * from unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[])
                      as o (visitor, cart_id, product_id, order_id, at)
         ), clicked as (
             select c.search_id, c.at as clicked_at, o.product_id, o.order_id, o.at
               from sold o
               join search.searched s on s.visitor = o.visitor
               join search.clicked c on c.search_id = s.id and c.product_id = o.product_id
             union
             select c.search_id, c.at, o.product_id, o.order_id, o.at
               from sold o
               join search.clicked c on c.cart_id = o.cart_id and c.product_id = o.product_id
         )
         insert into search.ordered (search_id, product_id, order_id, at)
         select distinct on (order_id, product_id) search_id, product_id, order_id, at
           from clicked
          where clicked_at <= at and clicked_at > at - interval '24 hours'
          order by order_id, product_id, clicked_at desc
         on conflict on constraint ordered_pkey do nothing
         returning search_id",
    )
    .bind(visitors)
    .bind(carts)
    .bind(products)
    .bind(orders)
    .bind(times)
    .fetch_all(&mut **tx)
    .await?;
    if !led_to.is_empty() {
        sums::mark(tx, &[], &led_to).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_are_noted_and_places_are_not() {
        let query = SearchQuery {
            q: "bowl".to_owned(),
            sellers: vec!["ana".to_owned()],
            price_max: Some(500),
            near: Some("ES-SE".to_owned()),
            near_km: Some(100),
            facets: true,
            limit: 24,
            ..SearchQuery::default()
        };
        let noted = filters_of(&query);
        assert_eq!(
            noted,
            json!({"sellers": ["ana"], "price_max": 500, "sort": "relevance"})
        );
        assert_eq!(words_of("  Blue   BOWL "), "blue bowl");
    }
}
