//! Ordinary Hurl files run unchanged: the verdict, the failed lines and, where a stock `hurl` is given in `HURL_BIN`, its verdicts and captures.
//!
//! The first line of each file in `tests/hurl` says what is expected: `# pass`, `# fail: 5 6` (lines of failed asserts) or `# error: 2`
//! (lines of other errors).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "counting requests is for other tests")]
mod server;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sbh_egress::{Guard, Policy};
use sbh_journey::{Journey, Outcome, RunOptions, Scalar, Variable, run};
use serde_json::Value;
use server::{Server, Shared, app};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

struct House {
    server: Server,
    tls_url: String,
    folder: TempDir,
}

impl House {
    async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        copy(&corpus().join("files"), &folder.path().join("files"));
        let tls_url = tls(folder.path()).await;
        Self { server: Server::start().await, tls_url, folder }
    }

    fn options(&self) -> RunOptions {
        let variables = [
            ("tls_url", Variable::text(&self.tls_url)),
            ("name", Variable::text("Ada")),
            ("file", Variable::text("note")),
            ("count", Variable::Public(Scalar::Integer(3))),
            ("truth", Variable::Public(Scalar::Boolean(true))),
            ("ratio", Variable::Public(Scalar::Float(0.5))),
        ];
        RunOptions {
            base_url: Some(self.server.url.parse().unwrap()),
            variables: variables.map(|(name, value)| (name.to_owned(), value)).into(),
            folder: Some(self.folder.path().to_owned()),
            ..RunOptions::default()
        }
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hurl")
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(corpus()).unwrap().map(|f| f.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "hurl"));
    files.sort();
    files
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// Serves the same routes over TLS and leaves the certificate in the folder.
async fn tls(folder: &Path) -> String {
    use rustls::pki_types::PrivateKeyDer;
    let issued = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    fs::write(folder.join("ca.pem"), issued.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(serve_tls(listener, acceptor));
    url
}

async fn serve_tls(listener: tokio::net::TcpListener, acceptor: tokio_rustls::TlsAcceptor) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                let service = hyper_util::service::TowerToHyperService::new(app(Shared::default()));
                let io = hyper_util::rt::TokioIo::new(stream);
                let _ = hyper::server::conn::http1::Builder::new().serve_connection(io, service).await;
            }
        });
    }
}

/// What the first line promises: lines of failed asserts and lines of errors.
fn promised(text: &str) -> (Vec<usize>, Vec<usize>) {
    let first = text.lines().next().unwrap();
    let lines = |list: &str| list.split_whitespace().map(|n| n.parse().unwrap()).collect();
    match first.strip_prefix("# ").unwrap() {
        "pass" => (vec![], vec![]),
        other => match other.split_once(": ").unwrap() {
            ("fail", list) => (lines(list), vec![]),
            ("error", list) => (vec![], lines(list)),
            _ => panic!("{first}"),
        },
    }
}

fn failures(outcome: &Outcome) -> (Vec<usize>, Vec<usize>) {
    let asserts = outcome.entries.iter().flat_map(|e| &e.asserts);
    let errors = outcome.entries.iter().flat_map(|e| &e.errors);
    (asserts.filter(|a| !a.success).map(|a| a.line).collect(), errors.filter_map(|e| e.line).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_file_has_its_promised_verdict() {
    let house = House::open().await;
    let guard = Guard::new(Policy { loopback: true, ..Policy::default() });
    let (files, mut wrong) = (files(), Vec::new());
    assert!(files.len() >= 40, "{} files", files.len());
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let journey = Journey::parse(name, &text).unwrap_or_else(|e| panic!("{e}"));
        let outcome = run(&journey, &house.options(), &guard, &CancellationToken::new()).await;
        let expected = promised(&text);
        let passed = expected == (vec![], vec![]);
        if failures(&outcome) != expected || outcome.success != passed {
            wrong.push(format!("{name}: {:?} {}", failures(&outcome), serde_json::to_string(&outcome).unwrap()));
        }
        let failed = outcome.entries.iter().flat_map(|e| &e.asserts).filter(|a| !a.success);
        for assert in failed {
            let sentence = assert.message.as_deref().unwrap_or_default();
            let says_both = sentence.starts_with("Expected ") && sentence.contains(", but ");
            if !says_both && !sentence.starts_with("The filter cannot take") {
                wrong.push(format!("{name} line {}: {sentence:?}", assert.line));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_hurl_agrees() {
    let Some(binary) = std::env::var_os("HURL_BIN") else {
        eprintln!("HURL_BIN is not set; nothing is compared");
        return;
    };
    let guard = Guard::new(Policy { loopback: true, ..Policy::default() });
    let mut differences = Vec::new();
    for path in files() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // Each side gets its own server, because some routes count.
        let (ours, theirs) = (House::open().await, House::open().await);
        let journey = Journey::parse(&name, &fs::read_to_string(&path).unwrap()).unwrap();
        let outcome = run(&journey, &ours.options(), &guard, &CancellationToken::new()).await;
        let report = stock(Path::new(&binary), &path, &theirs);
        let (mine, stock) = (comparable(&outcome, &ours), comparable_stock(&report, &theirs, journey.source()));
        if mine != stock {
            differences.push(format!("{name}:\n  ours  {mine:?}\n  stock {stock:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn stock(binary: &Path, file: &Path, house: &House) -> Value {
    let folder = house.folder.path();
    let report = folder.join("report");
    fs::copy(file, folder.join("journey.hurl")).unwrap();
    let mut command = Command::new(binary);
    command.current_dir(folder).arg("--report-json").arg(&report);
    let typed = [
        ("base_url", house.server.url.as_str()),
        ("tls_url", &house.tls_url),
        ("name", "Ada"),
        ("file", "note"),
        ("count", "3"),
        ("truth", "true"),
        ("ratio", "0.5"),
    ];
    for (name, value) in typed {
        command.arg("--variable").arg(format!("{name}={value}"));
    }
    command.arg("--noproxy").arg("*").arg("journey.hurl").output().unwrap();
    let text = fs::read_to_string(report.join("report.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()[0].clone()
}

/// Lines and verdicts.
type Asserts = Vec<(usize, bool)>;
type Entry = (usize, Asserts, BTreeMap<String, String>);
type Comparable = (bool, Vec<Entry>);

/// Values that differ between any two runs.
const OWN: [&str; 2] = ["c_duration", "subject"];

fn comparable(outcome: &Outcome, house: &House) -> Comparable {
    let entry = |e: &sbh_journey::EntryOutcome| {
        let captures = e.captures.iter().filter(|c| !OWN.contains(&c.name.as_str()) && !c.secret);
        let captures = captures.map(|c| (c.name.clone(), neutral(&c.value, house))).collect();
        (e.index, e.asserts.iter().map(|a| (a.line, a.success)).collect::<Asserts>(), captures)
    };
    (outcome.success, outcome.entries.iter().map(entry).collect())
}

fn comparable_stock(report: &Value, house: &House, source: &str) -> Comparable {
    let mut entries: Vec<Entry> = Vec::new();
    let all = report["entries"].as_array().unwrap();
    for (position, entry) in all.iter().enumerate() {
        let index = entry["index"].as_u64().unwrap();
        let asserts = entry["asserts"].as_array().unwrap();
        let failed = asserts.iter().any(|a| a["success"] == false);
        // An attempt that was followed by another.
        if failed && all.get(position + 1).is_some_and(|next| next["index"] == index) {
            continue;
        }
        let captures = entry["captures"].as_array().unwrap().iter();
        let captures = captures.filter(|c| !OWN.contains(&c["name"].as_str().unwrap()) && c["value"] != "***");
        let captures = captures.map(|c| (c["name"].as_str().unwrap().to_owned(), neutral(&shown(&c["value"]), house)));
        let asserts = asserts.iter().map(|a| (a["line"].as_u64().unwrap() as usize, a["success"].as_bool().unwrap()));
        // The first assert is the version's, and `HTTP` alone means any.
        let any = |line: usize| source.lines().nth(line - 1).unwrap().starts_with("HTTP ");
        let asserts = asserts.enumerate().filter(|(position, (line, _))| *position > 0 || !any(*line)).map(|(_, a)| a);
        entries.push((index as usize, asserts.collect(), captures.collect()));
    }
    (report["success"].as_bool().unwrap(), entries)
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn neutral(value: &str, house: &House) -> String {
    let value = value.replace(&house.server.url, "BASE");
    // Bytes are Base64 in stock reports and hexadecimal in ours.
    use base64::Engine;
    match base64::engine::general_purpose::STANDARD.decode(&value) {
        Ok(bytes) if matches!(bytes.len(), 16 | 32) => hex::encode(bytes),
        _ => value,
    }
}
