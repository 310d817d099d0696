//! Reads what the pages of privacy show.

use super::view::{AgedLine, ConsentLine, ConsentsView, OwnView, RegisterView, RequestLine, RequestsView};
use crate::{choosing, moment::Moment};
use chrono::{DateTime, Utc};
use hub::{
    Error, Hub, Result,
    access::{Actor, Permission, Role},
    privacy::{Consent, ConsentQuery, PrivacyRequest, RequestKind, RequestQuery, RequestState},
};

/// Rows of the reader's own lists.
const OWN_ROWS: u32 = 20;

fn line(request: PrivacyRequest, now: DateTime<Utc>) -> RequestLine {
    RequestLine {
        asked: Moment::of(request.created_at, now),
        due: request.due_at.map(|at| Moment::of(at, now)),
        finished: request.finished_at.map(|at| Moment::of(at, now)),
        request,
    }
}

fn said(consent: Consent, now: DateTime<Utc>) -> ConsentLine {
    ConsentLine { at: Moment::of(consent.at, now), consent }
}

/// The reader's own requests and consents.
pub async fn own(hub: &Hub, actor: &Actor) -> Result<OwnView> {
    let now = hub.platform().clock.now();
    let query = RequestQuery { limit: Some(OWN_ROWS), ..RequestQuery::default() };
    let requests = hub.privacy().own_requests(actor, &query).await?.items;
    let query = ConsentQuery { limit: Some(OWN_ROWS), ..ConsentQuery::default() };
    let history = hub.privacy().own_consents(actor, &query).await?.items;
    Ok(OwnView {
        requests: requests.into_iter().map(|request| line(request, now)).collect(),
        purposes: hub.privacy().purposes(actor).await?,
        history: history.into_iter().map(|consent| said(consent, now)).collect(),
        is_owner: actor.role() == Role::Owner,
        may_read: actor.may(Permission::PrivacyRead),
    })
}

/// Everybody's requests.
pub async fn requests(
    hub: &Hub,
    actor: &Actor,
    (kind, state, cursor): (Option<String>, Option<String>, Option<String>),
) -> Result<RequestsView> {
    let now = hub.platform().clock.now();
    let wrong = |pointer: &str| Error::invalid(pointer, "This is none of those that can be chosen.");
    let kind = kind.map(|text| RequestKind::parse(&text).ok_or_else(|| wrong("/kind"))).transpose()?;
    let state = state.map(|text| RequestState::parse(&text).ok_or_else(|| wrong("/state"))).transpose()?;
    let page = hub.privacy().requests(actor, &RequestQuery { cursor, limit: None, kind, state }).await?;
    let may_manage = actor.may(Permission::PrivacyManage);
    let members = if may_manage { choosing::members(hub, actor).await? } else { Vec::new() };
    Ok(RequestsView {
        requests: page.items.into_iter().map(|request| line(request, now)).collect(),
        next: page.next_cursor,
        members: members.into_iter().map(|member| (member.id, member.email)).collect(),
        may_manage,
    })
}

/// Everybody's consents.
pub async fn consents(hub: &Hub, actor: &Actor, cursor: Option<String>) -> Result<ConsentsView> {
    let now = hub.platform().clock.now();
    let page = hub.privacy().consents(actor, &ConsentQuery { cursor, ..ConsentQuery::default() }).await?;
    Ok(ConsentsView {
        purposes: hub.privacy().purposes(actor).await?,
        decisions: page.items.into_iter().map(|consent| said(consent, now)).collect(),
        next: page.next_cursor,
        may_manage: actor.may(Permission::PrivacyManage),
    })
}

/// What would be removed now.
pub async fn retention(hub: &Hub, actor: &Actor) -> Result<Vec<AgedLine>> {
    let now = hub.platform().clock.now();
    let kinds = hub.privacy().retention(actor).await?;
    let line = |aged: hub::privacy::Aged| AgedLine { oldest: aged.oldest_kept.map(|at| Moment::of(at, now)), aged };
    Ok(kinds.into_iter().map(line).collect())
}

/// The register of processing.
pub async fn register(hub: &Hub, actor: &Actor) -> Result<RegisterView> {
    let activities = hub.privacy().register(actor).await?.activities;
    Ok(RegisterView { activities, may_manage: actor.may(Permission::PrivacyManage) })
}
