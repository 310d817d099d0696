//! JMeter's results as XML. No document type and no entities beyond the five of XML: there is nothing to expand.
//!
//! Attributes: Apache JMeter, user's manual, "Listeners", XML log format 2.1.

use super::{
    Format, Imported, jtl,
    recorder::{Recorder, Sample},
};
use crate::{
    ImportError, Place,
    limits::{MAX_LINE_BYTES, MAX_RAW_BYTES, MAX_XML_DEPTH},
    text::{check_size, clean, without_bom},
};
use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event},
};
use std::{borrow::Cow, collections::BTreeMap};

/// What an open element is.
#[derive(Clone, Copy, PartialEq)]
enum Element {
    /// A request; the samples below it are parts of it.
    Request,
    /// Anything else, such as a transaction, whose samples are requests.
    Other,
}

pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    let bytes = without_bom(bytes);
    check_size(bytes, MAX_RAW_BYTES)?;
    let text =
        std::str::from_utf8(bytes).map_err(|error| malformed(error.valid_up_to() as u64, "bytes are no UTF-8"))?;
    let mut reader = Reader::from_str(text);
    let mut results = Results::new();
    loop {
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|error| malformed(reader.error_position(), error.to_string()))?;
        if matches!(event, Event::Eof) {
            return results.finish(at);
        }
        results.take(&event, at)?;
    }
}

struct Results {
    recorder: Recorder,
    open: Vec<Element>,
    began: bool,
    transactions: u64,
    statuses: jtl::Statuses,
}

impl Results {
    fn new() -> Self {
        let (recorder, statuses) = (Recorder::new(), jtl::Statuses::default());
        Self { recorder, open: Vec::new(), began: false, transactions: 0, statuses }
    }

    fn take(&mut self, event: &Event<'_>, at: u64) -> Result<(), ImportError> {
        match event {
            Event::Start(element) => {
                let element = self.element(element, at)?;
                self.open.push(element);
            }
            Event::Empty(element) => {
                self.element(element, at)?;
            }
            Event::End(_) => {
                self.open.pop();
            }
            Event::DocType(_) => return Err(unsupported(at, "a document type is not allowed")),
            Event::Decl(declaration) => check_encoding(declaration, at)?,
            Event::GeneralRef(reference) => {
                let name = String::from_utf8_lossy(reference);
                unescape(&format!("&{name};")).map_err(|error| malformed(at, error.to_string()))?;
            }
            Event::Text(text) if self.open.is_empty() && !text.trim_ascii().is_empty() => {
                return Err(malformed(at, "text outside of the root element"));
            }
            _ => {}
        }
        Ok(())
    }

    fn element(&mut self, element: &BytesStart<'_>, at: u64) -> Result<Element, ImportError> {
        if self.open.len() >= MAX_XML_DEPTH {
            let (what, limit) = ("nested elements", MAX_XML_DEPTH as u64);
            return Err(ImportError::TooLarge { place: Place::Byte(at), what, limit });
        }
        let name = element.name();
        if self.open.is_empty() {
            if name.as_ref() != b"testResults" || self.began {
                let found =
                    format!("element {}", String::from_utf8_lossy(&name.as_ref()[..name.as_ref().len().min(60)]));
                return Err(ImportError::value(Place::Byte(at), found, "one root element testResults"));
            }
            self.began = true;
        }
        let attributes = attributes(element, at)?;
        match name.as_ref() {
            b"httpSample" | b"sample" if self.open.contains(&Element::Request) => Ok(Element::Request),
            b"httpSample" | b"sample" => self.sample(&attributes, at),
            _ => Ok(Element::Other),
        }
    }

    fn sample(&mut self, attributes: &Attributes<'_>, at: u64) -> Result<Element, ImportError> {
        let place = || Place::Byte(at);
        if attributes.get("rm").is_some_and(|message| jtl::is_transaction(message)) {
            self.transactions += 1;
            return Ok(Element::Other);
        }
        let need = |name: &str| {
            let missing = || ImportError::value(place(), format!("no attribute {name}"), "t and ts in each sample");
            attributes.get(name).map(AsRef::as_ref).ok_or_else(missing)
        };
        let (start_us, latency_ms) = (jtl::start_us(need("ts")?, place)?, jtl::elapsed_ms(need("t")?, place)?);
        let failed = attributes.get("s").map(|text| jtl::failed(text, place)).transpose()?;
        let label = attributes.get("lb").map(|label| clean(label, place())).transpose()?;
        if let Some(code) = attributes.get("rc") {
            self.statuses.add(code, place)?;
        }
        let sample = Sample { end_us: jtl::end_us(start_us, latency_ms), latency_ms, failed, label: label.as_deref() };
        self.recorder.add(&sample, place)?;
        Ok(Element::Request)
    }

    fn finish(self, at: u64) -> Result<Imported, ImportError> {
        if !self.open.is_empty() || !self.began {
            return Err(malformed(
                at,
                "the root element testResults has no end: the file is cut off, or JMeter was killed",
            ));
        }
        if self.recorder.count() == 0 {
            return Err(ImportError::value(Place::File, "no sample", "at least one"));
        }
        let mut imported = jtl::imported(Format::JtlXml, self.transactions);
        imported.statuses = self.statuses.into_inner();
        self.recorder.finish(&mut imported);
        Ok(imported)
    }
}

type Attributes<'a> = BTreeMap<String, Cow<'a, str>>;

fn attributes<'a>(element: &'a BytesStart<'_>, at: u64) -> Result<Attributes<'a>, ImportError> {
    if element.len() > MAX_LINE_BYTES {
        let (what, limit) = ("bytes in a tag", MAX_LINE_BYTES as u64);
        return Err(ImportError::TooLarge { place: Place::Byte(at), what, limit });
    }
    let mut found = Attributes::new();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| malformed(at, error.to_string()))?;
        let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let value = match attribute.value {
            Cow::Borrowed(raw) => std::str::from_utf8(raw).map(Cow::Borrowed),
            Cow::Owned(ref raw) => std::str::from_utf8(raw).map(|text| Cow::Owned(text.to_owned())),
        };
        let value = value.map_err(|_| malformed(at, "bytes are no UTF-8"))?;
        let value = match unescape(&value) {
            Ok(Cow::Borrowed(_)) => value,
            Ok(Cow::Owned(text)) => Cow::Owned(text),
            Err(error) => return Err(malformed(at, error.to_string())),
        };
        found.insert(name, value);
    }
    Ok(found)
}

fn check_encoding(declaration: &quick_xml::events::BytesDecl<'_>, at: u64) -> Result<(), ImportError> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case(b"utf-8") => Ok(()),
        Some(Ok(_)) => Err(unsupported(at, "the encoding must be UTF-8")),
        Some(Err(error)) => Err(malformed(at, error.to_string())),
    }
}

fn unsupported(at: u64, reason: &str) -> ImportError {
    ImportError::Unsupported { place: Place::Byte(at), reason: reason.to_owned() }
}

fn malformed(at: u64, reason: impl Into<String>) -> ImportError {
    ImportError::Syntax { place: Place::Byte(at), format: "JMeter XML", reason: reason.into() }
}
