//! Pages that are open hear of what changes: one reader of the log for all of this process's.

use runtime::Loop;
use std::time::Duration;
use store::Db;
use store::log::{self, Position, Read};
use storefront::Live;

/// How late another process's change may be noticed.
const POLL: Duration = Duration::from_millis(100);
const EVENTS_MAX: i64 = 1_000;
/// Pause after the log could not be read.
const OUTAGE_PAUSE: Duration = Duration::from_millis(500);

/// Tells `live` what the log tells. At its end no page is kept waiting: connections would hold up the process's.
pub fn to_the_log(db: Db, live: Live) -> Loop {
    Loop::new("live pages", move |stop| {
        let (db, live) = (db.clone(), live.clone());
        async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = follow(&db, &live) => {}
            }
            live.close();
        }
    })
}

/// Reads the log from its present end: pages show what was before. There is no cursor to keep, for the same reason.
async fn follow(db: &Db, live: &Live) {
    let mut position: Option<Position> = None;
    loop {
        let woken = log::woken(POLL);
        let read = match position {
            Some(position) => log::follow(db, position, &Live::TOPICS, EVENTS_MAX).await,
            None => log::end(db).await.map(|next| Read {
                events: Vec::new(),
                next,
            }),
        };
        match read {
            Ok(read) => {
                live.hear(read.events.iter().map(|event| &event.envelope));
                let is_first = position.replace(read.next).is_none();
                if !is_first && read.events.is_empty() {
                    woken.await;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the log cannot be followed: open pages may be out of date for a while");
                tokio::time::sleep(OUTAGE_PAUSE).await;
            }
        }
    }
}
