use crate::app::{Ledger, Terms};
use crate::domain::Schedule;
use crate::error::Error;
use axum::extract::State;
use chrono::NaiveDate;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};
use kernel::Money;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayoutEvery {
    Daily,
    Weekly,
    Monthly,
    /// Only when the shop asks.
    Manual,
}

/// When a shop is paid. Days are those of UTC.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PayoutTerms {
    schedule: PayoutEvery,
    /// 1 is Monday, of a weekly schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    weekday: Option<u8>,
    /// Of a monthly schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    month_day: Option<u8>,
    /// The least that is paid out, per currency; anything in currencies that are not named.
    minimums: Vec<Money>,
    /// Days between delivery and release.
    hold_days: i16,
    /// Hundredths of a percent of each sale that are reserved.
    reserve_basis_points: i32,
    /// For how many days they are.
    reserve_days: i16,
    /// The plan by which commission rules name the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    /// The next day on which the shop is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_on: Option<NaiveDate>,
}

impl PayoutTerms {
    pub fn new(terms: Terms) -> Self {
        let (schedule, weekday, month_day) = match terms.schedule {
            Schedule::Daily => (PayoutEvery::Daily, None, None),
            Schedule::Weekly { weekday } => (PayoutEvery::Weekly, Some(weekday), None),
            Schedule::Monthly { day } => (PayoutEvery::Monthly, None, Some(day)),
            Schedule::Manual => (PayoutEvery::Manual, None, None),
        };
        Self {
            schedule,
            weekday,
            month_day,
            minimums: terms.minimums,
            hold_days: terms.hold_days,
            reserve_basis_points: terms.reserve_bp,
            reserve_days: terms.reserve_days,
            plan: terms.plan,
            next_on: terms.next_on,
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutSchedule {
    schedule: PayoutEvery,
    /// 1 (Monday) to 7 (Sunday); weekly schedules need it.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 7)]
    weekday: Option<u8>,
    /// 1 to 28; monthly schedules need it.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 28)]
    month_day: Option<u8>,
    /// Replace those there were.
    #[serde(default)]
    #[schema(max_items = 200)]
    minimums: Vec<Money>,
}

/// Changes when the shop is paid, and the least that is.
#[utoipa::path(
    put, path = "/v1/seller/payout-schedule", tag = "ledger", operation_id = "put_payout_schedule",
    request_body = PutSchedule,
    security(("bearer" = [])),
    responses(
        (status = 200, body = PayoutTerms),
        (status = 400, description = "`json_malformed`, `schedule_invalid`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::EditShop>,
    Json(request): Json<PutSchedule>,
) -> Result<Json<PayoutTerms>, Problem> {
    let schedule = match request.schedule {
        PayoutEvery::Daily => Schedule::Daily,
        PayoutEvery::Weekly => Schedule::weekly(request.weekday.unwrap_or(0)).map_err(Error::from)?,
        PayoutEvery::Monthly => Schedule::monthly(request.month_day.unwrap_or(0)).map_err(Error::from)?,
        PayoutEvery::Manual => Schedule::Manual,
    };
    let terms = ledger
        .set_terms(&seller.ctx, seller.tenant, schedule, &request.minimums)
        .await?;
    Ok(Json(PayoutTerms::new(terms)))
}
