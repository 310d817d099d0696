//! `sbh verify`

use super::{FAILED, Failure, WRONG_USE, terminal};
use clap::{Args, ValueEnum};
use sbh_proof::{EntryProof, MAX_PACK_BYTES, ProvenEntry, PublicKey, Report, Trust};
use serde::Serialize;
use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// What to verify.
#[derive(Args)]
pub(super) struct Options {
    /// The evidence pack, or the proof of an audit entry
    file: PathBuf,
    /// The public key that you trust, in PEM; got by another way than the pack
    #[arg(long)]
    key: Option<PathBuf>,
    /// A sentence, or everything as JSON
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Output {
    #[default]
    Table,
    Json,
}

#[derive(Serialize)]
struct Outcome<'a, T> {
    verified: bool,
    reason: Option<String>,
    #[serde(flatten)]
    report: Option<&'a T>,
}

/// What a verified file shows.
trait Shown: Serialize + std::fmt::Display {
    fn trust(&self) -> Trust;
}

impl Shown for Report {
    fn trust(&self) -> Trust {
        self.trust
    }
}

impl Shown for ProvenEntry {
    fn trust(&self) -> Trust {
        self.trust
    }
}

/// Verifies a pack or the proof of an entry offline; the exit code is 1 when it is refused.
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let trusted = options.key.as_deref().map(trusted_key).transpose()?;
    let file = read_pack(&options.file)?;
    // A pack is a zip; the proof of an entry is a JSON object.
    if file.trim_ascii_start().starts_with(b"{") {
        return tell(options, EntryProof::verify(&file, trusted.as_ref()));
    }
    tell(options, sbh_proof::verify(&file, trusted.as_ref()))
}

fn tell<T: Shown, E: std::fmt::Display>(options: &Options, result: Result<T, E>) -> Result<(), Failure> {
    if let Output::Json = options.output {
        let reason = result.as_ref().err().map(ToString::to_string);
        let outcome = Outcome { verified: result.is_ok(), reason, report: result.as_ref().ok() };
        terminal::print_json(&outcome).map_err(|error| Failure::new(FAILED, error))?;
    }
    let report =
        result.map_err(|error| Failure::new(FAILED, format!("{} is refused: {error}", options.file.display())))?;
    if let Output::Table = options.output {
        terminal::print(&format!("{report}\n"));
    }
    if report.trust() == Trust::SelfConsistent {
        eprintln!("Anybody can sign a file. Check it with --key and the public key that the hub's owner gave you.");
    }
    Ok(())
}

fn trusted_key(path: &Path) -> Result<PublicKey, Failure> {
    let wrong = |why: &dyn std::fmt::Display| Failure::new(WRONG_USE, format!("--key: {}: {why}", path.display()));
    let pem = fs::read_to_string(path).map_err(|error| wrong(&error))?;
    PublicKey::from_pem(&pem).map_err(|error| wrong(&error))
}

/// Reads one byte more than a pack may have, so that a larger file is refused without being held.
fn read_pack(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |error: io::Error| Failure::new(WRONG_USE, format!("{} could not be read: {error}", path.display()));
    let mut pack = Vec::new();
    let limit = MAX_PACK_BYTES as u64 + 1;
    File::open(path).map_err(unreadable)?.take(limit).read_to_end(&mut pack).map_err(unreadable)?;
    Ok(pack)
}
