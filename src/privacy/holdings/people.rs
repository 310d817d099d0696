//! Tables whose rows are somebody's, and what belongs to who signs in.

use super::{
    Held::{Label, Mention, Own, Plain, Secret},
    Holding, Whose, holding,
};

pub(super) const PEOPLE: &[Holding] = &[
    holding(
        "users",
        "account: name, e-mail address, role",
        Whose::Account("id"),
        &[
            ("email", Own),
            ("email_key", Own),
            ("name", Own),
            ("password_hash", Secret),
            ("sign_in_key", Own),
            ("role", Plain),
        ],
    ),
    holding(
        "former_names",
        "addresses and names that the person had before",
        Whose::Account("user_id"),
        &[("email", Own), ("email_key", Own), ("name", Own)],
    ),
    holding(
        "sessions",
        "browser sessions: the browser, when it was used",
        Whose::Account("user_id"),
        &[
            ("secret_hash", Secret),
            ("record", Secret),
            ("user_agent", Own),
            ("provider_subject", Own),
            ("provider_session", Secret),
        ],
    ),
    holding(
        "external_identities",
        "what identity providers call the person",
        Whose::Account("user_id"),
        &[("subject", Own)],
    ),
    holding(
        "scim_users",
        "what the organisation's directory says of the person",
        Whose::Account("id"),
        &[("user_name_key", Own), ("external_id", Own), ("document", Own)],
    ),
    holding("scim_group_members", "groups of the directory that the person is in", Whose::Account("user_id"), &[]),
    holding(
        "workspace_members",
        "workspaces that the person is in, and as what",
        Whose::Account("user_id"),
        &[("role", Plain), ("added_by", Label)],
    ),
    holding(
        "second_factors",
        "second factors: their kinds and names; numbers for codes by text message, sealed",
        Whose::Account("user_id"),
        &[("kind", Plain), ("name", Own), ("record", Secret)],
    ),
    holding(
        "sms_codes",
        "the code by text message that was sent last, for ten minutes",
        Whose::Account("user_id"),
        &[("purpose_hash", Secret), ("code_hash", Secret)],
    ),
    holding(
        "recovery_codes",
        "recovery codes: when they were made and used",
        Whose::Account("user_id"),
        &[("code_hash", Secret)],
    ),
    holding(
        "remembered_devices",
        "browsers that are remembered",
        Whose::Account("user_id"),
        &[("secret_hash", Secret), ("user_agent", Own)],
    ),
    holding(
        "pending_sign_ins",
        "sign-ins that are not whole yet",
        Whose::Account("user_id"),
        &[("secret_hash", Secret), ("purpose", Plain), ("record", Secret)],
    ),
    holding(
        "invitations",
        "invitations to the address",
        Whose::Address("email_key"),
        &[("email", Own), ("email_key", Own), ("role", Plain), ("secret_hash", Secret), ("invited_by", Label)],
    ),
    holding(
        "api_keys",
        "API keys: their names, what they may do, when they were used",
        Whose::Kept("created_by_user"),
        &[
            ("name", Mention),
            ("hint", Plain),
            ("secret_hash", Secret),
            ("scopes", Plain),
            ("role", Plain),
            ("created_by", Label),
            ("networks", Plain),
        ],
    ),
    holding(
        "notifications",
        "what the person was told",
        Whose::Account("user_id"),
        &[("kind", Plain), ("title", Mention), ("body", Mention), ("about", Plain)],
    ),
    holding(
        "notification_choices",
        "what the person wants to be told",
        Whose::Account("user_id"),
        &[("choices", Plain)],
    ),
    holding(
        "consents",
        "what the person agreed to and withdrew",
        Whose::Kept("user_id"),
        &[("purpose", Plain), ("how", Plain)],
    ),
    holding(
        "privacy_requests",
        "requests for one's data and for its erasure",
        Whose::Kept("subject_id"),
        &[
            ("kind", Plain),
            ("state", Plain),
            ("subject", Plain),
            ("asked_by", Label),
            ("file", Secret),
            ("reason", Mention),
            ("outcome", Plain),
        ],
    ),
    holding(
        "idempotent_answers",
        "answers to the person's requests, sealed, for a day",
        Whose::Caller("caller"),
        &[
            ("caller", Plain),
            ("idempotency_key", Mention),
            ("request_hash", Secret),
            ("content_type", Plain),
            ("location", Plain),
            ("body", Secret),
        ],
    ),
];
