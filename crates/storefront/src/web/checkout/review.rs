//! Step 4: everything once more, then the order.

use super::{Passage, address_lines, passage, payment, summary, window};
use crate::i18n::plain_decimal;
use crate::views::checkout::{CheckoutReviewPage, ReviewDelivery, Step};
use crate::views::common::Price;
use crate::web::draft::Draft;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect};
use crate::web::{Shop, cart, orders};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use contracts::checkout::{Pay, PlaceOrder, Quote, QuoteGroup, QuoteLine};
use kernel::{Fault, Kind};

pub async fn page(State(shop): State<Shop>, visit: Visit, headers: HeaderMap) -> Result<Response, Failure> {
    show(&shop, &visit, Draft::read(&headers), None).await
}

async fn show(shop: &Shop, visit: &Visit, draft: Draft, error: Option<String>) -> Result<Response, Failure> {
    let (Some(address), Some(method)) = (draft.address.clone(), draft.method.clone()) else {
        return Ok(redirect("/checkout/payment"));
    };
    let Some(passage) = passage(shop, visit, draft).await? else {
        return Ok(redirect("/cart"));
    };
    let Passage { quote, draft, .. } = passage;
    // An address or a delivery that does not hold any more leads back to its step.
    if quote.groups.iter().any(|g| g.delivery.is_none()) {
        return Ok(redirect("/checkout/delivery"));
    }
    let lines = || quote.groups.iter().flat_map(|g| &g.lines);
    let view = CheckoutReviewPage {
        page: visit.keyed_page(shop, "checkout.review.title").await,
        step: Step::Review,
        summary: summary(visit, &quote),
        email: draft.email,
        address: address_lines(&address, visit),
        deliveries: quote.groups.iter().filter_map(|g| delivery(g, visit)).collect(),
        payment: payment::label(visit, &method),
        changes: cart::changes(&quote, visit.locale),
        repriced: lines().any(|line| line.price_was.is_some()),
        short: !lines().all(QuoteLine::orderable),
        cart_version: quote.cart_version,
        // The same cart at the same version and total is the same order, however often the button is pressed.
        idempotency_key: format!("{}-{}-{}", quote.cart, quote.cart_version, quote.total.amount),
        error,
    };
    Ok(visit.show(shop, &view))
}

fn delivery(group: &QuoteGroup, visit: &Visit) -> Option<ReviewDelivery> {
    let chosen = group
        .options
        .iter()
        .find(|o| Some(&o.code) == group.chosen.as_ref())?;
    Some(ReviewDelivery {
        seller: group.shop_name.clone(),
        label: chosen.name.clone(),
        window: window(chosen, visit),
        price: (chosen.price.amount > 0).then(|| Price::new(visit.locale, chosen.price)),
    })
}

pub async fn place(
    State(shop): State<Shop>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let draft = Draft::read(&headers);
    let (Some(address), Some(method)) = (draft.address.clone(), draft.method.clone()) else {
        return Ok(redirect("/checkout/address"));
    };
    // Whoever presses the button again after the order was placed is led to it.
    let Some(Passage { owner, mut quote, .. }) = passage(&shop, visit, draft.clone()).await? else {
        return Ok(redirect("/orders"));
    };
    let said = |key: &str| Some(visit.locale.t(key).to_string());
    // What was agreed to is what the page showed: a basket or a total that moved since is shown again.
    let agreed = Agreed::read(&posted);
    if !agreed.is_of(&quote) {
        return show(&shop, visit, draft, said("refusal.total_changed")).await;
    }
    if quote
        .groups
        .iter()
        .flat_map(|g| &g.lines)
        .any(|l| l.price_was.is_some())
    {
        if !posted.ticked("accept_changes") {
            return show(&shop, visit, draft, said("refusal.accept_first")).await;
        }
        shop.cart.accept_prices(&visit.ctx, owner.clone()).await?;
        if let Some(renewed) = passage(&shop, visit, draft.clone()).await? {
            quote = renewed.quote;
        }
        if !agreed.has_total_of(&quote) {
            return show(&shop, visit, draft, said("refusal.total_changed")).await;
        }
    }
    let request = PlaceOrder {
        owner: owner.clone(),
        buyer: visit.principal.as_ref().map(|p| p.user),
        idempotency_key: posted.get("idempotency_key").chars().take(255).collect(),
        cart: quote.cart,
        cart_version: quote.cart_version,
        expected_total: quote.total,
        email: draft.email.clone(),
        address,
        delivery: draft.delivery.clone(),
    };
    let order = match shop.checkout.place(&visit.ctx, request).await {
        Ok(order) => order,
        Err(fault) if worth_showing(&fault) => {
            return show(&shop, visit, draft, Some(visit.tell(&fault))).await;
        }
        Err(fault) => return Err(Failure(fault)),
    };
    let pay = Pay {
        owner,
        order: order.id,
        method,
        return_path: format!("/orders/{}/return", order.id),
    };
    // The order stands whatever becomes of the payment: its page says how to go on.
    let outcome = shop.checkout.pay(&visit.ctx, pay).await;
    let mut response = orders::after_payment(order.id, outcome);
    response
        .headers_mut()
        .append(header::SET_COOKIE, Draft::forget(&shop, visit));
    Ok(response)
}

/// What the review showed when the button was pressed.
struct Agreed {
    cart_version: Option<i64>,
    total: String,
}

impl Agreed {
    fn read(posted: &Posted) -> Self {
        Self {
            cart_version: posted.get("cart_version").parse().ok(),
            total: posted.get("total").to_owned(),
        }
    }

    fn is_of(&self, quote: &Quote) -> bool {
        self.cart_version == Some(quote.cart_version) && self.has_total_of(quote)
    }

    fn has_total_of(&self, quote: &Quote) -> bool {
        self.total == plain_decimal(quote.total)
    }
}

/// Refusals that the buyer can do something about on this very page.
fn worth_showing(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        Kind::Conflict | Kind::Invalid | Kind::Unprocessable | Kind::PreconditionFailed | Kind::TooMany
    )
}
