//! What orders are found by, as it is written.

use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

/// What an order is found by, and the order.
pub type Term = (String, Uuid);

/// How orders stand now, each in one word; those that are not there are left out.
pub async fn standings(conn: &mut PgConnection, orders: &[Uuid]) -> Result<Vec<(Uuid, String)>, sqlx::Error> {
    sqlx::query_as(include_str!("../sql/standings.sql"))
        .bind(orders)
        .fetch_all(conn)
        .await
}

/// A history's first event, of which the rest is passed over.
#[derive(Deserialize)]
struct Beginning {
    placed: Contact,
}

#[derive(Deserialize)]
struct Contact {
    email: String,
}

/// To whom orders are mailed, as their histories say. Read here: PostgreSQL would take each apart for every question to it.
pub async fn emails(conn: &mut PgConnection, orders: &[Uuid]) -> Result<HashMap<Uuid, String>, sqlx::Error> {
    if orders.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(Uuid, Json<Beginning>)> = sqlx::query_as(include_str!("../sql/beginnings.sql"))
        .bind(orders)
        .fetch_all(conn)
        .await?;
    let emails = found
        .into_iter()
        .map(|(order, Json(begun))| (order, begun.placed.email));
    Ok(emails.collect())
}

/// Keeps terms by one statement, and says whether none of them was there already.
pub async fn keep(conn: &mut PgConnection, mut terms: Vec<Term>) -> Result<bool, sqlx::Error> {
    if terms.is_empty() {
        return Ok(true);
    }
    // Neighbours in the index are written one after the other, and each once.
    terms.sort_unstable();
    terms.dedup();
    let all = terms.len() as u64;
    let (terms, orders): (Vec<String>, Vec<Uuid>) = terms.into_iter().unzip();
    let kept = sqlx::query(
        "insert into orders.desk_term (term, order_id)
         select term, order_id from unnest($1::text[], $2::uuid[]) as kept (term, order_id)
             on conflict (term, order_id) do nothing",
    )
    .bind(terms)
    .bind(orders)
    .execute(conn)
    .await?;
    Ok(kept.rows_affected() == all)
}

/// Lets terms go that say what is not so any more.
pub async fn forget(conn: &mut PgConnection, terms: Vec<Term>) -> Result<(), sqlx::Error> {
    if terms.is_empty() {
        return Ok(());
    }
    let (terms, orders): (Vec<String>, Vec<Uuid>) = terms.into_iter().unzip();
    sqlx::query("select orders.forget_terms($1, $2)")
        .bind(terms)
        .bind(orders)
        .execute(conn)
        .await?;
    Ok(())
}
