//! Whose request came first: idempotency keys, and the one order of a cart.
//!
//! Both are inserted before anything is decided. An insert of a key that another transaction is inserting waits for its
//! end, and then finds the key there. All are inserted in one order, keys before carts, so that two batches never wait in a
//! circle. Mostly all of them are new, and then to know how many is to know which; who must tell them apart asks for each.

use super::PlaceCommand;
use kernel::limits::IDEMPOTENCY_TTL_S;
use kernel::{CartId, Fault, OrderId, Timestamp};
use postgres_types::Json;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use store::rows::Rows;
use tokio_postgres::{Client, Error, Row, Statement};
use uuid::Uuid;

/// The answer is known before the outcome: the order's id, unless the cart is refused. An expired key is a new one.
/// Parameters: keys, now.
macro_rules! claim {
    ($returning:literal) => {
        concat!(
            "
insert into store.idempotency_key as k (scope, key, request_hash, status, response, expires_at)
select scope, key, request_hash, 201, response, expires_at
  from unnest($1::store.new_idempotency_key[]) as c
on conflict on constraint idempotency_key_pkey do update
   set request_hash = excluded.request_hash, status = excluded.status,
       response = excluded.response, expires_at = excluded.expires_at
 where k.expires_at <= $2
returning ",
            $returning
        )
    };
}

/// `$carts` are carts and their orders.
macro_rules! claim_carts {
    ($carts:literal) => {
        concat!(
            "
insert into checkout.cart_claim (cart_id, order_id)
select * from ",
            $carts,
            "
on conflict do nothing
returning cart_id"
        )
    };
}

/// Gives the keys that were new.
const CLAIM: &str = claim!("k.scope, k.key");

/// Claims carts only where all keys were new, which also has the keys claimed before the first cart; says how many carts
/// were. Parameters: keys, now, carts and their orders.
const CLAIM_ALL: &str = concat!(
    "with keyed as (",
    claim!("true"),
    "), carted as (",
    claim_carts!(
        "unnest($3::store.pair[])
 where (select count(*) from keyed) = cardinality($1::store.new_idempotency_key[])"
    ),
    ")
select count(*) from carted"
);

/// Parameters: scopes, keys.
const STORED: &str = "
select k.scope, k.key, k.request_hash, k.response
  from unnest($1::text[], $2::text[]) as wanted (scope, key)
  join store.idempotency_key k on k.scope = wanted.scope and k.key = wanted.key";

/// Parameters: scopes, keys, refusals.
const REFUSE: &str = "
update store.idempotency_key k
   set status = 409, response = r.response
  from unnest($1::text[], $2::text[], $3::json[]) as r (scope, key, response)
 where k.scope = r.scope and k.key = r.key";

/// Parameter: carts and their orders. Gives the carts that nobody had claimed.
const CLAIM_CARTS: &str = claim_carts!("unnest($1::store.pair[])");

/// Parameter: carts.
const TAKEN_CARTS: &str = "
select c.cart_id, c.order_id
  from unnest($1::uuid[]) as wanted (cart_id)
  join checkout.cart_claim c on c.cart_id = wanted.cart_id";

/// Parameter: carts.
const RELEASE_CARTS: &str = "
delete from checkout.cart_claim c
 using unnest($1::uuid[]) as released (cart_id)
 where c.cart_id = released.cart_id";

/// A caller's key, and what it was used for.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// Keeps callers apart: one's key is no key of another's.
    scope: String,
    key: String,
    /// Of the request, so that the same key for another one is noticed.
    pub request_hash: Vec<u8>,
    digest: Uuid,
}

/// The answer to a key that was used before.
#[derive(Clone, Debug)]
pub struct Stored {
    pub request_hash: Vec<u8>,
    pub answer: Result<OrderId, Fault>,
}

/// How an answer is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Answer {
    Order { order: OrderId },
    Refusal(Fault),
}

impl IdempotencyKey {
    #[must_use]
    pub fn new(scope: String, key: String, request_hash: Vec<u8>) -> Self {
        let digest = digest_of(&scope, &key);
        Self {
            scope,
            key,
            request_hash,
            digest,
        }
    }

    /// Stands for scope and key where a short name is enough.
    #[must_use]
    pub fn digest(&self) -> Uuid {
        self.digest
    }
}

fn digest_of(scope: &str, key: &str) -> Uuid {
    let hash = Sha256::new()
        .chain_update(scope)
        .chain_update([0])
        .chain_update(key)
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(bytes)
}

/// The keys of a batch and the answers to them, sorted, column by column.
struct KeyColumns<'a> {
    scopes: Vec<&'a str>,
    keys: Vec<&'a str>,
    hashes: Vec<&'a [u8]>,
    answers: Vec<Json<Answer>>,
    ends: Vec<Timestamp>,
    /// By which keys have expired or not.
    now: Timestamp,
}

impl<'a> KeyColumns<'a> {
    fn of(commands: &[&'a PlaceCommand]) -> Self {
        let mut sorted: Vec<&'a PlaceCommand> = commands.to_vec();
        sorted.sort_unstable_by(|a, b| (&a.key.scope, &a.key.key).cmp(&(&b.key.scope, &b.key.key)));
        let ttl = chrono::TimeDelta::seconds(i64::from(IDEMPOTENCY_TTL_S));
        Self {
            scopes: sorted.iter().map(|c| c.key.scope.as_str()).collect(),
            keys: sorted.iter().map(|c| c.key.key.as_str()).collect(),
            hashes: sorted.iter().map(|c| c.key.request_hash.as_slice()).collect(),
            answers: sorted.iter().map(|c| answer_of(c)).collect(),
            ends: sorted.iter().map(|c| c.ctx.now + ttl).collect(),
            now: sorted.iter().map(|c| c.ctx.now).max().unwrap_or_default(),
        }
    }

    fn rows(&self) -> Rows<'_, 5> {
        Rows([&self.scopes, &self.keys, &self.hashes, &self.answers, &self.ends])
    }
}

fn answer_of(command: &PlaceCommand) -> Json<Answer> {
    Json(Answer::Order {
        order: command.new.order.id,
    })
}

/// The carts of a batch, sorted, and beside each its order.
fn carts_of(commands: &[&PlaceCommand]) -> (Vec<CartId>, Vec<OrderId>) {
    let mut sorted: Vec<(CartId, OrderId)> = commands.iter().map(|c| (c.cart(), c.new.order.id)).collect();
    sorted.sort_unstable();
    sorted.into_iter().unzip()
}

pub struct Keys {
    claim_all: Statement,
    claim: Statement,
    stored: Statement,
    refuse: Statement,
    claim_carts: Statement,
    taken_carts: Statement,
    release_carts: Statement,
}

impl Keys {
    pub async fn prepare(client: &Client) -> Result<Self, Error> {
        Ok(Self {
            claim_all: client.prepare(CLAIM_ALL).await?,
            claim: client.prepare(CLAIM).await?,
            stored: client.prepare(STORED).await?,
            refuse: client.prepare(REFUSE).await?,
            claim_carts: client.prepare(CLAIM_CARTS).await?,
            taken_carts: client.prepare(TAKEN_CARTS).await?,
            release_carts: client.prepare(RELEASE_CARTS).await?,
        })
    }

    /// Inserts the commands' keys and claims their carts; whether all keys were new and nobody had claimed one of the carts.
    /// Where that is not so, the transaction is of no more use.
    pub async fn claim_all(&self, client: &Client, commands: &[&PlaceCommand]) -> Result<bool, Error> {
        let keys = KeyColumns::of(commands);
        let (carts, orders) = carts_of(commands);
        let row = client
            .query_one(
                &self.claim_all,
                &[&keys.rows(), &keys.now, &Rows([&carts, &orders])],
            )
            .await?;
        let claimed: i64 = row.try_get(0)?;
        Ok(usize::try_from(claimed).is_ok_and(|claimed| claimed == commands.len()))
    }

    /// Inserts the commands' keys; gives those that are new.
    pub async fn claim(&self, client: &Client, commands: &[&PlaceCommand]) -> Result<HashSet<Uuid>, Error> {
        let keys = KeyColumns::of(commands);
        let rows = client.query(&self.claim, &[&keys.rows(), &keys.now]).await?;
        rows.iter()
            .map(|row| Ok(digest_of(row.try_get(0)?, row.try_get(1)?)))
            .collect()
    }

    /// The answers to the keys that are not new. There are none on most days, and then nothing is asked.
    pub async fn stored(
        &self,
        client: &Client,
        commands: &[&PlaceCommand],
        new: &HashSet<Uuid>,
    ) -> Result<HashMap<Uuid, Stored>, Error> {
        let used = || commands.iter().filter(|c| !new.contains(&c.key.digest));
        let scopes: Vec<&str> = used().map(|c| c.key.scope.as_str()).collect();
        let keys: Vec<&str> = used().map(|c| c.key.key.as_str()).collect();
        if scopes.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = client.query(&self.stored, &[&scopes, &keys]).await?;
        rows.iter()
            .map(|row| Ok((digest_of(row.try_get(0)?, row.try_get(1)?), stored(row)?)))
            .collect()
    }

    /// Keeps refusals as the answers to their keys.
    pub async fn refuse(
        &self,
        client: &Client,
        refusals: &[(&IdempotencyKey, Json<Fault>)],
    ) -> Result<(), Error> {
        if refusals.is_empty() {
            return Ok(());
        }
        let scopes: Vec<&str> = refusals.iter().map(|(key, _)| key.scope.as_str()).collect();
        let keys: Vec<&str> = refusals.iter().map(|(key, _)| key.key.as_str()).collect();
        let answers: Vec<&Json<Fault>> = refusals.iter().map(|(_, fault)| fault).collect();
        client
            .execute(&self.refuse, &[&scopes, &keys, &answers])
            .await
            .map(drop)
    }

    /// Claims the commands' carts; gives those that nobody had claimed.
    pub async fn claim_carts(
        &self,
        client: &Client,
        commands: &[&PlaceCommand],
    ) -> Result<HashSet<CartId>, Error> {
        let (carts, orders) = carts_of(commands);
        let rows = client
            .query(&self.claim_carts, &[&Rows([&carts, &orders])])
            .await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    /// The orders of carts that were claimed before.
    pub async fn taken_carts(
        &self,
        client: &Client,
        commands: &[&PlaceCommand],
        claimed: &HashSet<CartId>,
    ) -> Result<HashMap<CartId, OrderId>, Error> {
        let taken: Vec<CartId> = commands
            .iter()
            .map(|c| c.cart())
            .filter(|cart| !claimed.contains(cart))
            .collect();
        if taken.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = client.query(&self.taken_carts, &[&taken]).await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect()
    }

    /// Lets go of carts that were claimed in this batch and got no order.
    pub async fn release_carts(&self, client: &Client, carts: &HashSet<CartId>) -> Result<(), Error> {
        if carts.is_empty() {
            return Ok(());
        }
        let carts: Vec<CartId> = carts.iter().copied().collect();
        client.execute(&self.release_carts, &[&carts]).await.map(drop)
    }
}

fn stored(row: &Row) -> Result<Stored, Error> {
    let Json(answer): Json<Answer> = row.try_get(3)?;
    Ok(Stored {
        request_hash: row.try_get(2)?,
        answer: answer.into(),
    })
}

impl From<Answer> for Result<OrderId, Fault> {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Order { order } => Ok(order),
            Answer::Refusal(fault) => Err(fault),
        }
    }
}

/// The answer to a key, if it was used before: asked by whoever is about to refuse a request without the till.
pub async fn stored_answer(
    pool: &sqlx::PgPool,
    key: &IdempotencyKey,
    now: Timestamp,
) -> Result<Option<Stored>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select request_hash, response as "response!: sqlx::types::Json<Answer>"
             from store.idempotency_key
            where scope = $1 and key = $2 and expires_at > $3 and response is not null"#,
        key.scope,
        key.key,
        now,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Stored {
        request_hash: row.request_hash,
        answer: row.response.0.into(),
    }))
}
