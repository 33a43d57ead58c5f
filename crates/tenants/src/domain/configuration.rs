//! What a shop may set about itself.

use super::delivery::check_delivery;
use crate::Error;
use contracts::tenants::{DeliveryOption, Location};
use httpkit::text;
use kernel::{Currency, Fault, Kind, geo};

const NAME_CHARS_MAX: usize = 80;
const STORY_CHARS_MAX: usize = 4_000;
const RETURN_POLICY_CHARS_MAX: usize = 4_000;
/// Days in which something may be returned: a year.
const RETURN_DAYS_MAX: u16 = 365;
const TOWN_CHARS_MAX: usize = 80;

/// A shop's configuration, valid as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    pub name: String,
    pub story: String,
    pub accent: Option<String>,
    pub location: Location,
    pub return_policy: String,
    pub return_days: u16,
    pub prices_include_tax: bool,
    pub delivery: Vec<DeliveryOption>,
}

impl Configuration {
    /// Checks every field and reports all that are wrong at once.
    pub fn parse(self, currency: Currency) -> Result<Self, Error> {
        let mut faults = Vec::new();
        let mut take = |result: Result<String, Fault>| result.map_err(|f| faults.push(f)).unwrap_or_default();
        let name = take(text::line("/name", &self.name, NAME_CHARS_MAX));
        let story = take(text::paragraphs("/story", &self.story, STORY_CHARS_MAX));
        let return_policy = take(text::paragraphs(
            "/return_policy",
            &self.return_policy,
            RETURN_POLICY_CHARS_MAX,
        ));
        let accent = self.accent.map(|a| take(accent(&a)));
        let location = location(&self.location).map_err(|f| faults.push(f)).ok();
        if let Err(fault) = check_delivery(&self.delivery, currency) {
            faults.push(fault);
        }
        if self.return_days > RETURN_DAYS_MAX {
            faults.push(Fault::field(
                "return_days_out_of_range",
                "/return_days",
                format!("Give 0 to {RETURN_DAYS_MAX} days."),
            ));
        }
        match (location, faults.is_empty()) {
            (Some(location), true) => Ok(Self {
                name,
                story,
                accent,
                location,
                return_policy,
                return_days: self.return_days,
                prices_include_tax: self.prices_include_tax,
                delivery: self.delivery,
            }),
            _ => Err(merge(faults).into()),
        }
    }
}

/// A colour as `#rrggbb`, in small letters.
fn accent(text: &str) -> Result<String, Fault> {
    let text = text.trim().to_ascii_lowercase();
    let fits = text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit());
    if fits {
        return Ok(text);
    }
    Err(Fault::field(
        "colour_invalid",
        "/accent",
        "Write the colour as # and six hexadecimal digits, such as #b4532a.",
    ))
}

/// A place that exists; the region is filled in where the postcode tells it.
fn location(location: &Location) -> Result<Location, Fault> {
    let mut fields = Vec::new();
    let place = geo::validate_location(&location.country, location.region.as_deref(), &location.postcode)
        .map_err(|errors| fields.extend(errors));
    let town = text::line("/town", &location.town, TOWN_CHARS_MAX).map_err(|f| fields.extend(f.fields));
    match (place, town) {
        (Ok(place), Ok(town)) => Ok(Location {
            country: place.country.code.to_owned(),
            region: place.region.map(|r| r.code.to_owned()),
            postcode: place.postcode,
            town,
        }),
        _ => {
            for field in &mut fields {
                field.pointer = format!("/location{}", field.pointer);
            }
            let detail = fields.first().map_or_else(String::new, |f| f.detail.clone());
            let mut fault = Fault::new(Kind::Invalid, "location_invalid", detail);
            fault.fields = fields;
            Err(fault)
        }
    }
}

/// One refusal of several fields. A single one keeps its code.
fn merge(mut faults: Vec<Fault>) -> Fault {
    let mut first = if faults.is_empty() {
        Fault::internal()
    } else {
        faults.remove(0)
    };
    if !faults.is_empty() {
        first.code = "fields_invalid".to_owned();
        first.detail = "Several fields are wrong; see `errors`.".to_owned();
        first.fields.extend(faults.into_iter().flat_map(|f| f.fields));
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::default_delivery;

    fn sevilla() -> Location {
        Location {
            country: "ES".to_owned(),
            region: Some("ES-SE".to_owned()),
            postcode: "41010".to_owned(),
            town: "Sevilla".to_owned(),
        }
    }

    fn shop() -> Configuration {
        Configuration {
            name: " Alfarería Romero ".to_owned(),
            story: "Clay.\nSince 1921.".to_owned(),
            accent: Some("#B4532A".to_owned()),
            location: sevilla(),
            return_policy: String::new(),
            return_days: 14,
            prices_include_tax: true,
            delivery: default_delivery(Currency::EUR),
        }
    }

    fn refusal(configuration: Configuration) -> String {
        let fault = Fault::from(configuration.parse(Currency::EUR).expect_err("refused"));
        let fields: Vec<_> = fault
            .fields
            .iter()
            .map(|f| format!("{}: {}", f.pointer, f.detail))
            .collect();
        format!("{}\n{}", fault.code, fields.join("\n"))
    }

    #[test]
    fn a_good_configuration_is_kept_in_its_tidy_form() {
        let kept = shop().parse(Currency::EUR).expect("valid");
        assert_eq!(kept.name, "Alfarería Romero");
        assert_eq!(kept.accent.as_deref(), Some("#b4532a"));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let bad = Configuration {
            name: " ".to_owned(),
            accent: Some("red".to_owned()),
            return_days: 366,
            location: Location {
                region: Some("ES-XX".to_owned()),
                town: "a\u{7}".to_owned(),
                ..sevilla()
            },
            ..shop()
        };
        expect_test::expect![[r"
            fields_invalid
            /name: This must not be empty.
            /accent: Write the colour as # and six hexadecimal digits, such as #b4532a.
            /location/region: `ES-XX` is not a province of ES; use an ISO 3166-2 code such as ES-SE
            /location/town: This must be one line without control characters.
            /return_days: Give 0 to 365 days."]]
        .assert_eq(&refusal(bad));
    }

    #[test]
    fn one_wrong_field_keeps_its_code() {
        let bad = Configuration {
            location: Location {
                region: Some("ES-M".to_owned()),
                ..sevilla()
            },
            ..shop()
        };
        expect_test::expect![[r"
            location_invalid
            /location/postcode: postcode 41010 does not lie in ES-M (Madrid); it lies in ES-SE (Sevilla): correct one of the two"]]
        .assert_eq(&refusal(bad));
    }
}
