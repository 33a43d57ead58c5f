//! Changes of a product at a time to come.

use super::product_rows::currency_of;
use super::product_text::options_text;
use super::products::{self, STATES, status_of};
use super::{history, price_form};
use crate::i18n::Locale;
use crate::views::changes::ChangeLine;
use crate::views::common::{Choice, Field};
use crate::views::page::Tone;
use crate::views::seller_history::{Ahead, AheadForm, AheadLine, PriceRow};
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done, redirect_refused, spoken};
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDateTime;
use contracts::catalog::OwnListing;
use contracts::catalog::schedule::{PriceChange, ScheduleState, ScheduledChange, ScheduledPatch};
use kernel::{DateTime, Fault, Kind, Money, Permission, ProductId, ScheduledChangeId};

/// Of one product.
pub const SHOWN: u16 = 30;
/// Variants whose prices the form asks for.
const PRICES_MAX: usize = 30;
/// As browsers send a day and a time.
const TYPED: &str = "%Y-%m-%dT%H:%M";

/// What is ahead of a product, and a form for more. `left` is one that came back.
pub fn ahead(
    visit: &Visit,
    own: &OwnListing,
    found: &[ScheduledChange],
    left: Option<(&Posted, &Fault)>,
) -> Ahead {
    let base = format!("/seller/products/{}/scheduled", own.listing.id);
    let may_edit = visit.may(Permission::EditCatalog);
    Ahead {
        rows: found
            .iter()
            .map(|one| row(one, own, &base, may_edit, visit.locale))
            .collect(),
        form: may_edit.then(|| form(visit, own, base, left)),
    }
}

fn form(visit: &Visit, own: &OwnListing, action: String, left: Option<(&Posted, &Fault)>) -> AheadForm {
    let locale = visit.locale;
    let said = |name: &str| {
        left.map(|(posted, _)| posted.get(name).to_owned())
            .unwrap_or_default()
    };
    let keep = Choice::new("", locale.t("schedule.keep").to_string());
    let states = STATES
        .iter()
        .map(|(code, status)| Choice::new(*code, products::status(*status, locale).label));
    let price = |(index, variant): (usize, &contracts::catalog::Variant)| PriceRow {
        index,
        code: variant.code.clone(),
        label: match variant.options.is_empty() {
            true => variant.code.clone(),
            false => format!("{} · {}", options_text(&variant.options), variant.code),
        },
        now: locale.money(variant.price),
        price: said(&format!("price.{index}.price")),
        compare_at: said(&format!("price.{index}.compare_at")),
        terms: left
            .map(|(posted, _)| price_form::read(posted, index, variant.price.currency).0)
            .unwrap_or_default(),
    };
    AheadForm {
        action,
        error: left.map(|(_, fault)| visit.tell(fault)),
        at: Field::of(said("at")),
        title: Field::of(said("title")),
        states: Choice::select(std::iter::once(keep).chain(states).collect(), &said("status")),
        prices: own
            .listing
            .variants
            .iter()
            .take(PRICES_MAX)
            .enumerate()
            .map(price)
            .collect(),
        currency: currency_of(&own.listing).code().to_owned(),
    }
}

fn row(one: &ScheduledChange, own: &OwnListing, base: &str, may_edit: bool, locale: Locale) -> AheadLine {
    let (key, tone) = match one.state {
        ScheduleState::Waiting => ("schedule.state.waiting", Tone::Warn),
        ScheduleState::Applied => ("schedule.state.applied", Tone::Good),
        ScheduleState::Failed => ("schedule.state.failed", Tone::Bad),
        ScheduleState::Cancelled => ("schedule.state.cancelled", Tone::Calm),
    };
    let waits = one.state == ScheduleState::Waiting;
    AheadLine {
        at: locale
            .t("schedule.utc")
            .arg("at", locale.date_time(one.at.naive_utc()))
            .to_string(),
        who: locale.t("history.scheduled").arg("who", &one.who).to_string(),
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
        changes: lines(&one.change, own, waits, locale),
        failure: one.failure.as_ref().map(|failure| {
            let key = format!("schedule.failure.{}", failure.code);
            match locale.messages().get(&key) {
                Some(_) => locale.t(&key).to_string(),
                None => spoken(&failure.reason),
            }
        }),
        cancel: (waits && may_edit).then(|| format!("{base}/{}/cancel", one.id)),
    }
}

/// What a change will make of the product; of what is over, only what it said.
fn lines(change: &ScheduledPatch, own: &OwnListing, waits: bool, locale: Locale) -> Vec<ChangeLine> {
    let listing = &own.listing;
    let now = |text: String| if waits { text } else { String::new() };
    let mut lines = Vec::new();
    let mut line = |label: String, from: String, to: String| {
        lines.push(ChangeLine {
            label,
            from: now(from),
            to,
        });
    };
    let named = |key: &str| locale.t(key).to_string();
    let texts = [
        ("work.product_title", &listing.title, &change.title),
        ("work.description", &own.description, &change.description),
        ("attribute.brand", &listing.brand, &change.brand),
    ];
    for (key, from, to) in texts {
        if let Some(to) = to {
            line(named(key), from.clone(), to.clone());
        }
    }
    if let Some(tags) = &change.tags {
        line(named("work.tags"), listing.tags.join(", "), tags.join(", "));
    }
    if let Some(path) = &change.category {
        let from = listing.category.as_ref().map(|c| c.path.clone());
        line(named("facet.category"), from.unwrap_or_default(), path.clone());
    }
    if let Some(status) = change.status {
        let label = |status| products::status(status, locale).label;
        line(named("work.shown"), label(listing.status), label(status));
    }
    for price in &change.prices {
        let known = listing.variants.iter().find(|v| v.code == price.code);
        let of = |key: &str| locale.t(key).arg("code", &price.code).to_string();
        if let Some(to) = price.price {
            let from = known.map(|v| locale.money(v.price)).unwrap_or_default();
            line(of("history.price"), from, locale.money(to));
        }
        if let Some(to) = price.compare_at {
            let from = known.and_then(|v| v.compare_at);
            let from = from.map(|was| locale.money(was)).unwrap_or_default();
            line(of("history.old_price"), from, locale.money(to));
        }
        if let Some(sale) = &price.sale {
            let from = known.and_then(|v| v.sale.as_ref());
            let from = from.map(|sale| price_form::sale_text(sale, locale));
            let to = price_form::sale_text(sale, locale);
            line(of("history.sale"), from.unwrap_or_default(), to);
        }
        if let Some(breaks) = &price.breaks {
            let to = price_form::breaks_text(breaks, locale);
            let from = known.map(|v| price_form::breaks_text(&v.breaks, locale));
            line(of("history.breaks"), from.unwrap_or_default(), to);
        }
    }
    lines
}

pub async fn ask(
    State(shop): State<Shop>,
    Path(id): Path<ProductId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditCatalog)?;
    let own = shop.workbench.own_product(&visit.ctx, tenant, id).await?;
    let asked = match read(&posted, &own) {
        Ok((at, change)) => shop.schedule.schedule(&visit.ctx, tenant, id, at, change).await,
        Err(fault) => Err(fault),
    };
    match asked {
        Ok(_) => Ok(redirect_done(
            &format!("/seller/products/{id}/history"),
            "scheduled",
        )),
        Err(fault) if matches!(fault.kind, Kind::Internal | Kind::Unavailable | Kind::NotFound) => {
            Err(Failure(fault))
        }
        Err(fault) => history::show(&shop, visit, id, None, Some((&posted, &fault))).await,
    }
}

fn read(posted: &Posted, own: &OwnListing) -> Result<(DateTime, ScheduledPatch), Fault> {
    let said = |key: &str| posted.visit.locale.t(key).to_string();
    let at = NaiveDateTime::parse_from_str(posted.get("at"), TYPED)
        .map_err(|_| Fault::field("time_wrong", "at", said("refusal.time_wrong")))?;
    let some = |name: &str| Some(posted.get(name).to_owned()).filter(|text| !text.is_empty());
    let mut prices = Vec::new();
    for (index, variant) in own.listing.variants.iter().take(PRICES_MAX).enumerate() {
        let field = |name: &str| some(&format!("price.{index}.{name}"));
        let code = field("code").unwrap_or_else(|| variant.code.clone());
        let (fields, terms) = price_form::read(posted, index, variant.price.currency);
        let Some((sale, breaks)) = terms else {
            let wrong = [fields.price, fields.from, fields.until, fields.breaks];
            let why = wrong.into_iter().find_map(|field| field.error);
            return Err(Fault::field("price_wrong", "prices", why.unwrap_or_default()));
        };
        let read = |text: &str| {
            Money::parse(text, variant.price.currency)
                .map_err(|_| Fault::field("price_wrong", "prices", said("refusal.price")))
        };
        let change = PriceChange {
            code,
            price: field("price").as_deref().map(read).transpose()?,
            compare_at: field("compare_at").as_deref().map(read).transpose()?,
            sale: sale.said().cloned(),
            breaks: Some(breaks).filter(|breaks| !breaks.is_empty()),
        };
        // What is left empty stays as it is.
        let says_something = change.price.is_some()
            || change.compare_at.is_some()
            || change.sale.is_some()
            || change.breaks.is_some();
        if says_something {
            prices.push(change);
        }
    }
    let change = ScheduledPatch {
        title: some("title"),
        status: status_of(posted.get("status")),
        prices,
        ..ScheduledPatch::default()
    };
    Ok((at.and_utc(), change))
}

pub async fn cancel(
    State(shop): State<Shop>,
    Path((id, change)): Path<(ProductId, ScheduledChangeId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditCatalog)?;
    let page = format!("/seller/products/{id}/history");
    match shop.schedule.cancel(&visit.ctx, tenant, id, change).await {
        Ok(_) => Ok(redirect_done(&page, "schedule_cancelled")),
        Err(fault) => redirect_refused(&page, fault),
    }
}
