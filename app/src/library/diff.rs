//! What is different between two texts, line by line.

use super::view::DiffLine;
use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// Lines that stay around each change.
const AROUND: usize = 3;
/// Most lines of a comparison that are shown.
const MOST: usize = 2_000;
/// Longest time for a comparison; what follows is then told coarsely.
const PATIENCE: Duration = Duration::from_millis(200);

/// What is different, with a few lines around each change; nothing where the texts are the same.
pub fn lines(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(before, after);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        if !lines.is_empty() {
            lines.push(DiffLine { sign: '…', text: String::new() });
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Insert => '+',
                ChangeTag::Delete => '-',
                ChangeTag::Equal => ' ',
            };
            lines.push(DiffLine { sign, text: change.value().trim_end_matches('\n').to_owned() });
        }
    }
    lines.truncate(MOST);
    lines
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn only_what_is_near_a_change_is_shown() {
        let before: String = (0..20).map(|at| format!("line {at}\n")).collect();
        let after = before.replace("line 2\n", "line two\n").replace("line 18\n", "");
        let told = lines(&before, &after);
        let signs: String = told.iter().map(|line| line.sign).collect();
        assert_eq!(signs, "  -+   …   - ");
        assert_eq!(told[3].text, "line two");
        assert!(lines(&before, &before).is_empty());
    }
}
