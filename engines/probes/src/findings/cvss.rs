//! CVSS v3.1 base scores (FIRST, "Common Vulnerability Scoring System v3.1: Specification Document", sections 7.1 and 7.4).

use super::Severity;

/// The base score of `vector` in tenths, so that 98 stands for 9.8; `None` if it is not a complete v3.1 base vector.
pub fn base_score(vector: &str) -> Option<u32> {
    let metrics = vector.strip_prefix("CVSS:3.1/")?;
    let value = |name: &str| metrics.split('/').find_map(|metric| metric.strip_prefix(name)?.strip_prefix(':'));
    let changed = match value("S")? {
        "U" => false,
        "C" => true,
        _ => return None,
    };
    let weight = |name: &str, weights: &[(&str, f64)]| {
        let wanted = value(name)?;
        weights.iter().find(|(level, _)| *level == wanted).map(|(_, weight)| *weight)
    };
    let harm = |name| weight(name, &[("H", 0.56), ("L", 0.22), ("N", 0.0)]);
    let privileges =
        if changed { [("N", 0.85), ("L", 0.68), ("H", 0.5)] } else { [("N", 0.85), ("L", 0.62), ("H", 0.27)] };
    let exploitability = 8.22
        * weight("AV", &[("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2)])?
        * weight("AC", &[("L", 0.77), ("H", 0.44)])?
        * weight("PR", &privileges)?
        * weight("UI", &[("N", 0.85), ("R", 0.62)])?;
    let lost = 1.0 - (1.0 - harm("C")?) * (1.0 - harm("I")?) * (1.0 - harm("A")?);
    let impact = if changed { 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02_f64).powi(15) } else { 6.42 * lost };
    if impact <= 0.0 {
        return Some(0);
    }
    let sum = if changed { 1.08 * (impact + exploitability) } else { impact + exploitability };
    Some(round_up(sum.min(10.0)))
}

/// Smallest number of tenths not below `score` (appendix A, with its guard against floating-point noise).
fn round_up(score: f64) -> u32 {
    let scaled = (score * 100_000.0).round() as u32;
    scaled.div_ceil(10_000)
}

/// The qualitative rating of a score in tenths (section 5).
pub fn severity(tenths: u32) -> Severity {
    match tenths {
        0 => Severity::Info,
        1..40 => Severity::Low,
        40..70 => Severity::Medium,
        70..90 => Severity::High,
        _ => Severity::Critical,
    }
}
