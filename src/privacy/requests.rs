//! Asking, taking back, looking.

use super::{
    export::ExportDocument,
    job::{ERASE, EXPORT, Payload},
    model::{NewRequest, PrivacyRequest, RequestKind, RequestQuery, RequestState},
    people_rows,
    rules::{GRACE_DAYS, erasable},
    service::{Privacy, person},
    store::{self, Becomes, New, Stored},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    identity::recent,
    ids::{PrivacyRequestId, UserId},
    notifications::{self, About, News, NotificationKind},
    page::Page,
    platform::{
        db::Tx,
        queue::{self, NewJob, Priority},
    },
};
use chrono::TimeDelta;
use serde_json::json;

impl Privacy<'_> {
    /// Asks for a person's data or for their erasure: one's own, or with `privacy:manage` a member's. Needs `account:manage`,
    /// and that the person showed lately who they are.
    ///
    /// # Errors
    /// Conflict while one waits already, and for the owner's erasure.
    pub async fn ask(&self, actor: &Actor, kind: RequestKind, new: NewRequest) -> Result<PrivacyRequest> {
        let (scope, subject) = self.about(actor, new.member_id)?;
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let tx = self.platform.db.write(&scope).await?;
        let known = people_rows::whole_account(&tx, &scope, subject).await?;
        let known = known.ok_or_else(|| Error::not_found(UserId::WHAT))?;
        if kind == RequestKind::Erasure {
            erasable(&known.role)?;
        }
        if store::waits(&tx, &scope, kind, subject).await? {
            return Err(Error::conflict(format!("An {} of this person waits already.", kind.as_str())));
        }
        let id = PrivacyRequestId::generate();
        let (due_at, job) = match kind {
            RequestKind::Export => (None, EXPORT),
            RequestKind::Erasure => (Some(now + TimeDelta::days(GRACE_DAYS.into())), ERASE),
        };
        let work = NewJob {
            kind: job,
            payload: serde_json::to_value(Payload { request: id })?,
            priority: Priority::Normal,
            max_attempts: 5,
        };
        let job = queue::enqueue_at(&tx, &scope, (now, due_at.unwrap_or(now)), work).await?;
        let asked_by = actor.label();
        let new = New { id, kind, subject, asked_by: (&asked_by, actor.user_id()), due_at, job };
        store::add(&tx, &scope, now, new).await?;
        let detail = json!({ "request": id, "due_at": due_at });
        self.log(&tx, &scope, actor, (&format!("privacy.{}.requested", kind.as_str()), subject), detail).await?;
        let made = store::find(&tx, &scope, id).await?.request;
        if actor.user_id() != Some(subject) {
            let (title, body) = match kind {
                RequestKind::Export => {
                    ("the data", "It can be downloaded by you and by those who answer for the organisation.")
                }
                RequestKind::Erasure => ("the erasure", "It can be taken back until it is due, in Settings › Privacy."),
            };
            let news = News {
                kind: NotificationKind::DataRequested,
                whose: &known.email,
                title: format!("{asked_by} asked for {title} of {}", known.email),
                body: body.to_owned(),
                about: About::PrivacyRequest(id),
            };
            notifications::tell(&tx, &scope, now, news).await?;
        }
        tx.commit().await?;
        self.platform.work.raise();
        Ok(made)
    }

    /// Takes an erasure back while it waits. Whoever it is about may, and with `privacy:manage` others. Needs
    /// `account:manage`.
    ///
    /// # Errors
    /// Conflict once it is over, and for an export.
    pub async fn take_back(&self, actor: &Actor, id: PrivacyRequestId) -> Result<PrivacyRequest> {
        let scope = actor.require(Permission::AccountManage)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let stored = store::lock(&tx, &scope, id).await?;
        self.may_see(actor, &stored, Permission::PrivacyManage)?;
        if stored.request.kind != RequestKind::Erasure || stored.request.state != RequestState::Waiting {
            return Err(Error::conflict("Only an erasure that waits can be taken back."));
        }
        queue::cancel(&tx, &scope, now, stored.job).await?;
        let step = (id, RequestState::Waiting, RequestState::Cancelled);
        if !store::turn(&tx, &scope, now, step, Becomes::default()).await? {
            return Err(Error::conflict("The erasure is over already."));
        }
        let what = ("privacy.erasure.cancelled", stored.request.subject_id);
        self.log(&tx, &scope, actor, what, json!({ "request": id })).await?;
        let taken = store::find(&tx, &scope, id).await?.request;
        tx.commit().await?;
        Ok(taken)
    }

    /// Who may see a request: whoever it is about, and holders of `others`. For the rest there is none.
    fn may_see(&self, actor: &Actor, stored: &Stored, others: Permission) -> Result<()> {
        let own = actor.user_id() == Some(stored.request.subject_id);
        if own || actor.may(others) { Ok(()) } else { Err(Error::not_found(PrivacyRequestId::WHAT)) }
    }

    /// A request: one's own, or with `privacy:read` anybody's. Needs `account:manage`.
    pub async fn request(&self, actor: &Actor, id: PrivacyRequestId) -> Result<PrivacyRequest> {
        let scope = actor.require(Permission::AccountManage)?;
        let stored = store::find(&self.platform.db.read(&scope).await?, &scope, id).await?;
        self.may_see(actor, &stored, Permission::PrivacyRead)?;
        Ok(stored.request)
    }

    /// The requests of everybody, newest first. Needs `privacy:read`.
    pub async fn requests(&self, actor: &Actor, query: &RequestQuery) -> Result<Page<PrivacyRequest>> {
        let scope = actor.require(Permission::PrivacyRead)?;
        store::list(&self.platform.db.read(&scope).await?, &scope, query, None).await
    }

    /// The requests about the caller, newest first. Needs `account:manage`.
    pub async fn own_requests(&self, actor: &Actor, query: &RequestQuery) -> Result<Page<PrivacyRequest>> {
        let scope = actor.require(Permission::AccountManage)?;
        let own = person(actor)?;
        store::list(&self.platform.db.read(&scope).await?, &scope, query, Some(own)).await
    }

    /// An export that is ready: one's own, or with `privacy:manage` a member's. The download is logged. Needs
    /// `account:manage`.
    ///
    /// # Errors
    /// Not found before it is ready and after it was removed.
    pub async fn download(&self, actor: &Actor, id: PrivacyRequestId) -> Result<ExportDocument> {
        let scope = actor.require(Permission::AccountManage)?;
        let tx = self.platform.db.write(&scope).await?;
        let stored = store::find(&tx, &scope, id).await?;
        self.may_see(actor, &stored, Permission::PrivacyManage)?;
        let request = &stored.request;
        let is_ready =
            request.state == RequestState::Ready && request.due_at.is_some_and(|due| due > self.platform.clock.now());
        let file = stored.file.as_deref().filter(|_| is_ready).ok_or_else(|| {
            Error::gone("There is no such file: the export is not ready yet, has ended, or was none.")
        })?;
        let document = self.opened(&tx, &scope, (id, &request.subject), file).await?;
        let what = ("privacy.export.downloaded", request.subject_id);
        self.log(&tx, &scope, actor, what, json!({ "request": id })).await?;
        tx.commit().await?;
        Ok(document)
    }

    pub(super) async fn log(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        (action, subject): (&str, UserId),
        detail: serde_json::Value,
    ) -> Result<()> {
        let change = Change { action, object: UserId::WHAT, object_id: subject.to_string(), detail, event: None };
        audit::record(tx, scope, actor, self.platform.clock.now(), change).await
    }
}
