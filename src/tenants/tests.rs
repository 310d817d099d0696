//! Organisations from the first owner to the last row, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that can not be set up fails")]

use super::{NewOrganisation, OrganisationState, OwnDeletion, Suspension};
use crate::{
    Kind,
    access::{Actor, Permission, Scope},
    identity::NewOwner,
    ids::TenantId,
    platform::testing::{PASSWORD, TestPlatform, on_each_database},
    privacy,
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, Statement};
use std::collections::BTreeSet;

/// Who runs the hub.
async fn operator(test: &TestPlatform) -> Actor {
    let email = "ada@example.com".to_owned();
    let new = NewOwner { organisation: "Ours".to_owned(), email, name: String::new(), password: PASSWORD.to_owned() };
    test.hub.identity().create_first_owner(new).await.unwrap()
}

fn acme() -> NewOrganisation {
    NewOrganisation {
        name: "Acme & Sons".to_owned(),
        owner_email: "boss@acme.example".to_owned(),
        owner_password: Some(PASSWORD.to_owned()),
        ..NewOrganisation::default()
    }
}

fn suspension() -> Suspension {
    Suspension { reason: "The bill of May is open.".to_owned() }
}

/// The tables that have a column `tenant_id`, as the database says.
async fn tables_there(test: &TestPlatform, scope: &Scope) -> BTreeSet<String> {
    let tx = test.platform.db.read(scope).await.unwrap();
    let sql = if tx.is_postgres() {
        "SELECT table_name::text AS name FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name = 'tenant_id'"
    } else {
        "SELECT m.name AS name FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.name = 'tenant_id'"
    };
    let rows = tx.query_all_raw(Statement::from_string(tx.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "name").unwrap()).collect()
}

#[tokio::test]
async fn every_table_of_an_organisation_is_emptied_when_it_goes() {
    on_each_database(async |test| {
        let scope = test.owner().await.require(Permission::AuditRead).unwrap();
        let listed: BTreeSet<_> = privacy::tables_of_tenants().map(str::to_owned).collect();
        assert_eq!(listed, tables_there(&test, &scope).await, "tables of src/privacy/holdings.rs");
    })
    .await;
}

#[tokio::test]
async fn only_those_who_run_the_hub_and_just_showed_who_they_are_look_after_organisations() {
    on_each_database(async |test| {
        let (ours, theirs) = (operator(&test).await, test.other_owner().await);
        let tenants = test.hub.tenants();
        assert_eq!(tenants.create(&theirs, acme()).await.unwrap_err().kind(), Kind::Forbidden);
        assert_eq!(tenants.get(&theirs, ours.tenant()).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(tenants.suspend(&theirs, ours.tenant(), suspension()).await.unwrap_err().kind(), Kind::NotFound);
        test.clock.advance(TimeDelta::minutes(16));
        assert_eq!(tenants.create(&ours, acme()).await.unwrap_err().kind(), Kind::Unconfirmed);
        for refused in [
            tenants.suspend(&ours, theirs.tenant(), suspension()).await.unwrap_err(),
            tenants.delete(&ours, theirs.tenant()).await.unwrap_err(),
            tenants.leave(&theirs, &OwnDeletion { name: "theirs".to_owned() }).await.unwrap_err(),
        ] {
            assert_eq!(refused.kind(), Kind::Unconfirmed);
        }
        assert_eq!(tenants.get(&ours, theirs.tenant()).await.unwrap().state, OrganisationState::Active);
    })
    .await;
}

#[tokio::test]
async fn a_failure_leaves_no_organisation_behind() {
    on_each_database(async |test| {
        let ours = operator(&test).await;
        let taken = NewOrganisation { owner_email: "ada@example.com".to_owned(), ..acme() };
        let refused = test.hub.tenants().create(&ours, taken).await.unwrap_err();
        assert_eq!(refused.fields()[0].pointer, "/owner_email");
        let taken = NewOwner {
            organisation: "Acme".to_owned(),
            email: "ada@example.com".to_owned(),
            name: String::new(),
            password: PASSWORD.to_owned(),
        };
        test.hub.identity().create_tenant(taken).await.unwrap_err();
        let all = test.hub.tenants().list(&ours, &Default::default()).await.unwrap().items;
        assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [ours.tenant()]);
    })
    .await;
}

#[tokio::test]
async fn what_was_suspended_before_it_was_to_go_stays_so_when_it_is_restored() {
    on_each_database(async |test| {
        let ours = operator(&test).await;
        let tenants = test.hub.tenants();
        let id = tenants.create(&ours, acme()).await.unwrap().organisation.id;
        assert_eq!(tenants.delete(&ours, id).await.unwrap().state, OrganisationState::Leaving);
        assert_eq!(tenants.resume(&ours, id).await.unwrap_err().kind(), Kind::Conflict);
        assert_eq!(tenants.restore(&ours, id).await.unwrap().state, OrganisationState::Active);
        tenants.suspend(&ours, id, suspension()).await.unwrap();
        tenants.delete(&ours, id).await.unwrap();
        let restored = tenants.restore(&ours, id).await.unwrap();
        assert_eq!((restored.state, restored.suspended_why), (OrganisationState::Suspended, Some(suspension().reason)));
        tenants.delete(&ours, id).await.unwrap();
        assert_eq!(tenants.remove_due().await.unwrap(), 0, "its time has not come");
        test.clock.advance(TimeDelta::days(30));
        let ours = ours.verified(test.platform.clock.now());
        assert_eq!(tenants.restore(&ours, id).await.unwrap_err().kind(), Kind::Conflict);
        assert_eq!(tenants.remove_due().await.unwrap(), 1);
        assert_eq!(tenants.remove_due().await.unwrap(), 0);
        assert_eq!(tenants.get(&ours, id).await.unwrap_err().kind(), Kind::NotFound);
        assert!(test.hub.audit().verify(&ours, None).await.unwrap().intact());
    })
    .await;
}

#[tokio::test]
async fn who_runs_the_hub_is_neither_suspended_nor_removed() {
    on_each_database(async |test| {
        let ours = operator(&test).await;
        let (tenants, id): (_, TenantId) = (test.hub.tenants(), ours.tenant());
        for refused in [
            tenants.suspend(&ours, id, suspension()).await.unwrap_err(),
            tenants.delete(&ours, id).await.unwrap_err(),
            tenants.leave(&ours, &OwnDeletion { name: "Ours".to_owned() }).await.unwrap_err(),
        ] {
            assert_eq!(refused.kind(), Kind::Conflict);
        }
        tenants.admit(&ours).await.unwrap();
    })
    .await;
}
