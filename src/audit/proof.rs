//! One entry with everything that shows that it is in the log.

use super::{
    service::{Audit, origin, source},
    store,
};
use crate::{
    Error, Result,
    access::{Actor, Permission},
    platform::signing,
};
use sbh_proof::{Checkpoint, EntryProof, merkle};

impl Audit<'_> {
    /// An entry as it is stored, the proof that it is in the log up to the log's present head, and that head, signed. It
    /// verifies offline with `sbh verify` and the tenant's public key. Needs `audit:read`.
    pub async fn proof_of(&self, actor: &Actor, seq: u64) -> Result<EntryProof> {
        let scope = actor.require(Permission::AuditRead)?;
        // Making a key writes; every leaf is read without holding anybody up who does.
        let tx = self.platform.db.write(&scope).await?;
        let key = signing::current(&tx, &scope, &self.platform.secrets, self.platform.clock.now()).await?;
        tx.commit().await?;
        let tx = self.platform.db.read(&scope).await?;
        let stored = store::at(&tx, &scope, seq).await?.ok_or_else(|| Error::not_found("audit entry"))?;
        let (size, root, _) = store::head(&tx, &scope).await?;
        let leaves = store::leaves(&tx, &scope, size).await?;
        drop(tx);
        let checkpoint = Checkpoint::new(origin(&scope), size, root.parse().map_err(Error::internal)?);
        let proof = merkle::prove_inclusion(seq, size, source(&leaves));
        Ok(EntryProof {
            kind: EntryProof::KIND.to_owned(),
            entry: serde_json::from_str(&stored.body)?,
            proof: proof.map_err(|error: merkle::MerkleError| Error::internal(error))?,
            checkpoint: checkpoint.map_err(Error::internal)?.sign(&key),
            public_key: key.public_key().to_pem(),
        })
    }
}
