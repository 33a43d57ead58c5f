//! The sandbox's webhooks: planned with the booking, sent when their time has come until they are heard.

use super::STEP;
use super::books::Parcel;
use crate::carrier::News;
use crate::domain::kind_name;
use crate::error::Error;
use ::store::{Db, Scope};
use contracts::shipping::{DeliveryProof, TrackingEvent, TrackingKind};
use httpkit::webhook::{Message, Secret};
use kernel::{DateTime, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

/// Messages sent in one go.
pub const BATCH: i64 = 64;
/// Attempts at a message nobody listens to.
const TRIES_MAX: i32 = 10;

/// A message's body.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    tracking: String,
    kind: TrackingKind,
    at: DateTime,
    #[serde(default)]
    place: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    proof: Option<DeliveryProof>,
    #[serde(default)]
    eta: Option<DateTime>,
}

/// A message that is due.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    id: String,
    body: serde_json::Value,
    tries: i32,
}

impl Due {
    /// Signed now, as a sender does that tries again.
    pub fn signed(&self, secret: &Secret, now: Timestamp) -> Message {
        secret.sign(&self.id, now, self.body.to_string().into_bytes())
    }
}

/// What a message says. Its id is the event's.
pub fn read(message: &Message) -> Result<News, Error> {
    let told: Told = serde_json::from_slice(&message.body).map_err(|why| Error::Body(why.to_string()))?;
    Ok(News {
        tracking: told.tracking,
        event: TrackingEvent {
            id: message.id.clone(),
            kind: told.kind,
            at: told.at,
            place: told.place,
            note: told.note,
            proof: told.proof,
        },
        eta: told.eta,
    })
}

/// Plans what will be told of a parcel.
pub async fn plan(
    conn: &mut PgConnection,
    parcel: &Parcel,
    steps: &[TrackingKind],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let is_troubled = parcel.booking.service == "test_troubled";
    let last = steps.len();
    let (mut ids, mut bodies, mut due) = (Vec::new(), Vec::new(), Vec::new());
    for (index, kind) in (1..).zip(steps) {
        let at = now + STEP * index;
        ids.push(format!("msg_{}_{index}", parcel.tracking));
        bodies.push(Json(told(parcel, *kind, at)));
        // Whoever comes later on the way is told first, and all of it when the parcel is long there.
        due.push(match is_troubled {
            true => now + STEP * (2 * i32::try_from(last).unwrap_or(0) - index),
            false => at,
        });
    }
    sqlx::query(
        "insert into shipping.sandbox_news (id, body, copies, due_at)
         select planned.id, planned.body, $4, planned.due_at
           from unnest($1::text[], $2::jsonb[], $3::timestamptz[]) as planned (id, body, due_at)",
    )
    .bind(ids)
    .bind(bodies)
    .bind(due)
    .bind(if is_troubled { 3 } else { 1 })
    .execute(conn)
    .await?;
    Ok(())
}

fn told(parcel: &Parcel, kind: TrackingKind, at: Timestamp) -> Told {
    let (from, to) = (&parcel.booking.sender, &parcel.booking.recipient);
    let (place, note) = match kind {
        TrackingKind::Accepted => (&from.city, "Fetched from the sender."),
        TrackingKind::InTransit => (&from.city, "On the way between depots."),
        TrackingKind::OutForDelivery => (&to.city, "With the driver."),
        TrackingKind::Attempted => (&to.city, "Nobody was there."),
        TrackingKind::Exception if parcel.booking.service == "test_lost" => {
            (&from.city, "The parcel is lost.")
        }
        TrackingKind::Exception => (&from.city, "Held up on the way."),
        TrackingKind::Delivered => (&to.city, "Handed over at the door."),
        TrackingKind::Returned => (&from.city, "Given back to the sender."),
    };
    let proof = (kind == TrackingKind::Delivered).then(|| DeliveryProof {
        signed_by: to.name.chars().take(40).collect(),
        reference: format!("{}-{}", parcel.tracking, kind_name(kind)),
    });
    Told {
        tracking: parcel.tracking.clone(),
        kind,
        at,
        place: place.clone(),
        note: note.to_owned(),
        proof,
        eta: (kind == TrackingKind::OutForDelivery).then_some(at + STEP),
    }
}

/// Takes messages that are due; nobody else takes them for a while.
pub async fn take(db: &Db, now: Timestamp) -> Result<Vec<Due>, sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    let due = sqlx::query_as(
        "update shipping.sandbox_news n
            set due_at = $1 + make_interval(secs => least(30 * 2 ^ n.tries, 3600)), tries = n.tries + 1
           from (select id, due_at from shipping.sandbox_news
                  where due_at <= $1 order by due_at, id limit $2 for update skip locked) as taken
          where n.id = taken.id
         returning n.id, n.body, n.tries",
    )
    .bind(now)
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(due)
}

/// Lets go of messages that were heard, or that nobody will hear any more; the others' next copies are due at once.
pub async fn heard(db: &Db, sent: &[(Due, bool)], now: Timestamp) -> Result<(), sqlx::Error> {
    let done: Vec<&str> = sent
        .iter()
        .filter(|(due, heard)| *heard || due.tries >= TRIES_MAX)
        .map(|(due, _)| due.id.as_str())
        .collect();
    let mut tx = db.begin(Scope::System).await?;
    sqlx::query("delete from shipping.sandbox_news where id = any($1) and copies <= 1")
        .bind(&done)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "update shipping.sandbox_news set copies = copies - 1, tries = 0, due_at = $2 where id = any($1)",
    )
    .bind(&done)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}
