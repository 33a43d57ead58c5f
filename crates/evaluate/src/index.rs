//! A set's products in an index of the engine.

use crate::set::Product;
use anyhow::Result;
use contracts::search::SearchHit;
use kernel::{Currency, Money, ProductId, TenantId, Timestamp};
use search::engine::{Document, Engine, Labelled};
use uuid::Uuid;

/// Everything is of one shop, costs the same, is there, and equally sought after: only the words tell products apart.
pub fn index(products: &[Product]) -> Result<Engine> {
    let engine = Engine::in_memory()?;
    let mut writer = engine.writer()?;
    for (number, product) in (0u32..).zip(products) {
        writer.put(&document(number, product))?;
    }
    writer.commit("")?;
    writer.close()?;
    engine.refresh()?;
    Ok(engine)
}

fn document(number: u32, product: &Product) -> Document {
    let id = ProductId(Uuid::from_u128(u128::from(number) + 1));
    let tenant = TenantId(Uuid::from_u128(1));
    let price = Money::new(1000, Currency::EUR);
    let seller = labelled("shop", "");
    let mut path = String::new();
    let categories = product.categories.iter().map(|name| {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(&name.to_lowercase().replace(['/', ' '], "-"));
        labelled(&path, name)
    });
    Document {
        product: id,
        tenant,
        title: product.title.clone(),
        brand: product.brand.clone(),
        categories: categories.collect(),
        category_aliases: Vec::new(),
        language: None,
        also_called: Vec::new(),
        wins: true,
        translations: Vec::new(),
        tags: Vec::new(),
        description: product.description.clone(),
        attributes: product.attributes.clone(),
        region: None,
        country: labelled("ES", "Spain"),
        price,
        in_stock: true,
        created_at: Timestamp::from_timestamp(1_790_000_000, 0).expect("in range"),
        popularity: 0,
        rating: 0,
        card: SearchHit {
            product: id,
            tenant,
            slug: product.id.clone(),
            title: product.title.clone(),
            shop_name: String::new(),
            shop_slug: seller.value.clone(),
            region: None,
            price,
            price_from: false,
            compare_at: None,
            lowest_30_days: None,
            image: None,
            in_stock: true,
            distance_km: None,
            rating: None,
            offers: None,
            promoted: false,
            titles: None,
        },
        seller,
    }
}

fn labelled(value: &str, label: &str) -> Labelled {
    Labelled {
        value: value.to_owned(),
        label: label.to_owned(),
    }
}
