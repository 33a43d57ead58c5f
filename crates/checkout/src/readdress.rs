//! Another address for an order that nobody has packed. What it cost was agreed to and is paid: an address is taken only if
//! every shop sends there in the chosen way, for the same price and under the same taxes as to the address before.

use crate::app::Checkouts;
use crate::delivery::{self, Parcel};
use crate::draft;
use crate::error::Error;
use contracts::Address;
use contracts::cart::CartOwner;
use contracts::catalog::Offer;
use contracts::checkout::Unserved;
use contracts::orders::Order as View;
use contracts::tenants::Shop;
use kernel::{Ctx, Fault, Money, OrderId, SkuId};
use orders::domain::{Line, Order, Part, SubOrder};
use std::collections::HashMap;
use taxes::domain::{Assessed, DELIVERY, Place};
use taxes::{Asked, Question};

impl Checkouts {
    pub(crate) async fn readdressed(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        id: OrderId,
        address: Address,
    ) -> Result<View, Error> {
        let order = self.order_of(owner, id).await?;
        let address = draft::address(address)?;
        if !is_same_place(&order.placed.address, &address) {
            self.check_same_price(ctx, &order, &address).await?;
        }
        // Whether it is packed meanwhile is seen with the order locked. Two addresses that both cost what the first one did
        // cost the same.
        Ok(self.orders().readdress(ctx, owner, id, address).await?)
    }

    async fn check_same_price(&self, ctx: &Ctx, order: &Order, to: &Address) -> Result<(), Error> {
        let parts: Vec<&Part> = order
            .sub_orders()
            .filter(|sub_order| sub_order.cancellation().is_none())
            .map(|SubOrder { part, .. }| part)
            .collect();
        let sources = self.sources();
        let tenants = parts.iter().map(|part| part.tenant).collect();
        let skus = parts.iter().flat_map(|part| &part.lines).map(|line| line.sku);
        let (shops, offers) = futures::try_join!(
            sources.tenants.shops(ctx, tenants),
            sources.catalog.offers(ctx, skus.collect()),
        )?;
        let offers: HashMap<SkuId, Offer> = offers.into_iter().map(|offer| (offer.sku, offer)).collect();
        for part in &parts {
            let shop = shops.iter().find(|shop| shop.id == part.tenant);
            let shop = shop.ok_or(Error::NotDelivered {
                tenant: part.tenant,
                why: Unserved::NotCovered,
            })?;
            check_delivery(order, part, shop, &offers, to)?;
        }
        let before = self
            .taxes_to(ctx, order, &parts, &offers, &order.placed.address)
            .await?;
        let after = self.taxes_to(ctx, order, &parts, &offers, to).await?;
        let tenants = parts
            .iter()
            .flat_map(|part| vec![part.tenant; part.lines.len() + 1]);
        let mut differing = tenants.zip(before.iter().zip(&after));
        match differing.find(|(_, (before, after))| before != after) {
            Some((tenant, _)) => Err(Error::TaxDiffers { tenant }),
            None => Ok(()),
        }
    }

    /// The taxes that would be due, of each part those of its lines and of its delivery.
    async fn taxes_to(
        &self,
        ctx: &Ctx,
        order: &Order,
        parts: &[&Part],
        offers: &HashMap<SkuId, Offer>,
        to: &Address,
    ) -> Result<Vec<Option<Assessed>>, Error> {
        let standard = contracts::taxes::standard();
        let place = Place {
            country: &to.country,
            region: to.region.as_deref(),
            postcode: &to.postcode,
        };
        let asked = |category, amount| Asked {
            to: place,
            category,
            amount,
            included: true,
        };
        let lines = parts.iter().flat_map(|part| {
            let lines = part.lines.iter().map(|line| {
                let category = offers
                    .get(&line.sku)
                    .map_or(&standard, |offer| &offer.tax_category);
                asked(category.as_str(), line.total())
            });
            lines.chain([asked(DELIVERY, part.delivery.price)])
        });
        let question = Question {
            at: ctx.now,
            currency: order.currency(),
            lines: lines.collect(),
        };
        let assessed = self.sources().taxes.assess(&question).await;
        Ok(assessed.map_err(Fault::from)?)
    }
}

/// Whether all that prices and taxes go by is the same.
fn is_same_place(one: &Address, other: &Address) -> bool {
    (&one.country, &one.region, &one.postcode) == (&other.country, &other.region, &other.postcode)
}

/// In the way that was chosen, for what it costs to where the goods went before; where the shop does not send there any
/// more, for what it cost then.
fn check_delivery(
    order: &Order,
    part: &Part,
    shop: &Shop,
    offers: &HashMap<SkuId, Offer>,
    to: &Address,
) -> Result<(), Error> {
    let was = way(order, part, shop, offers, &order.placed.address)?.ok();
    let was = was.unwrap_or(Money::new(part.delivery.list_price(), order.currency()));
    let now = way(order, part, shop, offers, to)?;
    let now = now.map_err(|why| Error::NotDelivered {
        tenant: part.tenant,
        why,
    })?;
    match now == was {
        true => Ok(()),
        false => Err(Error::DeliveryDiffers {
            tenant: part.tenant,
            was,
            now,
        }),
    }
}

/// What the chosen way of delivery costs to an address, or why it does not reach it.
fn way(
    order: &Order,
    part: &Part,
    shop: &Shop,
    offers: &HashMap<SkuId, Offer>,
    to: &Address,
) -> Result<Result<Money, Unserved>, Error> {
    if part.is_downloaded() {
        return Ok(Ok(Money::zero(order.currency())));
    }
    let weight = |line: &Line| {
        if line.digital.is_some() {
            return 0;
        }
        let piece = offers.get(&line.sku).map_or(0, |offer| u64::from(offer.weight_g));
        piece * u64::from(line.quantity)
    };
    let goods = part.lines.iter().map(Line::list_total).sum();
    let parcel = Parcel {
        from: &shop.location,
        to,
        weight_g: part.lines.iter().map(weight).sum(),
        subtotal: Money::new(goods, order.currency()),
    };
    let options = delivery::quotes(&shop.delivery, &parcel)?;
    let chosen = options
        .into_iter()
        .find(|option| option.code == part.delivery.code);
    Ok(chosen
        .map(|option| option.price)
        .ok_or_else(|| delivery::unserved(&shop.delivery, &parcel)))
}
