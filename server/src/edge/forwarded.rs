//! The caller's network address.

use crate::state::AppState;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use hub::wire;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl ClientIp {
    /// What limits count by: an IPv6 caller has a whole /64 to itself (RFC 6177), an IPv4 caller one address.
    pub fn subject(self) -> String {
        wire::subject_of(self.0)
    }
}

/// Notes the caller's address: the connection's, or with `TRUST_PROXY` the one that the nearest proxy saw.
pub async fn note(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let told = state.config.trust_proxy.then(|| nearest(request.headers())).flatten();
    let address = told.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    request.extensions_mut().insert(ClientIp(address));
    next.run(request).await
}

/// The last address of `X-Forwarded-For`: those before it are whatever the caller wrote.
fn nearest(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    wire::nearest_forwarded(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_nearest_proxy_is_believed() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "10.0.0.1, 192.0.2.7".parse().unwrap());
        assert_eq!(nearest(&headers), Some("192.0.2.7".parse().unwrap()));
        headers.append("x-forwarded-for", "198.51.100.2".parse().unwrap());
        assert_eq!(nearest(&headers), Some("198.51.100.2".parse().unwrap()));
    }
}
