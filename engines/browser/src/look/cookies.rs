//! Cookies that the page and its third parties set.

use serde_json::json;

use super::context::Context;
use crate::error::AuditError;
use crate::options::Limits;
use crate::run::Cookie;
use crate::text::cut;

impl Context<'_> {
    /// Every cookie of the context, which was empty before. Values are read by nobody.
    pub(super) async fn cookies(&self, limits: Limits) -> Result<Vec<Cookie>, AuditError> {
        let answer = self.browser.call("Storage.getCookies", json!({ "browserContextId": self.id })).await?;
        let cookies = answer["cookies"].as_array().into_iter().flatten().take(limits.messages);
        Ok(cookies
            .map(|cookie| {
                let text = |name: &str| cut(cookie[name].as_str().unwrap_or_default(), 255);
                let flag = |name: &str| cookie[name].as_bool() == Some(true);
                Cookie {
                    name: text("name"),
                    domain: text("domain"),
                    path: text("path"),
                    secure: flag("secure"),
                    http_only: flag("httpOnly"),
                    same_site: cookie["sameSite"].as_str().map(|value| cut(value, 10)),
                    expires: cookie["expires"].as_f64().filter(|_| !flag("session")).map(|seconds| seconds as i64),
                }
            })
            .collect())
    }
}
