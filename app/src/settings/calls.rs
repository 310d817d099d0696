//! Server functions of the settings.

use super::view::{
    DirectoryForm, DirectoryView, InvitedView, KeyForm, KeyView, MembersView, OwnRemovalView, PolicyForm, PolicyView,
    SecretView, SecurityView, SessionRow,
};
use crate::{
    error::WireError,
    identity::{AppView, AskedView},
};
use hub::{
    access::{Permission, Role},
    identity::{FactorKind, NewInvitation, NewMember, NewPassword},
    ids::{DeviceId, FactorId, InvitationId, KeyId, SessionId, UserId},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{
        request::{signed_in, visit},
        urls,
    },
    hub::{
        identity::{KeyRotation, MemberChange},
        tenants::OwnDeletion,
    },
    leptos_axum::redirect,
};

/// The API keys that the reader may see.
#[server(prefix = "/fn")]
pub async fn list_keys() -> Result<Vec<KeyView>, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::keys(&hub, &actor).await?)
}

/// The scopes that a key of the reader may have.
#[server(prefix = "/fn")]
pub async fn key_choices() -> Result<Vec<Permission>, WireError> {
    let (actor, _) = signed_in()?;
    Ok(actor.permissions().iter().copied().collect())
}

/// Makes an API key; the page after it shows the secret.
#[server(prefix = "/fn")]
pub async fn create_key(request: KeyForm) -> Result<(), WireError> {
    let (actor, _) = signed_in()?;
    gather::create_key(&visit(), &actor, request).await?;
    redirect(urls::CREATED_KEY);
    Ok(())
}

/// The key that was just made, this once.
#[server(prefix = "/fn")]
pub async fn created_key() -> Result<Option<SecretView>, WireError> {
    signed_in()?;
    Ok(gather::kept(&visit()).await?)
}

/// Makes a key in the place of another; the page after it shows the secret.
#[server(prefix = "/fn")]
pub async fn rotate_key(id: KeyId, overlap_hours: u32) -> Result<(), WireError> {
    let (actor, _) = signed_in()?;
    gather::rotate_key(&visit(), &actor, id, overlap_hours).await?;
    redirect(urls::CREATED_KEY);
    Ok(())
}

/// Rotates a key by itself from now on.
#[server(prefix = "/fn")]
pub async fn set_key_rotation(id: KeyId, every_days: u32, overlap_hours: u32) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.keys().set_rotation(&actor, id, KeyRotation { every_days, overlap_hours }).await?;
    redirect(urls::KEYS);
    Ok(())
}

/// Rotates a key by itself no more.
#[server(prefix = "/fn")]
pub async fn remove_key_rotation(id: KeyId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.keys().remove_rotation(&actor, id).await?;
    redirect(urls::KEYS);
    Ok(())
}

/// Collects the secret of a key that a schedule made; the page after it shows it.
#[server(prefix = "/fn")]
pub async fn collect_key(id: KeyId) -> Result<(), WireError> {
    let (actor, _) = signed_in()?;
    gather::collect_key(&visit(), &actor, id).await?;
    redirect(urls::CREATED_KEY);
    Ok(())
}

/// The directory that keeps members.
#[server(prefix = "/fn")]
pub async fn directory() -> Result<DirectoryView, WireError> {
    let (actor, _) = signed_in()?;
    Ok(gather::directory(&visit(), &actor).await?)
}

/// Says which role the groups of the directory give.
#[server(prefix = "/fn")]
pub async fn set_directory_roles(request: DirectoryForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.directory().set_roles(&actor, request.into_roles()).await?;
    redirect(urls::DIRECTORY_SET);
    Ok(())
}

/// Revokes an API key.
#[server(prefix = "/fn")]
pub async fn revoke_key(id: KeyId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.keys().revoke(&actor, id).await?;
    redirect(urls::KEYS);
    Ok(())
}

/// The reader's browser sessions.
#[server(prefix = "/fn")]
pub async fn list_sessions() -> Result<Vec<SessionRow>, WireError> {
    let (actor, _) = signed_in()?;
    Ok(gather::sessions(&visit(), &actor).await?)
}

/// Ends one of the reader's sessions.
#[server(prefix = "/fn")]
pub async fn end_session(id: SessionId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.sessions().end(&actor, id).await?;
    redirect(urls::SESSIONS);
    Ok(())
}

/// Who is in the organisation.
#[server(prefix = "/fn")]
pub async fn list_members(cursor: Option<String>) -> Result<MembersView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::members(&hub, &actor, cursor).await?)
}

/// Adds a member.
#[server(prefix = "/fn")]
pub async fn add_member(request: NewMember) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.identity().add_member(&actor, request).await?;
    redirect(urls::MEMBER_ADDED);
    Ok(())
}

/// Changes a member's role.
#[server(prefix = "/fn")]
pub async fn change_role(id: UserId, role: Role) -> Result<(), WireError> {
    change(id, MemberChange { role: Some(role), active: None }).await
}

/// Ends a membership, or renews it.
#[server(prefix = "/fn")]
pub async fn set_active(id: UserId, active: bool) -> Result<(), WireError> {
    change(id, MemberChange { role: None, active: Some(active) }).await
}

#[cfg(feature = "ssr")]
async fn change(id: UserId, change: MemberChange) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.identity().change_member(&actor, id, change).await?;
    redirect(urls::MEMBER_CHANGED);
    Ok(())
}

/// Hands the ownership over.
#[server(prefix = "/fn")]
pub async fn hand_over(to: UserId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.identity().hand_over(&actor, to).await?;
    redirect(urls::MEMBER_CHANGED);
    Ok(())
}

/// Invites somebody; the page after it shows the link.
#[server(prefix = "/fn")]
pub async fn invite(request: NewInvitation) -> Result<(), WireError> {
    let (actor, _) = signed_in()?;
    gather::invite(&visit(), &actor, request).await?;
    redirect(urls::INVITED);
    Ok(())
}

/// The invitation that was just made, this once.
#[server(prefix = "/fn")]
pub async fn invited() -> Result<Option<InvitedView>, WireError> {
    signed_in()?;
    Ok(gather::kept(&visit()).await?)
}

/// Takes an invitation back.
#[server(prefix = "/fn")]
pub async fn take_back(id: InvitationId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.identity().take_back(&actor, id).await?;
    redirect(urls::MEMBERS);
    Ok(())
}

/// What the reader is told before the organisation is removed.
#[server(prefix = "/fn")]
pub async fn own_removal() -> Result<OwnRemovalView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::own_removal(&hub, &actor).await?)
}

/// Has the reader's organisation removed, which keeps the reader out too.
#[server(prefix = "/fn")]
pub async fn remove_own_organisation(name: String) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.tenants().leave(&actor, &OwnDeletion { name }).await?;
    redirect(urls::OVERVIEW);
    Ok(())
}

/// How the reader signs in.
#[server(prefix = "/fn")]
pub async fn security(refused: bool) -> Result<SecurityView, WireError> {
    let (actor, _) = signed_in()?;
    Ok(gather::security(&visit(), &actor, refused).await?)
}

/// Changes the reader's password.
#[server(prefix = "/fn")]
pub async fn change_password(request: NewPassword) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.identity().change_password(&actor, request, visit().session.secret().as_deref()).await?;
    redirect(urls::PASSWORD_CHANGED);
    Ok(())
}

/// Begins to add an authenticator app; the page after it shows the secret.
#[server(prefix = "/fn")]
pub async fn start_app() -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::new_app(hub.factors().start_totp(&actor, "").await?.id));
    Ok(())
}

/// The authenticator app that is being added.
#[server(prefix = "/fn")]
pub async fn started_app(factor: String) -> Result<AppView, WireError> {
    let (actor, hub) = signed_in()?;
    let started = hub.factors().started_totp(&actor, FactorId::parse(&factor)?).await?;
    Ok(crate::identity::gather::app(&started)?)
}

/// Confirms the app by its code.
#[server(prefix = "/fn")]
pub async fn confirm_app(factor: FactorId, code: String) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.factors().confirm_totp(&actor, factor, &code).await?;
    redirect(urls::FACTOR_ADDED);
    Ok(())
}

/// The options for a passkey or a security key to be added.
#[server(prefix = "/fn")]
pub async fn new_credential(kind: FactorKind) -> Result<AskedView, WireError> {
    let (actor, hub) = signed_in()?;
    let offered = hub.factors().start_credential(&actor, kind, &visit().place()?).await?;
    Ok(crate::identity::gather::asked(kind, offered))
}

/// Adds the passkey or security key that the browser made.
#[server(prefix = "/fn")]
pub async fn add_credential(ceremony: String, name: String, credential: String) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let answer = crate::identity::answer(&credential)?;
    hub.factors().add_credential(&actor, (&ceremony, &name), &answer, &visit().place()?).await?;
    redirect(urls::FACTOR_ADDED);
    Ok(())
}

/// Removes a second factor.
#[server(prefix = "/fn")]
pub async fn remove_factor(id: FactorId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.factors().remove(&actor, id).await?;
    redirect(urls::SECURITY);
    Ok(())
}

/// Makes recovery codes; the page after it shows them.
#[server(prefix = "/fn")]
pub async fn make_recovery_codes() -> Result<(), WireError> {
    let (actor, _) = signed_in()?;
    gather::make_recovery_codes(&visit(), &actor).await?;
    redirect(urls::RECOVERY_CODES);
    Ok(())
}

/// The recovery codes that were just made, this once.
#[server(prefix = "/fn")]
pub async fn recovery_codes() -> Result<Option<Vec<String>>, WireError> {
    signed_in()?;
    Ok(gather::kept(&visit()).await?)
}

/// Forgets a remembered browser.
#[server(prefix = "/fn")]
pub async fn forget_device(id: DeviceId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.factors().forget(&actor, id).await?;
    redirect(urls::SECURITY);
    Ok(())
}

/// What is asked of those who sign in.
#[server(prefix = "/fn")]
pub async fn sign_in_policy() -> Result<PolicyView, WireError> {
    let (actor, hub) = signed_in()?;
    let policy = hub.factors().policy(&actor).await?;
    let sends_messages = hub.platform().sms.is_some();
    Ok(PolicyView { policy, may_change: actor.may(Permission::MembersManage), sends_messages })
}

/// Sets what is asked of those who sign in.
#[server(prefix = "/fn")]
pub async fn set_sign_in_policy(request: PolicyForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.factors().set_policy(&actor, request.into_policy()).await?;
    redirect(urls::SIGN_IN_POLICY_SET);
    Ok(())
}
