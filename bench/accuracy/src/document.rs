//! The figures in `docs/accuracy.md`: what stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::error::{Doing, Error};
use crate::proof::{Proof, SHOWN};

/// Puts the figures of each proof in the place of its former ones.
pub fn renew(file: &Path, proofs: &[Proof]) -> Result<(), Error> {
    let mut text = fs::read_to_string(file).doing("reading docs/accuracy.md")?;
    for proof in proofs {
        text = replaced(&text, proof)?;
    }
    fs::write(file, text).doing("writing docs/accuracy.md")
}

fn replaced(text: &str, proof: &Proof) -> Result<String, Error> {
    let (begin, end) = (format!("<!-- begin {} -->\n", proof.name), format!("<!-- end {} -->", proof.name));
    let missing = || Error(format!("docs/accuracy.md has no place for {}", proof.name));
    let (before, rest) = text.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}{}{end}{after}", figures(proof)))
}

fn figures(proof: &Proof) -> String {
    let mut text = format!("\nCriterion: {} **{}.**\n\n", proof.criterion, if proof.met { "Met" } else { "Missed" });
    let versions: Vec<String> = proof.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    text += "| figure | value |\n| --- | --- |\n";
    let _ = writeln!(text, "| measured with | {} |", versions.join(", "));
    for (name, value) in &proof.figures {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    text += "\n";
    if !proof.differences.is_empty() {
        text += "What differed:\n\n";
        for difference in proof.differences.iter().take(SHOWN) {
            let _ = writeln!(text, "- {}", difference.replace('|', "\\|"));
        }
        if let Some(more @ 1..) = proof.differences.len().checked_sub(SHOWN) {
            let _ = writeln!(text, "- and {more} more, which the results in `target/` name.");
        }
        text += "\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn figures_take_the_place_of_the_former_ones() {
        let proof = Proof {
            name: "axe",
            criterion: "All the same.".to_owned(),
            met: true,
            versions: BTreeMap::new(),
            figures: vec![("pages".to_owned(), "50".to_owned())],
            differences: Vec::new(),
            details: serde_json::Value::Null,
        };
        let text = replaced("a\n<!-- begin axe -->\nold\n<!-- end axe -->\nb\n", &proof).unwrap();
        assert!(text.starts_with("a\n<!-- begin axe -->\n") && text.ends_with("<!-- end axe -->\nb\n"));
        assert!(text.contains("| pages | 50 |") && text.contains("**Met.**") && !text.contains("old"), "{text}");
        assert!(replaced("no place", &proof).is_err());
    }
}
