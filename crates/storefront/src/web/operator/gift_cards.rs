//! Gift cards: issued, listed without their codes, switched off and on. A code is shown once, on the page that follows its
//! issue.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Link, Price};
use crate::views::operator_gift_cards::{GiftCardFields, GiftCardRow, IssuedCard, OperatorGiftCardsPage};
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::{Days, NaiveDate, NaiveTime};
use contracts::purses::{Funding, GiftCard, IssuedGiftCard, NewGiftCard};
use kernel::{Currency, Cursor, DateTime, Fault, Money, Permission, PurseId, secret};
use serde::Deserialize;

const PATH: &str = "/operator/gift-cards";
const PER_PAGE: u16 = 25;

#[derive(Default, Deserialize)]
pub struct Filter {
    after: Option<String>,
}

/// What came of the form.
enum Sent<'p> {
    Nothing,
    Issued(IssuedGiftCard),
    Refused(&'p Posted, Fault),
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    show(&shop, &visit, filter, Sent::Nothing).await
}

async fn show(shop: &Shop, visit: &Visit, filter: Filter, sent: Sent<'_>) -> Result<Response, Failure> {
    visit.operator(Permission::ReadLedger)?;
    let locale = visit.locale;
    let after = filter.after.map(Cursor);
    let (page, cards) = futures::join!(
        visit.keyed_page(shop, "operator.gift_cards"),
        shop.purses.cards(&visit.ctx, after, PER_PAGE),
    );
    let cards = cards?;
    let refused = match &sent {
        Sent::Refused(posted, fault) => Some((*posted, fault)),
        _ => None,
    };
    let view = OperatorGiftCardsPage {
        page,
        work: bar(visit, PATH),
        error: refused.and_then(|(_, fault)| general(fault, visit)),
        issued: match &sent {
            Sent::Issued(issued) => Some(IssuedCard {
                code: issued.code.clone(),
                amount: Price::new(locale, issued.card.issued),
            }),
            _ => None,
        },
        may_edit: visit.may(Permission::ManageLedger),
        cards: cards.items.iter().map(|card| row(card, locale)).collect(),
        more: cards.next.map(|next| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{PATH}?after={}", encode(&next.0)),
            )
        }),
        new: fields(refused, visit),
    };
    Ok(match view.issued {
        Some(_) => visit.show_once(shop, &view),
        None => visit.show(shop, &view),
    })
}

/// Refusals that belong to no field of the form.
fn general(fault: &Fault, visit: &Visit) -> Option<String> {
    let placed = ["/amount", "/expires_at", "/note"];
    let is_placed = |pointer: &str| placed.iter().any(|field| pointer.starts_with(field));
    let placed = fault.fields.iter().any(|field| is_placed(&field.pointer));
    (!placed).then(|| visit.tell(fault))
}

fn row(card: &GiftCard, locale: Locale) -> GiftCardRow {
    let switch = match card.disabled_at {
        Some(_) => "enable",
        None => "disable",
    };
    GiftCardRow {
        id: format!("card-{}", card.id),
        hint: card.hint.clone(),
        note: card.note.clone(),
        issued: locale.date(card.issued_at.date_naive()),
        funding: locale.t(funding_key(card.funding)).to_string(),
        amount: Price::new(locale, card.issued),
        balance: Price::new(locale, card.balance),
        held: (card.held.amount > 0).then(|| Price::new(locale, card.held)),
        expires: match card.expires_at {
            // The first moment of the day after the last.
            Some(ends) => locale.date((ends - chrono::TimeDelta::seconds(1)).date_naive()),
            None => locale.t("gift_cards.never").to_string(),
        },
        disabled: card.disabled_at.is_some(),
        switch: format!("{PATH}/{}/{switch}", card.id),
    }
}

fn funding_key(funding: Funding) -> &'static str {
    match funding {
        Funding::Sold => "gift_cards.sold",
        Funding::Given => "gift_cards.given",
    }
}

fn fields(refused: Option<(&Posted, &Fault)>, visit: &Visit) -> GiftCardFields {
    let locale = visit.locale;
    let field = |name: &str, pointer: &str| match refused {
        Some((posted, fault)) => Field {
            value: posted.get(name).to_owned(),
            error: visit.tell_field(fault, pointer),
        },
        None => Field::default(),
    };
    let stood = |name: &str, usual: &'static str| match refused {
        Some((posted, _)) => posted.get(name).to_owned(),
        None => usual.to_owned(),
    };
    let currencies = Currency::all().map(|currency| Choice::new(currency.code(), currency.code().to_owned()));
    let fundings = [Funding::Sold, Funding::Given]
        .map(|funding| Choice::new(funding.name(), locale.t(funding_key(funding)).to_string()));
    GiftCardFields {
        amount: field("amount", "/amount"),
        currencies: Choice::select(currencies.collect(), &stood("currency", Currency::EUR.code())),
        fundings: Choice::select(fundings.into(), &stood("funding", Funding::Sold.name())),
        expires: field("expires", "/expires_at"),
        note: field("note", "/note"),
        // Whoever was refused had no card made: the same key will do.
        key: match refused {
            Some((posted, fault)) if fault.code != "gift_card_issued" => posted.get("key").to_owned(),
            _ => secret::token(),
        },
    }
}

/// What the form says, or what of it cannot be read.
fn read(posted: &Posted) -> Result<NewGiftCard, Fault> {
    let said = |code: &str, pointer: &str, key: &str| {
        Fault::field(code, pointer, posted.visit.locale.t(key).to_string())
    };
    let currency: Currency = posted.get("currency").parse().unwrap_or(Currency::EUR);
    let amount = Money::parse(posted.get("amount"), currency)
        .map_err(|_| said("amount_invalid", "/amount", "refusal.amount_invalid"))?;
    let key: String = posted.get("key").chars().take(255).collect();
    Ok(NewGiftCard {
        amount,
        funding: match posted.get("funding") == Funding::Given.name() {
            true => Funding::Given,
            false => Funding::Sold,
        },
        expires_at: match posted.get("expires") {
            "" => None,
            day => {
                Some(end_of(day).ok_or_else(|| said("day_invalid", "/expires_at", "refusal.day_invalid"))?)
            }
        },
        note: posted.get("note").to_owned(),
        idempotency_key: match key.is_empty() {
            true => secret::token(),
            false => key,
        },
    })
}

/// The first moment of the day after `day`.
fn end_of(day: &str) -> Option<DateTime> {
    let next = day.parse::<NaiveDate>().ok()?.checked_add_days(Days::new(1))?;
    Some(next.and_time(NaiveTime::MIN).and_utc())
}

pub async fn issue(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let issued = match read(&posted) {
        Ok(new) => shop.purses.issue(&visit.ctx, new).await,
        Err(fault) => Err(fault),
    };
    let sent = match issued {
        Ok(issued) => Sent::Issued(issued),
        Err(fault) if is_ours(&fault) => return Err(Failure(fault)),
        Err(fault) => Sent::Refused(&posted, fault),
    };
    show(&shop, visit, Filter::default(), sent).await
}

pub async fn disable(
    State(shop): State<Shop>,
    Path(id): Path<PurseId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let switched = shop
        .purses
        .disable(&visit.ctx, id, posted.get("reason").to_owned());
    after(switched.await, "gift_card_disabled")
}

pub async fn enable(
    State(shop): State<Shop>,
    Path(id): Path<PurseId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let switched = shop
        .purses
        .enable(&visit.ctx, id, posted.get("reason").to_owned());
    after(switched.await, "gift_card_enabled")
}

fn after(switched: Result<GiftCard, Fault>, done: &'static str) -> Result<Response, Failure> {
    match switched {
        Ok(_) => Ok(redirect_done(PATH, done)),
        Err(fault) => redirect_refused(PATH, fault),
    }
}
