//! Who may decide what somebody else asked for.

use crate::{Error, Result, ids::UserId};

/// Whoever asked for something never approves or rejects it: four eyes see more than two. A key counts as the person who
/// made it.
///
/// # Errors
/// Conflict when it is the same person.
pub fn by_another(asked: UserId, decides: UserId) -> Result<()> {
    if asked == decides {
        return Err(Error::conflict("Nobody reviews what they asked for themselves; another reviewer has to."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::by_another;

    #[test]
    fn nobody_decides_about_what_is_their_own() {
        let person = |text: &str| text.parse().unwrap();
        let (ada, ben) =
            (person("01890a5d-ac96-774b-bcce-b302099a8057"), person("01890a5d-ac96-774b-bcce-b302099a8058"));
        assert_eq!(by_another(ada, ada).unwrap_err().kind(), crate::Kind::Conflict);
        by_another(ada, ben).unwrap();
    }
}
