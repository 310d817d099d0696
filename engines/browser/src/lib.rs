//! Audits of a page in a real browser: timings, waterfall, pictures, accessibility.
//!
//! [`Auditor::audit`] starts the system's Chromium with an empty profile, loads the page several times on a simulated device, each time with an
//! empty cache, and ends the browser with everything that it started.
//!
//! Invariants: all traffic goes through an in-process proxy of the egress guard; the browser is spoken to through a pipe that nobody else can
//! reach; looking (`look`, `record`) and judging (`metrics`) are apart; what could not be measured is a [`Measured`] with a reason, never a zero;
//! cookie values and credentials are not kept.
//!
//! Not seen: WebSocket frames, contents of frames by axe-core, and what other systems do to this machine's speed meanwhile.

#![warn(missing_docs)]

mod accessibility;
mod auditor;
mod cdp;
mod chromium;
mod device;
mod domain;
mod error;
mod har;
mod look;
mod measured;
mod metrics;
mod observation;
mod options;
mod picture;
mod privacy;
mod record;
mod run;
mod text;
mod waterfall;

pub use accessibility::{AXE_VERSION, Accessibility, Node, RuleResult};
pub use auditor::{Audit, Auditor};
pub use device::{Device, Screen, Throttling};
pub use error::AuditError;
pub use look::read as read_axe;
pub use measured::Measured;
pub use metrics::{Metrics, PartyTotal, Traffic, TypeTotal};
pub use options::{Installation, Interaction, Limits, Options};
pub use picture::{FilmFrame, Picture};
pub use privacy::{Privacy, Purpose, Reason, Tracker, UnaskedCookie};
pub use record::{PageError, waterfall};
pub use run::{Cookie, LargestPaint, Run};
pub use waterfall::{Header, Phases, Request};
