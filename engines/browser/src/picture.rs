//! Pictures of a page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A picture with its media type; serialised in base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// The file.
    #[serde(serialize_with = "encode", deserialize_with = "decode")]
    pub data: Vec<u8>,
}

/// The page at one moment while it loaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilmFrame {
    /// Milliseconds since the navigation began.
    pub at_ms: f64,
    /// How much of the final picture was there, from 0 to 1, by colour histograms.
    pub progress: f64,
    /// The picture.
    pub picture: Picture,
}

impl Picture {
    pub(crate) fn png(data: Vec<u8>) -> Self {
        Self { media_type: "image/png".to_owned(), data }
    }

    pub(crate) fn jpeg(data: Vec<u8>) -> Self {
        Self { media_type: "image/jpeg".to_owned(), data }
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Picture({}, {} bytes)", self.media_type, self.data.len())
    }
}

fn encode<S: Serializer>(data: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(data))
}

fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}
