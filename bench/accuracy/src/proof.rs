//! What a proof found.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// How many differences are shown; the JSON has all.
pub const SHOWN: usize = 20;

/// The result of one proof.
#[derive(Debug, Serialize)]
pub struct Proof {
    /// Its name on the command line.
    pub name: &'static str,
    /// What must hold.
    pub criterion: String,
    /// Whether it does.
    pub met: bool,
    /// Versions of both sides.
    pub versions: BTreeMap<String, String>,
    /// Name and value of what was measured.
    pub figures: Vec<(String, String)>,
    /// Each difference, as a sentence.
    pub differences: Vec<String>,
    /// Values behind the figures.
    pub details: Value,
}

/// `agreed of all (ratio)`.
pub fn ratio(agreed: usize, all: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts of comparisons")]
    let share = agreed as f64 / all.max(1) as f64;
    format!("{agreed} of {all} ({share:.4})")
}

impl fmt::Display for Proof {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions: Vec<String> = self.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        writeln!(out, "{} against {}: {}", self.name, versions.join(", "), if self.met { "met" } else { "MISSED" })?;
        let width = self.figures.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, value) in &self.figures {
            writeln!(out, "  {name:width$}  {value}")?;
        }
        for difference in self.differences.iter().take(SHOWN) {
            writeln!(out, "  - {difference}")?;
        }
        match self.differences.len().checked_sub(SHOWN) {
            Some(more @ 1..) => writeln!(out, "  - and {more} more"),
            _ => Ok(()),
        }
    }
}
