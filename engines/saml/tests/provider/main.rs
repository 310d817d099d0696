//! A service provider among identity providers that we did not write, and among people who forge.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod forged;
mod forgeries;
mod genuine;
mod keys;
mod logout;
mod metadata;
mod mutations;
mod requests;
mod support;
