//! What columns speak of.

use super::fields::{Columns, Field};
use crate::domain::limits::ATTRIBUTE_KEY_CHARS_MAX;
use crate::domain::said::{Part, Said};
use crate::domain::slug::snake_case;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What columns of these names speak of.
pub fn said_by<'n>(names: impl Iterator<Item = &'n Arc<str>>, columns: &mut Columns) -> Said {
    let mut parts = BTreeSet::new();
    for name in names {
        let field = columns.field(name);
        parts.extend(part_of(&field));
        if field == Field::SalePrice {
            parts.insert(Part::Sale);
        }
        // A second title or category stays as an attribute of its column's name.
        let key = snake_case(name, ATTRIBUTE_KEY_CHARS_MAX);
        parts.insert(if key == "attributes" {
            Part::Attributes
        } else {
            Part::Attribute(key)
        });
    }
    Said::Only(parts)
}

/// None of what every product has, and of what stays as it is where its cell is empty.
fn part_of(field: &Field) -> Option<Part> {
    Some(match field {
        Field::Description(_) => Part::Description,
        Field::Brand(_) => Part::Brand,
        Field::Category(_) => Part::Category,
        Field::Tags => Part::Tags,
        Field::Materials => Part::Attribute("materials".to_owned()),
        // A sale price that holds for ever takes the price's place.
        Field::CompareAt | Field::SalePrice => Part::CompareAt,
        Field::SaleFrom | Field::SaleUntil => Part::Sale,
        Field::Dimensions => Part::Dimensions,
        Field::Weight(_) => Part::Weight,
        Field::Gtin(_) => Part::Gtin,
        Field::Image(_) => Part::Images,
        Field::Status | Field::Published => Part::Status,
        Field::OptionName(_) | Field::OptionValue(_) => Part::Options,
        Field::Attribute(key, _) => Part::Attribute(snake_case(key, ATTRIBUTE_KEY_CHARS_MAX)),
        Field::Key(_)
        | Field::Sku(_)
        | Field::Title(_)
        | Field::TranslatedTitle(_)
        | Field::TranslatedDescription(_)
        | Field::TaxCategory
        | Field::Price(_)
        | Field::Currency
        | Field::Stock
        | Field::WeightUnit
        | Field::ImageAlt
        | Field::Ignored => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_prices_speaks_of_prices() {
        let names = ["SKU", "Title", "Price", "Glaze colour", "Old price"].map(Arc::from);
        let said = said_by(names.iter(), &mut Columns::default());
        assert!(said.says_attribute("glaze_colour"));
        for part in [
            Part::Description,
            Part::Images,
            Part::Status,
            Part::CompareAt,
            Part::Tags,
        ] {
            assert!(!said.says(&part), "{part:?}");
        }
        let whole = said_by([Arc::from("attributes")].iter(), &mut Columns::default());
        assert!(whole.says_attribute("wood"));
    }
}
