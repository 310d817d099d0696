//! Finding persons in texts.

use std::ops::Range;
use uuid::Uuid;

/// What every sealed value begins with.
pub(super) const MARK: &str = "person:";
/// Length of a key's id in a sealed value.
const ID_LENGTH: usize = 36;

/// A sealed value in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SealedValue {
    /// The key that sealed it.
    pub key: Uuid,
    /// Where it is.
    pub place: Range<usize>,
}

/// The sealed values of a text, in their order.
pub(super) fn sealed(text: &str) -> Vec<SealedValue> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(MARK).map(|at| from + at) {
        match parse_sealed(&text[start..]) {
            Some(value) => {
                let place = start..start + value.place.end;
                from = place.end;
                found.push(SealedValue { place, ..value });
            }
            None => from = start + MARK.len(),
        }
    }
    found
}

/// The sealed value that a text begins with.
pub(super) fn parse_sealed(text: &str) -> Option<SealedValue> {
    let rest = text.strip_prefix(MARK)?;
    let key = rest.get(..ID_LENGTH)?.parse().ok()?;
    let encoded = rest.get(ID_LENGTH..)?.strip_prefix(':')?;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let length = encoded.bytes().take_while(is_digit).count();
    (length > 0).then_some(SealedValue { key, place: 0..MARK.len() + ID_LENGTH + 1 + length })
}

/// The e-mail addresses of a text: what stands on both sides of an `@`, up to what separates words.
pub fn addresses(text: &str) -> Vec<&str> {
    let separates = |c: char| c.is_whitespace() || c.is_control() || "\"'<>()[]{},;:|\\/`=&".contains(c);
    let words = text.split(separates).map(|word| word.trim_matches('.'));
    words.filter(|word| word.split_once('@').is_some_and(|(local, domain)| is_address(local, domain))).collect()
}

fn is_address(local: &str, domain: &str) -> bool {
    !local.is_empty() && !domain.is_empty() && !domain.contains('@')
}

/// A letter without regard to case. The two small forms of sigma are one, for which of them a word has depends on its end;
/// so are the letters i with a dot and without, whose capitals differ by language.
fn folded(c: char) -> impl Iterator<Item = char> {
    let small = c.to_lowercase().filter(|small| *small != '\u{307}');
    small.map(|small| match small {
        'ς' => 'σ',
        'ı' => 'i',
        other => other,
    })
}

/// What is looked for in texts, without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle(String);

impl Needle {
    /// A text to be looked for.
    pub fn new(text: &str) -> Self {
        Self(text.chars().flat_map(folded).collect())
    }
}

/// A text without regard to case, and where in the text each of its bytes comes from.
struct Folded {
    letters: String,
    /// The beginning in the text of the letter that a byte belongs to; none within one.
    starts: Vec<Option<usize>>,
}

impl Folded {
    fn of(text: &str) -> Self {
        let (mut letters, mut starts) = (String::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
        for (at, c) in text.char_indices() {
            starts.push(Some(at));
            letters.extend(folded(c));
            starts.resize(letters.len(), None);
        }
        starts.push(Some(text.len()));
        Self { letters, starts }
    }

    /// Where a needle stands in the text, as whole letters of it.
    fn places<'t>(&'t self, needle: &'t Needle) -> impl Iterator<Item = Range<usize>> + 't {
        let place = |(at, found): (usize, &str)| Some(self.starts[at]?..self.starts[at + found.len()]?);
        self.letters.match_indices(&needle.0).filter_map(place)
    }
}

/// The text with `with(needle, found)` in the place of every needle that stands there as a word of its own; nothing where none
/// does.
pub fn replaced(text: &str, needles: &[&Needle], with: impl Fn(usize, &str) -> String) -> Option<String> {
    let folded = Folded::of(text);
    let mut places: Vec<(Range<usize>, usize)> = Vec::new();
    for (number, needle) in needles.iter().enumerate().filter(|(_, needle)| !needle.0.is_empty()) {
        let hits = folded.places(needle).filter(|place| stands_alone(text, place));
        places.extend(hits.map(|place| (place, number)));
    }
    // The longer of two that begin at one place is meant.
    places.sort_by_key(|(place, _)| (place.start, std::cmp::Reverse(place.end)));
    let (mut changed, mut end) = (String::new(), 0);
    for (place, number) in places {
        if place.start >= end {
            changed.push_str(&text[end..place.start]);
            changed.push_str(&with(number, &text[place.clone()]));
            end = place.end;
        }
    }
    (end > 0).then(|| changed + &text[end..])
}

/// Whether no letter, digit or part of an address touches the place.
fn stands_alone(text: &str, place: &Range<usize>) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '@' | '_' | '+' | '-' | '%');
    let before = text[..place.start].chars().next_back();
    let mut after = text[place.end..].chars();
    let is_open = match after.next() {
        Some('.') => !after.next().is_some_and(char::is_alphanumeric),
        Some(next) => !goes_on(next),
        None => true,
    };
    is_open && !before.is_some_and(|c| goes_on(c) || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_sentences_and_nothing_else_is() {
        let found = |text| addresses(text);
        assert_eq!(found("Cancelled by ada@example.com before it began."), ["ada@example.com"]);
        assert_eq!(found("<ada@example.com>, bob@example.com."), ["ada@example.com", "bob@example.com"]);
        assert_eq!(found("@ada, ada@ and a @ b"), [""; 0]);
        assert_eq!(found("a@b@c"), [""; 0]);
    }

    #[test]
    fn a_needle_is_replaced_as_a_word_alone() {
        let (ada, name) = (Needle::new("ada@x.com"), Needle::new("Ada Lovelace"));
        let swap = |text| replaced(text, &[&ada, &name], |number, found| format!("[{number}:{}]", found.len()));
        assert_eq!(swap("by Ada@X.com.").as_deref(), Some("by [0:9]."));
        assert_eq!(swap("ada lovelace's and ada@x.com").as_deref(), Some("[1:12]'s and [0:9]"));
        for other in ["bada@x.com", "ada@x.com.au", "ada@x.commerce", "x+ada@x.com", "Ada Lovelacey", "Ada"] {
            assert_eq!(swap(other), None, "{other}");
        }
        assert_eq!(swap("{\"email\":\"ada@x.com\"}").as_deref(), Some("{\"email\":\"[0:9]\"}"));
        assert_eq!(replaced("é ada@x.com é", &[&ada], |_, _| "-".to_owned()).as_deref(), Some("é - é"));
    }

    #[test]
    fn letters_beyond_ascii_are_found_in_every_case() {
        let needles = ["Ömer Yılmaz", "ИВАН@пример.рф", "Ὀδυσσεὺς ΣΟΦΌΣ", "İpek Çelik"].map(Needle::new);
        for (text, left) in [
            ("Asked ömer yılmaz.", "Asked -."),
            ("ÖMER YILMAZ and Ömer Yılmazer", "- and Ömer Yılmazer"),
            ("<иван@Пример.рф>", "<->"),
            ("ὀδυσσεὺσ σοφός", "-"),
            ("İPEK ÇELİK, ipek çelik", "-, -"),
        ] {
            let found = replaced(text, &needles.each_ref(), |_, _| "-".to_owned());
            assert_eq!(found.as_deref(), Some(left), "{text}");
        }
        let key = crate::text::key("İpek Çelik and Ὀδυσσεὺς ΣΟΦΌΣ");
        assert_eq!(replaced(&key, &needles.each_ref(), |_, _| "-".to_owned()).as_deref(), Some("- and -"));
    }

    #[test]
    fn sealed_values_are_found_where_they_are_whole() {
        let one = "person:8f14e45f-ceea-467f-a1d2-3c5b7a9e0f11:AbC_-9";
        let text = format!("by {one}, and person: nobody, and {one}");
        let found = sealed(&text);
        assert_eq!(found.len(), 2);
        assert_eq!(&text[found[1].place.clone()], one);
        for broken in ["person:8f14e45f-ceea-467f-a1d2-3c5b7a9e0f11:", "person:8f14e45f:AbC", "person:é"] {
            assert_eq!(sealed(broken), [], "{broken}");
        }
    }
}
