//! What failed for good: an operator tries it again, or gives it up.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::dead_letters::{DecisionRow, FailureRow, OperatorDeadLettersPage};
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::notifications::{FailedWork, FailureAct, FailureDecision};
use kernel::{Cursor, Permission};
use serde::Deserialize;

const PATH: &str = "/operator/dead-letters";
const PER_PAGE: u16 = 20;
const DECISIONS: u16 = 20;

#[derive(Default, Deserialize)]
pub struct Filter {
    after: Option<String>,
}

/// What work is called, by the program's name for it.
const KNOWN: &[(&str, &str)] = &[
    ("checkout.mails", "failed.what.order_mail"),
    ("checkout.captures", "failed.what.capture"),
    ("messages.mails", "failed.what.message_mail"),
    ("notifications.mails", "failed.what.late_mail"),
    ("notifications.stock", "failed.what.stock_mail"),
    ("notifications.messages", "failed.what.text"),
    ("notifications.notices", "failed.what.notice"),
    ("catalog.uploads", "failed.what.upload"),
    ("catalog.undos", "failed.what.undo"),
    ("catalog.sales", "failed.what.sale"),
    ("catalog.scheduled_changes", "failed.what.scheduled"),
    ("catalog.stock", "failed.what.stock"),
    ("orders.unanswered_returns", "failed.what.return"),
    ("orders.parcels", "failed.what.parcel"),
    ("ledger.note_deliveries", "failed.what.settlement"),
    ("ledger.note_listings", "failed.what.listing_fee"),
    ("messages.note_purchases", "failed.what.purchase"),
    ("reviews.note_purchases", "failed.what.purchase"),
    ("search.popularity", "failed.what.search"),
    ("search.conversions", "failed.what.search"),
    ("tenants.sync_role", "failed.what.role"),
];

pub(super) fn what(name: &str, locale: Locale) -> String {
    let key = KNOWN.iter().find(|(known, _)| *known == name);
    locale
        .t(key.map_or("failed.what.unknown", |(_, key)| *key))
        .to_string()
}

fn row(failed: &FailedWork, locale: Locale) -> FailureRow {
    let href = |act: &str| format!("{PATH}/{}/{act}", encode(&failed.id));
    let behind = u64::from(failed.behind);
    FailureRow {
        what: what(&failed.name, locale),
        topic: failed.topic.clone(),
        name: failed.name.clone(),
        since: locale.date_time(failed.since.naive_utc()),
        attempts: locale
            .n("failed.attempts", u64::from(failed.attempts))
            .to_string(),
        error: failed.error.clone(),
        behind: (behind > 0).then(|| locale.n("failed.behind", behind).to_string()),
        retry: href("retry"),
        dismiss: href("dismiss"),
    }
}

fn decision(decided: &FailureDecision, locale: Locale) -> DecisionRow {
    let act = match decided.act {
        FailureAct::Retry => "failed.retried",
        FailureAct::Dismiss => "failed.dismissed",
    };
    let somebody = || locale.t("templates.somebody").to_string();
    DecisionRow {
        what: what(&decided.name, locale),
        act: locale.t(act).to_string(),
        who: decided.by.clone().unwrap_or_else(somebody),
        at: locale.date_time(decided.at.naive_utc()),
    }
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ManageSystem)?;
    let (page, found, decisions) = futures::join!(
        visit.keyed_page(&shop, "operator.dead_letters"),
        shop.dead_letters
            .failures(&visit.ctx, filter.after.map(Cursor), PER_PAGE),
        shop.dead_letters.decisions(&visit.ctx, DECISIONS)
    );
    let (found, locale) = (found?, visit.locale);
    let view = OperatorDeadLettersPage {
        page,
        work: bar(&visit, PATH),
        rows: found.items.iter().map(|failed| row(failed, locale)).collect(),
        decisions: decisions?
            .iter()
            .map(|decided| decision(decided, locale))
            .collect(),
        more: found.next.map(|next| {
            let href = format!("{PATH}?after={}", encode(&next.0));
            Link::new(locale.t("failed.more").to_string(), href)
        }),
    };
    Ok(visit.show(&shop, &view))
}

pub async fn retry(
    State(shop): State<Shop>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    decide(&shop, id, &posted, FailureAct::Retry).await
}

pub async fn dismiss(
    State(shop): State<Shop>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    decide(&shop, id, &posted, FailureAct::Dismiss).await
}

async fn decide(shop: &Shop, id: String, posted: &Posted, act: FailureAct) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    shop.dead_letters.decide(&visit.ctx, id, act).await?;
    Ok(redirect_done(PATH, "saved"))
}
