//! The curves of version 2026.1.

use super::{Curve, CurveKind, log_normal};
use crate::{Dimension, Direction, LogNormal, Metric, Unit};

const fn latency(metric: Metric, weight: u32, kind: CurveKind, source: &'static str) -> Curve {
    let (dimension, direction) = (Dimension::Performance, Direction::LowerIsBetter);
    Curve { metric, dimension, unit: Unit::Milliseconds, direction, kind, weight, source }
}

/// A metric of a page on Lighthouse's phone, with Lighthouse's control points and weight.
const fn page(metric: Metric, unit: Unit, weight: u32, p10: f64, median: f64) -> Curve {
    let kind = CurveKind::Lighthouse(LogNormal::constant(p10, median));
    let (dimension, direction) = (Dimension::Ux, Direction::LowerIsBetter);
    let source = "Lighthouse 10 to 13, mobile: control points of the audit, rounding of its score and weight in the \
                  performance category (GoogleChrome/lighthouse, core/audits/metrics, shared/util.js and \
                  core/config/default-config.js; \
                  developer.chrome.com, Lighthouse performance scoring).";
    Curve { metric, dimension, unit, direction, kind, weight, source }
}

/// A count of which none is best, from a visit without consent.
const fn told(metric: Metric, weight: u32, points: &'static [(f64, f64)], source: &'static str) -> Curve {
    let (dimension, direction) = (Dimension::Privacy, Direction::LowerIsBetter);
    Curve { metric, dimension, unit: Unit::Number, direction, kind: CurveKind::Points { points }, weight, source }
}

pub(super) const CURVES: &[Curve] = &[
    latency(
        Metric::LatencyP50,
        25,
        log_normal(100.0, 600.0),
        "p10: RAIL, and Nielsen, Usability Engineering (1993), ch. 5: within 100 ms a response feels instant. \
         Median: Lighthouse's server-response-time audit fails above 600 ms.",
    ),
    latency(
        Metric::LatencyP95,
        50,
        log_normal(800.0, 1800.0),
        "web.dev on time to first byte: good up to 800 ms, poor above 1800 ms, as Lighthouse places its control \
         points for good and poor. Asked of the 95th percentile instead of the 75th, because a page makes many \
         requests and meets the tail of each.",
    ),
    latency(
        Metric::LatencyP99,
        25,
        log_normal(1000.0, 3000.0),
        "p10: Nielsen, Usability Engineering (1993), ch. 5: above 1 s the flow of thought breaks. Median: Google and \
         DoubleClick, The Need for Mobile Speed (2016): 53 % of mobile visits are given up after 3 s.",
    ),
    Curve {
        metric: Metric::ErrorRate,
        dimension: Dimension::Reliability,
        unit: Unit::Percent,
        direction: Direction::LowerIsBetter,
        kind: CurveKind::Points { points: &[(0.0, 1.0), (0.1, 0.9), (1.0, 0.5), (5.0, 0.1), (10.0, 0.0)] },
        weight: 50,
        source: "Google, Site Reliability Engineering (2016), ch. 3 and 4: services are described by nines. Three \
                 nines (0.1 %) are good, two (1 %) are middling; that one failure in ten scores nothing is the hub's \
                 choice.",
    },
    Curve {
        metric: Metric::Availability,
        dimension: Dimension::Reliability,
        unit: Unit::Percent,
        direction: Direction::HigherIsBetter,
        kind: CurveKind::Points { points: &[(90.0, 0.0), (95.0, 0.1), (99.0, 0.5), (99.9, 0.9), (100.0, 1.0)] },
        weight: 50,
        source: "The error-rate curve mirrored at 100 %: an unanswered probe counts as much as a failed request.",
    },
    Curve {
        metric: Metric::Observatory,
        dimension: Dimension::Security,
        unit: Unit::Points,
        direction: Direction::HigherIsBetter,
        kind: CurveKind::Linear { zero: 0.0, full: 100.0 },
        weight: 100,
        source: "HTTP Observatory scoring (Mozilla): 100 is a full score; bonus points beyond it are capped.",
    },
    page(Metric::FirstContentfulPaint, Unit::Milliseconds, 10, 1800.0, 3000.0),
    page(Metric::SpeedIndex, Unit::Milliseconds, 10, 3387.0, 5800.0),
    page(Metric::LargestContentfulPaint, Unit::Milliseconds, 25, 2500.0, 4000.0),
    page(Metric::TotalBlockingTime, Unit::Milliseconds, 30, 200.0, 600.0),
    page(Metric::CumulativeLayoutShift, Unit::Number, 25, 0.1, 0.25),
    Curve {
        metric: Metric::Accessibility,
        dimension: Dimension::Ux,
        unit: Unit::Percent,
        direction: Direction::HigherIsBetter,
        kind: CurveKind::Linear { zero: 0.0, full: 100.0 },
        weight: 50,
        source: "Lighthouse scores accessibility as the share of applicable audits that pass; here every rule counts the \
                 same, and what could not be decided counts neither way. That it has half the weight of the other five \
                 together is the hub's choice.",
    },
    Curve {
        metric: Metric::ThroughputKept,
        dimension: Dimension::Scalability,
        unit: Unit::Percent,
        direction: Direction::HigherIsBetter,
        kind: CurveKind::Points { points: &[(50.0, 0.0), (80.0, 0.5), (95.0, 0.9), (100.0, 1.0)] },
        weight: 60,
        source: "Google, Site Reliability Engineering (2016), ch. 21 and 22: a service under overload should go on at the \
                 rate that it can bear, and one whose throughput falls is on its way to collapse. The steps are the \
                 hub's choice.",
    },
    Curve {
        metric: Metric::Coherency,
        dimension: Dimension::Scalability,
        unit: Unit::Percent,
        direction: Direction::LowerIsBetter,
        kind: log_normal(0.001, 0.01),
        weight: 40,
        source: "Gunther, Guerrilla Capacity Planning (2007), ch. 4: throughput peaks at about the root of 1 by kappa. \
                 That a peak at 316 users is good and one at 100 middling is the hub's choice.",
    },
    told(
        Metric::Trackers,
        50,
        &[(0.0, 1.0), (1.0, 0.5), (5.0, 0.1), (10.0, 0.0)],
        "Directive 2002/58/EC, article 5(3), with Regulation (EU) 2016/679, articles 6 and 7: before consent nobody may \
         be tracked, so none is full marks. That one costs half and ten leave nothing is the hub's choice.",
    ),
    told(
        Metric::UnaskedCookies,
        30,
        &[(0.0, 1.0), (1.0, 0.5), (5.0, 0.1), (10.0, 0.0)],
        "Directive 2002/58/EC, article 5(3): a cookie that the service does not need wants consent first. The steps are \
         the hub's choice, as for trackers.",
    ),
    told(
        Metric::ThirdParties,
        20,
        &[(0.0, 1.0), (5.0, 0.8), (20.0, 0.3), (50.0, 0.0)],
        "Regulation (EU) 2016/679, article 5(1)(c), data minimisation: every other site that a page asks learns the \
         visitor's address. A few are usual and lawful, so they cost little; the steps are the hub's choice.",
    ),
    Curve {
        metric: Metric::Compliance,
        dimension: Dimension::Compliance,
        unit: Unit::Percent,
        direction: Direction::HigherIsBetter,
        kind: CurveKind::Linear { zero: 0.0, full: 100.0 },
        weight: 100,
        source: "The share of the checks that could be decided which the site keeps, each the same: the laws and \
                 standards that they come from know no order of importance.",
    },
];
