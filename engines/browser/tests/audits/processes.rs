//! Browsers of a test, told from others by the folder of their profiles.

use std::fs;
use std::path::{Path, PathBuf};

/// The processes that work in `folder`, and whether each is a browser itself rather than a part of one.
pub fn processes(folder: &Path) -> Vec<(u32, bool)> {
    let folder = folder.to_str().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // A process may end while it is looked at.
        let Ok(line) = fs::read(entry.path().join("cmdline")) else { continue };
        let line = String::from_utf8_lossy(&line);
        let working = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        if line.contains(folder) || working.starts_with(folder) {
            found.push((id, !line.contains("--type=")));
        }
    }
    found
}

/// What is left in `folder`.
pub fn leftovers(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect()
}
