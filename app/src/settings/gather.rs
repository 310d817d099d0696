//! Reads and writes what the settings show.

use super::view::{
    ConnectionRow, DeviceRow, DirectoryView, FactorRow, InvitationRow, InvitedView, KeyForm, KeyView, MemberRow,
    MembersView, OwnRemovalView, SecretView, SecurityView, SessionRow,
};
use crate::{
    identity::{Told, gather::told},
    moment::Moment,
    request::Visit,
};
use hub::{
    Hub, Result,
    access::{Actor, Permission, Role},
    identity::{
        ApiKey, ConnectedAccount, CreatedKey, Factor, Invitation, Member, NewInvitation, Origin, RememberedDevice,
        Rotation, SessionView,
    },
    ids::KeyId,
    page::{MAX_LIMIT, PageRequest},
};
use serde::de::DeserializeOwned;

/// The keys that the reader may see, live ones first.
pub async fn keys(hub: &Hub, actor: &Actor) -> Result<Vec<KeyView>> {
    let now = hub.platform().clock.now();
    let view = |key: ApiKey| KeyView {
        created: Moment::of(key.created_at, now),
        expires: key.expires_at.map(|at| Moment::of(at, now)),
        last_used: key.last_used_at.map(|at| Moment::of(at, now)),
        revoked: key.revoked_at.map(|at| Moment::of(at, now)),
        expired: key.expires_at.is_some_and(|at| at <= now),
        turn: key.rotates_at.map(|at| Moment::of(at, now)),
        is_readers: key.created_by == actor.label(),
        key,
    };
    let mut keys: Vec<_> = hub.keys().list(actor).await?.into_iter().map(view).collect();
    keys.sort_by_key(|key| !key.is_live());
    Ok(keys)
}

/// Makes a key. Its secret goes to the next page by the session, for an address would keep it.
pub async fn create_key(visit: &Visit, actor: &Actor, form: KeyForm) -> Result<()> {
    show(visit, visit.hub.keys().create(actor, form.into_new()).await?).await
}

/// Makes a key in the place of another, whose secret goes to the next page in the same way.
pub async fn rotate_key(visit: &Visit, actor: &Actor, id: KeyId, overlap_hours: u32) -> Result<()> {
    show(visit, visit.hub.keys().rotate(actor, id, Rotation { overlap_hours }).await?).await
}

/// Collects the secret of a key that a schedule made, which goes to the next page in the same way.
pub async fn collect_key(visit: &Visit, actor: &Actor, id: KeyId) -> Result<()> {
    show(visit, visit.hub.keys().collect(actor, id).await?).await
}

/// The directory that keeps members.
pub async fn directory(visit: &Visit, actor: &Actor) -> Result<DirectoryView> {
    Ok(DirectoryView {
        roles: visit.hub.directory().roles(actor).await?,
        base: format!("{}/scim/v2", visit.origin),
        may_change: actor.may(Permission::MembersManage),
    })
}

async fn show(visit: &Visit, made: CreatedKey) -> Result<()> {
    let shown = SecretView { name: made.key.name, secret: made.secret, scopes: made.key.scopes.into_iter().collect() };
    visit.session.flash(serde_json::to_string(&shown)?).await
}

/// The reader's own sessions.
pub async fn sessions(visit: &Visit, actor: &Actor) -> Result<Vec<SessionRow>> {
    let now = visit.hub.platform().clock.now();
    let row = |session: SessionView| SessionRow {
        id: session.id,
        user_agent: session.user_agent,
        began: Moment::of(session.created_at, now),
        seen: Moment::of(session.seen_at, now),
        ends: Moment::of(session.expires_at, now),
        current: session.current,
    };
    let sessions = visit.hub.sessions().list(actor, visit.session.secret().as_deref()).await?;
    Ok(sessions.into_iter().map(row).collect())
}

/// Who is in the organisation: a page of the members, and the invitations that wait.
pub async fn members(hub: &Hub, actor: &Actor, cursor: Option<String>) -> Result<MembersView> {
    let now = hub.platform().clock.now();
    let may_manage = actor.may(Permission::MembersManage);
    let page = hub.identity().members(actor, &PageRequest { cursor, limit: None }).await?;
    let row = |member: Member| MemberRow {
        added: Moment::of(member.created_at, now),
        ended: member.disabled_at.map(|at| Moment::of(at, now)),
        is_reader: Some(member.id) == actor.user_id(),
        may_change: may_manage && member.role != Role::Owner && Some(member.id) != actor.user_id(),
        member,
    };
    let invitations = if may_manage {
        hub.identity().invitations(actor, &PageRequest { cursor: None, limit: Some(MAX_LIMIT) }).await?.items
    } else {
        Vec::new()
    };
    let invited = |invitation: Invitation| InvitationRow {
        invited: Moment::of(invitation.created_at, now),
        ends: Moment::of(invitation.expires_at, now),
        invitation,
    };
    Ok(MembersView {
        members: page.items.into_iter().map(row).collect(),
        next_cursor: page.next_cursor,
        invitations: invitations.into_iter().map(invited).collect(),
        may_manage,
        may_hand_over: actor.may(Permission::TenantOwn),
    })
}

/// Invites somebody. The link goes to the next page by the session, for an address would keep it.
pub async fn invite(visit: &Visit, actor: &Actor, new: NewInvitation) -> Result<()> {
    let made = visit.hub.identity().invite(actor, new).await?;
    let link = format!("{}/invitation/{}", visit.origin, made.secret);
    let shown = InvitedView { email: made.invitation.email, link };
    visit.session.flash(serde_json::to_string(&shown)?).await
}

/// What the reader is told before the organisation is removed.
pub async fn own_removal(hub: &Hub, actor: &Actor) -> Result<OwnRemovalView> {
    Ok(OwnRemovalView {
        organisation: hub.identity().organisation(actor).await?,
        grace_days: hub.platform().settings.tenant_deletion_grace_days,
        owns: actor.may(Permission::TenantOwn),
        operates: hub.tenants().may_operate(actor).await?,
    })
}

/// What was kept for this page, this once.
pub async fn kept<T: DeserializeOwned>(visit: &Visit) -> Result<Option<T>> {
    let kept = visit.session.take_flash().await?;
    Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()))
}

/// How the reader signs in.
pub async fn security(visit: &Visit, actor: &Actor, refused: bool) -> Result<SecurityView> {
    let now = visit.hub.platform().clock.now();
    let factors = visit.hub.factors();
    let recovery = factors.recovery(actor).await?;
    let row = |factor: Factor| FactorRow {
        added: Moment::of(factor.created_at, now),
        used: factor.last_used_at.map(|at| Moment::of(at, now)),
        factor,
    };
    let device = |device: RememberedDevice| DeviceRow {
        id: device.id,
        user_agent: device.user_agent,
        since: Moment::of(device.created_at, now),
        used: device.last_used_at.map(|at| Moment::of(at, now)),
        until: Moment::of(device.expires_at, now),
    };
    let connection = |known: ConnectedAccount| ConnectionRow {
        id: known.id,
        provider: known.provider.name,
        subject: known.subject,
        since: Moment::of(known.created_at, now),
        used: known.last_used_at.map(|at| Moment::of(at, now)),
    };
    let providers = visit.hub.providers();
    let told = if refused { told(visit).await? } else { None };
    let (policy, place) = (factors.policy(actor).await?, visit.place().ok());
    Ok(SecurityView {
        connections: providers.connections(actor).await?.into_iter().map(connection).collect(),
        connectable: providers.connectable(actor).await?,
        has_password: providers.has_password(actor).await?,
        refused: told.and_then(Told::refused),
        factors: factors.list(actor).await?.into_iter().map(row).collect(),
        made: recovery.made_at.map(|at| Moment::of(at, now)),
        recovery,
        devices: factors.devices(actor).await?.into_iter().map(device).collect(),
        takes_credentials: place.as_ref().is_some_and(Origin::takes_credentials),
        messages: factors.messages(actor, place.as_ref()).await?,
        needed: policy.second_factor.contains(&actor.role()),
        kinds: policy.kinds.into_iter().collect(),
    })
}

/// Makes recovery codes, which the next page shows.
pub async fn make_recovery_codes(visit: &Visit, actor: &Actor) -> Result<()> {
    let made = visit.hub.factors().make_recovery_codes(actor).await?;
    visit.session.flash(serde_json::to_string(&made.codes)?).await
}
