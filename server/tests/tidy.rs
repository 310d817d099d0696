//! The house keeps its order: which room may know which, and what no file may contain.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Most lines of a source file that is no test.
const LONGEST_FILE: usize = 450;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Rust files below a folder: path from the root, and text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn everything() -> Vec<(String, String)> {
    ["src", "engines", "sample", "migrations", "app", "server", "bench", "xtask", "fuzz"]
        .iter()
        .flat_map(|folder| sources(folder))
        .collect()
}

fn is_test(path: &str) -> bool {
    path.contains("/tests") || path.ends_with("tests.rs") || path.ends_with("testing.rs")
}

/// The part of a file before its inline tests.
fn product(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or(text);
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

#[track_caller]
fn none(what: &str, offenders: Vec<String>) {
    assert!(offenders.is_empty(), "{what}:\n{}", offenders.join("\n"));
}

fn mentions(folder: &str, words: &[&str]) -> Vec<String> {
    let hit = |(path, text): (String, String)| {
        let found: Vec<_> =
            words.iter().filter(|word| text.contains(**word)).map(|word| format!("{path}: {word}")).collect();
        found
    };
    sources(folder).into_iter().flat_map(hit).collect()
}

#[test]
fn the_core_knows_no_web_framework_and_no_page() {
    none("src/ must not know these", mentions("src", &["axum::", "use axum", "leptos", "hub_app", "tower_http"]));
}

/// What each package of the workspace needs beyond its tests, by the folder of its manifest.
fn needs() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version=1"];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let folder = |package: &Value| {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
        manifest.strip_prefix(root()).unwrap().display().to_string()
    };
    let names = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        let needed = all.filter(|dependency| dependency["kind"] != "dev");
        needed.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect()
    };
    metadata["packages"].as_array().unwrap().iter().map(|package| (folder(package), names(package))).collect()
}

/// What a package must not know: everything above it, and what its floor does without.
fn forbidden(folder: &str) -> &'static [&'static str] {
    match folder {
        engine if engine.starts_with("engines/") => {
            &["hub", "hub-app", "hub-migrations", "server", "sbh-sample", "sea-orm", "axum", "leptos", "leptos_axum"]
        }
        "" => &["hub-app", "server", "sbh-sample", "axum", "tower-http", "leptos", "leptos_axum"],
        "fuzz/targets" => &["hub-app", "server", "sea-orm", "axum", "leptos"],
        "sample" | "migrations" => &["hub", "hub-app", "server", "leptos"],
        "app" => &["server", "hub-migrations", "sea-orm", "sbh-load", "sbh-probes", "sbh-journey", "sbh-proof"],
        _ => &[],
    }
}

#[test]
fn packages_know_only_what_is_below_them() {
    let needs = needs();
    assert!(needs.keys().filter(|folder| folder.starts_with("engines/")).count() >= 6, "{:?}", needs.keys());
    assert!(needs["server"].contains("hub") && needs[""].contains("sbh-load"), "the packages were read");
    let hit = |(folder, needed): (&String, &BTreeSet<String>)| {
        let found = forbidden(folder).iter().filter(|name| needed.contains(**name));
        found.map(|name| format!("{folder}/Cargo.toml: {name}")).collect::<Vec<_>>()
    };
    none("imports only go down", needs.iter().flat_map(hit).collect());
}

#[test]
fn the_api_knows_no_page() {
    none("server/src/api must not know pages", mentions("server/src/api", &["hub_app", "leptos"]));
}

#[test]
fn a_store_is_known_to_its_own_capability_alone() {
    let hit = |(path, text): (String, String)| {
        let capability = path.split('/').nth(1).unwrap_or_default().to_owned();
        let foreign = [
            "identity",
            "systems",
            "lab",
            "gates",
            "compliance",
            "audit",
            "privacy",
            "sharing",
            "schedules",
            "notifications",
        ]
        .into_iter()
        .filter(|other| *other != capability && text.contains(&format!("{other}::store")));
        foreign.map(|other| format!("{path}: {other}::store")).collect::<Vec<_>>()
    };
    none("stores are private", sources("src").into_iter().flat_map(hit).collect());
    none("pages reach no store", mentions("app/src", &["::store::"]));
    none("the server reaches no store", mentions("server/src", &["::store::"]));
}

#[test]
fn platform_knows_no_capability() {
    let words = [
        "crate::lab",
        "crate::gates",
        "crate::systems",
        "crate::identity",
        "crate::compliance",
        "crate::audit",
        "crate::privacy",
        "crate::sharing",
        "crate::schedules",
        "crate::notifications",
        "crate::workspaces",
        "crate::library",
        "crate::tenants",
    ];
    let offenders = mentions("src/platform", &words)
        .into_iter()
        .filter(|line| !line.contains("testing.rs") && !line.contains("tests.rs"));
    none("imports only go down", offenders.collect());
}

#[test]
fn rules_are_pure() {
    let impure = ["Utc::now", "rand::", "sea_orm", "tokio", "std::fs", "std::env", "SystemTime"];
    let hit = |(path, text): (String, String)| {
        let found = impure.iter().filter(|word| text.contains(**word)).map(|word| format!("{path}: {word}"));
        found.collect::<Vec<_>>()
    };
    none(
        "rules know no clock, database or network",
        sources("src").into_iter().filter(|(path, _)| path.ends_with("rules.rs")).flat_map(hit).collect(),
    );
}

#[test]
fn files_are_short() {
    let long = |(path, text): &(String, String)| !is_test(path) && product(text).lines().count() > LONGEST_FILE;
    let named = |(path, text): (String, String)| format!("{path}: {} lines", text.lines().count());
    none("a second room is wanted", everything().into_iter().filter(long).map(named).collect());
}

#[test]
fn nothing_is_left_for_later_and_nothing_names_this_machine() {
    let words =
        [["TO", "DO"], ["FIX", "ME"], ["todo", "!("], ["unimplemented", "!("], ["dbg", "!("], ["/work", "/main"]]
            .map(|parts| parts.concat());
    let hit = |(path, text): (String, String)| {
        let found = words.iter().filter(|word| text.contains(*word)).map(|word| format!("{path}: {word}"));
        found.collect::<Vec<_>>()
    };
    none("these words do not belong here", everything().into_iter().flat_map(hit).collect());
}

#[test]
fn the_product_never_unwraps() {
    let hit = |(path, text): &(String, String)| !is_test(path) && product(text).contains(".unwrap()");
    let offenders = everything().into_iter().filter(hit).map(|(path, _)| path);
    none("say why it can't fail, with expect", offenders.collect());
}

#[test]
fn lints_are_expected_with_a_reason() {
    let bare = |text: &str| text.contains("#[allow(") || text.contains("#![allow(");
    let hit = |(path, text): &(String, String)| !is_test(path) && bare(text);
    none("use #[expect(…, reason = …)]", everything().into_iter().filter(hit).map(|(path, _)| path).collect());
}

/// The file that evidence such as `path/to/file.rs::test_name` or `end2end/x.spec.ts: title` names, and what the file
/// says where the test is; nothing for evidence that names no test.
fn named_test(evidence: &str) -> Option<(&str, String)> {
    if let Some((path, name)) = evidence.split_once("::") {
        return path.ends_with(".rs").then(|| (path, format!("fn {name}(")));
    }
    let (path, title) = evidence.split_once(": ")?;
    path.ends_with(".spec.ts").then(|| (path, format!("test(\"{title}\"")))
}

fn says(path: &str, words: &str) -> bool {
    fs::read_to_string(root().join(path)).is_ok_and(|text| text.contains(words))
}

#[test]
fn every_test_that_the_security_table_names_exists() {
    let document = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let named: Vec<_> = document.split('`').skip(1).step_by(2).filter_map(named_test).collect();
    assert!(named.len() >= 100, "docs/security.md names {} tests", named.len());
    let missing = named.iter().filter(|(path, words)| !says(path, words));
    none("docs/security.md names these", missing.map(|(path, words)| format!("{path}: {words}")).collect());
}

#[test]
fn the_security_table_agrees_with_its_counts_and_its_list() {
    let document = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let is_requirement = |row: &Vec<String>| row.len() == 7 && row[1].split('.').count() == 3;
    let rows: Vec<_> = document.lines().map(cells).filter(is_requirement).collect();
    for state in ["met", "partly", "not met", "does not apply"] {
        let count = |level: &str| rows.iter().filter(|row| row[4] == state && row[2] == level).count();
        let (one, two) = (count("1"), count("2"));
        let told = format!("| {state} | {one} | {two} | {} |", one + two);
        assert!(document.contains(&told), "docs/security.md does not say {told}");
    }
    let listed = |row: &Vec<String>| document.contains(&format!("\n- **{}** ", row[1]));
    let wrong = rows.iter().filter(|row| (row[4] == "not met") != listed(row));
    none("not met and not listed, or the other way round", wrong.map(|row| row[1].clone()).collect());
}
