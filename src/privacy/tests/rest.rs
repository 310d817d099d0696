//! Consents, the register, and what is removed after a time.

use super::*;
use crate::{
    Kind,
    identity::NewInvitation,
    privacy::{ConsentQuery, KindOfRows, LegalBasis, NewActivity, NewConsent, NewPurpose},
};
use chrono::TimeDelta;

fn letters(text: &str) -> NewPurpose {
    NewPurpose { purpose: "letters".to_owned(), title: "Letters".to_owned(), text: text.to_owned(), is_open: true }
}

fn say(version: u32, granted: bool) -> NewConsent {
    NewConsent { purpose: "letters".to_owned(), version, granted }
}

#[tokio::test]
async fn consent_is_for_the_text_that_was_read_and_its_history_only_grows() {
    on_each_database(async |test| {
        let (owner, stranger) = (test.owner().await, test.other_owner().await);
        let privacy = test.hub.privacy();
        let ada = member(&test.hub, &owner, EMAIL, NAME, Role::Member).await;
        assert_eq!(privacy.decide(&ada, say(1, true)).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(privacy.set_purpose(&ada, letters("One")).await.unwrap_err().kind(), Kind::Forbidden);
        assert_eq!(privacy.set_purpose(&owner, letters("One")).await.unwrap().version, 1);
        privacy.decide(&ada, say(1, true)).await.unwrap();
        assert!(privacy.purposes(&ada).await.unwrap()[0].is_granted());
        assert_eq!(privacy.set_purpose(&owner, letters("Two")).await.unwrap().version, 2);
        assert!(!privacy.purposes(&ada).await.unwrap()[0].is_granted(), "the new text was not agreed to");
        let old = privacy.decide(&ada, say(1, true)).await.unwrap_err();
        assert_eq!(old.fields()[0].pointer, "/version");
        privacy.decide(&ada, say(2, true)).await.unwrap();
        privacy.decide(&ada, say(2, false)).await.unwrap();
        let closed = NewPurpose { is_open: false, ..letters("Two") };
        privacy.set_purpose(&owner, closed).await.unwrap();
        assert_eq!(privacy.decide(&ada, say(3, true)).await.unwrap_err().kind(), Kind::Conflict);
        let said = privacy.own_consents(&ada, &ConsentQuery::default()).await.unwrap().items;
        assert_eq!(
            said.iter().map(|it| (it.version, it.granted)).collect::<Vec<_>>(),
            [(2, false), (2, true), (1, true)]
        );
        assert_eq!(privacy.consents(&owner, &ConsentQuery::default()).await.unwrap().items, said);
        assert!(privacy.consents(&stranger, &ConsentQuery::default()).await.unwrap().items.is_empty());
        assert!(privacy.purposes(&stranger).await.unwrap().is_empty());
        assert_eq!(privacy.consents(&ada, &ConsentQuery::default()).await.unwrap_err().kind(), Kind::Forbidden);
    })
    .await;
}

fn activity(name: &str) -> NewActivity {
    NewActivity {
        name: name.to_owned(),
        purpose: "=HYPERLINK(\"x\")".to_owned(),
        legal_basis: LegalBasis::Contract,
        persons: vec!["Customers".to_owned()],
        data: vec!["Orders".to_owned(), " ".to_owned()],
        recipients: Vec::new(),
        transfers: String::new(),
        retention: "Ten years".to_owned(),
        safeguards: String::new(),
    }
}

#[tokio::test]
async fn the_register_holds_the_hubs_processing_and_the_organisations() {
    on_each_database(async |test| {
        let (owner, stranger) = (test.owner().await, test.other_owner().await);
        let privacy = test.hub.privacy();
        let own = privacy.register(&owner).await.unwrap().activities.len();
        assert!(own >= 5);
        let made = privacy.add_activity(&owner, activity("Orders")).await.unwrap();
        assert_eq!(made.record.data, ["Orders"]);
        let taken = privacy.add_activity(&owner, activity("ORDERS")).await.unwrap_err();
        assert_eq!(taken.fields()[0].pointer, "/name");
        let empty = NewActivity { persons: Vec::new(), retention: String::new(), ..activity("Empty") };
        let wrong = privacy.add_activity(&owner, empty).await.unwrap_err();
        assert_eq!(
            wrong.fields().iter().map(|field| field.pointer.as_str()).collect::<Vec<_>>(),
            ["/persons", "/retention"]
        );
        let id = made.id.unwrap();
        let changed = NewActivity { transfers: "Switzerland".to_owned(), ..activity("Orders") };
        let changed = privacy.change_activity(&owner, id, changed).await.unwrap();
        assert_eq!(changed.record.transfers, "Switzerland");
        for gone in [
            privacy.change_activity(&stranger, id, activity("Theirs")).await.map(drop),
            privacy.remove_activity(&stranger, id).await,
        ] {
            assert_eq!(gone.unwrap_err().kind(), Kind::NotFound);
        }
        assert_eq!(privacy.register(&stranger).await.unwrap().activities.len(), own);
        let register = privacy.register(&owner).await.unwrap();
        assert_eq!(register.activities.len(), own + 1);
        let table = String::from_utf8(register.csv().unwrap()).unwrap();
        assert!(table.contains("'=HYPERLINK") && !table.contains(",=HYPERLINK"), "{table}");
        privacy.remove_activity(&owner, id).await.unwrap();
        assert_eq!(privacy.register(&owner).await.unwrap().activities.len(), own);
    })
    .await;
}

#[tokio::test]
async fn the_dry_run_says_what_then_goes_and_removes_nothing_itself() {
    on_each_database(async |test| {
        let (hub, owner, stranger) = (&test.hub, test.owner().await, test.other_owner().await);
        let new = |email: &str| NewInvitation { email: email.to_owned(), role: Role::Member, expires_in_days: 1 };
        hub.identity().invite(&owner, new("one@guests.example")).await.unwrap();
        hub.identity().invite(&stranger, new("two@guests.example")).await.unwrap();
        member(hub, &owner, EMAIL, NAME, Role::Member).await;
        let of = async |kind: KindOfRows| {
            let kinds = hub.privacy().retention(&owner).await.unwrap();
            kinds.into_iter().find(|aged| aged.kind == kind).unwrap()
        };
        test.clock.advance(TimeDelta::days(60));
        let owner_now = fresh(&test, &owner);
        hub.identity().invite(&owner_now, new("three@guests.example")).await.unwrap();
        assert_eq!(of(KindOfRows::Invitations).await.would_remove, 0);
        test.clock.advance(TimeDelta::days(32));
        for _ in 0..2 {
            let aged = of(KindOfRows::Invitations).await;
            assert_eq!((aged.rows, aged.would_remove), (2, 1), "looking removes nothing");
            assert!(aged.oldest_kept.unwrap() > test.platform.clock.now() - TimeDelta::days(33));
        }
        let events = of(KindOfRows::Events).await;
        assert!(events.would_remove > 0 && events.rows == events.would_remove, "{events:?}");
        let entries = of(KindOfRows::AuditEntries).await;
        assert_eq!((entries.would_remove, entries.rows > 0), (0, true));
        // Two invitations, one of each organisation, and both organisations' events.
        assert!(hub.privacy().prune().await.unwrap() >= 2 + events.would_remove);
        let after = of(KindOfRows::Invitations).await;
        assert_eq!((after.rows, after.would_remove), (1, 0));
        assert_eq!(of(KindOfRows::Events).await.rows, 0);
        assert_eq!(of(KindOfRows::AuditEntries).await.rows, entries.rows, "the log is kept");
        let auditor = member(hub, &fresh(&test, &owner), "a@ours.example", "", Role::Auditor).await;
        assert!(hub.privacy().retention(&auditor).await.is_ok());
    })
    .await;
}
