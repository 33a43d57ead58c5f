//! Orders, placed and paid at the till as buyers do.

use super::Stage;
use super::deeds;
use super::diary::Bought;
use super::people::{Opened, Registered};
use contracts::Address;
use contracts::cart::CartOwner;
use contracts::checkout::{Pay, PlaceOrder, QuoteRequest};
use contracts::purses::TenderWish;
use futures::{StreamExt, TryStreamExt, stream};
use kernel::{OrderId, ProductId, SkuId};
use sampler::OrderPlan;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Buyers at the till at once.
const AT_ONCE: usize = 32;
const SCAN: u16 = 500;
/// The cart of somebody's last order is closed a moment after it; until then it cannot be ordered from again.
const CART_PAUSE: Duration = Duration::from_millis(50);
const CART_TRIES: usize = 20;

/// Every SKU of the demo by its shop and code.
pub type Skus = HashMap<(u32, String), SkuId>;

/// How many orders were placed, and those of them that are paid: confirmed before the night is over, or the holds on their
/// goods would end with the day.
pub async fn place(
    stage: &Stage<'_>,
    plans: &[OrderPlan],
    skus: &Skus,
    buyers: &[Registered],
) -> anyhow::Result<(usize, Vec<Bought>)> {
    let mut placed = Vec::new();
    for wave in plans.chunks(AT_ONCE * 4) {
        // One person has one cart: who comes twice in a wave waits for the next.
        let mut here = HashSet::new();
        let (now, later): (Vec<&OrderPlan>, Vec<&OrderPlan>) =
            wave.iter().partition(|plan| here.insert(plan.buyer));
        placed.extend(at_once(stage, &now, buyers, skus).await?);
        for plan in later {
            placed.extend(at_once(stage, &[plan], buyers, skus).await?);
        }
    }
    let count = placed.len();
    Ok((count, placed.into_iter().flatten().collect()))
}

async fn at_once(
    stage: &Stage<'_>,
    plans: &[&OrderPlan],
    buyers: &[Registered],
    skus: &Skus,
) -> Result<Vec<Option<Bought>>, kernel::Fault> {
    let outcomes = stream::iter(plans).map(|plan| async move {
        let Some(buyer) = buyers.get(plan.buyer as usize) else {
            return Ok(None);
        };
        let mut outcome = buy(stage, plan, buyer, skus, 0).await;
        for again in 1..CART_TRIES {
            if !outcome.as_ref().is_err_and(|fault| fault.code == "cart_ordered") {
                break;
            }
            tokio::time::sleep(CART_PAUSE).await;
            outcome = buy(stage, plan, buyer, skus, again).await;
        }
        match outcome {
            Ok(Some(order)) => {
                let bought = Bought {
                    index: plan.index,
                    buyer: plan.buyer,
                    order,
                };
                deeds::confirmed(stage, bought).await?;
                Ok(Some(Some(bought)))
            }
            Ok(None) => Ok(Some(None)),
            Err(fault) => {
                tracing::warn!(order = plan.index, %fault, "an order of the demo was not placed");
                Ok(None)
            }
        }
    });
    outcomes
        .buffer_unordered(AT_ONCE)
        .try_filter_map(|outcome| std::future::ready(Ok(outcome)))
        .try_collect()
        .await
}

async fn buy(
    stage: &Stage<'_>,
    plan: &OrderPlan,
    buyer: &Registered,
    skus: &Skus,
    again: usize,
) -> Result<Option<OrderId>, kernel::Fault> {
    let (market, mut ctx) = (stage.market, stage.ctx());
    ctx.actor = kernel::Actor::Buyer { user: buyer.user };
    let owner = CartOwner::User(buyer.user);
    let mut cart = None;
    for line in &plan.lines {
        let Some(&sku) = skus.get(&(line.seller, line.sku.clone())) else {
            continue;
        };
        let quantity = u32::try_from(line.quantity).unwrap_or(1);
        let offers = market.catalog.offers(&ctx, vec![sku]).await?;
        let making = offers.first().and_then(|offer| offer.making.as_deref());
        let answers = super::making::said(making, plan.index);
        cart = Some(
            market
                .cart
                .add(&ctx, owner.clone(), sku, quantity, answers)
                .await?,
        );
    }
    let Some(cart) = cart else { return Ok(None) };
    let address = address(&buyer.buyer.address);
    let request = QuoteRequest {
        owner: owner.clone(),
        cart: cart.id,
        cart_version: Some(cart.version),
        address: Some(address.clone()),
        delivery: Vec::new(),
        email: None,
        tender: TenderWish::default(),
    };
    let quote = market.checkout.quote(&ctx, request).await?;
    let order = market
        .checkout
        .place(
            &ctx,
            PlaceOrder {
                owner: owner.clone(),
                buyer: Some(buyer.user),
                idempotency_key: format!("demo-{}-{again}", plan.index),
                cart: quote.cart,
                cart_version: quote.cart_version,
                expected_total: quote.total,
                email: buyer.buyer.email.clone(),
                language: contracts::Language::of_country(&address.country),
                address,
                delivery: Vec::new(),
                tender: TenderWish::default(),
                expected_due: None,
                consents_to_downloads: true,
            },
        )
        .await?;
    // One buyer in twenty-five thinks better of it, one in forty is declined at first.
    if plan.index % 25 == 24 {
        market.checkout.cancel(&ctx, owner, order.id).await?;
        return Ok(None);
    }
    let pay = |method: &str| Pay {
        owner: owner.clone(),
        order: order.id,
        method: method.to_owned(),
        return_path: format!("/orders/{}/return", order.id),
    };
    if plan.index % 40 == 39 {
        market.checkout.pay(&ctx, pay("tok_declined")).await?;
    }
    market.checkout.pay(&ctx, pay("tok_visa")).await?;
    Ok(Some(order.id))
}

fn address(address: &sampler::Address) -> Address {
    Address {
        name: address.name.clone(),
        line1: address.line1.clone(),
        line2: address.line2.clone(),
        postcode: address.postcode.to_owned(),
        city: address.town.to_owned(),
        region: Some(address.region.to_owned()).filter(|r| !r.is_empty()),
        country: address.country.to_owned(),
        phone: None,
    }
}

/// Asks what its shops sell.
pub async fn skus(stage: &Stage<'_>, shops: &[Opened]) -> anyhow::Result<Skus> {
    let (market, ctx) = (stage.market, stage.ctx());
    let mut found = HashMap::new();
    for shop in shops {
        let mut after: Option<ProductId> = None;
        loop {
            let ids = market.catalog.scan_shop(&ctx, shop.tenant, after, SCAN).await?;
            let Some(&last) = ids.last() else { break };
            after = Some(last);
            for listing in market.catalog.listings(&ctx, ids).await? {
                let own = listing
                    .variants
                    .into_iter()
                    .map(|v| ((shop.seller.index, v.code), v.sku));
                found.extend(own);
            }
        }
    }
    Ok(found)
}
