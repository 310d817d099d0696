//! Notifications: what the reader was told, and what the reader wants to be told.

mod calls;
mod choices;
#[cfg(feature = "ssr")]
mod gather;
mod page;
mod view;

pub use calls::{
    ChooseNotifications, ReadAllNotifications, ReadNotification, choose_notifications, list_notifications,
    notification_choices, read_all_notifications, read_notification,
};
pub use choices::ChoicesPage;
pub use page::NotificationsPage;
