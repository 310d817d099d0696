//! When a schedule is due: a cron expression in a time zone.

use crate::{Error, Result, error::Faults};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

/// Shortest time between two due times of one schedule.
pub const LEAST_INTERVAL: TimeDelta = TimeDelta::minutes(5);
/// Longest expression.
const MAX_CRON: usize = 100;
/// How many due times are looked at for the least interval: more than four days of the shortest one that is allowed,
/// more than two years of a daily one.
const LOOKED_AT: usize = 1_200;
/// From where the least interval is looked at: the expression alone decides, not the day on which it was typed. A leap
/// year that begins on a Monday.
const REFERENCE: &str = "2024-01-01T00:00:00Z";

/// A cron expression in a time zone.
///
/// An expression with one minute and one hour, `30 2 * * *`, is a time of the day: where the clock is put forward over
/// it, it is due at the first moment after the gap; where the clock is put back over it, it is due the first time only.
/// Any other expression, `0 * * * *` or `0,30 2 * * *`, is a rhythm: what does not exist is left out, and what exists
/// twice is due twice.
#[derive(Clone, Debug)]
pub struct Timetable {
    cron: Cron,
    zone: Tz,
}

impl Timetable {
    /// Reads both texts.
    ///
    /// # Errors
    /// Invalid at `/cron` and `/time_zone`.
    pub fn parse(cron: &str, time_zone: &str) -> Result<Self> {
        let mut faults = Faults::default();
        let cron = faults.keep(parse_cron(cron));
        let zone = faults.keep(parse_zone(time_zone));
        faults.finish()?;
        let incomplete = || Error::invalid("/cron", "Write five fields.");
        let (cron, zone) = cron.zip(zone).ok_or_else(incomplete)?;
        Ok(Self { cron, zone })
    }

    /// The first due time after `at`.
    pub fn next_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.cron.find_next_occurrence(&at.with_timezone(&self.zone), false).ok()?;
        Some(next.with_timezone(&Utc)).filter(|next| *next > at)
    }

    /// Due times after `at`, in their order.
    pub fn after(&self, at: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> + '_ {
        std::iter::successors(self.next_after(at), |last| self.next_after(*last))
    }

    /// A point in time as a clock in the zone shows it, with its offset.
    pub fn local(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    /// The day of a point in time in the zone, as 2026-03-01.
    pub fn date(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d").to_string()
    }

    /// Hour and minute of a point in time in the zone, as 0930.
    pub fn time(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%H%M").to_string()
    }
}

fn parse_zone(text: &str) -> Result<Tz> {
    let unknown = "Time zone must be a name of the IANA database, such as Europe/Berlin or UTC.";
    text.trim().parse().map_err(|_| Error::invalid("/time_zone", unknown))
}

fn parse_cron(text: &str) -> Result<Cron> {
    let wrong = |message: String| Error::invalid("/cron", message);
    let fields = text.split_whitespace().count();
    if fields != 5 || text.len() > MAX_CRON {
        let told = "Write five fields: minute, hour, day of the month, month, day of the week";
        return Err(wrong(format!("{told}; at most {MAX_CRON} characters. You wrote {fields}.")));
    }
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron = parser.parse(text).map_err(|error| wrong(format!("This is no cron expression: {error}")))?;
    let reference = REFERENCE.parse::<DateTime<Utc>>().map_err(Error::internal)?;
    let in_utc = Timetable { cron, zone: Tz::UTC };
    let mut times = in_utc.after(reference);
    let never = || wrong("No day fits this expression.".to_owned());
    let mut last = times.next().ok_or_else(never)?;
    for time in times.take(LOOKED_AT) {
        if time - last < LEAST_INTERVAL {
            let least = LEAST_INTERVAL.num_minutes();
            return Err(wrong(format!("Two due times must lie {least} minutes apart at least.")));
        }
        last = time;
    }
    Ok(in_utc.cron)
}
