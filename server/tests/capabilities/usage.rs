//! Quotas: the last place works, the one after it is refused, and what is freed or raised works again; what was used is
//! counted and shown.

use crate::{
    shop::{Shop, id},
    support::{Backend, Client, PASSWORD, Reply, TestHub},
};
use chrono::{DateTime, TimeDelta, Utc};
use hub::{
    Kind,
    access::{Permission, Role},
    platform::clock::SettableClock,
    privacy::KindOfRows,
    tenants::quotas::DaysQuery,
};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value, json};
use std::sync::Arc;

const K6: &str = include_str!("../../../engines/imports/tests/fixtures/k6-handle-summary.json");
const IMPORT: &str = "/api/teardown/benchmark/import";
const USAGE: &str = "/api/tenants/usage";

/// What the owner's organisation may use from now on.
async fn agree(hub: &TestHub, tier: &str, quotas: Value) {
    hub.owner().await;
    let database = Database::connect(&hub.values()["DATABASE_URL"]).await.unwrap();
    let set = format!("UPDATE tenants SET tier = '{tier}', quotas = '{quotas}' WHERE operates");
    assert_eq!(database.execute_unprepared(&set).await.unwrap().rows_affected(), 1);
    database.close().await.unwrap();
}

#[track_caller]
fn full(reply: &Reply, words: &str) {
    let told = reply.problem(409, "quota-exceeded");
    let detail = told["detail"].as_str().unwrap();
    for part in [words, "tier basic", "those who run the hub"] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
}

/// What is used of a quota, and how much may be.
async fn used(client: &Client, kind: &str) -> (u64, Option<u64>) {
    let usage = client.get(USAGE).await.expect(200);
    let quota = usage["quotas"].as_array().unwrap().iter().find(|quota| quota["kind"] == kind).unwrap().clone();
    (quota["used"].as_u64().unwrap(), quota["limit"].as_u64())
}

async fn told(client: &Client, kind: &str) -> usize {
    let inbox = client.get(&format!("/api/notifications?kind={kind}")).await.expect(200);
    inbox["items"].as_array().unwrap().len()
}

fn system(name: &str) -> Value {
    json!({ "name": name })
}

fn person(email: &str) -> Value {
    json!({ "email": email, "role": "member", "password": PASSWORD })
}

fn import(shop: &Shop, version: &str) -> Value {
    json!({ "environment_id": shop.environment, "version": version, "files": [{ "name": "k6.json", "content": K6 }] })
}

fn validation(shop: &Shop) -> Value {
    json!({ "system_id": shop.system, "environment_id": shop.environment, "version": "1.0.0" })
}

on_both_databases! {
    async fn an_organisation_has_as_many_systems_as_it_may(hub: TestHub) {
        let owner = hub.as_owner().await;
        assert_eq!(used(&owner, "systems").await, (0, None), "who is here already has no limit");
        agree(&hub, "basic", json!({ "systems": 2 })).await;
        owner.post("/api/systems", &system("One")).await.expect(201);
        owner.post("/api/systems", &system("Two")).await.expect(201);
        full(&owner.post("/api/systems", &system("Three")).await, "2 of 2");
        assert_eq!(used(&owner, "systems").await, (2, Some(2)));
        agree(&hub, "basic", json!({ "systems": 3 })).await;
        owner.post("/api/systems", &system("Three")).await.expect(201);
        agree(&hub, "enterprise", Value::Null).await;
        owner.post("/api/systems", &system("Four")).await.expect(201);
        let listed = owner.get("/api/systems").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 4, "what was refused is not there");
    }

    async fn members_and_waiting_invitations_share_the_places(hub: TestHub) {
        let owner = hub.as_owner().await;
        agree(&hub, "basic", json!({ "members": 3 })).await;
        let ada = id(&owner.post("/api/tenants/members", &person("ada@example.com")).await);
        let invite = |email: &str| json!({ "email": email, "role": "member" });
        let invited = id(&owner.post("/api/tenants/invitations", &invite("ben@example.com")).await);
        full(&owner.post("/api/tenants/members", &person("cleo@example.com")).await, "3 of 3");
        full(&owner.post("/api/tenants/invitations", &invite("cleo@example.com")).await, "3 of 3");
        let again = owner.post("/api/tenants/invitations", &invite("ben@example.com")).await;
        assert_ne!(id(&again), invited, "inviting the same person again takes no other place");
        let directory = hub.with_key(&[Permission::ScimManage]).await;
        let user = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "dora@example.com", "active": true });
        let refused = directory.post("/scim/v2/Users", &user).await;
        assert_eq!((refused.status, refused.header("content-type")), (409, Some("application/scim+json")), "{}", refused.text());
        assert!(refused.json()["detail"].as_str().unwrap().contains("3 of 3"), "{}", refused.text());

        let revoked = owner.delete(&format!("/api/tenants/invitations/{}", id(&again))).await;
        assert_eq!(revoked.status, 204);
        directory.post("/scim/v2/Users", &user).await.expect(201);
        let place = format!("/api/tenants/members/{ada}");
        owner.patch(&place, &json!({ "active": false })).await.expect(200);
        assert_eq!(used(&owner, "members").await, (2, Some(3)), "who was deactivated does not count");
        let cleo = owner.post("/api/tenants/invitations", &invite("cleo@example.com")).await.expect(201);
        full(&owner.patch(&place, &json!({ "active": true })).await, "3 of 3");
        let accept = json!({ "secret": cleo["secret"], "name": "Cleo", "password": PASSWORD });
        let accepted = hub.anonymous().post("/api/auth/invitation/accept", &accept).await;
        assert!(accepted.status < 300, "an invitation has its place: {}", accepted.text());
        assert_eq!(used(&owner, "members").await, (3, Some(3)));
    }

    async fn runs_are_counted_by_the_day_and_schedules_are_refused_too(hub: TestHub) {
        let shop = Shop::open(&hub).await;
        agree(&hub, "basic", json!({ "runs_per_day": 2 })).await;
        shop.validate("1.0.0").await;
        let mut turns = shop.short("1.0.0");
        let (beside, _) = shop.beside("preview").await;
        shop.vouch(&beside).await;
        turns["baseline"] = json!({ "environment_id": beside, "version": "0.9.0" });
        full(&shop.owner.post("/api/teardown/benchmark/run", &turns).await, "1 of 2");
        shop.validate("1.0.0").await;
        full(&shop.owner.post("/api/gate/validate", &validation(&shop)).await, "2 of 2");
        full(&shop.owner.post("/api/teardown/benchmark/run", &shop.short("1.0.0")).await, "2 of 2");
        assert_eq!(used(&shop.owner, "runs").await, (2, Some(2)));

        agree(&hub, "basic", json!({ "runs_per_day": 1 })).await;
        let weekly = |name: &str| json!({ "name": name, "cron": "0 3 * * 1", "time_zone": "UTC", "validation": validation(&shop) });
        let (mut places, mut due) = (Vec::new(), None);
        for name in ["First", "Second"] {
            let made = shop.owner.post("/api/schedules", &weekly(name)).await.expect(201);
            places.push(format!("/api/schedules/{}", made["id"].as_str().unwrap()));
            due = made["next_due_at"].as_str().map(str::to_owned);
        }
        let due: DateTime<Utc> = due.unwrap().parse().unwrap();
        let clock = Arc::new(SettableClock::at(due + TimeDelta::minutes(1)));
        assert_eq!(hub.with_clock(clock).schedules().dispatch().await.unwrap(), 2);
        let mut outcomes = Vec::new();
        for place in &places {
            let run = shop.owner.get(place).await.expect(200)["last_run"].clone();
            if run["outcome"] == "refused" {
                assert!(run["reason"].as_str().unwrap().contains("1 of 1"), "{run}");
            }
            outcomes.push(run["outcome"].as_str().unwrap().to_owned());
        }
        outcomes.sort();
        assert_eq!(outcomes, ["refused", "started"], "another day has places of its own");
        assert_eq!(told(&shop.owner, "schedule_skipped").await, 1);
    }

    async fn nothing_more_is_kept_than_there_is_room_for(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        agree(&hub, "basic", json!({ "storage_bytes": K6.len() })).await;
        let team = json!({ "name": "Checkout" });
        let team = id(&shop.owner.post("/api/workspace/create", &team).await);
        let asset = json!({ "workspace_id": team, "kind": "document", "name": "Text", "content": "x" });
        shop.owner.post(IMPORT, &import(&shop, "1.0.0")).await.expect(201);
        assert_eq!(used(&shop.owner, "storage").await, (K6.len() as u64, Some(K6.len() as u64)));
        let validation = shop.validate("1.0.0").await;
        let evidence = json!({ "scope": "SOC2", "validation_id": validation["id"] });
        shop.vouch(&shop.environment).await;
        for (path, body) in [
            (IMPORT, import(&shop, "2.0.0")),
            ("/api/compliance/evidence", evidence.clone()),
            ("/api/library/share", asset.clone()),
            ("/api/teardown/benchmark/run", shop.short("2.0.0")),
        ] {
            let refused = shop.owner.post(path, &body).await;
            assert_eq!(refused.status, 409, "{path}");
            full(&refused, "quota of storage");
        }
        let later = Arc::new(SettableClock::at(Utc::now() + TimeDelta::days(366)));
        assert_eq!(hub.with_clock(later).lab().remove_old_files().await.unwrap(), 1);
        shop.owner.post("/api/library/share", &asset).await.expect(201);
        assert_eq!(used(&shop.owner, "storage").await.0, 1, "a shared asset counts");
        full(&shop.owner.post(IMPORT, &import(&shop, "2.0.0")).await, "quota of storage");
        agree(&hub, "basic", json!({ "storage_bytes": 1 << 30 })).await;
        shop.owner.post(IMPORT, &import(&shop, "2.0.0")).await.expect(201);
        let made = shop.owner.post("/api/compliance/evidence", &evidence).await.expect(201);
        let sum = 1 + K6.len() as u64 + made["size"].as_u64().unwrap();
        assert_eq!(used(&shop.owner, "storage").await.0, sum, "an evidence pack counts");
    }

    async fn calls_with_a_key_are_counted_by_the_day_and_pages_are_not(hub: TestHub) {
        let owner = hub.as_owner().await;
        agree(&hub, "basic", json!({ "api_calls_per_day": 3 })).await;
        let program = hub.with_key(&[Permission::SystemsRead, Permission::ScimManage]).await;
        program.get("/api/health").await.expect(200);
        for _ in 0..2 {
            program.get("/api/systems").await.expect(200);
        }
        assert_eq!(program.get("/scim/v2/Users").await.status, 200);
        let refused = program.get("/api/systems").await;
        let detail = refused.problem(429, "too-many")["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("3 of 3") && detail.contains("tier basic"), "{detail}");
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=86_400).contains(&wait), "{wait}");
        let refused = program.get("/scim/v2/Users").await;
        assert_eq!((refused.status, refused.header("content-type")), (429, Some("application/scim+json")));
        owner.get("/api/systems").await.expect(200);
        assert_eq!(used(&owner, "api_calls").await, (3, Some(3)), "what was refused and what a browser asks for do not count");
        agree(&hub, "basic", json!({ "api_calls_per_day": 4 })).await;
        assert_eq!(used(&owner, "api_calls").await, (3, Some(4)));
        program.get("/api/systems").await.expect(200);
        program.get("/api/systems").await.problem(429, "too-many");
        agree(&hub, "enterprise", Value::Null).await;
        used(&owner, "api_calls").await;
        program.get("/api/systems").await.expect(200);
        assert_eq!(used(&owner, "api_calls").await, (5, None), "what has no limit is counted too");
    }

    async fn two_who_come_at_once_never_get_the_last_place_both(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let limits = json!({ "systems": 3, "members": 3, "runs_per_day": 2, "storage_bytes": 2 * K6.len(), "api_calls_per_day": 4 });
        agree(&hub, "basic", limits).await;
        let statuses = async |path: &str, bodies: Vec<Value>| {
            let sent = bodies.iter().map(|body| shop.owner.post(path, body));
            let replies = futures::future::join_all(sent).await;
            let count = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
            (count(201) + count(202), count(409))
        };
        let six = |body: &dyn Fn(usize) -> Value| (0..6).map(body).collect::<Vec<_>>();
        assert_eq!(statuses("/api/systems", six(&|at| system(&format!("System {at}")))).await, (2, 4));
        assert_eq!(statuses("/api/tenants/members", six(&|at| person(&format!("p{at}@example.com")))).await, (2, 4));
        assert_eq!(statuses("/api/gate/validate", six(&|_| validation(&shop))).await, (2, 4));
        assert_eq!(statuses(IMPORT, six(&|at| import(&shop, &format!("{at}.0")))).await, (2, 4));
        let program = hub.with_key(&[Permission::SystemsRead]).await;
        let calls = futures::future::join_all((0..9).map(|_| program.get("/api/systems"))).await;
        assert_eq!(calls.iter().filter(|reply| reply.status == 200).count(), 4);
        assert_eq!(calls.iter().filter(|reply| reply.status == 429).count(), 5);
    }

    async fn a_day_begins_anew_at_midnight_utc(hub: TestHub) {
        agree(&hub, "basic", json!({ "api_calls_per_day": 2 })).await;
        let actor = hub.owner().await;
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let clock = Arc::new(SettableClock::at(at("2031-02-28T23:59:59Z")));
        let core = hub.with_clock(clock.clone());
        for _ in 0..2 {
            core.usage().call(actor.tenant()).await.unwrap();
        }
        let refused = core.usage().call(actor.tenant()).await.unwrap_err();
        assert_eq!((refused.kind(), refused.retry_after_s()), (Kind::TooMany, Some(1)), "{refused:?}");
        clock.advance(TimeDelta::seconds(1));
        core.usage().call(actor.tenant()).await.unwrap();
        let query = DaysQuery { from: Some(at("2031-02-27T00:00:00Z").date_naive()), until: None };
        let days = core.usage().days(actor, query).await.unwrap();
        let calls: Vec<_> = days.days.iter().map(|day| (day.day.to_string(), day.api_calls)).collect();
        let expected = [("2031-02-27", 0), ("2031-02-28", 2), ("2031-03-01", 1)].map(|(day, calls)| (day.to_owned(), calls));
        assert_eq!(calls, expected);
        let now = core.usage().now(actor).await.unwrap();
        assert!(now.quotas.iter().any(|quota| quota.resets_at == Some(at("2031-03-02T00:00:00Z")) && quota.used == 1), "{now:?}");
    }

    async fn files_go_when_the_tier_says_so_and_the_dry_run_says_the_same(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        agree(&hub, "basic", Value::Null).await;
        let run = id(&shop.owner.post(IMPORT, &import(&shop, "1.0.0")).await);
        assert_eq!(shop.owner.get(USAGE).await.expect(200)["retention_days"], 30, "the shorter of the tier's and the hub's");
        let page = shop.owner.get(&format!("/lab/{run}")).await.text();
        let until = (Utc::now() + TimeDelta::days(30)).format("%Y-%m-");
        assert!(page.contains(&format!("Kept until {until}")), "{until}");
        let actor = hub.owner().await;
        for (days, gone) in [(29, 0), (31, 1)] {
            let core = hub.with_clock(Arc::new(SettableClock::at(Utc::now() + TimeDelta::days(days))));
            let kinds = core.privacy().retention(actor).await.unwrap();
            let files = kinds.into_iter().find(|aged| aged.kind == KindOfRows::BenchmarkFiles).unwrap();
            assert_eq!((files.kept.as_str(), files.would_remove), ("30 days (quota of the tier)", gone));
            assert_eq!(core.lab().remove_old_files().await.unwrap(), gone);
        }
        let missing = shop.owner.get(&format!("/api/teardown/benchmark/artifacts/{run}/k6.json")).await.not_found();
        assert!(missing["detail"].as_str().unwrap().contains("after 30 days (quota of the tier)"), "{missing}");
    }

    async fn admins_are_told_once_a_day_when_a_quota_is_nearly_and_when_it_is_used_up(hub: TestHub) {
        let owner = hub.as_owner().await;
        let (admin, auditor) = (hub.as_role(Role::Admin).await, hub.as_role(Role::Auditor).await);
        agree(&hub, "basic", json!({ "systems": 5, "api_calls_per_day": 1 })).await;
        for at in 0..3 {
            owner.post("/api/systems", &system(&format!("System {at}"))).await.expect(201);
        }
        assert_eq!(told(&owner, "quota_near").await, 0);
        owner.post("/api/systems", &system("Four")).await.expect(201);
        assert_eq!((told(&owner, "quota_near").await, told(&owner, "quota_full").await), (1, 0));
        owner.post("/api/systems", &system("Five")).await.expect(201);
        full(&owner.post("/api/systems", &system("Six")).await, "5 of 5");
        assert_eq!((told(&owner, "quota_near").await, told(&owner, "quota_full").await), (1, 1));
        assert_eq!((told(&admin, "quota_full").await, told(&auditor, "quota_full").await), (1, 0), "auditors only look");
        let program = hub.with_key(&[Permission::SystemsRead]).await;
        program.get("/api/systems").await.expect(200);
        assert_eq!(used(&owner, "api_calls").await, (1, Some(1)));
        let inbox = owner.get("/api/notifications?kind=quota_full").await.expect(200);
        let newest = &inbox["items"][0];
        assert_eq!((&newest["title"], &newest["about"]["kind"]), (&json!("Quota used up: API calls a day"), &json!("usage")));
        used(&owner, "api_calls").await;
        assert_eq!(told(&owner, "quota_full").await, 2, "once a day and quota");
    }

    async fn overseers_see_what_was_used_day_by_day(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        let days = format!("{USAGE}/days");
        shop.validate("1.0.0").await;
        let auditor = hub.as_role(Role::Auditor).await;
        let seen = auditor.get(&days).await.expect(200);
        let all = seen["days"].as_array().unwrap();
        assert_eq!((all.len(), &all[29]["runs"], &all[29]["api_calls"], &all[28]["runs"]), (30, &json!(1), &json!(0), &json!(0)));
        assert_eq!(all[29]["day"], seen["until"]);
        let table = auditor.get(&format!("{days}.csv?from=2026-01-01&until=2026-01-02")).await;
        assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
        assert_eq!(table.text(), "day,systems,members,runs,storage,api_calls\n2026-01-01,,,0,,0\n2026-01-02,,,0,,0\n");
        let most = auditor.get(&format!("{days}?from=2026-01-01&until=2026-04-02")).await.expect(200);
        assert_eq!(most["days"].as_array().unwrap().len(), 92);
        auditor.get(&format!("{days}?from=2026-01-01&until=2026-04-03")).await.invalid("/until");
        auditor.get(&format!("{days}?from=2026-01-02&until=2026-01-01")).await.invalid("/until");
        auditor.get(&format!("{days}?from=yesterday")).await.invalid("/from");
        let member = hub.as_role(Role::Member).await;
        for path in [USAGE, days.as_str(), "/api/tenants/usage/days.csv"] {
            member.get(path).await.forbidden();
        }
        assert_eq!(used(&hub.as_other_tenant().await, "runs").await.0, 0, "others' runs are not theirs");
        let page = auditor.get("/settings/usage").await.text();
        for words in ["Enterprise", "Runs a day", "no limit", "Usage by day", "Runs by day from"] {
            assert!(page.contains(words), "{words}");
        }
        assert_eq!(member.get("/settings/usage").await.status, 403);
    }

    async fn what_there_is_gets_noted_every_day(hub: TestHub) {
        let shop = Shop::register(&hub).await;
        shop.owner.post(IMPORT, &import(&shop, "1.0.0")).await.expect(201);
        let clock = Arc::new(SettableClock::at("2031-03-01T12:00:00Z".parse().unwrap()));
        let core = hub.with_clock(clock.clone());
        assert_eq!(core.usage().note_levels().await.unwrap(), 1);
        assert_eq!(core.usage().note_levels().await.unwrap(), 0, "once a day");
        shop.owner.post("/api/systems", &system("Another")).await.expect(201);
        clock.advance(TimeDelta::days(1));
        assert_eq!(core.usage().note_levels().await.unwrap(), 1);
        let until = clock_day(&core);
        let days = core.usage().days(hub.owner().await, DaysQuery { from: until.pred_opt(), until: Some(until) }).await.unwrap();
        let noted: Vec<_> = days.days.iter().map(|day| (day.systems, day.members, day.storage)).collect();
        let bytes = Some(K6.len() as u64);
        assert_eq!(noted, [(Some(1), Some(1), bytes), (Some(2), Some(1), bytes)]);
        clock.advance(TimeDelta::days(397));
        assert!(core.privacy().prune().await.unwrap() > 0);
        let kinds = core.privacy().retention(hub.owner().await).await.unwrap();
        let kept = kinds.into_iter().find(|aged| aged.kind == KindOfRows::UsageDays).unwrap();
        assert_eq!((kept.rows, kept.would_remove), (0, 0), "13 months are kept");
    }
}

fn clock_day(core: &hub::Hub) -> chrono::NaiveDate {
    core.platform().clock.now().date_naive()
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_add_up_what_they_count() {
    let hub = TestHub::start(Backend::Postgres).await;
    let owner = hub.as_owner().await;
    agree(&hub, "basic", json!({ "api_calls_per_day": 4 })).await;
    let other = hub.another().await;
    let program = hub.with_key(&[Permission::SystemsRead]).await;
    let (program_there, owner_there) = (program.clone().at(other.address()), owner.clone().at(other.address()));
    for program in [&program, &program_there, &program, &program_there] {
        program.get("/api/systems").await.expect(200);
    }
    // Looking writes down what the instance has counted.
    used(&owner, "api_calls").await;
    assert_eq!(used(&owner_there, "api_calls").await, (4, Some(4)));
    assert_eq!(used(&owner, "api_calls").await, (4, Some(4)));
    program.get("/api/systems").await.problem(429, "too-many");
    program_there.get("/api/systems").await.problem(429, "too-many");
    agree(&hub, "professional", Value::Null).await;
    used(&owner_there, "api_calls").await;
    program_there.get("/api/systems").await.expect(200);
    // What waits when an instance ends is written down.
    other.stop().await;
    assert_eq!(used(&owner, "api_calls").await, (5, Some(250_000)));
}
