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

impl Address {
    /// As it is written on a parcel, line by line.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let country = kernel::geo::country(&self.country).map_or(self.country.as_str(), |known| known.name);
        let lines = [
            self.name.clone(),
            self.line1.clone(),
            self.line2.clone().unwrap_or_default(),
            format!("{} {}", self.postcode, self.city),
            country.to_owned(),
        ];
        lines.into_iter().filter(|line| !line.trim().is_empty()).collect()
    }
}
