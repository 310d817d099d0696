//! A policy as somebody typed it: JSON text.

use super::PolicyDocument;

/// Reads the text.
///
/// # Errors
/// One sentence with line and column.
pub fn read_policy(text: &str) -> std::result::Result<PolicyDocument, String> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column, words) = (error.line(), error.column(), error.to_string());
        let words = words.split(" at line ").next().unwrap_or_default();
        format!("Line {line}, column {column}: {words}.")
    })
}

/// The line that a message of [`read_policy`] names, from 1.
pub fn line_of(message: &str) -> Option<u64> {
    message.strip_prefix("Line ")?.split(',').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_in_the_text_has_its_line() {
        let message = read_policy("{\n  \"name\": \"x\",\n  \"rulez\": []\n}").unwrap_err();
        assert!(message.starts_with("Line 3, column "), "{message}");
        assert!(message.contains("rulez") && !message.contains("at line"), "{message}");
        assert_eq!(line_of(&message), Some(3));
    }
}
