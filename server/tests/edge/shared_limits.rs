//! Limits that several hubs count together, and what they do without Redis.

use crate::support::{Backend, TestHub};
use hub::access::Permission;
use reqwest::Method;
use server::edge::limits::{Charge, Shared, Verdict};

/// The Redis of the tests.
fn redis() -> String {
    std::env::var("TEST_REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:6379".to_owned())
}

/// Instances with a connection each, on one Redis, among keys that no other test has.
fn instances(count: usize) -> Vec<Shared> {
    let prefix = format!("sbh:test:{}:", uuid::Uuid::new_v4());
    (0..count).map(|_| Shared::below(&redis(), &prefix).unwrap()).collect()
}

fn charge(policy: &'static str, per_minute: u32) -> Charge {
    Charge { policy, subject: "{somebody}".to_owned(), per_minute }
}

fn admitted(verdicts: &[Verdict]) -> bool {
    !verdicts.iter().any(Verdict::refuses)
}

/// Requests that are under way at once.
const AT_ONCE: usize = 60;
/// A moment, in microseconds since the Unix epoch.
const NOON: i64 = 1_800_000_000_000_000;

/// How many of a burst are admitted at one moment, by three instances at once.
async fn admitted_of(instances: &[Shared], burst: usize, per_minute: u32, now_us: i64) -> usize {
    let charges = [charge("tenant", per_minute)];
    let mut count = 0;
    // As many at once as a busy hub has, and not so many that a slow machine takes too long to answer one of them.
    for begin in (0..burst).step_by(AT_ONCE) {
        let asks = (begin..burst.min(begin + AT_ONCE))
            .map(|number| instances[number % instances.len()].charge_at(&charges, Some(now_us)));
        let answers = futures::future::join_all(asks).await;
        count += answers.into_iter().filter(|answer| admitted(answer.as_ref().unwrap())).count();
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn three_instances_admit_no_more_than_one_would() {
    for per_minute in [1, 7, 60, 997, 3000] {
        let three = instances(3);
        let burst = 2 * per_minute as usize + 20;
        assert_eq!(admitted_of(&three, burst, per_minute, NOON).await, per_minute as usize, "{per_minute} a minute");
        // Half a minute later half of them are there again; a whole minute later all of them.
        let half = admitted_of(&three, burst, per_minute, NOON + 30_000_000).await;
        assert_eq!(half, per_minute as usize / 2, "{per_minute} a minute, half a minute later");
        let whole = admitted_of(&three, burst, per_minute, NOON + 150_000_000).await;
        assert_eq!(whole, per_minute as usize, "{per_minute} a minute, much later");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_is_charged_to_none_of_its_limits() {
    let one = &instances(1)[0];
    let charges = [charge("runs", 2), charge("tenant", 10)];
    let left = |verdicts: &[Verdict]| verdicts.iter().map(|verdict| verdict.remaining).collect::<Vec<_>>();
    let ask = async |now: i64| one.charge_at(&charges, Some(now)).await.unwrap();
    assert_eq!((left(&ask(NOON).await), left(&ask(NOON).await)), (vec![1, 9], vec![0, 8]));
    for _ in 0..20 {
        let refused = ask(NOON).await;
        assert_eq!((refused[0].wait_us, left(&refused)[0]), (30_000_000, 0), "a request every 30 s");
    }
    assert_eq!(left(&ask(NOON + 30_000_000).await), [0, 9], "five came back, and only the third was charged");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_redis_own_clock_the_quota_is_kept_as_well() {
    let three = instances(3);
    let charges = [charge("tenant", 5)];
    let mut count = 0;
    for number in 0..30 {
        count += usize::from(admitted(&three[number % 3].charge(&charges).await.expect("Redis answers")));
    }
    assert!((5..=6).contains(&count), "five at once, and one more if it took twelve seconds; {count}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hubs_on_one_redis_count_together() {
    let variables = [("REDIS_URL", redis()), ("RATE_LIMIT_IDENTIFIED_PER_MINUTE", "4".to_owned())];
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let first = TestHub::start_with(Backend::Postgres, &variables).await;
    let key = first.with_key(&[Permission::LabRead]).await;
    let second = first.another().await;
    let there = key.clone().at(second.address());
    let mut statuses = Vec::new();
    for client in [&key, &there, &key, &there, &key, &there] {
        statuses.push(client.get("/api/auth/me").await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 429, 429]);
    let told = first.as_owner().await.get("/health/detailed").await.expect(200);
    assert_eq!(told["parts"]["rate_limits"]["detail"], "counted by all hubs together in Redis");
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_each_hub_counts_alone_and_says_so() {
    // A port that was free a moment ago, and on which nobody listens.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("redis://{nobody}");
    let variables = [("REDIS_URL", url.as_str()), ("RATE_LIMIT_IDENTIFIED_PER_MINUTE", "3")];
    let hub = TestHub::start_with(Backend::Sqlite, &variables).await;
    let key = hub.with_key(&[Permission::LabRead]).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(key.get("/api/auth/me").await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
    let told = hub.as_owner().await.get("/health/detailed").await.expect(200);
    let part = &told["parts"]["rate_limits"];
    assert_eq!((&told["status"], &part["status"]), (&"degraded".into(), &"degraded".into()));
    assert!(part["detail"].as_str().unwrap().starts_with("Redis does not answer, so each hub counts alone"), "{part}");
    let open = hub.anonymous().request(Method::GET, "/health/detailed");
    assert_eq!(crate::support::send(open).await.expect(200)["parts"]["rate_limits"]["detail"], serde_json::Value::Null);
}
