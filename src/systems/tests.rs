#![expect(clippy::unwrap_used, reason = "a test that can not be set up fails")]

use super::{
    AllowPrivate, Environment, EnvironmentKind, NewEnvironment, NewSystem, NewTeardown, OwnershipMethod,
    VerifyOwnership, expected_proof, parse_base_url,
};
use crate::{
    Kind,
    access::{Actor, Role},
    ids::UserId,
    page::PageRequest,
    platform::testing::{TestPlatform, on_each_database},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

async fn environment(test: &TestPlatform, actor: &Actor, base_url: &str) -> Environment {
    let new = NewSystem { name: "Shop".to_owned(), description: String::new() };
    let system = test.hub.systems().create(actor, new).await.unwrap();
    let new = NewEnvironment { kind: EnvironmentKind::Staging, name: String::new(), base_url: base_url.to_owned() };
    test.hub.systems().add_environment(actor, system.id, new).await.unwrap()
}

/// A server that answers every request with `body`.
async fn serve(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let length = body.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}")
}

const BY_FILE: VerifyOwnership = VerifyOwnership { method: OwnershipMethod::WellKnown };
const BY_DNS: VerifyOwnership = VerifyOwnership { method: OwnershipMethod::DnsTxt };

#[tokio::test]
async fn a_file_with_the_token_proves_an_ownership_and_one_without_says_what_is_missing() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        let made = environment(&test, &actor, &serve("sbh-verification=wrong".to_owned()).await).await;
        let refused = test.hub.systems().verify(&actor, made.id, BY_FILE).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict);
        assert!(refused.message().contains(&expected_proof(&made)), "{refused}");

        let listener = serve(format!("# ours\n{}\n", expected_proof(&made))).await;
        let new = NewEnvironment { kind: EnvironmentKind::Preview, name: String::new(), base_url: listener };
        let other = test.hub.systems().add_environment(&actor, made.system_id, new).await.unwrap();
        let foreign_token = test.hub.systems().verify(&actor, other.id, BY_FILE).await.unwrap_err();
        assert_eq!(foreign_token.kind(), Kind::Conflict, "a token proves its own environment alone");
    })
    .await;
}

#[tokio::test]
async fn a_txt_record_proves_an_ownership() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        let made = environment(&test, &actor, "https://staging.example.com").await;
        assert_eq!(test.hub.systems().verify(&actor, made.id, BY_DNS).await.unwrap_err().kind(), Kind::Conflict);
        test.txt.publish("_sbh-verification.staging.example.com.", &expected_proof(&made));
        let verified = test.hub.systems().verify(&actor, made.id, BY_DNS).await.unwrap();
        assert!(verified.ownership.is_verified());
    })
    .await;
}

#[tokio::test]
async fn an_admin_vouches_for_a_private_address_and_for_no_other() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let private = environment(&test, &owner, "http://127.0.0.1:4100").await;
        let reason = || AllowPrivate { reason: "our laptop".to_owned() };
        let member = Actor::user(owner.tenant(), UserId::generate(), "m@ours.example".to_owned(), Role::Member);
        let refused = test.hub.systems().allow_private(&member, private.id, reason()).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden);
        let without = test.hub.systems().allow_private(&owner, private.id, AllowPrivate::default()).await.unwrap_err();
        assert_eq!(without.fields()[0].pointer, "/reason");
        let allowed = test.hub.systems().allow_private(&owner, private.id, reason()).await.unwrap();
        assert!(allowed.ownership.is_verified());
        assert_eq!(allowed.private_allowed.unwrap().reason, "our laptop");

        let new = NewEnvironment {
            kind: EnvironmentKind::Production,
            name: String::new(),
            base_url: "http://93.184.216.34".to_owned(),
        };
        let public = test.hub.systems().add_environment(&owner, private.system_id, new).await.unwrap();
        assert_eq!(
            test.hub.systems().allow_private(&owner, public.id, reason()).await.unwrap_err().kind(),
            Kind::Conflict
        );
    })
    .await;
}

#[tokio::test]
async fn another_tenants_systems_are_not_found() {
    on_each_database(async |test| {
        let (ours, theirs) = (test.owner().await, test.other_owner().await);
        let made = environment(&test, &ours, "https://example.com").await;
        let systems = test.hub.systems();
        assert!(systems.list(&theirs, &PageRequest::default()).await.unwrap().items.is_empty());
        assert_eq!(systems.get(&theirs, made.system_id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(systems.environment(&theirs, made.id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(systems.verify(&theirs, made.id, BY_FILE).await.unwrap_err().kind(), Kind::NotFound);
        let new = NewEnvironment {
            kind: EnvironmentKind::Preview,
            name: String::new(),
            base_url: "https://x.example".to_owned(),
        };
        assert_eq!(systems.add_environment(&theirs, made.system_id, new).await.unwrap_err().kind(), Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_list_is_paged_without_gaps_and_repeats() {
    on_each_database(async |test| {
        let actor = test.owner().await;
        for number in 0..7 {
            let new = NewSystem { name: format!("System {number}"), description: String::new() };
            test.hub.systems().create(&actor, new).await.unwrap();
        }
        let mut names = Vec::new();
        let mut page = PageRequest { cursor: None, limit: Some(3) };
        loop {
            let got = test.hub.systems().list(&actor, &page).await.unwrap();
            names.extend(got.items.into_iter().map(|system| system.name));
            match got.next_cursor {
                Some(cursor) => page.cursor = Some(cursor),
                None => break,
            }
        }
        let expected: Vec<_> = (0..7).rev().map(|number| format!("System {number}")).collect();
        assert_eq!(names, expected);
        let taken = test
            .hub
            .systems()
            .create(&actor, NewSystem { name: "SYSTEM 3".to_owned(), description: String::new() })
            .await;
        assert_eq!(taken.unwrap_err().fields()[0].pointer, "/name");
    })
    .await;
}

#[test]
fn a_base_url_is_an_address_and_nothing_else() {
    for good in ["https://example.com", "http://127.0.0.1:4100/shop/", " https://example.com "] {
        parse_base_url("/base_url", good).unwrap();
    }
    let wrong = [
        "",
        "example.com",
        "ftp://example.com",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@example.com",
        "https://example.com/?q=1",
        "https://example.com/#x",
        "http://[::1",
    ];
    for bad in wrong {
        let error = parse_base_url("/base_url", bad).expect_err(bad);
        assert_eq!(error.fields()[0].pointer, "/base_url", "{bad}");
    }
}

#[test]
fn a_teardown_takes_a_domain_with_or_without_its_scheme() {
    let new = |domain: &str| NewTeardown {
        target_name: "Rival".to_owned(),
        domain: domain.to_owned(),
        ..NewTeardown::default()
    };
    for domain in ["rival.example", "https://rival.example/"] {
        assert_eq!(new(domain).parse().unwrap().0.domain, "https://rival.example/");
    }
    let error = NewTeardown { jobs_to_be_done: vec![String::new()], ..new("") }.parse().unwrap_err();
    let pointers: Vec<_> = error.fields().iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(pointers, ["/domain", "/jobs_to_be_done/0"]);
}

#[tokio::test]
async fn a_search_finds_parts_of_names_as_they_are_written_and_nothing_of_others() {
    on_each_database(async |test| {
        let (actor, other) = (test.owner().await, test.other_owner().await);
        for name in ["Web shop", "SHOP 50%", "a_b", "Depot"] {
            let new = NewSystem { name: name.to_owned(), description: String::new() };
            test.hub.systems().create(&actor, new).await.unwrap();
        }
        let found = async |actor: &Actor, text: &str| {
            let systems = test.hub.systems().search(actor, text, 8).await.unwrap();
            systems.into_iter().map(|system| system.name).collect::<Vec<_>>()
        };
        assert_eq!(found(&actor, "shop").await, ["SHOP 50%", "Web shop"], "newest first");
        assert_eq!(found(&actor, "%").await, ["SHOP 50%"], "no wildcard");
        assert_eq!(found(&actor, "_").await, ["a_b"], "no wildcard");
        assert!(found(&actor, "\\").await.is_empty());
        assert!(found(&actor, "' OR '1'='1").await.is_empty());
        assert!(found(&other, "shop").await.is_empty());
    })
    .await;
}
