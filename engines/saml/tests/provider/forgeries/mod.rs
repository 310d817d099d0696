//! Forged responses by what is forged.

pub mod content;
pub mod message;
pub mod signature;
pub mod wrapping;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A forged response and the code that it has to be refused with.
pub struct Forgery {
    pub name: String,
    pub encoded: String,
    pub code: &'static str,
}

impl Forgery {
    pub fn new(name: impl Into<String>, xml: impl AsRef<[u8]>, code: &'static str) -> Self {
        Self { name: name.into(), encoded: STANDARD.encode(xml), code }
    }
}
