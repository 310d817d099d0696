//! Which hosts belong together.

use std::net::IpAddr;

use url::Url;

/// The registrable domain of a page, or its host where there is none: an address, a single label, a public suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site(String);

impl Site {
    pub(crate) fn of(url: &str) -> Self {
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        Self(domain(&host).to_owned())
    }

    /// Whether `host` belongs to the same party.
    pub(crate) fn includes(&self, host: &str) -> bool {
        domain(host) == self.0
    }
}

/// The registrable domain of `host` by the ICANN section of the Public Suffix List, or else the host itself. As in Lighthouse, the
/// private section is left out.
pub(crate) fn domain(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    registrable(host).unwrap_or(host)
}

fn registrable(host: &str) -> Option<&str> {
    if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() || host.split('.').any(str::is_empty) {
        return None;
    }
    let mut suffix = psl::suffix_str(host)?;
    while psl::suffix(suffix.as_bytes()).is_some_and(|found| found.typ() == Some(psl::Type::Private)) {
        suffix = psl::suffix_str(suffix.split_once('.')?.1)?;
    }
    let rest = host.strip_suffix(suffix)?.strip_suffix('.')?;
    let start = rest.rfind('.').map_or(0, |dot| dot + 1);
    (!rest.is_empty()).then(|| &host[start..])
}

#[cfg(test)]
mod tests {
    use super::{Site, domain};

    #[test]
    fn subdomains_are_the_same_party_and_addresses_only_themselves() {
        let site = Site::of("https://shop.example.co.uk/cart");
        assert!(site.includes("cdn.example.co.uk") && site.includes("example.co.uk."));
        assert!(!site.includes("example.com") && !site.includes("other.co.uk"));
        assert!(Site::of("http://127.0.0.1:80/").includes("127.0.0.1"));
        assert!(!Site::of("http://127.0.0.1/").includes("localhost"));
        assert_eq!(
            (domain("a.b.github.io"), domain("localhost"), domain("[::1]")),
            ("github.io", "localhost", "[::1]")
        );
    }
}
