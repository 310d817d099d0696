//! Reads what the page of usage shows.

use super::{
    chart,
    view::{QuotaLine, UsageView},
};
use crate::{moment::Moment, urls};
use chrono::TimeDelta;
use hub::{
    Hub, Result,
    access::Actor,
    tenants::quotas::{DaysQuery, QuotaKind, QuotaUse},
};

/// Days that are shown, and the most that there are.
const DAYS: [i64; 2] = [30, 92];

/// What the organisation uses now, and used over the last days.
pub async fn usage(hub: &Hub, actor: &Actor, long: bool) -> Result<UsageView> {
    let now = hub.platform().clock.now();
    let today = now.date_naive();
    let from = today - TimeDelta::days(DAYS[usize::from(long)] - 1);
    let used = hub.usage().now(actor).await?;
    let mut days = hub.usage().days(actor, DaysQuery { from: Some(from), until: Some(today) }).await?.days;
    let mut drawn = Vec::new();
    for (kind, title) in [(QuotaKind::Runs, "Runs by day"), (QuotaKind::ApiCalls, "API calls by day")] {
        let limit = used.quotas.iter().find(|quota| quota.kind == kind).and_then(|quota| quota.limit);
        if let Some(svg) = chart::drawn((kind, title), &days, limit)? {
            drawn.push((title.to_owned(), svg));
        }
    }
    days.reverse();
    let line = |quota: QuotaUse| QuotaLine { resets: quota.resets_at.map(|at| Moment::of(at, now)), quota };
    Ok(UsageView {
        tier: used.tier,
        agreed: used.agreed,
        quotas: used.quotas.into_iter().map(line).collect(),
        retention_days: used.retention_days,
        days,
        drawn,
        csv: urls::usage_csv(from, today),
        long,
    })
}
