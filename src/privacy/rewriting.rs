//! Putting another name in the place of a person wherever rows that stay name them.

use super::{
    holdings::{Held, Holding},
    people_rows::{Known, all, as_text, column, execute, of_tenant},
};
use crate::{
    Result,
    access::Scope,
    platform::{
        db::Tx,
        persons::{Needle, replaced},
    },
    text,
};
use sea_orm::{
    QueryResult, Value as SqlValue,
    entity::prelude::*,
    sea_query::{Alias, Condition, Expr, ExprTrait, Func, LikeExpr, Order, Query, SimpleExpr},
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Rows that are looked into at once.
const ROWS_AT_ONCE: u64 = 100;
/// Columns whose words are kept a second time, by which no two rows may be the same.
const KEYS: [(&str, &str); 3] =
    [("name", "name_key"), ("target_name", "target_key"), ("idempotency_key", "idempotency_key")];

/// What was written anew in a table.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    /// How many cells.
    pub cells: u64,
    /// The rows in which words changed.
    pub rows: BTreeSet<Uuid>,
}

/// Puts `alias` in the place of a person wherever a table names them.
pub(super) async fn rename(
    tx: &Tx,
    scope: &Scope,
    holding: &Holding,
    person: &Known,
    alias: &str,
) -> Result<Rewritten> {
    let mut done = Rewritten::default();
    let is_key = |name: &str| KEYS.iter().any(|(words, key)| *key == name && *words != name);
    for (name, held) in holding.mentions().filter(|(name, _)| !is_key(name)) {
        if held == Held::Label {
            done.cells += relabel(tx, scope, (holding.table, name), person, alias).await?;
        }
        // A label may hold the name of a key, and that a person's.
        reword(tx, scope, (holding, name, held), (person, alias), &mut done).await?;
    }
    Ok(done)
}

async fn relabel(
    tx: &Tx,
    scope: &Scope,
    (table, name): (&'static str, &'static str),
    person: &Known,
    alias: &str,
) -> Result<u64> {
    let update = Query::update()
        .table(Alias::new(table))
        .value(Alias::new(name), alias)
        .and_where(of_tenant(scope))
        .and_where(column(name).is_in(person.emails()))
        .to_owned();
    execute(tx, &update).await
}

/// The pattern of a first look at what may hold a word. The databases know the small letters of ASCII alone, and JSON writes
/// some characters in other ways; in the place of those stands anything.
fn loosely(word: &str) -> LikeExpr {
    let mut pattern = "%".to_owned();
    for c in word.chars() {
        match c {
            '%' | '_' => pattern.extend(['\\', c]),
            ' '..='~' if !matches!(c, '"' | '\\') => pattern.push(c.to_ascii_lowercase()),
            _ if pattern.ends_with('%') && !pattern.ends_with("\\%") => {}
            _ => pattern.push('%'),
        }
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

/// Words are looked for in the database and replaced here, where a word is told from a part of one.
async fn reword(
    tx: &Tx,
    scope: &Scope,
    (holding, name, held): (&Holding, &'static str, Held),
    (person, alias): (&Known, &str),
    done: &mut Rewritten,
) -> Result<()> {
    let words = person.words();
    let needles: Vec<_> = words.iter().map(|word| Needle::new(word)).collect();
    let needles: Vec<_> = needles.iter().collect();
    let key = KEYS.iter().find(|(words, _)| *words == name).map(|(_, key)| *key);
    let key = key.filter(|key| holding.columns.iter().any(|(there, _)| there == key));
    let mut any = Condition::any();
    for word in &words {
        any = any.add(Expr::expr(SimpleExpr::from(Func::lower(as_text(name)))).like(loosely(word)));
    }
    let mut after: Option<Uuid> = None;
    loop {
        let mut select = Query::select();
        select
            .column(Alias::new("id"))
            .expr_as(as_text(name), Alias::new("words"))
            .from(Alias::new(holding.table))
            .and_where(of_tenant(scope))
            .cond_where(any.clone())
            .order_by(Alias::new("id"), Order::Asc)
            .limit(ROWS_AT_ONCE);
        if let Some(key) = key {
            select.expr_as(as_text(key), Alias::new("key"));
        }
        if let Some(after) = after {
            select.and_where(column("id").gt(after));
        }
        let rows = all(tx, &select).await?;
        for row in &rows {
            let id: Uuid = row.try_get("", "id")?;
            after = Some(id);
            let words: String = row.try_get("", "words")?;
            let Some(words) = reworded(&words, held, &needles, alias)? else { continue };
            done.cells += match (words, key) {
                (Cell::Words(words), Some(key)) => put_words(tx, scope, (holding.table, name, key), row, words).await?,
                (Cell::Words(words), None) => put(tx, scope, holding.table, id, [(name, words.into())]).await?,
                (Cell::Document(document), _) => put(tx, scope, holding.table, id, [(name, document.into())]).await?,
            };
            done.rows.insert(id);
        }
        if (rows.len() as u64) < ROWS_AT_ONCE {
            return Ok(());
        }
    }
}

async fn put<const N: usize>(
    tx: &Tx,
    scope: &Scope,
    table: &'static str,
    id: Uuid,
    values: [(&'static str, SqlValue); N],
) -> Result<u64> {
    let mut update = Query::update();
    update.table(Alias::new(table)).and_where(of_tenant(scope)).and_where(column("id").eq(id));
    for (name, value) in values {
        update.value(Alias::new(name), Expr::value(value));
    }
    execute(tx, &update).await
}

/// Keeps words with their key. Where another row has that key already, the end of the row's id tells the two apart.
async fn put_words(
    tx: &Tx,
    scope: &Scope,
    (table, name, key): (&'static str, &'static str, &'static str),
    row: &QueryResult,
    words: String,
) -> Result<u64> {
    let id: Uuid = row.try_get("", "id")?;
    // A policy that is in use has a name and no key.
    if row.try_get::<Option<String>>("", "key")?.is_none_or(|key| key.is_empty()) {
        return put(tx, scope, table, id, [(name, words.into())]).await;
    }
    let same = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new(table))
        .and_where(of_tenant(scope))
        .and_where(column(key).eq(text::key(&words)))
        .and_where(column("id").ne(id))
        .limit(1)
        .to_owned();
    let words = if all(tx, &same).await?.is_empty() {
        words
    } else {
        let digits = id.simple().to_string();
        format!("{words} {}", &digits[digits.len() - 8..])
    };
    if name == key {
        return put(tx, scope, table, id, [(key, text::key(&words).into())]).await;
    }
    put(tx, scope, table, id, [(key, text::key(&words).into()), (name, words.into())]).await
}

/// What a cell becomes.
#[derive(Debug, PartialEq)]
enum Cell {
    Words(String),
    Document(Value),
}

/// A cell with `alias` in the place of every needle; nothing where none stands there.
fn reworded(cell: &str, held: Held, needles: &[&Needle], alias: &str) -> Result<Option<Cell>> {
    if held != Held::Json {
        return Ok(replaced(cell, needles, |_, _| alias.to_owned()).map(Cell::Words));
    }
    let document: Value = serde_json::from_str(cell)?;
    let changed = in_document(&document, needles, alias);
    Ok((changed != document).then_some(Cell::Document(changed)))
}

fn in_document(document: &Value, needles: &[&Needle], alias: &str) -> Value {
    let put = |text: &str| replaced(text, needles, |_, _| alias.to_owned()).unwrap_or_else(|| text.to_owned());
    match document {
        Value::String(text) => Value::String(put(text)),
        Value::Array(items) => items.iter().map(|item| in_document(item, needles, alias)).collect(),
        Value::Object(members) => {
            let mut changed = Map::new();
            for (name, value) in members {
                let (mut name, value) = (put(name), in_document(value, needles, alias));
                while changed.contains_key(&name) {
                    name.push('\'');
                }
                changed.insert(name, value);
            }
            Value::Object(changed)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_go_from_texts_and_members_of_documents() {
        let (name, email) = (Needle::new("Ada \"A\" Quill"), Needle::new("ada@x.com"));
        let before = json!({ "ada@x.com": 1, "Ada \"A\" Quill": [{ "by": "ada \"a\" quill, 3" }], "n": 1.5 });
        let after = reworded(&before.to_string(), Held::Json, &[&name, &email], "nobody").unwrap();
        let Some(Cell::Document(after)) = after else { panic!("{after:?}") };
        assert_eq!(after.to_string().matches("nobody").count(), 3, "{after}");
        assert_eq!((after.as_object().unwrap().len(), &after["n"]), (3, &json!(1.5)));
        assert_eq!(reworded(&json!({ "a": "bada@x.com" }).to_string(), Held::Json, &[&email], "nobody").unwrap(), None);
    }
}
