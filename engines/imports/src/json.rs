//! A value of a JSON document that knows its place.

use crate::{
    ImportError, Place,
    limits::{MAX_COUNT, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_VALUES},
    text::{check_size, clean, excerpt, without_bom},
};
use serde_json::Value;

/// Parses a document within the limits.
pub(crate) fn document(bytes: &[u8]) -> Result<Value, ImportError> {
    let bytes = without_bom(bytes);
    check_size(bytes, MAX_DOCUMENT_BYTES)?;
    if bytes.iter().filter(|byte| **byte == b',').count() >= MAX_DOCUMENT_VALUES {
        return Err(ImportError::TooLarge { place: Place::File, what: "values", limit: MAX_DOCUMENT_VALUES as u64 });
    }
    serde_json::from_slice(bytes).map_err(|error| syntax(&error, 1))
}

/// An error of serde_json; `line` is where its text begins in the file.
pub(crate) fn syntax(error: &serde_json::Error, line: u64) -> ImportError {
    let place = Place::Line { line: line + (error.line() as u64).saturating_sub(1), column: error.column() as u64 };
    let reason = error.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
    ImportError::Syntax { place, format: "JSON", reason }
}

/// A value, or its absence, and its pointer.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    value: Option<&'a Value>,
    pointer: String,
}

impl<'a> Node<'a> {
    pub(crate) fn root(value: &'a Value) -> Self {
        Self { value: Some(value), pointer: String::new() }
    }

    /// The member of this name; absent in anything but an object that has it.
    pub(crate) fn get(&self, key: &str) -> Self {
        let value = self.value.and_then(|value| value.as_object()).and_then(|object| object.get(key));
        self.child(key, value)
    }

    /// The item at this place of an array; absent in anything else.
    pub(crate) fn get_item(&self, at: usize) -> Self {
        let value = self.value.and_then(|value| value.as_array()).and_then(|array| array.get(at));
        self.child(&at.to_string(), value)
    }

    fn child(&self, key: &str, value: Option<&'a Value>) -> Self {
        let key: String = key.chars().take(200).collect();
        Self { value, pointer: format!("{}/{}", self.pointer, key.replace('~', "~0").replace('/', "~1")) }
    }

    pub(crate) fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(crate) fn place(&self) -> Place {
        Place::Pointer(self.pointer.clone())
    }

    /// The value unless it is absent or null.
    pub(crate) fn value(&self) -> Option<&'a Value> {
        self.value.filter(|value| !value.is_null())
    }

    pub(crate) fn exists(&self) -> bool {
        self.value.is_some()
    }

    pub(crate) fn is_object(&self) -> bool {
        self.value.is_some_and(Value::is_object)
    }

    pub(crate) fn is_array(&self) -> bool {
        self.value.is_some_and(Value::is_array)
    }

    /// The error of a value that is not what is allowed.
    pub(crate) fn refuse(&self, allowed: impl Into<String>) -> ImportError {
        let found = match self.value {
            None => "nothing is there".to_owned(),
            Some(Value::Null) => "null is there".to_owned(),
            Some(Value::Bool(value)) => format!("{value} is there"),
            Some(Value::Number(number)) => format!("{} is there", excerpt(&number.to_string()).replace('"', "")),
            Some(Value::String(text)) => format!("{} is there", excerpt(text)),
            Some(Value::Array(_)) => "an array is there".to_owned(),
            Some(Value::Object(_)) => "an object is there".to_owned(),
        };
        ImportError::value(self.place(), found, allowed)
    }

    /// The members of an object.
    pub(crate) fn members(&self) -> Result<Vec<(&'a str, Self)>, ImportError> {
        let object = self.value.and_then(Value::as_object).ok_or_else(|| self.refuse("an object"))?;
        Ok(object.iter().map(|(key, value)| (key.as_str(), self.child(key, Some(value)))).collect())
    }

    /// The members, or none where there is no value.
    pub(crate) fn members_if_any(&self) -> Result<Vec<(&'a str, Self)>, ImportError> {
        if self.value().is_some() { self.members() } else { Ok(Vec::new()) }
    }

    /// The items of an array.
    pub(crate) fn items(&self) -> Result<Vec<Self>, ImportError> {
        let array = self.value.and_then(Value::as_array).ok_or_else(|| self.refuse("an array"))?;
        Ok(array.iter().enumerate().map(|(at, value)| self.child(&at.to_string(), Some(value))).collect())
    }

    /// The items, or none where there is no value.
    pub(crate) fn items_if_any(&self) -> Result<Vec<Self>, ImportError> {
        if self.value().is_some() { self.items() } else { Ok(Vec::new()) }
    }

    /// A text, cleaned.
    pub(crate) fn text(&self) -> Result<String, ImportError> {
        let text = self.value.and_then(Value::as_str).ok_or_else(|| self.refuse("a text"))?;
        clean(text, self.place())
    }

    /// A text, or none where there is no value.
    pub(crate) fn text_if_any(&self) -> Result<Option<String>, ImportError> {
        self.value().map(|_| self.text()).transpose()
    }

    /// A finite number from 0 to `most`.
    ///
    /// Read from the number's text: where a dependency switches on serde_json's `arbitrary_precision`, as Hurl does,
    /// numbers beyond a double get this far.
    pub(crate) fn number(&self, most: f64) -> Result<f64, ImportError> {
        let number = self.value.and_then(Value::as_number).and_then(serde_json::Number::as_f64);
        let number = number.filter(|number| (0.0..=most).contains(number));
        number.ok_or_else(|| self.refuse(format!("a number from 0 to {most}")))
    }

    /// A number from 0 to `most`, or none where there is no value.
    pub(crate) fn number_if_any(&self, most: f64) -> Result<Option<f64>, ImportError> {
        self.value().map(|_| self.number(most)).transpose()
    }

    /// A whole number that is exact as a double.
    pub(crate) fn count(&self) -> Result<u64, ImportError> {
        let number = self.number(MAX_COUNT)?;
        if number.fract() == 0.0 { Ok(number as u64) } else { Err(self.refuse("a whole number")) }
    }

    /// A whole number, or none where there is no value.
    pub(crate) fn count_if_any(&self) -> Result<Option<u64>, ImportError> {
        self.value().map(|_| self.count()).transpose()
    }
}
