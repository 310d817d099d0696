//! Which tables hold what of persons, column by column: the one list that an export reads, that an erasure goes through, and
//! that the register of processing is made from. A test compares it with the tables that there are, so that a new column has to
//! be put into it.

use Held::{Json, Label, Mention, Sealed, Secret};

mod people;
mod work;

/// What a column that holds text holds of persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// Nothing: an id, a state, a figure, what was measured of a system.
    Plain,
    /// Who did something, as an actor is called.
    Label,
    /// Words that people typed or that tell of people; somebody may be named among them.
    Mention,
    /// The same as JSON.
    Json,
    /// Something of the person whose row it is.
    Own,
    /// Something that opens a door, or its digest: never shown.
    Secret,
    /// Persons sealed with their own keys.
    Sealed,
}

/// How a person's own rows of a table are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The table has none.
    Nobodys,
    /// The column holds the account's id; the rows end with the account.
    Account(&'static str),
    /// The same, but the rows outlive the account, which its id then leads to no more.
    Kept(&'static str),
    /// The column holds the address in lower case; the rows end with the account.
    Address(&'static str),
    /// The column holds the account's id after this word; the rows end with the account.
    Caller(&'static str),
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holding {
    /// The table.
    pub table: &'static str,
    /// What it holds of persons, for people to read; empty where it holds nothing of them.
    pub what: &'static str,
    /// Whose its rows are.
    pub whose: Whose,
    /// Every column that holds text or JSON.
    pub columns: &'static [(&'static str, Held)],
}

const fn holding(
    table: &'static str,
    what: &'static str,
    whose: Whose,
    columns: &'static [(&'static str, Held)],
) -> Holding {
    Holding { table, what, whose, columns }
}

/// Every table.
pub(super) fn holdings() -> impl Iterator<Item = &'static Holding> {
    people::PEOPLE.iter().chain(work::WORK)
}

/// Tables of the hub's own: they have no rows of a tenant, or are the tenant.
const OF_THE_HUB: [&str; 3] = ["tenants", "sign_in_throttles", "sms_sent"];

/// The tables whose rows belong to a tenant, for what becomes of all that a tenant has. A test compares them with those that
/// there are.
pub(crate) fn tables_of_tenants() -> impl Iterator<Item = &'static str> {
    holdings().map(|holding| holding.table).filter(|table| !OF_THE_HUB.contains(table))
}

impl Holding {
    /// The columns in which somebody is named as who did it.
    pub fn labels(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().filter(|(_, held)| *held == Label).map(|(name, _)| *name)
    }

    /// The columns in which somebody may be named.
    pub fn mentions(&self) -> impl Iterator<Item = (&'static str, Held)> {
        self.columns.iter().filter(|(_, held)| matches!(held, Label | Mention | Json)).copied()
    }

    /// The columns that a person may see of their rows.
    pub fn shown(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().filter(|(_, held)| !matches!(held, Secret | Sealed)).map(|(name, _)| *name)
    }
}
