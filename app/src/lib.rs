//! The pages of System Builder Hub.
//!
//! A page reads through resources and writes through server actions that work as plain forms when WASM is off. A server
//! function is two statements: who is asking ([`request`]), and the use case. View state lives in the URL.

pub mod audit;
#[cfg(feature = "ssr")]
mod choosing;
pub mod error;
pub mod evidence;
pub mod gates;
pub mod identity;
pub mod lab;
pub mod library;
pub mod moment;
pub mod notifications;
pub mod organisations;
pub mod overview;
pub mod privacy;
pub mod providers;
pub mod reading;
#[cfg(feature = "ssr")]
pub mod request;
mod routes;
pub mod schedules;
pub mod search;
pub mod settings;
pub mod sharing;
pub mod shell;
pub mod standing;
pub mod systems;
pub mod ui;
pub mod urls;
pub mod workspaces;

pub use routes::App;
