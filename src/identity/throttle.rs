//! Failed sign-ins slow down further ones, by account and by network address, on every instance alike.

use super::rules::{THROTTLE_WINDOW_MS, throttle_wait_ms};
use crate::{
    Error, Result,
    platform::{
        Platform,
        db::{Realm, Tx},
        secrets::token_hash,
    },
};
use sea_orm::{QuerySelect as _, entity::prelude::*, sea_query::OnConflict};

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

/// Counts a try against each subject before it is looked at, so that tries at the same time are counted as well: what turns out
/// to be right is taken back by [`clear`] and [`forgive`].
///
/// # Errors
/// Too many while any of the subjects has to wait; nothing is counted then.
pub(super) async fn count(platform: &Platform, subjects: &[String]) -> Result<()> {
    let now_ms = platform.clock.now_ms();
    let tx = platform.db.realm(Realm::SignIn).await?;
    let mut keys: Vec<_> = subjects.iter().map(|subject| token_hash(subject)).collect();
    // In one order, so that two tries never wait for each other.
    keys.sort_unstable();
    for key in keys {
        let row = locked(&tx, key, now_ms).await?;
        let wait_ms = row.blocked_until_ms - now_ms;
        if wait_ms > 0 {
            let seconds = u64::try_from((wait_ms + 999) / 1_000).unwrap_or(1);
            return Err(Error::too_many(format!("Too many failed sign-ins; try again in {seconds} s."), seconds));
        }
        let recent = now_ms - row.window_start_ms < THROTTLE_WINDOW_MS;
        let failures = if recent { row.failures } else { 0 }.saturating_add(1);
        let window_start_ms = if recent { row.window_start_ms } else { now_ms };
        let blocked_until_ms = now_ms + throttle_wait_ms(failures);
        put(&tx, Model { failures, window_start_ms, blocked_until_ms, ..row }).await?;
    }
    tx.commit().await
}

/// Takes back one try of each subject, and the wait that it brought.
pub(super) async fn forgive(platform: &Platform, subjects: &[String]) -> Result<()> {
    let tx = platform.db.realm(Realm::SignIn).await?;
    for subject in subjects {
        let row = locked(&tx, token_hash(subject), platform.clock.now_ms()).await?;
        put(&tx, Model { failures: (row.failures - 1).max(0), blocked_until_ms: 0, ..row }).await?;
    }
    tx.commit().await
}

/// The row of a subject, made where there is none, that nobody else changes before the transaction is over.
async fn locked(tx: &Tx, subject: String, now_ms: i64) -> Result<Model> {
    let fresh = Model { subject: subject.clone(), failures: 0, window_start_ms: now_ms, blocked_until_ms: 0 };
    Entity::insert(ActiveModel::from(fresh.clone()))
        .on_conflict(OnConflict::column(Column::Subject).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    // SQLite's writers follow one another anyway.
    let mut select = Entity::find_by_id(subject);
    if tx.is_postgres() {
        select = select.lock_exclusive();
    }
    Ok(select.one(tx).await?.unwrap_or(fresh))
}

async fn put(tx: &Tx, row: Model) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Failures, Expr::value(row.failures))
        .col_expr(Column::WindowStartMs, Expr::value(row.window_start_ms))
        .col_expr(Column::BlockedUntilMs, Expr::value(row.blocked_until_ms))
        .filter(Column::Subject.eq(row.subject))
        .exec(tx)
        .await?;
    Ok(())
}

/// Removes what counts no more.
pub(super) async fn sweep(platform: &Platform) -> Result<()> {
    let now_ms = platform.clock.now_ms();
    let tx = platform.db.realm(Realm::SignIn).await?;
    Entity::delete_many()
        .filter(Column::WindowStartMs.lt(now_ms - THROTTLE_WINDOW_MS))
        .filter(Column::BlockedUntilMs.lt(now_ms))
        .exec(&tx)
        .await?;
    tx.commit().await
}

/// Forgets the failures of the subjects.
pub(super) async fn clear(platform: &Platform, subjects: &[String]) -> Result<()> {
    let keys: Vec<_> = subjects.iter().map(|subject| token_hash(subject)).collect();
    let tx = platform.db.realm(Realm::SignIn).await?;
    Entity::delete_many().filter(Column::Subject.is_in(keys)).exec(&tx).await?;
    tx.commit().await
}
