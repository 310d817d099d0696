//! Paints, shifts, blocking and interactions.

use std::time::Duration;

use sbh_browser::{Device, Interaction, Options};

use crate::setup::{audit, audit_alone, quick};
use crate::site::{Page, Site};

/// No request for `/favicon.ico`.
const HEAD: &str = "<!doctype html><html lang=en><head><title>Page</title><link rel=icon href='data:,'></head>";

/// Keeps the main thread busy after the first paint, or in a handler.
const BUSY: &str = "const busy = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };";

/// Quiet for so long that a page with a timer after its paint is not taken for finished.
fn patient() -> Options {
    Options { quiet: Duration::from_millis(1500), ..quick() }
}

fn html(body: &str) -> String {
    format!("{HEAD}<body>{body}</body></html>")
}

#[tokio::test]
async fn a_simple_page_is_measured_in_order_and_pictured() {
    let site = Site::page(&html("<h1>Hello</h1><p>Some text.</p>")).await;
    let audit = audit(&site.url("/"), &quick()).await.unwrap();
    let metrics = &audit.medians;
    let fcp = metrics.first_contentful_paint_ms.value.unwrap();
    assert!(metrics.time_to_first_byte_ms.value.unwrap() <= fcp, "{metrics:?}");
    assert!(fcp > 0.0 && fcp <= metrics.largest_contentful_paint_ms.value.unwrap(), "{metrics:?}");
    assert!(metrics.dom_content_loaded_ms.value.unwrap() <= metrics.load_ms.value.unwrap(), "{metrics:?}");
    assert_eq!(metrics.cumulative_layout_shift.value, Some(0.0));
    assert!(metrics.speed_index_ms.value.unwrap() > 0.0, "{metrics:?}");
    assert_eq!(metrics.interaction_to_next_paint_ms.reason.as_deref(), Some("no interactions were given"));
    assert_eq!(audit.run.largest_paint.as_ref().unwrap().element.as_deref(), Some("h1"));
    assert!(audit.run.screenshot.value.as_ref().unwrap().data.starts_with(b"\x89PNG"));
    let film = &audit.run.filmstrip;
    assert!((1..=10).contains(&film.len()) && film.iter().all(|frame| frame.picture.data.starts_with(&[0xff, 0xd8])));
    assert!((film.last().unwrap().progress - 1.0).abs() < 1e-9, "{film:?}");
    let stored = serde_json::to_string(&audit).unwrap();
    assert_eq!(serde_json::from_str::<sbh_browser::Audit>(&stored).unwrap(), audit);
}

#[tokio::test]
async fn an_empty_page_has_reasons_in_place_of_paints() {
    let site = Site::page(&html("")).await;
    let metrics = audit(&site.url("/"), &quick()).await.unwrap().medians;
    let unpainted = [&metrics.first_contentful_paint_ms, &metrics.largest_contentful_paint_ms];
    for metric in unpainted.into_iter().chain([&metrics.total_blocking_time_ms, &metrics.speed_index_ms]) {
        assert!(metric.value.is_none() && metric.reason.is_some(), "{metrics:?}");
    }
    assert!(metrics.load_ms.value.is_some(), "{metrics:?}");
}

#[tokio::test]
async fn a_page_whose_load_never_ends_is_measured_as_it_is() {
    let page = Page::html(html("<p>Text</p><img src=/never.png>"));
    let site = Site::start(&[("/", page), ("/never.png", Page::silence())]).await;
    let options = Options { load_limit: Duration::from_secs(3), ..quick() };
    let run = audit(&site.url("/"), &options).await.unwrap().run;
    assert_eq!(run.load_note.as_deref(), Some("the load event did not come in time"));
    assert_eq!(run.metrics.load_ms.reason.as_deref(), Some("the event did not come in time"));
    assert!(run.metrics.first_contentful_paint_ms.value.is_some());
    let never = run.requests.iter().find(|request| request.url.ends_with("/never.png")).unwrap();
    assert_eq!((never.status, never.end_ms), (None, None));
}

#[tokio::test]
async fn a_known_layout_shift_has_the_score_of_the_definition() {
    // The viewport is 1350 × 940. A block of 470 moves down by 376: it touches (470 + 376) / 940 = 0.9 of the viewport, and moves by
    // 376 / 1350 = 0.2785 of its larger side; 0.9 × 0.2785 = 0.2507.
    let body = "<style>body { margin: 0 } #block { height: 470px; background: navy } #top { height: 0 }</style>
        <div id=top></div><div id=block></div>
        <script>const shift = () => { document.querySelector('#top').style.height = '376px' };
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(shift, 100)))</script>";
    let site = Site::page(&html(body)).await;
    let shift = audit(&site.url("/"), &patient()).await.unwrap().medians.cumulative_layout_shift.value.unwrap();
    assert!((shift - 0.2507).abs() < 0.02, "{shift}");
}

#[tokio::test]
async fn a_script_of_300_ms_after_the_paint_blocks_for_250() {
    let body = format!(
        "<h1>Hello</h1><script>{BUSY} new PerformanceObserver((list, observer) => {{
          observer.disconnect();
          setTimeout(() => busy(300), 100);
        }}).observe({{ type: 'paint', buffered: true }})</script>"
    );
    let site = Site::page(&html(&body)).await;
    let blocking = audit_alone(&site.url("/"), &patient()).await.unwrap().medians.total_blocking_time_ms.value.unwrap();
    assert!((blocking - 250.0).abs() < 60.0, "{blocking}");
}

#[tokio::test]
async fn the_slowest_interaction_is_the_one_that_counts() {
    let body = format!(
        "<button id=fast>Fast</button><button id=slow>Slow</button><input id=name>
        <script>{BUSY} document.querySelector('#slow').onclick = () => busy(200);
        document.querySelector('#name').oninput = (event) => console.error('typed ' + event.target.value)</script>"
    );
    let site = Site::page(&html(&body)).await;
    let click = |selector: &str| Interaction::Click { selector: selector.to_owned() };
    let typed = Interaction::Type { selector: "#name".to_owned(), text: "Ada".to_owned() };
    let options = Options { interactions: vec![click("#fast"), click("#slow"), typed], ..quick() };
    let audited = audit_alone(&site.url("/"), &options).await.unwrap();
    let slowest = audited.medians.interaction_to_next_paint_ms.value.unwrap();
    assert!((200.0..450.0).contains(&slowest), "{slowest}");
    // What interactions cause is no part of the load.
    assert_eq!(audited.medians.console_errors.value, Some(0.0));

    let options = Options { interactions: vec![click("#absent")], ..quick() };
    let metric = audit(&site.url("/"), &options).await.unwrap().medians.interaction_to_next_paint_ms;
    assert!(metric.reason.unwrap().contains("no visible element matches #absent"));
}

#[tokio::test]
async fn a_phone_is_slow_small_and_starts_each_run_with_an_empty_cache() {
    let script = "<script src=/kept.js></script><p>Text</p>
        <script>console.error([innerWidth, devicePixelRatio, navigator.userAgent].join('|'))</script>";
    let kept = Page::new("text/javascript", "1").with("cache-control", "max-age=3600");
    let site = Site::start(&[
        ("/", Page::html(html(&format!("<meta name=viewport content='width=device-width'>{script}")))),
        ("/kept.js", kept),
    ])
    .await;
    let options = Options { device: Device::mobile(), runs: 3, ..quick() };
    let audit = audit(&site.url("/"), &options).await.unwrap();
    assert_eq!(audit.runs.len(), 3);
    assert_eq!(site.asked().iter().filter(|path| *path == "/kept.js").count(), 3);
    let shown = &audit.run.console[0].text;
    assert!(
        shown.starts_with("412|1.75|Mozilla/5.0 (Linux; Android 11; moto g power") && shown.contains(" Mobile "),
        "{shown}"
    );
    // The latency of slow 4G is 562.5 ms, for the page and again for the script that it waits for.
    assert!(audit.medians.first_contentful_paint_ms.value.unwrap() >= 1125.0, "{:?}", audit.medians);
    let mut paints: Vec<f64> = audit.runs.iter().map(|run| run.largest_contentful_paint_ms.value.unwrap()).collect();
    paints.sort_by(f64::total_cmp);
    assert_eq!(audit.medians.largest_contentful_paint_ms.value, Some(paints[1]));
    assert_eq!(audit.run.metrics.largest_contentful_paint_ms.value, Some(paints[1]));
    assert_eq!(audit.run.metrics, audit.runs[audit.median_run]);
}

#[tokio::test]
async fn a_viewport_that_fills_in_two_equal_steps_is_half_complete_between_them() {
    let body = "<style>body { margin: 0 } div { height: 300px } #first { background: navy; color: navy }</style>
        <div id=first>Text</div><div id=second></div><script>new PerformanceObserver((list, observer) => {
          observer.disconnect();
          setTimeout(() => { document.querySelector('#second').style.background = 'maroon' }, 800);
        }).observe({ type: 'paint', buffered: true })</script>";
    let site = Site::page(&html(body)).await;
    let audit = audit_alone(&site.url("/"), &patient()).await.unwrap();
    let metrics = &audit.medians;
    let after = metrics.speed_index_ms.value.unwrap() - metrics.first_contentful_paint_ms.value.unwrap();
    // Half of the viewport is missing for 800 ms.
    assert!((after - 400.0).abs() < 150.0, "{after} {metrics:?}");
    let film: Vec<f64> = audit.run.filmstrip.iter().map(|frame| frame.progress).collect();
    assert!(film.iter().any(|progress| (progress - 0.5).abs() < 0.05), "{film:?}");
}
