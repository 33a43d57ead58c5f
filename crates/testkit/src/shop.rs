use contracts::tenants::{Location, Shop, ShopStatus, Tier};
use kernel::{Currency, TenantId};

/// A shop in Sevilla that sells in euro, for tests that play the tenants context.
#[must_use]
pub fn shop(id: TenantId) -> Shop {
    Shop {
        id,
        slug: format!("shop-{id}"),
        name: "Taller Ñ".into(),
        story: String::new(),
        status: ShopStatus::Active,
        tier: Tier::Pool,
        currency: Currency::EUR,
        location: Location {
            country: "ES".into(),
            region: Some("ES-SE".into()),
            postcode: "41010".into(),
            town: "Sevilla".into(),
        },
        accent: None,
        logo: None,
        banner: None,
        return_policy: String::new(),
        return_days: 14,
        prices_include_tax: true,
        delivery: Vec::new(),
    }
}
