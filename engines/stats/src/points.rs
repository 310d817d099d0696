//! Points with one decimal, grades, and rounding that keeps displayed sums true.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::StatsError;
use crate::error::within;

/// Points from 0.0 to 100.0, held as whole tenths so that sums of displayed points are exact.
///
/// Serialised as a JSON number with at most one decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(u16);

impl Points {
    /// The best score.
    pub const MAX: Self = Self(1000);

    /// Points from a number, rounded to tenths, halves up.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`] or [`StatsError::OutOfRange`] unless the number is between 0 and 100.
    pub fn new(points: f64) -> Result<Self, StatsError> {
        let points = within("points", points, 0.0, 100.0)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000 by the check above")]
        Ok(Self((points * 10.0).round() as u16))
    }

    /// The number of tenths.
    #[must_use]
    pub const fn tenths(self) -> u16 {
        self.0
    }

    /// The points as a number.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// The grade of a score of this many points.
    #[must_use]
    pub fn grade(self) -> Grade {
        Grade::of(self)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|points| points.0).fold(0, u16::saturating_add))
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_f64())
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A letter for a score.
///
/// Thresholds follow the HTTP Observatory's grading chart (Mozilla), except that A+ begins at 95 because a hub score
/// has no bonus points beyond 100. On the log-normal curves a metric at its `p10` is an A and one at its median a C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// Below 25 points.
    F,
    /// From 25 points.
    #[serde(rename = "D-")]
    DMinus,
    /// From 30 points.
    D,
    /// From 40 points.
    #[serde(rename = "D+")]
    DPlus,
    /// From 45 points.
    #[serde(rename = "C-")]
    CMinus,
    /// From 50 points.
    C,
    /// From 60 points.
    #[serde(rename = "C+")]
    CPlus,
    /// From 65 points.
    #[serde(rename = "B-")]
    BMinus,
    /// From 70 points.
    B,
    /// From 80 points.
    #[serde(rename = "B+")]
    BPlus,
    /// From 85 points.
    #[serde(rename = "A-")]
    AMinus,
    /// From 90 points.
    A,
    /// From 95 points.
    #[serde(rename = "A+")]
    APlus,
}

impl Grade {
    /// Each grade, best first, with the least points it takes and its letter.
    pub const THRESHOLDS: [(Self, Points, &'static str); 13] = [
        (Self::APlus, Points(950), "A+"),
        (Self::A, Points(900), "A"),
        (Self::AMinus, Points(850), "A-"),
        (Self::BPlus, Points(800), "B+"),
        (Self::B, Points(700), "B"),
        (Self::BMinus, Points(650), "B-"),
        (Self::CPlus, Points(600), "C+"),
        (Self::C, Points(500), "C"),
        (Self::CMinus, Points(450), "C-"),
        (Self::DPlus, Points(400), "D+"),
        (Self::D, Points(300), "D"),
        (Self::DMinus, Points(250), "D-"),
        (Self::F, Points(0), "F"),
    ];

    /// The grade of a score. Takes the displayed points, so that letter and number never disagree.
    #[must_use]
    pub fn of(score: Points) -> Self {
        Self::THRESHOLDS.iter().find(|(_, least, _)| score >= *least).map_or(Self::F, |(grade, _, _)| *grade)
    }

    /// The letter, such as `A+`.
    #[must_use]
    pub fn letter(self) -> &'static str {
        Self::THRESHOLDS.iter().find(|(grade, _, _)| *grade == self).map_or("F", |(_, _, letter)| letter)
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letter())
    }
}

/// The weighted mean of `(weight, score)` parts, with scores from 0 to 1, and each part's share of it in points.
///
/// The shares are rounded to tenths by the largest remainder (Hamilton's method; ties go to the earlier part), so
/// they add up to the returned total exactly. `None` when the weights add up to 0.
pub(crate) fn apportion(parts: &[(u32, f64)]) -> Option<(Points, Vec<Points>)> {
    /// Absorbs floating-point noise, so that a full score is not rounded down by its last bit.
    const NOISE: f64 = 1e-7;
    let weights: f64 = parts.iter().map(|(weight, _)| f64::from(*weight)).sum();
    if weights <= 0.0 {
        return None;
    }
    let exact: Vec<f64> = parts.iter().map(|(weight, score)| 1000.0 * f64::from(*weight) * score / weights).collect();
    let total = whole(exact.iter().sum::<f64>() + NOISE + 0.5);
    let mut shares: Vec<u16> = exact.iter().map(|share| whole(share + NOISE)).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    let remainder = |index: usize| exact[index] - f64::from(shares[index]);
    order.sort_by(|a, b| remainder(*b).total_cmp(&remainder(*a)));
    let missing = total.saturating_sub(shares.iter().sum());
    for index in order.into_iter().take(usize::from(missing)) {
        shares[index] += 1;
    }
    Some((Points(total), shares.into_iter().map(Points).collect()))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 1000 before the cast")]
fn whole(tenths: f64) -> u16 {
    tenths.floor().clamp(0.0, 1000.0) as u16
}
