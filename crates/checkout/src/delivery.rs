//! What delivery costs. Pure: a shop's rates, a place, a weight and a sum go in; prices come out.

use contracts::Address;
use contracts::checkout::{DeliveryQuote, Unserved};
use contracts::tenants::{DeliveryOption, DeliveryRate, Location, WeightBand, Zone};
use kernel::{Money, MoneyError, geo};

/// What one shop sends to one address.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    pub from: &'a Location,
    pub to: &'a Address,
    pub weight_g: u64,
    /// Of the shop's lines.
    pub subtotal: Money,
}

/// The shop's ways of delivery that reach the address, cheapest first; of two with one price, the faster first.
pub fn quotes(options: &[DeliveryOption], parcel: &Parcel<'_>) -> Result<Vec<DeliveryQuote>, MoneyError> {
    let mut quotes = Vec::with_capacity(options.len());
    for option in options {
        if let Ok(rate) = rate(option, parcel) {
            quotes.push(DeliveryQuote {
                code: option.code.clone(),
                name: option.name.clone(),
                price: price(rate, parcel)?,
                days_min: rate.days_min,
                days_max: rate.days_max,
            });
        }
    }
    quotes.sort_by(|a, b| (a.price.amount, a.days_max, &a.code).cmp(&(b.price.amount, b.days_max, &b.code)));
    Ok(quotes)
}

/// Why none of a shop's ways of delivery reaches the address: of several reasons the one that is nearest to being served.
#[must_use]
pub fn unserved(options: &[DeliveryOption], parcel: &Parcel<'_>) -> Unserved {
    let reasons = options.iter().filter_map(|option| rate(option, parcel).err());
    reasons.max().unwrap_or(Unserved::NotCovered)
}

/// The rate at which a way of delivery takes the parcel: the first that covers the address, if the parcel is light enough.
fn rate<'a>(option: &'a DeliveryOption, parcel: &Parcel<'_>) -> Result<&'a DeliveryRate, Unserved> {
    let covering = option.rates.iter().find(|rate| covers(&rate.zone, parcel));
    let rate = covering.ok_or(Unserved::NotCovered)?;
    if option.closed.iter().any(|place| lies_in(parcel.to, place)) {
        return Err(Unserved::Closed);
    }
    match rate.bands.is_empty() || band(rate, parcel).is_some() {
        true => Ok(rate),
        false => Err(Unserved::TooHeavy),
    }
}

/// Whether an address lies in a country or a subdivision of one.
fn lies_in(address: &Address, place: &str) -> bool {
    address.country == place || region(address) == Some(place)
}

/// The first weight band that the parcel fits in.
fn band<'a>(rate: &'a DeliveryRate, parcel: &Parcel<'_>) -> Option<&'a WeightBand> {
    rate.bands
        .iter()
        .find(|band| parcel.weight_g <= u64::from(band.up_to_g))
}

/// Whether a zone, seen from the shop, reaches the address. Distances are between the middles of regions, so a place
/// whose region is unknown is within no distance of anything.
fn covers(zone: &Zone, parcel: &Parcel<'_>) -> bool {
    let (from, to) = (parcel.from, parcel.to);
    let same_country = from.country == to.country;
    match zone {
        Zone::SameRegion => {
            same_country && region_of_shop(from).is_some() && region_of_shop(from) == region(to)
        }
        Zone::SameCountry => same_country,
        Zone::Countries { codes } => codes.contains(&to.country),
        Zone::Regions { codes } => region(to).is_some_and(|region| codes.iter().any(|code| code == region)),
        Zone::Within { km } => region_of_shop(from)
            .zip(region(to))
            .and_then(|(from, to)| geo::distance_km(from, to))
            .is_some_and(|distance| distance <= *km),
        Zone::World => true,
    }
}

/// The region an address names, or the one that its postcode tells.
fn region(address: &Address) -> Option<&str> {
    address
        .region
        .as_deref()
        .or_else(|| geo::region_of_postcode(&address.postcode, &address.country))
}

fn region_of_shop(location: &Location) -> Option<&str> {
    location
        .region
        .as_deref()
        .or_else(|| geo::region_of_postcode(&location.postcode, &location.country))
}

/// The price of its weight, or base price and each started kilogram, unless the shop's lines reach the sum from which it is free.
fn price(rate: &DeliveryRate, parcel: &Parcel<'_>) -> Result<Money, MoneyError> {
    if let Some(free_from) = rate.free_from
        && free_from.currency == parcel.subtotal.currency
        && parcel.subtotal.amount >= free_from.amount
    {
        return Ok(Money::zero(parcel.subtotal.currency));
    }
    // Prices are stated per currency and never converted: a rate in another one than the goods is an error.
    let zero = Money::zero(parcel.subtotal.currency);
    if let Some(band) = band(rate, parcel) {
        return zero.add(band.price);
    }
    let base = zero.add(rate.price)?;
    let Some(per_kg) = rate.per_kg else {
        return Ok(base);
    };
    let kilograms = u32::try_from(parcel.weight_g.div_ceil(1000)).map_err(|_| MoneyError::Overflow)?;
    base.add(per_kg.times(kilograms)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;
    use proptest::prelude::*;

    fn eur(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    fn sevilla() -> Location {
        Location {
            country: "ES".into(),
            region: Some("ES-SE".into()),
            postcode: "41010".into(),
            town: "Sevilla".into(),
        }
    }

    fn address(country: &str, region: Option<&str>, postcode: &str) -> Address {
        Address {
            name: "Lucía Romero".into(),
            line1: "Calle Betis 12".into(),
            line2: None,
            postcode: postcode.into(),
            city: "x".into(),
            region: region.map(str::to_owned),
            country: country.into(),
            phone: None,
        }
    }

    fn rate(zone: Zone, price: i64) -> DeliveryRate {
        DeliveryRate {
            zone,
            price: eur(price),
            per_kg: None,
            bands: Vec::new(),
            free_from: None,
            days_min: 1,
            days_max: 3,
        }
    }

    fn option(code: &str, rates: Vec<DeliveryRate>) -> DeliveryOption {
        DeliveryOption {
            code: code.into(),
            name: code.into(),
            closed: Vec::new(),
            rates,
        }
    }

    fn parcel(to: &Address, weight_g: u64) -> Parcel<'_> {
        static FROM: std::sync::LazyLock<Location> = std::sync::LazyLock::new(sevilla);
        Parcel {
            from: &FROM,
            to,
            weight_g,
            subtotal: eur(0),
        }
    }

    /// The price of one option with these rates; `None` where it does not reach the address.
    fn priced(rates: Vec<DeliveryRate>, to: &Address, weight_g: u64, subtotal: i64) -> Option<i64> {
        let parcel = Parcel {
            from: &sevilla(),
            to,
            weight_g,
            subtotal: eur(subtotal),
        };
        let quotes = quotes(&[option("standard", rates)], &parcel).expect("one currency");
        quotes.first().map(|quote| quote.price.amount)
    }

    #[test]
    fn the_first_rate_that_covers_the_address_holds() {
        let rates = || {
            vec![
                rate(Zone::SameRegion, 300),
                rate(Zone::SameCountry, 500),
                rate(
                    Zone::Countries {
                        codes: vec!["PT".into()],
                    },
                    900,
                ),
                rate(Zone::World, 2500),
            ]
        };
        let cost = |country, region, postcode| priced(rates(), &address(country, region, postcode), 0, 0);
        assert_eq!(cost("ES", Some("ES-SE"), "41001"), Some(300));
        assert_eq!(
            cost("ES", None, "41001"),
            Some(300),
            "the postcode tells the region"
        );
        assert_eq!(cost("ES", Some("ES-M"), "28001"), Some(500));
        assert_eq!(cost("PT", None, "1000-001"), Some(900));
        assert_eq!(cost("JP", None, "100-0001"), Some(2500));
    }

    #[test]
    fn an_address_that_no_rate_covers_is_not_served() {
        let spain_only = || vec![rate(Zone::SameCountry, 500)];
        assert_eq!(priced(spain_only(), &address("FR", None, "75001"), 0, 0), None);
    }

    #[test]
    fn distance_is_between_the_middles_of_regions() {
        let near = |km| vec![rate(Zone::Within { km }, 400)];
        let cadiz = address("ES", Some("ES-CA"), "11001");
        assert_eq!(priced(near(200), &cadiz, 0, 0), Some(400));
        assert_eq!(priced(near(20), &cadiz, 0, 0), None);
        assert_eq!(
            priced(near(20_000), &address("AQ", None, ""), 0, 0),
            None,
            "no region, no distance"
        );
    }

    #[test]
    fn provinces_are_a_zone_and_can_be_closed() {
        let islands = || Zone::Regions {
            codes: vec!["ES-GC".into(), "ES-TF".into()],
        };
        let rates = || vec![rate(islands(), 1_500), rate(Zone::SameCountry, 500)];
        let cost = |region, postcode| priced(rates(), &address("ES", region, postcode), 0, 0);
        assert_eq!(cost(Some("ES-TF"), "38001"), Some(1_500));
        assert_eq!(
            cost(None, "35001"),
            Some(1_500),
            "the postcode tells the province"
        );
        assert_eq!(cost(Some("ES-M"), "28001"), Some(500));

        let closed = DeliveryOption {
            closed: vec!["ES-CE".into(), "RU".into()],
            ..option("standard", vec![rate(Zone::World, 500)])
        };
        let why = |country, region, postcode| {
            let to = address(country, region, postcode);
            let parcel = parcel(&to, 0);
            let options = [closed.clone()];
            let quotes = quotes(&options, &parcel).expect("one currency");
            quotes.is_empty().then(|| unserved(&options, &parcel))
        };
        assert_eq!(why("ES", None, "51001"), Some(Unserved::Closed), "Ceuta");
        assert_eq!(why("RU", None, "101000"), Some(Unserved::Closed));
        assert_eq!(why("ES", None, "41001"), None);
    }

    #[test]
    fn parcels_cost_what_their_weight_costs_and_the_heaviest_are_not_sent() {
        let band = |up_to_g, price| WeightBand {
            up_to_g,
            price: eur(price),
        };
        let by_weight = || {
            vec![DeliveryRate {
                bands: vec![band(1_000, 400), band(5_000, 900)],
                free_from: Some(eur(10_000)),
                ..rate(Zone::World, 7)
            }]
        };
        let to = address("ES", Some("ES-SE"), "41001");
        let cost = |weight_g| priced(by_weight(), &to, weight_g, 0);
        assert_eq!(
            [0, 1_000, 1_001, 5_000, 5_001].map(cost),
            [Some(400), Some(400), Some(900), Some(900), None]
        );
        assert_eq!(priced(by_weight(), &to, 5_000, 10_000), Some(0));
        assert_eq!(
            priced(by_weight(), &to, 5_001, 10_000),
            None,
            "free is not for what is not sent"
        );
        let options = [
            option(
                "far",
                vec![rate(
                    Zone::Countries {
                        codes: vec!["FR".into()],
                    },
                    1,
                )],
            ),
            option("heavy", by_weight()),
        ];
        assert_eq!(unserved(&options, &parcel(&to, 5_001)), Unserved::TooHeavy);
        assert_eq!(unserved(&options[..1], &parcel(&to, 0)), Unserved::NotCovered);
    }

    #[test]
    fn each_started_kilogram_is_added() {
        let by_weight = || {
            vec![DeliveryRate {
                per_kg: Some(eur(150)),
                ..rate(Zone::World, 500)
            }]
        };
        let to = address("ES", Some("ES-SE"), "41001");
        let cost = |weight_g| priced(by_weight(), &to, weight_g, 0);
        assert_eq!([0, 1, 1000, 1001].map(cost), [500, 650, 650, 800].map(Some));
    }

    #[test]
    fn delivery_is_free_from_the_sum_the_shop_names() {
        let rates = || {
            vec![DeliveryRate {
                free_from: Some(eur(5000)),
                ..rate(Zone::World, 500)
            }]
        };
        let to = address("ES", Some("ES-SE"), "41001");
        assert_eq!(priced(rates(), &to, 0, 4999), Some(500));
        assert_eq!(priced(rates(), &to, 0, 5000), Some(0));
    }

    #[test]
    fn the_cheapest_comes_first() {
        let options = [
            option("express", vec![rate(Zone::World, 900)]),
            option("standard", vec![rate(Zone::World, 400)]),
            option("regional", vec![rate(Zone::SameRegion, 100)]),
        ];
        let to = address("ES", Some("ES-M"), "28001");
        let parcel = Parcel {
            from: &sevilla(),
            to: &to,
            weight_g: 0,
            subtotal: eur(0),
        };
        let quotes = quotes(&options, &parcel).expect("one currency");
        let codes: Vec<_> = quotes.iter().map(|q| q.code.as_str()).collect();
        assert_eq!(codes, ["standard", "express"]);
    }

    #[test]
    fn a_rate_in_another_currency_is_an_error() {
        let dollars = DeliveryRate {
            price: Money::new(500, Currency::USD),
            ..rate(Zone::World, 0)
        };
        let to = address("ES", None, "41001");
        let parcel = Parcel {
            from: &sevilla(),
            to: &to,
            weight_g: 0,
            subtotal: eur(0),
        };
        assert!(quotes(&[option("standard", vec![dollars])], &parcel).is_err());
    }

    proptest! {
        #[test]
        fn heavier_never_costs_less(base in 0i64..10_000, per_kg in 0i64..1000, a in 0u64..100_000, more in 0u64..100_000) {
            let rates = || vec![DeliveryRate { per_kg: Some(eur(per_kg)), ..rate(Zone::World, base) }];
            let to = address("ES", None, "41001");
            prop_assert!(priced(rates(), &to, a, 0) <= priced(rates(), &to, a + more, 0));
        }
    }
}
