//! Fields by the codes that people choose from, and how sure we are of what a column means.

use super::fields::{Field, Kind, WeightUnit, field_of, is_known};
use crate::domain::slug::snake_case;

/// Codes that a mapping may name, in the order in which people are offered them. `option_1_name` to
/// `option_3_value` follow.
pub const CODES: [&str; 29] = [
    "title",
    "price",
    "stock",
    "sku",
    "key",
    "description",
    "image",
    "image_alt",
    "category",
    "brand",
    "gtin",
    "compare_at_price",
    "sale_price",
    "sale_from",
    "sale_until",
    "currency",
    "tags",
    "materials",
    "weight",
    "weight_g",
    "weight_kg",
    "weight_lb",
    "weight_oz",
    "weight_unit",
    "dimensions",
    "status",
    "published",
    "tax_category",
    "attribute",
];

/// What is kept under a code; `None` for a code that is none.
pub fn field_of_code(code: &str, column: &str) -> Option<Field> {
    Some(match code {
        "title" => Field::Title(0),
        "price" => Field::Price(0),
        "stock" => Field::Stock,
        "sku" => Field::Sku(0),
        "key" => Field::Key(0),
        "description" => Field::Description(0),
        "image" => Field::Image(0),
        "image_alt" => Field::ImageAlt,
        "category" => Field::Category(0),
        "brand" => Field::Brand(0),
        "gtin" => Field::Gtin(0),
        "compare_at_price" => Field::CompareAt,
        "sale_price" => Field::SalePrice,
        "sale_from" => Field::SaleFrom,
        "sale_until" => Field::SaleUntil,
        "currency" => Field::Currency,
        "tags" => Field::Tags,
        "materials" => Field::Materials,
        "weight" => Field::Weight(WeightUnit::Stated),
        "weight_g" => Field::Weight(WeightUnit::Gram),
        "weight_kg" => Field::Weight(WeightUnit::Kilogram),
        "weight_lb" => Field::Weight(WeightUnit::Pound),
        "weight_oz" => Field::Weight(WeightUnit::Ounce),
        "weight_unit" => Field::WeightUnit,
        "dimensions" => Field::Dimensions,
        "status" => Field::Status,
        "published" => Field::Published,
        "tax_category" => Field::TaxCategory,
        "ignored" => Field::Ignored,
        // What a prefix says of the attribute's name and kind stays true.
        "attribute" => match field_of(column) {
            field @ (Field::Attribute(..) | Field::TranslatedTitle(_) | Field::TranslatedDescription(_)) => {
                field
            }
            _ => Field::Attribute(snake_case(column, 200), Kind::Any),
        },
        _ => return option_of_code(code),
    })
}

fn option_of_code(code: &str) -> Option<Field> {
    let (number, part) = code.strip_prefix("option_")?.split_once('_')?;
    let number: u8 = number.parse().ok().filter(|n| (1..=5).contains(n))?;
    match part {
        "name" => Some(Field::OptionName(number)),
        "value" => Some(Field::OptionValue(number)),
        _ => None,
    }
}

pub fn code_of(field: &Field) -> String {
    let code = match field {
        Field::Key(_) => "key",
        Field::Sku(_) => "sku",
        Field::Title(_) => "title",
        Field::Description(_) => "description",
        Field::Brand(_) => "brand",
        Field::Category(_) => "category",
        Field::Tags => "tags",
        Field::TaxCategory => "tax_category",
        Field::Materials => "materials",
        Field::Price(_) => "price",
        Field::CompareAt => "compare_at_price",
        Field::SalePrice => "sale_price",
        Field::SaleFrom => "sale_from",
        Field::SaleUntil => "sale_until",
        Field::Currency => "currency",
        Field::Stock => "stock",
        Field::Weight(WeightUnit::Stated) => "weight",
        Field::Weight(WeightUnit::Gram) => "weight_g",
        Field::Weight(WeightUnit::Kilogram) => "weight_kg",
        Field::Weight(WeightUnit::Pound) => "weight_lb",
        Field::Weight(WeightUnit::Ounce) => "weight_oz",
        Field::WeightUnit => "weight_unit",
        Field::Dimensions => "dimensions",
        Field::Gtin(_) => "gtin",
        Field::Image(_) => "image",
        Field::ImageAlt => "image_alt",
        Field::Status => "status",
        Field::Published => "published",
        Field::OptionName(n) => return format!("option_{n}_name"),
        Field::OptionValue(n) => return format!("option_{n}_value"),
        // A column's own name says the language, and keeps it under this code.
        Field::Attribute(..) | Field::TranslatedTitle(_) | Field::TranslatedDescription(_) => "attribute",
        Field::Ignored => "ignored",
    };
    code.to_owned()
}

/// What a column may mean, and how sure that is, in percent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    pub field: Field,
    pub confidence: u8,
}

/// At this confidence a proposal is as good as a known name, and others of its field give way.
const SURE: u8 = 90;
/// An unknown name that stays what it is: a detail of the product.
const DETAIL: u8 = 30;

/// By its name; else by a word within it; else by its values.
pub fn guess(name: &str, samples: &[String]) -> Guess {
    if is_known(name) {
        return Guess {
            field: field_of(name),
            confidence: 100,
        };
    }
    let by_word = snake_case(name, 200)
        .split('_')
        .filter(|word| word.chars().count() >= 3)
        .find_map(|word| {
            let field = field_of(word);
            let says_something = !matches!(field, Field::Attribute(..) | Field::Ignored | Field::Key(_));
            (is_known(word) && says_something).then_some(field)
        });
    if let Some(field) = by_word {
        return Guess {
            field,
            confidence: 65,
        };
    }
    if let Some(field) = by_values(samples) {
        return Guess {
            field,
            confidence: 50,
        };
    }
    Guess {
        field: field_of(name),
        confidence: DETAIL,
    }
}

fn by_values(samples: &[String]) -> Option<Field> {
    let all = |is: fn(&str) -> bool| !samples.is_empty() && samples.iter().all(|s| is(s.trim()));
    if all(is_picture) {
        return Some(Field::Image(0));
    }
    if all(is_gtin) {
        return Some(Field::Gtin(0));
    }
    if all(|s| {
        s.len() == 3 && s.bytes().all(|b| b.is_ascii_uppercase()) && s.parse::<kernel::Currency>().is_ok()
    }) {
        return Some(Field::Currency);
    }
    None
}

/// Whether the last digit checks the others, as in EAN and UPC.
fn is_gtin(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .zip([1, 3].into_iter().cycle())
        .map(|(d, w)| d * w)
        .sum();
    digits.len() == text.len() && matches!(digits.len(), 12..=14) && sum.is_multiple_of(10)
}

fn is_picture(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let is_address = text.starts_with("http://") || text.starts_with("https://");
    let path = text.split(['?', '#']).next().unwrap_or("");
    is_address
        && [".jpg", ".jpeg", ".png", ".webp"]
            .iter()
            .any(|end| path.ends_with(end))
}

/// Guesses for all columns at once: a field that holds one value is proposed for its surest column only.
pub fn guesses(columns: &[(&str, &[String])]) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = columns
        .iter()
        .map(|(name, samples)| guess(name, samples))
        .collect();
    for i in 0..guesses.len() {
        let code = code_of(&guesses[i].field);
        let gives_way = guesses[i].confidence < SURE
            && is_single(&guesses[i].field)
            && guesses.iter().enumerate().any(|(j, other)| {
                let surer = other.confidence > guesses[i].confidence
                    || (other.confidence == guesses[i].confidence && j < i);
                j != i && surer && code_of(&other.field) == code
            });
        if gives_way {
            guesses[i] = Guess {
                field: Field::Attribute(snake_case(columns[i].0, 200), Kind::Any),
                confidence: DETAIL,
            };
        }
    }
    guesses
}

fn is_single(field: &Field) -> bool {
    !matches!(
        field,
        Field::Image(_) | Field::Tags | Field::Materials | Field::Attribute(..) | Field::Ignored
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_as_it_is_written() {
        for code in CODES
            .into_iter()
            .chain(["ignored", "option_1_name", "option_5_value"])
        {
            let field = field_of_code(code, "Glaze").expect("a field");
            assert_eq!(code_of(&field), code);
        }
        for bad in [
            "",
            "Title",
            "option_0_name",
            "option_9_name",
            "option_1_size",
            "option_",
        ] {
            assert_eq!(field_of_code(bad, "x"), None, "{bad}");
        }
    }

    #[test]
    fn columns_of_four_languages_are_known() {
        let cases = [
            ("Existencias", "stock"),
            ("Artikelbezeichnung", "title"),
            ("Verkaufspreis", "price"),
            ("Lagerbestand", "stock"),
            ("Prix", "price"),
            ("Désignation", "title"),
            ("Preço", "price"),
            ("Estoque", "stock"),
        ];
        for (name, code) in cases {
            let guess = guess(name, &[]);
            assert_eq!(
                (code_of(&guess.field).as_str(), guess.confidence),
                (code, 100),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_not_known_is_told_by_a_word_or_by_its_values() {
        let text = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>();
        let photos = text(&["https://a.example/1.jpg", "https://a.example/2.PNG?x=1"]);
        let codes = text(&["4006381333931"]);
        let columns: [(&str, &[String]); 6] = [
            ("Our nice title", &[]),
            ("Title", &[]),
            ("Retail price in shop", &[]),
            ("URL", &photos),
            ("Scan", &codes),
            ("Glaze", &[]),
        ];
        let told: Vec<_> = guesses(&columns)
            .into_iter()
            .map(|g| (code_of(&g.field), g.confidence))
            .collect();
        let expected = [
            ("attribute", 30),
            ("title", 100),
            ("price", 65),
            ("image", 50),
            ("gtin", 50),
            ("attribute", 30),
        ];
        assert_eq!(told, expected.map(|(code, sure)| (code.to_owned(), sure)));
    }
}
