//! What the pages of providers show, and their form.

use crate::{identity::Told, moment::Moment};
use hub::{
    Error, Result,
    access::Role,
    identity::{
        ApiAccess, AttributeNames, ClientAuthentication, Finding, GroupRole, NewProvider, OidcSettings, Protocol,
        Provider, SamlSettings,
    },
};
use serde::{Deserialize, Serialize};

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderRow {
    /// The provider.
    pub provider: Provider,
    /// When it was last changed.
    pub changed: Moment,
}

/// The list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvidersView {
    /// The providers, by name.
    pub rows: Vec<ProviderRow>,
    /// Where members sign in, with the organisation in the address where the hub has several.
    pub address: String,
}

/// One provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderView {
    /// The provider.
    pub provider: Provider,
    /// When its certificates end, in their order.
    pub ends: Vec<Option<Moment>>,
    /// What came of trying it without signing in, where that was asked for.
    pub findings: Option<Vec<Finding>>,
    /// What came of signing in to try it, where somebody just did.
    pub told: Option<Told>,
}

/// A provider as its form sends it. Its parts stand where the API has them, so that messages find their fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderForm {
    /// What the button says.
    pub name: String,
    /// People can sign in with it.
    pub enabled: bool,
    /// Whoever it vouches for becomes a member.
    pub just_in_time: bool,
    /// The role of a new member whose groups give none; empty for nobody.
    pub default_role: String,
    /// One line for each group: the group, `=`, the role.
    pub group_roles: String,
    /// It asks for a second factor itself.
    pub second_factor: bool,
    /// It calls members what the directory does.
    pub directory: bool,
    /// What is particular to the protocol.
    pub protocol: ProtocolForm,
}

/// What is particular to a protocol: one of them is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProtocolForm {
    /// OpenID Connect.
    pub oidc: Option<OidcForm>,
    /// SAML 2.0.
    pub saml: Option<SamlForm>,
}

/// The fields of OpenID Connect.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OidcForm {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    pub authentication: ClientAuthentication,
    /// With spaces or commas between them.
    pub scopes: String,
    pub groups_claim: String,
    pub user_info: bool,
    pub require_verified_email: bool,
    /// Access tokens are taken.
    pub takes_tokens: bool,
    /// The role of unknown clients; empty for none.
    pub api_role: String,
    pub accept_untyped: bool,
}

impl std::fmt::Debug for OidcForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OidcForm").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// The fields of SAML.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SamlForm {
    pub metadata: String,
    pub metadata_url: String,
    pub entity_id: String,
    pub attributes: AttributesForm,
    pub idp_initiated: bool,
}

/// The names of attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttributesForm {
    pub subject: String,
    pub email: String,
    pub name: String,
    pub groups: String,
}

fn some(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn role(pointer: &str, text: &str) -> Result<Option<Role>> {
    let wrong = |_| Error::invalid(pointer, "Role must be member, auditor or admin.");
    some(text).map(|text| text.parse().map_err(wrong)).transpose()
}

/// The groups of the text, each line with one.
fn groups(text: &str) -> Result<Vec<GroupRole>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = |(at, line): (usize, &str)| {
        let wrong = || {
            let line = at + 1;
            Error::invalid("/group_roles", format!("Line {line} must be a group, = and member, auditor or admin."))
        };
        // A group may hold the sign itself, so the last one counts.
        let (group, role) = line.rsplit_once('=').ok_or_else(wrong)?;
        let role = role.trim().parse().map_err(|_| wrong())?;
        Ok(GroupRole { group: group.trim().to_owned(), role })
    };
    lines.map(read).collect()
}

impl ProviderForm {
    /// What the form means.
    ///
    /// # Errors
    /// Invalid, naming the field, for what can't be read.
    pub fn into_new(self) -> Result<NewProvider> {
        let protocol = match (self.protocol.oidc, self.protocol.saml) {
            (Some(oidc), None) => Protocol::Oidc(oidc.into_settings()?),
            (None, Some(saml)) => Protocol::Saml(saml.into_settings()),
            _ => return Err(Error::invalid("/protocol", "Choose one protocol.")),
        };
        Ok(NewProvider {
            name: self.name,
            enabled: self.enabled,
            just_in_time: self.just_in_time,
            default_role: role("/default_role", &self.default_role)?,
            group_roles: groups(&self.group_roles)?,
            second_factor: self.second_factor,
            directory: self.directory,
            protocol,
        })
    }

    /// The form of a provider that is there.
    pub fn of(provider: &Provider) -> Self {
        let settings = &provider.settings;
        let line = |one: &GroupRole| format!("{} = {}", one.group, one.role);
        let words = |role: Option<Role>| role.map(|role| role.as_str().to_owned()).unwrap_or_default();
        let protocol = match settings.protocol.clone() {
            Protocol::Oidc(oidc) => ProtocolForm {
                oidc: Some(OidcForm {
                    issuer: oidc.issuer,
                    client_id: oidc.client_id,
                    client_secret: String::new(),
                    authentication: oidc.authentication,
                    scopes: oidc.scopes.join(" "),
                    groups_claim: oidc.groups_claim.unwrap_or_default(),
                    user_info: oidc.user_info,
                    require_verified_email: oidc.require_verified_email,
                    takes_tokens: oidc.api.is_some(),
                    api_role: words(oidc.api.as_ref().and_then(|api| api.role)),
                    accept_untyped: oidc.api.is_some_and(|api| api.accept_untyped),
                }),
                saml: None,
            },
            Protocol::Saml(saml) => ProtocolForm {
                oidc: None,
                saml: Some(SamlForm {
                    metadata: String::new(),
                    metadata_url: saml.metadata_url.unwrap_or_default(),
                    entity_id: saml.entity_id.unwrap_or_default(),
                    attributes: AttributesForm {
                        subject: saml.attributes.subject.unwrap_or_default(),
                        email: saml.attributes.email.unwrap_or_default(),
                        name: saml.attributes.name.unwrap_or_default(),
                        groups: saml.attributes.groups.unwrap_or_default(),
                    },
                    idp_initiated: saml.idp_initiated,
                }),
            },
        };
        Self {
            name: settings.name.clone(),
            enabled: settings.enabled,
            just_in_time: settings.just_in_time,
            default_role: words(settings.default_role),
            group_roles: settings.group_roles.iter().map(line).collect::<Vec<_>>().join("\n"),
            second_factor: settings.second_factor,
            directory: settings.directory,
            protocol,
        }
    }
}

impl OidcForm {
    fn into_settings(self) -> Result<OidcSettings> {
        let apart = |c: char| c == ',' || c.is_whitespace();
        let api_role = role("/protocol/oidc/api_role", &self.api_role)?;
        let access = ApiAccess { role: api_role, accept_untyped: self.accept_untyped };
        Ok(OidcSettings {
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: some(&self.client_secret),
            authentication: self.authentication,
            scopes: self.scopes.split(apart).filter(|text| !text.is_empty()).map(str::to_owned).collect(),
            groups_claim: some(&self.groups_claim),
            user_info: self.user_info,
            require_verified_email: self.require_verified_email,
            api: self.takes_tokens.then_some(access),
        })
    }
}

impl SamlForm {
    fn into_settings(self) -> SamlSettings {
        let AttributesForm { subject, email, name, groups } = self.attributes;
        SamlSettings {
            metadata: some(&self.metadata),
            metadata_url: some(&self.metadata_url),
            entity_id: some(&self.entity_id),
            attributes: AttributeNames {
                subject: some(&subject),
                email: some(&email),
                name: some(&name),
                groups: some(&groups),
            },
            idp_initiated: self.idp_initiated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_lines_and_a_line_that_is_none_is_named() {
        let read = groups("qa team = auditor\n\ncn=ops,dc=example = admin\n").unwrap();
        assert_eq!(read[0], GroupRole { group: "qa team".to_owned(), role: Role::Auditor });
        assert_eq!(read[1].group, "cn=ops,dc=example");
        for wrong in ["ops", "ops = chief", "= "] {
            let refused = groups(&format!("a = member\n{wrong}")).unwrap_err();
            assert_eq!(refused.fields()[0].pointer, "/group_roles", "{wrong}");
            assert!(refused.fields()[0].message.starts_with("Line 2 "), "{wrong}");
        }
    }

    #[test]
    fn a_form_without_a_protocol_is_refused() {
        assert_eq!(ProviderForm::default().into_new().unwrap_err().fields()[0].pointer, "/protocol");
    }
}
