//! Thousands of requests of two organisations at once over five connections, many of them given up halfway: what one organisation
//! left on a connection never serves the other.

use crate::support::{Backend, Client, PASSWORD, TestHub, send};
use hub::{
    access::Actor,
    identity::Credentials,
    page::PageRequest,
    systems::{NewSystem, System},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use reqwest::Method;
use serde_json::{Value, json};
use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};
use tokio::{sync::Semaphore, task::JoinSet};

/// Requests over HTTP, and calls of use cases that are given up between two steps.
const REQUESTS: u32 = 10_000;
const CALLS: u32 = 2_000;
/// How many are under way at a time.
const AT_ONCE: usize = 64;
/// Few enough that all of them change hands all the time.
pub const FIVE_CONNECTIONS: [(&str, &str); 4] = [
    ("DATABASE_MAX_CONNECTIONS", "5"),
    ("RATE_LIMIT_IDENTIFIED_PER_MINUTE", "10000000"),
    ("RATE_LIMIT_TENANT_PER_MINUTE", "10000000"),
    ("JOB_WORKERS", "1"),
];

/// One of the two organisations. Everything of it carries its name.
struct Side {
    name: &'static str,
    other: &'static str,
    client: Client,
    actor: Actor,
    system: String,
    others_system: String,
}

impl Side {
    /// A right request, and which status a whole answer has.
    fn question(&self, random: &mut StdRng) -> (Method, String, Option<Value>, u16) {
        let get = |path: String, status: u16| (Method::GET, path, None, status);
        match random.random_range(0..20) {
            0..6 => get("/api/systems?limit=20".to_owned(), 200),
            6..10 => get(format!("/api/systems/{}", self.system), 200),
            10..13 => get(format!("/api/systems/{}", self.others_system), 404),
            13..15 => get("/api/audit/entries?limit=5".to_owned(), 200),
            15..17 => get("/api/tenants/members".to_owned(), 200),
            17..18 => get("/api/auth/me".to_owned(), 200),
            _ => {
                let name = format!("{} {}", self.name, random.random::<u64>());
                (Method::POST, "/api/systems".to_owned(), Some(json!({ "name": name })), 201)
            }
        }
    }

    /// Asks, and gives up at some moment half of the time.
    async fn ask(&self, mut random: StdRng) {
        let (method, path, body, status) = self.question(&mut random);
        let mut request = self.client.request(method, &path);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let patience: u32 = if random.random() { u32::MAX } else { 1 << random.random_range(0..12) };
        let reply = tokio::select! {
            reply = send(request) => reply,
            () = turns(patience) => return,
        };
        assert_eq!(reply.status, status, "{path}: {}", reply.text());
        assert!(
            !reply.text().contains(self.other),
            "{path} shows {} something of {}: {}",
            self.name,
            self.other,
            reply.text()
        );
    }

    /// Calls a use case, and gives up between two of its steps half of the time.
    async fn call(&self, hub: &hub::Hub, mut random: StdRng) {
        let steps = if random.random() { usize::MAX } else { random.random_range(1..12) };
        if random.random_range(0..4) == 0 {
            let new =
                NewSystem { name: format!("{} {}", self.name, random.random::<u64>()), description: String::new() };
            if let Some(made) = up_to(steps, hub.systems().create(&self.actor, new)).await {
                made.unwrap();
            }
        } else if let Some(page) = up_to(steps, hub.systems().list(&self.actor, &PageRequest::default())).await {
            let strangers = |system: &System| !system.name.contains(self.name);
            let page = page.unwrap();
            assert!(!page.items.iter().any(strangers), "{} sees {page:?}", self.name);
        }
    }
}

/// Lets others have their turn so many times.
async fn turns(count: u32) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

/// What comes of a future, unless that takes more steps.
async fn up_to<T>(steps: usize, future: impl Future<Output = T>) -> Option<T> {
    let (mut future, mut left) = (pin!(future), steps);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

async fn sides(hub: &TestHub) -> [Arc<Side>; 2] {
    let ours = (hub.owner().await.clone(), hub.as_owner().await);
    let theirs = hub.as_other_tenant().await;
    let credentials = Credentials { email: "stranger@example.com".to_owned(), password: PASSWORD.to_owned() };
    let stranger = hub.hub().identity().sign_in(&credentials, "test", None).await.unwrap();
    let theirs = (stranger.whole().unwrap(), theirs);
    let make = async |client: &Client, name: &str| {
        let made = client.post("/api/systems", &json!({ "name": name })).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    };
    // The names of their owners, which no other name contains.
    let (first, second) = ("owner@example.com", "stranger@example.com");
    let systems = (make(&ours.1, first).await, make(&theirs.1, second).await);
    let side = |name, other, (actor, client): (Actor, Client), system: &str, others_system: &str| {
        Arc::new(Side {
            name,
            other,
            client,
            actor,
            system: system.to_owned(),
            others_system: others_system.to_owned(),
        })
    };
    [side(first, second, ours, &systems.0, &systems.1), side(second, first, theirs, &systems.1, &systems.0)]
}

/// Ten thousand requests, and calls between them.
pub async fn nothing_leaks(hub: TestHub) {
    let sides = sides(&hub).await;
    let (room, core) = (Arc::new(Semaphore::new(AT_ONCE)), hub.hub().clone());
    let mut tasks = JoinSet::new();
    for number in 0..REQUESTS + CALLS {
        let turn = room.clone().acquire_owned().await.unwrap();
        let (side, core) = (sides[number as usize % 2].clone(), core.clone());
        tasks.spawn(async move {
            let random = StdRng::seed_from_u64(number.into());
            if number % 6 == 0 {
                side.call(&core, random).await
            } else {
                side.ask(random).await
            }
            drop(turn);
        });
        while let Some(done) = tasks.try_join_next() {
            done.unwrap();
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    // Every connection is as good as new: more questions than there are, none given up.
    for side in &sides {
        for _ in 0..20 {
            let list = side.client.get("/api/systems?limit=200").await.expect(200);
            let names = list["items"].as_array().unwrap().iter().map(|system| system["name"].as_str().unwrap());
            assert!(names.clone().count() > 1 && names.clone().all(|name| name.contains(side.name)), "{list}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaks_on_sqlite() {
    nothing_leaks(TestHub::start_with(Backend::Sqlite, &FIVE_CONNECTIONS).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaks_on_postgres() {
    nothing_leaks(TestHub::start_with(Backend::Postgres, &FIVE_CONNECTIONS).await).await;
}
