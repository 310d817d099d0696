//! A scorecard as a table that spreadsheets read.

use super::{metrics::metric_info, model::Scorecard};
use crate::{Error, Result, text::harmless};

/// The head of the table.
const HEAD: [&str; 10] =
    ["kind", "key", "name", "value", "unit", "score", "grade", "weight", "adds_points", "not_measured_because"];

/// The scorecard as comma-separated values (RFC 4180): the overall score, the dimensions, the metrics, and after them each
/// repetition's value of those that were measured more than once.
///
/// # Errors
/// Internal when the table can't be written.
pub(super) fn csv(card: &Scorecard) -> Result<String> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut row = |cells: [String; HEAD.len()]| table.write_record(cells.map(harmless)).map_err(Error::internal);
    let (number, text) = (|value: Option<f64>| value.map(|it| it.to_string()).unwrap_or_default(), str::to_owned);
    let none = String::new;
    row(HEAD.map(text))?;
    let overall = [text("scorecard"), card.id.to_string(), card.version.clone(), none(), none()];
    let [kind, key, name, value, unit] = overall;
    row([
        kind,
        key,
        name,
        value,
        unit,
        number(card.score),
        card.grade.clone().unwrap_or_default(),
        none(),
        none(),
        none(),
    ])?;
    for dimension in &card.dimensions {
        let name = dimension.dimension.key();
        row([
            text("dimension"),
            text(name),
            text(name),
            none(),
            none(),
            number(dimension.score),
            dimension.grade.clone().unwrap_or_default(),
            dimension.weight.to_string(),
            number(dimension.points),
            dimension.reason.clone().unwrap_or_default(),
        ])?;
    }
    let samples = card.samples.iter().flat_map(|(key, values)| values.iter().map(move |value| ("sample", key, value)));
    for (kind, key, value) in card.metrics.iter().map(|(key, value)| ("metric", key, value)).chain(samples) {
        let info = metric_info(key);
        let name = info.map_or(key.as_str(), |info| info.label);
        let unit = info.map_or("", |info| info.unit);
        row([
            text(kind),
            key.clone(),
            text(name),
            value.to_string(),
            text(unit),
            none(),
            none(),
            none(),
            none(),
            none(),
        ])?;
    }
    let bytes = table.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    String::from_utf8(bytes).map_err(Error::internal)
}
