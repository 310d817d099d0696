//! Light, dark, or as the device says.

use leptos::{prelude::*, server_fn::ServerFn as _};
use serde::{Deserialize, Serialize};

/// The reader's choice of scheme. It travels in the cookie `theme`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The value of `data-theme`, and of the cookie.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Auto => "Device",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// The theme called `name`, otherwise as the device says.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default()
    }

    /// The theme in the value of a `Cookie` header.
    #[must_use]
    pub fn from_cookies(header: &str) -> Self {
        let value = header.split(';').find_map(|pair| pair.trim().strip_prefix("theme="));
        value.map(Self::named).unwrap_or_default()
    }
}

/// Keeps the reader's choice for a year.
#[server(prefix = "/fn")]
pub async fn set_theme(theme: Theme) -> Result<(), ServerFnError> {
    let cookie = format!("theme={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", theme.name());
    let value = http::HeaderValue::from_str(&cookie).map_err(ServerFnError::new)?;
    expect_context::<leptos_axum::ResponseOptions>().append_header(http::header::SET_COOKIE, value);
    Ok(())
}

/// Three buttons that set the theme: at once where the page is [`Live`](super::Live), by a form where it is not.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let chosen = use_context::<Theme>().unwrap_or_default();
    let button = |theme: Theme| {
        let pressed = if theme == chosen { "true" } else { "false" };
        view! { <button class="segment" name="theme" value=theme.name() aria-pressed=pressed>{theme.word()}</button> }
    };
    view! {
        <form method="post" action=SetTheme::url()>
            <div class="segments" role="group" aria-label="Theme">{Theme::ALL.into_iter().map(button).collect_view()}</div>
        </form>
    }
    .into_any()
}

/// Shows the theme of the button that was pressed at once, and has it kept.
pub(super) fn choose(button: &web_sys::Element) {
    let theme = button.get_attribute("value").as_deref().map(Theme::named).unwrap_or_default();
    let buttons = button.parent_element().map(|group| group.children());
    // Setting an attribute only fails for names that are no names.
    if let Some(root) = document().document_element() {
        drop(root.set_attribute("data-theme", theme.name()));
    }
    for other in buttons.iter().flat_map(|buttons| (0..buttons.length()).filter_map(|at| buttons.item(at))) {
        drop(other.set_attribute("aria-pressed", if &other == button { "true" } else { "false" }));
    }
    leptos::task::spawn_local(async move {
        // Unkept, it holds for this page alone.
        drop(set_theme(theme).await);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_decides_and_anything_else_follows_the_device() {
        assert_eq!(Theme::from_cookies("a=b; theme=dark; c=d"), Theme::Dark);
        assert_eq!(Theme::from_cookies("theme=light"), Theme::Light);
        assert_eq!(Theme::from_cookies("theme=\"><script>"), Theme::Auto);
        assert_eq!(Theme::from_cookies("not-theme=dark"), Theme::Auto);
    }
}
