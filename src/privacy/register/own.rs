//! The hub's own processing: which activity each table of persons belongs to.

use super::{super::holdings::holdings, Activity, LegalBasis, NewActivity};

/// An activity of the hub.
pub(in crate::privacy) struct Own {
    name: &'static str,
    purpose: &'static str,
    basis: LegalBasis,
    retention: &'static str,
    /// The tables that hold its data.
    pub tables: &'static [&'static str],
}

/// What protects all of it.
const SAFEGUARDS: &str = "Organisations are kept apart by the application and again by row-level security on PostgreSQL. \
    Passwords are hashed with argon2id, secrets sealed with XChaCha20-Poly1305, sessions and keys kept as digests. What \
    can't be rewritten is sealed with a key per person, which an erasure destroys. Every change is in a tamper-evident log.";

/// Every activity. A table that holds something of persons is in exactly one.
pub(in crate::privacy) const OWN: &[Own] = &[
    Own {
        name: "Accounts and signing in",
        purpose: "To know who somebody is, and to let nobody else in.",
        basis: LegalBasis::Contract,
        retention: "Until the account is erased. Sessions, sign-ins and remembered browsers until they end; invitations for \
            90 days after their end.",
        tables: &[
            "users",
            "former_names",
            "sessions",
            "second_factors",
            "sms_codes",
            "sms_sent",
            "recovery_codes",
            "remembered_devices",
            "pending_sign_ins",
            "invitations",
            "api_keys",
            "idempotent_answers",
            "sign_in_throttles",
            "external_identities",
            "scim_users",
            "scim_group_members",
        ],
    },
    Own {
        name: "Working together",
        purpose: "To say who is in a workspace, and who shared, wrote, reviewed and used what, so that colleagues can ask them.",
        basis: LegalBasis::LegitimateInterests,
        retention: "Memberships until the account is erased; the rest as long as the thing is kept; the person's name goes from it \
            when they are erased.",
        tables: &[
            "workspaces",
            "workspace_members",
            "workspace_activity",
            "shared_assets",
            "shared_asset_versions",
            "shared_asset_terms",
            "shared_asset_proposals",
            "shared_asset_uses",
        ],
    },
    Own {
        name: "Measuring and judging releases",
        purpose: "To say who started, wrote, allowed or asked for something, so that colleagues can ask them.",
        basis: LegalBasis::LegitimateInterests,
        retention: "As long as the thing is kept; the person's name goes from it when they are erased. Jobs for 30 days, runs \
            of schedules for 90.",
        tables: &[
            "systems",
            "environments",
            "teardowns",
            "benchmarks",
            "scorecards",
            "price_models",
            "scorecard_shares",
            "golden_paths",
            "gate_policies",
            "gate_results",
            "evidence_packets",
            "schedules",
            "scheduled_runs",
            "jobs",
        ],
    },
    Own {
        name: "Telling people",
        purpose: "To tell members of what happened without them.",
        basis: LegalBasis::LegitimateInterests,
        retention: "90 days.",
        tables: &["notifications", "notification_choices"],
    },
    Own {
        name: "Audit log and events",
        purpose: "To show later who changed what, to auditors too.",
        basis: LegalBasis::LegitimateInterests,
        retention: "The log for as long as the organisation is there; events for 90 days. Persons in both are sealed with \
            their own keys and can't be read after an erasure.",
        tables: &["audit_entries", "events", "person_keys"],
    },
    Own {
        name: "Privacy",
        purpose: "To answer requests of persons, and to show what they agreed to and what is processed.",
        basis: LegalBasis::LegalObligation,
        retention: "Exports for 7 days, requests for 3 years after they were over, consents for as long as the organisation \
            is there.",
        tables: &["privacy_requests", "consents", "consent_purposes", "processing_activities"],
    },
];

/// The hub's own records.
pub(super) fn activities() -> Vec<Activity> {
    let record = |own: &Own| {
        let held = holdings().filter(|holding| own.tables.contains(&holding.table));
        NewActivity {
            name: format!("System Builder Hub: {}", own.name),
            purpose: own.purpose.to_owned(),
            legal_basis: own.basis,
            persons: vec!["Members of the organisation".to_owned(), "People who were invited".to_owned()],
            data: held.map(|holding| format!("{} ({})", holding.what, holding.table)).collect(),
            recipients: Vec::new(),
            transfers: String::new(),
            retention: own.retention.to_owned(),
            safeguards: SAFEGUARDS.to_owned(),
        }
    };
    OWN.iter().map(|own| Activity { id: None, record: record(own), updated_by: None, updated_at: None }).collect()
}
