use super::{NAME_CHARS_MAX, note, refused};
use crate::app::{NewRegion, Taxes};
use crate::domain::Region;
use crate::store::RegionRow;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::taxes as api;
use httpkit::{Admin, Json, Problem, ProblemDocument, perm, text};
use kernel::{Actor, DateTime, Fault, geo};
use serde::{Deserialize, Serialize};

/// Places that a region may name.
const PLACES_MAX: usize = 500;
/// Characters with which a postcode may begin.
const POSTCODE_CHARS_MAX: usize = 12;

/// A part of the world with taxes of its own.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TaxRegion {
    #[schema(example = "ES-CN")]
    code: String,
    #[schema(example = "Canary Islands")]
    name: String,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "ES")]
    country: String,
    /// ISO 3166-2. With no provinces and no postcodes it is what no other region has of its country.
    #[schema(example = json!(["ES-GC", "ES-TF"]))]
    provinces: Vec<String>,
    /// What postcodes begin with. The longest that fits is chosen, before provinces.
    postcodes: Vec<String>,
    note: String,
    #[schema(value_type = Object)]
    made_by: Actor,
    made_at: DateTime,
}

impl From<RegionRow> for TaxRegion {
    fn from(row: RegionRow) -> Self {
        Self {
            code: row.code,
            name: row.name,
            country: row.country,
            provinces: row.provinces,
            postcodes: row.postcodes,
            note: row.note,
            made_by: row.made_by.0,
            made_at: row.made_at,
        }
    }
}

/// Every tax region.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TaxRegions {
    items: Vec<TaxRegion>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTaxRegion {
    /// The country's code, and of a part of it a dash and up to 12 capitals or digits.
    #[schema(example = "PT-30", min_length = 2, max_length = 15)]
    code: String,
    #[schema(example = "Madeira", min_length = 1, max_length = 80)]
    name: String,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "PT", min_length = 2, max_length = 2)]
    country: String,
    /// ISO 3166-2.
    #[serde(default)]
    #[schema(max_items = 500, example = json!(["PT-30"]))]
    provinces: Vec<String>,
    /// What postcodes begin with.
    #[serde(default)]
    #[schema(max_items = 500)]
    postcodes: Vec<String>,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

impl From<api::NewTaxRegion> for NewTaxRegion {
    fn from(new: api::NewTaxRegion) -> Self {
        Self {
            code: new.region.code,
            name: new.region.name,
            country: new.region.country,
            provinces: new.region.provinces,
            postcodes: new.region.postcodes,
            note: new.note,
        }
    }
}

impl NewTaxRegion {
    pub fn read(self) -> Result<NewRegion, Fault> {
        let note = note(&self.note)?;
        if geo::country(&self.country).is_none() {
            return Err(refused(
                "/country",
                "Give a country's code of ISO 3166-1, such as `PT`.",
            ));
        }
        let part = self.code.strip_prefix(self.country.as_str());
        let sound = |part: &str| {
            let own = part.strip_prefix('-').unwrap_or_default();
            let is_sign = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
            part.is_empty() || ((1..=12).contains(&own.len()) && own.chars().all(is_sign))
        };
        if !part.is_some_and(sound) {
            return Err(refused(
                "/code",
                "Give the country's code, and of a part of it a dash and up to 12 capitals or digits.",
            ));
        }
        if self.provinces.len() > PLACES_MAX || self.postcodes.len() > PLACES_MAX {
            let field = if self.provinces.len() > PLACES_MAX {
                "/provinces"
            } else {
                "/postcodes"
            };
            return Err(refused(field, "Name at most 500 places."));
        }
        let of_country =
            |code: &String| geo::subdivision(code).is_some_and(|known| known.country == self.country);
        if !self.provinces.iter().all(of_country) {
            return Err(refused(
                "/provinces",
                "Give codes of ISO 3166-2 that lie in the country.",
            ));
        }
        let is_sign = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ' ' || c == '-';
        let start =
            |code: &String| (1..=POSTCODE_CHARS_MAX).contains(&code.len()) && code.chars().all(is_sign);
        if !self.postcodes.iter().all(start) {
            return Err(refused(
                "/postcodes",
                "Give what postcodes begin with: 1 to 12 capitals, digits, spaces or dashes.",
            ));
        }
        Ok(NewRegion {
            region: Region {
                name: text::line("/name", &self.name, NAME_CHARS_MAX)?,
                code: self.code,
                country: self.country,
                provinces: self.provinces,
                postcodes: self.postcodes,
            },
            note,
        })
    }
}

/// Lists the tax regions by their codes: at most 2000.
#[utoipa::path(
    get, path = "/v1/admin/tax/regions", tag = "taxes", operation_id = "list_tax_regions",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All of them", body = TaxRegions),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(taxes): State<Taxes>,
    _admin: Admin<perm::ReadLedger>,
) -> Result<Json<TaxRegions>, Problem> {
    let rows = taxes.regions().await?;
    Ok(Json(TaxRegions {
        items: rows.into_iter().map(TaxRegion::from).collect(),
    }))
}

/// Makes a tax region. It has no taxes until rates are made for it; where it is a part of a country, those of the country do
/// not hold in it from then on.
#[utoipa::path(
    post, path = "/v1/admin/tax/regions", tag = "taxes", operation_id = "make_tax_region",
    request_body = NewTaxRegion,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It is made", body = TaxRegion),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`code_taken`; `place_taken`: another region has one of its places; `too_many`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn make(
    State(taxes): State<Taxes>,
    admin: Admin<perm::ManageLedger>,
    Json(request): Json<NewTaxRegion>,
) -> Result<(StatusCode, Json<TaxRegion>), Problem> {
    let row = taxes.make_region(&admin.ctx, request.read()?).await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}
