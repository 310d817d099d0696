//! What the machine must have, how each is recognised, and which Debian packages bring it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    probe,
    test::{postgres, redis},
};

/// One thing that the machine must have.
#[derive(Clone, Copy)]
pub struct Need {
    /// What a person calls it, and what it is for.
    pub name: &'static str,
    /// Whether it is there.
    pub is_met: fn() -> bool,
    /// The Debian packages that bring it.
    pub packages: fn() -> Vec<String>,
}

/// Needed to compile the hub.
pub const BUILD: &[Need] = &[
    Need { name: "a C compiler", is_met: || probe::on_path("cc").is_some(), packages: || named(&["gcc", "libc6-dev"]) },
    Need { name: "pkg-config", is_met: || probe::on_path("pkg-config").is_some(), packages: || named(&["pkg-config"]) },
    Need {
        name: "libxml2 with headers (journeys)",
        is_met: || has_library("libxml-2.0"),
        packages: || named(&["libxml2-dev"]),
    },
    Need {
        name: "libcurl with headers (journeys)",
        is_met: || has_library("libcurl"),
        packages: || named(&["libcurl4-openssl-dev"]),
    },
    Need {
        name: "OpenSSL with headers (journeys, SAML)",
        is_met: || has_library("openssl"),
        packages: || named(&["libssl-dev"]),
    },
    Need {
        name: "xmlsec1 with headers (SAML)",
        is_met: || has_library("xmlsec1") && probe::on_path("xmlsec1-config").is_some(),
        packages: || named(&["libxmlsec1-dev"]),
    },
    Need { name: "libclang with its headers (bindings to xmlsec1)", is_met: has_libclang, packages: libclang_packages },
];

/// Needed by the Rust tests.
pub const RUST_TESTS: &[Need] = &[
    CHROMIUM,
    NODE,
    Need { name: "PostgreSQL", is_met: postgres::is_available, packages: || named(&["postgresql"]) },
    PYTHON,
    Need {
        name: "PgBouncer (isolation behind a pool)",
        is_met: || probe::on_path("pgbouncer").is_some(),
        packages: || named(&["pgbouncer"]),
    },
    Need { name: "Redis", is_met: redis::is_available, packages: || named(&["redis-server"]) },
    Need {
        name: "the openssl command (evidence packs)",
        is_met: || probe::on_path("openssl").is_some(),
        packages: || named(&["openssl"]),
    },
    Need {
        name: "the xmlsec1 command (the identity provider pysaml2)",
        is_met: || probe::on_path("xmlsec1").is_some(),
        packages: || named(&["xmlsec1"]),
    },
];

/// What the audits of pages and the browser tests drive.
const CHROMIUM: Need =
    Need { name: "Chromium", is_met: || chromium().is_some(), packages: || named(&["chromium", "fonts-liberation"]) };

/// What runs the browser tests, and the OpenID provider that the Rust tests sign in with.
const NODE: Need = Need {
    name: "Node.js 20 or newer with npm",
    is_met: || has_node() && probe::on_path("npm").is_some(),
    packages: || named(&["nodejs", "npm"]),
};

/// What runs schemathesis, and the SCIM client that the Rust tests are asked by.
const PYTHON: Need = Need {
    name: "Python 3.10 or newer with venv",
    is_met: has_python,
    packages: || named(&["python3", "python3-venv"]),
};

/// Needed to ask every operation of the API.
pub const CONTRACT_TESTS: &[Need] = &[PYTHON];

/// Needed by the browser tests.
pub const BROWSER_TESTS: &[Need] = &[CHROMIUM, NODE];

/// The browser that the tests drive: what CHROMIUM names, else what the PATH has.
pub fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Some(PathBuf::from(named)).filter(|file| file.is_file());
    }
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(probe::on_path)
}

fn named(packages: &[&str]) -> Vec<String> {
    packages.iter().map(|&package| package.to_owned()).collect()
}

fn has_python() -> bool {
    probe::succeeds(
        Command::new("python3").args(["-c", "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))"]),
    )
}

/// Playwright names this version as the oldest it runs on.
const OLDEST_NODE: u32 = 20;

fn has_node() -> bool {
    probe::output(Command::new("node").arg("--version"))
        .as_deref()
        .and_then(major)
        .is_some_and(|major| major >= OLDEST_NODE)
}

/// 20 of `v20.11.1`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn has_library(name: &str) -> bool {
    probe::succeeds(Command::new("pkg-config").args(["--exists", name]))
}

/// bindgen loads the library, and that reads its own `stddef.h` beside it.
fn has_libclang() -> bool {
    let named = std::env::var_os("LIBCLANG_PATH").is_some();
    named || llvm_folders().iter().any(|llvm| has_entry(&llvm.join("lib"), "libclang") && has_builtin_headers(llvm))
}

fn llvm_folders() -> Vec<PathBuf> {
    entries(Path::new("/usr/lib")).into_iter().filter(|folder| file_name(folder).starts_with("llvm")).collect()
}

fn has_builtin_headers(llvm: &Path) -> bool {
    entries(&llvm.join("lib/clang")).iter().any(|version| version.join("include/stddef.h").is_file())
}

fn has_entry(folder: &Path, prefix: &str) -> bool {
    entries(folder).iter().any(|entry| {
        let name = file_name(entry);
        name.starts_with(&format!("{prefix}.so")) || name.starts_with(&format!("{prefix}-"))
    })
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default()
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The library and its headers in the distribution's own version: `libclang-dev` would do as
/// well, but brings a few hundred megabytes more.
fn libclang_packages() -> Vec<String> {
    let depends = probe::output(Command::new("apt-cache").args(["depends", "libclang-dev"]));
    match depends.as_deref().and_then(llvm_version) {
        Some(version) => vec![format!("libclang1-{version}"), format!("libclang-common-{version}-dev")],
        None => named(&["libclang-dev"]),
    }
}

fn llvm_version(depends: &str) -> Option<u32> {
    let (_, rest) = depends.split_once("Depends: libclang-")?;
    rest.split_once("-dev")?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!((major("v20.11.1\n"), major("20"), major("")), (Some(20), None, None));
    }

    #[test]
    fn the_distributions_llvm_version_is_read_from_what_its_package_depends_on() {
        assert_eq!(llvm_version("libclang-dev\n  Depends: libclang-14-dev\n"), Some(14));
        assert_eq!(llvm_version("libclang-dev\n"), None);
    }
}
