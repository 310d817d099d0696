//! The register as a table that spreadsheets read.

use super::Register;
use crate::{Error, Result, text::harmless};

/// The head of the table.
const HEAD: [&str; 12] = [
    "controller",
    "name",
    "purpose",
    "legal_basis",
    "persons",
    "data",
    "recipients",
    "transfers",
    "retention",
    "safeguards",
    "updated_by",
    "updated_at",
];

impl Register {
    /// The register as comma-separated values (RFC 4180).
    ///
    /// # Errors
    /// Internal when the table can't be written.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        table.write_record(HEAD).map_err(Error::internal)?;
        for activity in &self.activities {
            let record = &activity.record;
            let cells = [
                self.controller.clone(),
                record.name.clone(),
                record.purpose.clone(),
                record.legal_basis.as_str().to_owned(),
                record.persons.join("; "),
                record.data.join("; "),
                record.recipients.join("; "),
                record.transfers.clone(),
                record.retention.clone(),
                record.safeguards.clone(),
                activity.updated_by.clone().unwrap_or_default(),
                activity.updated_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
            ];
            table.write_record(cells.map(harmless)).map_err(Error::internal)?;
        }
        table.into_inner().map_err(|error| Error::internal(error.to_string()))
    }
}
