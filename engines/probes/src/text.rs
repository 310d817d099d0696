//! Text as ECMAScript sees it: the reference implementation of the Observatory trims and splits with these rules.

/// Whether `c` is `WhiteSpace` or `LineTerminator` (ECMA-262, sections 12.2 and 12.3).
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, '\u{9}'..='\u{d}' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

/// `String.prototype.trim`.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The first `limit` characters of `text`.
pub(crate) fn head(text: &str, limit: usize) -> &str {
    text.char_indices().nth(limit).map_or(text, |(end, _)| &text[..end])
}

/// `text` shortened to `limit` characters for use as evidence, with control characters replaced.
pub(crate) fn excerpt(text: &str, limit: usize) -> String {
    let cut = head(text, limit);
    let mut shown: String = cut.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if cut.len() < text.len() {
        shown.push('…');
    }
    shown
}
