//! `target/site`: what the browser gets. The three files of the app carry their content's hash in
//! their names, so that browsers may keep them for ever; `manifest.json` tells the server the names.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{compress, style, wasm::Module};
use crate::{
    error::{Doing, Error},
    workspace::Workspace,
};

/// Counts up when this file lays the site out differently.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";

/// Paths below the site, with their content.
type Files = BTreeMap<String, Vec<u8>>;

/// The names of the app's three files, relative to the site.
pub struct Manifest {
    /// The JavaScript that starts the app.
    pub js: String,
    /// The app.
    pub wasm: String,
    /// The stylesheet.
    pub css: String,
}

impl Manifest {
    fn read(site: &Path) -> Option<Self> {
        let manifest: serde_json::Value = serde_json::from_slice(&fs::read(site.join(MANIFEST)).ok()?).ok()?;
        let name = |key: &str| manifest[key].as_str().map(str::to_owned);
        Some(Self { js: name("js")?, wasm: name("wasm")?, css: name("css")? })
    }

    fn to_json(&self) -> Vec<u8> {
        json!({ "js": self.js, "wasm": self.wasm, "css": self.css }).to_string().into_bytes()
    }
}

/// Lays the site out anew when the module, the style or the public files have changed.
pub fn refresh(workspace: &Workspace, module: &Module, release: bool) -> Result<Manifest, Error> {
    let site = workspace.site();
    let stamp_file = site.with_extension("stamp");
    let css = style::bundle(&workspace.root().join("style"))?;
    let public = folder(&workspace.root().join("public"))?;
    let stamp = stamp(&module.version(), &css, &public, release);
    if fs::read_to_string(&stamp_file).is_ok_and(|laid| laid == stamp)
        && let Some(manifest) = Manifest::read(&site)
    {
        return Ok(manifest);
    }
    println!("Laying out target/site.");
    let bound = workspace.scratch("bindgen")?;
    fs::remove_dir_all(&bound).doing(|| format!("emptying {}", bound.display()))?;
    module.bind(&bound)?;
    let (manifest, files) = lay_out(folder(&bound)?, css, public)?;
    store(&site, &with_compressed_siblings(files, release)?)?;
    write(&stamp_file, stamp.as_bytes())?;
    Ok(manifest)
}

/// Names everything as the site has it: the app below `pkg/`, public files at the top.
fn lay_out(bound: Files, css: String, public: Files) -> Result<(Manifest, Files), Error> {
    let mut files = public;
    let mut manifest = Manifest { js: String::new(), wasm: String::new(), css: hashed("css", css.as_bytes()) };
    files.insert(manifest.css.clone(), css.into_bytes());
    for (path, bytes) in bound {
        let name = match path.as_str() {
            "sbh.js" => manifest.js.insert_hashed("js", &bytes),
            "sbh_bg.wasm" => manifest.wasm.insert_hashed("wasm", &bytes),
            // Snippets of crates are imported by the JavaScript under their own names.
            _ => format!("pkg/{path}"),
        };
        files.insert(name, bytes);
    }
    if manifest.js.is_empty() || manifest.wasm.is_empty() {
        return Err(Error::Failed("wasm-bindgen did not write sbh.js and sbh_bg.wasm".to_owned()));
    }
    files.insert(MANIFEST.to_owned(), manifest.to_json());
    Ok((manifest, files))
}

trait InsertHashed {
    fn insert_hashed(&mut self, extension: &str, bytes: &[u8]) -> String;
}

impl InsertHashed for String {
    fn insert_hashed(&mut self, extension: &str, bytes: &[u8]) -> String {
        *self = hashed(extension, bytes);
        self.clone()
    }
}

/// `pkg/sbh.<first 64 bits of SHA-256>.<extension>`.
fn hashed(extension: &str, bytes: &[u8]) -> String {
    format!("pkg/sbh.{}.{extension}", hex::encode(&Sha256::digest(bytes)[..8]))
}

fn stamp(module: &str, css: &str, public: &Files, release: bool) -> String {
    let mut digest = Sha256::new();
    digest.update(css);
    for (path, bytes) in public {
        digest.update(format!("\0{path}\0{}\0", bytes.len()));
        digest.update(bytes);
    }
    format!("{FORMAT} release={release} {module} {}", hex::encode(digest.finalize()))
}

fn with_compressed_siblings(files: Files, release: bool) -> Result<Files, Error> {
    let mut all = Files::new();
    for (path, bytes) in files {
        if path != MANIFEST && compress::is_compressible(&path) {
            all.insert(format!("{path}.br"), compress::brotli(&bytes, release)?);
            all.insert(format!("{path}.gz"), compress::gzip(&bytes, release)?);
        }
        all.insert(path, bytes);
    }
    Ok(all)
}

/// Makes the folder hold exactly these files. The manifest is written after what it names and old
/// files go last, because a hub in development may be reading the folder.
fn store(site: &Path, files: &Files) -> Result<(), Error> {
    let (manifest, others): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| *path == MANIFEST);
    for (path, bytes) in others.into_iter().chain(manifest) {
        let file = site.join(path);
        if fs::read(&file).is_ok_and(|there| there == *bytes) {
            continue;
        }
        write(&file, bytes)?;
    }
    for path in folder(site)?.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(site.join(path)).doing(|| format!("removing target/site/{path}"))?;
    }
    Ok(())
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).doing(|| format!("creating {}", parent.display()))?;
    }
    fs::write(file, bytes).doing(|| format!("writing {}", file.display()))
}

/// Every file below `root`, by its path with forward slashes; an absent folder has none.
fn folder(root: &Path) -> Result<Files, Error> {
    let mut files = Files::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(current) = folders.pop().filter(|current| current.is_dir()) {
        for entry in fs::read_dir(&current).doing(|| format!("reading {}", current.display()))?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).doing(|| format!("reading {}", path.display()))?;
                files.insert(relative(root, path), bytes);
            }
        }
    }
    Ok(files)
}

fn relative(root: &Path, path: PathBuf) -> String {
    let below = path.strip_prefix(root).map(Path::to_path_buf).unwrap_or(path);
    below.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(app: &str) -> Files {
        Files::from([("sbh.js".to_owned(), b"js".to_vec()), ("sbh_bg.wasm".to_owned(), app.into())])
    }

    #[test]
    fn a_name_changes_with_its_content_and_only_then() {
        let (before, _) = lay_out(bound("one"), "css".to_owned(), Files::new()).unwrap();
        let (after, files) = lay_out(bound("two"), "css".to_owned(), Files::new()).unwrap();
        assert_eq!((&before.js, &before.css), (&after.js, &after.css));
        assert_ne!(before.wasm, after.wasm);
        assert_eq!(files[&after.wasm], b"two");
    }

    #[test]
    fn a_module_without_its_javascript_is_refused() {
        assert!(lay_out(Files::new(), String::new(), Files::new()).is_err());
    }

    #[test]
    fn the_folder_holds_the_new_files_alone_and_the_manifest_names_them() {
        let site = tempfile::tempdir().unwrap();
        let public = Files::from([("icons/hub.svg".to_owned(), b"<svg/>".to_vec())]);
        for app in ["one", "two"] {
            let (_, files) = lay_out(bound(app), "css".to_owned(), public.clone()).unwrap();
            store(site.path(), &with_compressed_siblings(files, false).unwrap()).unwrap();
        }
        let manifest = Manifest::read(site.path()).unwrap();
        let there = folder(site.path()).unwrap();
        assert_eq!(there[&manifest.wasm], b"two");
        assert_eq!(there.keys().filter(|path| path.ends_with(".wasm")).count(), 1);
        for path in [&manifest.js, &manifest.wasm, &manifest.css, "icons/hub.svg"] {
            assert!(there.contains_key(&format!("{path}.br")) && there.contains_key(&format!("{path}.gz")), "{path}");
        }
    }
}
