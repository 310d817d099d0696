//! Lighthouse's `budget.json`, which its versions up to 11 read.
//!
//! Source: Lighthouse, "Performance Budgets (budget.json)".

use super::{Bound, Budgets, Limit, Pages, PathPattern, Scope, Severity};
use crate::{ImportError, json::Node, limits::MAX_COUNT};

/// The types of requests.
const TYPES: [&str; 9] =
    ["total", "document", "script", "stylesheet", "image", "media", "font", "other", "third-party"];

/// Bytes of a KiB, the unit of sizes in the file.
const KIB: f64 = 1024.0;

/// The hub's name and unit of a metric of Lighthouse that both measure.
pub(super) fn metric(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "first-contentful-paint" => ("fcp_ms", "ms"),
        "largest-contentful-paint" => ("lcp_ms", "ms"),
        "total-blocking-time" => ("tbt_ms", "ms"),
        "speed-index" => ("speed_index_ms", "ms"),
        "cumulative-layout-shift" => ("cls", ""),
        _ => return None,
    })
}

/// What a type of requests counts; `None` for an unknown type.
pub(super) fn scope(kind: &str, first_party_hosts: &[String]) -> Option<Scope> {
    TYPES.contains(&kind).then(|| match kind {
        "total" => Scope::Page,
        "third-party" => Scope::ThirdParty { first_party_hosts: first_party_hosts.to_vec() },
        kind => Scope::ResourceType(kind.to_owned()),
    })
}

pub(super) fn read(root: &Node<'_>, budgets: &mut Budgets) -> Result<(), ImportError> {
    for budget in root.items()? {
        known(&budget, &["path", "options", "resourceSizes", "resourceCounts", "timings"])?;
        let hosts = budget.get("options").get("firstPartyHostnames").items_if_any()?;
        let hosts = hosts.iter().map(Node::text).collect::<Result<Vec<_>, _>>()?;
        let pages = pages(&budget.get("path"))?;
        for (list, metric, unit, factor) in
            [("resourceSizes", "transfer_bytes", "B", KIB), ("resourceCounts", "requests", "requests", 1.0)]
        {
            let list = budget.get(list);
            unique(&list, "resourceType")?;
            for entry in list.items_if_any()? {
                known(&entry, &["resourceType", "budget"])?;
                let kind = entry.get("resourceType");
                let scope = scope(&kind.text()?, &hosts).ok_or_else(|| kind.refuse(TYPES.join(", ")))?;
                let value = entry.get("budget").number(MAX_COUNT)? * factor;
                budgets.limits.push(limit(metric, scope, value, unit, &pages, &entry));
            }
        }
        timings(&budget.get("timings"), &pages, budgets)?;
    }
    budgets.notes.push("The last entry whose path matches a page is the only one for it.".to_owned());
    budgets.notes.push("Budgets of Lighthouse fail no run by themselves; here they block.".to_owned());
    Ok(())
}

fn timings(list: &Node<'_>, pages: &Pages, budgets: &mut Budgets) -> Result<(), ImportError> {
    unique(list, "metric")?;
    for entry in list.items_if_any()? {
        known(&entry, &["metric", "budget", "tolerance"])?;
        let name = entry.get("metric").text()?;
        let value = entry.get("budget").number(MAX_COUNT)?;
        let tolerance = entry.get("tolerance").number_if_any(MAX_COUNT)?;
        match metric(&name) {
            Some((metric, unit)) => {
                let limit = limit(metric, Scope::Page, value, unit, pages, &entry);
                budgets.limits.push(Limit { tolerance, ..limit });
            }
            None => budgets.skip(&entry, format!("the hub does not measure {name}")),
        }
    }
    Ok(())
}

fn limit(metric: &str, scope: Scope, value: f64, unit: &'static str, pages: &Pages, entry: &Node<'_>) -> Limit {
    Limit {
        metric: metric.to_owned(),
        scope,
        bound: Bound::Max,
        value,
        unit,
        severity: Severity::Block,
        pages: pages.clone(),
        tolerance: None,
        origin: entry.pointer().to_owned(),
    }
}

fn pages(path: &Node<'_>) -> Result<Pages, ImportError> {
    let Some(text) = path.text_if_any()? else { return Ok(Pages::All) };
    let dollar_inside = text.find('$').is_some_and(|at| at + 1 < text.len());
    let pattern = PathPattern::parse(&text).filter(|_| !dollar_inside && text.matches('*').count() <= 16);
    let allowed = "a path that begins with /, with at most 16 * and $ at its end alone";
    pattern.map(Pages::Path).ok_or_else(|| path.refuse(allowed))
}

/// Lighthouse refuses members that it does not know, so that no typing error passes for a budget.
fn known(node: &Node<'_>, names: &[&str]) -> Result<(), ImportError> {
    match node.members()?.into_iter().find(|(name, _)| !names.contains(name)) {
        Some((_, member)) => {
            Err(ImportError::value(member.place(), "an unknown member is there", format!("only {}", names.join(", "))))
        }
        None => Ok(()),
    }
}

fn unique(list: &Node<'_>, key: &str) -> Result<(), ImportError> {
    let mut seen = std::collections::BTreeSet::new();
    for entry in list.items_if_any()? {
        let name = entry.get(key);
        if !seen.insert(name.text()?) {
            return Err(ImportError::contradiction(name.place(), "the same name stands in this list twice"));
        }
    }
    Ok(())
}
