use crate::{
    Kind,
    access::{Actor, Permission, Role},
    identity::{CreatedKey, KeyRotation, NewKey, NewMember, Rotation},
    notifications::{NotificationKind, NotificationQuery},
    platform::testing::{PASSWORD, TestPlatform, on_each_database},
};
use chrono::TimeDelta;
use std::net::{IpAddr, Ipv4Addr};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A member's key that is rotated every 30 days with an overlap of two days.
struct Stage {
    test: TestPlatform,
    owner: Actor,
    member: Actor,
    key: CreatedKey,
}

impl Stage {
    async fn set(test: TestPlatform) -> Self {
        let owner = test.owner().await;
        let new = NewMember {
            email: "bob@ours.example".to_owned(),
            name: String::new(),
            role: Role::Member,
            password: PASSWORD.to_owned(),
        };
        let id = test.hub.identity().add_member(&owner, new).await.unwrap().id;
        let member = test.hub.identity().actor(id).await.unwrap().unwrap().verified(test.platform.clock.now());
        let new = NewKey { name: "pipeline".to_owned(), scopes: [Permission::LabRead].into(), ..NewKey::default() };
        let key = test.hub.keys().create(&member, new).await.unwrap();
        let every = KeyRotation { every_days: 30, overlap_hours: 48 };
        let set = test.hub.keys().set_rotation(&member, key.key.id, every).await.unwrap();
        assert_eq!(
            (set.rotation, set.rotates_at),
            (Some(every), Some(test.platform.clock.now() + TimeDelta::days(30)))
        );
        Self { test, owner, member, key }
    }

    /// Moves the clock on, and lets the hub look for what is due.
    async fn after(&self, time: TimeDelta) -> u64 {
        self.test.clock.advance(time);
        self.test.hub.keys().dispatch().await.unwrap()
    }

    /// The member, who has just shown that it is them.
    fn member(&self) -> Actor {
        self.member.clone().verified(self.test.platform.clock.now())
    }

    async fn bears(&self, secret: &str) -> Option<Actor> {
        self.test.hub.keys().authenticate(secret, HERE).await.ok()
    }

    async fn told(&self, actor: &Actor) -> Vec<NotificationKind> {
        let page = self.test.hub.notifications().list(actor, &NotificationQuery::default()).await.unwrap();
        page.items.into_iter().map(|line| line.kind).collect()
    }
}

#[tokio::test]
async fn a_key_is_rotated_on_its_day_and_its_secret_is_given_once_to_the_old_one() {
    on_each_database(async |test| {
        let stage = Stage::set(test).await;
        let keys = stage.test.hub.keys();
        assert_eq!(stage.after(TimeDelta::days(30) - TimeDelta::seconds(1)).await, 0, "not yet");
        assert_eq!(stage.after(TimeDelta::seconds(1)).await, 1);
        assert_eq!(stage.after(TimeDelta::zero()).await, 0, "whichever hub looks, once");
        let listed = keys.list(&stage.member()).await.unwrap();
        let (old, new) = (&listed[1], &listed[0]);
        assert_eq!((old.replaced_by, old.rotation, new.secret_waits), (Some(new.id), None, true));
        assert_eq!(new.rotation.map(|rotation| rotation.every_days), Some(30));
        assert_eq!(new.rotates_at, None, "a secret that nobody collected is not followed by another");
        assert_eq!((&new.created_by, &new.scopes), (&old.created_by, &old.scopes));

        let other =
            NewKey { name: "other".to_owned(), scopes: [Permission::AccountManage].into(), ..NewKey::default() };
        let other = keys.create(&stage.member(), other).await.unwrap();
        let other = stage.bears(&other.secret).await.unwrap();
        assert_eq!(keys.collect(&other, old.id).await.unwrap_err().kind(), Kind::NotFound, "another key of theirs");
        let itself = stage.bears(&stage.key.secret).await.unwrap();
        assert_eq!(keys.collect(&itself, new.id).await.unwrap_err().kind(), Kind::NotFound, "a key names itself");
        let collected = keys.collect(&itself, old.id).await.unwrap();
        assert_eq!(collected.key.id, new.id);
        assert_eq!(keys.collect(&itself, old.id).await.unwrap_err().kind(), Kind::NotFound, "once");
        assert_eq!(keys.collect(&stage.member(), old.id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(collected.key.rotates_at, Some(stage.test.platform.clock.now() + TimeDelta::days(30)));
        assert!(stage.bears(&collected.secret).await.is_some() && stage.bears(&stage.key.secret).await.is_some());
        stage.after(TimeDelta::hours(48)).await;
        assert!(stage.bears(&collected.secret).await.is_some() && stage.bears(&stage.key.secret).await.is_none());
        assert_eq!(stage.after(TimeDelta::days(28)).await, 1, "and so on");
    })
    .await;
}

#[tokio::test]
async fn the_maker_and_those_who_manage_members_are_told_and_the_end_is_announced() {
    on_each_database(async |test| {
        let stage = Stage::set(test).await;
        let auditor = NewMember {
            email: "eve@ours.example".to_owned(),
            name: String::new(),
            role: Role::Auditor,
            password: PASSWORD.to_owned(),
        };
        let owner = stage.owner.clone().verified(stage.test.platform.clock.now());
        let auditor = stage.test.hub.identity().add_member(&owner, auditor).await.unwrap();
        let auditor = stage.test.hub.identity().actor(auditor.id).await.unwrap().unwrap();
        stage.after(TimeDelta::days(30)).await;
        for actor in [&stage.member, &stage.owner] {
            assert_eq!(stage.told(actor).await, [NotificationKind::KeyRotated]);
        }
        assert_eq!(stage.told(&auditor).await, [], "whom it does not concern");
        assert_eq!(stage.after(TimeDelta::hours(23)).await, 0);
        assert_eq!(stage.after(TimeDelta::hours(1)).await, 1, "a day before the end");
        assert_eq!(stage.told(&stage.member).await[0], NotificationKind::KeyEnding);
        stage.after(TimeDelta::hours(24)).await;
        assert!(stage.bears(&stage.key.secret).await.is_none(), "it ended");
        let admin = stage.owner.clone().verified(stage.test.platform.clock.now());
        let id = stage.key.key.id;
        let keys = stage.test.hub.keys();
        assert_eq!(keys.collect(&admin, id).await.unwrap_err().kind(), Kind::NotFound, "not even the owner");
        let unconfirmed = keys.collect(&stage.member, id).await.unwrap_err();
        assert_eq!(unconfirmed.kind(), Kind::Unconfirmed);
        let stranger = stage.test.other_owner().await;
        assert_eq!(keys.collect(&stranger, id).await.unwrap_err().kind(), Kind::NotFound);
        let collected = keys.collect(&stage.member(), id).await.unwrap();
        assert!(stage.bears(&collected.secret).await.is_some(), "the maker still can, so that the pipeline runs again");
        let entries = stage.test.hub.audit().list(&stage.owner, &Default::default()).await.unwrap().items;
        for action in ["key.rotation.set", "key.rotated", "key.collected"] {
            assert!(entries.iter().any(|entry| entry.action == action), "{action}");
        }
        assert!(!entries.iter().any(|entry| entry.detail.to_string().contains(&collected.secret)));
    })
    .await;
}

#[tokio::test]
async fn a_collected_key_is_not_announced_and_a_key_that_ended_is_rotated_no_more() {
    on_each_database(async |test| {
        let stage = Stage::set(test).await;
        let keys = stage.test.hub.keys();
        stage.after(TimeDelta::days(30)).await;
        let collected = keys.collect(&stage.member(), stage.key.key.id).await.unwrap();
        assert_eq!(stage.after(TimeDelta::hours(24)).await, 0, "nothing to announce");
        let by_hand = keys.rotate(&stage.member(), collected.key.id, Rotation { overlap_hours: 1 }).await.unwrap();
        assert_eq!(by_hand.key.rotation.map(|rotation| rotation.every_days), Some(30), "the schedule goes on with it");
        keys.revoke(&stage.member(), by_hand.key.id).await.unwrap();
        assert_eq!(stage.after(TimeDelta::days(60)).await, 0);
        let every = KeyRotation { every_days: 2, overlap_hours: 1 };
        let gone = keys.set_rotation(&stage.member(), by_hand.key.id, every).await;
        assert_eq!(gone.unwrap_err().kind(), Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_member_who_left_gets_no_successor_and_a_schedule_can_be_taken_back() {
    on_each_database(async |test| {
        let stage = Stage::set(test).await;
        let keys = stage.test.hub.keys();
        keys.remove_rotation(&stage.member(), stage.key.key.id).await.unwrap();
        assert_eq!(stage.after(TimeDelta::days(31)).await, 0);
        let every = KeyRotation { every_days: 2, overlap_hours: 24 };
        keys.set_rotation(&stage.member(), stage.key.key.id, every).await.unwrap();
        let owner = stage.owner.clone().verified(stage.test.platform.clock.now());
        let end = crate::identity::MemberChange { role: None, active: Some(false) };
        stage.test.hub.identity().change_member(&owner, stage.member.user_id().unwrap(), end).await.unwrap();
        assert_eq!(stage.after(TimeDelta::days(3)).await, 0);
        assert_eq!(keys.list(&stage.owner).await.unwrap().len(), 1);
    })
    .await;
}
