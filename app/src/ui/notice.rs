//! Messages inside a page.

use super::badge::{Meaning, StatusIcon};
use leptos::prelude::*;

/// A message with a meaning: what happened, or what still works.
#[component]
pub fn Notice(
    /// What it means.
    meaning: Meaning,
    /// The message in one sentence.
    #[prop(into)]
    title: String,
    /// It came up just now, so a screen reader should say it.
    #[prop(optional)]
    live: bool,
    /// More words, and what to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let class = format!("notice {}", meaning.class());
    let role = live.then_some(if meaning == Meaning::Fail { "alert" } else { "status" });
    view! {
        <div class=class role=role>
            <StatusIcon meaning=meaning/>
            <div class="notice-body">
                <p class="notice-title">{title}</p>
                {children.map(|children| children())}
            </div>
        </div>
    }
    .into_any()
}

/// The page's answer in one sentence, before everything else.
#[component]
pub fn Answer(
    /// What it means.
    meaning: Meaning,
    /// The sentence: "Blocked: 2 of 14 checks failed".
    #[prop(into)]
    words: String,
    /// What to do about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let class = format!("answer {}", meaning.class());
    view! {
        <div class=class>
            <StatusIcon meaning=meaning silent=true/>
            <p class="answer-words">{words}</p>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
    .into_any()
}
