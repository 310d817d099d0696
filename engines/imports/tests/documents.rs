//! Results of Lighthouse, k6 and oha: what is read, what is absent, and what is refused.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use sbh_imports::ImportError;
use sbh_imports::measure::{FormFactor, Format, parse, parse_as};

const LIGHTHOUSE_13: &[u8] = include_bytes!("fixtures/lighthouse-13.json");
const LIGHTHOUSE_9: &[u8] = include_bytes!("fixtures/lighthouse-9.json");
const FAILED: &[u8] = include_bytes!("fixtures/lighthouse-failed.json");
const HANDLE: &str = include_str!("fixtures/k6-handle-summary.json");
const EXPORT: &str = include_str!("fixtures/k6-summary-export.json");

fn pointer(bytes: &[u8]) -> String {
    parse(bytes).unwrap_err().to_string()
}

#[test]
fn lighthouse_gives_metrics_scores_and_the_device() {
    let read = parse(LIGHTHOUSE_13).unwrap();
    let page = read.page.as_ref().unwrap();
    assert_eq!((read.format, read.tool_version.as_deref()), (Format::Lighthouse, Some("13.5.0")));
    assert_eq!(read.target_url.as_deref(), Some("http://127.0.0.1:8377/"));
    assert_eq!(page.form_factor, Some(FormFactor::Mobile));
    assert_eq!(page.metrics["fcp_ms"].value(), Some(759.1402));
    assert_eq!(page.metrics["tbt_ms"].value(), Some(273.0));
    assert_eq!(page.metrics["cls"].value(), Some(0.0));
    assert_eq!(page.metrics["transfer_bytes"].value(), Some(1416.0));
    assert_eq!(page.metrics["requests"].value(), Some(4.0));
    assert_eq!(page.scores["performance"].value(), Some(0.95));
    assert!(read.latency.is_none() && read.requests.value().is_none());
    let page = parse(LIGHTHOUSE_9).unwrap().page.unwrap();
    assert_eq!((page.form_factor, page.metrics["tti_ms"].value()), (Some(FormFactor::Desktop), Some(343.17975)));
}

#[test]
fn a_failed_run_is_an_error_and_a_failed_audit_is_absent() {
    assert!(matches!(parse(FAILED), Err(ImportError::RunFailed { code, .. }) if code == "CHROME_INTERSTITIAL_ERROR"));
    let text = String::from_utf8_lossy(FAILED).replace("CHROME_INTERSTITIAL_ERROR", "NO_ERROR");
    let page = parse(text.as_bytes()).unwrap().page.unwrap();
    assert!(page.metrics["lcp_ms"].why().unwrap().contains("interstitial"));
    assert_eq!(page.scores["performance"].why(), Some("Lighthouse gave no score"));
}

#[test]
fn lighthouse_numbers_are_checked_in_place() {
    let text = String::from_utf8_lossy(LIGHTHOUSE_13);
    let negative = text.replace("759.1402", "-1");
    assert!(pointer(negative.as_bytes()).starts_with("/audits/first-contentful-paint/numericValue: -1"));
    let score = text.replace("0.95", "95");
    assert!(pointer(score.as_bytes()).starts_with("/categories/performance/score: 95"));
}

#[test]
fn k6_gives_the_percentiles_that_it_has() {
    let read = parse(HANDLE.as_bytes()).unwrap();
    let latency = read.latency.as_ref().unwrap();
    assert_eq!((read.requests.value(), read.errors.value()), (Some(2507), Some(3)));
    assert_eq!(read.duration_s.value(), Some(20.05069906));
    assert_eq!(latency.percentile_ms(50.0).value(), Some(9.25));
    assert_eq!(latency.percentile_ms(95.0).value(), Some(47.75));
    assert_eq!(latency.percentile_ms(99.0).why(), Some("the file has no percentile 99"));
    assert!(latency.histogram.is_none());
    assert!(read.notes.iter().any(|note| note.contains("coordinated omission")));
    let read = parse(EXPORT.as_bytes()).unwrap();
    assert_eq!((read.errors.value(), read.throughput_rps.value()), (Some(0), Some(125.033047102149)));
    assert!(read.duration_s.why().unwrap().contains("--summary-export"));
}

#[test]
fn k6_figures_that_contradict_are_refused() {
    let refuse = |from: &str, to: &str| pointer(HANDLE.replace(from, to).as_bytes());
    assert!(refuse("\"passes\":3", "\"passes\":4").contains("not the 2507"));
    assert!(refuse("0.0011966493817311527", "0.5").contains("a share of 0.5"));
    assert!(refuse("\"p(90)\":30.5", "\"p(90)\":50").contains("p90 of 50 ms is above p95"));
    assert!(refuse("\"avg\":12.5", "\"avg\":925").contains("mean of 925 ms is above max"));
    for number in ["1e400", "-1", "NaN", "null", "\"1\""] {
        assert!(
            parse(HANDLE.replace("\"count\":2507", &format!("\"count\":{number}")).as_bytes()).is_err(),
            "{number}"
        );
    }
}

fn oha(statuses: &str, success: &str) -> String {
    format!(
        r#"{{"summary":{{"successRate":{success},"total":2.0,"slowest":0.5,"fastest":0.001,"average":0.01,
        "requestsPerSec":50.0,"totalData":1,"sizePerRequest":1,"sizePerSec":1.0}},
        "latencyPercentiles":{{"p10":0.002,"p50":0.005,"p99":0.2,"p99.9":null}},
        "statusCodeDistribution":{statuses},"errorDistribution":{{"aborted due to deadline":5,"refused":10}}}}"#
    )
}

#[test]
fn oha_times_become_milliseconds_and_errors_are_told_apart() {
    let read = parse(oha(r#"{"200":80,"500":10}"#, "0.9").as_bytes()).unwrap();
    let latency = read.latency.as_ref().unwrap();
    assert_eq!((read.requests.value(), read.errors.value()), (Some(100), Some(20)));
    assert_eq!(read.error_rate_pct(), Some(20.0));
    assert_eq!(latency.percentile_ms(99.0).value(), Some(200.0));
    assert!(latency.percentile_ms(99.9).value().is_none());
    assert_eq!(latency.max_ms.value(), Some(500.0));
    assert!(pointer(oha(r#"{"200":80}"#, "0.5").as_bytes()).starts_with("/summary/successRate"));
}

#[test]
fn results_that_oha_wrote_are_read() {
    let text = include_str!("fixtures/oha-count.json");
    let read = parse(text.as_bytes()).unwrap();
    assert_eq!((read.format, read.requests.value(), read.errors.value()), (Format::Oha, Some(200), Some(0)));
    let p99 = read.latency.as_ref().unwrap().percentile_ms(99.0).value().unwrap();
    assert!((p99 - 19.652397).abs() < 1e-9, "{p99}");
    assert!(pointer(text.replace("\"200\": 200", "\"200\": 199").as_bytes()).starts_with("/responseTimeHistogram"));
    let read = parse(include_bytes!("fixtures/oha-deadline.json")).unwrap();
    assert_eq!((read.requests.value(), read.errors.value()), (Some(100), Some(100)));
    assert!(read.notes.iter().any(|note| note.starts_with("2 requests under way")));
}

#[test]
fn hostile_documents_are_refused() {
    let deep = format!("{{\"metrics\":{}", "[".repeat(100_000));
    let long = format!("{{\"lighthouseVersion\":\"9.{}\"}}", "1".repeat(3_000));
    let many = format!("{{\"metrics\":[{}0]}}", "0,".repeat(1_000_001));
    for bytes in [
        b"".as_slice(),
        b"{}",
        b"\xff\xfe",
        b"[]",
        b"{\"metrics\":{}}",
        deep.as_bytes(),
        long.as_bytes(),
        many.as_bytes(),
    ] {
        assert!(parse(bytes).is_err());
        for format in Format::ALL {
            assert!(parse_as(format, bytes).is_err(), "{format:?}");
        }
    }
}

#[test]
fn a_truncated_document_is_refused_and_a_byte_order_mark_is_not() {
    for cut in (0..HANDLE.trim_end().len()).step_by(7) {
        assert!(parse(&HANDLE.as_bytes()[..cut]).is_err(), "{cut}");
    }
    assert_eq!(parse(format!("\u{feff}{HANDLE}").as_bytes()), parse(HANDLE.as_bytes()));
}
