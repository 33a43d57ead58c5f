//! So many stars and more: one choice, as links.

use super::Filters;
use crate::i18n::Locale;
use crate::views::listing::{RangePart, RatingChoices};
use contracts::reviews;
use contracts::search::Facet;

impl Filters {
    /// Stars at least; anything else than one to five is not asked for.
    pub(super) fn stars(&self) -> Option<u8> {
        let stars = self.get("rating")?.parse().ok()?;
        reviews::STARS.contains(&stars).then_some(stars)
    }
}

/// So many stars and more, in words.
pub fn label(stars: u64, locale: Locale) -> String {
    let stars = locale.n("count.stars", stars).to_string();
    locale.t("facet.rating_least").arg("stars", stars).to_string()
}

/// The choices beside a list.
pub fn choices(facet: &Facet, filters: &Filters, action: &str, locale: Locale) -> RatingChoices {
    let chosen = filters.stars();
    let least = facet.buckets.iter().map(|bucket| RangePart {
        label: label(bucket.min as u64, locale),
        href: filters.with(action, "rating", Some(&bucket.min.to_string())),
        count: bucket.count,
        selected: bucket.selected,
    });
    RatingChoices {
        chosen: chosen.map(|stars| stars.to_string()).unwrap_or_default(),
        choices: least.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::search::FacetBucket;

    fn facet() -> Facet {
        let bucket = |stars: u8, count| FacetBucket {
            min: f64::from(stars),
            max: 5.0,
            count,
            selected: stars == 3,
        };
        Facet {
            buckets: vec![bucket(4, 7), bucket(3, 9)],
            ..Facet::bare("rating")
        }
    }

    #[test]
    fn another_choice_is_another_list_from_its_beginning() {
        let filters =
            Filters::parse("q=bowl&rating=3&cursor=abc&seen=24&s=0192f3a4-7c11-7d2e-8000-000000000001");
        assert_eq!(filters.query(None, 24).rating_min, Some(3.0));
        assert!(filters.search().is_some());
        let shown = choices(&facet(), &filters, "/search", Locale::En);
        assert_eq!(shown.chosen, "3");
        assert_eq!(shown.choices[0].href, "/search?q=bowl&rating=4");
        assert_eq!(
            (shown.choices[1].label.as_str(), shown.choices[1].selected),
            ("3 stars and more", true)
        );
        assert_eq!(filters.without_facet("/search", "rating"), "/search?q=bowl");
    }

    #[test]
    fn stars_that_nobody_can_give_are_not_asked_for() {
        for odd in ["0", "6", "four", "4.5", "-1"] {
            let filters = Filters::parse(&format!("rating={odd}"));
            assert_eq!(filters.query(None, 24).rating_min, None, "{odd}");
        }
    }
}
