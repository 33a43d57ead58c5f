use crate::saga::{Next, Outcome, Pause, Step, next};
use contracts::payments::CaptureTime;
use kernel::{OrderId, Timestamp, UserId};
use postgres_types::Json;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::rows::Rows;
use tokio_postgres::{Client, Error, Row, Statement};
use uuid::Uuid;

/// Steps that a history keeps; of a payment that is tried for days the first and the last ones tell enough.
const HISTORY_MAX: usize = 100;

/// Where the payment of an order stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Saga {
    /// One more with every write that whoever is at it must know of; being woken is none.
    pub version: i64,
    /// One more with every means of payment that was tried.
    pub attempt: u32,
    pub method: String,
    pub return_path: String,
    /// When this attempt's money is captured.
    pub capture: CaptureTime,
    pub step: Step,
    /// How often the step was tried in vain.
    pub tries: u32,
    pub due_at: Option<Timestamp>,
    pub lease_until: Option<Timestamp>,
    pub history: Vec<Told>,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub at: Timestamp,
    pub attempt: u32,
    pub step: String,
    pub outcome: String,
    /// Who did it, where that was a person, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Saga {
    #[must_use]
    pub fn begun(method: String, return_path: String) -> Self {
        Self {
            version: 0,
            attempt: 0,
            method,
            return_path,
            capture: CaptureTime::AtOnce,
            step: Step::Authorize,
            tries: 0,
            due_at: None,
            lease_until: None,
            history: Vec::new(),
        }
    }

    /// Notes what came of the present step.
    pub fn tell(&mut self, at: Timestamp, outcome: &Outcome) {
        self.note(at, outcome.name(), None);
    }

    /// Notes what came of the present step and goes to the one that follows. Says when that is to be done.
    pub fn came(&mut self, outcome: Outcome, at: Timestamp) -> Pause {
        self.tell(at, &outcome);
        let Next { step, pause } = next(self.step.clone(), outcome, self.capture);
        if matches!(self.step, Step::Terms { .. }) && step == Step::Capture {
            // The provider takes all of it or nothing.
            self.capture = CaptureTime::AtOnce;
        }
        self.tries = if step == self.step { self.tries + 1 } else { 0 };
        self.step = step;
        pause
    }

    /// Notes what a person did about the present step, and why.
    pub fn tell_of(&mut self, at: Timestamp, did: &str, by: UserId, why: String) {
        self.note(at, did, Some((by, why)));
    }

    fn note(&mut self, at: Timestamp, outcome: &str, person: Option<(UserId, String)>) {
        let (by, note) = person.unzip();
        let told = Told {
            at,
            attempt: self.attempt,
            step: self.step.name().to_owned(),
            outcome: outcome.to_owned(),
            by,
            note,
        };
        keep(&mut self.history, told);
    }

    #[must_use]
    pub fn leased_at(&self, now: Timestamp) -> bool {
        self.lease_until.is_some_and(|until| until > now)
    }
}

/// Adds to a history, which stays as long as it may be.
pub(super) fn keep(history: &mut Vec<Told>, told: Told) {
    if history.len() >= HISTORY_MAX {
        let middle = HISTORY_MAX / 2;
        // What people did is kept as long as there is anything else.
        let least = history.iter().skip(middle).position(|told| told.by.is_none());
        history.remove(middle + least.unwrap_or(0));
    }
    history.push(told);
}

/// Parameter: orders.
const FIND: &str = "
select s.order_id, s.version, s.attempt, s.method, s.return_path, s.step, s.tries, s.due_at, s.lease_until, s.history, s.capture
  from unnest($1::uuid[]) as wanted (order_id)
  join checkout.saga s on s.order_id = wanted.order_id";

/// Parameter: sagas.
const SAVE: &str = "
insert into checkout.saga
       (order_id, version, attempt, method, return_path, step, tries, due_at, lease_until, history, capture)
select * from unnest($1::checkout.saga_row[])
on conflict on constraint saga_pkey do update
   set version = excluded.version, attempt = excluded.attempt, method = excluded.method,
       return_path = excluded.return_path, step = excluded.step, tries = excluded.tries,
       due_at = excluded.due_at, lease_until = excluded.lease_until, history = excluded.history,
       capture = excluded.capture";

pub struct Sagas {
    find: Statement,
    save: Statement,
}

impl Sagas {
    pub async fn prepare(client: &Client) -> Result<Self, Error> {
        Ok(Self {
            find: client.prepare(FIND).await?,
            save: client.prepare(SAVE).await?,
        })
    }

    /// The sagas of orders, which the orders' locks protect.
    pub async fn find(&self, client: &Client, orders: &[OrderId]) -> Result<HashMap<OrderId, Saga>, Error> {
        let rows = client.query(&self.find, &[&orders]).await?;
        rows.iter().map(saga).collect()
    }

    pub async fn save(&self, client: &Client, sagas: &[(OrderId, &Saga)]) -> Result<(), Error> {
        if sagas.is_empty() {
            return Ok(());
        }
        fn column<'a, T>(sagas: &[(OrderId, &'a Saga)], value: impl Fn(&'a Saga) -> T) -> Vec<T> {
            sagas.iter().map(|(_, saga)| value(saga)).collect()
        }
        let orders: Vec<Uuid> = sagas.iter().map(|(order, _)| order.0).collect();
        client
            .execute(
                &self.save,
                &[&Rows([
                    &orders,
                    &column(sagas, |s| s.version),
                    &column(sagas, |s| i32::try_from(s.attempt).unwrap_or(i32::MAX)),
                    &column(sagas, |s| s.method.as_str()),
                    &column(sagas, |s| s.return_path.as_str()),
                    &column(sagas, |s| Json(&s.step)),
                    &column(sagas, |s| i32::try_from(s.tries).unwrap_or(i32::MAX)),
                    &column(sagas, |s| s.due_at),
                    &column(sagas, |s| s.lease_until),
                    &column(sagas, |s| Json(&s.history)),
                    &column(sagas, |s| s.capture.name()),
                ])],
            )
            .await
            .map(drop)
    }
}

fn saga(row: &Row) -> Result<(OrderId, Saga), Error> {
    let count = |column: usize| row.try_get(column).map(|n: i32| u32::try_from(n).unwrap_or(0));
    let Json(step): Json<Step> = row.try_get(5)?;
    let Json(history): Json<Vec<Told>> = row.try_get(9)?;
    let capture: &str = row.try_get(10)?;
    let saga = Saga {
        version: row.try_get(1)?,
        attempt: count(2)?,
        method: row.try_get(3)?,
        return_path: row.try_get(4)?,
        capture: CaptureTime::named(capture).unwrap_or_default(),
        step,
        tries: count(6)?,
        due_at: row.try_get(7)?,
        lease_until: row.try_get(8)?,
        history,
    };
    Ok((row.try_get(0)?, saga))
}
