//! What a million requests cost: the prices of an environment, and the capacity that was measured.

#[cfg(feature = "backend")]
use super::{load::LoadSummary, request::LoadModel, scalability::ScalabilitySummary};
use crate::systems::{CostParts, PriceModel};
use serde::{Deserialize, Serialize};

/// What a benchmark says about cost. The prices are those of its time, so that later ones change nothing in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct CostSummary {
    /// The prices.
    pub prices: PriceModel,
    /// The capacity, where one was measured.
    pub capacity: Option<Capacity>,
    /// Bytes received per request.
    pub bytes_per_request: Option<f64>,
    /// What a million requests cost, in US dollars.
    pub per_million: Option<CostParts>,
    /// Why there is no such cost, where there is none.
    pub not_measured: Option<String>,
}

/// How many requests a target answers a second when it is asked for as many as it can.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Capacity {
    /// Successful responses a second.
    pub rps: f64,
    /// How it was measured.
    pub measured_by: CapacityBy,
}

/// How a capacity was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum CapacityBy {
    /// The best step of a load in steps.
    Steps,
    /// A closed load without think time.
    ClosedLoad,
}

impl CapacityBy {
    /// The words for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Steps => "the best step of the load in steps",
            Self::ClosedLoad => "the closed load without think time",
        }
    }
}

/// The capacity that a benchmark shows. An open load, and one with think time, ask for a rate and show no more than that.
#[cfg(feature = "backend")]
pub(super) fn capacity(
    model: &LoadModel,
    load: Option<&LoadSummary>,
    scalability: Option<&ScalabilitySummary>,
) -> Option<Capacity> {
    let best = scalability.and_then(ScalabilitySummary::best_rps).map(|rps| (rps, CapacityBy::Steps));
    let closed = matches!(model, LoadModel::Closed { think_time_s, .. } if *think_time_s == 0.0);
    let flat_out = load.filter(|load| closed && load.valid).map(|load| (load.throughput_rps, CapacityBy::ClosedLoad));
    let (rps, measured_by) = best.or(flat_out).filter(|(rps, _)| *rps > 0.0)?;
    Some(Capacity { rps, measured_by })
}

/// The cost of a million requests by these prices.
#[cfg(feature = "backend")]
pub(super) fn cost(
    prices: PriceModel,
    model: &LoadModel,
    load: Option<&LoadSummary>,
    scalability: Option<&ScalabilitySummary>,
) -> CostSummary {
    let capacity = capacity(model, load, scalability);
    let bytes_per_request = load.and_then(LoadSummary::bytes_per_request);
    let needed = |value: Option<f64>, needed: bool| if needed { value } else { Some(value.unwrap_or(1.0)) };
    let rps = needed(capacity.map(|capacity| capacity.rps), prices.needs_capacity());
    let bytes = needed(bytes_per_request, prices.gigabyte.usd > 0.0);
    let not_measured = match (rps, bytes) {
        (Some(_), Some(_)) => None,
        (None, _) => Some(
            "The capacity is not known: an open load shows the rate that was asked for. Run a load in steps, or a closed one without think time.",
        ),
        (_, None) => Some("No request was answered, so nobody knows how much is sent for one."),
    };
    CostSummary {
        per_million: rps.zip(bytes).map(|(rps, bytes)| prices.per_million(rps, bytes)),
        prices,
        capacity,
        bytes_per_request,
        not_measured: not_measured.map(str::to_owned),
    }
}

#[cfg(all(test, feature = "backend"))]
mod tests {
    use super::*;
    use crate::{lab::scalability::StepSummary, systems::Price};

    fn prices(hour: f64, requests: f64, gigabyte: f64) -> PriceModel {
        let price = |usd| Price { usd, source: "list".to_owned() };
        PriceModel {
            instances: 1.0,
            instance_hour: price(hour),
            million_requests: price(requests),
            gigabyte: price(gigabyte),
        }
    }

    fn load(throughput_rps: f64) -> LoadSummary {
        LoadSummary { throughput_rps, requests: 10, bytes_in: 20_000, valid: true, ..LoadSummary::default() }
    }

    const OPEN: LoadModel = LoadModel::Open { rate: 20.0, ramp_to: None };
    const CLOSED: LoadModel = LoadModel::Closed { vus: 10, think_time_s: 0.0 };
    const THINKING: LoadModel = LoadModel::Closed { vus: 10, think_time_s: 0.5 };

    #[test]
    fn capacity_is_what_a_target_gives_when_it_is_asked_for_all() {
        let step = |users, throughput_rps| StepSummary {
            users,
            throughput_rps,
            p50_ms: None,
            p95_ms: None,
            p99_ms: None,
            error_rate_pct: None,
            fitted: true,
        };
        let steps = ScalabilitySummary { steps: vec![step(1, 80.0), step(2, 140.0)], ..ScalabilitySummary::default() };
        let found = |model, steps| capacity(model, Some(&load(50.0)), steps).map(|it| (it.rps, it.measured_by));
        assert_eq!(found(&OPEN, None), None);
        assert_eq!(found(&THINKING, None), None);
        assert_eq!(found(&CLOSED, None), Some((50.0, CapacityBy::ClosedLoad)));
        assert_eq!(found(&CLOSED, Some(&steps)), Some((140.0, CapacityBy::Steps)));
        assert_eq!(found(&OPEN, Some(&steps)), Some((140.0, CapacityBy::Steps)));
        assert_eq!(capacity(&CLOSED, Some(&load(0.0)), None), None);
    }

    #[test]
    fn only_what_the_prices_need_must_be_measured() {
        let total = |prices, model| {
            let found = cost(prices, model, Some(&load(100.0)), None).per_million;
            found.map(|parts| (parts.total() * 1e9).round() / 1e9)
        };
        // 10,000 s of one instance, and 2 kB a request.
        assert_eq!(total(prices(0.36, 0.0, 0.0), &CLOSED), Some(1.0));
        assert_eq!(total(prices(0.36, 0.0, 0.0), &OPEN), None);
        assert_eq!(total(prices(0.0, 0.4, 0.1), &OPEN), Some(0.6));
        let silent = cost(prices(0.0, 0.4, 0.1), &OPEN, None, None);
        assert!(silent.per_million.is_none() && silent.not_measured.is_some());
        assert_eq!(cost(prices(0.0, 0.4, 0.0), &OPEN, None, None).per_million.map(|it| it.total()), Some(0.4));
    }
}
