//! Numbers as words: the same on the server and in the browser, without a locale.

/// What stands for a number that is missing or not finite.
pub const NONE: &str = "–";

/// The value with three significant digits and a comma between thousands; a whole number keeps no decimals.
#[must_use]
pub fn significant(value: f64) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let magnitude = value.abs();
    if magnitude == 0.0 {
        return "0".to_owned();
    }
    let rounded = round_to_significant(magnitude, 3);
    if rounded < 1e-6 {
        return with_sign(value, format!("{magnitude:.2e}"));
    }
    let whole = magnitude.fract() == 0.0;
    let decimals = if whole { 0 } else { (2 - exponent(rounded)).max(0) };
    with_sign(value, grouped(&format!("{rounded:.*}", usize::try_from(decimals).unwrap_or(0))))
}

/// The same with a sign in front of gains too: `+12.0`, `−38.0`, `±0`.
#[must_use]
pub fn signed(value: f64) -> String {
    let words = significant(value);
    match words.as_str() {
        NONE => words,
        "0" => "±0".to_owned(),
        _ if value > 0.0 => format!("+{words}"),
        _ => words,
    }
}

/// A share from 0 to 1 as percent with three significant digits, for example `0.0123` as `1.23 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    if share.is_finite() { format!("{} %", significant(share * 100.0)) } else { NONE.to_owned() }
}

/// A count, exactly, with a comma between thousands.
#[must_use]
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// A duration in milliseconds by its two largest units: `850 ms`, `12.5 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`.
#[must_use]
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..60 => format!("{} s", tenths(milliseconds / 100)),
        60..3600 => pair(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => pair(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

/// A number of bytes in binary units (IEC 80000-13): `512 B`, `1.50 KiB`, `3.25 MiB`.
#[must_use]
pub fn bytes(value: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.iter().find(|(size, _)| value >= *size) {
        Some((size, unit)) => format!("{} {unit}", significant(value as f64 / *size as f64)),
        None => format!("{value} B"),
    }
}

/// `1 check`, `2 checks`: a count with its noun, whose plural ends in s.
#[must_use]
pub fn counted(value: u64, noun: &str) -> String {
    if value == 1 { format!("1 {noun}") } else { format!("{} {noun}s", count(value)) }
}

fn round_to_significant(value: f64, digits: i32) -> f64 {
    let precision = usize::try_from(digits - 1).unwrap_or(0);
    format!("{value:.precision$e}").parse().unwrap_or(value)
}

fn exponent(value: f64) -> i32 {
    let scientific = format!("{value:e}");
    scientific.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0)
}

fn with_sign(value: f64, words: String) -> String {
    if value < 0.0 { format!("\u{2212}{words}") } else { words }
}

fn grouped(digits: &str) -> String {
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut words = String::with_capacity(digits.len() + whole.len() / 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words + rest
}

fn tenths(value: u64) -> String {
    if value.is_multiple_of(10) { format!("{}", value / 10) } else { format!("{}.{}", value / 10, value % 10) }
}

fn pair(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_carry_the_meaning() {
        let cases = [
            (0.0, "0"),
            (38.0, "38"),
            (38.04, "38.0"),
            (1.5, "1.50"),
            (0.012_345, "0.0123"),
            (999.6, "1,000"),
            (9.996, "10.0"),
            (123.456, "123"),
            (12_345.0, "12,300"),
            (1_234_567.8, "1,230,000"),
            (-38.26, "\u{2212}38.3"),
            (0.000_000_123, "1.23e-7"),
            (f64::NAN, NONE),
            (f64::INFINITY, NONE),
            (100.0, "100"),
            (99.95, "100"),
        ];
        for (value, words) in cases {
            assert_eq!(significant(value), words, "{value}");
        }
    }

    #[test]
    fn a_change_shows_its_direction() {
        assert_eq!(signed(12.04), "+12.0");
        assert_eq!(signed(-0.5), "\u{2212}0.500");
        assert_eq!(signed(0.0), "±0");
        assert_eq!(signed(f64::NAN), NONE);
    }

    #[test]
    fn shares_counts_and_sizes_have_units() {
        assert_eq!(percent(0.0123), "1.23 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(12), "12");
        assert_eq!(bytes(512), "512 B");
        assert_eq!(bytes(1536), "1.50 KiB");
        assert_eq!(counted(1, "check"), "1 check");
        assert_eq!(counted(1200, "check"), "1,200 checks");
    }

    #[test]
    fn durations_name_their_two_largest_units() {
        let cases = [
            (0, "0 ms"),
            (850, "850 ms"),
            (1000, "1 s"),
            (12_540, "12.5 s"),
            (60_000, "1 min"),
            (185_000, "3 min 5 s"),
            (7_800_000, "2 h 10 min"),
            (86_400_000, "1 d"),
            (273_600_000, "3 d 4 h"),
        ];
        for (milliseconds, words) in cases {
            assert_eq!(duration(milliseconds), words);
        }
    }
}
