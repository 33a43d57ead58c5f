//! In which currency a list's prices are filtered, ranged and sorted.

use super::Filters;
use crate::i18n::Locale;
use crate::views::common::Choice;
use crate::views::listing::PriceRange;
use contracts::search::Facet;
use kernel::Currency;

/// The parameter that chooses one.
pub const CURRENCY: &str = "currency";

impl Filters {
    /// With what is sold in, the commonest first: the address chooses one of these, and the first is meant otherwise.
    #[must_use]
    pub fn selling_in(self, sold_in: Vec<Currency>) -> Self {
        let asked = self
            .get(CURRENCY)
            .and_then(|code| code.to_uppercase().parse().ok());
        let known = asked.filter(|currency| sold_in.contains(currency));
        Self {
            currency: known.or(sold_in.first().copied()).unwrap_or(Currency::EUR),
            sold_in,
            ..self
        }
    }

    /// Without a facet nothing that was found is priced in the currency; others can still be chosen.
    pub fn price_range(&self, facet: Option<&Facet>, locale: Locale) -> Option<PriceRange> {
        let range = facet.and_then(|facet| facet.range);
        if range.is_none() && self.sold_in.len() < 2 {
            return None;
        }
        let unit = f64::from(10_u32.pow(self.currency.decimals()));
        let whole = |minor: f64| format!("{}", (minor / unit).floor());
        let choices = self
            .sold_in
            .iter()
            .map(|currency| Choice::new(currency.code(), currency.code()));
        Some(PriceRange {
            min: self.get("price_min").unwrap_or("").to_owned(),
            max: self.get("price_max").unwrap_or("").to_owned(),
            lowest: range.map(|(lowest, _)| whole(lowest)).unwrap_or_default(),
            highest: range
                .map(|(_, highest)| whole(highest + unit - 1.0))
                .unwrap_or_default(),
            symbol: locale.currency(self.currency).to_owned(),
            currencies: if self.sold_in.len() < 2 {
                Vec::new()
            } else {
                Choice::select(choices.collect(), self.currency.code())
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(query: &str, sold_in: &[Currency]) -> Filters {
        Filters::parse(query).selling_in(sold_in.to_vec())
    }

    #[test]
    fn prices_are_of_the_chosen_currency_or_the_commonest() {
        let both = [Currency::EUR, Currency::JPY];
        let asked = |query: &str, sold_in: &[Currency]| {
            let query = list(query, sold_in).query(None, 24);
            (query.currency, query.price_min)
        };
        assert_eq!(asked("price_min=20", &both), (Some(Currency::EUR), Some(2_000)));
        // A yen has no smaller parts.
        assert_eq!(
            asked("price_min=20&currency=jpy", &both),
            (Some(Currency::JPY), Some(20))
        );
        assert_eq!(
            asked("price_min=20", &[Currency::USD]),
            (Some(Currency::USD), Some(2_000))
        );
        // Nothing is sold in it, or it is none.
        assert_eq!(asked("currency=GBP", &both).0, Some(Currency::EUR));
        assert_eq!(asked("currency=money", &both).0, Some(Currency::EUR));
        assert_eq!(asked("", &[]).0, Some(Currency::EUR));
    }

    #[test]
    fn a_currency_is_offered_where_there_are_several() {
        let one = list("", &[Currency::EUR]);
        assert!(one.price_range(None, Locale::En).is_none());
        let both = list("currency=JPY", &[Currency::EUR, Currency::JPY]);
        let range = both.price_range(None, Locale::En).expect("a choice");
        let chosen: Vec<&str> = range
            .currencies
            .iter()
            .filter(|c| c.selected)
            .map(|c| c.value.as_str())
            .collect();
        assert_eq!((chosen, range.symbol.as_str()), (vec!["JPY"], "¥"));
        assert!(both.is_unfiltered());
    }

    #[test]
    fn the_range_is_told_in_whole_units_of_the_currency() {
        let facet = Facet {
            range: Some((1_250.0, 9_901.0)),
            ..Facet::bare("price")
        };
        let range = |code: &str| {
            let filters = list("", &[code.parse().expect("a currency")]);
            let range = filters.price_range(Some(&facet), Locale::En).expect("a range");
            (range.lowest, range.highest)
        };
        assert_eq!(range("EUR"), ("12".to_owned(), "100".to_owned()));
        assert_eq!(range("JPY"), ("1250".to_owned(), "9901".to_owned()));
    }
}
