//! The result of Lighthouse as JSON ("LHR").
//!
//! Source: Lighthouse, "Understanding the results", versions 9 to 13.

use super::{Figure, FormFactor, Format, Imported, Page};
use crate::{
    ImportError,
    json::{self, Node},
    limits::MAX_COUNT,
};
use chrono::{DateTime, Utc};

/// The versions whose results were tried.
const TRIED: std::ops::RangeInclusive<u32> = 9..=13;
/// Audits with a numeric value, by the metric that they give.
const AUDITS: [(&str, &str); 7] = [
    ("fcp_ms", "first-contentful-paint"),
    ("lcp_ms", "largest-contentful-paint"),
    ("cls", "cumulative-layout-shift"),
    ("tbt_ms", "total-blocking-time"),
    ("speed_index_ms", "speed-index"),
    ("tti_ms", "interactive"),
    ("transfer_bytes", "total-byte-weight"),
];

pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    let document = json::document(bytes)?;
    let root = Node::root(&document);
    let version = root.get("lighthouseVersion").text()?;
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    let major = major.ok_or_else(|| root.get("lighthouseVersion").refuse("a version such as 13.0.1"))?;
    refuse_failed_run(&root.get("runtimeError"))?;
    let mut imported = Imported::new(Format::Lighthouse, "Lighthouse");
    if !TRIED.contains(&major) {
        imported.notes.push(format!("Results of Lighthouse {major} were not tried; 9 to 13 were."));
    }
    imported.tool_version = Some(version);
    imported.target_url = target(&root)?;
    imported.started_at = Some(fetch_time(&root.get("fetchTime"))?);
    for warning in root.get("runWarnings").items_if_any()? {
        imported.notes.push(format!("Lighthouse warns: {}", warning.text()?));
    }
    imported.notes.extend(throttling(&root)?);
    imported.page = Some(page(&root)?);
    Ok(imported)
}

fn refuse_failed_run(error: &Node<'_>) -> Result<(), ImportError> {
    match error.get("code").text_if_any()? {
        None => Ok(()),
        Some(code) if code == "NO_ERROR" => Ok(()),
        Some(code) => {
            let message = error.get("message").text_if_any()?.unwrap_or_default();
            Err(ImportError::RunFailed { code, message })
        }
    }
}

/// Where the page was in the end: version 10 renamed the field.
fn target(root: &Node<'_>) -> Result<Option<String>, ImportError> {
    for name in ["finalDisplayedUrl", "finalUrl", "requestedUrl"] {
        let Some(text) = root.get(name).text_if_any()? else { continue };
        url::Url::parse(&text).map_err(|_| root.get(name).refuse("an absolute URL"))?;
        return Ok(Some(text));
    }
    Ok(None)
}

fn fetch_time(node: &Node<'_>) -> Result<DateTime<Utc>, ImportError> {
    let time = DateTime::parse_from_rfc3339(&node.text()?);
    time.map(|time| time.to_utc()).map_err(|_| node.refuse("a time as in RFC 3339"))
}

fn throttling(root: &Node<'_>) -> Result<Option<String>, ImportError> {
    let method = root.get("configSettings").get("throttlingMethod").text_if_any()?;
    Ok(method.map(|method| match method.as_str() {
        "simulate" => "Timings are simulated from an unthrottled load.".to_owned(),
        "devtools" => "The browser slowed its network and processor down.".to_owned(),
        _ => "Lighthouse did not slow the load down.".to_owned(),
    }))
}

fn page(root: &Node<'_>) -> Result<Page, ImportError> {
    let audits = root.get("audits");
    if !audits.is_object() {
        return Err(audits.refuse("an object of audits"));
    }
    let mut page = Page { form_factor: form_factor(root)?, metrics: Default::default(), scores: Default::default() };
    for (metric, audit) in AUDITS {
        page.metrics.insert(metric, numeric(&audits.get(audit), audit)?);
    }
    page.metrics.insert("requests", requests(&audits)?);
    for (id, category) in root.get("categories").members_if_any()? {
        let score = Figure::or(category.get("score").number_if_any(1.0)?, "Lighthouse gave no score");
        page.scores.insert(crate::text::clean(id, category.place())?, score);
    }
    Ok(page)
}

fn form_factor(root: &Node<'_>) -> Result<Option<FormFactor>, ImportError> {
    let node = root.get("configSettings").get("formFactor");
    match node.text_if_any()?.as_deref() {
        None => Ok(None),
        Some("mobile") => Ok(Some(FormFactor::Mobile)),
        Some("desktop") => Ok(Some(FormFactor::Desktop)),
        Some(_) => Err(node.refuse("mobile or desktop")),
    }
}

fn numeric(audit: &Node<'_>, name: &str) -> Result<Figure<f64>, ImportError> {
    if !audit.exists() {
        return Ok(Figure::absent(format!("the file has no audit {name}")));
    }
    if let Some(error) = audit.get("errorMessage").text_if_any()? {
        return Ok(Figure::absent(error));
    }
    let why = format!("the audit {name} has no numeric value");
    Ok(Figure::or(audit.get("numericValue").number_if_any(MAX_COUNT)?, why))
}

/// The list of requests, or the total of the summary where the list was taken out.
fn requests(audits: &Node<'_>) -> Result<Figure<f64>, ImportError> {
    let list = audits.get("network-requests").get("details").get("items");
    if list.is_array() {
        return Ok(Figure::Given(list.items()?.len() as f64));
    }
    let diagnostics = audits.get("diagnostics").get("details").get("items");
    let first = diagnostics.items_if_any()?.into_iter().next();
    let count = first.map(|item| item.get("numRequests").count_if_any()).transpose()?.flatten();
    Ok(Figure::or(count.map(|count| count as f64), "the file has no list of requests"))
}
