//! What was taken out of sale and is in the index for some moments more: no answer shows it.
//!
//! A commit makes a segment, so changes wait for each other (200 ms at most). To be found a little later is nothing; to be offered
//! what cannot be bought any more is. So whoever reads of it in the log says so at once, and takes it back with the commit.

use contracts::search::SearchHit;
use kernel::{ProductId, TenantId};
use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

#[derive(Debug, Default)]
pub struct Withheld(RwLock<Gone>);

#[derive(Debug, Default)]
pub struct Gone {
    pub products: HashSet<ProductId>,
    pub shops: HashSet<TenantId>,
}

impl Withheld {
    /// From now on no answer shows these.
    pub fn withhold(&self, products: &[ProductId], shop: Option<TenantId>) {
        if products.is_empty() && shop.is_none() {
            return;
        }
        let mut gone = self.0.write().unwrap_or_else(PoisonError::into_inner);
        gone.products.extend(products);
        gone.shops.extend(shop);
    }

    /// The index does not hold them any more, or they are for sale again.
    pub fn forget(
        &self,
        products: impl IntoIterator<Item = ProductId>,
        shops: impl IntoIterator<Item = TenantId>,
    ) {
        let mut gone = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for product in products {
            gone.products.remove(&product);
        }
        for shop in shops {
            gone.shops.remove(&shop);
        }
    }

    /// Takes what is gone out of an answer; says how many that were.
    pub fn leave_out(&self, hits: &mut Vec<SearchHit>) -> u64 {
        let gone = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if gone.products.is_empty() && gone.shops.is_empty() {
            return 0;
        }
        let before = hits.len();
        hits.retain(|hit| !gone.products.contains(&hit.product) && !gone.shops.contains(&hit.tenant));
        (before - hits.len()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn an_answer_shows_nothing_of_what_is_gone() {
        let hit = |product: u128, shop: u128| -> SearchHit {
            serde_json::from_value(json!({
                "product": Uuid::from_u128(product), "tenant": Uuid::from_u128(shop), "slug": "bowl", "title": "Bowl",
                "shop_name": "Shop", "shop_slug": "shop", "price": {"amount": 100, "currency": "EUR"},
                "price_from": false, "in_stock": true,
            }))
            .expect("a hit")
        };
        let withheld = Withheld::default();
        let left = || {
            let mut hits = vec![hit(1, 7), hit(2, 7), hit(3, 8)];
            let left_out = withheld.leave_out(&mut hits);
            assert_eq!(left_out as usize, 3 - hits.len());
            hits.iter().map(|hit| hit.product.0.as_u128()).collect::<Vec<_>>()
        };
        let product = |n| ProductId(Uuid::from_u128(n));
        let shop = TenantId(Uuid::from_u128(7));
        assert_eq!(left(), [1, 2, 3]);
        withheld.withhold(&[product(3)], None);
        assert_eq!(left(), [1, 2]);
        withheld.withhold(&[], Some(shop));
        assert_eq!(left(), [0u128; 0]);
        withheld.forget([product(3)], []);
        assert_eq!(left(), [3]);
        withheld.forget([], [shop]);
        assert_eq!(left(), [1, 2, 3]);
    }
}
