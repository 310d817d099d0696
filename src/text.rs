//! Text that people type, parsed once for every way in.

use crate::{Error, Result};

/// A one-line text of 1 to `max` characters, without control characters, trimmed.
///
/// # Errors
/// Invalid, naming `pointer` and the limits.
pub fn line(pointer: &str, label: &str, text: &str, max: usize) -> Result<String> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > max {
        return Err(Error::invalid(pointer, format!("{label} must have 1 to {max} characters; it has {length}.")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(pointer, format!("{label} must be one line without control characters.")));
    }
    Ok(text.to_owned())
}

/// A text of up to `max` characters that may have several lines.
///
/// # Errors
/// Invalid, naming `pointer` and the limit.
pub fn block(pointer: &str, label: &str, text: &str, max: usize) -> Result<String> {
    let length = text.chars().count();
    if length > max {
        return Err(Error::invalid(pointer, format!("{label} must have at most {max} characters; it has {length}.")));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Error::invalid(pointer, format!("{label} must not contain control characters.")));
    }
    Ok(text.to_owned())
}

/// The label of what is deployed: a tag, a commit, a date.
///
/// # Errors
/// Invalid unless it has 1 to 100 letters, digits or `. _ - + / : @`.
pub fn version(pointer: &str, text: &str) -> Result<String> {
    let text = line(pointer, "Version", text, 100)?;
    let allowed = |c: char| c.is_alphanumeric() || "._-+/:@".contains(c);
    if !text.chars().all(allowed) {
        return Err(Error::invalid(pointer, "Version may have letters, digits and . _ - + / : @"));
    }
    Ok(text)
}

/// How a name is compared: without regard to case.
pub fn key(text: &str) -> String {
    text.to_lowercase()
}

/// The text as a part of a pattern of SQL's LIKE, with `\` as its escape.
pub fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect()
}

/// The pattern of SQL's LIKE, with `\` as its escape, for what holds the text.
pub fn holding(text: &str) -> String {
    format!("%{}%", escaped(text))
}

/// A cell of a table that no spreadsheet takes for a formula: a version may begin with `=` (OWASP, CSV injection).
pub fn harmless(cell: String) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if formula { format!("'{cell}") } else { cell }
}

/// A number with three significant digits, or all of its whole digits: `0.0123`, `1.23`, `184`, `12345`.
pub fn significant(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return if value == 0.0 { "0".to_owned() } else { value.to_string() };
    }
    let magnitude = value.abs().log10().floor();
    let decimals = (2.0 - magnitude).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn numbers_stay_numbers_and_formulas_become_text() {
        for (cell, kept) in
            [("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("@x", "'@x"), ("-x", "'-x"), ("-1.5", "-1.5"), ("1.4.0", "1.4.0")]
        {
            assert_eq!(harmless(cell.to_owned()), kept);
        }
    }
}
