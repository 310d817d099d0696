//! A small generator of random numbers that gives the same sequence for the same seed on every machine.
//!
//! Source: xoshiro256++ by David Blackman and Sebastiano Vigna, Scrambled Linear Pseudorandom Number Generators (ACM
//! Transactions on Mathematical Software 47, 2021), seeded by SplitMix64 (Steele, Lea and Flood, Fast Splittable
//! Pseudorandom Number Generators, 2014) as its authors advise. Good for resampling and simulation, never for secrets.

use std::num::NonZeroU64;

use crate::distribution::normal;

/// The generator's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random([u64; 4]);

impl Random {
    /// The sequence that belongs to a seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let mut state = seed;
        Self([(); 4].map(|()| split_mix(&mut state)))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let state = &mut self.0;
        let bits = state[0].wrapping_add(state[3]).rotate_left(23).wrapping_add(state[0]);
        let shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = state[3].rotate_left(45);
        bits
    }

    /// A whole number below `bound`, each as likely as the others.
    ///
    /// Source: Lemire, Fast Random Integer Generation in an Interval (ACM Transactions on Modeling and Computer
    /// Simulation 29, 2019).
    #[expect(clippy::cast_possible_truncation, reason = "the halves of the product are meant")]
    pub fn below(&mut self, bound: NonZeroU64) -> u64 {
        let refused = bound.get().wrapping_neg() % bound;
        loop {
            let product = u128::from(self.bits()) * u128::from(bound.get());
            if product as u64 >= refused {
                return (product >> 64) as u64;
            }
        }
    }

    /// A number strictly between 0 and 1: the middle of one of 2^52 equal steps.
    #[expect(clippy::cast_precision_loss, reason = "52 bits fit a double")]
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// A value of the standard normal distribution, by inversion.
    pub fn normal(&mut self) -> f64 {
        normal::percentage_point(self.unit())
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values: the authors' C programs splitmix64.c and xoshiro256plusplus.c.
    #[test]
    fn sequences_are_those_of_the_published_programs() {
        let mut state = 1_234_567;
        let seeds = [(); 3].map(|()| split_mix(&mut state));
        assert_eq!(seeds, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
        let mut random = Random([1, 2, 3, 4]);
        let bits = [(); 5].map(|()| random.bits());
        let published =
            [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205];
        assert_eq!(bits, published);
    }

    #[test]
    fn numbers_below_a_bound_are_equally_frequent() {
        let mut random = Random::seeded(7);
        let mut seen = [0_u64; 6];
        for _ in 0..60_000 {
            seen[usize::try_from(random.below(NonZeroU64::new(6).unwrap())).unwrap()] += 1;
        }
        let test = crate::table::chi_square_test(&[&seen, &[10_000; 6]], false).unwrap();
        assert!(test.p > 0.01, "{seen:?}");
    }

    #[test]
    fn normal_values_have_their_mean_and_spread() {
        let mut random = Random::seeded(11);
        let values: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let sample = crate::Sample::new(&values).unwrap();
        assert!(sample.mean().abs() < 0.03 && (sample.std_dev().unwrap() - 1.0).abs() < 0.02);
    }
}
