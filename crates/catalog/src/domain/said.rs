//! What a file speaks of.

use serde::Serialize;
use std::collections::BTreeSet;

/// A part of a product that a file may have no column for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Description,
    Brand,
    Category,
    Tags,
    Status,
    Images,
    Options,
    CompareAt,
    Sale,
    Dimensions,
    Weight,
    Gtin,
    Attribute(String),
    /// Whichever there are.
    Attributes,
}

/// What a combination costs and weighs beyond its product; less, where negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Surcharge {
    pub minor: i64,
    pub grams: i64,
}

/// What the rows of a product have columns for. The rest of a product that is there already stays as it is: a list of prices
/// takes no description away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// All there is, as exports of other shops say it.
    #[default]
    Everything,
    /// All there is, save the combinations that another file lists.
    AllButCombinations,
    Only(BTreeSet<Part>),
    /// What is sold of a product that is there, each at a surcharge, and these parts of it.
    Combinations(BTreeSet<Part>),
}

impl Said {
    #[must_use]
    pub fn says(&self, part: &Part) -> bool {
        match self {
            Self::Everything | Self::AllButCombinations => true,
            Self::Only(parts) | Self::Combinations(parts) => parts.contains(part),
        }
    }

    #[must_use]
    pub fn says_attribute(&self, key: &str) -> bool {
        self.says(&Part::Attributes) || self.says(&Part::Attribute(key.to_owned()))
    }

    /// What two rows of one product say together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Only(one), Self::Only(other)) => Self::Only(one | other),
            (one, other) if one == other => one.clone(),
            _ => Self::Everything,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_speak_together_and_attributes_by_their_keys() {
        let glaze = Said::Only(BTreeSet::from([Part::Attribute("glaze".to_owned())]));
        let brand = Said::Only(BTreeSet::from([Part::Brand]));
        let both = glaze.and(&brand);
        assert!(both.says(&Part::Brand) && both.says_attribute("glaze"));
        assert!(!both.says(&Part::Tags) && !both.says_attribute("wood"));
        assert!(both.and(&Said::Everything).says_attribute("wood"));
    }
}
