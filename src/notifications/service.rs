//! Telling members, and what they do with their inboxes.

use super::{
    model::{About, Choices, Notification, NotificationKind, NotificationQuery, Unread},
    rules::{Standing, is_told},
    store,
};
use crate::{
    Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    identity::Identity,
    ids::{NotificationId, UserId},
    page::Page,
    platform::{
        Platform,
        db::{Realm, Tx},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// How long a notification is kept, read or not.
pub const RETENTION: TimeDelta = TimeDelta::days(90);
/// Longest title.
const MAX_TITLE: usize = 200;
/// Longest body; a reason may hold the words of a whole stack of causes.
const MAX_BODY: usize = 1_000;

/// What members are told.
pub(crate) struct News<'a> {
    /// What it tells of.
    pub kind: NotificationKind,
    /// Who started or owns the thing, as `created_by` columns have it.
    pub whose: &'a str,
    /// What happened, in a few words.
    pub title: String,
    /// Why, in a sentence or two.
    pub body: String,
    /// The thing that it happened to.
    pub about: About,
}

/// Writes the news into the inboxes of those who want it, in the transaction of what it tells of.
pub(crate) async fn tell(tx: &Tx, scope: &Scope, now: DateTime<Utc>, news: News<'_>) -> Result<()> {
    let members = crate::identity::members(tx, scope).await?;
    let chosen = store::all_choices(tx, scope).await?;
    let is_orphan = members.iter().all(|member| member.email != news.whose);
    let told = members.iter().filter(|member| {
        let reach = chosen.get(&member.id).copied().unwrap_or_default().of(news.kind);
        is_told(news.kind, reach, Standing { role: member.role, is_mine: member.email == news.whose, is_orphan })
    });
    let told: Vec<_> = told.map(|member| member.id).collect();
    let line = Notification {
        id: NotificationId::generate(),
        kind: news.kind,
        title: shortened(news.title, MAX_TITLE),
        body: shortened(news.body, MAX_BODY),
        about: news.about,
        created_at: now,
        read_at: None,
    };
    store::add(tx, scope, &told, &line).await
}

fn shortened(text: String, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

/// The inbox of a member. A key reads that of the member who made it.
pub struct Notifications<'a> {
    platform: &'a Platform,
}

impl<'a> Notifications<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    async fn reader(&self, tx: &Tx, scope: &Scope, actor: &Actor) -> Result<UserId> {
        Identity::new(self.platform).person(tx, scope, actor).await
    }

    /// The member's notifications, newest first. Needs `notifications:read`.
    pub async fn list(&self, actor: &Actor, query: &NotificationQuery) -> Result<Page<Notification>> {
        let scope = actor.require(Permission::NotificationsRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let reader = self.reader(&tx, &scope, actor).await?;
        store::list(&tx, &scope, reader, query).await
    }

    /// How many the member has not read. Needs `notifications:read`.
    pub async fn unread(&self, actor: &Actor) -> Result<Unread> {
        let scope = actor.require(Permission::NotificationsRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let reader = self.reader(&tx, &scope, actor).await?;
        Ok(Unread { unread: store::unread(&tx, &scope, reader).await? })
    }

    /// Marks one as read; again changes nothing. Needs `notifications:read`. That somebody read something is their own
    /// affair, so it is not audited.
    pub async fn read(&self, actor: &Actor, id: NotificationId) -> Result<Notification> {
        let scope = actor.require(Permission::NotificationsRead)?;
        let tx = self.platform.db.write(&scope).await?;
        let reader = self.reader(&tx, &scope, actor).await?;
        store::mark_read(&tx, &scope, reader, Some(id), self.platform.clock.now()).await?;
        let read = store::find(&tx, &scope, reader, id).await?;
        tx.commit().await?;
        Ok(read)
    }

    /// Marks all as read. Needs `notifications:read`.
    pub async fn read_all(&self, actor: &Actor) -> Result<Unread> {
        let scope = actor.require(Permission::NotificationsRead)?;
        let tx = self.platform.db.write(&scope).await?;
        let reader = self.reader(&tx, &scope, actor).await?;
        store::mark_read(&tx, &scope, reader, None, self.platform.clock.now()).await?;
        tx.commit().await?;
        Ok(Unread { unread: 0 })
    }

    /// What the member wants to be told. Needs `notifications:read`.
    pub async fn choices(&self, actor: &Actor) -> Result<Choices> {
        let scope = actor.require(Permission::NotificationsRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let reader = self.reader(&tx, &scope, actor).await?;
        store::choices(&tx, &scope, reader).await
    }

    /// Chooses what the member is told from now on. Needs `notifications:read`.
    pub async fn choose(&self, actor: &Actor, chosen: Choices) -> Result<Choices> {
        let scope = actor.require(Permission::NotificationsRead)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let reader = self.reader(&tx, &scope, actor).await?;
        store::choose(&tx, &scope, reader, now, &chosen).await?;
        let change = Change {
            action: "notifications.chosen",
            object: UserId::WHAT,
            object_id: reader.to_string(),
            detail: json!(chosen),
            event: None,
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await?;
        Ok(chosen)
    }

    /// Removes everybody's that are older than [`RETENTION`]; how many.
    pub async fn prune(&self) -> Result<u64> {
        let tx = self.platform.db.realm(Realm::Dispatch).await?;
        let pruned = store::prune(&tx, self.platform.clock.now() - RETENTION).await?;
        tx.commit().await?;
        Ok(pruned)
    }
}
