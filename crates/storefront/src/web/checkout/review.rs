//! Step 4: everything once more, then the order.

use super::{Passage, address_lines, is_downloaded, passage, payment, shown_passage, summary, window};
use crate::i18n::plain_decimal;
use crate::views::checkout::{CheckoutReviewPage, ReviewDelivery, Step};
use crate::views::common::Price;
use crate::web::draft::Draft;
use crate::web::failure::Failure;
use crate::web::messages::language;
use crate::web::posted::Posted;
use crate::web::visit::{GUEST_COOKIE, Visit, redirect};
use crate::web::{Shop, cart, orders};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use contracts::cart::CartOwner;
use contracts::checkout::{Pay, PlaceOrder, Quote, QuoteGroup, QuoteLine};
use contracts::digital::consent;
use kernel::{CartId, Fault, Kind, Money, OrderId, Timestamp};

/// A cart's id in a key: a UUID with its dashes.
const CART_ID_CHARS: usize = 36;
/// Days for which a guest's browser keeps what shows them their orders.
const GUEST_DAYS: i64 = 30;

pub async fn page(State(shop): State<Shop>, visit: Visit, headers: HeaderMap) -> Result<Response, Failure> {
    show(&shop, &visit, Draft::read(&headers), None).await
}

async fn show(shop: &Shop, visit: &Visit, draft: Draft, error: Option<String>) -> Result<Response, Failure> {
    let Some(address) = draft.address.clone() else {
        return Ok(redirect("/checkout/address"));
    };
    let Some(passage) = shown_passage(shop, visit, draft).await? else {
        return Ok(redirect("/cart"));
    };
    let Passage {
        quote,
        draft,
        refused,
        ..
    } = passage;
    // A gift card that does not hold any more is told where it was put in.
    if refused.is_some() {
        return Ok(redirect("/checkout/payment"));
    }
    // An address or a delivery that does not hold any more leads back to its step.
    if quote.groups.iter().any(|g| g.delivery.is_none()) {
        return Ok(redirect("/checkout/delivery"));
    }
    let Some(method) = method(&draft, &quote) else {
        return Ok(redirect("/checkout/payment"));
    };
    let lines = || quote.groups.iter().flat_map(|g| &g.lines);
    let view = CheckoutReviewPage {
        page: visit.keyed_page(shop, "checkout.review.title").await,
        step: Step::Review,
        summary: summary(visit, &quote),
        email: draft.email,
        address: address_lines(&address, visit),
        deliveries: quote.groups.iter().filter_map(|g| delivery(g, visit)).collect(),
        payment: match method.is_empty() {
            true => visit.locale.t("payment.nothing_due").to_string(),
            false => payment::label(visit, &method),
        },
        changes: cart::changes(&quote, visit.locale),
        download_consent: lines()
            .any(|line| line.offer.digital.is_some())
            .then(|| consent(language(visit.locale))),
        repriced: lines().any(|line| line.price_was.is_some()),
        short: !lines().all(QuoteLine::orderable),
        cart_version: quote.cart_version,
        idempotency_key: key(&quote, error.is_some().then_some(visit.ctx.now)),
        error,
    };
    Ok(visit.show(shop, &view))
}

/// What it is paid with: nothing, where it costs nothing; none where that is still to be chosen.
fn method(draft: &Draft, quote: &Quote) -> Option<String> {
    match quote.due.amount {
        0 => Some(String::new()),
        _ => draft.method.clone(),
    }
}

/// The same cart at the same version and total is the same order, however often the button is pressed. A refusal stays the
/// answer to its key: whoever was told one tries again under another.
fn key(quote: &Quote, refused_at: Option<Timestamp>) -> String {
    let (total, due) = (quote.total.amount, quote.due.amount);
    let mut key = format!("{}-{}-{total}", quote.cart, quote.cart_version);
    if due != total {
        key.push_str(&format!("-{due}"));
    }
    match refused_at {
        Some(at) => format!("{key}-{}", at.timestamp_micros()),
        None => key,
    }
}

fn delivery(group: &QuoteGroup, visit: &Visit) -> Option<ReviewDelivery> {
    let chosen = group
        .options
        .iter()
        .find(|o| Some(&o.code) == group.chosen.as_ref())?;
    Some(ReviewDelivery {
        seller: group.shop_name.clone(),
        label: match is_downloaded(group) {
            true => visit.locale.t("download.delivery").to_string(),
            false => chosen.name.clone(),
        },
        window: match is_downloaded(group) {
            true => visit.locale.t("download.at_once").to_string(),
            false => window(chosen, &group.lines, visit),
        },
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
    // What was agreed to is what the page showed: a basket or a total that moved since is shown again.
    let agreed = Agreed::read(&posted);
    // Whoever presses the button again after the order was placed is led to it.
    if let Some(led) = agreed.led_back(&shop, visit, &draft).await {
        return Ok(led);
    }
    let Some(address) = draft.address.clone() else {
        return Ok(redirect("/checkout/address"));
    };
    let said = |key: &str| Some(visit.locale.t(key).to_string());
    let (owner, mut quote) = match passage(&shop, visit, draft.clone()).await? {
        Some(Passage {
            owner,
            quote,
            refused: None,
            ..
        }) if agreed.is_of(&quote) => (owner, quote),
        other => {
            // The first press may have been served, and its basket closed, since this one looked.
            if let Some(led) = agreed.led_back(&shop, visit, &draft).await {
                return Ok(led);
            }
            let signed_in = visit.principal.is_some();
            return match other {
                Some(_) => show(&shop, visit, draft, said("refusal.total_changed")).await,
                None => Ok(redirect(if signed_in { "/orders" } else { "/cart" })),
            };
        }
    };
    let Some(method) = method(&draft, &quote) else {
        return Ok(redirect("/checkout/payment"));
    };
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
        idempotency_key: agreed.key,
        cart: quote.cart,
        cart_version: quote.cart_version,
        expected_total: quote.total,
        email: draft.email.clone(),
        address,
        delivery: draft.delivery.clone(),
        tender: draft.tender(visit),
        expected_due: Some(quote.due),
        consents_to_downloads: agreed.consents_to_downloads,
        language: language(visit.locale),
    };
    let order = match shop.checkout.place(&visit.ctx, request).await {
        Ok(order) => order.id,
        // Placed a moment ago under another key, and the basket is not closed yet.
        Err(fault) if fault.code == "cart_ordered" => match order_in(&fault) {
            Some(order) => order,
            None => return Err(Failure(fault)),
        },
        Err(fault) if worth_showing(&fault) => {
            return show(&shop, visit, draft, Some(visit.tell(&fault))).await;
        }
        Err(fault) => return Err(Failure(fault)),
    };
    let cart = quote.cart;
    let pay = Pay {
        owner,
        order,
        method,
        return_path: format!("/orders/{order}/return"),
    };
    // The order stands whatever becomes of the payment: its page says how to go on.
    let outcome = orders::paid(&shop, visit, pay).await;
    let response = orders::after_payment(order, outcome);
    Ok(remembered(response, &shop, visit, cart, order))
}

/// Has the browser remember what became of the basket, and a guest's secret, with which they see the order again.
fn remembered(mut response: Response, shop: &Shop, visit: &Visit, cart: CartId, order: OrderId) -> Response {
    let headers = response.headers_mut();
    if let Ok(cookie) = Draft::of_placed(cart, order).cookie(shop, visit) {
        headers.append(header::SET_COOKIE, cookie);
    }
    if let Some(CartOwner::Guest(secret)) = visit.owner() {
        let cookie = visit.cookie(shop, GUEST_COOKIE, secret, GUEST_DAYS);
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

fn order_in(fault: &Fault) -> Option<OrderId> {
    fault.extra.get("order")?.as_str()?.parse().ok()
}

/// What the review showed when the button was pressed.
struct Agreed {
    key: String,
    /// The basket, with which the key begins.
    cart: Option<CartId>,
    cart_version: Option<i64>,
    total: String,
    due: String,
    consents_to_downloads: bool,
}

impl Agreed {
    fn read(posted: &Posted) -> Self {
        let key: String = posted.get("idempotency_key").chars().take(255).collect();
        Self {
            cart: key.get(..CART_ID_CHARS).and_then(|id| id.parse().ok()),
            key,
            cart_version: posted.get("cart_version").parse().ok(),
            total: posted.get("total").to_owned(),
            consents_to_downloads: posted.ticked("consents_to_downloads"),
            // As on a page without gift cards: all of it.
            due: match posted.get("due") {
                "" => posted.get("total").to_owned(),
                due => due.to_owned(),
            },
        }
    }

    fn is_of(&self, quote: &Quote) -> bool {
        self.cart == Some(quote.cart)
            && self.cart_version == Some(quote.cart_version)
            && self.has_total_of(quote)
    }

    fn has_total_of(&self, quote: &Quote) -> bool {
        self.total == plain_decimal(quote.total) && self.due == plain_decimal(quote.due)
    }
}

impl Agreed {
    /// The way to the order that came of this basket before, and on with its payment.
    async fn led_back(&self, shop: &Shop, visit: &Visit, draft: &Draft) -> Option<Response> {
        let cart = self.cart?;
        let owner = visit.owner()?;
        let order = match draft.order_of(cart) {
            Some(order) => order,
            // The answer to the first press never arrived: the same request again gets the same order.
            None => self.placed_before(shop, visit, &owner, cart, draft).await?,
        };
        let outcome = orders::resumed(shop, visit, owner, order).await;
        let response = orders::after_payment(order, outcome);
        Some(remembered(response, shop, visit, cart, order))
    }

    /// Asks only about a basket that was ordered, from which no second order can come.
    async fn placed_before(
        &self,
        shop: &Shop,
        visit: &Visit,
        owner: &CartOwner,
        cart: CartId,
        draft: &Draft,
    ) -> Option<OrderId> {
        let ordered = shop.cart.get(&visit.ctx, owner.clone(), cart, None).await;
        let ordered = ordered.ok().filter(|cart| cart.ordered)?;
        let request = PlaceOrder {
            owner: owner.clone(),
            buyer: visit.principal.as_ref().map(|p| p.user),
            idempotency_key: self.key.clone(),
            cart,
            cart_version: ordered.version,
            expected_total: Money::parse(&self.total, ordered.currency).ok()?,
            email: draft.email.clone(),
            address: draft.address.clone()?,
            delivery: draft.delivery.clone(),
            tender: draft.tender(visit),
            expected_due: Some(Money::parse(&self.due, ordered.currency).ok()?),
            consents_to_downloads: self.consents_to_downloads,
            language: language(visit.locale),
        };
        match shop.checkout.place(&visit.ctx, request).await {
            Ok(order) => Some(order.id),
            Err(fault) => order_in(&fault),
        }
    }
}

/// Refusals that the buyer can do something about on this very page.
fn worth_showing(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        Kind::Conflict | Kind::Invalid | Kind::Unprocessable | Kind::PreconditionFailed | Kind::TooMany
    )
}
