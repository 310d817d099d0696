//! Telephone numbers: written down in the form of E.164, and only such as text messages reach.

use crate::{Error, Result};
use phonenumber::{Mode, Type, metadata::DATABASE};
use serde::{Deserialize, Serialize};

/// Most characters of a number as somebody types it.
const TYPED_MAX: usize = 40;
/// Digits of a number that are shown again.
const SHOWN: usize = 2;

/// A number as it is stored, sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Number {
    /// With a plus and the country's code in front.
    pub e164: String,
    /// The country's calling code.
    pub country: u16,
}

impl Number {
    /// Reads a number in any spelling that begins with a plus.
    ///
    /// # Errors
    /// Invalid, naming `/number`.
    pub(super) fn parse(typed: &str, allowed: &[u16]) -> Result<Self> {
        let form = || {
            let words = "Number must be a mobile number with its country's code, such as +49 1512 3456789.";
            Error::invalid("/number", words)
        };
        let typed = typed.trim();
        let is_plain = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '/' | '(' | ')');
        let rest = typed.strip_prefix('+').ok_or_else(form)?;
        if typed.len() > TYPED_MAX || !rest.chars().all(is_plain) {
            return Err(form());
        }
        // What stands between the digits is the writer's.
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        let number = phonenumber::parse(None, format!("+{digits}")).map_err(|_| form())?;
        // Numbers of premium services are what toll fraud is made of; those of the internet belong to no device.
        let reaches_a_phone = matches!(number.number_type(&DATABASE), Type::Mobile | Type::FixedLineOrMobile);
        if !number.is_valid() || !reaches_a_phone {
            return Err(form());
        }
        let found = Self { e164: number.format().mode(Mode::E164).to_string(), country: number.code().value() };
        if found.is_allowed(allowed) { Ok(found) } else { Err(not_there()) }
    }

    /// Whether messages are sent to its country; `allowed` names the countries, and none of them means all.
    pub(super) fn is_allowed(&self, allowed: &[u16]) -> bool {
        allowed.is_empty() || allowed.contains(&self.country)
    }

    fn masked(&self) -> String {
        let last = self.e164.get(self.e164.len().saturating_sub(SHOWN)..).unwrap_or_default();
        format!("+{} … {last}", self.country)
    }
}

pub(super) fn not_there() -> Error {
    Error::invalid("/number", "This hub sends no text messages to numbers of this country.")
}

/// A stored number as it is shown: its country and its last two digits.
pub(in crate::identity::factors) fn masked(record: &[u8]) -> Result<String> {
    Ok(serde_json::from_slice::<Number>(record)?.masked())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_any_spelling_and_shown_by_its_ends() {
        for typed in ["+4915123456789", " +49 1512 3456789 ", "+49 (1512) 345-6789", "+49/1512.3456789"] {
            let number = Number::parse(typed, &[]).unwrap();
            assert_eq!((number.e164.as_str(), number.country), ("+4915123456789", 49), "{typed}");
            assert_eq!(number.masked(), "+49 … 89");
        }
        assert_eq!(Number::parse("+1 202 555 0143", &[]).unwrap().e164, "+12025550143");
    }

    #[test]
    fn what_no_message_reaches_is_refused() {
        let premium = "+49 900 1234567";
        let fixed = "+49 30 1234567";
        let nothing = ["", "+", "++49", "015123456789", "+49", "+4915123456789;phone-context=+49", "+49 1512 345678x"];
        for typed in nothing.into_iter().chain([premium, fixed, "+999 1234567", &"+4".repeat(40)]) {
            let refused = Number::parse(typed, &[]).err().unwrap_or_else(|| panic!("{typed} was taken"));
            assert_eq!(refused.fields()[0].pointer, "/number", "{typed}");
        }
    }

    #[test]
    fn countries_can_be_closed() {
        assert!(Number::parse("+4915123456789", &[43, 49]).is_ok());
        assert!(Number::parse("+4915123456789", &[43, 41]).is_err());
    }
}
