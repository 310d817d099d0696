//! What the form of a schedule sends.

use crate::lab::form::RunForm;
use serde::{Deserialize, Serialize};

/// The form as it was typed: when, and the form of what is started then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScheduleForm {
    /// `benchmark` or `validation`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Five fields.
    pub cron: String,
    /// A name of the IANA database.
    pub time_zone: String,
    /// `true` when it is to run; left out otherwise, as browsers do with a box that is not checked.
    pub enabled: String,
    /// What is started; a validation reads environment and version alone.
    #[serde(flatten)]
    pub run: RunForm,
}

impl ScheduleForm {
    /// The argument of the server function that holds the fields.
    pub const ARGUMENT: &'static str = "request";

    /// The form's fields by the names of its controls.
    #[cfg(feature = "ssr")]
    pub fn pairs(&self) -> Vec<(String, String)> {
        let fields = serde_json::to_value(self).unwrap_or_default();
        let fields = fields.as_object().cloned().unwrap_or_default();
        let name = |field: String| format!("{}[{field}]", Self::ARGUMENT);
        fields.into_iter().filter_map(|(field, value)| Some((name(field), value.as_str()?.to_owned()))).collect()
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_the_name_of_its_control() {
        let run = RunForm { version: "n-{date}".to_owned(), ..RunForm::default() };
        let form = ScheduleForm { cron: "0 2 * * *".to_owned(), run, ..ScheduleForm::default() };
        let pairs = form.pairs();
        let of = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!((of("request[cron]"), of("request[version]")), (Some("0 2 * * *"), Some("n-{date}")));
    }
}
