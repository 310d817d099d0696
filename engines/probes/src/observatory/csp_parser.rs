//! How the Observatory reads policies: several are intersected, and sources that a shorter one covers are dropped.

use std::cmp::Ordering;

use crate::text;

/// Directives in order of appearance with their sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Policy {
    directives: Vec<(String, Vec<String>)>,
    /// Whether `report-uri` or `report-to` occurred twice in one policy.
    pub(super) repeated_reporting: bool,
}

/// The policy cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Invalid;

/// Directives that a `meta` element cannot set (HTML standard, "Content security policy state").
const HEADER_ONLY: [&str; 3] = ["frame-ancestors", "report-uri", "sandbox"];
const MAY_REPEAT: [&str; 2] = ["report-uri", "report-to"];
/// A policy shorter than `img-src` less one character is taken for a mistake.
const SHORTEST_POLICY: usize = 6;
/// ASCII in the order of the root collation of the Unicode CLDR (letters are lower-cased before).
const COLLATION: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

#[derive(Debug, Clone)]
struct Source {
    text: String,
    policy: usize,
    keep: bool,
}

impl Policy {
    /// Reads the policies of one response.
    pub(super) fn parse(policies: &[String]) -> Result<Self, Invalid> {
        let clean: Vec<String> =
            policies.iter().map(|policy| text::trim(&policy.replace(['\r', '\n'], "")).to_owned()).collect();
        if clean.iter().any(|policy| policy.encode_utf16().count() < SHORTEST_POLICY) {
            return Err(Invalid);
        }
        let mut reader = Reader { directives: Vec::new(), repeated_reporting: false, several: clean.len() > 1 };
        for (index, policy) in clean.iter().enumerate() {
            reader.read(index, policy)?;
        }
        Ok(reader.finish())
    }

    /// Reads the policies of `meta` elements, without what only a header can set.
    pub(super) fn parse_meta(policies: &[String]) -> Result<Self, Invalid> {
        let mut policy = Self::parse(policies)?;
        policy.directives.retain(|(name, _)| !HEADER_ONLY.contains(&name.as_str()));
        Ok(policy)
    }

    /// Number of directives; the note about repeated reporting counts as one.
    pub(super) fn len(&self) -> usize {
        self.directives.len() + usize::from(self.repeated_reporting)
    }

    pub(super) fn get(&self, name: &str) -> Option<&[String]> {
        self.directives.iter().find(|(key, _)| key == name).map(|(_, sources)| sources.as_slice())
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Vec<String>> {
        self.directives.iter_mut().find(|(key, _)| key == name).map(|(_, sources)| sources)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.directives.iter().map(|(name, sources)| (name.as_str(), sources.as_slice()))
    }
}

struct Reader {
    directives: Vec<(String, Vec<Source>)>,
    repeated_reporting: bool,
    several: bool,
}

impl Reader {
    fn read(&mut self, index: usize, policy: &str) -> Result<(), Invalid> {
        let mut seen: Vec<String> = Vec::new();
        for entry in policy.split(';') {
            let mut words = text::trim(entry).split(text::is_space).filter(|word| !word.is_empty());
            let Some(name) = words.next().map(str::to_lowercase) else { continue };
            if !seen.contains(&name) {
                seen.push(name.clone());
            } else if MAY_REPEAT.contains(&name.as_str()) {
                self.repeated_reporting = true;
            } else {
                return Err(Invalid);
            }
            let mut values: Vec<String> = words.map(str::to_lowercase).collect();
            if values.is_empty() && name.ends_with("-src") {
                values.push("'none'".to_owned());
            }
            self.merge(index, name, values)?;
        }
        Ok(())
    }

    fn merge(&mut self, index: usize, name: String, values: Vec<String>) -> Result<(), Invalid> {
        let first = index == 0;
        let place = self.directives.iter().position(|(key, _)| *key == name);
        let mut sources = place.filter(|_| !first).map(|at| self.directives[at].1.clone()).unwrap_or_default();
        sources.extend(values.into_iter().map(|text| Source { text, policy: index, keep: first }));
        sources.sort_by(|a, b| collate(&a.text, &b.text));
        mark(&mut sources)?;
        sources.retain(|source| source.keep);
        if first && self.several {
            // From now on only sources that every further policy repeats are kept.
            sources.iter_mut().for_each(|source| source.keep = false);
        }
        match place {
            Some(at) => self.directives[at].1 = sources,
            None => self.directives.push((name, sources)),
        }
        Ok(())
    }

    fn finish(self) -> Policy {
        let directives = self.directives.into_iter().map(|(name, sources)| {
            let mut texts: Vec<String> = Vec::new();
            for source in sources {
                if !texts.contains(&source.text) {
                    texts.push(source.text);
                }
            }
            if texts.is_empty() {
                texts.push("'none'".to_owned());
            }
            (name, texts)
        });
        Policy { directives: directives.collect(), repeated_reporting: self.repeated_reporting }
    }
}

/// Compares neighbours: within a policy a longer source is superfluous, across policies an equal one survives.
fn mark(sources: &mut [Source]) -> Result<(), Invalid> {
    for at in 1..sources.len() {
        let (head, tail) = sources.split_at_mut(at);
        let (Some(previous), Some(source)) = (head.last(), tail.first_mut()) else { continue };
        if source.policy == previous.policy {
            if source.text.starts_with(&previous.text) {
                source.keep = false;
            }
        } else if paths_match(&previous.text, &source.text)? {
            source.keep = true;
        }
    }
    Ok(())
}

/// Path matching of CSP Level 3 (section 6.7.2.12), applied to whole sources.
fn paths_match(a: &str, b: &str) -> Result<bool, Invalid> {
    let prefix = a.ends_with('/');
    let mut left: Vec<&str> = a.split('/').collect();
    let right: Vec<&str> = b.split('/').collect();
    if left.len() > right.len() || (!prefix && left.len() != right.len()) {
        return Ok(false);
    }
    if prefix {
        left.pop();
    }
    for (piece, other) in left.iter().zip(&right) {
        if decode(piece)? != decode(other)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// ECMAScript `decodeURIComponent`, which refuses malformed sequences.
fn decode(piece: &str) -> Result<String, Invalid> {
    let mut bytes = Vec::with_capacity(piece.len());
    let mut rest = piece.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = tail;
            continue;
        }
        let digits = tail.get(..2).filter(|pair| pair.iter().all(u8::is_ascii_hexdigit)).ok_or(Invalid)?;
        let digits = std::str::from_utf8(digits).map_err(|_| Invalid)?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| Invalid)?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).map_err(|_| Invalid)
}

fn collate(a: &str, b: &str) -> Ordering {
    let weight = |c: char| COLLATION.find(c).map_or(COLLATION.len() + c as usize, |at| at);
    a.chars().map(weight).cmp(b.chars().map(weight))
}
