//! What a bench finds: both sides, their ratio, and whether it suffices.

use crate::machine::Machine;
use crate::stats::{median, spread};
use serde::Serialize;
use std::fmt::Write;

/// How a figure is judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The ratio of ours to the baseline reaches the target.
    RatioAtLeast,
    /// The ratio of ours to the baseline does not exceed the target.
    RatioAtMost,
    /// Our own figure does not exceed the target; there is no baseline.
    OursAtMost,
}

/// One turn of both sides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Round {
    pub ours: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

impl Round {
    pub fn pair(ours: f64, baseline: f64) -> Self {
        Self {
            ours,
            baseline: Some(baseline),
            ratio: Some(if baseline > 0.0 { ours / baseline } else { 0.0 }),
        }
    }

    pub fn alone(ours: f64) -> Self {
        Self {
            ours,
            baseline: None,
            ratio: None,
        }
    }
}

/// A figure of ours beside its baseline's, over all rounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    pub name: String,
    pub unit: &'static str,
    /// Median of the rounds.
    pub ours: f64,
    /// Median of the rounds.
    pub baseline: Option<f64>,
    /// Median of the rounds' ratios: each is of neighbours in time, so a slow drift of the machine cancels out.
    pub ratio: Option<f64>,
    pub rule: Rule,
    pub target: f64,
    pub pass: bool,
    pub rounds: Vec<Round>,
}

impl Comparison {
    /// Ours is to be at least `target` times the baseline.
    pub fn ratio_at_least(
        name: impl Into<String>,
        unit: &'static str,
        target: f64,
        rounds: Vec<Round>,
    ) -> Self {
        Self::of(name.into(), unit, Rule::RatioAtLeast, target, rounds)
    }

    /// Ours is to be at most `target` times the baseline.
    pub fn ratio_at_most(
        name: impl Into<String>,
        unit: &'static str,
        target: f64,
        rounds: Vec<Round>,
    ) -> Self {
        Self::of(name.into(), unit, Rule::RatioAtMost, target, rounds)
    }

    /// Ours is to be at most `target`.
    pub fn at_most(name: impl Into<String>, unit: &'static str, target: f64, rounds: Vec<Round>) -> Self {
        Self::of(name.into(), unit, Rule::OursAtMost, target, rounds)
    }

    fn of(name: String, unit: &'static str, rule: Rule, target: f64, rounds: Vec<Round>) -> Self {
        let ours = median(&rounds.iter().map(|r| r.ours).collect::<Vec<_>>());
        let middle = |figure: fn(&Round) -> Option<f64>| {
            let figures: Option<Vec<f64>> = rounds.iter().map(figure).collect();
            figures.filter(|f| !f.is_empty()).map(|f| median(&f))
        };
        let (baseline, ratio) = (middle(|r| r.baseline), middle(|r| r.ratio));
        let pass = !rounds.is_empty()
            && match rule {
                Rule::RatioAtLeast => ratio.is_some_and(|ratio| ratio >= target),
                Rule::RatioAtMost => ratio.is_some_and(|ratio| ratio > 0.0 && ratio <= target),
                Rule::OursAtMost => ours <= target,
            };
        Self {
            name,
            unit,
            ours,
            baseline,
            ratio,
            rule,
            target,
            pass,
            rounds,
        }
    }

    /// One JSON object, with the machine it was measured on.
    pub fn json(&self, machine: &Machine) -> serde_json::Result<String> {
        #[derive(Serialize)]
        struct Line<'a> {
            #[serde(flatten)]
            comparison: &'a Comparison,
            machine: &'a Machine,
        }
        serde_json::to_string(&Line {
            comparison: self,
            machine,
        })
    }
}

/// All comparisons as a table for people.
pub fn table(comparisons: &[Comparison]) -> String {
    const HEADS: [&str; 7] = [
        "bench",
        "ours (min..max)",
        "baseline (min..max)",
        "unit",
        "ratio",
        "target",
        "",
    ];
    let mut rows: Vec<[String; 7]> = vec![HEADS.map(str::to_owned)];
    rows.extend(comparisons.iter().map(cells));
    let mut widths = [0; 7];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            write!(line, "{cell:<width$}  ").expect("a String takes all that is written to it");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn cells(comparison: &Comparison) -> [String; 7] {
    let range = |middle: f64, figures: Vec<f64>| {
        let (least, greatest) = spread(&figures);
        format!("{} ({}..{})", figure(middle), figure(least), figure(greatest))
    };
    let rounds = &comparison.rounds;
    let baseline = comparison.baseline.map_or_else(
        || "-".to_owned(),
        |middle| range(middle, rounds.iter().filter_map(|r| r.baseline).collect()),
    );
    [
        comparison.name.clone(),
        range(comparison.ours, rounds.iter().map(|r| r.ours).collect()),
        baseline,
        comparison.unit.to_owned(),
        comparison
            .ratio
            .map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}x")),
        match comparison.rule {
            Rule::RatioAtLeast => format!(">= {}x", comparison.target),
            Rule::RatioAtMost => format!("<= {}x", comparison.target),
            Rule::OursAtMost => format!("<= {} {}", comparison.target, comparison.unit),
        },
        if comparison.pass { "pass" } else { "SHORT" }.to_owned(),
    ]
}

/// Three significant digits at least, no more decimals than they need.
fn figure(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(target: f64) -> Comparison {
        let rounds = [(100.0, 10.0), (90.0, 10.0), (400.0, 100.0)];
        let rounds = rounds.iter().map(|&(ours, baseline)| Round::pair(ours, baseline));
        Comparison::ratio_at_least("till-hot", "orders/s", target, rounds.collect())
    }

    #[test]
    fn a_ratio_is_the_median_of_the_rounds_ratios_and_must_reach_its_target() {
        let met = comparison(9.0);
        assert_eq!(
            (met.ours, met.baseline, met.ratio),
            (100.0, Some(10.0), Some(9.0))
        );
        assert!(met.pass);
        assert!(!comparison(9.01).pass);
    }

    #[test]
    fn a_figure_alone_must_not_exceed_its_target() {
        let rounds = vec![Round::alone(1.0), Round::alone(2.0), Round::alone(1.4)];
        assert!(Comparison::at_most("start", "s", 1.4, rounds.clone()).pass);
        assert!(!Comparison::at_most("start", "s", 1.3, rounds).pass);
    }

    #[test]
    fn a_cost_must_not_exceed_its_target() {
        let rounds = vec![
            Round::pair(12.0, 10.0),
            Round::pair(13.0, 10.0),
            Round::pair(20.0, 10.0),
        ];
        assert!(Comparison::ratio_at_most("search", "ms", 1.3, rounds.clone()).pass);
        assert!(!Comparison::ratio_at_most("search", "ms", 1.2, rounds).pass);
        assert!(!Comparison::ratio_at_most("search", "ms", 1.3, vec![Round::pair(9.0, 0.0)]).pass);
    }

    #[test]
    fn nothing_measured_is_nothing_passed() {
        assert!(!Comparison::at_most("start", "s", 1.5, vec![]).pass);
        assert!(!Comparison::ratio_at_least("till-hot", "orders/s", 0.0, vec![]).pass);
        assert!(!Comparison::ratio_at_least("till-hot", "orders/s", 15.0, vec![Round::pair(9.0, 0.0)]).pass);
    }

    #[test]
    fn a_line_of_json_holds_what_tools_look_for() {
        let line = comparison(15.0).json(&Machine::default()).expect("it serialises");
        let value: serde_json::Value = serde_json::from_str(&line).expect("one object");
        for member in [
            "name", "unit", "ours", "baseline", "ratio", "target", "pass", "rounds", "machine",
        ] {
            assert!(value.get(member).is_some(), "{member} is missing in {line}");
        }
        assert_eq!(value["rounds"][2]["ratio"], 4.0);
        assert!(!line.contains('\n'));
    }

    #[test]
    fn people_read_a_table() {
        let text = table(&[comparison(15.0)]);
        assert!(
            text.contains("100 (90.0..400)") && text.contains("9.00x") && text.contains(">= 15x"),
            "{text}"
        );
        assert!(text.contains("SHORT"));
    }
}
