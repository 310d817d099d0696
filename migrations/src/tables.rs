//! How a tenant's table is made: the same columns first, the same policy behind it.

use crate::APPLICATION_ROLE;
use sea_orm_migration::{
    prelude::*,
    schema::{timestamp_with_time_zone, uuid},
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

/// A purpose other than a tenant's own for which rows of a table are reached, named in `sbh.realm` for one transaction.
#[derive(Clone, Copy)]
pub enum Realm {
    /// Finding who a credential belongs to.
    SignIn,
    /// Handing out queued work.
    Dispatch,
    /// Finding which scorecard a share link shows.
    Share,
    /// Running the hub: making, suspending and removing organisations.
    Operate,
}

impl Realm {
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Dispatch => "dispatch",
            Self::Share => "share",
            Self::Operate => "operate",
        }
    }
}

/// Starts a table whose rows belong to a tenant: `id`, `tenant_id`, `created_at`.
pub fn tenant_table(name: &str) -> TableCreateStatement {
    Table::create()
        .table(Alias::new(name))
        .col(uuid("id").primary_key())
        .col(uuid("tenant_id"))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned()
}

/// Makes the table and, on PostgreSQL, forces row-level security on it for its tenant and for the named realms.
pub async fn create_tenant_table(
    manager: &SchemaManager<'_>,
    table: TableCreateStatement,
    name: &str,
    realms: &[Realm],
) -> Result<(), DbErr> {
    manager.create_table(table).await?;
    manager.create_index(index(name, &["tenant_id", "id"])).await?;
    protect(manager, name, "tenant_id", realms).await
}

/// Forces row-level security on a table whose rows are keyed by `column`.
pub async fn protect(manager: &SchemaManager<'_>, name: &str, column: &str, realms: &[Realm]) -> Result<(), DbErr> {
    if manager.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    let own = format!("{column} = NULLIF(current_setting('sbh.tenant', true), '')::uuid");
    let mut statements = vec![
        format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"),
        format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY"),
        format!("CREATE POLICY tenant ON {name} USING ({own}) WITH CHECK ({own})"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {APPLICATION_ROLE}"),
    ];
    for realm in realms {
        let realm = realm.name();
        let test = format!("current_setting('sbh.realm', true) = '{realm}'");
        statements.push(format!("CREATE POLICY {realm} ON {name} USING ({test}) WITH CHECK ({test})"));
    }
    for statement in statements {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Lets a realm read a table's rows, and no more.
pub async fn reveal(manager: &SchemaManager<'_>, name: &str, realm: Realm) -> Result<(), DbErr> {
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        let realm = realm.name();
        let test = format!("current_setting('sbh.realm', true) = '{realm}'");
        let statement = format!("CREATE POLICY {realm} ON {name} FOR SELECT USING ({test})");
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Lets a realm read and change a table's rows.
pub async fn admit(manager: &SchemaManager<'_>, name: &str, realm: Realm) -> Result<(), DbErr> {
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        let realm = realm.name();
        let test = format!("current_setting('sbh.realm', true) = '{realm}'");
        let statement = format!("CREATE POLICY {realm} ON {name} USING ({test}) WITH CHECK ({test})");
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Takes from a realm what [`reveal`] or [`admit`] gave.
pub async fn conceal(manager: &SchemaManager<'_>, name: &str, realm: Realm) -> Result<(), DbErr> {
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        let statement = format!("DROP POLICY {} ON {name}", realm.name());
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Lets the application use a table that belongs to no tenant.
pub async fn grant(manager: &SchemaManager<'_>, name: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        let statement = format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {APPLICATION_ROLE}");
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// An index named after its table and columns.
pub fn index(table: &str, columns: &[&str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.table(Alias::new(table)).name(format!("ix_{table}_{}", columns.join("_")));
    for column in columns {
        index.col(Alias::new(*column));
    }
    index.to_owned()
}

/// A unique index named after its table and columns.
pub fn unique(table: &str, columns: &[&str]) -> IndexCreateStatement {
    index(table, columns).name(format!("uq_{table}_{}", columns.join("_"))).unique().to_owned()
}

/// Drops the tables, last made first.
pub async fn drop_tables(manager: &SchemaManager<'_>, names: &[&str]) -> Result<(), DbErr> {
    for name in names.iter().rev() {
        manager.drop_table(Table::drop().table(Alias::new(*name)).to_owned()).await?;
    }
    Ok(())
}
