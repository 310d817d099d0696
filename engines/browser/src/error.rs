//! Why an audit could not be made.

use std::time::Duration;

/// An audit that could not be made at all; single values that could not be measured are a [`crate::Measured`] with a reason instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// There is no browser on this machine, so nothing was measured.
    #[error("not measured: no Chromium was found ({0})")]
    NoBrowser(String),
    /// The browser is there and did not start.
    #[error("not measured: Chromium did not start: {0}")]
    Launch(String),
    /// An option is out of its range.
    #[error("{field}: {allowed}")]
    Option {
        /// The option's name.
        field: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The egress guard refuses the page's address.
    #[error("the address was refused: {0}")]
    Refused(String),
    /// The page did not load.
    #[error("the page did not load: {0}")]
    Page(String),
    /// The process that showed the page ended.
    #[error("the page crashed")]
    PageCrashed,
    /// The browser ended before the audit did.
    #[error("the browser ended unexpectedly")]
    BrowserGone,
    /// The audit took longer than allowed; what it measured until then is incomplete and was dropped.
    #[error("the audit took longer than its time limit of {} s", .0.as_secs_f64())]
    TimeLimit(Duration),
    /// The browser does not do what this crate expects of it.
    #[error("the browser refused {method}: {message}")]
    Protocol {
        /// The method of the DevTools protocol.
        method: String,
        /// The browser's message.
        message: String,
    },
}
