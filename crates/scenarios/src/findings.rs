//! What a proof found: figures to be told, what is broken, and what can be drawn.

use testkit::Grid;

/// Of one suite.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    pub figures: Vec<(String, String)>,
    /// Every broken invariant, in words; none is what is wanted.
    pub broken: Vec<String>,
    pub grids: Vec<Grid>,
    pub plots: Vec<Plot>,
    /// What was checked, in words.
    pub checked: Vec<String>,
}

/// A picture of some numbers.
#[derive(Clone, Debug)]
pub struct Plot {
    pub title: String,
    pub across: String,
    pub up: String,
    pub kind: PlotKind,
    /// Across, and up.
    pub points: Vec<(f64, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlotKind {
    Line,
    Bars,
}

impl Findings {
    #[allow(
        clippy::needless_pass_by_value,
        reason = "numbers and texts are told as they come"
    )]
    pub fn figure(&mut self, what: &str, value: impl ToString) {
        self.figures.push((what.to_owned(), value.to_string()));
    }

    /// Notes that this was checked, and what was found where it does not hold.
    pub fn check(&mut self, what: &str, holds: bool, found: impl FnOnce() -> String) {
        self.checked.push(what.to_owned());
        if !holds {
            self.broken.push(format!("{what}: {}", found()));
        }
    }

    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.broken.is_empty()
    }
}

/// Counts per span of a measure: how many buyers waited 0 to 50 ms, and so on.
#[must_use]
pub fn histogram(values: &[f64], span: f64) -> Vec<(f64, f64)> {
    let mut counts: Vec<f64> = Vec::new();
    for value in values {
        let at = (value / span).floor().max(0.0) as usize;
        if counts.len() <= at {
            counts.resize(at + 1, 0.0);
        }
        counts[at] += 1.0;
    }
    counts
        .into_iter()
        .enumerate()
        .map(|(at, count)| (at as f64 * span, count))
        .collect()
}

/// The value below which this share of all lie.
#[must_use]
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = ((sorted.len() as f64 - 1.0) * share).round().max(0.0) as usize;
    sorted.get(at).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_by_span() {
        let counted = histogram(&[1.0, 49.0, 50.0, 120.0], 50.0);
        assert_eq!(counted, [(0.0, 2.0), (50.0, 1.0), (100.0, 1.0)]);
        assert!((quantile(&[3.0, 1.0, 2.0], 0.5) - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn what_does_not_hold_is_told() {
        let mut findings = Findings::default();
        findings.check("one charge", true, String::new);
        findings.check("nothing held", false, || "3 units".to_owned());
        assert_eq!(findings.broken, ["nothing held: 3 units"]);
        assert_eq!(findings.checked.len(), 2);
    }
}
