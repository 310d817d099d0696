//! A picture of the viewport.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::time::timeout;

use super::ANSWER;
use super::context::Context;
use crate::error::AuditError;
use crate::measured::Measured;
use crate::options::Limits;
use crate::picture::Picture;

impl Context<'_> {
    /// The viewport as PNG: in CSS pixels, or at half that size if it is too large.
    pub(super) async fn screenshot(&self, limits: Limits) -> Measured<Picture> {
        for scale in [1.0, 0.5] {
            match timeout(ANSWER, self.capture(scale)).await {
                Ok(Ok(data)) if data.len() <= limits.screenshot => return Measured::value(Picture::png(data)),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Measured::missing(error.to_string()),
                Err(_) => return Measured::missing("the page took too long to draw"),
            }
        }
        Measured::missing(format!("it has more than {} bytes", limits.screenshot))
    }

    async fn capture(&self, scale: f64) -> Result<Vec<u8>, AuditError> {
        const METHOD: &str = "Page.captureScreenshot";
        let layout = self.page.call("Page.getLayoutMetrics", json!({})).await?;
        let view = &layout["cssVisualViewport"];
        let number = |name: &str| view[name].as_f64().unwrap_or_default();
        // The browser multiplies by the scale of the device, which the picture does without.
        let ratio: f64 = self.evaluate("devicePixelRatio").await?;
        let clip = json!({
            "x": number("pageX"), "y": number("pageY"), "width": number("clientWidth"), "height": number("clientHeight"),
            "scale": scale / ratio.max(0.1),
        });
        let answer = self.page.call(METHOD, json!({ "format": "png", "clip": clip })).await?;
        let data = answer["data"].as_str().and_then(|data| STANDARD.decode(data).ok());
        data.ok_or_else(|| crate::record::unexpected(METHOD))
    }
}
