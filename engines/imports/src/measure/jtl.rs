//! What both forms of JMeter's results share.

use super::{Format, Imported};
use crate::{
    ImportError, Place,
    limits::{MAX_LABELS, MAX_LATENCY_MS},
    text::{clean, excerpt},
};
use std::collections::BTreeMap;

/// The latest time that is taken, in milliseconds since the epoch: the end of the year 9999.
const MAX_EPOCH_MS: u64 = 253_402_300_799_999;
/// How JMeter's message of a transaction controller begins. Its time is that of requests which have samples of their own.
const TRANSACTION: &str = "Number of samples in transaction";

pub(super) fn imported(format: Format, transactions: u64) -> Imported {
    let mut imported = Imported::new(format, "JMeter");
    imported.notes.push("Latency is JMeter's elapsed time, without correction for coordinated omission.".to_owned());
    if transactions > 0 {
        let note = format!("{transactions} samples of transaction controllers are left out: they are no requests.");
        imported.notes.push(note);
    }
    imported
}

pub(super) fn is_transaction(message: &str) -> bool {
    message.starts_with(TRANSACTION)
}

/// Start in microseconds since the epoch.
pub(super) fn start_us(text: &str, place: impl Fn() -> Place) -> Result<i64, ImportError> {
    let number = text.parse::<u64>().ok().filter(|ms| *ms <= MAX_EPOCH_MS);
    let number = number.ok_or_else(|| ImportError::value(place(), excerpt(text), "milliseconds since the epoch"))?;
    Ok(number as i64 * 1_000)
}

/// Elapsed time in milliseconds.
pub(super) fn elapsed_ms(text: &str, place: impl Fn() -> Place) -> Result<f64, ImportError> {
    let number = text.parse::<u64>().ok().map(|ms| ms as f64).filter(|ms| *ms <= MAX_LATENCY_MS);
    number.ok_or_else(|| ImportError::value(place(), excerpt(text), format!("0 to {MAX_LATENCY_MS} milliseconds")))
}

/// Whether a sample failed.
pub(super) fn failed(text: &str, place: impl Fn() -> Place) -> Result<bool, ImportError> {
    match text {
        "true" => Ok(false),
        "false" => Ok(true),
        _ => Err(ImportError::value(place(), excerpt(text), "true or false")),
    }
}

/// The end of a sample, both in microseconds.
pub(super) fn end_us(start_us: i64, elapsed_ms: f64) -> i64 {
    start_us.saturating_add((elapsed_ms * 1e3) as i64)
}

/// Requests by response code.
#[derive(Default)]
pub(super) struct Statuses(BTreeMap<String, u64>);

impl Statuses {
    pub(super) fn add(&mut self, code: &str, place: impl Fn() -> Place) -> Result<(), ImportError> {
        if let Some(count) = self.0.get_mut(code) {
            *count += 1;
            return Ok(());
        }
        if self.0.len() >= MAX_LABELS {
            return Err(ImportError::TooLarge { place: place(), what: "response codes", limit: MAX_LABELS as u64 });
        }
        *self.0.entry(clean(code, place())?).or_default() += 1;
        Ok(())
    }

    pub(super) fn into_inner(self) -> BTreeMap<String, u64> {
        self.0
    }
}

/// The one address of a file, unless there are several.
#[derive(Default)]
pub(super) struct Address {
    first: Option<String>,
    several: bool,
}

impl Address {
    pub(super) fn add(&mut self, url: &str, place: impl Fn() -> Place) -> Result<(), ImportError> {
        match &self.first {
            None if url.is_empty() || url == "null" => {}
            None => self.first = Some(clean(url, place())?),
            Some(first) => self.several |= first != url,
        }
        Ok(())
    }

    pub(super) fn only(self) -> Option<String> {
        self.first.filter(|_| !self.several)
    }
}
