//! Which pages a path pattern is for, by the rules of robots.txt.

/// A pattern for the path and query of a page: `*` stands for anything, `$` at the end for the end, and without it
/// every path that begins so matches (RFC 9309, section 2.2.3). Letters match in their case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern(String);

impl PathPattern {
    /// The pattern, if it begins with `/` or `*`.
    #[must_use]
    pub fn parse(pattern: &str) -> Option<Self> {
        pattern.starts_with(['/', '*']).then(|| Self(pattern.to_owned()))
    }

    /// The pattern as the file has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a path with its query matches. Takes time in proportion to path times pattern at most.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let (pattern, whole) = match self.0.strip_suffix('$') {
            Some(pattern) => (pattern, true),
            None => (self.0.as_str(), false),
        };
        let mut parts = pattern.split('*');
        let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
        let parts: Vec<_> = parts.collect();
        let Some((last, between)) = parts.split_last() else { return !whole || rest.is_empty() };
        for part in between {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        if whole { rest.ends_with(last) } else { rest.contains(last) }
    }
}
