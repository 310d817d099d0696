//! Why a proof could not be made.

use std::fmt::Display;

/// What was being done, and the cause.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(pub String);

/// Says what was being done when something failed.
pub trait Doing<T> {
    /// Turns the error into "`what`: cause".
    fn doing(self, what: &str) -> Result<T, Error>;
}

impl<T, E: Display> Doing<T> for Result<T, E> {
    fn doing(self, what: &str) -> Result<T, Error> {
        self.map_err(|cause| Error(format!("{what}: {cause}")))
    }
}
