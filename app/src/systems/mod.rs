//! Systems, their environments, and the proof of whose they are.

mod calls;
mod environment;
#[cfg(feature = "ssr")]
pub(crate) mod gather;
mod list;
mod ownership;
mod page;
pub(crate) mod parts;
pub(crate) mod view;

pub use calls::{
    AddEnvironment, AllowAddress, CheckDns, CheckFile, CreateSystem, add_environment, allow_address, check_dns,
    check_file, create_system, environment_page, list_systems, system_page,
};
pub use environment::EnvironmentPage;
pub use list::{NewSystemPage, SystemsPage};
pub use page::SystemPage;
