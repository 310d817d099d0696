//! Signing in with a provider of SAML: npm's `samlp` and PyPI's `pysaml2` as processes.

use crate::{
    peers::{
        Tab, add, location, refusal,
        saml::{Pysaml, Samlp},
    },
    support::{Backend, Client, Reply, TestHub},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::Utc;
use hub::access::Role;
use sbh_saml::{Binding, Certificate, Delivery, Endpoint, IdpMetadata, KeyPair, NameId, ServiceProvider};
use serde_json::{Value, json};

/// A provider that the hub knows, and that knows the hub.
async fn known(admin: &Client, more: Value) -> (Samlp, Value) {
    let samlp = Samlp::listen().await;
    let settings = json!({ "metadata": metadata(&samlp), "attributes": { "groups": "groups" }, "idp_initiated": more["idp_initiated"] == true });
    let protocol = json!({ "saml": settings });
    let provider = add(admin, protocol, json!({ "group_roles": [{ "group": "staff", "role": "auditor" }] })).await;
    let addresses = &provider["addresses"]["saml"];
    let person = json!({ "id": "ada-0815", "email": "ada@shop.example", "name": "Ada Lovelace", "groups": ["staff"] });
    let hub = json!({ "audience": addresses["entity_id"], "acs": addresses["acs_url"], "person": person });
    (samlp.serve(&hub).await, provider)
}

fn metadata(samlp: &Samlp) -> String {
    let certificate: String = samlp.cert.lines().filter(|line| !line.starts_with("-----")).collect();
    let (home, issuer) = (&samlp.home, &samlp.issuer);
    format!(
        r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{issuer}"><IDPSSODescriptor
        protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo
        xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo>
        </KeyDescriptor><SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{home}/slo"/>
        <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{home}/sso"/>
        </IDPSSODescriptor></EntityDescriptor>"#
    )
}

fn id(provider: &Value) -> &str {
    provider["id"].as_str().unwrap()
}

/// The form that the provider's page holds: the response and the relay state.
async fn answer_of(address: &str) -> (String, Option<String>) {
    let page = reqwest::get(address).await.unwrap().text().await.unwrap();
    let value = |name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split('"').next().map(str::to_owned)
    };
    (value("SAMLResponse").unwrap_or_else(|| panic!("{page}")), value("RelayState"))
}

/// Goes to the provider, and has its page send the answer.
async fn answered(tab: &mut Tab, provider: &Value) -> (String, String, Reply) {
    let begun = tab.get(&format!("/sign-in/with/{}", id(provider))).await;
    let (response, relay_state) = answer_of(&location(&begun)).await;
    let relay_state = relay_state.unwrap();
    let reply = send(tab, provider, &response, Some(&relay_state)).await;
    (response, relay_state, reply)
}

async fn send(tab: &mut Tab, provider: &Value, response: &str, relay_state: Option<&str>) -> Reply {
    let fields: Vec<_> =
        [("SAMLResponse", response)].into_iter().chain(relay_state.map(|text| ("RelayState", text))).collect();
    tab.post_from_elsewhere(&format!("/sign-in/saml/{}/acs", id(provider)), &fields).await
}

/// A request of the provider to end the person's sessions, as an address.
fn logout_request(samlp: &Samlp, provider: &Value, name: &str) -> String {
    let key = KeyPair::from_pem(&samlp.key, &samlp.cert).unwrap();
    let text = |field: &str| provider["addresses"]["saml"][field].as_str().unwrap().to_owned();
    let certificate = Certificate::from_pem(&samlp.cert).unwrap();
    let slo = Endpoint { binding: Binding::Redirect, location: text("slo_url"), response_location: None };
    let hub = IdpMetadata {
        entity_id: text("entity_id"),
        sign_on: vec![slo.clone()],
        logout: vec![slo],
        signing_certificates: vec![certificate],
        want_authn_requests_signed: false,
        name_id_formats: Vec::new(),
        valid_until: None,
    };
    let provider = ServiceProvider::new(&samlp.issuer, &samlp.home, &samlp.home).unwrap().with_key(key);
    let format = Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned());
    let name = NameId { value: name.to_owned(), format, name_qualifier: None, sp_name_qualifier: None };
    let made = provider.logout_request(&hub, &name, Some("session-1"), None, None, Utc::now()).unwrap();
    let Delivery::Redirect { url } = made.delivery else { panic!("another binding") };
    url
}

on_both_databases! {
    async fn people_sign_in_and_out_with_pysaml2_which_is_known_by_its_address(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let idp = Pysaml::listen().await;
        let settings = json!({ "metadata_url": idp.metadata_url, "attributes": { "groups": "groups" } });
        let provider = add(&admin, json!({ "saml": settings }), json!({ "group_roles": [{ "group": "staff", "role": "auditor" }] })).await;
        let metadata = hub.anonymous().get(&format!("/sign-in/saml/{}/metadata", id(&provider))).await;
        assert_eq!(metadata.status, 200, "{}", metadata.text());
        let person = json!({ "id": "ada-0815", "email": "ada@shop.example", "name": "Ada Lovelace", "groups": ["staff"] });
        let _idp = idp.serve(&json!({ "metadata": metadata.text(), "person": person })).await;

        let mut tab = Tab::open(&hub);
        let (response, relay_state, received) = answered(&mut tab, &provider).await;
        assert_eq!(location(&received), format!("/sign-in/saml/{}/finish", id(&provider)));
        assert_eq!(location(&tab.get(&location(&received)).await), "/");
        let me = tab.me().await.expect(200);
        assert_eq!((&me["name"], &me["role"]), (&json!("ada@shop.example"), &json!("auditor")));
        let again = send(&mut Tab::open(&hub), &provider, &response, Some(&relay_state)).await;
        assert_eq!(location(&again), "/sign-in?unasked=1", "an answer counts once");

        // Signing out here, there, and coming back.
        let page = tab.get("/").await.text();
        let action = page.split("action=\"").filter_map(|rest| rest.split('"').next()).find(|action| action.starts_with("/fn/sign_out"));
        let left = tab.submit(action.unwrap_or_else(|| panic!("no way to sign out in {page}"))).await;
        assert!(left.header("location").is_some_and(|to| to.starts_with("/signed-out")), "{left:?}");
        tab.me().await.problem(401, "unauthenticated");
        let leaving = tab.follow(&format!("/sign-in/leave/{}", id(&provider))).await;
        let there = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = there.get(location(&leaving)).send().await.unwrap();
        let back = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        let said = tab.come_back(&back).await;
        assert_eq!(location(&said), "/sign-in?left=1");
        let again = tab.come_back(&back).await;
        assert_ne!(again.header("location"), Some("/sign-in?left=1"), "an answer counts once");
    }

    async fn whom_the_provider_vouches_for_signs_in_once_and_in_the_browser_that_asked(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let (_samlp, provider) = known(&admin, json!({})).await;
        let mut tab = Tab::open(&hub);
        let (response, relay_state, received) = answered(&mut tab, &provider).await;
        let finish = location(&received);
        tab.me().await.problem(401, "unauthenticated");
        let mut other = Tab::open(&hub);
        let stolen = other.get(&finish).await;
        assert!(refusal(&mut other, &stolen).await.contains("not asked for here"));
        assert_eq!(location(&tab.get(&finish).await), "/");
        let me = tab.me().await.expect(200);
        assert_eq!((&me["name"], &me["role"]), (&json!("ada@shop.example"), &json!("auditor")));

        let mut again = Tab::open(&hub);
        let replayed = send(&mut again, &provider, &response, Some(&relay_state)).await;
        refusal(&mut again, &replayed).await;
        // The same assertion, for a request of one's own.
        let begun = again.get(&format!("/sign-in/with/{}", id(&provider))).await;
        let (_, own) = answer_of(&location(&begun)).await;
        let finish = location(&send(&mut again, &provider, &response, own.as_deref()).await);
        let refused = again.get(&finish).await;
        assert!(refusal(&mut again, &refused).await.contains("not the one that this browser made"));
        again.me().await.problem(401, "unauthenticated");
        // Whoever signs in a second time is the same member.
        let (_, _, received) = answered(&mut again, &provider).await;
        again.get(&location(&received)).await;
        assert_eq!(again.me().await.expect(200)["user_id"], me["user_id"]);
    }

    async fn what_was_changed_or_not_asked_for_is_refused(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let (samlp, provider) = known(&admin, json!({})).await;
        let mut tab = Tab::open(&hub);
        let begun = tab.get(&format!("/sign-in/with/{}", id(&provider))).await;
        let (response, relay_state) = answer_of(&location(&begun)).await;
        let xml = String::from_utf8(STANDARD.decode(&response).unwrap()).unwrap();
        let changed = STANDARD.encode(xml.replace("ada-0815", "eve-0815"));
        assert_ne!(changed, response);
        let finish = location(&send(&mut tab, &provider, &changed, relay_state.as_deref()).await);
        let refused = tab.get(&finish).await;
        assert!(refusal(&mut tab, &refused).await.contains("changed after signing"));
        let (unasked, _) = answer_of(&format!("{}/unasked", samlp.home)).await;
        let refused = send(&mut tab, &provider, &unasked, None).await;
        refusal(&mut tab, &refused).await;
        tab.me().await.problem(401, "unauthenticated");
        let log = admin.get("/api/audit/entries").await.expect(200).to_string();
        assert!(log.contains("sign_in.refused"), "an admin can see why");
    }

    async fn sign_in_begins_at_the_provider_where_that_is_switched_on(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let (samlp, provider) = known(&admin, json!({ "idp_initiated": true })).await;
        let (response, _) = answer_of(&format!("{}/unasked", samlp.home)).await;
        let mut tab = Tab::open(&hub);
        assert_eq!(location(&send(&mut tab, &provider, &response, None).await), "/");
        tab.me().await.expect(200);
        let mut again = Tab::open(&hub);
        let replayed = send(&mut again, &provider, &response, None).await;
        assert_eq!(location(&replayed), "/sign-in?unasked=1");
        assert_eq!(replayed.cookie(), None, "another site can't take a browser's session away");
        let log = admin.get("/api/audit/entries").await.expect(200).to_string();
        assert!(log.contains("used already"), "an admin can see why: {log}");
    }

    async fn the_provider_ends_the_sessions_of_a_person_by_a_signed_request(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let (samlp, provider) = known(&admin, json!({})).await;
        let mut tab = Tab::open(&hub);
        let (_, _, received) = answered(&mut tab, &provider).await;
        tab.get(&location(&received)).await;
        tab.me().await.expect(200);
        let path = |address: &str| address.split_once("/sign-in/").map(|(_, rest)| format!("/sign-in/{rest}")).unwrap();
        let other = path(&logout_request(&samlp, &provider, "eve-0815"));
        Tab::open(&hub).get(&other).await;
        tab.me().await.expect(200);
        let right = path(&logout_request(&samlp, &provider, "ada-0815"));
        let forged = right.replace("Signature=", "Signature=AA");
        Tab::open(&hub).get(&forged).await.problem(401, "unauthenticated");
        tab.me().await.expect(200);
        let answer = Tab::open(&hub).get(&right).await;
        assert!(location(&answer).starts_with(&format!("{}/slo?SAMLResponse=", samlp.home)));
        tab.me().await.problem(401, "unauthenticated");
        Tab::open(&hub).get(&right).await.problem(401, "unauthenticated");
    }

    async fn metadata_without_a_signing_certificate_is_refused_and_the_hubs_own_is_open(hub: TestHub) {
        let admin = hub.as_role(Role::Admin).await;
        let (samlp, provider) = known(&admin, json!({})).await;
        let own = hub.anonymous().get(&format!("/sign-in/saml/{}/metadata", id(&provider))).await;
        assert_eq!((own.status, own.media_type()), (200, "application/samlmetadata+xml"));
        assert!(own.text().contains("AssertionConsumerService"));
        let bare = metadata(&samlp).replace("KeyDescriptor", "Extensions");
        for (settings, pointer) in [
            (json!({ "metadata": bare }), "/protocol/saml/metadata"),
            (json!({}), "/protocol/saml/metadata"),
            (json!({ "metadata": "<!DOCTYPE x><x/>" }), "/protocol/saml/metadata"),
            (json!({ "metadata": metadata(&samlp), "entity_id": "other" }), "/protocol/saml/entity_id"),
            (json!({ "metadata_url": format!("{}/nothing", samlp.home) }), "/protocol/saml/metadata_url"),
        ] {
            let body = json!({ "name": "Another", "protocol": { "saml": settings } });
            admin.post("/api/auth/providers", &body).await.invalid(pointer);
        }
        let loaded = json!({ "name": "Loaded", "protocol": { "saml": { "metadata_url": format!("{}/metadata", samlp.home) } } });
        let loaded = admin.post("/api/auth/providers", &loaded).await.expect(201);
        assert_eq!(loaded["certificates"].as_array().unwrap().len(), 1);
        let trial = format!("/api/auth/providers/{}/trial", id(&loaded));
        let findings = admin.post(&trial, &json!({})).await.expect(200);
        assert!(findings.as_array().unwrap().iter().all(|finding| finding["outcome"] != "failed"), "{findings}");
    }
}
