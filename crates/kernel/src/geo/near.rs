//! Where somebody is, roughly, by what they say of it: a region, a country, or a postcode.
//!
//! A postcode is taken for the region that its first characters tell of, or for its country where nothing is known of
//! them. That is as fine as shops' places are: distances are between the middles of regions.

use super::{
    COUNTRIES, Country, country, example_of, has_shape, region_is_missing, rows, short, subdivision,
};
use super::{region_of_postcode, subdivisions_of};
use std::sync::LazyLock;

/// Characters that anybody needs to say where they are.
const TEXT_CHARS_MAX: usize = 24;

/// Regions by the beginnings of postcodes, both ends included.
struct Area {
    country: &'static str,
    from: &'static str,
    to: &'static str,
    region: &'static str,
}

static AREAS: LazyLock<Vec<Area>> = LazyLock::new(|| {
    rows(include_str!("../../data/postcode_areas.tsv"))
        .map(|[country, from, to, region]| Area {
            country,
            from,
            to,
            region,
        })
        .collect()
});

/// The middle of each country: the median of its regions' middles, so that far islands do not move it out to sea.
static COUNTRY_MIDDLES: LazyLock<Vec<Option<(f64, f64)>>> = LazyLock::new(|| {
    let median = |mut degrees: Vec<f64>| {
        degrees.sort_by(f64::total_cmp);
        degrees.get(degrees.len() / 2).copied()
    };
    let middle = |country: &Country| {
        let known = || subdivisions_of(country.code).filter_map(|s| s.latitude.zip(s.longitude));
        let latitude = median(known().map(|(latitude, _)| latitude).collect())?;
        Some((
            latitude,
            median(known().map(|(_, longitude)| longitude).collect())?,
        ))
    };
    COUNTRIES.iter().map(middle).collect()
});

/// Why what somebody says of where they are tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Astray {
    /// Neither a region, nor a country, nor a postcode of the country it was taken to be of.
    Unknown { taken_for: &'static str },
    /// A country of which it is not known where it lies.
    Unmapped { country: &'static str },
}

impl Astray {
    /// What to do about it, for whoever wrote `text`.
    #[must_use]
    pub fn detail(self, text: &str) -> String {
        let text = short(text);
        match self {
            Self::Unknown { taken_for } => {
                let example = country(taken_for).map(example_of).unwrap_or_default();
                format!(
                    "`{text}` is not a place that is known: give a postcode with its country such as ES-28013, the ISO 3166-2 code of a region such as ES-M, or a country such as PT. Postcodes of {taken_for} are written as {example}."
                )
            }
            Self::Unmapped { country } => {
                format!("It is not known where {country} lies: give a neighbouring country or region.")
            }
        }
    }
}

/// The region, or else the country, that `text` tells of; postcodes without a country are those of `home`.
pub fn whereabouts(text: &str, home: &'static str) -> Result<&'static str, Astray> {
    let unknown = Astray::Unknown { taken_for: home };
    let text = text.trim().to_uppercase();
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(unknown);
    }
    if let Some(region) = subdivision(&text).filter(|region| region.latitude.is_some()) {
        return Ok(region.code);
    }
    if let Some(named) = country(&text) {
        return mapped(named);
    }
    let named = text
        .split_once(['-', ' '])
        .and_then(|(code, postcode)| Some((country(code)?, postcode)));
    match named {
        Some((country, postcode)) => of_postcode(country, postcode.trim()),
        None => of_postcode(country(home).ok_or(unknown)?, &text),
    }
}

/// Latitude and longitude of the middle of a region or a country, in degrees.
#[must_use]
pub fn coordinates(code: &str) -> Option<(f64, f64)> {
    if let Some(region) = subdivision(code) {
        return region.latitude.zip(region.longitude);
    }
    let at = COUNTRIES.binary_search_by_key(&code, |c| c.code).ok()?;
    *COUNTRY_MIDDLES.get(at)?
}

fn of_postcode(country: &'static Country, postcode: &str) -> Result<&'static str, Astray> {
    let fits = match country.postcodes {
        "" | "-" => true,
        shapes => shapes.split('|').any(|shape| has_shape(postcode, shape)),
    };
    if !fits || region_is_missing(country, postcode) {
        return Err(Astray::Unknown {
            taken_for: country.code,
        });
    }
    let region = region_of_postcode(postcode, country.code).or_else(|| area_of(country, postcode));
    region.map_or_else(|| mapped(country), Ok)
}

fn area_of(country: &Country, postcode: &str) -> Option<&'static str> {
    let begins = |area: &&Area| {
        let start = postcode.get(..area.from.len());
        area.country == country.code && start.is_some_and(|start| (area.from..=area.to).contains(&start))
    };
    let area = AREAS.iter().filter(begins).max_by_key(|area| area.from.len())?;
    Some(area.region)
}

fn mapped(country: &'static Country) -> Result<&'static str, Astray> {
    match coordinates(country.code) {
        Some(_) => Ok(country.code),
        None => Err(Astray::Unmapped {
            country: country.code,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::distance_km;

    #[test]
    fn areas_are_of_regions_whose_place_is_known() {
        for area in AREAS.iter() {
            let region = subdivision(area.region).expect("a region");
            assert_eq!(region.country, area.country, "{}", area.region);
            assert!(region.latitude.is_some(), "{}", area.region);
            assert!(
                area.from <= area.to && area.from.len() == area.to.len(),
                "{}",
                area.region
            );
        }
    }

    #[test]
    fn regions_countries_and_postcodes_tell_where_one_is() {
        for (text, expected) in [
            ("28013", "ES-M"),
            (" es-28013 ", "ES-M"),
            ("ES 41010", "ES-SE"),
            ("es-m", "ES-M"),
            ("FR-75001", "FR-75C"),
            ("FR 20200", "FR-2B"),
            ("fr-01000", "FR-01"),
            ("DE-10115", "DE-BE"),
            ("DE-14129", "DE-BE"),
            ("DE-14467", "DE-BB"),
            ("IT-00184", "IT-62"),
            ("PT-1100-148", "PT-11"),
            ("NL-1012 AB", "NL-NH"),
            ("BE-1000", "BE-BRU"),
            ("AT-9900", "AT-7"),
            ("US-10001", "US-NY"),
            ("US-94103-1234", "US-CA"),
            // Nothing is known of its postcodes, but of the country.
            ("GB-EC1A 1BB", "GB"),
            ("PT", "PT"),
            ("mx", "MX"),
        ] {
            assert_eq!(whereabouts(text, "ES"), Ok(expected), "{text}");
        }
        assert_eq!(whereabouts("75001", "FR"), Ok("FR-75C"));
    }

    #[test]
    fn what_tells_nothing_is_refused_with_a_remedy() {
        for (text, taken_for) in [
            ("", "ES"),
            ("2801", "ES"),
            ("99999", "ES"),
            ("Sevilla", "ES"),
            ("ES-XX", "ES"),
            ("FR-7500", "FR"),
            ("XX-28013", "ES"),
            ("２８０１３", "ES"),
        ] {
            assert_eq!(
                whereabouts(text, "ES"),
                Err(Astray::Unknown { taken_for }),
                "{text}"
            );
        }
        assert!(whereabouts(&"2".repeat(100), "ES").is_err());
        let detail = Astray::Unknown { taken_for: "ES" }.detail("2801");
        assert!(
            detail.contains("`2801`") && detail.contains("ES-28013"),
            "{detail}"
        );
    }

    #[test]
    fn a_country_lies_in_the_middle_of_its_regions() {
        for (code, latitude, longitude) in [
            ("ES", 36.0..43.5, -8.0..1.0),
            ("FR", 44.0..49.0, 0.0..5.0),
            ("PT", 38.0..42.0, -9.0..-7.0),
            ("DE", 50.0..53.0, 8.0..12.5),
            ("US", 35.0..42.0, -95.0..-80.0),
        ] {
            let (at, along) = coordinates(code).expect("known");
            assert!(
                latitude.contains(&at) && longitude.contains(&along),
                "{code}: {at} {along}"
            );
        }
        // From a country to a region, but never to a country: goods lie in regions.
        assert!(distance_km("PT", "ES-M").is_some_and(|km| (300..700).contains(&km)));
        assert_eq!(distance_km("ES-M", "PT"), None);
    }
}
