//! What badges say, and how long links live.

use super::{
    Badge, BadgeShows, NewShare, Tone,
    rules::{Known, badge},
};
use crate::{
    gates::Verdict,
    ids::SystemId,
    page::PageRequest,
    platform::testing::{TestPlatform, on_each_database},
    systems::NewSystem,
};
use chrono::TimeDelta;

fn known(score: f64, grade: &str, verdict: Option<Verdict>) -> Known<'_> {
    Known { version: Some("1.2.0"), score: Some(score), grade: Some(grade), verdict }
}

#[test]
fn a_badge_says_what_is_known_and_nothing_else() {
    let good = known(82.4, "B+", Some(Verdict::Allowed));
    let poor = known(30.0, "D", Some(Verdict::Blocked));
    let fair = known(45.0, "C-", Some(Verdict::Inconclusive));
    let nothing = Known::default();
    for (known, shows, label, message, tone) in [
        (good, BadgeShows::Grade, "Shop 1.2.0", "B+ 82", Tone::Good),
        (good, BadgeShows::Score, "Shop 1.2.0", "82.4 of 100", Tone::Good),
        (good, BadgeShows::Verdict, "Shop 1.2.0", "allowed", Tone::Good),
        (fair, BadgeShows::Grade, "Shop 1.2.0", "C- 45", Tone::Fair),
        (fair, BadgeShows::Verdict, "Shop 1.2.0", "inconclusive", Tone::Fair),
        (poor, BadgeShows::Grade, "Shop 1.2.0", "D 30", Tone::Bad),
        (poor, BadgeShows::Verdict, "Shop 1.2.0", "blocked", Tone::Bad),
        (nothing, BadgeShows::Grade, "Shop", "not measured", Tone::Neutral),
        (nothing, BadgeShows::Score, "Shop", "not measured", Tone::Neutral),
        (nothing, BadgeShows::Verdict, "Shop", "not validated", Tone::Neutral),
    ] {
        let expected = Badge { label: label.to_owned(), message: message.to_owned(), tone };
        assert_eq!(badge("Shop", known, shows), expected);
    }
}

#[test]
fn whatever_was_typed_is_text_in_a_badge() {
    let label = "</text><script>alert('1')</script>&\u{202e}\u{1}\" onload=\"".to_owned();
    let svg = Badge { label, message: "B 70".to_owned(), tone: Tone::Good }.svg();
    assert!(svg.contains("&lt;script&gt;alert(&#39;1&#39;)"), "{svg}");
    assert!(!svg.contains("<script") && !svg.contains('\u{202e}') && !svg.contains('\u{1}'), "{svg}");
    assert_eq!((svg.matches("<text").count(), svg.matches("href").count()), (2, 0), "{svg}");
    assert!(!svg.contains("style=") && svg.contains("role=\"img\""), "{svg}");
    let long = Badge { label: "名".repeat(90), message: String::new(), tone: Tone::Neutral }.svg();
    assert!(long.contains('…') && long.matches('名').count() < 3 * 40, "{long}");
}

/// The contrast of two colours as WCAG 2.2 defines it.
#[test]
fn white_words_can_be_read_on_every_ground() {
    let channel = |hex: &str| {
        let share = f64::from(u8::from_str_radix(hex, 16).unwrap()) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    for ground in [Tone::Good, Tone::Fair, Tone::Bad, Tone::Neutral].map(Tone::ground).into_iter().chain(["#39414a"]) {
        let of = |from: usize| channel(&ground[from..from + 2]);
        let luminance = 0.2126 * of(1) + 0.7152 * of(3) + 0.0722 * of(5);
        assert!(1.05 / (luminance + 0.05) >= 4.5, "{ground}");
    }
}

async fn system(test: &TestPlatform) -> SystemId {
    let new = NewSystem { name: "Shop".to_owned(), description: String::new() };
    test.hub.systems().create(&test.owner().await, new).await.expect("a system").id
}

fn link(name: &str, days: Option<u32>) -> NewShare {
    NewShare { name: name.to_owned(), expires_in_days: days, ..NewShare::default() }
}

#[tokio::test]
async fn a_link_ends_when_its_days_are_over() {
    on_each_database(async |test| {
        let (owner, system) = (test.owner().await, system(&test).await);
        let sharing = test.hub.sharing();
        let short = sharing.create(&owner, system, link("A day", Some(1))).await.unwrap();
        let endless = sharing.create(&owner, system, link("For ever", None)).await.unwrap();
        assert_eq!((short.token.len(), short.path == format!("/shared/{}", short.token)), (64, true));
        assert_ne!(short.token, endless.token);
        let shown = sharing.open(&short.token).await.unwrap();
        assert_eq!((shown.system.as_str(), shown.card, shown.stage), ("Shop", None, None));
        test.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
        sharing.open(&short.token).await.unwrap();
        test.clock.advance(TimeDelta::seconds(1));
        let gone = sharing.open(&short.token).await.unwrap_err();
        let never = sharing.open(&"0".repeat(64)).await.unwrap_err();
        assert_eq!((gone.kind(), gone.message()), (never.kind(), never.message()), "they look the same");
        assert!(sharing.open_badge(&short.token, BadgeShows::Grade).await.is_err());
        sharing.open(&endless.token).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn only_so_many_links_are_alive_at_a_time() {
    on_each_database(async |test| {
        let (owner, system) = (test.owner().await, system(&test).await);
        let sharing = test.hub.sharing();
        for at in 0..100 {
            sharing.create(&owner, system, link(&format!("Link {at}"), None)).await.unwrap();
        }
        let newest = PageRequest { cursor: None, limit: Some(1) };
        let newest = sharing.list(&owner, system, &newest).await.unwrap().items.remove(0);
        sharing.revoke(&owner, system, newest.id).await.unwrap();
        let at_once = (0..6).map(|_| sharing.create(&owner, system, link("Link 99", None)));
        let made = futures::future::join_all(at_once).await;
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1, "there was room for one: {made:?}");
        let refused = sharing.create(&owner, system, link("One more", None)).await.unwrap_err();
        assert_eq!(refused.kind(), crate::Kind::Conflict);
        let newest = PageRequest { cursor: None, limit: Some(1) };
        let newest = sharing.list(&owner, system, &newest).await.unwrap().items.remove(0);
        assert_eq!(newest.name, "Link 99");
        sharing.revoke(&owner, system, newest.id).await.unwrap();
        sharing.create(&owner, system, link("One more", None)).await.unwrap();
    })
    .await;
}
