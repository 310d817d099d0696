//! What a visitor does after the page has loaded.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::context::Context;
use crate::error::AuditError;
use crate::observation::Timing;
use crate::options::Interaction;
use crate::text::cut;

/// How long a page is left alone after an interaction. The browser groups the events of an interaction by its pauses.
const PAUSE: Duration = Duration::from_millis(150);

#[derive(Deserialize)]
struct Point {
    x: f64,
    y: f64,
}

impl Context<'_> {
    /// Performs the interactions and returns their events, or why there are none.
    pub(super) async fn interact(&self, interactions: &[Interaction]) -> Result<Vec<Timing>, String> {
        if interactions.is_empty() {
            return Err("no interactions were given".to_owned());
        }
        for (at, interaction) in interactions.iter().enumerate() {
            self.perform(interaction).await.map_err(|error| format!("interaction {}: {error}", at + 1))?;
        }
        let collected = self.collect().await.map_err(|error| format!("after the interactions: {error}"))?;
        Ok(collected.events)
    }

    async fn perform(&self, interaction: &Interaction) -> Result<(), String> {
        let selector = interaction.selector();
        let expression = format!("sbhCollector.middle({})", json!(selector));
        let point: Option<Point> = self.evaluate(&expression).await.map_err(|error| error.to_string())?;
        let point = point.ok_or_else(|| format!("no visible element matches {}", cut(selector, 200)))?;
        self.click(&point).await.map_err(|error| error.to_string())?;
        if let Interaction::Type { text, .. } = interaction {
            for key in text.chars() {
                self.press(key).await.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    async fn click(&self, point: &Point) -> Result<(), AuditError> {
        for (kind, count) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 1)] {
            let button = if count == 0 { "none" } else { "left" };
            self.input(
                "Input.dispatchMouseEvent",
                json!({ "type": kind, "x": point.x, "y": point.y, "button": button, "clickCount": count }),
            )
            .await?;
        }
        self.shown().await
    }

    async fn press(&self, key: char) -> Result<(), AuditError> {
        let text = key.to_string();
        self.input("Input.dispatchKeyEvent", json!({ "type": "keyDown", "key": text, "text": text })).await?;
        self.input("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": text })).await?;
        self.shown().await
    }

    async fn input(&self, method: &str, params: Value) -> Result<(), AuditError> {
        self.page.call(method, params).await.map(drop)
    }

    async fn shown(&self) -> Result<(), AuditError> {
        self.evaluate::<Value>("sbhCollector.shown()").await?;
        sleep(PAUSE).await;
        Ok(())
    }
}
