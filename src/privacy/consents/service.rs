//! The tables `consent_purposes` and `consents`, and their use cases.

use super::{
    super::{
        people_rows,
        service::{Privacy, person},
    },
    Consent, ConsentQuery, NewConsent, NewPurpose, Purpose, PurposeState,
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    ids::{ConsentId, UserId},
    page::Page,
    platform::{
        db::{Tx, is_duplicate},
        persons::ERASED,
    },
};
use sea_orm::{ExprTrait as _, QueryOrder, QuerySelect, entity::prelude::*};
use serde_json::json;
use std::collections::BTreeMap;

/// Most purposes of an organisation.
const PURPOSES_MAX: usize = 200;

mod purposes {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "consent_purposes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub purpose: String,
        pub version: i32,
        pub title: String,
        #[sea_orm(column_type = "Text")]
        pub text: String,
        pub is_open: bool,
        pub created_by: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod decisions {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "consents")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub user_id: Uuid,
        pub purpose: String,
        pub version: i32,
        pub granted: bool,
        pub how: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

fn number(version: i32) -> u32 {
    u32::try_from(version).unwrap_or_default()
}

impl From<purposes::Model> for Purpose {
    fn from(row: purposes::Model) -> Self {
        Self {
            purpose: row.purpose,
            version: number(row.version),
            title: row.title,
            text: row.text,
            is_open: row.is_open,
            created_by: row.created_by,
            created_at: row.created_at,
        }
    }
}

fn consent(row: decisions::Model, people: &BTreeMap<Uuid, String>) -> Consent {
    Consent {
        id: row.id.into(),
        user_id: row.user_id.into(),
        person: people.get(&row.user_id).cloned().unwrap_or_else(|| ERASED.to_owned()),
        purpose: row.purpose,
        version: number(row.version),
        granted: row.granted,
        how: row.how,
        at: row.created_at,
    }
}

/// The newest version of every purpose, by what it is known by.
async fn newest(tx: &Tx, scope: &Scope) -> Result<BTreeMap<String, Purpose>> {
    let rows = purposes::Entity::find()
        .filter(purposes::Column::TenantId.eq(scope.tenant().uuid()))
        .order_by_asc(purposes::Column::Version)
        .all(tx)
        .await?;
    // A later version takes the place of the one before it.
    Ok(rows.into_iter().map(|row| (row.purpose.clone(), row.into())).collect())
}

async fn people(tx: &Tx, scope: &Scope, rows: &[decisions::Model]) -> Result<BTreeMap<Uuid, String>> {
    let mut people = BTreeMap::new();
    for row in rows {
        if people.contains_key(&row.user_id) {
            continue;
        }
        if let Some(known) = people_rows::account(tx, scope, row.user_id.into()).await? {
            people.insert(row.user_id, known.email);
        }
    }
    Ok(people)
}

async fn decided(tx: &Tx, scope: &Scope, query: &ConsentQuery, whose: Option<UserId>) -> Result<Page<Consent>> {
    let page = query.page();
    let limit = page.limit()?;
    let mut select = decisions::Entity::find().filter(decisions::Column::TenantId.eq(scope.tenant().uuid()));
    if let Some(whose) = whose {
        select = select.filter(decisions::Column::UserId.eq(whose.uuid()));
    }
    if let Some(purpose) = &query.purpose {
        select = select.filter(decisions::Column::Purpose.eq(purpose));
    }
    if let Some(after) = page.after()? {
        select = select.filter(decisions::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(decisions::Column::Id).limit(limit + 1).all(tx).await?;
    let people = people(tx, scope, &rows).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(|row| Ok(consent(row, &people)))
}

impl Privacy<'_> {
    /// What people are asked to agree to, with what the caller said last. Needs `account:manage`.
    pub async fn purposes(&self, actor: &Actor) -> Result<Vec<PurposeState>> {
        let scope = actor.require(Permission::AccountManage)?;
        let tx = self.platform.db.read(&scope).await?;
        let mut said = BTreeMap::new();
        if let Some(user) = actor.user_id() {
            let own =
                decisions::Column::TenantId.eq(scope.tenant().uuid()).and(decisions::Column::UserId.eq(user.uuid()));
            let rows = decisions::Entity::find().filter(own).order_by_asc(decisions::Column::Id).all(&tx).await?;
            let people = people(&tx, &scope, &rows).await?;
            said.extend(rows.into_iter().map(|row| (row.purpose.clone(), consent(row, &people))));
        }
        let state = |purpose: Purpose| PurposeState { decision: said.remove(&purpose.purpose), purpose };
        Ok(newest(&tx, &scope).await?.into_values().map(state).collect())
    }

    /// Adds a purpose, or a new version of its text, to which people are asked again. Needs `privacy:manage`.
    ///
    /// # Errors
    /// Conflict where the organisation has too many.
    pub async fn set_purpose(&self, actor: &Actor, new: NewPurpose) -> Result<Purpose> {
        let scope = actor.require(Permission::PrivacyManage)?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let known = newest(&tx, &scope).await?;
        if known.len() >= PURPOSES_MAX && !known.contains_key(&new.purpose) {
            return Err(Error::conflict(format!("An organisation may have {PURPOSES_MAX} purposes.")));
        }
        let version = known.get(&new.purpose).map_or(1, |purpose| purpose.version + 1);
        let row = purposes::Model {
            id: Uuid::now_v7(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            purpose: new.purpose,
            version: i32::try_from(version).map_err(Error::internal)?,
            title: new.title,
            text: new.text,
            is_open: new.is_open,
            created_by: actor.label(),
        };
        let insert = purposes::Entity::insert(purposes::ActiveModel::from(row.clone())).exec_without_returning(&tx);
        match insert.await {
            Err(error) if is_duplicate(&error) => {
                return Err(Error::conflict("Somebody else changed this purpose just now; look at it again."));
            }
            done => done?,
        };
        let change = Change {
            action: "privacy.purpose.set",
            object: "consent purpose",
            object_id: row.id.to_string(),
            detail: json!({
                "purpose": row.purpose, "version": version, "title": row.title, "text": row.text, "is_open": row.is_open,
            }),
            event: None,
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await?;
        Ok(row.into())
    }

    /// Keeps what the caller says of a purpose. Needs `account:manage`.
    ///
    /// # Errors
    /// Not found for a purpose that there is not; invalid unless the text of now was read; conflict for agreeing to one that is
    /// not asked for any more.
    pub async fn decide(&self, actor: &Actor, new: NewConsent) -> Result<Consent> {
        let scope = actor.require(Permission::AccountManage)?;
        let user = person(actor)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let known = newest(&tx, &scope).await?.remove(&new.purpose).ok_or_else(|| Error::not_found("purpose"))?;
        if new.granted && !known.is_open {
            return Err(Error::conflict("This is not asked for any more."));
        }
        if new.version != known.version {
            let message = format!("Version must be {}, the text of now; you sent {}.", known.version, new.version);
            return Err(Error::invalid("/version", message));
        }
        let row = decisions::Model {
            id: ConsentId::generate().uuid(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            user_id: user.uuid(),
            purpose: known.purpose,
            version: i32::try_from(known.version).map_err(Error::internal)?,
            granted: new.granted,
            how: "signed in".to_owned(),
        };
        decisions::Entity::insert(decisions::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
        let detail = json!({ "purpose": row.purpose, "version": row.version });
        let action = if new.granted { "privacy.consent.given" } else { "privacy.consent.withdrawn" };
        self.log(&tx, &scope, actor, (action, user), detail).await?;
        let people = people(&tx, &scope, std::slice::from_ref(&row)).await?;
        tx.commit().await?;
        Ok(consent(row, &people))
    }

    /// What the caller said, newest first. Needs `account:manage`.
    pub async fn own_consents(&self, actor: &Actor, query: &ConsentQuery) -> Result<Page<Consent>> {
        let scope = actor.require(Permission::AccountManage)?;
        let own = person(actor)?;
        decided(&self.platform.db.read(&scope).await?, &scope, query, Some(own)).await
    }

    /// What everybody said, newest first. Needs `privacy:read`.
    pub async fn consents(&self, actor: &Actor, query: &ConsentQuery) -> Result<Page<Consent>> {
        let scope = actor.require(Permission::PrivacyRead)?;
        decided(&self.platform.db.read(&scope).await?, &scope, query, None).await
    }
}
