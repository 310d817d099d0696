//! The hub as a server: commands, configuration, the edge of HTTP, the public API.
//!
//! A request comes in through [`edge`], in the order that [`router`] names, and reaches either a page or a handler in
//! [`api`]. Handlers hold no rules: they read the request, call one use case of the core, and write its answer.

pub mod api;
pub mod cli;
pub mod config;
pub mod edge;
pub mod pages;
pub mod problem;
pub mod router;
pub mod serve;
pub mod sign_in;
pub mod site;
pub mod state;
pub mod telemetry;
pub mod upload;
