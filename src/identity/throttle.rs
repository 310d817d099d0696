//! Failed sign-ins slow down further ones, by account and by network address, on every instance alike.

use super::rules::{THROTTLE_WINDOW_MS, throttle_wait_ms};
use crate::{
    Error, Result,
    platform::{Platform, db::Realm, secrets::token_hash},
};
use sea_orm::{ActiveValue::Set, entity::prelude::*, sea_query::OnConflict};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_throttles")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    pub failures: i32,
    pub window_start_ms: i64,
    pub blocked_until_ms: i64,
}

impl ActiveModelBehavior for ActiveModel {}

/// Refuses while any of the subjects has to wait.
pub(super) async fn check(platform: &Platform, subjects: &[String]) -> Result<()> {
    let tx = platform.db.read_realm(Realm::SignIn).await?;
    let keys: Vec<_> = subjects.iter().map(|subject| token_hash(subject)).collect();
    let rows = Entity::find().filter(Column::Subject.is_in(keys)).all(&tx).await?;
    let wait_ms = rows.iter().map(|row| row.blocked_until_ms - platform.clock.now_ms()).max().unwrap_or_default();
    if wait_ms <= 0 {
        return Ok(());
    }
    let seconds = u64::try_from((wait_ms + 999) / 1_000).unwrap_or(1);
    Err(Error::too_many(format!("Too many failed sign-ins; try again in {seconds} s."), seconds))
}

/// Counts a failure against each subject.
pub(super) async fn count(platform: &Platform, subjects: &[String]) -> Result<()> {
    let now_ms = platform.clock.now_ms();
    let tx = platform.db.realm(Realm::SignIn).await?;
    for subject in subjects {
        let key = token_hash(subject);
        let known = Entity::find_by_id(key.clone()).one(&tx).await?;
        let recent = known.filter(|row| now_ms - row.window_start_ms < THROTTLE_WINDOW_MS);
        let failures = recent.as_ref().map_or(0, |row| row.failures).saturating_add(1);
        let row = ActiveModel {
            subject: Set(key),
            failures: Set(failures),
            window_start_ms: Set(recent.map_or(now_ms, |row| row.window_start_ms)),
            blocked_until_ms: Set(now_ms + throttle_wait_ms(failures)),
        };
        let renewed = OnConflict::column(Column::Subject)
            .update_columns([Column::Failures, Column::WindowStartMs, Column::BlockedUntilMs])
            .to_owned();
        Entity::insert(row).on_conflict(renewed).exec_without_returning(&tx).await?;
    }
    tx.commit().await
}

/// Forgets the failures of the subjects.
pub(super) async fn clear(platform: &Platform, subjects: &[String]) -> Result<()> {
    let keys: Vec<_> = subjects.iter().map(|subject| token_hash(subject)).collect();
    let tx = platform.db.realm(Realm::SignIn).await?;
    Entity::delete_many().filter(Column::Subject.is_in(keys)).exec(&tx).await?;
    tx.commit().await
}
