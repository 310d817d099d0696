//! Scorecards for those without an account: links that show one scorecard and nothing else, and badges.
//!
//! A link's token is 256 random bits, shown once and kept as its hash alone. Whoever holds it sees scores, grades and
//! metrics: no address of an environment, no run, no reason that an error wrote, no other version. Unknown, expired and
//! revoked tokens are the same to whoever tries them, and a revoked one is dead at once.

#[cfg(feature = "backend")]
mod badge;
mod model;
#[cfg(feature = "backend")]
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;

#[cfg(feature = "backend")]
pub use badge::{Badge, Tone};
pub use model::{
    BadgeQuery, BadgeShows, CreatedShare, NewShare, Share, SharedBadgeQuery, SharedCard, SharedDimension,
    SharedScorecard, shared_badge_path, shared_path,
};
#[cfg(feature = "backend")]
pub use service::Sharing;
