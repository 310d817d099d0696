//! The way around: one link for each capability.

use super::{
    badge::Count,
    icon::{Icon, Symbol},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

/// A capability's first page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Overview,
    Systems,
    Lab,
    Gates,
    Library,
    Workspaces,
    Evidence,
    Audit,
    Settings,
    /// Only of those who run the hub.
    Organisations,
}

impl Place {
    /// Every place of everybody, in the order of the rail.
    pub const ALL: [Self; 9] = [
        Self::Overview,
        Self::Systems,
        Self::Lab,
        Self::Gates,
        Self::Library,
        Self::Workspaces,
        Self::Evidence,
        Self::Audit,
        Self::Settings,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Systems => "Systems",
            Self::Lab => "Lab",
            Self::Gates => "Gates",
            Self::Library => "Library",
            Self::Workspaces => "Workspaces",
            Self::Evidence => "Evidence",
            Self::Audit => "Audit",
            Self::Settings => "Settings",
            Self::Organisations => "Organisations",
        }
    }

    /// Its address.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::Systems => "/systems",
            Self::Lab => "/lab",
            Self::Gates => "/gates",
            Self::Library => "/library",
            Self::Workspaces => "/workspaces",
            Self::Evidence => "/evidence",
            Self::Audit => "/audit",
            Self::Settings => "/settings",
            Self::Organisations => "/organisations",
        }
    }

    /// The key that leads there after `g`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Overview => "o",
            Self::Systems => "s",
            Self::Lab => "l",
            Self::Gates => "g",
            Self::Library => "b",
            Self::Workspaces => "w",
            Self::Evidence => "e",
            Self::Audit => "a",
            Self::Settings => "t",
            Self::Organisations => "r",
        }
    }

    const fn symbol(self) -> Symbol {
        match self {
            Self::Overview => Symbol::Overview,
            Self::Systems => Symbol::Systems,
            Self::Lab => Symbol::Lab,
            Self::Gates => Symbol::Gates,
            Self::Library => Symbol::Library,
            Self::Workspaces => Symbol::Workspaces,
            Self::Evidence => Symbol::Evidence,
            Self::Audit => Symbol::Audit,
            Self::Settings => Symbol::Settings,
            Self::Organisations => Symbol::Organisations,
        }
    }

    /// Whether a path belongs to it.
    #[must_use]
    pub fn holds(self, path: &str) -> bool {
        match self {
            Self::Overview => path == "/",
            _ => path.strip_prefix(self.href()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        }
    }
}

/// How many things wait for the reader, by place; zero is not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Benchmarks that wait or run.
    pub lab: u64,
    /// Environments whose last version is blocked.
    pub gates: u64,
}

impl Waiting {
    const fn words(self, place: Place) -> &'static str {
        match place {
            Place::Gates => "blocked",
            _ => "under way",
        }
    }

    const fn at(self, place: Place) -> u64 {
        match place {
            Place::Lab => self.lab,
            Place::Gates => self.gates,
            _ => 0,
        }
    }
}

/// The links of the rail; the one that holds the present path is marked.
#[component]
pub fn Rail(
    /// What waits.
    waiting: Waiting,
    /// The reader looks after the organisations of the hub.
    #[prop(optional)]
    operates: bool,
) -> impl IntoView {
    let path = use_location().pathname;
    let link = move |place: Place| {
        view! {
            <li>
                <a class="rail-link" href=place.href() title=place.name()
                    aria-current=move || path.with(|path| place.holds(path)).then_some("true")>
                    <Icon symbol=place.symbol()/>
                    <span class="rail-word">{place.name()}</span>
                    <span class="rail-count"><Count value=waiting.at(place) of=waiting.words(place) waiting=true/></span>
                </a>
            </li>
        }
    };
    let places = Place::ALL.into_iter().chain(operates.then_some(Place::Organisations));
    view! { <ul class="rail-list">{places.map(link).collect_view()}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_one_place_at_most() {
        for path in
            ["/", "/systems", "/systems/a/b", "/gates/x", "/library/x", "/workspaces", "/labyrinth", "/settings/keys"]
        {
            let places = Place::ALL.into_iter().filter(|place| place.holds(path)).count();
            assert_eq!(places, usize::from(path != "/labyrinth"), "{path}");
        }
    }

    #[test]
    fn every_place_has_its_own_key() {
        let mut keys = Place::ALL.map(Place::key).to_vec();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), Place::ALL.len());
    }
}
