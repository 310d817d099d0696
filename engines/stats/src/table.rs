//! Tests of counts in a contingency table: do error counts differ between systems?

use serde::{Deserialize, Serialize};

use crate::StatsError;
use crate::distribution::chi_square;
use crate::distribution::hypergeometric::{Hypergeometric, MAX_POPULATION};
use crate::interval::{Alternative, real_u64};

/// The expected count below which the chi-square approximation is not trusted.
///
/// Source: Cochran, Some Methods for Strengthening the Common χ² Tests (Biometrics 10, 1954).
pub const SMALLEST_EXPECTED: f64 = 5.0;

/// By how much two densities may differ and still count as equally likely, relative to their size. R uses 1e-7; the
/// densities here are precise enough for less.
const TIE: f64 = 1e-10;

/// The outcome of a chi-square test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChiSquare {
    /// The statistic.
    pub statistic: f64,
    /// The degrees of freedom: one less than the rows times one less than the columns.
    pub degrees: usize,
    /// The probability of a statistic at least as large when rows and columns have nothing to do with each other.
    pub p: f64,
    /// The smallest count that was to be expected in a cell.
    pub smallest_expected: f64,
}

/// Pearson's chi-square test of independence of a table of at least one row and one column, given by rows.
///
/// `yates` takes up to one half off each deviation in a table of two rows and two columns, and does nothing in others.
///
/// Source: Pearson (Philosophical Magazine 50, 1900) and Yates (Supplement to the Journal of the Royal Statistical
/// Society 1, 1934). Results equal those of SciPy's `chi2_contingency`.
///
/// # Errors
/// [`StatsError::Empty`] without rows or columns; [`StatsError::Undefined`] for rows of different lengths, and where a
/// row or a column holds nothing; [`StatsError::OutOfRange`] for a sum above 2^53.
pub fn chi_square_test(rows: &[&[u64]], yates: bool) -> Result<ChiSquare, StatsError> {
    let columns = rows.first().map_or(0, |row| row.len());
    if columns == 0 {
        return Err(StatsError::Empty { field: "table" });
    }
    if rows.iter().any(|row| row.len() != columns) {
        return Err(undefined("its rows differ in length"));
    }
    let all = total(rows.iter().flat_map(|row| row.iter().copied()))?;
    let of_rows = rows.iter().map(|row| total(row.iter().copied())).collect::<Result<Vec<_>, _>>()?;
    let of_columns =
        (0..columns).map(|column| total(rows.iter().map(|row| row[column]))).collect::<Result<Vec<_>, _>>()?;
    if of_rows.iter().chain(&of_columns).any(|sum| *sum == 0) {
        return Err(undefined("a row or a column holds nothing"));
    }
    let degrees = (rows.len() - 1) * (columns - 1);
    let correction: f64 = if yates && degrees == 1 { 0.5 } else { 0.0 };
    let (mut statistic, mut smallest_expected) = (0.0, f64::INFINITY);
    for (row, of_row) in rows.iter().zip(&of_rows) {
        for (count, of_column) in row.iter().zip(&of_columns) {
            let expected = real_u64(*of_row) * (real_u64(*of_column) / real_u64(all));
            let deviation = deviation(*count, all, *of_row, *of_column);
            let deviation = deviation - correction.min(deviation);
            statistic += deviation * deviation / expected;
            smallest_expected = expected.min(smallest_expected);
        }
    }
    Ok(ChiSquare { statistic, degrees, p: chi_square::upper_tail(statistic, degrees)?, smallest_expected })
}

/// The distance of a count from the expected one, exact before the division.
#[expect(clippy::cast_precision_loss, reason = "rounding to the nearest double is wanted")]
fn deviation(count: u64, all: u64, of_row: u64, of_column: u64) -> f64 {
    let (seen, expected) = (u128::from(count) * u128::from(all), u128::from(of_row) * u128::from(of_column));
    seen.abs_diff(expected) as f64 / real_u64(all)
}

/// The outcome of Fisher's exact test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fisher {
    /// The odds of the first row over those of the second, as they were seen; `None` where it is infinite or undefined.
    pub odds_ratio: Option<f64>,
    /// The probability of a table at least as extreme among those with the same sums of rows and columns.
    pub p: f64,
}

/// Fisher's exact test of the table with rows `[a, b]` and `[c, d]`.
///
/// The alternative is about the first cell: [`Alternative::Less`] says that it is smaller than the sums would have it.
/// Two-sided, the tables that are no more likely than the one seen are summed, as R and SciPy do. Time grows with the
/// square root of the counts.
///
/// Source: Fisher, Statistical Methods for Research Workers (5th ed., 1934), section 21.02. Results equal those of
/// SciPy's `fisher_exact`.
///
/// # Errors
/// [`StatsError::OutOfRange`] for a sum above 2^53.
pub fn fisher_exact(table: [[u64; 2]; 2], alternative: Alternative) -> Result<Fisher, StatsError> {
    let [[a, b], [c, d]] = table;
    total([a, b, c, d].into_iter())?;
    let possible = Hypergeometric::new(a + b, c + d, a + c)?;
    let p = match alternative {
        Alternative::Less => possible.between(0, a),
        Alternative::Greater => possible.between(a, u64::MAX),
        Alternative::TwoSided => two_sided(&possible, a),
    };
    let odds_ratio = (b > 0 && c > 0).then(|| real_u64(a) / real_u64(b) * (real_u64(d) / real_u64(c)));
    Ok(Fisher { odds_ratio, p })
}

fn two_sided(possible: &Hypergeometric, seen: u64) -> f64 {
    let bound = possible.ln_density(seen) + TIE;
    let mode = possible.mode();
    if possible.ln_density(mode) <= bound {
        return 1.0;
    }
    let unlikely = |count: u64| possible.ln_density(count) <= bound;
    // From the mode outwards the density falls, so one bisection on each side finds where it is low enough.
    let above = first_where(mode, possible.max() + 1, unlikely);
    let below = first_where(0, mode - possible.min(), |steps| unlikely(mode - 1 - steps));
    let lower = mode.checked_sub(below + 1).map_or(0.0, |high| possible.between(0, high));
    (lower + possible.between(above, u64::MAX)).min(1.0)
}

/// The first number from `low` below `high` for which a condition holds that never ceases to hold, or `high`.
fn first_where(mut low: u64, mut high: u64, holds: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// Which test a comparison of counts used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountMethod {
    /// Fisher's exact test.
    Fisher,
    /// The chi-square test without Yates' correction.
    ChiSquare,
}

/// The outcome of a two-sided comparison of two shares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CountTest {
    /// The probability of shares at least as different when the true ones are equal.
    pub p: f64,
    /// The test that was used.
    pub method: CountMethod,
}

/// Tests whether `failures` of `trials` differ in share between two systems, given as `(failures, trials)`.
///
/// Fisher's exact test where an expected count is below [`SMALLEST_EXPECTED`] or a column is empty; otherwise
/// chi-square without Yates' correction, which would be needlessly timid there.
///
/// # Errors
/// [`StatsError::Empty`] without trials on a side; [`StatsError::OutOfRange`] for more failures than trials or a sum
/// above 2^53.
pub fn compare_counts(first: (u64, u64), second: (u64, u64)) -> Result<CountTest, StatsError> {
    let (first, second) = (split(first)?, split(second)?);
    total(first.into_iter().chain(second))?;
    if first[0] + second[0] > 0 && first[1] + second[1] > 0 {
        let test = chi_square_test(&[&first, &second], false)?;
        if test.smallest_expected >= SMALLEST_EXPECTED {
            return Ok(CountTest { p: test.p, method: CountMethod::ChiSquare });
        }
    }
    let p = fisher_exact([first, second], Alternative::TwoSided)?.p;
    Ok(CountTest { p, method: CountMethod::Fisher })
}

fn split((failures, trials): (u64, u64)) -> Result<[u64; 2], StatsError> {
    if trials == 0 {
        return Err(StatsError::Empty { field: "trials" });
    }
    let rest = trials.checked_sub(failures);
    let outside =
        StatsError::OutOfRange { field: "failures", value: real_u64(failures), min: 0.0, max: real_u64(trials) };
    rest.map(|rest| [failures, rest]).ok_or(outside)
}

fn total(counts: impl Iterator<Item = u64>) -> Result<u64, StatsError> {
    let mut sum = 0_u64;
    for count in counts {
        sum = sum.saturating_add(count);
    }
    if sum > MAX_POPULATION {
        let max = real_u64(MAX_POPULATION);
        return Err(StatsError::OutOfRange { field: "sum of the table", value: real_u64(sum), min: 0.0, max });
    }
    Ok(sum)
}

const fn undefined(reason: &'static str) -> StatsError {
    StatsError::Undefined { field: "chi-square of the table", reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_without_a_test_are_refused() {
        assert_eq!(chi_square_test(&[], true), Err(StatsError::Empty { field: "table" }));
        assert_eq!(chi_square_test(&[&[], &[]], true), Err(StatsError::Empty { field: "table" }));
        assert!(matches!(chi_square_test(&[&[1, 2], &[3]], true), Err(StatsError::Undefined { .. })));
        assert!(matches!(chi_square_test(&[&[0, 2], &[0, 3]], true), Err(StatsError::Undefined { .. })));
        assert!(matches!(chi_square_test(&[&[u64::MAX, 2], &[1, 3]], true), Err(StatsError::OutOfRange { .. })));
        assert!(fisher_exact([[u64::MAX, 1], [1, 1]], Alternative::TwoSided).is_err());
        assert!(compare_counts((0, 0), (1, 2)).is_err() && compare_counts((3, 2), (1, 2)).is_err());
    }

    #[test]
    fn small_expected_counts_go_to_fisher_and_others_to_chi_square() {
        assert_eq!(compare_counts((1, 1000), (8, 1000)).unwrap().method, CountMethod::Fisher);
        assert_eq!(compare_counts((5, 1000), (5, 1000)).unwrap().method, CountMethod::ChiSquare);
        let nothing = compare_counts((0, 1000), (0, 5)).unwrap();
        assert_eq!(nothing, CountTest { p: 1.0, method: CountMethod::Fisher });
    }

    /// Fisher's own example of a lady tasting tea, The Design of Experiments (1935): 1/70 and 17/70.
    #[test]
    fn the_lady_tasting_tea_is_met() {
        let p = |hits: u64| fisher_exact([[hits, 4 - hits], [4 - hits, hits]], Alternative::Greater).unwrap().p;
        assert!((p(4) - 1.0 / 70.0).abs() < 1e-15);
        assert!((p(3) - 17.0 / 70.0).abs() < 1e-15);
    }
}
