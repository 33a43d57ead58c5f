use super::{NAME_CHARS_MAX, NOTE_CHARS_MAX, note, refused};
use crate::app::{NewRate, Taxes};
use crate::domain::WHOLE;
use crate::store::{RateRow, Wanted};
use axum::extract::State;
use axum::http::StatusCode;
use contracts::taxes as api;
use httpkit::{Admin, Json, PageQuery, Path, Problem, ProblemDocument, Query, moment, perm, text};
use kernel::{Actor, Cursor, DateTime, Fault, Page, TaxRateId};
use serde::{Deserialize, Serialize};

/// Characters of a region's or category's code.
const CODE_CHARS_MAX: usize = 40;

/// How much tax a region asks for a category. It is never changed: to change one, make another that `replaces` it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TaxRate {
    id: TaxRateId,
    #[schema(example = "ES")]
    region: String,
    #[schema(example = "standard")]
    category: String,
    /// As printed.
    #[schema(example = "IVA 21 %")]
    name: String,
    /// Millionths: 210000 is 21 %.
    #[schema(example = 210_000)]
    rate_millionths: i32,
    valid_from: DateTime,
    /// The first moment at which it does not hold any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<DateTime>,
    /// Where it is written.
    source: String,
    note: String,
    #[schema(value_type = Object)]
    made_by: Actor,
    made_at: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    ended_by: Option<Actor>,
    /// When somebody ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_note: Option<String>,
}

impl From<RateRow> for TaxRate {
    fn from(row: RateRow) -> Self {
        Self {
            id: row.id,
            region: row.region,
            category: row.category,
            name: row.name,
            rate_millionths: row.millionths,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            source: row.source,
            note: row.note,
            made_by: row.made_by.0,
            made_at: row.made_at,
            ended_by: row.ended_by.map(|by| by.0),
            ended_at: row.ended_at,
            end_note: row.end_note,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Only those of one region.
    #[param(min_length = 1, max_length = 40, example = "ES")]
    region: Option<String>,
    /// Only those of one category.
    #[param(min_length = 1, max_length = 40, example = "standard")]
    category: Option<String>,
    /// Only those that hold at this moment.
    at: Option<DateTime>,
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTaxRate {
    #[schema(example = "ES-CE", min_length = 1, max_length = 40)]
    region: String,
    #[schema(example = "standard", min_length = 1, max_length = 40)]
    category: String,
    /// As printed.
    #[schema(example = "IPSI 10 %", min_length = 1, max_length = 80)]
    name: String,
    /// Millionths: 100000 is 10 %.
    #[schema(minimum = 0, maximum = 1_000_000, example = 100_000)]
    rate_millionths: u32,
    /// At least ten seconds ahead, which is also what is meant if it is absent.
    #[serde(default)]
    valid_from: Option<DateTime>,
    /// The first moment at which it does not hold any more; it holds until somebody ends it, if absent.
    #[serde(default)]
    valid_until: Option<DateTime>,
    /// A rate that ends when this one begins.
    #[serde(default)]
    replaces: Option<TaxRateId>,
    /// Where it is written.
    #[schema(min_length = 1, max_length = 500)]
    source: String,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

impl From<api::NewTaxRate> for NewTaxRate {
    fn from(new: api::NewTaxRate) -> Self {
        Self {
            region: new.region,
            category: new.category,
            name: new.name,
            rate_millionths: new.millionths,
            valid_from: None,
            valid_until: None,
            replaces: new.replaces,
            source: new.source,
            note: new.note,
        }
    }
}

impl NewTaxRate {
    pub fn read(self) -> Result<NewRate, Fault> {
        if self.rate_millionths > WHOLE {
            return Err(refused("/rate_millionths", "Give 0 to 1000000 millionths."));
        }
        Ok(NewRate {
            region: text::line("/region", &self.region, CODE_CHARS_MAX)?,
            category: text::line("/category", &self.category, CODE_CHARS_MAX)?,
            name: text::line("/name", &self.name, NAME_CHARS_MAX)?,
            millionths: self.rate_millionths,
            valid_from: self.valid_from.map(|at| moment("/valid_from", at)).transpose()?,
            valid_until: self
                .valid_until
                .map(|at| moment("/valid_until", at))
                .transpose()?,
            replaces: self.replaces,
            source: text::line("/source", &self.source, NOTE_CHARS_MAX)?,
            note: note(&self.note)?,
        })
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxRateEnd {
    /// At least ten seconds ahead, which is also what is meant if it is absent. A rate that has not begun by then never
    /// holds.
    #[serde(default)]
    at: Option<DateTime>,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Lists tax rates, ended ones too, in an order that stays.
#[utoipa::path(
    get, path = "/v1/admin/tax/rates", tag = "taxes", operation_id = "list_tax_rates",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of rates", body = Page<TaxRate>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(taxes): State<Taxes>,
    _admin: Admin<perm::ReadLedger>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<TaxRate>>, Problem> {
    let page = PageQuery {
        after: parameters.after,
        limit: parameters.limit,
    };
    let limit = page.limit()?;
    let wrong = || {
        Fault::field(
            "cursor_invalid",
            "after",
            "`after` must be `next` of the page before, as it was given.",
        )
    };
    let after = page.after.map(|cursor| cursor.0.parse().map_err(|_| wrong()));
    let code = |field, given: Option<String>| {
        given
            .map(|given| text::line(field, &given, CODE_CHARS_MAX))
            .transpose()
    };
    let wanted = Wanted {
        region: code("region", parameters.region)?,
        category: code("category", parameters.category)?,
        at: parameters.at.map(|at| moment("at", at)).transpose()?,
        after: after.transpose()?,
    };
    let mut rows = taxes.rates(&wanted, limit.plus_one()).await?;
    let has_more = rows.len() > limit.get();
    rows.truncate(limit.get());
    let next = rows
        .last()
        .filter(|_| has_more)
        .map(|row| Cursor(row.id.to_string()));
    let items = rows.into_iter().map(TaxRate::from).collect();
    Ok(Json(Page { items, next }))
}

/// Makes a tax rate. At every moment one holds for a region and category. Orders keep what they were taxed when they were
/// placed.
#[utoipa::path(
    post, path = "/v1/admin/tax/rates", tag = "taxes", operation_id = "make_tax_rate",
    request_body = NewTaxRate,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It is made", body = TaxRate),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such region or category, or no such rate to replace", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`rate_holds`: another holds in some of that time; `rate_ended`: the one to replace has an end already; `too_many`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn make(
    State(taxes): State<Taxes>,
    admin: Admin<perm::ManageLedger>,
    Json(request): Json<NewTaxRate>,
) -> Result<(StatusCode, Json<TaxRate>), Problem> {
    let row = taxes.make_rate(&admin.ctx, request.read()?).await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// Ends a tax rate. An end is not changed.
#[utoipa::path(
    post, path = "/v1/admin/tax/rates/{id}/end", tag = "taxes", operation_id = "end_tax_rate",
    params(("id" = TaxRateId, Path, description = "The rate")),
    request_body = TaxRateEnd,
    security(("bearer" = [])),
    responses(
        (status = 200, body = TaxRate),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such rate", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`rate_ended`: it has an end already", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn end(
    State(taxes): State<Taxes>,
    admin: Admin<perm::ManageLedger>,
    Path(id): Path<TaxRateId>,
    Json(request): Json<TaxRateEnd>,
) -> Result<Json<TaxRate>, Problem> {
    let at = request.at.map(|at| moment("/at", at)).transpose()?;
    let note = note(&request.note)?;
    let row = taxes.end_rate(&admin.ctx, id, at, &note).await?;
    Ok(Json(row.into()))
}
