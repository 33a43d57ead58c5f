use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Admin, Json, Problem, ProblemDocument, Query, moment, perm};
use kernel::{Currency, DateTime, Fault, Money};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The moment to look at; now if absent.
    at: Option<DateTime>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct TrialBalance {
    at: DateTime,
    accounts: Vec<AccountBalance>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct AccountBalance {
    #[schema(example = "seller_payable")]
    account: String,
    /// Debit positive, credit negative. Over all accounts they sum to zero in each currency.
    balance: Money,
}

/// Reads every account's balance, now or at any past moment.
#[utoipa::path(
    get, path = "/v1/admin/ledger/trial-balance", tag = "ledger", operation_id = "trial_balance", params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, body = TrialBalance),
        (status = 400, body = ProblemDocument, description = "`parameter_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`permission_missing`, `wrong_audience`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ReadLedger>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<TrialBalance>, Problem> {
    let at = moment("at", parameters.at.unwrap_or(admin.ctx.now))?;
    let accounts = ledger
        .trial_balance(at)
        .await?
        .into_iter()
        .map(|row| {
            let currency: Currency = row.currency.parse().map_err(|_| Fault::internal())?;
            Ok(AccountBalance {
                account: row.account,
                balance: Money::new(row.balance, currency),
            })
        })
        .collect::<Result<_, Fault>>()?;
    Ok(Json(TrialBalance { at, accounts }))
}
