//! Header sets: for every header that the Observatory reads, a draw from what sites send, well-formed or not.

use std::num::NonZeroU64;

use sbh_stats::random::Random;

/// What a site answers with.
pub struct Site {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    /// Of a CORS preflight.
    pub preflight: Vec<(&'static str, String)>,
    pub body: String,
}

/// A draw; the same seed gives the same.
pub struct Draw(Random);

const STATUS: [u16; 8] = [200, 200, 200, 200, 200, 201, 401, 403];
const HSTS: [&str; 12] = [
    "max-age=63072000; includeSubDomains; preload",
    "max-age=31536000",
    "max-age=15552000",
    "max-age=15551999",
    "max-age=0",
    "includeSubDomains",
    "max-age=\"31536000\"",
    "MAX-AGE=31536000; INCLUDESUBDOMAINS",
    "max-age=1e9",
    "max-age=-1",
    "max-age=31536000, max-age=0",
    "max-age = 31536000",
];
const NOSNIFF: [&str; 6] = ["nosniff", "NOSNIFF", " nosniff ", "none", "nosniff, nosniff", ""];
const FRAMES: [&str; 8] =
    ["DENY", "sameorigin", "SAMEORIGIN", "ALLOW-FROM https://a.test", "ALLOWALL", "DENY, DENY", " deny", "invalid"];
const REFERRER: [&str; 12] = [
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "unsafe-url",
    "nothing",
    "no-referrer, unsafe-url",
    "unsafe-url, no-referrer",
    "NO-REFERRER, nothing",
];
const CORP: [&str; 5] = ["same-origin", "same-site", "cross-origin", "SAME-ORIGIN", "everywhere"];
const TYPES: [&str; 5] =
    ["text/html", "text/html; charset=utf-8", "text/html;charset=utf-8", "application/json", "application/xhtml+xml"];
const DIRECTIVES: [&str; 14] = [
    "default-src",
    "script-src",
    "style-src",
    "object-src",
    "img-src",
    "media-src",
    "frame-ancestors",
    "base-uri",
    "form-action",
    "connect-src",
    "frame-src",
    "report-uri",
    "upgrade-insecure-requests",
    "require-trusted-types-for",
];
const SOURCES: [&str; 24] = [
    "'self'",
    "'none'",
    "'self'",
    "'none'",
    "https:",
    "http:",
    "*",
    "data:",
    "'unsafe-inline'",
    "'unsafe-eval'",
    "'strict-dynamic'",
    "'nonce-abc123'",
    "'sha256-AAAA'",
    "https://a.test",
    "http://a.test",
    "*.b.test",
    "https://*",
    "blob:",
    "'report-sample'",
    "'wasm-unsafe-eval'",
    "ftp://a.test",
    "wss://c.test",
    "'UNSAFE-INLINE'",
    "https://a.test/path",
];
const COOKIES: [&str; 6] = ["session", "csrftoken", "theme", "__Host-id", "__Secure-id", "PHPSESSID"];
const ATTRIBUTES: [&str; 8] = [
    "Secure",
    "HttpOnly",
    "SameSite=Lax",
    "SameSite=Strict",
    "SameSite=None",
    "Path=/",
    "Max-Age=3600",
    "SameSite=Sometimes",
];
const ORIGINS: [&str; 5] = ["*", "https://http-observatory.security.mozilla.org", "https://a.test", "null", "nothing"];
const SCRIPTS: [&str; 9] = [
    "<script src=\"/own.js\"></script>",
    "<script src=\"https://cdn.test/a.js\"></script>",
    "<script src=\"https://cdn.test/a.js\" integrity=\"sha384-AAAA\" crossorigin=\"anonymous\"></script>",
    "<script src=\"http://cdn.test/a.js\"></script>",
    "<script src=\"http://cdn.test/a.js\" integrity=\"sha384-AAAA\"></script>",
    "<script src=\"//cdn.test/a.js\"></script>",
    "<script>1</script>",
    "<script src=\"https://sub.site.test/a.js\"></script>",
    "<script src=\"own.js\" integrity=\"sha384-AAAA\"></script>",
];
const METAS: [&str; 5] = [
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'\">",
    "<meta http-equiv=\"content-security-policy\" content=\"script-src 'unsafe-inline'; frame-ancestors 'none'\">",
    "<meta name=\"referrer\" content=\"no-referrer\">",
    "<meta name=\"referrer\" content=\"unsafe-url\">",
    "<meta http-equiv=\"Content-Security-Policy\" content=\"img-src *\">",
];

impl Draw {
    /// Where the sequence starts.
    pub fn seeded(seed: u64) -> Self {
        Self(Random::seeded(seed))
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let all = NonZeroU64::new(of.len() as u64).unwrap_or(NonZeroU64::MIN);
        of[usize::try_from(self.0.below(all)).unwrap_or_default()]
    }

    fn chance(&mut self, share: f64) -> bool {
        self.0.unit() < share
    }

    /// One more site.
    pub fn site(&mut self) -> Site {
        let mut headers = vec![("Content-Type", self.one(&TYPES[..3]).to_owned())];
        if self.chance(0.12) {
            headers[0].1 = self.one(&TYPES).to_owned();
        }
        // Some sites do most of it well, or no score would ever be high.
        let care = if self.chance(0.35) { 1 } else { usize::MAX };
        let simple: [(&str, &[&str], f64); 5] = [
            ("Strict-Transport-Security", &HSTS, 0.75),
            ("X-Content-Type-Options", &NOSNIFF, 0.75),
            ("X-Frame-Options", &FRAMES, 0.6),
            ("Referrer-Policy", &REFERRER, 0.7),
            ("Cross-Origin-Resource-Policy", &CORP, 0.5),
        ];
        for (name, values, share) in simple {
            if self.chance(if care == 1 { 0.95 } else { share }) {
                let value = self.one(&values[..values.len().min(care.saturating_mul(2))]);
                headers.push((name, value.to_owned()));
            }
        }
        if care == 1 {
            headers.push((
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; frame-ancestors 'none'".to_owned(),
            ));
        }
        for _ in 0..self.one(&[0, 1, 1, 1, 2]) {
            if care != 1 || self.chance(0.3) {
                headers.push((
                    self.one(&[
                        "Content-Security-Policy",
                        "Content-Security-Policy",
                        "Content-Security-Policy-Report-Only",
                    ]),
                    self.policy(),
                ));
            }
        }
        for _ in 0..self.one(&[0, 0, 1, 2]) {
            headers.push(("Set-Cookie", self.cookie(care == 1)));
        }
        let cors = |draw: &mut Self| {
            let mut answer = vec![("Access-Control-Allow-Origin", draw.one(&ORIGINS).to_owned())];
            if draw.chance(0.4) {
                answer.push(("Access-Control-Allow-Credentials", draw.one(&["true", "false", "TRUE"]).to_owned()));
            }
            answer
        };
        let preflight = if self.chance(0.4) { cors(self) } else { Vec::new() };
        if self.chance(0.2) {
            headers.extend(cors(self));
        }
        Site { status: self.one(&STATUS), headers, preflight, body: self.body() }
    }

    fn policy(&mut self) -> String {
        if self.chance(0.06) {
            return self.one(&["", "x", "default-src", ";;;", "default-src 'self'; default-src 'none'"]).to_owned();
        }
        let mut directives = Vec::new();
        for _ in 0..self.one(&[1, 2, 3, 4, 5]) {
            let name = self.one(&DIRECTIVES);
            if directives.iter().any(|other: &String| other.starts_with(name)) && !self.chance(0.05) {
                continue;
            }
            let sources: Vec<&str> = (0..self.one(&[0, 1, 1, 2, 3])).map(|_| self.one(&SOURCES)).collect();
            directives.push(format!("{name} {}", sources.join(" ")).trim_end().to_owned());
        }
        directives.join(self.one(&["; ", ";", " ; "]))
    }

    fn cookie(&mut self, careful: bool) -> String {
        let mut cookie = format!("{}=v{}", self.one(&COOKIES), self.one(&[1, 2, 3]));
        for (at, attribute) in ATTRIBUTES.into_iter().enumerate() {
            if self.chance(if careful && at < 3 {
                0.9
            } else if careful {
                0.05
            } else {
                0.4
            }) {
                cookie += "; ";
                cookie += attribute;
            }
        }
        cookie
    }

    fn body(&mut self) -> String {
        let mut body = "<!doctype html><html><head><title>Site</title>".to_owned();
        for _ in 0..self.one(&[0, 0, 0, 1, 2]) {
            body += self.one(&METAS);
        }
        for _ in 0..self.one(&[0, 0, 1, 1, 2, 3]) {
            body += self.one(&SCRIPTS);
        }
        body + "</head><body><p>Text</p></body></html>"
    }
}
