//! What holds for every operation of the public API: who may call it, and what it does with input that nobody should send.
//! An operation without a row in [`table`] fails here.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

mod described;
mod hostile;
mod permissions;
mod table;
mod tenants;
