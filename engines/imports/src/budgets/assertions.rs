//! The assertions of a Lighthouse CI configuration.
//!
//! Source: Lighthouse CI, "Configuration", section "Assert".

use super::{
    Bound, Budgets, Limit, Pages, Scope, Severity,
    lighthouse::{metric, scope},
};
use crate::{ImportError, json::Node, limits::MAX_COUNT};

/// Options that choose among runs, of which the hub has medians.
const AGGREGATIONS: [&str; 4] = ["median", "median-run", "optimistic", "pessimistic"];

pub(super) fn read(root: &Node<'_>, budgets: &mut Budgets) -> Result<(), ImportError> {
    let ci = root.get("ci");
    let assert = if ci.exists() { ci.get("assert") } else { root.clone() };
    let unsupported = [
        ("preset", "a preset stands for a hundred audits that the hub does not make; write the assertions out"),
        ("budgetsFile", "budgets are in another file; import that file"),
        ("assertMatrix", "assertions by pattern of the address are not carried over; import them one by one"),
        ("matchingUrlPattern", "a regular expression for addresses is not carried over"),
    ];
    for (name, reason) in unsupported {
        let node = assert.get(name);
        if node.value().is_some() {
            return Err(ImportError::Unsupported { place: node.place(), reason: reason.to_owned() });
        }
    }
    aggregation(&assert)?;
    for (name, assertion) in assert.get("assertions").members()? {
        read_assertion(name, &assertion, budgets)?;
    }
    budgets
        .notes
        .push("Lighthouse CI judges the best run unless told otherwise; the hub judges the median.".to_owned());
    Ok(())
}

fn read_assertion(name: &str, assertion: &Node<'_>, budgets: &mut Budgets) -> Result<(), ImportError> {
    let (level, options) = match assertion.is_array() {
        true => (assertion.get_item(0), assertion.get_item(1)),
        false => (assertion.clone(), assertion.get_item(1)),
    };
    let severity = match level.text()?.as_str() {
        "off" => {
            budgets.skip(assertion, "it is switched off");
            return Ok(());
        }
        "warn" => Severity::Warn,
        "error" => Severity::Block,
        _ => return Err(level.refuse("off, warn or error")),
    };
    aggregation(&options)?;
    let given = options.members_if_any()?;
    for (option, node) in &given {
        let known = ["minScore", "maxNumericValue", "maxLength", "aggregationMethod"];
        if !known.contains(option) {
            return Err(ImportError::value(node.place(), "an unknown option is there", known.join(", ")));
        }
    }
    let numeric = options.get("maxNumericValue");
    let (score, length) = (options.get("minScore"), options.get("maxLength"));
    if let Some(value) = numeric.number_if_any(MAX_COUNT)? {
        match target(name) {
            Some((metric, scope, unit)) => {
                budgets.limits.push(limit(metric.to_owned(), scope, Bound::Max, value, unit, severity, &numeric));
            }
            None => budgets.skip(&numeric, "the hub does not measure this audit"),
        }
    }
    if length.value().is_some() {
        length.count()?;
        budgets.skip(&length, "the hub does not have the details of audits");
    }
    let asked = numeric.value().is_some() || length.value().is_some();
    let least = score.number_if_any(1.0)?;
    match (name.strip_prefix("categories:").or_else(|| name.strip_prefix("categories.")), least) {
        (Some(category), least) if least.is_some() || !asked => {
            // Lighthouse CI asks for 0.9 where an assertion names no limit.
            let (value, origin) = least.map_or((0.9, assertion), |value| (value, &score));
            let metric = format!("score.{}", crate::text::clean(category, assertion.place())?);
            budgets.limits.push(limit(metric, Scope::Page, Bound::Min, value, "share", severity, origin));
        }
        (None, Some(_)) => budgets.skip(&score, "the hub does not score single audits"),
        (None, None) if !asked => budgets.skip(assertion, "the hub does not score single audits"),
        _ => {}
    }
    Ok(())
}

/// Metric, scope and unit of an audit's numeric value.
fn target(name: &str) -> Option<(&'static str, Scope, &'static str)> {
    if let Some((metric, unit)) = metric(name) {
        return Some((metric, Scope::Page, unit));
    }
    if name == "total-byte-weight" {
        return Some(("transfer_bytes", Scope::Page, "B"));
    }
    let rest = name.strip_prefix("resource-summary").and_then(|rest| rest.strip_prefix([':', '.']))?;
    let (kind, what) = rest.split_once([':', '.'])?;
    let scope = scope(kind, &[])?;
    match what {
        "size" => Some(("transfer_bytes", scope, "B")),
        "count" => Some(("requests", scope, "requests")),
        _ => None,
    }
}

fn limit(
    metric: String,
    scope: Scope,
    bound: Bound,
    value: f64,
    unit: &'static str,
    severity: Severity,
    node: &Node<'_>,
) -> Limit {
    let origin = node.pointer().to_owned();
    Limit { metric, scope, bound, value, unit, severity, pages: Pages::All, tolerance: None, origin }
}

fn aggregation(options: &Node<'_>) -> Result<(), ImportError> {
    let method = options.get("aggregationMethod");
    match method.text_if_any()? {
        Some(text) if !AGGREGATIONS.contains(&text.as_str()) => Err(method.refuse(AGGREGATIONS.join(", "))),
        _ => Ok(()),
    }
}
