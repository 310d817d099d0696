//! From text to the grammar's tree, with errors in our words.

use hurl_core::ast::Entry;
use hurl_core::parser::{JsonErrorVariant, ParseError, ParseErrorKind, parse_hurl_file};

use crate::error::{JourneyError, Place};
use crate::limits::{MAX_DEPTH, MAX_SOURCE};

/// Most hexadecimal digits of a code point.
const ESCAPE_DIGITS: usize = 6;

/// Parses `text` within the limits of length and nesting.
pub(crate) fn parse(name: &str, text: &str) -> Result<Vec<Entry>, JourneyError> {
    if text.len() > MAX_SOURCE {
        return Err(JourneyError::TooLong { bytes: text.len(), limit: MAX_SOURCE });
    }
    if let Some((line, column)) = too_deep(text) {
        let message = format!("brackets may be nested {MAX_DEPTH} deep at most");
        return Err(JourneyError::Refused(Place::new(name, text, line, column, message)));
    }
    if let Some((line, column)) = long_escape(text) {
        let message = format!("an escape \\u{{…}} may have {ESCAPE_DIGITS} digits at most");
        return Err(JourneyError::Refused(Place::new(name, text, line, column, message)));
    }
    let file = parse_hurl_file(text).map_err(|error| syntax_error(name, text, &error))?;
    if file.entries.is_empty() {
        return Err(JourneyError::Empty);
    }
    Ok(file.entries)
}

/// Where a `\u{…}` has more digits than a code point can have: Hurl's parser adds them up in 32 bits without a bound.
fn long_escape(text: &str) -> Option<(usize, usize)> {
    const BEGIN: &str = "\\u{";
    text.lines().enumerate().find_map(|(line, content)| {
        let digits = |at: usize| content[at + BEGIN.len()..].bytes().take_while(u8::is_ascii_hexdigit).count();
        let (at, _) = content.match_indices(BEGIN).find(|(at, _)| digits(*at) > ESCAPE_DIGITS)?;
        Some((line + 1, content[..at].chars().count() + 1))
    })
}

/// Where the nesting of brackets and braces outside of quoted strings first passes the limit.
fn too_deep(text: &str) -> Option<(usize, usize)> {
    let mut depth = 0_usize;
    for (line, content) in text.lines().enumerate() {
        let (mut quoted, mut escaped) = (false, false);
        for (column, c) in content.chars().enumerate() {
            match c {
                _ if escaped => {
                    escaped = false;
                    continue;
                }
                '\\' => escaped = true,
                '"' => quoted = !quoted,
                '[' | '{' if !quoted => depth += 1,
                ']' | '}' if !quoted => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > MAX_DEPTH {
                return Some((line + 1, column + 1));
            }
        }
    }
    None
}

fn syntax_error(name: &str, text: &str, error: &ParseError) -> JourneyError {
    let message = sentence(&error.kind);
    JourneyError::Syntax(Place::new(name, text, error.pos.line, error.pos.column, message))
}

fn sentence(kind: &ParseErrorKind) -> String {
    let fixed = match kind {
        ParseErrorKind::Expecting { value } => return format!("{} is expected here", shown(value)),
        ParseErrorKind::InvalidDurationUnit(unit) => {
            return format!("{unit:?} is no unit of time; use ms, s or m");
        }
        ParseErrorKind::InvalidOption(option) => return format!("{option:?} is no Hurl option"),
        ParseErrorKind::Method { name } => {
            return format!("{name:?} is no request method; write it in capitals, like GET");
        }
        ParseErrorKind::MultilineAttribute(attribute) => {
            return format!("{attribute:?} is no attribute of a multiline string");
        }
        ParseErrorKind::RegexExpr { message } => {
            return format!("the regular expression is not valid: {message}");
        }
        ParseErrorKind::RequestSectionName { name } => {
            return format!("[{name}] is no section of a request");
        }
        ParseErrorKind::ResponseSectionName { name } => {
            return format!("[{name}] is no section of a response; use [Captures] or [Asserts]");
        }
        ParseErrorKind::UrlIllegalCharacter(c) => return format!("{c:?} is not allowed in a URL"),
        ParseErrorKind::Variable(message) => {
            return format!("the variable is not valid: {message}");
        }
        ParseErrorKind::DuplicateSection => "this section was given already",
        ParseErrorKind::EscapeChar => "this escape sequence does not exist",
        ParseErrorKind::FileContentType => "a content type is expected here",
        ParseErrorKind::Filename => "a file name is expected here",
        ParseErrorKind::GraphQlVariables => "the GraphQL variables are no JSON object",
        ParseErrorKind::HexDigit => "a hexadecimal digit is expected here",
        ParseErrorKind::InvalidCookieAttribute => "this is no attribute of a cookie",
        ParseErrorKind::Json(JsonErrorVariant::TrailingComma) => "JSON allows no comma before the closing bracket",
        ParseErrorKind::Json(JsonErrorVariant::EmptyElement) => "an element is missing in the JSON",
        ParseErrorKind::Json(JsonErrorVariant::ExpectingElement) => "a JSON value is expected here",
        ParseErrorKind::JsonPathExpr => "a JSONPath expression is expected here",
        ParseErrorKind::Multiline => "the multiline string is not closed",
        ParseErrorKind::OddNumberOfHexDigits => "hexadecimal bytes need two digits each",
        ParseErrorKind::Predicate => "a predicate is expected here, like == or contains",
        ParseErrorKind::PredicateValue => "this value does not fit the predicate",
        ParseErrorKind::RequestSection => "this section does not belong to a request",
        ParseErrorKind::ResponseSection => "this section does not belong to a response",
        ParseErrorKind::Space => "a space is expected here",
        ParseErrorKind::Status => "a status code or * is expected here",
        ParseErrorKind::TemplateVariable => "a variable name is expected here",
        ParseErrorKind::Unicode => "this Unicode escape is not valid",
        ParseErrorKind::UrlInvalidStart => "a URL begins with http://, https:// or {{",
        ParseErrorKind::Version => "the version is HTTP, HTTP/1.0, HTTP/1.1, HTTP/2 or HTTP/3",
        ParseErrorKind::XPathExpr => "an XPath expression is expected here",
        ParseErrorKind::Xml => "the XML is not well-formed",
    };
    fixed.to_owned()
}

fn shown(expected: &str) -> String {
    match expected {
        "\n" | "line_terminator" => "a new line".to_owned(),
        " " => "a space".to_owned(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        match parse("a", text) {
            Err(JourneyError::Syntax(place)) => place,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_syntax_error_names_line_column_and_source() {
        let found = place("GET http://a.example/\nHTTP 200\n[Asserts]\njsonpath \"$.a\" = 3\n");
        assert_eq!((found.line, found.column), (4, 16), "{found}");
        assert_eq!(found.source_line, "jsonpath \"$.a\" = 3");
        assert!(found.annotated().contains("\n               ^ "));
        assert!(!found.annotated().contains('\u{1b}'));
    }

    #[test]
    fn errors_are_sentences() {
        for (text, part) in [
            ("get http://a.example/\n", "capitals"),
            (
                "POST http://a.example/
file,;
",
                "file name",
            ),
            ("GET http://a.example/\n[Option]\nretry: 1\n", "[Option]"),
            ("GET http://a.example/\n[Options]\nretries: 1\n", "no Hurl option"),
            ("POST http://a.example/\n{\"a\": [1,]}\n", "comma"),
            ("GET http://a.example/\nHTTP abc\n", "status"),
        ] {
            match parse("a", text) {
                Err(JourneyError::Syntax(found)) => {
                    assert!(found.message.contains(part), "{text}: {found}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn deep_nesting_is_refused_before_it_costs_stack() {
        let deep = format!("POST http://a.example/\n{}{}\n", "[".repeat(50_000), "]".repeat(50_000));
        let error = parse("a", &deep).expect_err("too deep");
        assert_eq!(error.place().map(|p| (p.line, p.column)), Some((2, MAX_DEPTH + 1)));
        let quoted = format!("POST http://a.example/\n{{\"a\": \"{}\"}}\n", "[".repeat(500));
        assert!(parse("a", &quoted).is_ok());
    }

    #[test]
    fn no_request_and_too_much_text_are_errors() {
        assert_eq!(parse("a", "# nothing\n"), Err(JourneyError::Empty));
        let long = "#".repeat(MAX_SOURCE + 1);
        assert!(matches!(parse("a", &long), Err(JourneyError::TooLong { .. })));
    }
}
