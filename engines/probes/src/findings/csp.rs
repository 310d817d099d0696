//! Weaknesses of the Content-Security-Policy (CSP Level 3): every policy that is enforced counts, so what one of them forbids is forbidden.

use super::{Subject, catalogue as rule};

/// Directives of CSP Level 3 and of specifications that extend it; others are ignored by browsers.
const DIRECTIVES: [&str; 32] = [
    "base-uri",
    "block-all-mixed-content",
    "child-src",
    "connect-src",
    "default-src",
    "fenced-frame-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "frame-src",
    "img-src",
    "manifest-src",
    "media-src",
    "navigate-to",
    "object-src",
    "plugin-types",
    "prefetch-src",
    "referrer",
    "reflected-xss",
    "report-to",
    "report-uri",
    "require-sri-for",
    "require-trusted-types-for",
    "sandbox",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src",
    "style-src-attr",
    "style-src-elem",
    "trusted-types",
    "upgrade-insecure-requests",
];
const BROAD: [&str; 8] = ["*", "http:", "https:", "data:", "http://*", "https://*", "ftp:", "blob:"];

/// One policy: the first occurrence of each directive counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Policy {
    directives: Vec<(String, Vec<String>)>,
    repeated: Vec<String>,
}

impl Policy {
    /// Parses a serialized policy; `None` if it has no directive.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut policy = Self { directives: Vec::new(), repeated: Vec::new() };
        for entry in text.split(';') {
            let mut words = entry.split_ascii_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            if policy.get(&name).is_some() {
                policy.repeated.push(name);
            } else {
                policy.directives.push((name, words.map(normal).collect()));
            }
        }
        (!policy.directives.is_empty()).then_some(policy)
    }

    /// Parses header values, each of which can hold several policies.
    pub(super) fn parse_all<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Self> {
        values.flat_map(|value| value.split(',')).filter_map(Self::parse).collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&[String]> {
        self.directives.iter().find(|(key, _)| key == name).map(|(_, sources)| sources.as_slice())
    }

    fn scripts(&self) -> Option<&[String]> {
        ["script-src-elem", "script-src", "default-src"].iter().find_map(|name| self.get(name))
    }

    fn has_trust(sources: &[String]) -> bool {
        sources
            .iter()
            .any(|source| ["'nonce-", "'sha256-", "'sha384-", "'sha512-"].iter().any(|token| source.starts_with(token)))
    }

    fn is_dynamic(sources: &[String]) -> bool {
        Self::has_trust(sources) && sources.iter().any(|source| source == "'strict-dynamic'")
    }

    fn allows_inline(&self) -> bool {
        let list = self.scripts().unwrap_or_default();
        !Self::has_trust(list) && list.iter().any(|source| source == "'unsafe-inline'")
    }

    fn broad_script_source(&self) -> Option<&String> {
        let list = self.scripts().unwrap_or_default();
        list.iter().find(|source| BROAD.contains(&source.as_str())).filter(|_| !Self::is_dynamic(list))
    }

    fn malformed(&self) -> Option<String> {
        let unknown = self.directives.iter().map(|(name, _)| name).find(|name| !DIRECTIVES.contains(&name.as_str()));
        self.repeated.first().or(unknown).cloned()
    }

    fn insecure_source(&self) -> Option<&String> {
        let lists = self.directives.iter().filter(|(name, _)| !matches!(name.as_str(), "report-uri" | "report-to"));
        lists.flat_map(|(_, sources)| sources).find(|source| source.starts_with("http:"))
    }
}

/// Keywords and schemes are compared without case; nonces, hashes and paths are not.
fn normal(source: &str) -> String {
    let lower = source.to_ascii_lowercase();
    let exact = lower.starts_with("'nonce-") || lower.starts_with("'sha");
    if exact { source.to_owned() } else { lower }
}

pub(super) fn judge(subject: &mut Subject<'_>) {
    if !subject.response().is_html() {
        return;
    }
    let headers = &subject.response().headers;
    let mut policies = Policy::parse_all(headers.all("content-security-policy"));
    policies.extend(subject.page.policies().iter().flat_map(|meta| Policy::parse_all(std::iter::once(meta.as_str()))));
    let reported = Policy::parse_all(headers.all("content-security-policy-report-only"));
    if policies.is_empty() {
        let (rule, evidence) = match reported.is_empty() {
            true => (&rule::CSP_MISSING, "no Content-Security-Policy header or meta element"),
            false => (&rule::CSP_REPORT_ONLY, "only Content-Security-Policy-Report-Only"),
        };
        subject.report(rule, evidence);
        return;
    }
    scripts(subject, &policies);
    fetches(subject, &policies);
    syntax(subject, &policies);
}

fn scripts(subject: &mut Subject<'_>, policies: &[Policy]) {
    if policies.iter().all(|policy| policy.scripts().is_none()) {
        subject.report(&rule::CSP_NO_SCRIPT_LIMIT, "neither script-src nor default-src");
        return;
    }
    let limiting: Vec<&Policy> = policies.iter().filter(|policy| policy.scripts().is_some()).collect();
    let all = |test: &dyn Fn(&Policy) -> bool| limiting.iter().all(|policy| test(policy));
    let inline = all(&Policy::allows_inline);
    let eval = all(&|policy| policy.scripts().unwrap_or_default().iter().any(|source| source == "'unsafe-eval'"));
    let broad = all(&|policy| policy.broad_script_source().is_some());
    let evidence = limiting.first().and_then(|policy| policy.broad_script_source()).cloned().unwrap_or_default();
    let blocked = limiting.iter().any(|policy| {
        let list = policy.scripts().unwrap_or_default();
        list.iter().any(|source| source == "'strict-dynamic'") && !Policy::has_trust(list)
    });
    subject.report_if(inline, &rule::CSP_UNSAFE_INLINE, "scripts allow 'unsafe-inline' without nonce or hash");
    subject.report_if(eval, &rule::CSP_UNSAFE_EVAL, "scripts allow 'unsafe-eval'");
    subject.report_if(broad, &rule::CSP_BROAD_SCRIPTS, format!("scripts allow {evidence}"));
    subject.report_if(blocked, &rule::CSP_UNTRUSTED_DYNAMIC, "'strict-dynamic' without nonce or hash");
}

fn fetches(subject: &mut Subject<'_>, policies: &[Policy]) {
    let none = |names: &[&str]| policies.iter().all(|policy| names.iter().all(|name| policy.get(name).is_none()));
    let (object, base, form) = (none(&["object-src", "default-src"]), none(&["base-uri"]), none(&["form-action"]));
    subject.report_if(object, &rule::CSP_NO_OBJECT_LIMIT, "neither object-src nor default-src");
    subject.report_if(base, &rule::CSP_NO_BASE_URI, "no base-uri");
    subject.report_if(form, &rule::CSP_NO_FORM_ACTION, "no form-action");
}

fn syntax(subject: &mut Subject<'_>, policies: &[Policy]) {
    if let Some(name) = policies.iter().find_map(Policy::malformed) {
        subject.report(&rule::CSP_MALFORMED, format!("directive {name}"));
    }
    let insecure = policies.iter().find_map(Policy::insecure_source).filter(|_| subject.is_secure()).cloned();
    if let Some(source) = insecure {
        subject.report(&rule::CSP_INSECURE_SOURCE, source);
    }
}
