//! What pages show of share links.

use crate::moment::Moment;
use hub::{
    ids::{EnvironmentId, SystemId},
    sharing::{NewShare, Share, SharedScorecard},
};
use serde::{Deserialize, Serialize};

/// The links to a system's scorecards, beside one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharingView {
    /// The system.
    pub system: SystemId,
    /// The version of the scorecard.
    pub version: String,
    /// Its environment.
    pub environment: Option<EnvironmentId>,
    /// The links on this part of the list, newest first.
    pub shares: Vec<ShareRow>,
    /// The next part of the list.
    pub next: Option<String>,
    /// The first part, unless this is it.
    pub first: Option<String>,
    /// The address of the scorecard's badge, for members.
    pub badge: String,
    /// The reader may make and revoke links.
    pub may_share: bool,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShareRow {
    /// The link.
    pub share: Share,
    /// The name of its environment.
    pub environment: Option<String>,
    /// When it was made.
    pub made: Moment,
    /// When it ends or ended by itself.
    pub ends: Option<Moment>,
    /// When it was revoked.
    pub revoked: Option<Moment>,
    /// It shows something.
    pub live: bool,
}

/// A link as its form sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareForm {
    /// The system.
    pub system: SystemId,
    /// What it is for.
    pub name: String,
    /// The version; empty for whatever was measured last.
    #[serde(default)]
    pub version: String,
    /// The environment; empty for any.
    #[serde(default)]
    pub environment: String,
    /// Days until it ends; empty for a link that does not end.
    #[serde(default)]
    pub expires: String,
}

impl ShareForm {
    /// The link that is asked for.
    ///
    /// # Errors
    /// Not found for an environment's id that is none. Days that are no number are left to the link's own check.
    pub fn into_new(self) -> hub::Result<(SystemId, NewShare)> {
        let environment = Some(self.environment).filter(|id| !id.is_empty());
        let days = Some(self.expires).filter(|days| !days.is_empty());
        let new = NewShare {
            name: self.name,
            version: Some(self.version).filter(|version| !version.is_empty()),
            environment_id: environment.map(|id| EnvironmentId::parse(&id)).transpose()?,
            expires_in_days: days.map(|days| days.parse().unwrap_or_default()),
        };
        Ok((self.system, new))
    }
}

/// What waits in the session for the page of a link that was just made.
#[cfg(feature = "ssr")]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptShare {
    /// The system.
    pub system: SystemId,
    /// What the link is for.
    pub name: String,
    /// The token.
    pub token: String,
}

/// A link that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeView {
    /// What the link is for.
    pub name: String,
    /// The system's name.
    pub system: String,
    /// Where the link leads.
    pub url: String,
    /// Its badge.
    pub badge: String,
}

impl MadeView {
    /// The badge in Markdown (CommonMark 0.31), leading to the page.
    #[must_use]
    pub fn markdown(&self) -> String {
        let plain = |c: char| if c.is_ascii_punctuation() { vec!['\\', c] } else { vec![c] };
        let words: String = self.words().chars().flat_map(plain).collect();
        format!("[![{words}]({})]({})", self.badge, self.url)
    }

    /// The badge in HTML, leading to the page.
    #[must_use]
    pub fn html(&self) -> String {
        let words = self.words().replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        format!("<a href=\"{}\"><img src=\"{}\" alt=\"{words}\" height=\"20\"></a>", self.url, self.badge)
    }

    fn words(&self) -> String {
        format!("Scorecard of {}", self.system)
    }
}

/// What a link shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedView {
    /// The scorecard.
    pub found: SharedScorecard,
    /// The scores of its dimensions, drawn.
    pub radar: Option<String>,
    /// When it was measured.
    pub measured: Option<Moment>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> ShareForm {
        let nothing = String::new;
        let system = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        ShareForm { system, name: "Readme".into(), version: nothing(), environment: nothing(), expires: nothing() }
    }

    #[test]
    fn an_empty_field_asks_for_nothing_and_a_wrong_one_is_refused() {
        let (_, new) = form().into_new().unwrap();
        assert_eq!((new.version, new.environment_id, new.expires_in_days), (None, None, None));
        let (_, new) = ShareForm { expires: "soon".into(), ..form() }.into_new().unwrap();
        assert!(new.parse().is_err(), "days that are no number are no endless link");
        assert!(ShareForm { environment: "staging".into(), ..form() }.into_new().is_err());
    }

    #[test]
    fn what_is_copied_holds_any_name() {
        let made = MadeView {
            name: "Readme".into(),
            system: "A]<b>\"&".into(),
            url: "https://hub.example/shared/0".into(),
            badge: "https://hub.example/shared/0/badge.svg".into(),
        };
        let expected = "[![Scorecard of A\\]\\<b\\>\\\"\\&](https://hub.example/shared/0/badge.svg)](https://hub.example/shared/0)";
        assert_eq!(made.markdown(), expected);
        assert!(made.html().contains("alt=\"Scorecard of A]&lt;b>&quot;&amp;\""), "{}", made.html());
    }
}
