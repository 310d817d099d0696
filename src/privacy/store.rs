//! The table `privacy_requests`.

use super::{
    model::{PrivacyRequest, RequestKind, RequestQuery, RequestState},
    rules::may_become,
};
use crate::{
    Error, Result,
    access::Scope,
    ids::{JobId, PrivacyRequestId, TenantId, UserId},
    page::{Page, PageRequest},
    platform::db::Tx,
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder, QuerySelect, entity::prelude::*, sea_query::SimpleExpr};
use std::collections::{BTreeMap, BTreeSet};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "privacy_requests")]
pub(super) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub kind: String,
    pub state: String,
    pub subject_id: Uuid,
    pub subject: Option<String>,
    pub asked_by: String,
    pub asked_by_id: Option<Uuid>,
    pub due_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub job_id: Uuid,
    pub file: Option<String>,
    pub size: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    pub outcome: Option<Json>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A request with what its readers need not see.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub request: PrivacyRequest,
    pub job: JobId,
    /// SHA-256 of the sealed file.
    pub file: Option<String>,
}

/// Whoever is asked for is named by their account, while it is there.
fn stored(row: Model, emails: &BTreeMap<Uuid, String>) -> Result<Stored> {
    let broken = |what: &str| Error::internal(format!("privacy request {}: stored {what}", row.id));
    let request = PrivacyRequest {
        id: row.id.into(),
        kind: RequestKind::parse(&row.kind).ok_or_else(|| broken("kind"))?,
        state: RequestState::parse(&row.state).ok_or_else(|| broken("state"))?,
        subject_id: row.subject_id.into(),
        subject: row.subject.or_else(|| emails.get(&row.subject_id).cloned()).unwrap_or_else(|| "nobody".to_owned()),
        asked_by: row.asked_by,
        created_at: row.created_at,
        due_at: row.due_at,
        finished_at: row.finished_at,
        size: row.size.and_then(|size| u64::try_from(size).ok()),
        reason: row.reason,
        outcome: row.outcome,
    };
    Ok(Stored { request, job: row.job_id.into(), file: row.file })
}

async fn with_subjects(tx: &Tx, scope: &Scope, rows: Vec<Model>) -> Result<Vec<Stored>> {
    let mut emails = BTreeMap::new();
    for row in rows.iter().filter(|row| row.subject.is_none()) {
        if let Some(known) = super::people_rows::account(tx, scope, row.subject_id.into()).await? {
            emails.insert(row.subject_id, known.email);
        }
    }
    rows.into_iter().map(|row| stored(row, &emails)).collect()
}

fn of(scope: &Scope) -> SimpleExpr {
    Column::TenantId.eq(scope.tenant().uuid())
}

fn this(scope: &Scope, id: PrivacyRequestId) -> SimpleExpr {
    of(scope).and(Column::Id.eq(id.uuid()))
}

/// A request to be kept: who it is about, who asked, when it is due, and its job.
pub(super) struct New<'a> {
    pub id: PrivacyRequestId,
    pub kind: RequestKind,
    pub subject: UserId,
    pub asked_by: (&'a str, Option<UserId>),
    pub due_at: Option<DateTime<Utc>>,
    pub job: JobId,
}

pub(super) async fn add(tx: &Tx, scope: &Scope, now: DateTime<Utc>, new: New<'_>) -> Result<()> {
    let row = ActiveModel {
        id: Set(new.id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        kind: Set(new.kind.as_str().to_owned()),
        state: Set(RequestState::Waiting.as_str().to_owned()),
        subject_id: Set(new.subject.uuid()),
        asked_by: Set(new.asked_by.0.to_owned()),
        asked_by_id: Set(new.asked_by.1.map(UserId::uuid)),
        due_at: Set(new.due_at),
        job_id: Set(new.job.uuid()),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn find(tx: &Tx, scope: &Scope, id: PrivacyRequestId) -> Result<Stored> {
    let row = Entity::find().filter(this(scope, id)).one(tx).await?;
    let row = row.ok_or_else(|| Error::not_found(PrivacyRequestId::WHAT))?;
    with_subjects(tx, scope, vec![row]).await?.pop().ok_or_else(|| Error::not_found(PrivacyRequestId::WHAT))
}

/// The same, and nobody else turns it until the transaction ends.
pub(super) async fn lock(tx: &Tx, scope: &Scope, id: PrivacyRequestId) -> Result<Stored> {
    if tx.is_postgres() {
        Entity::find().filter(this(scope, id)).lock_exclusive().one(tx).await?;
    }
    find(tx, scope, id).await
}

/// Whether such a request waits for a person already.
pub(super) async fn waits(tx: &Tx, scope: &Scope, kind: RequestKind, subject: UserId) -> Result<bool> {
    let same = Column::Kind.eq(kind.as_str()).and(Column::SubjectId.eq(subject.uuid()));
    let waiting = Column::State.eq(RequestState::Waiting.as_str());
    Ok(Entity::find().filter(of(scope).and(same).and(waiting)).count(tx).await? > 0)
}

/// Requests, newest first: all of the tenant's, or those about one person.
pub(super) async fn list(
    tx: &Tx,
    scope: &Scope,
    query: &RequestQuery,
    subject: Option<UserId>,
) -> Result<Page<PrivacyRequest>> {
    let page: PageRequest = query.page();
    let limit = page.limit()?;
    let mut select = Entity::find().filter(of(scope));
    if let Some(after) = page.after()? {
        select = select.filter(Column::Id.lt(after));
    }
    if let Some(subject) = subject {
        select = select.filter(Column::SubjectId.eq(subject.uuid()));
    }
    if let Some(kind) = query.kind {
        select = select.filter(Column::Kind.eq(kind.as_str()));
    }
    if let Some(state) = query.state {
        select = select.filter(Column::State.eq(state.as_str()));
    }
    let rows = select.order_by_desc(Column::Id).limit(limit + 1).all(tx).await?;
    let rows = with_subjects(tx, scope, rows).await?;
    Page::of(rows, limit, |row| row.request.id.to_string()).try_map(|row| Ok(row.request))
}

/// What a request becomes.
#[derive(Default)]
pub(super) struct Becomes {
    pub due_at: Option<DateTime<Utc>>,
    pub file: Option<(String, u64)>,
    pub reason: Option<String>,
    pub subject: Option<String>,
    pub outcome: Option<serde_json::Value>,
}

/// Puts a request into another state; false when it was no longer in the one that is left, or its kind may not go there.
pub(super) async fn turn(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (id, from, to): (PrivacyRequestId, RequestState, RequestState),
    becomes: Becomes,
) -> Result<bool> {
    let mut row = ActiveModel { state: Set(to.as_str().to_owned()), finished_at: Set(Some(now)), ..Default::default() };
    if let Some(due) = becomes.due_at {
        row.due_at = Set(Some(due));
    }
    if let Some((file, size)) = becomes.file {
        row.file = Set(Some(file));
        row.size = Set(Some(i64::try_from(size).map_err(Error::internal)?));
    }
    if to == RequestState::Expired {
        row.file = Set(None);
    }
    if becomes.subject.is_some() {
        row.subject = Set(becomes.subject);
    }
    if becomes.reason.is_some() {
        row.reason = Set(becomes.reason);
    }
    if becomes.outcome.is_some() {
        row.outcome = Set(becomes.outcome);
    }
    let allowed = RequestKind::ALL.into_iter().filter(|kind| may_become(*kind, from, to)).map(RequestKind::as_str);
    let here = this(scope, id).and(Column::State.eq(from.as_str())).and(Column::Kind.is_in(allowed));
    Ok(Entity::update_many().set(row).filter(here).exec(tx).await?.rows_affected == 1)
}

/// Exports of a person that are still there, with their files; nobody else turns them until the transaction ends.
pub(super) async fn exports_of(
    tx: &Tx,
    scope: &Scope,
    subject: UserId,
) -> Result<Vec<(PrivacyRequestId, RequestState, Option<String>)>> {
    let own = of(scope).and(Column::SubjectId.eq(subject.uuid())).and(Column::Kind.eq(RequestKind::Export.as_str()));
    let there = Column::State.is_in([RequestState::Waiting.as_str(), RequestState::Ready.as_str()]);
    let mut select = Entity::find().filter(own.and(there));
    if tx.is_postgres() {
        select = select.lock_exclusive();
    }
    let rows = select.all(tx).await?;
    let state = |row: &Model| RequestState::parse(&row.state).unwrap_or(RequestState::Expired);
    Ok(rows.into_iter().map(|row| (row.id.into(), state(&row), row.file)).collect())
}

/// The files of every request of the tenant.
pub(super) async fn files(tx: &Tx, scope: &Scope) -> Result<BTreeSet<String>> {
    let select = Entity::find().select_only().column(Column::File).filter(of(scope).and(Column::File.is_not_null()));
    Ok(select.into_tuple::<String>().all(tx).await?.into_iter().collect())
}

/// Calls the subject of every request about an account by another name.
pub(super) async fn call(tx: &Tx, scope: &Scope, subject: UserId, alias: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Subject, Expr::value(alias))
        .filter(of(scope).and(Column::SubjectId.eq(subject.uuid())))
        .exec(tx)
        .await?;
    Ok(())
}

/// Exports of every tenant whose time is over. The transaction is one of dispatch.
pub(super) async fn all_over(
    tx: &Tx,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<(TenantId, PrivacyRequestId, Option<String>)>> {
    let rows = Entity::find()
        .filter(Column::Kind.eq(RequestKind::Export.as_str()))
        .filter(Column::State.eq(RequestState::Ready.as_str()))
        .filter(Column::DueAt.lt(now))
        .order_by_asc(Column::DueAt)
        .limit(most)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.tenant_id.into(), row.id.into(), row.file)).collect())
}

/// Removes requests of every tenant that were over before. The transaction is one of dispatch.
pub(super) async fn prune(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    let over = Column::State.is_not_in([RequestState::Waiting.as_str(), RequestState::Ready.as_str()]);
    Ok(Entity::delete_many().filter(over.and(Column::FinishedAt.lt(before))).exec(tx).await?.rows_affected)
}
