//! From errors of the libraries below to error classes.

use std::error::Error;
use std::io;

use sbh_egress::EgressError;

use crate::error::ErrorClass;

pub(crate) fn egress(error: &EgressError) -> ErrorClass {
    match error {
        EgressError::Resolve(_) => ErrorClass::Dns,
        EgressError::Timeout(_) => ErrorClass::Timeout,
        refusal if refusal.is_refusal() => ErrorClass::EgressRefused,
        _ => ErrorClass::Connect,
    }
}

/// The class of a failed exchange on an open connection.
pub(crate) fn exchange(error: &hyper::Error) -> ErrorClass {
    if error.is_timeout() {
        return ErrorClass::Timeout;
    }
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return ErrorClass::Reset;
    }
    match io_cause(error) {
        Some(kind) if is_reset(kind) => ErrorClass::Reset,
        _ => ErrorClass::Protocol,
    }
}

/// The class of a failed TLS handshake: what the peer cut short counts as TLS too, since the connection itself was accepted.
pub(crate) fn handshake(error: &io::Error) -> ErrorClass {
    if error.kind() == io::ErrorKind::TimedOut { ErrorClass::Timeout } else { ErrorClass::Tls }
}

fn is_reset(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::NotConnected
    )
}

fn io_cause(error: &dyn Error) -> Option<io::ErrorKind> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        cause = inner.source();
    }
    None
}
