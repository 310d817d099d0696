//! The organisations of the hub, for those who run it: making them, their tiers, keeping their people out, removing them.

mod calls;
#[cfg(feature = "ssr")]
mod gather;
mod invited;
mod list;
mod page;
pub(crate) mod view;

pub use calls::{
    CreateOrganisation, DeleteOrganisation, InviteOwner, RestoreOrganisation, ResumeOrganisation, SetOrganisationTier,
    SuspendOrganisation, create_organisation, delete_organisation, invite_owner, invited_owner, list_organisations,
    may_make_organisation, organisation_page, restore_organisation, resume_organisation, set_organisation_tier,
    suspend_organisation,
};
pub use invited::InvitedOwnerPage;
pub use list::{NewOrganisationPage, OrganisationsPage};
pub use page::OrganisationPage;
