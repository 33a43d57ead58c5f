//! Gift cards and store credit on the way to an order: put in, taken out, and what they leave to pay.

use super::Passage;
use crate::views::checkout::{CardRow, PurseForms};
use crate::views::common::Price;
use crate::web::Shop;
use crate::web::draft::Draft;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect, redirect_refused};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use contracts::purses::PurseKind;
use kernel::Kind;

/// Cards that one order is paid with.
const CARDS_MAX: usize = 5;
const PAGE: &str = "/checkout/payment";

/// What the payment step shows of them.
pub(super) async fn forms(shop: &Shop, visit: &Visit, passage: &Passage) -> PurseForms {
    let (quote, locale) = (&passage.quote, visit.locale);
    let mut paying = quote
        .tenders
        .iter()
        .filter(|tender| tender.kind == PurseKind::GiftCard);
    let cards = passage.draft.gift_cards.iter().enumerate().map(|(index, code)| {
        let hint = hint(code);
        // Cards pay in their order: the first that pays nothing is followed by none that does.
        let amount = paying.next().map(|tender| Price::new(locale, tender.amount));
        CardRow { index, hint, amount }
    });
    let cards: Vec<CardRow> = cards.collect();
    let credit = match visit.principal.as_ref() {
        Some(principal) => shop
            .purses
            .credit(&visit.ctx, principal.user)
            .await
            .unwrap_or_default(),
        None => Vec::new(),
    };
    let credit = credit
        .iter()
        .find(|credit| credit.balance.currency == quote.total.currency);
    let left = credit.and_then(|credit| credit.balance.sub(credit.held).ok());
    PurseForms {
        takes_more: cards.len() < CARDS_MAX && quote.due.amount > 0,
        cards,
        credit: left
            .filter(|left| left.amount > 0)
            .map(|left| Price::new(locale, left)),
        uses_credit: passage.draft.store_credit,
    }
}

/// The last letters of a code, as people write it.
fn hint(code: &str) -> String {
    let letters: Vec<char> = code.chars().filter(char::is_ascii_alphanumeric).collect();
    letters[letters.len().saturating_sub(4)..].iter().collect()
}

/// Puts a gift card in, if there is one of this code with something on it.
pub async fn add(State(shop): State<Shop>, headers: HeaderMap, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let mut draft = Draft::read(&headers);
    let code: String = posted.get("code").trim().chars().take(64).collect();
    if code.is_empty() || draft.gift_cards.len() >= CARDS_MAX {
        return Ok(redirect(PAGE));
    }
    draft.gift_cards.push(code);
    match super::passage(&shop, visit, draft.clone()).await? {
        None => Ok(redirect("/cart")),
        Some(Passage {
            refused: Some(fault), ..
        }) if fault.kind == Kind::Unavailable => Err(Failure(fault)),
        Some(Passage {
            refused: Some(fault), ..
        }) => redirect_refused(PAGE, fault),
        Some(_) => kept(&shop, visit, &draft),
    }
}

/// Takes one out again.
pub async fn remove(
    State(shop): State<Shop>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Failure> {
    let mut draft = Draft::read(&headers);
    let index = posted.get("card").parse().ok();
    if let Some(index) = index.filter(|index| *index < draft.gift_cards.len()) {
        draft.gift_cards.remove(index);
    }
    kept(&shop, &posted.visit, &draft)
}

/// Uses the buyer's store credit, or does not.
pub async fn credit(
    State(shop): State<Shop>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Failure> {
    let mut draft = Draft::read(&headers);
    draft.store_credit = posted.ticked("store_credit");
    kept(&shop, &posted.visit, &draft)
}

fn kept(shop: &Shop, visit: &Visit, draft: &Draft) -> Result<Response, Failure> {
    let mut response = redirect(PAGE);
    response
        .headers_mut()
        .append(header::SET_COOKIE, draft.cookie(shop, visit)?);
    Ok(response)
}
