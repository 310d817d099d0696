//! Measurements that other tools made.

mod histogram;
mod imported;
mod jtl;
mod jtl_csv;
mod jtl_xml;
mod k6;
mod k6_stream;
mod lighthouse;
mod oha;
mod recorder;

pub use imported::{Figure, FormFactor, Imported, LabelFigures, Latency, Page, Percentile, Second};

use crate::{
    ImportError, json,
    limits::MAX_LINE_BYTES,
    text::{check_size, without_bom},
};

/// A format of measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The result of Lighthouse as JSON, in the shape of versions 9 to 13.
    Lighthouse,
    /// The end-of-test summary of k6: `--summary-export`, or the data of `handleSummary`.
    K6Summary,
    /// The samples of k6: `--out json`, one JSON object a line.
    K6Stream,
    /// The result of oha: `--output-format json`.
    Oha,
    /// JMeter's results as a table with a header line, separated by comma, semicolon or tab.
    JtlCsv,
    /// JMeter's results as XML.
    JtlXml,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Lighthouse, Self::K6Summary, Self::K6Stream, Self::Oha, Self::JtlCsv, Self::JtlXml];

    /// The stable name of the format.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Lighthouse => "lighthouse",
            Self::K6Summary => "k6_summary",
            Self::K6Stream => "k6_stream",
            Self::Oha => "oha",
            Self::JtlCsv => "jtl_csv",
            Self::JtlXml => "jtl_xml",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.key() == key)
    }
}

/// Tells the format by what only it has, and reads the file.
///
/// # Errors
/// No known format, or what [`parse_as`] refuses.
pub fn parse(bytes: &[u8]) -> Result<Imported, ImportError> {
    parse_as(detect(bytes)?, bytes)
}

/// Reads a file of a format.
///
/// # Errors
/// The first thing that is wrong, with its place and what is allowed.
pub fn parse_as(format: Format, bytes: &[u8]) -> Result<Imported, ImportError> {
    match format {
        Format::Lighthouse => lighthouse::read(bytes),
        Format::K6Summary => k6::read(bytes),
        Format::K6Stream => k6_stream::read(bytes),
        Format::Oha => oha::read(bytes),
        Format::JtlCsv => jtl_csv::read(bytes),
        Format::JtlXml => jtl_xml::read(bytes),
    }
}

/// Tells the format by what only it has.
///
/// # Errors
/// No known format, more bytes than allowed, or JSON that is none.
pub fn detect(bytes: &[u8]) -> Result<Format, ImportError> {
    check_size(bytes, crate::limits::MAX_RAW_BYTES)?;
    let bytes = without_bom(bytes).trim_ascii_start();
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    match bytes.first() {
        Some(b'<') => Ok(Format::JtlXml),
        Some(b'{') if is_k6_line(first) => Ok(Format::K6Stream),
        Some(b'{') => detect_document(bytes),
        _ if jtl_csv::is_header(&first[..first.len().min(MAX_LINE_BYTES)]) => Ok(Format::JtlCsv),
        _ => Err(unknown()),
    }
}

fn is_k6_line(line: &[u8]) -> bool {
    let line = &line[..line.len().min(MAX_LINE_BYTES)];
    serde_json::from_slice::<serde_json::Value>(line)
        .is_ok_and(|line| line["metric"].is_string() && matches!(line["type"].as_str(), Some("Metric" | "Point")))
}

fn detect_document(bytes: &[u8]) -> Result<Format, ImportError> {
    let document = json::document(bytes)?;
    match document {
        found if found.get("lighthouseVersion").is_some() => Ok(Format::Lighthouse),
        found if found.get("latencyPercentiles").is_some() && found.get("summary").is_some() => Ok(Format::Oha),
        // Results of oha have had metrics as well since version 1.16, so k6 comes last.
        found if found.get("metrics").is_some_and(serde_json::Value::is_object) => Ok(Format::K6Summary),
        _ => Err(unknown()),
    }
}

fn unknown() -> ImportError {
    ImportError::UnknownFormat {
        known: "Lighthouse JSON, k6 summary JSON, k6 JSON lines, oha JSON, JMeter JTL with a header line, JMeter XML",
    }
}
