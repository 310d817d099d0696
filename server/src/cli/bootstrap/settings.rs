//! The project's settings in a file.

use super::{Failure, broken_file};
use crate::config::Config;
use std::{
    collections::BTreeMap,
    env,
    fs::File,
    io::{ErrorKind, Write as _},
};

/// The settings' file.
pub(super) const FILE: &str = ".env";

/// What it says in a new project.
const CONTENT: &str = "\
# Settings of this hub. Every variable: docs/configuration.md; what is in force: sbh config
# A shell takes them over with: set -a; . ./.env; set +a

# development: the hub keeps a secret of its own in its data folder. production: set SECRET_KEY as well.
ENVIRONMENT=development

# Where the hub listens.
HOST=127.0.0.1
PORT=3000

# SQLite needs nothing else. PostgreSQL: postgres://USER:PASSWORD@HOST:PORT/DATABASE
DATA_DIR=data
DATABASE_URL=sqlite://data/sbh.db?mode=rwc

# Signed evidence packs.
EVIDENCE_BUNDLE_PATH=data/evidence

# true: every environment may be on this machine. false: an admin allows it for each, as bootstrap does for the sample.
EGRESS_ALLOW_LOOPBACK=false

# The most that one benchmark may ask for.
BENCH_MAX_VUS=200
BENCH_DURATION_S=120

LOG_LEVEL=info
";

/// Writes the file unless there is one; says what was done.
pub(super) fn write() -> Result<Vec<String>, Failure> {
    match File::create_new(FILE) {
        Ok(mut file) => {
            file.write_all(CONTENT.as_bytes()).map_err(broken_file)?;
            Ok(vec![format!("{FILE} written")])
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Ok(vec![format!("{FILE} is there and stays as it is")])
        }
        Err(error) => Err(broken_file(error)),
    }
}

/// The configuration: the process's environment before the file.
pub(super) fn read() -> Result<Config, Failure> {
    let mut values = BTreeMap::new();
    for pair in dotenvy::from_path_iter(FILE).map_err(broken_file)? {
        let (name, value) = pair.map_err(broken_file)?;
        values.insert(name, value);
    }
    values
        .extend(env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))));
    Ok(Config::parse(&values)?)
}

/// Where the hub will answer.
pub(super) fn address(config: &Config) -> String {
    let host = if config.host.is_unspecified() { "127.0.0.1".to_owned() } else { config.host.to_string() };
    match config.host.is_ipv6() && !config.host.is_unspecified() {
        true => format!("http://[{host}]:{}", config.port),
        false => format!("http://{host}:{}", config.port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_of_a_new_project_are_valid() {
        let pairs = dotenvy::from_read_iter(CONTENT.as_bytes()).map(|pair| pair.expect("a pair")).collect();
        let config = Config::parse(&pairs).expect("a valid configuration");
        assert_eq!(address(&config), "http://127.0.0.1:3000");
        assert!(!config.allow_loopback && config.is_development());
    }
}
