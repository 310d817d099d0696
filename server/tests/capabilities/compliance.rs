//! Evidence packs and the keys that verify them.

use crate::{
    shop::{Shop, entries, id},
    support::{Backend, TestHub},
};
use hub::access::Role;
use sbh_proof::{PublicKey, SigningKey};
use serde_json::json;
use sha2::{Digest as _, Sha256};

const EVIDENCE: &str = "/api/compliance/evidence";

on_both_databases! {
    async fn a_pack_is_made_found_listed_and_downloaded(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let validation = shop.validate("1.0.0").await;
        for scope in ["SOC2", "ISO27001", "HIPAA", "PCI_DSS"] {
            let request = json!({ "scope": scope, "validation_id": validation["id"] });
            let reply = shop.owner.post(EVIDENCE, &request).await;
            let made = reply.expect(201);
            assert_eq!((&made["scope"], &made["validation_id"]), (&json!(scope), &validation["id"]));
            let place = format!("{EVIDENCE}/{}", id(&reply));
            assert_eq!(shop.owner.get(&place).await.expect(200), made);
            let newest = shop.owner.get(&format!("{EVIDENCE}?limit=1&system_id={}", shop.system)).await.expect(200);
            assert_eq!(newest["items"], json!([made]));

            let before = entries(&shop.owner).await;
            let pack = shop.owner.get(&format!("{place}/pack")).await;
            pack.expect(200);
            assert_eq!(pack.media_type(), "application/zip");
            assert!(pack.header("content-disposition").unwrap().starts_with("attachment; filename="), "{:?}", pack.headers);
            assert_eq!(hex::encode(Sha256::digest(&pack.body)), made["sha256"].as_str().unwrap());
            assert_eq!(entries(&shop.owner).await, before + 1, "a download is logged");
        }
        let all = shop.owner.get(EVIDENCE).await.expect(200);
        assert_eq!(all["items"].as_array().unwrap().len(), 4);
    }

    async fn the_published_key_verifies_a_pack_and_no_other_does(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let validation = shop.validate("1.0.0").await;
        let request = json!({ "scope": "SOC2", "validation_id": validation["id"] });
        let made = shop.owner.post(EVIDENCE, &request).await.expect(201);
        let pack = shop.owner.get(&format!("{EVIDENCE}/{}/pack", made["id"].as_str().unwrap())).await.body;
        let reply = shop.owner.get("/api/compliance/public-key").await;
        assert_eq!(reply.media_type(), "application/x-pem-file");
        let key = PublicKey::from_pem(&reply.text()).unwrap();
        assert_eq!(key.key_id().to_string(), made["key_id"].as_str().unwrap());
        sbh_proof::verify(&pack, Some(&key)).unwrap();
        let strangers = SigningKey::generate().unwrap().public_key();
        assert!(sbh_proof::verify(&pack, Some(&strangers)).is_err());
        let keys = shop.owner.get("/api/compliance/public-keys").await.expect(200);
        assert_eq!((&keys[0]["pem"], &keys[0]["key_id"]), (&json!(reply.text()), &made["key_id"]));
        let theirs = hub.as_other_tenant().await.get("/api/compliance/public-key").await;
        assert_ne!(theirs.text(), reply.text(), "each organisation signs with its own key");
    }

    async fn an_auditor_may_make_a_pack(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let validation = shop.validate("1.0.0").await;
        let request = json!({ "scope": "HIPAA", "validation_id": validation["id"] });
        let made = hub.as_role(Role::Auditor).await.post(EVIDENCE, &request).await.expect(201);
        assert_eq!(made["created_by"], "auditor@example.com");
    }

    async fn an_unknown_framework_makes_no_pack(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        let validation = shop.validate("1.0.0").await;
        let before = entries(&shop.owner).await;
        for scope in ["", "soc2", "SOC3", "' OR 1=1 --", "../../etc/passwd"] {
            let request = json!({ "scope": scope, "validation_id": validation["id"] });
            shop.owner.post(EVIDENCE, &request).await.invalid("/scope");
        }
        assert_eq!(shop.owner.get(EVIDENCE).await.expect(200)["items"], json!([]));
        assert_eq!(entries(&shop.owner).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_that_is_switched_off_says_so() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("FEATURE_COMPLIANCE_EVIDENCE", "false")]).await;
    let shop = Shop::open(&hub).await;
    let validation = shop.validate("1.0.0").await;
    let request = json!({ "scope": "SOC2", "validation_id": validation["id"] });
    shop.owner.post(EVIDENCE, &request).await.problem(503, "unavailable");
}
