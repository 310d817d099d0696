//! Looking at a page: which steps are made, in which order.

mod axe;
mod context;
mod cookies;
mod interact;
mod load;
mod screenshot;
mod world;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::time::timeout;
use url::Url;

use crate::cdp::{Client, Session};
use crate::domain::Site;
use crate::error::AuditError;
use crate::measured::Measured;
use crate::observation::{Collected, Frame, Observation};
use crate::options::Options;
use crate::record::{Recorder, Shot, unexpected};
use crate::run::Seen;

pub use axe::read;
use context::Context;
pub(crate) use context::LOGIN;

/// How long a browser may take to answer the first call.
const GREETING: Duration = Duration::from_secs(20);
/// How long a page that has loaded may take for one answer, before it counts as not answering.
const ANSWER: Duration = Duration::from_secs(30);

/// A browser that answers.
pub(crate) struct Browser {
    session: Session,
    client: Client,
    recorder: Arc<Recorder>,
    /// Name and version, such as `Chrome/140.0.7339.80`.
    pub(crate) product: String,
}

impl Browser {
    /// Waits for the first answer.
    pub(crate) async fn greet(client: Client, recorder: Arc<Recorder>) -> Result<Self, AuditError> {
        let session = client.browser();
        let late = |_| AuditError::Launch(format!("it did not answer within {} s", GREETING.as_secs()));
        let version = timeout(GREETING, session.call("Browser.getVersion", json!({}))).await.map_err(late)??;
        let product = version["product"].as_str().ok_or_else(|| unexpected("Browser.getVersion"))?.to_owned();
        Ok(Self { session, client, recorder, product })
    }

    /// The major version, or 0.
    fn major(&self) -> u32 {
        let version = self.product.split_once('/').map_or("", |(_, version)| version);
        version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or_default()
    }

    /// Loads the page once, in a browser context of its own. `last` is the run that checks accessibility.
    pub(crate) async fn visit(&self, url: &Url, options: &Options, last: bool) -> Result<Seen, AuditError> {
        let context = Context::open(self, options).await?;
        let note = context.load(url, options).await?;
        let collected = context.collect().await?;
        context.page.call("Page.stopScreencast", json!({})).await?;
        let frames = collected.frames;
        // From here on, what the page does is no part of its loading.
        let mut seen = self.seen(collected, note);
        seen.screenshot = context.screenshot(options.limits).await;
        seen.observation.events = context.interact(&options.interactions).await;
        seen.cookies = context.cookies(options.limits).await?;
        if last && options.accessibility {
            seen.accessibility = Some(context.accessibility(frames, options.limits).await);
        }
        context.close(self).await?;
        Ok(seen)
    }

    fn seen(&self, loaded: Collected, load_note: Option<String>) -> Seen {
        let mut recording = self.recorder.recording();
        let shots = std::mem::take(&mut recording.shots);
        let site = Site::of(&recording.url);
        let network = &recording.network;
        let console = &recording.console;
        Seen {
            started_at: network.started_at().unwrap_or_default(),
            final_url: recording.url.clone(),
            status: network.page().and_then(|page| page.status),
            omitted: network.omitted,
            console: console.errors.clone(),
            exceptions: console.exceptions.clone(),
            observation: Observation {
                loaded,
                events: Err("no interactions were made".to_owned()),
                frames: shots.into_iter().filter_map(frame).collect(),
                frames_dropped: recording.shots_dropped,
                requests: network.requests(&site),
                console_errors: console.error_count,
                exceptions: console.exception_count,
            },
            cookies: Vec::new(),
            screenshot: Measured::missing("it was not taken"),
            accessibility: None,
            load_note,
        }
    }
}

fn frame(shot: Shot) -> Option<Frame> {
    Some(Frame { at: shot.at, picture: STANDARD.decode(shot.data).ok()? })
}
