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
    ConnectionTrait as _, ExprTrait as _, Statement,
    entity::prelude::*,
    sea_query::{OnConflict, Order, Query},
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

/// The key of the person with this address, or whose it was.
pub async fn find(tx: &Tx, scope: &Scope, email: &str) -> Result<Option<PersonKey>> {
    if !seals(tx)? {
        return Ok(None);
    }
    match under(tx, scope, email).await? {
        None => under(tx, scope, &address_now(tx, scope, email).await?).await,
        known => Ok(known),
    }
}

async fn under(tx: &Tx, scope: &Scope, email: &str) -> Result<Option<PersonKey>> {
    let row = Entity::find().filter(of(scope).and(Column::Subject.eq(subject(tx, scope, email)?))).one(tx).await?;
    row.map(|row| opened(tx, &row)).transpose()
}

/// The address of who had this one; this one where nobody did.
async fn address_now(tx: &Tx, scope: &Scope, email: &str) -> Result<String> {
    Ok(member(tx, scope, email).await?.map_or_else(|| email.to_owned(), |member| member.email))
}

/// The same; made if there is none.
pub async fn find_or_make(tx: &Tx, scope: &Scope, now: DateTime<Utc>, email: &str) -> Result<PersonKey> {
    if let Some(key) = find(tx, scope, email).await? {
        return Ok(key);
    }
    let email = &address_now(tx, scope, email).await?;
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

/// Lets a person's key go with them to a new address. Where that has one already, as of an invitation, both stay.
pub async fn follow(tx: &Tx, scope: &Scope, from: &str, to: &str) -> Result<()> {
    if !seals(tx)? || under(tx, scope, to).await?.is_some() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::Subject, Expr::value(subject(tx, scope, to)?))
        .filter(of(scope).and(Column::Subject.eq(subject(tx, scope, from)?)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Destroys the key that is kept for this address. Nothing that it sealed can be read again.
pub async fn destroy(tx: &Tx, scope: &Scope, email: &str) -> Result<()> {
    if seals(tx)? {
        let own = of(scope).and(Column::Subject.eq(subject(tx, scope, email)?));
        Entity::delete_many().filter(own).exec(tx).await?;
    }
    Ok(())
}

/// A member as the tables of accounts know them, which belong to a capability above.
pub(super) struct Member {
    id: Uuid,
    /// The address that they have now.
    pub email: String,
    name: String,
}

const FORMER: &str = "former_names";

/// Who has an address; where nobody has, who had it last.
pub(super) async fn member(tx: &Tx, scope: &Scope, email: &str) -> Result<Option<Member>> {
    let users = || {
        Query::select()
            .columns(["id", "email", "name"].map(|name| ("users", name)))
            .from("users")
            .and_where(Expr::col(("users", "tenant_id")).eq(scope.tenant().uuid()))
            .to_owned()
    };
    let now = users().and_where(Expr::col(("users", "email_key")).eq(text::key(email))).to_owned();
    let before = users()
        .inner_join(FORMER, Expr::col((FORMER, "user_id")).equals(("users", "id")))
        .and_where(Expr::col((FORMER, "tenant_id")).eq(scope.tenant().uuid()))
        .and_where(Expr::col((FORMER, "email_key")).eq(text::key(email)))
        .order_by((FORMER, "id"), Order::Desc)
        .limit(1)
        .to_owned();
    for select in [now, before] {
        if let Some(row) = tx.query_one_raw(tx.get_database_backend().build(&select)).await? {
            let (id, email, name) = (row.try_get("", "id")?, row.try_get("", "email")?, row.try_get("", "name")?);
            return Ok(Some(Member { id, email, name }));
        }
    }
    Ok(None)
}

/// The addresses that a member has and had, and the names.
pub(super) async fn called(tx: &Tx, scope: &Scope, member: &Member) -> Result<(Vec<String>, Vec<String>)> {
    let select = Query::select()
        .columns(["email", "name"])
        .from(FORMER)
        .and_where(Expr::col("tenant_id").eq(scope.tenant().uuid()))
        .and_where(Expr::col("user_id").eq(member.id))
        .to_owned();
    let (mut emails, mut names) = (vec![member.email.clone()], vec![member.name.clone()]);
    for row in tx.query_all_raw(tx.get_database_backend().build(&select)).await? {
        emails.push(row.try_get("", "email")?);
        names.push(row.try_get("", "name")?);
    }
    Ok((emails, names))
}

/// Members whose names may stand in some words, each with the address: the name has several words and either stands there or
/// has letters whose capitals the database does not know.
pub(super) async fn named_in(tx: &Tx, scope: &Scope, words: &str) -> Result<Vec<(String, String)>> {
    let position = if tx.is_postgres() { "strpos" } else { "instr" };
    let holds = |name: &str| {
        format!("{name} LIKE '% %' AND ({position}($2, lower({name})) > 0 OR octet_length({name}) <> length({name}))")
    };
    let sql = format!(
        "SELECT email, name FROM users WHERE tenant_id = $1 AND {} UNION ALL
         SELECT users.email, {FORMER}.name FROM {FORMER} JOIN users ON users.id = {FORMER}.user_id
         WHERE users.tenant_id = $1 AND {FORMER}.tenant_id = $1 AND {}",
        holds("name"),
        holds("former_names.name"),
    );
    let values = [scope.tenant().uuid().into(), words.to_ascii_lowercase().replace('\0', " ").into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let rows = tx.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get("", "email")?, row.try_get("", "name")?))).collect()
}
