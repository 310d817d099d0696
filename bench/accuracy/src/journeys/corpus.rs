//! The Hurl files: those of the engine's own tests, and what `journeys/` of this package describes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::error::{Doing, Error};
use crate::site::package;

/// Where the engine's own files are.
pub fn engine() -> PathBuf {
    package().join("../../engines/journey/tests/hurl")
}

/// All files by name.
pub fn all() -> Result<BTreeMap<String, String>, Error> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(engine()).doing("reading the engine's Hurl files")? {
        let path = entry.doing("reading the engine's Hurl files")?.path();
        if path.extension().is_some_and(|extension| extension == "hurl") {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            all.insert(name, fs::read_to_string(&path).doing("reading the engine's Hurl files")?);
        }
    }
    all.extend(entries(&read("entries.txt")?));
    all.extend(asserts(&read("asserts.txt")?));
    Ok(all)
}

fn read(name: &str) -> Result<String, Error> {
    fs::read_to_string(package().join("journeys").join(name)).doing(name)
}

/// Each file begins after its name.
fn entries(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split("### ").skip(1).filter_map(|part| {
        let (name, text) = part.split_once('\n')?;
        Some((format!("{name}.hurl"), text.to_owned()))
    })
}

/// Two files for each line: the assert as it stands beside a capture of the same value, and the assert with `not`.
fn asserts(text: &str) -> impl Iterator<Item = (String, String)> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).enumerate();
    lines.flat_map(|(at, line)| {
        let mut parts = line.splitn(3, " | ");
        let mut part = || parts.next().unwrap_or_default().trim();
        let (path, query, predicate) = (part(), part(), part());
        let head = format!("GET {{{{base_url}}}}{path}\nHTTP *\n");
        let (filter, predicate) = filtered(predicate);
        // Durations differ between any two runs.
        let name = if query.starts_with("duration") { "c_duration" } else { "c" };
        let plain = format!("{head}[Captures]\n{name}: {query}\n[Asserts]\n{query}{filter} {predicate}\n");
        let negated = format!("{head}[Asserts]\n{query}{filter} not {predicate}\n");
        [(format!("assert-{:03}.hurl", at + 1), plain), (format!("assert-{:03}-not.hurl", at + 1), negated)]
    })
}

/// A filter at the start of what is given as the predicate stays before a `not`.
fn filtered(predicate: &str) -> (String, &str) {
    let words: Vec<&str> = predicate.splitn(3, ' ').collect();
    match words.as_slice() {
        ["count", rest @ ..] if rest.len() == 2 => (" count".to_owned(), &predicate["count ".len()..]),
        ["nth", index, rest] => (format!(" nth {index}"), rest),
        _ => (String::new(), predicate),
    }
}
