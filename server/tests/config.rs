//! The configuration: what is wrong keeps the hub from starting, all of it at once, and secrets stay secret.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use server::config::{Config, Faults, SmsGateway};
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn parse(variables: &[(&str, &str)]) -> Result<Config, Faults> {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Config::parse(&variables.iter().map(pair).collect::<BTreeMap<_, _>>())
}

#[test]
fn nothing_has_to_be_set_in_development() {
    let config = parse(&[]).unwrap();
    assert_eq!((config.port, config.rate_limit_per_minute, config.bench_max_vus), (3000, 30, 200));
    assert_eq!(config.database_url.0, "sqlite://data/sbh.db?mode=rwc");
    assert_eq!(config.artifact_retention_days, Some(365));
    assert_eq!(parse(&[("ARTIFACT_RETENTION_DAYS", "0")]).unwrap().artifact_retention_days, None, "for ever");
    assert!(config.is_development() && !config.allow_loopback && !config.is_https());
}

#[test]
fn each_wrong_value_is_named_with_what_is_allowed() {
    for (name, value, allowed) in [
        ("ENVIRONMENT", "staging", "development or production"),
        ("HOST", "localhost", "IP address"),
        ("PORT", "65536", "0 to 65535"),
        ("PORT", "-1", "0 to 65535"),
        ("SECRET_KEY", "short", "32 characters"),
        ("DATABASE_URL", "mysql://localhost/x", "postgres://"),
        ("DATABASE_URL", "sqlite::memory:", "sqlite://PATH"),
        ("DATABASE_URL", "postgres://localhost", "DATABASE"),
        ("RATE_LIMIT_PER_MINUTE", "0", "1 to 1000000"),
        ("RATE_LIMIT_PER_MINUTE", "many", "whole number"),
        ("RATE_LIMIT_TENANT_PER_MINUTE", "0", "1 to 10000000"),
        ("RATE_LIMIT_SIGN_IN_PER_MINUTE", "0", "1 to 1000000"),
        ("REDIS_URL", "http://127.0.0.1", "redis://"),
        ("REDIS_URL", "rediss://127.0.0.1", "redis://"),
        ("BENCH_MAX_VUS", "10001", "1 to 10000"),
        ("BENCH_DEVICE_MATRIX", "desktop,watch", "desktop, tablet and mobile"),
        ("BENCH_DEVICE_MATRIX", "mobile,mobile", "desktop, tablet and mobile"),
        ("BENCH_DURATION_S", "1.5", "whole number"),
        ("ARTIFACT_RETENTION_DAYS", "-1", "0 to 36500"),
        ("FEATURE_BENCHMARK_LAB", "yes", "true or false"),
        ("FEATURE_QUALITY_GATES", "1", "true or false"),
        ("FEATURE_COMPLIANCE_EVIDENCE", "TRUE", "true or false"),
        ("FEATURE_WORKSPACES", "off", "true or false"),
        ("WORKSPACE_MAX_MEMBERS", "0", "1 to 100000"),
        ("WORKSPACE_MAX_SHARED_ASSETS", "lots", "whole number"),
        ("ENABLE_TRACING", "on", "true or false"),
        ("OTLP_ENDPOINT", "collector:4317", "http or https URL"),
        ("EGRESS_ALLOW_LOOPBACK", "maybe", "true or false"),
        ("SMS_GATEWAY", "pigeon", "none, console or twilio"),
        ("SMS_TWILIO_URL", "api.twilio.com", "http or https URL"),
        ("SMS_TWILIO_ACCOUNT_SID", "AC/..", "letters and digits"),
        ("SMS_TWILIO_FROM", "a name that is too long", "+15005550006"),
        ("SMS_ALLOWED_COUNTRIES", "DE", "1 to 3 digits"),
        ("SMS_ALLOWED_COUNTRIES", "49,0", "1 to 3 digits"),
        ("SMS_TENANT_PER_HOUR", "0", "1 to 10000"),
        ("JOB_LEASE_S", "61", "5 to 60"),
        ("JOB_WORKERS", "0", "1 to 64"),
        ("LOG_LEVEL", "loud", "off, error"),
        ("PUBLIC_URL", "https://hub.example.com/path", "without a path"),
        ("PUBLIC_URL", "hub.example.com", "http or https URL"),
        ("TRUST_PROXY", "2", "true or false"),
    ] {
        let Err(Faults(faults)) = parse(&[(name, value)]) else { panic!("{name}={value} was taken") };
        assert_eq!(faults.len(), 1, "{name}={value}: {faults:?}");
        assert_eq!(faults[0].name, name);
        assert!(faults[0].allowed.contains(allowed), "{}", faults[0]);
    }
}

#[test]
fn all_faults_are_told_at_once_and_no_secret_is() {
    let wrong =
        [("PORT", "x"), ("SECRET_KEY", "hunter2"), ("JOB_WORKERS", "-"), ("DATABASE_URL", "mysql://u:hunter2@h/d")];
    let message = parse(&wrong).unwrap_err().to_string();
    for (name, _) in wrong {
        assert!(message.contains(name), "{message}");
    }
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn production_needs_a_secret_and_does_not_reach_itself() {
    let Err(Faults(faults)) = parse(&[("ENVIRONMENT", "production"), ("EGRESS_ALLOW_LOOPBACK", "true")]) else {
        panic!("production without a secret was taken")
    };
    let names: Vec<_> = faults.iter().map(|fault| fault.name).collect();
    assert_eq!(names, ["SECRET_KEY", "EGRESS_ALLOW_LOOPBACK"]);
    assert!(parse(&[("ENVIRONMENT", "production"), ("SECRET_KEY", SECRET)]).is_ok());
}

#[test]
fn a_gateway_for_text_messages_is_whole_or_refused() {
    let names = |variables: &[(&str, &str)]| {
        let Err(Faults(faults)) = parse(variables) else { panic!("{variables:?} was taken") };
        faults.iter().map(|fault| fault.name).collect::<Vec<_>>()
    };
    let twilio = ("SMS_GATEWAY", "twilio");
    let (account, token) = (("SMS_TWILIO_ACCOUNT_SID", "AC1"), ("SMS_TWILIO_AUTH_TOKEN", "hunter2"));
    let (from, service) = (("SMS_TWILIO_FROM", "+15005550006"), ("SMS_TWILIO_MESSAGING_SERVICE_SID", "MG1"));
    assert_eq!(names(&[twilio]), ["SMS_TWILIO_ACCOUNT_SID", "SMS_TWILIO_AUTH_TOKEN", "SMS_TWILIO_FROM"]);
    assert_eq!(names(&[twilio, account, token, from, service]), ["SMS_TWILIO_FROM"], "one of the two");
    let config = parse(&[twilio, account, token, service, ("SMS_ALLOWED_COUNTRIES", "49, 43")]).unwrap();
    assert!(matches!(config.sms.gateway, SmsGateway::Twilio { .. }));
    assert_eq!(config.sms.allowed_countries, [49, 43]);
    let production = [("ENVIRONMENT", "production"), ("SECRET_KEY", SECRET)];
    let plain = ("SMS_TWILIO_URL", "http://gateway.example.com");
    assert_eq!(names(&[production[0], production[1], twilio, account, token, from, plain]), ["SMS_TWILIO_URL"]);
    assert_eq!(names(&[production[0], production[1], ("SMS_GATEWAY", "console")]), ["SMS_GATEWAY"]);
    assert!(parse(&[("SMS_GATEWAY", "console")]).is_ok());
}

#[test]
fn tracing_needs_somewhere_to_go() {
    assert_eq!(parse(&[("ENABLE_TRACING", "true")]).unwrap_err().0[0].name, "OTLP_ENDPOINT");
    let endpoint = ("OTLP_ENDPOINT", "http://127.0.0.1:4317");
    assert!(parse(&[("ENABLE_TRACING", "true"), endpoint]).unwrap().otlp_endpoint.is_some());
    assert!(parse(&[endpoint]).unwrap().otlp_endpoint.is_none());
}

fn sbh(folder: &std::path::Path, command: &str, variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut sbh = Command::new(env!("CARGO_BIN_EXE_sbh"));
    sbh.arg(command).current_dir(folder).env_clear().envs(variables.iter().copied());
    let output = sbh.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_prints_every_variable_with_its_source_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let database = "postgres://hub:hunter2@db.example.com:5432/hub?password=hunter2";
    let (code, printed, _) = sbh(
        folder.path(),
        "config",
        &[("SECRET_KEY", SECRET), ("DATABASE_URL", database), ("PORT", "4000"), ("SMS_TWILIO_AUTH_TOKEN", "hunter2")],
    );
    assert_eq!(code, Some(0));
    assert!(printed.contains("PORT=4000 # environment") && printed.contains("HOST=127.0.0.1 # default"), "{printed}");
    assert!(
        printed.contains("DATABASE_URL=postgres://hub:") && printed.contains("@db.example.com:5432/hub"),
        "{printed}"
    );
    assert!(!printed.contains("hunter2") && !printed.contains(SECRET), "{printed}");
}

#[test]
fn a_wrong_value_ends_the_start_with_wrong_use() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["serve", "config"] {
        let (code, _, complaint) = sbh(folder.path(), command, &[("PORT", "99999")]);
        assert_eq!(code, Some(2));
        assert!(complaint.contains("PORT=99999: allowed is a port"), "{complaint}");
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing was begun");
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    for (name, value) in [("DATA_DIR", "file/below"), ("EVIDENCE_BUNDLE_PATH", "file/below")] {
        let (code, _, complaint) = sbh(
            folder.path(),
            "serve",
            &[(name, value), ("PORT", "0"), ("DATABASE_URL", "sqlite://own/sbh.db?mode=rwc")],
        );
        assert_eq!(code, Some(1), "{complaint}");
        assert!(complaint.contains(name), "{complaint}");
    }
}

#[test]
fn every_variable_is_documented_and_nothing_else_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
    let documentation = std::fs::read_to_string(path).unwrap();
    let rows = documentation.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let documented: BTreeSet<_> = rows.flat_map(|names| names.split(", ")).map(|name| name.replace('`', "")).collect();
    let config = parse(&[]).unwrap();
    let known: BTreeSet<_> = config.entries().iter().map(|entry| entry.name.to_owned()).collect();
    assert_eq!(documented, known);
}
