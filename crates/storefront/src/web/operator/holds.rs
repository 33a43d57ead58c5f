//! Shops' money that is held back: placed with a reason and a day, and let go before its time.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_money::{HeldRow, HoldFields, OperatorHoldsPage};
use crate::views::page::Tone;
use crate::views::work::{Section, Status};
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::{NaiveDate, NaiveTime};
use contracts::ledger::{HoldReason, HoldState, PlaceShopHold, ShopHold};
use contracts::tenants::Shop as Seller;
use kernel::{Currency, Cursor, DateTime, Fault, HoldId, Money, Permission, TenantId};
use serde::Deserialize;

const PATH: &str = "/operator/holds";
const PER_PAGE: u16 = 50;
const STATES: [(&str, HoldState); 3] = [
    ("settlement.held", HoldState::Held),
    ("settlement.released", HoldState::Released),
    ("settlement.given_back", HoldState::Refunded),
];
/// Those that an operator gives; sales are held by themselves.
const REASONS: [HoldReason; 3] = [HoldReason::Manual, HoldReason::Dispute, HoldReason::Reserve];

#[derive(Default, Deserialize)]
pub struct Filter {
    state: Option<String>,
    after: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    show(&shop, &visit, filter, None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    filter: Filter,
    left: Option<(&Posted, &Fault)>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ReadLedger)?;
    let locale = visit.locale;
    let wanted = filter.state.unwrap_or_default();
    let state = STATES
        .iter()
        .map(|(_, state)| *state)
        .find(|state| state.name() == wanted);
    // A cursor that is none shows the first page.
    let after = filter.after.filter(|id| id.parse::<HoldId>().is_ok()).map(Cursor);
    let (page, found) = futures::join!(
        visit.keyed_page(shop, "operator.holds"),
        shop.money_desk.all_holds(&visit.ctx, state, after, PER_PAGE),
    );
    let found = found?;
    let mut ids: Vec<TenantId> = found.items.iter().map(|hold| hold.shop).collect();
    ids.sort_unstable();
    ids.dedup();
    // Names are for reading: without them the list still says what is held.
    let sellers = shop.tenants.shops(&visit.ctx, ids).await.unwrap_or_default();
    let kept = state
        .map(|state| format!("state={}&", state.name()))
        .unwrap_or_default();
    let may = visit.may(Permission::ManageLedger);
    let view = OperatorHoldsPage {
        page,
        work: bar(visit, PATH),
        tabs: tabs(state, locale),
        rows: found
            .items
            .iter()
            .map(|hold| row(hold, &sellers, visit))
            .collect(),
        more: found.next.map(|next| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{PATH}?{kept}after={}", encode(&next.0)),
            )
        }),
        form: may.then(|| fields(left, visit)),
    };
    Ok(visit.show(shop, &view))
}

fn tabs(current: Option<HoldState>, locale: Locale) -> Vec<Section> {
    let all = Section {
        link: Link::new(locale.t("work.all").to_string(), PATH),
        current: current.is_none(),
    };
    let of = |(key, state): (&str, HoldState)| Section {
        link: Link::new(
            locale.t(key).to_string(),
            format!("{PATH}?state={}", state.name()),
        ),
        current: current == Some(state),
    };
    std::iter::once(all).chain(STATES.map(of)).collect()
}

fn row(hold: &ShopHold, sellers: &[Seller], visit: &Visit) -> HeldRow {
    let locale = visit.locale;
    let day = |at: DateTime| locale.date_short(at.date_naive());
    let (key, tone, until) = match hold.state {
        HoldState::Held => ("settlement.held", Tone::Warn, hold.release_at),
        HoldState::Released => ("settlement.released", Tone::Good, hold.ended_at),
        HoldState::Refunded => ("settlement.given_back", Tone::Calm, hold.ended_at),
    };
    let seller = sellers.iter().find(|seller| seller.id == hold.shop);
    let is_open = hold.state == HoldState::Held;
    let notes = [Some(hold.note.clone()), hold.end_note.clone()];
    let notes: Vec<String> = notes
        .into_iter()
        .flatten()
        .filter(|note| !note.is_empty())
        .collect();
    HeldRow {
        id: format!("hold-{}", hold.id),
        shop: Link::new(
            seller.map(|seller| seller.name.clone()).unwrap_or_default(),
            match visit.may(Permission::ApproveSellers) {
                true => format!("/operator/shops/{}", hold.shop),
                false => String::new(),
            },
        ),
        reason: locale
            .t(&format!("hold.reason.{}", hold.reason.name()))
            .to_string(),
        note: notes.join(" · "),
        placed: day(hold.placed_at),
        until: until.map_or_else(|| locale.t("settlement.until_lifted").to_string(), day),
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
        amount: locale.money(hold.amount),
        remaining: match is_open && hold.remaining != hold.amount {
            true => locale
                .t("holds.left")
                .arg("amount", locale.money(hold.remaining))
                .to_string(),
            false => String::new(),
        },
        lift: (is_open && visit.may(Permission::ManageLedger)).then(|| format!("{PATH}/{}/lift", hold.id)),
    }
}

fn fields(left: Option<(&Posted, &Fault)>, visit: &Visit) -> HoldFields {
    let locale = visit.locale;
    let field = |name: &str, pointer: &str| match left {
        Some((posted, fault)) => Field {
            value: posted.get(name).to_owned(),
            error: visit.tell_field(fault, pointer),
        },
        None => Field::default(),
    };
    let stood = |name: &str, usual: &str| match left {
        Some((posted, _)) => posted.get(name).to_owned(),
        None => usual.to_owned(),
    };
    let currencies = Currency::all().map(|currency| Choice::new(currency.code(), currency.code().to_owned()));
    let reasons = REASONS.map(|reason| {
        let said = locale.t(&format!("hold.reason.{}", reason.name()));
        Choice::new(reason.name(), said.to_string())
    });
    HoldFields {
        refused: left
            .filter(|(_, fault)| fault.fields.is_empty())
            .map(|(_, fault)| visit.tell(fault)),
        shop: field("shop", "/shop"),
        amount: field("amount", "/amount"),
        currencies: Choice::select(currencies.collect(), &stood("currency", Currency::EUR.code())),
        reasons: Choice::select(reasons.into(), &stood("reason", HoldReason::Manual.name())),
        until: field("until", "/release_at"),
        note: field("note", "/note"),
    }
}

/// The shop of an address or of a name that is written as its address.
pub(super) async fn shop_named(shop: &Shop, visit: &Visit, words: &str) -> Result<Seller, Fault> {
    let slug = super::orders::slug_of(words);
    let found = match slug.is_empty() {
        true => None,
        false => shop.tenants.shop_by_slug(&visit.ctx, slug).await?,
    };
    found.ok_or_else(|| {
        let said = visit.locale.t("holds.no_shop").to_string();
        Fault::field("shop_unknown", "/shop", said)
    })
}

async fn read(shop: &Shop, posted: &Posted) -> Result<PlaceShopHold, Fault> {
    let visit = &posted.visit;
    let said =
        |code: &str, pointer: &str, key: &str| Fault::field(code, pointer, visit.locale.t(key).to_string());
    let seller = shop_named(shop, visit, posted.get("shop")).await?;
    let currency: Currency = posted.get("currency").parse().unwrap_or(Currency::EUR);
    let amount = Money::parse(posted.get("amount"), currency)
        .ok()
        .filter(|amount| amount.amount > 0)
        .ok_or_else(|| said("amount_invalid", "/amount", "refusal.amount_invalid"))?;
    let release_at = match posted.get("until") {
        "" => None,
        day => Some(
            day.parse::<NaiveDate>()
                .map(|day| day.and_time(NaiveTime::MIN).and_utc())
                .map_err(|_| said("day_invalid", "/release_at", "refusal.day_invalid"))?,
        ),
    };
    let reason = REASONS
        .into_iter()
        .find(|reason| reason.name() == posted.get("reason"));
    Ok(PlaceShopHold {
        shop: seller.id,
        amount,
        reason: reason.unwrap_or(HoldReason::Manual),
        note: posted.get("note").to_owned(),
        release_at,
    })
}

pub async fn place(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let placed = match read(&shop, &posted).await {
        Ok(new) => shop.money_desk.place_hold(&visit.ctx, new).await,
        Err(fault) => Err(fault),
    };
    match placed {
        Ok(_) => Ok(redirect_done(PATH, "hold_placed")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => show(&shop, visit, Filter::default(), Some((&posted, &fault))).await,
    }
}

pub async fn lift(
    State(shop): State<Shop>,
    Path(id): Path<HoldId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let lifted = shop
        .money_desk
        .lift_hold(&visit.ctx, id, posted.get("note").to_owned())
        .await;
    match lifted {
        Ok(_) => Ok(redirect_done(PATH, "hold_lifted")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}
