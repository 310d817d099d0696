//! What a part measured: tables, criteria, and under which conditions.

use std::fs;

use serde_json::{Value, json};

use super::Part;
use crate::{
    error::{Doing, Error},
    workspace::Workspace,
};

/// One part's result.
#[derive(Default)]
pub struct Section {
    pub tables: Vec<Table>,
    pub criteria: Vec<Criterion>,
    /// What else a reader has to know: versions, sizes, what limits.
    pub notes: Vec<String>,
    /// Everything that was measured, for machines.
    pub raw: Vec<Value>,
}

/// Figures with a head.
pub struct Table {
    pub caption: String,
    pub head: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// A figure that has to be kept.
pub struct Criterion {
    pub what: String,
    pub measured: String,
    pub wanted: String,
    pub is_met: bool,
}

impl Criterion {
    /// At least this much.
    pub fn at_least(what: impl Into<String>, measured: f64, least: f64) -> Self {
        let wanted = format!("at least {}", super::figures::number(least));
        Self { what: what.into(), measured: super::figures::number(measured), wanted, is_met: measured >= least }
    }

    /// Less than this much.
    pub fn below(what: impl Into<String>, measured: f64, limit: f64, unit: &str) -> Self {
        let number = super::figures::number;
        let wanted = format!("below {}{unit}", number(limit));
        Self { what: what.into(), measured: format!("{}{unit}", number(measured)), wanted, is_met: measured < limit }
    }

    /// None at all.
    pub fn none(what: impl Into<String>, measured: f64) -> Self {
        let measured_text = super::figures::number(measured);
        Self { what: what.into(), measured: measured_text, wanted: "none".to_owned(), is_met: measured == 0.0 }
    }
}

impl Section {
    /// The section with a last note on the conditions under which it was measured.
    pub fn under(mut self, conditions: String) -> Self {
        self.notes.push(conditions);
        self
    }

    /// Whether every criterion was kept.
    pub fn is_met(&self) -> bool {
        self.criteria.iter().all(|criterion| criterion.is_met)
    }

    /// For the terminal.
    pub fn text(&self) -> String {
        let tables = self.tables.iter().map(|table| format!("{}\n{}", table.caption, table.aligned()));
        let criteria = self.criteria.iter().map(|criterion| {
            let word = if criterion.is_met { "kept  " } else { "MISSED" };
            format!("{word} {}: {}, wanted {}", criterion.what, criterion.measured, criterion.wanted)
        });
        tables.chain(criteria).chain(self.notes.iter().cloned()).collect::<Vec<_>>().join("\n")
    }

    /// For the document.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        for table in &self.tables {
            text += &format!("{}\n\n{}\n", table.caption, table.markdown());
        }
        if !self.criteria.is_empty() {
            let row = |criterion: &Criterion| {
                let word = if criterion.is_met { "kept" } else { "missed" };
                vec![criterion.what.clone(), criterion.measured.clone(), criterion.wanted.clone(), word.to_owned()]
            };
            let head = vec!["criterion", "measured", "wanted", ""];
            let rows = self.criteria.iter().map(row).collect();
            text += &format!("{}\n", Table { caption: String::new(), head, rows }.markdown());
        }
        for note in &self.notes {
            text += &format!("- {note}\n");
        }
        text
    }

    /// Keeps everything as JSON below the target folder.
    pub fn store(&self, workspace: &Workspace, part: Part) -> Result<(), Error> {
        let path = workspace.scratch("performance")?.join(format!("{}.json", part.name()));
        let criteria: Vec<_> = self.criteria.iter().map(Criterion::json).collect();
        let tables: Vec<_> = self.tables.iter().map(Table::json).collect();
        let all = json!({
            "part": part.name(), "met": self.is_met(), "criteria": criteria, "tables": tables,
            "notes": self.notes, "measured": self.raw,
        });
        fs::write(&path, format!("{all:#}\n")).doing(|| format!("writing {}", path.display()))
    }
}

impl Criterion {
    fn json(&self) -> Value {
        json!({ "what": self.what, "measured": self.measured, "wanted": self.wanted, "met": self.is_met })
    }
}

impl Table {
    fn json(&self) -> Value {
        json!({ "caption": self.caption, "head": self.head, "rows": self.rows })
    }

    fn markdown(&self) -> String {
        let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
        let mut text = line(self.head.clone());
        text += &line(vec!["---"; self.head.len()]);
        text.extend(self.rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
        text
    }

    fn aligned(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.chain([self.head[column].len()]).max().unwrap_or_default()
        };
        let widths: Vec<_> = (0..self.head.len()).map(width).collect();
        let line = |cells: Vec<&str>| {
            let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let rows = self.rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
        [line(self.head.clone())].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(measured: f64) -> Section {
        let rows = vec![vec!["engine".to_owned(), "1.2".to_owned()]];
        let table = Table { caption: "Requests".to_owned(), head: vec!["tool", "ratio"], rows };
        let criteria = vec![Criterion::at_least("ratio", measured, 0.8)];
        Section { tables: vec![table], criteria, notes: vec!["oha 1.0".to_owned()], raw: Vec::new() }
    }

    #[test]
    fn a_missed_criterion_is_said_and_fails_the_section() {
        assert!(section(0.8).is_met() && section(0.8).text().contains("kept   ratio: 0.80, wanted at least 0.80"));
        assert!(!section(0.79).is_met() && section(0.79).text().contains("MISSED ratio"));
        assert!(section(0.79).markdown().contains("| ratio | 0.79 | at least 0.80 | missed |"));
    }

    #[test]
    fn the_document_gets_tables_criteria_and_notes() {
        let text = section(1.0).markdown();
        assert!(text.starts_with("Requests\n\n| tool | ratio |\n| --- | --- |\n| engine | 1.2 |\n"), "{text}");
        assert!(text.ends_with("- oha 1.0\n"), "{text}");
    }
}
