//! Sellers: the shops written by hand first, then shops composed from trades, towns and names.

use crate::art::{Rgb, ShopArt};
use crate::crafts::{CRAFTS, Craft};
use crate::dice::{Dice, mix};
use crate::places::{self, Place};
use crate::shops::SHOPS;
use crate::text::slug;
use crate::{people, regions};
use serde::Serialize;
use std::collections::HashSet;

/// A shop and the person behind it.
#[derive(Clone, Debug, Serialize)]
pub struct Seller {
    /// Place in the order of sellers, from 0; the same at every scale.
    pub index: u32,
    /// Unique; as in an address.
    pub slug: String,
    /// Unique; begins the SKU codes of the shop.
    pub code: String,
    pub name: String,
    pub owner: String,
    /// Unique; under `.example`, so that no mail ever leaves.
    pub email: String,
    pub craft: Craft,
    /// Two or three sentences.
    pub story: String,
    pub place: Place,
    /// ISO 4217.
    pub currency: &'static str,
    /// The shop's colour, `#rrggbb`, dark enough for white text.
    pub accent: String,
    pub return_policy: &'static str,
    /// As the policy says.
    pub return_days: u16,
    pub delivery: Vec<DeliveryOption>,
    /// How many products `Sampler::products_of` yields.
    pub products: u32,
    pub art: ShopArt,
    #[serde(skip)]
    pub(crate) house: u64,
}

/// A way of sending.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryOption {
    pub code: &'static str,
    pub name: &'static str,
    /// Nearest zone first.
    pub rates: Vec<DeliveryRate>,
}

/// What sending costs to a zone, in minor units of the shop's currency.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryRate {
    pub zone: DeliveryZone,
    pub price_minor: i64,
    /// Added for each started kilogram.
    pub per_kg_minor: Option<i64>,
    /// Free when the shop's lines reach this.
    pub free_from_minor: Option<i64>,
    pub days_min: u16,
    pub days_max: u16,
}

/// Places as seen from the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryZone {
    SameRegion,
    SameCountry,
    /// The countries of `EUROPE`.
    Europe,
    World,
}

/// ISO 3166-1 codes of the European zone.
pub const EUROPE: &[&str] = &[
    "AD", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MC", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "SM",
];

const ACCENTS: [u32; 14] = [
    0x8c3f2b, 0x2f5472, 0x4d6140, 0x7a4a1f, 0x5b3a52, 0x2e5f58, 0x9a4a38, 0x3d4a63, 0x6b5a23, 0x74394a,
    0x1f5a6b, 0x5a4636, 0x3f5f3a, 0x7d3f57,
];

/// Words that follow the sign over a door: families, saints, and what one sees from the window.
const AFTER_SIGNS: [&str; 64] = [
    "Arriaga",
    "del Río",
    "Santa Clara",
    "Villanueva",
    "La Solana",
    "Montesinos",
    "del Arco",
    "Belmonte",
    "San Roque",
    "Carrasco",
    "de la Vega",
    "Olmedo",
    "El Almendro",
    "Pizarro",
    "La Encina",
    "Quintana",
    "del Puente",
    "Santa Marta",
    "Robledo",
    "Los Olivos",
    "Salvatierra",
    "La Ribera",
    "Cifuentes",
    "del Molino",
    "San Lázaro",
    "Beltrán",
    "La Alameda",
    "Espinosa",
    "del Castillo",
    "El Romeral",
    "Noguera",
    "La Noria",
    "Villalobos",
    "del Valle",
    "San Telmo",
    "Miranda",
    "El Tomillar",
    "Figueroa",
    "La Atalaya",
    "Ledesma",
    "del Prado",
    "Santa Ana",
    "Zaldívar",
    "El Encinar",
    "Cervera",
    "La Higuera",
    "Maldonado",
    "del Pozo",
    "San Antón",
    "Vidal",
    "El Palmar",
    "Alarcón",
    "La Cantera",
    "Ferrer",
    "del Soto",
    "Buendía",
    "El Granado",
    "Lozano",
    "La Muralla",
    "Requena",
    "del Barrio",
    "Santa Eulalia",
    "Luján",
    "El Mirador",
];

/// The shops, in an order that never changes: a larger scale only appends.
pub(crate) fn all(seed: u64, scale: u32, products: u64) -> Vec<Seller> {
    let count = SHOPS.len() + 12 * (scale.max(1) as usize - 1);
    let mut slugs = HashSet::with_capacity(count);
    let mut sellers: Vec<Seller> = (0..count)
        .map(|index| seller(seed, index as u32, &mut slugs))
        .collect();
    share_out(&mut sellers, products);
    sellers
}

/// Gives each shop its part of the catalogue, wide trades more than narrow ones, to the exact total.
fn share_out(sellers: &mut [Seller], products: u64) {
    let weights: Vec<u64> = sellers
        .iter()
        .map(|seller| seller.craft.breadth() * (80 + seller.house % 41))
        .collect();
    let all: u64 = weights.iter().sum();
    let mut given = 0;
    for (seller, weight) in sellers.iter_mut().zip(&weights) {
        let part = products * weight / all;
        seller.products = part as u32;
        given += part;
    }
    // Rounding leaves fewer over than there are shops.
    for seller in sellers.iter_mut().take((products - given) as usize) {
        seller.products += 1;
    }
}

fn seller(seed: u64, index: u32, slugs: &mut HashSet<String>) -> Seller {
    let mut dice = Dice::keyed(seed, 0x5e11e6, u64::from(index));
    let house = dice.seed();
    let (name, owner, place, craft, story) = match SHOPS.get(index as usize) {
        Some(shop) => {
            slugs.insert(slug(shop.name));
            (
                shop.name.to_owned(),
                shop.owner.to_owned(),
                places::named(shop.town),
                shop.craft,
                shop.story.to_owned(),
            )
        }
        None => composed(index, slugs, &mut dice),
    };
    let accent = Rgb::hex(ACCENTS[(house >> 9) as usize % ACCENTS.len()]);
    let (return_days, return_policy) = return_policy(craft, &mut dice);
    let slug = slug(&name);
    let first = crate::text::slug(owner.split(' ').next().unwrap_or("shop"));
    Seller {
        index,
        code: format!("{}{:02}", initials(&name, 3), index + 1),
        email: format!("{first}@{slug}.example"),
        craft,
        story,
        currency: "EUR",
        accent: accent.css(),
        return_policy,
        return_days,
        delivery: delivery(craft, place, &mut dice),
        products: 0,
        art: ShopArt {
            seed: mix(house, 0xa57),
            accent,
            monogram: initials(&name, 2),
            name: name.clone(),
            craft,
        },
        house,
        slug,
        name,
        owner,
        place,
    }
}

/// A shop of chance: trade, town, owner, and a name nobody has yet.
fn composed(
    index: u32,
    slugs: &mut HashSet<String>,
    dice: &mut Dice,
) -> (String, String, Place, Craft, String) {
    let craft = CRAFTS[index as usize % CRAFTS.len()];
    let place = if dice.chance(82) {
        *dice.pick(places::SPAIN)
    } else {
        *dice.pick(&places::ABROAD[..places::ABROAD_WITH_SHOPS])
    };
    let owner = people::full_name(place.country, dice);
    let surname = owner.split(' ').nth(1).unwrap_or("Luna").to_owned();
    let mut name = match place.country {
        "PT" => format!("Oficina {surname}"),
        "FR" => format!("Atelier {surname}"),
        "IT" => format!("Bottega {surname}"),
        "DE" => format!("Werkstatt {surname}"),
        "MA" => format!("Dar {surname}"),
        "JP" => format!("{surname} Kobo"),
        "IE" => format!("{surname} Workshop"),
        _ => format!("{} {}", dice.pick(craft.signs()), dice.pick(&AFTER_SIGNS)),
    };
    if !slugs.insert(slug(&name)) {
        name = format!("{name} · {}", place.town);
        while !slugs.insert(slug(&name)) {
            name = format!("{} {}", name, dice.pick(&AFTER_SIGNS));
        }
    }
    let first = owner.split(' ').next().unwrap_or("Luz").to_owned();
    let (town, region, people) = (place.town, regions::spoken(place.region), craft.people());
    let story = match dice.below(5) {
        0 => format!(
            "{first} learned the trade at home, left to study something sensible, and came back. The workshop in {town} has two windows, one apprentice and a waiting list."
        ),
        1 => format!(
            "We are three {people} in {town} who share a roof, a kettle and a good many opinions. What leaves the door has passed all six hands."
        ),
        2 => format!(
            "The house has been a workshop since 1932 and smells accordingly. {first} keeps the old tools sharp and the old recipes legible."
        ),
        3 => format!(
            "{people} in {region} used to be many; we intend to stay. We work slowly, teach on Saturdays, and post on Tuesdays."
        ),
        _ => format!(
            "{first} makes everything in the shop and photographs it on the kitchen table in {town}. Ask anything; the answer comes from the person who made it."
        ),
    };
    let mut letters = story.chars();
    let story = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    (name, owner, place, craft, story)
}

/// Capitals of the words that carry the name.
fn initials(name: &str, most: usize) -> String {
    let words = slug(name);
    let carrying = words.split('-').filter(|word| {
        !matches!(
            *word,
            "de" | "del" | "la" | "el" | "los" | "y" | "do" | "da" | "du" | "d" | "l"
        )
    });
    let mut letters: String = carrying
        .filter_map(|word| word.chars().next())
        .take(most)
        .collect();
    if letters.len() < 2 {
        letters = words.chars().filter(char::is_ascii_alphabetic).take(2).collect();
    }
    letters.to_uppercase()
}

/// Days, and the words for them.
fn return_policy(craft: Craft, dice: &mut Dice) -> (u16, &'static str) {
    let policies: &[(u16, &str)] = if craft.sells_food() {
        &[
            (
                14,
                "Unopened jars, bottles and boxes can be sent back within 14 days. Should anything arrive broken, send us a photograph and we replace it at once.",
            ),
            (
                14,
                "Food that has been opened cannot be returned, but if you are not happy with it, write to us: we would rather lose a jar than a friend. 14 days for everything unopened.",
            ),
        ]
    } else if matches!(craft, Craft::Jewellery) {
        &[(
            30,
            "30 days to change your mind, worn or not, as long as it is in good order. Earrings can be exchanged only if the seal is intact. Engraved pieces are yours to keep.",
        )]
    } else {
        &[
            (
                30,
                "30 days to return anything you do not love, unused and in its box. You pay the postage back; if the fault is ours, we pay both ways.",
            ),
            (
                14,
                "You have 14 days from delivery to send things back, and a further 30 to exchange them. Pieces made to your measure are excluded.",
            ),
            (
                30,
                "Returns within 30 days. If it broke on the way, a photograph is enough and we send another.",
            ),
        ]
    };
    policies[dice.below(policies.len())]
}

fn delivery(craft: Craft, place: Place, dice: &mut Dice) -> Vec<DeliveryOption> {
    let heavy = craft.is_bulky();
    let base = if heavy {
        dice.int(12, 19) * 100
    } else {
        dice.int(7, 10) * 50
    };
    let free = if heavy { 35_000 } else { dice.int(5, 9) * 1000 };
    let per_kg = heavy.then_some(120);
    let rate = |zone, price_minor, per_kg_minor, free_from_minor, days_min, days_max| DeliveryRate {
        zone,
        price_minor,
        per_kg_minor,
        free_from_minor,
        days_min,
        days_max,
    };
    let mut rates = Vec::with_capacity(4);
    let european = EUROPE.contains(&place.country);
    if european {
        rates.push(rate(
            DeliveryZone::SameRegion,
            base * 7 / 10 / 10 * 10,
            None,
            Some(free * 6 / 10),
            1,
            2,
        ));
    }
    rates.push(rate(DeliveryZone::SameCountry, base, per_kg, Some(free), 2, 4));
    let afar = if european { 1 } else { 2 };
    rates.push(rate(
        DeliveryZone::Europe,
        base * (2 + afar),
        Some(150 * afar),
        Some(free * 2 * afar),
        4 * afar as u16,
        7 * afar as u16,
    ));
    rates.push(rate(DeliveryZone::World, base * 5, Some(600), None, 8, 18));
    let mut options = vec![DeliveryOption {
        code: "standard",
        name: "Standard delivery",
        rates,
    }];
    if european && !heavy && dice.chance(45) {
        let express = vec![rate(DeliveryZone::SameCountry, base + 550, None, None, 1, 1)];
        options.push(DeliveryOption {
            code: "express",
            name: "Express, next working day",
            rates: express,
        });
    }
    options
}
