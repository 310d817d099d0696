//! Charts, with the same numbers in a table beside them.

use leptos::prelude::*;

/// The colours that a chart may use, as red, green and blue. The stylesheet turns exactly these into the reader's
/// scheme, so a chart that was drawn once is right in light, dark and print.
pub mod chart_colour {
    /// Words of axes and legends.
    pub const INK: (u8, u8, u8) = (0x15, 0x18, 0x1c);
    /// Labels of ticks, and axes.
    pub const QUIET: (u8, u8, u8) = (0x4b, 0x54, 0x5e);
    /// The grid.
    pub const GRID: (u8, u8, u8) = (0xdd, 0xe1, 0xe5);
    /// The ground.
    pub const GROUND: (u8, u8, u8) = (0xff, 0xff, 0xff);
    /// Series, in this order; give each its own dash or marker too.
    pub const SERIES: [(u8, u8, u8); 4] =
        [(0x3b, 0x4f, 0xcf), (0x0f, 0x7f, 0x8f), (0xa8, 0x5a, 0x00), (0x9c, 0x2f, 0x7f)];
}

/// A chart and its numbers.
#[component]
pub fn Figure(
    /// What it shows.
    #[prop(into)]
    title: String,
    /// The drawing as an SVG element with `role="img"` and a title. It must be the hub's own: it goes into the page as it is.
    #[prop(into)]
    svg: String,
    /// What to notice, or how it was measured.
    #[prop(optional, into)]
    note: String,
    /// The same numbers as a [`Table`](super::Table).
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let class = if children.is_some() { "figure-body" } else { "figure-body figure-alone" };
    let note = (!note.is_empty()).then(|| view! { <p class="figure-note">{note}</p> });
    let name = title.clone();
    // On a phone the drawing keeps words that can be read, and scrolls; a scrolling region takes focus, so that the arrow
    // keys can move it.
    view! {
        <figure class="figure">
            <figcaption><p class="figure-title">{title}</p>{note}</figcaption>
            <div class=class>
                <div class="chart" role="group" aria-label=name tabindex="0" inner_html=svg></div>
                {children.map(|children| children())}
            </div>
        </figure>
    }
    .into_any()
}
