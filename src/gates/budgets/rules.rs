//! From the limits of a budget to the rules of a policy.

use super::{
    super::model::{PolicyDocument, Rule, RuleSubject, Severity, Threshold},
    model::{ImportedPolicy, NewBudget, NotCarried},
};
use crate::{Error, Result, lab::metric_info};
use sbh_imports::budgets::{Bound, BudgetFormat, Budgets, Limit, Pages, Scope, Severity as Weight, parse};
use url::Url;

/// Lighthouse's categories, by the metric that an imported result gives.
const CATEGORIES: [(&str, &str); 4] = [
    ("performance", "lighthouse_performance"),
    ("accessibility", "lighthouse_accessibility"),
    ("best-practices", "lighthouse_best_practices"),
    ("seo", "lighthouse_seo"),
];

/// The page that benchmarks open.
struct Opened {
    url: Option<Url>,
    path: String,
}

/// The budget as a policy.
///
/// # Errors
/// Invalid where the text is no budget, with its place.
pub(in crate::gates) fn policy_of(new: &NewBudget) -> Result<ImportedPolicy> {
    let device = new.device()?;
    let opened = Opened::parse(new.page.as_deref().map(str::trim).filter(|page| !page.is_empty()).unwrap_or("/"))?;
    let refused = |error: sbh_imports::ImportError| Error::invalid("/content", format!("Not a budget: {error}."));
    let budgets = parse(new.content.as_bytes()).map_err(refused)?;
    let (mut rules, mut left_out): (Vec<Rule>, Vec<NotCarried>) = (Vec::new(), Vec::new());
    let only = last_entry(&budgets, &opened);
    for limit in &budgets.limits {
        match rule(limit, (device, &opened, only), &rules) {
            Ok(rule) => rules.push(rule),
            Err(why) => left_out.push(NotCarried { origin: limit.origin.clone(), why }),
        }
    }
    let others = budgets.not_carried.iter();
    left_out.extend(others.map(|entry| NotCarried { origin: entry.origin.clone(), why: entry.why.clone() }));
    let (format, name) = named(budgets.format);
    let mut notes = vec![format!("The rules judge what a benchmark shows in a browser on the device “{device}”.")];
    if rules.iter().any(|rule| matches!(&rule.subject, RuleSubject::Metric(key) if key.contains(".lighthouse_"))) {
        let note = "Lighthouse's own scores come with imported results alone: the policy has to accept them.";
        notes.push(note.to_owned());
    }
    notes.extend(budgets.notes);
    let document = PolicyDocument { name: format!("Budget of {name}"), rules, ..PolicyDocument::default() };
    let in_content = |error: Error| Error::invalid("/content", error.message());
    Ok(ImportedPolicy {
        format: format.to_owned(),
        document: document.parse().map_err(in_content)?,
        not_carried: left_out,
        notes,
    })
}

fn named(format: BudgetFormat) -> (&'static str, &'static str) {
    match format {
        BudgetFormat::Lighthouse => ("lighthouse", "Lighthouse"),
        BudgetFormat::LighthouseCi => ("lighthouse_ci", "Lighthouse CI"),
        _ => ("sitespeed", "sitespeed.io"),
    }
}

fn rule(
    limit: &Limit,
    (device, opened, only): (&str, &Opened, Option<usize>),
    before: &[Rule],
) -> Result<Rule, String> {
    if !opened.is_of(&limit.pages) {
        return Err(format!("it is for other pages than {}", opened.path));
    }
    if only.is_some_and(|only| entry(&limit.origin) != Some(only)) {
        return Err(format!("a later entry of the file is the one for {}", opened.path));
    }
    let key = format!("browser.{device}.{}", metric(limit)?);
    if metric_info(&key).is_none() {
        return Err(format!("the hub does not measure {}", limit.metric));
    }
    let value = if limit.unit == "share" { limit.value * 100.0 } else { limit.value };
    let tolerance = limit.tolerance.unwrap_or_default();
    Ok(Rule {
        id: fresh_id(key.trim_start_matches("browser."), before),
        subject: RuleSubject::Metric(key),
        threshold: match limit.bound {
            Bound::Max => Threshold::AtMost(value + tolerance),
            Bound::Min => Threshold::AtLeast(value - tolerance),
        },
        severity: if limit.severity == Weight::Warn { Severity::Warn } else { Severity::Block },
        key: false,
        weight: 1,
    })
}

/// The metric behind `browser.<device>.`.
fn metric(limit: &Limit) -> Result<String, String> {
    if let Some(category) = limit.metric.strip_prefix("score.") {
        let known = CATEGORIES.iter().find(|(name, _)| *name == category);
        return match known {
            Some((_, metric)) => Ok((*metric).to_owned()),
            None if category.starts_with("coach.") => Err("the hub does not have the scores of the Coach".to_owned()),
            None => Err(format!("the hub knows no score of the category {category}")),
        };
    }
    let counts = if limit.metric == "requests" { "requests" } else { "bytes" };
    match &limit.scope {
        Scope::Page => Ok(limit.metric.clone()),
        Scope::ResourceType(kind) => Ok(format!("{kind}_{counts}")),
        Scope::ThirdParty { first_party_hosts } if first_party_hosts.is_empty() => Ok(format!("third_party_{counts}")),
        Scope::ThirdParty { .. } => {
            Err("the hub takes other registrable domains for third parties; hosts can't be excepted".to_owned())
        }
    }
}

/// Lighthouse takes the last entry that matches a page, and no other.
fn last_entry(budgets: &Budgets, opened: &Opened) -> Option<usize> {
    let matching = budgets.limits.iter().filter(|limit| opened.is_of(&limit.pages));
    match budgets.format {
        BudgetFormat::Lighthouse => matching.filter_map(|limit| entry(&limit.origin)).max(),
        _ => None,
    }
}

/// Which entry of the file a pointer leads into.
fn entry(pointer: &str) -> Option<usize> {
    pointer.strip_prefix('/')?.split('/').next()?.parse().ok()
}

impl Opened {
    fn parse(page: &str) -> Result<Self> {
        if page.starts_with('/') {
            return Ok(Self { url: None, path: page.to_owned() });
        }
        let wrong = || Error::invalid("/page", "Page must be a path such as / or an http or https address.");
        let url = Url::parse(page).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(wrong)?;
        let path = path_of(&url);
        Ok(Self { url: Some(url), path })
    }

    fn is_of(&self, pages: &Pages) -> bool {
        match pages {
            Pages::All => true,
            Pages::Path(pattern) => pattern.matches(&self.path),
            Pages::Url(address) => self.is(address),
            Pages::Except(addresses) => !addresses.iter().any(|address| self.is(address)),
        }
    }

    /// Whether an address is this page's; by its path alone where nothing else is known. An alias is nobody's.
    fn is(&self, address: &str) -> bool {
        let Ok(address) = Url::parse(address) else { return false };
        self.url.as_ref().map_or_else(|| path_of(&address) == self.path, |url| *url == address)
    }
}

fn path_of(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

fn fresh_id(stem: &str, before: &[Rule]) -> String {
    let taken = |id: &str| before.iter().any(|rule| rule.id == id);
    let numbered = (2..).map(|number: u32| format!("{stem}-{number}"));
    std::iter::once(stem.to_owned()).chain(numbered).find(|id| !taken(id)).unwrap_or_default()
}
