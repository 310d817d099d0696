//! Each capability used as it is meant, over HTTP, and the main job from the first registration to the verified pack.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

mod audit;
mod compliance;
mod gates;
mod imports;
mod lab;
mod library;
mod main_job;
mod notifications;
mod organisations;
mod privacy;
mod retention;
mod schedules;
mod sharing;
mod shop;
mod systems;
mod usage;
mod workspaces;
