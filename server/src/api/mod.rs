//! The public API, one file per capability. A handler reads the request, calls one use case, and writes its answer.

pub mod audit;
pub mod compliance;
pub mod directory;
pub mod documentation;
pub mod download;
pub mod extract;
pub mod factors;
pub mod gates;
pub mod health;
pub mod identity;
pub mod keys;
pub mod lab;
pub mod lab_events;
pub mod library;
pub mod members;
pub mod messages;
pub mod notifications;
pub mod prefer;
pub mod privacy;
pub mod profile;
pub mod proposals;
pub mod providers;
pub mod refusals;
pub mod schedules;
pub mod scim;
pub mod sharing;
pub mod systems;
pub mod tenants;
pub mod usage;
pub mod workspaces;

use crate::state::AppState;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "System Builder Hub",
        description = "Measures systems, holds their releases to gates, and proves the outcome.\n\n\
            Send `Authorization: Bearer sbh_…`, or use the browser's session. Errors are problem documents (RFC 9457). \
            A change with an `Idempotency-Key` that is sent twice happens once.",
    ),
    security(("key" = []), ("session" = [])),
    modifiers(&Security),
    components(schemas(crate::problem::ProblemDocument)),
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let key =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("sbh_ and 56 hexadecimal digits").build();
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("sbh_session")));
        let components = document.components.get_or_insert_with(Default::default);
        components.add_security_scheme("key", SecurityScheme::Http(key));
        components.add_security_scheme("session", session);
    }
}

/// Every operation, with its description.
pub fn routes() -> OpenApiRouter<AppState> {
    let mut routes = OpenApiRouter::with_openapi(Document::openapi())
        .merge(health::routes())
        .merge(identity::routes())
        .merge(keys::routes())
        .merge(factors::routes())
        .merge(messages::routes())
        .merge(profile::routes())
        .merge(members::routes())
        .merge(tenants::routes())
        .merge(providers::routes())
        .merge(directory::routes())
        .merge(usage::routes())
        .merge(systems::routes())
        .merge(lab::routes())
        .merge(lab_events::routes())
        .merge(sharing::routes())
        .merge(gates::routes())
        .merge(schedules::routes())
        .merge(notifications::routes())
        .merge(workspaces::routes())
        .merge(library::routes())
        .merge(proposals::routes())
        .merge(compliance::routes())
        .merge(audit::routes())
        .merge(privacy::routes());
    refusals::describe_the_edge(routes.get_openapi_mut());
    routes
}

/// The description of every operation (OpenAPI 3.1).
pub fn document() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}
