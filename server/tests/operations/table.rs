//! A right request for every operation.

use crate::support::{Client, PASSWORD, Reply, TestHub, send};
use hub::access::{Needs, OPERATIONS};
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::Location,
};

/// One operation with a request that is right but for the ids, which name nothing until they are filled in.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: &'static str,
    pub method: Method,
    /// With `{name}` for every id, in path, query and body.
    pub path: &'static str,
    pub body: Option<Value>,
}

/// An id that names nothing.
const NOWHERE: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn get(id: &'static str, path: &'static str) -> Row {
    Row { id, method: Method::GET, path, body: None }
}

fn delete(id: &'static str, path: &'static str) -> Row {
    Row { id, method: Method::DELETE, path, body: None }
}

fn post(id: &'static str, path: &'static str, body: Value) -> Row {
    Row { id, method: Method::POST, path, body: Some(body) }
}

fn patch(id: &'static str, path: &'static str, body: Value) -> Row {
    Row { id, method: Method::PATCH, path, body: Some(body) }
}

fn put(id: &'static str, path: &'static str, body: Value) -> Row {
    Row { id, method: Method::PUT, path, body: Some(body) }
}

/// Every operation that asks for an identity.
pub fn rows() -> Vec<Row> {
    let hurl = "GET {{base_url}}/\nHTTP 200\n";
    let policy = || {
        let rule = json!({ "id": "p95", "subject": { "metric": "latency.corrected.p95_ms" }, "threshold": { "at_most": 300 } });
        json!({ "system_id": "{system}", "document": { "name": "Release", "rules": [rule] } })
    };
    let provider = || {
        let oidc = json!({ "issuer": "https://127.0.0.1:1", "client_id": "hub", "client_secret": "hush" });
        json!({ "name": "Example", "protocol": { "oidc": oidc } })
    };
    let schedule = || {
        let benchmark = json!({ "environment_id": "{environment}", "version": "nightly-{date}", "duration_s": 1.0 });
        json!({ "name": "Nightly", "cron": "0 2 * * *", "time_zone": "Europe/Berlin", "benchmark": benchmark })
    };
    let activity = || {
        json!({
            "name": "Orders", "purpose": "Selling", "legal_basis": "contract", "persons": ["Customers"],
            "data": ["Orders"], "retention": "Ten years",
        })
    };
    vec![
        get("me", "/api/auth/me"),
        get("get_profile", "/api/auth/profile"),
        patch("change_profile", "/api/auth/profile", json!({ "name": "Ada Lovelace" })),
        post("ask_to_confirm", "/api/auth/confirm/options", json!({ "kind": "passkey" })),
        post("send_confirmation_code", "/api/auth/confirm/sms", Value::Null),
        post("confirm", "/api/auth/confirm", json!({ "confirmation": { "password": PASSWORD } })),
        post(
            "change_password",
            "/api/auth/password",
            json!({ "current": "not the password", "password": "correct horse battery" }),
        ),
        get("list_factors", "/api/auth/factors"),
        post("start_totp", "/api/auth/factors/totp", json!({ "name": "Phone" })),
        post("confirm_totp", "/api/auth/factors/totp/{factor}/confirm", json!({ "code": "123456" })),
        post("start_credential", "/api/auth/factors/credential/options", json!({ "kind": "passkey" })),
        post(
            "add_credential",
            "/api/auth/factors/credential",
            json!({ "ceremony": "none", "name": "Laptop", "credential": {} }),
        ),
        post("start_messages", "/api/auth/factors/sms", json!({ "number": "+49 1512 3456789" })),
        post("send_messages_code", "/api/auth/factors/sms/{factor}/code", Value::Null),
        post("confirm_messages", "/api/auth/factors/sms/{factor}/confirm", json!({ "code": "123456" })),
        delete("remove_factor", "/api/auth/factors/{factor}"),
        get("get_recovery_codes", "/api/auth/recovery-codes"),
        post("make_recovery_codes", "/api/auth/recovery-codes", Value::Null),
        get("list_devices", "/api/auth/devices"),
        delete("forget_device", "/api/auth/devices/{device}"),
        get("list_sessions", "/api/auth/sessions"),
        delete("end_session", "/api/auth/sessions/{session}"),
        get("list_keys", "/api/keys"),
        post("create_key", "/api/keys", json!({ "name": "ci", "scopes": ["account:manage"] })),
        post("rotate_key", "/api/keys/{key}/rotate", json!({ "overlap_hours": 1 })),
        put("set_key_rotation", "/api/keys/{key}/rotation", json!({ "every_days": 30, "overlap_hours": 48 })),
        post("collect_key", "/api/keys/{key}/collect", Value::Null),
        delete("remove_key_rotation", "/api/keys/{key}/rotation"),
        delete("revoke_key", "/api/keys/{key}"),
        get("list_members", "/api/tenants/members"),
        post(
            "add_member",
            "/api/tenants/members",
            json!({ "email": "{newcomer}", "role": "member", "password": "correct horse battery" }),
        ),
        patch("change_member", "/api/tenants/members/{member}", json!({ "role": "auditor" })),
        post("hand_over", "/api/tenants/hand-over", json!({ "to": "{member}" })),
        post("delete_own_organisation", "/api/tenants/deletion", json!({ "name": "Not what it is called" })),
        get("list_organisations", "/api/tenants"),
        post("create_organisation", "/api/tenants", json!({ "name": "Acme", "owner_email": "acme@example.com" })),
        get("get_organisation", "/api/tenants/{organisation}"),
        put("set_organisation_tier", "/api/tenants/{organisation}/tier", json!({ "tier": "professional" })),
        put("set_organisation_quotas", "/api/tenants/{organisation}/quotas", json!({ "systems": 7 })),
        post(
            "invite_organisation_owner",
            "/api/tenants/{organisation}/owner-invitation",
            json!({ "email": "other@example.com" }),
        ),
        post("suspend_organisation", "/api/tenants/{organisation}/suspend", json!({ "reason": "Unpaid." })),
        post("resume_organisation", "/api/tenants/{organisation}/resume", Value::Null),
        delete("delete_organisation", "/api/tenants/{organisation}"),
        post("restore_organisation", "/api/tenants/{organisation}/restore", Value::Null),
        get("list_invitations", "/api/tenants/invitations"),
        post("invite", "/api/tenants/invitations", json!({ "email": "guest@example.com", "role": "member" })),
        delete("revoke_invitation", "/api/tenants/invitations/{invitation}"),
        get("get_sign_in_policy", "/api/tenants/sign-in-policy"),
        put("set_sign_in_policy", "/api/tenants/sign-in-policy", json!({ "remember_days": 14 })),
        get("list_providers", "/api/auth/providers"),
        post("add_provider", "/api/auth/providers", provider()),
        get("get_provider", "/api/auth/providers/{provider}"),
        put("change_provider", "/api/auth/providers/{provider}", provider()),
        delete("remove_provider", "/api/auth/providers/{provider}"),
        post("try_provider", "/api/auth/providers/{provider}/trial", Value::Null),
        get("list_connections", "/api/auth/connections"),
        delete("disconnect", "/api/auth/connections/{connection}"),
        get("get_directory_roles", "/api/tenants/directory-roles"),
        put(
            "set_directory_roles",
            "/api/tenants/directory-roles",
            json!({ "groups": [{ "group": "Hub admins", "role": "admin" }] }),
        ),
        get("get_usage", "/api/tenants/usage"),
        get("list_usage_days", "/api/tenants/usage/days?from=2026-01-01&until=2026-01-31"),
        get("download_usage_days", "/api/tenants/usage/days.csv"),
        get("list_systems", "/api/systems"),
        post("create_system", "/api/systems", json!({ "name": "Shop", "description": "sells" })),
        get("get_system", "/api/systems/{system}"),
        post(
            "add_environment",
            "/api/systems/{system}/environments",
            json!({ "kind": "preview", "name": "pr", "base_url": "https://example.com" }),
        ),
        get("get_environment", "/api/environments/{environment}"),
        get("get_prices", "/api/environments/{environment}/prices"),
        put(
            "set_prices",
            "/api/environments/{environment}/prices",
            json!({ "million_requests": { "usd": 0.2, "source": "the price list" } }),
        ),
        delete("remove_prices", "/api/environments/{environment}/prices"),
        post("verify_environment", "/api/environments/{environment}/verify", json!({ "method": "dns_txt" })),
        post("allow_private", "/api/environments/{environment}/allow-private", json!({ "reason": "ours" })),
        post("create_teardown", "/api/teardown/create", json!({ "target_name": "Rival", "domain": "rival.example" })),
        post(
            "run_benchmark",
            "/api/teardown/benchmark/run",
            json!({ "environment_id": "{environment}", "version": "1.0.0", "duration_s": 1.0 }),
        ),
        post(
            "import_benchmark",
            "/api/teardown/benchmark/import",
            json!({ "environment_id": "{environment}", "version": "1.0.0", "files": [{ "name": "oha.json", "content": "{}" }] }),
        ),
        get("list_benchmarks", "/api/teardown/benchmarks"),
        get("get_benchmark", "/api/teardown/benchmark/{benchmark}"),
        get("benchmark_events", "/api/teardown/benchmark/{benchmark}/events"),
        post("cancel_benchmark", "/api/teardown/benchmark/{benchmark}/cancel", Value::Null),
        get("get_scorecard", "/api/teardown/scorecard/{system}"),
        get("get_benchmark_scorecard", "/api/teardown/benchmark/{benchmark}/scorecard"),
        get("download_scorecard_json", "/api/teardown/benchmark/{benchmark}/scorecard.json"),
        get("download_scorecard_csv", "/api/teardown/benchmark/{benchmark}/scorecard.csv"),
        get("compare_versions", "/api/teardown/comparison?baseline={system}&candidate={system}"),
        post(
            "create_share",
            "/api/teardown/scorecard/{system}/shares",
            json!({ "name": "Readme", "expires_in_days": 30 }),
        ),
        get("list_shares", "/api/teardown/scorecard/{system}/shares"),
        delete("revoke_share", "/api/teardown/scorecard/{system}/shares/{share}"),
        get("scorecard_badge", "/api/teardown/scorecard/{system}/badge.svg"),
        get("list_artifacts", "/api/teardown/benchmark/artifacts/{benchmark}"),
        get("get_artifact", "/api/teardown/benchmark/artifacts/{benchmark}/load.json"),
        post(
            "register_golden_path",
            "/api/gate/golden-path/register",
            json!({ "system_id": "{system}", "name": "Home", "source": hurl }),
        ),
        get("list_golden_paths", "/api/gate/golden-paths?system_id={system}"),
        get("get_golden_path", "/api/gate/golden-path/{path}"),
        delete("remove_golden_path", "/api/gate/golden-path/{path}"),
        post(
            "try_golden_path",
            "/api/gate/golden-path/try",
            json!({ "environment_id": "{environment}", "source": hurl }),
        ),
        post("set_policy", "/api/gate/policy", policy()),
        get("get_policy", "/api/gate/policy/{system}"),
        post("dry_run_policy", "/api/gate/policy/dry-run", policy()),
        post("import_policy", "/api/gate/policy/import", json!({ "content": "[]" })),
        get("list_metrics", "/api/gate/metrics"),
        post("validate", "/api/gate/validate", json!({ "system_id": "{system}", "version": "1.0.0" })),
        get("list_validations", "/api/gate/validations"),
        get("get_validation", "/api/gate/validations/{validation}"),
        post("replay_validation", "/api/gate/validations/{validation}/replay", Value::Null),
        get("list_schedules", "/api/schedules"),
        post("create_schedule", "/api/schedules", schedule()),
        get("preview_schedule", "/api/schedules/preview?cron=0%202%20*%20*%20*&time_zone=UTC"),
        get("get_schedule", "/api/schedules/{schedule}"),
        put("update_schedule", "/api/schedules/{schedule}", schedule()),
        post("pause_schedule", "/api/schedules/{schedule}/pause", Value::Null),
        post("resume_schedule", "/api/schedules/{schedule}/resume", Value::Null),
        post("run_schedule", "/api/schedules/{schedule}/run-now", Value::Null),
        get("list_scheduled_runs", "/api/schedules/{schedule}/runs"),
        delete("remove_schedule", "/api/schedules/{schedule}"),
        get("list_notifications", "/api/notifications"),
        get("count_notifications", "/api/notifications/unread"),
        post("read_notification", "/api/notifications/{notification}/read", Value::Null),
        post("read_all_notifications", "/api/notifications/read-all", Value::Null),
        get("get_notification_choices", "/api/notifications/choices"),
        put("set_notification_choices", "/api/notifications/choices", json!({ "benchmark_failed": "mine" })),
        post("create_workspace", "/api/workspace/create", json!({ "name": "Checkout", "review_changes": true })),
        get("list_workspaces", "/api/workspace"),
        get("get_workspace", "/api/workspace/{workspace}"),
        patch("change_workspace", "/api/workspace/{workspace}", json!({ "description": "Ours" })),
        post(
            "add_workspace_member",
            "/api/workspace/member/add",
            json!({ "workspace_id": "{workspace}", "user_id": "{member}", "role": "viewer" }),
        ),
        get("list_workspace_members", "/api/workspace/{workspace}/members"),
        patch("change_workspace_member", "/api/workspace/{workspace}/members/{member}", json!({ "role": "editor" })),
        delete("remove_workspace_member", "/api/workspace/{workspace}/members/{member}"),
        get("list_workspace_activity", "/api/workspace/{workspace}/activity"),
        post(
            "share_asset",
            "/api/library/share",
            json!({ "workspace_id": "{workspace}", "kind": "golden_path", "name": "Home", "content": hurl }),
        ),
        get("list_assets", "/api/library/list"),
        get("get_asset", "/api/library/asset/{asset}"),
        patch("change_asset", "/api/library/asset/{asset}", json!({ "tags": ["home"] })),
        delete("remove_asset", "/api/library/asset/{asset}"),
        post(
            "submit_asset_version",
            "/api/library/asset/{asset}/versions",
            json!({ "content": "GET {{base_url}}/cart\nHTTP 200\n" }),
        ),
        get("list_asset_versions", "/api/library/asset/{asset}/versions"),
        get("get_asset_version", "/api/library/asset/{asset}/versions/1"),
        post("fork_asset", "/api/library/asset/{asset}/fork", json!({ "workspace_id": "{workspace}", "name": "Copy" })),
        post("deprecate_asset", "/api/library/asset/{asset}/deprecate", json!({ "reason": "Old" })),
        post("restore_asset", "/api/library/asset/{asset}/restore", Value::Null),
        post("use_asset", "/api/library/asset/{asset}/use", json!({ "system_id": "{system}" })),
        get("list_asset_uses", "/api/library/asset/{asset}/uses"),
        get("list_proposals", "/api/library/proposals"),
        get("get_proposal", "/api/library/proposals/{proposal}"),
        post("decide_proposal", "/api/library/proposals/{proposal}/decide", json!({ "ruling": "approve" })),
        post("withdraw_proposal", "/api/library/proposals/{proposal}/withdraw", Value::Null),
        post(
            "create_evidence",
            "/api/compliance/evidence",
            json!({ "scope": "SOC2", "validation_id": "{validation}" }),
        ),
        get("list_evidence", "/api/compliance/evidence"),
        get("get_evidence", "/api/compliance/evidence/{evidence}"),
        get("download_evidence", "/api/compliance/evidence/{evidence}/pack"),
        get("get_public_key", "/api/compliance/public-key"),
        get("list_public_keys", "/api/compliance/public-keys"),
        get("list_audit_entries", "/api/audit/entries"),
        get("export_audit_json_lines", "/api/audit/export.jsonl"),
        get("export_audit_csv", "/api/audit/export.csv"),
        get("get_audit_proof", "/api/audit/entries/0/proof"),
        get("download_audit_entry", "/api/audit/entries/0/proof.json"),
        get("get_audit_consistency", "/api/audit/consistency?from=0"),
        get("get_audit_checkpoint", "/api/audit/checkpoint"),
        post("verify_audit", "/api/audit/verify", json!({})),
        post("ask_for_export", "/api/privacy/exports", json!({})),
        post("ask_for_erasure", "/api/privacy/erasures", json!({})),
        get("list_privacy_requests", "/api/privacy/requests"),
        get("list_own_privacy_requests", "/api/privacy/requests/own"),
        get("get_privacy_request", "/api/privacy/requests/{request}"),
        post("cancel_erasure", "/api/privacy/requests/{request}/cancel", Value::Null),
        get("download_export_json", "/api/privacy/requests/{request}/export.json"),
        get("download_export_html", "/api/privacy/requests/{request}/export.html"),
        get("list_consent_purposes", "/api/privacy/purposes"),
        post(
            "set_consent_purpose",
            "/api/privacy/purposes",
            json!({ "purpose": "letters", "title": "Letters", "text": "We may write to you." }),
        ),
        get("list_own_consents", "/api/privacy/consents"),
        post("decide_consent", "/api/privacy/consents", json!({ "purpose": "letters", "version": 1, "granted": true })),
        get("list_consents", "/api/privacy/consents/all"),
        get("dry_run_retention", "/api/privacy/retention"),
        get("get_processing_register", "/api/privacy/register"),
        post("add_processing_activity", "/api/privacy/register", activity()),
        put("change_processing_activity", "/api/privacy/register/{activity}", activity()),
        delete("remove_processing_activity", "/api/privacy/register/{activity}"),
        get("download_processing_register_json", "/api/privacy/register.json"),
        get("download_processing_register_csv", "/api/privacy/register.csv"),
        post("sign_out", "/api/auth/sign-out", Value::Null),
    ]
}

impl Row {
    /// Sends the request with these ids; those that are not given name nothing.
    pub async fn send(&self, client: &Client, ids: &BTreeMap<&str, String>) -> Reply {
        self.send_body(client, ids, self.body.as_ref().map(Value::to_string)).await
    }

    /// Sends the request with another body.
    pub async fn send_body(&self, client: &Client, ids: &BTreeMap<&str, String>, body: Option<String>) -> Reply {
        let mut request = client.request(self.method.clone(), &filled(self.path, ids));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(filled(&body, ids));
        }
        send(request).await
    }

    /// Whether its body is read.
    pub fn reads_body(&self) -> bool {
        self.body.as_ref().is_some_and(|body| !body.is_null())
    }

    /// What it asks for.
    pub fn needs(&self) -> Needs {
        let known = OPERATIONS.iter().find(|operation| operation.id == self.id);
        known.unwrap_or_else(|| panic!("{} has no row in OPERATIONS", self.id)).needs
    }
}

/// What ids stand for in paths and bodies.
pub const NAMES: [&str; 23] = [
    "system",
    "environment",
    "session",
    "key",
    "factor",
    "device",
    "member",
    "invitation",
    "provider",
    "connection",
    "benchmark",
    "path",
    "validation",
    "evidence",
    "share",
    "schedule",
    "notification",
    "workspace",
    "asset",
    "proposal",
    "request",
    "activity",
    "organisation",
];

/// Fills in ids; `{{base_url}}` is Hurl's and stays.
fn filled(text: &str, ids: &BTreeMap<&str, String>) -> String {
    // An address belongs to one account with a password in the whole hub.
    let newcomer = ids.get("newcomer").map_or("new@example.com", String::as_str);
    let text = text.replace("{newcomer}", newcomer);
    NAMES
        .iter()
        .fold(text, |text, name| text.replace(&format!("{{{name}}}"), ids.get(name).map_or(NOWHERE, String::as_str)))
}

#[test]
fn every_operation_has_its_rows() {
    let document = serde_json::to_value(server::api::document()).unwrap();
    let methods = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let described: BTreeSet<String> =
        methods.filter_map(|operation| operation["operationId"].as_str().map(str::to_owned)).collect();
    let permitted: BTreeSet<String> = OPERATIONS.iter().map(|operation| operation.id.to_owned()).collect();
    assert_eq!(described, permitted, "the API's operations and those in src/access/operations.rs");
    let open = OPERATIONS
        .iter()
        .filter(|operation| operation.needs == Needs::Nothing)
        .map(|operation| operation.id.to_owned());
    let tested: BTreeSet<String> = rows().iter().map(|row| row.id.to_owned()).chain(open).collect();
    assert_eq!(described, tested, "the API's operations and those in this table");
}

/// The log of the owner's organisation from some point on.
pub struct Log {
    owner: Client,
    size: u64,
}

impl Log {
    /// From now on.
    pub async fn from_now_on(hub: &TestHub) -> Self {
        let owner = hub.as_owner().await;
        let size = hub.hub().audit().verify(hub.owner().await, None).await.unwrap().size;
        Self { owner, size }
    }

    /// Fails the test if anybody changed anything. What the hub does by itself meanwhile, such as ending a measurement, is
    /// nobody's request.
    #[track_caller]
    pub fn expect_no_change(&self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            let page = self.owner.get("/api/audit/entries?limit=200").await.expect(200);
            let by_somebody = |entry: &&Value| {
                entry["seq"].as_u64().unwrap() >= self.size && !entry["actor"].as_str().unwrap().starts_with("hub ")
            };
            let changes: Vec<_> = page["items"].as_array().unwrap().iter().filter(by_somebody).collect();
            assert!(changes.is_empty(), "at {place} nothing was changed, but: {changes:?}");
        }
    }
}

/// A system of the owner's with everything below it, by kind.
pub async fn something_of_each_kind(owner: &Client) -> BTreeMap<&'static str, String> {
    let id = |reply: Reply| reply.json()["id"].as_str().unwrap_or_else(|| panic!("{}", reply.text())).to_owned();
    let mut ids = BTreeMap::new();
    let address = owner.get("/api/auth/me").await.expect(200)["name"].as_str().unwrap().to_owned();
    ids.insert("newcomer", format!("new-{address}"));
    ids.insert("system", id(owner.post("/api/systems", &json!({ "name": format!("Everything of {address}") })).await));
    let environment = json!({ "kind": "staging", "base_url": "http://127.0.0.1:1" });
    ids.insert(
        "environment",
        id(owner.post(&format!("/api/systems/{}/environments", ids["system"]), &environment).await),
    );
    for row in rows() {
        if row.id == "set_prices" {
            row.send(owner, &ids).await.expect(200);
        }
        let kind = match row.id {
            "create_key" => "key",
            "start_totp" => "factor",
            "add_member" => "member",
            "invite" => "invitation",
            "create_organisation" => "organisation",
            "add_provider" => "provider",
            "create_share" => "share",
            "run_benchmark" => "benchmark",
            "register_golden_path" => "path",
            "validate" => "validation",
            "create_schedule" => "schedule",
            "create_workspace" => "workspace",
            "share_asset" => "asset",
            "ask_for_export" => "request",
            "add_processing_activity" => "activity",
            _ => continue,
        };
        let reply = row.send(owner, &ids).await;
        // Others than the organisation that runs the hub make none.
        if kind == "organisation" && reply.status == 403 {
            continue;
        }
        if let Some(proposal) = reply.json()["proposal_id"].as_str() {
            ids.insert("proposal", proposal.to_owned());
        }
        ids.insert(kind, id(reply));
    }
    let sessions = owner.get("/api/auth/sessions").await.json();
    ids.insert("session", sessions[0]["id"].as_str().unwrap().to_owned());
    let validation = format!("/api/gate/validations/{}", ids["validation"]);
    while owner.get(&validation).await.json()["state"] != "finished" {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let evidence = json!({ "scope": "SOC2", "validation_id": ids["validation"] });
    ids.insert("evidence", id(owner.post("/api/compliance/evidence", &evidence).await));
    ids
}
