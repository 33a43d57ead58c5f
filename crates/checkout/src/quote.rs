//! What a cart would cost. Everything is asked at once; whoever is asked answers from memory where they can.

use crate::Error;
use crate::delivery::{self, Parcel};
use crate::discount::discount;
use crate::tax::tax;
use contracts::Address;
use contracts::cart::{Cart, CartLine};
use contracts::catalog::{Catalog, Offer};
use contracts::checkout::{DeliveryChoice, DeliveryQuote, Quote, QuoteGroup, QuoteLine, Unserved};
use contracts::digital::DELIVERY_CODE;
use contracts::inventory::Inventory;
use contracts::making::{Made, with_surcharge};
use contracts::promotions::{Discount, RefusedCode, TakenPromotion};
use contracts::taxes::{self as api, Tax, TaxOwner, TaxSum};
use contracts::tenants::{Shop, ShopStatus, Tenants};
use kernel::{CartLineId, Ctx, Money, ProductId, SkuId, TenantId};
use promotions::Promotions;
use promotions::domain::Buyer;
use std::collections::HashMap;
use std::sync::Arc;
use taxes::Taxes;

/// Whom a quote asks.
#[derive(Clone)]
pub struct Sources {
    pub catalog: Arc<dyn Catalog>,
    pub tenants: Arc<dyn Tenants>,
    pub inventory: Arc<dyn Inventory>,
    pub promotions: Promotions,
    pub taxes: Taxes,
}

/// A cart with its prices, by shop, in the order in which the shops came into it.
#[derive(Debug)]
pub struct Priced {
    pub groups: Vec<PricedGroup>,
    /// What the cart gets something from, in the order in which it is taken off.
    pub taken: Vec<TakenPromotion>,
    pub refused: Vec<RefusedCode>,
    pub total: Money,
    /// Who owes the taxes in it.
    pub tax_owed_by: TaxOwner,
    /// Whether it is not known yet where the goods go.
    pub tax_estimated: bool,
}

#[derive(Debug)]
pub struct PricedGroup {
    pub tenant: TenantId,
    /// None when the shop does not exist (any more).
    pub shop: Option<Shop>,
    pub lines: Vec<PricedLine>,
    /// Of the goods, before discounts: what the shop's deliveries go by.
    pub list_subtotal: Money,
    /// None while there is no address; empty when the shop does not deliver there.
    pub options: Option<Vec<DeliveryQuote>>,
    pub chosen: Option<DeliveryQuote>,
    /// Why there is none.
    pub unserved: Option<Unserved>,
    /// Off the chosen delivery.
    pub delivery_discounts: Vec<Discount>,
    /// In what is paid for the chosen delivery.
    pub delivery_tax: Option<Tax>,
}

#[derive(Debug)]
pub struct PricedLine {
    pub offer: Offer,
    pub quantity: u32,
    /// Before discounts.
    pub list_total: Money,
    pub discounts: Vec<Discount>,
    /// In what is paid for it.
    pub tax: Option<Tax>,
    pub price_seen: Money,
    pub line: CartLineId,
    /// How it is made; its surcharges are in the offer's price.
    pub made: Option<Box<Made>>,
    /// Whether the product asks something else by now.
    pub is_outdated: bool,
}

impl Sources {
    /// Prices a cart and its delivery to `address`. Stock is not looked at: it is the till's to grant. So are promotions
    /// of which there is not enough for everybody; here they are counted as they stand, for a buyer who said who they are.
    pub async fn price(
        &self,
        ctx: &Ctx,
        cart: &Cart,
        address: Option<&Address>,
        choices: &[DeliveryChoice],
        buyer: Option<&Buyer>,
    ) -> Result<Priced, Error> {
        let skus: Vec<SkuId> = cart.lines.iter().map(|line| line.sku).collect();
        let tenants = shops_of(cart);
        let (offers, shops) = futures::try_join!(
            self.catalog.offers(ctx, skus),
            self.tenants.shops(ctx, tenants.clone())
        )?;
        let offers: HashMap<SkuId, Offer> = offers.into_iter().map(|o| (o.sku, o)).collect();
        let mut shops: HashMap<TenantId, Shop> = shops.into_iter().map(|s| (s.id, s)).collect();
        check_choices(choices, &tenants)?;
        let mut groups = Vec::with_capacity(tenants.len());
        for tenant in tenants {
            let lines = cart.lines.iter().filter(|line| line.tenant == tenant);
            let group = price_group(cart, tenant, shops.remove(&tenant), lines, &offers)?;
            groups.push(match address {
                Some(address) => with_delivery(group, address, choices)?,
                None => group,
            });
        }
        // All sums exist before anything is taken off them.
        let parts = groups.iter().flat_map(|group| {
            let delivery = group.chosen.as_ref().map(|chosen| chosen.price);
            std::iter::once(group.list_subtotal).chain(delivery)
        });
        let mut priced = Priced {
            total: Money::sum(cart.currency, parts)?,
            groups,
            taken: Vec::new(),
            refused: Vec::new(),
            tax_owed_by: TaxOwner::Seller,
            tax_estimated: false,
        };
        discount(&self.promotions, ctx, cart, &mut priced, buyer).await?;
        tax(&self.taxes, ctx, address, &mut priced).await?;
        Ok(priced)
    }

    /// The quote of a cart, with what is in stock of each line.
    pub async fn quote(
        &self,
        ctx: &Ctx,
        cart: &Cart,
        address: Option<&Address>,
        choices: &[DeliveryChoice],
        buyer: Option<&Buyer>,
    ) -> Result<Quote, Error> {
        let skus: Vec<SkuId> = cart.lines.iter().map(|line| line.sku).collect();
        let stock = async { self.inventory.availability(ctx, skus).await.map_err(Error::from) };
        let priced = self.price(ctx, cart, address, choices, buyer);
        let (priced, stock) = futures::try_join!(priced, stock)?;
        let available: HashMap<SkuId, i64> = stock.into_iter().map(|a| (a.sku, a.available)).collect();
        let tax_added: i64 = priced.groups.iter().map(PricedGroup::tax_added).sum();
        let mut available = available;
        let groups: Vec<QuoteGroup> = priced
            .groups
            .into_iter()
            .map(|group| group.quoted(&mut available))
            .collect();
        let subtotal = Money::sum(cart.currency, groups.iter().map(|group| group.subtotal))?;
        Ok(Quote {
            cart: cart.id,
            cart_version: cart.version,
            subtotal,
            delivery: address.map(|_| priced.total.sub(subtotal)).transpose()?,
            discount: Money::sum(cart.currency, groups.iter().map(|group| group.discount))?,
            total: priced.total,
            taxes: api::together(groups.iter().flat_map(|group| group.taxes.clone())),
            tax_added: Money::new(tax_added, cart.currency),
            tax_estimated: priced.tax_estimated,
            groups,
            promotions: priced.taken,
            refused_codes: priced.refused,
            tenders: Vec::new(),
            due: priced.total,
        })
    }
}

/// What is left of a SKU beside the lines before, from which the next line takes its units.
fn left(available: &mut HashMap<SkuId, i64>, sku: SkuId, quantity: u32) -> i64 {
    let Some(left) = available.get_mut(&sku) else {
        return 0;
    };
    let now = (*left).max(0);
    *left = now - i64::from(quantity);
    now
}

/// What discounts come to; in the currency of what they are taken off.
fn off(discounts: &[Discount]) -> i64 {
    discounts.iter().map(|discount| discount.amount.amount).sum()
}

/// What of a tax comes on top of the price.
fn added(tax: Option<&Tax>) -> i64 {
    tax.filter(|tax| !tax.included).map_or(0, |tax| tax.amount.amount)
}

impl PricedLine {
    /// What is paid for it: after discounts, with tax.
    #[must_use]
    pub fn total(&self) -> Money {
        let Money { amount, currency } = self.list_total;
        Money::new(amount - off(&self.discounts) + added(self.tax.as_ref()), currency)
    }
}

impl PricedGroup {
    /// What is paid for the chosen delivery: after discounts, with tax.
    #[must_use]
    pub fn delivery(&self) -> Option<Money> {
        let tax = added(self.delivery_tax.as_ref());
        let chosen = self.chosen.as_ref().map(|chosen| chosen.price);
        chosen.map(|price| Money::new(price.amount - off(&self.delivery_discounts) + tax, price.currency))
    }

    /// Whether all of it is downloaded.
    #[must_use]
    pub fn is_downloaded(&self) -> bool {
        self.lines.iter().all(|line| line.offer.digital.is_some())
    }

    /// What of its taxes comes on top of its prices.
    #[must_use]
    pub fn tax_added(&self) -> i64 {
        let lines = self.lines.iter().map(|line| added(line.tax.as_ref()));
        lines.sum::<i64>() + added(self.delivery_tax.as_ref())
    }

    /// What is tax in it, by rate.
    fn taxes(&self) -> Vec<TaxSum> {
        let lines = self
            .lines
            .iter()
            .filter_map(|line| Some((line.tax.as_ref()?, line.total().amount)));
        let delivery = self.delivery_tax.as_ref();
        let delivery = delivery.and_then(|tax| Some((tax, self.delivery()?.amount)));
        api::by_rate(self.list_subtotal.currency, lines.chain(delivery))
    }

    fn quoted(self, available: &mut HashMap<SkuId, i64>) -> QuoteGroup {
        let (taxes, delivery) = (self.taxes(), self.delivery());
        let (shop_name, shop_slug) = self.shop.map(|s| (s.name, s.slug)).unwrap_or_default();
        let off_goods: i64 = self.lines.iter().map(|line| off(&line.discounts)).sum();
        let off_delivery = off(&self.delivery_discounts);
        let goods = self.lines.iter().map(|line| line.total().amount).sum();
        QuoteGroup {
            tenant: self.tenant,
            shop_name,
            shop_slug,
            subtotal: Money::new(goods, self.list_subtotal.currency),
            discount: Money::new(off_goods + off_delivery, self.list_subtotal.currency),
            unserved: self.unserved,
            options: self.options.unwrap_or_default(),
            delivery,
            delivery_discounts: self.delivery_discounts,
            delivery_tax: self.delivery_tax,
            taxes,
            chosen: self.chosen.map(|chosen| chosen.code),
            lines: self
                .lines
                .into_iter()
                .map(|mut line| QuoteLine {
                    available: left(available, line.offer.sku, line.quantity),
                    line: line.line,
                    made: line.made.take(),
                    is_outdated: line.is_outdated,
                    price_was: (line.price_seen != line.offer.price).then_some(line.price_seen),
                    quantity: line.quantity,
                    list_total: line.list_total,
                    total: line.total(),
                    discounts: line.discounts,
                    tax: line.tax,
                    offer: line.offer,
                })
                .collect(),
        }
    }
}

/// The shops of a cart, in the order of their first lines.
fn shops_of(cart: &Cart) -> Vec<TenantId> {
    let mut tenants: Vec<TenantId> = Vec::new();
    for line in &cart.lines {
        if !tenants.contains(&line.tenant) {
            tenants.push(line.tenant);
        }
    }
    tenants
}

/// Each choice names a shop of the cart, once.
fn check_choices(choices: &[DeliveryChoice], tenants: &[TenantId]) -> Result<(), Error> {
    let stray = choices.iter().enumerate().find(|(i, choice)| {
        !tenants.contains(&choice.tenant) || choices[..*i].iter().any(|c| c.tenant == choice.tenant)
    });
    match stray {
        Some((index, _)) => Err(Error::StrayDelivery { index }),
        None => Ok(()),
    }
}

fn price_group<'a>(
    cart: &Cart,
    tenant: TenantId,
    shop: Option<Shop>,
    lines: impl Iterator<Item = &'a CartLine>,
    offers: &HashMap<SkuId, Offer>,
) -> Result<PricedGroup, Error> {
    let open = shop
        .as_ref()
        .is_some_and(|shop| shop.status == ShopStatus::Active);
    let lines: Vec<PricedLine> = lines
        .map(|line| {
            let mut offer = offers.get(&line.sku).cloned().unwrap_or_else(|| vanished(line));
            offer.price = offer.unit_price(cart.units_of(line.sku));
            let (made, is_outdated) = make(&mut offer, line)?;
            // A closed shop sells nothing, and a price in another currency is none of this cart's.
            offer.for_sale &= open && offer.tenant == tenant && offer.price.currency == cart.currency;
            if offer.price.currency != cart.currency {
                offer.price = line.price_seen;
            }
            Ok(PricedLine {
                list_total: offer.price.times(line.quantity)?,
                discounts: Vec::new(),
                tax: None,
                quantity: line.quantity,
                price_seen: line.price_seen,
                line: line.id(),
                made,
                is_outdated,
                offer,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(PricedGroup {
        tenant,
        shop,
        list_subtotal: Money::sum(cart.currency, lines.iter().map(|line| line.list_total))?,
        lines,
        options: None,
        chosen: None,
        unserved: None,
        delivery_discounts: Vec::new(),
        delivery_tax: None,
    })
}

/// Puts into an offer's price what its buyer's answers cost. Answers that do not fit what the product asks by now make it
/// one that is not for sale, at the price that was seen.
fn make(offer: &mut Offer, line: &CartLine) -> Result<(Option<Box<Made>>, bool), Error> {
    let Some(making) = &offer.making else {
        let is_outdated = offer.for_sale && !line.answers.is_empty();
        if is_outdated {
            offer.price = line.price_seen;
        }
        offer.for_sale &= !is_outdated;
        return Ok((None, is_outdated));
    };
    match making.settle(&line.answers) {
        Ok(settled) => {
            let made = Made::of(making, &settled);
            offer.price = with_surcharge(offer.price, settled.surcharge)?;
            Ok((Some(Box::new(made)), false))
        }
        Err(_) => {
            offer.price = line.price_seen;
            offer.for_sale = false;
            Ok((None, true))
        }
    }
}

/// Stands for a line whose SKU the catalogue knows no more, so that the buyer sees what to take out.
fn vanished(line: &CartLine) -> Offer {
    Offer {
        sku: line.sku,
        product: ProductId(line.sku.0),
        tenant: line.tenant,
        code: String::new(),
        title: String::new(),
        slug: String::new(),
        options: Vec::new(),
        price: line.price_seen,
        breaks: vec![],
        weight_g: 0,
        category: None,
        tax_category: contracts::taxes::standard(),
        image: None,
        making: None,
        digital: None,
        for_sale: false,
    }
}

/// Adds the ways of delivery, and the one that was chosen: the cheapest where none was.
fn with_delivery(
    group: PricedGroup,
    address: &Address,
    choices: &[DeliveryChoice],
) -> Result<PricedGroup, Error> {
    let Some(shop) = &group.shop else {
        return Ok(PricedGroup {
            options: Some(Vec::new()),
            ..group
        });
    };
    if group.is_downloaded() {
        // Nothing is sent, so nothing is chosen: what was chosen before something was taken out of the cart is passed over.
        let download = DeliveryQuote {
            code: DELIVERY_CODE.to_owned(),
            name: "Download".to_owned(),
            price: Money::zero(group.list_subtotal.currency),
            days_min: 0,
            days_max: 0,
        };
        return Ok(PricedGroup {
            options: Some(vec![download.clone()]),
            chosen: Some(download),
            ..group
        });
    }
    let parcel = Parcel {
        from: &shop.location,
        to: address,
        weight_g: group
            .lines
            .iter()
            .filter(|line| line.offer.digital.is_none())
            .map(|line| u64::from(line.offer.weight_g) * u64::from(line.quantity))
            .sum(),
        subtotal: group.list_subtotal,
    };
    let options = delivery::quotes(&shop.delivery, &parcel)?;
    let unserved = options
        .is_empty()
        .then(|| delivery::unserved(&shop.delivery, &parcel));
    let choice = choices
        .iter()
        .enumerate()
        .find(|(_, choice)| choice.tenant == group.tenant);
    let chosen = match choice {
        None => options.first().cloned(),
        Some((index, choice)) => Some(
            options
                .iter()
                .find(|option| option.code == choice.code)
                .cloned()
                .ok_or_else(|| Error::NoSuchDelivery {
                    index,
                    code: choice.code.clone(),
                })?,
        ),
    };
    Ok(PricedGroup {
        options: Some(options),
        chosen,
        unserved,
        ..group
    })
}

#[cfg(test)]
mod tests;
