//! Gift cards and store credit, save what the till does to them.

use crate::domain::purse::{Code, Funding, PurseKind};
use crate::till::purses::Standing;
use kernel::{
    Actor, Ctx, Currency, EntryId, Money, OrderId, PurseId, PurseMovementId, RefundId, Timestamp, UserId,
};
use sqlx::PgConnection;
use sqlx::types::Json;

/// A gift card, without its code.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CardRow {
    pub id: PurseId,
    pub currency: String,
    pub balance: i64,
    pub held: i64,
    pub made_at: Timestamp,
    pub hint: String,
    pub issued: i64,
    pub funding: String,
    pub expires_at: Option<Timestamp>,
    pub disabled_at: Option<Timestamp>,
    pub note: String,
    pub issued_by: Json<Actor>,
}

macro_rules! cards {
    ($rest:literal) => {
        concat!(
            "select id, currency::text, balance, held, made_at, hint, issued, funding, expires_at, disabled_at, note, issued_by
               from ledger.purse
              where kind = 'gift_card' ",
            $rest
        )
    };
}

/// A gift card on its way in.
pub struct NewCard<'a> {
    pub id: PurseId,
    pub code: &'a Code,
    pub amount: Money,
    pub funding: Funding,
    pub expires_at: Option<Timestamp>,
    pub note: &'a str,
    pub key: &'a str,
}

/// False where the key was used before.
pub async fn insert_card(
    conn: &mut PgConnection,
    ctx: &Ctx,
    card: &NewCard<'_>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "insert into ledger.purse (id, kind, currency, made_at, code_hash, hint, issued, funding, expires_at, note, issued_by, issue_key)
         values ($1, 'gift_card', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict on constraint purse_issue_once do nothing",
    )
    .bind(card.id)
    .bind(card.amount.currency.code())
    .bind(ctx.now)
    .bind(card.code.hash())
    .bind(card.code.hint())
    .bind(card.amount.amount)
    .bind(card.funding.name())
    .bind(card.expires_at)
    .bind(card.note)
    .bind(Json(&ctx.actor))
    .bind(card.key)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn card_of_key(conn: &mut PgConnection, key: &str) -> Result<Option<PurseId>, sqlx::Error> {
    sqlx::query_scalar("select id from ledger.purse where issue_key = $1")
        .bind(key)
        .fetch_optional(conn)
        .await
}

pub async fn card(conn: &mut PgConnection, id: PurseId) -> Result<Option<CardRow>, sqlx::Error> {
    sqlx::query_as(cards!("and id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Newest first.
pub async fn cards(
    conn: &mut PgConnection,
    before: Option<PurseId>,
    limit: i64,
) -> Result<Vec<CardRow>, sqlx::Error> {
    sqlx::query_as(cards!(
        "and ($1::uuid is null or id < $1) order by id desc limit $2"
    ))
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Switches a card off, or on again with no time, and notes who did it; does nothing where it is so already.
pub async fn switch(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: PurseId,
    off_at: Option<Timestamp>,
    reason: &str,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "with switched as (
             update ledger.purse set disabled_at = $2
              where id = $1 and kind = 'gift_card' and (disabled_at is null) <> ($2::timestamptz is null)
             returning id)
         insert into ledger.purse_change (purse_id, at, what, reason, by)
         select id, $3, case when $2::timestamptz is null then 'enabled' else 'disabled' end, $4, $5 from switched",
    )
    .bind(id)
    .bind(off_at)
    .bind(ctx.now)
    .bind(reason)
    .bind(Json(&ctx.actor))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Who switched a card off or on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChangeRow {
    pub at: Timestamp,
    pub what: String,
    pub reason: String,
    pub by: Json<Actor>,
}

/// The latest first.
pub async fn changes(
    conn: &mut PgConnection,
    id: PurseId,
    limit: i64,
) -> Result<Vec<ChangeRow>, sqlx::Error> {
    sqlx::query_as(
        "select at, what, reason, by from ledger.purse_change where purse_id = $1 order by id desc limit $2",
    )
    .bind(id)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// What came onto a purse, or was spent of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MovementRow {
    pub id: PurseMovementId,
    pub kind: String,
    pub amount: i64,
    pub currency: String,
    pub order_id: Option<OrderId>,
    pub refund_id: Option<RefundId>,
    pub note: Option<String>,
    pub at: Timestamp,
}

macro_rules! movements {
    ($rest:literal) => {
        concat!(
            "select m.id, m.kind, m.amount, p.currency::text, m.order_id, m.refund_id, m.note, m.at
               from ledger.purse_movement m
               join ledger.purse p on p.id = m.purse_id ",
            $rest
        )
    };
}

/// Of some purses together, the latest first.
pub async fn movements(
    conn: &mut PgConnection,
    purses: &[PurseId],
    before: Option<PurseMovementId>,
    limit: i64,
) -> Result<Vec<MovementRow>, sqlx::Error> {
    sqlx::query_as(movements!(
        "where m.purse_id = any($1) and ($2::uuid is null or m.id < $2) order by m.id desc limit $3"
    ))
    .bind(purses)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

pub async fn movement(
    conn: &mut PgConnection,
    purse: PurseId,
    id: PurseMovementId,
) -> Result<Option<MovementRow>, sqlx::Error> {
    sqlx::query_as(movements!("where m.purse_id = $1 and m.id = $2"))
        .bind(purse)
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Money that a person puts on a purse.
pub struct NewMovement<'a> {
    pub purse: PurseId,
    pub id: PurseMovementId,
    pub kind: &'static str,
    /// Minor units, above zero.
    pub amount: i64,
    pub entry: EntryId,
    pub note: Option<&'a str>,
}

pub async fn put_on(
    conn: &mut PgConnection,
    ctx: &Ctx,
    movement: &NewMovement<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with moved as (
             insert into ledger.purse_movement (purse_id, id, kind, amount, entry_id, note, by, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             returning purse_id, amount)
         update ledger.purse p set balance = p.balance + moved.amount from moved where p.id = moved.purse_id",
    )
    .bind(movement.purse)
    .bind(movement.id)
    .bind(movement.kind)
    .bind(movement.amount)
    .bind(movement.entry)
    .bind(movement.note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// A buyer's purse in one currency, if it is not there yet.
pub async fn open_credit(
    conn: &mut PgConnection,
    id: PurseId,
    user: UserId,
    currency: Currency,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into ledger.purse (id, kind, currency, user_id, made_at) values ($1, 'store_credit', $2, $3, $4)
         on conflict do nothing",
    )
    .bind(id)
    .bind(currency.code())
    .bind(user)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// False where the key was used before; whoever is using it is waited for.
pub async fn claim_grant(
    conn: &mut PgConnection,
    key: &str,
    request_hash: &[u8],
    movement: &NewMovement<'_>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "insert into ledger.credit_grant (key, request_hash, purse_id, movement_id) values ($1, $2, $3, $4)
         on conflict do nothing",
    )
    .bind(key)
    .bind(request_hash)
    .bind(movement.purse)
    .bind(movement.id)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a grant was asked with, and what came of it.
pub async fn grant_of_key(
    conn: &mut PgConnection,
    key: &str,
) -> Result<Option<(Vec<u8>, MovementRow)>, sqlx::Error> {
    let known: Option<(Vec<u8>, PurseId, PurseMovementId)> =
        sqlx::query_as("select request_hash, purse_id, movement_id from ledger.credit_grant where key = $1")
            .bind(key)
            .fetch_optional(&mut *conn)
            .await?;
    let Some((hash, purse, id)) = known else {
        return Ok(None);
    };
    Ok(movement(conn, purse, id).await?.map(|movement| (hash, movement)))
}

/// A buyer's store credit in one currency.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CreditRow {
    pub id: PurseId,
    pub currency: String,
    pub balance: i64,
    pub held: i64,
}

pub async fn credit(conn: &mut PgConnection, user: UserId) -> Result<Vec<CreditRow>, sqlx::Error> {
    sqlx::query_as(
        "select id, currency::text, balance, held from ledger.purse where user_id = $1 order by currency",
    )
    .bind(user)
    .fetch_all(conn)
    .await
}

/// A purse that somebody wants to pay with.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Found {
    pub id: PurseId,
    kind: String,
    pub currency: String,
    pub code_hash: Option<Vec<u8>>,
    hint: Option<String>,
    balance: i64,
    held: i64,
    pub expires_at: Option<Timestamp>,
    pub disabled: bool,
}

impl Found {
    #[must_use]
    pub fn kind(&self) -> PurseKind {
        match self.kind == PurseKind::GiftCard.name() {
            true => PurseKind::GiftCard,
            false => PurseKind::StoreCredit,
        }
    }

    /// The last letters of a gift card's code.
    #[must_use]
    pub fn hint(&self) -> &str {
        self.hint.as_deref().unwrap_or_default()
    }

    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            balance: self.balance,
            held: self.held,
            expires_at: self.expires_at,
            disabled: self.disabled,
        }
    }
}

pub async fn find(
    conn: &mut PgConnection,
    hashes: &[Vec<u8>],
    credit: Option<PurseId>,
) -> Result<Vec<Found>, sqlx::Error> {
    sqlx::query_as(
        "select id, kind, currency::text, code_hash, hint, balance, held, expires_at, disabled_at is not null as disabled
           from ledger.purse
          where code_hash = any($1) or id = $2",
    )
    .bind(hashes)
    .bind(credit)
    .fetch_all(conn)
    .await
}

/// What is wrong with purses, in words; at most `limit`.
pub async fn inconsistent(conn: &mut PgConnection, limit: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(include_str!("../sql/verify_purses.sql"))
        .bind(limit)
        .fetch_all(conn)
        .await
}
