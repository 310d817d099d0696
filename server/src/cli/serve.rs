//! `sbh serve`

use super::{Failure, block_on};
use crate::config::Config;

/// Runs the hub until it is told to end.
pub(super) fn run() -> Result<(), Failure> {
    let config = Config::from_env()?;
    block_on(async { Ok(crate::serve::serve(config).await?) })
}
