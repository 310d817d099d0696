//! The sample system in the test's own process, registered with a hub.

use crate::support::{Client, Reply, TestHub};
use hub::access::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{net::TcpListener, sync::Mutex, time::timeout};

/// How long anything may take before a test gives up waiting for it.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a look at what has not happened yet is put off.
const LOOK: Duration = Duration::from_millis(50);
/// How often a measurement is repeated whose generator had too little of a busy machine.
const MEASUREMENTS: usize = 20;

/// A sample system with a staging environment at a hub, and its owner's browser.
pub struct Shop {
    pub owner: Client,
    pub url: String,
    pub system: String,
    pub environment: String,
}

impl Shop {
    /// Starts one, registers it and vouches for its private address.
    pub async fn open(hub: &TestHub) -> Self {
        let shop = Self::register(hub).await;
        shop.vouch(&shop.environment).await;
        shop
    }

    /// Starts one and registers it; nobody has shown yet that it is theirs.
    pub async fn register(hub: &TestHub) -> Self {
        let owner = hub.as_role(Role::Owner).await;
        let url = serve().await;
        let system = id(&owner.post("/api/systems", &json!({ "name": "Shop" })).await);
        let environment = json!({ "kind": "staging", "base_url": url });
        let environment = id(&owner.post(&format!("/api/systems/{system}/environments"), &environment).await);
        Self { owner, url, system, environment }
    }

    /// Another environment of the shop, with its own server; gives the environment and its address.
    pub async fn beside(&self, kind: &str) -> (String, String) {
        let url = serve().await;
        let environment = json!({ "kind": kind, "base_url": url });
        let made = self.owner.post(&format!("/api/systems/{}/environments", self.system), &environment).await;
        (id(&made), url)
    }

    /// Vouches for the private address of an environment.
    pub async fn vouch(&self, environment: &str) {
        let allow = format!("/api/environments/{environment}/allow-private");
        self.owner.post(&allow, &json!({ "reason": "the sample of this test" })).await.expect(200);
    }

    /// Deploys another version of the shop.
    pub async fn deploy(&self, version: &str) {
        deploy(&self.url, version).await;
    }

    /// The text that the shop publishes to show whose it is.
    pub async fn publish(&self, token: &str) {
        let place = format!("{}/admin/verification", self.url);
        let put = reqwest::Client::new().request(Method::PUT, place).json(&json!({ "token": token }));
        put.send().await.unwrap().error_for_status().unwrap();
    }

    /// How many requests the shop has answered.
    pub async fn requests(&self) -> u64 {
        let stats = reqwest::get(format!("{}/admin/stats", self.url)).await.unwrap();
        stats.json::<Value>().await.unwrap()["requests"].as_u64().unwrap()
    }

    /// A short benchmark at a low rate.
    pub fn short(&self, version: &str) -> Value {
        let line =
            |name: &str, path: &str| json!({ "name": name, "path": path, "headers": { "accept-encoding": "br" } });
        json!({
            "environment_id": self.environment, "version": version, "duration_s": 1.0, "warm_up_s": 0.5,
            "model": { "kind": "open", "rate": 8.0 },
            "requests": [line("home", "/"), line("search", "/search?query=oak+kettle")],
        })
    }

    /// Measures a version until the measurement is valid; gives the benchmark.
    pub async fn measure(&self, version: &str) -> Value {
        self.measure_as(&self.short(version)).await
    }

    /// The same with another request.
    pub async fn measure_as(&self, request: &Value) -> Value {
        // Loads of tests that run beside each other would measure each other.
        static LOAD: Mutex<()> = Mutex::const_new(());
        let _alone = LOAD.lock().await;
        for _ in 0..MEASUREMENTS {
            let accepted = self.owner.post("/api/teardown/benchmark/run", request).await;
            accepted.expect(202);
            let benchmark = self.until_over(accepted.header("location").unwrap()).await;
            match benchmark["state"].as_str() {
                Some("succeeded") => return benchmark,
                Some("invalid") => {}
                _ => panic!("{benchmark}"),
            }
        }
        panic!("the machine was too busy for {MEASUREMENTS} measurements");
    }

    /// Validates a version; gives the validation with its verdict.
    pub async fn validate(&self, version: &str) -> Value {
        let request = json!({ "system_id": self.system, "environment_id": self.environment, "version": version });
        let accepted = self.owner.post("/api/gate/validate", &request).await;
        accepted.expect(202);
        self.until_over(accepted.header("location").unwrap()).await
    }

    /// Looks until a benchmark or a validation is over.
    pub async fn until_over(&self, path: &str) -> Value {
        let over = async {
            loop {
                let seen = self.owner.get(path).await.expect(200);
                if !matches!(seen["state"].as_str(), Some("queued" | "running")) {
                    return seen;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        timeout(PATIENCE, over).await.unwrap_or_else(|_| panic!("{path} does not end"))
    }

    /// A policy of one rule that every measured version passes, without golden paths.
    pub async fn set_lenient_policy(&self) -> Value {
        let rule =
            json!({ "id": "answers", "subject": { "metric": "error_rate_pct" }, "threshold": { "at_most": 100.0 } });
        let document = json!({ "name": "Lenient", "golden_paths": "off", "rules": [rule] });
        let policy = json!({ "system_id": self.system, "document": document });
        self.owner.post("/api/gate/policy", &policy).await.expect(201)
    }
}

/// Deploys another version of the shop at an address.
pub async fn deploy(url: &str, version: &str) {
    let preset = format!("{url}/admin/preset/{version}");
    reqwest::Client::new().post(preset).send().await.unwrap().error_for_status().unwrap();
}

/// The id of what was made.
#[track_caller]
pub fn id(reply: &Reply) -> String {
    assert!((200..300).contains(&reply.status), "{}", reply.text());
    reply.json()["id"].as_str().unwrap_or_else(|| panic!("{}", reply.text())).to_owned()
}

/// How many entries the audit log of the owner's organisation has.
pub async fn entries(owner: &Client) -> u64 {
    owner.post("/api/audit/verify", &json!({})).await.expect(200)["size"].as_u64().unwrap()
}

async fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(sbh_sample::serve(listener, sbh_sample::Config::default(), std::future::pending()));
    format!("http://{address}")
}
