//! What reaches a person at a terminal: colours only there, and at most 80 columns.

use super::{Failure, WRONG_USE};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::io::{self, Write as _};

/// Columns that every line fits in.
pub(super) const WIDTH: usize = 80;
/// Cells of a whole bar.
const BAR: usize = 20;
/// Most bytes of a line that is read from standard input.
const LINE_MAX: u64 = 4096;

/// Writes to standard output. Colours are taken out where it is no terminal or `NO_COLOR` is set. A reader that went
/// away, such as `head`, is no error.
pub(super) fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Writes a value as indented JSON to standard output.
pub(super) fn print_json(value: &impl Serialize) -> serde_json::Result<()> {
    print(&format!("{}\n", serde_json::to_string_pretty(value)?));
    Ok(())
}

/// The first line of standard input, without its end.
///
/// # Errors
/// Wrong use of `flag` when there is none.
pub(super) fn line_of_stdin(flag: &str) -> Result<String, Failure> {
    let mut line = String::new();
    let read = io::BufRead::read_line(&mut io::Read::take(io::stdin().lock(), LINE_MAX), &mut line);
    let line = line.trim_end_matches(['\r', '\n']);
    match read {
        Ok(_) if !line.is_empty() => Ok(line.to_owned()),
        Ok(_) => Err(Failure::new(WRONG_USE, format!("{flag}: standard input must have it in its first line"))),
        Err(error) => Err(Failure::new(WRONG_USE, format!("{flag}: standard input can't be read: {error}"))),
    }
}

/// Text that stands out.
pub(super) fn bold(text: &str) -> String {
    paint(Style::new().bold(), text)
}

/// Text that stands back.
pub(super) fn faint(text: &str) -> String {
    paint(Style::new().dimmed(), text)
}

/// Text that says how good something is.
pub(super) fn judged(judgement: Judgement, text: &str) -> String {
    let colour = match judgement {
        Judgement::Good => AnsiColor::Green,
        Judgement::Fair => AnsiColor::Yellow,
        Judgement::Bad => AnsiColor::Red,
    };
    paint(colour.on_default(), text)
}

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// How good something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    Good,
    Fair,
    Bad,
}

impl Judgement {
    /// Of a score from 0 to 100: good from the grade B on, bad where the grade is F.
    pub(super) fn of_score(score: f64) -> Self {
        match score {
            80.0.. => Self::Good,
            50.0.. => Self::Fair,
            _ => Self::Bad,
        }
    }
}

/// A bar for a score from 0 to 100.
pub(super) fn bar(score: f64) -> String {
    let full = ((score / 100.0 * BAR as f64).round().max(0.0) as usize).min(BAR);
    format!("{}{}", judged(Judgement::of_score(score), &"█".repeat(full)), faint(&"░".repeat(BAR - full)))
}

/// Text broken into lines, each behind `first` or, from the second on, as many spaces. It ends with a line's end.
pub(super) fn wrapped(first: &str, text: &str) -> String {
    let indent = " ".repeat(first.chars().count());
    let options = textwrap::Options::new(WIDTH).initial_indent(first).subsequent_indent(&indent);
    textwrap::fill(&one_line(text), options) + "\n"
}

/// Text in one line. What a measured system sends must not move the cursor of whoever reads it.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_indented_and_never_too_long() {
        let text = wrapped("  high ", &"something is wrong ".repeat(20));
        assert!(text.lines().count() > 3);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("       something") || line.starts_with("       ")));
    }

    #[test]
    fn a_bar_is_as_full_as_its_score_is_high() {
        let cells = |score| {
            let plain = anstream::adapter::strip_str(&bar(score)).to_string();
            (plain.matches('█').count(), plain.chars().count())
        };
        assert_eq!([0.0, 50.0, 100.0, 130.0].map(cells), [(0, BAR), (10, BAR), (BAR, BAR), (BAR, BAR)]);
    }

    #[test]
    fn what_a_system_sends_cannot_move_the_cursor() {
        assert_eq!(one_line("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }
}
