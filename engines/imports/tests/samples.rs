//! Raw samples of JMeter and k6: what is computed of them, and what is refused.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use proptest::prelude::*;
use sbh_imports::measure::{Format, Imported, parse, parse_as};

const HEADER: &str = "timeStamp,elapsed,label,responseCode,responseMessage,success,URL";

fn table(times: &[u64]) -> String {
    let rows = times.iter().enumerate().map(|(at, ms)| {
        let ok = at % 10 != 0;
        format!(
            "{},{ms},page {},{},OK,{ok},http://h/\n",
            1_700_000_000_000 + at as u64 * 50,
            at % 2,
            if ok { 200 } else { 500 }
        )
    });
    format!("{HEADER}\n{}", rows.collect::<String>())
}

fn xml(times: &[u64]) -> String {
    let rows = times.iter().enumerate().map(|(at, ms)| {
        let start = 1_700_000_000_000 + at as u64 * 50;
        let (ok, code) = if at % 10 != 0 { (true, 200) } else { (false, 500) };
        format!("<httpSample t=\"{ms}\" lt=\"1\" ts=\"{start}\" s=\"{ok}\" lb=\"page {}\" rc=\"{code}\"/>\n", at % 2)
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testResults version=\"1.2\">\n{}</testResults>\n",
        rows.collect::<String>()
    )
}

fn lines(times: &[u64]) -> String {
    let mut text =
        String::from(r#"{"type":"Metric","data":{"name":"http_reqs","type":"counter"},"metric":"http_reqs"}"#);
    text.push('\n');
    for (at, ms) in times.iter().enumerate() {
        let failed = u8::from(at % 10 == 0);
        let status = if failed == 1 { 500 } else { 200 };
        let tags = format!(r#"{{"name":"page {}","status":"{status}","url":"http://h/"}}"#, at % 2);
        for (metric, value) in [
            ("http_reqs", "1".to_owned()),
            ("http_req_duration", ms.to_string()),
            ("http_req_failed", failed.to_string()),
        ] {
            let time = format!("2026-01-01T00:00:{:02}.5Z", at % 60);
            text += &format!(
                r#"{{"metric":"{metric}","type":"Point","data":{{"time":"{time}","value":{value},"tags":{tags}}}}}"#
            );
            text.push('\n');
        }
    }
    text
}

/// The nearest rank of sorted samples, computed here without a histogram.
fn nearest_rank(times: &[u64], percent: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let rank = (percent / 100.0 * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted[rank.min(sorted.len()) - 1] as f64
}

fn check(read: &Imported, times: &[u64]) {
    let latency = read.latency.as_ref().unwrap();
    assert_eq!(read.requests.value(), Some(times.len() as u64));
    assert_eq!(read.errors.value(), Some(times.len().div_ceil(10) as u64));
    assert_eq!(latency.histogram.as_ref().unwrap().len(), times.len() as u64);
    assert_eq!(read.seconds.iter().map(|second| second.requests).sum::<u64>(), times.len() as u64);
    assert_eq!(read.labels.iter().map(|label| label.requests).sum::<u64>(), times.len() as u64);
    assert_eq!(latency.max_ms.value(), Some(nearest_rank(times, 100.0)));
    for point in &latency.percentiles {
        let exact = nearest_rank(times, point.percent);
        assert!((point.latency_ms - exact).abs() <= exact * 0.001 + 1e-9, "{point:?} is not {exact}");
    }
    assert!(latency.percentiles.windows(2).all(|two| two[0].latency_ms <= two[1].latency_ms));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn figures_agree_with_an_independent_computation(times in prop::collection::vec(0_u64..100_000, 1..300)) {
        check(&parse(table(&times).as_bytes()).unwrap(), &times);
        check(&parse(xml(&times).as_bytes()).unwrap(), &times);
        check(&parse(lines(&times).as_bytes()).unwrap(), &times);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = sbh_imports::budgets::parse(&bytes);
        let _ = parse(&bytes);
        for format in Format::ALL {
            let _ = parse_as(format, &bytes);
        }
    }

    #[test]
    fn no_broken_file_panics(at in 0_usize..2_000, byte in any::<u8>()) {
        for text in [table(&[1, 20, 300]), xml(&[1, 20, 300]), lines(&[1, 20, 300])] {
            let mut bytes = text.into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = parse(&bytes);
        }
    }

    #[test]
    fn a_cut_inside_of_a_line_is_refused(cut in 1_usize..2_000) {
        let text = table(&[1, 20, 300]);
        let cut = cut % text.len();
        if !text[..cut].ends_with('\n') {
            prop_assert!(parse_as(Format::JtlCsv, &text.as_bytes()[..cut]).is_err());
        }
        let text = xml(&[1, 20, 300]);
        let end = text.trim_end().len();
        prop_assert!(parse_as(Format::JtlXml, &text.as_bytes()[..cut % end]).is_err());
    }
}

fn refusal(text: &str) -> String {
    parse(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_table_is_read_with_each_separator_line_end_and_mark() {
    let text = table(&[5, 10, 15]);
    let read = parse(text.as_bytes()).unwrap();
    assert_eq!((read.format, read.target_url.as_deref()), (Format::JtlCsv, Some("http://h/")));
    assert_eq!(read.duration_s.value(), Some(0.115));
    assert_eq!(read.statuses["500"], 1);
    for other in
        [text.replace(',', ";"), text.replace(',', "\t"), text.replace('\n', "\r\n"), format!("\u{feff}{text}")]
    {
        assert_eq!(parse(other.as_bytes()).unwrap(), read);
    }
    let quoted = text.replace("page 0", "\"a, \"\"b\"\"\u{1b}\"");
    assert_eq!(parse(quoted.as_bytes()).unwrap().labels[0].label, "a, \"b\"\u{fffd}");
}

#[test]
fn a_table_names_the_place_of_what_is_wrong() {
    let text = table(&[5, 10]);
    assert!(refusal(&text.replace(",10,", ",-10,")).starts_with("line 3, column 2"));
    assert!(refusal(&text.replace(",10,", ",99999999999999999999,")).starts_with("line 3, column 2"));
    assert!(refusal(&text.replace(",true,", ",yes,")).starts_with("line 3, column 6"));
    assert!(refusal(&text.replace("responseCode", "label")).starts_with("line 1, column 4"));
    assert!(refusal(&text.replace(",OK,true", ",true")).contains("6 fields where the header has 7"));
    assert!(parse_as(Format::JtlCsv, b"timeStamp,label\n1,a\n").unwrap_err().to_string().contains("no column elapsed"));
    assert!(parse(format!("{HEADER}\n").as_bytes()).is_err());
}

#[test]
fn an_absent_column_leaves_its_figure_absent() {
    let read = parse(b"timeStamp,elapsed\n1700000000000,5\n").unwrap();
    assert_eq!((read.requests.value(), read.errors.value()), (Some(1), None));
    assert!(read.labels.is_empty() && read.error_rate_pct().is_none());
}

#[test]
fn transactions_and_parts_of_a_request_are_no_requests() {
    let text = r#"<testResults version="1.2"><sample t="30" ts="1700000000000" s="true" lb="all" rm="Number of samples in transaction : 1">
        <httpSample t="10" ts="1700000000000" s="true" lb="a &amp; b"><httpSample t="9" ts="1700000000000" s="true"/><responseData>x</responseData></httpSample>
        </sample></testResults>"#;
    let read = parse(text.as_bytes()).unwrap();
    assert_eq!((read.requests.value(), read.labels[0].label.as_str()), (Some(1), "a & b"));
    assert!(read.notes.iter().any(|note| note.starts_with("1 samples of transaction")));
}

#[test]
fn xml_with_a_document_type_or_foreign_entities_is_refused() {
    let laughs = r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><testResults>&b;</testResults>"#;
    assert!(refusal(laughs).contains("a document type is not allowed"));
    for text in [
        "<testResults>&b;<httpSample t=\"1\" ts=\"1\"/></testResults>",
        "<testResults><httpSample t=\"1\" ts=\"1\" lb=\"&b;\"/></testResults>",
        "<testResults><httpSample t=\"1\" t=\"2\" ts=\"1\"/></testResults>",
        "<testResults><httpSample t=\"1\"/></testResults>",
        "<html><httpSample t=\"1\" ts=\"1\"/></html>",
        "<?xml version=\"1.0\" encoding=\"latin1\"?><testResults><httpSample t=\"1\" ts=\"1\"/></testResults>",
    ] {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
    assert!(refusal(&"<testResults>".repeat(100)).starts_with("byte"));
    assert!(refusal(&format!("<testResults>{}", "<a>".repeat(100))).contains("at most 32 nested elements"));
}

#[test]
fn k6_lines_that_do_not_add_up_are_refused() {
    let text = lines(&[5, 10]);
    let without_last: String = text.lines().take(6).map(|line| format!("{line}\n")).collect();
    assert!(refusal(&without_last).contains("1 samples of http_req_failed but 2"));
    assert!(refusal(&text.replace("\"value\":10", "\"value\":1e400")).starts_with("line 6"));
    assert!(refusal(&text.replace("\"value\":10", "\"value\":-10")).starts_with("line 6"));
    assert!(refusal(&text[..text.len() - 5]).starts_with("line 7"));
}
