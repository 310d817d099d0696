//! Compressed siblings of files, made once at build time at the highest useful level.

use std::io::{Cursor, Write};

use flate2::{Compression, write::GzEncoder};

use crate::error::{Doing, Error};

/// Extensions whose content compresses; pictures and WOFF2 fonts are compressed already.
const COMPRESSIBLE: [&str; 9] = ["js", "wasm", "css", "svg", "html", "txt", "json", "xml", "webmanifest"];

/// Brotli's largest ordinary window: 2^22 bytes, what every browser accepts.
const BROTLI_WINDOW: u32 = 22;
const BROTLI_BUFFER: usize = 64 * 1024;

/// Whether siblings of this file are worth their place.
pub fn is_compressible(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| COMPRESSIBLE.contains(&extension))
}

/// The bytes for `Content-Encoding: br`: level 11 for a release, else a quick one.
pub fn brotli(bytes: &[u8], release: bool) -> Result<Vec<u8>, Error> {
    let quality = if release { 11 } else { 4 };
    let mut reader = brotli::CompressorReader::new(Cursor::new(bytes), BROTLI_BUFFER, quality, BROTLI_WINDOW);
    let mut compressed = Vec::new();
    std::io::copy(&mut reader, &mut compressed).doing(|| "brotli".to_owned())?;
    Ok(compressed)
}

/// The bytes for `Content-Encoding: gzip`.
pub fn gzip(bytes: &[u8], release: bool) -> Result<Vec<u8>, Error> {
    let level = if release { Compression::best() } else { Compression::fast() };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).and_then(|()| encoder.finish()).doing(|| "gzip".to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn compressed_bytes_come_back_whole() {
        let text = "a page of text, ".repeat(5_000);
        for release in [false, true] {
            let (mut from_brotli, mut from_gzip) = (String::new(), String::new());
            let (small, smaller) = (gzip(text.as_bytes(), release).unwrap(), brotli(text.as_bytes(), release).unwrap());
            brotli::Decompressor::new(Cursor::new(&smaller), 4096).read_to_string(&mut from_brotli).unwrap();
            flate2::read::GzDecoder::new(Cursor::new(&small)).read_to_string(&mut from_gzip).unwrap();
            assert_eq!((from_brotli == text, from_gzip == text), (true, true));
            assert!(small.len() < text.len() / 10 && smaller.len() < text.len() / 10);
        }
    }
}
