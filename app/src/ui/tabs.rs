//! Tabs are links: the URL says which one is open.

use super::badge::Count;
use leptos::prelude::*;

/// One tab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tab {
    label: String,
    href: String,
    current: bool,
    count: u64,
}

impl Tab {
    /// A tab and the address that opens it.
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), current, count: 0 }
    }

    /// Shows how many things are behind it, unless there are none.
    #[must_use]
    pub fn with_count(mut self, count: u64) -> Self {
        self.count = count;
        self
    }
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// What the tabs divide: "Scorecard".
    #[prop(into)]
    label: String,
    /// The tabs.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let tab = |tab: Tab| {
        view! {
            <a class="tab" href=tab.href aria-current=tab.current.then_some("page")>
                {tab.label}<Count value=tab.count of="inside"/>
            </a>
        }
    };
    view! { <nav class="tabs" aria-label=label>{tabs.into_iter().map(tab).collect_view()}</nav> }.into_any()
}
