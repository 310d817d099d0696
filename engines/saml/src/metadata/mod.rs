//! Metadata (SAML Metadata): what is known of an identity provider, and what it is told of us.

mod error;
mod idp;
mod reader;
pub(crate) mod sp;

pub use error::MetadataError;
pub use idp::{Endpoint, IdpMetadata, MetadataOptions};
