//! Nothing gets past the guard.

use std::time::Duration;

use sbh_browser::AuditError;
use sbh_egress::{Guard, Policy};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::setup::{audit_with, quick};
use crate::site::{Page, Site};

#[tokio::test]
async fn a_refused_address_is_never_connected_to() {
    let site = Site::page("<p>Text").await;
    let closed = || Guard::new(Policy::default());
    let named = url::Url::parse(&format!("http://localhost:{}/", site.addr.port())).unwrap();
    for url in [site.url("/"), named] {
        let error = audit_with(closed(), &url, &quick()).await.unwrap_err();
        assert!(matches!(error, AuditError::Refused(_)), "{error}");
    }
    let file = url::Url::parse("file:///etc/hostname").unwrap();
    assert!(matches!(audit_with(closed(), &file, &quick()).await, Err(AuditError::Refused(_))));
    assert_eq!(site.connections(), 0);
}

#[tokio::test]
async fn what_a_page_may_not_reach_is_refused_request_by_request() {
    // Another loopback address stands for a service of the network around the hub.
    let private = Site::start_on("127.0.0.2", &[("/secret.js", Page::new("text/javascript", "0"))]).await;
    let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (inside, datagrams) = (private.addr, udp.local_addr().unwrap());
    let page = format!(
        "<link rel=icon href='data:,'><link rel=preconnect href=http://{inside}><p>Text<script src=http://{inside}/secret.js></script>
        <img src=http://169.254.169.254/latest/meta-data><script>
        new WebSocket('ws://{inside}/socket');
        const peer = new RTCPeerConnection({{ iceServers: [{{ urls: 'stun:{datagrams}' }}] }});
        peer.createDataChannel('x');
        peer.createOffer().then((offer) => peer.setLocalDescription(offer));
        if (window.WebTransport) new WebTransport('https://{datagrams}/').ready.catch(() => 0);
        </script>"
    );
    let site = Site::start(&[("/", Page::html(page)), ("/out", Page::redirect(&format!("http://{inside}/")))]).await;
    let guard = Guard::new(Policy::default()).allowing("127.0.0.1");
    let audit = audit_with(guard.clone(), &site.url("/"), &quick()).await.unwrap();
    let refused: Vec<&str> = audit.run.requests.iter().filter(|it| it.refused).map(|it| it.url.as_str()).collect();
    assert_eq!(refused, [format!("http://{inside}/secret.js").as_str(), "http://169.254.169.254/latest/meta-data"]);
    assert!(audit.refusals.count >= 3, "{:?}", audit.refusals);
    assert!(audit.refusals.first.iter().any(|refusal| refusal.target == inside.to_string()));
    assert!(audit.refusals.first.iter().all(|refusal| !refusal.target.starts_with("192.0.2.")));

    let error = audit_with(guard, &site.url("/out"), &quick()).await.unwrap_err();
    assert!(matches!(error, AuditError::Refused(_)), "a redirect is judged too: {error}");
    assert_eq!(private.connections(), 0);
    let mut datagram = [0; 64];
    assert!(timeout(Duration::ZERO, udp.recv(&mut datagram)).await.is_err(), "a datagram left the browser");
}
