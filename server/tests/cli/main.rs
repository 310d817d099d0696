//! The commands, black box: the built binary as a process.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod bench;
mod bootstrap;
mod console;
mod hub;
mod plain;
mod process;
mod verify;
