//! The catalogue of findings, from which their documentation is generated. Identifiers are stable: a rule that is dropped takes its number along.

use super::{Finding, Severity, cvss};

/// A rule as it is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable identifier.
    pub id: &'static str,
    /// What is wrong.
    pub title: &'static str,
    /// Number in the Common Weakness Enumeration.
    pub cwe: u32,
    /// CVSS v3.1 base vector.
    pub cvss: &'static str,
    /// What to do.
    pub remediation: &'static str,
    /// Where the rule comes from.
    pub reference: &'static str,
}

impl Rule {
    /// The rating of the rule's vector.
    pub fn severity(&self) -> Severity {
        cvss::severity(cvss::base_score(self.cvss).expect("a test computes the score of every vector in the catalogue"))
    }

    pub(super) fn finding(&self, evidence: String, location: String) -> Finding {
        Finding {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            severity: self.severity(),
            cvss: self.cvss.to_owned(),
            cwe: self.cwe,
            evidence,
            location,
            remediation: self.remediation.to_owned(),
            reference: self.reference.to_owned(),
        }
    }
}

macro_rules! rules {
    ($($name:ident $id:literal $title:literal $cwe:literal $cvss:ident $remediation:literal $reference:literal;)*) => {
        $(pub(super) const $name: Rule =
            Rule { id: $id, title: $title, cwe: $cwe, cvss: $cvss, remediation: $remediation, reference: $reference };)*

        /// Every rule, in the order of identifiers within a group.
        pub const CATALOGUE: &[Rule] = &[$($name,)*];
    };
}

/// A missing defence against injection: needs another weakness and a visitor.
const DEFENCE: &str = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:L/A:N";
/// A small loss that needs a visitor and circumstances.
const MINOR: &str = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N";
/// Something small is disclosed to who can read the traffic or looks closely.
const OBSERVED: &str = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N";
/// Injected markup runs in the visitor's browser.
const INJECTION: &str = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:L/I:L/A:N";
/// Internals are shown to anybody who asks.
const EXPOSED: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N";
/// Who is on the path can read and change the traffic.
const INTERCEPTED: &str = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N";
/// Who is on the path can read confidential data.
const DISCLOSED: &str = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N";
/// Who is on the path can read and change what a visitor starts over plain HTTP.
const DOWNGRADED: &str = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:N";
/// No impact by itself.
const NONE: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N";
/// A page of the attacker reads the visitor's data.
const CROSS_ORIGIN_READ: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:N/A:N";

rules! {
    CSP_MISSING "SBH-CSP-001" "No Content-Security-Policy" 693 DEFENCE
        "Send a Content-Security-Policy header that allows scripts by nonce or hash only."
        "https://www.w3.org/TR/CSP3/";
    CSP_UNSAFE_INLINE "SBH-CSP-002" "The policy allows inline scripts" 79 INJECTION
        "Replace 'unsafe-inline' in script-src by nonces or hashes."
        "https://www.w3.org/TR/CSP3/#unsafe-inline";
    CSP_UNSAFE_EVAL "SBH-CSP-003" "The policy allows eval" 95 DEFENCE
        "Remove 'unsafe-eval' and the code that needs it; WebAssembly needs 'wasm-unsafe-eval' only."
        "https://www.w3.org/TR/CSP3/#directive-script-src";
    CSP_BROAD_SCRIPTS "SBH-CSP-004" "The policy allows scripts from nearly anywhere" 79 INJECTION
        "Name the hosts that scripts come from, or use nonces with 'strict-dynamic'."
        "https://www.w3.org/TR/CSP3/#strict-dynamic-usage";
    CSP_NO_SCRIPT_LIMIT "SBH-CSP-005" "The policy does not limit scripts" 79 INJECTION
        "Set script-src or default-src."
        "https://www.w3.org/TR/CSP3/#directive-script-src";
    CSP_NO_OBJECT_LIMIT "SBH-CSP-006" "The policy does not limit plugins" 693 MINOR
        "Set object-src 'none'."
        "https://www.w3.org/TR/CSP3/#directive-object-src";
    CSP_NO_BASE_URI "SBH-CSP-007" "The policy lets injected markup change the base address" 693 MINOR
        "Set base-uri 'none' or 'self'."
        "https://www.w3.org/TR/CSP3/#directive-base-uri";
    CSP_NO_FORM_ACTION "SBH-CSP-008" "The policy does not limit where forms are sent" 693 MINOR
        "Set form-action 'self'; default-src does not cover it."
        "https://www.w3.org/TR/CSP3/#directive-form-action";
    CSP_REPORT_ONLY "SBH-CSP-009" "The policy is reported on but not enforced" 693 DEFENCE
        "Send the policy as Content-Security-Policy once its reports are quiet."
        "https://www.w3.org/TR/CSP3/#cspro-header";
    CSP_MALFORMED "SBH-CSP-010" "The policy has unknown or repeated directives" 693 MINOR
        "Correct the directive's name and keep one of each; browsers ignore the others."
        "https://www.w3.org/TR/CSP3/#parse-serialized-policy";
    CSP_INSECURE_SOURCE "SBH-CSP-011" "The policy of a secure page allows plain HTTP sources" 319 DEFENCE
        "Use https: sources only."
        "https://www.w3.org/TR/CSP3/#match-schemes";
    CSP_UNTRUSTED_DYNAMIC "SBH-CSP-012" "'strict-dynamic' without nonce or hash blocks every script" 693 NONE
        "Add a nonce or a hash to script-src."
        "https://www.w3.org/TR/CSP3/#strict-dynamic-usage";
    COOKIE_NOT_SECURE "SBH-COO-001" "A cookie lacks Secure" 614 OBSERVED
        "Add the Secure attribute."
        "https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2.5";
    COOKIE_SESSION_NOT_SECURE "SBH-COO-002" "A session cookie lacks Secure" 614 DISCLOSED
        "Add the Secure attribute and serve the site over HTTPS only."
        "https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2.5";
    COOKIE_SESSION_SCRIPTABLE "SBH-COO-003" "Scripts can read a session cookie" 1004 DEFENCE
        "Add the HttpOnly attribute."
        "https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2.6";
    COOKIE_NO_SAME_SITE "SBH-COO-004" "A cookie lacks SameSite" 1275 MINOR
        "Set SameSite=Lax or SameSite=Strict; not every browser defaults to Lax."
        "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie";
    COOKIE_SAME_SITE_NONE_PLAIN "SBH-COO-005" "SameSite=None without Secure" 1275 MINOR
        "Add the Secure attribute; browsers reject the cookie otherwise."
        "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie";
    COOKIE_PREFIX_BROKEN "SBH-COO-006" "A cookie breaks the promise of its name prefix" 565 MINOR
        "For __Secure- set Secure; for __Host- also Path=/ and no Domain. Browsers reject the cookie otherwise."
        "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie";
    COOKIE_SAME_SITE_UNKNOWN "SBH-COO-007" "SameSite has an unknown value" 1275 MINOR
        "Use Strict, Lax or None."
        "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie";
    COOKIE_SESSION_WIDE "SBH-COO-008" "A session cookie is shared with all subdomains" 565 MINOR
        "Leave out the Domain attribute, or use the __Host- prefix."
        "https://www.rfc-editor.org/rfc/rfc6265#section-8.6";
    COOKIE_SESSION_PERSISTENT "SBH-COO-009" "A session cookie outlives the browser session" 539 MINOR
        "Leave out Expires and Max-Age, or end the session on the server early."
        "https://www.rfc-editor.org/rfc/rfc6265#section-5.3";
    TLS_NONE "SBH-TLS-001" "The site is not served over HTTPS" 319 INTERCEPTED
        "Serve the site over HTTPS and redirect plain HTTP to it."
        "https://www.rfc-editor.org/rfc/rfc9325";
    TLS_NO_REDIRECT "SBH-TLS-002" "Plain HTTP is served without leading to HTTPS" 319 DOWNGRADED
        "Redirect every plain HTTP request to HTTPS on the same host."
        "https://www.rfc-editor.org/rfc/rfc6797#section-7.2";
    TLS_LATE_REDIRECT "SBH-TLS-003" "Plain HTTP leads to plain HTTP first" 319 DEFENCE
        "Let the first redirect go to HTTPS on the same host."
        "https://www.rfc-editor.org/rfc/rfc6797#section-7.2";
    TLS_10 "SBH-TLS-004" "TLS 1.0 is accepted" 327 OBSERVED
        "Accept TLS 1.2 and 1.3 only."
        "https://www.rfc-editor.org/rfc/rfc8996";
    TLS_11 "SBH-TLS-005" "TLS 1.1 is accepted" 327 OBSERVED
        "Accept TLS 1.2 and 1.3 only."
        "https://www.rfc-editor.org/rfc/rfc8996";
    TLS_12 "SBH-TLS-006" "TLS 1.3 is not offered" 327 NONE
        "Enable TLS 1.3."
        "https://www.rfc-editor.org/rfc/rfc9325#section-3.1.1";
    HSTS_MISSING "SBH-TLS-007" "No Strict-Transport-Security" 319 DEFENCE
        "Send Strict-Transport-Security with a max-age of a year."
        "https://www.rfc-editor.org/rfc/rfc6797";
    HSTS_SHORT "SBH-TLS-008" "Strict-Transport-Security holds for less than six months" 319 MINOR
        "Raise max-age to a year."
        "https://www.rfc-editor.org/rfc/rfc6797#section-6.1.1";
    HSTS_INVALID "SBH-TLS-009" "Strict-Transport-Security cannot be parsed" 319 DEFENCE
        "Send one header with max-age in seconds."
        "https://www.rfc-editor.org/rfc/rfc6797#section-6.1";
    CERT_EXPIRED "SBH-CRT-001" "The certificate has expired" 298 INTERCEPTED
        "Renew the certificate and automate renewal."
        "https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5";
    CERT_FUTURE "SBH-CRT-002" "The certificate is not valid yet" 298 INTERCEPTED
        "Install a certificate that is valid now, and check the clock of the issuer."
        "https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5";
    CERT_EXPIRES_SOON "SBH-CRT-003" "The certificate expires within 14 days" 298 NONE
        "Renew the certificate and automate renewal."
        "https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5";
    CERT_WRONG_HOST "SBH-CRT-004" "The certificate is for another host" 297 INTERCEPTED
        "Issue a certificate whose subject alternative name covers the host."
        "https://www.rfc-editor.org/rfc/rfc9525";
    CERT_SELF_SIGNED "SBH-CRT-005" "The certificate is self-signed" 295 INTERCEPTED
        "Use a certificate of a public authority."
        "https://www.rfc-editor.org/rfc/rfc5280#section-6";
    CERT_UNTRUSTED "SBH-CRT-006" "The certificate chain is not trusted" 295 INTERCEPTED
        "Send the complete chain of a public authority."
        "https://www.rfc-editor.org/rfc/rfc5280#section-6";
    CERT_WEAK_KEY "SBH-CRT-007" "The certificate has a weak key" 326 DISCLOSED
        "Use RSA of at least 2048 bits or EC P-256."
        "https://doi.org/10.6028/NIST.SP.800-131Ar2";
    CERT_WEAK_SIGNATURE "SBH-CRT-008" "The certificate is signed with a broken hash" 328 DISCLOSED
        "Use a certificate signed with SHA-256 or better."
        "https://doi.org/10.6028/NIST.SP.800-131Ar2";
    MIXED_ACTIVE "SBH-MIX-001" "A secure page loads active content over plain HTTP" 319 DOWNGRADED
        "Load it over HTTPS."
        "https://www.w3.org/TR/mixed-content/";
    MIXED_PASSIVE "SBH-MIX-002" "A secure page loads images or media over plain HTTP" 319 MINOR
        "Load them over HTTPS."
        "https://www.w3.org/TR/mixed-content/";
    MIXED_FORM "SBH-MIX-003" "A secure page sends a form over plain HTTP" 319 DISCLOSED
        "Send the form over HTTPS."
        "https://www.w3.org/TR/mixed-content/";
    SRI_MISSING "SBH-SRI-001" "A script of another site has no integrity check" 353 DEFENCE
        "Add integrity and crossorigin attributes, or serve the script yourself."
        "https://www.w3.org/TR/sri-2/";
    HEADER_NOSNIFF "SBH-HDR-001" "X-Content-Type-Options is not nosniff" 693 MINOR
        "Send X-Content-Type-Options: nosniff."
        "https://fetch.spec.whatwg.org/#x-content-type-options-header";
    HEADER_FRAMING "SBH-HDR-002" "Any site can frame the page" 1021 DEFENCE
        "Send Content-Security-Policy: frame-ancestors 'none' or 'self'."
        "https://www.w3.org/TR/CSP3/#directive-frame-ancestors";
    HEADER_REFERRER "SBH-HDR-003" "The referrer policy tells other sites full addresses" 200 MINOR
        "Send Referrer-Policy: strict-origin-when-cross-origin or no-referrer."
        "https://www.w3.org/TR/referrer-policy/";
    HEADER_CORS "SBH-HDR-004" "Any site can read responses with the visitor's credentials" 942 CROSS_ORIGIN_READ
        "Answer with Access-Control-Allow-Origin for known origins only."
        "https://fetch.spec.whatwg.org/#http-cors-protocol";
    INFO_SERVER "SBH-INF-001" "The Server header tells a version" 200 NONE
        "Send the product name only, or nothing."
        "https://www.rfc-editor.org/rfc/rfc9110#section-10.2.4";
    INFO_POWERED_BY "SBH-INF-002" "X-Powered-By tells the technology" 200 NONE
        "Remove the header."
        "https://cwe.mitre.org/data/definitions/200.html";
    INFO_FRAMEWORK "SBH-INF-003" "A header tells the framework's version" 200 NONE
        "Remove the header."
        "https://cwe.mitre.org/data/definitions/200.html";
    INFO_STACK_TRACE "SBH-INF-004" "A response shows a stack trace" 209 EXPOSED
        "Answer errors with a page that says nothing of the code, and log the trace."
        "https://cwe.mitre.org/data/definitions/209.html";
    INFO_DEBUG_PAGE "SBH-INF-005" "A response is a framework's debug page" 489 EXPOSED
        "Turn off debug mode."
        "https://cwe.mitre.org/data/definitions/489.html";
    INFO_LISTING "SBH-INF-006" "A directory is listed" 548 EXPOSED
        "Turn off directory listings."
        "https://cwe.mitre.org/data/definitions/548.html";
    INFO_SOURCE_MAP "SBH-INF-007" "The page refers to source maps" 540 NONE
        "Do not publish source maps unless the source is public."
        "https://tc39.es/ecma426/";
    INFO_PRIVATE_ADDRESS "SBH-INF-008" "A header tells an address of the internal network" 200 OBSERVED
        "Let proxies remove or rewrite the header."
        "https://www.rfc-editor.org/rfc/rfc1918";
    INFO_ROBOTS "SBH-INF-009" "robots.txt names paths that look sensitive" 200 NONE
        "Protect the paths by access control; robots.txt is public."
        "https://www.rfc-editor.org/rfc/rfc9309#section-3";
    TXT_MISSING "SBH-TXT-001" "No security.txt" 1059 NONE
        "Publish /.well-known/security.txt with Contact and Expires."
        "https://www.rfc-editor.org/rfc/rfc9116";
    TXT_NO_CONTACT "SBH-TXT-002" "security.txt has no valid Contact" 1059 NONE
        "Add a Contact field with a mailto:, tel: or https: address."
        "https://www.rfc-editor.org/rfc/rfc9116#section-2.5.3";
    TXT_EXPIRES "SBH-TXT-003" "security.txt has no single valid Expires" 1059 NONE
        "Add one Expires field with an RFC 3339 date and time."
        "https://www.rfc-editor.org/rfc/rfc9116#section-2.5.5";
    TXT_EXPIRED "SBH-TXT-004" "security.txt has expired" 1059 NONE
        "Review the file and set a new Expires date within a year."
        "https://www.rfc-editor.org/rfc/rfc9116#section-2.5.5";
    TXT_NOT_HTTPS "SBH-TXT-005" "security.txt is not served over HTTPS" 319 NONE
        "Serve the file over HTTPS."
        "https://www.rfc-editor.org/rfc/rfc9116#section-3";
    TXT_TYPE "SBH-TXT-006" "security.txt is not text/plain in UTF-8" 1059 NONE
        "Send Content-Type: text/plain; charset=utf-8."
        "https://www.rfc-editor.org/rfc/rfc9116#section-3";
}
