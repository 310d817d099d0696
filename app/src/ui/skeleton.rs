//! The place of something that is still loading, of the same size.

use leptos::prelude::*;

/// What is loading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SkeletonShape {
    #[default]
    Lines,
    Table,
    Chart,
}

/// Grey bars of the size of what is loading.
#[component]
pub fn Skeleton(
    /// What is loading.
    #[prop(optional)]
    shape: SkeletonShape,
    /// Lines or rows.
    #[prop(default = 3)]
    rows: u8,
    /// What is loading, for screen readers: "Loading systems".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let bar = || view! { <span class="skeleton-bar"></span> };
    let (class, bars) = match shape {
        SkeletonShape::Lines => ("skeleton", (0..rows).map(|_| bar()).collect_view().into_any()),
        SkeletonShape::Chart => ("skeleton skeleton-chart", bar().into_any()),
        SkeletonShape::Table => {
            let rows = (0..rows).map(|_| view! { <span class="skeleton-row">{bar()}</span> });
            ("skeleton skeleton-table", rows.collect_view().into_any())
        }
    };
    view! { <div class=class role="status"><span class="visually-hidden">{label}</span>{bars}</div> }.into_any()
}
