//! A validation as Markdown (GitHub Flavored Markdown 0.29), for pull requests and release notes.

use super::model::{Check, CheckState, Severity, Validation};

/// The verdict with every check as a table. Names and measured texts can't become markup.
pub fn markdown(validation: &Validation) -> String {
    let Some(report) = &validation.report else { return unfinished(validation) };
    let mut text = format!("### {}\n\n", escaped(&report.summary));
    text.push_str(&subject(validation));
    if !report.enforced {
        text.push_str("This policy is a dry run: the verdict enforces nothing.\n\n");
    }
    text.push_str("| Result | Check | Measured | Allowed | Weight |\n| --- | --- | --- | --- | --- |\n");
    for check in &report.checks {
        text.push_str(&row(check));
    }
    text.push_str(&advice(&report.checks));
    text
}

fn unfinished(validation: &Validation) -> String {
    let reason = validation.reason.as_deref().unwrap_or("The validation is not finished.");
    format!("### No verdict\n\n{}{}\n", subject(validation), escaped(reason))
}

fn subject(validation: &Validation) -> String {
    format!("Version {}, validation {}.\n\n", escaped(&validation.version), validation.id)
}

fn row(check: &Check) -> String {
    let result = match check.state {
        CheckState::Failed => "**failed**",
        CheckState::NotMeasured => "**not measured**",
        CheckState::Warned => "warning",
        CheckState::Passed => "passed",
    };
    let key = if check.key { " (key)" } else { "" };
    let binds = if check.severity == Severity::Warn { " (warns)" } else { "" };
    format!(
        "| {result} | {}{key}{binds} | {} | {} | {} |\n",
        escaped(&check.title),
        escaped(&check.measured),
        escaped(&check.allowed),
        check.weight
    )
}

fn advice(checks: &[Check]) -> String {
    let line = |check: &Check| {
        check.advice.as_ref().map(|advice| format!("- {}: {}\n", escaped(&check.title), escaped(advice)))
    };
    let lines: String = checks.iter().filter_map(line).collect();
    if lines.is_empty() { lines } else { format!("\nWhat to do:\n\n{lines}") }
}

/// Text that stands for itself inside a paragraph or a table cell: a backslash before every sign that could begin
/// markup (CommonMark 0.31, section 2.4), and spaces for line breaks.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '#' | '&' => safe.extend(['\\', sign]),
            sign if sign.is_control() => safe.push(' '),
            sign => safe.push(sign),
        }
    }
    safe
}
