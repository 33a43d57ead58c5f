//! Which database holds whom. There is one cell until the operator adds more.

use crate::Db;
use kernel::TenantId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Maps shops and regions to databases.
#[derive(Clone, Debug)]
pub struct Cells {
    home: Cell,
    /// One pool for each context, whoever asks for it: PostgreSQL has so many connections and no more.
    pools: Arc<Mutex<HashMap<&'static str, Db>>>,
}

/// A database cluster that holds whole shops.
#[derive(Clone, Debug)]
pub struct Cell {
    pub name: String,
    pub url: String,
}

impl Cells {
    /// A single cell that holds everyone.
    #[must_use]
    pub fn single(url: impl Into<String>) -> Self {
        Self {
            home: Cell {
                name: "home".to_owned(),
                url: url.into(),
            },
            pools: Arc::default(),
        }
    }

    /// Where a shop's rows live.
    #[must_use]
    pub fn of_tenant(&self, _tenant: TenantId) -> &Cell {
        &self.home
    }

    /// Where the rows live that belong to no shop.
    #[must_use]
    pub fn home(&self) -> &Cell {
        &self.home
    }

    /// A pool beside the context's own in the home cell, for what many wait for behind one another.
    pub fn apart(&self, context: &'static str) -> Result<Db, sqlx::Error> {
        Db::connect(&self.home.url, context)
    }

    /// A context's pool in the home cell.
    pub fn db(&self, context: &'static str) -> Result<Db, sqlx::Error> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(db) = pools.get(context) {
            return Ok(db.clone());
        }
        let db = Db::connect(&self.home.url, context)?;
        pools.insert(context, db.clone());
        Ok(db)
    }
}
