//! Which permission each operation of the public API asks for. A test compares it with what callers of every role see, and
//! fails for an operation without a row.

use super::Permission;

/// An operation of the public API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its `operationId`.
    pub id: &'static str,
    /// What it asks for.
    pub needs: Needs,
}

/// What an operation asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// An identity.
    Identity,
    /// A permission.
    Permission(Permission),
}

const fn open(id: &'static str) -> Operation {
    Operation { id, needs: Needs::Nothing }
}

const fn identified(id: &'static str) -> Operation {
    Operation { id, needs: Needs::Identity }
}

const fn needs(id: &'static str, permission: Permission) -> Operation {
    Operation { id, needs: Needs::Permission(permission) }
}

/// Every operation.
pub const OPERATIONS: &[Operation] = &[
    open("api_health"),
    open("health"),
    open("detailed"),
    open("metrics"),
    open("api_metrics"),
    open("first_run"),
    open("sign_in"),
    open("ask_second_factor"),
    open("show_second_factor"),
    open("read_invitation"),
    open("accept_invitation"),
    identified("sign_out"),
    identified("me"),
    needs("ask_to_confirm", Permission::AccountManage),
    needs("confirm", Permission::AccountManage),
    needs("change_password", Permission::AccountManage),
    needs("list_factors", Permission::AccountManage),
    needs("start_totp", Permission::AccountManage),
    needs("confirm_totp", Permission::AccountManage),
    needs("start_credential", Permission::AccountManage),
    needs("add_credential", Permission::AccountManage),
    needs("remove_factor", Permission::AccountManage),
    needs("get_recovery_codes", Permission::AccountManage),
    needs("make_recovery_codes", Permission::AccountManage),
    needs("list_devices", Permission::AccountManage),
    needs("forget_device", Permission::AccountManage),
    needs("list_sessions", Permission::AccountManage),
    needs("end_session", Permission::AccountManage),
    needs("list_keys", Permission::AccountManage),
    needs("create_key", Permission::AccountManage),
    needs("rotate_key", Permission::AccountManage),
    needs("revoke_key", Permission::AccountManage),
    needs("list_members", Permission::MembersRead),
    needs("add_member", Permission::MembersManage),
    needs("change_member", Permission::MembersManage),
    needs("hand_over", Permission::TenantOwn),
    needs("list_invitations", Permission::MembersManage),
    needs("invite", Permission::MembersManage),
    needs("revoke_invitation", Permission::MembersManage),
    needs("get_sign_in_policy", Permission::MembersRead),
    needs("set_sign_in_policy", Permission::MembersManage),
    needs("list_systems", Permission::SystemsRead),
    needs("create_system", Permission::SystemsWrite),
    needs("get_system", Permission::SystemsRead),
    needs("add_environment", Permission::SystemsWrite),
    needs("get_environment", Permission::SystemsRead),
    needs("get_prices", Permission::SystemsRead),
    needs("set_prices", Permission::SystemsWrite),
    needs("remove_prices", Permission::SystemsWrite),
    needs("verify_environment", Permission::SystemsWrite),
    needs("allow_private", Permission::SystemsAllowPrivate),
    needs("create_teardown", Permission::SystemsWrite),
    needs("run_benchmark", Permission::LabRun),
    needs("import_benchmark", Permission::LabRun),
    needs("list_benchmarks", Permission::LabRead),
    needs("get_benchmark", Permission::LabRead),
    needs("benchmark_events", Permission::LabRead),
    needs("cancel_benchmark", Permission::LabRun),
    needs("get_scorecard", Permission::LabRead),
    needs("get_benchmark_scorecard", Permission::LabRead),
    needs("download_scorecard_json", Permission::LabRead),
    needs("download_scorecard_csv", Permission::LabRead),
    needs("compare_versions", Permission::LabRead),
    needs("create_share", Permission::LabShare),
    needs("list_shares", Permission::LabRead),
    needs("revoke_share", Permission::LabShare),
    needs("scorecard_badge", Permission::LabRead),
    open("shared_badge"),
    needs("list_artifacts", Permission::LabRead),
    needs("get_artifact", Permission::LabRead),
    needs("register_golden_path", Permission::GatesWrite),
    needs("list_golden_paths", Permission::GatesRead),
    needs("get_golden_path", Permission::GatesRead),
    needs("remove_golden_path", Permission::GatesWrite),
    needs("try_golden_path", Permission::GatesValidate),
    needs("set_policy", Permission::GatesWrite),
    needs("get_policy", Permission::GatesRead),
    needs("dry_run_policy", Permission::GatesRead),
    needs("import_policy", Permission::GatesRead),
    identified("list_metrics"),
    needs("validate", Permission::GatesValidate),
    needs("list_validations", Permission::GatesRead),
    needs("get_validation", Permission::GatesRead),
    needs("replay_validation", Permission::GatesRead),
    needs("list_schedules", Permission::SchedulesRead),
    needs("create_schedule", Permission::SchedulesWrite),
    needs("preview_schedule", Permission::SchedulesRead),
    needs("get_schedule", Permission::SchedulesRead),
    needs("update_schedule", Permission::SchedulesWrite),
    needs("remove_schedule", Permission::SchedulesWrite),
    needs("pause_schedule", Permission::SchedulesWrite),
    needs("resume_schedule", Permission::SchedulesWrite),
    needs("run_schedule", Permission::SchedulesWrite),
    needs("list_scheduled_runs", Permission::SchedulesRead),
    needs("list_notifications", Permission::NotificationsRead),
    needs("count_notifications", Permission::NotificationsRead),
    needs("read_notification", Permission::NotificationsRead),
    needs("read_all_notifications", Permission::NotificationsRead),
    needs("get_notification_choices", Permission::NotificationsRead),
    needs("set_notification_choices", Permission::NotificationsRead),
    needs("create_evidence", Permission::EvidenceCreate),
    needs("list_evidence", Permission::EvidenceRead),
    needs("get_evidence", Permission::EvidenceRead),
    needs("download_evidence", Permission::EvidenceRead),
    needs("get_public_key", Permission::EvidenceRead),
    needs("list_public_keys", Permission::EvidenceRead),
    needs("list_audit_entries", Permission::AuditRead),
    needs("get_audit_proof", Permission::AuditRead),
    needs("get_audit_consistency", Permission::AuditRead),
    needs("get_audit_checkpoint", Permission::AuditRead),
    needs("verify_audit", Permission::AuditRead),
];
