//! What a shop asks for delivery.

use contracts::tenants::{DeliveryOption, DeliveryRate, Zone};
use httpkit::text;
use kernel::{Currency, Fault, FieldError, Kind, Money, geo};

const OPTIONS_MAX: usize = 10;
const RATES_MAX: usize = 30;
const COUNTRIES_MAX: usize = 250;
const REGIONS_MAX: usize = 250;
/// Places that one way of delivery leaves out.
const CLOSED_MAX: usize = 250;
const BANDS_MAX: usize = 30;
const CODE_CHARS_MAX: usize = 30;
const NAME_CHARS_MAX: usize = 80;
const DAYS_MAX: u16 = 365;
/// Half the circumference of the Earth: nothing is farther.
const KM_MAX: u32 = 20_040;
/// Minor units beyond which a price is a slip of the hand: ten million euros.
const PRICE_MAX: i64 = 1_000_000_000;

/// Checks the options and names every field that is wrong.
pub fn check_delivery(options: &[DeliveryOption], currency: Currency) -> Result<(), Fault> {
    let mut errors = Vec::new();
    if options.is_empty() || options.len() > OPTIONS_MAX {
        let detail = format!("Offer 1 to {OPTIONS_MAX} ways of delivery.");
        push(&mut errors, "/delivery", detail);
    }
    for (i, option) in options.iter().take(OPTIONS_MAX).enumerate() {
        let at = format!("/delivery/{i}");
        if !is_code(&option.code) {
            let detail = format!(
                "Write the code in at most {CODE_CHARS_MAX} small letters, digits and hyphens, such as `standard`."
            );
            push(&mut errors, format!("{at}/code"), detail);
        }
        if options[..i].iter().any(|before| before.code == option.code) {
            let detail = format!(
                "The code `{}` stands twice; give each option its own.",
                option.code
            );
            push(&mut errors, format!("{at}/code"), detail);
        }
        if let Err(fault) = text::line(&format!("{at}/name"), &option.name, NAME_CHARS_MAX) {
            errors.extend(fault.fields);
        }
        check_closed(&mut errors, &at, &option.closed);
        if option.rates.is_empty() || option.rates.len() > RATES_MAX {
            let detail = format!("Give 1 to {RATES_MAX} rates.");
            push(&mut errors, format!("{at}/rates"), detail);
        }
        for (j, rate) in option.rates.iter().take(RATES_MAX).enumerate() {
            check_rate(&mut errors, &format!("{at}/rates/{j}"), rate, currency);
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    let mut fault = Fault::new(Kind::Invalid, "delivery_invalid", errors[0].detail.clone());
    fault.fields = errors;
    Err(fault)
}

/// Places where a way of delivery does not go.
fn check_closed(errors: &mut Vec<FieldError>, at: &str, closed: &[String]) {
    if closed.len() > CLOSED_MAX {
        push(
            errors,
            format!("{at}/closed"),
            format!("Close at most {CLOSED_MAX} places."),
        );
    }
    for (k, place) in closed.iter().take(CLOSED_MAX).enumerate() {
        let detail = match (geo::country(place), geo::subdivision(place)) {
            (Some(_), _) => continue,
            (None, Some(subdivision)) => of_provinces(subdivision),
            (None, None) => Some(format!(
                "`{}` is no place; use an ISO 3166-1 country such as ES, or an ISO 3166-2 subdivision such as ES-CE.",
                shown(place)
            )),
        };
        if let Some(detail) = detail {
            push(errors, format!("{at}/closed/{k}"), detail);
        }
    }
}

/// Heavier from one to the next, each with a price of the shop's currency, and not beside a price by the kilogram.
fn check_bands(errors: &mut Vec<FieldError>, at: &str, rate: &DeliveryRate, currency: Currency) {
    let bands = &rate.bands;
    if bands.len() > BANDS_MAX {
        push(
            errors,
            format!("{at}/bands"),
            format!("Give at most {BANDS_MAX} weights."),
        );
    }
    if !bands.is_empty() && rate.per_kg.is_some() {
        let detail = "Give prices by weight (`bands`) or by the kilogram (`per_kg`), not both.";
        push(errors, format!("{at}/per_kg"), detail.to_owned());
    }
    for (k, band) in bands.iter().take(BANDS_MAX).enumerate() {
        let lighter = k.checked_sub(1).map_or(0, |before| bands[before].up_to_g);
        if band.up_to_g <= lighter {
            let detail = format!("Give the weights from light to heavy: this one must be above {lighter} g.");
            push(errors, format!("{at}/bands/{k}/up_to_g"), detail);
        }
        if let Some(detail) = price_refusal(band.price, currency) {
            push(errors, format!("{at}/bands/{k}/price"), detail);
        }
    }
}

/// Addresses name provinces: a rate for what is made of them would hold for nobody, and closing it would close nothing.
fn of_provinces(subdivision: &geo::Subdivision) -> Option<String> {
    subdivision.is_whole().then(|| {
        format!(
            "{} ({}) is made of provinces, and addresses are in those; name each of them, such as ES-SE.",
            subdivision.code, subdivision.name
        )
    })
}

/// A code from outside, as far as it can be shown.
fn shown(code: &str) -> String {
    code.chars().filter(|c| !c.is_control()).take(8).collect()
}

fn check_rate(errors: &mut Vec<FieldError>, at: &str, rate: &DeliveryRate, currency: Currency) {
    let prices = [
        ("price", Some(rate.price)),
        ("per_kg", rate.per_kg),
        ("free_from", rate.free_from),
    ];
    for (field, price) in prices {
        if let Some(detail) = price.and_then(|p| price_refusal(p, currency)) {
            push(errors, format!("{at}/{field}"), detail);
        }
    }
    check_bands(errors, at, rate, currency);
    if rate.days_min > rate.days_max || rate.days_max > DAYS_MAX {
        let detail = format!("`days_min` must not be above `days_max`, nor `days_max` above {DAYS_MAX}.");
        push(errors, format!("{at}/days_max"), detail);
    }
    match &rate.zone {
        Zone::Countries { codes } if codes.is_empty() || codes.len() > COUNTRIES_MAX => {
            let detail = format!("Name 1 to {COUNTRIES_MAX} countries, or use the zone `world`.");
            push(errors, format!("{at}/zone/codes"), detail);
        }
        Zone::Countries { codes } => {
            for (k, code) in codes.iter().enumerate() {
                if geo::country(code).is_none() {
                    let detail = format!(
                        "`{}` is not a country; use an ISO 3166-1 alpha-2 code such as ES.",
                        shown(code)
                    );
                    push(errors, format!("{at}/zone/codes/{k}"), detail);
                }
            }
        }
        Zone::Regions { codes } if codes.is_empty() || codes.len() > REGIONS_MAX => {
            let detail = format!("Name 1 to {REGIONS_MAX} subdivisions, or use the zone `countries`.");
            push(errors, format!("{at}/zone/codes"), detail);
        }
        Zone::Regions { codes } => {
            for (k, code) in codes.iter().enumerate() {
                let detail = match geo::subdivision(code) {
                    Some(subdivision) => of_provinces(subdivision),
                    None => Some(format!(
                        "`{}` is not a subdivision; use an ISO 3166-2 code such as ES-SE.",
                        shown(code)
                    )),
                };
                if let Some(detail) = detail {
                    push(errors, format!("{at}/zone/codes/{k}"), detail);
                }
            }
        }
        Zone::Within { km } if !(1..=KM_MAX).contains(km) => {
            let detail = format!("Use 1 to {KM_MAX} kilometres.");
            push(errors, format!("{at}/zone/km"), detail);
        }
        Zone::Within { .. } | Zone::SameRegion | Zone::SameCountry | Zone::World => {}
    }
}

fn price_refusal(price: Money, currency: Currency) -> Option<String> {
    if price.currency != currency {
        return Some(format!(
            "The shop sells in {currency}; state this in {currency}, not in {}.",
            price.currency
        ));
    }
    (!(0..=PRICE_MAX).contains(&price.amount))
        .then(|| format!("Use 0 to {}.", Money::new(PRICE_MAX, currency)))
}

fn is_code(code: &str) -> bool {
    (1..=CODE_CHARS_MAX).contains(&code.len())
        && code
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn push(errors: &mut Vec<FieldError>, pointer: impl Into<String>, detail: String) {
    errors.push(FieldError {
        pointer: pointer.into(),
        detail,
    });
}

/// What a shop that states nothing asks: standard delivery anywhere, dearer with distance, and express at home.
#[must_use]
pub fn default_delivery(currency: Currency) -> Vec<DeliveryOption> {
    let eu: Vec<String> = geo::countries()
        .iter()
        .filter(|c| c.eu)
        .map(|c| c.code.to_owned())
        .collect();
    let rate = |zone, cents, free_from: Option<i64>, (days_min, days_max)| DeliveryRate {
        zone,
        price: about(cents, currency),
        per_kg: None,
        bands: Vec::new(),
        free_from: free_from.map(|cents| about(cents, currency)),
        days_min,
        days_max,
    };
    vec![
        DeliveryOption {
            code: "standard".to_owned(),
            name: "Standard delivery".to_owned(),
            closed: Vec::new(),
            rates: vec![
                rate(Zone::SameRegion, 390, Some(5_000), (1, 3)),
                rate(Zone::SameCountry, 490, Some(6_000), (2, 4)),
                rate(Zone::Countries { codes: eu }, 1_290, Some(15_000), (4, 8)),
                rate(Zone::World, 2_490, None, (7, 21)),
            ],
        },
        DeliveryOption {
            code: "express".to_owned(),
            name: "Express delivery".to_owned(),
            closed: Vec::new(),
            rates: vec![rate(Zone::SameCountry, 990, None, (1, 1))],
        },
    ]
}

/// A price of about so many euro cents in a currency's own minor units: a proposal to start from, not a conversion.
/// Currencies without decimals have units about a hundred times smaller.
fn about(cents: i64, currency: Currency) -> Money {
    let scale = 10_i64.pow(currency.decimals().saturating_sub(2));
    Money::new(cents * scale, currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::tenants::WeightBand;

    fn refusals(options: &[DeliveryOption]) -> Vec<String> {
        match check_delivery(options, Currency::EUR) {
            Ok(()) => Vec::new(),
            Err(fault) => fault
                .fields
                .into_iter()
                .map(|f| format!("{}: {}", f.pointer, f.detail))
                .collect(),
        }
    }

    #[test]
    fn the_default_is_valid_in_every_currency() {
        for currency in Currency::all() {
            assert_eq!(
                check_delivery(&default_delivery(currency), currency),
                Ok(()),
                "{currency}"
            );
        }
    }

    #[test]
    fn no_option_or_no_rate_is_refused() {
        assert_eq!(refusals(&[]), ["/delivery: Offer 1 to 10 ways of delivery."]);
        let mut options = default_delivery(Currency::EUR);
        options[1].rates.clear();
        assert_eq!(refusals(&options), ["/delivery/1/rates: Give 1 to 30 rates."]);
    }

    #[test]
    fn weights_rise_and_places_exist() {
        let mut options = default_delivery(Currency::EUR);
        options[0].closed = vec![
            "ES-CE".to_owned(),
            "RU".to_owned(),
            "ATLANTIS".to_owned(),
            "ES-CN".to_owned(),
        ];
        let rate = &mut options[0].rates[0];
        rate.zone = Zone::Regions {
            codes: vec!["ES-GC".to_owned(), "ES".to_owned(), "ES-AN".to_owned()],
        };
        let band = |up_to_g, cents| WeightBand {
            up_to_g,
            price: Money::new(cents, Currency::EUR),
        };
        rate.bands = vec![band(1_000, 400), band(1_000, -1), band(2_000, 900)];
        rate.per_kg = Some(Money::new(100, Currency::EUR));
        expect_test::expect![[r"
            /delivery/0/closed/2: `ATLANTIS` is no place; use an ISO 3166-1 country such as ES, or an ISO 3166-2 subdivision such as ES-CE.
            /delivery/0/closed/3: ES-CN (Canarias) is made of provinces, and addresses are in those; name each of them, such as ES-SE.
            /delivery/0/rates/0/per_kg: Give prices by weight (`bands`) or by the kilogram (`per_kg`), not both.
            /delivery/0/rates/0/bands/1/up_to_g: Give the weights from light to heavy: this one must be above 1000 g.
            /delivery/0/rates/0/bands/1/price: Use 0 to 10000000.00 EUR.
            /delivery/0/rates/0/zone/codes/1: `ES` is not a subdivision; use an ISO 3166-2 code such as ES-SE.
            /delivery/0/rates/0/zone/codes/2: ES-AN (Andalucía) is made of provinces, and addresses are in those; name each of them, such as ES-SE."]]
        .assert_eq(&refusals(&options).join("\n"));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let mut options = default_delivery(Currency::EUR);
        options[1].code = "standard".to_owned();
        options[0].rates[0].price = Money::new(390, Currency::USD);
        options[0].rates[1].free_from = Some(Money::new(-1, Currency::EUR));
        options[0].rates[2].zone = Zone::Countries {
            codes: vec!["FR".to_owned(), "XX".to_owned()],
        };
        options[0].rates[3].zone = Zone::Within { km: 0 };
        options[0].rates[3].days_min = 30;
        expect_test::expect![[r"
            /delivery/0/rates/0/price: The shop sells in EUR; state this in EUR, not in USD.
            /delivery/0/rates/1/free_from: Use 0 to 10000000.00 EUR.
            /delivery/0/rates/2/zone/codes/1: `XX` is not a country; use an ISO 3166-1 alpha-2 code such as ES.
            /delivery/0/rates/3/days_max: `days_min` must not be above `days_max`, nor `days_max` above 365.
            /delivery/0/rates/3/zone/km: Use 1 to 20040 kilometres.
            /delivery/1/code: The code `standard` stands twice; give each option its own."]]
        .assert_eq(&refusals(&options).join("\n"));
    }
}
