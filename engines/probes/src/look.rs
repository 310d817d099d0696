//! Looking at an origin: which requests are made, in which order.

use chrono::{DateTime, Utc};
use sbh_egress::Guard;
use url::Url;

use crate::audit::{NotMeasured, Options};
use crate::error::ProbeError;
use crate::fetch::{FetchError, Fetcher, Visited};
use crate::observation::{Observation, Preflight, Response, is_loopback};
use crate::tls::{LegacyVersion, Session, TlsFacts};

/// What was seen and what was not.
pub(crate) struct Seen {
    pub(crate) observation: Observation,
    pub(crate) not_measured: Vec<NotMeasured>,
    pub(crate) requests: u32,
}

pub(crate) async fn look(
    target: &Url,
    guard: &Guard,
    options: &Options,
    now: DateTime<Utc>,
) -> Result<Seen, ProbeError> {
    let mut looker = Looker { fetcher: Fetcher::new(guard, options), not_measured: Vec::new() };
    let observation = looker.observe(target, options, now).await?;
    Ok(Seen { observation, not_measured: looker.not_measured, requests: looker.fetcher.requests() })
}

struct Looker<'a> {
    fetcher: Fetcher<'a>,
    not_measured: Vec<NotMeasured>,
}

impl Looker<'_> {
    async fn observe(
        &mut self,
        target: &Url,
        options: &Options,
        now: DateTime<Utc>,
    ) -> Result<Observation, ProbeError> {
        let mut target = target.clone();
        target.set_fragment(None);
        // The other scheme's port is known only if the target uses a default one.
        let both_schemes = target.port().is_none();
        let http = self.scheme(&target, "http", both_schemes).await;
        let https = self.scheme(&target, "https", both_schemes).await;
        let reason =
            [&https, &http].into_iter().flatten().find_map(|visited| visited.as_ref().err().map(ToString::to_string));
        let [http, https] = [http, https].map(|visited| visited.and_then(Result::ok));
        if http.is_none() && https.is_none() {
            return Err(ProbeError::Unreachable(reason.unwrap_or_default()));
        }
        let session = https.as_ref().and_then(|visited| visited.session.clone());
        let tls = self.tls(&target, session, both_schemes).await;
        self.note(options, both_schemes, &target);
        let mut observation = Observation {
            target,
            observed_at: now,
            http: http.map(|visited| visited.visit),
            https: https.map(|visited| visited.visit),
            both_schemes,
            preflight: None,
            security_txt: None,
            robots: None,
            missing: None,
            tls,
        };
        self.extras(&mut observation, options).await;
        Ok(observation)
    }

    /// Visits the target over `scheme`; `None` if the target's port serves the other one.
    async fn scheme(&mut self, target: &Url, scheme: &str, both: bool) -> Option<Result<Visited, FetchError>> {
        if target.scheme() != scheme && !both {
            return None;
        }
        let mut url = target.clone();
        url.set_scheme(scheme).ok()?;
        let visited = self.fetcher.visit(url).await;
        if let Err(error) = &visited {
            self.miss(&format!("page over {scheme}"), &error.to_string());
        }
        Some(visited)
    }

    async fn tls(&mut self, target: &Url, session: Option<Session>, both: bool) -> Option<TlsFacts> {
        let Some(session) = session else {
            let why = match (target.scheme(), both) {
                ("http", false) if is_loopback(target) => "the target is served over plain HTTP on this machine",
                ("http", false) => "the target's port serves plain HTTP",
                _ => "HTTPS did not answer",
            };
            self.miss("TLS versions and certificate", why);
            return None;
        };
        let mut url = target.clone();
        url.set_scheme("https").ok()?;
        let accepts_tls10 = self.fetcher.accepts_legacy(&url, LegacyVersion::Tls10).await;
        let accepts_tls11 = self.fetcher.accepts_legacy(&url, LegacyVersion::Tls11).await;
        for (name, answer) in [("TLS 1.0", accepts_tls10), ("TLS 1.1", accepts_tls11)] {
            if answer.is_none() {
                self.miss(name, "the server gave no answer that could be understood");
            }
        }
        if session.certificate.is_none() {
            self.miss("certificate", "it could not be parsed");
        }
        let Session { protocol, cipher_suite, certificate, .. } = session;
        Some(TlsFacts { protocol, cipher_suite, accepts_tls10, accepts_tls11, certificate })
    }

    fn note(&mut self, options: &Options, both: bool, target: &Url) {
        if !both {
            let other = if target.scheme() == "http" { "https" } else { "http" };
            self.miss(
                &format!("page over {other}"),
                "the target names a port, and the port of the other scheme is unknown",
            );
        }
        if options.preload.is_empty() {
            self.miss("HSTS preload list", "no list was given; hosts count as not preloaded");
        }
    }

    async fn extras(&mut self, observation: &mut Observation, options: &Options) {
        let Some(visit) = observation.page() else { return };
        let (origin, last) = (visit.start().clone(), visit.response.url.clone());
        if visit.response.truncated {
            self.miss("end of the page", "the body is longer than the limit or broke off");
        }
        if visit
            .response
            .headers
            .first("content-encoding")
            .is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"))
        {
            self.miss("content of the page", "the server compressed it without being asked");
        }
        match self.fetcher.preflight(&last).await {
            // An error status makes browsers fail the preflight whatever its headers say.
            Ok((status, headers)) if (200..300).contains(&status) => {
                observation.preflight = Some(Preflight { origin: options.cors_origin.clone(), headers });
            }
            Ok(_) => {}
            Err(error) => self.miss("cross-origin resource sharing", &error.to_string()),
        }
        observation.security_txt = self.extra(&origin, "/.well-known/security.txt").await;
        observation.robots = self.extra(&origin, "/robots.txt").await;
        observation.missing = self.extra(&origin, &options.missing_path).await;
    }

    async fn extra(&mut self, origin: &Url, path: &str) -> Option<Response> {
        let url = origin.join(path).ok()?;
        match self.fetcher.page(url).await {
            Ok(response) => Some(response),
            Err(error) => {
                self.miss(path, &error.to_string());
                None
            }
        }
    }

    fn miss(&mut self, what: &str, why: &str) {
        self.not_measured.push(NotMeasured { what: what.to_owned(), why: why.to_owned() });
    }
}
