//! The library: assets that workspaces share.

mod calls;
#[cfg(feature = "ssr")]
mod diff;
mod form;
#[cfg(feature = "ssr")]
mod gather;
mod list;
mod manage;
mod page;
mod parts;
mod reviews;
mod share;
mod uses;
mod versions;
pub(crate) mod view;

pub use calls::{
    ChangeAsset, DecideProposal, DeprecateAsset, ForkAsset, RemoveAsset, RestoreAsset, ShareAsset, SubmitVersion,
    UseAsset, WithdrawProposal, asset_page, change_asset, decide_proposal, deprecate_asset, fork_asset, list_assets,
    list_proposals, remove_asset, restore_asset, share_asset, share_choices, submit_version, use_asset,
    withdraw_proposal,
};
pub use list::LibraryPage;
pub use page::AssetPage;
pub use reviews::ProposalsPage;
pub use share::ShareAssetPage;
