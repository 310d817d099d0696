//! Text of pages, cut to a size that can be stored.

/// At most `limit` characters of `text`, with an ellipsis if it was longer.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!((cut("äöü", 3).as_str(), cut("äöü", 2).as_str(), cut("", 0).as_str()), ("äöü", "äö…", ""));
    }
}
