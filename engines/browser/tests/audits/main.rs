//! Audits of real pages on loopback with the system's Chromium. Without one they fail: a test that did not run has shown nothing.

#![expect(clippy::unwrap_used, reason = "a failed setup fails the test")]

mod accessibility;
mod egress;
mod ends;
mod processes;
mod setup;
mod site;
mod timings;
mod traffic;
