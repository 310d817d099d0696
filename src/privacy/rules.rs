//! What may become of a request, and who may be erased.

#[cfg(feature = "backend")]
use super::model::{RequestKind, RequestState};
#[cfg(feature = "backend")]
use crate::{Error, Result};

/// Days between the request for an erasure and the erasure, in which it can be taken back, also by whom it is about:
/// they are told when somebody else asks. The General Data Protection
/// Regulation gives a month (article 12, paragraph 3).
pub const GRACE_DAYS: u32 = 7;
/// Days for which an export can be downloaded.
pub const EXPORT_KEPT_DAYS: u32 = 7;

/// Whether a request may go from one state to another.
#[cfg(feature = "backend")]
pub fn may_become(kind: RequestKind, from: RequestState, to: RequestState) -> bool {
    use RequestState::{Cancelled, Done, Expired, Failed, Ready, Waiting};
    match kind {
        RequestKind::Export => matches!((from, to), (Waiting, Ready | Failed | Expired) | (Ready, Expired)),
        RequestKind::Erasure => matches!((from, to), (Waiting, Done | Cancelled | Failed)),
    }
}

/// Whether somebody with this role may be erased.
///
/// # Errors
/// Conflict for the owner: an organisation has one, and would have none.
#[cfg(feature = "backend")]
pub fn erasable(role: &str) -> Result<()> {
    if role == "owner" {
        return Err(Error::conflict("Hand the ownership over first: the organisation would have no owner."));
    }
    Ok(())
}

#[cfg(all(test, feature = "backend"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_stays_over() {
        let over = [RequestState::Done, RequestState::Cancelled, RequestState::Failed, RequestState::Expired];
        for (kind, from) in RequestKind::ALL.into_iter().flat_map(|kind| over.map(|from| (kind, from))) {
            for to in RequestState::ALL {
                assert!(!may_become(kind, from, to), "{kind:?} {from:?} {to:?}");
            }
        }
    }

    #[test]
    fn an_erasure_is_taken_back_while_it_waits_and_an_export_never() {
        assert!(may_become(RequestKind::Erasure, RequestState::Waiting, RequestState::Cancelled));
        assert!(!may_become(RequestKind::Erasure, RequestState::Done, RequestState::Cancelled));
        assert!(!may_become(RequestKind::Export, RequestState::Waiting, RequestState::Cancelled));
        assert!(!may_become(RequestKind::Erasure, RequestState::Waiting, RequestState::Ready));
    }

    #[test]
    fn everybody_but_the_owner_may_be_erased() {
        assert!(erasable("owner").is_err());
        for role in ["member", "auditor", "admin"] {
            assert!(erasable(role).is_ok());
        }
    }
}
