//! The sandbox's webhooks: written with the change they tell of, sent afterwards until they are heard.

use crate::webhook::{NoticeKind, Secret, Webhook};
use ::store::{Db, Scope};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// Messages sent in one go.
pub const BATCH: i64 = 64;
/// Attempts at a message nobody listens to.
const TRIES_MAX: i32 = 10;

/// The method whose webhooks come three times each, late, and in the wrong order.
pub const TROUBLED: &str = "tok_webhooks";

/// A message of the sandbox.
#[derive(Debug, Serialize, Deserialize)]
pub struct Message {
    #[serde(rename = "type")]
    pub kind: NoticeKind,
    pub data: Charge,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Charge {
    /// The merchant's idempotency key for the charge.
    pub key: String,
    /// And for the refund, where it is about one.
    #[serde(default)]
    pub refund: Option<String>,
}

/// A message that is due.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    pub id: String,
    key: String,
    refund: Option<String>,
    kind: String,
    tries: i32,
}

impl Due {
    /// Signed now, as a sender does that tries again.
    #[must_use]
    pub fn signed(&self, secret: &Secret, now: Timestamp) -> Webhook {
        let body =
            serde_json::json!({ "type": self.kind, "data": { "key": self.key, "refund": self.refund } });
        secret.sign(&self.id, now, body.to_string().into_bytes())
    }
}

/// Takes messages that are due; nobody else takes them for a while. By the places of the rows that were just locked: by their
/// ids the planner may choose to read them all.
pub async fn take(db: &Db) -> Result<Vec<Due>, sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    super::refunds::settle(&mut tx).await?;
    let due = sqlx::query_as(
        "update payments.sandbox_notice
            set due_at = now() + make_interval(secs => least(30 * 2 ^ tries, 3600)), tries = tries + 1
          where ctid = any(array(select ctid from payments.sandbox_notice
                                  where due_at <= now() order by due_at limit $1 for update skip locked))
         returning id, key, refund, kind, tries",
    )
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(due)
}

/// Lets go of messages that were heard, or that nobody will hear any more; sends the others' next copies soon.
pub async fn heard(db: &Db, sent: &[(Due, bool)]) -> Result<(), sqlx::Error> {
    let done: Vec<String> = sent
        .iter()
        .filter(|(due, heard)| *heard || due.tries >= TRIES_MAX)
        .map(|(due, _)| due.id.clone())
        .collect();
    let mut tx = db.begin(Scope::System).await?;
    sqlx::query!(
        "delete from payments.sandbox_notice where id = any($1) and copies <= 1",
        &done
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update payments.sandbox_notice set copies = copies - 1, tries = 0, due_at = now() where id = any($1)",
        &done
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}
