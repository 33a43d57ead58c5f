//! What everything needs: a database that answers, and a place for pictures and files.

use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt};
use runtime::Check;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::Db;

/// Somebody looks every few seconds, and S3 is far and counts what it is asked.
const ASKED_EVERY: Duration = Duration::from_secs(15);
/// Less than a check may take, so that silence is remembered as well.
const OBJECTS_WITHIN: Duration = Duration::from_millis(700);
/// Nothing lies there: who says so answers.
const NOTHING: &str = "health";

/// Whether the database answers: everything needs it.
pub fn database_check(db: Db) -> Check {
    Check::new("database", true, move || {
        let db = db.clone();
        async move {
            // Not behind those who wait for a connection: a process that has much to do is not down.
            db.reads()
                .query("select 1", &[])
                .await
                .map(|_| ())
                .map_err(|e| e.to_string())
        }
    })
}

type Known = Arc<Mutex<Option<(Instant, Result<(), String>)>>>;

/// Whether pictures and files can be reached. Not vital: without them everything can still be bought, and were every process
/// taken out of service because S3 hiccups, nothing could.
pub fn objects_check(objects: Arc<dyn ObjectStore>) -> Check {
    let known = Known::default();
    Check::new("object store", false, move || {
        let (objects, known) = (objects.clone(), known.clone());
        async move {
            if let Some(outcome) = recent(&known) {
                return outcome;
            }
            let asked = tokio::time::timeout(OBJECTS_WITHIN, objects.head(&Path::from(NOTHING))).await;
            let outcome = match asked {
                Ok(Ok(_) | Err(Error::NotFound { .. })) => Ok(()),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err(format!("no answer within {} ms", OBJECTS_WITHIN.as_millis())),
            };
            *known.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), outcome.clone()));
            outcome
        }
    })
}

fn recent(known: &Known) -> Option<Result<(), String>> {
    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let (at, outcome) = known.as_ref()?;
    (at.elapsed() < ASKED_EVERY).then(|| outcome.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::memory::InMemory;
    use runtime::{Health, HealthState};

    #[tokio::test]
    async fn a_store_without_anything_in_it_is_up_and_one_that_fails_stops_nobody() {
        let dir = tempfile::tempdir().expect("a folder");
        let away = wire::objects::S3 {
            bucket: "pictures".to_owned(),
            prefix: Path::default(),
            endpoint: Some("http://127.0.0.1:9".to_owned()),
            region: "us-east-1".to_owned(),
            key_id: "AKIA".to_owned(),
            secret: wire::Hidden::new("swordfish"),
        };
        let folder = crate::objects::Objects::default().open(dir.path());
        let all = vec![
            objects_check(Arc::new(InMemory::new())),
            objects_check(folder.expect("opened")),
            objects_check(away.open().expect("opened")),
        ];
        let seen = Health::new(all).examine().await;
        assert!(seen.iter().all(|one| !one.vital));
        let states: Vec<HealthState> = seen.iter().map(|one| one.state).collect();
        assert_eq!(states, [HealthState::Up, HealthState::Up, HealthState::Down]);
        assert!(
            seen[2]
                .reason
                .as_ref()
                .is_some_and(|why| !why.contains("swordfish"))
        );
    }
}
