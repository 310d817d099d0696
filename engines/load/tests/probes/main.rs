//! Probes of several runs, and rude clients, against real servers on loopback.

mod bursts;
mod rude;
#[path = "../server/mod.rs"]
mod server;
mod steps;
