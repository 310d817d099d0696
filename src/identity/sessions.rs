//! Browser sessions as rows: they survive a restart, and can be listed and ended. The cookie's secret is stored as its
//! hash alone.

use super::{model::SessionView, providers::ProviderSession, service::log};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    ids::{ProviderId, SessionId, TenantId, UserId},
    platform::{
        Platform,
        db::{Realm, Tx},
        secrets::token_hash,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder, entity::prelude::*};
use serde_json::json;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub secret_hash: String,
    pub tenant_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub provider_id: Option<Uuid>,
    pub provider_subject: Option<String>,
    pub provider_session: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub record: String,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How long a session lasts at most, however much it is used (NIST SP 800-63B-4 §2.1.3: 30 days where one factor is enough).
const LONGEST: TimeDelta = TimeDelta::days(30);

/// A session as the web server saves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Whose it is, once somebody signed in.
    pub owner: Option<(TenantId, UserId)>,
    /// The session at an identity provider that it rests on.
    pub provider: Option<ProviderSession>,
    /// What the web server keeps in it.
    pub record: String,
    /// The browser, as it names itself.
    pub user_agent: Option<String>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// The sessions of the hub.
pub struct Sessions<'a> {
    platform: &'a Platform,
}

impl<'a> Sessions<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Keeps a new session under its secret.
    pub async fn create(&self, secret: &str, session: SessionRecord) -> Result<()> {
        let now = self.platform.clock.now();
        let row = ActiveModel {
            id: Set(SessionId::generate().uuid()),
            secret_hash: Set(token_hash(secret)),
            tenant_id: Set(session.owner.map(|(tenant, _)| tenant.uuid())),
            user_id: Set(session.owner.map(|(_, user)| user.uuid())),
            provider_id: Set(session.provider.as_ref().map(|provider| provider.provider.uuid())),
            provider_subject: Set(session.provider.as_ref().map(|provider| provider.subject.clone())),
            provider_session: Set(session.provider.and_then(|provider| provider.session)),
            record: Set(session.record),
            user_agent: Set(session.user_agent),
            created_at: Set(now),
            seen_at: Set(now),
            expires_at: Set(session.expires_at),
        };
        let tx = self.platform.db.realm(Realm::SignIn).await?;
        Entity::insert(row).exec_without_returning(&tx).await?;
        tx.commit().await
    }

    /// Keeps what a session has become. One that was ended meanwhile stays ended: a request that was under way then does not
    /// bring it back.
    pub async fn save(&self, secret: &str, session: SessionRecord) -> Result<()> {
        let tx = self.platform.db.realm(Realm::SignIn).await?;
        Entity::update_many()
            .col_expr(Column::TenantId, Expr::value(session.owner.map(|(tenant, _)| tenant.uuid())))
            .col_expr(Column::UserId, Expr::value(session.owner.map(|(_, user)| user.uuid())))
            .col_expr(Column::Record, Expr::value(session.record))
            .col_expr(Column::SeenAt, Expr::value(self.platform.clock.now()))
            .col_expr(Column::ExpiresAt, Expr::value(session.expires_at))
            .filter(Column::SecretHash.eq(token_hash(secret)))
            .exec(&tx)
            .await?;
        tx.commit().await
    }

    /// What was saved under this secret, unless it has ended.
    pub async fn load(&self, secret: &str) -> Result<Option<(String, DateTime<Utc>)>> {
        let tx = self.platform.db.read_realm(Realm::SignIn).await?;
        let row = Entity::find().filter(Column::SecretHash.eq(token_hash(secret))).one(&tx).await?;
        let now = self.platform.clock.now();
        let live = row.filter(|row| row.expires_at > now && now - row.created_at < LONGEST);
        Ok(live.map(|row| (row.record, row.expires_at)))
    }

    /// Ends the session with this secret.
    pub async fn delete(&self, secret: &str) -> Result<()> {
        let tx = self.platform.db.realm(Realm::SignIn).await?;
        Entity::delete_many().filter(Column::SecretHash.eq(token_hash(secret))).exec(&tx).await?;
        tx.commit().await
    }

    /// Removes sessions that have ended.
    pub async fn sweep(&self) -> Result<u64> {
        let tx = self.platform.db.realm(Realm::SignIn).await?;
        let now = self.platform.clock.now();
        let over = Column::ExpiresAt.lt(now).or(Column::CreatedAt.lt(now - LONGEST));
        let swept = Entity::delete_many().filter(over).exec(&tx).await?;
        tx.commit().await?;
        Ok(swept.rows_affected)
    }

    /// The actor's own sessions, newest first; `current` is the secret of the one that asks. Needs `account:manage`.
    pub async fn list(&self, actor: &Actor, current: Option<&str>) -> Result<Vec<SessionView>> {
        let scope = actor.require(Permission::AccountManage)?;
        let (current, now) = (current.map(token_hash), self.platform.clock.now());
        let tx = self.platform.db.read(&scope).await?;
        let rows = Entity::find()
            .filter(own(&scope, actor)?)
            .filter(Column::ExpiresAt.gt(now))
            .filter(Column::CreatedAt.gt(now - LONGEST))
            .order_by_desc(Column::Id)
            .all(&tx)
            .await?;
        let view = |row: Model| SessionView {
            id: row.id.into(),
            user_agent: row.user_agent.unwrap_or_default(),
            created_at: row.created_at,
            seen_at: row.seen_at,
            expires_at: Ord::min(row.expires_at, row.created_at + LONGEST),
            current: current.as_deref() == Some(row.secret_hash.as_str()),
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Ends one of the actor's own sessions. Needs `account:manage`.
    pub async fn end(&self, actor: &Actor, id: SessionId) -> Result<()> {
        let scope = actor.require(Permission::AccountManage)?;
        let tx = self.platform.db.write(&scope).await?;
        let ended =
            Entity::delete_many().filter(own(&scope, actor)?).filter(Column::Id.eq(id.uuid())).exec(&tx).await?;
        if ended.rows_affected == 0 {
            return Err(Error::not_found(SessionId::WHAT));
        }
        let what = ("session.revoked", SessionId::WHAT, id.to_string());
        log(&tx, actor, self.platform.clock.now(), what, json!({})).await?;
        tx.commit().await
    }
}

/// Ends all sessions of somebody, but the one with the secret `except`; how many were ended.
pub(super) async fn end_all(tx: &Tx, scope: &Scope, user: UserId, except: Option<&str>) -> Result<u64> {
    let mut delete =
        Entity::delete_many().filter(Column::TenantId.eq(scope.tenant().uuid())).filter(Column::UserId.eq(user.uuid()));
    if let Some(secret) = except {
        delete = delete.filter(Column::SecretHash.ne(token_hash(secret)));
    }
    Ok(delete.exec(tx).await?.rows_affected)
}

/// Which sessions end because their provider says so.
pub(super) struct Ending {
    /// Whose, in the provider's words; everybody's that are named, if none.
    pub(super) subject: Option<String>,
    /// Which of them; all, if none is named.
    pub(super) sessions: Vec<String>,
}

/// Ends sessions that rest on a provider's: those that are named, or all; how many were ended.
pub(super) async fn end_of_provider(
    tx: &Tx,
    scope: &Scope,
    provider: ProviderId,
    ending: Option<&Ending>,
) -> Result<u64> {
    let mut delete = Entity::delete_many()
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::ProviderId.eq(provider.uuid()));
    if let Some(ending) = ending {
        if let Some(subject) = &ending.subject {
            delete = delete.filter(Column::ProviderSubject.eq(subject));
        }
        if !ending.sessions.is_empty() {
            delete = delete.filter(Column::ProviderSession.is_in(&ending.sessions));
        }
    }
    Ok(delete.exec(tx).await?.rows_affected)
}

fn own(scope: &Scope, actor: &Actor) -> Result<sea_orm::sea_query::SimpleExpr> {
    let user = actor.user_id().ok_or_else(|| Error::forbidden("Only people have sessions; a key has none."))?;
    Ok(Column::TenantId.eq(scope.tenant().uuid()).and(Column::UserId.eq(user.uuid())))
}
