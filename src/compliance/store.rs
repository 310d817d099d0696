//! The table `evidence_packets`.

use super::{
    controls::EvidenceScope,
    model::{EvidencePacket, EvidenceQuery},
};
use crate::{Error, Result, access::Scope, ids::EvidenceId, page::Page, platform::db::Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect, entity::prelude::*};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence_packets")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub scope: String,
    pub system_id: Uuid,
    pub version: String,
    pub validation_id: Uuid,
    pub sha256: String,
    pub size: i64,
    pub key_id: String,
    pub contents: Json,
    pub created_by: String,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for EvidencePacket {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            scope: EvidenceScope::parse(&row.scope).map_err(|_| Error::internal("stored evidence scope"))?,
            system_id: row.system_id.into(),
            version: row.version,
            validation_id: row.validation_id.into(),
            sha256: row.sha256,
            size: u64::try_from(row.size).unwrap_or_default(),
            key_id: row.key_id,
            contents: serde_json::from_value(row.contents)?,
            created_by: row.created_by,
            created_at: row.created_at,
        })
    }
}

pub(super) async fn add(tx: &Tx, scope: &Scope, packet: &EvidencePacket) -> Result<()> {
    let row = ActiveModel {
        id: Set(packet.id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(packet.created_at),
        scope: Set(packet.scope.as_str().to_owned()),
        system_id: Set(packet.system_id.uuid()),
        version: Set(packet.version.clone()),
        validation_id: Set(packet.validation_id.uuid()),
        sha256: Set(packet.sha256.clone()),
        size: Set(i64::try_from(packet.size).map_err(Error::internal)?),
        key_id: Set(packet.key_id.clone()),
        contents: Set(serde_json::to_value(&packet.contents)?),
        created_by: Set(packet.created_by.clone()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn find(tx: &Tx, scope: &Scope, id: EvidenceId) -> Result<EvidencePacket> {
    let mine = Entity::find_by_id(id.uuid()).filter(Column::TenantId.eq(scope.tenant().uuid()));
    mine.one(tx).await?.ok_or_else(|| Error::not_found(EvidenceId::WHAT))?.try_into()
}

pub(super) async fn list(tx: &Tx, scope: &Scope, query: &EvidenceQuery) -> Result<Page<EvidencePacket>> {
    let page = query.page();
    let limit = page.limit()?;
    let mut select = Entity::find().filter(Column::TenantId.eq(scope.tenant().uuid()));
    if let Some(system) = query.system_id {
        select = select.filter(Column::SystemId.eq(system.uuid()));
    }
    if let Some(after) = page.after()? {
        select = select.filter(Column::Id.lt(after));
    }
    let rows = select.order_by_desc(Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(EvidencePacket::try_from)
}
