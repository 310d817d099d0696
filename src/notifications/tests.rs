#![expect(clippy::unwrap_used, reason = "a failed setup fails the test")]

use super::{
    About, Choices, News, NotificationKind, NotificationQuery, RETENTION, Reach,
    rules::{Standing, VerdictNews, is_told, news_of},
    tell,
};
use crate::{
    Kind,
    access::{Actor, Permission, Role},
    gates::Verdict,
    identity::NewMember,
    ids::{BenchmarkId, NotificationId},
    platform::testing::{PASSWORD, TestPlatform, on_each_database},
};
use chrono::TimeDelta;

#[test]
fn members_are_told_as_they_chose() {
    let standing = |role, is_mine, is_orphan| Standing { role, is_mine, is_orphan };
    let cases = [
        (Reach::All, standing(Role::Auditor, false, false), true),
        (Reach::Mine, standing(Role::Member, true, false), true),
        (Reach::Mine, standing(Role::Member, false, false), false),
        (Reach::Mine, standing(Role::Owner, false, false), false),
        // What nobody who is still here started is the admins' to look at.
        (Reach::Mine, standing(Role::Member, false, true), false),
        (Reach::Mine, standing(Role::Admin, false, true), true),
        (Reach::Mine, standing(Role::Owner, false, true), true),
        (Reach::None, standing(Role::Owner, true, true), false),
    ];
    for kind in NotificationKind::ALL.into_iter().filter(|kind| !kind.is_personal()) {
        for (reach, standing, told) in cases {
            assert_eq!(is_told(kind, reach, standing), told, "{kind:?} {reach:?} {standing:?}");
        }
    }
    for kind in NotificationKind::ALL.into_iter().filter(|kind| kind.is_personal()) {
        for (role, is_mine, told) in [
            (Role::Auditor, false, false),
            (Role::Member, false, false),
            (Role::Auditor, true, true),
            (Role::Admin, false, true),
            (Role::Owner, false, true),
        ] {
            assert_eq!(is_told(kind, Reach::All, standing(role, is_mine, false)), told, "{kind:?} {role:?}");
        }
    }
}

#[test]
fn a_verdict_is_news_when_it_changes_what_may_be_released() {
    use Verdict::{Allowed, Blocked, Inconclusive};
    let cases = [
        (None, "1", Allowed, None),
        (None, "1", Blocked, Some(VerdictNews::Blocked)),
        (None, "1", Inconclusive, Some(VerdictNews::Blocked)),
        (Some(("1", Blocked)), "1", Blocked, None),
        (Some(("1", Inconclusive)), "1", Blocked, Some(VerdictNews::Blocked)),
        (Some(("1", Blocked)), "2", Blocked, Some(VerdictNews::Blocked)),
        (Some(("1", Allowed)), "1", Blocked, Some(VerdictNews::Blocked)),
        (Some(("1", Blocked)), "2", Allowed, Some(VerdictNews::Unblocked)),
        (Some(("1", Inconclusive)), "1", Allowed, Some(VerdictNews::Unblocked)),
        (Some(("1", Allowed)), "2", Allowed, None),
    ];
    for (before, version, verdict, news) in cases {
        assert_eq!(news_of(before, version, verdict), news, "{before:?} then {version} {verdict:?}");
    }
}

#[test]
fn what_is_stored_of_kinds_is_read_again() {
    for kind in NotificationKind::ALL {
        assert_eq!(NotificationKind::parse(kind.as_str()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    let partly: Choices = serde_json::from_str(r#"{"benchmark_failed":"none"}"#).unwrap();
    assert_eq!(partly, Choices { benchmark_failed: Reach::None, ..Choices::default() });
}

async fn member(test: &TestPlatform, owner: &Actor) -> Actor {
    let email = "member@ours.example".to_owned();
    let new = NewMember { email, name: String::new(), role: Role::Member, password: PASSWORD.to_owned() };
    let member = test.hub.identity().add_member(owner, new).await.unwrap();
    test.hub.identity().actor(member.id).await.unwrap().unwrap()
}

/// Tells of something that the member started.
async fn happens(test: &TestPlatform, actor: &Actor, kind: NotificationKind) {
    let scope = actor.require(Permission::NotificationsRead).unwrap();
    let tx = test.platform.db.write(&scope).await.unwrap();
    let about = About::Benchmark(BenchmarkId::generate());
    let news =
        News { kind, whose: "member@ours.example", title: "It failed".to_owned(), body: "x".repeat(5_000), about };
    tell(&tx, &scope, test.platform.clock.now(), news).await.unwrap();
    tx.commit().await.unwrap();
}

async fn kinds(test: &TestPlatform, actor: &Actor, query: &NotificationQuery) -> Vec<NotificationKind> {
    let page = test.hub.notifications().list(actor, query).await.unwrap();
    page.items.into_iter().map(|line| line.kind).collect()
}

#[tokio::test]
async fn an_inbox_is_its_members_own() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let member = member(&test, &owner).await;
        let stranger = test.other_owner().await;
        let all = NotificationQuery::default();
        happens(&test, &member, NotificationKind::BenchmarkFailed).await;
        happens(&test, &member, NotificationKind::BenchmarkInvalid).await;
        let inbox = test.hub.notifications();
        let both = [NotificationKind::BenchmarkInvalid, NotificationKind::BenchmarkFailed];
        assert_eq!(kinds(&test, &member, &all).await, both);
        assert_eq!(
            kinds(&test, &owner, &all).await,
            [NotificationKind::BenchmarkFailed],
            "invalid ones are mine alone"
        );
        assert_eq!(kinds(&test, &stranger, &all).await, []);

        let line = inbox.list(&member, &all).await.unwrap().items.remove(0);
        assert!(line.body.chars().count() <= 1_001, "a long reason is shortened");
        assert_eq!(inbox.read(&owner, line.id).await.unwrap_err().kind(), Kind::NotFound);
        assert!(inbox.read(&member, line.id).await.unwrap().read_at.is_some());
        assert_eq!(inbox.unread(&member).await.unwrap().unread, 1);
        let unread = NotificationQuery { unread: Some(true), ..all.clone() };
        assert_eq!(kinds(&test, &member, &unread).await, [NotificationKind::BenchmarkFailed]);
        let of_kind = NotificationQuery { kind: Some(NotificationKind::BenchmarkInvalid), ..all.clone() };
        assert_eq!(kinds(&test, &member, &of_kind).await, [NotificationKind::BenchmarkInvalid]);
        inbox.read_all(&member).await.unwrap();
        assert_eq!((inbox.unread(&member).await.unwrap().unread, inbox.unread(&owner).await.unwrap().unread), (0, 1));
        let nobody = inbox.read(&member, NotificationId::generate()).await.unwrap_err();
        assert_eq!(nobody.kind(), Kind::NotFound);
        let hub = Actor::hub(owner.tenant(), "console");
        assert_eq!(inbox.list(&hub, &all).await.unwrap_err().kind(), Kind::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn what_was_chosen_counts_from_then_on_and_old_ones_go() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let member = member(&test, &owner).await;
        let inbox = test.hub.notifications();
        assert_eq!(inbox.choices(&member).await.unwrap(), Choices::default());
        let silent = Choices { benchmark_failed: Reach::None, ..Choices::default() };
        inbox.choose(&member, silent).await.unwrap();
        inbox.choose(&member, silent).await.unwrap();
        assert_eq!(inbox.choices(&member).await.unwrap(), silent);
        happens(&test, &member, NotificationKind::BenchmarkFailed).await;
        assert_eq!(inbox.unread(&member).await.unwrap().unread, 0);
        assert_eq!(inbox.unread(&owner).await.unwrap().unread, 1);

        test.clock.advance(RETENTION - TimeDelta::hours(1));
        assert_eq!(inbox.prune().await.unwrap(), 0);
        test.clock.advance(TimeDelta::hours(2));
        assert_eq!(inbox.prune().await.unwrap(), 1);
        assert_eq!(inbox.unread(&owner).await.unwrap().unread, 0);
    })
    .await;
}

#[tokio::test]
async fn an_inbox_is_read_page_by_page() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        for _ in 0..5 {
            happens(&test, &owner, NotificationKind::ValidationBlocked).await;
        }
        let (mut seen, mut cursor, mut pages) = (0, None, 0);
        loop {
            let query = NotificationQuery { cursor: cursor.clone(), limit: Some(2), ..NotificationQuery::default() };
            let page = test.hub.notifications().list(&owner, &query).await.unwrap();
            (seen, pages) = (seen + page.items.len(), pages + 1);
            let Some(next) = page.next_cursor else { break };
            cursor = Some(next);
        }
        assert_eq!((seen, pages), (5, 3));
    })
    .await;
}
