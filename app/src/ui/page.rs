//! One page: where I am, the heading, its actions, and the content.

use super::icon::{Icon, Symbol};
use leptos::prelude::*;
use leptos_meta::Title;

/// One step of where I am.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crumb {
    label: String,
    href: Option<String>,
    beside: Vec<(String, String)>,
}

impl Crumb {
    /// A step that leads back.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()), beside: Vec::new() }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// Makes a menu of the step: the labels and addresses of what stands beside it, such as the other environments.
    #[must_use]
    pub fn with_menu(mut self, beside: Vec<(String, String)>) -> Self {
        self.beside = beside;
        self
    }
}

/// A page of the frame, or of the bare frame.
#[component]
pub fn Page(
    /// The heading, and the title of the document.
    #[prop(into)]
    title: String,
    /// Where I am; empty for the pages of the rail.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// One quiet sentence below the heading.
    #[prop(optional, into)]
    lead: String,
    /// What stands beside the heading: chips and the buttons of the page.
    #[prop(optional, into)]
    actions: ViewFn,
    /// For reading and forms: 640 px.
    #[prop(optional)]
    narrow: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let lead = (!lead.is_empty()).then(|| view! { <p class="page-lead">{lead}</p> });
    view! {
        <Title text=title.clone()/>
        <div class=if narrow { "page page-narrow" } else { "page" }>
            <nav class="where" aria-label="Where I am">
                <ol class="where-list">{crumbs.into_iter().map(step).collect_view()}</ol>
            </nav>
            <header class="page-head">
                <div class="page-words"><h1>{title}</h1>{lead}</div>
                <div class="actions">{actions.run()}</div>
            </header>
            {children()}
        </div>
    }
    .into_any()
}

fn step(crumb: Crumb) -> impl IntoView {
    let own = match crumb.href {
        Some(href) => view! { <a href=href>{crumb.label.clone()}</a> }.into_any(),
        None => view! { <span aria-current="page">{crumb.label.clone()}</span> }.into_any(),
    };
    let menu = (!crumb.beside.is_empty()).then(|| beside(crumb.label, crumb.beside));
    view! { <li>{own}{menu}</li> }
}

fn beside(label: String, links: Vec<(String, String)>) -> impl IntoView {
    let link = |(label, href): (String, String)| view! { <a class="menu-item" href=href>{label}</a> };
    view! {
        <details class="menu-holder" name="where">
            <summary aria-label=format!("Others beside {label}")><span class="turned"><Icon symbol=Symbol::Chevron small=true/></span></summary>
            <div class="menu">{links.into_iter().map(link).collect_view()}</div>
        </details>
    }
}

/// A part of a page with its own heading.
#[component]
pub fn Section(
    /// The heading.
    #[prop(into)]
    title: String,
    /// One quiet sentence beside it.
    #[prop(optional, into)]
    hint: String,
    /// Its buttons.
    #[prop(optional, into)]
    actions: ViewFn,
    /// The content.
    children: Children,
) -> impl IntoView {
    let hint = (!hint.is_empty()).then(|| view! { <p class="section-hint">{hint}</p> });
    view! {
        <section class="section">
            <div class="section-head"><div><h2>{title}</h2>{hint}</div><div class="actions">{actions.run()}</div></div>
            {children()}
        </section>
    }
    .into_any()
}

/// A framed area.
#[component]
pub fn Panel(
    /// The heading.
    #[prop(optional, into)]
    title: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    let title = (!title.is_empty()).then(|| view! { <h3>{title}</h3> });
    view! { <div class="panel">{title}{children()}</div> }.into_any()
}
