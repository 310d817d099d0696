//! What an admin says about a provider, and what pages and the API show of it.

use crate::{Result, access::Role, error::Faults, identity::directory::GroupRole, text};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// Most groups of one provider that give a role.
pub(super) const GROUPS_MAX: usize = 200;
/// Longest name of a group in characters.
const GROUP_MAX: usize = 256;
/// Longest address that is typed.
const ADDRESS_MAX: usize = 1_000;
/// Longest metadata that is typed, in bytes.
const METADATA_MAX: usize = 2 * 1024 * 1024;

/// Which protocol a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum ProviderKind {
    /// OpenID Connect.
    Oidc,
    /// SAML 2.0.
    Saml,
}

impl ProviderKind {
    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Saml => "saml",
        }
    }

    /// The protocol's name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Oidc => "OpenID Connect",
            Self::Saml => "SAML 2.0",
        }
    }
}

/// What somebody goes to a provider for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// To sign in.
    SignIn,
    /// To connect what the provider calls them to their account here.
    Connect,
    /// To show that they still sit there.
    Confirm,
    /// To see what the provider says, and what would come of it.
    Try,
}

impl Errand {
    /// The name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Connect => "connect",
            Self::Confirm => "confirm",
            Self::Try => "try",
        }
    }
}

/// How the hub proves to the provider's token endpoint who it is (OpenID Connect Core 1.0 §9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum ClientAuthentication {
    /// The secret in the `Authorization` field.
    #[default]
    ClientSecretBasic,
    /// The secret in the form.
    ClientSecretPost,
    /// A public client, which has no secret.
    None,
}

impl ClientAuthentication {
    /// The name in the provider's discovery document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::None => "none",
        }
    }
}

/// What access tokens of the provider's authorization server may do at the hub's API (RFC 9068).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ApiAccess {
    /// The role of a client, or a person, whom no member is connected to; none refuses them. What the token's scopes name of the
    /// role's permissions is what it may do.
    #[serde(default)]
    pub role: Option<Role>,
    /// Whether tokens without the type `at+jwt` are taken, from servers older than RFC 9068.
    #[serde(default)]
    pub accept_untyped: bool,
}

/// A provider that speaks OpenID Connect.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct OidcSettings {
    /// The issuer identifier, exactly as the provider writes it: a slash at the end counts.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 1000))]
    pub issuer: String,
    /// The client identifier.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 1000))]
    pub client_id: String,
    /// The client secret. Left out in a change, the stored one stays. It is never shown.
    #[serde(default, skip_serializing)]
    #[cfg_attr(feature = "backend", schema(max_length = 1000))]
    pub client_secret: Option<String>,
    /// How the secret is shown to the provider.
    #[serde(default)]
    pub authentication: ClientAuthentication,
    /// Scopes beside `openid`.
    #[serde(default = "usual_scopes")]
    #[cfg_attr(feature = "backend", schema(max_items = 20))]
    pub scopes: Vec<String>,
    /// The claim with the groups: a name, or a path with dots such as `realm_access.roles`.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 200))]
    pub groups_claim: Option<String>,
    /// Whether what the ID token lacks is asked of the UserInfo endpoint, which is where providers tell most (OpenID Connect Core 1.0
    /// §5.4).
    #[serde(default = "yes")]
    pub user_info: bool,
    /// Whether a new member's address must be one that the provider verified.
    #[serde(default = "yes")]
    pub require_verified_email: bool,
    /// What access tokens may do; none, if they are not taken.
    #[serde(default)]
    pub api: Option<ApiAccess>,
}

fn usual_scopes() -> Vec<String> {
    vec!["profile".to_owned(), "email".to_owned()]
}

fn yes() -> bool {
    true
}

impl fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcSettings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Under which names a SAML provider tells about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct AttributeNames {
    /// The attribute with what never changes about a person; the name identifier when left out, which must be lasting then.
    #[cfg_attr(feature = "backend", schema(max_length = 200))]
    pub subject: Option<String>,
    /// The attribute with the e-mail address; when left out, the usual names and a name identifier that is an address.
    #[cfg_attr(feature = "backend", schema(max_length = 200))]
    pub email: Option<String>,
    /// The attribute with the full name; when left out, the usual names.
    #[cfg_attr(feature = "backend", schema(max_length = 200))]
    pub name: Option<String>,
    /// The attribute with the groups; none, when left out.
    #[cfg_attr(feature = "backend", schema(max_length = 200))]
    pub groups: Option<String>,
}

/// A provider that speaks SAML 2.0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct SamlSettings {
    /// The provider's metadata as XML. Left out in a change, the stored one stays.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "backend", schema(max_length = 2097152))]
    pub metadata: Option<String>,
    /// Where the metadata is loaded from instead, now and once a day.
    #[cfg_attr(feature = "backend", schema(max_length = 1000))]
    pub metadata_url: Option<String>,
    /// Which provider is meant, where the metadata describes several.
    #[cfg_attr(feature = "backend", schema(max_length = 1000))]
    pub entity_id: Option<String>,
    /// Under which names the provider tells about a person.
    pub attributes: AttributeNames,
    /// Whether sign-in may begin at the provider. Anybody can then sign somebody else in, so it is best left off.
    pub idp_initiated: bool,
}

/// What is particular to a protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = ProviderProtocol))]
pub enum Protocol {
    /// OpenID Connect.
    Oidc(OidcSettings),
    /// SAML 2.0.
    Saml(SamlSettings),
}

impl Protocol {
    /// Which it is.
    pub fn kind(&self) -> ProviderKind {
        match self {
            Self::Oidc(_) => ProviderKind::Oidc,
            Self::Saml(_) => ProviderKind::Saml,
        }
    }
}

/// What an admin says about a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct NewProvider {
    /// What the button on the sign-in page says, 1 to 60 characters, one of its kind in the organisation.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 60))]
    pub name: String,
    /// Whether people can sign in with it.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether whoever the provider vouches for becomes a member at the first sign-in.
    #[serde(default)]
    pub just_in_time: bool,
    /// The role of a new member whose groups give none: `member`, `auditor` or `admin`; nobody without such a group gets in when it is
    /// left out.
    #[serde(default)]
    pub default_role: Option<Role>,
    /// Which groups, letter by letter as the provider names them, give which role, at every sign-in. Of several, the role that may most
    /// counts; ownership is handed over by its holder alone.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_items = 200))]
    pub group_roles: Vec<GroupRole>,
    /// Whether the provider asks for a second factor itself, so that the hub does not.
    #[serde(default)]
    pub second_factor: bool,
    /// Whether the provider calls members what the directory has as their `externalId` (SCIM), so that those whom the directory made
    /// are connected at their first sign-in.
    #[serde(default)]
    pub directory: bool,
    /// What is particular to the protocol.
    pub protocol: Protocol,
}

impl NewProvider {
    /// Checks what can be checked without the engines.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let name = faults.keep(text::line("/name", "Name", &self.name, 60));
        if self.default_role == Some(Role::Owner) {
            faults.add("/default_role", "Default role must be member, auditor or admin.");
        }
        if self.group_roles.len() > GROUPS_MAX {
            faults.add("/group_roles", format!("At most {GROUPS_MAX} groups may give a role."));
        }
        let mut seen = BTreeSet::new();
        for (at, GroupRole { group, role }) in self.group_roles.iter().enumerate() {
            if group.is_empty() || group.chars().count() > GROUP_MAX {
                faults.add(format!("/group_roles/{at}/group"), format!("A group has 1 to {GROUP_MAX} characters."));
            }
            if *role == Role::Owner {
                faults.add(format!("/group_roles/{at}/role"), "Role must be member, auditor or admin.");
            }
            if !seen.insert(group) {
                faults.add(format!("/group_roles/{at}/group"), "A group gives one role; this one stands there twice.");
            }
        }
        let protocol = match self.protocol {
            Protocol::Oidc(oidc) => Protocol::Oidc(oidc.parse(&mut faults)),
            Protocol::Saml(saml) => Protocol::Saml(saml.parse(&mut faults)),
        };
        faults.finish()?;
        Ok(Self { name: name.unwrap_or_default(), protocol, ..self })
    }
}

/// What was typed, or nothing for blanks.
fn some(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn check_length(faults: &mut Faults, pointer: &str, text: Option<&String>, max: usize) {
    if text.is_some_and(|text| text.chars().count() > max) {
        faults.add(pointer, format!("At most {max} characters are allowed."));
    }
}

impl OidcSettings {
    fn parse(self, faults: &mut Faults) -> Self {
        let at = |field: &str| format!("/protocol/oidc/{field}");
        check_length(faults, &at("issuer"), Some(&self.issuer), ADDRESS_MAX);
        check_length(faults, &at("client_id"), Some(&self.client_id), ADDRESS_MAX);
        check_length(faults, &at("client_secret"), self.client_secret.as_ref(), ADDRESS_MAX);
        if self.scopes.len() > 20 {
            faults.add(at("scopes"), "At most 20 scopes may be asked for.");
        }
        if self.api.as_ref().is_some_and(|api| api.role == Some(Role::Owner)) {
            faults.add(at("api/role"), "Role must be member, auditor or admin.");
        }
        let (client_secret, groups_claim) =
            (self.client_secret.filter(|text| !text.is_empty()), some(self.groups_claim));
        let (issuer, client_id) = (self.issuer.trim().to_owned(), self.client_id.trim().to_owned());
        Self { issuer, client_id, client_secret, groups_claim, ..self }
    }
}

impl SamlSettings {
    fn parse(self, faults: &mut Faults) -> Self {
        let at = |field: &str| format!("/protocol/saml/{field}");
        let AttributeNames { subject, email, name, groups } = self.attributes;
        let attributes =
            AttributeNames { subject: some(subject), email: some(email), name: some(name), groups: some(groups) };
        for (field, text) in [
            ("subject", &attributes.subject),
            ("email", &attributes.email),
            ("name", &attributes.name),
            ("groups", &attributes.groups),
        ] {
            check_length(faults, &at(&format!("attributes/{field}")), text.as_ref(), GROUP_MAX);
        }
        let (metadata, metadata_url) = (self.metadata.filter(|text| !text.trim().is_empty()), some(self.metadata_url));
        if metadata.as_ref().is_some_and(|text| text.len() > METADATA_MAX) {
            faults.add(at("metadata"), "Metadata has at most 2 MiB.");
        }
        check_length(faults, &at("metadata_url"), metadata_url.as_ref(), ADDRESS_MAX);
        let entity_id = some(self.entity_id);
        check_length(faults, &at("entity_id"), entity_id.as_ref(), ADDRESS_MAX);
        Self { metadata, metadata_url, entity_id, attributes, idp_initiated: self.idp_initiated }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(protocol: Protocol) -> NewProvider {
        NewProvider {
            name: "Example".to_owned(),
            enabled: true,
            just_in_time: true,
            default_role: None,
            group_roles: Vec::new(),
            second_factor: false,
            directory: false,
            protocol,
        }
    }

    #[test]
    fn nobody_becomes_an_owner_by_a_provider_and_each_fault_names_its_field() {
        let wrong = NewProvider {
            name: " ".to_owned(),
            default_role: Some(Role::Owner),
            group_roles: vec![
                GroupRole { group: "a".to_owned(), role: Role::Owner },
                GroupRole { group: "a".to_owned(), role: Role::Member },
                GroupRole { group: String::new(), role: Role::Member },
            ],
            ..new(Protocol::Saml(SamlSettings { entity_id: Some("x".repeat(1_001)), ..SamlSettings::default() }))
        };
        let refused = wrong.parse().unwrap_err();
        let named: Vec<_> = refused.fields().iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(
            named,
            [
                "/name",
                "/default_role",
                "/group_roles/0/role",
                "/group_roles/1/group",
                "/group_roles/2/group",
                "/protocol/saml/entity_id"
            ]
        );
    }

    #[test]
    fn blanks_are_nothing_and_the_secret_is_never_written() {
        let json = serde_json::json!({
            "name": "Example", "protocol": { "oidc": { "issuer": " https://id.example.com ", "client_id": "hub",
            "client_secret": "hush", "groups_claim": "  " } },
        });
        let parsed = serde_json::from_value::<NewProvider>(json).unwrap().parse().unwrap();
        let Protocol::Oidc(oidc) = &parsed.protocol else { panic!("another protocol") };
        assert_eq!((oidc.issuer.as_str(), &oidc.groups_claim), ("https://id.example.com", &None));
        assert!(oidc.require_verified_email && parsed.enabled && !parsed.just_in_time);
        let written = serde_json::to_string(&parsed).unwrap();
        assert!(!written.contains("hush") && !format!("{parsed:?}").contains("hush"), "{written}");
    }
}
