//! Reads and writes what the pages of organisations show.

use super::view::{InvitedOwnerView, OrganisationItem, OrganisationsView};
use crate::{moment::Moment, request::Visit, urls};
use hub::{
    Hub, Result,
    access::Actor,
    ids::TenantId,
    page::PageRequest,
    tenants::{NewOrganisation, NewOwnerInvitation, Organisation, OwnerInvitation},
};
use serde::de::DeserializeOwned;

fn item(hub: &Hub, organisation: Organisation) -> OrganisationItem {
    let now = hub.platform().clock.now();
    OrganisationItem {
        made: Moment::of(organisation.created_at, now),
        suspended: organisation.suspended_at.map(|at| Moment::of(at, now)),
        goes: organisation.delete_after.map(|at| Moment::of(at, now)),
        grace_days: hub.platform().settings.tenant_deletion_grace_days,
        organisation,
    }
}

/// A part of the list.
pub async fn organisations(hub: &Hub, actor: &Actor, cursor: Option<String>) -> Result<OrganisationsView> {
    let page = hub.tenants().list(actor, &PageRequest { cursor, limit: None }).await?;
    Ok(OrganisationsView {
        organisations: page.items.into_iter().map(|organisation| item(hub, organisation)).collect(),
        next: page.next_cursor,
    })
}

/// An organisation.
pub async fn organisation(hub: &Hub, actor: &Actor, id: &str) -> Result<OrganisationItem> {
    Ok(item(hub, hub.tenants().get(actor, TenantId::parse(id)?).await?))
}

/// Makes an organisation, and says where to go from there. A link goes to the next page by the session, for an address would
/// keep it.
pub async fn create(visit: &Visit, actor: &Actor, new: NewOrganisation) -> Result<String> {
    let made = visit.hub.tenants().create(actor, new).await?;
    match made.invitation {
        Some(invitation) => show(visit, made.organisation.name, invitation).await,
        None => Ok(urls::organisation_done(made.organisation.id, "made")),
    }
}

/// Invites another first owner, and says where to go from there.
pub async fn invite(visit: &Visit, actor: &Actor, id: TenantId, email: String) -> Result<String> {
    let organisation = visit.hub.tenants().get(actor, id).await?;
    let invitation = visit.hub.tenants().invite_owner(actor, id, NewOwnerInvitation { email }).await?;
    show(visit, organisation.name, invitation).await
}

async fn show(visit: &Visit, organisation: String, invitation: OwnerInvitation) -> Result<String> {
    let link = format!("{}/invitation/{}", visit.origin, invitation.secret);
    let shown = InvitedOwnerView { organisation, email: invitation.email, link };
    visit.session.flash(serde_json::to_string(&shown)?).await?;
    Ok(urls::INVITED_OWNER.to_owned())
}

/// What was kept for this page, this once.
pub async fn kept<T: DeserializeOwned>(visit: &Visit) -> Result<Option<T>> {
    let kept = visit.session.take_flash().await?;
    Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()))
}
