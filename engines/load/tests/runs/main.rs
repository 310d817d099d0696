//! Runs against real servers on loopback.

mod ends;
mod errors;
mod models;
mod plans;
mod protocols;
#[path = "../server/mod.rs"]
mod server;
