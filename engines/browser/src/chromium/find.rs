//! Where the browser is.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::AuditError;

/// The names that distributions and Google give their builds, in the order in which they are tried.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/// The configured browser, or the first well-known name on `PATH`.
///
/// # Errors
/// [`AuditError::NoBrowser`] with what was tried.
pub(crate) fn find(configured: Option<&Path>) -> Result<PathBuf, AuditError> {
    if let Some(path) = configured {
        let missing = || AuditError::NoBrowser(format!("the configured {} is not a file", path.display()));
        return path.is_file().then(|| path.to_owned()).ok_or_else(missing);
    }
    let folders = env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    let mut candidates = NAMES.iter().flat_map(|name| env::split_paths(&folders).map(move |folder| folder.join(name)));
    candidates
        .find(|path| path.is_file())
        .ok_or_else(|| AuditError::NoBrowser(format!("none of {} is on PATH", NAMES.join(", "))))
}
