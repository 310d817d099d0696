//! Reading variables one after another while noting every fault.

use std::{collections::BTreeMap, fmt};

/// What stands in the place of a secret.
const MASK: &str = "********";

/// One variable that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The variable.
    pub name: &'static str,
    /// What it was set to, masked when it is a secret; absent when it is missing.
    pub value: Option<String>,
    /// What is allowed, in words.
    pub allowed: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={value}: allowed is {}.", self.name, self.allowed),
            None => write!(f, "{} is not set: allowed is {}.", self.name, self.allowed),
        }
    }
}

/// A variable as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The variable.
    pub name: &'static str,
    /// Its value, masked when it is a secret.
    pub value: String,
    /// Whether the environment set it.
    pub from_environment: bool,
}

/// How a value may be shown.
#[derive(Clone, Copy)]
pub enum Show {
    /// As it is.
    Plain,
    /// Not at all.
    Masked,
    /// As a URL without its password.
    Url,
}

impl Show {
    fn apply(self, value: &str) -> String {
        match self {
            _ if value.is_empty() => String::new(),
            Self::Plain => value.to_owned(),
            Self::Masked => MASK.to_owned(),
            Self::Url => without_password(value),
        }
    }
}

fn without_password(value: &str) -> String {
    let Ok(mut url) = url::Url::parse(value) else { return MASK.to_owned() };
    // Only a URL that can't have a password refuses one.
    if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
        return MASK.to_owned();
    }
    let query: Vec<_> = url.query_pairs().into_owned().collect();
    if query.iter().any(|(name, _)| name == "password") {
        let masked = query.iter().map(|(name, value)| (name, if name == "password" { MASK } else { value.as_str() }));
        url.query_pairs_mut().clear().extend_pairs(masked);
    }
    url.to_string()
}

/// Reads variables and keeps what was wrong.
pub struct Reader<'a> {
    values: &'a BTreeMap<String, String>,
    /// What was wrong so far.
    pub faults: Vec<Fault>,
    /// What was read so far.
    pub entries: Vec<Entry>,
}

impl<'a> Reader<'a> {
    /// A reader of these variables.
    pub fn new(values: &'a BTreeMap<String, String>) -> Self {
        Self { values, faults: Vec::new(), entries: Vec::new() }
    }

    /// Reads a variable that has a default. `allowed` says in words what `parse` accepts.
    pub fn read<T>(
        &mut self,
        (name, default): (&'static str, &str),
        (show, allowed): (Show, &str),
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let set = self.given(name);
        let value = set.unwrap_or(default);
        self.entries.push(Entry { name, value: show.apply(value), from_environment: set.is_some() });
        let parsed = parse(value);
        if parsed.is_none() {
            self.fault(name, Some(show.apply(value)), allowed);
        }
        parsed
    }

    /// Reads a variable that may be absent.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        (show, allowed): (Show, &str),
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if self.given(name).is_none() {
            self.entries.push(Entry { name, value: String::new(), from_environment: false });
            return None;
        }
        self.read((name, ""), (show, allowed), parse)
    }

    /// Notes that a variable is wrong.
    pub fn fault(&mut self, name: &'static str, value: Option<String>, allowed: &str) {
        self.faults.push(Fault { name, value, allowed: allowed.to_owned() });
    }

    /// What a variable was set to; an empty one counts as not set.
    pub fn given(&self, name: &str) -> Option<&'a str> {
        self.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// `true` or `false`.
pub fn flag(text: &str) -> Option<bool> {
    text.parse().ok()
}

/// A whole number within `range`.
pub fn whole<T: std::str::FromStr + PartialOrd>(range: std::ops::RangeInclusive<T>) -> impl Fn(&str) -> Option<T> {
    move |text| text.parse().ok().filter(|number| range.contains(number))
}

/// An http or https URL with a host and nothing behind it.
pub fn origin(text: &str) -> Option<url::Url> {
    let url = url::Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && bare).then_some(url)
}
