//! The order in which the runs of two variants alternate, so that a host that warms up or slows down meanwhile favours neither.

use serde::{Deserialize, Serialize};

use crate::mix::scramble;

/// Runs in a full block.
pub const BLOCK: usize = 4;

/// One of two variants under comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// The first, as a rule the baseline.
    A,
    /// The second, as a rule the candidate.
    B,
}

impl Variant {
    fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// The order of `repetitions` runs of each variant: blocks of `ABBA` or `BAAB`, which of the two decided by the seed, and for an odd number a last
/// pair in an order that the seed decides as well. The same seed gives the same order on every machine.
///
/// In a full block both variants have the same mean position, so a drift that is linear over the block adds the same to both; this is the
/// order of double substitution in weighing (NIST SOP 4, Recommended Standard Operating Procedure for Weighing by Double Substitution). That
/// the first of each block is random keeps what recurs every few runs, such as a scheduled task, from falling on the same variant: block what
/// you can and randomise what you cannot (Box, Hunter and Hunter, Statistics for Experimenters, 2005). A last pair is balanced in number only.
///
/// ```
/// use sbh_load::interleave::{BLOCK, Variant, order};
/// let order = order(6, 2026);
/// assert_eq!(order.iter().filter(|variant| **variant == Variant::A).count(), 6);
/// assert!(order.chunks(BLOCK).all(|block| block[0] == block[3] && block[1] == block[2] && block[0] != block[1]));
/// ```
#[must_use]
pub fn order(repetitions: u32, seed: u64) -> Vec<Variant> {
    let runs = 2 * repetitions as usize;
    let mut order = Vec::with_capacity(runs + BLOCK);
    for block in 0.. {
        if order.len() >= runs {
            break;
        }
        let first = first(block, seed);
        order.extend([first, first.other(), first.other(), first]);
    }
    order.truncate(runs);
    order
}

/// Which variant a block begins with: the highest of 64 random bits.
fn first(block: u64, seed: u64) -> Variant {
    if scramble(scramble(seed).wrapping_add(block)) >> 63 == 0 { Variant::A } else { Variant::B }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of runs of a variant, and the sum of their positions.
    fn share(order: &[Variant], variant: Variant) -> (usize, usize) {
        let positions = order.iter().enumerate().filter(|(_, one)| **one == variant).map(|(position, _)| position);
        positions.fold((0, 0), |(count, sum), position| (count + 1, sum + position))
    }

    #[test]
    fn every_prefix_of_full_blocks_is_balanced_in_number_and_against_linear_drift() {
        for seed in 0..200 {
            for repetitions in 0..40 {
                let order = order(repetitions, seed);
                assert_eq!(order.len(), 2 * repetitions as usize);
                for blocks in 0..=order.len() / BLOCK {
                    let prefix = &order[..blocks * BLOCK];
                    assert_eq!(share(prefix, Variant::A), share(prefix, Variant::B), "{seed} {repetitions} {blocks}");
                }
            }
        }
    }

    #[test]
    fn an_odd_number_of_repetitions_is_balanced_in_number() {
        for (seed, repetitions) in (0..200).zip((1..40).step_by(2).cycle()) {
            let order = order(repetitions, seed);
            assert_eq!(share(&order, Variant::A).0, repetitions as usize);
            assert_eq!(share(&order, Variant::B).0, repetitions as usize);
        }
    }

    #[test]
    fn a_linear_drift_cancels_where_blocks_of_ab_would_show_a_difference() {
        let mean = |order: &[Variant], variant: Variant| {
            let (count, sum) = share(order, variant);
            100.0 + 0.5 * sum as f64 / count as f64
        };
        let balanced = order(10, 1);
        assert!((mean(&balanced, Variant::A) - mean(&balanced, Variant::B)).abs() < 1e-12);
        let naive = [Variant::A, Variant::B].repeat(10);
        assert!((mean(&naive, Variant::B) - mean(&naive, Variant::A) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_seed_decides_and_neither_variant_leads_more_often() {
        assert_eq!(order(20, 7), order(20, 7));
        assert_ne!(order(20, 7), order(20, 8));
        let leads = (0..10_000).filter(|seed| order(1, *seed)[0] == Variant::A).count();
        // Five standard deviations of a fair coin thrown 10,000 times.
        assert!(leads.abs_diff(5_000) <= 250, "{leads}");
        let in_one = order(20_000, 3).chunks(BLOCK).filter(|block| block[0] == Variant::A).count();
        assert!(in_one.abs_diff(5_000) <= 250, "{in_one}");
    }
}
