//! Systems, their environments, and the proof of whose they are.

mod calls;
mod environment;
#[cfg(feature = "ssr")]
pub(crate) mod gather;
mod list;
mod ownership;
mod page;
pub(crate) mod parts;
pub(crate) mod prices;
pub(crate) mod view;

pub use calls::{
    AddEnvironment, AllowAddress, CheckDns, CheckFile, CreateSystem, RemovePrices, SetPrices, add_environment,
    allow_address, check_dns, check_file, create_system, environment_page, list_systems, remove_prices, set_prices,
    system_page,
};
pub use environment::EnvironmentPage;
pub use list::{NewSystemPage, SystemsPage};
pub use page::SystemPage;
