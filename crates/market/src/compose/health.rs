//! What the process depends on beside its services.

use runtime::Check;
use store::Db;

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
