//! Receiving a body under a limit that also holds after decompression, so that a small answer cannot unfold into a large one.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use super::failure;
use crate::error::EgressError;

/// Reads the whole body, or stops at the first byte past `limit`.
pub(super) async fn receive(mut response: reqwest::Response, limit: u64) -> Result<Bytes, EgressError> {
    let too_large = EgressError::TooLarge { limit };
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(too_large);
    }
    let mut decoder = Decoder::for_headers(response.headers(), limit);
    let mut wire = 0_u64;
    while let Some(chunk) = response.chunk().await.map_err(|error| failure::of(&error))? {
        wire = wire.saturating_add(chunk.len() as u64);
        if wire > limit {
            return Err(too_large);
        }
        decoder.feed(&chunk)?;
    }
    if wire == 0 { Ok(Bytes::new()) } else { decoder.finish() }
}

enum Decoder {
    Plain(Bounded),
    Gzip(Box<MultiGzDecoder<Bounded>>),
}

impl Decoder {
    fn for_headers(headers: &HeaderMap, limit: u64) -> Self {
        let out = Bounded { bytes: Vec::new(), limit, full: false };
        let mut codings = headers.get_all(CONTENT_ENCODING).iter();
        match (codings.next(), codings.next()) {
            // `x-gzip` is the same coding (RFC 9110 §8.4.1.3).
            (Some(only), None)
                if [&b"gzip"[..], b"x-gzip"].iter().any(|name| only.as_bytes().eq_ignore_ascii_case(name)) =>
            {
                Self::Gzip(Box::new(MultiGzDecoder::new(out)))
            }
            _ => Self::Plain(out),
        }
    }

    fn feed(&mut self, chunk: &[u8]) -> Result<(), EgressError> {
        let outcome = match self {
            Self::Plain(out) => out.write_all(chunk),
            Self::Gzip(decoder) => decoder.write_all(chunk),
        };
        outcome.map_err(|_| self.failure())
    }

    fn finish(mut self) -> Result<Bytes, EgressError> {
        if let Self::Gzip(decoder) = &mut self
            && decoder.try_finish().is_err()
        {
            return Err(self.failure());
        }
        Ok(std::mem::take(&mut self.out_mut().bytes).into())
    }

    fn failure(&mut self) -> EgressError {
        match self.out_mut() {
            Bounded { full: true, limit, .. } => EgressError::TooLarge { limit: *limit },
            _ => EgressError::Http("the compressed body is damaged".to_owned()),
        }
    }

    fn out_mut(&mut self) -> &mut Bounded {
        match self {
            Self::Plain(out) => out,
            Self::Gzip(decoder) => decoder.get_mut(),
        }
    }
}

/// A buffer that refuses to grow past its limit.
struct Bounded {
    bytes: Vec<u8>,
    limit: u64,
    full: bool,
}

impl Write for Bounded {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + chunk.len()) as u64 > self.limit {
            self.full = true;
            return Err(io::Error::other("the body limit is reached"));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
