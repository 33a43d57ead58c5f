//! What whoever asks likes, as parameters of a search.

use super::search::{PARAMETERS, price, unknown};
use contracts::search::taste::{PriceBand, Taste, likings};
use kernel::{Currency, Fault};

/// Things that may be named.
const LIKES_MAX: usize = 50;

#[derive(Default)]
pub(super) struct Likes {
    categories: Vec<String>,
    sellers: Vec<String>,
    min: Option<i64>,
    max: Option<i64>,
}

impl Likes {
    pub(super) fn take(&mut self, name: &str, value: String) -> Result<(), Fault> {
        match name {
            "likes.category" => self.categories.push(value.trim_matches('/').to_owned()),
            "likes.seller" => self.sellers.push(value),
            "likes.price_min" => self.min = Some(price(name, &value)?),
            "likes.price_max" => self.max = Some(price(name, &value)?),
            _ => return Err(unknown(name, PARAMETERS)),
        }
        if self.categories.len() + self.sellers.len() > LIKES_MAX {
            let detail =
                format!("At most {LIKES_MAX} categories and shops may be liked; name those of the latest.");
            return Err(Fault::field("too_many_likes", name, detail));
        }
        Ok(())
    }

    /// Each value has the share of how often it was given.
    pub(super) fn into_taste(self, currency: Option<Currency>) -> Result<Option<Taste>, Fault> {
        let price = match (self.min, self.max) {
            (None, None) => None,
            (Some(min), Some(max)) if min <= max => currency.map(|currency| PriceBand { min, max, currency }),
            _ => {
                let detail = "Give `likes.price_min` and `likes.price_max` together, the lesser first.";
                return Err(Fault::field("price_range", "likes.price_max", detail));
            }
        };
        let of = |values: &[String]| {
            let whole = u32::try_from(values.len()).unwrap_or(u32::MAX);
            likings(values.iter().map(|value| (value.as_str(), 1)), whole)
        };
        let taste = Taste {
            categories: of(&self.categories),
            sellers: of(&self.sellers),
            price,
        };
        Ok((taste != Taste::default()).then_some(taste))
    }
}

#[cfg(test)]
mod tests {
    use super::super::search::read;

    #[test]
    fn likes_are_weighed_by_how_often_they_are_named() {
        let query = "q=bowl&likes.category=wood&likes.category=clay&likes.category=wood&likes.seller=ana&likes.price_min=100&likes.price_max=900";
        let taste = read(query).expect("a query").taste.expect("a taste");
        let told: Vec<(&str, u8)> = taste
            .categories
            .iter()
            .map(|one| (one.value.as_str(), one.percent))
            .collect();
        assert_eq!(told, [("wood", 66), ("clay", 33)]);
        assert_eq!(
            (taste.sellers[0].percent, taste.price.expect("a band").max),
            (100, 900)
        );
        assert_eq!(read("q=bowl").expect("a query").taste, None);
    }

    #[test]
    fn odd_likes_are_refused() {
        let many = format!("q=a{}", "&likes.seller=x".repeat(51));
        for (text, code) in [
            ("likes.colour=red", "parameter_unknown"),
            ("likes.price_min=100", "price_range"),
            ("likes.price_min=900&likes.price_max=100", "price_range"),
            ("likes.price_min=-1", "parameter_invalid"),
            ("likes.price_min=1&likes.price_min=1", "parameter_repeated"),
            (many.as_str(), "too_many_likes"),
        ] {
            assert_eq!(read(text).expect_err("refused").code, code, "{text}");
        }
    }
}
