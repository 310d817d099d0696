//! The budget of sitespeed.io since version 8: sections of limits, and below an address or alias the same again, which
//! stand in place of those for all pages.
//!
//! Source: sitespeed.io documentation, "Performance Budget".

use super::{Bound, Budgets, Limit, Pages, Scope, Severity};
use crate::{ImportError, json::Node, limits::MAX_COUNT, text::clean};

/// The sections that have a meaning of their own; any other name is a page.
const SECTIONS: [&str; 15] = [
    "timings",
    "requests",
    "transferSize",
    "contentSize",
    "thirdParty",
    "score",
    "usertimings",
    "cpu",
    "axe",
    "googleWebVitals",
    "lighthouse",
    "gpsi",
    "crux",
    "sustainable",
    "privacy",
];

pub(super) fn read(root: &Node<'_>, budgets: &mut Budgets) -> Result<(), ImportError> {
    let members = root.get("budget").members()?;
    let special: Vec<_> = members.iter().filter(|(name, _)| !is_section(name) && *name != "default").collect();
    for (name, node) in &members {
        if is_section(name) {
            let covered = overriding(&special, name);
            section(name, node, &covered, budgets)?;
        } else if *name == "default" {
            for (name, node) in node.members()? {
                section(name, &node, &overriding(&special, name), budgets)?;
            }
        } else {
            let page = Pages::Url(clean(name, node.place())?);
            for (name, node) in node.members()? {
                section(name, &node, &|_| page.clone(), budgets)?;
            }
        }
    }
    budgets.notes.push("A limit for one page stands in place of the one of the same name for all pages.".to_owned());
    Ok(())
}

fn is_section(name: &str) -> bool {
    SECTIONS.contains(&name)
}

/// The pages of a limit for all: those that have none of the same name of their own.
fn overriding<'n>(special: &'n [&(&'n str, Node<'n>)], section: &'n str) -> impl Fn(&str) -> Pages + 'n {
    move |name| {
        let own = special.iter().filter(|(_, node)| node.get(section).get(name).exists());
        let own: Vec<_> = own.map(|(page, _)| (*page).to_owned()).collect();
        if own.is_empty() { Pages::All } else { Pages::Except(own) }
    }
}

fn section(
    section: &str,
    node: &Node<'_>,
    pages: &dyn Fn(&str) -> Pages,
    budgets: &mut Budgets,
) -> Result<(), ImportError> {
    if !is_section(section) {
        budgets.skip(node, "the section is not known");
        return Ok(());
    }
    for (name, node) in node.members()? {
        let Some((metric, scope, unit)) = target(section, name) else {
            budgets.skip(&node, "the hub does not measure this");
            continue;
        };
        let bound = if section == "score" { Bound::Min } else { Bound::Max };
        let value = node.number(if section == "score" { 100.0 } else { MAX_COUNT })?;
        budgets.limits.push(Limit {
            metric,
            scope,
            bound,
            value,
            unit,
            severity: Severity::Block,
            pages: pages(name),
            tolerance: None,
            origin: node.pointer().to_owned(),
        });
    }
    Ok(())
}

/// Metric, scope and unit of an entry, where the hub measures the same.
fn target(section: &str, name: &str) -> Option<(String, Scope, &'static str)> {
    let third_party = || Scope::ThirdParty { first_party_hosts: Vec::new() };
    let (metric, scope, unit) = match (section, name) {
        ("timings", "firstContentfulPaint") | ("googleWebVitals", "firstContentfulPaint") => {
            ("fcp_ms", Scope::Page, "ms")
        }
        ("timings" | "googleWebVitals", "largestContentfulPaint") => ("lcp_ms", Scope::Page, "ms"),
        ("timings", "SpeedIndex" | "speedIndex") => ("speed_index_ms", Scope::Page, "ms"),
        ("timings", "ttfb") | ("googleWebVitals", "ttfb") => ("ttfb_ms", Scope::Page, "ms"),
        ("timings", "pageLoadTime") => ("load_ms", Scope::Page, "ms"),
        ("timings", "totalBlockingTime") | ("googleWebVitals" | "cpu", "totalBlockingTime") => {
            ("tbt_ms", Scope::Page, "ms")
        }
        ("timings", "cumulativeLayoutShift") | ("googleWebVitals", "cumulativeLayoutShift") => ("cls", Scope::Page, ""),
        ("thirdParty", "requests") => ("requests", third_party(), "requests"),
        ("thirdParty", "transferSize") => ("transfer_bytes", third_party(), "B"),
        ("requests", kind) => ("requests", resources(kind)?, "requests"),
        ("transferSize", kind) => ("transfer_bytes", resources(kind)?, "B"),
        ("score", "accessibility" | "bestpractice" | "performance" | "privacy" | "score") => {
            return Some((format!("score.coach.{name}"), Scope::Page, "points"));
        }
        _ => return None,
    };
    Some((metric.to_owned(), scope, unit))
}

/// sitespeed.io's types of content, by Lighthouse's names.
fn resources(kind: &str) -> Option<Scope> {
    let kind = match kind {
        "total" => return Some(Scope::Page),
        "html" => "document",
        "javascript" => "script",
        "css" => "stylesheet",
        "image" => "image",
        "font" => "font",
        _ => return None,
    };
    Some(Scope::ResourceType(kind.to_owned()))
}
