//! A certificate verifier which notes its verdict and lets the connection go on, so that a site with a bad certificate can be looked at.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::certificate::{self, CertificateFacts};

/// What a handshake showed.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) protocol: String,
    pub(crate) cipher_suite: String,
    /// Whether a browser with the same roots accepts the certificate.
    pub(crate) verified: bool,
    pub(crate) certificate: Option<CertificateFacts>,
}

#[derive(Debug, Clone)]
struct Seen {
    verified: bool,
    certificate: Option<CertificateFacts>,
}

/// The verifier; one for each connection.
#[derive(Debug)]
pub(crate) struct Recorder {
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
    seen: Mutex<Option<Seen>>,
}

impl Recorder {
    pub(crate) fn new(roots: Arc<RootCertStore>) -> Arc<Self> {
        Arc::new(Self { roots, provider: Arc::new(rustls::crypto::ring::default_provider()), seen: Mutex::new(None) })
    }

    /// A client configuration which uses this verifier and offers HTTP/1.1.
    pub(crate) fn config(self: &Arc<Self>) -> Result<ClientConfig, Error> {
        let builder =
            ClientConfig::builder_with_provider(Arc::clone(&self.provider)).with_safe_default_protocol_versions()?;
        let verifier = Arc::clone(self) as Arc<dyn ServerCertVerifier>;
        let mut config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// What the handshake of `connection` showed.
    pub(crate) fn session(&self, connection: &rustls::ClientConnection) -> Session {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Session {
            protocol: connection
                .protocol_version()
                .and_then(|version| version.as_str())
                .unwrap_or("unknown")
                .replace('_', "."),
            cipher_suite: connection
                .negotiated_cipher_suite()
                .and_then(|suite| suite.suite().as_str())
                .unwrap_or("unknown")
                .replacen("TLS13_", "TLS_", 1),
            verified: seen.as_ref().is_some_and(|seen| seen.verified),
            certificate: seen.and_then(|seen| seen.certificate),
        }
    }

    fn full_verdict(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> bool {
        let builder = WebPkiServerVerifier::builder_with_provider(Arc::clone(&self.roots), Arc::clone(&self.provider));
        builder.build().is_ok_and(|verifier| verifier.verify_server_cert(leaf, chain, name, ocsp, now).is_ok())
    }

    /// Checks the chain at a time when the leaf is valid, so that an expired certificate is not called untrusted as well.
    fn chain_problem(&self, leaf: &CertificateDer<'_>, chain: &[CertificateDer<'_>], at: UnixTime) -> Option<String> {
        let algorithms = self.provider.signature_verification_algorithms.all;
        let parsed = ParsedCertificate::try_from(leaf);
        let verdict = parsed
            .and_then(|cert| verify_server_cert_signed_by_trust_anchor(&cert, &self.roots, chain, at, algorithms));
        verdict.err().map(|error| error.to_string())
    }
}

impl Recorder {
    /// Notes a handshake signature that cannot be verified, as with RSA keys under 2048 bits, and lets the handshake go on.
    fn note(&self, verdict: Result<HandshakeSignatureValid, Error>) -> HandshakeSignatureValid {
        if verdict.is_err()
            && let Some(seen) = self.seen.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
        {
            seen.verified = false;
        }
        HandshakeSignatureValid::assertion()
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let matches =
            ParsedCertificate::try_from(end_entity).is_ok_and(|cert| verify_server_name(&cert, server_name).is_ok());
        let certificate =
            certificate::read(end_entity, matches, now, |at| self.chain_problem(end_entity, intermediates, at));
        let verified = self.full_verdict(end_entity, intermediates, server_name, ocsp_response, now);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Seen { verified, certificate });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(self.note(verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(self.note(verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
