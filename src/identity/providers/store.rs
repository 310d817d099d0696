//! The tables `identity_providers`, `external_identities` and `used_messages`.

use super::view::OfferedProvider;
use crate::{
    Error, Result,
    access::{Role, Scope},
    identity::{
        directory::GroupRole,
        store::{role, tenants, users},
    },
    ids::{IdentityId, ProviderId, TenantId, UserId},
    platform::{
        Platform,
        db::{Realm, Tx, is_duplicate},
        secrets::sha256_hex,
    },
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, Condition, QueryOrder, QuerySelect, entity::prelude::*};
use serde::{Deserialize, Serialize};

/// Most providers of one tenant.
pub(super) const PROVIDERS_MAX: u64 = 50;

pub(super) mod identity_providers {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_providers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub kind: String,
        pub name: String,
        pub issuer: String,
        pub enabled: bool,
        pub just_in_time: bool,
        pub default_role: Option<String>,
        pub group_roles: Json,
        pub second_factor: bool,
        pub directory: bool,
        #[sea_orm(column_type = "Text")]
        pub config: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod external_identities {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "external_identities")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub provider_id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub subject: String,
        pub user_id: Uuid,
        pub last_used_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod used_messages {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "used_messages")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub provider_id: Uuid,
        pub message_hash: String,
        pub expires_at: chrono::DateTime<chrono::Utc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use external_identities as identities;
use identity_providers as providers;

/// The session at the provider that a session of the hub rests on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderSession {
    /// The provider.
    pub provider: ProviderId,
    /// Whose session it is here.
    pub user: UserId,
    /// What the provider calls the person in its messages about sign-out.
    pub subject: String,
    /// What it calls the session, where it does.
    pub session: Option<String>,
    /// What it wants to hear when the person signs out, sealed.
    pub hint: String,
    /// When a session that rests on this has to end, where the provider says so.
    pub ends_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for ProviderSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderSession").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// A provider by its id alone, for somebody who is not signed in: the row says whose it is.
pub(super) async fn provider(platform: &Platform, id: ProviderId) -> Result<providers::Model> {
    let tx = platform.db.read_realm(Realm::SignIn).await?;
    let row = providers::Entity::find_by_id(id.uuid()).one(&tx).await?;
    row.ok_or_else(|| Error::not_found(ProviderId::WHAT))
}

pub(super) async fn own_provider(tx: &Tx, scope: &Scope, id: ProviderId) -> Result<providers::Model> {
    let row = providers::Entity::find_by_id(id.uuid())
        .filter(providers::Column::TenantId.eq(scope.tenant().uuid()))
        .one(tx)
        .await?;
    row.ok_or_else(|| Error::not_found(ProviderId::WHAT))
}

/// The tenant's providers, by name.
pub(super) async fn all(tx: &Tx, scope: &Scope) -> Result<Vec<providers::Model>> {
    let of_tenant = providers::Entity::find().filter(providers::Column::TenantId.eq(scope.tenant().uuid()));
    Ok(of_tenant.order_by_asc(providers::Column::Name).limit(PROVIDERS_MAX).all(tx).await?)
}

pub(super) async fn count(tx: &Tx, scope: &Scope) -> Result<u64> {
    Ok(providers::Entity::find().filter(providers::Column::TenantId.eq(scope.tenant().uuid())).count(tx).await?)
}

fn second_of_a_name(error: DbErr) -> Error {
    if is_duplicate(&error) {
        return Error::invalid("/name", "Another provider has this name already.");
    }
    error.into()
}

pub(super) async fn add(tx: &Tx, row: providers::Model) -> Result<()> {
    let added = providers::Entity::insert(providers::ActiveModel::from(row)).exec_without_returning(tx).await;
    added.map(drop).map_err(second_of_a_name)
}

/// Puts a row in the place of the one with its id.
pub(super) async fn replace(tx: &Tx, scope: &Scope, row: providers::Model) -> Result<()> {
    let replaced = providers::Entity::update_many()
        .set(providers::ActiveModel {
            updated_at: Set(row.updated_at),
            name: Set(row.name),
            issuer: Set(row.issuer),
            enabled: Set(row.enabled),
            just_in_time: Set(row.just_in_time),
            default_role: Set(row.default_role),
            group_roles: Set(row.group_roles),
            second_factor: Set(row.second_factor),
            directory: Set(row.directory),
            config: Set(row.config),
            ..Default::default()
        })
        .filter(providers::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(providers::Column::Id.eq(row.id))
        .exec(tx)
        .await;
    replaced.map(drop).map_err(second_of_a_name)
}

/// Keeps configuration that was loaded anew; false when the provider was changed or removed meanwhile.
pub(super) async fn renew(tx: &Tx, scope: &Scope, row: &providers::Model) -> Result<bool> {
    let renewed = providers::Entity::update_many()
        .col_expr(providers::Column::Config, Expr::value(row.config.clone()))
        .filter(providers::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(providers::Column::Id.eq(row.id))
        .filter(providers::Column::UpdatedAt.eq(row.updated_at))
        .exec(tx)
        .await?;
    Ok(renewed.rows_affected == 1)
}

/// Removes the connections of the owner to a provider; which they were.
pub(super) async fn end_connections_of_owner(tx: &Tx, scope: &Scope, provider: ProviderId) -> Result<Vec<IdentityId>> {
    let owners = users::Entity::find()
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::Role.eq(Role::Owner.as_str()))
        .all(tx)
        .await?;
    let theirs = Condition::all()
        .add(identities::Column::TenantId.eq(scope.tenant().uuid()))
        .add(identities::Column::ProviderId.eq(provider.uuid()))
        .add(identities::Column::UserId.is_in(owners.iter().map(|owner| owner.id)));
    let gone = identities::Entity::find().filter(theirs.clone()).all(tx).await?;
    identities::Entity::delete_many().filter(theirs).exec(tx).await?;
    Ok(gone.into_iter().map(|row| row.id.into()).collect())
}

/// Removes a provider and whom it knows; how many it knew.
pub(super) async fn remove(tx: &Tx, scope: &Scope, id: ProviderId) -> Result<u64> {
    let known = identities::Entity::delete_many()
        .filter(identities::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(identities::Column::ProviderId.eq(id.uuid()))
        .exec(tx)
        .await?;
    used_messages::Entity::delete_many()
        .filter(used_messages::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(used_messages::Column::ProviderId.eq(id.uuid()))
        .exec(tx)
        .await?;
    providers::Entity::delete_many()
        .filter(providers::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(providers::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(known.rows_affected)
}

/// The tenant that is called so on the sign-in page; without a name, the only one that there is.
pub(super) async fn tenant_at_the_door(tx: &Tx, slug: Option<&str>) -> Result<(Option<TenantId>, bool)> {
    if let Some(slug) = slug {
        let row = tenants::Entity::find().filter(tenants::Column::Slug.eq(slug)).one(tx).await?;
        return Ok((row.map(|row| row.id.into()), true));
    }
    let rows = tenants::Entity::find().order_by_asc(tenants::Column::CreatedAt).limit(2).all(tx).await?;
    let several = rows.len() > 1;
    Ok((rows.into_iter().next().filter(|_| !several).map(|row| row.id.into()), several))
}

/// The providers by which people of a tenant can sign in, by name.
pub(super) async fn offered(tx: &Tx, tenant: TenantId) -> Result<Vec<OfferedProvider>> {
    let rows = providers::Entity::find()
        .filter(providers::Column::TenantId.eq(tenant.uuid()))
        .filter(providers::Column::Enabled.eq(true))
        .order_by_asc(providers::Column::Name)
        .limit(PROVIDERS_MAX)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| OfferedProvider { id: row.id.into(), name: row.name }).collect())
}

/// The providers of a tenant with this issuer.
pub(super) async fn of_issuer(tx: &Tx, scope: &Scope, issuer: &str) -> Result<Vec<providers::Model>> {
    let of_tenant = providers::Entity::find()
        .filter(providers::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(providers::Column::Issuer.eq(issuer))
        .filter(providers::Column::Enabled.eq(true));
    Ok(of_tenant.order_by_asc(providers::Column::Id).limit(PROVIDERS_MAX).all(tx).await?)
}

/// Which groups of a provider give which role.
pub(super) fn group_roles(row: &providers::Model) -> Vec<GroupRole> {
    serde_json::from_value(row.group_roles.clone()).unwrap_or_default()
}

/// The role that is left to those whose groups give none.
pub(super) fn default_role(row: &providers::Model) -> Result<Option<Role>> {
    row.default_role.as_deref().map(role).transpose()
}

/// The account that a provider means by a subject.
pub(super) async fn account(
    tx: &Tx,
    scope: &Scope,
    provider: ProviderId,
    subject: &str,
) -> Result<Option<(identities::Model, users::Model)>> {
    let known = identities::Entity::find()
        .filter(identities::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(identities::Column::ProviderId.eq(provider.uuid()))
        .filter(identities::Column::Subject.eq(subject))
        .one(tx)
        .await?;
    let Some(known) = known else { return Ok(None) };
    let user = crate::identity::store::own_user(tx, scope, known.user_id.into()).await?;
    Ok(Some((known, user)))
}

/// Connects an account to what a provider calls it.
///
/// # Errors
/// Conflict when that is connected already.
pub(super) async fn connect(
    tx: &Tx,
    scope: &Scope,
    (provider, subject): (ProviderId, &str),
    user: UserId,
    now: DateTime<Utc>,
) -> Result<IdentityId> {
    let id = IdentityId::generate();
    let row = identities::ActiveModel {
        id: Set(id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        provider_id: Set(provider.uuid()),
        subject: Set(subject.to_owned()),
        user_id: Set(user.uuid()),
        last_used_at: Set(None),
    };
    match identities::Entity::insert(row).exec_without_returning(tx).await {
        Ok(_) => Ok(id),
        Err(error) if is_duplicate(&error) => {
            Err(Error::conflict("This account of the provider is connected already, here or to another member."))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn touch(tx: &Tx, scope: &Scope, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    identities::Entity::update_many()
        .col_expr(identities::Column::LastUsedAt, Expr::value(now))
        .filter(identities::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(identities::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// What providers call somebody, oldest first, with the providers.
pub(super) async fn connections(
    tx: &Tx,
    scope: &Scope,
    user: UserId,
) -> Result<Vec<(identities::Model, providers::Model)>> {
    let known = identities::Entity::find()
        .filter(identities::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(identities::Column::UserId.eq(user.uuid()))
        .order_by_asc(identities::Column::Id)
        .all(tx)
        .await?;
    let all = all(tx, scope).await?;
    let with = |known: identities::Model| {
        let provider = all.iter().find(|provider| provider.id == known.provider_id)?;
        Some((known, provider.clone()))
    };
    Ok(known.into_iter().filter_map(with).collect())
}

/// Takes a connection of somebody's away.
pub(super) async fn disconnect(tx: &Tx, scope: &Scope, user: UserId, id: IdentityId) -> Result<()> {
    let gone = identities::Entity::delete_many()
        .filter(identities::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(identities::Column::UserId.eq(user.uuid()))
        .filter(identities::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    if gone.rows_affected == 0 { Err(Error::not_found(IdentityId::WHAT)) } else { Ok(()) }
}

/// Notes that a message of a provider was used. All instances of the hub share this, so a message counts once.
///
/// # Errors
/// Unauthenticated when it was used before.
pub(super) async fn use_once(
    platform: &Platform,
    scope: &Scope,
    provider: ProviderId,
    message: &str,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let row = used_messages::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(platform.clock.now()),
        provider_id: Set(provider.uuid()),
        message_hash: Set(sha256_hex(message.as_bytes())),
        expires_at: Set(expires_at),
    };
    let tx = platform.db.write(scope).await?;
    match used_messages::Entity::insert(row).exec_without_returning(&tx).await {
        Ok(_) => tx.commit().await,
        Err(error) if is_duplicate(&error) => {
            Err(Error::unauthenticated("The provider's answer was used already. Begin again."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Forgets messages that nobody would accept any more.
pub(in crate::identity) async fn sweep(platform: &Platform) -> Result<u64> {
    let tx = platform.db.realm(Realm::SignIn).await?;
    let swept = used_messages::Entity::delete_many()
        .filter(used_messages::Column::ExpiresAt.lt(platform.clock.now()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(swept.rows_affected)
}
