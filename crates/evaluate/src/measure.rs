//! Figures of a list of answers, and of many.

use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Answers that are looked at.
pub const RANKS: usize = 10;

/// Which half of the queries one is in, for good: by a hash of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    Tuned,
    Told,
}

impl Half {
    #[must_use]
    pub fn of(words: &str) -> Self {
        if Sha256::digest(words.as_bytes())[0].is_multiple_of(2) {
            Self::Tuned
        } else {
            Self::Told
        }
    }
}

/// Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002): 1 is the best order there is.
#[must_use]
pub fn ndcg<'a>(answers: impl Iterator<Item = &'a str>, gains: &HashMap<String, f64>) -> f64 {
    let found = discounted(answers.map(|id| gains.get(id).copied().unwrap_or(0.0)));
    let mut best: Vec<f64> = gains.values().copied().collect();
    best.sort_by(|a, b| b.total_cmp(a));
    let ideal = discounted(best.into_iter());
    if ideal > 0.0 { found / ideal } else { 0.0 }
}

fn discounted(gains: impl Iterator<Item = f64>) -> f64 {
    gains
        .take(RANKS)
        .enumerate()
        .map(|(rank, gain)| gain / (rank as f64 + 2.0).log2())
        .sum()
}

/// Means over all queries and over each half.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Figures {
    pub all: f64,
    pub tuned: f64,
    pub told: f64,
}

impl Figures {
    #[must_use]
    pub fn of(scores: &[(Half, f64)]) -> Self {
        let mean = |wanted: &dyn Fn(Half) -> bool| {
            let chosen: Vec<f64> = scores
                .iter()
                .filter(|(half, _)| wanted(*half))
                .map(|(_, score)| *score)
                .collect();
            chosen.iter().sum::<f64>() / chosen.len().max(1) as f64
        };
        Self {
            all: mean(&|_| true),
            tuned: mean(&|half| half == Half::Tuned),
            told: mean(&|half| half == Half::Told),
        }
    }
}

/// How far one side stands above the other, query by query, and how far that may be off by the choice of queries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Difference {
    pub mean: f64,
    /// The mean's standard error: of the queries' differences, over the root of their number.
    pub error: f64,
}

/// Standard errors beyond which a difference is none of chance's (about 95 of 100 times).
const ERRORS: f64 = 2.0;

impl Difference {
    #[must_use]
    pub fn of(ours: &[(Half, f64)], other: &[(Half, f64)]) -> Self {
        let each: Vec<f64> = ours.iter().zip(other).map(|((_, a), (_, b))| a - b).collect();
        let count = each.len().max(1) as f64;
        let mean = each.iter().sum::<f64>() / count;
        let spread = each.iter().map(|one| (one - mean).powi(2)).sum::<f64>();
        let error = (spread / (count - 1.0).max(1.0) / count).sqrt();
        Self { mean, error }
    }

    /// Whether the first is worse, and not by chance.
    #[must_use]
    pub fn is_below(&self) -> bool {
        self.mean < -ERRORS * self.error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gains() -> HashMap<String, f64> {
        [("a", 1.0), ("b", 0.5), ("c", 0.0)]
            .map(|(id, gain)| (id.to_owned(), gain))
            .into()
    }

    #[test]
    fn the_best_order_is_one_and_the_unjudged_is_worth_nothing() {
        assert!((ndcg(["a", "b", "c"].into_iter(), &gains()) - 1.0).abs() < 1e-9);
        // 0.5 + 1 / log2(3) over 1 + 0.5 / log2(3).
        assert!((ndcg(["b", "a"].into_iter(), &gains()) - 0.859_7).abs() < 1e-4);
        assert_eq!(ndcg(["z"].into_iter(), &gains()), 0.0);
        assert_eq!(ndcg(["a"].into_iter(), &HashMap::new()), 0.0);
    }

    #[test]
    fn what_comes_after_ten_does_not_count() {
        let unjudged = std::iter::repeat_n("z", RANKS);
        assert_eq!(ndcg(unjudged.chain(["a"]), &gains()), 0.0);
    }

    #[test]
    fn halves_are_for_good_and_about_even() {
        assert_eq!(Half::of("table lamp"), Half::of("table lamp"));
        let told = (0..1_000)
            .filter(|n| Half::of(&format!("query {n}")) == Half::Told)
            .count();
        assert!((400..600).contains(&told), "{told}");
    }

    #[test]
    fn a_difference_is_told_with_what_chance_may_make_of_it() {
        let side =
            |figures: &[f64]| -> Vec<(Half, f64)> { figures.iter().map(|one| (Half::Told, *one)).collect() };
        // Differences of -0.1 and 0.1 by turns say nothing; always -0.1 or so says it is worse.
        let even = Difference::of(&side(&[0.4, 0.6, 0.4, 0.6]), &side(&[0.5; 4]));
        assert!(
            even.mean.abs() < 1e-9 && (even.error - 0.057_735).abs() < 1e-4,
            "{even:?}"
        );
        assert!(!even.is_below());
        let worse = Difference::of(&side(&[0.40, 0.41, 0.39, 0.40]), &side(&[0.5; 4]));
        assert!(worse.is_below() && (worse.mean + 0.1).abs() < 1e-9);
        let better = Difference::of(&side(&[0.60, 0.61, 0.59, 0.60]), &side(&[0.5; 4]));
        assert!(!better.is_below());
    }

    #[test]
    fn means_are_of_each_half() {
        let figures = Figures::of(&[(Half::Tuned, 0.2), (Half::Told, 0.6), (Half::Told, 1.0)]);
        assert!((figures.all - 0.6).abs() < 1e-9);
        assert!((figures.tuned - 0.2).abs() < 1e-9 && (figures.told - 0.8).abs() < 1e-9);
    }
}
