//! Role × operation, as callers see it.

use crate::{
    support::{Backend, TestHub},
    table::{Log, rows},
};
use hub::access::{Needs, Role};
use std::{collections::BTreeMap, fmt::Write as _, path::Path};

on_both_databases! {
    async fn a_role_may_what_the_table_says_and_nothing_else(hub: TestHub) {
        for role in Role::ALL {
            let client = hub.as_role(role).await;
            for row in rows() {
                let reply = row.send(&client, &BTreeMap::new()).await;
                let may = match row.needs() {
                    Needs::Permission(permission) => role.permissions().contains(&permission),
                    Needs::Identity | Needs::Nothing => true,
                };
                assert_eq!(reply.status != 403, may, "{role} calls {}: {}", row.id, reply.text());
                assert_ne!(reply.status, 401, "{role} calls {}", row.id);
                assert!(reply.status < 500, "{role} calls {}: {}", row.id, reply.text());
            }
        }
    }

    async fn without_an_identity_nothing_is_given_and_nothing_is_done(hub: TestHub) {
        let log = Log::from_now_on(&hub).await;
        for row in rows() {
            let reply = row.send(&hub.anonymous(), &BTreeMap::new()).await;
            reply.problem(401, "unauthenticated");
        }
        log.expect_no_change().await;
    }

    async fn a_key_without_scopes_for_it_may_not(hub: TestHub) {
        let key = hub.with_key(&[hub::access::Permission::EvidenceRead]).await;
        for row in rows() {
            let may = match row.needs() {
                Needs::Permission(permission) => permission == hub::access::Permission::EvidenceRead,
                Needs::Identity | Needs::Nothing => true,
            };
            let reply = row.send(&key, &BTreeMap::new()).await;
            assert_eq!(reply.status != 403, may, "{}: {}", row.id, reply.text());
        }
    }
}

/// The matrix as a document, for people.
fn matrix() -> String {
    let mut text = "# Permissions\n\nWhich role may call which operation. `UPDATE_DOCUMENTS=1 cargo test -p server --test operations` writes it anew.\n\n".to_owned();
    text.push_str(
        "| operation | asks for | member | auditor | admin | owner |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for operation in hub::access::OPERATIONS {
        let (asks, held) = match operation.needs {
            Needs::Nothing => ("nothing", [true; 4]),
            Needs::Identity => ("an identity", [true; 4]),
            Needs::Permission(permission) => {
                (permission.as_str(), Role::ALL.map(|role| role.permissions().contains(&permission)))
            }
        };
        let cells = held.map(|held| if held { "yes" } else { "no" });
        writeln!(text, "| `{}` | {asks} | {} |", operation.id, cells.join(" | ")).unwrap();
    }
    text
}

#[test]
fn the_matrix_in_the_repository_is_the_matrix_in_force() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/permissions.md");
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&file, matrix()).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&file).unwrap_or_default(),
        matrix(),
        "run with UPDATE_DOCUMENTS=1 and look at the change"
    );
}
