//! `Set-Cookie` parsing and storage (RFC 6265, sections 5.2 and 5.3, with the name prefixes of RFC 6265bis). Values are never kept.

use std::collections::BTreeMap;
use std::net::IpAddr;

use url::Url;

use crate::domain;
use crate::text;

/// The `SameSite` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// `Strict`
    Strict,
    /// `Lax`
    Lax,
    /// `None`
    None,
}

/// A cookie without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Cookie name.
    pub name: String,
    /// `Domain` attribute, lower case, without a leading dot.
    pub domain: Option<String>,
    /// `Path` attribute if it starts with `/`.
    pub path: Option<String>,
    /// `Secure` attribute.
    pub secure: bool,
    /// `HttpOnly` attribute.
    pub http_only: bool,
    /// `SameSite` attribute if it has a known value.
    pub same_site: Option<SameSite>,
    /// Whether `SameSite` is present with a value that no browser knows.
    pub same_site_invalid: bool,
    /// Whether it outlives the browser session (`Expires` or `Max-Age`).
    pub persistent: bool,
}

impl Cookie {
    /// Parses one `Set-Cookie` value; `None` without a name.
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = text::trim(header).split(';');
        let pair = parts.next()?.split(['\n', '\r', '\0']).next()?;
        let (name, value) = pair.split_once('=')?;
        let name = text::trim(name);
        let control = |text: &str| text.chars().any(|c| c < ' ');
        if pair.starts_with('=') || control(name) || control(text::trim(value)) {
            return None;
        }
        let mut cookie = Self {
            name: name.to_owned(),
            domain: None,
            path: None,
            secure: false,
            http_only: false,
            same_site: None,
            same_site_invalid: false,
            persistent: false,
        };
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            cookie.set(&text::trim(key).to_lowercase(), text::trim(value));
        }
        Some(cookie)
    }

    fn set(&mut self, key: &str, value: &str) {
        match key {
            "domain" => self.set_domain(value),
            "path" => self.path = value.starts_with('/').then(|| value.to_owned()),
            "secure" => self.secure = true,
            "httponly" => self.http_only = true,
            "samesite" => self.set_same_site(value),
            "expires" | "max-age" => self.persistent |= !value.is_empty(),
            _ => {}
        }
    }

    fn set_domain(&mut self, value: &str) {
        let domain = value.strip_prefix('.').unwrap_or(value);
        if !domain.is_empty() {
            self.domain = Some(domain.to_lowercase());
        }
    }

    fn set_same_site(&mut self, value: &str) {
        self.same_site = match value.to_lowercase().as_str() {
            "strict" => Some(SameSite::Strict),
            "lax" => Some(SameSite::Lax),
            "none" => Some(SameSite::None),
            _ => None,
        };
        self.same_site_invalid = self.same_site.is_none();
    }

    /// Whether the promise of a `__Secure-` or `__Host-` name is kept, given that the cookie was set on `url`.
    pub fn keeps_prefix(&self, url: &Url) -> bool {
        if self.name.starts_with("__Secure-") {
            return self.secure;
        }
        if self.name.starts_with("__Host-") {
            return self.secure && self.domain.is_none() && self.effective_path(url) == "/";
        }
        true
    }

    /// Whether the name is that of a login or session identifier, as the Observatory tells it.
    pub fn is_session(&self) -> bool {
        let name = self.name.to_lowercase();
        name.contains("login") || name.contains("sess")
    }

    fn effective_path(&self, url: &Url) -> String {
        if let Some(path) = &self.path {
            return path.clone();
        }
        let path = url.path();
        match path.rfind('/') {
            Some(0) | None => "/".to_owned(),
            Some(end) => path[..end].to_owned(),
        }
    }

    /// Whether a browser on `host` accepts the `Domain` attribute (section 5.3, steps 5 and 6).
    fn domain_accepted(&self, host: &str) -> bool {
        let Some(domain) = &self.domain else { return true };
        if !domain::may_hold_cookies(domain) {
            return false;
        }
        let is_ip = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        host == domain
            || (!is_ip && host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1))
    }
}

/// The cookies that a browser holds after a visit.
#[derive(Debug, Default)]
pub struct Jar(BTreeMap<(String, String, String), Cookie>);

impl Jar {
    /// Takes a `Set-Cookie` value received from `url`; what a browser refuses is ignored.
    pub fn set(&mut self, header: &str, url: &Url) {
        let host = url.host_str().unwrap_or_default().to_lowercase();
        let Some(cookie) = Cookie::parse(header) else { return };
        if !cookie.domain_accepted(&host) || !cookie.keeps_prefix(url) {
            return;
        }
        let key = (cookie.domain.clone().unwrap_or(host), cookie.effective_path(url), cookie.name.clone());
        self.0.insert(key, cookie);
    }

    /// The cookies held.
    pub fn cookies(&self) -> impl Iterator<Item = &Cookie> {
        self.0.values()
    }
}
