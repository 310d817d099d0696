//! What the content of an asset has to be, by its kind.

use super::model::{AssetKind, NewVersion};
use crate::{
    Error, Result,
    gates::{PolicyDocument, check_journey, read_policy},
};
use serde_json::Value;

/// Checks that the content is what its kind says, where the hub knows the format.
///
/// # Errors
/// Invalid at `/content`, with the place where it stops being so.
pub(super) fn check(kind: AssetKind, version: &NewVersion) -> Result<()> {
    let Some(content) = &version.content else { return Ok(()) };
    match kind {
        AssetKind::GoldenPath => check_journey("golden path", content).map_err(at_content),
        AssetKind::Policy => policy(content).map(|_| ()),
        AssetKind::GovernanceProfile | AssetKind::Cohort | AssetKind::Dashboard => json_object(content),
        AssetKind::Prompt | AssetKind::Document => Ok(()),
    }
}

/// The thresholds in a policy's content.
///
/// # Errors
/// Invalid at `/content`.
pub(super) fn policy(content: &str) -> Result<PolicyDocument> {
    let document = read_policy(content).map_err(|message| Error::invalid("/content", message))?;
    document.parse().map_err(at_content)
}

/// A fault inside the content as a fault of the content, in the words of the first.
fn at_content(error: Error) -> Error {
    let place = |pointer: &str| if pointer == "/source" { String::new() } else { format!("{pointer}: ") };
    let first = error.fields().first().map(|field| format!("{}{}", place(&field.pointer), field.message));
    Error::invalid("/content", first.unwrap_or_else(|| error.message().to_owned()))
}

fn json_object(content: &str) -> Result<()> {
    match serde_json::from_str::<Value>(content) {
        Ok(Value::Object(_)) => Ok(()),
        Ok(_) => Err(Error::invalid("/content", "Content of this kind must be a JSON object.")),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            Err(Error::invalid(
                "/content",
                format!("Content is no JSON; it stops being so at line {line}, column {column}."),
            ))
        }
    }
}
