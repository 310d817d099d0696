//! Gates: golden paths, policies, and the validations that allow or block a version.

mod anew;
mod budget;
mod calls;
mod checks;
#[cfg(feature = "ssr")]
mod edit;
#[cfg(feature = "ssr")]
mod gather;
mod home;
mod journey;
mod judged_from;
mod path_editor;
mod path_form;
mod policy_editor;
mod policy_form;
mod policy_rows;
mod policy_summary;
mod policy_text;
mod system;
mod validation;
mod validations;
mod view;

pub use calls::{
    EditPath, EditPolicy, EditPolicyText, ImportBudget, RemovePath, ValidateVersion, edit_path, edit_policy,
    edit_policy_text, how_validation_stands, import_budget, list_gates, path_page, policy_page, remove_path,
    system_gates, validate_version, validation_page,
};
pub use home::GatesPage;
pub use path_editor::PathPage;
pub use policy_editor::PolicyPage;
pub use system::SystemGatesPage;
pub use validation::ValidationPage;
