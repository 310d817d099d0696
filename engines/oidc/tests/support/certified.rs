//! A certified provider as a process, and a browser without a window.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method};
use sbh_egress::{Client, ClientLimits, Fetched};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::mpsc;
use url::Url;

use super::guard;

/// npm's `oidc-provider`, ended when this is dropped.
pub struct Certified {
    pub issuer: String,
    /// The bodies that the provider posted to the hub's back channel.
    pub logouts: mpsc::UnboundedReceiver<String>,
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Certified {
    /// A provider whose clients are those of the engine's tests.
    pub async fn start() -> Self {
        let (back_channel, logouts) = back_channel().await;
        let hub = json!({
            "redirect_uri": "https://hub.example/sign-in/callback",
            "post_logout_redirect_uri": "https://hub.example/signed-out",
            "backchannel_logout_uri": back_channel,
            "audience": "https://hub.example/api",
            "scope": "runs:read runs:write",
        });
        let certified = Self::listen().await.serve(&hub).await;
        Self { logouts, ..certified }
    }

    /// A provider that says who it is, and waits to be told about its clients.
    pub async fn listen() -> Self {
        let folder = Path::new(super::PROVIDER);
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "this test needs npm's oidc-provider: `cargo xtask test` installs it, or `npm ci --ignore-scripts` in {}",
            folder.display()
        );
        let mut node = Command::new("node");
        node.arg(folder.join("server.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = node.kill_on_drop(true).spawn().expect("this test needs Node.js 20 or newer");
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let issuer = told(&mut output, "issuer").await.as_str().unwrap().to_owned();
        Self { issuer, logouts: mpsc::unbounded_channel().1, child, output }
    }

    /// Begins to serve these clients.
    pub async fn serve(mut self, hub: &Value) -> Self {
        self.child.stdin.as_mut().unwrap().write_all(format!("{hub}\n").as_bytes()).await.unwrap();
        told(&mut self.output, "ready").await;
        self
    }
}

impl Certified {
    /// An access token of a client for itself.
    pub async fn client_token(&self, client: &str, scope: &str, resource: &str) -> String {
        let mut headers = HeaderMap::new();
        let basic = format!("Basic {}", STANDARD.encode(format!("{client}:s3cret+%26+more")));
        headers.insert(AUTHORIZATION, HeaderValue::try_from(basic).unwrap());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let asked = [("grant_type", "client_credentials"), ("scope", scope), ("resource", resource)];
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish();
        let client = Client::new(guard(), ClientLimits::default()).unwrap();
        let endpoint = Url::parse(&format!("{}/token", self.issuer)).unwrap();
        let answer = client.send(Method::POST, &endpoint, headers, form.into()).await.unwrap();
        let answer: Value = serde_json::from_slice(&answer.body).unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

/// What a process says under a name in one of its lines of JSON.
pub async fn told(output: &mut Lines<BufReader<ChildStdout>>, name: &str) -> Value {
    loop {
        let line = output.next_line().await.unwrap().expect("the provider starts");
        if let Ok(Value::Object(mut told)) = serde_json::from_str(&line)
            && let Some(value) = told.remove(name)
        {
            return value;
        }
    }
}

/// Where the provider posts logout tokens, and what it posted.
async fn back_channel() -> (String, mpsc::UnboundedReceiver<String>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let take = |State(sender): State<mpsc::UnboundedSender<String>>, body: String| async move {
        sender.send(body).unwrap();
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/back-channel", listener.local_addr().unwrap());
    let router = Router::new().route("/back-channel", post(take)).with_state(sender);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, receiver)
}

/// Keeps cookies, fills in forms, and stops where an address leaves the provider.
pub struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
    home: String,
}

impl Browser {
    pub fn new(home: &str) -> Self {
        let limits = ClientLimits { max_redirects: None, ..ClientLimits::default() };
        let client = Client::new(guard(), limits).unwrap();
        Self { client, cookies: BTreeMap::new(), home: home.to_owned() }
    }

    /// Signs in as `login`, agrees to everything, and returns the address that the provider sends back to.
    pub async fn sign_in(&mut self, start: &Url, login: &str) -> Url {
        let mut page = self.open(start).await;
        loop {
            let form = match page {
                Page::Elsewhere(url) => return url,
                Page::Here(form) => form,
            };
            let prompt = form.hidden("prompt");
            let fields = [("prompt", prompt.as_str()), ("login", login), ("password", "any")];
            page = self.submit(&form.action(), &fields).await;
        }
    }

    /// Confirms the sign-out, and returns the address that the provider sends back to.
    pub async fn sign_out(&mut self, start: &Url) -> Url {
        let Page::Elsewhere(url) = self.sign_out_at(start).await else { panic!("the provider sends the browser back") };
        url
    }

    /// Confirms the sign-out, wherever that leads.
    pub async fn sign_out_at(&mut self, start: &Url) -> Page {
        let Page::Here(form) = self.open(start).await else { panic!("the provider asks before it signs out") };
        self.submit(&form.action(), &[("xsrf", &form.hidden("xsrf")), ("logout", "yes")]).await
    }

    pub async fn open(&mut self, url: &Url) -> Page {
        let fetched = self.ask(Method::GET, url, None).await;
        self.follow(fetched).await
    }

    async fn submit(&mut self, url: &Url, fields: &[(&str, &str)]) -> Page {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let fetched = self.ask(Method::POST, url, Some(form)).await;
        self.follow(fetched).await
    }

    async fn follow(&mut self, mut fetched: Fetched) -> Page {
        while fetched.status.is_redirection() {
            let location = fetched.headers[LOCATION].to_str().unwrap();
            let target = fetched.final_url.join(location).unwrap();
            if !target.as_str().starts_with(&self.home) {
                return Page::Elsewhere(target);
            }
            fetched = self.ask(Method::GET, &target, None).await;
        }
        let html = String::from_utf8_lossy(&fetched.body).into_owned();
        assert!(fetched.status.is_success(), "{}: {html}", fetched.status);
        Page::Here(Form { url: fetched.final_url, html })
    }

    async fn ask(&mut self, method: Method, url: &Url, form: Option<String>) -> Fetched {
        let mut headers = HeaderMap::new();
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        headers.insert(COOKIE, HeaderValue::try_from(cookies.join("; ")).unwrap());
        if form.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        }
        let fetched = self.client.send(method, url, headers, form.unwrap_or_default().into()).await.unwrap();
        for field in fetched.headers.get_all(SET_COOKIE) {
            let (name, value) = field.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        fetched
    }
}

/// Where a browser ended up.
pub enum Page {
    /// At a form of the provider.
    Here(Form),
    /// On its way to somebody else.
    Elsewhere(Url),
}

/// A page with a form.
pub struct Form {
    url: Url,
    html: String,
}

impl Form {
    fn action(&self) -> Url {
        self.url.join(&self.between("action=\"")).unwrap()
    }

    fn hidden(&self, name: &str) -> String {
        self.between(&format!("name=\"{name}\" value=\""))
    }

    fn between(&self, start: &str) -> String {
        let (_, rest) = self.html.split_once(start).unwrap_or_else(|| panic!("{start} in {}", self.html));
        rest.split('"').next().unwrap().replace("&amp;", "&")
    }
}
