//! How the browser is started.

use std::net::SocketAddr;
use std::path::Path;

/// Flags that do not depend on the audit: no window, no first-run pages, no traffic of the browser's own, nothing that slows a page in the
/// background, and no network past the proxy.
const FIXED: [&str; 33] = [
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--hide-scrollbars",
    "--mute-audio",
    "--lang=en-US",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--password-store=basic",
    "--disable-search-engine-choice-screen",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-domain-reliability",
    "--disable-field-trial-config",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-hang-monitor",
    "--disable-prompt-on-repost",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    // Containers give /dev/shm 64 MB, which pages outgrow.
    "--disable-dev-shm-usage",
    // The guard decides about local addresses; the browser's own check would ask a user.
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication,\
     CertificateTransparencyComponentUpdater,LocalNetworkAccessChecks,GlobalMediaControls",
    // QUIC and WebRTC are UDP, which no proxy of ours carries.
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    // Without this entry the browser goes to loopback directly.
    "--proxy-bypass-list=<-loopback>",
    "--disable-notifications",
];

/// The arguments for a browser on `profile` that reaches the network through `proxy` alone.
pub(super) fn flags(profile: &Path, proxy: SocketAddr) -> Vec<String> {
    let mut flags: Vec<String> = FIXED.map(str::to_owned).into();
    flags.push(format!("--proxy-server=http://{proxy}"));
    // Names are the proxy's to resolve: a lookup by the browser itself would be traffic past the guard.
    flags.push(format!("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {}", proxy.ip()));
    flags.push(format!("--user-data-dir={}", profile.display()));
    if rustix::process::geteuid().is_root() {
        // Chromium's sandbox does not start for root.
        flags.push("--no-sandbox".to_owned());
    }
    flags.push("about:blank".to_owned());
    flags
}
