//! What a request costs, by its method and path.

use crate::edge::is_scim;
use axum::http::Method;

/// Requests of one kind, which have a limit of their own beside the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Passwords, second factors and links that let somebody in.
    SignIn,
    /// What sets machines to work: benchmarks, validations, checks of ownership.
    Run,
    /// What is made of many rows or files: packs, files of benchmarks, proofs.
    Export,
    /// What a directory asks.
    Scim,
    /// Everything else; the caller's limit is enough.
    Plain,
}

/// The beginnings of paths by which somebody shows who they are, in the API and behind the forms of the pages.
const SIGN_IN: [&str; 14] = [
    "/api/auth/first-run",
    "/api/auth/sign-in",
    "/api/auth/second-factor",
    "/api/auth/invitation",
    "/api/auth/confirm",
    "/api/auth/password",
    "/fn/create_owner",
    "/fn/sign_in",
    "/fn/show_",
    "/fn/enrol_",
    "/fn/enrolled_",
    "/fn/join",
    "/fn/confirm_",
    "/fn/change_password",
];

/// The beginnings of paths that set machines to work.
const RUN: [&str; 9] = [
    "/api/teardown/benchmark/run",
    "/api/teardown/benchmark/import",
    "/api/gate/validate",
    "/api/gate/golden-path/try",
    "/fn/start_run",
    "/fn/validate_version",
    "/fn/run_schedule",
    "/fn/check_file",
    "/fn/check_dns",
];

impl Class {
    /// The class of a request of this method to this path.
    pub fn of(method: &Method, path: &str) -> Self {
        let begins = |with: &[&str]| with.iter().any(|with| path.starts_with(with));
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match (method.as_str(), parts.as_slice()) {
            _ if is_scim(path) => Self::Scim,
            ("POST", _) if begins(&SIGN_IN) => Self::SignIn,
            ("POST", ["sign-in", "saml", _, _] | ["sign-in", "oidc", _, _]) => Self::SignIn,
            ("POST", _) if begins(&RUN) => Self::Run,
            ("POST", ["api", "schedules", _, "run-now"] | ["api", "environments", _, "verify"]) => Self::Run,
            ("POST", ["api", "compliance", "evidence"] | ["api", "audit", "verify"]) => Self::Export,
            ("POST", ["fn", name]) if name.starts_with("create_evidence") || name.starts_with("check_audit") => {
                Self::Export
            }
            ("GET", ["api", "compliance", "evidence", _, "pack"]) => Self::Export,
            ("GET", ["api", "teardown", "benchmark", "artifacts", _, _]) => Self::Export,
            ("GET", ["api", "teardown", "benchmark", _, "scorecard.json" | "scorecard.csv"]) => Self::Export,
            ("GET", ["api", "audit", "consistency"] | ["api", "audit", "entries", _, "proof"]) => Self::Export,
            _ => Self::Plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_the_class_of_what_it_costs() {
        for (method, path, class) in [
            (Method::POST, "/api/auth/sign-in", Class::SignIn),
            (Method::POST, "/api/auth/second-factor/options", Class::SignIn),
            (Method::POST, "/fn/sign_in12345", Class::SignIn),
            (Method::POST, "/fn/join12345", Class::SignIn),
            (Method::POST, "/fn/change_password7", Class::SignIn),
            (Method::POST, "/fn/enrolled_app7", Class::SignIn),
            (Method::POST, "/sign-in/saml/7/acs", Class::SignIn),
            (Method::POST, "/api/auth/sign-out", Class::Plain),
            (Method::GET, "/api/auth/sign-in", Class::Plain),
            (Method::POST, "/api/teardown/benchmark/run", Class::Run),
            (Method::POST, "/api/schedules/7/run-now", Class::Run),
            (Method::POST, "/api/schedules/7/pause", Class::Plain),
            (Method::POST, "/fn/check_dns7", Class::Run),
            (Method::GET, "/api/compliance/evidence/7/pack", Class::Export),
            (Method::GET, "/api/compliance/evidence/7", Class::Plain),
            (Method::POST, "/fn/check_audit7", Class::Export),
            (Method::GET, "/scim/v2/Users", Class::Scim),
            (Method::DELETE, "/scim/v2/Users/7", Class::Scim),
            (Method::GET, "/api/systems", Class::Plain),
        ] {
            assert_eq!(Class::of(&method, path), class, "{method} {path}");
        }
    }
}
