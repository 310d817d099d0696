//! Reads and writes what the settings show.

use super::view::{KeyForm, KeyView, MembersView, SecretView, SessionRow};
use crate::{moment::Moment, request::Visit};
use hub::{
    Hub, Result,
    access::{Actor, Permission},
    identity::{ApiKey, SessionView},
};

/// The keys that the reader may see, live ones first.
pub async fn keys(hub: &Hub, actor: &Actor) -> Result<Vec<KeyView>> {
    let now = hub.platform().clock.now();
    let view = |key: ApiKey| KeyView {
        created: Moment::of(key.created_at, now),
        expires: key.expires_at.map(|at| Moment::of(at, now)),
        last_used: key.last_used_at.map(|at| Moment::of(at, now)),
        revoked: key.revoked_at.map(|at| Moment::of(at, now)),
        expired: key.expires_at.is_some_and(|at| at <= now),
        key,
    };
    let mut keys: Vec<_> = hub.keys().list(actor).await?.into_iter().map(view).collect();
    keys.sort_by_key(|key| !key.is_live());
    Ok(keys)
}

/// Makes a key. Its secret goes to the next page by the session, for an address would keep it.
pub async fn create_key(visit: &Visit, actor: &Actor, form: KeyForm) -> Result<()> {
    let made = visit.hub.keys().create(actor, form.into_new()).await?;
    let shown = SecretView { name: made.key.name, secret: made.secret, scopes: made.key.scopes.into_iter().collect() };
    visit.session.flash(serde_json::to_string(&shown)?).await
}

/// The key that was just made, this once.
pub async fn created_key(visit: &Visit) -> Result<Option<SecretView>> {
    let kept = visit.session.take_flash().await?;
    Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()))
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

/// Who is in the workspace.
pub async fn members(hub: &Hub, actor: &Actor) -> Result<MembersView> {
    let now = hub.platform().clock.now();
    let members = hub.identity().members(actor).await?;
    let members = members.into_iter().map(|member| (member.clone(), Moment::of(member.created_at, now))).collect();
    Ok(MembersView { members, may_add: actor.may(Permission::MembersManage) })
}
