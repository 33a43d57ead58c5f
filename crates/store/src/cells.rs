//! Where rows live: one database cluster, and a pool of connections to it for each context.

use crate::Db;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The database that holds all shops.
#[derive(Clone, Debug)]
pub struct Cells {
    home: String,
    /// One pool for each context, whoever asks for it: PostgreSQL has so many connections and no more.
    pools: Arc<Mutex<HashMap<&'static str, Db>>>,
}

impl Cells {
    /// A single cell that holds everyone.
    #[must_use]
    pub fn single(url: impl Into<String>) -> Self {
        Self {
            home: url.into(),
            pools: Arc::default(),
        }
    }

    /// A pool beside the context's own, for what many wait for behind one another.
    pub fn apart(&self, context: &'static str) -> Result<Db, sqlx::Error> {
        Db::connect(&self.home, context)
    }

    /// A context's pool.
    pub fn db(&self, context: &'static str) -> Result<Db, sqlx::Error> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(db) = pools.get(context) {
            return Ok(db.clone());
        }
        let db = Db::connect(&self.home, context)?;
        pools.insert(context, db.clone());
        Ok(db)
    }
}
