//! A policy as JSON text; it is read by [`hub::gates::read_policy`].

use hub::gates::PolicyDocument;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io::{Result, Write};

/// The document as indented JSON, its members in their order.
#[must_use]
pub fn policy_text(document: &PolicyDocument) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Tidy(PrettyFormatter::with_indent(b"  ")));
    match document.serialize(&mut serializer) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        // A document has nothing that JSON can't hold, and memory does not refuse to be written.
        Err(_) => String::new(),
    }
}

/// Writes whole numbers without a decimal point: people type `500`, not `500.0`.
struct Tidy<'a>(PrettyFormatter<'a>);

impl Formatter for Tidy<'_> {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> Result<()> {
        write!(writer, "{value}")
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::policy_form::PolicyForm;
    use hub::gates::read_policy;

    #[test]
    fn the_text_is_read_again_as_it_was_written() {
        let document = PolicyForm::template().document().unwrap();
        let text = policy_text(&document);
        assert!(text.starts_with("{\n  \"name\": \"Release\","), "{text}");
        assert!(text.contains("\"at_most\": 500\n"), "{text}");
        assert_eq!(read_policy(&text).unwrap(), document);
    }
}
