//! What went wrong inside reqwest, in the guard's terms.

use std::error::Error;
use std::io;

use crate::error::EgressError;

/// Finds the guard's own verdict in the chain of causes, else classifies the failure. The URL is left out: it may carry a secret.
pub(super) fn of(error: &reqwest::Error) -> EgressError {
    if let Some(verdict) = causes(error).find_map(|cause| cause.downcast_ref::<EgressError>()) {
        return verdict.clone();
    }
    if error.is_timeout() {
        return EgressError::Timeout(if error.is_connect() { "connecting" } else { "the exchange" });
    }
    let url = error.url();
    if let Some(url) = url.filter(|_| error.is_connect() && !is_tls(error)) {
        let host = url.host_str().unwrap_or_default().to_owned();
        return EgressError::Connect { host, port: url.port_or_known_default().unwrap_or(0) };
    }
    let root = causes(error).last().map_or_else(|| "the request could not be sent".to_owned(), ToString::to_string);
    EgressError::Http(root)
}

/// TLS failures arrive as I/O errors with the kind that rustls gives to bad peer data.
fn is_tls(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        cause.is::<rustls::Error>()
            || cause
                .downcast_ref::<io::Error>()
                .is_some_and(|io| matches!(io.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof))
    })
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
