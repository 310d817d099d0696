//! Input that nobody should send: a problem document, and nothing changed.

use crate::{
    support::{Backend, TestHub},
    table::{Log, NAMES, Row, rows, something_of_each_kind},
};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Texts that break what is careless.
const TEXTS: [&str; 8] = [
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "{{7*7}}${7*7}",
    "\u{0}null",
    "\u{202e}olleh",
    "a\r\nset-cookie: x=y",
    "𝕊𝕊𝕊",
];

fn with_bodies() -> Vec<Row> {
    rows().into_iter().filter(Row::reads_body).collect()
}

/// Operations that are asked for a page by cursor and limit.
fn paged() -> BTreeSet<String> {
    let document = serde_json::to_value(server::api::document()).unwrap();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let is_paged = |operation: &&Value| {
        let names: Vec<_> =
            operation["parameters"].as_array().into_iter().flatten().map(|known| &known["name"]).collect();
        names.contains(&&Value::from("cursor")) && names.contains(&&Value::from("limit"))
    };
    operations.filter(is_paged).map(|operation| operation["operationId"].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn a_body_that_is_no_json_or_of_the_wrong_kind_is_refused(hub: TestHub) {
        let owner = hub.as_owner().await;
        let ids = something_of_each_kind(&owner).await;
        let log = Log::from_now_on(&hub).await;
        for row in with_bodies() {
            let send = async |body: &str| row.send_body(&owner, &ids, Some(body.to_owned())).await;
            send("{ not json").await.problem(400, "malformed");
            send("").await.problem(400, "malformed");
            send("[]").await.problem(422, "invalid");
            send("\"text\"").await.problem(422, "invalid");
            send("{\"no_such_field\": 1}").await.problem(422, "invalid");
        }
        log.expect_no_change().await;
    }

    async fn every_field_of_the_wrong_type_is_named(hub: TestHub) {
        let owner = hub.as_owner().await;
        let ids = something_of_each_kind(&owner).await;
        for row in with_bodies() {
            for name in row.body.as_ref().unwrap().as_object().unwrap().keys() {
                let mut body = row.body.clone().unwrap();
                body[name] = serde_json::json!([[["wrong"]]]);
                let reply = row.send_body(&owner, &ids, Some(body.to_string())).await;
                let pointer = reply.problem(422, "invalid")["errors"][0]["pointer"].as_str().unwrap().to_owned();
                assert!(pointer.starts_with(&format!("/{name}")), "{}: {pointer}", row.id);
            }
        }
    }

    async fn an_unknown_field_is_refused(hub: TestHub) {
        let owner = hub.as_owner().await;
        let ids = something_of_each_kind(&owner).await;
        for row in with_bodies() {
            let mut body = row.body.clone().unwrap();
            body["surprise"] = Value::Bool(true);
            row.send_body(&owner, &ids, Some(body.to_string())).await.problem(422, "invalid");
        }
    }

    async fn ten_megabytes_are_refused_before_they_are_read(hub: TestHub) {
        let owner = hub.as_owner().await;
        for row in with_bodies().into_iter().filter(|row| !row.path.contains('{')) {
            let mut stream = TcpStream::connect(hub.address()).await.unwrap();
            let head = format!(
                "POST {} HTTP/1.1\r\nhost: hub\r\ncookie: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{{\"name\": \"",
                row.path,
                owner.cookie().unwrap(),
                10 << 20,
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut answer = vec![0; 64];
            let length = stream.read(&mut answer).await.unwrap();
            let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
            assert!(answer.starts_with("HTTP/1.1 413"), "{}: {answer}", row.id);
        }
    }

    async fn hostile_texts_in_any_field_are_kept_or_refused_and_never_a_fault(hub: TestHub) {
        let owner = hub.as_owner().await;
        let ids = something_of_each_kind(&owner).await;
        for row in with_bodies() {
            let fields = row.body.as_ref().unwrap().as_object().unwrap().clone();
            for (name, _) in fields.iter().filter(|(_, value)| value.is_string()) {
                for text in TEXTS {
                    let mut body = row.body.clone().unwrap();
                    body[name] = Value::String(text.to_owned());
                    let reply = row.send_body(&owner, &ids, Some(body.to_string())).await;
                    assert!(reply.status < 500, "{} {name} {text:?}: {}", row.id, reply.text());
                    assert!(reply.header("set-cookie").is_none_or(|cookie| !cookie.contains("x=y")), "{}", row.id);
                }
            }
        }
    }

    async fn hostile_ids_name_nothing(hub: TestHub) {
        let owner = hub.as_owner().await;
        for row in rows().into_iter().filter(|row| row.path.contains('{')) {
            for id in ["' OR 1=1 --", "..%2F..%2Fetc%2Fpasswd", "%00", "0", "<script>", "00000000-0000-0000-0000-000000000000"] {
                let ids = NAMES.into_iter().map(|name| (name, id.to_owned())).collect();
                let body = row.reads_body().then(|| row.body.clone().unwrap().to_string());
                let reply = row.send_body(&owner, &ids, body).await;
                assert!((400..500).contains(&reply.status), "{} {id:?}: {} {}", row.id, reply.status, reply.text());
            }
        }
    }

    async fn wrong_pages_are_named(hub: TestHub) {
        let owner = hub.as_owner().await;
        let ids = something_of_each_kind(&owner).await;
        let paged = paged();
        assert!(paged.len() >= 15, "{paged:?}");
        for row in rows().into_iter().filter(|row| paged.contains(row.id)) {
            let ask = async |query: &str| {
                let path = format!("{}{}{query}", row.path, if row.path.contains('?') { '&' } else { '?' });
                Row { path: path.leak(), ..row.clone() }.send(&owner, &ids).await
            };
            for (query, pointer) in [("limit=0", "/limit"), ("limit=201", "/limit"), ("limit=x", "/limit"), ("cursor=%27", "/cursor")] {
                ask(query).await.invalid(pointer);
            }
            ask("surprise=1").await.problem(422, "invalid");
        }
    }

    async fn a_wrong_method_says_which_are_right(hub: TestHub) {
        let owner = hub.as_owner().await;
        let takes_it = |path| rows().iter().any(|row| row.path == path && row.method == Method::PUT);
        let plain = |path: &str| !path.contains('{') && !path.contains('?');
        for row in rows().into_iter().filter(|row| plain(row.path) && !takes_it(row.path)) {
            let reply = crate::support::send(owner.request(Method::PUT, row.path)).await;
            reply.problem(405, "method-not-allowed");
            assert!(reply.header("allow").is_some(), "{}", row.id);
        }
    }
}
