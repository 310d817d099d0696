//! A browser context: an empty cache, no cookies, one page on the simulated device.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::Browser;
use super::world::{COLLECTOR, WORLD};
use crate::cdp::Session;
use crate::device::Device;
use crate::error::AuditError;
use crate::options::Options;
use crate::record::{Recorder, unexpected};

/// An address of documentation space (RFC 5737) that the guard refuses before anything else. Loading it makes the browser log in at the proxy
/// without any traffic past it.
pub(crate) const LOGIN: &str = "http://192.0.2.0:47119/";
/// How long the login may take.
const LOGIN_LIMIT: Duration = Duration::from_secs(20);
/// The largest picture of the filmstrip in pixels, the size of those that Lighthouse uses.
const FRAME: u32 = 500;

pub(super) struct Context<'a> {
    pub(super) browser: &'a Session,
    pub(super) page: Session,
    pub(super) recorder: &'a Recorder,
    pub(super) id: String,
    pub(super) frame: String,
}

impl<'a> Context<'a> {
    /// Opens a context, logs in at the proxy, and makes the page ready.
    pub(super) async fn open(browser: &'a Browser, options: &Options) -> Result<Self, AuditError> {
        let root = &browser.session;
        let id =
            made(root, "Target.createBrowserContext", json!({ "disposeOnDetach": true }), "browserContextId").await?;
        root.call("Browser.setDownloadBehavior", json!({ "behavior": "deny", "browserContextId": id })).await?;
        log_in(browser, &id).await?;
        let (frame, page) = open_page(browser, &id).await?;
        let context = Self { browser: root, page, recorder: &browser.recorder, id, frame };
        context.prepare(options, browser.major()).await?;
        Ok(context)
    }

    async fn prepare(&self, options: &Options, major: u32) -> Result<(), AuditError> {
        let device = &options.device;
        // Frames of other sites and workers get these too; the rest is for the page itself.
        let everywhere = everywhere(options, major);
        self.recorder.begin(&self.page.id, everywhere.clone(), options.limits);
        let screen = device.screen;
        let metrics = json!({
            "width": screen.width, "height": screen.height, "deviceScaleFactor": screen.scale, "mobile": screen.mobile,
        });
        let collector = json!({ "source": COLLECTOR, "worldName": WORLD });
        let throttle = json!({ "rate": device.throttling.cpu_slowdown });
        let pictures = json!({ "format": "jpeg", "quality": 60, "maxWidth": FRAME, "maxHeight": FRAME });
        let own = [
            ("Page.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Emulation.setDeviceMetricsOverride", metrics),
            ("Emulation.setTouchEmulationEnabled", json!({ "enabled": screen.mobile })),
            ("Emulation.setCPUThrottlingRate", throttle),
            ("Page.addScriptToEvaluateOnNewDocument", collector),
            ("Page.startScreencast", pictures),
        ];
        for (method, params) in everywhere {
            self.page.call(&method, params).await?;
        }
        for (method, params) in own {
            self.page.call(method, params).await?;
        }
        Ok(())
    }

    /// Ends the page and forgets the context.
    pub(super) async fn close(self, browser: &Browser) -> Result<(), AuditError> {
        self.recorder.end();
        browser.session.call("Target.disposeBrowserContext", json!({ "browserContextId": self.id })).await?;
        Ok(())
    }
}

/// Logs in at the proxy on a page of its own, so that nothing of it is recorded. The context remembers it.
async fn log_in(browser: &Browser, context: &str) -> Result<(), AuditError> {
    let (target, page) = open_page(browser, context).await?;
    let intercept = json!({ "handleAuthRequests": true, "patterns": [{ "urlPattern": "*" }] });
    page.call("Fetch.enable", intercept).await?;
    let late = |_| AuditError::Launch("it could not log in at its proxy".to_owned());
    timeout(LOGIN_LIMIT, page.call("Page.navigate", json!({ "url": LOGIN }))).await.map_err(late)??;
    browser.session.call("Target.closeTarget", json!({ "targetId": target })).await?;
    Ok(())
}

/// A new empty page and its session.
async fn open_page(browser: &Browser, context: &str) -> Result<(String, Session), AuditError> {
    let root = &browser.session;
    let blank = json!({ "url": "about:blank", "browserContextId": context });
    let target = made(root, "Target.createTarget", blank, "targetId").await?;
    let attach = json!({ "targetId": target, "flatten": true });
    let session = made(root, "Target.attachToTarget", attach, "sessionId").await?;
    Ok((target, browser.client.session(session)))
}

async fn made(session: &Session, method: &str, params: Value, name: &str) -> Result<String, AuditError> {
    let result = session.call(method, params).await?;
    result[name].as_str().map(str::to_owned).ok_or_else(|| unexpected(method))
}

fn everywhere(options: &Options, major: u32) -> Vec<(String, Value)> {
    let device = &options.device;
    let slow = device.throttling;
    // The browser takes bytes a second, and -1 for no limit. Lighthouse's kilobit has 1024 bits.
    let rate = |kbps: f64| if kbps > 0.0 { (kbps * 1024.0 / 8.0).floor() } else { -1.0 };
    let conditions = json!({
        "offline": false,
        "latency": slow.latency_ms,
        "downloadThroughput": rate(slow.download_kbps),
        "uploadThroughput": rate(slow.upload_kbps),
    });
    let attach = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
    let calls = [
        ("Network.enable", json!({})),
        ("Runtime.enable", json!({})),
        ("Log.enable", json!({})),
        ("Network.emulateNetworkConditions", conditions),
        ("Network.setUserAgentOverride", user_agent(device, major)),
        ("Security.setIgnoreCertificateErrors", json!({ "ignore": options.any_certificate })),
        ("Target.setAutoAttach", attach),
    ];
    calls.map(|(method, params)| (method.to_owned(), params)).into()
}

/// The header field with client hints to match, as Lighthouse's `core/lib/emulation.js` makes them.
fn user_agent(device: &Device, major: u32) -> Value {
    let version = major.to_string();
    let brands = ["Chromium", "Google Chrome"].map(|brand| json!({ "brand": brand, "version": version }));
    let (platform, platform_version, architecture, model) = if device.screen.mobile {
        ("Android", "11.0", "", "moto g power (2022)")
    } else {
        ("macOS", "10.15.7", "x86", "")
    };
    json!({
        "userAgent": device.user_agent.replace("{version}", &version),
        "userAgentMetadata": {
            "brands": brands,
            "fullVersion": format!("{version}.0.0.0"),
            "platform": platform,
            "platformVersion": platform_version,
            "architecture": architecture,
            "model": model,
            "mobile": device.screen.mobile,
        },
    })
}
