//! What axe-core says, in its three states.

use sbh_browser::{AXE_VERSION, Accessibility, Options, RuleResult};

use crate::setup::{audit, quick};
use crate::site::{Page, Site};

fn page(body: &str) -> Page {
    Page::html(format!(
        "<!doctype html><html lang=en><head><title>Page</title><link rel=icon href='data:,'></head><body><main><h1>Title</h1>{body}</main></body></html>"
    ))
}

async fn check(page: Page) -> Accessibility {
    let site = Site::start(&[("/", page)]).await;
    let options = Options { accessibility: true, ..quick() };
    let audit = audit(&site.url("/"), &options).await.unwrap();
    audit.accessibility.value.unwrap_or_else(|| panic!("{:?}", audit.accessibility.reason))
}

fn rule<'a>(rules: &'a [RuleResult], id: &str) -> Option<&'a RuleResult> {
    rules.iter().find(|rule| rule.id == id)
}

#[tokio::test]
async fn an_image_without_text_is_a_violation_even_where_scripts_are_forbidden() {
    let image = format!("<img id=photo src=data:, data-long={}>", "x".repeat(5000));
    let found = check(page(&image).with("content-security-policy", "default-src 'none'")).await;
    let broken = rule(&found.violations, "image-alt").unwrap();
    assert_eq!((broken.impact.as_deref(), broken.node_count), (Some("critical"), 1));
    assert_eq!(broken.nodes[0].target, "#photo");
    assert!(broken.nodes[0].html.starts_with("<img id=") && broken.nodes[0].html.chars().count() <= 301);
    assert!(
        broken.tags.contains(&"wcag111".to_owned())
            && broken.help_url.starts_with("https://")
            && !broken.help.is_empty()
    );
    assert!(rule(&found.passes, "image-alt").is_none() && rule(&found.passes, "document-title").is_some());
    assert_eq!(found.axe_version, AXE_VERSION);
}

#[tokio::test]
async fn what_cannot_be_decided_is_incomplete_and_no_pass() {
    let over_gradient = "<p style='color: #777; background: linear-gradient(white, black)'>Contrast of what?</p>";
    let found = check(page(&format!("{over_gradient}<iframe title=Inside srcdoc='<p>Text'></iframe>"))).await;
    let open = rule(&found.incomplete, "color-contrast").unwrap();
    assert_eq!(open.node_count, 1);
    assert!(rule(&found.violations, "color-contrast").is_none());
    assert!(open.nodes[0].html.contains("Contrast of what?"));
    assert_eq!(found.frames_not_checked, 1);
    assert!(rule(&found.incomplete, "frame-tested").is_some());
}

#[tokio::test]
async fn a_clean_page_has_no_violations() {
    let found = check(page("<p>Plain text, dark on white.</p><img src=data:, alt='A dot'>")).await;
    assert_eq!((found.violations, found.incomplete, found.frames_not_checked), (Vec::new(), Vec::new(), 0));
    assert!(found.passes.len() > 5 && found.passes.iter().all(|rule| rule.nodes.is_empty()));
}
