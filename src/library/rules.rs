//! The words that an asset is found by, and what may be removed.

use super::model::AssetUse;
use crate::{Error, Result, text};
use std::collections::BTreeSet;

/// Most words of an asset that are kept.
const TERMS_MAX: usize = 400;
/// Most characters of a word that are kept and compared.
const TERM_MAX: usize = 40;
/// Most words of a search that count.
const WANTED_MAX: usize = 8;
/// Most proposals for an asset that wait at once.
const PROPOSALS_MAX: u64 = 50;
/// Users that a refusal names.
const NAMED: usize = 5;

/// The words of a text, in small letters: letters and digits without anything between.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let text = text::key(text);
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(TERM_MAX).collect())
        .collect();
    words.into_iter()
}

/// How a tag is kept among the words; no word has such a sign.
pub(super) fn tag_term(tag: &str) -> String {
    format!("#{tag}")
}

/// All words that an asset is found by, each once: those of its name first, for a long description may have too many.
pub(super) fn terms(name: &str, description: &str, tags: &[String]) -> BTreeSet<String> {
    let of_tags = tags.iter().flat_map(|tag| std::iter::once(tag_term(tag)).chain(words(tag)));
    let mut terms = BTreeSet::new();
    for term in of_tags.chain(words(name)).chain(words(description)) {
        if terms.len() == TERMS_MAX {
            break;
        }
        terms.insert(term);
    }
    terms
}

/// The words that a search wants, each the beginning of a word of the asset; none where it has no words, which finds nothing.
pub(super) fn wanted(text: &str) -> Option<Vec<String>> {
    let wanted: BTreeSet<String> = words(text).collect();
    (!wanted.is_empty()).then(|| wanted.into_iter().take(WANTED_MAX).collect())
}

/// Whether one more version of an asset may be proposed.
///
/// # Errors
/// Conflict where as many wait already as may.
pub(super) fn may_propose(waiting: u64) -> Result<()> {
    if waiting >= PROPOSALS_MAX {
        return Err(Error::conflict(format!(
            "{PROPOSALS_MAX} proposals for this asset wait, which is as many as may; decide or withdraw one first."
        )));
    }
    Ok(())
}

/// Whether an asset may be removed.
///
/// # Errors
/// Conflict while systems use it, naming them.
pub(super) fn is_removable(uses: &[AssetUse]) -> Result<()> {
    let users: Vec<String> = uses
        .iter()
        .filter(|using| using.current)
        .map(|using| format!("“{}” of {}", using.target, using.system))
        .collect();
    if users.is_empty() {
        return Ok(());
    }
    let more = match users.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = users.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    Err(Error::conflict(format!("It is in use by {named}{more}. Deprecate it, so that nobody takes it anew.")))
}
