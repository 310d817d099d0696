//! Which page answers at which path.

use crate::{
    audit::{AuditCheckPage, AuditPage},
    evidence::{EvidencePage, PackPage},
    gates::{GatesPage, PathPage, PolicyPage, SystemGatesPage, ValidationPage},
    identity::{
        ConfirmPage, EnrolAppPage, EnrolCredentialPage, EnrolMessagesPage, InvitationPage, SecondFactorPage,
        SignInPage, SignedOutPage, WelcomePage,
    },
    lab::{ComparePage, ImportPage, LabPage, NewRunPage, RunPage, ScorecardPage},
    library::{AssetPage, LibraryPage, ProposalsPage, ShareAssetPage},
    notifications::{ChoicesPage, NotificationsPage},
    organisations::{InvitedOwnerPage, NewOrganisationPage, OrganisationPage, OrganisationsPage},
    overview::OverviewPage,
    privacy::{OwnPrivacyPage, PrivacyConsentsPage, PrivacyRequestsPage, RegisterPage, RetentionPage},
    providers::{NewProviderPage, ProviderPage, ProvidersPage},
    schedules::{EditSchedulePage, NewSchedulePage, SchedulePage, SchedulesPage},
    search::SearchPage,
    settings::{
        CreatedKeyPage, DirectoryPage, InvitedPage, KeysPage, MembersPage, NewAppPage, NewCredentialPage, NewKeyPage,
        NewNumberPage, ProfilePage, RecoveryCodesPage, RemovalPage, RolesPage, SecurityPage, SessionsPage,
        SignInPolicyPage, UsagePage,
    },
    sharing::{MadeSharePage, SharedPage},
    standing::SignedIn,
    systems::{EnvironmentPage, NewSystemPage, SystemPage, SystemsPage},
    ui::{LinkButton, Page},
    urls,
    workspaces::{NewWorkspacePage, WorkspacePage, WorkspacesPage},
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};

/// The whole user interface. Pages are rendered completely before they are sent, so that they work without WASM and
/// answer with the right status.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| format!("{} · System Builder Hub", as_text(&title))/>
        <Router>
            <Routes fallback=|| view! { <Lost/> }>
                <Route path=path!("/welcome") view=WelcomePage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/second-factor") view=SecondFactorPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/enrol/app") view=EnrolAppPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/enrol/credential") view=EnrolCredentialPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/enrol/messages") view=EnrolMessagesPage ssr=SsrMode::Async/>
                <Route path=path!("/signed-out") view=SignedOutPage ssr=SsrMode::Async/>
                <Route path=path!("/invitation/:secret") view=InvitationPage ssr=SsrMode::Async/>
                <Route path=path!("/shared/:token") view=SharedPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=SignedIn ssr=SsrMode::Async>
                    <Route path=path!("/") view=OverviewPage/>
                    <Route path=path!("/systems") view=SystemsPage/>
                    <Route path=path!("/systems/new") view=NewSystemPage/>
                    <Route path=path!("/systems/:system") view=SystemPage/>
                    <Route path=path!("/systems/:system/environments/:environment") view=EnvironmentPage/>
                    <Route path=path!("/lab") view=LabPage/>
                    <Route path=path!("/lab/new") view=NewRunPage/>
                    <Route path=path!("/lab/import") view=ImportPage/>
                    <Route path=path!("/lab/compare") view=ComparePage/>
                    <Route path=path!("/lab/schedules") view=SchedulesPage/>
                    <Route path=path!("/lab/schedules/new") view=NewSchedulePage/>
                    <Route path=path!("/lab/schedules/:id") view=SchedulePage/>
                    <Route path=path!("/lab/schedules/:id/edit") view=EditSchedulePage/>
                    <Route path=path!("/notifications") view=NotificationsPage/>
                    <Route path=path!("/lab/:run") view=RunPage/>
                    <Route path=path!("/systems/:system/scorecard") view=ScorecardPage/>
                    <Route path=path!("/systems/:system/scorecard/link") view=MadeSharePage/>
                    <Route path=path!("/gates") view=GatesPage/>
                    <Route path=path!("/gates/validations/:id") view=ValidationPage/>
                    <Route path=path!("/gates/:system") view=SystemGatesPage/>
                    <Route path=path!("/gates/:system/policy") view=PolicyPage/>
                    <Route path=path!("/gates/:system/paths/:path") view=PathPage/>
                    <Route path=path!("/workspaces") view=WorkspacesPage/>
                    <Route path=path!("/workspaces/new") view=NewWorkspacePage/>
                    <Route path=path!("/workspaces/:workspace") view=WorkspacePage/>
                    <Route path=path!("/library") view=LibraryPage/>
                    <Route path=path!("/library/new") view=ShareAssetPage/>
                    <Route path=path!("/library/reviews") view=ProposalsPage/>
                    <Route path=path!("/library/:asset") view=AssetPage/>
                    <Route path=path!("/organisations") view=OrganisationsPage/>
                    <Route path=path!("/organisations/new") view=NewOrganisationPage/>
                    <Route path=path!("/organisations/invited") view=InvitedOwnerPage/>
                    <Route path=path!("/organisations/:organisation") view=OrganisationPage/>
                    <Route path=path!("/evidence") view=EvidencePage/>
                    <Route path=path!("/evidence/:id") view=PackPage/>
                    <Route path=path!("/search") view=SearchPage/>
                    <Route path=path!("/audit") view=AuditPage/>
                    <Route path=path!("/audit/check") view=AuditCheckPage/>
                    <Route path=path!("/settings") view=|| view! { <Redirect path=urls::SECURITY/> }/>
                    <Route path=path!("/settings/profile") view=ProfilePage/>
                    <Route path=path!("/settings/keys") view=KeysPage/>
                    <Route path=path!("/settings/keys/new") view=NewKeyPage/>
                    <Route path=path!("/settings/keys/created") view=CreatedKeyPage/>
                    <Route path=path!("/settings/sessions") view=SessionsPage/>
                    <Route path=path!("/settings/members") view=MembersPage/>
                    <Route path=path!("/settings/members/invited") view=InvitedPage/>
                    <Route path=path!("/settings/removal") view=RemovalPage/>
                    <Route path=path!("/settings/security") view=SecurityPage/>
                    <Route path=path!("/settings/security/app") view=NewAppPage/>
                    <Route path=path!("/settings/security/credential") view=NewCredentialPage/>
                    <Route path=path!("/settings/security/messages") view=NewNumberPage/>
                    <Route path=path!("/settings/security/codes") view=RecoveryCodesPage/>
                    <Route path=path!("/settings/roles") view=RolesPage/>
                    <Route path=path!("/settings/sign-in") view=SignInPolicyPage/>
                    <Route path=path!("/settings/providers") view=ProvidersPage/>
                    <Route path=path!("/settings/providers/new") view=NewProviderPage/>
                    <Route path=path!("/settings/providers/:provider") view=ProviderPage/>
                    <Route path=path!("/settings/directory") view=DirectoryPage/>
                    <Route path=path!("/settings/usage") view=UsagePage/>
                    <Route path=path!("/settings/privacy") view=OwnPrivacyPage/>
                    <Route path=path!("/privacy/requests") view=PrivacyRequestsPage/>
                    <Route path=path!("/privacy/consents") view=PrivacyConsentsPage/>
                    <Route path=path!("/privacy/retention") view=RetentionPage/>
                    <Route path=path!("/privacy/register") view=RegisterPage/>
                    <Route path=path!("/confirm") view=ConfirmPage/>
                    <Route path=path!("/settings/notifications") view=ChoicesPage/>
                </ParentRoute>
            </Routes>
        </Router>
    }
    .into_any()
}

/// What stands where no page is.
#[component]
fn Lost() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <crate::shell::BareFrame>
            <Page title="Nothing is here" lead="The address has no page, or what it named was removed." narrow=true>
                <LinkButton href=urls::OVERVIEW>"Go to the overview"</LinkButton>
            </Page>
        </crate::shell::BareFrame>
    }
    .into_any()
}

/// A title as the text of its element: leptos_meta writes it as it is, and names that people typed may hold markup.
fn as_text(title: &str) -> String {
    title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
