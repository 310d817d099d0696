//! The outcome as Markdown, for pull requests and job summaries.

use super::{
    compared,
    run::Run,
    table::{PERCENTILES, headline, label, load_lines, ms},
};
use hub::lab::{DimensionRow, FindingView, Percentiles};

/// The whole outcome.
pub(super) fn text(run: &Run) -> String {
    let mut text = format!("## Benchmark of {}\n\n", cell(&headline(run)));
    match (run.card.score, &run.card.grade) {
        (Some(score), Some(grade)) => text.push_str(&format!("**{score:.1} ({grade})**")),
        _ => {
            text.push_str(&format!("**Not scored:** {}", cell(run.invalid_reason().unwrap_or("nothing was measured"))))
        }
    }
    text.push_str(&format!(
        " · curves {}\n\n| dimension | score | grade |\n| --- | ---: | --- |\n",
        run.card.curve_version
    ));
    run.card.dimensions.iter().for_each(|row| text.push_str(&dimension(row)));
    text.push_str(&latency(run));
    text.push_str(&run.compared.as_ref().map(compared::markdown).unwrap_or_default());
    text.push_str(&findings(&run.security.findings));
    text
}

fn dimension(row: &DimensionRow) -> String {
    let name = label(row.dimension);
    match (row.score, &row.grade) {
        (Some(score), Some(grade)) => format!("| {name} | {score:.1} | {grade} |\n"),
        _ => format!("| {name} | – | {} |\n", cell(row.reason.as_deref().unwrap_or("Not measured."))),
    }
}

fn latency(run: &Run) -> String {
    let Some(load) = &run.load else { return String::new() };
    let mut text = "\n| latency | raw | corrected |\n| --- | ---: | ---: |\n".to_owned();
    let (raw, corrected) = (&load.latency.raw, &load.latency.corrected);
    for (name, read) in PERCENTILES {
        let side = |latency: &Option<Percentiles>| latency.as_ref().map_or_else(|| "–".to_owned(), |it| ms(read(it)));
        text.push_str(&format!("| {name} | {} | {} |\n", side(raw), side(corrected)));
    }
    text.push('\n');
    load_lines(load).iter().for_each(|line| text.push_str(&format!("- {}\n", cell(line))));
    text
}

fn findings(findings: &[FindingView]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let row = |found: &FindingView| {
        format!("| {} | {} | {} |\n", cell(&found.severity), cell(&found.title), cell(&found.remediation))
    };
    let rows: String = findings.iter().map(row).collect();
    format!("\n| severity | finding | what to do |\n| --- | --- | --- |\n{rows}")
}

/// Text that stays in its cell and is not read as markup.
pub(in crate::cli) fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in crate::cli::terminal::one_line(text).chars() {
        if "\\|<>`*_[]".contains(letter) {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn what_a_system_sends_stays_in_its_cell() {
        assert_eq!(cell("a|b\n<img>"), "a\\|b \\<img\\>");
    }
}
