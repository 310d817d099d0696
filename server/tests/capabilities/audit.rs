//! The audit log and its proofs, checked as somebody outside would.

use crate::{
    shop::{Shop, entries},
    support::{Backend, Client, Reply, TestHub},
};
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
