//! `docs/performance.md`: its words are written by hand, the figures between two marks by this command.

use std::fs;

use super::{Part, report::Section};
use crate::{
    error::{Doing, Error},
    workspace::Workspace,
};

const DOCUMENT: &str = "docs/performance.md";

/// Puts a part's figures in the place of its last ones.
pub fn renew(workspace: &Workspace, part: Part, section: &Section) -> Result<(), Error> {
    let path = workspace.root().join(DOCUMENT);
    let text = fs::read_to_string(&path).doing(|| format!("reading {DOCUMENT}"))?;
    let renewed = between_marks(&text, part.name(), &section.markdown())
        .ok_or_else(|| Error::Failed(format!("{DOCUMENT} has no place for the figures of {}", part.name())))?;
    fs::write(&path, renewed).doing(|| format!("writing {DOCUMENT}"))
}

fn between_marks(text: &str, name: &str, figures: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- figures: {name} -->\n"), format!("<!-- end: {name} -->"));
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{}\n\n{end}{after}", figures.trim()))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let text = "Words.\n<!-- figures: load -->\nold\n<!-- end: load -->\nMore.\n";
        let renewed = between_marks(text, "load", "new\n").unwrap();
        assert_eq!(renewed, "Words.\n<!-- figures: load -->\n\nnew\n\n<!-- end: load -->\nMore.\n");
        assert_eq!(between_marks(&renewed, "load", "new\n").as_ref(), Some(&renewed));
        assert_eq!(between_marks(text, "hub", "new"), None);
    }

    #[test]
    fn the_document_has_a_place_for_every_part() {
        let text = fs::read_to_string(Workspace::without_signals().root().join(DOCUMENT)).unwrap();
        for part in Part::value_variants() {
            assert!(between_marks(&text, part.name(), "").is_some(), "{}", part.name());
        }
    }
}
