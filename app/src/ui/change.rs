//! A difference with its direction, its meaning and its interval.

use super::{
    badge::Meaning,
    format,
    icon::{Icon, Symbol},
};
use leptos::prelude::*;

/// A change against a baseline: "−38 ms, 95 % CI −51 to −25".
#[component]
pub fn Change(
    /// The difference.
    value: f64,
    /// Its unit; empty where the head of the table names it.
    #[prop(optional, into)]
    unit: String,
    /// What it means: better is pass, worse is fail, neither is unknown.
    meaning: Meaning,
    /// The bounds of the 95 % confidence interval.
    #[prop(optional_no_strip)]
    interval: Option<(f64, f64)>,
) -> impl IntoView {
    let arrow = match value {
        value if value > 0.0 => Some(Symbol::Up),
        value if value < 0.0 => Some(Symbol::Down),
        _ => None,
    };
    let meaning = if arrow.is_some() { meaning } else { Meaning::Unknown };
    let judged = match meaning {
        Meaning::Pass => "better",
        Meaning::Fail => "worse",
        _ => "no clear difference",
    };
    let words = if unit.is_empty() { format::signed(value) } else { format!("{} {unit}", format::signed(value)) };
    let interval = interval.map(|(low, high)| {
        let words = format!("95 % CI {} to {}", format::signed(low), format::signed(high));
        view! { <span class="change-interval">{words}</span> }
    });
    view! {
        <span class=format!("change {}", meaning.class())>
            {arrow.map(|symbol| view! { <Icon symbol=symbol small=true/> })}
            <span>{words}<span class="visually-hidden">{format!(", {judged}")}</span></span>
            {interval}
        </span>
    }
    .into_any()
}
