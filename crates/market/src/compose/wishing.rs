//! Wish lists: pages ask for them, and everybody's programs over HTTP.

use super::Wiring;
use contracts::catalog::Catalog;
use contracts::identity::Identity;
use contracts::wishlists::{RemoteWishlists, ServedWishlists, Wishlists};
use runtime::Service;
use std::sync::Arc;
use store::Db;

pub fn add(
    w: &mut Wiring<'_>,
    db: Db,
    catalog: &Arc<dyn Catalog>,
    identity: &Arc<dyn Identity>,
) -> Arc<dyn Wishlists> {
    let wishes = wishlists::Wishes::new(db, catalog.clone(), identity.clone());
    w.add(
        Service::new("wishlists")
            .api(wishlists::routes(wishes.clone()))
            .calls(ServedWishlists(Arc::new(wishes.clone()))),
    );
    w.client("wishlists", Arc::new(wishes), |p| Arc::new(RemoteWishlists(p)))
}
