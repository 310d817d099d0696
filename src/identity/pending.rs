//! Sign-ins and ceremonies that are not over yet. Each is kept under the hash of a secret that only the browser has, sealed,
//! for a few minutes, and can be tried a few times; every instance of the hub finds it.

use crate::{
    Error, Result,
    ids::{TenantId, UserId},
    platform::{
        Platform,
        db::Realm,
        secrets::{random_bytes, token_hash},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ExprTrait as _, entity::prelude::*};
use serde::{Serialize, de::DeserializeOwned};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pending_sign_ins")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub secret_hash: String,
    pub tenant_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub purpose: String,
    #[sea_orm(column_type = "Text")]
    pub record: String,
    pub attempts: i32,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How long something may wait.
pub(super) const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// How often one may be tried.
const ATTEMPTS: i32 = 5;

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// What a right password still needs.
    SecondFactor,
    /// A credential to be added.
    Registration,
    /// A credential that confirms who sits there.
    Confirmation,
    /// Somebody who is at an identity provider.
    Provider,
    /// Somebody who signed out, and may sign out at the provider too.
    Farewell,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::SecondFactor => "second_factor",
            Self::Registration => "registration",
            Self::Confirmation => "confirmation",
            Self::Provider => "provider",
            Self::Farewell => "farewell",
        }
    }
}

/// Something that waits.
pub(super) struct Pending<T> {
    id: Uuid,
    secret_hash: String,
    purpose: Purpose,
    /// Whose it is.
    pub(super) owner: Option<(TenantId, UserId)>,
    /// What was kept.
    pub(super) record: T,
    /// Until when.
    pub(super) expires_at: DateTime<Utc>,
}

/// Somebody whose sign-in is over is nobody; somebody who is signed in sent a ceremony that is.
fn over(purpose: Purpose) -> Error {
    let words = "This took too long, was tried too often, or is done already. Begin again.";
    match purpose {
        Purpose::SecondFactor | Purpose::Provider | Purpose::Farewell => Error::unauthenticated(words),
        Purpose::Registration | Purpose::Confirmation => Error::invalid("/ceremony", words),
    }
}

fn context(purpose: Purpose, secret_hash: &str) -> String {
    format!("pending {} {secret_hash}", purpose.as_str())
}

/// A secret to keep something under.
pub(super) fn new_secret() -> String {
    hex::encode(random_bytes::<32>())
}

/// Keeps something, and gives the secret that finds it again.
pub(super) async fn keep<T: Serialize>(
    platform: &Platform,
    purpose: Purpose,
    owner: Option<(TenantId, UserId)>,
    record: &T,
) -> Result<String> {
    let secret = new_secret();
    keep_as(platform, purpose, owner, &secret, record).await?;
    Ok(secret)
}

/// Keeps something under a secret that somebody was told already.
pub(super) async fn keep_as<T: Serialize>(
    platform: &Platform,
    purpose: Purpose,
    owner: Option<(TenantId, UserId)>,
    secret: &str,
    record: &T,
) -> Result<()> {
    let secret_hash = token_hash(secret);
    let now = platform.clock.now();
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(owner.map(|(tenant, _)| tenant.uuid())),
        user_id: Set(owner.map(|(_, user)| user.uuid())),
        purpose: Set(purpose.as_str().to_owned()),
        record: Set(platform.secrets.seal(&context(purpose, &secret_hash), &serde_json::to_vec(record)?)?),
        attempts: Set(0),
        created_at: Set(now),
        expires_at: Set(now + LIFETIME),
        secret_hash: Set(secret_hash),
    };
    let tx = platform.db.realm(Realm::SignIn).await?;
    Entity::insert(row).exec_without_returning(&tx).await?;
    tx.commit().await
}

/// What was kept under the secret.
///
/// # Errors
/// Unauthenticated when there is none any more.
pub(super) async fn find<T: DeserializeOwned>(
    platform: &Platform,
    purpose: Purpose,
    secret: &str,
) -> Result<Pending<T>> {
    let tx = platform.db.read_realm(Realm::SignIn).await?;
    let row = Entity::find()
        .filter(Column::SecretHash.eq(token_hash(secret)).and(Column::Purpose.eq(purpose.as_str())))
        .one(&tx)
        .await?
        .filter(|row| row.expires_at > platform.clock.now() && row.attempts < ATTEMPTS)
        .ok_or_else(|| over(purpose))?;
    let record = platform.secrets.open(&context(purpose, &row.secret_hash), &row.record)?;
    Ok(Pending {
        id: row.id,
        purpose,
        owner: row.tenant_id.map(TenantId::from).zip(row.user_id.map(UserId::from)),
        record: serde_json::from_slice(&record)?,
        expires_at: row.expires_at,
        secret_hash: row.secret_hash,
    })
}

/// Counts a try before it is looked at, so that tries at the same time are counted too.
///
/// # Errors
/// Unauthenticated when it was tried too often.
pub(super) async fn attempt<T>(platform: &Platform, pending: &Pending<T>) -> Result<()> {
    let tx = platform.db.realm(Realm::SignIn).await?;
    let counted = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.eq(pending.id).and(Column::Attempts.lt(ATTEMPTS)))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    if counted.rows_affected == 1 { Ok(()) } else { Err(over(pending.purpose)) }
}

/// Keeps something else under the same secret.
pub(super) async fn replace<T, U: Serialize>(platform: &Platform, pending: &Pending<T>, record: &U) -> Result<()> {
    let sealed =
        platform.secrets.seal(&context(pending.purpose, &pending.secret_hash), &serde_json::to_vec(record)?)?;
    let tx = platform.db.realm(Realm::SignIn).await?;
    Entity::update_many()
        .col_expr(Column::Record, Expr::value(sealed))
        .filter(Column::Id.eq(pending.id))
        .exec(&tx)
        .await?;
    tx.commit().await
}

/// Ends it, so that it has one effect.
///
/// # Errors
/// Unauthenticated when somebody else ended it first.
pub(super) async fn finish<T>(platform: &Platform, pending: &Pending<T>) -> Result<()> {
    let tx = platform.db.realm(Realm::SignIn).await?;
    let ended = Entity::delete_by_id(pending.id).exec(&tx).await?;
    tx.commit().await?;
    if ended.rows_affected == 1 { Ok(()) } else { Err(over(pending.purpose)) }
}

/// Removes what was not finished in time.
pub(super) async fn sweep(platform: &Platform) -> Result<u64> {
    let tx = platform.db.realm(Realm::SignIn).await?;
    let swept = Entity::delete_many().filter(Column::ExpiresAt.lt(platform.clock.now())).exec(&tx).await?;
    tx.commit().await?;
    Ok(swept.rows_affected)
}
