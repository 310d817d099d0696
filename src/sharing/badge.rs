//! A badge as SVG: a word on the left, what is known on the right.

use std::fmt::Write as _;

/// Most characters of a label; a longer one ends in an ellipsis.
const LABEL_MAX: usize = 40;
/// Height in pixels.
const HEIGHT: u32 = 20;
/// Pixels on each side of the words.
const MARGIN: u32 = 6;

/// What a badge means, with the ground behind its message; white text has a contrast of 4.5 and more on each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good.
    Good,
    /// To be looked at.
    Fair,
    /// Bad.
    Bad,
    /// Nothing is known.
    Neutral,
}

impl Tone {
    /// The ground, as in `style/tokens.css`.
    #[must_use]
    pub fn ground(self) -> &'static str {
        match self {
            Self::Good => "#126b39",
            Self::Fair => "#855000",
            Self::Bad => "#ae231b",
            Self::Neutral => "#525c66",
        }
    }
}

/// A label and a message about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// What it is about.
    pub label: String,
    /// What is known.
    pub message: String,
    /// What that means.
    pub tone: Tone,
}

impl Badge {
    /// The drawing. It names no other host, has no script and no inline style, and whatever somebody typed stands in it
    /// as text.
    #[must_use]
    pub fn svg(&self) -> String {
        let (label, message) = (shortened(&self.label), shortened(&self.message));
        let (left, right) = (width(&label), width(&message));
        let (before, after) = (left + 2 * MARGIN, right + 2 * MARGIN);
        let whole = before + after;
        let title = escaped(&format!("{label}: {message}"));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"{HEIGHT}\" viewBox=\"0 0 {whole} {HEIGHT}\" \
             role=\"img\" aria-label=\"{title}\"><title>{title}</title>\
             <rect width=\"{whole}\" height=\"{HEIGHT}\" rx=\"3\" fill=\"#39414a\"/>\
             <path d=\"M{before} 0h{}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-{}z\" fill=\"{}\"/>\
             <g fill=\"#ffffff\" font-family=\"Verdana, 'DejaVu Sans', sans-serif\" font-size=\"11\">",
            after - 3,
            after - 3,
            self.tone.ground(),
        );
        for (text, x, length) in [(&label, MARGIN, left), (&message, before + MARGIN, right)] {
            let words = escaped(text);
            // Writing to a String does not fail.
            let _ = write!(
                svg,
                "<text x=\"{x}\" y=\"14\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\">{words}</text>"
            );
        }
        svg.push_str("</g></svg>");
        svg
    }
}

fn shortened(text: &str) -> String {
    let text: String = text.chars().map(plain).collect();
    if text.chars().count() <= LABEL_MAX {
        return text;
    }
    text.chars().take(LABEL_MAX - 1).chain(['…']).collect()
}

/// Signs that XML 1.0 does not know, and those that turn the direction of what follows, are shown as missing.
fn plain(c: char) -> char {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    if c.is_control() || turns || matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c }
}

/// About how wide a text is at 11 pixels; the drawing is fitted to it, whichever font the reader has.
fn width(text: &str) -> u32 {
    let tenths: u32 = text.chars().map(|c| if c.is_ascii() { narrow_or_wide(c) } else { 110 }).sum();
    (tenths / 10).max(6)
}

fn narrow_or_wide(c: char) -> u32 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' | ' ' => 40,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 100,
        'A'..='Z' | '+' => 78,
        _ => 68,
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
