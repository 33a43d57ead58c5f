//! All shops' orders: found by number, e-mail, tracking number, the provider's reference or shop; by how they stand and when.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_orders::{FoundRow, OperatorOrdersPage};
use crate::views::page::Tone;
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::saved_views;
use crate::web::visit::{Visit, encode, redirect};
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{Days, NaiveDate, NaiveTime};
use contracts::orders::{FoundOrder, OrderSearch, OrderStanding};
use contracts::saved_views::ViewTable;
use contracts::tenants::Shop as Seller;
use kernel::{Cursor, DateTime, OrderId, Page, Permission};
use serde::Deserialize;

pub(super) const PATH: &str = "/operator/orders";
const PER_PAGE: u16 = 50;
const WORDS_CHARS_MAX: usize = 120;

#[derive(Default, Deserialize)]
pub struct Asked {
    q: Option<String>,
    shop: Option<String>,
    state: Option<String>,
    from: Option<String>,
    until: Option<String>,
    after: Option<String>,
}

/// A day, and the moment of it that bounds the list.
pub(super) fn bound(asked: Option<&str>, later_by: u64, visit: &Visit) -> (Field, Option<DateTime>) {
    let Some(text) = asked.filter(|text| !text.is_empty()) else {
        return (Field::default(), None);
    };
    let day = text.parse::<NaiveDate>().ok();
    match day.and_then(|day| day.checked_add_days(Days::new(later_by))) {
        Some(day) => (Field::of(text), Some(day.and_time(NaiveTime::MIN).and_utc())),
        None => (
            Field::wrong(text, visit.locale.t("ledger.moment_wrong").to_string()),
            None,
        ),
    }
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ReadAnyOrder)?;
    let locale = visit.locale;
    let words: String = asked
        .q
        .as_deref()
        .unwrap_or_default()
        .trim()
        .chars()
        .take(WORDS_CHARS_MAX)
        .collect();
    let state = asked.state.as_deref().unwrap_or_default();
    let standing = OrderStanding::ALL.into_iter().find(|one| one.name() == state);
    let (from, since) = bound(asked.from.as_deref(), 0, &visit);
    // The whole of that day.
    let (until, before) = bound(asked.until.as_deref(), 1, &visit);
    let slug = asked.shop.as_deref().filter(|slug| !slug.is_empty());
    let mut seller = match slug {
        Some(slug) => shop.tenants.shop_by_slug(&visit.ctx, slug.to_owned()).await?,
        None => None,
    };
    // An address that names no shop shows nothing rather than everybody's.
    let is_unknown = slug.is_some() && seller.is_none();
    let search = OrderSearch {
        words: (!words.is_empty()).then(|| words.clone()),
        shop: seller.as_ref().map(|seller| seller.id),
        standing,
        from: since,
        until: before,
        // A cursor that is none shows the first page.
        after: asked.after.filter(|id| id.parse::<OrderId>().is_ok()).map(Cursor),
        limit: PER_PAGE,
    };
    let mut found = Page {
        items: Vec::new(),
        next: None,
    };
    if !is_unknown {
        found = shop.market_desk.find(&visit.ctx, search.clone()).await?;
    }
    let is_first = search.after.is_none();
    // What is no order's may be a shop's name.
    if found.items.is_empty() && seller.is_none() && !words.is_empty() && is_first {
        seller = shop.tenants.shop_by_slug(&visit.ctx, slug_of(&words)).await?;
        if let Some(seller) = &seller {
            let of_shop = OrderSearch {
                words: None,
                shop: Some(seller.id),
                ..search.clone()
            };
            found = shop.market_desk.find(&visit.ctx, of_shop).await?;
        }
    }
    if let ([one], true, true) = (found.items.as_slice(), !words.is_empty(), is_first)
        && seller.is_none()
    {
        return Ok(redirect(&format!("{PATH}/{}", one.order.number)));
    }
    let page = saved_views::page(&shop, &visit, "operator.orders", ViewTable::Orders).await;
    let words = if seller.is_some() && slug.is_none() {
        String::new()
    } else {
        words
    };
    let kept = kept(&words, seller.as_ref(), state, &from, &until);
    let view = OperatorOrdersPage {
        page,
        work: bar(&visit, PATH),
        is_narrowed: !kept.is_empty(),
        states: states(state, locale),
        shop: seller.map(|seller| Link::new(seller.name, PATH)),
        rows: found.items.iter().map(|one| row(one, locale)).collect(),
        more: found.next.map(|next| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{PATH}?{kept}after={}", encode(&next.0)),
            )
        }),
        words,
        from,
        until,
    };
    Ok(visit.show(&shop, &view))
}

/// As shops' addresses are written.
pub(super) fn slug_of(words: &str) -> String {
    let plain = |sign: char| match sign {
        'á' | 'à' | 'â' => 'a',
        'é' | 'è' | 'ê' => 'e',
        'í' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        sign if sign.is_ascii_alphanumeric() => sign,
        _ => ' ',
    };
    let words: String = words.to_lowercase().chars().map(plain).collect();
    words.split_whitespace().collect::<Vec<_>>().join("-")
}

/// What the address keeps from page to page.
fn kept(words: &str, seller: Option<&Seller>, state: &str, from: &Field, until: &Field) -> String {
    let slug = seller.map(|seller| seller.slug.as_str()).unwrap_or_default();
    [
        ("q", words),
        ("shop", slug),
        ("state", state),
        ("from", &from.value),
        ("until", &until.value),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format!("{name}={}&", encode(value)))
    .collect()
}

fn states(current: &str, locale: Locale) -> Vec<Choice> {
    let all = Choice::new("", locale.t("desk.any_state").to_string());
    let of = |standing: OrderStanding| Choice::new(standing.name(), status(standing, locale).label);
    let choices = std::iter::once(all).chain(OrderStanding::ALL.map(of));
    Choice::select(choices.collect(), current)
}

pub(super) fn status(standing: OrderStanding, locale: Locale) -> Status {
    let (key, tone) = match standing {
        OrderStanding::Unpaid => ("desk.unpaid", Tone::Warn),
        OrderStanding::ToSend => ("desk.to_send", Tone::Calm),
        OrderStanding::OnItsWay => ("desk.on_its_way", Tone::Calm),
        OrderStanding::Delivered => ("desk.delivered", Tone::Good),
        OrderStanding::Cancelled => ("desk.cancelled", Tone::Bad),
    };
    Status {
        label: locale.t(key).to_string(),
        tone,
    }
}

fn row(found: &FoundOrder, locale: Locale) -> FoundRow {
    let order = &found.order;
    let pieces = locale.n("count.pieces", u64::from(order.units));
    let shops = locale.n("desk.shops", u64::from(order.sellers));
    FoundRow {
        number: order.number.clone(),
        href: format!("{PATH}/{}", order.number),
        status: status(found.standing, locale),
        placed: locale.date_time_short(order.placed_at.naive_utc()),
        email: found.email.clone(),
        contents: format!("{pieces} · {shops}"),
        total: locale.money(order.total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shops_name_leads_to_its_address() {
        assert_eq!(slug_of(" Alfarería Tres  Hornos "), "alfareria-tres-hornos");
        assert_eq!(slug_of("Niño & Cía."), "nino-cia");
        assert_eq!(slug_of("¿?"), "");
    }
}
