//! Codes by text message, through a gateway that answers as Twilio does.

mod gateway;

use crate::support::{Backend, Client, OWNER, PASSWORD, Reply, TestHub};
use chrono::{DateTime, TimeDelta, Utc};
use gateway::{ACCOUNT, Gateway, TOKEN};
use hub::{
    Hub, Kind,
    access::{Actor, Role},
    identity::{Confirmation, Needed, NewMember, Proof, SignIn},
    platform::clock::SettableClock,
};
use serde_json::{Value, json};
use std::sync::Arc;

const NUMBER: &str = "+49 1512 3456789";
const E164: &str = "+4915123456789";
const OTHER: &str = "+49 1512 3456780";

/// Runs each test on both databases, with a gateway.
macro_rules! with_a_gateway {
    ($($(#[$doc:meta])* async fn $name:ident($hub:ident: TestHub, $gateway:ident: Gateway) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn promise($hub: TestHub, $gateway: Gateway) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                let gateway = Gateway::start().await;
                promise(hub_at(Backend::Sqlite, &gateway).await, gateway).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let gateway = Gateway::start().await;
                promise(hub_at(Backend::Postgres, &gateway).await, gateway).await;
            }
        }
    )*};
}

async fn hub_at(backend: Backend, gateway: &Gateway) -> TestHub {
    let url = format!("http://{}", gateway.address);
    let variables = [
        ("SMS_GATEWAY", "twilio"),
        ("SMS_TWILIO_URL", url.as_str()),
        ("SMS_TWILIO_ACCOUNT_SID", ACCOUNT),
        ("SMS_TWILIO_AUTH_TOKEN", TOKEN),
        ("SMS_TWILIO_FROM", "+15005550006"),
        ("SMS_ALLOWED_COUNTRIES", "49, 43"),
        ("SMS_TENANT_PER_HOUR", "20"),
    ];
    TestHub::start_with(backend, &variables).await
}

fn every_kind() -> Value {
    json!({ "kinds": ["passkey", "security_key", "totp", "sms"] })
}

/// A core whose time the test sets, a while ago, so that what is done over HTTP comes later.
fn earlier(hub: &TestHub) -> (Hub, Arc<SettableClock>) {
    let clock = Arc::new(SettableClock::at(Utc::now() - TimeDelta::hours(3)));
    (hub.with_clock(clock.clone()), clock)
}

fn verified(core: &Hub, actor: &Actor) -> Actor {
    actor.clone().verified(core.platform().clock.now())
}

/// Adds a number to somebody's account.
async fn add_number(core: &Hub, gateway: &Gateway, actor: &Actor) {
    let actor = verified(core, actor);
    let started = core.factors().start_messages(&actor, (NUMBER, ""), None).await.unwrap();
    core.factors().confirm_messages(&actor, started.id, &gateway.code()).await.unwrap();
}

/// The owner, whose number was added a while ago.
async fn owner_with_a_number(hub: &TestHub, gateway: &Gateway) -> Client {
    let owner = hub.as_owner().await;
    owner.put("/api/tenants/sign-in-policy", &every_kind()).await.expect(200);
    add_number(&earlier(hub).0, gateway, hub.owner().await).await;
    owner
}

/// A member who is not the owner, as the core knows them.
async fn member(hub: &TestHub, email: &str) -> Actor {
    let new = NewMember { email: email.into(), name: String::new(), role: Role::Member, password: PASSWORD.into() };
    let owner = hub.owner().await.clone().verified(Utc::now());
    let added = hub.hub().identity().add_member(&owner, new).await.unwrap();
    hub.hub().identity().actor(added.id).await.unwrap().unwrap()
}

async fn password(hub: &TestHub) -> Reply {
    hub.anonymous().post("/api/auth/sign-in", &json!({ "email": OWNER, "password": PASSWORD })).await
}

async fn waiting(hub: &TestHub) -> String {
    password(hub).await.expect(202)["ceremony"].as_str().unwrap().to_owned()
}

async fn waits(core: &Hub, email: &str) -> String {
    let credentials = hub::identity::Credentials { email: email.into(), password: PASSWORD.into() };
    match core.identity().sign_in(&credentials, "here", None).await.unwrap() {
        SignIn::Pending(pending) => pending.secret,
        SignIn::Whole(_) => panic!("a second factor is needed"),
    }
}

fn showing(ceremony: &str, code: &str) -> Value {
    json!({ "ceremony": ceremony, "proof": { "kind": "sms", "code": code } })
}

fn sms(code: &str) -> Proof {
    Proof::Sms { code: code.to_owned() }
}

/// Another code than this one.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn actions(owner: &Client) -> Vec<String> {
    let entries = owner.get("/api/audit/entries?limit=100").await.expect(200);
    entries["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
}

with_a_gateway! {
    async fn a_number_is_added_by_the_code_that_it_gets(hub: TestHub, gateway: Gateway) {
        let owner = hub.as_owner().await;
        let add = async |number: &str| owner.post("/api/auth/factors/sms", &json!({ "number": number })).await;
        add(NUMBER).await.problem(409, "conflict");
        owner.put("/api/tenants/sign-in-policy", &json!({ "kinds": ["sms"] })).await.invalid("/kinds");
        owner.put("/api/tenants/sign-in-policy", &every_kind()).await.expect(200);
        for number in ["01512 3456789", "+49 30 1234567", "+49 900 1234567", "+44 7400 123456"] {
            add(number).await.invalid("/number");
        }
        assert!(gateway.asked().is_empty(), "nothing was sent to those");

        let started = add(NUMBER).await.expect(201);
        assert_eq!(started["code"]["number"], "+49 … 89");
        let asked = gateway.asked().pop().unwrap();
        assert_eq!(asked.path, format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json"));
        assert!(asked.authorized && asked.content_type == "application/x-www-form-urlencoded");
        assert_eq!((asked.form["To"].as_str(), asked.form["From"].as_str()), (E164, "+15005550006"));
        assert!(!asked.form.contains_key("MessagingServiceSid"));
        let code = gateway.code();
        assert!(!started.to_string().contains(&code), "the code is in the message alone");

        let confirm = format!("/api/auth/factors/sms/{}/confirm", started["id"].as_str().unwrap());
        owner.post(&confirm, &json!({ "code": wrong(&code) })).await.invalid("/code");
        hub.as_other_tenant().await.post(&confirm, &json!({ "code": code })).await.not_found();
        let totp = confirm.replace("/sms/", "/totp/");
        owner.post(&totp, &json!({ "code": code })).await.not_found();
        let factor = owner.post(&confirm, &json!({ "code": format!(" {} {}", &code[..3], &code[3..]) })).await.expect(200);
        assert_eq!((&factor["kind"], &factor["number"]), (&json!("sms"), &json!("+49 … 89")));
        let listed = owner.get("/api/auth/factors").await.text();
        assert!(listed.contains("+49 … 89") && !listed.contains("3456789"), "{listed}");
        assert!(actions(&owner).await.contains(&"factor.added".to_owned()));
        owner.delete(&format!("/api/auth/factors/{}", factor["id"].as_str().unwrap())).await.expect(204);
        assert!(actions(&owner).await.contains(&"factor.removed".to_owned()));
    }

    async fn a_code_signs_in_once_where_it_was_asked_for(hub: TestHub, gateway: Gateway) {
        owner_with_a_number(&hub, &gateway).await;
        let half = password(&hub).await;
        let pending = half.expect(202);
        assert_eq!((half.cookie(), &pending["needs"]), (None, &json!({ "factor": ["sms"] })));
        let ceremony = pending["ceremony"].as_str().unwrap();
        let anybody = hub.anonymous();
        let send = async |ceremony: &str| {
            anybody.post("/api/auth/second-factor/sms", &json!({ "ceremony": ceremony })).await
        };
        let show = async |ceremony: &str, code: &str| {
            anybody.post("/api/auth/second-factor", &showing(ceremony, code)).await
        };
        send(&"f".repeat(64)).await.problem(401, "unauthenticated");
        assert_eq!(send(ceremony).await.expect(200)["number"], "+49 … 89");
        let early = send(ceremony).await;
        early.problem(429, "too-many");
        let wait: u64 = early.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");

        let code = gateway.code();
        show(&waiting(&hub).await, &code).await.problem(401, "unauthenticated");
        show(ceremony, &wrong(&code)).await.problem(401, "unauthenticated");
        let whole = show(ceremony, &code).await;
        assert_eq!(whole.expect(200)["name"], OWNER);
        anybody.clone().with_cookie_of(&whole).get("/api/auth/me").await.expect(200);
        show(ceremony, &code).await.problem(401, "unauthenticated");
        show(&waiting(&hub).await, &code).await.problem(401, "unauthenticated");
    }

    async fn one_of_a_hundred_uses_of_a_code_at_once_succeeds(hub: TestHub, gateway: Gateway) {
        owner_with_a_number(&hub, &gateway).await;
        let ceremony = waiting(&hub).await;
        hub.hub().identity().send_code(&ceremony).await.unwrap();
        let code = gateway.code();
        let uses = (0..100).map(|_| {
            let (hub, ceremony, code) = (hub.hub().clone(), ceremony.clone(), code.clone());
            tokio::spawn(async move { hub.identity().prove(&ceremony, &sms(&code), None, None).await.is_ok() })
        });
        let mut succeeded = 0;
        for used in uses.collect::<Vec<_>>() {
            succeeded += usize::from(used.await.unwrap());
        }
        assert_eq!(succeeded, 1);
    }

    async fn one_of_a_hundred_confirmations_by_a_code_at_once_succeeds(hub: TestHub, gateway: Gateway) {
        owner_with_a_number(&hub, &gateway).await;
        let owner = hub.owner().await.clone();
        hub.hub().identity().send_confirmation(&owner, Some("session")).await.unwrap();
        let proof = Confirmation::Factor(sms(&gateway.code()));
        let uses = (0..100).map(|_| {
            let (hub, owner, proof) = (hub.hub().clone(), owner.clone(), proof.clone());
            tokio::spawn(async move { hub.identity().confirm(&owner, &proof, None, Some("session")).await.is_ok() })
        });
        let mut succeeded = 0;
        for used in uses.collect::<Vec<_>>() {
            succeeded += usize::from(used.await.unwrap());
        }
        assert_eq!(succeeded, 1);
    }

    async fn a_code_ends_with_its_time_its_tries_and_the_next_code(hub: TestHub, gateway: Gateway) {
        owner_with_a_number(&hub, &gateway).await;
        let (core, clock) = earlier(&hub);
        clock.advance(TimeDelta::hours(1));
        let identity = core.identity();
        let rejected = async |ceremony: &str, code: &str| {
            let error = core.identity().prove(ceremony, &sms(code), None, None).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Unauthenticated, "{error}");
        };
        let ceremony = waits(&core, OWNER).await;
        identity.send_code(&ceremony).await.unwrap();
        let first = gateway.code();
        clock.advance(TimeDelta::minutes(1));
        identity.send_code(&ceremony).await.unwrap();
        let second = gateway.code();
        if first != second {
            rejected(&ceremony, &first).await;
        }
        for _ in 0..4 {
            rejected(&ceremony, &wrong(&second)).await;
        }
        // The wait that the failures bring is over; the tries are not given back.
        clock.advance(TimeDelta::seconds(2));
        rejected(&ceremony, &second).await;

        clock.advance(TimeDelta::hours(1));
        let ceremony = waits(&core, OWNER).await;
        identity.send_code(&ceremony).await.unwrap();
        let late = gateway.code();
        clock.advance(TimeDelta::minutes(10));
        rejected(&ceremony, &late).await;
    }

    async fn five_tries_at_a_new_number_void_its_code(hub: TestHub, gateway: Gateway) {
        let owner = hub.as_owner().await;
        owner.put("/api/tenants/sign-in-policy", &every_kind()).await.expect(200);
        let started = owner.post("/api/auth/factors/sms", &json!({ "number": NUMBER })).await.expect(201);
        let confirm = format!("/api/auth/factors/sms/{}/confirm", started["id"].as_str().unwrap());
        let code = gateway.code();
        for _ in 0..5 {
            owner.post(&confirm, &json!({ "code": wrong(&code) })).await.invalid("/code");
        }
        owner.post(&confirm, &json!({ "code": code })).await.invalid("/code");
    }

    async fn messages_are_limited_by_number_account_and_organisation(hub: TestHub, gateway: Gateway) {
        let owner = hub.as_owner().await;
        owner.put("/api/tenants/sign-in-policy", &every_kind()).await.expect(200);
        let (core, clock) = earlier(&hub);
        let ada = member(&hub, "ada@example.com").await;
        let bob = member(&hub, "bob@example.com").await;
        let begin = async |who: &Actor, number: &str| {
            core.factors().start_messages(&verified(&core, who), (number, ""), None).await
        };
        let waits_for = |refused: hub::Result<_>| {
            let error: hub::Error = refused.map(|_: hub::identity::StartedMessages| ()).unwrap_err();
            assert_eq!(error.kind(), Kind::TooMany, "{error}");
            error.retry_after_s().unwrap()
        };
        begin(&ada, NUMBER).await.unwrap();
        assert_eq!(waits_for(begin(&ada, OTHER).await), 30, "one account does not spread over numbers");
        assert_eq!(waits_for(begin(&bob, NUMBER).await), 30, "one number is not reached by several accounts");
        for _ in 0..4 {
            clock.advance(TimeDelta::seconds(30));
            begin(&ada, NUMBER).await.unwrap();
        }
        clock.advance(TimeDelta::seconds(30));
        assert_eq!(waits_for(begin(&bob, NUMBER).await), 3_600 - 150, "five an hour");
        for last in 0..5 {
            begin(&ada, &format!("+49 1512 345670{last}")).await.unwrap();
            clock.advance(TimeDelta::seconds(30));
        }
        assert_eq!(waits_for(begin(&ada, OTHER).await), 3_600 - 300, "ten an hour of one account");
        for last in 0..10 {
            begin(&bob, &format!("+49 1512 345671{last}")).await.unwrap();
            clock.advance(TimeDelta::seconds(30));
        }
        let cy = member(&hub, "cy@example.com").await;
        assert_eq!(waits_for(begin(&cy, OTHER).await), 3_600 - 600, "as many of an organisation as the operator says");
        clock.advance(TimeDelta::hours(1));
        begin(&cy, OTHER).await.unwrap();
        assert_eq!(gateway.asked().len(), 21);
    }

    async fn what_the_gateway_refuses_is_told_without_its_secrets(hub: TestHub, gateway: Gateway) {
        let owner = owner_with_a_number(&hub, &gateway).await;
        let (core, clock) = earlier(&hub);
        clock.advance(TimeDelta::minutes(10));
        let refusal = |code: u32| json!({ "code": code, "message": format!("No: {TOKEN}"), "status": 400 });
        for (status, body, retry_after, kind, why) in [
            (401, refusal(20_003), None, Kind::Unavailable, "account"),
            (403, refusal(20_006), None, Kind::Unavailable, "account"),
            (429, refusal(20_429), Some("7"), Kind::TooMany, "busy"),
            (429, json!("slow down"), None, Kind::TooMany, "busy"),
            (500, json!("oh"), None, Kind::Unavailable, "failed"),
            (400, refusal(21_211), None, Kind::Conflict, "number"),
            (400, refusal(21_606), None, Kind::Unavailable, "refused"),
            (307, Value::Null, None, Kind::Unavailable, "refused"),
        ] {
            clock.advance(TimeDelta::minutes(13));
            gateway.answer(status, body, retry_after);
            let ceremony = waits(&core, OWNER).await;
            let error = core.identity().send_code(&ceremony).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{status}: {error}");
            assert!(!error.to_string().contains(TOKEN) && !error.to_string().contains(E164), "{error}");
            if retry_after.is_some() {
                assert_eq!(error.retry_after_s(), Some(7));
            }
            let entries = owner.get("/api/audit/entries?action=factor.code_not_sent&limit=1").await.expect(200);
            assert_eq!(entries["items"][0]["detail"]["why"], why, "{status}: {entries}");
            assert!(!entries.to_string().contains("3456789"));
            // What did not leave opens nothing.
            let unsent = core.identity().prove(&ceremony, &sms(&gateway.code()), None, None).await;
            assert!(unsent.is_err());
        }
        let ceremony = waiting(&hub).await;
        let refused = hub.anonymous().post("/api/auth/second-factor/sms", &json!({ "ceremony": ceremony })).await;
        let told = refused.problem(503, "unavailable");
        assert!(told["detail"].as_str().unwrap().contains("gateway for text messages"), "{told}");
    }

    async fn a_text_message_confirms_nothing_where_something_stronger_is(hub: TestHub, gateway: Gateway) {
        let owner = owner_with_a_number(&hub, &gateway).await;
        owner.post("/api/auth/confirm/sms", &json!({})).await.expect(200);
        let proof = |code: &str| json!({ "confirmation": { "factor": { "kind": "sms", "code": code } } });
        let code = gateway.code();
        hub.as_other_tenant().await.post("/api/auth/confirm", &proof(&code)).await.invalid("/code");
        owner.post("/api/auth/confirm", &proof(&wrong(&code))).await.invalid("/code");
        owner.post("/api/auth/confirm", &proof(&code)).await.expect(204);

        let started = owner.post("/api/auth/factors/totp", &json!({ "name": "Phone" })).await.expect(201);
        let confirm = format!("/api/auth/factors/totp/{}/confirm", started["id"].as_str().unwrap());
        let secret = started["secret"].as_str().unwrap();
        let shown = crate::second_factors::code(secret, 0);
        owner.post(&confirm, &json!({ "code": shown })).await.expect(200);
        owner.post("/api/auth/confirm/sms", &json!({})).await.problem(409, "conflict");
        owner.post("/api/auth/confirm", &proof("123456")).await.problem(409, "conflict");
        assert_eq!(password(&hub).await.expect(202)["needs"], json!({ "factor": ["totp", "sms"] }));

        // Whoever signs in by message has not shown enough for what is risky.
        let core = hub.with_clock(Arc::new(SettableClock::at(Utc::now() + TimeDelta::hours(1))));
        let ceremony = waits(&core, OWNER).await;
        core.identity().send_code(&ceremony).await.unwrap();
        let proven = core.identity().prove(&ceremony, &sms(&gateway.code()), None, None).await.unwrap();
        let risky = core.factors().make_recovery_codes(&proven.actor).await.unwrap_err();
        assert_eq!(risky.kind(), Kind::Unconfirmed);
    }

    async fn a_message_satisfies_only_a_policy_that_counts_it(hub: TestHub, gateway: Gateway) {
        let owner = owner_with_a_number(&hub, &gateway).await;
        let demanded = json!({ "second_factor": ["owner"], "kinds": ["totp", "sms"] });
        owner.put("/api/tenants/sign-in-policy", &demanded).await.expect(200);
        let (core, clock) = earlier(&hub);
        let signs_in = async || {
            clock.advance(TimeDelta::minutes(20));
            let ceremony = waits(&core, OWNER).await;
            core.identity().send_code(&ceremony).await.unwrap();
            let proven = core.identity().prove(&ceremony, &sms(&gateway.code()), None, None).await;
            (ceremony, proven.map(|proven| proven.actor))
        };
        signs_in().await.1.unwrap();

        owner.put("/api/tenants/sign-in-policy", &json!({ "second_factor": ["owner"] })).await.expect(200);
        let (ceremony, refused) = signs_in().await;
        assert_eq!(refused.unwrap_err().kind(), Kind::Conflict, "it is asked for, and does not let in");
        assert_eq!(core.identity().pending(&ceremony).await.unwrap().needs, Needed::Enrolment);
        let more = core.identity().enrol_messages(&ceremony, NUMBER, None).await.unwrap_err();
        assert_eq!(more.kind(), Kind::Conflict);
        core.identity().enrol_totp(&ceremony, "").await.unwrap();
    }

    async fn a_new_number_takes_the_place_of_the_one_before(hub: TestHub, gateway: Gateway) {
        let owner = owner_with_a_number(&hub, &gateway).await;
        let started = owner.post("/api/auth/factors/sms", &json!({ "number": "+49 1512 3456701" })).await.expect(201);
        assert_eq!(owner.get("/api/auth/factors").await.expect(200)[0]["number"], "+49 … 89");
        let confirm = format!("/api/auth/factors/sms/{}/confirm", started["id"].as_str().unwrap());
        owner.post(&confirm, &json!({ "code": gateway.code() })).await.expect(200);
        let factors = owner.get("/api/auth/factors").await.expect(200);
        assert_eq!((factors.as_array().unwrap().len(), &factors[0]["number"]), (1, &json!("+49 … 01")));
    }

    async fn neither_number_nor_code_is_in_the_database(hub: TestHub, gateway: Gateway) {
        owner_with_a_number(&hub, &gateway).await;
        let ceremony = waiting(&hub).await;
        hub.hub().identity().send_code(&ceremony).await.unwrap();
        let rows = gateway::rows(&hub).await;
        assert!(rows.iter().filter(|row| row.contains("sms")).count() > 0, "the factor was read: {rows:?}");
        for row in rows {
            assert!(!row.contains("3456789") && !row.contains(&gateway.code()), "{row}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_does_not_answer_is_given_up() {
    let gateway = Gateway::start().await;
    let hub = hub_at(Backend::Sqlite, &gateway).await;
    let owner = owner_with_a_number(&hub, &gateway).await;
    gateway.fall_silent();
    let begun: DateTime<Utc> = Utc::now();
    let ceremony = waiting(&hub).await;
    let refused = hub.anonymous().post("/api/auth/second-factor/sms", &json!({ "ceremony": ceremony })).await;
    refused.problem(503, "unavailable");
    assert!(Utc::now() - begun < TimeDelta::seconds(60), "the request ends");
    let entries = owner.get("/api/audit/entries?action=factor.code_not_sent&limit=1").await.expect(200);
    assert_eq!(entries["items"][0]["detail"]["why"], "silent", "{entries}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gateway_messages_are_not_offered_and_the_hub_says_so() {
    let hub = TestHub::start(Backend::Sqlite).await;
    let owner = hub.as_owner().await;
    owner.put("/api/tenants/sign-in-policy", &every_kind()).await.expect(200);
    let refused = owner.post("/api/auth/factors/sms", &json!({ "number": NUMBER })).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("SMS_GATEWAY"), "{refused}");
}
