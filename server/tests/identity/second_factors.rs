//! Signing in with a second factor, as a program sees it.

use crate::support::{Backend, Client, OWNER, PASSWORD, Reply, TestHub};
use hub::access::Role;
use serde_json::{Value, json};

/// The code that an authenticator app with this secret shows, `ahead` steps from now.
pub fn code(secret: &str, ahead: u64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    app.generate(now + 30 * ahead).to_string()
}

/// Adds an authenticator app; its secret.
async fn add_app(owner: &Client) -> String {
    let started = owner.post("/api/auth/factors/totp", &json!({ "name": "Phone" })).await.expect(201);
    let confirm = format!("/api/auth/factors/totp/{}/confirm", started["id"].as_str().unwrap());
    owner.post(&confirm, &json!({ "code": "000000" })).await.invalid("/code");
    let secret = started["secret"].as_str().unwrap().to_owned();
    owner.post(&confirm, &json!({ "code": code(&secret, 0) })).await.expect(200);
    secret
}

async fn password(hub: &TestHub) -> Reply {
    hub.anonymous().post("/api/auth/sign-in", &json!({ "email": OWNER, "password": PASSWORD })).await
}

fn showing(waiting: &Value, proof: Value) -> Value {
    json!({ "ceremony": waiting["ceremony"], "proof": proof })
}

on_both_databases! {
    async fn nobody_has_a_session_before_the_second_factor(hub: TestHub) {
        let owner = hub.as_owner().await;
        let secret = add_app(&owner).await;
        let half = password(&hub).await;
        let waiting = half.expect(202);
        assert_eq!(waiting["needs"], json!({ "factor": ["totp"] }));
        assert_eq!(half.cookie(), None, "no session yet");
        let wrong = showing(&waiting, json!({ "kind": "totp", "code": "000000" }));
        hub.anonymous().post("/api/auth/second-factor", &wrong).await.problem(401, "unauthenticated");
        // The app's own step is used up by its confirmation; the next one is within the tolerance.
        let right = showing(&waiting, json!({ "kind": "totp", "code": code(&secret, 1) }));
        let whole = hub.anonymous().post("/api/auth/second-factor", &right).await;
        assert_eq!(whole.expect(200)["name"], OWNER);
        let browser = hub.anonymous().with_cookie_of(&whole);
        browser.get("/api/auth/me").await.expect(200);
        hub.anonymous().post("/api/auth/second-factor", &right).await.problem(401, "unauthenticated");
        let factors = browser.get("/api/auth/factors").await.expect(200);
        assert_eq!((&factors[0]["kind"], factors[0]["last_used_at"].is_string()), (&json!("totp"), true));
        assert!(!factors.to_string().contains(&secret), "the secret is not told again");
    }

    async fn recovery_codes_stand_in_once_each(hub: TestHub) {
        let owner = hub.as_owner().await;
        owner.post("/api/auth/recovery-codes", &json!({})).await.problem(409, "conflict");
        add_app(&owner).await;
        let codes = owner.post("/api/auth/recovery-codes", &json!({})).await.expect(201);
        let code = codes["codes"][3].as_str().unwrap().to_uppercase();
        let proof = || json!({ "kind": "recovery_code", "code": code });
        let first = showing(&password(&hub).await.expect(202), proof());
        hub.anonymous().post("/api/auth/second-factor", &first).await.expect(200);
        let second = showing(&password(&hub).await.expect(202), proof());
        hub.anonymous().post("/api/auth/second-factor", &second).await.problem(401, "unauthenticated");
        assert_eq!(owner.get("/api/auth/recovery-codes").await.expect(200)["left"], 9);
    }

    async fn a_policy_asks_for_a_factor_that_is_not_there_yet(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let policy = json!({ "second_factor": ["owner"], "remember_days": 0 });
        hub.as_role(Role::Member).await.put("/api/tenants/sign-in-policy", &policy).await.forbidden();
        admin.put("/api/tenants/sign-in-policy", &json!({ "remember_days": 91 })).await.invalid("/remember_days");
        admin.put("/api/tenants/sign-in-policy", &policy).await.expect(200);
        let waiting = password(&hub).await.expect(202);
        assert_eq!(waiting["needs"], "enrolment");
        let guess = showing(&waiting, json!({ "kind": "totp", "code": "000000" }));
        hub.anonymous().post("/api/auth/second-factor", &guess).await.problem(409, "conflict");
    }

    async fn a_waiting_sign_in_is_no_credential_for_anything_else(hub: TestHub) {
        let owner = hub.as_owner().await;
        add_app(&owner).await;
        let waiting = password(&hub).await.expect(202);
        let ceremony = waiting["ceremony"].as_str().unwrap();
        hub.anonymous().bearing(ceremony).get("/api/auth/me").await.problem(401, "unauthenticated");
        let other = json!({ "ceremony": ceremony, "name": "", "credential": {} });
        hub.as_other_tenant().await.post("/api/auth/factors/credential", &other).await.invalid("/ceremony");
        let foreign = showing(&json!({ "ceremony": "f".repeat(64) }), json!({ "kind": "totp", "code": "000000" }));
        hub.anonymous().post("/api/auth/second-factor", &foreign).await.problem(401, "unauthenticated");
    }

    async fn passkeys_are_refused_where_browsers_take_none(hub: TestHub) {
        let owner = hub.as_owner().await;
        let refused = owner.post("/api/auth/factors/credential/options", &json!({ "kind": "passkey" })).await;
        refused.problem(409, "conflict");
    }
}
