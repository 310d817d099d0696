//! How a command ends badly.

use std::{fmt::Display, process::ExitCode};

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The machine lacks something that this command may not bring itself: exit code 2.
    #[error("{0}")]
    Missing(String),
    /// The work itself failed: exit code 1.
    #[error("{0}")]
    Failed(String),
    /// Everything was said already; what is left is the exit code.
    #[error("exit code {0}")]
    Said(u8),
}

impl Error {
    /// The exit code that tells a caller which it was.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Missing(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::FAILURE,
            Self::Said(code) => ExitCode::from(*code),
        }
    }
}

/// Says what was being done when something failed.
pub trait Doing<T> {
    /// Turns the error into [`Error::Failed`] with "`what`: cause".
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, Error>;
}

impl<T, E: Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, Error> {
        self.map_err(|cause| Error::Failed(format!("{}: {cause}", what())))
    }
}
