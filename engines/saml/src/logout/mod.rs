//! Single logout (SAML Core 3.7, SAML Profiles 4.4): what we send and what comes in.

mod incoming;
mod outgoing;

pub use incoming::{
    LogoutExpectations, LogoutOutcome, LogoutRequest, LogoutResponse, verify_logout_request, verify_logout_response,
};
