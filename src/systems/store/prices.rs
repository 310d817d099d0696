//! The table `price_models`: what environments cost. Rows are added and never changed; the newest counts, and one without
//! prices takes them away.

use crate::{
    Result,
    access::Scope,
    ids::EnvironmentId,
    platform::db::Tx,
    systems::prices::{KeptPrices, PriceModel},
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, QueryOrder, entity::prelude::*};

mod price_models {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "price_models")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub environment_id: Uuid,
        pub prices: Option<Json>,
        pub created_by: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Sets the prices of an environment, or takes them away.
pub(in crate::systems) async fn set(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    environment: EnvironmentId,
    (prices, created_by): (Option<&PriceModel>, String),
) -> Result<()> {
    let row = price_models::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        environment_id: Set(environment.uuid()),
        prices: Set(prices.map(serde_json::to_value).transpose()?),
        created_by: Set(created_by),
    };
    price_models::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The prices of an environment, if it has some.
pub(in crate::systems) async fn newest(
    tx: &Tx,
    scope: &Scope,
    environment: EnvironmentId,
) -> Result<Option<KeptPrices>> {
    let row = price_models::Entity::find()
        .filter(price_models::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(price_models::Column::EnvironmentId.eq(environment.uuid()))
        .order_by_desc(price_models::Column::Id)
        .one(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let Some(prices) = row.prices else { return Ok(None) };
    Ok(Some(KeptPrices {
        prices: serde_json::from_value(prices)?,
        created_by: row.created_by,
        created_at: row.created_at,
    }))
}
