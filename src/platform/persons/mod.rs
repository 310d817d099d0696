//! Keys per person. What is said of a person where nothing can be rewritten (the audit log, events) is sealed with a key of
//! that person's own, which is itself sealed with the hub's. Destroying the one key makes all of it unreadable and leaves
//! every hash over it right; see `docs/decisions/0033-erasure.md`.
//!
//! A sealed value is a text among texts: `person:`, the key's id, a colon, and nonce and cipher text in base64url.

mod key;
mod store;
mod words;

pub use key::{PersonKey, number};
pub use store::{destroy, find, find_or_make, follow};
pub use words::{Needle, addresses, replaced};

use super::{db::Tx, secrets::Sealer};
use crate::{Result, access::Scope, text};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What stands in the place of somebody whose key is gone.
pub const ERASED: &str = "erased person";
/// What stands in the place of somebody in files that outlive the hub's rows.
const PERSON: &str = "person";
/// The name of a member whose value is an address of somebody, with an account or not.
const ADDRESS: &str = "email";

/// How a database's transactions keep what they write of persons where it can't be rewritten.
#[derive(Clone)]
pub(super) enum Keeping {
    /// Sealed with the person's key, which this seals.
    Sealed(Sealer),
    /// Not at all: nobody said what seals it.
    Refused,
    /// In the clear.
    #[cfg(test)]
    Clear,
}

/// Who did something, for [`seal`].
#[derive(Clone, Copy)]
pub struct Doer<'a> {
    /// The address that the account is known by.
    pub email: &'a str,
    /// The members of the particulars whose values the person made up, such as the name of their phone.
    pub typed: &'a [&'a str],
}

/// Particulars as they are written for good.
pub struct Kept {
    /// Who did it, if it was a person.
    pub doer: Option<String>,
    /// The particulars.
    pub detail: Value,
}

/// Seals the addresses and full names of persons in some particulars, and what who did it made up.
///
/// # Errors
/// Internal where the database was opened without what seals.
pub async fn seal(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    doer: Option<Doer<'_>>,
    mut detail: Value,
) -> Result<Kept> {
    if !store::seals(tx)? {
        return Ok(Kept { doer: doer.map(|doer| doer.email.to_owned()), detail });
    }
    let mut found = Found::default();
    each_text(&mut detail, None, &mut |name, text| found.look(name, text));
    each_name(&mut detail, &mut |name: &mut String| found.look(None, name));
    let mut people = people(tx, scope, now, &found).await?;
    let mut label = None;
    if let Some(Doer { email, typed }) = doer {
        let key = find_or_make(tx, scope, now, email).await?;
        label = Some(key.seal(email)?);
        people.extend(called(tx, scope, email).await?.iter().map(|text| (Needle::new(text), key.clone())));
        let mut fault = None;
        each_text(&mut detail, None, &mut |name, text| {
            if name.is_some_and(|name| typed.contains(&name)) {
                match key.seal(text) {
                    Ok(sealed) => *text = sealed,
                    Err(error) => fault = Some(error),
                }
            }
        });
        fault.map_or(Ok(()), Err)?;
    }
    let needles: Vec<_> = people.iter().map(|(needle, _)| needle).collect();
    let mut sealed = |text: &mut String| {
        let seal = |found: usize, text: &str| people[found].1.seal(text).unwrap_or_else(|_| ERASED.to_owned());
        if let Some(changed) = replaced(text, &needles, seal) {
            *text = changed;
        }
    };
    each_text(&mut detail, None, &mut |_, text| sealed(text));
    each_name(&mut detail, &mut sealed);
    Ok(Kept { doer: label, detail })
}

/// The addresses in some texts, and where names may stand.
#[derive(Default)]
struct Found {
    /// Addresses that are somebody's, whoever it is.
    said: BTreeSet<String>,
    /// Those that may be a member's.
    seen: BTreeSet<String>,
    /// The texts of several words.
    words: String,
}

impl Found {
    fn look(&mut self, name: Option<&str>, text: &str) {
        let into = if name == Some(ADDRESS) { &mut self.said } else { &mut self.seen };
        into.extend(addresses(text).into_iter().map(text::key));
        if is_telling(text) {
            self.words.push_str(text);
            self.words.push('\n');
        }
    }
}

/// Whether a name is looked for in texts: one word could be a word like others.
fn is_telling(name: &str) -> bool {
    name.trim().contains(' ')
}

/// What names the person with this address: the addresses that they have and had, and the full names.
async fn called(tx: &Tx, scope: &Scope, email: &str) -> Result<BTreeSet<String>> {
    let mut texts = BTreeSet::from([email.to_owned()]);
    if let Some(member) = store::member(tx, scope, email).await? {
        let (emails, names) = store::called(tx, scope, &member).await?;
        texts.extend(emails.into_iter().chain(names.into_iter().filter(|name| is_telling(name))));
    }
    Ok(texts)
}

/// Every address that the person with this one has or had, as it was written; none where no member is or was called so.
pub async fn spellings(tx: &Tx, scope: &Scope, email: &str) -> Result<Vec<String>> {
    match store::member(tx, scope, email).await? {
        Some(member) => Ok(store::called(tx, scope, &member).await?.0),
        None => Ok(Vec::new()),
    }
}

/// The keys of the persons whose addresses or full names were found, with what names them. An address that nobody here has
/// stays as it is.
async fn people(tx: &Tx, scope: &Scope, now: DateTime<Utc>, found: &Found) -> Result<Vec<(Needle, PersonKey)>> {
    let mut people = Vec::new();
    for email in found.said.union(&found.seen) {
        let is_member = store::member(tx, scope, email).await?.is_some();
        let key = match find(tx, scope, email).await? {
            None if is_member || found.said.contains(email) => Some(find_or_make(tx, scope, now, email).await?),
            known => known,
        };
        let Some(key) = key else { continue };
        people.extend(called(tx, scope, email).await?.iter().map(|text| (Needle::new(text), key.clone())));
    }
    if !found.words.is_empty() {
        for (email, name) in store::named_in(tx, scope, &found.words).await? {
            let needle = Needle::new(name.trim());
            if replaced(&found.words, &[&needle], |_, _| String::new()).is_some() {
                people.push((needle, find_or_make(tx, scope, now, &email).await?));
            }
        }
    }
    Ok(people)
}

/// Calls `look` with every text of a value, and with the name of the member that it is in.
fn each_text(value: &mut Value, name: Option<&str>, look: &mut impl FnMut(Option<&str>, &mut String)) {
    match value {
        Value::String(text) => look(name, text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, name, look)),
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| each_text(value, Some(name), look)),
        _ => {}
    }
}

/// Calls `look` with the name of every member of a value, for people may choose those too. Names that become the same are
/// told apart.
fn each_name(value: &mut Value, look: &mut impl FnMut(&mut String)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_name(item, look)),
        Value::Object(members) => {
            for (mut name, mut value) in std::mem::take(members) {
                each_name(&mut value, look);
                look(&mut name);
                while members.contains_key(&name) {
                    name.push('\'');
                }
                members.insert(name, value);
            }
        }
        _ => {}
    }
}

/// Opens sealed values of texts.
pub struct Opener {
    keys: BTreeMap<Uuid, PersonKey>,
    otherwise: &'static str,
}

impl Opener {
    /// An opener of everything in these texts whose key is still there.
    pub async fn of<'t>(tx: &Tx, scope: &Scope, texts: impl Iterator<Item = &'t str>) -> Result<Self> {
        let ids: BTreeSet<_> = texts.flat_map(words::sealed).map(|sealed| sealed.key).collect();
        let keys = store::by_id(tx, scope, ids).await?;
        Ok(Self { keys: keys.into_iter().map(|key| (key.id(), key)).collect(), otherwise: ERASED })
    }

    /// An opener of what is about one person; others are named by their numbers.
    pub fn only(key: Option<PersonKey>) -> Self {
        Self { keys: key.into_iter().map(|key| (key.id(), key)).collect(), otherwise: PERSON }
    }

    /// The text with everything opened that can be; in the place of the rest stands the number of its key.
    pub fn open(&self, text: &str) -> String {
        let mut opened = String::with_capacity(text.len());
        let mut end = 0;
        for sealed in words::sealed(text) {
            opened.push_str(&text[end..sealed.place.start]);
            let plain = self.keys.get(&sealed.key).and_then(|key| key.open(&text[sealed.place.clone()]).ok());
            opened.push_str(&plain.unwrap_or_else(|| format!("{} {}", self.otherwise, number(sealed.key))));
            end = sealed.place.end;
        }
        opened.push_str(&text[end..]);
        opened
    }

    /// The same for every text of a value.
    pub fn open_value(&self, value: &mut Value) {
        each_text(value, None, &mut |_, text| *text = self.open(text));
        each_name(value, &mut |name: &mut String| *name = self.open(name));
    }
}

/// The numbers of persons in the place of their addresses.
pub struct Pseudonyms(Vec<(Needle, PersonKey)>);

impl Pseudonyms {
    /// The numbers of everybody of the tenant whose address is in one of these texts.
    pub async fn of<'t>(
        tx: &Tx,
        scope: &Scope,
        now: DateTime<Utc>,
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<Self> {
        if !store::seals(tx)? {
            return Ok(Self(Vec::new()));
        }
        let mut found = Found::default();
        texts.for_each(|text| found.look(None, text));
        Ok(Self(people(tx, scope, now, &found).await?))
    }

    /// The text with `person 1f3a9c2e` for each of them.
    pub fn applied(&self, text: String) -> String {
        let needles: Vec<_> = self.0.iter().map(|(needle, _)| needle).collect();
        let named = |found: usize, _: &str| format!("{PERSON} {}", self.0[found].1.number());
        replaced(&text, &needles, named).unwrap_or(text)
    }
}

/// The number in `person 1f3a9c2e` or `erased person 1f3a9c2e`.
pub fn parse_number(text: &str) -> Option<&str> {
    let number = text.trim().strip_prefix("erased ").unwrap_or(text.trim()).strip_prefix(PERSON)?.trim_start();
    (number.len() == 8 && number.bytes().all(|digit| digit.is_ascii_hexdigit())).then_some(number)
}

/// The number of who a sealed value is about.
pub fn number_in(text: &str) -> Option<String> {
    words::sealed(text).first().map(|sealed| number(sealed.key))
}
