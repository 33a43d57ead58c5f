//! The few figures that a round boils down to.

/// The middle value; the mean of the middle two where their number is even; zero for none at all.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[middle],
        _ => (sorted[middle - 1] + sorted[middle]) / 2.0,
    }
}

/// The least and the greatest value.
pub fn spread(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, greatest), &value| {
            (least.min(value), greatest.max(value))
        })
}

/// Every latency of a round, so that its percentiles are exact.
#[derive(Debug, Default)]
pub struct Latencies {
    sorted_us: Vec<u32>,
}

impl Latencies {
    /// Takes latencies in microseconds, in any order.
    pub fn new(mut us: Vec<u32>) -> Self {
        us.sort_unstable();
        Self { sorted_us: us }
    }

    /// The latency in milliseconds that `share` of all requests did not exceed (nearest rank). Zero for no requests.
    pub fn percentile_ms(&self, share: f64) -> f64 {
        let count = self.sorted_us.len();
        if count == 0 {
            return 0.0;
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        let rank = (share * count as f64).ceil() as usize;
        f64::from(self.sorted_us[rank.clamp(1, count) - 1]) / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        assert_eq!(median(&[9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(&[9.0, 1.0, 5.0, 6.0]), 5.5);
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn the_spread_reaches_from_the_least_to_the_greatest() {
        assert_eq!(spread(&[3.0, -1.0, 7.0]), (-1.0, 7.0));
    }

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let latencies = Latencies::new((1..=200).rev().map(|ms| ms * 1_000).collect());
        assert_eq!(latencies.percentile_ms(0.5), 100.0);
        assert_eq!(latencies.percentile_ms(0.99), 198.0);
        assert_eq!(latencies.percentile_ms(1.0), 200.0);
        assert_eq!(Latencies::new(vec![1_500]).percentile_ms(0.99), 1.5);
        assert_eq!(Latencies::default().percentile_ms(0.99), 0.0);
    }
}
