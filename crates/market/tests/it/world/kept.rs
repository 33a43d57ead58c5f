//! A world that was filled once and is there for all tests of a program: what it knows, and the files of its data directory,
//! lie in its database.

use super::{Things, World};
use kernel::{Clock, FixedClock};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use std::fs::{self, Permissions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use testkit::TestDb;

/// What is told about a world beside its rows.
#[derive(Serialize, Deserialize)]
struct Label {
    now: kernel::Timestamp,
    calls: u32,
    things: Things,
}

/// Changes with each build: what filled a world may fill it otherwise now.
pub fn of_this_program() -> String {
    let program = std::env::current_exe().unwrap();
    let facts = fs::metadata(&program).unwrap();
    let mut hasher = DefaultHasher::new();
    (&program, facts.len(), facts.modified().unwrap()).hash(&mut hasher);
    format!("world_{:016x}", hasher.finish())
}

impl World {
    /// Stops, and lays all but the rows beside them.
    pub(super) async fn keep(self) -> TestDb {
        let Self {
            db,
            running,
            router,
            clock,
            things,
            calls,
            folder,
            ..
        } = self;
        drop(router);
        running.stop().await.unwrap();
        let label = Label {
            now: clock.now(),
            calls: calls.load(Ordering::Relaxed),
            things,
        };
        let mut owner = db.owner().await;
        sqlx::raw_sql(
            "create schema kept;
             create table kept.label (label jsonb not null);
             create table kept.file (path text primary key, mode bigint not null, bytes bytea not null);",
        )
        .execute(&mut owner)
        .await
        .unwrap();
        sqlx::query("insert into kept.label values ($1)")
            .bind(Json(&label))
            .execute(&mut owner)
            .await
            .unwrap();
        for file in files(folder.path()) {
            let path = file.strip_prefix(folder.path()).unwrap().to_str().unwrap();
            sqlx::query("insert into kept.file values ($1, $2, $3)")
                .bind(path)
                .bind(i64::from(fs::metadata(&file).unwrap().permissions().mode()))
                .bind(fs::read(&file).unwrap())
                .execute(&mut owner)
                .await
                .unwrap();
        }
        db
    }

    /// What [`World::keep`] kept, started again.
    pub(super) async fn kept(db: TestDb) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut owner = db.owner().await;
        let Json(label): Json<Label> = sqlx::query_scalar("select label from kept.label")
            .fetch_one(&mut owner)
            .await
            .unwrap();
        let files: Vec<(String, i64, Vec<u8>)> = sqlx::query_as("select path, mode, bytes from kept.file")
            .fetch_all(&mut owner)
            .await
            .unwrap();
        for (path, mode, bytes) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, bytes).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(u32::try_from(mode).unwrap())).unwrap();
        }
        // Tests look at what schemas there are.
        sqlx::raw_sql("drop schema kept cascade")
            .execute(&mut owner)
            .await
            .unwrap();
        let clock = Arc::new(FixedClock::at(label.now));
        let mut world = Self::open(db, folder, clock, |_| {}).await;
        world.things = label.things;
        world.calls = AtomicU32::new(label.calls);
        world
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(files(&entry.path()));
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found
}
