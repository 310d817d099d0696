//! Medians, spreads and ratios of what rounds measured.

/// What the rounds of one thing came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rounds(Vec<f64>);

impl Rounds {
    /// The values in the order of the rounds.
    pub fn new(values: impl IntoIterator<Item = f64>) -> Self {
        Self(values.into_iter().collect())
    }

    /// The middle one, or the mean of the two in the middle; 0 without a round.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        match sorted.len() {
            0 => 0.0,
            odd if odd % 2 == 1 => sorted[odd / 2],
            even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
        }
    }

    /// The lowest and the highest.
    pub fn range(&self) -> (f64, f64) {
        let lowest = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if self.0.is_empty() { (0.0, 0.0) } else { (lowest, highest) }
    }

    /// Round by round to another: what disturbs the machine disturbs both of a round.
    pub fn by(&self, peer: &Self) -> Self {
        Self::new(self.0.iter().zip(&peer.0).map(|(own, peer)| if *peer > 0.0 { own / peer } else { 0.0 }))
    }

    /// Median with the range, as in `1.23 (1.10 to 1.31)`.
    pub fn with_range(&self, unit: &str) -> String {
        let (low, high) = self.range();
        format!("{}{unit} ({} to {})", number(self.median()), number(low), number(high))
    }
}

/// Three significant digits, with commas between the thousands.
pub fn number(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), String::new()), |(a, b)| (a, format!(".{b}")));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{rest}")
}

/// The order in which things take turns: forwards in one round, backwards in the next.
pub fn turns<T: Copy>(things: &[T], round: u32) -> Vec<T> {
    let mut order = things.to_vec();
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_the_range_the_ends() {
        let rounds = Rounds::new([3.0, 1.0, 2.0]);
        assert_eq!((rounds.median(), rounds.range()), (2.0, (1.0, 3.0)));
        assert_eq!(Rounds::new([4.0, 1.0, 2.0, 3.0]).median(), 2.5);
        assert_eq!((Rounds::default().median(), Rounds::default().range()), (0.0, (0.0, 0.0)));
    }

    #[test]
    fn a_ratio_compares_within_a_round() {
        let slow_machine_in_round_two = (Rounds::new([100.0, 10.0]), Rounds::new([50.0, 5.0]));
        assert_eq!(slow_machine_in_round_two.0.by(&slow_machine_in_round_two.1), Rounds::new([2.0, 2.0]));
        assert_eq!(Rounds::new([1.0]).by(&Rounds::new([0.0])), Rounds::new([0.0]));
    }

    #[test]
    fn numbers_have_three_significant_digits_and_grouped_thousands() {
        let written = [0.0123, 1.234, 12.34, 123.4, 1_234_567.8, -1234.5].map(number);
        assert_eq!(written, ["0.01", "1.23", "12.3", "123", "1,234,568", "-1,234"]);
    }

    #[test]
    fn turns_go_forwards_and_backwards() {
        assert_eq!((turns(&['a', 'b'], 0), turns(&['a', 'b'], 1)), (vec!['a', 'b'], vec!['b', 'a']));
    }
}
