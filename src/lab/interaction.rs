//! What a visitor does after a page has loaded, for Interaction to Next Paint.

use crate::{Error, Result, error::Faults};
use serde::{Deserialize, Serialize};

/// Most interactions with a page.
const MOST: usize = 20;
/// Most characters of a selector, and of what is typed.
const LONGEST: usize = 200;
/// What stands between a selector and the text that is typed there.
const ARROW: &str = " => ";

/// A click in the middle of the first visible element that a selector matches and, with a text, each of its characters as
/// a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InteractionRequest {
    /// A CSS selector.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 200))]
    pub selector: String,
    /// What is typed; nothing when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "backend", schema(max_length = 200))]
    pub text: Option<String>,
}

impl InteractionRequest {
    /// The line that [`read_interactions`] reads as this.
    pub fn line(&self) -> String {
        match &self.text {
            Some(text) => format!("type {}{ARROW}{text}", self.selector),
            None => format!("click {}", self.selector),
        }
    }
}

/// Reads interactions, one on a line: `click SELECTOR`, or `type SELECTOR => TEXT`. Empty lines and lines that begin with
/// `#` say nothing.
///
/// # Errors
/// Invalid at `/interactions`, with every wrong line.
pub fn read_interactions(text: &str) -> Result<Vec<InteractionRequest>> {
    let numbered = (1..).zip(text.lines().map(str::trim));
    let told = numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in told {
        match parse_line(line) {
            Some(interaction) => all.push(interaction),
            None => wrong
                .push(format!("Line {number}: write click and a CSS selector, or type, a selector, => and a text.")),
        }
    }
    if wrong.is_empty() { Ok(all) } else { Err(Error::invalid("/interactions", wrong.join(" "))) }
}

fn parse_line(line: &str) -> Option<InteractionRequest> {
    let (what, rest) = line.trim().split_once(' ')?;
    let (selector, text) = match what {
        "click" => (rest, None),
        "type" => rest.split_once(ARROW).map(|(selector, text)| (selector, Some(text.to_owned())))?,
        _ => return None,
    };
    let selector = selector.trim();
    (!selector.is_empty()).then(|| InteractionRequest { selector: selector.to_owned(), text })
}

/// Checks the interactions of a request that opens the page on so many devices.
pub(super) fn check(all: &[InteractionRequest], devices: usize, faults: &mut Faults) {
    if !all.is_empty() && devices == 0 {
        faults.add("/interactions", "Interactions need a device on which the page is opened.");
    }
    if all.len() > MOST {
        faults.add("/interactions", format!("A page may have at most {MOST} interactions."));
    }
    let short = |text: &str| text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    for (at, InteractionRequest { selector, text }) in all.iter().enumerate() {
        if selector.trim().is_empty() || !short(selector) {
            let allowed = format!("A selector must have 1 to {LONGEST} characters, in one line.");
            faults.add(format!("/interactions/{at}/selector"), allowed);
        }
        if !text.as_deref().is_none_or(short) {
            faults.add(
                format!("/interactions/{at}/text"),
                format!("A text may have at most {LONGEST} characters, in one line."),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interactions_are_read_line_by_line_and_written_as_they_were() {
        let text = "# search\nclick nav a[href=\"/x\"]\n\n  type input[name=query] => oak kettle\nclick #buy";
        let all = read_interactions(text).unwrap();
        let of = |selector: &str, text: Option<&str>| InteractionRequest {
            selector: selector.to_owned(),
            text: text.map(str::to_owned),
        };
        let expected = [of("nav a[href=\"/x\"]", None), of("input[name=query]", Some("oak kettle")), of("#buy", None)];
        assert_eq!(all, expected);
        let lines: Vec<_> = all.iter().map(InteractionRequest::line).collect();
        assert_eq!(read_interactions(&lines.join("\n")).unwrap(), expected);
    }

    #[test]
    fn wrong_lines_are_told_by_their_number() {
        for (text, words) in [("hover #a", "Line 1"), ("click", "Line 1"), ("click #a\ntype #b oak", "Line 2")] {
            let error = read_interactions(text).unwrap_err();
            assert_eq!(error.fields()[0].pointer, "/interactions");
            assert!(error.message().contains(words), "{text}: {}", error.message());
        }
    }
}
