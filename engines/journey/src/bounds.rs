//! Counts and pauses: finite, below the limits, and known before the run.

use std::collections::BTreeSet;
use std::time::Duration;

use hurl_core::ast::{
    BooleanOption, CountOption, DurationOption, Entry, EntryOption, ExprKind, NaturalOption, OptionKind, Placeholder,
};
use hurl_core::typing::{Count, DurationUnit};

use crate::limits::{MAX_PAUSE, MAX_REDIRECTS, MAX_REQUESTS};

/// A refusal: the option and the reason.
pub(crate) type Refused<'a> = (&'a EntryOption, String);

/// Where the value of a variable comes from.
pub(crate) enum Known<'a> {
    /// Before the run: values are not known, only which names the journey assigns itself.
    Assigned(&'a BTreeSet<String>),
    /// At the start of a run.
    Values(&'a dyn Fn(&str) -> Option<i64>),
}

/// Checks the bounded options of all entries; `retries` is how often an entry without its own `retry` is tried again.
pub(crate) fn check<'a>(entries: &'a [Entry], known: &Known<'_>, retries: u64) -> Result<(), Refused<'a>> {
    let mut total = 0_u64;
    for entry in entries {
        let (mut repeat, mut retry, mut last) = (1_u64, retries, None);
        for option in entry.request.options() {
            let value = bounded(&option.kind, known).map_err(|reason| (option, reason))?;
            match (&option.kind, value) {
                (OptionKind::Repeat(_), Some(value)) => (repeat, last) = (value, Some(option)),
                (OptionKind::Retry(_), Some(value)) => (retry, last) = (value, Some(option)),
                _ => {}
            }
        }
        total = total.saturating_add(repeat.saturating_mul(retry.saturating_add(1)));
        if let Some(option) = last.filter(|_| total > MAX_REQUESTS) {
            let reason = format!(
                "with repetitions and retries the journey would make {total} requests; at most {MAX_REQUESTS} are allowed"
            );
            return Err((option, reason));
        }
    }
    Ok(())
}

fn bounded(kind: &OptionKind, known: &Known<'_>) -> Result<Option<u64>, String> {
    let name = kind.identifier();
    let pause = u64::try_from(MAX_PAUSE.as_millis()).unwrap_or(u64::MAX);
    let (value, limit) = match kind {
        OptionKind::Delay(value) | OptionKind::RetryInterval(value) => (duration(value, known)?, pause),
        OptionKind::Retry(value) | OptionKind::Repeat(value) => (count(name, value, known)?, MAX_REQUESTS),
        OptionKind::MaxRedirect(value) => (count(name, value, known)?, MAX_REDIRECTS),
        _ => return Ok(None),
    };
    match value {
        Some(value) if value > limit && limit == pause => {
            Err(format!("{name} may be {} seconds at most", MAX_PAUSE.as_secs()))
        }
        Some(value) if value > limit => Err(format!("{name} may be {limit} at most")),
        other => Ok(other),
    }
}

fn count(name: &str, option: &CountOption, known: &Known<'_>) -> Result<Option<u64>, String> {
    match option {
        CountOption::Literal(Count::Finite(value)) => Ok(Some(*value as u64)),
        CountOption::Literal(Count::Infinite) => Err(format!("{name} must be finite")),
        CountOption::Placeholder(placeholder) => variable(placeholder, known),
    }
}

fn duration(option: &DurationOption, known: &Known<'_>) -> Result<Option<u64>, String> {
    let literal = match option {
        DurationOption::Literal(literal) => literal,
        DurationOption::Placeholder(placeholder) => return variable(placeholder, known),
    };
    // Milliseconds are the default unit of both options.
    let unit = match literal.unit.unwrap_or(DurationUnit::MilliSecond) {
        DurationUnit::MilliSecond => Duration::from_millis(1),
        DurationUnit::Second => Duration::from_secs(1),
        DurationUnit::Minute => Duration::from_secs(60),
    };
    let factor = u64::try_from(unit.as_millis()).unwrap_or(u64::MAX);
    Ok(Some(literal.value.as_u64().saturating_mul(factor)))
}

fn variable(placeholder: &Placeholder, known: &Known<'_>) -> Result<Option<u64>, String> {
    let ExprKind::Variable(variable) = &placeholder.expr.kind else {
        return Err("a number is expected here, not a function".to_owned());
    };
    let name = &variable.name;
    match known {
        Known::Assigned(names) if names.contains(name) => {
            Err(format!("the number must be known before the run, but the journey sets {name} itself"))
        }
        Known::Assigned(_) => Ok(None),
        Known::Values(value) => match value(name).map(u64::try_from) {
            Some(Ok(value)) => Ok(Some(value)),
            _ => Err(format!("the variable {name} must be a whole number from 0 here")),
        },
    }
}

/// The variable or function that an option takes its value from, for options whose value is not text.
pub(crate) fn placeholder(kind: &OptionKind) -> Option<&Placeholder> {
    match kind {
        OptionKind::Delay(DurationOption::Placeholder(value))
        | OptionKind::RetryInterval(DurationOption::Placeholder(value))
        | OptionKind::ConnectTimeout(DurationOption::Placeholder(value))
        | OptionKind::Retry(CountOption::Placeholder(value))
        | OptionKind::Repeat(CountOption::Placeholder(value))
        | OptionKind::MaxRedirect(CountOption::Placeholder(value))
        | OptionKind::LimitRate(NaturalOption::Placeholder(value))
        | OptionKind::Compressed(BooleanOption::Placeholder(value))
        | OptionKind::FollowLocation(BooleanOption::Placeholder(value))
        | OptionKind::FollowLocationTrusted(BooleanOption::Placeholder(value))
        | OptionKind::Http10(BooleanOption::Placeholder(value))
        | OptionKind::Http11(BooleanOption::Placeholder(value))
        | OptionKind::Http2(BooleanOption::Placeholder(value))
        | OptionKind::PathAsIs(BooleanOption::Placeholder(value))
        | OptionKind::Skip(BooleanOption::Placeholder(value)) => Some(value),
        _ => None,
    }
}
