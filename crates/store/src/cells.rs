//! Which database holds whom. There is one cell until the operator adds more.

use crate::Db;
use kernel::TenantId;

/// Maps shops and regions to databases.
#[derive(Clone, Debug)]
pub struct Cells {
    home: Cell,
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

    /// A context's pool in the home cell.
    pub fn db(&self, context: &'static str) -> Result<Db, sqlx::Error> {
        Db::connect(&self.home.url, context)
    }
}
