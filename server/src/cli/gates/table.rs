//! The report for people at a terminal: the verdict, then what failed.

use super::summary;
use crate::cli::terminal::{Judgement, bold, faint, judged, wrapped};
use hub::gates::{Check, CheckState, Validation, Verdict};

/// The whole report.
pub(super) fn text(validation: &Validation) -> String {
    let verdict = match validation.verdict {
        Some(Verdict::Allowed) => judged(Judgement::Good, "ALLOWED"),
        Some(Verdict::Blocked) => judged(Judgement::Bad, "BLOCKED"),
        Some(Verdict::Inconclusive) => judged(Judgement::Bad, "INCONCLUSIVE"),
        None => judged(Judgement::Bad, "NOT JUDGED"),
    };
    let dry_run = if validation.report.is_some() && !validation.enforced { " (dry run)" } else { "" };
    let mut text = format!("{}{dry_run}\n{}\n", bold(&verdict), wrapped("", &summary(validation)));
    let checks = validation.report.as_ref().map_or(&[][..], |report| &report.checks);
    checks.iter().for_each(|check| text.push_str(&row(check)));
    text.push_str(&format!("\n{}\n", faint(&format!("validation {}", validation.id))));
    text
}

fn row(check: &Check) -> String {
    let (word, judgement) = match check.state {
        CheckState::Failed => ("failed", Judgement::Bad),
        CheckState::NotMeasured => ("missing", Judgement::Bad),
        CheckState::Warned => ("warning", Judgement::Fair),
        CheckState::Passed => ("passed", Judgement::Good),
    };
    let word = format!("{word:9}");
    let title = wrapped(&word, &check.title).replacen(&word, &judged(judgement, &word), 1);
    let figures = wrapped("         ", &format!("measured {}; allowed {}", check.measured, check.allowed));
    let advice = check.advice.as_deref().map(|advice| wrapped("         → ", advice)).unwrap_or_default();
    title + &figures + &advice
}
