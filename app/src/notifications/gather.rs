//! Reads what the inbox shows.

use super::view::{InboxLine, InboxView};
use crate::{moment::Moment, urls};
use hub::{
    Hub, Result,
    access::Actor,
    notifications::{About, Notification, NotificationKind, NotificationQuery},
};

/// Notifications on one part of the list.
const LINES: u32 = 25;

/// A part of the reader's inbox.
pub async fn inbox(
    hub: &Hub,
    actor: &Actor,
    all: bool,
    (kind, cursor): (Option<String>, Option<String>),
) -> Result<InboxView> {
    let now = hub.platform().clock.now();
    let kind = kind.as_deref().and_then(NotificationKind::parse);
    let query = NotificationQuery { cursor, limit: Some(LINES), unread: (!all).then_some(true), kind };
    let page = hub.notifications().list(actor, &query).await?;
    let line = |line: Notification| InboxLine {
        id: line.id,
        kind: line.kind,
        title: line.title,
        body: line.body,
        href: href(line.about),
        at: Moment::of(line.created_at, now),
        is_read: line.read_at.is_some(),
    };
    Ok(InboxView {
        lines: page.items.into_iter().map(line).collect(),
        next: page.next_cursor,
        all,
        kind,
        unread: hub.notifications().unread(actor).await?.unread,
    })
}

/// The page of the thing.
fn href(about: About) -> String {
    match about {
        About::Benchmark(id) => urls::run(id),
        About::Validation(id) => urls::validation(id),
        About::Schedule(id) => urls::schedule(id),
        About::Key(_) => urls::KEYS.to_owned(),
        About::PrivacyRequest(_) => urls::OWN_PRIVACY.to_owned(),
        About::Usage(_) => urls::USAGE.to_owned(),
    }
}
