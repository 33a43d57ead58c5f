//! Where the consumers of a database stand and which of them have letters that are due, asked once for all of a process.

use crate::cursor::position;
use crate::log::Position;
use crate::{Db, Scope};
use sqlx::Row;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// So often it is asked anew: so late a letter may be tried again, or a consumer find that its cursor was moved.
const ASKED_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
pub(crate) struct Standings(tokio::sync::Mutex<Option<Known>>);

#[derive(Debug)]
struct Known {
    as_of: Instant,
    of: HashMap<String, (Position, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// When it was asked: what was committed before is seen.
    pub as_of: Instant,
    /// `None` where the consumer has no cursor.
    pub cursor: Option<Position>,
    pub has_due_letters: bool,
}

impl Standings {
    pub(crate) async fn of(&self, db: &Db, consumer: &str) -> Result<Standing, sqlx::Error> {
        let mut known = self.0.lock().await;
        let current = match known.take().filter(|known| known.as_of.elapsed() < ASKED_EVERY) {
            Some(current) => current,
            None => ask(db).await?,
        };
        let current = known.insert(current);
        let found = current.of.get(consumer);
        Ok(Standing {
            as_of: current.as_of,
            cursor: found.map(|(cursor, _)| *cursor),
            has_due_letters: found.is_some_and(|(_, has_due_letters)| *has_due_letters),
        })
    }
}

async fn ask(db: &Db) -> Result<Known, sqlx::Error> {
    let as_of = Instant::now();
    let mut tx = db.begin(Scope::System).await?;
    let rows = sqlx::query(
        "select c.consumer, c.xid::text as xid, c.id,
                exists (select from log.dead_letter d
                         where d.consumer = c.consumer and d.state = 'retry' and d.next_at <= now()) as has_due_letters
           from log.cursor c",
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let mut of = HashMap::with_capacity(rows.len());
    for row in &rows {
        let standing = (position(row)?, row.try_get("has_due_letters")?);
        of.insert(row.try_get("consumer")?, standing);
    }
    Ok(Known { as_of, of })
}
