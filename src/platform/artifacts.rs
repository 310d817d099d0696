//! Durable files, named by the SHA-256 of their content below their tenant's folder.

use crate::{Error, Result, access::Scope, platform::secrets::sha256_hex};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

/// How long a file is safe from removal after it was kept: whoever keeps it may not have written down yet that it is
/// theirs.
pub const GRACE: Duration = Duration::from_secs(3_600);
/// How a file is called while it is removed.
const LEAVING: &str = "leaving";

/// A content-addressed store in a folder.
#[derive(Clone)]
pub struct Artifacts {
    root: Arc<PathBuf>,
}

impl Artifacts {
    /// A store below `root`, which is made when the first file is kept.
    pub fn new(root: PathBuf) -> Self {
        Self { root: Arc::new(root) }
    }

    /// Keeps `bytes` and gives their SHA-256 in hex. Keeping the same bytes again changes nothing.
    pub async fn put(&self, scope: &Scope, bytes: Vec<u8>) -> Result<String> {
        let sha256 = sha256_hex(&bytes);
        let path = self.path(scope, &sha256);
        tokio::task::spawn_blocking(move || write_whole(&path, &bytes))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?;
        Ok(sha256)
    }

    /// The bytes with that SHA-256.
    ///
    /// # Errors
    /// Not found when they are not there; internal when the file no longer has the digest that names it.
    pub async fn get(&self, scope: &Scope, sha256: &str) -> Result<Vec<u8>> {
        let bytes = tokio::fs::read(self.path(scope, sha256)).await.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::not_found("file"),
            _ => Error::internal(error),
        })?;
        if sha256_hex(&bytes) != sha256 {
            return Err(Error::internal(format!("artifact {sha256} was changed on disk")));
        }
        Ok(bytes)
    }

    /// Removes the file with that SHA-256, unless somebody kept it again within [`GRACE`]. Whether it was removed.
    pub async fn remove(&self, scope: &Scope, sha256: &str) -> Result<bool> {
        let path = self.path(scope, sha256);
        tokio::task::spawn_blocking(move || remove_unless_young(&path))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }

    /// Removes the file with that SHA-256 whatever its age, for a file that one row alone has.
    pub async fn destroy(&self, scope: &Scope, sha256: &str) -> Result<()> {
        match tokio::fs::remove_file(self.path(scope, sha256)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::internal(error)),
            _ => Ok(()),
        }
    }

    /// Removes everything of the tenant; how many files there were.
    pub(crate) async fn remove_all(&self, scope: &Scope) -> Result<u64> {
        let folder = self.root.join(scope.tenant().to_string());
        let remove = move || -> io::Result<u64> {
            let mut files = 0;
            for (_, shard) in names_in(&folder)? {
                files += names_in(&shard)?.len() as u64;
            }
            match std::fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(files),
            }
        };
        tokio::task::spawn_blocking(remove).await.map_err(Error::internal)?.map_err(Error::internal)
    }

    /// The tenants that have a folder, as the folders are called.
    pub async fn tenants(&self) -> Result<Vec<String>> {
        let root = self.root.clone();
        let names = move || names_in(&root).map(|all| all.into_iter().map(|(name, _)| name).collect());
        tokio::task::spawn_blocking(names).await.map_err(Error::internal)?.map_err(Error::internal)
    }

    /// The tenant's files that nobody kept for `age`, by their SHA-256.
    pub async fn unkept_for(&self, scope: &Scope, age: Duration) -> Result<Vec<String>> {
        let folder = self.root.join(scope.tenant().to_string());
        let find = move || older_than(&folder, age);
        tokio::task::spawn_blocking(find).await.map_err(Error::internal)?.map_err(Error::internal)
    }

    fn path(&self, scope: &Scope, sha256: &str) -> PathBuf {
        let shard: String = sha256.chars().take(2).collect();
        self.root.join(scope.tenant().to_string()).join(shard).join(sha256)
    }
}

/// Writes beside the final name and renames, so that a crash leaves no half file under a digest. A file that is there
/// becomes young again; whoever removes it takes its name first and looks at its age afterwards, so that either it
/// stays or it is seen here that it went.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    if let Ok(file) = std::fs::File::options().append(true).open(path) {
        file.set_modified(SystemTime::now())?;
        if path.exists() {
            return Ok(());
        }
    }
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let partial = folder.join(format!("{}.partial", uuid::Uuid::now_v7()));
    let mut file = std::fs::File::create(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)
}

/// Takes the name, then looks at the age; see [`write_whole`].
fn remove_unless_young(path: &Path) -> io::Result<bool> {
    if !path.exists() {
        return Ok(false);
    }
    let leaving = path.with_added_extension(LEAVING);
    match std::fs::rename(path, &leaving) {
        // Another hub was first.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        renamed => renamed?,
    }
    if is_older(&leaving, GRACE)? {
        std::fs::remove_file(&leaving).map(|()| true)
    } else {
        std::fs::rename(&leaving, path).map(|()| false)
    }
}

fn is_older(path: &Path, age: Duration) -> io::Result<bool> {
    let modified = std::fs::metadata(path)?.modified()?;
    // A file of the future is young.
    Ok(SystemTime::now().duration_since(modified).is_ok_and(|old| old > age))
}

/// What is in a folder; nothing where there is none.
fn names_in(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let named = |entry: io::Result<std::fs::DirEntry>| {
        entry.map(|entry| Some((entry.file_name().into_string().ok()?, entry.path()))).transpose()
    };
    entries.filter_map(named).collect()
}

/// The digests of files that are older. What a crash left half written or half removed is put right on the way.
fn older_than(folder: &Path, age: Duration) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for (_, shard) in names_in(folder)? {
        for (name, path) in names_in(&shard)? {
            let is_old = match is_older(&path, age) {
                // Removed in the meantime.
                Err(error) if error.kind() == io::ErrorKind::NotFound => false,
                older => older?,
            };
            match name.split_once('.').filter(|_| is_old) {
                None if !is_old => {}
                None => found.push(name),
                Some((digest, LEAVING)) => std::fs::rename(&path, shard.join(digest))?,
                Some(_) => std::fs::remove_file(&path)?,
            }
        }
    }
    Ok(found)
}
