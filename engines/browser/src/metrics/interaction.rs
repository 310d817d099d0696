//! Interaction to Next Paint.

use std::collections::BTreeMap;

use crate::observation::Timing;

/// Of so many interactions, one outlier is left out (web.dev, "Interaction to Next Paint"; the `web-vitals` library does the same).
const PER_OUTLIER: usize = 50;

/// The longest interaction, outliers left out; `None` without interactions. An interaction takes as long as its longest event.
pub(super) fn next_paint(events: &[Timing]) -> Option<f64> {
    let mut longest = BTreeMap::<u64, f64>::new();
    for event in events {
        let duration = longest.entry(event.id as u64).or_default();
        *duration = duration.max(event.duration);
    }
    let mut durations: Vec<f64> = longest.into_values().collect();
    durations.sort_by(|a, b| b.total_cmp(a));
    durations.get(durations.len() / PER_OUTLIER).copied()
}

#[cfg(test)]
mod tests {
    use super::{Timing, next_paint};

    #[test]
    fn events_of_an_interaction_count_once() {
        let event = |id: f64, duration: f64| Timing { id, duration };
        assert_eq!(next_paint(&[event(7.0, 40.0), event(7.0, 104.0), event(14.0, 64.0)]), Some(104.0));
        assert_eq!(next_paint(&[]), None);
        let many: Vec<Timing> = (0..50).map(|id| event(f64::from(id), f64::from(id))).collect();
        assert_eq!(next_paint(&many), Some(48.0), "the longest of fifty is left out");
    }
}
