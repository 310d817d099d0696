//! Whether a server answers TLS 1.0 or 1.1: a ClientHello (RFC 2246 and RFC 4346, section 7.4.1.2) and the first answer to it, nothing more.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A version that RFC 8996 withdrew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LegacyVersion {
    Tls10,
    Tls11,
}

impl LegacyVersion {
    fn wire(self) -> [u8; 2] {
        match self {
            Self::Tls10 => [3, 1],
            Self::Tls11 => [3, 2],
        }
    }
}

/// ECDHE, DHE and RSA suites with AES-CBC or 3DES: what servers with old TLS offer (IANA TLS cipher suite registry).
const SUITES: [u16; 10] = [0xc00a, 0xc014, 0xc009, 0xc013, 0x0039, 0x0033, 0x0035, 0x002f, 0x000a, 0xc012];
/// `supported_groups`: x25519, secp256r1, secp384r1.
const GROUPS: [u16; 3] = [0x001d, 0x0017, 0x0018];
const HANDSHAKE: u8 = 22;
const ALERT: u8 = 21;
const SERVER_HELLO: u8 = 2;

/// Offers exactly `version`. `Some(true)` if the server takes it, `Some(false)` if it refuses, `None` if the answer is not TLS.
pub(crate) async fn accepts(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    host: &str,
    version: LegacyVersion,
) -> Option<bool> {
    let hello = client_hello(host, version)?;
    stream.write_all(&hello).await.ok()?;
    let mut answer = [0; 11];
    match stream.read_exact(&mut answer[..5]).await {
        Ok(_) if answer[0] == ALERT => return Some(false),
        Ok(_) if answer[0] != HANDSHAKE => return None,
        Ok(_) => {}
        // Servers which know newer versions only may simply hang up.
        Err(_) => return Some(false),
    }
    stream.read_exact(&mut answer[5..]).await.ok()?;
    Some(answer[5] == SERVER_HELLO && answer[9..11] == version.wire())
}

fn client_hello(host: &str, version: LegacyVersion) -> Option<Vec<u8>> {
    let mut random = [0; 32];
    rustls::crypto::ring::default_provider().secure_random.fill(&mut random).ok()?;
    let mut body = version.wire().to_vec();
    body.extend(random);
    body.push(0);
    body.extend(prefixed(&words(&SUITES))?);
    body.extend([1, 0]);
    body.extend(prefixed(&extensions(host)?)?);
    let length = u32::try_from(body.len()).ok()?.to_be_bytes();
    let mut handshake = vec![1, length[1], length[2], length[3]];
    handshake.extend(body);
    let mut record = vec![HANDSHAKE, 3, 1];
    record.extend(prefixed(&handshake)?);
    Some(record)
}

/// `server_name` (RFC 6066) unless the host is an address, `supported_groups`, `ec_point_formats` (RFC 8422), `renegotiation_info` (RFC 5746).
fn extensions(host: &str) -> Option<Vec<u8>> {
    let mut extensions = Vec::new();
    if host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_err() {
        let mut entry = vec![0];
        entry.extend(prefixed(host.as_bytes())?);
        extensions.extend([0, 0]);
        extensions.extend(prefixed(&prefixed(&entry)?)?);
    }
    extensions.extend([0, 10]);
    extensions.extend(prefixed(&prefixed(&words(&GROUPS))?)?);
    extensions.extend([0, 11, 0, 2, 1, 0]);
    extensions.extend([0xff, 1, 0, 1, 0]);
    Some(extensions)
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// `bytes` after their length in two octets.
fn prefixed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = u16::try_from(bytes.len()).ok()?.to_be_bytes().to_vec();
    out.extend(bytes);
    Some(out)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Offers `version` to a server that answers with `bytes`; returns the verdict and the offered version.
    async fn offer(version: LegacyVersion, bytes: &[u8]) -> (Option<bool>, [u8; 2]) {
        let (mut client, mut server) = tokio::io::duplex(4096);
        let answered = async {
            let mut hello = [0; 11];
            server.read_exact(&mut hello).await.unwrap();
            server.write_all(bytes).await.unwrap();
            drop(server);
            [hello[9], hello[10]]
        };
        tokio::join!(accepts(&mut client, "site.test", version), answered)
    }

    #[tokio::test]
    async fn only_a_server_hello_of_the_offered_version_is_acceptance() {
        let hello = |minor| [22, 3, minor, 0, 6, 2, 0, 0, 38, 3, minor];
        let cases = [
            (LegacyVersion::Tls10, hello(1).to_vec(), Some(true)),
            (LegacyVersion::Tls11, hello(2).to_vec(), Some(true)),
            (LegacyVersion::Tls11, hello(1).to_vec(), Some(false)),
            (LegacyVersion::Tls10, vec![21, 3, 1, 0, 2, 2, 70], Some(false)),
            (LegacyVersion::Tls10, Vec::new(), Some(false)),
            (LegacyVersion::Tls10, b"HTTP/1.1 400 Bad Request".to_vec(), None),
            (LegacyVersion::Tls10, vec![22, 3, 1], Some(false)),
        ];
        for (version, bytes, expected) in cases {
            assert_eq!(offer(version, &bytes).await, (expected, version.wire()), "{version:?} {bytes:?}");
        }
    }
}
