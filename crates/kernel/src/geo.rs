//! Countries, their subdivisions, postcodes, and how far apart places lie.
//!
//! Sources: ISO 3166-1, ISO 3166-2, UPU S42 (shapes of postcodes), INE (Spanish province codes), in `data/`.
//! What is absent: towns, streets, and coordinates finer than the middle of a subdivision.

mod near;

pub use near::{Astray, coordinates, whereabouts};

use crate::FieldError;
use std::sync::LazyLock;

/// A country of ISO 3166-1.
#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    /// Alpha-2.
    pub code: &'static str,
    pub name: &'static str,
    pub name_es: &'static str,
    /// A member of the European Union.
    pub eu: bool,
    /// What most of its subdivisions are called: `province`, `state`, `department` ...
    pub division: &'static str,
    /// Shapes of its postcodes: 9 a digit, A a letter, ? either, `|` between alternatives, `-` none in use, empty unknown.
    postcodes: &'static str,
}

/// A subdivision of ISO 3166-2.
#[derive(Debug, PartialEq)]
pub struct Subdivision {
    pub code: &'static str,
    pub name: &'static str,
    pub country: &'static str,
    /// Latitude of its middle in degrees north.
    pub latitude: Option<f64>,
    /// Longitude of its middle in degrees east.
    pub longitude: Option<f64>,
    /// Made of other subdivisions that are the ones to name (Spain's autonomous communities).
    whole: bool,
}

impl Subdivision {
    /// Whether no address lies in it, but in one of the subdivisions it is made of.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

/// A place that exists: country, subdivision and postcode agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub country: &'static Country,
    /// Found by the postcode where the caller named none and the postcode tells it.
    pub region: Option<&'static Subdivision>,
    /// Trimmed and in capitals; empty where the country has none.
    pub postcode: String,
}

/// Characters of a postcode; the longest in use has ten.
const POSTCODE_CHARS_MAX: usize = 12;
/// Mean radius of the Earth in kilometres (IUGG).
const EARTH_RADIUS_KM: f64 = 6371.0088;

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    rows(include_str!("../data/countries.tsv"))
        .map(|[code, name, name_es, eu, division, postcodes]| Country {
            code,
            name,
            name_es,
            eu: eu == "eu",
            division,
            postcodes,
        })
        .collect()
});

static SUBDIVISIONS: LazyLock<Vec<Subdivision>> = LazyLock::new(|| {
    rows(include_str!("../data/subdivisions.tsv"))
        .map(|[code, name, latitude, longitude, level]| Subdivision {
            code,
            name,
            country: &code[..2],
            latitude: latitude.parse().ok(),
            longitude: longitude.parse().ok(),
            whole: level == "whole",
        })
        .collect()
});

/// Province by the number its postcodes start with, from 1.
static SPANISH_PROVINCES: LazyLock<Vec<&'static Subdivision>> = LazyLock::new(|| {
    rows(include_str!("../data/es_postcodes.tsv"))
        .map(|[_, code]| subdivision(code).expect("every province is in subdivisions.tsv"))
        .collect()
});

/// Columns of a data file; columns missing at the end of a line are empty.
fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut columns = line.split('\t');
        std::array::from_fn(|_| columns.next().unwrap_or(""))
    })
}

/// Every country, by code.
#[must_use]
pub fn countries() -> &'static [Country] {
    &COUNTRIES
}

#[must_use]
pub fn country(code: &str) -> Option<&'static Country> {
    let at = COUNTRIES.binary_search_by_key(&code, |c| c.code).ok()?;
    COUNTRIES.get(at)
}

#[must_use]
pub fn subdivision(code: &str) -> Option<&'static Subdivision> {
    let at = SUBDIVISIONS.binary_search_by_key(&code, |s| s.code).ok()?;
    SUBDIVISIONS.get(at)
}

/// A country's subdivisions that a location may name, by code.
pub fn subdivisions_of(country: &str) -> impl Iterator<Item = &'static Subdivision> {
    let start = SUBDIVISIONS.partition_point(|s| s.country < country);
    let end = SUBDIVISIONS.partition_point(|s| s.country <= country);
    SUBDIVISIONS[start..end].iter().filter(|s| !s.whole)
}

/// The provinces of Spain in order of their postcodes.
#[must_use]
pub fn spanish_provinces() -> &'static [&'static Subdivision] {
    &SPANISH_PROVINCES
}

/// The subdivision that a postcode lies in, where the postcode alone tells it: `41010` in `ES` is `ES-SE`.
#[must_use]
pub fn region_of_postcode(postcode: &str, country: &str) -> Option<&'static str> {
    let postcode = postcode.trim();
    if country != "ES" || postcode.len() != 5 || !postcode.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: usize = postcode[..2].parse().ok()?;
    let province = SPANISH_PROVINCES.get(number.checked_sub(1)?)?;
    Some(province.code)
}

/// Whole kilometres between the middles of two subdivisions, by the great circle (haversine formula). Of who asks it may be
/// the country alone that is known. `None` where one is unknown or has no coordinates.
#[must_use]
pub fn distance_km(from: &str, to: &str) -> Option<u32> {
    let (lat1, lon1) = radians(coordinates(from)?);
    let to = subdivision(to)?;
    let (lat2, lon2) = radians(to.latitude.zip(to.longitude)?);
    let half = |a: f64, b: f64| ((b - a) / 2.0).sin().powi(2);
    let chord = half(lat1, lat2) + lat1.cos() * lat2.cos() * half(lon1, lon2);
    let km = 2.0 * EARTH_RADIUS_KM * chord.sqrt().min(1.0).asin();
    Some(km.round() as u32)
}

fn radians((latitude, longitude): (f64, f64)) -> (f64, f64) {
    (latitude.to_radians(), longitude.to_radians())
}

/// The place that country, subdivision and postcode name together, or what is wrong with each.
/// Pointers are `/country`, `/region` and `/postcode`; callers put their own path before them.
pub fn validate_location(
    country_code: &str,
    region: Option<&str>,
    postcode: &str,
) -> Result<Place, Vec<FieldError>> {
    let Some(country) = country(country_code) else {
        let detail = format!(
            "`{}` is not a country; use an ISO 3166-1 alpha-2 code such as ES",
            short(country_code)
        );
        return Err(vec![error("/country", detail)]);
    };
    let mut errors = Vec::new();
    let postcode = check_postcode(country, postcode, &mut errors);
    let by_postcode = region_of_postcode(&postcode, country.code).and_then(subdivision);
    let region = match region {
        None => by_postcode,
        Some(code) => check_region(country, code, &mut errors),
    };
    if let (Some(named), Some(lies_in)) = (region, by_postcode)
        && named.code != lies_in.code
    {
        let detail = format!(
            "postcode {postcode} does not lie in {} ({}); it lies in {} ({}): correct one of the two",
            named.code, named.name, lies_in.code, lies_in.name
        );
        errors.push(error("/postcode", detail));
    }
    if errors.is_empty() {
        Ok(Place {
            country,
            region,
            postcode,
        })
    } else {
        Err(errors)
    }
}

fn check_region(country: &Country, code: &str, errors: &mut Vec<FieldError>) -> Option<&'static Subdivision> {
    let known = subdivision(code).filter(|s| s.country == country.code);
    if let Some(found) = known.filter(|s| !s.whole) {
        return Some(found);
    }
    let example = if country.code == "ES" {
        subdivision("ES-SE")
    } else {
        subdivisions_of(country.code).next()
    };
    let detail = match (known, example) {
        (Some(community), _) => format!(
            "`{}` is the autonomous community {}; name one of its provinces, such as ES-SE",
            community.code, community.name
        ),
        (None, Some(example)) => format!(
            "`{}` is not a {} of {}; use an ISO 3166-2 code such as {}",
            short(code),
            country.division,
            country.code,
            example.code
        ),
        (None, None) => format!("{} has no subdivisions; leave the region out", country.name),
    };
    errors.push(error("/region", detail));
    None
}

/// The postcode as it is kept; problems go to `errors`.
fn check_postcode(country: &Country, postcode: &str, errors: &mut Vec<FieldError>) -> String {
    let postcode = postcode.trim().to_uppercase();
    let detail = match country.postcodes {
        "" => {
            let plain = postcode
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-');
            (!plain || postcode.len() > POSTCODE_CHARS_MAX).then(|| {
                format!(
                    "`{}` is not a postcode; use up to {POSTCODE_CHARS_MAX} letters, digits, spaces and hyphens",
                    short(&postcode)
                )
            })
        }
        // Some senders fill the field all the same; what they write means nothing and is dropped.
        "-" => return String::new(),
        shapes => {
            let fits = shapes.split('|').any(|shape| has_shape(&postcode, shape));
            (!fits || region_is_missing(country, &postcode)).then(|| {
                format!(
                    "`{}` is not a postcode of {}; write it as {}",
                    short(&postcode),
                    country.code,
                    example_of(country)
                )
            })
        }
    };
    errors.extend(detail.map(|detail| error("/postcode", detail)));
    postcode
}

/// Spain's first two digits name a province, and there are 52.
fn region_is_missing(country: &Country, postcode: &str) -> bool {
    country.code == "ES" && region_of_postcode(postcode, "ES").is_none()
}

fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(c, s)| match s {
            b'9' => c.is_ascii_digit(),
            b'A' => c.is_ascii_uppercase(),
            b'?' => c.is_ascii_uppercase() || c.is_ascii_digit(),
            literal => c == literal,
        })
}

fn example_of(country: &Country) -> String {
    if country.code == "ES" {
        return "five digits that start with 01 to 52, such as 41010".to_owned();
    }
    let shape = country.postcodes.split('|').next().unwrap_or("");
    format!("{shape} (9 stands for a digit, A for a letter)")
}

fn error(pointer: &str, detail: String) -> FieldError {
    FieldError {
        pointer: pointer.to_owned(),
        detail,
    }
}

/// What a caller wrote, cut so that an answer never repeats a long input.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The refusals of a location, one per line.
    fn refusals(country: &str, region: Option<&str>, postcode: &str) -> String {
        let errors = validate_location(country, region, postcode).expect_err("refused");
        let lines: Vec<_> = errors
            .iter()
            .map(|e| format!("{}: {}", e.pointer, e.detail))
            .collect();
        lines.join("\n")
    }

    #[test]
    fn tables_are_sorted_so_that_codes_are_found() {
        assert!(COUNTRIES.is_sorted_by_key(|c| c.code));
        assert!(SUBDIVISIONS.is_sorted_by_key(|s| s.code));
        assert_eq!(COUNTRIES.len(), 249);
        assert_eq!(COUNTRIES.iter().filter(|c| c.eu).count(), 27);
        assert!(
            SUBDIVISIONS
                .iter()
                .all(|s| country(s.country).is_some() && !s.name.is_empty())
        );
    }

    #[test]
    fn coordinates_lie_on_the_earth() {
        for s in SUBDIVISIONS.iter() {
            assert!(
                s.latitude.is_none_or(|l| (-90.0..=90.0).contains(&l)),
                "{}",
                s.code
            );
            assert!(
                s.longitude.is_none_or(|l| (-180.0..=180.0).contains(&l)),
                "{}",
                s.code
            );
        }
    }

    #[test]
    fn spain_has_52_provinces_by_postcode() {
        assert_eq!(spanish_provinces().len(), 52);
        assert_eq!(subdivisions_of("ES").count(), 52);
        assert_eq!(region_of_postcode("41010", "ES"), Some("ES-SE"));
        assert_eq!(region_of_postcode("01001", "ES"), Some("ES-VI"));
        assert_eq!(region_of_postcode("52006", "ES"), Some("ES-ML"));
        for none in ["00010", "53001", "4101", "41 10", "٤١٠١٠", ""] {
            assert_eq!(region_of_postcode(none, "ES"), None, "{none}");
        }
        assert_eq!(region_of_postcode("41010", "FR"), None);
    }

    #[test]
    fn every_spanish_postcode_of_the_sample_lies_in_its_province() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/data/geo/es_codigos_postales_municipios.csv"
        );
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: {path} is absent");
            return;
        };
        let (mut agree, mut differ) = (0, 0);
        for line in text.lines().skip(1) {
            let mut columns = line.split(',');
            let (postcode, municipality) = (
                columns.next().expect("postcode"),
                columns.next().expect("municipality"),
            );
            let by_postcode = region_of_postcode(postcode, "ES");
            let by_municipality = region_of_postcode(municipality, "ES");
            if by_postcode == by_municipality {
                agree += 1;
            } else {
                differ += 1;
            }
        }
        // A few villages get their post from across a provincial border.
        assert!(
            agree > 10_000 && differ * 200 < agree,
            "{agree} agree, {differ} differ"
        );
    }

    #[test]
    fn distances_follow_the_great_circle() {
        // Expected by the spherical law of cosines, which is another formula.
        let near = |from, to, expected: u32| {
            let km = distance_km(from, to).expect("known");
            assert!(km.abs_diff(expected) <= 1, "{from} {to}: {km}");
        };
        near("ES-SE", "ES-M", 380);
        near("ES-B", "ES-TF", 2_246);
        near("US-NY", "US-CA", 3_867);
        assert_eq!(distance_km("ES-SE", "ES-SE"), Some(0));
        assert_eq!(distance_km("ES-SE", "ES-XX"), None);
    }

    #[test]
    fn a_place_is_completed_by_its_postcode() {
        let place = validate_location("ES", None, " 41010 ").expect("a place");
        assert_eq!(place.region.map(|r| r.code), Some("ES-SE"));
        assert_eq!(place.postcode, "41010");
        let place = validate_location("GB", Some("GB-LND"), "ec1a 1bb").expect("a place");
        assert_eq!(place.postcode, "EC1A 1BB");
        assert!(validate_location("AE", Some("AE-DU"), "").is_ok());
        assert!(validate_location("PT", Some("PT-11"), "1100-148").is_ok());
    }

    #[test]
    fn refusals_name_reason_and_remedy() {
        expect_test::expect![[r#"
            /country: `XX` is not a country; use an ISO 3166-1 alpha-2 code such as ES
            /region: `ES-XX` is not a province of ES; use an ISO 3166-2 code such as ES-SE
            /region: `FR-75` is not a province of ES; use an ISO 3166-2 code such as ES-SE
            /region: `ES-AN` is the autonomous community Andalucía; name one of its provinces, such as ES-SE
            /postcode: postcode 41010 does not lie in ES-M (Madrid); it lies in ES-SE (Sevilla): correct one of the two
            /postcode: `4101` is not a postcode of ES; write it as five digits that start with 01 to 52, such as 41010
            /region: `US-ZZ` is not a state of US; use an ISO 3166-2 code such as US-AK
            /postcode: `ABC` is not a postcode of PT; write it as 9999-999 (9 stands for a digit, A for a letter)"#]]
        .assert_eq(
            &[
                refusals("XX", Some("ES-SE"), "41010"),
                refusals("ES", Some("ES-XX"), "41010"),
                refusals("ES", Some("FR-75"), "41010"),
                refusals("ES", Some("ES-AN"), "41010"),
                refusals("ES", Some("ES-M"), "41010"),
                refusals("ES", Some("ES-SE"), "4101"),
                refusals("US", Some("US-ZZ"), "94110"),
                refusals("PT", None, "abc"),
            ]
            .join("\n"),
        );
    }
}
