//! How many messages go out: each costs money, reaches somebody who may not want it, and is one more code to guess.

use crate::{
    Error, Result,
    platform::{
        Platform,
        db::{Realm, Tx},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{QuerySelect as _, entity::prelude::*, sea_query::OnConflict};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sms_sent")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    #[sea_orm(column_type = "Text")]
    pub sent_ms: String,
    pub last_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The time in which messages are counted, in milliseconds.
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// What is counted together, and how much of it may go out.
pub(super) struct Subject {
    /// What is counted, without saying it.
    pub key: String,
    /// The least time between two messages, in milliseconds.
    pub gap_ms: i64,
    /// Most messages within any hour.
    pub per_hour: usize,
}

/// How long the next message has to wait, in milliseconds.
fn wait_ms(sent_ms: &[i64], subject: &Subject, now_ms: i64) -> i64 {
    let gap = sent_ms.last().map_or(0, |last| last + subject.gap_ms - now_ms);
    let full = sent_ms.len().checked_sub(subject.per_hour).map_or(0, |over| sent_ms[over] + HOUR_MS - now_ms);
    gap.max(full).max(0)
}

/// Counts a message against each subject before it is sent, so that those at the same time are counted too.
///
/// # Errors
/// Too many while any of the subjects has to wait; nothing is counted then.
pub(super) async fn count(platform: &Platform, mut subjects: Vec<Subject>) -> Result<()> {
    let now = platform.clock.now();
    let now_ms = now.timestamp_millis();
    // In one order, so that two messages never wait for each other.
    subjects.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    let tx = platform.db.realm(Realm::SignIn).await?;
    for subject in subjects {
        let row = locked(&tx, &subject.key, now).await?;
        let mut sent_ms: Vec<i64> = serde_json::from_str(&row.sent_ms)?;
        sent_ms.retain(|at| *at > now_ms - HOUR_MS);
        let wait = wait_ms(&sent_ms, &subject, now_ms);
        if wait > 0 {
            let seconds = u64::try_from((wait + 999) / 1_000).unwrap_or(1);
            let words = format!("Too many text messages were sent; ask for the next one in {seconds} s.");
            return Err(Error::too_many(words, seconds));
        }
        sent_ms.push(now_ms);
        Entity::update_many()
            .col_expr(Column::SentMs, Expr::value(serde_json::to_string(&sent_ms)?))
            .col_expr(Column::LastAt, Expr::value(now))
            .filter(Column::Subject.eq(subject.key))
            .exec(&tx)
            .await?;
    }
    tx.commit().await
}

/// The row of a subject, made where there is none, that nobody else changes before the transaction is over.
async fn locked(tx: &Tx, subject: &str, now: DateTime<Utc>) -> Result<Model> {
    let fresh = Model { subject: subject.to_owned(), sent_ms: "[]".to_owned(), last_at: now };
    Entity::insert(ActiveModel::from(fresh.clone()))
        .on_conflict(OnConflict::column(Column::Subject).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    // SQLite's writers follow one another anyway.
    let mut select = Entity::find_by_id(subject.to_owned());
    if tx.is_postgres() {
        select = select.lock_exclusive();
    }
    Ok(select.one(tx).await?.unwrap_or(fresh))
}

/// Removes what counts no more.
pub(in crate::identity) async fn sweep(platform: &Platform) -> Result<()> {
    let tx = platform.db.realm(Realm::SignIn).await?;
    let counted = platform.clock.now() - TimeDelta::milliseconds(HOUR_MS);
    Entity::delete_many().filter(Column::LastAt.lt(counted)).exec(&tx).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_keep_their_distance_and_any_hour_has_its_most() {
        let subject = Subject { key: String::new(), gap_ms: 30_000, per_hour: 3 };
        for (sent_ms, now_ms, expected) in [
            (&[][..], 0, 0),
            (&[0], 0, 30_000),
            (&[0], 29_999, 1),
            (&[0], 30_000, 0),
            (&[0, 30_000, 60_000], 90_000, HOUR_MS - 90_000),
            (&[0, 30_000, 60_000], HOUR_MS - 1, 1),
            (&[30_000, 60_000], HOUR_MS, 0),
        ] {
            assert_eq!(wait_ms(sent_ms, &subject, now_ms), expected, "{sent_ms:?} at {now_ms}");
        }
    }
}
