//! How holds and payouts look from outside, and their lists' pages.

use crate::domain::HoldReason;
use crate::store::entries::currency;
use crate::store::holds::HoldRow;
use crate::store::payouts::PayoutRow;
pub use contracts::ledger::HoldState;
use httpkit::PageQuery;
use kernel::{Actor, Cursor, DateTime, Fault, HoldId, Money, Page, PageLimit, PayoutId, TenantId};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use uuid::Uuid;

/// Money of a shop that is held back.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Hold {
    id: HoldId,
    shop: TenantId,
    reason: HoldReason,
    amount: Money,
    /// What is still held of it: refunds take from it.
    remaining: Money,
    state: HoldState,
    /// The order of a sale; otherwise the hold itself.
    reference: Uuid,
    note: String,
    placed_at: DateTime,
    /// When it ends by itself; absent if somebody has to lift it.
    #[serde(skip_serializing_if = "Option::is_none")]
    release_at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_note: Option<String>,
    /// Who placed it; operators see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    placed_by: Option<Actor>,
    /// Who lifted it; operators see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    ended_by: Option<Actor>,
}

fn word<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Fault> {
    serde_json::from_value(text.into()).map_err(|_| Fault::internal())
}

impl Hold {
    /// As an operator sees it.
    pub fn for_operator(row: HoldRow) -> Result<Self, Fault> {
        let currency = currency(&row.currency)?;
        Ok(Self {
            id: row.id,
            shop: row.tenant_id,
            reason: word(&row.reason)?,
            amount: Money::new(row.amount, currency),
            remaining: Money::new(row.remaining, currency),
            state: word(&row.state)?,
            reference: row.reference,
            note: row.note,
            placed_at: row.placed_at,
            release_at: row.release_at,
            ended_at: row.ended_at,
            end_note: row.end_note,
            placed_by: Some(row.placed_by.0),
            ended_by: row.ended_by.map(|actor| actor.0),
        })
    }

    /// As its shop sees it: not who of the operator's staff did it, nor what they noted.
    pub fn for_seller(row: HoldRow) -> Result<Self, Fault> {
        Ok(Self {
            placed_by: None,
            ended_by: None,
            note: String::new(),
            end_note: None,
            ..Self::for_operator(row)?
        })
    }
}

/// Money on its way to a shop's bank.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Payout {
    id: PayoutId,
    shop: TenantId,
    amount: Money,
    /// The day on which its period ended, or `asked:` and the key it was asked for with.
    #[schema(example = "2026-11-16")]
    period: String,
    state: crate::domain::PayoutState,
    created_at: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_at: Option<DateTime>,
    /// The provider's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// Why it failed or came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Payout {
    pub fn new(row: PayoutRow) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            shop: row.tenant_id,
            amount: Money::new(row.amount, currency(&row.currency)?),
            period: row.period,
            state: word(&row.state)?,
            created_at: row.created_at,
            paid_at: row.paid_at,
            reference: row.provider_reference,
            reason: row.reason,
        })
    }
}

/// A payout and what happened to it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PayoutHistory {
    #[serde(flatten)]
    payout: Payout,
    history: Vec<PayoutEvent>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct PayoutEvent {
    version: i32,
    /// `created`, `unanswered`, `not_received`, `paid`, `failed`, `returned`.
    name: String,
    detail: String,
    at: DateTime,
}

impl PayoutHistory {
    pub fn new(view: crate::app::PayoutView) -> Result<Self, Fault> {
        let history = view.history.into_iter().map(|event| PayoutEvent {
            version: event.version,
            name: event.name,
            detail: event.detail,
            at: event.at,
        });
        Ok(Self {
            payout: Payout::new(view.payout)?,
            history: history.collect(),
        })
    }
}

/// Where a list reads on, and how far.
pub struct Place<Id> {
    pub before: Option<Id>,
    pub limit: PageLimit,
}

/// Reads a list's `after` and `limit`.
pub fn place<Id: FromStr>(after: Option<Cursor>, limit: Option<u16>) -> Result<Place<Id>, Fault> {
    let page = PageQuery { after, limit };
    let limit = page.limit()?;
    let before = page
        .after
        .map(|cursor| {
            let place = Some(cursor.0).filter(|cursor| !cursor.is_empty());
            place.and_then(|place| place.parse().ok()).ok_or_else(|| {
                Fault::field(
                    "cursor_invalid",
                    "after",
                    "`after` must be `next` of the page before, as it was given.",
                )
            })
        })
        .transpose()?;
    Ok(Place { before, limit })
}

/// The page of what was read, one row more than asked for if there is a next one.
pub fn page<Row, T>(
    mut rows: Vec<Row>,
    limit: PageLimit,
    cursor: impl Fn(&Row) -> String,
    view: impl Fn(Row) -> Result<T, Fault>,
) -> Result<Page<T>, Fault> {
    let has_more = rows.len() > limit.get();
    rows.truncate(limit.get());
    let next = rows.last().filter(|_| has_more).map(|row| Cursor(cursor(row)));
    let items = rows.into_iter().map(view).collect::<Result<_, _>>()?;
    Ok(Page { items, next })
}
