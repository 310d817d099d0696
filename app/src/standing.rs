//! Who reads, and what stands around every page.

use crate::{
    error::WireError,
    identity::SignOut,
    shell::{Frame, Standing},
    ui::Failed,
    urls,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::components::Outlet;

/// Who reads; sends strangers to the sign-in, and the first visitor to the welcome.
#[server(prefix = "/fn")]
pub async fn who_reads() -> Result<Standing, WireError> {
    use crate::{identity::Told, request::visit, ui::Waiting};
    use leptos_axum::redirect;
    let visit = visit();
    if let Some(error) = &visit.shut_out {
        visit.session.flash(Told::Refused(error.message().to_owned()).to_text()?).await?;
        redirect(urls::SIGN_IN_REFUSED);
        return Ok(Standing::default());
    }
    let Some(actor) = visit.actor else {
        let target = if visit.hub.identity().is_first_run().await? { urls::WELCOME } else { urls::SIGN_IN };
        redirect(target);
        return Ok(Standing::default());
    };
    let waiting =
        Waiting { lab: visit.hub.lab().under_way(&actor).await?, gates: visit.hub.gates().blocked(&actor).await? };
    let member = visit.hub.identity().own_account(&actor).await?;
    Ok(Standing {
        name: member.map(|member| member.name).unwrap_or_default(),
        email: actor.label(),
        role: actor.role().to_string(),
        workspace: visit.hub.identity().organisation(&actor).await?,
        loopback_allowed: visit.hub.platform().egress.allows_loopback(),
        waiting,
        unread: visit.hub.notifications().unread(&actor).await?.unread,
        workspaces: Vec::new(),
        operates: visit.hub.tenants().may_operate(&actor).await?,
    })
}

/// The frame around every page of somebody who signed in.
#[component]
pub fn SignedIn() -> impl IntoView {
    let reader = Resource::new(|| (), |()| who_reads());
    // Neither a Suspense nor a closure around it: the server would run the outlet, and with it all that a page reads,
    // once to look for resources and again to render.
    Suspend::new(async move {
        match reader.await {
            // Nobody signed in, and the answer leads to where they can.
            Ok(standing) if standing.email.is_empty() => ().into_any(),
            Ok(standing) => view! { <Frame standing sign_out=SignOut::url()><Outlet/></Frame> }.into_any(),
            Err(error) => view! { <Failed what=error.message retry=urls::OVERVIEW/> }.into_any(),
        }
    })
    .into_any()
}
