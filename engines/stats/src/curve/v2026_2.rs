//! The curves of version 2026.2: those before, and curves for reliability beyond the usual load and for cost.

use super::{Curve, CurveKind, log_normal, v2026_1};
use crate::{Dimension, Direction, Metric, Unit};

pub(super) const CURVES: &[Curve] = &joined();

const fn joined() -> [Curve; v2026_1::CURVES.len() + NEW.len()] {
    let mut all = [NEW[0]; v2026_1::CURVES.len() + NEW.len()];
    let mut at = 0;
    while at < all.len() {
        let old = v2026_1::CURVES.len();
        all[at] = if at < old { v2026_1::CURVES[at] } else { NEW[at - old] };
        at += 1;
    }
    all
}

const NEW: &[Curve] = &[
    Curve {
        metric: Metric::Recovered,
        dimension: Dimension::Reliability,
        unit: Unit::Percent,
        direction: Direction::HigherIsBetter,
        kind: CurveKind::Linear { zero: 0.0, full: 100.0 },
        weight: 30,
        source: "Google, Site Reliability Engineering (2016), ch. 22, on cascading failures: a service should come back by \
                 itself once an overload ends. Each watched second in which it is not back costs the same; that is the \
                 hub's choice.",
    },
    Curve {
        metric: Metric::ServedBesideRude,
        dimension: Dimension::Reliability,
        unit: Unit::Percent,
        direction: Direction::HigherIsBetter,
        kind: CurveKind::Points { points: &[(50.0, 0.0), (90.0, 0.5), (100.0, 1.0)] },
        weight: 20,
        source: "CWE-400 and CWE-772: a few clients that hold their connections must not keep others from being served, so \
                 all is full marks. That one in ten costs half is the hub's choice.",
    },
    Curve {
        metric: Metric::CostPerMillion,
        dimension: Dimension::Cost,
        unit: Unit::UsDollars,
        direction: Direction::LowerIsBetter,
        kind: log_normal(1.0, 10.0),
        weight: 100,
        source: "p10: 1.00 USD, which Amazon API Gateway asks for handing on a million HTTP API requests (US East, first \
                 tier, 2024): a service that costs no more to run is cheap. That ten times as much is middling is the \
                 hub's choice.",
    },
];
