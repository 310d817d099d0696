//! Reads and writes what pages show of share links.

use super::view::{KeptShare, MadeView, ShareForm, ShareRow, SharedView, SharingView};
use crate::{
    lab::radar::{Web, radar},
    moment::Moment,
    request::Visit,
    urls,
};
use hub::{
    Hub, Result,
    access::{Actor, Permission},
    ids::SystemId,
    lab::Scorecard,
    page::PageRequest,
    sharing::{Share, shared_badge_path, shared_path},
    systems::SystemDetail,
};

/// Links on one part of the list.
const SHARES: u32 = 20;

/// The links to a system's scorecards, beside one of these.
pub(crate) async fn beside(
    hub: &Hub,
    actor: &Actor,
    detail: &SystemDetail,
    card: &Scorecard,
    cursor: Option<String>,
) -> Result<SharingView> {
    let system = detail.system.id;
    let now = hub.platform().clock.now();
    let here = urls::scorecard_in(system, Some(&card.version), card.environment_id);
    let first = cursor.as_ref().map(|_| format!("{here}#share"));
    let page = hub.sharing().list(actor, system, &PageRequest { cursor, limit: Some(SHARES) }).await?;
    let named = |share: &Share| {
        let found = detail.environments.iter().find(|it| Some(it.id) == share.environment_id);
        found.map(|environment| environment.name.clone())
    };
    let row = |share: Share| ShareRow {
        environment: named(&share),
        made: Moment::of(share.created_at, now),
        ends: share.expires_at.map(|at| Moment::of(at, now)),
        revoked: share.revoked_at.map(|at| Moment::of(at, now)),
        live: share.is_live(now),
        share,
    };
    Ok(SharingView {
        system,
        version: card.version.clone(),
        environment: card.environment_id,
        shares: page.items.into_iter().map(row).collect(),
        next: page.next_cursor.map(|cursor| format!("{here}&shares={}#share", urls::url_encoded(&cursor))),
        first,
        badge: urls::badge(system, &card.version, card.environment_id),
        may_share: actor.may(Permission::LabShare),
    })
}

/// Makes a link. Its token goes to the next page by the session, for an address would keep it.
pub async fn make(visit: &Visit, actor: &Actor, form: ShareForm) -> Result<SystemId> {
    let (system, new) = form.into_new()?;
    let made = visit.hub.sharing().create(actor, system, new).await?;
    let kept = KeptShare { system, name: made.share.name, token: made.token };
    visit.session.flash(serde_json::to_string(&kept)?).await?;
    Ok(system)
}

/// The link that was just made, this once.
pub async fn made(visit: &Visit, actor: &Actor, system: SystemId) -> Result<Option<MadeView>> {
    let detail = visit.hub.systems().get(actor, system).await?;
    let kept = visit.session.take_flash().await?;
    let kept: Option<KeptShare> = kept.and_then(|kept| serde_json::from_str(&kept).ok());
    let origin = &visit.origin;
    Ok(kept.filter(|kept| kept.system == system).map(|kept| MadeView {
        name: kept.name,
        system: detail.system.name,
        url: format!("{origin}{}", shared_path(&kept.token)),
        badge: format!("{origin}{}", shared_badge_path(&kept.token)),
    }))
}

/// What a link shows.
pub async fn shared(hub: &Hub, token: &str) -> Result<SharedView> {
    let now = hub.platform().clock.now();
    let found = hub.sharing().open(token).await?;
    let measured = found.card.as_ref().map(|card| Moment::of(card.measured_at, now));
    let web = found.card.as_ref().map(|card| Web {
        version: &card.version,
        scores: card.dimensions.iter().map(|row| (row.dimension, row.score)).collect(),
    });
    // What the version before scored is not shared.
    let drawn = web.map(|web| radar(&web, None)).transpose()?.flatten();
    Ok(SharedView { found, radar: drawn, measured })
}
