//! A number with its unit.

use super::format;
use leptos::prelude::*;

/// A number with three significant digits and its unit; "Not measured" when there is none.
#[component]
pub fn Quantity(
    /// The number.
    #[prop(into)]
    value: Option<f64>,
    /// Its unit; empty where the head of the table names it.
    #[prop(optional, into)]
    unit: String,
    /// The one number of a panel.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let class = if large { "quantity quantity-large" } else { "quantity" };
    let Some(value) = value.filter(|value| value.is_finite()) else {
        return view! { <span class="not-measured">"Not measured"</span> }.into_any();
    };
    let unit = (!unit.is_empty()).then(|| view! { " "<span class="unit">{unit}</span> });
    view! { <span class=class>{format::significant(value)}{unit}</span> }.into_any()
}
