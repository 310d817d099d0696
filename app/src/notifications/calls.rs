//! Server functions of notifications.

use super::view::InboxView;
use crate::error::WireError;
use hub::{ids::NotificationId, notifications::Choices};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{request::signed_in, urls},
    leptos_axum::redirect,
};

/// A part of the reader's inbox: what was not read, or with `all` everything, of every kind or of one.
#[server(prefix = "/fn")]
pub async fn list_notifications(
    all: bool,
    kind: Option<String>,
    cursor: Option<String>,
) -> Result<InboxView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::inbox(&hub, &actor, all, (kind, cursor)).await?)
}

/// Marks a notification as read.
#[server(prefix = "/fn")]
pub async fn read_notification(id: NotificationId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.notifications().read(&actor, id).await?;
    redirect(urls::NOTIFICATIONS);
    Ok(())
}

/// Marks all notifications as read.
#[server(prefix = "/fn")]
pub async fn read_all_notifications() -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.notifications().read_all(&actor).await?;
    redirect(urls::NOTIFICATIONS);
    Ok(())
}

/// What the reader wants to be told.
#[server(prefix = "/fn")]
pub async fn notification_choices() -> Result<Choices, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(hub.notifications().choices(&actor).await?)
}

/// Chooses what the reader is told from now on.
#[server(prefix = "/fn")]
pub async fn choose_notifications(request: Choices) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.notifications().choose(&actor, request).await?;
    redirect(urls::NOTIFICATIONS_CHOSEN);
    Ok(())
}
