//! The deterministic choice among the requests of a mix.

use crate::plan::RequestSpec;

/// Chooses a request for each position of a sequence. The choice depends on the seed, the stream and the position alone, so it is the same
/// whatever the number of threads and the order in which they run.
#[derive(Debug, Clone)]
pub struct Mix {
    seed: u64,
    /// Running sums of the weights.
    bounds: Vec<u64>,
}

impl Mix {
    /// A mix of requests by their weights; without any weight, all are the first.
    #[must_use]
    pub fn new(requests: &[RequestSpec], seed: u64) -> Self {
        let bounds = requests
            .iter()
            .scan(0u64, |sum, r| {
                *sum += u64::from(r.weight);
                Some(*sum)
            })
            .collect();
        Self { seed, bounds }
    }

    /// The index of the request at `position` of `stream` (a virtual user, or 0 for an open schedule).
    #[must_use]
    pub fn pick(&self, stream: u64, position: u64) -> usize {
        let total = self.bounds.last().copied().unwrap_or(0);
        if total == 0 || self.bounds.len() == 1 {
            return 0;
        }
        let random = scramble(scramble(self.seed ^ scramble(stream)).wrapping_add(position));
        // The high half of the product spreads 64 random bits evenly over 0..total (Lemire 2019, "Fast Random Integer Generation in an Interval").
        let point = u64::try_from((u128::from(random) * u128::from(total)) >> 64).unwrap_or(0);
        self.bounds.partition_point(|&bound| bound <= point)
    }
}

/// The output function of SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) fn scramble(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mix(weights: &[u32], seed: u64) -> Mix {
        let specs: Vec<_> = weights
            .iter()
            .enumerate()
            .map(|(i, &weight)| RequestSpec { weight, ..RequestSpec::get(format!("r{i}"), "/") })
            .collect();
        Mix::new(&specs, seed)
    }

    #[test]
    fn shares_follow_the_weights() {
        let mix = mix(&[70, 0, 25, 5], 42);
        let mut counts = [0u32; 4];
        for position in 0..100_000 {
            counts[mix.pick(0, position)] += 1;
        }
        assert_eq!(counts[1], 0, "weight 0 is never chosen");
        // Five standard deviations of a binomial count of 100,000.
        for (count, share) in counts.iter().zip([0.70, 0.0, 0.25, 0.05]) {
            let deviation = f64::sqrt(100_000.0 * share * (1.0 - share));
            let expected = 100_000.0 * share;
            assert!((f64::from(*count) - expected).abs() <= 5.0 * deviation, "{counts:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_sequence_and_another_seed_another() {
        let sequence = |seed, stream| -> Vec<usize> { (0..64).map(|n| mix(&[1, 1], seed).pick(stream, n)).collect() };
        assert_eq!(sequence(7, 3), sequence(7, 3));
        assert_ne!(sequence(7, 3), sequence(8, 3));
        assert_ne!(sequence(7, 3), sequence(7, 4));
    }
}
