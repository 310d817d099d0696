use super::{
    artifacts::Artifacts,
    db::{Db, Realm},
    secrets::Sealer,
    testing::{PostgresDatabase, on_each_database},
};
use crate::{Kind, access::Permission};
use sea_orm::{ConnectionTrait as _, Statement};

#[test]
fn a_sealed_value_opens_with_its_key_in_its_place_and_nowhere_else() {
    let sealer = Sealer::new("one secret key of at least 32 characters");
    let sealed = sealer.seal("row 1", b"a private key").unwrap();
    assert_eq!(sealer.open("row 1", &sealed).unwrap().as_slice(), b"a private key");
    assert_ne!(sealer.seal("row 1", b"a private key").unwrap(), sealed, "a nonce is used once");
    let other = Sealer::new("another secret key of at least 32 characters");
    assert_eq!(other.open("row 1", &sealed).unwrap_err().kind(), Kind::Unavailable);
    assert!(sealer.open("row 2", &sealed).is_err(), "it was moved to another row");
    for wrong in ["", "no base64", &sealed[..8], &sealed.replace(&sealed[40..44], "AAAA")] {
        assert!(sealer.open("row 1", wrong).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_file_is_found_by_its_digest_in_its_tenant_and_a_changed_one_is_refused() {
    on_each_database(async |test| {
        let (ours, theirs) = (test.owner().await, test.other_owner().await);
        let folder = tempfile::tempdir().unwrap();
        let artifacts = Artifacts::new(folder.path().to_owned());
        let scope = ours.require(Permission::LabRead).unwrap();
        let digest = artifacts.put(&scope, b"measured".to_vec()).await.unwrap();
        assert_eq!(artifacts.put(&scope, b"measured".to_vec()).await.unwrap(), digest);
        assert_eq!(artifacts.get(&scope, &digest).await.unwrap(), b"measured");
        let foreign = theirs.require(Permission::LabRead).unwrap();
        assert_eq!(artifacts.get(&foreign, &digest).await.unwrap_err().kind(), Kind::NotFound);
        let path = folder.path().join(ours.tenant().to_string()).join(&digest[..2]).join(&digest);
        std::fs::write(path, b"changed").unwrap();
        assert_eq!(artifacts.get(&scope, &digest).await.unwrap_err().kind(), Kind::Internal);
    })
    .await;
}

/// A hub may be given an ordinary login: it owns the tables, and its work runs as the application role all the same.
#[tokio::test]
async fn an_ordinary_login_migrates_and_works_as_the_application_role() {
    let database = PostgresDatabase::create().await;
    let login = format!("{}_login", database.name);
    let admin = sea_orm::Database::connect(&database.url).await.unwrap();
    for statement in [
        format!("CREATE ROLE {login} LOGIN CREATEROLE"),
        format!("ALTER DATABASE {} OWNER TO {login}", database.name),
        format!("ALTER SCHEMA public OWNER TO {login}"),
    ] {
        admin.execute_unprepared(&statement).await.unwrap();
    }
    let mut url = url::Url::parse(&database.url).unwrap();
    url.set_username(&login).unwrap();
    for round in ["first", "second"] {
        let db = Db::connect(url.as_str(), 2).await.unwrap_or_else(|error| panic!("{round} start: {error:?}"));
        let tx = db.read_realm(Realm::SignIn).await.unwrap();
        let question = Statement::from_string(tx.get_database_backend(), "SELECT current_user::text AS name");
        let row = tx.query_one_raw(question).await.unwrap().unwrap();
        assert_eq!(row.try_get::<String>("", "name").unwrap(), "sbh_app");
        drop(tx);
        db.close().await.unwrap();
    }
    admin.close().await.unwrap();
    let (server, name) = (database.admin.clone(), login);
    database.drop().await;
    let admin = sea_orm::Database::connect(server).await.unwrap();
    admin.execute_unprepared(&format!("DROP ROLE {name}")).await.unwrap();
    admin.close().await.unwrap();
}
