//! Who is told, and what is news.

use super::model::{NotificationKind, Reach};
use crate::{
    access::{Permission, Role},
    gates::Verdict,
};

/// How a member stands to the thing that something happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The member's role.
    pub role: Role,
    /// The member started or owns it.
    pub is_mine: bool,
    /// Nobody who is still here started or owns it, for example because a key did.
    pub is_orphan: bool,
}

/// Whether somebody is told.
pub fn is_told(kind: NotificationKind, reach: Reach, standing: Standing) -> bool {
    let answers = standing.is_orphan && matches!(standing.role, Role::Admin | Role::Owner);
    let wanted = match reach {
        Reach::All => true,
        Reach::Mine => standing.is_mine || answers,
        Reach::None => false,
    };
    let permissions = standing.role.permissions();
    let concerns = !kind.is_personal() || standing.is_mine || permissions.contains(&Permission::MembersManage);
    wanted && concerns && permissions.contains(&kind.needs())
}

/// What a verdict tells that was not known before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerdictNews {
    /// The version may not be released.
    Blocked,
    /// A version may be released where the last one might not.
    Unblocked,
}

/// Whether a verdict is news in its environment. `before` is the version that was judged there last, with its verdict.
/// The same verdict of the same version again is none, or a schedule would say it every few minutes.
pub fn news_of(before: Option<(&str, Verdict)>, version: &str, verdict: Verdict) -> Option<VerdictNews> {
    let was_allowed = before.is_none_or(|(_, verdict)| verdict == Verdict::Allowed);
    match verdict {
        Verdict::Allowed => (!was_allowed).then_some(VerdictNews::Unblocked),
        Verdict::Blocked | Verdict::Inconclusive => {
            (before != Some((version, verdict))).then_some(VerdictNews::Blocked)
        }
    }
}
