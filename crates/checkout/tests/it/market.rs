//! A market of the tests' own: shops, offers and carts in memory, behind the contracts that checkout asks.

use contracts::cart::{Cart, CartLine, CartOwner};
use contracts::catalog::price::asked;
use contracts::catalog::{Offer, OptionValue, QuantityBreak, Sale};
use contracts::making::{Answers, Making};
use contracts::tenants::{DeliveryOption, DeliveryRate, Shop, Zone};
use contracts::{Reply, Transport};
use kernel::{CartId, CartLineId, Ctx, Currency, Fault, Money, ProductId, SkuId, TenantId, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Default)]
pub struct Market {
    shops: Mutex<HashMap<TenantId, Shop>>,
    offers: Mutex<HashMap<SkuId, Offer>>,
    sales: Mutex<HashMap<SkuId, Sale>>,
    carts: Mutex<HashMap<CartId, (CartOwner, Cart)>>,
    /// Whether the next attempt to close carts fails.
    pub carts_are_stuck: AtomicBool,
    mails: Mutex<Vec<Mail>>,
    /// Whether the next mail is not taken.
    pub mail_is_stuck: AtomicBool,
}

impl Market {
    /// A shop in Sevilla that delivers anywhere for 5.00.
    pub fn open_shop(&self, now: Timestamp) -> TenantId {
        let id = TenantId::new(now);
        let rate = DeliveryRate {
            zone: Zone::World,
            price: Money::new(500, Currency::EUR),
            per_kg: None,
            bands: Vec::new(),
            free_from: None,
            days_min: 1,
            days_max: 3,
        };
        let shop = Shop {
            name: "Taller Betis".into(),
            delivery: vec![DeliveryOption {
                code: "standard".into(),
                name: "Standard delivery".into(),
                closed: Vec::new(),
                rates: vec![rate],
            }],
            ..testkit::shop(id)
        };
        self.shops.lock().unwrap().insert(id, shop);
        id
    }

    /// Something for 10.00.
    pub fn offer(&self, now: Timestamp, tenant: TenantId) -> Offer {
        let offer = Offer {
            sku: SkuId::new(now),
            product: ProductId::new(now),
            tenant,
            code: "BOWL-1".into(),
            title: "Stoneware bowl".into(),
            slug: "stoneware-bowl".into(),
            options: vec![OptionValue {
                name: "Glaze".into(),
                value: "moss".into(),
            }],
            price: Money::new(1000, Currency::EUR),
            breaks: vec![],
            weight_g: 700,
            category: None,
            tax_category: "standard".into(),
            image: None,
            making: None,
            digital: None,
            for_sale: true,
        };
        self.offers.lock().unwrap().insert(offer.sku, offer.clone());
        offer
    }

    /// From now on its prices have no tax in them.
    pub fn exclude_tax(&self, tenant: TenantId) {
        self.shops
            .lock()
            .unwrap()
            .get_mut(&tenant)
            .unwrap()
            .prices_include_tax = false;
    }

    /// From now on it sends to these zones, for these prices.
    pub fn send_to(&self, tenant: TenantId, zones: &[(Zone, i64)]) {
        let mut shops = self.shops.lock().unwrap();
        let rates = &mut shops.get_mut(&tenant).unwrap().delivery[0].rates;
        let rate = |(zone, price): &(Zone, i64)| DeliveryRate {
            zone: zone.clone(),
            price: Money::new(*price, Currency::EUR),
            ..rates[0].clone()
        };
        *rates = zones.iter().map(rate).collect();
    }

    pub fn categorise(&self, sku: SkuId, tax_category: &str) {
        let mut offers = self.offers.lock().unwrap();
        offers.get_mut(&sku).unwrap().tax_category = tax_category.to_owned();
    }

    /// From now on it is made to order like this.
    pub fn make(&self, sku: SkuId, making: Option<Making>) {
        self.offers.lock().unwrap().get_mut(&sku).unwrap().making = making.map(Box::new);
    }

    /// From now on it is downloaded, as the offer says.
    pub fn digitise(&self, offer: &Offer) {
        self.offers.lock().unwrap().insert(offer.sku, offer.clone());
    }

    /// The cart with another line of the SKU, to be made as its buyer says, at the price that they saw.
    pub fn with_made(&self, now: Timestamp, cart: &Cart, sku: SkuId, answers: &Answers, seen: i64) -> Cart {
        let tenant = self.offers.lock().unwrap()[&sku].tenant;
        let mut carts = self.carts.lock().unwrap();
        let (_, kept) = carts.get_mut(&cart.id).unwrap();
        kept.lines.push(CartLine {
            sku,
            tenant,
            quantity: 1,
            price_seen: Money::new(seen, Currency::EUR),
            line: Some(CartLineId::new(now)),
            answers: answers.clone(),
        });
        kept.version += 1;
        kept.clone()
    }

    /// From now on it has this sale.
    pub fn put_on_sale(&self, sku: SkuId, sale: Sale) {
        self.sales.lock().unwrap().insert(sku, sale);
    }

    /// From now on so many of it cost less each.
    pub fn sell_many(&self, sku: SkuId, breaks: Vec<QuantityBreak>) {
        self.offers.lock().unwrap().get_mut(&sku).unwrap().breaks = breaks;
    }

    pub fn reprice(&self, sku: SkuId, amount: i64) {
        self.offers.lock().unwrap().get_mut(&sku).unwrap().price.amount = amount;
    }

    /// A cart of the owner's with these lines.
    pub fn cart(&self, now: Timestamp, owner: CartOwner, lines: &[(SkuId, u32)]) -> Cart {
        let offers = self.offers.lock().unwrap();
        let cart = Cart {
            codes: Vec::new(),
            id: CartId::new(now),
            version: 1,
            currency: Currency::EUR,
            lines: lines
                .iter()
                .map(|&(sku, quantity)| CartLine {
                    sku,
                    tenant: offers[&sku].tenant,
                    quantity,
                    price_seen: offers[&sku].price,
                    line: None,
                    answers: BTreeMap::new(),
                })
                .collect(),
            ordered: false,
            updated_at: now,
        };
        self.carts.lock().unwrap().insert(cart.id, (owner, cart.clone()));
        cart
    }

    /// The cart with these coupons.
    pub fn with_codes(&self, cart: &Cart, codes: &[&str]) -> Cart {
        let mut carts = self.carts.lock().unwrap();
        let (_, kept) = carts.get_mut(&cart.id).unwrap();
        kept.codes = codes.iter().map(|code| (*code).to_owned()).collect();
        kept.version += 1;
        kept.clone()
    }

    /// Sent so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    pub fn is_closed(&self, cart: CartId) -> bool {
        self.carts.lock().unwrap()[&cart].1.ordered
    }
}

/// Recipient, subject, body.
pub type Mail = (String, String, String);

/// Answers as another process would that runs these contexts: what checkout asks, and nothing else.
impl Transport for Market {
    fn call<'a>(
        &'a self,
        service: &'static str,
        method: &'static str,
        ctx: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        let reply = match (service, method) {
            ("catalog", "offers") => Ok(self.offers_of(ctx, &read::<(Vec<SkuId>,)>(body).0)),
            ("tenants", "shops") => Ok(self.shops_of(&read::<(Vec<TenantId>,)>(body).0)),
            ("cart", "get") => self.cart_of(&read(body)),
            ("cart", "close") if self.carts_are_stuck.swap(false, Ordering::Relaxed) => {
                Err(Fault::unavailable("cart"))
            }
            ("cart", "close") => Ok(self.close(&read::<(Vec<CartId>,)>(body).0)),
            ("identity", "send_mail") if self.mail_is_stuck.swap(false, Ordering::Relaxed) => {
                Err(Fault::unavailable("identity"))
            }
            ("identity", "send_mail") => {
                self.mails.lock().unwrap().push(read(body));
                Ok(Value::Null)
            }
            _ => Err(Fault::unavailable(service)),
        };
        Box::pin(async { reply })
    }
}

fn read<T: DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).unwrap()
}

impl Market {
    fn offers_of(&self, ctx: &Ctx, skus: &[SkuId]) -> Value {
        let (offers, sales) = (self.offers.lock().unwrap(), self.sales.lock().unwrap());
        let offer = |sku: &SkuId| {
            let offer = offers.get(sku)?.clone();
            let price = asked(offer.price, sales.get(sku), ctx.now);
            Some(Offer { price, ..offer })
        };
        json!(skus.iter().filter_map(offer).collect::<Vec<_>>())
    }

    fn shops_of(&self, ids: &[TenantId]) -> Value {
        let shops = self.shops.lock().unwrap();
        json!(ids.iter().filter_map(|id| shops.get(id)).collect::<Vec<_>>())
    }

    fn cart_of(&self, (owner, id, _): &(CartOwner, CartId, Option<i64>)) -> Result<Value, Fault> {
        let carts = self.carts.lock().unwrap();
        match carts.get(id) {
            Some((of, cart)) if of == owner => Ok(json!(cart)),
            _ => Err(Fault::not_found("cart")),
        }
    }

    fn close(&self, ids: &[CartId]) -> Value {
        let mut carts = self.carts.lock().unwrap();
        for id in ids {
            carts.get_mut(id).unwrap().1.ordered = true;
        }
        Value::Null
    }
}
