//! Accessibility: what `engines/browser` reports and what axe-core reports in a page of Playwright.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sbh_browser::{AXE_VERSION, Auditor, Device, Installation, Limits, Options, RuleResult, Throttling};
use sbh_egress::{Guard, Policy};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::error::{Doing, Error};
use crate::peer::{Peer, Tools};
use crate::proof::{Proof, ratio};
use crate::site::{Site, names};

/// More elements than any page has.
const ALL: usize = 100_000;

#[derive(Deserialize)]
struct Rule {
    id: String,
    impact: Option<String>,
    targets: Vec<String>,
}

#[derive(Deserialize)]
struct Results {
    violations: Vec<Rule>,
    incomplete: Vec<Rule>,
    passes: Vec<Rule>,
    inapplicable: u64,
}

/// One rule's outcome on a page: what is compared.
#[derive(PartialEq, Eq, Debug)]
struct Outcome {
    impact: Option<String>,
    nodes: u64,
    /// Empty for rules that were kept: the hub has their number alone.
    targets: BTreeSet<String>,
}

/// State and name of a rule, with its outcome.
type Page = BTreeMap<(&'static str, String), Outcome>;

fn ours(state: &'static str, rules: &[RuleResult], page: &mut Page) {
    for rule in rules {
        let targets = rule.nodes.iter().map(|node| node.target.clone()).collect();
        let outcome = Outcome { impact: rule.impact.clone(), nodes: rule.node_count, targets };
        page.insert((state, rule.id.clone()), outcome);
    }
}

fn theirs(state: &'static str, rules: Vec<Rule>, page: &mut Page) {
    for rule in rules {
        let nodes = rule.targets.len() as u64;
        let targets = if state == "passes" { BTreeSet::new() } else { rule.targets.into_iter().collect() };
        page.insert((state, rule.id), Outcome { impact: rule.impact, nodes, targets });
    }
}

fn options() -> Options {
    let device = Device { throttling: Throttling::NONE, ..Device::mobile() };
    let limits = Limits { nodes: ALL, ..Limits::default() };
    let quiet = Duration::from_millis(300);
    Options { device, runs: 1, quiet, time_limit: Duration::from_secs(120), limits, ..Options::default() }
}

/// Compares the rules and their elements on every page.
pub async fn prove(tools: &Tools) -> Result<Proof, Error> {
    let site = Site::start().await?;
    let guard = Guard::new(Policy { loopback: true, ..Policy::default() });
    let auditor = Auditor::new(guard, Installation { program: Some(tools.chromium.clone()), profiles: None });
    let mut axe = Peer::start(tools, "axe", &[]).await?;
    let (pages, options) = (names("accessibility", "html")?, options());
    let (mut differences, mut identical, mut browser) = (Vec::new(), 0, String::new());
    let mut rules: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let (mut outcomes, mut nodes) = (0, 0);
    for name in &pages {
        let url = format!("{}/accessibility/{name}", site.origin);
        let audit = auditor.audit(&Url::parse(&url).doing(&url)?, &options).await.doing(&url)?;
        let seen = audit.accessibility.value.ok_or_else(|| Error(format!("{name} was not checked")))?;
        let mut here = Page::new();
        ours("violations", &seen.violations, &mut here);
        ours("incomplete", &seen.incomplete, &mut here);
        ours("passes", &seen.passes, &mut here);
        let version =
            audit.browser.rsplit('/').next().and_then(|version| version.split('.').next()).unwrap_or_default();
        let agent = options.device.user_agent.replace("{version}", version);
        let question = json!({ "url": url, "screen": options.device.screen, "userAgent": agent });
        let results: Results = axe.ask(&question).await?;
        let mut there = Page::new();
        theirs("violations", results.violations, &mut there);
        theirs("incomplete", results.incomplete, &mut there);
        theirs("passes", results.passes, &mut there);
        for ((state, rule), outcome) in &there {
            rules.entry(state).or_default().insert(rule.clone());
            outcomes += 1;
            nodes += outcome.nodes;
        }
        let before = differences.len();
        differences.extend(compare(name, &here, &there));
        if seen.inapplicable != results.inapplicable {
            let (ours, theirs) = (seen.inapplicable, results.inapplicable);
            differences.push(format!("{name}: {ours} rules found nothing to look at here, {theirs} there"));
        }
        identical += usize::from(differences.len() == before);
        browser = audit.browser;
        eprintln!("{name}: {} differences", differences.len() - before);
    }
    let mut versions = axe.versions;
    versions.insert("axe-core here".to_owned(), AXE_VERSION.to_owned());
    versions.insert("browser".to_owned(), browser);
    let count = |state: &str| rules.get(state).map_or(0, BTreeSet::len).to_string();
    Ok(Proof {
        name: "axe",
        criterion: format!("on each of {} pages the same rules with the same elements.", pages.len()),
        met: identical == pages.len() && pages.len() >= 50,
        versions,
        figures: vec![
            ("identical pages".to_owned(), ratio(identical, pages.len())),
            ("outcomes of rules compared".to_owned(), outcomes.to_string()),
            ("elements in them".to_owned(), nodes.to_string()),
            ("different rules broken somewhere".to_owned(), count("violations")),
            ("different rules undecided somewhere".to_owned(), count("incomplete")),
            ("different rules kept somewhere".to_owned(), count("passes")),
        ],
        differences,
        details: json!({ "pages": pages, "rules": rules }),
    })
}

fn compare(page: &str, here: &Page, there: &Page) -> Vec<String> {
    let mut differences = Vec::new();
    for key @ (state, rule) in here.keys().chain(there.keys()).collect::<BTreeSet<_>>() {
        let said = match (here.get(key), there.get(key)) {
            (Some(_), None) => "only here".to_owned(),
            (None, Some(_)) => "only there".to_owned(),
            (Some(ours), Some(theirs)) if ours != theirs => format!("{ours:?} here, {theirs:?} there"),
            _ => continue,
        };
        differences.push(format!("{page}: {rule} in {state}: {said}"));
    }
    differences
}
