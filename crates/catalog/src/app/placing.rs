//! Where products are in the tree.

use super::Products;
use crate::error::Error;
use crate::store;
use ::store::Scope;
use contracts::catalog::ProductPlace;
use kernel::{ProductId, TenantId};

impl Products {
    pub(super) async fn places_of(
        &self,
        products: &[(TenantId, ProductId)],
    ) -> Result<Vec<ProductPlace>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let places = store::placing::places(&mut tx, products).await?;
        tx.commit().await?;
        Ok(places)
    }
}
