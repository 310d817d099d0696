//! What a journey refers to: variables and files, in the order in which Hurl evaluates them.

use std::collections::BTreeSet;

use hurl_core::ast::{
    Assert, Bytes, Capture, Entry, EntryOption, ExprKind, Filter, FilterValue, JsonValue, KeyValue, MultilineString,
    MultilineStringKind, MultipartParam, OptionKind, Placeholder, PredicateFuncValue, PredicateValue, Query,
    QueryValue, RegexValue, Request, Response, SectionValue, SourceInfo, Template, TemplateElement, VariableValue,
};

use crate::journey::{FileReference, FileUse, VariableReference};
use crate::rules::certificate_path;

/// Everything that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct References {
    /// The first use of each variable.
    pub(crate) variables: Vec<VariableReference>,
    /// Each file, once per place.
    pub(crate) files: Vec<FileReference>,
    /// Names that the journey sets itself, by a capture or an option.
    pub(crate) assigned: BTreeSet<String>,
}

impl References {
    /// Walks all entries.
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut found = Self::default();
        for entry in entries {
            found.options(entry.request.options());
            found.request(&entry.request);
            if let Some(response) = &entry.response {
                found.response(response);
            }
        }
        found
    }

    fn options(&mut self, options: &[EntryOption]) {
        for option in options {
            self.option(&option.kind);
        }
    }

    fn option(&mut self, kind: &OptionKind) {
        match kind {
            OptionKind::Variable(definition) => {
                if let VariableValue::String(value) = &definition.value {
                    self.template(value);
                }
                self.assigned.insert(definition.name.clone());
            }
            OptionKind::CaCertificate(file) | OptionKind::ClientKey(file) => {
                self.file(file, FileUse::Certificate, file.to_string());
            }
            OptionKind::ClientCert(file) => {
                self.file(file, FileUse::Certificate, certificate_path(file).unwrap_or_default());
            }
            OptionKind::AwsSigV4(value) | OptionKind::Header(value) | OptionKind::User(value) => {
                self.template(value);
            }
            other => self.option_placeholder(other),
        }
    }

    fn option_placeholder(&mut self, kind: &OptionKind) {
        if let Some(placeholder) = crate::bounds::placeholder(kind) {
            self.placeholder(placeholder);
        }
    }

    fn request(&mut self, request: &Request) {
        self.template(&request.url);
        self.pairs(&request.headers);
        for section in &request.sections {
            match &section.value {
                SectionValue::QueryParams(pairs, _) | SectionValue::FormParams(pairs, _) => {
                    self.pairs(pairs);
                }
                SectionValue::BasicAuth(Some(pair)) => self.pairs(std::slice::from_ref(pair)),
                SectionValue::Cookies(cookies) => {
                    for cookie in cookies {
                        self.template(&cookie.name);
                        self.template(&cookie.value);
                    }
                }
                SectionValue::MultipartFormData(parts, _) => parts.iter().for_each(|p| self.part(p)),
                _ => {}
            }
        }
        if let Some(body) = &request.body {
            self.bytes(&body.value, FileUse::RequestBody);
        }
    }

    fn part(&mut self, part: &MultipartParam) {
        match part {
            MultipartParam::Param(pair) => self.pairs(std::slice::from_ref(pair)),
            MultipartParam::FileParam(param) => {
                self.template(&param.key);
                let name = &param.value.filename;
                self.file(name, FileUse::Multipart, name.to_string());
                if let Some(kind) = &param.value.content_type {
                    self.template(kind);
                }
            }
        }
    }

    fn response(&mut self, response: &Response) {
        response.captures().iter().for_each(|c| self.capture(c));
        self.pairs(&response.headers);
        response.asserts().iter().for_each(|a| self.assert(a));
        if let Some(body) = &response.body {
            self.bytes(&body.value, FileUse::ExpectedBody);
        }
    }

    fn capture(&mut self, capture: &Capture) {
        self.template(&capture.name);
        self.query(&capture.query);
        capture.filters.iter().for_each(|(_, f)| self.filter(f));
        self.assigned.insert(capture.name.to_string());
    }

    fn assert(&mut self, assert: &Assert) {
        self.query(&assert.query);
        assert.filters.iter().for_each(|(_, f)| self.filter(f));
        self.predicate(&assert.predicate.predicate_func.value);
    }

    fn query(&mut self, query: &Query) {
        match &query.value {
            QueryValue::Header { name, .. } | QueryValue::Variable { name, .. } => self.template(name),
            QueryValue::Cookie { expr, .. } => self.template(&expr.name),
            QueryValue::Xpath { expr, .. } | QueryValue::Jsonpath { expr, .. } => self.template(expr),
            QueryValue::Regex { value, .. } => self.regex(value),
            QueryValue::Status
            | QueryValue::Version
            | QueryValue::Url
            | QueryValue::Body
            | QueryValue::Duration
            | QueryValue::Bytes
            | QueryValue::Sha256
            | QueryValue::Md5
            | QueryValue::Certificate { .. }
            | QueryValue::Ip => {}
        }
    }

    fn filter(&mut self, filter: &Filter) {
        match &filter.value {
            FilterValue::Decode { encoding: value, .. }
            | FilterValue::Format { fmt: value, .. }
            | FilterValue::ToDate { fmt: value, .. }
            | FilterValue::JsonPath { expr: value, .. }
            | FilterValue::XPath { expr: value, .. }
            | FilterValue::Split { sep: value, .. } => self.template(value),
            FilterValue::Regex { value, .. } => self.regex(value),
            FilterValue::Replace { old_value, new_value, .. } => {
                self.regex(old_value);
                self.template(new_value);
            }
            _ => {}
        }
    }

    fn predicate(&mut self, predicate: &PredicateFuncValue) {
        match predicate {
            PredicateFuncValue::Equal { value, .. }
            | PredicateFuncValue::NotEqual { value, .. }
            | PredicateFuncValue::GreaterThan { value, .. }
            | PredicateFuncValue::GreaterThanOrEqual { value, .. }
            | PredicateFuncValue::LessThan { value, .. }
            | PredicateFuncValue::LessThanOrEqual { value, .. }
            | PredicateFuncValue::StartWith { value, .. }
            | PredicateFuncValue::EndWith { value, .. }
            | PredicateFuncValue::Contain { value, .. }
            | PredicateFuncValue::Include { value, .. }
            | PredicateFuncValue::Match { value, .. } => self.predicate_value(value),
            _ => {}
        }
    }

    fn predicate_value(&mut self, value: &PredicateValue) {
        match value {
            PredicateValue::File(file) => {
                self.file(&file.filename, FileUse::Predicate, file.filename.to_string());
            }
            PredicateValue::MultilineString(text) => self.multiline(text),
            PredicateValue::Placeholder(placeholder) => self.placeholder(placeholder),
            PredicateValue::String(text) => self.template(text),
            _ => {}
        }
    }

    fn bytes(&mut self, bytes: &Bytes, purpose: FileUse) {
        match bytes {
            Bytes::Json(value) => self.json(value),
            Bytes::MultilineString(text) => self.multiline(text),
            Bytes::OnelineString(text) => self.template(text),
            Bytes::File(file) => self.file(&file.filename, purpose, file.filename.to_string()),
            Bytes::Xml(_) | Bytes::Base64(_) | Bytes::Hex(_) => {}
        }
    }

    fn multiline(&mut self, text: &MultilineString) {
        self.template(&text.value());
        if let MultilineStringKind::GraphQl(query) = &text.kind
            && let Some(variables) = &query.variables
        {
            self.json(&variables.value);
        }
    }

    fn json(&mut self, value: &JsonValue) {
        match value {
            JsonValue::Placeholder(placeholder) => self.placeholder(placeholder),
            JsonValue::String(text) => self.template(text),
            JsonValue::List { elements, .. } => elements.iter().for_each(|e| self.json(&e.value)),
            JsonValue::Object { elements, .. } => {
                for element in elements {
                    self.template(&element.name);
                    self.json(&element.value);
                }
            }
            JsonValue::Number(_) | JsonValue::Boolean(_) | JsonValue::Null => {}
        }
    }

    fn pairs(&mut self, pairs: &[KeyValue]) {
        for pair in pairs {
            self.template(&pair.key);
            self.template(&pair.value);
        }
    }

    fn regex(&mut self, value: &RegexValue) {
        if let RegexValue::Template(text) = value {
            self.template(text);
        }
    }

    fn file(&mut self, name: &Template, purpose: FileUse, path: String) {
        self.template(name);
        self.files.push(FileReference {
            path,
            templated: literal(name).is_none() && purpose != FileUse::Certificate,
            line: name.source_info.start.line,
            column: name.source_info.start.column,
            purpose,
        });
    }

    fn template(&mut self, template: &Template) {
        for element in &template.elements {
            if let TemplateElement::Placeholder(placeholder) = element {
                self.placeholder(placeholder);
            }
        }
    }

    fn placeholder(&mut self, placeholder: &Placeholder) {
        if let ExprKind::Variable(variable) = &placeholder.expr.kind {
            self.variable(&variable.name, variable.source_info);
        }
    }

    fn variable(&mut self, name: &str, at: SourceInfo) {
        if self.variables.iter().all(|known| known.name != name) {
            self.variables.push(VariableReference {
                name: name.to_owned(),
                line: at.start.line,
                column: at.start.column,
                required: !self.assigned.contains(name),
            });
        }
    }
}

/// The text of a template without variables.
pub(crate) fn literal(template: &Template) -> Option<String> {
    let mut text = String::new();
    for element in &template.elements {
        match element {
            TemplateElement::String { value, .. } => text.push_str(value),
            TemplateElement::Placeholder(_) => return None,
        }
    }
    Some(text)
}
