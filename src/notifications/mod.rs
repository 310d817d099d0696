//! Notifications: a member's inbox in the pages. One is written in the transaction of what it tells of, a row for each
//! member whom it reaches, so that nothing is told that did not happen and nothing that happened is told twice.

mod model;
#[cfg(feature = "backend")]
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;

pub use model::{About, Choices, Notification, NotificationKind, NotificationQuery, Reach, Unread};
#[cfg(feature = "backend")]
pub(crate) use rules::{VerdictNews, news_of};
#[cfg(feature = "backend")]
pub(crate) use service::{News, tell};
#[cfg(feature = "backend")]
pub use service::{Notifications, RETENTION};
