//! Shops, what they sell, and what buyers put together.

use super::chance::Dice;
use super::offers::Offers;
use contracts::Address;
use contracts::digital::SoldDigital;
use contracts::promotions::Funder;
use contracts::taxes::TaxOwner;
use inventory::till::{Level, Shelves, Units};
use kernel::{
    BasisPoints, CartId, Currency, LineId, Money, PaymentId, ProductId, SkuId, SubOrderId, TenantId,
    Timestamp, UserId, WarehouseId,
};
use ledger::domain::Tariff;
use orders::domain::{Delivery, Line, Part, Placed, Tax, added};
use std::collections::HashMap;
use taxes::domain::{in_price, on_price};
use uuid::Uuid;

/// Of each market two trade in one currency and one in another: of no, two, three and four decimals.
const CURRENCIES: [&str; 4] = ["JPY", "EUR", "KWD", "CLF"];
const SKUS: u64 = 2;
/// Few enough for one to come again.
const BUYERS: u64 = 4;
/// Seconds for which an unpaid order's goods are held.
pub const HOLD_S: i64 = 60;

pub struct Shop {
    pub tenant: TenantId,
    pub currency: Currency,
    pub goods: Vec<Good>,
    tariff: Tariff,
    delivery: i64,
    prices_include_tax: bool,
}

#[derive(Clone, Copy)]
pub struct Good {
    pub sku: SkuId,
    price: i64,
}

fn id(kind: u128, n: u64) -> Uuid {
    Uuid::from_u128(kind << 64 | u128::from(n))
}

pub fn open_shops(dice: &mut Dice) -> Vec<Shop> {
    let first = dice.below(CURRENCIES.len() as u64);
    (0..3u64)
        .map(|n| {
            let currency = CURRENCIES[(first + n / 2) as usize % CURRENCIES.len()];
            let goods = (0..SKUS).map(|good| Good {
                sku: SkuId(id(3, n * SKUS + good)),
                // Free goods as well: nothing is a number like others.
                price: if dice.one_in(16) {
                    0
                } else {
                    1 + dice.below(5_000) as i64
                },
            });
            Shop {
                tenant: TenantId(id(2, n)),
                currency: currency.parse().expect("known"),
                goods: goods.collect(),
                delivery: dice.below(800) as i64,
                prices_include_tax: dice.one_in(2),
                tariff: Tariff {
                    rate: BasisPoints(dice.below(3_000) as u32),
                    fixed: dice.below(40) as i64,
                    floor: None,
                    cap: None,
                    tax: BasisPoints(dice.below(2_500) as u32),
                },
            }
        })
        .collect()
}

/// Few of each, in one or two warehouses, so that buyers take things from each other.
pub fn stock(shops: &[Shop], dice: &mut Dice) -> (Shelves, HashMap<SkuId, Units>) {
    let mut levels = Vec::new();
    let mut counted: HashMap<SkuId, Units> = HashMap::new();
    for shop in shops {
        for good in &shop.goods {
            for warehouse in 0..1 + dice.below(2) {
                let on_hand = 1 + dice.below(8) as i64;
                counted.entry(good.sku).or_default().on_hand += on_hand;
                levels.push(Level {
                    tenant: shop.tenant,
                    sku: good.sku,
                    warehouse: match warehouse {
                        0 => WarehouseId(shop.tenant.0),
                        n => WarehouseId(id(4, n)),
                    },
                    product: ProductId(id(5, 0)),
                    on_hand,
                    reserved: 0,
                    incoming: 0,
                    low_below: 0,
                    route: None,
                });
            }
        }
    }
    (Shelves::new(levels), counted)
}

/// The nth cart, one of a few buyers': of shops of one currency, some lines of each, two of one SKU now and then.
pub fn placed(shops: &[Shop], offers: &Offers, n: u64, now: Timestamp, dice: &mut Dice) -> Placed {
    let first = &shops[dice.below(shops.len() as u64) as usize];
    let mut parts = Vec::new();
    let tax_owed_by = match dice.one_in(2) {
        true => TaxOwner::Marketplace,
        false => TaxOwner::Seller,
    };
    for shop in shops.iter().filter(|shop| shop.currency == first.currency) {
        if shop.tenant == first.tenant || dice.one_in(2) {
            parts.push(part(shop, tax_owed_by, 10 * n + parts.len() as u64, dice));
        }
    }
    let mut placed = Placed {
        buyer: Some(UserId(id(6, n % BUYERS))),
        guest: None,
        cart: CartId(id(7, n)),
        email: String::new(),
        address: Address {
            name: String::new(),
            line1: String::new(),
            line2: None,
            postcode: String::new(),
            city: String::new(),
            region: None,
            country: "ES".to_owned(),
            phone: None,
        },
        currency: first.currency,
        payment: PaymentId(id(8, n)),
        reserved_until: now + chrono::TimeDelta::seconds(HOLD_S),
        tenders: Vec::new(),
        language: contracts::Language::En,
        parts,
    };
    offers.take_off(&mut placed, now, dice);
    for part in &mut placed.parts {
        let shop = shops.iter().find(|shop| shop.tenant == part.tenant);
        let shop = shop.expect("it trades");
        charge(part, shop);
        levy(part, shop, dice);
    }
    placed
}

/// What the marketplace keeps: of what the shop gets for its goods, from the buyer and from the marketplace.
fn charge(part: &mut Part, shop: &Shop) {
    for line in &mut part.lines {
        let own = line.discounts.iter().filter(|off| off.funder == Funder::Seller);
        let sold = line.list_total() - own.map(|off| off.amount).sum::<i64>();
        let sold = Money::new(sold, shop.currency);
        (line.commission, line.commission_tax) = shop.tariff.of(line.quantity, sold).expect("in range");
    }
    part.commission = part.lines.iter().map(|line| line.commission).sum();
    part.commission_tax = part.lines.iter().map(|line| line.commission_tax).sum();
}

fn part(shop: &Shop, tax_owed_by: TaxOwner, n: u64, dice: &mut Dice) -> Part {
    let lines: Vec<Line> = (0..1 + dice.below(2))
        .map(|l| line(shop, 10 * n + l, dice))
        .collect();
    Part {
        id: SubOrderId(id(9, n)),
        tenant: shop.tenant,
        commission: 0,
        commission_tax: 0,
        lines,
        delivery: Delivery {
            code: String::new(),
            name: String::new(),
            price: shop.delivery,
            discounts: Vec::new(),
            tax: None,
        },
        return_days: 14,
        tax_owed_by,
    }
}

fn line(shop: &Shop, n: u64, dice: &mut Dice) -> Line {
    let good = shop.goods[dice.below(SKUS) as usize];
    Line {
        id: LineId(id(10, n)),
        sku: good.sku,
        product: ProductId(id(5, 0)),
        title: String::new(),
        options: String::new(),
        code: String::new(),
        quantity: 1 + dice.below(3) as u32,
        unit_price: good.price,
        commission: 0,
        commission_tax: 0,
        rule: None,
        discounts: Vec::new(),
        tax: None,
        made: None,
        // One in seven is downloaded: no dice, so that lives lived before are lived again.
        digital: n.is_multiple_of(7).then(downloaded),
    }
}

fn downloaded() -> Box<SoldDigital> {
    Box::new(SoldDigital {
        files: Vec::new(),
        downloads_max: 5,
        days: 365,
        consented_at: Timestamp::default(),
    })
}

/// Puts tax into what is paid, after discounts.
fn levy(part: &mut Part, shop: &Shop, dice: &mut Dice) {
    for line in &mut part.lines {
        line.tax = tax(shop, line.total(), dice);
    }
    part.delivery.tax = tax(shop, part.delivery.price, dice);
    part.delivery.price += added(part.delivery.tax.as_ref());
}

/// Tax at one of a few rates, or none.
fn tax(shop: &Shop, price: i64, dice: &mut Dice) -> Option<Tax> {
    let rate = dice.pick(&[
        None,
        Some(0),
        Some(40_000),
        Some(105_000),
        Some(210_000),
        Some(210_000),
    ])?;
    Some(Tax {
        region: "ES".to_owned(),
        category: "standard".to_owned(),
        name: format!("IVA {rate}"),
        rate,
        amount: match shop.prices_include_tax {
            true => in_price(price, rate),
            false => on_price(price, rate).expect("in range"),
        },
        included: shop.prices_include_tax,
    })
}
