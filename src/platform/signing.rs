//! A tenant's signing keys: ECDSA P-256, made on first use, the private half sealed.

use crate::{
    Error, Result,
    access::Scope,
    platform::{
        db::{Tx, is_duplicate},
        secrets::Sealer,
    },
};
use chrono::{DateTime, Utc};
use sbh_proof::SigningKey;
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder, entity::prelude::*};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub key_id: String,
    #[sea_orm(column_type = "Text")]
    pub public_pem: String,
    #[sea_orm(column_type = "Text")]
    pub sealed_private: String,
    pub retired_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A public key as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedKey {
    /// SHA-256 of the DER SubjectPublicKeyInfo, in hex.
    pub key_id: String,
    /// SubjectPublicKeyInfo in PEM.
    pub pem: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stopped signing, if it did.
    pub retired_at: Option<DateTime<Utc>>,
}

/// The key that signs now; made if the tenant has none.
pub async fn current(tx: &Tx, scope: &Scope, sealer: &Sealer, now: DateTime<Utc>) -> Result<SigningKey> {
    match newest(tx, scope).await? {
        Some(row) => open(&row, sealer),
        None => create(tx, scope, sealer, now).await,
    }
}

/// All public keys of the tenant, newest first.
pub async fn published(tx: &Tx, scope: &Scope) -> Result<Vec<PublishedKey>> {
    let rows =
        Entity::find().filter(Column::TenantId.eq(scope.tenant().uuid())).order_by_desc(Column::Id).all(tx).await?;
    let publish = |row: Model| PublishedKey {
        key_id: row.key_id,
        pem: row.public_pem,
        created_at: row.created_at,
        retired_at: row.retired_at,
    };
    Ok(rows.into_iter().map(publish).collect())
}

async fn newest(tx: &Tx, scope: &Scope) -> Result<Option<Model>> {
    let live = Column::TenantId.eq(scope.tenant().uuid()).and(Column::RetiredAt.is_null());
    Ok(Entity::find().filter(live).order_by_desc(Column::Id).one(tx).await?)
}

async fn create(tx: &Tx, scope: &Scope, sealer: &Sealer, now: DateTime<Utc>) -> Result<SigningKey> {
    let key = SigningKey::generate().map_err(Error::internal)?;
    let key_id = key.public_key().key_id().to_string();
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        key_id: Set(key_id.clone()),
        public_pem: Set(key.public_key().to_pem()),
        sealed_private: Set(sealer.seal(&context(&key_id), key.to_pem().as_bytes())?),
        retired_at: Set(None),
    };
    match Entity::insert(row).exec_without_returning(tx).await {
        Ok(_) => Ok(key),
        Err(error) if is_duplicate(&error) => Err(Error::conflict("Another request made the signing key; try again.")),
        Err(error) => Err(error.into()),
    }
}

fn open(row: &Model, sealer: &Sealer) -> Result<SigningKey> {
    let pem = sealer.open(&context(&row.key_id), &row.sealed_private)?;
    let pem = std::str::from_utf8(&pem).map_err(Error::internal)?;
    SigningKey::from_pem(pem).map_err(Error::internal)
}

fn context(key_id: &str) -> String {
    format!("signing key {key_id}")
}
