//! The requests of a mix as somebody typed them, one on a line.

use super::RequestLine;
use crate::{Error, Result};
use std::collections::BTreeMap;

/// Largest weight of a request in the mix.
const MAX_WEIGHT: u32 = 1_000_000;

/// A request of the mix and the line, from 1, on which it was typed.
pub type MixLine = (u64, RequestLine);

/// Reads the mix: one request on a line; empty lines and lines that begin with `#` say nothing.
///
/// # Errors
/// Invalid at `/mix`, with every wrong line.
pub fn read_mix(text: &str) -> Result<Vec<MixLine>> {
    let numbered = (1..).zip(text.lines().map(str::trim));
    let told = numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let (mut requests, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in told {
        match parse_line(line) {
            Ok(request) => requests.push((number, request)),
            Err(allowed) => wrong.push(format!("Line {number}: {allowed}")),
        }
    }
    if wrong.is_empty() { Ok(requests) } else { Err(Error::invalid("/mix", wrong.join(" "))) }
}

fn parse_line(line: &str) -> Result<RequestLine, &'static str> {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let [name, weight, method, path] = parts[..] else {
        return Err("write name, weight, method and path with spaces between, such as: cart 2 GET /cart.");
    };
    let weight = weight.parse().ok().filter(|weight| (1..=MAX_WEIGHT).contains(weight));
    let weight = weight.ok_or("the weight must be a whole number from 1 to 1,000,000.")?;
    if !method.chars().all(|letter| letter.is_ascii_uppercase()) {
        return Err("the method must be in capitals, such as GET.");
    }
    if !path.starts_with('/') {
        return Err("the path must begin with /.");
    }
    Ok(RequestLine {
        name: name.to_owned(),
        method: Some(method.to_owned()),
        path: path.to_owned(),
        headers: BTreeMap::new(),
        body: None,
        weight: Some(weight),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_is_read_line_by_line() {
        let mix = read_mix("# the shop\n\nhome 3 GET /\n  order 1 POST /orders?x=1  \n").unwrap();
        let told: Vec<_> =
            mix.iter().map(|(line, it)| (*line, it.name.as_str(), it.weight, it.path.as_str())).collect();
        assert_eq!(told, [(3, "home", Some(3), "/"), (4, "order", Some(1), "/orders?x=1")]);
        assert_eq!(mix[1].1.method.as_deref(), Some("POST"));
    }

    #[test]
    fn wrong_lines_are_told_by_their_number() {
        let cases = [
            ("home GET /", "Line 1: write name"),
            ("ok 1 GET /\nhome 0 GET /", "Line 2: the weight"),
            ("home 1.5 GET /", "Line 1: the weight"),
            ("home 1 get /", "Line 1: the method"),
            ("home 1 GET cart", "Line 1: the path"),
            ("home 1 GET / extra", "Line 1: write name"),
        ];
        for (text, words) in cases {
            let error = read_mix(text).unwrap_err();
            assert_eq!(error.fields()[0].pointer, "/mix");
            assert!(error.message().starts_with(words), "{text}: {}", error.message());
        }
        let both = read_mix("a\nb").unwrap_err();
        assert!(both.message().contains("Line 1:") && both.message().contains("Line 2:"), "{}", both.message());
    }
}
