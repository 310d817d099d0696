//! Identity providers of the organisation, for those who say how members sign in.

mod calls;
mod form;
#[cfg(feature = "ssr")]
mod gather;
mod list;
mod page;
mod view;

pub use calls::{
    AddProvider, ChangeProvider, Disconnect, RemoveProvider, add_provider, change_provider, disconnect, list_providers,
    provider_page, remove_provider,
};
pub use form::NewProviderPage;
pub use list::ProvidersPage;
pub use page::ProviderPage;
