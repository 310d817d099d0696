//! What belongs to another organisation is not there, whoever asks: every operation, two organisations, every role, keys, and
//! somebody whose membership has ended.

use crate::{
    support::{Backend, Client, PASSWORD, TestHub},
    table::{Row, rows, something_of_each_kind},
};
use hub::access::Role;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An organisation with something of each kind, and everybody who may be in one.
struct Organisation {
    ids: BTreeMap<&'static str, String>,
    callers: Vec<(String, Client)>,
    /// They were in it, with a browser and a key.
    former: Vec<(String, Client)>,
}

impl Organisation {
    async fn of(hub: &TestHub, owner: Client, domain: &str) -> Self {
        let ids = something_of_each_kind(&owner).await;
        let key = |role: Role| json!({ "name": "everything", "scopes": role.permissions() });
        let made = |reply: Value| hub.anonymous().bearing(reply["secret"].as_str().unwrap());
        let mut callers = vec![
            ("owner".to_owned(), owner.clone()),
            ("key of the owner".to_owned(), made(owner.post("/api/keys", &key(Role::Owner)).await.expect(201))),
        ];
        let join = async |name: &str, role: Role| {
            let email = format!("{name}@{domain}");
            let member = json!({ "email": email, "role": role, "password": PASSWORD });
            let id = owner.post("/api/tenants/members", &member).await.expect(201)["id"].as_str().unwrap().to_owned();
            (id, hub.signed_in(&email).await)
        };
        for role in [Role::Member, Role::Auditor, Role::Admin] {
            callers.push((role.to_string(), join(role.as_str(), role).await.1));
        }
        let (former, browser) = join("former", Role::Admin).await;
        let key = made(browser.post("/api/keys", &key(Role::Admin)).await.expect(201));
        owner.patch(&format!("/api/tenants/members/{former}"), &json!({ "active": false })).await.expect(200);
        let former = vec![("former admin".to_owned(), browser), ("key of the former admin".to_owned(), key)];
        Self { ids, callers, former }
    }

    /// Nothing of this organisation stands in the answer; what the caller sent may be repeated.
    fn assert_absent(&self, row: &Row, (who, text): (&str, &str), instance: &str) {
        let text = text.replace(&format!("\"instance\":\"{instance}\""), "");
        for (kind, id) in &self.ids {
            assert!(!text.contains(id.as_str()), "{} shows the {who} of another organisation a {kind}: {text}", row.id);
        }
    }
}

fn names_something(row: &Row, ids: &BTreeMap<&str, String>) -> bool {
    let body = row.body.as_ref().map(Value::to_string).unwrap_or_default();
    // An address is none's thing: whoever is added with it is added to one's own.
    let mut names = ids.keys().filter(|name| **name != "newcomer");
    names.any(|name| row.path.contains(&format!("{{{name}}}")) || body.contains(&format!("\"{{{name}}}\"")))
}

on_both_databases! {
    async fn nobody_reaches_what_is_anothers(hub: TestHub) {
        let first = Organisation::of(&hub, hub.as_owner().await, "first.example").await;
        let second = Organisation::of(&hub, hub.as_other_tenant().await, "second.example").await;
        let things = async |organisation: &Organisation| {
            let owner = &organisation.callers[0].1;
            let mut seen = Vec::new();
            for row in lasting() {
                seen.push((row.id, row.send(owner, &organisation.ids).await.expect(200)["id"].clone()));
            }
            seen
        };
        // Where nothing is named, callers ask in their own organisation.
        let nothing = BTreeMap::new();
        let before = (things(&first).await, things(&second).await);
        for (asked, asking) in [(&first, &second), (&second, &first)] {
            for (who, caller) in &asking.callers {
                for row in rows().iter().filter(|row| row.id != "sign_out" && row.id != "ask_for_erasure") {
                    let named = names_something(row, &asked.ids);
                    let reply = row.send(caller, if named { &asked.ids } else { &nothing }).await;
                    let expected = if named { matches!(reply.status, 403 | 404) } else { reply.status < 500 && reply.status != 401 };
                    assert!(expected, "{who} of another organisation calls {}: {} {}", row.id, reply.status, reply.text());
                    let instance = reply.json()["instance"].as_str().unwrap_or_default().to_owned();
                    asked.assert_absent(row, (who, &reply.text()), &instance);
                }
            }
            for (who, caller) in asked.former.iter().chain(&asking.former) {
                for row in rows() {
                    let reply = row.send(caller, &asked.ids).await;
                    assert_eq!(reply.status, 401, "the {who} calls {}: {}", row.id, reply.text());
                    let instance = reply.json()["instance"].as_str().unwrap_or_default().to_owned();
                    asked.assert_absent(&row, (who, &reply.text()), &instance);
                }
            }
        }
        assert_eq!(before, (things(&first).await, things(&second).await), "everything is where it was");
        for organisation in [&first, &second] {
            let entries = organisation.callers[0].1.get("/api/audit/entries?limit=200").await.expect(200).to_string();
            let other = if std::ptr::eq(organisation, &first) { "second.example" } else { "first.example" };
            assert!(!entries.contains(other), "somebody else changed something: {entries}");
        }
    }

    async fn ones_own_things_are_there(hub: TestHub) {
        let owner = hub.as_owner().await;
        let ids = something_of_each_kind(&owner).await;
        let not_yet = ["get_scorecard", "get_benchmark_scorecard", "get_artifact", "get_policy", "get_asset_version"];
        for row in rows().iter().filter(|row| row.id.starts_with("get_") && !not_yet.contains(&row.id)) {
            let reply = row.send(&owner, &ids).await;
            assert_eq!(reply.status, 200, "{}: {}", row.id, reply.text());
        }
    }
}

/// What shows something that nobody removed meanwhile.
fn lasting() -> Vec<Row> {
    let shown = ["get_system", "get_environment", "get_provider", "get_benchmark", "get_golden_path", "get_validation"];
    let more = ["get_schedule", "get_workspace", "get_asset", "get_evidence", "get_privacy_request"];
    rows().into_iter().filter(|row| shown.contains(&row.id) || more.contains(&row.id)).collect()
}
