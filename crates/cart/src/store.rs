//! All SQL of carts.

use crate::error::Error;
use ::store::Reads;
use contracts::cart::{Cart, CartOwner};
use kernel::{CartId, Timestamp, UserId};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use uuid::Uuid;

/// An owner as the table keeps it: a guest's secret only as its hash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnerKey {
    pub guest_hash: Option<Vec<u8>>,
    pub user: Option<UserId>,
}

impl From<&CartOwner> for OwnerKey {
    fn from(owner: &CartOwner) -> Self {
        match owner {
            CartOwner::Guest(secret) => Self {
                guest_hash: Some(Sha256::digest(secret.as_bytes()).to_vec()),
                user: None,
            },
            CartOwner::User(user) => Self {
                guest_hash: None,
                user: Some(*user),
            },
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: CartId,
    guest_hash: Option<Vec<u8>>,
    user_id: Option<UserId>,
    currency: String,
    version: i64,
    lines: serde_json::Value,
    codes: Vec<String>,
    ordered: bool,
    updated_at: Timestamp,
}

/// What a cart is read from.
macro_rules! select_carts {
    ($rest:literal) => {
        concat!(
            "select id, guest_hash, user_id, currency::text, version, lines, codes, ordered, updated_at from cart.cart ",
            $rest
        )
    };
}

impl Row {
    fn cart(self) -> Result<(OwnerKey, Cart), Error> {
        let cart = Cart {
            id: self.id,
            version: self.version,
            currency: self
                .currency
                .parse()
                .map_err(|e| Error::Corrupt(format!("{e}")))?,
            lines: serde_json::from_value(self.lines).map_err(|e| Error::Corrupt(e.to_string()))?,
            codes: self.codes,
            ordered: self.ordered,
            updated_at: self.updated_at,
        };
        Ok((
            OwnerKey {
                guest_hash: self.guest_hash,
                user: self.user_id,
            },
            cart,
        ))
    }
}

/// Asked with every change of a cart, by all who shop.
pub async fn open(reads: &Reads, owner: &OwnerKey) -> Result<Option<Cart>, Error> {
    let sql = select_carts!("where not ordered and (user_id = $1 or guest_hash = $2)");
    let rows = reads
        .query(sql, &[&owner.user.map(|user| user.0), &owner.guest_hash])
        .await?;
    let Some(found) = rows.first() else {
        return Ok(None);
    };
    let row = Row::try_from(found).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    row.cart().map(|(_, cart)| Some(cart))
}

impl TryFrom<&tokio_postgres::Row> for Row {
    type Error = tokio_postgres::Error;

    fn try_from(row: &tokio_postgres::Row) -> Result<Self, Self::Error> {
        Ok(Self {
            id: CartId(row.try_get("id")?),
            guest_hash: row.try_get("guest_hash")?,
            user_id: row.try_get::<_, Option<Uuid>>("user_id")?.map(UserId),
            currency: row.try_get("currency")?,
            version: row.try_get("version")?,
            lines: row.try_get("lines")?,
            codes: row.try_get("codes")?,
            ordered: row.try_get("ordered")?,
            updated_at: row.try_get("updated_at")?,
        })
    }
}

pub async fn by_id(pool: &PgPool, id: CartId) -> Result<Option<(OwnerKey, Cart)>, Error> {
    let row: Option<Row> = sqlx::query_as(select_carts!("where id = $1"))
        .bind(id)
        .fetch_optional(pool)
        .await?;
    row.map(Row::cart).transpose()
}

/// Writes a changed cart. False when somebody else wrote first: a new cart meets the one-open-cart index, an old
/// one its version.
pub async fn save(pool: &PgPool, owner: &OwnerKey, cart: &Cart) -> Result<bool, Error> {
    let lines = serde_json::to_value(&cart.lines).map_err(|e| Error::Corrupt(e.to_string()))?;
    let done = sqlx::query(
        "insert into cart.cart (id, guest_hash, user_id, currency, version, lines, codes, updated_at)
         select $1, $2, $3, $4, $5::bigint, $6, $7, $8
          where $5::bigint = 1
             or exists (select from cart.cart where id = $1)
         on conflict (id) do update
            set currency = excluded.currency, version = excluded.version, lines = excluded.lines, codes = excluded.codes,
                updated_at = excluded.updated_at
          where cart.version = excluded.version - 1
            and not cart.ordered",
    )
    .bind(cart.id)
    .bind(owner.guest_hash.as_deref())
    .bind(owner.user)
    .bind(cart.currency.code())
    .bind(cart.version)
    .bind(lines)
    .bind(&cart.codes)
    .bind(cart.updated_at)
    .execute(pool)
    .await;
    match done {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(error)
            if matches!(
                ::store::constraint_of(&error),
                Some("cart_open_of_user" | "cart_open_of_guest")
            ) =>
        {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Ids are made in order of time.
pub async fn begun(pool: &PgPool, from: Timestamp, until: Timestamp) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from cart.cart where id >= $1 and id < $2")
        .bind(kernel::uuid_floor(from))
        .bind(kernel::uuid_floor(until))
        .fetch_one(pool)
        .await
}

pub async fn close(pool: &PgPool, ids: &[CartId]) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update cart.cart set ordered = true where id = any($1) and not ordered",
        &ids
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Deletes a cart as it was read. False when somebody has changed it since, or it is gone.
pub async fn delete(pool: &PgPool, id: CartId, version: i64) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "delete from cart.cart where id = $1 and version = $2 and not ordered",
        id.0,
        version
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A cart that was dropped because nobody touched it.
pub struct Idle {
    pub id: CartId,
    pub user_id: Option<UserId>,
    pub lines: i32,
}

/// Takes out up to `limit` open carts untouched since `before`.
pub async fn take_idle(
    conn: &mut sqlx::PgConnection,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Idle>, sqlx::Error> {
    sqlx::query_as!(
        Idle,
        r#"delete from cart.cart
            where id in (select id from cart.cart where not ordered and updated_at < $1 order by updated_at limit $2 for update skip locked)
           returning id as "id: CartId", user_id as "user_id: UserId", jsonb_array_length(lines) as "lines!""#,
        before,
        limit
    )
    .fetch_all(conn)
    .await
}
