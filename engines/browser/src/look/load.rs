//! Loading, until the page is quiet.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::context::Context;
use crate::error::AuditError;
use crate::options::Options;
use crate::text::cut;
use crate::waterfall::Request;

/// How often the page is asked whether it is quiet.
const INTERVAL: Duration = Duration::from_millis(100);

#[derive(Deserialize)]
struct Pulse {
    now: f64,
    busy: f64,
}

impl Context<'_> {
    /// Loads `url` and waits until network and main thread have been quiet. A sentence tells if that did not happen in time.
    pub(super) async fn load(&self, url: &Url, options: &Options) -> Result<Option<String>, AuditError> {
        let deadline = Instant::now() + options.load_limit;
        let navigation = self.page.call("Page.navigate", json!({ "url": url.as_str() }));
        let silent = |_| AuditError::Page(format!("it did not answer within {} s", options.load_limit.as_secs()));
        let answer = timeout(options.load_limit, navigation).await.map_err(silent)??;
        if let Some(error) = answer["errorText"].as_str().filter(|error| !error.is_empty()) {
            let loader = answer["loaderId"].as_str().unwrap_or_default();
            return Err(self.failure(error, loader, answer["isDownload"].as_bool() == Some(true)));
        }
        let note = self.settle(options.quiet, deadline).await?;
        match self.recorder.recording().network.page().and_then(stopped) {
            Some(error) => Err(error),
            None => Ok(note),
        }
    }

    async fn settle(&self, quiet: Duration, deadline: Instant) -> Result<Option<String>, AuditError> {
        while Instant::now() < deadline {
            sleep(INTERVAL).await;
            if !self.recorder.is_quiet(quiet) {
                continue;
            }
            match self.evaluate::<Pulse>("sbhCollector.pulse()").await {
                Ok(pulse) if pulse.now - pulse.busy >= quiet.as_secs_f64() * 1000.0 => return Ok(None),
                // A document that is just being replaced has no world of ours yet.
                Ok(_) | Err(AuditError::Protocol { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let what = match self.recorder.recording().loaded {
            Some(_) => "network and scripts were not quiet in time",
            None => "the load event did not come in time",
        };
        Ok(Some(what.to_owned()))
    }

    fn failure(&self, error: &str, loader: &str, download: bool) -> AuditError {
        if download {
            return AuditError::Page("it is a download".to_owned());
        }
        let mut recording = self.recorder.recording();
        recording.network.document(loader);
        let page = recording.network.page();
        if let Some(error) = page.and_then(stopped) {
            return error;
        }
        // The browser shows an error page of its own for an error status without a body.
        match page.and_then(|page| page.status).filter(|status| *status >= 400) {
            Some(status) => AuditError::Page(format!("it answered with status {status} and no content")),
            None => AuditError::Page(cut(error, 200)),
        }
    }
}

/// What the egress proxy said if it answered in the page's place.
fn stopped(page: &Request) -> Option<AuditError> {
    let field = page.response_headers.iter().find(|field| field.name.eq_ignore_ascii_case("x-sbh-egress"))?;
    Some(match field.value.as_str() {
        "refused" => AuditError::Refused(format!("{} is closed by the egress guard", page.url)),
        "limit" => AuditError::Page("the audit has transferred as much as it may".to_owned()),
        _ => AuditError::Page("the server did not answer".to_owned()),
    })
}
