//! The golden paths, run by the journey engine as the hub runs them.

use sbh_egress::{Guard, Policy};
use sbh_journey::{Journey, Outcome, RunOptions, run};
use sbh_sample::GOLDEN_PATHS;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::started::Started;

async fn outcomes(version: &str) -> Vec<(&'static str, Outcome)> {
    let shop = Started::version(version).await;
    let guard = Guard::new(Policy { loopback: true, ..Policy::default() });
    let options = RunOptions { base_url: Some(Url::parse(&shop.base).expect("an address")), ..RunOptions::default() };
    let mut outcomes = Vec::new();
    for (name, text) in GOLDEN_PATHS {
        let journey = Journey::parse(name, text).expect("a Hurl file");
        outcomes.push((*name, run(&journey, &options, &guard, &CancellationToken::new()).await));
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pass_with_the_sound_version() {
    for (name, outcome) in outcomes("1.1.0").await {
        assert!(outcome.success, "{name}: {outcome:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_checkout_fails_with_the_poor_version_and_only_at_the_total() {
    for (name, outcome) in outcomes("1.0.0").await {
        let failed: Vec<_> =
            outcome.entries.iter().flat_map(|entry| &entry.asserts).filter(|assert| !assert.success).collect();
        assert_eq!(
            (outcome.success, failed.len()),
            if name == "Buy three things" { (false, 1) } else { (true, 0) },
            "{name}"
        );
        assert!(failed.iter().all(|assert| format!("{assert:?}").contains("19590")), "{failed:#?}");
    }
}
