//! What the description promises: how operations may refuse, and that no answer is outside it.

use crate::{
    support::{Backend, Client, Reply, TestHub, send},
    table::{Row, rows, something_of_each_kind},
};
use hub::access::{Needs, OPERATIONS, Permission, Role};
use reqwest::Method;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One operation of the description.
struct Described {
    id: String,
    path: String,
    method: Method,
    operation: Value,
}

fn document() -> Value {
    serde_json::to_value(server::api::document()).unwrap()
}

fn operations() -> Vec<Described> {
    let document = document();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let (id, method) = (operation["operationId"].as_str().unwrap().to_owned(), method.to_uppercase());
            found.push(Described {
                id,
                path: path.clone(),
                method: method.parse().unwrap(),
                operation: operation.clone(),
            });
        }
    }
    found
}

impl Described {
    fn has(&self, status: u16) -> bool {
        self.operation["responses"].get(status.to_string()).is_some()
    }

    /// Fails the test unless this answer is described, with this media type.
    #[track_caller]
    fn assert_has(&self, reply: &Reply) {
        let response = &self.operation["responses"][reply.status.to_string()];
        assert!(response.is_object(), "{} answers {}: {}", self.id, reply.status, reply.text());
        if !reply.body.is_empty() {
            let media_types: Vec<_> = response["content"].as_object().unwrap().keys().collect();
            assert!(
                media_types.iter().any(|media_type| *media_type == reply.media_type()),
                "{} {}: {} is none of {media_types:?}",
                self.id,
                reply.status,
                reply.media_type()
            );
        }
    }

    fn needs(&self) -> Needs {
        OPERATIONS.iter().find(|operation| operation.id == self.id).unwrap().needs
    }

    fn reads_body(&self) -> bool {
        self.operation.get("requestBody").is_some()
    }

    fn parameters(&self, place: &str) -> BTreeSet<String> {
        let all = self.operation["parameters"].as_array().cloned().unwrap_or_default();
        let here = all.into_iter().filter(|parameter| parameter["in"] == place);
        here.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Whether the body names something that was made before.
    fn body_names_a_thing(&self, document: &Value) -> bool {
        let schema = &self.operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(name) = schema.as_str().and_then(|text| text.rsplit('/').next()) else { return false };
        let fields = document["components"]["schemas"][name]["properties"].as_object();
        fields.is_some_and(|fields| fields.keys().any(|field| field.ends_with("_id")))
    }
}

#[test]
fn every_refusal_that_applies_is_described() {
    let document = document();
    let mut missing = Vec::new();
    for described in operations() {
        let rules: [(bool, &[u16]); 7] = [
            (true, &[401, 500, 503]),
            (described.needs() != Needs::Nothing, &[429]),
            (!described.method.is_safe(), &[400, 403, 409, 413, 422, 429]),
            (matches!(described.needs(), Needs::Permission(_)), &[403]),
            (described.path.contains('{') || described.body_names_a_thing(&document), &[404]),
            (described.reads_body(), &[400, 413, 415, 422]),
            (!described.parameters("query").is_empty(), &[422]),
        ];
        let wanted = rules.iter().filter(|(applies, _)| *applies).flat_map(|(_, statuses)| statuses.iter());
        missing.extend(
            wanted.filter(|status| !described.has(**status)).map(|status| format!("{} {status}", described.id)),
        );
    }
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_refusal_is_a_problem_document() {
    for described in operations() {
        for (status, response) in described.operation["responses"].as_object().unwrap() {
            assert!(response["description"].is_string(), "{} {status}", described.id);
            // What does not run is told in the same shape as what does.
            if status.starts_with(['4', '5']) {
                let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/ProblemDocument", "{} {status}", described.id);
            }
        }
    }
}

#[test]
fn every_parameter_of_a_path_is_described_and_every_reference_leads_somewhere() {
    for described in operations() {
        let named = described.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let named: BTreeSet<_> = named.map(str::to_owned).collect();
        assert_eq!(described.parameters("path"), named, "{}", described.id);
    }
    let document = document();
    let mut references = Vec::new();
    collect(&document, "$ref", &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

/// Every value under this name.
fn collect(value: &Value, name: &str, found: &mut Vec<Value>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get(name).cloned());
            fields.values().for_each(|value| collect(value, name, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, name, found)),
        _ => {}
    }
}

#[test]
fn texts_that_are_chosen_from_a_list_are_described_as_they_are_sent() {
    let document = document();
    let scopes = &document["components"]["schemas"]["Permission"]["enum"];
    let sent: Vec<_> = Permission::ALL.iter().map(|permission| serde_json::to_value(permission).unwrap()).collect();
    assert_eq!(scopes.as_array(), Some(&sent));
}

#[test]
fn names_of_fields_are_described_as_texts() {
    let mut names = Vec::new();
    collect(&document(), "propertyNames", &mut names);
    assert!(!names.is_empty());
    assert!(names.iter().all(|schema| schema["type"] == "string"), "{names:?}");
}

/// Fails the test unless the description has this answer, with this media type.
#[track_caller]
fn assert_described(operations: &[Described], row: &Row, reply: &Reply) {
    let described = operations.iter().find(|described| described.id == row.id).unwrap();
    described.assert_has(reply);
}

on_both_databases! {
    async fn no_answer_is_outside_the_description(hub: TestHub) {
        let ids = something_of_each_kind(&hub.as_owner().await).await;
        let operations = operations();
        let member = hub.as_role(Role::Member).await;
        let callers: [(&str, &Client); 2] = [("nobody", &hub.anonymous()), ("a member", &member)];
        for row in rows().into_iter().filter(|row| row.id != "sign_out") {
            for (_, client) in callers {
                assert_described(&operations, &row, &row.send(client, &BTreeMap::new()).await);
            }
            let owner = hub.as_owner().await;
            if row.reads_body() {
                for body in ["{ not json", "{}", "[]", "{\"surprise\": 1}"] {
                    assert_described(&operations, &row, &row.send_body(&owner, &ids, Some(body.to_owned())).await);
                }
            }
            assert_described(&operations, &row, &row.send(&owner, &BTreeMap::new()).await);
            assert_described(&operations, &row, &row.send(&owner, &ids).await);
        }
    }
    async fn what_is_refused_before_a_handler_runs_is_described_for_every_operation(hub: TestHub) {
        let owner = hub.as_owner().await;
        let long = "x".repeat(256);
        for described in operations() {
            let path: String = described.path.split(['{', '}']).enumerate().map(|(at, part)| if at % 2 == 0 { part } else { "0" }).collect();
            let ask = |client: &Client| client.request(described.method.clone(), &path);
            let stranger = send(ask(&hub.anonymous()).bearer_auth("sbh_wrong")).await;
            assert_eq!(stranger.status, 401, "{}: {}", described.id, stranger.text());
            described.assert_has(&stranger);
            if described.method.is_safe() {
                continue;
            }
            let malformed = send(ask(&owner).header("idempotency-key", &long)).await;
            let foreign = send(ask(&owner).header("origin", "https://elsewhere.example")).await;
            assert_eq!([malformed.status, foreign.status], [400, 403], "{}", described.id);
            described.assert_has(&malformed);
            described.assert_has(&foreign);
        }
    }
}
