//! TXT records, for the proof of an ownership.

use crate::{Error, Result};
use async_trait::async_trait;
use hickory_resolver::{TokioResolver, proto::rr::RData};

/// Looks up TXT records.
#[async_trait]
pub trait TxtLookup: Send + Sync {
    /// The texts at `name`; none when there is no such record.
    ///
    /// # Errors
    /// Unavailable when no name server answers.
    async fn txt(&self, name: &str) -> Result<Vec<String>>;
}

/// The machine's name servers.
pub struct SystemDns;

#[async_trait]
impl TxtLookup for SystemDns {
    async fn txt(&self, name: &str) -> Result<Vec<String>> {
        let silent = || Error::unavailable("The name servers do not answer, so the TXT record could not be looked up.");
        let builder = TokioResolver::builder_tokio().map_err(|error| silent().because(error))?;
        let resolver = builder.build().map_err(|error| silent().because(error))?;
        match resolver.txt_lookup(name).await {
            Ok(found) => Ok(found.answers().iter().filter_map(|record| text_of(&record.data)).collect()),
            Err(error) if error.is_no_records_found() => Ok(Vec::new()),
            Err(error) => Err(silent().because(error)),
        }
    }
}

/// A record's character strings joined (RFC 7208, section 3.3, does the same).
fn text_of(data: &RData) -> Option<String> {
    match data {
        RData::TXT(txt) => Some(txt.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect()),
        _ => None,
    }
}
