//! What an evaluation found.

use crate::Options;
use crate::baseline::Baseline;
use crate::measure::{Difference, Figures, Half, RANKS, ndcg};
use crate::set::{Query, Set};
use crate::slips::mistyped;
use anyhow::Result;
use contracts::search::SearchQuery;
use search::engine::{Engine, Ranking};
use serde::Serialize;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// What the engine is to reach, in shares of the baseline's figure and of its own without slips.
const OF_BASELINE_MIN: f64 = 1.03;
const OF_CLEAN_MIN: f64 = 0.9;
/// By a set's name, what the engine is to reach on it whatever the baseline does: plain BM25 with another tokeniser reaches
/// 0.7805 on this one, more than ours, and 1.03x of that is as well to be reached.
const FLOORS: [(&str, f64); 1] = [("crowdflower_dev", 0.805)];
/// Seeds over which mistyped queries are averaged: one slip each is a small sample.
const SEEDS: u64 = 5;
/// For one query; far more than it needs.
const TIME_MAX: Duration = Duration::from_secs(30);

/// How the engine fares on one set.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub set: String,
    /// Whether people judged it; targets are for those.
    pub judged: bool,
    pub products: usize,
    pub queries: usize,
    /// NDCG@10.
    pub ours: Figures,
    pub baseline: Figures,
    pub mistyped: Figures,
    pub baseline_mistyped: Figures,
    /// Ours over the baseline's, over all queries.
    pub of_baseline: f64,
    /// Ours less the baseline's, over all queries.
    pub difference: Difference,
    /// With slips over without, over all queries.
    pub of_clean: f64,
    pub pass: bool,
    /// By part, the figure over all queries without it, and with slips.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<Without>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Without {
    pub part: &'static str,
    pub ours: Figures,
    pub mistyped: Figures,
}

impl Report {
    pub fn of(set: &Set, engine: &Engine, ranking: &Ranking, options: &Options) -> Result<Self> {
        let baseline = Baseline::new(&set.products);
        let by_baseline = |words: &str| -> Vec<String> {
            let answers = baseline.answers(words, RANKS).into_iter();
            answers.map(str::to_owned).collect()
        };
        let ours = each(set, |words| answers(engine, ranking, words))?;
        let plain = each(set, |words| Ok(by_baseline(words)))?;
        let mistyped = with_slips(set, options.seed, |words| answers(engine, ranking, words))?;
        let plain_mistyped = with_slips(set, options.seed, |words| Ok(by_baseline(words)))?;
        if options.queries {
            tell_queries(set, &ours, &plain, &mistyped);
        }
        for query in set
            .queries
            .iter()
            .filter(|query| options.show.contains(&query.words))
        {
            show(
                set,
                query,
                &answers(engine, ranking, &query.words)?,
                &by_baseline(&query.words),
            );
        }
        let mut without = Vec::new();
        if options.parts {
            for (part, lesser) in ranking.without_parts() {
                without.push(Without {
                    part,
                    ours: Figures::of(&each(set, |words| answers(engine, &lesser, words))?),
                    mistyped: Figures::of(&with_slips(set, options.seed, |words| {
                        answers(engine, &lesser, words)
                    })?),
                });
            }
        }
        let difference = Difference::of(&ours, &plain);
        let (ours, plain) = (Figures::of(&ours), Figures::of(&plain));
        let mistyped = Figures::of(&mistyped);
        let ratio = |a: f64, b: f64| if b > 0.0 { a / b } else { 0.0 };
        let (of_baseline, of_clean) = (ratio(ours.all, plain.all), ratio(mistyped.all, ours.all));
        // Targets are for what people judged. Queries that were made from the data must not be answered worse either, but a
        // difference that other queries of the kind could turn around is none.
        let pass = match set.is_judged {
            true => reaches_target(&set.name, ours.all, plain.all) && of_clean >= OF_CLEAN_MIN,
            false => !difference.is_below(),
        };
        Ok(Self {
            set: set.name.clone(),
            judged: set.is_judged,
            products: set.products.len(),
            queries: set.queries.len(),
            ours,
            baseline: plain,
            mistyped,
            baseline_mistyped: Figures::of(&plain_mistyped),
            of_baseline,
            difference,
            of_clean,
            pass,
            without,
        })
    }
}

/// Whether `ours` stands as far above the baseline as it is to, and above the set's floor if it has one.
fn reaches_target(set: &str, ours: f64, baseline: f64) -> bool {
    let floor = FLOORS.iter().find(|(name, _)| *name == set);
    let floor = floor.map_or(0.0, |(_, floor)| *floor);
    baseline > 0.0 && ours >= floor.max(OF_BASELINE_MIN * baseline)
}

/// The figure of each query, in the set's order.
fn each(set: &Set, answers: impl Fn(&str) -> Result<Vec<String>>) -> Result<Vec<(Half, f64)>> {
    set.queries
        .iter()
        .map(|query| figure(query, &query.words, &answers))
        .collect()
}

fn figure(query: &Query, asked: &str, answers: impl Fn(&str) -> Result<Vec<String>>) -> Result<(Half, f64)> {
    let found = answers(asked)?;
    Ok((
        Half::of(&query.words),
        ndcg(found.iter().map(String::as_str), &query.gains),
    ))
}

/// The mean figure of each query over some seeds of slips.
fn with_slips(
    set: &Set,
    seed: u64,
    answers: impl Fn(&str) -> Result<Vec<String>>,
) -> Result<Vec<(Half, f64)>> {
    set.queries
        .iter()
        .map(|query| {
            let mut sum = 0.0;
            for seed in seed..seed + SEEDS {
                sum += figure(query, &mistyped(&query.words, seed), &answers)?.1;
            }
            Ok((Half::of(&query.words), sum / SEEDS as f64))
        })
        .collect()
}

/// The first page that a buyer would see.
fn answers(engine: &Engine, ranking: &Ranking, words: &str) -> Result<Vec<String>> {
    let query = SearchQuery {
        q: words.to_owned(),
        limit: RANKS as u16,
        ..SearchQuery::default()
    };
    let page = engine.search_as(&query, ranking, Instant::now() + TIME_MAX)?;
    Ok(page.hits.into_iter().map(|hit| hit.slug).collect())
}

fn show(set: &Set, query: &Query, ours: &[String], plain: &[String]) {
    eprintln!("{} ({:?} half)", query.words, Half::of(&query.words));
    for (side, found) in [("ours", ours), ("plain", plain)] {
        for id in found {
            let title = set
                .products
                .iter()
                .find(|p| p.id == *id)
                .map_or("", |p| p.title.as_str());
            let gain = query
                .gains
                .get(id)
                .map_or("   -".to_owned(), |gain| format!("{gain:4.2}"));
            eprintln!("  {side:5} {gain} {title}");
        }
    }
}

/// Of the tuned half alone: the other is not looked at one by one.
fn tell_queries(set: &Set, ours: &[(Half, f64)], plain: &[(Half, f64)], mistyped: &[(Half, f64)]) {
    let mut rows: Vec<_> = (0..set.queries.len())
        .filter(|&n| ours[n].0 == Half::Tuned)
        .collect();
    rows.sort_by(|&a, &b| (ours[a].1 - plain[a].1).total_cmp(&(ours[b].1 - plain[b].1)));
    eprintln!("  ours  plain  mistyped");
    for n in rows {
        eprintln!(
            "{:6.3} {:6.3} {:6.3}  {}",
            ours[n].1, plain[n].1, mistyped[n].1, set.queries[n].words
        );
    }
}

/// All reports as a table for people.
#[must_use]
pub fn table(reports: &[Report]) -> String {
    let mut text = String::new();
    let mut line = |cells: [&str; 10]| {
        let [name, cells @ ..] = cells;
        let mut row = format!("{name:<28}");
        for cell in cells {
            write!(row, "{cell:>16}").expect("a String takes all");
        }
        text.push_str(row.trim_end());
        text.push('\n');
    };
    line([
        "set",
        "products",
        "queries",
        "baseline",
        "ours",
        "ratio",
        "difference",
        "told half",
        "mistyped",
        "of clean",
    ]);
    for report in reports {
        let figure = |value: f64| format!("{value:.4}");
        line([
            &format!("{}{}", report.set, if report.judged { "" } else { " (derived)" }),
            &report.products.to_string(),
            &report.queries.to_string(),
            &figure(report.baseline.all),
            &figure(report.ours.all),
            &format!("{:.3}x", report.of_baseline),
            &format!("{:+.4}±{:.4}", report.difference.mean, report.difference.error),
            &format!("{:.4}/{:.4}", report.ours.told, report.baseline.told),
            &figure(report.mistyped.all),
            &format!(
                "{:.3}{}",
                report.of_clean,
                if report.pass { "" } else { " SHORT" }
            ),
        ]);
        for without in &report.without {
            line([
                &format!("  without {}", without.part),
                "",
                "",
                "",
                &figure(without.ours.all),
                &format!("{:+.4}", report.ours.all - without.ours.all),
                "",
                &format!("{:+.4}", report.ours.told - without.ours.told),
                &figure(without.mistyped.all),
                &format!("{:+.4}", report.mistyped.all - without.mistyped.all),
            ]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::reaches_target;

    #[test]
    fn the_target_is_a_share_of_the_baseline_and_the_floor_of_the_set() {
        assert!(reaches_target("lamps", 0.52, 0.50) && !reaches_target("lamps", 0.51, 0.50));
        // 1.03x of 0.7771 is 0.8004, below the floor; of 0.79 it is 0.8137, above it.
        assert!(reaches_target("crowdflower_dev", 0.805, 0.7771));
        assert!(!reaches_target("crowdflower_dev", 0.804, 0.7771));
        assert!(!reaches_target("crowdflower_dev", 0.81, 0.79));
        assert!(!reaches_target("lamps", 0.0, 0.0));
    }
}
