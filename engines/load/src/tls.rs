//! The TLS client: ring, verification always on.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::plan::{HttpVersion, TlsOptions};

const H2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// The certificates of a PEM text.
///
/// # Errors
/// What is allowed, as the end of a sentence.
pub(crate) fn parse_roots(pem: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match certificates {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err("must be one or more certificates in PEM".to_owned()),
    }
}

/// A client that offers the HTTP versions of the plan by ALPN (RFC 7301). It reads the operating system's roots, so it may block.
///
/// # Errors
/// A sentence, when a given root is not acceptable.
pub(crate) fn client(options: &TlsOptions, http: HttpVersion) -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots(options)?)
        .with_no_client_auth();
    let offered: &[&[u8]] = match http {
        HttpVersion::Auto => &[H2, HTTP1],
        HttpVersion::Http1 => &[HTTP1],
        HttpVersion::Http2 => &[H2],
    };
    config.alpn_protocols = offered.iter().map(|p| p.to_vec()).collect();
    Ok(Arc::new(config))
}

fn roots(options: &TlsOptions) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    // A broken certificate in the system's store is the system's business; the others still count.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for root in options.extra_root_pem.iter().map(|pem| parse_roots(pem)) {
        for certificate in root? {
            roots.add(certificate).map_err(|e| e.to_string())?;
        }
    }
    Ok(roots)
}

/// Whether the negotiated protocol is HTTP/2.
pub(crate) fn is_h2(alpn: Option<&[u8]>) -> bool {
    alpn == Some(H2)
}
