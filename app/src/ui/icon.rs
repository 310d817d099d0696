//! Line drawings on a 20 by 20 grid, one path each.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    Overview,
    Systems,
    Lab,
    Gates,
    Tuning,
    Library,
    Workspaces,
    Evaluations,
    Evidence,
    Playground,
    Audit,
    Settings,
    Organisations,
    Search,
    User,
    Check,
    Pass,
    Warn,
    Fail,
    Unknown,
    Info,
    Running,
    Pending,
    Plus,
    Close,
    Copy,
    Download,
    Play,
    Stop,
    External,
    Chevron,
    Up,
    Down,
    Lock,
    Bell,
    Clock,
}

impl Symbol {
    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "M3.5 3.5h5v6h-5z M11.5 3.5h5v3.5h-5z M11.5 10h5v6.5h-5z M3.5 12.5h5v4h-5z",
            Self::Systems => "M10 2.8l6.8 3.4L10 9.6 3.2 6.2z M3.2 10L10 13.4l6.8-3.4 M3.2 13.8L10 17.2l6.8-3.4",
            Self::Lab => {
                "M7.5 2.8h5 M8.5 2.8v5L4 15.3a1.3 1.3 0 0 0 1.1 1.9h9.8a1.3 1.3 0 0 0 1.1-1.9L11.5 7.8v-5 M6 12.5h8"
            }
            Self::Gates => "M10 2.6l6 2.2v4.6c0 3.8-2.5 6.6-6 8-3.5-1.4-6-4.2-6-8V4.8z M7.2 9.9l2 2 3.6-3.9",
            Self::Tuning => {
                "M3 6h8 M15 6h2 M15 6a2 2 0 1 1-4 0 2 2 0 0 1 4 0z M3 14h2 M9 14h8 M9 14a2 2 0 1 1-4 0 2 2 0 0 1 4 0z"
            }
            Self::Library => "M3.5 3.5H7v13H3.5z M7 5.5h3.5v11H7z M12.2 5.4l2.7-.7 2.9 11-2.7.7z",
            Self::Workspaces => {
                "M9.5 6.8a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0z M2.2 16.2c.5-2.9 2.2-4.4 4.5-4.4s4 1.5 4.5 4.4 M12 4.3a2.8 2.8 0 0 1 0 5 M13.8 12.2c2.2.3 3.5 1.700 4 4"
            }
            Self::Evaluations => "M7 4H4.5v13h11V4H13 M7 2.8h6v2.6H7z M7 11l2.1 2.1L13.2 9",
            Self::Evidence => {
                "M8.5 17.2H4.5V2.8h7L15 6.3v2.2 M11.5 2.8v3.5H15 M16.2 13a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0z M12.3 15v3.2l1.5-.8 1.5.8V15"
            }
            Self::Playground => "M3 4h14v12H3z M6 8l2.3 2L6 12 M10.5 12.5H14",
            Self::Audit => "M4 5h.5 M4 10h.5 M4 15h.5 M7.5 5H16.5 M7.5 10H16.5 M7.5 15H16.5",
            Self::Settings => {
                "M10 2.6l6.4 3.7v7.4L10 17.4l-6.4-3.7V6.3z M12.6 10a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0z"
            }
            Self::Organisations => {
                "M3.5 17V4.2h7V17 M10.5 8.5h6V17 M2.5 17h15 M6 7.2h2 M6 10.2h2 M6 13.2h2 M13 11.5h1.2 M13 14.2h1.2"
            }
            Self::Search => "M13.5 8.75a4.75 4.75 0 1 1-9.5 0 4.75 4.75 0 0 1 9.5 0z M12.2 12.2L16.5 16.5",
            Self::User => {
                "M13.2 6.6a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0z M3.8 16.8c.6-3.2 3-4.9 6.2-4.9s5.6 1.7 6.2 4.9"
            }
            Self::Check => "M4.5 10.5l3.7 3.7 7.3-8.2",
            Self::Pass => "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0z M6.8 10.3l2.2 2.2 4.2-4.8",
            Self::Warn => "M10 3l7.3 13.3H2.7z M10 8v4 M10 14.2v.1",
            Self::Fail => "M7 2.8h6L17.2 7v6L13 17.2H7L2.8 13V7z M7.6 7.6l4.8 4.8 M12.4 7.6l-4.8 4.8",
            Self::Unknown => {
                "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0z M8 8.1a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4 M10 13.7v.1"
            }
            Self::Info => "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0z M10 9.5V14 M10 6.5v.1",
            Self::Running => "M10 3a7 7 0 1 1-6.6 4.7",
            Self::Pending => "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0z",
            Self::Plus => "M10 4v12 M4 10h12",
            Self::Close => "M5 5l10 10 M15 5L5 15",
            Self::Copy => "M7.5 7.5h9v9h-9z M12.5 7.5v-4h-9v9h4",
            Self::Download => "M10 3v9.5 M6 8.8l4 4 4-4 M3.5 16.5h13",
            Self::Play => "M6 3.8l10 6.2-10 6.2z",
            Self::Stop => "M5 5h10v10H5z",
            Self::External => "M11.5 3.5h5v5 M16.5 3.5L9.5 10.5 M14 12v4.5H3.5V6H8",
            Self::Chevron => "M7.5 4.5L13 10l-5.5 5.5",
            Self::Up => "M10 16V4 M5 9l5-5 5 5",
            Self::Down => "M10 4v12 M5 11l5 5 5-5",
            Self::Lock => "M4.5 9h11v8h-11z M7 9V6.5a3 3 0 0 1 6 0V9",
            Self::Bell => "M4 14.5h12l-1.4-2.2V8.6a4.6 4.6 0 0 0-9.2 0v3.7z M8.4 17.2h3.2",
            Self::Clock => "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0z M10 5.8V10l2.8 1.8",
        }
    }
}

/// A drawing beside words; it says nothing to a screen reader, since the words do.
#[component]
pub fn Icon(
    /// What it shows.
    symbol: Symbol,
    /// 16 instead of 20 px.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let class = if small { "icon icon-small" } else { "icon" };
    view! {
        <svg class=class viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d=symbol.path()></path>
        </svg>
    }
    .into_any()
}
