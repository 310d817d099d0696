//! The main job: register, measure, gate, prove. The same on both databases.

use crate::{
    shop::{Shop, id},
    support::{Backend, Client, TestHub},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sbh_proof::{PublicKey, Trust};
use serde_json::{Value, json};

/// How many bytes of a pack are changed, one at a time.
const CHANGES: usize = 100;

on_both_databases! {
    async fn a_poor_version_is_blocked_a_sound_one_is_allowed_and_the_pack_proves_it(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        register_golden_paths(&shop).await;
        set_policy(&shop).await;

        let poor = shop.measure("1.0.0").await;
        scored(&shop, &poor).await;
        let blocked = shop.validate("1.0.0").await;
        assert_eq!((&blocked["verdict"], &blocked["enforced"]), (&json!("blocked"), &json!(true)), "{blocked}");
        assert_eq!(state_of(&blocked, "observatory"), "failed");
        assert_eq!(state_of(&blocked, "size"), "failed");
        assert_eq!(state_of(&blocked, "answers"), "passed");
        assert_eq!(golden_paths_that_failed(&blocked), ["Buy three things"]);
        assert_eq!(blocked["inputs"]["scorecard"]["benchmark_id"], poor["id"]);

        shop.deploy("1.1.0").await;
        let sound = shop.measure("1.1.0").await;
        scored(&shop, &sound).await;
        let allowed = shop.validate("1.1.0").await;
        assert_eq!(allowed["verdict"], "allowed", "{allowed}");
        assert_eq!(golden_paths_that_failed(&allowed), [""; 0]);
        assert_eq!(allowed["inputs"]["golden_paths"].as_array().unwrap().len(), sbh_sample::GOLDEN_PATHS.len());

        for validation in [blocked, allowed] {
            proven(&shop.owner, &validation).await;
        }
    }
}

async fn register_golden_paths(shop: &Shop) {
    for (name, source) in sbh_sample::GOLDEN_PATHS {
        let path = json!({ "system_id": shop.system, "name": name, "source": source });
        shop.owner.post("/api/gate/golden-path/register", &path).await.expect(201);
    }
}

/// Thresholds that the sample's two versions differ in whatever the machine's speed.
async fn set_policy(shop: &Shop) {
    let rule = |id: &str, metric: &str, threshold: Value| json!({ "id": id, "subject": { "metric": metric }, "threshold": threshold });
    let rules = [
        rule("answers", "error_rate_pct", json!({ "at_most": 1.0 })),
        rule("observatory", "observatory_score", json!({ "at_least": 30.0 })),
        rule("size", "bytes_per_request", json!({ "at_most": 4000.0 })),
    ];
    let document = json!({ "name": "Release", "golden_paths": "required", "rules": rules });
    let policy = json!({ "system_id": shop.system, "document": document });
    shop.owner.post("/api/gate/policy", &policy).await.expect(201);
}

/// The scorecard of a benchmark's version rests on that benchmark, and its points add up.
async fn scored(shop: &Shop, benchmark: &Value) {
    let version = benchmark["version"].as_str().unwrap();
    let path = format!("/api/teardown/scorecard/{}?version={version}&environment_id={}", shop.system, shop.environment);
    let card = shop.owner.get(&path).await.expect(200);
    assert_eq!(card["benchmark_id"], benchmark["id"], "{card}");
    let dimensions = card["dimensions"].as_array().unwrap();
    assert_eq!(dimensions.len(), 8, "{card}");
    for dimension in dimensions {
        assert_ne!(dimension["score"].is_null(), dimension["reason"].is_null(), "{dimension}");
    }
    let points: f64 = dimensions.iter().filter_map(|dimension| dimension["points"].as_f64()).sum();
    assert!((points - card["score"].as_f64().unwrap()).abs() < 1e-6, "{card}");
}

fn checks(validation: &Value) -> impl Iterator<Item = &Value> {
    validation["report"]["checks"].as_array().unwrap().iter()
}

fn state_of(validation: &Value, rule: &str) -> String {
    let check = checks(validation).find(|check| check["id"] == rule).unwrap_or_else(|| panic!("{validation}"));
    check["state"].as_str().unwrap().to_owned()
}

fn golden_paths_that_failed(validation: &Value) -> Vec<String> {
    let paths = validation["inputs"]["golden_paths"].as_array().unwrap();
    let failed = paths.iter().filter(|path| path["run"]["success"] != true);
    failed.map(|path| path["name"].as_str().unwrap().to_owned()).collect()
}

/// A pack of the validation verifies with the published key, and no longer after any change.
async fn proven(owner: &Client, validation: &Value) {
    let request = json!({ "scope": "SOC2", "validation_id": validation["id"] });
    let packet = id(&owner.post("/api/compliance/evidence", &request).await);
    let pack = owner.get(&format!("/api/compliance/evidence/{packet}/pack")).await;
    pack.expect(200);
    let key = PublicKey::from_pem(&owner.get("/api/compliance/public-key").await.text()).unwrap();
    let report = sbh_proof::verify(&pack.body, Some(&key)).unwrap();
    assert_eq!(report.trust, Trust::TrustedKey);
    assert_eq!(report.predicate["verdict"], validation["verdict"]);
    assert!(report.audit.as_ref().is_some_and(|audit| audit.entries > 0), "{report:?}");
    let names: Vec<_> = report.files.iter().map(|file| file.name.as_str()).collect();
    for name in ["index.html", "verdict.json", "inputs.json", "golden-paths.json", "findings.json", "scorecard.json"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    every_change_is_refused(&pack.body, &key);
}

fn every_change_is_refused(pack: &[u8], key: &PublicKey) {
    let mut random = StdRng::seed_from_u64(0x5B_4B);
    for _ in 0..CHANGES {
        let mut changed = pack.to_vec();
        let at = random.random_range(0..changed.len());
        let by = random.random_range(1..=u8::MAX);
        changed[at] ^= by;
        assert!(sbh_proof::verify(&changed, Some(key)).is_err(), "byte {at} changed by {by:#04x} goes unnoticed");
    }
}
