//! One HTTP/1.1 exchange on its own connection (RFC 9112).

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use rustls::RootCertStore;
use rustls::pki_types::ServerName;
use sbh_egress::Guard;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use url::{Position, Url};

use super::FetchError;
use crate::audit::Options;
use crate::observation::{Headers, Response};
use crate::tls::{Recorder, Session};

/// The longest header section in octets, and the most header fields, that are read.
const MAX_HEADER_BYTES: usize = 64 * 1024;
const MAX_HEADERS: usize = 200;
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// Connects, asks, reads.
pub(super) async fn run(
    guard: &Guard,
    options: &Options,
    roots: &Arc<RootCertStore>,
    method: Method,
    url: &Url,
    headers: &[(&str, &str)],
) -> Result<(Response, Option<Session>), FetchError> {
    let request = request(options, method, url, headers)?;
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let stream = guard.connect(host, port).await?;
    if url.scheme() == "http" {
        return Ok((talk(stream, request, url, options.body_limit).await?, None));
    }
    let recorder = Recorder::new(Arc::clone(roots));
    let config = recorder.config().map_err(|error| FetchError::Tls(error.to_string()))?;
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|error| FetchError::Tls(error.to_string()))?;
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let stream = connecting.await.map_err(|error| FetchError::Tls(error.to_string()))?;
    let session = recorder.session(stream.get_ref().1);
    Ok((talk(stream, request, url, options.body_limit).await?, Some(session)))
}

fn request(
    options: &Options,
    method: Method,
    url: &Url,
    headers: &[(&str, &str)],
) -> Result<Request<Empty<Bytes>>, FetchError> {
    let mut builder = Request::builder()
        .method(method)
        .uri(&url[Position::BeforePath..Position::AfterQuery])
        .header("host", &url[Position::BeforeHost..Position::AfterPort])
        .header("user-agent", &options.user_agent)
        .header("accept", ACCEPT)
        .header("connection", "close");
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Empty::new()).map_err(|error| FetchError::Http(error.to_string()))
}

async fn talk<S>(stream: S, request: Request<Empty<Bytes>>, url: &Url, limit: usize) -> Result<Response, FetchError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let broken = |error: hyper::Error| FetchError::Http(error.to_string());
    let mut builder = hyper::client::conn::http1::Builder::new();
    builder.max_buf_size(MAX_HEADER_BYTES).max_headers(MAX_HEADERS);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Dropping the set ends the connection's task together with this exchange.
    let mut tasks = JoinSet::new();
    tasks.spawn(connection);
    let (parts, body) = sender.send_request(request).await.map_err(broken)?.into_parts();
    let (body, truncated) = read(body, limit).await;
    Ok(Response { url: url.clone(), status: parts.status.as_u16(), headers: headers(&parts.headers), body, truncated })
}

/// Reads up to `limit` octets. A body that breaks off counts as truncated: what came before it is still evidence.
async fn read(mut body: Incoming, limit: usize) -> (String, bool) {
    let mut bytes = Vec::new();
    let mut truncated = false;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            truncated = true;
            break;
        };
        let Some(data) = frame.data_ref() else { continue };
        let room = limit - bytes.len();
        bytes.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            truncated = true;
            break;
        }
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    (String::from_utf8_lossy(bytes).into_owned(), truncated)
}

fn headers(map: &HeaderMap) -> Headers {
    Headers::new(map.iter().map(|(name, value)| {
        let value: String = value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
        (name.as_str(), value)
    }))
}
