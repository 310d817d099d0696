//! What somebody was called before a directory renamed them.

use crate::tables::{create_tenant_table, drop_tables, index, tenant_table};
use sea_orm_migration::{
    prelude::*,
    schema::{string, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let names = tenant_table("former_names")
            .col(uuid("user_id"))
            .col(string("email"))
            .col(string("email_key"))
            .col(string("name"))
            .to_owned();
        create_tenant_table(manager, names, "former_names", &[]).await?;
        manager.create_index(index("former_names", &["tenant_id", "user_id"])).await?;
        manager.create_index(index("former_names", &["tenant_id", "email_key"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["former_names"]).await
    }
}
