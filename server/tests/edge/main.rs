//! The edge, black box: the real router on a real port.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod idempotency;
mod limits;
mod requests;
mod shared_limits;
mod shutdown;
