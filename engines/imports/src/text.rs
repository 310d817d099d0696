//! Text of unknown origin.

use crate::{ImportError, Place, limits::MAX_TEXT_CHARS};

/// The text with control characters and those that turn the direction of writing replaced.
pub(crate) fn clean(text: &str, place: Place) -> Result<String, ImportError> {
    if text.len() > MAX_TEXT_CHARS && text.chars().count() > MAX_TEXT_CHARS {
        return Err(ImportError::TooLarge { place, what: "characters of text", limit: MAX_TEXT_CHARS as u64 });
    }
    Ok(text.chars().map(|c| if hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
}

/// The beginning of a text, for a message.
pub(crate) fn excerpt(text: &str) -> String {
    let shown: String =
        text.chars().take(60).map(|c| if hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
    if shown.len() < text.len() { format!("{shown:?}…") } else { format!("{shown:?}") }
}

/// Control characters, and the marks that reorder what is displayed (Unicode TR 36).
fn hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// The bytes without the mark that some editors begin UTF-8 with.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Refuses a file of more bytes than allowed.
pub(crate) fn check_size(bytes: &[u8], limit: usize) -> Result<(), ImportError> {
    if bytes.len() <= limit {
        return Ok(());
    }
    Err(ImportError::TooLarge { place: Place::File, what: "bytes", limit: limit as u64 })
}
