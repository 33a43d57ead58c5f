//! Where the visitor is: said in the address of a list, and kept in a cookie from then on until they say otherwise.

use super::super::Shop;
use super::super::visit::Visit;
use super::Filters;
use crate::i18n::Locale;
use crate::views::listing::NearFields;
use axum::http::header;
use axum::response::Response;
use kernel::geo::{self, Astray};

/// The parameter that says it.
pub const NEAR: &str = "near";
/// What "near you" means.
pub const NEAR_KM: u32 = 100;
/// Whose postcodes are those that come without a country.
const HOME: &str = "ES";

impl Filters {
    /// With where the visitor said they are on an earlier page. An address that has the parameter, filled or empty, knows
    /// better.
    #[must_use]
    pub fn remembering(self, kept: Option<&str>, query: &str) -> Self {
        let says = form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == NEAR);
        Self {
            remembered: kept.filter(|_| !says).map(str::to_owned),
            ..self
        }
    }

    /// As the visitor wrote it.
    fn place(&self) -> Option<&str> {
        self.get(NEAR).or(self.remembered.as_deref())
    }

    /// The region or the country that the visitor is in, where what they say tells it.
    pub fn near(&self) -> Option<String> {
        geo::whereabouts(self.place()?, HOME).ok().map(str::to_owned)
    }

    /// This list's address for somebody who does not say where they are any more.
    pub fn elsewhere(&self, action: &str) -> String {
        let nowhere = Self {
            pairs: self
                .pairs
                .iter()
                .filter(|(name, _)| name != "within")
                .cloned()
                .collect(),
            ..self.clone()
        };
        nowhere.with(action, NEAR, Some(""))
    }

    pub fn near_fields(&self, locale: Locale) -> NearFields {
        let place = self.place().unwrap_or("");
        let astray = match self.place() {
            Some(place) => geo::whereabouts(place, HOME).err(),
            // Nearness without a place to be near to.
            None if self.get("within").is_some() => {
                return NearFields {
                    only: true,
                    error: Some(locale.t("facet.near_missing").to_string()),
                    ..NearFields::default()
                };
            }
            None => None,
        };
        NearFields {
            place: place.to_owned(),
            only: self.get("within").is_some(),
            error: astray.map(|astray| told(astray, locale)),
        }
    }

    /// Lets the visitor's browser keep where they say they are, or forget it.
    pub fn keep_place(&self, shop: &Shop, visit: &Visit, response: &mut Response) {
        let kept = visit.kept.near.as_deref();
        let cookie = match self.place() {
            Some(place) if Some(place) != kept && self.near().is_some() => {
                visit.kept.near_cookie(shop, visit, place)
            }
            None if kept.is_some() => visit.kept.near_cookie(shop, visit, ""),
            _ => return,
        };
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn told(astray: Astray, locale: Locale) -> String {
    let name = |code: &str| geo::country(code).map(|c| if locale == Locale::Es { c.name_es } else { c.name });
    match astray {
        Astray::Unknown { taken_for: HOME } => locale.t("facet.near_unknown").to_string(),
        Astray::Unknown { taken_for } => locale
            .t("facet.near_unknown_there")
            .arg("country", name(taken_for).unwrap_or(taken_for))
            .to_string(),
        Astray::Unmapped { country } => locale
            .t("facet.near_unmapped")
            .arg("country", name(country).unwrap_or(country))
            .to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::search::Sort;

    fn list(query: &str, kept: Option<&str>) -> Filters {
        Filters::parse(query).remembering(kept, query)
    }

    #[test]
    fn what_the_address_says_holds_before_what_is_remembered() {
        assert_eq!(list("near=41010", Some("28013")).near().as_deref(), Some("ES-SE"));
        assert_eq!(list("q=bowl", Some("28013")).near().as_deref(), Some("ES-M"));
        assert_eq!(
            list("q=bowl", Some("PT 1100-148")).near().as_deref(),
            Some("PT-11")
        );
        // Sent empty, the field was cleared.
        assert_eq!(list("near=", Some("28013")).near(), None);
        assert_eq!(list("", None).near(), None);
        // What is remembered is no filter that could be taken away.
        let query = list("sort=near&within=1", Some("28013")).query(None, 24);
        assert_eq!(
            (query.near.as_deref(), query.near_km, query.sort),
            (Some("ES-M"), Some(NEAR_KM), Sort::Distance)
        );
        assert!(list("sort=near", Some("28013")).is_unfiltered());
    }

    #[test]
    fn nobody_is_left_alone_with_a_postcode_that_is_none() {
        let error = |query: &str| list(query, None).near_fields(Locale::En).error;
        assert_eq!(error("near=28013"), None);
        assert_eq!(error(""), None);
        let unknown = error("near=2801").expect("told");
        assert!(unknown.contains("28013"), "{unknown}");
        let french = error("near=FR-7500").expect("told");
        assert!(french.contains("France"), "{french}");
        assert!(error("within=1").is_some());
        // The list is still one.
        let query = list("near=2801&within=1&sort=near", None).query(None, 24);
        assert_eq!(
            (query.near, query.near_km, query.sort),
            (None, None, Sort::Relevance)
        );
    }

    #[test]
    fn a_place_is_taken_away_for_good() {
        let filters = list("q=bowl&near=28013&within=1&cursor=x", None);
        assert_eq!(filters.elsewhere("/search"), "/search?q=bowl&near=");
    }
}
