//! What the pages of organisations show.

use crate::{moment::Moment, ui::Meaning};
use hub::tenants::{Organisation, OrganisationState, Tier};
use serde::{Deserialize, Serialize};

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationsView {
    /// The organisations, newest first.
    pub organisations: Vec<OrganisationItem>,
    /// The cursor of the next part.
    pub next: Option<String>,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationItem {
    /// The organisation.
    pub organisation: Organisation,
    /// When it was made.
    pub made: Moment,
    /// Since when its people are kept out.
    pub suspended: Option<Moment>,
    /// When everything of it goes.
    pub goes: Option<Moment>,
    /// Days between the decision that one goes and its removal.
    pub grace_days: u32,
}

/// The link that makes somebody the first owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedOwnerView {
    /// The organisation.
    pub organisation: String,
    /// Who is invited.
    pub email: String,
    /// The link.
    pub link: String,
}

/// A state as a badge shows it.
pub(super) fn words_of_state(state: OrganisationState) -> (Meaning, &'static str) {
    match state {
        OrganisationState::Active => (Meaning::Pass, "Active"),
        OrganisationState::Suspended => (Meaning::Warn, "Suspended"),
        OrganisationState::Leaving => (Meaning::Fail, "Leaving"),
    }
}

/// A tier's name.
pub(super) fn words_of_tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Basic => "Basic",
        Tier::Professional => "Professional",
        Tier::Enterprise => "Enterprise",
    }
}
