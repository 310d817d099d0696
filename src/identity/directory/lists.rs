//! Lists of users and groups. What an index can answer is asked of it; any other filter is asked of one resource after
//! another, so that no more of a tenant is in memory than a batch and a page.

use super::{
    resources::{Reader, Refusal, within},
    store::{self, groups},
    users::Directory,
};
use crate::{
    Result,
    access::{Actor, Permission},
    identity::store::users,
    text,
};
use sbh_scim::{Filter, IndexedAttribute, ListQuery, ListResponse, ScimError, SimpleEquality, case_folded};
use serde_json::Value;
use uuid::Uuid;

/// Users that are read at once where no index answers.
const USERS_AT_ONCE: u64 = 200;
/// Groups that are read at once where no index answers; each may have thousands of members.
const GROUPS_AT_ONCE: u64 = 20;
/// Most resources of which a filter is asked that no index answers.
const MOST_ASKED: usize = 50_000;
/// Most members that the groups of one page have together; a page has at least one group.
const MEMBERS_OF_A_PAGE: i64 = 20_000;

/// The page of a scan, and how many matched so far.
struct Scan<'a> {
    query: &'a ListQuery,
    filter: &'a Filter,
    asked: usize,
    total: usize,
    page: Vec<Value>,
}

impl<'a> Scan<'a> {
    fn new(query: &'a ListQuery, filter: &'a Filter) -> Self {
        Self { query, filter, asked: 0, total: 0, page: Vec::new() }
    }

    fn ask(&mut self, documents: impl IntoIterator<Item = Value>) -> Result<(), ScimError> {
        for document in documents {
            self.asked += 1;
            if self.asked > MOST_ASKED {
                return Err(ScimError::TooMany { limit: MOST_ASKED });
            }
            if self.filter.matches(&document) {
                if self.total >= self.query.offset() && self.page.len() < self.query.count {
                    self.page.push(document);
                }
                self.total += 1;
            }
        }
        Ok(())
    }

    fn finish(self) -> ListResponse {
        ListResponse::new(self.query, self.total, self.page)
    }
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Directory<'_> {
    /// A page of the users, oldest first. Needs `scim:manage`.
    pub async fn users(&self, actor: &Actor, query: &ListQuery, base: &str) -> Result<ListResponse, Refusal> {
        let scope = actor.require(Permission::ScimManage)?;
        let tx = self.platform.db.read(&scope).await?;
        let reader = Reader { tx: &tx, scope: &scope, base };
        let Some(filter) = &query.filter else {
            let total = store::count_accounts(&tx, &scope).await?;
            let accounts = store::accounts(&tx, &scope, offset(query), query.count as u64).await?;
            return Ok(ListResponse::new(query, count(total), documents(&reader, &accounts).await?));
        };
        let mut scan = Scan::new(query, filter);
        let narrow = filter.narrowing().filter(|narrow| narrow.attribute != IndexedAttribute::DisplayName);
        if let Some(narrow) = narrow {
            let ids = indexed(&reader, narrow).await?;
            let accounts = store::accounts_with(&tx, &scope, &ids).await?;
            scan.ask(documents(&reader, &accounts).await?)?;
            return Ok(scan.finish());
        }
        let mut last = None;
        loop {
            let accounts = store::accounts_after(&tx, &scope, last, USERS_AT_ONCE).await?;
            let Some(end) = accounts.last() else { return Ok(scan.finish()) };
            last = Some(end.id);
            scan.ask(documents(&reader, &accounts).await?)?;
        }
    }

    /// A page of the groups, oldest first. It may be shorter than what was asked for where its groups have very many
    /// members. Needs `scim:manage`.
    pub async fn groups(&self, actor: &Actor, query: &ListQuery, base: &str) -> Result<ListResponse, Refusal> {
        let scope = actor.require(Permission::ScimManage)?;
        let tx = self.platform.db.read(&scope).await?;
        let reader = Reader { tx: &tx, scope: &scope, base };
        let wanted = query.projection.wants("members");
        let Some(filter) = &query.filter else {
            let total = store::count_groups(&tx, &scope).await?;
            let mut rows = store::groups_from(&tx, &scope, offset(query), query.count as u64).await?;
            if wanted {
                let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
                rows = within(rows, &store::member_counts(&tx, &scope, &ids).await?, MEMBERS_OF_A_PAGE);
            }
            return Ok(ListResponse::new(query, count(total), reader.groups(&rows, wanted).await?));
        };
        // Members are read for a filter that may ask for them.
        let with_members = wanted || filter.as_simple_equality().is_none();
        let mut scan = Scan::new(query, filter);
        if let Some(narrow) = filter.narrowing().filter(|narrow| narrow.attribute != IndexedAttribute::UserName) {
            let rows = match narrow.attribute {
                IndexedAttribute::Id => {
                    let row = narrow.value.parse().ok();
                    match row {
                        Some(id) => store::group(&tx, &scope, id).await?.into_iter().collect(),
                        None => Vec::new(),
                    }
                }
                IndexedAttribute::ExternalId => {
                    store::groups_where(&tx, &scope, groups::Column::ExternalId, narrow.value).await?
                }
                _ => {
                    let key = text::key(narrow.value);
                    store::groups_where(&tx, &scope, groups::Column::DisplayKey, &key).await?
                }
            };
            scan.ask(reader.groups(&rows, with_members).await?)?;
            return Ok(scan.finish());
        }
        let mut last = None;
        loop {
            let rows = store::groups_after(&tx, &scope, last, GROUPS_AT_ONCE).await?;
            let Some(end) = rows.last() else { return Ok(scan.finish()) };
            last = Some(end.id);
            scan.ask(reader.groups(&rows, with_members).await?)?;
        }
    }
}

fn offset(query: &ListQuery) -> u64 {
    u64::try_from(query.offset()).unwrap_or(u64::MAX).min(i64::MAX.unsigned_abs())
}

async fn documents(reader: &Reader<'_>, accounts: &[users::Model]) -> Result<Vec<Value>> {
    Ok(reader.users(accounts).await?.into_iter().map(|resource| resource.document).collect())
}

/// The accounts that an index finds: by their id, by what the directory calls them, or by the name that it knows them by. A
/// member who was never in a directory goes by the address.
async fn indexed(reader: &Reader<'_>, narrow: SimpleEquality<'_>) -> Result<Vec<Uuid>> {
    let (tx, scope) = (reader.tx, reader.scope);
    match narrow.attribute {
        IndexedAttribute::Id => Ok(narrow.value.parse().ok().into_iter().collect()),
        IndexedAttribute::ExternalId => store::entries_by_external_id(tx, scope, narrow.value).await,
        _ => {
            let named = store::entry_named(tx, scope, &case_folded(narrow.value)).await?;
            let known = crate::identity::store::own_user_by_email(tx, scope, &text::key(narrow.value)).await?;
            let mut ids: Vec<Uuid> = named.map(|entry| entry.id).into_iter().chain(known.map(|user| user.id)).collect();
            ids.dedup();
            Ok(ids)
        }
    }
}
