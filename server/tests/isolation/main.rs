//! Organisations are kept apart by the database itself, under load, by every instance, and through a pool in between.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

mod bouncer;
mod instances;
mod interleaved;
mod policies;
