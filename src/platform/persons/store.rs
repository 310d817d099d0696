//! The table `person_keys`. A key is found by a blind index of its person's address, so that not even the table says whose it
//! is.

use super::{Keeping, key::PersonKey};
use crate::{
    Error, Result,
    access::Scope,
    platform::{db::Tx, secrets::Sealer},
    text,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait as _, ExprTrait as _,
    entity::prelude::*,
    sea_query::{OnConflict, Query},
};
use std::collections::BTreeSet;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "person_keys")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub subject: String,
    #[sea_orm(column_type = "Text")]
    pub sealed_key: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// Whether the transaction's database seals.
///
/// # Errors
/// Internal where it was opened without what seals.
pub(super) fn seals(tx: &Tx) -> Result<bool> {
    match tx.persons() {
        Keeping::Sealed(_) => Ok(true),
        Keeping::Refused => Err(Error::internal("the database was opened without what seals personal values")),
        #[cfg(test)]
        Keeping::Clear => Ok(false),
    }
}

fn sealer(tx: &Tx) -> Result<&Sealer> {
    match tx.persons() {
        Keeping::Sealed(sealer) => Ok(sealer),
        _ => Err(Error::internal("the database was opened without what seals personal values")),
    }
}

fn subject(tx: &Tx, scope: &Scope, email: &str) -> Result<String> {
    Ok(sealer(tx)?.blind(&format!("person of {}", scope.tenant()), &text::key(email)))
}

fn context(id: Uuid) -> String {
    format!("person key {id}")
}

fn opened(tx: &Tx, row: &Model) -> Result<PersonKey> {
    PersonKey::from_bytes(row.id, &sealer(tx)?.open(&context(row.id), &row.sealed_key)?)
}

fn of(scope: &Scope) -> sea_orm::sea_query::SimpleExpr {
    Column::TenantId.eq(scope.tenant().uuid())
}

/// The key of the person with this address.
pub async fn find(tx: &Tx, scope: &Scope, email: &str) -> Result<Option<PersonKey>> {
    if !seals(tx)? {
        return Ok(None);
    }
    let row = Entity::find().filter(of(scope).and(Column::Subject.eq(subject(tx, scope, email)?))).one(tx).await?;
    row.map(|row| opened(tx, &row)).transpose()
}

/// The same; made if there is none.
pub async fn find_or_make(tx: &Tx, scope: &Scope, now: DateTime<Utc>, email: &str) -> Result<PersonKey> {
    if let Some(key) = find(tx, scope, email).await? {
        return Ok(key);
    }
    let key = PersonKey::generate();
    let row = ActiveModel {
        id: Set(key.id()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        subject: Set(subject(tx, scope, email)?),
        sealed_key: Set(sealer(tx)?.seal(&context(key.id()), key.bytes())?),
    };
    let known = OnConflict::columns([Column::TenantId, Column::Subject]).do_nothing().to_owned();
    match Entity::insert(row).on_conflict(known).exec_without_returning(tx).await {
        Ok(_) | Err(DbErr::RecordNotInserted) => {}
        Err(error) => return Err(error.into()),
    }
    // Another transaction may have been first.
    find(tx, scope, email).await?.ok_or_else(|| Error::internal("a person's key was not kept"))
}

/// The keys with these ids that are still there.
pub(super) async fn by_id(tx: &Tx, scope: &Scope, ids: BTreeSet<Uuid>) -> Result<Vec<PersonKey>> {
    if ids.is_empty() || !seals(tx)? {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(of(scope).and(Column::Id.is_in(ids))).all(tx).await?;
    rows.iter().map(|row| opened(tx, row)).collect()
}

/// Destroys the key of the person with this address. Nothing that it sealed can be read again.
pub async fn destroy(tx: &Tx, scope: &Scope, email: &str) -> Result<()> {
    if seals(tx)? {
        let own = of(scope).and(Column::Subject.eq(subject(tx, scope, email)?));
        Entity::delete_many().filter(own).exec(tx).await?;
    }
    Ok(())
}

/// The account's row as far as it matters here: the table belongs to `identity`, which stands above.
async fn account(tx: &Tx, scope: &Scope, email: &str) -> Result<Option<String>> {
    let select = Query::select()
        .column("name")
        .from("users")
        .and_where(Expr::col("tenant_id").eq(scope.tenant().uuid()))
        .and_where(Expr::col("email_key").eq(text::key(email)))
        .to_owned();
    let row = tx.query_one_raw(tx.get_database_backend().build(&select)).await?;
    Ok(row.map(|row| row.try_get("", "name")).transpose()?)
}

/// The name of the member with this address.
pub(super) async fn name_of(tx: &Tx, scope: &Scope, email: &str) -> Result<Option<String>> {
    account(tx, scope, email).await
}
