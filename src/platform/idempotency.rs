//! First answers, kept for a day, so that a change that is sent twice happens once. Bodies are sealed: the answer to
//! the creation of a key holds its secret.

use crate::{
    Error, Result,
    access::{Actor, Principal, Scope},
    ids::TenantId,
    platform::{Platform, db::Tx, secrets::sha256_hex},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, DbErr, ExprTrait as _, entity::prelude::*, sea_query::OnConflict};

/// How long an answer is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
/// How long a request may run. No request lives this long, so a claim beyond it was left by a process that died before
/// its answer was kept, and the request may be sent again.
const ABANDONED: TimeDelta = TimeDelta::minutes(2);
/// The status of a claim whose request runs.
const RUNNING: i32 = 0;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotent_answers")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub caller: String,
    pub idempotency_key: String,
    pub request_hash: String,
    pub status: i32,
    #[sea_orm(column_type = "Text")]
    pub content_type: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub location: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub body: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// `Location`, if any.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// The right to run a request and to keep its answer.
#[derive(Clone, Debug)]
pub struct Claimed {
    id: Uuid,
    tenant: TenantId,
}

/// What a caller's key stands for.
#[derive(Debug)]
pub enum Claim {
    /// Nothing yet: run the request.
    Run(Claimed),
    /// The same request, answered.
    Answered(StoredAnswer),
    /// The same request, which still runs.
    Running,
    /// Another request.
    Different,
}

/// What makes two requests the same: method, target and body.
pub fn request_hash(method: &str, target: &str, body: &[u8]) -> String {
    sha256_hex(&[method.as_bytes(), b"\0", target.as_bytes(), b"\0", body].concat())
}

/// The first answers of the hub.
pub struct Idempotency<'a> {
    platform: &'a Platform,
}

impl<'a> Idempotency<'a> {
    /// The answers in a platform's database.
    pub fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Claims `key` of this caller for the request with this hash. One of several claims at once gets to run.
    pub async fn claim(&self, actor: &Actor, key: &str, hash: &str) -> Result<Claim> {
        let scope = Scope::of_tenant(actor.tenant());
        let (caller, now) = (caller(actor), self.platform.clock.now());
        let tx = self.platform.db.write(&scope).await?;
        forget(&tx, &scope, now).await?;
        let id = Uuid::now_v7();
        let row = ActiveModel {
            id: Set(id),
            tenant_id: Set(scope.tenant().uuid()),
            created_at: Set(now),
            caller: Set(caller.clone()),
            idempotency_key: Set(key.to_owned()),
            request_hash: Set(hash.to_owned()),
            status: Set(RUNNING),
            content_type: Set(String::new()),
            location: Set(None),
            body: Set(String::new()),
        };
        let claim = if insert(&tx, row).await? {
            Claim::Run(Claimed { id, tenant: scope.tenant() })
        } else {
            let own = Column::Caller.eq(caller).and(Column::IdempotencyKey.eq(key));
            let row = Entity::find().filter(of(&scope).and(own)).one(&tx).await?;
            self.known(row.ok_or_else(|| Error::conflict("The Idempotency-Key was just given up; try again."))?, hash)?
        };
        tx.commit().await?;
        Ok(claim)
    }

    fn known(&self, row: Model, hash: &str) -> Result<Claim> {
        if row.request_hash != hash {
            return Ok(Claim::Different);
        }
        if row.status == RUNNING {
            return Ok(Claim::Running);
        }
        let sealed = self.platform.secrets.open(&context(row.id), &row.body)?;
        Ok(Claim::Answered(StoredAnswer {
            status: u16::try_from(row.status).map_err(Error::internal)?,
            content_type: row.content_type,
            location: row.location,
            body: BASE64.decode(sealed.as_slice()).map_err(Error::internal)?,
        }))
    }

    /// Keeps the answer of a claimed request.
    pub async fn keep(&self, claimed: &Claimed, answer: StoredAnswer) -> Result<()> {
        let scope = Scope::of_tenant(claimed.tenant);
        let body = self.platform.secrets.seal(&context(claimed.id), BASE64.encode(answer.body).as_bytes())?;
        let tx = self.platform.db.write(&scope).await?;
        Entity::update_many()
            .col_expr(Column::Status, Expr::value(i32::from(answer.status)))
            .col_expr(Column::ContentType, Expr::value(answer.content_type))
            .col_expr(Column::Location, Expr::value(answer.location))
            .col_expr(Column::Body, Expr::value(body))
            .filter(of(&scope).and(Column::Id.eq(claimed.id)))
            .exec(&tx)
            .await?;
        tx.commit().await
    }

    /// Gives a claim up, so that the request may be sent again.
    pub async fn release(&self, claimed: &Claimed) -> Result<()> {
        let scope = Scope::of_tenant(claimed.tenant);
        let tx = self.platform.db.write(&scope).await?;
        Entity::delete_many().filter(of(&scope).and(Column::Id.eq(claimed.id))).exec(&tx).await?;
        tx.commit().await
    }
}

/// Removes the tenant's answers that are too old, and claims whose process died.
async fn forget(tx: &Tx, scope: &Scope, now: DateTime<Utc>) -> Result<()> {
    let abandoned = Column::Status.eq(RUNNING).and(Column::CreatedAt.lt(now - ABANDONED));
    let old = Column::CreatedAt.lt(now - KEPT).or(abandoned);
    Entity::delete_many().filter(of(scope).and(old)).exec(tx).await?;
    Ok(())
}

/// Whether the row is new; on a known key nothing happens.
async fn insert(tx: &Tx, row: ActiveModel) -> Result<bool> {
    let known = OnConflict::columns([Column::TenantId, Column::Caller, Column::IdempotencyKey]).do_nothing().to_owned();
    match Entity::insert(row).on_conflict(known).exec_without_returning(tx).await {
        Ok(inserted) => Ok(inserted > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn of(scope: &Scope) -> sea_orm::sea_query::SimpleExpr {
    Column::TenantId.eq(scope.tenant().uuid())
}

fn caller(actor: &Actor) -> String {
    match actor.principal() {
        Principal::User { id, .. } => format!("user {id}"),
        Principal::Key { id, .. } => format!("key {id}"),
        Principal::Token { provider, name, .. } => format!("token {provider} {name}"),
        Principal::Hub { part } => format!("hub {part}"),
    }
}

fn context(id: Uuid) -> String {
    format!("idempotent answer {id}")
}
