//! Every result of the HTTP Observatory with its score modifier.
//!
//! Result names, modifiers and verdicts are those of the npm package `@mdn/mdn-http-observatory` 1.4.8 (algorithm version 4).

macro_rules! outcomes {
    ($($variant:ident $id:literal $modifier:literal $pass:ident $explanation:literal;)*) => {
        /// What one test of the Observatory found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Outcome {
            $(#[doc = $explanation] $variant,)*
        }

        impl Outcome {
            /// Every outcome, grouped by test, better ones first.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The result name which the Observatory reports.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// Points added to the score; negative ones are penalties.
            pub const fn modifier(self) -> i32 {
                match self { $(Self::$variant => $modifier,)* }
            }

            /// Whether the test counts as passed.
            pub const fn pass(self) -> bool {
                match self { $(Self::$variant => $pass,)* }
            }

            /// What the outcome means, in a sentence.
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }
        }
    };
}

outcomes! {
    CspDefaultNone "csp-implemented-with-no-unsafe-default-src-none" 10 true "The policy starts from default-src 'none' and allows nothing unsafe.";
    CspNoUnsafe "csp-implemented-with-no-unsafe" 5 true "The policy allows neither inline scripts nor eval.";
    CspUnsafeStyle "csp-implemented-with-unsafe-inline-in-style-src-only" 0 true "The policy is unsafe for styles only: inline, data: or any host.";
    CspInsecurePassive "csp-implemented-with-insecure-scheme-in-passive-content-only" -10 true "The policy of a secure page allows images or media over plain HTTP.";
    CspUnsafeEval "csp-implemented-with-unsafe-eval" -10 false "The policy allows eval.";
    CspUnsafeInline "csp-implemented-with-unsafe-inline" -20 false "The policy allows inline scripts, data: scripts, or scripts or plugins from any host.";
    CspInsecureScheme "csp-implemented-with-insecure-scheme" -20 false "The policy of a secure page allows active content over plain HTTP.";
    CspInvalid "csp-header-invalid" -25 false "The policy cannot be parsed.";
    CspMissing "csp-not-implemented" -25 false "There is no Content-Security-Policy.";
    CspReportOnly "csp-not-implemented-but-reporting-enabled" -25 false "The policy is only reported on, not enforced.";
    CspDuplicates "csp-implemented-but-duplicate-directives" 0 true "The policy is sound but names a reporting directive twice.";
    CookiesSameSite "cookies-secure-with-httponly-sessions-and-samesite" 5 true "All cookies are Secure and SameSite, session cookies are HttpOnly.";
    CookiesSecure "cookies-secure-with-httponly-sessions" 0 true "All cookies are Secure, session cookies are HttpOnly.";
    CookiesNone "cookies-not-found" 0 true "No cookie is set.";
    CookiesInsecureHsts "cookies-without-secure-flag-but-protected-by-hsts" -5 false "A cookie lacks Secure, but HSTS keeps it off plain HTTP.";
    CookiesSessionInsecureHsts "cookies-session-without-secure-flag-but-protected-by-hsts" -10 false "A session cookie lacks Secure, but HSTS keeps it off plain HTTP.";
    CookiesInsecure "cookies-without-secure-flag" -20 false "A cookie lacks Secure.";
    CookiesSameSiteInvalid "cookies-samesite-flag-invalid" -20 false "A cookie has an unknown SameSite value, or SameSite=None without Secure.";
    CookiesCsrfNoSameSite "cookies-anticsrf-without-samesite-flag" -20 false "An anti-CSRF token is set without SameSite.";
    CookiesSessionNotHttpOnly "cookies-session-without-httponly-flag" -30 false "A session cookie can be read by scripts.";
    CookiesSessionInsecure "cookies-session-without-secure-flag" -40 false "A session cookie travels over plain HTTP.";
    CorsNone "cross-origin-resource-sharing-not-implemented" 0 true "Other origins cannot read the content.";
    CorsPublic "cross-origin-resource-sharing-implemented-with-public-access" 0 true "Every origin can read the content, without credentials.";
    CorsRestricted "cross-origin-resource-sharing-implemented-with-restricted-access" 0 true "Some origins can read the content.";
    CorsUniversal "cross-origin-resource-sharing-implemented-with-universal-access" -50 false "Every origin can read the content with the visitor's credentials.";
    RedirectPreloaded "redirection-all-redirects-preloaded" 0 true "Every host on the way is in the HSTS preload list.";
    RedirectHttps "redirection-to-https" 0 true "Plain HTTP leads to HTTPS on the same host.";
    RedirectNoHttp "redirection-not-needed-no-http" 0 true "Plain HTTP is not served.";
    RedirectOffHost "redirection-off-host-from-http" -5 false "Plain HTTP leads to HTTPS on another host first, so that HSTS does not take hold.";
    RedirectLate "redirection-not-to-https-on-initial-redirection" -10 false "Plain HTTP leads to plain HTTP first and to HTTPS later.";
    RedirectNotHttps "redirection-not-to-https" -20 false "The redirects end at plain HTTP.";
    RedirectMissing "redirection-missing" -20 false "Plain HTTP is served without a redirect to HTTPS.";
    RedirectInvalidCert "redirection-invalid-cert" -20 false "A certificate on the way is not valid.";
    ReferrerPrivate "referrer-policy-private" 5 true "The referrer policy keeps paths from other origins.";
    ReferrerMissing "referrer-policy-not-implemented" 0 true "There is no Referrer-Policy; browsers use strict-origin-when-cross-origin.";
    ReferrerUnsafe "referrer-policy-unsafe" -5 false "The referrer policy tells other or insecure origins too much.";
    ReferrerInvalid "referrer-policy-header-invalid" -5 false "The referrer policy has no known value.";
    HstsPreloaded "hsts-preloaded" 5 true "The host is in the HSTS preload list.";
    HstsLong "hsts-implemented-max-age-at-least-six-months" 0 true "HSTS holds for at least six months.";
    HstsShort "hsts-implemented-max-age-less-than-six-months" -10 false "HSTS holds for less than six months.";
    HstsMissing "hsts-not-implemented" -20 false "There is no Strict-Transport-Security.";
    HstsInvalid "hsts-header-invalid" -20 false "Strict-Transport-Security cannot be parsed.";
    HstsNoHttps "hsts-not-implemented-no-https" -20 false "HSTS is impossible because HTTPS is not served.";
    HstsInvalidCert "hsts-invalid-cert" -20 false "HSTS is ignored because the certificate is not valid.";
    SriAllSecure "sri-implemented-and-all-scripts-loaded-securely" 5 true "Scripts are integrity-checked and come from the own site.";
    SriExternalSecure "sri-implemented-and-external-scripts-loaded-securely" 5 true "Scripts of others are integrity-checked and come over HTTPS.";
    SriNotHtml "sri-not-implemented-response-not-html" 0 true "The response is not HTML.";
    SriNoScripts "sri-not-implemented-but-no-scripts-loaded" 0 true "The page has no scripts.";
    SriOwnScripts "sri-not-implemented-but-all-scripts-loaded-from-secure-origin" 0 true "All scripts come from the own site.";
    SriExternalUnchecked "sri-not-implemented-but-external-scripts-loaded-securely" -5 false "Scripts of others come over HTTPS without an integrity check.";
    SriExternalInsecure "sri-implemented-but-external-scripts-not-loaded-securely" -20 false "Scripts of others are integrity-checked but come over plain or protocol-relative addresses.";
    SriExternalUncheckedInsecure "sri-not-implemented-and-external-scripts-not-loaded-securely" -50 false "Scripts of others come over plain or protocol-relative addresses without an integrity check.";
    NosniffSet "x-content-type-options-nosniff" 0 true "X-Content-Type-Options is nosniff.";
    NosniffMissing "x-content-type-options-not-implemented" -5 false "There is no X-Content-Type-Options.";
    NosniffInvalid "x-content-type-options-header-invalid" -5 false "X-Content-Type-Options has no known value.";
    FramesViaCsp "x-frame-options-implemented-via-csp" 5 true "Framing is restricted by the frame-ancestors directive.";
    FramesDenied "x-frame-options-sameorigin-or-deny" 0 true "X-Frame-Options denies foreign framing.";
    FramesAllowFrom "x-frame-options-allow-from-origin" 0 true "X-Frame-Options uses the withdrawn ALLOW-FROM.";
    FramesMissing "x-frame-options-not-implemented" -20 false "Any site can frame the page.";
    FramesInvalid "x-frame-options-header-invalid" -20 false "X-Frame-Options has no known value.";
    CorpSameOrigin "corp-implemented-with-same-origin" 10 true "Only the own origin can embed the content.";
    CorpSameSite "corp-implemented-with-same-site" 10 true "Only the own site can embed the content.";
    CorpCrossOrigin "corp-implemented-with-cross-origin" 0 true "Cross-Origin-Resource-Policy lets every origin embed the content.";
    CorpMissing "corp-not-implemented" 0 true "There is no Cross-Origin-Resource-Policy.";
    CorpInvalid "corp-header-invalid" -5 false "Cross-Origin-Resource-Policy has no known value.";
}

/// The outcome that stands later in `order`; one that is not listed there gives way.
pub(super) fn worse(new: Outcome, old: Option<Outcome>, order: &[Outcome]) -> Option<Outcome> {
    let rank = |outcome| order.iter().position(|listed| *listed == outcome);
    match old {
        Some(kept) if rank(new) <= rank(kept) => Some(kept),
        _ => Some(new),
    }
}
