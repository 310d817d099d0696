//! Members, invitations, and what is asked of those who sign in.

use super::{
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Making, Open, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State, http::StatusCode};
use hub::{
    Hub,
    identity::{
        AcceptInvitation, CreatedInvitation, Invitation, InvitationFor, Member, MemberChange, NewInvitation, NewMember,
        SignInPolicy,
    },
    ids::{InvitationId, UserId},
    page::{Page, PageRequest},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_members, add_member))
        .routes(routes!(change_member))
        .routes(routes!(hand_over))
        .routes(routes!(list_invitations, invite))
        .routes(routes!(revoke_invitation))
        .routes(routes!(read_invitation))
        .routes(routes!(accept_invitation))
        .routes(routes!(get_sign_in_policy, set_sign_in_policy))
}

/// Who is in the organisation, newest first; those whose membership ended too
///
/// Needs `members:read`.
#[utoipa::path(
    get, path = "/api/tenants/members", tag = "identity", params(PageRequest),
    responses((status = OK, description = "A page of members.", body = Page<Member>), Reading),
)]
async fn list_members(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<Member>>> {
    Ok(Json(hub.identity().members(&actor, &page).await?))
}

/// Adds a member
///
/// Needs `members:manage`.
#[utoipa::path(
    post, path = "/api/tenants/members", tag = "identity", request_body = NewMember,
    responses((status = CREATED, description = "The member.", body = Member), Making),
)]
async fn add_member(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewMember>,
) -> Answer<(StatusCode, Json<Member>)> {
    Ok((StatusCode::CREATED, Json(hub.identity().add_member(&actor, new).await?)))
}

/// Changes a member's role, or ends or renews the membership
///
/// Ending it ends the member's sessions and keys at once. Needs `members:manage`.
#[utoipa::path(
    patch, path = "/api/tenants/members/{user_id}", tag = "identity", params(("user_id" = UserId, Path)),
    request_body = MemberChange,
    responses((status = OK, description = "The member.", body = Member), Changing),
)]
async fn change_member(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<UserId>,
    ApiJson(change): ApiJson<MemberChange>,
) -> Answer<Json<Member>> {
    Ok(Json(hub.identity().change_member(&actor, id, change).await?))
}

/// Who becomes the owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOver {
    /// A member.
    to: UserId,
}

/// Hands the ownership to another member; the owner becomes an admin
///
/// Needs `tenant:own`.
#[utoipa::path(
    post, path = "/api/tenants/hand-over", tag = "identity", request_body = HandOver,
    responses((status = OK, description = "The new owner.", body = Member), Changing),
)]
async fn hand_over(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(request): ApiJson<HandOver>,
) -> Answer<Json<Member>> {
    Ok(Json(hub.identity().hand_over(&actor, request.to).await?))
}

/// Invitations that wait, newest first
///
/// Needs `members:manage`.
#[utoipa::path(
    get, path = "/api/tenants/invitations", tag = "identity", params(PageRequest),
    responses((status = OK, description = "A page of invitations.", body = Page<Invitation>), Reading),
)]
async fn list_invitations(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<Invitation>>> {
    Ok(Json(hub.identity().invitations(&actor, &page).await?))
}

/// Invites somebody and shows the secret of the link, this once
///
/// The link is `/invitation/` with the secret. Needs `members:manage`.
#[utoipa::path(
    post, path = "/api/tenants/invitations", tag = "identity", request_body = NewInvitation,
    responses((status = CREATED, description = "The invitation with its secret.", body = CreatedInvitation), Making),
)]
async fn invite(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewInvitation>,
) -> Answer<(StatusCode, Json<CreatedInvitation>)> {
    Ok((StatusCode::CREATED, Json(hub.identity().invite(&actor, new).await?)))
}

/// Takes an invitation back
///
/// Needs `members:manage`.
#[utoipa::path(
    delete, path = "/api/tenants/invitations/{invitation_id}", tag = "identity",
    params(("invitation_id" = InvitationId, Path)),
    responses((status = NO_CONTENT, description = "Taken back."), Finding),
)]
async fn revoke_invitation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<InvitationId>,
) -> Answer<StatusCode> {
    hub.identity().take_back(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The secret of an invitation's link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invited {
    /// The last part of the link.
    #[schema(max_length = 128)]
    secret: String,
}

/// Tells whom a link invites, and to what
#[utoipa::path(
    post, path = "/api/auth/invitation", tag = "identity", security(()), request_body = Invited,
    responses(
        (status = OK, description = "The invitation.", body = InvitationFor),
        super::refusals::Revealed,
    ),
)]
async fn read_invitation(State(hub): State<Hub>, ApiJson(invited): ApiJson<Invited>) -> Answer<Json<InvitationFor>> {
    Ok(Json(hub.identity().invitation(&invited.secret).await?))
}

/// Makes the account that a link invites to
///
/// The new member signs in afterwards.
#[utoipa::path(
    post, path = "/api/auth/invitation/accept", tag = "identity", security(()), request_body = AcceptInvitation,
    responses(
        (status = NO_CONTENT, description = "The account is made."),
        Open,
        super::refusals::Revealed,
    ),
)]
async fn accept_invitation(State(hub): State<Hub>, ApiJson(accept): ApiJson<AcceptInvitation>) -> Answer<StatusCode> {
    hub.identity().accept_invitation(accept).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is asked of those who sign in
///
/// Needs `members:read`.
#[utoipa::path(
    get, path = "/api/tenants/sign-in-policy", tag = "identity",
    responses((status = OK, description = "The policy.", body = SignInPolicy), Reading),
)]
async fn get_sign_in_policy(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<SignInPolicy>> {
    Ok(Json(hub.factors().policy(&actor).await?))
}

/// Sets what is asked of those who sign in, from the next sign-in on
///
/// Needs `members:manage`.
#[utoipa::path(
    put, path = "/api/tenants/sign-in-policy", tag = "identity", request_body = SignInPolicy,
    responses((status = OK, description = "The policy.", body = SignInPolicy), Making),
)]
async fn set_sign_in_policy(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(policy): ApiJson<SignInPolicy>,
) -> Answer<Json<SignInPolicy>> {
    Ok(Json(hub.factors().set_policy(&actor, policy).await?))
}
