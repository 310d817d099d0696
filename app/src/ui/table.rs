//! Tables: numbers to the right, the unit once in the head, the whole row a link.

use leptos::prelude::*;

/// The head of one column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    label: String,
    unit: String,
    number: bool,
    hidden: bool,
    sort: Option<(String, Option<bool>)>,
}

impl Column {
    /// A column of words.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// A column of numbers in `unit`, which may be empty.
    pub fn number(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { label: label.into(), unit: unit.into(), number: true, ..Self::default() }
    }

    /// A column whose head only screen readers meet, for buttons.
    pub fn hidden(label: impl Into<String>) -> Self {
        Self { label: label.into(), hidden: true, ..Self::default() }
    }

    /// The head links to the table sorted by it; `ascending` when it is sorted by it now.
    #[must_use]
    pub fn sorted(mut self, href: impl Into<String>, ascending: Option<bool>) -> Self {
        self.sort = Some((href.into(), ascending));
        self
    }
}

/// A table with its caption and heads. Rows are [`Row`], with [`HeadCell`] first and [`Cell`] for the rest.
#[component]
pub fn Table(
    /// What the table shows.
    #[prop(into)]
    caption: String,
    /// A heading above says the same already.
    #[prop(optional)]
    caption_hidden: bool,
    /// The heads.
    columns: Vec<Column>,
    /// Under 640 px each row becomes a card instead of scrolling sideways; cells then need a `label`.
    #[prop(optional)]
    cards: bool,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let class = if cards { "table table-cards" } else { "table" };
    let heads = columns.into_iter().map(head).collect_view();
    // A scrolling region takes focus, so that the arrow keys can move it.
    view! {
        <div class="table-holder" role="region" aria-label=caption tabindex="0">
            <table class=class>
                <caption class=caption_hidden.then_some("visually-hidden")>{caption.clone()}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn head(column: Column) -> impl IntoView {
    let unit =
        (!column.unit.is_empty()).then(|| view! { <span class="table-unit">{format!(" {}", column.unit)}</span> });
    let (link, order) = column.sort.unzip();
    let order = order.flatten().map(|ascending| if ascending { "ascending" } else { "descending" });
    let arrow = match order {
        Some("ascending") => " ↑",
        Some(_) => " ↓",
        None => "",
    };
    let words = match link {
        Some(href) => view! { <a href=href>{column.label}</a>{arrow} }.into_any(),
        None if column.hidden => view! { <span class="visually-hidden">{column.label}</span> }.into_any(),
        None => column.label.into_any(),
    };
    view! { <th scope="col" class=column.number.then_some("number") aria-sort=order>{words}{unit}</th> }
}

/// A row.
#[component]
pub fn Row(
    /// The row that the page is about.
    #[prop(optional)]
    current: bool,
    /// Its cells.
    children: Children,
) -> impl IntoView {
    view! { <tr aria-current=current.then_some("true")>{children()}</tr> }.into_any()
}

/// The first cell: the row's name, and where the whole row leads.
#[component]
pub fn HeadCell(
    /// Where the row leads.
    #[prop(optional, into)]
    href: Option<String>,
    /// The name.
    children: Children,
) -> impl IntoView {
    let words = match href {
        Some(href) => view! { <a class="row-link" href=href>{children()}</a> }.into_any(),
        None => children().into_any(),
    };
    view! { <th scope="row">{words}</th> }.into_any()
}

/// A cell.
#[component]
pub fn Cell(
    /// The head again, for tables that become cards.
    #[prop(optional, into)]
    label: Option<String>,
    /// A number: to the right.
    #[prop(optional)]
    number: bool,
    /// Less important words.
    #[prop(optional)]
    quiet: bool,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let class = match (number, quiet) {
        (true, true) => Some("number cell-quiet"),
        (true, false) => Some("number"),
        (false, true) => Some("cell-quiet"),
        (false, false) => None,
    };
    view! { <td class=class data-label=label>{children()}</td> }.into_any()
}
