//! Our own scripts in the page, in a world of their own: the page can neither see nor change them, and its content security policy does not
//! apply to them.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::ANSWER;
use super::context::Context;
use crate::error::AuditError;
use crate::observation::Collected;
use crate::record::unexpected;

/// The world's name.
pub(super) const WORLD: &str = "sbh";
/// What runs in each document before the page's own scripts.
pub(super) const COLLECTOR: &str = include_str!("../../assets/collector.js");

impl Context<'_> {
    /// The value of an expression; promises are awaited.
    pub(super) async fn evaluate<T: DeserializeOwned>(&self, expression: &str) -> Result<T, AuditError> {
        let slow = |_| AuditError::Page("its scripts kept it busy, so that it did not answer".to_owned());
        timeout(ANSWER, self.evaluate_without_limit(expression)).await.map_err(slow)?
    }

    pub(super) async fn evaluate_without_limit<T: DeserializeOwned>(&self, expression: &str) -> Result<T, AuditError> {
        const METHOD: &str = "Runtime.evaluate";
        // The world of this name, which exists since the document began; it is another one after each navigation.
        let world = json!({ "frameId": self.frame, "worldName": WORLD });
        let world = self.page.call("Page.createIsolatedWorld", world).await?;
        let call = json!({
            "expression": expression,
            "contextId": world["executionContextId"],
            "returnByValue": true,
            "awaitPromise": true,
        });
        let mut result = self.page.call(METHOD, call).await?;
        if result["exceptionDetails"].is_object() {
            let details = &result["exceptionDetails"];
            let message = details["exception"]["description"].as_str().or(details["text"].as_str()).unwrap_or_default();
            return Err(AuditError::Protocol { method: METHOD.to_owned(), message: crate::text::cut(message, 300) });
        }
        let value: Value = result["result"]["value"].take();
        serde_json::from_value(value).map_err(|error| {
            tracing::debug!(%error, "a script of ours answered with something else");
            unexpected(METHOD)
        })
    }

    /// Everything that the collector has seen so far.
    pub(super) async fn collect(&self) -> Result<Collected, AuditError> {
        self.evaluate("sbhCollector.read()").await.map_err(|error| match error {
            AuditError::Protocol { message, .. } => AuditError::Page(format!("its document cannot be read: {message}")),
            other => other,
        })
    }
}
