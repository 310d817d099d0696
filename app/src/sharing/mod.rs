//! Scorecards for those without an account: the links on a scorecard's page, the page of a link that was just made, and
//! what a link shows.

mod calls;
#[cfg(feature = "ssr")]
pub(crate) mod gather;
mod made;
mod section;
mod shared;
mod view;

pub use calls::{MakeShare, RevokeShare, made_share, make_share, revoke_share, shared_page};
pub use made::MadeSharePage;
pub(crate) use section::Sharing;
pub use shared::SharedPage;
pub(crate) use view::SharingView;
