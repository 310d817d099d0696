//! Errors that the page reports.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::parse::text;
use crate::options::Limits;
use crate::text::cut;

/// An error in the console, or an exception that nothing caught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageError {
    /// Who reported it: `console` for a call of `console.error`, `exception`, or the browser's own source (`network`, `security`, …).
    pub source: String,
    /// The message, cut to the text limit.
    pub text: String,
    /// The script or resource; empty if unknown.
    pub url: String,
    /// The line from 1; `None` if unknown.
    pub line: Option<u32>,
}

/// Errors in their order, the first ones in full.
pub(crate) struct Console {
    limits: Limits,
    pub(crate) errors: Vec<PageError>,
    pub(crate) error_count: u64,
    pub(crate) exceptions: Vec<PageError>,
    pub(crate) exception_count: u64,
}

impl Console {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, errors: Vec::new(), error_count: 0, exceptions: Vec::new(), exception_count: 0 }
    }

    pub(super) fn take(&mut self, method: &str, params: &Value) {
        match method {
            "Runtime.consoleAPICalled" if matches!(text(&params["type"]), "error" | "assert") => {
                let place = &params["stackTrace"]["callFrames"][0];
                self.error("console", &arguments(&params["args"]), place);
            }
            "Log.entryAdded" if params["entry"]["level"] == "error" => {
                let entry = &params["entry"];
                self.error(text(&entry["source"]), text(&entry["text"]), entry);
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let message = details["exception"]["description"].as_str().unwrap_or(text(&details["text"]));
                self.exception_count += 1;
                if self.exceptions.len() < self.limits.messages {
                    self.exceptions.push(self.page_error("exception", message, details));
                }
            }
            _ => {}
        }
    }

    fn error(&mut self, source: &str, message: &str, place: &Value) {
        self.error_count += 1;
        if self.errors.len() < self.limits.messages {
            self.errors.push(self.page_error(source, message, place));
        }
    }

    fn page_error(&self, source: &str, message: &str, place: &Value) -> PageError {
        PageError {
            source: cut(source, 40),
            text: cut(message, self.limits.text),
            url: cut(text(&place["url"]), self.limits.text),
            // The protocol counts lines from 0.
            line: place["lineNumber"].as_f64().map(|line| line.clamp(0.0, 1e9) as u32 + 1),
        }
    }
}

fn arguments(args: &Value) -> String {
    let shown = |arg: &Value| match (&arg["value"], arg["description"].as_str()) {
        (Value::String(value), _) => value.clone(),
        (Value::Null, Some(description)) => description.to_owned(),
        (Value::Null, None) => text(&arg["type"]).to_owned(),
        (value, _) => value.to_string(),
    };
    args.as_array().into_iter().flatten().map(shown).collect::<Vec<_>>().join(" ")
}
