//! What forms offer to choose from: more than a page of a list, and not without end.

use hub::{
    Hub, Result,
    access::Actor,
    identity::Member,
    page::{MAX_LIMIT, Page, PageRequest},
    systems::System,
    workspaces::Workspace,
};

/// Pages that are read at most: a form of thousands of lines helps nobody.
const MOST_PAGES: usize = 10;

/// The rows of one page after the other.
struct Pages<T> {
    rows: Vec<T>,
    next: PageRequest,
    read: usize,
}

impl<T> Pages<T> {
    fn new() -> Self {
        Self { rows: Vec::new(), next: PageRequest { cursor: None, limit: Some(MAX_LIMIT) }, read: 0 }
    }

    /// Keeps a page; whether the next one should be read.
    fn keep(&mut self, page: Page<T>) -> bool {
        self.rows.extend(page.items);
        self.next.cursor = page.next_cursor;
        self.read += 1;
        self.next.cursor.is_some() && self.read < MOST_PAGES
    }
}

/// The members of the organisation.
pub async fn members(hub: &Hub, actor: &Actor) -> Result<Vec<Member>> {
    let mut pages = Pages::new();
    while pages.keep(hub.identity().members(actor, &pages.next).await?) {}
    Ok(pages.rows)
}

/// The workspaces that the reader sees.
pub async fn workspaces(hub: &Hub, actor: &Actor) -> Result<Vec<Workspace>> {
    let mut pages = Pages::new();
    while pages.keep(hub.workspaces().list(actor, &pages.next).await?) {}
    Ok(pages.rows)
}

/// The systems of the organisation.
pub async fn systems(hub: &Hub, actor: &Actor) -> Result<Vec<System>> {
    let mut pages = Pages::new();
    while pages.keep(hub.systems().list(actor, &pages.next).await?) {}
    Ok(pages.rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read_to_the_last_one_or_to_the_limit() {
        let page = |next: Option<&str>| Page { items: vec![1, 2], next_cursor: next.map(str::to_owned) };
        let mut pages = Pages::new();
        assert!(pages.keep(page(Some("2"))));
        assert_eq!(pages.next.cursor.as_deref(), Some("2"));
        assert!(!pages.keep(page(None)));
        assert_eq!(pages.rows.len(), 4);
        let mut pages = Pages::new();
        let asked = (0..100).take_while(|_| pages.keep(page(Some("2")))).count();
        assert_eq!((asked, pages.rows.len()), (MOST_PAGES - 1, 2 * MOST_PAGES));
    }
}
