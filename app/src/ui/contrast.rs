//! Proves the contrast of the palette: 4.5 for text and 3 for shapes, in both schemes (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../style/tokens.css");

/// Text and the grounds that it stands on.
const TEXT: [(&str, &[&str]); 18] = [
    ("ink", &["paper", "surface", "raised", "sunken", "accent-soft"]),
    ("ink-quiet", &["paper", "surface", "raised", "sunken", "warn-soft", "fail-soft"]),
    ("ink-faint", &["paper", "surface", "raised", "sunken"]),
    ("accent", &["paper", "surface", "raised", "sunken", "accent-soft"]),
    ("on-fill", &["accent-fill", "accent-fill-over", "fail-fill", "fail-fill-over"]),
    ("pass", &["paper", "surface", "pass-soft"]),
    ("warn", &["paper", "surface", "warn-soft"]),
    ("fail", &["paper", "surface", "fail-soft"]),
    ("unknown", &["paper", "surface", "unknown-soft"]),
    ("preview", &["paper", "surface", "preview-soft"]),
    ("staging", &["paper", "surface", "staging-soft"]),
    ("production", &["paper", "surface", "production-soft"]),
    ("chart-1", &["surface"]),
    ("chart-2", &["surface"]),
    ("chart-3", &["surface"]),
    ("chart-4", &["surface"]),
    ("ink", &["pass-soft", "warn-soft", "fail-soft", "unknown-soft"]),
    ("ink-quiet", &["pass-soft", "unknown-soft", "accent-soft"]),
];

/// Shapes: borders of controls, rings, bars, the focus.
const SHAPES: [(&str, &[&str]); 6] = [
    ("line-strong", &["paper", "surface", "raised"]),
    ("pass-shape", &["paper", "surface", "pass-soft"]),
    ("warn-shape", &["paper", "surface", "warn-soft"]),
    ("fail-shape", &["paper", "surface", "fail-soft"]),
    ("unknown-shape", &["paper", "surface", "unknown-soft"]),
    ("accent", &["paper", "surface", "sunken"]),
];

/// The light and the dark colour of each token, as the relative luminance that WCAG 2.2 defines.
fn palette() -> BTreeMap<&'static str, [f64; 2]> {
    let token = |line: &'static str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(#")?;
        let (light, dark) = value.split_once(", #")?;
        Some((name, [luminance(&light[..6]), luminance(&dark[..6])]))
    };
    TOKENS.lines().filter_map(token).collect()
}

fn luminance(hex: &str) -> f64 {
    let channel = |from: usize| {
        let share =
            f64::from(u8::from_str_radix(&hex[from..from + 2], 16).expect("a colour has two digits for each channel"))
                / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn ratio(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn too_weak(pairs: &[(&'static str, &[&'static str])], least: f64) -> Vec<String> {
    let palette = palette();
    let mut weak = Vec::new();
    for (front, grounds) in pairs {
        for ground in *grounds {
            for (scheme, name) in ["light", "dark"].into_iter().enumerate() {
                let ratio = ratio(palette[front][scheme], palette[ground][scheme]);
                if ratio < least {
                    weak.push(format!("{front} on {ground}, {name}: {ratio:.2}"));
                }
            }
        }
    }
    weak
}

#[test]
fn black_on_white_has_the_contrast_that_the_standard_names() {
    assert!((ratio(luminance("000000"), luminance("ffffff")) - 21.0).abs() < 1e-9);
}

#[test]
fn text_can_be_read_in_both_schemes() {
    assert_eq!(too_weak(&TEXT, 4.5), Vec::<String>::new());
}

#[test]
fn shapes_can_be_told_from_their_ground_in_both_schemes() {
    assert_eq!(too_weak(&SHAPES, 3.0), Vec::<String>::new());
}
