//! Reading and changing what the list of holdings names. The statements are made from that list, never from what somebody sent.

use super::holdings::{Held, Holding, Whose};
use crate::{
    Result,
    access::Scope,
    ids::UserId,
    platform::{
        db::Tx,
        persons::{Needle, replaced},
    },
    text,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait as _, QueryResult, Value as SqlValue,
    entity::prelude::*,
    sea_query::{
        Alias, Condition, Expr, ExprTrait, LikeExpr, Order, Query, SelectStatement, SimpleExpr, UpdateStatement,
    },
};
use serde_json::{Map, Value};

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
}

impl Known {
    /// What names the person in texts. A name of one word is a word like others, and stays.
    pub fn needles(&self) -> Vec<Needle> {
        let name = self.name.trim();
        let names = name.contains(' ').then_some(name);
        [self.email.as_str()].into_iter().chain(names).map(Needle::new).collect()
    }
}

fn column(name: &str) -> Expr {
    Expr::col(Alias::new(name))
}

fn as_text(name: &str) -> Expr {
    column(name).cast_as(Alias::new("text"))
}

fn of_tenant(scope: &Scope) -> Expr {
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
    Ok(Some(Known { id, email: text("email")?, name: text("name")?, role: text("role")? }))
}

async fn one(tx: &Tx, select: &SelectStatement) -> Result<Option<QueryResult>> {
    Ok(tx.query_one_raw(tx.get_database_backend().build(select)).await?)
}

async fn all(tx: &Tx, select: &SelectStatement) -> Result<Vec<QueryResult>> {
    Ok(tx.query_all_raw(tx.get_database_backend().build(select)).await?)
}

/// The rows that are a person's own.
fn own(whose: Whose, person: &Known) -> Option<Expr> {
    match whose {
        Whose::Nobodys => None,
        Whose::Account(name) | Whose::Kept(name) => Some(column(name).eq(person.id.uuid())),
        Whose::Address(name) => Some(column(name).eq(text::key(&person.email))),
        Whose::Caller(name) => Some(column(name).eq(format!("user {}", person.id))),
    }
}

/// What a table holds of a person: their own rows, and those that they made; newest first, `most` of them.
pub(super) async fn rows_of(
    tx: &Tx,
    scope: &Scope,
    holding: &Holding,
    person: &Known,
    most: u64,
) -> Result<Vec<Value>> {
    let mut any = Condition::any();
    let mut is_any = false;
    for part in
        own(holding.whose, person).into_iter().chain(holding.labels().map(|name| column(name).eq(&person.email)))
    {
        any = any.add(part);
        is_any = true;
    }
    if !is_any {
        return Ok(Vec::new());
    }
    let mut select = Query::select();
    select.column(Alias::new("id")).column(Alias::new("created_at")).from(Alias::new(holding.table));
    for name in holding.shown() {
        select.expr_as(as_text(name), Alias::new(name));
    }
    select.and_where(of_tenant(scope)).cond_where(any).order_by(Alias::new("created_at"), Order::Desc).limit(most);
    all(tx, &select).await?.iter().map(|row| shown(row, holding)).collect()
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

/// Puts `alias` in the place of a person wherever a table names them; in how many cells.
pub(super) async fn rename(tx: &Tx, scope: &Scope, holding: &Holding, person: &Known, alias: &str) -> Result<u64> {
    let mut changed = 0;
    for (name, held) in holding.mentions() {
        if held == Held::Label {
            changed += relabel(tx, scope, (holding.table, name), &person.email, alias).await?;
        }
        // A label may hold the name of a key, and that a person's.
        changed += reword(tx, scope, (holding.table, name, held), person, alias).await?;
    }
    Ok(changed)
}

async fn relabel(tx: &Tx, scope: &Scope, (table, name): (&str, &str), email: &str, alias: &str) -> Result<u64> {
    let update = Query::update()
        .table(Alias::new(table))
        .value(Alias::new(name), alias)
        .and_where(of_tenant(scope))
        .and_where(column(name).eq(email))
        .to_owned();
    execute(tx, &update).await
}

async fn execute(tx: &Tx, update: &UpdateStatement) -> Result<u64> {
    Ok(tx.execute_raw(tx.get_database_backend().build(update)).await?.rows_affected())
}

/// Names are looked for in the database and replaced here, where a word is told from a part of one.
async fn reword(
    tx: &Tx,
    scope: &Scope,
    (table, name, held): (&str, &str, Held),
    person: &Known,
    alias: &str,
) -> Result<u64> {
    let needles = person.needles();
    let mut any = Condition::any();
    for word in [&person.email, &person.name] {
        let holds = LikeExpr::new(text::holding(&text::key(word))).escape('\\');
        any = any.add(Expr::expr(SimpleExpr::from(sea_orm::sea_query::Func::lower(as_text(name)))).like(holds));
    }
    let select = Query::select()
        .column(Alias::new("id"))
        .expr_as(as_text(name), Alias::new("words"))
        .from(Alias::new(table))
        .and_where(of_tenant(scope))
        .cond_where(any)
        .to_owned();
    let mut changed = 0;
    for row in all(tx, &select).await? {
        let words: String = row.try_get("", "words")?;
        let needles: Vec<_> = needles.iter().collect();
        let Some(words) = replaced(&words, &needles, |_, _| alias.to_owned()) else { continue };
        let value: SqlValue =
            if held == Held::Json { serde_json::from_str::<Value>(&words)?.into() } else { words.into() };
        let update = Query::update()
            .table(Alias::new(table))
            .value(Alias::new(name), value)
            .and_where(of_tenant(scope))
            .and_where(column("id").eq(row.try_get::<Uuid>("", "id")?))
            .to_owned();
        changed += execute(tx, &update).await?;
    }
    Ok(changed)
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
           AND p.type NOT LIKE 'uuid%' AND p.type NOT LIKE 'timestamp%' AND m.name NOT LIKE 'sqlite_%'"
    };
    let statement = sea_orm::Statement::from_string(tx.get_database_backend(), sql);
    let rows = tx.query_all_raw(statement).await.expect("the catalogue is read");
    rows.iter()
        .map(|row| (row.try_get::<String>("", "t").expect("a name"), row.try_get::<String>("", "c").expect("a name")))
        .collect()
}
