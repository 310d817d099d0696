//! Reads what the pages of providers show.

use super::view::{ProviderRow, ProviderView, ProvidersView};
use crate::{identity::gather::told, moment::Moment, request::Visit, urls};
use hub::{Error, Result, access::Actor, error::FieldError, identity::Provider, ids::ProviderId};

/// The organisation's providers.
pub async fn providers(visit: &Visit, actor: &Actor) -> Result<ProvidersView> {
    let now = visit.hub.platform().clock.now();
    let row = |provider: Provider| ProviderRow { changed: Moment::of(provider.updated_at, now), provider };
    let rows = visit.hub.providers().list(actor).await?.into_iter().map(row).collect();
    let slug = visit.hub.identity().slug(actor).await?;
    let door = visit.hub.providers().door(None).await?;
    let organisation = if door.several { format!("?organisation={slug}") } else { String::new() };
    Ok(ProvidersView { rows, address: format!("{}{}{organisation}", visit.origin, urls::SIGN_IN) })
}

/// One provider; tried without signing in where `examine` says so, and with what signing in to try it left where `tried` does.
pub async fn provider(visit: &Visit, actor: &Actor, id: &str, examine: bool, tried: bool) -> Result<ProviderView> {
    let id = ProviderId::parse(id)?;
    let providers = visit.hub.providers();
    let provider = providers.get(actor, id).await?;
    let now = visit.hub.platform().clock.now();
    Ok(ProviderView {
        ends: provider.certificates.iter().map(|one| one.ends_at.map(|at| Moment::of(at, now))).collect(),
        findings: if examine { Some(providers.examine(actor, id).await?) } else { None },
        told: if tried { told(visit).await? } else { None },
        provider,
    })
}

/// An error of the use case with the fields of the form: the groups are one field here.
pub fn as_typed(error: Error) -> Error {
    if error.fields().is_empty() {
        return error;
    }
    let field = |field: &FieldError| match field.pointer.strip_prefix("/group_roles/") {
        Some(rest) => {
            let line = rest.split('/').next().and_then(|at| at.parse::<usize>().ok()).map_or(0, |at| at + 1);
            let message = format!("Group {line}: {}", field.message);
            FieldError { pointer: "/group_roles".to_owned(), message }
        }
        None => field.clone(),
    };
    Error::invalid_fields(error.fields().iter().map(field).collect())
}
