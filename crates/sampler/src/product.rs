//! Products: a line of goods, a shop's own colours and habits, and chance.

use crate::art::{ArtSpec, Subject};
use crate::dice::{Dice, mix};
use crate::lines::{Choice, Deco, Fact, Line, Noun, Painted, Shade};
use crate::picture;
use crate::seller::Seller;
use crate::text::Words;
use crate::variant::{self, Variant};
use crate::{places, regions};
use serde::Serialize;
use std::collections::HashSet;

/// A product as its seller would describe it.
#[derive(Clone, Debug, Serialize)]
pub struct Product {
    /// Unique among all sellers and the same at every scale.
    pub key: String,
    /// `Seller::index` of whose it is.
    pub seller: u32,
    pub title: String,
    /// Markdown, two to four paragraphs.
    pub description: String,
    pub brand: String,
    /// `Category::path` of a leaf.
    pub category: &'static str,
    pub tags: Vec<String>,
    pub materials: Vec<String>,
    pub attributes: Vec<Attribute>,
    pub variants: Vec<Variant>,
    /// The main picture.
    pub art: ArtSpec,
    /// The same product in other colours it comes in, if any.
    pub other_colours: Vec<ArtSpec>,
}

impl Product {
    /// Every picture of the product, the main one first: itself, close up, at home, then its other colours.
    pub fn gallery(&self) -> Vec<ArtSpec> {
        let mut pictures = vec![self.art.clone(), self.art.with_view(1), self.art.with_view(2)];
        pictures.extend(self.other_colours.iter().cloned());
        pictures
    }
}

/// A typed attribute; its key is described by `AttributeSpec`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attribute {
    pub key: &'static str,
    pub value: AttributeValue,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AttributeValue {
    Text(String),
    /// In the unit of the key's `AttributeSpec`.
    Number(i64),
    Bool(bool),
}

const REALM: u64 = 0x97_0d_0c;

/// How often chance may try for a title nobody in the shop has yet.
const TITLE_TRIES: usize = 24;

const SERIES_ES: &[&str] = &[
    "Albariza",
    "Brisa",
    "Marea",
    "Sierra",
    "Alba",
    "Olivar",
    "Retama",
    "Jara",
    "Salina",
    "Duna",
    "Cala",
    "Levante",
    "Poniente",
    "Alameda",
    "Azahar",
    "Almena",
    "Ribera",
    "Vega",
    "Encina",
    "Solana",
    "Umbría",
    "Rocío",
    "Luna",
    "Vereda",
    "Nácar",
    "Laurel",
    "Hinojo",
    "Noria",
    "Aljibe",
    "Patio",
    "Celosía",
    "Zaguán",
    "Candil",
    "Romería",
    "Siesta",
    "Verbena",
    "Alcor",
    "Bahía",
    "Tramontana",
    "Calima",
    "Orilla",
    "Cantera",
    "Lindero",
    "Majada",
    "Trigal",
    "Alborada",
    "Sereno",
    "Mirlo",
    "Golondrina",
    "Amapola",
    "Almendro",
    "Higuera",
    "Granada",
    "Palmera",
    "Espiga",
    "Arcilla",
    "Ermita",
    "Molino",
    "Ventana",
    "Domingo",
];

const SERIES_ABROAD: &[(&str, &[&str])] = &[
    (
        "PT",
        &[
            "Saudade", "Maré", "Azul", "Ribeira", "Fado", "Vento", "Serra", "Cortiça", "Ilha", "Alfama",
        ],
    ),
    (
        "FR",
        &[
            "Mistral", "Garrigue", "Lavoir", "Cigale", "Bastide", "Calanque", "Verger", "Aubrac", "Tilleul",
            "Marine",
        ],
    ),
    (
        "IT",
        &[
            "Laguna", "Sospiro", "Colle", "Ginestra", "Loggia", "Brezza", "Vigna", "Altana", "Cipresso",
            "Luce",
        ],
    ),
    (
        "DE",
        &[
            "Winter", "Tanne", "Lichtung", "Erz", "Glück", "Heide", "Stern", "Mond", "Wiese", "Morgen",
        ],
    ),
    (
        "MA",
        &[
            "Zellige", "Médina", "Atlas", "Safran", "Riad", "Sirocco", "Jasmin", "Oasis", "Henné", "Souk",
        ],
    ),
    (
        "MX",
        &[
            "Milpa",
            "Copal",
            "Nopal",
            "Cenzontle",
            "Cempasúchil",
            "Mezquite",
            "Colibrí",
            "Jícara",
            "Petate",
            "Agave",
        ],
    ),
    (
        "JP",
        &[
            "Kasumi", "Yuki", "Hotaru", "Komorebi", "Nagi", "Sumi", "Momiji", "Kawa", "Hinoki", "Asa",
        ],
    ),
];

fn series(country: &str, dice: &mut Dice) -> &'static str {
    let names = SERIES_ABROAD
        .iter()
        .find(|pair| pair.0 == country)
        .map_or(SERIES_ES, |pair| pair.1);
    dice.word(names)
}

/// What chance chose before anything is written down.
pub(crate) struct Pick {
    pub line: &'static Line,
    pub noun: &'static Noun,
    pub shade: &'static Shade,
    pub ink: &'static Shade,
    pub deco: &'static Deco,
    pub material: &'static str,
}

/// The `ordinal`-th product of a shop; `titles` are those it has already.
pub(crate) fn product(seed: u64, seller: &Seller, ordinal: u32, titles: &mut HashSet<String>) -> Product {
    let dice = &mut Dice::new(mix(mix(seed, REALM), mix(seller.house, u64::from(ordinal))));
    let lines = seller.craft.lines();
    // The first round shows everything the shop makes; afterwards chance decides, with a liking for what comes first.
    let at = if (ordinal as usize) < lines.len() {
        ordinal as usize
    } else {
        dice.below(lines.len()).min(dice.below(lines.len() + 2))
    };
    let line = lines[at];
    let mut choice = choose(line, seller, dice);
    let mut words = words(&choice, seller, dice);
    let mut title = tidy(&words.fill(dice.word(line.titles)));
    for _ in 0..TITLE_TRIES {
        if !titles.contains(&title) {
            break;
        }
        choice = choose(line, seller, dice);
        words = self::words(&choice, seller, dice);
        title = tidy(&words.fill(dice.word(line.titles)));
    }
    if titles.contains(&title) {
        title = format!("{title}, no. {}", ordinal + 1);
    }
    titles.insert(title.clone());
    let number = ordinal + 1;
    let sizes = measures(line, choice.noun, dice);
    let technique = dice.word(line.class.techniques);
    let art = picture::art(&choice, seller, &title, dice);
    let (variants, others) = variant::variants(&choice, seller, number, dice);
    let other_colours = others
        .iter()
        .map(|shade| picture::repaint(&art, line, shade))
        .collect();
    Product {
        key: format!("{}-{number:04}", seller.slug),
        seller: seller.index,
        description: describe(&choice, &words, &sizes, technique, dice),
        brand: seller.name.clone(),
        category: line.category,
        tags: tags(&choice, dice),
        materials: vec![choice.material.to_owned()],
        attributes: attributes(&choice, seller, sizes, technique, dice),
        variants,
        art,
        other_colours,
        title,
    }
}

/// One of the shop's own: a shop keeps to two thirds of what its trade knows.
pub(crate) fn own<T>(from: &'static [T], house: u64, dice: &mut Dice) -> &'static T {
    let kept = (from.len() * 2).div_ceil(3).max(from.len().min(4));
    &from[(house as usize % from.len() + dice.below(kept)) % from.len()]
}

fn choose(line: &'static Line, seller: &Seller, dice: &mut Dice) -> Pick {
    let shade = own(line.shades, seller.house >> 4, dice);
    let mut ink = own(line.inks, seller.house >> 8, dice);
    if line.painted == Painted::Filled {
        ink = &line.inks[(seller.house >> 12) as usize % line.inks.len()];
    } else if line.painted == Painted::Over {
        // Decoration that cannot be seen against its ground is no decoration.
        for _ in 0..8 {
            if shade.rgb.distance(ink.rgb) > 140.0 {
                break;
            }
            ink = dice.pick(line.inks);
        }
    }
    Pick {
        line,
        noun: dice.pick(line.nouns),
        shade,
        ink,
        deco: own(line.decors, seller.house >> 16, dice),
        material: own::<&'static str>(line.materials, seller.house >> 20, dice),
    }
}

fn words(choice: &Pick, seller: &Seller, dice: &mut Dice) -> Words<'static> {
    let mut words = Words::new();
    words.set("noun", choice.noun.title);
    words.set("phrase", choice.noun.phrase);
    words.set("shade", choice.shade.name);
    words.set("ink", choice.ink.name);
    words.set("material", choice.material);
    words.set("series", series(seller.place.country, dice));
    words.set("town", seller.place.town);
    words.set("region", regions::spoken(seller.place.region));
    let deco = choice
        .deco
        .phrase
        .replace("{ink}", choice.ink.name)
        .replace("{shade}", choice.shade.name);
    words.set("deco", deco);
    words
}

/// An absent decoration leaves no gap behind.
fn tidy(title: &str) -> String {
    let mut tidy = String::with_capacity(title.len());
    for word in title.split_whitespace() {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy.trim_end_matches(',').to_owned()
}

/// Measures of this product: key, value, and how a sentence says it.
fn measures(line: &Line, noun: &Noun, dice: &mut Dice) -> Vec<(&'static str, i64, String)> {
    line.dims
        .iter()
        .map(|dim| {
            let rolled = dice.int(dim.range.0, dim.range.1);
            // Lengths grow with the cube root of size, more or less; halfway is near enough.
            let value = if dim.grows {
                (rolled * (100 + noun.size) + 100) / 200
            } else {
                rolled
            };
            let value = if value > 100 && dim.unit == "ml" {
                value / 10 * 10
            } else {
                value
            };
            let unit = if dim.unit.is_empty() {
                String::new()
            } else {
                format!("{} ", dim.unit)
            };
            (dim.key, value, format!("{value} {unit}{}", dim.word))
        })
        .collect()
}

fn describe(
    choice: &Pick,
    words: &Words,
    sizes: &[(&'static str, i64, String)],
    technique: &str,
    dice: &mut Dice,
) -> String {
    let class = choice.line.class;
    let opening = dice.word(choice.line.openings);
    let first = dice.below(class.making.len());
    let second = (first + 1 + dice.below(class.making.len() - 1)) % class.making.len();
    let detail = dice.below(class.details.len());
    let mut text = words.fill(opening);
    if dice.chance(40) {
        text.push(' ');
        text.push_str(&words.fill(class.details[(detail + 1) % class.details.len()]));
    }
    text.push_str("\n\n");
    text.push_str(&words.fill(class.making[first]));
    if dice.chance(55) {
        text.push(' ');
        text.push_str(&words.fill(class.making[second]));
    }
    text.push(' ');
    text.push_str(&words.fill(class.details[detail]));
    let mut facts = Vec::with_capacity(2);
    let label = if is_consumed(choice.line) {
        "Ingredients"
    } else {
        "Material"
    };
    facts.push(format!("**{label}**: {}, {technique}.", choice.material));
    if !sizes.is_empty() {
        let said: Vec<&str> = sizes.iter().map(|size| size.2.as_str()).collect();
        facts.push(format!(
            "**Size**{}: {}.",
            usual_size(choice.line),
            said.join(", ")
        ));
    }
    text.push_str("\n\n");
    text.push_str(&facts.join(" "));
    text.push_str("\n\n**Good to know**: ");
    text.push_str(&words.fill(dice.word(class.care)));
    text
}

/// The size the measures are of, where there are several.
fn usual_size(line: &Line) -> String {
    match line.choice {
        Choice::Options("Size", values) => {
            let usual = values
                .iter()
                .find(|value| value.1 == 100)
                .map_or("medium", |value| value.0);
            if usual.chars().all(char::is_alphabetic) {
                format!(" ({})", usual.to_lowercase())
            } else {
                String::new()
            }
        }
        _ => String::new(),
    }
}

pub(crate) fn is_consumed(line: &Line) -> bool {
    line.category.starts_with("pantry/")
        || matches!(
            line.subject,
            Subject::SoapBar | Subject::CreamTin | Subject::DropperBottle | Subject::BathSalts
        )
}

fn tags(choice: &Pick, dice: &mut Dice) -> Vec<String> {
    let mut tags = vec![choice.noun.title.to_owned(), choice.shade.name.to_owned()];
    let all = choice.line.class.tags;
    let from = dice.below(all.len());
    for step in 0..dice.int(2, 4) as usize {
        tags.push(all[(from + step) % all.len()].to_owned());
    }
    if !choice.deco.phrase.is_empty() {
        tags.push(choice.deco.name.to_owned());
    }
    tags.dedup();
    tags
}

fn attributes(
    choice: &Pick,
    seller: &Seller,
    sizes: Vec<(&'static str, i64, String)>,
    technique: &str,
    dice: &mut Dice,
) -> Vec<Attribute> {
    let line = choice.line;
    let text = |key: &'static str, value: &str| Attribute {
        key,
        value: AttributeValue::Text(value.to_owned()),
    };
    let mut all = Vec::with_capacity(12);
    let food = line.painted == Painted::Filled;
    if !food {
        all.push(text("colour", choice.shade.family));
    }
    all.push(text(line.class.shade_key, choice.shade.name));
    all.push(text(
        if is_consumed(line) {
            "ingredients"
        } else {
            "material"
        },
        choice.material,
    ));
    all.push(text("technique", technique));
    if let Some(key) = line.class.ink_key
        && (!choice.deco.phrase.is_empty() || line.painted != Painted::Over)
        && !(key == "vessel" && choice.noun.form != 1)
    {
        all.push(text(key, choice.ink.name));
    }
    if line.decors.len() > 1 {
        all.push(text("pattern", choice.deco.name));
    }
    all.extend(sizes.into_iter().map(|(key, value, _)| Attribute {
        key,
        value: AttributeValue::Number(value),
    }));
    for fact in line.facts {
        all.push(match fact {
            Fact::Text(key, values) => text(key, dice.word(values)),
            Fact::Flag(key, percent) => Attribute {
                key,
                value: AttributeValue::Bool(dice.chance(*percent)),
            },
        });
    }
    all.push(text(
        "origin",
        places::country_name(seller.place.country).trim_start_matches("the "),
    ));
    all
}
