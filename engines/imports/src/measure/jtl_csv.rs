//! JMeter's results as a table. Records are read one by one; only their figures are kept.
//!
//! Columns: Apache JMeter, user's manual, "Listeners", CSV log format.

use super::{
    Format, Imported, jtl,
    recorder::{Recorder, Sample},
};
use crate::{
    ImportError, Place,
    limits::{MAX_LINE_BYTES, MAX_RAW_BYTES},
    text::{check_size, clean, excerpt, without_bom},
};
use csv::{ByteRecord, ErrorKind, ReaderBuilder};

const FORMAT: &str = "a JMeter table";
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Whether a first line names the two columns that every table has.
pub(super) fn is_header(line: &[u8]) -> bool {
    let separator = separator(line);
    let names: Vec<_> = line.split(|byte| *byte == separator).map(|name| name.trim_ascii()).collect();
    [b"timeStamp".as_slice(), b"elapsed"].iter().all(|column| names.contains(column))
}

fn separator(line: &[u8]) -> u8 {
    let count = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    SEPARATORS.into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

struct Columns {
    start: usize,
    elapsed: usize,
    label: Option<usize>,
    code: Option<usize>,
    message: Option<usize>,
    success: Option<usize>,
    url: Option<usize>,
}

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, ImportError> {
        let names: Vec<_> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let place = |column: usize| Place::Line { line: 1, column: column as u64 + 1 };
        if let Some(twice) = (1..names.len()).find(|at| names[..*at].contains(&names[*at])) {
            return Err(ImportError::value(
                place(twice),
                format!("column {} again", excerpt(&names[twice])),
                "each once",
            ));
        }
        let find = |wanted: &str| names.iter().position(|name| name == wanted);
        let need = |wanted: &str| {
            let missing = || ImportError::value(place(0), format!("no column {wanted}"), "timeStamp and elapsed");
            find(wanted).ok_or_else(missing)
        };
        Ok(Self {
            start: need("timeStamp")?,
            elapsed: need("elapsed")?,
            label: find("label"),
            code: find("responseCode"),
            message: find("responseMessage"),
            success: find("success"),
            url: find("URL"),
        })
    }
}

/// One record and its line.
struct Row<'a> {
    record: &'a ByteRecord,
    line: u64,
}

impl<'a> Row<'a> {
    fn place(&self, column: usize) -> Place {
        Place::Line { line: self.line, column: column as u64 + 1 }
    }

    fn text(&self, column: usize) -> Result<&'a str, ImportError> {
        let bytes = self.record.get(column).unwrap_or_default();
        std::str::from_utf8(bytes)
            .map_err(|_| ImportError::value(self.place(column), "bytes that are no text", "UTF-8"))
    }

    fn text_of(&self, column: Option<usize>) -> Result<Option<&'a str>, ImportError> {
        column.map(|column| self.text(column)).transpose()
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    let bytes = without_bom(bytes);
    check_size(bytes, MAX_RAW_BYTES)?;
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if !bytes.ends_with(b"\n") {
        let line = bytes.split(|byte| *byte == b'\n').count() as u64;
        return Err(malformed(Place::Line { line, column: 0 }, "the last line has no end: the file is cut off"));
    }
    let mut reader = ReaderBuilder::new().delimiter(separator(header)).from_reader(bytes);
    let columns = Columns::of(reader.byte_headers().map_err(|error| broken(&error))?)?;
    let mut table = Table::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| broken(&error))? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.as_slice().len() > MAX_LINE_BYTES {
            let place = Place::Line { line, column: 0 };
            return Err(ImportError::TooLarge { place, what: "bytes in a record", limit: MAX_LINE_BYTES as u64 });
        }
        table.add(&columns, &Row { record: &record, line })?;
    }
    table.finish()
}

struct Table {
    recorder: Recorder,
    transactions: u64,
    statuses: jtl::Statuses,
    urls: jtl::Address,
}

impl Table {
    fn new() -> Self {
        Self { recorder: Recorder::new(), transactions: 0, statuses: Default::default(), urls: Default::default() }
    }

    fn add(&mut self, columns: &Columns, row: &Row<'_>) -> Result<(), ImportError> {
        if row.text_of(columns.message)?.is_some_and(jtl::is_transaction) {
            self.transactions += 1;
            return Ok(());
        }
        let start_us = jtl::start_us(row.text(columns.start)?, || row.place(columns.start))?;
        let latency_ms = jtl::elapsed_ms(row.text(columns.elapsed)?, || row.place(columns.elapsed))?;
        let failed = columns.success.map(|at| jtl::failed(row.text(at)?, || row.place(at))).transpose()?;
        let label = columns.label.map(|at| clean(row.text(at)?, row.place(at))).transpose()?;
        if let (Some(at), Some(code)) = (columns.code, row.text_of(columns.code)?) {
            self.statuses.add(code, || row.place(at))?;
        }
        if let (Some(at), Some(url)) = (columns.url, row.text_of(columns.url)?) {
            self.urls.add(url, || row.place(at))?;
        }
        let sample = Sample { end_us: jtl::end_us(start_us, latency_ms), latency_ms, failed, label: label.as_deref() };
        self.recorder.add(&sample, || row.place(columns.elapsed))
    }

    fn finish(self) -> Result<Imported, ImportError> {
        if self.recorder.count() == 0 {
            return Err(ImportError::value(Place::File, "no sample", "at least one"));
        }
        let mut imported = jtl::imported(Format::JtlCsv, self.transactions);
        imported.statuses = self.statuses.into_inner();
        imported.target_url = self.urls.only();
        imported.notes.push("A table has no mark at its end: lines missing there can't be told.".to_owned());
        self.recorder.finish(&mut imported);
        Ok(imported)
    }
}

fn malformed(place: Place, reason: impl Into<String>) -> ImportError {
    ImportError::Syntax { place, format: FORMAT, reason: reason.into() }
}

fn broken(error: &csv::Error) -> ImportError {
    let line = error.position().map_or(0, csv::Position::line);
    let reason = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the header has {expected_len}")
        }
        _ => error.to_string(),
    };
    malformed(Place::Line { line, column: 0 }, reason)
}
