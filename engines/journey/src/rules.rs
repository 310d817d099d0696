//! What an entry may use: the decision for every option, query and file name.

use std::path::{Component, Path};

use hurl_core::ast::{BooleanOption, Entry, EntryOption, OptionKind, Query, QueryValue, Template, TemplateElement};

use crate::error::{JourneyError, Place};
use crate::journey::FileReference;
use crate::references::literal;

/// Where refusals are reported.
pub(crate) struct Source<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    pub(crate) fn refuse(&self, line: usize, column: usize, message: String) -> JourneyError {
        JourneyError::Refused(Place::new(self.name, self.text, line, column, message))
    }

    /// A refusal of an option, at its name.
    pub(crate) fn refuse_option(&self, option: &EntryOption, reason: &str) -> JourneyError {
        let at = option.space0.source_info.end;
        let message = format!("the option {} is refused: {reason}", option.kind.identifier());
        self.refuse(at.line, at.column, message)
    }
}

/// Checks the options and queries of one entry.
pub(crate) fn check_entry(source: &Source<'_>, entry: &Entry) -> Result<(), JourneyError> {
    for option in entry.request.options() {
        if let Some(reason) = refusal(&option.kind) {
            return Err(source.refuse_option(option, reason));
        }
    }
    let Some(response) = &entry.response else {
        return Ok(());
    };
    let captured = response.captures().iter().map(|c| &c.query);
    let asserted = response.asserts().iter().map(|a| &a.query);
    captured.chain(asserted).try_for_each(|query| check_query(source, query))
}

fn check_query(source: &Source<'_>, query: &Query) -> Result<(), JourneyError> {
    if query.value != QueryValue::Ip {
        return Ok(());
    }
    let at = query.source_info.start;
    let reason = "the query ip is refused: requests go through the egress guard's proxy, so it would measure the proxy";
    Err(source.refuse(at.line, at.column, reason.to_owned()))
}

/// Why an option is refused whatever its value, or for this value.
fn refusal(kind: &OptionKind) -> Option<&'static str> {
    match kind {
        OptionKind::Proxy(_) => Some("requests go through the egress guard's own proxy"),
        OptionKind::ConnectTo(_) | OptionKind::Resolve(_) => {
            Some("it would connect to another host than the URL names; the egress guard resolves names")
        }
        OptionKind::UnixSocket(_) => Some("it would reach services of this machine past the egress guard"),
        OptionKind::Http3(_) => Some("QUIC cannot pass the egress guard's proxy"),
        OptionKind::IpV4(_) | OptionKind::IpV6(_) => {
            Some("the egress guard chooses the address, so it would have no effect")
        }
        OptionKind::NetRcFile(_) => Some("it would read credentials of this machine; use variables"),
        OptionKind::NetRc(value) | OptionKind::NetRcOptional(value) if !is_off(value) => {
            Some("it would read credentials of this machine; use variables")
        }
        OptionKind::Output(_) => Some("a journey writes no files; the outcome has the response"),
        OptionKind::Insecure(value) if !is_off(value) => {
            Some("certificates are always verified; name the one to trust with cacert")
        }
        OptionKind::CaCertificate(file) | OptionKind::ClientKey(file) if literal(file).is_none() => {
            Some("the file must be named without variables")
        }
        OptionKind::ClientCert(file) if certificate_path(file).is_none() => {
            Some("the file must be named without variables")
        }
        _ => None,
    }
}

fn is_off(value: &BooleanOption) -> bool {
    matches!(value, BooleanOption::Literal(false))
}

/// Checks that a file name stays inside the journey's folder. Names with variables are checked again when they are known.
pub(crate) fn check_file(source: &Source<'_>, file: &FileReference) -> Result<(), JourneyError> {
    if file.templated || stays_inside(&file.path) {
        return Ok(());
    }
    let message = format!(
        "the file {:?} is refused: name a file of the journey's folder by its relative path, without ..",
        file.path
    );
    Err(source.refuse(file.line, file.column, message))
}

fn stays_inside(path: &str) -> bool {
    let mut components = Path::new(path).components().peekable();
    components.peek().is_some() && components.all(|c| matches!(c, Component::Normal(_) | Component::CurDir))
}

/// The path in a `cert` option, whose value is `path` or `path:password` with `\` before literal colons and backslashes (as curl's `--cert`).
/// None if the path has a variable; the password may have one.
pub(crate) fn certificate_path(template: &Template) -> Option<String> {
    let mut path = String::new();
    for element in &template.elements {
        let TemplateElement::String { value, .. } = element else {
            return None;
        };
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                ':' => return Some(path),
                '\\' => path.extend(chars.next()),
                other => path.push(other),
            }
        }
    }
    Some(path)
}
