//! Sentences about what went wrong.

use hurl::runner::{AssertResult, RunnerError, RunnerErrorKind, Value};

use crate::mask::Secrets;

/// The longest value quoted in a sentence, in characters.
const QUOTED: usize = 500;

/// For a failed assert: what was expected and what was seen. None if it held.
pub(crate) fn assert(result: &AssertResult, secrets: &Secrets) -> Option<String> {
    let error = result.error()?;
    let sentence = match result {
        AssertResult::Version { actual, expected, .. } => {
            format!("Expected the version {expected}, but saw {actual}.")
        }
        AssertResult::Status { actual, expected, .. } => {
            format!("Expected the status {expected}, but saw {actual}.")
        }
        AssertResult::Header { actual: Ok(actual), expected, .. } => {
            let (expected, actual) = (quoted(expected, secrets), quoted(actual, secrets));
            format!("Expected the header to be {expected}, but saw {actual}.")
        }
        AssertResult::Header { actual: Err(error), expected, .. }
            if matches!(error.kind, RunnerErrorKind::QueryHeaderNotFound) =>
        {
            let expected = quoted(expected, secrets);
            format!("Expected the header to be {expected}, but the response does not have it.")
        }
        AssertResult::Body { actual: Ok(actual), expected: Ok(expected), .. } => bodies(expected, actual, secrets),
        _ => return Some(self::error(&error, secrets)),
    };
    Some(sentence)
}

/// A runtime error as a sentence.
pub(crate) fn error(error: &RunnerError, secrets: &Secrets) -> String {
    let quoted = |text: &str| quoted(text, secrets);
    match &error.kind {
        RunnerErrorKind::AssertFailure { actual, expected, type_mismatch } => {
            let note = if *type_mismatch { " The types differ." } else { "" };
            let (expected, actual) = (plain(expected, secrets), plain(actual, secrets));
            format!("Expected {expected}, but saw {actual}.{note}")
        }
        RunnerErrorKind::AssertBodyValueError { actual, expected } => {
            format!("Expected the body to be {}, but saw {}.", quoted(expected), quoted(actual))
        }
        RunnerErrorKind::AssertBodyDiffError { .. } => "The body is not the expected one.".to_owned(),
        RunnerErrorKind::AssertHeaderValueError { actual } => {
            format!("Expected another value of the header, but saw {}.", quoted(actual))
        }
        RunnerErrorKind::AssertStatus { actual } => format!("Expected another status, but saw {actual}."),
        RunnerErrorKind::AssertVersion { actual } => format!("Expected another version, but saw {actual}."),
        RunnerErrorKind::Http(error) => {
            format!("The request failed: {}.", plain(&error.message(), secrets))
        }
        RunnerErrorKind::ExpressionInvalidType { value, expecting } => {
            format!("Expected {expecting}, but saw {}.", plain(value, secrets))
        }
        RunnerErrorKind::FileReadAccess { path } => {
            format!("The file {} cannot be read.", quoted(&path.to_string_lossy()))
        }
        RunnerErrorKind::FileWriteAccess { path, .. } => {
            format!("The file {} cannot be written.", quoted(&path.to_string_lossy()))
        }
        RunnerErrorKind::UnauthorizedFileAccess { path } => {
            format!("The file {} is outside of the journey's folder.", quoted(&path.to_string_lossy()))
        }
        RunnerErrorKind::FilterDecode(encoding) => format!("The bytes are not valid {encoding:?}."),
        RunnerErrorKind::FilterInvalidEncoding(encoding) => {
            format!("The encoding {} is not supported.", quoted(encoding))
        }
        RunnerErrorKind::FilterInvalidInput(input) => {
            format!("The filter cannot take this value: {}.", plain(input, secrets))
        }
        RunnerErrorKind::FilterInvalidFormatSpecifier(format) => {
            format!("The date format {} is not valid.", quoted(format))
        }
        RunnerErrorKind::InvalidJson { value } => {
            format!("The JSON to send is not valid: {}.", quoted(value))
        }
        RunnerErrorKind::InvalidUrl { url, message } => {
            format!("The URL {} is not valid: {}.", quoted(url), plain(message, secrets))
        }
        RunnerErrorKind::QueryInvalidJsonpathExpression { value } => {
            format!("The JSONPath {} is not valid.", quoted(value))
        }
        RunnerErrorKind::ReadOnlySecret { name } => format!("The secret {name} cannot be set again."),
        RunnerErrorKind::TemplateVariableNotDefined { name } => {
            format!("The variable {name} has no value; give it or capture it first.")
        }
        RunnerErrorKind::UnrenderableExpression { value } => {
            format!("The value {} cannot be written as text.", plain(value, secrets))
        }
        RunnerErrorKind::UnsupportedSecretType(kind) => {
            format!("A secret must be text, but the captured value is {}.", plain(kind, secrets))
        }
        RunnerErrorKind::FilterMissingInput => {
            "Expected a value for the filter, but the query found nothing.".to_owned()
        }
        RunnerErrorKind::InvalidRegex => "The regular expression is not valid.".to_owned(),
        RunnerErrorKind::NoQueryResult => "Expected a value, but the query found nothing.".to_owned(),
        RunnerErrorKind::PossibleLoggedSecret => "A secret may not be captured here.".to_owned(),
        RunnerErrorKind::QueryHeaderNotFound => "Expected the header, but the response does not have it.".to_owned(),
        RunnerErrorKind::QueryInvalidXpathEval => "The XPath expression is not valid.".to_owned(),
        RunnerErrorKind::QueryInvalidXml => "Expected XML or HTML, but the body cannot be read as such.".to_owned(),
        RunnerErrorKind::QueryInvalidJson => "Expected JSON, but the body cannot be read as such.".to_owned(),
    }
}

fn bodies(expected: &Value, actual: &Value, secrets: &Secrets) -> String {
    let (expected, actual) = (body_text(expected), body_text(actual));
    if !expected.contains('\n') && !actual.contains('\n') {
        let (expected, actual) = (quoted(&expected, secrets), quoted(&actual, secrets));
        return format!("Expected the body to be {expected}, but saw {actual}.");
    }
    let (mut wanted, mut seen) = (expected.lines(), actual.lines());
    let mut number = 1;
    loop {
        match (wanted.next(), seen.next()) {
            (None, None) => return "The body differs from the expected one in its line endings.".to_owned(),
            (wanted, seen) if wanted == seen => number += 1,
            (wanted, seen) => {
                let (wanted, seen) = (line(wanted, secrets), line(seen, secrets));
                return format!("Expected line {number} of the body to be {wanted}, but saw {seen}.");
            }
        }
    }
}

/// A body as text; bytes that are not UTF-8 in hexadecimal.
fn body_text(body: &Value) -> String {
    match body {
        Value::Bytes(bytes) => String::from_utf8(bytes.clone()).unwrap_or_else(|_| body.to_string()),
        other => other.to_string(),
    }
}

fn line(text: Option<&str>, secrets: &Secrets) -> String {
    text.map_or_else(|| "no such line".to_owned(), |text| quoted(text, secrets))
}

/// Masked, shortened and in quotation marks.
fn quoted(text: &str, secrets: &Secrets) -> String {
    format!("\"{}\"", plain(text, secrets))
}

/// Masked and shortened.
fn plain(text: &str, secrets: &Secrets) -> String {
    shorten(&secrets.mask(text), QUOTED)
}

/// The first `limit` characters, with an ellipsis if there are more.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
