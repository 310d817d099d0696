//! What responses tell about the system behind them.

use std::net::Ipv4Addr;

use super::{Rule, Subject, catalogue as rule};
use crate::observation::Response;
use crate::text::excerpt;

/// Headers that carry a framework's version.
const FRAMEWORK_HEADERS: [&str; 5] =
    ["x-aspnet-version", "x-aspnetmvc-version", "x-generator", "x-drupal-dynamic-cache", "x-runtime-version"];
/// Texts of stack traces, each with a second text which must follow on the same page.
const TRACES: [(&str, &str); 8] = [
    ("Traceback (most recent call last)", "File \""),
    ("Exception in thread", "\tat "),
    ("java.lang.", ".java:"),
    ("PHP Fatal error:", " on line "),
    ("<b>Fatal error</b>:", "on line <b>"),
    ("panicked at ", ".rs:"),
    ("goroutine 1 [running]", ".go:"),
    ("node:internal/", "    at "),
];
/// Texts of debug pages.
const DEBUG_PAGES: [(&str, &str); 7] = [
    ("You're seeing this error because you have <code>DEBUG = True</code>", "Django"),
    ("The debugger caught an exception in your WSGI application", "Werkzeug"),
    ("Werkzeug Debugger", "Werkzeug"),
    ("Action Controller: Exception caught", "Ruby on Rails"),
    ("Server Error in '/' Application", "ASP.NET"),
    ("Whoops, looks like something went wrong.", "Laravel or Symfony"),
    ("Symfony Exception", "Symfony"),
];
/// Words in disallowed paths that look worth protecting.
const SENSITIVE: [&str; 9] =
    ["admin", "backup", "private", "secret", "internal", "config", "phpmyadmin", "staging", "database"];

pub(super) fn judge(subject: &mut Subject<'_>) {
    technology(subject);
    addresses(subject);
    bodies(subject);
    robots(subject);
}

fn technology(subject: &mut Subject<'_>) {
    let headers = &subject.response().headers;
    let value = |name: &str| headers.first(name).unwrap_or_default().to_owned();
    let (server, powered) = (value("server"), value("x-powered-by"));
    let framework =
        FRAMEWORK_HEADERS.iter().find_map(|name| headers.first(name).map(|value| format!("{name}: {value}")));
    let versioned = server.split(['/', ' ', '(']).skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    subject.report_if(versioned, &rule::INFO_SERVER, &server);
    subject.report_if(!powered.is_empty(), &rule::INFO_POWERED_BY, &powered);
    subject.report_if(framework.is_some(), &rule::INFO_FRAMEWORK, framework.unwrap_or_default());
}

fn addresses(subject: &mut Subject<'_>) {
    let found =
        subject.response().headers.iter().find_map(|(name, value)| Some((name.to_owned(), private_address(value)?)));
    // A target inside a private network names its own address rightly.
    let inside = subject.observation.hostname().parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_private() || ip.is_loopback());
    if let Some((name, address)) = found.filter(|_| !inside) {
        subject.report(&rule::INFO_PRIVATE_ADDRESS, format!("{name} contains {address}"));
    }
}

/// The first address for private use (RFC 1918) in `text`.
fn private_address(text: &str) -> Option<Ipv4Addr> {
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    words.filter_map(|word| word.trim_matches('.').parse::<Ipv4Addr>().ok()).find(Ipv4Addr::is_private)
}

fn bodies(subject: &mut Subject<'_>) {
    let observation = subject.observation;
    let extras = [&observation.missing, &observation.robots, &observation.security_txt].into_iter().flatten();
    let responses: Vec<&Response> = std::iter::once(&subject.visit.response).chain(extras).collect();
    for response in responses {
        for (rule, evidence) in body_faults(response) {
            subject.report_at(&rule, evidence, &response.url);
        }
    }
}

fn body_faults(response: &Response) -> Vec<(Rule, String)> {
    let body = response.body.as_str();
    let follows = |first: &str, second: &str| body.find(first).filter(|at| body[at + first.len()..].contains(second));
    let trace = TRACES.iter().find_map(|(first, second)| follows(first, second));
    let debug = DEBUG_PAGES.iter().find(|(text, _)| body.contains(text));
    let mut faults = Vec::new();
    if let Some(at) = trace {
        faults.push((rule::INFO_STACK_TRACE, excerpt(&body[at..], 80)));
    }
    if let Some((_, product)) = debug {
        faults.push((rule::INFO_DEBUG_PAGE, format!("debug page of {product}")));
    }
    if let Some(title) = listing(response) {
        faults.push((rule::INFO_LISTING, title));
    }
    if let Some(map) = source_map(response) {
        faults.push((rule::INFO_SOURCE_MAP, map));
    }
    faults
}

/// The title of a directory listing as web servers write them.
fn listing(response: &Response) -> Option<String> {
    if !response.is_html() {
        return None;
    }
    let title = crate::document::Page::parse(&response.body).title;
    let listing = ["Index of /", "Directory listing for /", "Directory Listing For /"]
        .iter()
        .any(|start| title.starts_with(start));
    listing.then_some(title)
}

fn source_map(response: &Response) -> Option<String> {
    let header = response.headers.first("sourcemap").or_else(|| response.headers.first("x-sourcemap"));
    let comment = ["//# sourceMappingURL=", "/*# sourceMappingURL="].iter().find_map(|mark| {
        let start = response.body.find(mark)? + mark.len();
        response.body[start..].split(|c: char| c.is_whitespace() || c == '*' || c == '<').next()
    });
    // An inline map comes with the page anyway, but shows the source all the same.
    header.or(comment).filter(|map| !map.is_empty()).map(|map| excerpt(map, 80))
}

fn robots(subject: &mut Subject<'_>) {
    let Some(robots) =
        subject.observation.robots.as_ref().filter(|response| response.status == 200 && !response.is_html())
    else {
        return;
    };
    let paths = robots.body.lines().filter_map(|line| {
        let (name, path) = line.split_once(':')?;
        let path = path.split('#').next().unwrap_or_default().trim();
        name.trim().eq_ignore_ascii_case("disallow").then_some(path)
    });
    let sensitive = |path: &&str| SENSITIVE.iter().any(|word| path.to_ascii_lowercase().contains(word));
    let found: Vec<&str> = paths.filter(sensitive).take(5).collect();
    if !found.is_empty() {
        subject.report_at(&rule::INFO_ROBOTS, found.join(", "), &robots.url);
    }
}
