//! What everything needs: a database that answers, and a folder for pictures.

use crate::home::Home;
use anyhow::Context;
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

pub fn media_folder(home: &Home) -> anyhow::Result<std::path::PathBuf> {
    let folder = home.data_dir.join("media");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder)
}
