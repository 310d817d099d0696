//! The library: what the teams of a tenant share. Golden paths, policies, governance profiles, cohorts, prompts, dashboards
//! and documents, each in versions that never change, found by their words and tags, forked with their provenance.
//!
//! An asset belongs to a workspace, and who may do what to it is that workspace's to say. Where a workspace wants changes
//! reviewed, a version is proposed and somebody else approves it. A golden path or a policy can be used for a system: what
//! the system then has is a copy of one version, and as long as the system has it unchanged the asset can't be removed.

#[cfg(feature = "backend")]
mod content;
#[cfg(feature = "backend")]
mod desk;
mod model;
#[cfg(feature = "backend")]
mod proposals;
#[cfg(feature = "backend")]
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;
#[cfg(feature = "backend")]
mod uses;
#[cfg(feature = "backend")]
mod versions;

pub use model::{
    Asset, AssetChange, AssetKind, AssetUse, AssetVersion, Decision, Deprecation, Fork, LibraryQuery, NewAsset,
    NewDeprecation, NewFork, NewUse, NewVersion, Proposal, ProposalDetail, ProposalQuery, ProposalState, Ruling,
    SharedAsset, Submitted, UseKind, VersionHead,
};
#[cfg(feature = "backend")]
pub use service::Library;
#[cfg(feature = "backend")]
pub(crate) use store::{ASSETS, index_anew};
