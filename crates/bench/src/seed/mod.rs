//! A market to measure: shops, products and stock, written set-based where the API would take minutes, in the form in
//! which the program itself would have written them.

pub mod carts;
mod listing;
pub mod tables;
pub mod texts;
mod vocabulary;

use crate::database::{Row, Session};
use anyhow::Result;
use contracts::tenants::{DeliveryOption, DeliveryRate, Zone};
use kernel::{Clock, Currency, Money, ProductId, SkuId, SystemClock, TenantId, Timestamp, uuid_at};
use texts::Texts;

/// Everything costs the same and is delivered for the same, so that what a cart costs is known ahead.
pub const PRICE: Money = Money::new(1990, Currency::EUR);
pub const DELIVERY: Money = Money::new(490, Currency::EUR);
pub const DELIVERY_CODE: &str = "standard";
pub const SHOPS: usize = 40;

/// What the till sells.
#[derive(Debug, Clone, Copy)]
pub struct Good {
    pub sku: SkuId,
    pub product: ProductId,
    pub shop: TenantId,
    /// Units that it began with.
    pub stock: i64,
}

/// Shops and what they sell. Goods are spread over the shops in turn.
#[derive(Debug)]
pub struct Market {
    pub goods: Vec<Good>,
}

impl Market {
    /// Good `index` of this many, `stock(index)` units of each.
    pub async fn open(session: &Session, goods: usize, stock: impl Fn(usize) -> i64) -> Result<Self> {
        Self::told(session, goods, stock, &Texts::default()).await
    }

    /// The same with titles and descriptions of `texts`.
    pub async fn told(
        session: &Session,
        goods: usize,
        stock: impl Fn(usize) -> i64,
        texts: &Texts,
    ) -> Result<Self> {
        let now = SystemClock.now();
        let shops: Vec<TenantId> = (0..SHOPS).map(|_| TenantId::new(now)).collect();
        let goods: Vec<Good> = (0..goods)
            .map(|index| Good {
                sku: SkuId::new(now),
                product: ProductId::new(now),
                shop: shops[index % SHOPS],
                stock: stock(index),
            })
            .collect();
        session.batch_execute("begin").await?;
        open_shops(session, &shops, now).await?;
        describe(session, &goods, texts, now).await?;
        fill(session, &shops, &goods, now).await?;
        session.batch_execute("commit").await?;
        session.batch_execute("vacuum analyze").await?;
        Ok(Self { goods })
    }
}

async fn open_shops(session: &Session, shops: &[TenantId], now: Timestamp) -> Result<()> {
    let delivery = serde_json::to_string(&[DeliveryOption {
        code: DELIVERY_CODE.to_owned(),
        name: "Standard delivery".to_owned(),
        closed: Vec::new(),
        rates: vec![DeliveryRate {
            zone: Zone::World,
            price: DELIVERY,
            per_kg: None,
            bands: Vec::new(),
            free_from: None,
            days_min: 3,
            days_max: 5,
        }],
    }])?;
    let rows = shops.iter().enumerate().map(|(index, shop)| {
        Row::default()
            .with(shop)
            .with(format!("workshop-{index}"))
            .with(format!("Workshop {index}"))
            .with("Things made by hand.")
            .with("active")
            .with("EUR")
            .with("ES")
            .with("ES-SE")
            .with("41010")
            .with("Sevilla")
            .with("Thirty days.")
            .with(&delivery)
            .with(uuid_at(now))
            .with(now)
            .with(now)
    });
    session
        .copy(
            "tenants.shop (tenant_id, slug, name, story, status, currency, country, region, postcode, town,
             return_policy, delivery, owner_id, applied_at, updated_at)",
            rows,
        )
        .await?;
    Ok(())
}

async fn describe(session: &Session, goods: &[Good], texts: &Texts, now: Timestamp) -> Result<()> {
    let listings = || {
        goods
            .iter()
            .enumerate()
            .map(move |(index, good)| texts.tell(index, listing::of(index, good, now)))
    };
    let products = listings().map(|listing| {
        Row::default()
            .with(listing.tenant)
            .with(listing.id)
            .with(&listing.slug)
            .with(&listing.slug)
            .with(&listing.title)
            .with(&listing.description_html)
            .with(&listing.description_html)
            .with(&listing.brand)
            .with(listing::json(&listing.attributes))
            .with(listing::json(&listing.tags))
            .with("[]")
            .with("[]")
            .with("active")
            .with(1)
            .with(now)
            .with(now)
    });
    session
        .copy(
            "catalog.product (tenant_id, id, key, slug, title, description, description_html, brand, attributes, tags,
             images, image_addresses, status, version, created_at, updated_at)",
            products,
        )
        .await?;
    let variants = listings().map(|listing| {
        let variant = &listing.variants[0];
        Row::default()
            .with(listing.tenant)
            .with(variant.sku)
            .with(listing.id)
            .with(0)
            .with(&variant.code)
            .with("[]")
            .with(variant.price.amount)
            .with(variant.price.currency)
            .with(variant.weight_g)
    });
    session
        .copy(
            "catalog.variant (tenant_id, sku, product_id, position, code, options, price_minor, currency, weight_g)",
            variants,
        )
        .await?;
    let documents = listings().map(|listing| {
        Row::default()
            .with(listing.id)
            .with(listing.tenant)
            .with("active")
            .with(now)
            .with(listing::json(&listing))
    });
    session
        .copy(
            "catalog.listing (product_id, tenant_id, status, created_at, document)",
            documents,
        )
        .await?;
    let offers = goods
        .iter()
        .map(|good| Row::default().with(good.sku).with(good.product).with(good.shop));
    session
        .copy("catalog.offer (sku, product_id, tenant_id)", offers)
        .await?;
    Ok(())
}

/// Each shop's default warehouse, which carries the shop's id, and a count of everything in it.
async fn fill(session: &Session, shops: &[TenantId], goods: &[Good], now: Timestamp) -> Result<()> {
    let warehouses = shops.iter().map(|shop| {
        Row::default()
            .with(shop)
            .with(shop)
            .with("main")
            .with("Main warehouse")
    });
    session
        .copy("inventory.warehouse (tenant_id, id, code, name)", warehouses)
        .await?;
    let stocked = || goods.iter().filter(|good| good.stock > 0);
    let levels = stocked().map(|good| {
        Row::default()
            .with(good.shop)
            .with(good.sku)
            .with(good.shop)
            .with(good.product)
            .with(good.stock)
            .with(0)
    });
    session
        .copy(
            "inventory.level (tenant_id, sku_id, warehouse_id, product_id, on_hand, reserved)",
            levels,
        )
        .await?;
    let movements = stocked().map(|good| {
        Row::default()
            .with(good.shop)
            .with(uuid_at(now))
            .with(good.sku)
            .with(good.shop)
            .with(good.stock)
            .with(0)
            .with("count")
    });
    session
        .copy(
            "inventory.movement (tenant_id, id, sku_id, warehouse_id, delta_on_hand, delta_reserved, reason)",
            movements,
        )
        .await?;
    Ok(())
}
