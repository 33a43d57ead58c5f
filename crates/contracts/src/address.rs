use serde::{Deserialize, Serialize};

/// Where a parcel goes. Validated where it enters (country and region must exist).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Address {
    #[schema(example = "Lucía Romero")]
    pub name: String,
    #[schema(example = "Calle Betis 12, 2º")]
    pub line1: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    #[schema(example = "41010")]
    pub postcode: String,
    #[schema(example = "Sevilla")]
    pub city: String,
    /// ISO 3166-2 code of the province or state, where the country has them.
    #[schema(example = "ES-SE")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "ES")]
    pub country: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}
