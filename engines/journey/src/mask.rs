//! Takes secrets out of everything that is shown.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// What stands in place of a secret.
pub(crate) const MASK: &str = "***";

/// All spellings of all secrets of a run.
#[derive(Default)]
pub(crate) struct Secrets {
    spellings: Vec<String>,
}

impl Secrets {
    /// Secrets as they are, and as they look percent-encoded, in JSON, in HTML, in hexadecimal and in Base64.
    pub(crate) fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut all = Self::default();
        for secret in secrets {
            all.add(&secret);
        }
        all
    }

    /// Adds a secret; an empty one would match everywhere and hides nothing.
    pub(crate) fn add(&mut self, secret: &str) {
        self.spellings.extend(spellings(secret));
        self.spellings.retain(|s| !s.is_empty());
        // Longest first, so that a secret inside another does not leave the rest of it.
        self.spellings.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        self.spellings.dedup();
    }

    /// Adds the credentials of an `Authorization: Basic` value (RFC 7617) if they contain a secret: their Base64 does not show it.
    pub(crate) fn add_basic(&mut self, authorization: &str) {
        let Some(("Basic", encoded)) = authorization.split_once(' ') else {
            return;
        };
        let decoded = STANDARD.decode(encoded.trim()).unwrap_or_default();
        let text = String::from_utf8_lossy(&decoded);
        if matches!(self.mask(&text), Cow::Owned(_)) {
            self.add(&text);
        }
    }

    /// The text with every secret replaced.
    pub(crate) fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for spelling in &self.spellings {
            if masked.contains(spelling.as_str()) {
                masked = Cow::Owned(masked.replace(spelling.as_str(), MASK));
            }
        }
        masked
    }

    /// [`Secrets::mask`], owned.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.mask(text).into_owned()
    }
}

fn spellings(secret: &str) -> Vec<String> {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::Value::from(secret).to_string();
    let hexadecimal = hex::encode(secret);
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut all = vec![
        secret.to_owned(),
        unreserved(secret, "%20"),
        form.replace('+', "%20"),
        form,
        json.trim_matches('"').to_owned(),
        html.replace('"', "&quot;").replace('\'', "&#39;"),
        html.replace('"', "&quot;").replace('\'', "&#x27;"),
        html,
        hexadecimal.to_uppercase(),
        hexadecimal,
    ];
    all.extend([STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].map(|e| e.encode(secret)));
    let lower: Vec<String> = all[1..4].iter().map(|s| lower_escapes(s)).collect();
    all.extend(lower);
    all
}

/// Percent-encoding of everything but the unreserved characters of RFC 3986 §2.3, which is what libcurl does.
fn unreserved(text: &str, space: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push_str(space),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

fn lower_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lower = 0_u8;
    for c in text.chars() {
        lower = if c == '%' { 3 } else { lower };
        out.push(if lower > 0 { c.to_ascii_lowercase() } else { c });
        lower = lower.saturating_sub(1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_secret_is_masked() {
        let secret = "pä ss/w+\"<&=?";
        let secrets = Secrets::new([secret.to_owned()]);
        for spelling in spellings(secret) {
            let shown = secrets.clean(&format!("a {spelling} b"));
            assert_eq!(shown, format!("a {MASK} b"), "{spelling}");
        }
    }

    #[test]
    fn a_secret_inside_another_leaves_nothing() {
        let secrets = Secrets::new(["abc".to_owned(), "abcdef".to_owned()]);
        assert_eq!(secrets.clean("abcdef abc"), "*** ***");
    }

    #[test]
    fn basic_credentials_are_masked_only_if_they_hold_a_secret() {
        let mut secrets = Secrets::new(["hunter22".to_owned()]);
        let (with, without) = (STANDARD.encode("ada:hunter22"), STANDARD.encode("ada:open"));
        secrets.add_basic(&format!("Basic {with}"));
        secrets.add_basic(&format!("Basic {without}"));
        assert_eq!(secrets.clean(&format!("{with} {without}")), format!("*** {without}"));
    }

    #[test]
    fn an_empty_secret_changes_nothing() {
        assert_eq!(Secrets::new([String::new()]).clean("text"), "text");
    }
}
