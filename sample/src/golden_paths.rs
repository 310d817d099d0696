//! The shop's critical journeys as Hurl files; each takes the variable `base_url`.

/// Name and Hurl text. The checkout fails at version 1.0.0, whose totals are wrong.
pub const GOLDEN_PATHS: &[(&str, &str)] = &[
    ("Buy three things", include_str!("../golden-paths/checkout.hurl")),
    ("Find a product", include_str!("../golden-paths/search.hurl")),
    ("Shop is healthy", include_str!("../golden-paths/health.hurl")),
];
