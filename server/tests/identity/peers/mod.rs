//! Identity providers that others wrote, as processes, and browsers that go there and come back.

pub mod saml;

use crate::support::{Client, Reply, TestHub, send};
use reqwest::{
    Method,
    header::{COOKIE, SET_COOKIE},
};
use sbh_egress::{Guard, Policy};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use url::Url;

// The certified provider that the engine is tested with.
#[path = "../../../../engines/oidc/tests/support/certified.rs"]
#[expect(dead_code, reason = "the engine's tests use the rest of it")]
pub mod certified;

/// The folder of the certified provider.
pub const PROVIDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../engines/oidc/tests/provider");

/// The Python that has what others wrote: what SBH_PEERS_PYTHON names, else what `cargo xtask test` installed.
pub fn python() -> PathBuf {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/xtask/peers/venv/bin/python");
    let python = std::env::var_os("SBH_PEERS_PYTHON").map_or(installed, PathBuf::from);
    assert!(
        python.is_file(),
        "this test needs packages of PyPI: `cargo xtask test` installs them, or name a Python that has \
         server/tests/identity/peers/requirements.txt in SBH_PEERS_PYTHON"
    );
    python
}

/// A guard that lets the browser reach loopback.
pub fn guard() -> Guard {
    Guard::new(Policy { loopback: true, ..Policy::default() })
}

/// A browser at the hub: it keeps every cookie, and follows no redirect by itself.
pub struct Tab {
    address: SocketAddr,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl Tab {
    pub fn open(hub: &TestHub) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { address: hub.address(), http, cookies: BTreeMap::new() }
    }

    /// The browser of somebody who signed in already.
    pub fn of(hub: &TestHub, client: &Client) -> Self {
        let (name, value) = client.cookie().unwrap().split_once('=').unwrap();
        Self { cookies: [(name.to_owned(), value.to_owned())].into(), ..Self::open(hub) }
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], None).await
    }

    /// Follows a link of the hub's own page.
    pub async fn follow(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, &[("sec-fetch-site", "same-origin")], None).await
    }

    /// Sends an empty form of the hub's own page.
    pub async fn submit(&mut self, path: &str) -> Reply {
        let headers = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];
        self.send(Method::POST, path, &headers, Some(&[])).await
    }

    /// Sends the form of another site's page; browsers send no cookies along.
    pub async fn post_from_elsewhere(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let kept = std::mem::take(&mut self.cookies);
        let headers = [("sec-fetch-site", "cross-site"), ("origin", "https://id.example.com")];
        let reply = self.send(Method::POST, path, &headers, Some(fields)).await;
        let given = std::mem::replace(&mut self.cookies, kept);
        self.cookies.extend(given);
        reply
    }

    /// Comes back from a provider to where it was sent.
    pub async fn come_back(&mut self, to: &Url) -> Reply {
        assert_eq!(to.socket_addrs(|| None).unwrap(), [self.address], "{to} is the hub");
        self.get(&to[url::Position::BeforePath..]).await
    }

    /// Takes over a cookie of another browser.
    pub fn take(&mut self, name: &str, from: &Self) {
        let value = from.cookies.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", from.cookies.keys()));
        self.cookies.insert(name.to_owned(), value.clone());
    }

    /// Who is signed in.
    pub async fn me(&mut self) -> Reply {
        self.get("/api/auth/me").await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
    ) -> Reply {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.http.request(method, format!("http://{}{path}", self.address));
        request = request.header(COOKIE, cookies.join("; "));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(form) = form {
            request = request.form(form);
        }
        let reply = send(request).await;
        for field in reply.headers.get_all(SET_COOKIE) {
            let (name, value) = field.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        reply
    }
}

/// Where an answer leads.
#[track_caller]
pub fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text());
    reply.header("location").unwrap().to_owned()
}

/// Adds a provider with these settings beside the usual ones.
pub async fn add(admin: &Client, protocol: Value, more: Value) -> Value {
    let mut body = json!({ "name": "Example", "just_in_time": true, "default_role": "member", "protocol": protocol });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    admin.post("/api/auth/providers", &body).await.expect(201)
}

/// Why the sign-in page says that somebody did not get in.
pub async fn refusal(tab: &mut Tab, reply: &Reply) -> String {
    let to = location(reply);
    assert!(["/sign-in?refused=1", "/sign-in?unasked=1"].contains(&to.as_str()), "{to}");
    let page = tab.get(&to).await.text();
    let notice = page.split("role=\"alert\"").nth(1).unwrap_or_else(|| panic!("no alert in {page}"));
    notice.split("</p>").next().unwrap().to_owned()
}
