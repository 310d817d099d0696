//! What is shared, found, reviewed, used, and not removed.

#![expect(clippy::unwrap_used, reason = "a test that can not be set up fails")]

use super::{
    Asset, AssetChange, AssetKind, Decision, LibraryQuery, NewAsset, NewDeprecation, NewFork, NewUse, NewVersion,
    ProposalState, Ruling, SharedAsset,
    content::check,
    rules::{terms, wanted},
};
use crate::{
    Kind,
    access::{Actor, Role, WorkspaceRole},
    gates::{NewGoldenPath, NewPolicy},
    ids::{SystemId, WorkspaceId},
    page::PageRequest,
    platform::testing::{TestPlatform, on_each_database},
    systems::NewSystem,
    workspaces::{
        NewWorkspace,
        tests::{joining, member, workspace},
    },
};

const HURL: &str = "GET {{base_url}}/\nHTTP 200\n";
const POLICY: &str = r#"{ "name": "Release", "rules": [{ "id": "p95", "subject": { "metric": "latency.corrected.p95_ms" }, "threshold": { "at_most": 300 } }] }"#;

fn version(content: &str) -> NewVersion {
    NewVersion { content: Some(content.to_owned()), ..NewVersion::default() }
}

#[test]
fn content_is_what_its_kind_says() {
    let json = r#"{ "regions": ["eu"] }"#;
    for (kind, content, right) in [
        (AssetKind::GoldenPath, HURL, true),
        (AssetKind::GoldenPath, "GET\nHTTP", false),
        (AssetKind::Policy, POLICY, true),
        (AssetKind::Policy, r#"{ "name": "Release", "rules": [] , "golden_paths": "off" }"#, false),
        (AssetKind::Policy, "at most 300 ms", false),
        (AssetKind::GovernanceProfile, json, true),
        (AssetKind::Cohort, "[1]", false),
        (AssetKind::Dashboard, "{", false),
        (AssetKind::Prompt, "Summarise {{text}}", true),
        (AssetKind::Document, "# Anything", true),
    ] {
        let checked = check(kind, &version(content));
        assert_eq!(checked.is_ok(), right, "{kind} {content}: {checked:?}");
        if let Err(error) = checked {
            assert_eq!(error.fields()[0].pointer, "/content", "{error:?}");
        }
    }
}

#[test]
fn an_address_is_https_and_holds_no_password() {
    for (uri, right) in [
        ("https://example.com/dashboard.json", true),
        ("http://example.com/dashboard.json", false),
        ("https://ada:secret@example.com/", false),
        ("javascript:alert(1)", false),
        ("example.com", false),
    ] {
        let new = NewVersion { uri: Some(uri.to_owned()), ..NewVersion::default() };
        assert_eq!(new.parse().is_ok(), right, "{uri}");
    }
    assert!(NewVersion::default().parse().is_err(), "neither");
    let both = NewVersion { uri: Some("https://example.com/".to_owned()), ..version("x") };
    assert!(both.parse().is_err(), "both");
}

#[test]
fn words_are_found_by_their_beginnings_and_tags_as_a_whole() {
    let found = terms("Sign-in", "The user's FIRST step, Größe 42", &["auth".to_owned()]);
    let found: Vec<_> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["#auth", "42", "auth", "first", "größe", "in", "s", "sign", "step", "the", "user"]);
    assert_eq!(wanted(" Sign IN "), Some(vec!["in".to_owned(), "sign".to_owned()]));
    assert_eq!(wanted("-- !"), None);
}

fn asset(workspace: WorkspaceId, kind: AssetKind, name: &str, content: &str) -> NewAsset {
    NewAsset {
        workspace_id: Some(workspace),
        kind,
        name: name.to_owned(),
        content: Some(content.to_owned()),
        ..NewAsset::default()
    }
}

async fn share(test: &TestPlatform, actor: &Actor, new: NewAsset) -> SharedAsset {
    test.hub.library().share(actor, new).await.unwrap()
}

async fn found(test: &TestPlatform, actor: &Actor, query: LibraryQuery) -> Vec<String> {
    let page = test.hub.library().list(actor, query).await.unwrap();
    page.items.into_iter().map(|asset: Asset| asset.name).collect()
}

async fn system(test: &TestPlatform, name: &str) -> SystemId {
    let new = NewSystem { name: name.to_owned(), description: String::new() };
    test.hub.systems().create(&test.owner().await, new).await.unwrap().id
}

fn for_system(system_id: SystemId, version: Option<u32>) -> NewUse {
    NewUse { system_id, version, name: None }
}

#[tokio::test]
async fn assets_are_found_by_words_tags_kinds_and_workspaces_and_only_by_those_who_are_in_them() {
    on_each_database(async |test| {
        let (ada, ben) = (member(&test, "ada", Role::Member).await, member(&test, "ben", Role::Member).await);
        let own = workspace(&test, &ada, false).await.id;
        let mut path = asset(own, AssetKind::GoldenPath, "Sign in", HURL);
        path.tags = vec!["Auth".to_owned(), "auth".to_owned(), "checkout".to_owned()];
        let shared = share(&test, &ada, path).await.asset;
        assert_eq!(shared.tags, ["auth", "checkout"]);
        let mut note = asset(own, AssetKind::Document, "Payments: 100%_sure", "text");
        note.description = "How the signature of a payment is checked".to_owned();
        share(&test, &ada, note).await;
        let query = |q: &str| LibraryQuery { q: Some(q.to_owned()), ..LibraryQuery::default() };
        assert_eq!(found(&test, &ada, LibraryQuery::default()).await, ["Payments: 100%_sure", "Sign in"]);
        assert_eq!(found(&test, &ada, query("sign")).await, ["Payments: 100%_sure", "Sign in"]);
        assert_eq!(found(&test, &ada, query("SIGN auth")).await, ["Sign in"]);
        assert_eq!(found(&test, &ada, query("ign")).await, [""; 0], "the middle of a word is no beginning");
        assert_eq!(found(&test, &ada, query("%")).await, [""; 0]);
        let tagged = LibraryQuery { tag: Some("AUTH".to_owned()), ..LibraryQuery::default() };
        assert_eq!(found(&test, &ada, tagged).await, ["Sign in"]);
        let beginning = LibraryQuery { tag: Some("aut".to_owned()), ..LibraryQuery::default() };
        assert_eq!(found(&test, &ada, beginning).await, [""; 0]);
        let documents = LibraryQuery { kind: Some(AssetKind::Document), ..LibraryQuery::default() };
        assert_eq!(found(&test, &ada, documents).await, ["Payments: 100%_sure"]);

        assert_eq!(found(&test, &ben, LibraryQuery::default()).await, [""; 0]);
        let library = test.hub.library();
        assert_eq!(library.get(&ben, shared.id).await.unwrap_err().kind(), Kind::NotFound);
        let stranger = test.other_owner().await;
        assert_eq!(library.get(&stranger, shared.id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(found(&test, &stranger, LibraryQuery::default()).await, [""; 0]);

        let renamed = AssetChange { name: Some("Log on".to_owned()), ..AssetChange::default() };
        library.change(&ada, shared.id, renamed).await.unwrap();
        assert_eq!(found(&test, &ada, query("log")).await, ["Log on"]);
        let taken = asset(own, AssetKind::GoldenPath, "LOG ON", HURL);
        assert_eq!(library.share(&ada, taken).await.unwrap_err().fields()[0].pointer, "/name");
    })
    .await;
}

#[tokio::test]
async fn a_version_never_changes_and_a_fork_says_where_it_comes_from() {
    on_each_database(async |test| {
        let (ada, ben) = (member(&test, "ada", Role::Member).await, member(&test, "ben", Role::Member).await);
        let own = workspace(&test, &ada, false).await.id;
        let new = NewWorkspace { name: "Ben's".to_owned(), ..NewWorkspace::default() };
        let bens = test.hub.workspaces().create(&ben, new).await.unwrap().id;
        let library = test.hub.library();
        let shared = share(&test, &ada, asset(own, AssetKind::Prompt, "Summary", "one")).await.asset;
        let made = library.submit(&ada, shared.id, version("two")).await.unwrap().version.unwrap();
        assert_eq!(made.number, 2);
        let same = library.submit(&ada, shared.id, version("two")).await.unwrap_err();
        assert_eq!(same.kind(), Kind::Conflict);
        let first = library.version(&ada, shared.id, 1).await.unwrap();
        assert_eq!((first.content.as_deref(), first.head.sha256.len()), (Some("one"), 64));
        assert_eq!(library.version(&ada, shared.id, 3).await.unwrap_err().kind(), Kind::NotFound);

        let fork = NewFork { workspace_id: bens, version: Some(1), name: None };
        assert_eq!(library.fork(&ben, shared.id, fork.clone()).await.unwrap_err().kind(), Kind::NotFound);
        test.hub.workspaces().add_member(&ada, joining(own, &ben, WorkspaceRole::Viewer)).await.unwrap();
        let copy = library.fork(&ben, shared.id, fork).await.unwrap().asset;
        let origin = copy.forked_from.clone().unwrap();
        assert_eq!((origin.asset_id, origin.version, origin.name.as_str()), (shared.id, 1, "Summary"));
        assert_eq!(library.version(&ben, copy.id, 1).await.unwrap().content.as_deref(), Some("one"));
        assert_eq!(library.get(&ada, shared.id).await.unwrap().use_count, 1);
        let edits = library.submit(&ben, shared.id, version("three")).await.unwrap_err();
        assert_eq!(edits.kind(), Kind::Forbidden, "a viewer reads and forks");
        library.remove(&ada, shared.id).await.unwrap();
        assert_eq!(library.get(&ben, copy.id).await.unwrap().forked_from, Some(origin));
    })
    .await;
}

#[tokio::test]
async fn what_a_system_uses_is_not_removed_and_goes_on_when_it_is_deprecated() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let own = workspace(&test, &owner, false).await.id;
        let (shop, blog) = (system(&test, "Shop").await, system(&test, "Blog").await);
        let (library, gates) = (test.hub.library(), test.hub.gates());
        let path = share(&test, &owner, asset(own, AssetKind::GoldenPath, "Home", HURL)).await.asset;
        let policy = share(&test, &owner, asset(own, AssetKind::Policy, "Strict", POLICY)).await.asset;
        let text = share(&test, &owner, asset(own, AssetKind::Document, "Text", "text")).await.asset;
        let refused = library.put_to_use(&owner, text.id, for_system(shop, None)).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict);

        library.put_to_use(&owner, path.id, for_system(shop, Some(1))).await.unwrap();
        library.put_to_use(&owner, policy.id, for_system(blog, None)).await.unwrap();
        assert_eq!(gates.paths(&owner, shop).await.unwrap()[0].source, HURL);
        assert_eq!(gates.policy(&owner, blog).await.unwrap().unwrap().document.name, "Release");
        let kept = library.remove(&owner, path.id).await.unwrap_err();
        assert_eq!(kept.kind(), Kind::Conflict);
        assert!(kept.message().contains("“Home” of Shop"), "{kept}");
        assert!(library.remove(&owner, policy.id).await.unwrap_err().message().contains("“Release” of Blog"));

        let reason = NewDeprecation { reason: "Old".to_owned(), replacement_id: Some(policy.id) };
        library.deprecate(&owner, path.id, reason).await.unwrap();
        assert_eq!(
            found(&test, &owner, LibraryQuery { q: Some("home".to_owned()), ..LibraryQuery::default() }).await,
            [""; 0]
        );
        let anew = library.put_to_use(&owner, path.id, for_system(blog, None)).await.unwrap_err();
        assert!(anew.message().contains("Old"), "{anew}");
        assert_eq!(library.version(&owner, path.id, 1).await.unwrap().content.as_deref(), Some(HURL));

        // Written over by hand, the system's own hold the assets no more.
        let by_hand = NewGoldenPath {
            system_id: Some(shop),
            name: "home".to_owned(),
            source: format!("{HURL}# mine\n"),
            ..NewGoldenPath::default()
        };
        gates.register_path(&owner, by_hand).await.unwrap();
        let uses = library.uses(&owner, path.id, &PageRequest::default()).await.unwrap().items;
        assert_eq!((uses.len(), uses[0].current, uses[0].version), (1, false, 1));
        library.remove(&owner, path.id).await.unwrap();
        let document = gates.policy(&owner, blog).await.unwrap().unwrap().document;
        gates.set_policy(&owner, NewPolicy { system_id: blog, document }).await.unwrap();
        library.remove(&owner, policy.id).await.unwrap();
        assert_eq!(gates.paths(&owner, shop).await.unwrap().len(), 1, "what the system has stays");
    })
    .await;
}

#[tokio::test]
async fn a_change_that_needs_a_review_is_approved_by_somebody_else() {
    on_each_database(async |test| {
        let (ada, ben) = (member(&test, "ada", Role::Member).await, member(&test, "ben", Role::Member).await);
        let cleo = member(&test, "cleo", Role::Member).await;
        let own = workspace(&test, &ada, true).await.id;
        for (person, role) in [(&ben, WorkspaceRole::Editor), (&cleo, WorkspaceRole::Reviewer)] {
            test.hub.workspaces().add_member(&ada, joining(own, person, role)).await.unwrap();
        }
        let library = test.hub.library();
        let shared = share(&test, &ben, asset(own, AssetKind::GoldenPath, "Home", HURL)).await;
        let (id, first) = (shared.asset.id, shared.proposal_id.unwrap());
        assert_eq!(shared.asset.latest_version, 0);
        let early = library.put_to_use(&ada, id, for_system(system(&test, "Shop").await, None)).await.unwrap_err();
        assert_eq!(early.kind(), Kind::NotFound, "there is no version yet");

        let say = |ruling, comment: &str| Decision { ruling, comment: comment.to_owned() };
        let own_say = library.decide(&ben, first, say(Ruling::Approve, "")).await.unwrap_err();
        assert_eq!(own_say.kind(), Kind::Conflict);
        let silent = library.decide(&cleo, first, say(Ruling::Reject, " ")).await.unwrap_err();
        assert_eq!(silent.fields()[0].pointer, "/comment");
        let approved = library.decide(&cleo, first, say(Ruling::Approve, "Good")).await.unwrap();
        assert_eq!((approved.state, approved.version), (ProposalState::Approved, Some(1)));
        let made = library.version(&ben, id, 1).await.unwrap().head;
        assert_eq!(
            (made.author.as_str(), made.approved_by.as_deref()),
            ("ben@ours.example", Some("cleo@ours.example"))
        );
        let twice = library.decide(&ada, first, say(Ruling::Reject, "No")).await.unwrap_err();
        assert_eq!(twice.kind(), Kind::Conflict);

        // Owners propose as well; of two proposals for the same version one is overtaken.
        let proposed = async |actor: &Actor, more: &str| {
            let content = format!("{HURL}# {more}\n");
            library.submit(actor, id, version(&content)).await.unwrap().proposal.unwrap().id
        };
        let (one, two) = (proposed(&ada, "one").await, proposed(&ben, "two").await);
        assert_eq!(library.decide(&ada, one, say(Ruling::Approve, "")).await.unwrap_err().kind(), Kind::Conflict);
        library.decide(&ada, two, say(Ruling::Approve, "")).await.unwrap();
        let overtaken = library.decide(&cleo, one, say(Ruling::Approve, "")).await.unwrap_err();
        assert!(overtaken.message().contains("Version 2 was made since"), "{overtaken}");
        assert_eq!(library.withdraw(&cleo, one).await.unwrap_err().kind(), Kind::Forbidden);
        assert_eq!(library.withdraw(&ada, one).await.unwrap().state, ProposalState::Withdrawn);
        let seen = library.proposal(&cleo, two).await.unwrap();
        assert_eq!((seen.may_decide, seen.content.is_some()), (false, true));
        assert_eq!(library.get(&cleo, id).await.unwrap().latest_version, 2);
    })
    .await;
}

#[tokio::test]
async fn no_more_is_shared_than_may_even_at_once() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let own = workspace(&test, &owner, false).await.id;
        let library = test.hub.library();
        let shares =
            (0..9).map(|at| library.share(&owner, asset(own, AssetKind::Document, &format!("Text {at}"), "x")));
        let shared = futures::future::join_all(shares).await;
        assert_eq!(shared.iter().filter(|share| share.is_ok()).count(), 6, "{shared:?}");
        assert_eq!(test.platform.metrics.shared_assets.with_label_values(&["document"]).get(), 6);
        assert_eq!(found(&test, &owner, LibraryQuery::default()).await.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn the_newest_version_and_a_use_made_at_once_leave_a_whole_story() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let own = workspace(&test, &owner, false).await.id;
        let shop = system(&test, "Shop").await;
        let library = test.hub.library();
        let path = share(&test, &owner, asset(own, AssetKind::GoldenPath, "Home", HURL)).await.asset.id;
        let next = version(&format!("{HURL}# two\n"));
        let (made, used, removed) = tokio::join!(
            library.submit(&owner, path, next),
            library.put_to_use(&owner, path, for_system(shop, Some(1))),
            library.remove(&owner, path)
        );
        // Either it was removed before it was used, or it is used and stays.
        assert_ne!(used.is_ok(), removed.is_ok(), "{used:?} {removed:?}");
        assert!(made.is_ok() || removed.is_ok(), "{made:?}");
        assert_eq!(library.get(&owner, path).await.is_ok(), used.is_ok());
    })
    .await;
}
