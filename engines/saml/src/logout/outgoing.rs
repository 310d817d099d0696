//! Logout messages of ours. They are always signed: a logout that anybody could send would be a nuisance.

use chrono::{DateTime, Utc};

use crate::{
    binding::{Binding, Field, Outgoing},
    identity::NameId,
    limits::LOGOUT_VALIDITY,
    metadata::IdpMetadata,
    request::{Message, RequestError},
    service_provider::ServiceProvider,
    time,
    uri::{STATUS_RESPONDER, STATUS_SUCCESS},
    write::Xml,
};

impl ServiceProvider {
    /// A request to end somebody's session at the identity provider. Keep [`Outgoing::id`]: the response names it.
    ///
    /// # Errors
    /// Any of [`RequestError`]; [`RequestError::NoAddress`] if the identity provider has no single logout.
    pub fn logout_request(
        &self,
        idp: &IdpMetadata,
        name_id: &NameId,
        session_index: Option<&str>,
        relay_state: Option<&str>,
        binding: Option<Binding>,
        now: DateTime<Utc>,
    ) -> Result<Outgoing, RequestError> {
        idp.usable(now)?;
        self.key().ok_or(RequestError::KeyNeeded)?;
        let endpoint = idp.logout_for(binding).ok_or(RequestError::NoAddress)?;
        let mut xml = Xml::new();
        let attributes = [
            ("Format", name_id.format.as_deref()),
            ("NameQualifier", name_id.name_qualifier.as_deref()),
            ("SPNameQualifier", name_id.sp_name_qualifier.as_deref()),
        ];
        xml.leaf("saml:NameID", &attributes, &name_id.value);
        if let Some(index) = session_index {
            xml.leaf("samlp:SessionIndex", &[], index);
        }
        let end = time::write(now.checked_add_signed(LOGOUT_VALIDITY).unwrap_or(now));
        let message = Message { name: "samlp:LogoutRequest", field: Field::Request, location: &endpoint.location };
        self.send(&message, endpoint, &[("NotOnOrAfter", Some(&end))], &xml.finish(), relay_state, now)
    }

    /// The answer to a logout request: whether the session here was ended. The relay state is the request's, unchanged.
    ///
    /// # Errors
    /// Any of [`RequestError`]; [`RequestError::NoAddress`] if the identity provider has no single logout.
    pub fn logout_response(
        &self,
        idp: &IdpMetadata,
        request_id: &str,
        ended: bool,
        relay_state: Option<&str>,
        binding: Option<Binding>,
        now: DateTime<Utc>,
    ) -> Result<Outgoing, RequestError> {
        idp.usable(now)?;
        self.key().ok_or(RequestError::KeyNeeded)?;
        let endpoint = idp.logout_for(binding).ok_or(RequestError::NoAddress)?;
        let mut xml = Xml::new();
        let status = if ended { STATUS_SUCCESS } else { STATUS_RESPONDER };
        xml.open("samlp:Status", &[]).empty("samlp:StatusCode", &[("Value", Some(status))]).close("samlp:Status");
        let location = endpoint.response_location.as_deref().unwrap_or(&endpoint.location);
        let message = Message { name: "samlp:LogoutResponse", field: Field::Response, location };
        self.send(&message, endpoint, &[("InResponseTo", Some(request_id))], &xml.finish(), relay_state, now)
    }
}
