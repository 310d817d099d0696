//! Durable files, named by the SHA-256 of their content below their tenant's folder.

use crate::{Error, Result, access::Scope, platform::secrets::sha256_hex};
use std::{io, path::PathBuf, sync::Arc};

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

    fn path(&self, scope: &Scope, sha256: &str) -> PathBuf {
        let shard: String = sha256.chars().take(2).collect();
        self.root.join(scope.tenant().to_string()).join(shard).join(sha256)
    }
}

/// Writes beside the final name and renames, so that a crash leaves no half file under a digest.
fn write_whole(path: &std::path::Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let partial = folder.join(format!("{}.partial", uuid::Uuid::now_v7()));
    let mut file = std::fs::File::create(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)
}
