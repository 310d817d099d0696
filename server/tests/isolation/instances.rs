//! Several hubs on one PostgreSQL are one hub: what ends on one has ended on all.

use crate::support::{Backend, Client, PASSWORD, TestHub};
use hub::access::Permission;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_that_ends_on_one_instance_has_ended_on_all() {
    let hub = TestHub::start(Backend::Postgres).await;
    let (second, third) = (hub.another().await, hub.another().await);
    let addresses = [hub.address(), second.address(), third.address()];
    let owner = hub.as_owner().await;
    for ends_at in 0..addresses.len() {
        let email = format!("jane{ends_at}@example.com");
        let new = json!({ "email": email, "role": "admin", "password": PASSWORD });
        let member = owner.post("/api/tenants/members", &new).await.expect(201);
        let browser = hub.signed_in(&email).await;
        let scopes = json!({ "name": "ci", "scopes": [Permission::SystemsRead.as_str()] });
        let key = browser.clone().at(addresses[1]).post("/api/keys", &scopes).await.expect(201);
        let key = hub.anonymous().bearing(key["secret"].as_str().unwrap());
        // Each instance has seen both, and could remember that they are right.
        for (caller, address) in everywhere(&[browser.clone(), key.clone()], &addresses) {
            caller.at(address).get("/api/systems").await.expect(200);
        }
        let path = format!("/api/tenants/members/{}", member["id"].as_str().unwrap());
        owner.clone().at(addresses[ends_at]).patch(&path, &json!({ "active": false })).await.expect(200);
        // The very next request of each is refused, which is within the second that is promised.
        for (caller, address) in everywhere(&[browser, key], &addresses) {
            caller.at(address).get("/api/systems").await.problem(401, "unauthenticated");
        }
    }
    second.stop().await;
    third.stop().await;
}

fn everywhere<'a>(
    callers: &'a [Client],
    addresses: &'a [std::net::SocketAddr],
) -> impl Iterator<Item = (Client, std::net::SocketAddr)> + 'a {
    callers.iter().flat_map(|caller| addresses.iter().map(|address| (caller.clone(), *address)))
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_work_at_once_and_see_what_each_other_wrote() {
    let hub = TestHub::start(Backend::Postgres).await;
    let (second, third) = (hub.another().await, hub.another().await);
    let owner = hub.as_owner().await;
    let create = async |number: usize| {
        let address = [hub.address(), second.address(), third.address()][number % 3];
        let new = json!({ "name": format!("System {number}") });
        owner.clone().at(address).post("/api/systems", &new).await.expect(201)["id"].clone()
    };
    let made: Vec<Value> = futures::future::join_all((0..30).map(create)).await;
    for address in [hub.address(), second.address(), third.address()] {
        let list = owner.clone().at(address).get("/api/systems?limit=200").await.expect(200);
        let seen: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|system| &system["id"]).collect();
        assert!(made.iter().all(|id| seen.contains(&id)), "{address} sees all of them: {list}");
    }
    let verified = owner.post("/api/audit/verify", &json!({})).await.expect(200);
    assert_eq!(verified["damage"], json!([]), "one log, written by three: {verified}");
    second.stop().await;
    third.stop().await;
}
