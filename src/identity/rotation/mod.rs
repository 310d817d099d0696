//! API keys that are rotated on a schedule. A new secret can't be pushed to anybody safely, so the hub makes the successor,
//! keeps its secret sealed, and gives it out once: to the member who made the key, or to the old key itself while it still
//! works, so that a pipeline rotates itself. The next turn counts from then on; a secret that nobody collected is not followed
//! by another.

mod dispatch;
mod service;
mod store;
#[cfg(test)]
mod tests;

pub(super) use store::{end, fill, follow};
