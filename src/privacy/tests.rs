//! Personal data given out and erased, on both databases. The search looks into every table and every file.

#![expect(clippy::unwrap_used, reason = "a test that can not be set up fails")]

mod erasure;
mod requests;
mod rest;

use super::{
    holdings::{Held, holdings},
    people_rows, rewriting,
};
use crate::{
    Hub,
    access::{Actor, Permission, Role},
    identity::{NewMember, NewOwner},
    ids::UserId,
    platform::{
        Platform,
        queue::Workers,
        testing::{PASSWORD, TestPlatform, on_each_database},
    },
};
use std::collections::BTreeSet;

/// A member whose name and address stand nowhere else.
const EMAIL: &str = "Ada.Quillfeather@rememberme.example";
const NAME: &str = "Ada Quillfeather";

async fn member(hub: &Hub, owner: &Actor, email: &str, name: &str, role: Role) -> Actor {
    let new = NewMember { email: email.to_owned(), name: name.to_owned(), role, password: PASSWORD.to_owned() };
    let member = hub.identity().add_member(owner, new).await.unwrap();
    Actor::user(owner.tenant(), member.id, member.email, role).verified(hub.platform().clock.now())
}

/// The same person who just showed that it is them.
fn fresh(test: &TestPlatform, actor: &Actor) -> Actor {
    actor.clone().verified(test.platform.clock.now())
}

/// Lets workers go on until `over` says so.
async fn work_until(hub: &Hub, over: impl AsyncFn() -> bool) {
    let workers = Workers::start(hub.platform(), hub.handlers());
    for _ in 0..2_000 {
        if over().await {
            workers.stop().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the job was not carried out");
}

#[tokio::test]
async fn every_column_that_holds_text_is_in_the_list_and_nothing_else_is() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let scope = owner.require(Permission::AuditRead).unwrap();
        let tx = test.platform.db.read(&scope).await.unwrap();
        let there: BTreeSet<_> = people_rows::text_columns(&tx).await.into_iter().collect();
        let there: BTreeSet<_> = there.into_iter().filter(|(table, _)| table != "seaql_migrations").collect();
        let listed: BTreeSet<_> = holdings()
            .flat_map(|holding| holding.columns.iter().map(|(name, _)| (holding.table.to_owned(), (*name).to_owned())))
            .collect();
        let missing: Vec<_> = there.difference(&listed).collect();
        assert!(missing.is_empty(), "say in src/privacy/holdings what these hold of persons: {missing:?}");
        let gone: Vec<_> = listed.difference(&there).collect();
        assert!(gone.is_empty(), "these columns are not there: {gone:?}");
    })
    .await;
}

#[test]
fn every_table_of_persons_is_in_one_record_of_the_register() {
    for holding in holdings() {
        let records = super::register::OWN.iter().filter(|own| own.tables.contains(&holding.table)).count();
        let is_personal = holding.columns.iter().any(|(_, held)| !matches!(held, Held::Plain | Held::Secret));
        assert_eq!(records, usize::from(!holding.what.is_empty()), "{}", holding.table);
        assert!(!is_personal || !holding.what.is_empty(), "{} says what it holds", holding.table);
    }
}
