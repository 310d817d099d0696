//! Medians over runs.

use super::Metrics;
use crate::measured::Measured;

/// The median of each metric over the runs that measured it, if those are more than half; `runs` is not empty.
pub(crate) fn medians(runs: &[&Metrics]) -> Metrics {
    let of = |pick: fn(&Metrics) -> &Measured<f64>| median(&runs.iter().map(|run| pick(run)).collect::<Vec<_>>());
    Metrics {
        first_contentful_paint_ms: of(|run| &run.first_contentful_paint_ms),
        largest_contentful_paint_ms: of(|run| &run.largest_contentful_paint_ms),
        cumulative_layout_shift: of(|run| &run.cumulative_layout_shift),
        total_blocking_time_ms: of(|run| &run.total_blocking_time_ms),
        speed_index_ms: of(|run| &run.speed_index_ms),
        interaction_to_next_paint_ms: of(|run| &run.interaction_to_next_paint_ms),
        time_to_first_byte_ms: of(|run| &run.time_to_first_byte_ms),
        dom_content_loaded_ms: of(|run| &run.dom_content_loaded_ms),
        load_ms: of(|run| &run.load_ms),
        requests: of(|run| &run.requests),
        transfer_bytes: of(|run| &run.transfer_bytes),
        third_party_requests: of(|run| &run.third_party_requests),
        third_party_bytes: of(|run| &run.third_party_bytes),
        console_errors: of(|run| &run.console_errors),
        exceptions: of(|run| &run.exceptions),
    }
}

/// The run that stands for all, from 0: the one with the median Largest Contentful Paint; failing that, the median First Contentful Paint,
/// load time, and the first run. Of an even number of runs that have the value, the faster of the two in the middle.
pub(crate) fn middle_run(runs: &[&Metrics]) -> usize {
    let keys: [fn(&Metrics) -> Option<f64>; 3] = [
        |run| run.largest_contentful_paint_ms.value,
        |run| run.first_contentful_paint_ms.value,
        |run| run.load_ms.value,
    ];
    keys.into_iter().find_map(|key| middle(runs.iter().map(|run| key(run)))).unwrap_or_default()
}

fn middle(values: impl Iterator<Item = Option<f64>>) -> Option<usize> {
    let mut present: Vec<(usize, f64)> = values.enumerate().filter_map(|(at, value)| Some((at, value?))).collect();
    present.sort_by(|a, b| a.1.total_cmp(&b.1));
    present.get(present.len().checked_sub(1)? / 2).map(|(at, _)| *at)
}

fn median(values: &[&Measured<f64>]) -> Measured<f64> {
    let mut present: Vec<f64> = values.iter().filter_map(|value| value.value).collect();
    if present.len() * 2 <= values.len() {
        let reason = values.iter().find_map(|value| value.reason.clone());
        return Measured::missing(reason.unwrap_or_else(|| "there were no runs".to_owned()));
    }
    present.sort_by(f64::total_cmp);
    let (low, high) = (present[(present.len() - 1) / 2], present[present.len() / 2]);
    Measured::value(low.midpoint(high))
}

#[cfg(test)]
mod tests {
    use super::{Measured, median, middle};

    #[test]
    fn a_metric_that_most_runs_lack_is_not_measured() {
        let (value, none) = (Measured::value, Measured::missing("why"));
        assert_eq!(median(&[&value(3.0), &value(1.0), &value(2.0)]).value, Some(2.0));
        assert_eq!(median(&[&value(3.0), &value(1.0), &none]).value, Some(2.0));
        assert_eq!(median(&[&value(3.0), &none, &none]), none);
    }

    #[test]
    fn the_middle_run_is_the_one_with_the_median() {
        assert_eq!(middle([Some(9.0), Some(1.0), Some(5.0)].into_iter()), Some(2));
        assert_eq!(middle([Some(9.0), None, Some(5.0)].into_iter()), Some(2));
        assert_eq!(middle([None].into_iter()), None);
    }
}
