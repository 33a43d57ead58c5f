//! What promotions take off a priced cart, and what of them its order claims.

use crate::Error;
use crate::quote::{Priced, PricedGroup};
use contracts::cart::Cart;
use contracts::promotions::{Discount, TakenPromotion};
use kernel::{Ctx, Fault, Money};
use orders::domain::Order;
use promotions::Promotions;
use promotions::domain::{
    Applied, Basket, BasketLine, BasketPart, Buyer, Claim, DeliveryCost, Off, apply, limited,
};

/// Takes off what promotions give. A cart that none is for, and that names none, costs a look into memory.
pub async fn discount(
    promotions: &Promotions,
    ctx: &Ctx,
    cart: &Cart,
    priced: &mut Priced,
    buyer: Option<&Buyer>,
) -> Result<(), Error> {
    let book = promotions.book(ctx.now).await.map_err(Fault::from)?;
    let shops = priced.groups.iter().map(|group| group.tenant);
    let candidates = book.candidates(shops, &cart.codes);
    if candidates.are_none() {
        return Ok(());
    }
    let basket = Basket {
        currency: cart.currency,
        parts: priced.groups.iter().map(part).collect(),
    };
    let standing = promotions
        .standing(limited(&candidates, &basket, ctx.now), buyer)
        .await
        .map_err(Fault::from)?;
    let applied = apply(&candidates, &standing, buyer, &basket, ctx.now)?;
    write_down(priced, applied);
    Ok(())
}

fn part(group: &PricedGroup) -> BasketPart<'_> {
    let lines = group.lines.iter().map(|line| BasketLine {
        product: line.offer.product,
        category: line.offer.category.as_deref(),
        quantity: line.quantity,
        total: line.list_total.amount,
    });
    let cheapest = group
        .options
        .iter()
        .flatten()
        .map(|option| option.price.amount)
        .min();
    BasketPart {
        shop: group.tenant,
        lines: lines.collect(),
        delivery: group.chosen.as_ref().map(|chosen| DeliveryCost {
            chosen: chosen.price.amount,
            cheapest: cheapest.unwrap_or(chosen.price.amount),
        }),
    }
}

fn write_down(priced: &mut Priced, applied: Applied) {
    let currency = priced.total.currency;
    let money = |amount| Money::new(amount, currency);
    let told = |off: Vec<Off>| -> Vec<Discount> {
        off.into_iter()
            .map(|off| Discount {
                promotion: off.promotion.id,
                name: off.promotion.name.clone(),
                funder: off.promotion.funder(),
                amount: money(off.amount),
            })
            .collect()
    };
    let all: i64 = applied.taken.iter().map(|off| off.amount).sum();
    priced.total = money(priced.total.amount - all);
    for (group, off) in priced.groups.iter_mut().zip(applied.parts) {
        for (line, off) in group.lines.iter_mut().zip(off.lines) {
            line.discounts = told(off);
        }
        group.delivery_discounts = told(off.delivery);
    }
    priced.taken = applied
        .taken
        .iter()
        .map(|off| TakenPromotion {
            promotion: off.promotion.id,
            name: off.promotion.name.clone(),
            code: off.promotion.code.clone(),
            funder: off.promotion.funder(),
            amount: money(off.amount),
        })
        .collect();
    priced.refused = applied.refused;
}

/// What an order takes of promotions: of each one use, and all that it takes off. None for most orders.
pub fn claims(order: &Order) -> Vec<Claim> {
    let placed = &order.placed;
    let taken = placed.promotions();
    if taken.is_empty() {
        return Vec::new();
    }
    let buyer = Buyer::of(placed.buyer, &placed.email);
    let claim = |(promotion, amount)| Claim {
        promotion,
        order: order.id,
        buyer: buyer.clone(),
        amount,
        at: order.placed_at,
    };
    taken.into_iter().map(claim).collect()
}
