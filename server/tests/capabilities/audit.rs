//! The audit log and its proofs, checked as somebody outside would.

use crate::{
    shop::{Shop, entries},
    support::{Backend, Client, PASSWORD, Reply, TestHub},
    workspaces::signed_in,
};
use hub::access::Role;
use sbh_proof::{Checkpoint, ConsistencyProof, Hash, InclusionProof, PublicKey};
use serde_json::{Value, json};

/// The log's head, opened with the published key.
async fn head(owner: &Client) -> (String, Checkpoint) {
    let key = PublicKey::from_pem(&owner.get("/api/compliance/public-key").await.text()).unwrap();
    let reply = owner.get("/api/audit/checkpoint").await;
    assert_eq!((reply.status, reply.media_type()), (200, "text/plain"));
    let checkpoint = Checkpoint::open(&reply.text(), &key).unwrap();
    (reply.text(), checkpoint)
}

fn path(proof: &Value) -> Vec<Hash> {
    proof["path"].as_array().unwrap().iter().map(|hash| hash.as_str().unwrap().parse().unwrap()).collect()
}

fn items(reply: &Reply) -> Vec<Value> {
    reply.expect(200)["items"].as_array().unwrap().clone()
}

on_both_databases! {
    async fn filters_leave_what_they_say_and_page_by_cursor(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let member = hub.as_role(Role::Member).await;
        member.post("/api/systems", &json!({ "name": "Other" })).await.expect(201);
        let found = async |query: &str| items(&shop.owner.get(&format!("/api/audit/entries?{query}")).await);
        let by_member = found("actor=member%40example.com&action=system").await;
        assert_eq!(by_member.len(), 1, "{by_member:?}");
        assert_eq!(by_member[0]["actor"], "member@example.com");
        let number = by_member[0]["person"].as_str().unwrap();
        assert_eq!(found(&format!("actor=person%20{number}&object=system")).await, by_member);
        assert_eq!(found("actor=nobody%40example.com").await, [] as [Value; 0]);
        assert!(found("object=environment").await.iter().all(|entry| entry["object"] == "environment"));
        let at = by_member[0]["at"].as_str().unwrap();
        assert!(found(&format!("since={at}&action=system")).await.contains(&by_member[0]));
        assert!(!found(&format!("until={at}")).await.contains(&by_member[0]));
        assert_eq!(found("outcome=negative").await, [] as [Value; 0]);
        let all = found("outcome=done&limit=200").await;
        let first = shop.owner.get("/api/audit/entries?outcome=done&limit=2").await.expect(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = found(&format!("outcome=done&limit=2&cursor={cursor}")).await;
        assert_eq!(second, all[2..4]);
        shop.owner.get("/api/audit/entries?since=yesterday").await.invalid("/since");
        shop.owner.get("/api/audit/entries?outcome=maybe").await.invalid("/outcome");
        let theirs = items(&hub.as_other_tenant().await.get("/api/audit/entries?actor=member%40example.com").await);
        assert_eq!(theirs, [] as [Value; 0]);
    }

    async fn an_action_with_an_underscore_and_a_person_in_any_spelling_are_found(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let path = json!({ "system_id": shop.system, "name": "Home", "source": "GET {{base_url}}/\nHTTP 200\n" });
        shop.owner.post("/api/gate/golden-path/register", &path).await.expect(201);
        let member = json!({ "email": "Ada@Example.com", "name": "Ada", "password": PASSWORD, "role": "member" });
        shop.owner.post("/api/tenants/members", &member).await.expect(201);
        let ada = signed_in(&hub, "ada@example.com").await;
        ada.post("/api/systems", &json!({ "name": "Hers" })).await.expect(201);
        let found = async |query: &str| items(&shop.owner.get(&format!("/api/audit/entries?{query}")).await).len();
        assert_eq!(found("action=gate.golden_path").await, 1);
        assert_eq!(found("action=gate.goldenXpath").await, 0, "no character stands for another");
        for actor in ["ada%40example.com", "Ada%40Example.com", "ADA%40EXAMPLE.COM"] {
            assert_eq!(found(&format!("actor={actor}&object=system")).await, 1, "{actor}");
        }
    }

    async fn a_parameter_that_no_text_can_hold_is_refused_by_name(hub: TestHub) {
        let owner = hub.as_owner().await;
        for (path, name) in [
            ("/api/audit/entries", "action"),
            ("/api/audit/entries", "object_id"),
            ("/api/audit/entries", "actor"),
            ("/api/library/list", "tag"),
            ("/api/library/list", "q"),
        ] {
            owner.get(&format!("{path}?{name}=a%00b")).await.invalid(&format!("/{name}"));
        }
    }

    async fn an_auditor_downloads_the_log_and_that_is_logged(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        shop.owner.post("/api/systems", &json!({ "name": "=cmd()" })).await.expect(201);
        let auditor = hub.as_role(Role::Auditor).await;
        let before = entries(&shop.owner).await;
        let lines = auditor.get("/api/audit/export.jsonl").await;
        assert_eq!((lines.status, lines.media_type()), (200, "application/jsonl"));
        let text = lines.text();
        let all: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(all.len() as u64, before, "all of it, oldest first");
        for (seq, line) in all.iter().enumerate() {
            assert_eq!(line["seq"], seq as u64);
            let leaf = sbh_proof::merkle::leaf_hash(line["body"].as_str().unwrap().as_bytes());
            assert_eq!(line["leaf_hash"], leaf.to_string(), "each line holds what was hashed");
        }
        let table = auditor.get("/api/audit/export.csv?action=system").await;
        assert_eq!((table.status, table.media_type()), (200, "text/csv"));
        assert_eq!(table.text().lines().count(), 3, "{}", table.text());
        assert!(table.text().starts_with("seq,at,actor,"), "{}", table.text());
        let logged = items(&shop.owner.get("/api/audit/entries?action=audit.exported").await);
        assert_eq!(logged.len(), 2);
        assert_eq!((&logged[0]["actor"], &logged[0]["detail"]["action"]), (&json!("auditor@example.com"), &json!("system")));
        hub.as_role(Role::Member).await.get("/api/audit/export.csv").await.forbidden();
    }

    async fn an_entry_is_proven_offline(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let reply = hub.as_role(Role::Auditor).await.get("/api/audit/entries/2/proof.json").await;
        reply.expect(200);
        let key = PublicKey::from_pem(&shop.owner.get("/api/compliance/public-key").await.text()).unwrap();
        let proven = sbh_proof::EntryProof::verify(&reply.body, Some(&key)).unwrap();
        assert_eq!(proven.seq, 2);
        let text = reply.text();
        assert!(!text.contains("owner@example.com"), "persons are sealed in what is stored: {text}");
        let forged = text.replace("\"action\": \"", "\"action\": \"not.");
        assert!(sbh_proof::EntryProof::verify(forged.as_bytes(), Some(&key)).is_err());
        shop.owner.get("/api/audit/entries/999999/proof.json").await.not_found();
    }

    async fn changes_are_logged_with_who_and_what(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let of_system = items(&shop.owner.get(&format!("/api/audit/entries?object_id={}", shop.system)).await);
        let [created] = of_system.as_slice() else { panic!("{of_system:?}") };
        assert_eq!((&created["action"], &created["actor"]), (&json!("system.created"), &json!("owner@example.com")));
        assert_eq!(created["detail"]["name"], "Shop");
        let of_environments = items(&shop.owner.get("/api/audit/entries?action=environment").await);
        let actions: Vec<_> = of_environments.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["environment.private_allowed", "environment.created"]);
        assert_eq!(items(&shop.owner.get("/api/audit/entries?action=environ").await), [] as [Value; 0]);
        assert_eq!(items(&shop.owner.get("/api/audit/entries?action=%27%20OR%201%3D1%20--").await), [] as [Value; 0]);
    }

    async fn entries_are_read_page_by_page_newest_first(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let all: Vec<_> = items(&shop.owner.get("/api/audit/entries?limit=200").await).iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
        assert!(all.is_sorted_by(|newer, older| newer == &(older + 1)) && all.last() == Some(&0), "{all:?}");
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = shop.owner.get(&format!("/api/audit/entries?limit=2{cursor}")).await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, all);
        shop.owner.get("/api/audit/entries?cursor=9223372036854775808").await.invalid("/cursor");
    }

    async fn every_entry_is_provably_in_the_log(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let (_, head) = head(&shop.owner).await;
        for entry in items(&shop.owner.get("/api/audit/entries?limit=200").await) {
            let seq = entry["seq"].as_u64().unwrap();
            let proof = shop.owner.get(&format!("/api/audit/entries/{seq}/proof?size={}", head.size())).await.expect(200);
            assert_eq!((&proof["from"], &proof["size"]), (&json!(seq), &json!(head.size())));
            let proof = InclusionProof { index: seq, size: head.size(), path: path(&proof) };
            let leaf: Hash = entry["leaf_hash"].as_str().unwrap().parse().unwrap();
            proof.verify(&leaf, head.root()).unwrap();
            assert!(proof.verify(head.root(), head.root()).is_err(), "another leaf is not proven");
        }
        let size = head.size();
        shop.owner.get(&format!("/api/audit/entries/{size}/proof?size={size}")).await.not_found();
        shop.owner.get("/api/audit/entries/0/proof?size=1000000").await.invalid("/size");
        shop.owner.get("/api/audit/entries/-1/proof").await.not_found();
    }

    async fn a_later_log_extends_an_earlier_one(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let (note, then) = head(&shop.owner).await;
        shop.owner.post("/api/systems", &json!({ "name": "Another" })).await.expect(201);
        let (_, now) = head(&shop.owner).await;
        assert!(now.size() > then.size());
        let proof = shop.owner.get(&format!("/api/audit/consistency?from={}&to={}", then.size(), now.size())).await.expect(200);
        let proof = ConsistencyProof { old_size: then.size(), new_size: now.size(), path: path(&proof) };
        proof.verify(then.root(), now.root()).unwrap();
        assert!(proof.verify(now.root(), now.root()).is_err());
        let found = shop.owner.post("/api/audit/verify", &json!({ "checkpoint": note })).await.expect(200);
        assert_eq!((&found["checkpoint_size"], &found["damage"]), (&json!(then.size()), &json!([])));
        shop.owner.get(&format!("/api/audit/consistency?from={}&to={}", now.size(), then.size())).await.invalid("/from");
        shop.owner.get("/api/audit/consistency?from=0&to=1000").await.invalid("/to");
        shop.owner.get("/api/audit/entries/0/proof?size=1000").await.invalid("/size");
        shop.owner.get("/api/audit/consistency").await.problem(422, "invalid");
    }

    async fn a_checkpoint_that_was_not_signed_here_is_refused(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let (note, _) = head(&shop.owner).await;
        let (theirs, _) = head(&hub.as_other_tenant().await).await;
        let before = entries(&shop.owner).await;
        let forged = note.replacen("\n", "0\n", 2);
        for wrong in ["", "' OR 1=1 --", "../../etc/passwd", &theirs, &forged] {
            shop.owner.post("/api/audit/verify", &json!({ "checkpoint": wrong })).await.invalid("/checkpoint");
        }
        assert_eq!(entries(&shop.owner).await, before);
    }
}
