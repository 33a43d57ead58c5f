use super::Promotion;
use kernel::TenantId;
use std::collections::HashMap;
use std::sync::Arc;

/// All promotions that hold or will, as whoever prices baskets remembers them.
#[derive(Debug, Default)]
pub struct Book {
    by_code: HashMap<String, Vec<Arc<Promotion>>>,
    of_shops: HashMap<TenantId, Vec<Arc<Promotion>>>,
    of_all: Vec<Arc<Promotion>>,
}

/// The promotions that a basket may get something from. Whether they hold for it is still to be seen.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// Without a coupon, oldest first.
    pub automatic: Vec<Arc<Promotion>>,
    /// By the basket's codes, in their order; none where nobody knows the code.
    pub coupons: Vec<(String, Vec<Arc<Promotion>>)>,
}

impl Book {
    #[must_use]
    pub fn new(mut promotions: Vec<Promotion>) -> Self {
        promotions.sort_by_key(|promotion| promotion.id);
        let mut book = Self::default();
        for promotion in promotions.into_iter().map(Arc::new) {
            match (&promotion.code, promotion.shop) {
                (Some(code), _) => book.by_code.entry(code.clone()).or_default().push(promotion),
                (None, Some(shop)) => book.of_shops.entry(shop).or_default().push(promotion),
                (None, None) => book.of_all.push(promotion),
            }
        }
        book
    }

    /// What concerns a basket of these shops with these codes.
    #[must_use]
    pub fn candidates(&self, shops: impl Iterator<Item = TenantId>, codes: &[String]) -> Candidates {
        let of_shops = shops.filter_map(|shop| self.of_shops.get(&shop)).flatten();
        Candidates {
            automatic: of_shops.chain(&self.of_all).cloned().collect(),
            coupons: codes
                .iter()
                .map(|code| (code.clone(), self.by_code.get(code).cloned().unwrap_or_default()))
                .collect(),
        }
    }
}

impl Candidates {
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.automatic.is_empty() && self.coupons.is_empty()
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<Promotion>> {
        let coupons = self.coupons.iter().flat_map(|(_, promotions)| promotions);
        self.automatic.iter().chain(coupons)
    }
}
