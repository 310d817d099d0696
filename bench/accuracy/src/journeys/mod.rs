//! Journeys: the verdict and the captures of `engines/journey` and of the stock `hurl`.

#[path = "../../../../engines/journey/tests/server/mod.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "a server for tests, which counts requests and stops at a failed set-up"
)]
mod server;

mod corpus;
mod house;
mod stock;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sbh_egress::{Guard, Policy};
use sbh_journey::{Journey, JourneyError, Outcome, run};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use self::house::House;
use crate::error::Error;
use crate::peer::Tools;
use crate::proof::{Proof, ratio};

/// The least share of journeys that must end the same.
const SHARE: f64 = 0.99;
/// The fewest journeys.
const FEWEST: usize = 200;
/// Captures whose values differ between any two runs.
const OWN: [&str; 2] = ["c_duration", "subject"];

/// How a journey ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Passed,
    Failed,
    /// It does not follow the grammar.
    Unreadable,
    /// It asks for what a journey may not do in the hub.
    Refused,
}

/// The captures of an entry, by name. Those marked with `redact` are left out on both sides: the hub never shows them, hurl's JSON does.
type Captures = BTreeMap<String, String>;
/// Lines of asserts and whether they held.
type Asserts = Vec<(usize, bool)>;

/// What is compared: the verdict, and of each entry that ran its position, its asserts and its captures.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    pub verdict: Verdict,
    pub entries: Vec<(usize, Asserts, Captures)>,
}

impl Ended {
    fn without_entries(verdict: Verdict) -> Self {
        Self { verdict, entries: Vec::new() }
    }
}

async fn ours(name: &str, text: &str, house: &House, guard: &Guard) -> Ended {
    match Journey::parse(name, text) {
        Ok(journey) => ended(&run(&journey, &house.options(), guard, &CancellationToken::new()).await, house),
        Err(JourneyError::Refused(_)) => Ended::without_entries(Verdict::Refused),
        Err(_) => Ended::without_entries(Verdict::Unreadable),
    }
}

fn ended(outcome: &Outcome, house: &House) -> Ended {
    let entry = |entry: &sbh_journey::EntryOutcome| {
        let asserts = entry.asserts.iter().map(|assert| (assert.line, assert.success)).collect();
        let captures = entry.captures.iter().filter(|capture| !OWN.contains(&capture.name.as_str()) && !capture.secret);
        (entry.index, asserts, captures.map(|one| (one.name.clone(), neutral(&one.value, house))).collect())
    };
    let verdict = if outcome.success { Verdict::Passed } else { Verdict::Failed };
    Ended { verdict, entries: outcome.entries.iter().map(entry).collect() }
}

/// A value without the server's address, which is another one on each side.
fn neutral(value: &str, house: &House) -> String {
    value.replace(&house.url, "BASE")
}

/// Whether both ended the same.
fn agree(ours: &Ended, theirs: &Ended) -> bool {
    let captured = |ours: &Captures, theirs: &Captures| {
        ours.keys().eq(theirs.keys())
            && ours.values().zip(theirs.values()).all(|(ours, theirs)| same_value(ours, theirs))
    };
    ours.verdict == theirs.verdict
        && ours.entries.len() == theirs.entries.len()
        && ours
            .entries
            .iter()
            .zip(&theirs.entries)
            .all(|(ours, theirs)| (ours.0, &ours.1) == (theirs.0, &theirs.1) && captured(&ours.2, &theirs.2))
}

/// Values are written in two ways: the hub has bytes in hexadecimal and what is no JSON as Hurl prints it; Hurl's JSON has bytes in Base64 and
/// objects that name the type.
fn same_value(ours: &str, theirs: &str) -> bool {
    let bytes = || STANDARD.decode(theirs).is_ok_and(|bytes| hex::encode(bytes) == ours);
    let typed = || {
        let value: Value = serde_json::from_str(theirs).ok()?;
        match value["type"].as_str()? {
            "nodeset" => Some(format!("Nodeset(size={})", value["size"].as_u64()?)),
            "unit" => Some("Unit".to_owned()),
            _ => None,
        }
    };
    ours == theirs || bytes() || typed().is_some_and(|printed| printed == ours)
}

/// Runs every journey on both sides, each against a server of its own, because some routes count.
pub async fn prove(tools: &Tools) -> Result<Proof, Error> {
    let corpus = corpus::all()?;
    let guard = Guard::new(Policy { loopback: true, ..Policy::default() });
    let (mut differences, mut same) = (Vec::new(), 0);
    let mut verdicts = BTreeMap::<Verdict, usize>::new();
    let (mut asserts, mut captures) = (0, 0);
    for (name, text) in &corpus {
        let (here, there) = (House::open().await?, House::open().await?);
        let ours = ours(name, text, &here, &guard).await;
        let theirs = stock::run(tools, text, &there).await?;
        *verdicts.entry(theirs.verdict).or_default() += 1;
        asserts += theirs.entries.iter().map(|(_, asserts, _)| asserts.len()).sum::<usize>();
        captures += theirs.entries.iter().map(|(.., captures)| captures.len()).sum::<usize>();
        let agreed = agree(&ours, &theirs);
        same += usize::from(agreed);
        if !agreed {
            differences.push(format!("{name}: {ours:?} here, {theirs:?} in hurl"));
        }
    }
    let count = |verdict| verdicts.get(&verdict).copied().unwrap_or_default().to_string();
    #[expect(clippy::cast_precision_loss, reason = "a few hundred journeys")]
    let share = same as f64 / corpus.len().max(1) as f64;
    Ok(Proof {
        name: "journeys",
        criterion: format!(
            "of at least {FEWEST} Hurl files, {:.0} % have the same verdict, asserts and captures.",
            SHARE * 100.0
        ),
        met: corpus.len() >= FEWEST && share >= SHARE,
        versions: stock::version(tools).await?,
        figures: vec![
            ("files that end the same".to_owned(), ratio(same, corpus.len())),
            ("passed in hurl".to_owned(), count(Verdict::Passed)),
            ("failed in hurl".to_owned(), count(Verdict::Failed)),
            ("unreadable in hurl".to_owned(), count(Verdict::Unreadable)),
            ("asserts compared".to_owned(), asserts.to_string()),
            ("captured values compared".to_owned(), captures.to_string()),
        ],
        differences,
        details: json!({ "files": corpus.keys().collect::<Vec<_>>() }),
    })
}
