//! Buyers and where they live.

use crate::dice::Dice;
use crate::people;
use crate::places::{self, Place};
use crate::text::slug;
use serde::Serialize;

/// Somebody who shops.
#[derive(Clone, Debug, Serialize)]
pub struct Buyer {
    /// Place in the order of buyers, from 0; the same at every scale.
    pub index: u32,
    pub name: String,
    /// Unique; under `.example`.
    pub email: String,
    pub address: Address,
}

#[derive(Clone, Debug, Serialize)]
pub struct Address {
    pub name: String,
    pub line1: String,
    /// Floor and door, where there is one.
    pub line2: Option<String>,
    pub town: &'static str,
    pub postcode: &'static str,
    /// ISO 3166-2.
    pub region: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
}

const STREETS: &[(&str, &[&str])] = &[
    (
        "PT",
        &[
            "Rua das Flores",
            "Rua de São Bento",
            "Travessa do Carmo",
            "Rua da Alegria",
        ],
    ),
    (
        "FR",
        &[
            "rue des Lilas",
            "rue Saint-Michel",
            "avenue Jean Jaurès",
            "rue du Moulin",
        ],
    ),
    (
        "IT",
        &["Via Garibaldi", "Via dei Mille", "Via San Marco", "Corso Italia"],
    ),
    ("DE", &["Gartenstraße", "Lindenweg", "Schillerstraße", "Am Markt"]),
    ("AT", &["Neubaugasse", "Lindengasse", "Burggasse", "Kirchengasse"]),
    (
        "NL",
        &[
            "Prinsengracht",
            "Haarlemmerstraat",
            "Vijzelstraat",
            "Lindengracht",
        ],
    ),
    ("SE", &["Bondegatan", "Hornsgatan", "Folkungagatan", "Skånegatan"]),
    (
        "IE",
        &["Main Street", "Abbey Road", "Church Lane", "Meath Street"],
    ),
    (
        "MA",
        &[
            "Rue Ibn Khaldoun",
            "Avenue Hassan II",
            "Derb Sidi Bouloukat",
            "Rue de la Liberté",
        ],
    ),
    (
        "MX",
        &[
            "Calle Macedonio Alcalá",
            "Calle 5 de Mayo",
            "Avenida Reforma",
            "Calle Morelos",
        ],
    ),
    (
        "JP",
        &["Kawaramachi-dori", "Sanjo-dori", "Teramachi-dori", "Shijo-dori"],
    ),
];

const STREETS_ES: &[&str] = &[
    "Calle Mayor",
    "Calle Real",
    "Calle San Juan",
    "Avenida de la Constitución",
    "Calle de las Huertas",
    "Plaza de España",
    "Calle Nueva",
    "Calle Cervantes",
    "Paseo de la Alameda",
    "Calle Santa Ana",
    "Calle del Carmen",
    "Avenida de Andalucía",
    "Calle Molino",
    "Calle Gran Vía",
    "Ronda del Norte",
    "Calle Olmos",
    "Calle Colón",
    "Travesía de la Fuente",
    "Calle del Sol",
    "Calle Jardines",
    "Calle San Miguel",
    "Avenida del Puerto",
    "Calle Libertad",
    "Cuesta del Rosario",
];

const MAIL_HOSTS: [&str; 4] = ["correo.example", "buzon.example", "mail.example", "post.example"];

pub(crate) fn buyer(seed: u64, index: u32) -> Buyer {
    let mut dice = Dice::keyed(seed, 0xb0_7e_12, u64::from(index));
    let place = if dice.chance(80) {
        *dice.pick(places::SPAIN)
    } else {
        *dice.pick(places::ABROAD)
    };
    let name = people::full_name(place.country, &mut dice);
    let mut words = name.split(' ');
    let (first, last) = (words.next().unwrap_or("a"), words.next().unwrap_or("b"));
    // The number keeps namesakes apart.
    let email = format!(
        "{}.{}{}@{}",
        slug(first),
        slug(last),
        index + 1,
        dice.pick(&MAIL_HOSTS)
    );
    Buyer {
        index,
        email,
        address: address(&name, place, &mut dice),
        name,
    }
}

fn address(name: &str, place: Place, dice: &mut Dice) -> Address {
    let number = dice.int(1, 128);
    let streets = STREETS
        .iter()
        .find(|pair| pair.0 == place.country)
        .map_or(STREETS_ES, |pair| pair.1);
    let street = dice.pick(streets);
    let (line1, line2) = match place.country {
        "ES" => {
            let flat = dice.chance(75).then(|| {
                format!(
                    "{}.º {}",
                    dice.int(1, 7),
                    dice.pick(&["A", "B", "C", "D", "izq.", "dcha."])
                )
            });
            (format!("{street}, {number}"), flat)
        }
        "FR" | "IE" | "MA" => (format!("{number} {street}"), None),
        "PT" => (
            format!("{street}, {number}"),
            dice.chance(60).then(|| format!("{}.º Esq.", dice.int(1, 5))),
        ),
        "MX" => (
            format!("{street} {number}"),
            dice.chance(40).then(|| format!("Int. {}", dice.int(1, 12))),
        ),
        _ => (format!("{street} {number}"), None),
    };
    Address {
        name: name.to_owned(),
        line1,
        line2,
        town: place.town,
        postcode: place.postcode,
        region: place.region,
        country: place.country,
    }
}
