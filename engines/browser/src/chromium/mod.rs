//! The browser as a process: found, started on a profile of its own, and ended with everything that it started.

mod find;
mod flags;
mod process;

pub(crate) use find::find;
pub(crate) use process::Chromium;
