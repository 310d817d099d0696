//! Every target with its corpus, and with mutations of it: seeded and bounded by counts, so that two runs do the same.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sbh_fuzz::{TARGETS, Target};
use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// Mutations of each target's corpus.
const MUTATIONS: usize = 1_500;
/// Longest mutated input, in bytes.
const LONGEST: usize = 4_096;
/// All corpora together, in bytes.
const CORPUS_MAX: u64 = 300_000;
/// What breaks what is careless.
const TOKENS: [&[u8]; 16] = [
    b"\0",
    b"\xff\xfe",
    b"\r\n\r\n",
    b"\"",
    b"\\",
    b"{",
    b"[",
    b"9223372036854775808",
    b"-1",
    b"1e999",
    b"NaN",
    b"::",
    b"//",
    b"%00",
    "\u{202e}".as_bytes(),
    "𝕊".as_bytes(),
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(name)
}

/// The inputs of a target by name, in the order of their names.
fn corpus(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = folder("corpus").join(target.name);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    inputs.sort();
    inputs
}

/// Runs a target; a panic names the input.
fn run(target: &Target, input: &[u8], told: &str) {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_err() {
        panic!("{} panicked with {told}: {:?}", target.name, String::from_utf8_lossy(input));
    }
}

fn mutated(random: &mut StdRng, inputs: &[(String, Vec<u8>)]) -> Vec<u8> {
    let pick = |random: &mut StdRng| &inputs[random.random_range(0..inputs.len())].1;
    let mut bytes = pick(random).clone();
    bytes.truncate(LONGEST);
    for _ in 0..random.random_range(1..=4) {
        let at = random.random_range(0..=bytes.len());
        match random.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = random.random(),
            2 => bytes.insert(at, random.random()),
            3 => {
                let end = bytes.len().min(at + random.random_range(0..32));
                bytes.drain(at..end);
            }
            4 => {
                let token = TOKENS[random.random_range(0..TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
            _ => {
                let other = pick(random);
                let from = random.random_range(0..=other.len());
                bytes.splice(at.., other[from..].iter().take(LONGEST).copied());
            }
        }
    }
    bytes
}

#[test]
fn the_corpus_comes_back() {
    for target in TARGETS {
        let inputs = corpus(target);
        assert!(!inputs.is_empty(), "{} has a corpus", target.name);
        run(target, b"", "nothing");
        for (name, input) in inputs {
            run(target, &input, &name);
        }
    }
}

#[test]
fn mutations_of_the_corpus_come_back() {
    for (seed, target) in (1..).zip(TARGETS) {
        let (mut random, inputs) = (StdRng::seed_from_u64(seed), corpus(target));
        for count in 0..MUTATIONS {
            run(target, &mutated(&mut random, &inputs), &format!("mutation {count} of seed {seed}"));
        }
    }
}

#[test]
fn every_target_has_a_wrapper_a_corpus_and_a_row_and_nothing_else_has() {
    let names: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let entries = |name: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(entries("fuzz_targets"), names);
    assert_eq!(entries("corpus"), names);
    let read = |name: &str| fs::read_to_string(folder(name)).unwrap();
    let (manifest, table) = (read("Cargo.toml"), read("README.md"));
    for name in &names {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is in fuzz/Cargo.toml");
        assert!(table.contains(&format!("| `{name}` |")), "{name} is in fuzz/README.md");
    }
}

#[test]
fn the_corpus_is_small() {
    let sizes = TARGETS.iter().flat_map(corpus).map(|(_, input)| input.len() as u64);
    assert!(sizes.sum::<u64>() < CORPUS_MAX);
}
