//! What promotions take off, and coupons: on the basket, at checkout, on orders.

use super::failure::Failure;
use super::posted::Posted;
use super::visit::{redirect, redirect_refused, safe_next};
use super::{Shop, taxes};
use crate::i18n::Locale;
use crate::views::cart::{Coupon, Coupons, Saving};
use crate::views::common::Price;
use axum::extract::State;
use axum::response::Response;
use contracts::checkout::Quote;
use contracts::orders::{Order, SubOrder};
use contracts::promotions::{CodeRefusal, Discount, RefusedCode};
use kernel::{Fault, Money, PromotionId};

/// What a basket gets something from.
pub fn of_quote(quote: &Quote, locale: Locale) -> Vec<Saving> {
    let saving = |taken: &contracts::promotions::TakenPromotion| Saving {
        name: taken.name.clone(),
        code: taken.code.clone(),
        amount: (taken.amount.amount > 0).then(|| less(taken.amount, locale)),
    };
    quote.promotions.iter().map(saving).collect()
}

/// What an order got something from, each promotion once.
pub fn of_order(order: &Order, locale: Locale) -> Vec<Saving> {
    let mut taken: Vec<(PromotionId, &str, Money)> = Vec::new();
    for discount in order.sub_orders.iter().flat_map(discounts) {
        match taken.iter_mut().find(|(id, ..)| *id == discount.promotion) {
            Some((.., sum)) => sum.amount += discount.amount.amount,
            None => taken.push((discount.promotion, &discount.name, discount.amount)),
        }
    }
    let saving = |(_, name, amount): (PromotionId, &str, Money)| Saving {
        name: name.to_owned(),
        code: None,
        amount: Some(less(amount, locale)),
    };
    taken.into_iter().map(saving).collect()
}

fn discounts(sub: &SubOrder) -> impl Iterator<Item = &Discount> {
    let lines = sub.lines.iter().flat_map(|line| &line.discounts);
    lines.chain(&sub.delivery_discounts)
}

/// What is paid for a delivery before discounts, with tax.
pub fn list_delivery(sub: &SubOrder) -> Money {
    let off: i64 = sub.delivery_discounts.iter().map(|d| d.amount.amount).sum();
    Money::new(sub.delivery.amount + off, sub.delivery.currency)
}

/// What the goods and the deliveries of an order cost before discounts, and before tax that comes on top.
pub fn list_prices(order: &Order) -> (Money, Money) {
    let sum = |of: fn(&SubOrder) -> i64| {
        let amount = order.sub_orders.iter().map(of).sum();
        Money::new(amount, order.total.currency)
    };
    (
        sum(|sub| sub.lines.iter().map(|line| line.list_total.amount).sum()),
        sum(|sub| list_delivery(sub).amount - taxes::of_delivery(sub)),
    )
}

/// As it stands in a list of amounts that are added up.
pub fn less(amount: Money, locale: Locale) -> Price {
    Price::new(locale, Money::new(-amount.amount, amount.currency))
}

/// The coupons that were put in, in their order, and what is wrong with some.
pub fn coupons(quote: &Quote, next: &str, locale: Locale) -> Coupons {
    let taken = quote.promotions.iter().filter_map(|taken| taken.code.clone());
    let mut codes: Vec<Coupon> = Vec::new();
    for code in taken {
        if !codes.iter().any(|known| known.code == code) {
            codes.push(Coupon { code, refusal: None });
        }
    }
    codes.extend(quote.refused_codes.iter().map(|refused| Coupon {
        code: refused.code.clone(),
        refusal: Some(refusal(refused, locale)),
    }));
    Coupons {
        codes,
        next: next.to_owned(),
    }
}

fn refusal(refused: &RefusedCode, locale: Locale) -> String {
    let key = match refused.reason {
        CodeRefusal::Unknown => "coupon.refused.unknown",
        CodeRefusal::NotStarted => "coupon.refused.not_started",
        CodeRefusal::Ended => "coupon.refused.ended",
        CodeRefusal::OtherCurrency => "coupon.refused.other_currency",
        CodeRefusal::NoGoods => "coupon.refused.no_goods",
        CodeRefusal::BasketTooSmall => "coupon.refused.basket_too_small",
        CodeRefusal::UsedUp => "coupon.refused.used_up",
        CodeRefusal::BudgetGone => "coupon.refused.budget_gone",
        CodeRefusal::UsedByBuyer => "coupon.refused.used_by_buyer",
        CodeRefusal::Superseded => "coupon.refused.superseded",
    };
    let missing = refused.missing.map(|missing| locale.money(missing));
    locale
        .t(key)
        .arg("missing", missing.unwrap_or_default())
        .to_string()
}

pub async fn add(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let owner = visit.owner().ok_or_else(|| Fault::not_found("cart"))?;
    let next = safe_next(posted.get("next"));
    match shop
        .cart
        .add_code(&visit.ctx, owner, posted.get("code").to_owned())
        .await
    {
        Ok(_) => Ok(redirect(next)),
        Err(fault) => redirect_refused(next, fault),
    }
}

pub async fn remove(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let owner = visit.owner().ok_or_else(|| Fault::not_found("cart"))?;
    let next = safe_next(posted.get("next"));
    match shop
        .cart
        .remove_code(&visit.ctx, owner, posted.get("code").to_owned())
        .await
    {
        Ok(_) => Ok(redirect(next)),
        Err(fault) => redirect_refused(next, fault),
    }
}
