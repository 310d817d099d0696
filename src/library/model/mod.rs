//! Shared assets, their versions, proposals and uses, with their parsing.

mod asset;
mod kind;
mod proposal;
mod usage;
mod version;

pub use asset::{Asset, AssetChange, Deprecation, Fork, LibraryQuery, NewAsset, NewDeprecation, NewFork, SharedAsset};
pub use kind::AssetKind;
pub use proposal::{Decision, Proposal, ProposalDetail, ProposalQuery, ProposalState, Ruling};
pub use usage::{AssetUse, NewUse, UseKind};
pub use version::{AssetVersion, NewVersion, Submitted, VersionHead};
