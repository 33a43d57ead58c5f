//! What went to shops' banks: by the day, and each.

use super::bar;
use crate::views::common::Link;
use crate::views::settlement::{BatchRow, OperatorPayoutsPage, PayoutRow};
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use crate::web::{Shop, payouts};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::TimeDelta;
use contracts::ledger::{PayoutBatch, PayoutQuery, PayoutState};
use kernel::{Cursor, PayoutId, Permission, TenantId};
use serde::Deserialize;
use std::collections::HashMap;

const PER_PAGE: u16 = 50;
/// Days of which the overview tells, and rows of it.
const BATCH_DAYS: i64 = 60;
const BATCHES_SHOWN: usize = 10;

#[derive(Deserialize)]
pub struct Filter {
    state: Option<String>,
    after: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ReadLedger)?;
    let (locale, path) = (visit.locale, "/operator/payouts");
    let state = filter.state.as_deref().and_then(payouts::state_of);
    let is_first = filter.after.is_none();
    let query = PayoutQuery {
        shop: None,
        state,
        after: filter.after.map(Cursor),
        limit: PER_PAGE,
    };
    let since = visit.ctx.now - TimeDelta::days(BATCH_DAYS);
    let (page, found, batches) = futures::join!(
        visit.keyed_page(&shop, "operator.payouts"),
        shop.settlement.payouts(&visit.ctx, query),
        async {
            match is_first {
                true => shop.settlement.batches(&visit.ctx, since).await,
                false => Ok(Vec::new()),
            }
        },
    );
    let found = found?;
    let mut ids: Vec<TenantId> = found.items.iter().map(|payout| payout.shop).collect();
    ids.sort_unstable();
    ids.dedup();
    // Names are for reading: without them the list still shows what went where.
    let shops = shop.tenants.shops(&visit.ctx, ids).await.unwrap_or_default();
    let names: HashMap<TenantId, String> = shops.into_iter().map(|s| (s.id, s.name)).collect();
    let may_look = visit.may(Permission::ApproveSellers);
    let may_note = visit.may(Permission::ManageLedger);
    let kept = state
        .map(|state| format!("state={}&", state.name()))
        .unwrap_or_default();
    let view = OperatorPayoutsPage {
        page,
        work: bar(&visit, path),
        tabs: payouts::tabs(path, state, locale),
        batches: batches?
            .iter()
            .take(BATCHES_SHOWN)
            .map(|batch| batch_row(batch, &visit))
            .collect(),
        payouts: found
            .items
            .iter()
            .map(|payout| PayoutRow {
                shop: names.get(&payout.shop).cloned().unwrap_or_default(),
                href: may_look.then(|| format!("/operator/shops/{}", payout.shop)),
                came_back: (may_note && payout.state == PayoutState::Paid)
                    .then(|| format!("{path}/{}/return", payout.id)),
                ..payouts::row(payout, &visit)
            })
            .collect(),
        more: found.next.map(|next| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{path}?{kept}after={}", encode(&next.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

/// The bank sent a paid payout back, and its provider does not say so by itself.
pub async fn came_back(
    State(shop): State<Shop>,
    Path(id): Path<PayoutId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let (reference, reason) = (posted.get("reference").to_owned(), posted.get("note").to_owned());
    let noted = shop
        .money_desk
        .payout_came_back(&visit.ctx, id, reference, reason)
        .await;
    match noted {
        Ok(_) => Ok(redirect_done("/operator/payouts", "payout_returned")),
        Err(fault) => redirect_refused("/operator/payouts", fault),
    }
}

fn batch_row(batch: &PayoutBatch, visit: &Visit) -> BatchRow {
    let locale = visit.locale;
    let some = |n: u64| match n {
        0 => String::new(),
        n => locale.number(n),
    };
    BatchRow {
        day: locale.date_short(batch.day),
        payouts: locale.number(batch.payouts),
        amount: locale.money(batch.amount),
        open: some(batch.open),
        broken: some(batch.broken),
    }
}
