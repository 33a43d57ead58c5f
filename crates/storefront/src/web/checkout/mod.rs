//! From basket to order in four steps. Each step can be reached again; what is missing leads back to its step.

pub mod address;
pub mod delivery;
pub mod gift_cards;
pub mod payment;
pub mod review;

use super::draft::Draft;
use super::failure::Failure;
use super::visit::{Visit, redirect};
use super::{Shop, cards, downloads, making, savings, taxes, titles};
use crate::i18n::Locale;
use crate::views::cart::Saving;
use crate::views::checkout::{Summary, SummaryLine, SummarySeller};
use crate::views::common::Price;
use axum::response::Response;
use chrono::Days;
use contracts::Address;
use contracts::cart::CartOwner;
use contracts::checkout::{DeliveryQuote, Quote, QuoteGroup, QuoteLine, QuoteRequest};
use contracts::purses::{PurseKind, Tender};
use kernel::Fault;

pub async fn begin() -> Response {
    redirect("/checkout/address")
}

/// A cart on its way to an order.
struct Passage {
    owner: CartOwner,
    quote: Quote,
    draft: Draft,
    /// Why the gift cards of the draft were left out.
    refused: Option<Fault>,
}

/// The open cart, priced for what is known so far; none when there is nothing to order.
async fn passage(shop: &Shop, visit: &Visit, draft: Draft) -> Result<Option<Passage>, Failure> {
    let Some(owner) = visit.owner() else {
        return Ok(None);
    };
    let Some(cart) = shop.cart.open(&visit.ctx, owner.clone()).await? else {
        return Ok(None);
    };
    if cart.lines.is_empty() {
        return Ok(None);
    }
    let mut request = QuoteRequest {
        tender: draft.tender(visit),
        owner: owner.clone(),
        cart: cart.id,
        cart_version: Some(cart.version),
        address: draft.address.clone(),
        delivery: draft.delivery.clone(),
        email: Some(draft.email.clone()).filter(|email| !email.is_empty()),
    };
    let mut draft = draft;
    let (quote, refused) = match shop.checkout.quote(&visit.ctx, request.clone()).await {
        Ok(quote) => (quote, None),
        // What a card lost since it was put in must not keep its owner from the till.
        Err(fault) if is_of_gift_card(&fault) => {
            draft.gift_cards.clear();
            request.tender = draft.tender(visit);
            (shop.checkout.quote(&visit.ctx, request).await?, Some(fault))
        }
        Err(fault) => return Err(Failure(fault)),
    };
    Ok(Some(Passage {
        owner,
        quote,
        draft,
        refused,
    }))
}

/// As [`passage`], with products called as the page's reader calls them: for pages that show them.
async fn shown_passage(shop: &Shop, visit: &Visit, draft: Draft) -> Result<Option<Passage>, Failure> {
    let mut passage = passage(shop, visit, draft).await?;
    if let Some(passage) = &mut passage {
        titles::read_quote(shop, visit, &mut passage.quote).await;
    }
    Ok(passage)
}

fn is_of_gift_card(fault: &Fault) -> bool {
    fault.code.starts_with("gift_card") || fault.code == "codes_guessed"
}

/// What gift cards and store credit pay, as it stands in a list of amounts.
pub fn tenders(tenders: &[Tender], locale: Locale) -> Vec<Saving> {
    let told = |tender: &Tender| Saving {
        name: match tender.kind {
            PurseKind::GiftCard => locale.t("tender.gift_card").to_string(),
            PurseKind::StoreCredit => locale.t("tender.store_credit").to_string(),
        },
        code: Some(format!("…{}", tender.hint)).filter(|_| !tender.hint.is_empty()),
        amount: Some(savings::less(tender.amount, locale)),
    };
    tenders.iter().map(told).collect()
}

fn summary(visit: &Visit, quote: &Quote) -> Summary {
    let locale = visit.locale;
    let seller = |group: &QuoteGroup| SummarySeller {
        name: group.shop_name.clone(),
        lines: group
            .lines
            .iter()
            .map(|line| SummaryLine {
                title: line.offer.title.clone(),
                variant: cards::options(&line.offer.options),
                made: downloads::marked(
                    making::made(line.made.as_deref(), line.offer.price.currency, locale),
                    line.offer
                        .digital
                        .as_deref()
                        .map(|digital| digital.files.as_slice()),
                    locale,
                ),
                quantity: u64::from(line.quantity),
                image: line.offer.image.as_ref().map(cards::image),
                total: Price::new(locale, line.list_total),
            })
            .collect(),
    };
    Summary {
        sellers: quote.groups.iter().map(seller).collect(),
        items: quote
            .groups
            .iter()
            .flat_map(|g| &g.lines)
            .map(|l| u64::from(l.quantity))
            .sum(),
        subtotal: Price::new(locale, quote.list_subtotal()),
        savings: savings::of_quote(quote, locale),
        coupons: Some(savings::coupons(quote, &visit.path, locale)),
        delivery: quote.list_delivery().map(|m| Price::new(locale, m)),
        taxes: taxes::of_quote(quote, locale),
        total: Price::new(locale, quote.total),
        tenders: tenders(&quote.tenders, locale),
        due: Price::new(locale, quote.due),
    }
}

/// An address as it stands on a parcel.
pub fn address_lines(address: &Address, visit: &Visit) -> Vec<String> {
    let region = address
        .region
        .as_deref()
        .map(|code| cards::region_name(code, visit.locale));
    let city = match region {
        Some(region) if region != address.city => format!("{} {} ({region})", address.postcode, address.city),
        _ => format!("{} {}", address.postcode, address.city),
    };
    let country = cards::region_name(&address.country, visit.locale);
    let lines = [
        Some(address.name.clone()),
        Some(address.line1.clone()),
        address.line2.clone(),
        Some(city),
        Some(country),
    ];
    lines
        .into_iter()
        .flatten()
        .filter(|line| !line.is_empty())
        .collect()
}

/// Whether all of a seller's part is downloaded: nothing of it is sent.
fn is_downloaded(group: &QuoteGroup) -> bool {
    group.lines.iter().all(|line| line.offer.digital.is_some())
}

/// When a parcel of these lines arrives: days until it leaves and days on the way.
fn window(option: &DeliveryQuote, lines: &[QuoteLine], visit: &Visit) -> String {
    let today = visit.ctx.now.date_naive();
    let day = |from: u64, on_its_way: u16| {
        today
            .checked_add_days(Days::new(from + u64::from(on_its_way)))
            .unwrap_or(today)
    };
    let (soonest, latest) = making::leaves(lines);
    visit
        .locale
        .day_range(day(soonest, option.days_min), day(latest, option.days_max))
}
