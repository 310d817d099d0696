//! What those who run the hub may reach of every organisation, and what hands out work may know of suspended ones.

use crate::tables::{Realm, admit, conceal, index, reveal};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index("tenants", &["suspended_at"])).await?;
        admit(manager, "tenants", Realm::Operate).await?;
        // How many members each has.
        reveal(manager, "users", Realm::Operate).await?;
        // Whose work waits.
        reveal(manager, "tenants", Realm::Dispatch).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        conceal(manager, "tenants", Realm::Dispatch).await?;
        conceal(manager, "users", Realm::Operate).await?;
        conceal(manager, "tenants", Realm::Operate).await?;
        manager.drop_index(Index::drop().name("ix_tenants_suspended_at").table("tenants").to_owned()).await
    }
}
