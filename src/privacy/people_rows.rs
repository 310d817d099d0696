//! Reading and removing what the list of holdings names. The statements are made from that list, never from what somebody sent.

use super::holdings::{Holding, Whose};
use crate::{Result, access::Scope, ids::UserId, platform::db::Tx, text};
use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait as _, QueryResult,
    entity::prelude::*,
    sea_query::{Alias, Condition, Expr, ExprTrait, LockType, Order, Query, SelectStatement, UpdateStatement},
};
use serde_json::{Map, Value};

/// Rows that are read at once.
const ROWS_AT_ONCE: u64 = 200;

/// Somebody as the tables know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// The account.
    pub id: UserId,
    /// Its address as it was typed.
    pub email: String,
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: String,
    /// Addresses and names that it had before, but for addresses that are another account's now.
    pub before: Vec<(Option<String>, String)>,
}

impl Known {
    /// The addresses that the person has and had.
    pub fn emails(&self) -> Vec<&str> {
        let before = self.before.iter().filter_map(|(email, _)| email.as_deref());
        [self.email.as_str()].into_iter().chain(before).collect()
    }

    /// What names the person in texts. A name of one word is a word like others, and stays.
    pub fn words(&self) -> Vec<&str> {
        let names = self.before.iter().map(|(_, name)| name).chain([&self.name]).map(|name| name.trim());
        self.emails().into_iter().chain(names.filter(|name| name.contains(' '))).collect()
    }
}

pub(super) fn column(name: &str) -> Expr {
    Expr::col(Alias::new(name))
}

pub(super) fn as_text(name: &str) -> Expr {
    column(name).cast_as(Alias::new("text"))
}

pub(super) fn of_tenant(scope: &Scope) -> Expr {
    column("tenant_id").eq(scope.tenant().uuid())
}

/// The account of a member.
pub(super) async fn account(tx: &Tx, scope: &Scope, id: UserId) -> Result<Option<Known>> {
    let select = Query::select()
        .columns(["email", "name", "role"].map(Alias::new))
        .from(Alias::new("users"))
        .and_where(of_tenant(scope))
        .and_where(column("id").eq(id.uuid()))
        .to_owned();
    let Some(row) = one(tx, &select).await? else { return Ok(None) };
    let text = |name: &str| row.try_get::<String>("", name);
    Ok(Some(Known { id, email: text("email")?, name: text("name")?, role: text("role")?, before: Vec::new() }))
}

/// The same with what the person was called before, and nobody else changes or removes the account until the transaction ends.
pub(super) async fn whole_account(tx: &Tx, scope: &Scope, id: UserId) -> Result<Option<Known>> {
    if tx.is_postgres() {
        let mut lock = Query::select();
        lock.column(Alias::new("id")).from(Alias::new("users")).and_where(of_tenant(scope));
        one(tx, lock.and_where(column("id").eq(id.uuid())).lock(LockType::Update)).await?;
    }
    let Some(known) = account(tx, scope, id).await? else { return Ok(None) };
    let select = Query::select()
        .columns(["email", "email_key", "name"].map(Alias::new))
        .from(Alias::new("former_names"))
        .and_where(of_tenant(scope))
        .and_where(column("user_id").eq(id.uuid()))
        .order_by(Alias::new("id"), Order::Asc)
        .to_owned();
    let mut before = Vec::new();
    for row in all(tx, &select).await? {
        let others = Query::select()
            .column(Alias::new("id"))
            .from(Alias::new("users"))
            .and_where(of_tenant(scope))
            .and_where(column("email_key").eq(row.try_get::<String>("", "email_key")?))
            .and_where(column("id").ne(id.uuid()))
            .to_owned();
        let email: String = row.try_get("", "email")?;
        before.push((one(tx, &others).await?.is_none().then_some(email), row.try_get("", "name")?));
    }
    Ok(Some(Known { before, ..known }))
}

async fn one(tx: &Tx, select: &SelectStatement) -> Result<Option<QueryResult>> {
    Ok(tx.query_one_raw(tx.get_database_backend().build(select)).await?)
}

pub(super) async fn all(tx: &Tx, select: &SelectStatement) -> Result<Vec<QueryResult>> {
    Ok(tx.query_all_raw(tx.get_database_backend().build(select)).await?)
}

/// The rows that are a person's own.
fn own(whose: Whose, person: &Known) -> Option<Expr> {
    match whose {
        Whose::Nobodys => None,
        Whose::Account(name) | Whose::Kept(name) => Some(column(name).eq(person.id.uuid())),
        Whose::Address(name) => Some(column(name).is_in(person.emails().into_iter().map(text::key))),
        Whose::Caller(name) => Some(column(name).eq(format!("user {}", person.id))),
    }
}

/// What a table holds of a person, as far as there was room for it.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The rows.
    pub rows: Vec<Value>,
    /// Their length as JSON.
    pub bytes: usize,
    /// There are more.
    pub is_cut: bool,
}

/// What a table holds of a person: their own rows, and those that they made; newest first, up to so many rows and bytes. They
/// are read a few at a time, so that what there is no room for is not all in the memory.
pub(super) async fn rows_of(
    tx: &Tx,
    scope: &Scope,
    holding: &Holding,
    person: &Known,
    (most, room): (u64, usize),
) -> Result<Part> {
    let mut any = Condition::any();
    let mut is_any = false;
    for part in
        own(holding.whose, person).into_iter().chain(holding.labels().map(|name| column(name).is_in(person.emails())))
    {
        any = any.add(part);
        is_any = true;
    }
    let mut part = Part::default();
    if !is_any {
        return Ok(part);
    }
    let mut select = Query::select();
    select.column(Alias::new("id")).column(Alias::new("created_at")).from(Alias::new(holding.table));
    for name in holding.shown() {
        select.expr_as(as_text(name), Alias::new(name));
    }
    select.and_where(of_tenant(scope)).cond_where(any);
    select.order_by(Alias::new("created_at"), Order::Desc).order_by(Alias::new("id"), Order::Desc);
    loop {
        let rows = all(tx, select.clone().limit(ROWS_AT_ONCE).offset(part.rows.len() as u64)).await?;
        for row in &rows {
            let row = shown(row, holding)?;
            part.bytes += serde_json::to_vec(&row)?.len();
            if part.bytes > room || part.rows.len() as u64 >= most {
                part.is_cut = true;
                return Ok(part);
            }
            part.rows.push(row);
        }
        if (rows.len() as u64) < ROWS_AT_ONCE {
            return Ok(part);
        }
    }
}

fn shown(row: &QueryResult, holding: &Holding) -> Result<Value> {
    let mut members = Map::new();
    members.insert("id".to_owned(), Value::String(row.try_get::<Uuid>("", "id")?.to_string()));
    let at: DateTime<Utc> = row.try_get("", "created_at")?;
    members.insert("created_at".to_owned(), serde_json::to_value(at)?);
    for name in holding.shown() {
        let Some(text) = row.try_get::<Option<String>>("", name)? else { continue };
        let is_json = text.starts_with(['{', '[']);
        let parsed = is_json.then(|| serde_json::from_str(&text).ok()).flatten();
        members.insert(name.to_owned(), parsed.unwrap_or(Value::String(text)));
    }
    Ok(Value::Object(members))
}

/// Removes a person's own rows, where they end with the account; how many.
pub(super) async fn remove(tx: &Tx, scope: &Scope, holding: &Holding, person: &Known) -> Result<u64> {
    let Some(own) = own(holding.whose, person).filter(|_| !matches!(holding.whose, Whose::Kept(_))) else {
        return Ok(0);
    };
    let delete =
        Query::delete().from_table(Alias::new(holding.table)).and_where(of_tenant(scope)).and_where(own).to_owned();
    Ok(tx.execute_raw(tx.get_database_backend().build(&delete)).await?.rows_affected())
}

pub(super) async fn execute(tx: &Tx, update: &UpdateStatement) -> Result<u64> {
    Ok(tx.execute_raw(tx.get_database_backend().build(update)).await?.rows_affected())
}

/// The tables and columns of the database that hold text or JSON, for the test of the list.
#[cfg(test)]
pub(super) async fn text_columns(tx: &Tx) -> Vec<(String, String)> {
    let sql = if tx.is_postgres() {
        "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type IN ('character varying', 'text', 'json', 'jsonb', 'bytea')"
    } else {
        "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p
         WHERE m.type = 'table' AND (p.type LIKE 'varchar%' OR p.type LIKE '%text%' OR p.type LIKE 'json%' OR p.type LIKE 'blob%')
           AND p.type NOT LIKE 'uuid%' AND p.type NOT LIKE 'timestamp%' AND p.type NOT LIKE 'date%' AND m.name NOT LIKE 'sqlite_%'"
    };
    let statement = sea_orm::Statement::from_string(tx.get_database_backend(), sql);
    let rows = tx.query_all_raw(statement).await.expect("the catalogue is read");
    rows.iter()
        .map(|row| (row.try_get::<String>("", "t").expect("a name"), row.try_get::<String>("", "c").expect("a name")))
        .collect()
}
