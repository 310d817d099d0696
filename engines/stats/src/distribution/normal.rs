//! The standard normal distribution.

use core::f64::consts::SQRT_2;

use crate::StatsError;
use crate::error::within;

/// The probability of a value up to `z`: `Φ(z)`. NaN gives NaN.
#[must_use]
pub fn cumulative(z: f64) -> f64 {
    libm::erfc(-z / SQRT_2) / 2.0
}

/// The probability of a value of `z` or more: `1 - Φ(z)`, precise in the far tail as well. NaN gives NaN.
#[must_use]
pub fn upper_tail(z: f64) -> f64 {
    libm::erfc(z / SQRT_2) / 2.0
}

/// The value up to which the probability is `p`: `Φ⁻¹(p)`; infinite at 0 and at 1.
///
/// Source: Wichura, Algorithm AS 241: The Percentage Points of the Normal Distribution (Applied Statistics 37, 1988),
/// routine PPND16, with a relative error of about 1e-16.
///
/// # Errors
/// [`StatsError::NotFinite`] or [`StatsError::OutOfRange`] unless `p` is between 0 and 1.
pub fn quantile(p: f64) -> Result<f64, StatsError> {
    within("p", p, 0.0, 1.0).map(percentage_point)
}

/// The same; `p` is between 0 and 1.
pub(crate) fn percentage_point(p: f64) -> f64 {
    let from_centre = p - 0.5;
    if from_centre.abs() <= 0.425 {
        return from_centre * rational(0.180_625 - from_centre * from_centre, &CENTRE_TOP, &CENTRE_BOTTOM);
    }
    let tail = if from_centre < 0.0 { p } else { 1.0 - p };
    let reach = if tail == 0.0 { f64::INFINITY } else { in_tail(libm::sqrt(-libm::log(tail))) };
    if from_centre < 0.0 { -reach } else { reach }
}

fn in_tail(root: f64) -> f64 {
    if root <= 5.0 {
        rational(root - 1.6, &TAIL_TOP, &TAIL_BOTTOM)
    } else {
        rational(root - 5.0, &FAR_TOP, &FAR_BOTTOM)
    }
}

fn rational(x: f64, top: &[f64; 8], bottom: &[f64; 8]) -> f64 {
    let at = |coefficients: &[f64; 8]| coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient);
    at(top) / at(bottom)
}

/// Coefficients in ascending order of power.
const CENTRE_TOP: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];

/// Coefficients in ascending order of power.
const CENTRE_BOTTOM: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];

/// Coefficients in ascending order of power.
const TAIL_TOP: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    0.000_774_545_014_278_341_4,
];

/// Coefficients in ascending order of power.
const TAIL_BOTTOM: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    0.000_547_593_808_499_534_5,
    1.0507500716444169e-09,
];

/// Coefficients in ascending order of power.
const FAR_TOP: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.7115555687434876e-05,
    2.0103343992922881e-07,
];

/// Coefficients in ascending order of power.
const FAR_BOTTOM: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    0.000_786_869_131_145_613_3,
    1.8463183175100548e-05,
    1.421511758316446e-07,
    2.0442631033899397e-15,
];
