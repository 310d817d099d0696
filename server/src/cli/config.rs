//! `sbh config`

use super::{Failure, terminal};
use crate::config::{Config, Entry};

/// Prints every variable with its value and where that comes from.
pub(super) fn run() -> Result<(), Failure> {
    let line = |entry: &Entry| {
        let source = if entry.from_environment { "environment" } else { "default" };
        format!("{}={} # {source}\n", entry.name, entry.value)
    };
    terminal::print(&Config::from_env()?.entries().iter().map(line).collect::<String>());
    Ok(())
}
