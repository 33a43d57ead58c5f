use super::view::{page, place};
use crate::app::Ledger;
use crate::store::entries::currency;
use crate::store::settlements::BreakRow;
use axum::extract::State;
use contracts::ledger::BreakKind;
use httpkit::{Admin, Json, Problem, ProblemDocument, Query, perm};
use kernel::{Actor, Cursor, DateTime, EntryId, Fault, Money, Page};
use serde::{Deserialize, Serialize};

/// Where a provider's file and the ledger disagree.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SettlementBreak {
    kind: BreakKind,
    /// The provider's; absent where no file mentions it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// `charge` or `refund`.
    of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<EntryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theirs: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ours: Option<Money>,
    at: DateTime,
    /// Names it where it is explained.
    #[serde(rename = "break")]
    place: String,
    /// What somebody found out about it; it counts for as long as both amounts stay what they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    explained: Option<BreakExplained>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct BreakExplained {
    note: String,
    #[schema(value_type = Object)]
    by: Actor,
    at: DateTime,
}

impl SettlementBreak {
    pub(super) fn new(row: BreakRow) -> Result<Self, Fault> {
        let currency = currency(&row.currency)?;
        let kind = row.kind();
        let money = |amount: Option<i64>| amount.map(|amount| Money::new(amount, currency));
        Ok(Self {
            kind,
            reference: Some(row.reference).filter(|r| !r.is_empty()),
            of: row.line_kind,
            entry: row.entry_id,
            theirs: money(row.theirs),
            ours: money(row.ours),
            at: row.at,
            place: row.place,
            explained: match (row.note, row.explained_by, row.explained_at) {
                (Some(note), Some(by), Some(at)) => Some(BreakExplained { note, by: by.0, at }),
                _ => None,
            },
        })
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Only those of this kind.
    #[param(inline)]
    kind: Option<BreakKind>,
    /// Only those that somebody has explained, or the others; the others if absent.
    explained: Option<bool>,
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Lists where payment providers' files and the ledger disagree.
#[utoipa::path(
    get, path = "/v1/admin/ledger/breaks", tag = "ledger", operation_id = "list_settlement_breaks",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of breaks", body = Page<SettlementBreak>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    _admin: Admin<perm::ReadLedger>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<SettlementBreak>>, Problem> {
    let place = place::<String>(parameters.after, parameters.limit)?;
    let kind = parameters.kind.map(BreakKind::name);
    let rows = ledger
        .breaks(
            kind,
            Some(parameters.explained.unwrap_or(false)),
            place.before.as_deref(),
            place.limit.plus_one(),
        )
        .await?;
    Ok(Json(page(
        rows,
        place.limit,
        |row| row.place.clone(),
        SettlementBreak::new,
    )?))
}
