//! The report as JUnit XML: a test case for each check, so that a pipeline shows it beside its tests.

use super::summary;
use hub::gates::{Check, CheckState, Severity, Validation};
use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

/// The whole report.
///
/// # Errors
/// When the XML can't be written.
pub(super) fn text(validation: &Validation) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new(format!("gates {}", validation.version));
    suite.add_property(("system_id", validation.system_id.to_string().as_str()));
    suite.add_property(("environment_id", validation.environment_id.to_string().as_str()));
    suite.add_property(("validation_id", validation.id.to_string().as_str()));
    suite.add_property(("verdict", validation.verdict.map_or("none", |verdict| verdict.as_str())));
    match &validation.report {
        Some(verdict) => suite.add_test_cases(verdict.checks.iter().map(|check| case(check, validation.enforced))),
        None => suite.add_test_case(not_judged(validation)),
    };
    let mut report = Report::new("sbh gates");
    report.add_test_suite(suite);
    report.to_string()
}

/// A check that does not decide is skipped rather than failed: pipelines count every failure.
fn case(check: &Check, enforced: bool) -> TestCase {
    let decides = enforced && check.severity == Severity::Block;
    let said = format!("measured {}; allowed {}", check.measured, check.allowed);
    let status = match check.state {
        CheckState::Passed => TestCaseStatus::success(),
        CheckState::Failed if decides => failure("failed", &said, check),
        CheckState::NotMeasured if decides => failure("not_measured", &said, check),
        _ => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(format!("does not decide: {said}"));
            skipped
        }
    };
    let mut case = TestCase::new(check.title.as_str(), status);
    case.set_classname(check.id.as_str());
    case.set_system_out(said);
    case
}

fn failure(kind: &str, said: &str, check: &Check) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(kind).set_message(said);
    if let Some(advice) = &check.advice {
        status.set_description(advice.as_str());
    }
    status
}

fn not_judged(validation: &Validation) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("not_judged").set_message(summary(validation));
    let mut case = TestCase::new("The version can be judged", status);
    case.set_classname("gates");
    case
}
