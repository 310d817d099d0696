//! Counting tests from what the runners say of themselves.

use std::fmt;

use serde_json::Value;

/// How many tests passed, failed, and were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that did what they promise.
    pub passed: u64,
    /// Tests that did not.
    pub failed: u64,
    /// Tests that their authors have marked as not to be run.
    pub skipped: u64,
}

impl Tally {
    /// A suite that is one test by itself.
    pub fn one(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed), skipped: 0 }
    }

    /// Adds the counts of another.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Whether no test was executed.
    pub fn ran_nothing(self) -> bool {
        self.passed + self.failed == 0
    }

    /// A runner that ended badly without a failed test (it did not compile, it was killed) counts
    /// as one failure.
    pub fn with_exit(mut self, success: bool) -> Self {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
        self
    }

    /// The counts in libtest's closing line: `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
    pub fn of_libtest(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let mut tally = Self::default();
        for part in counts.split(';') {
            let Some((number, word)) = part.trim().split_once(' ') else { continue };
            match (word, number.parse()) {
                ("passed", Ok(number)) => tally.passed = number,
                ("failed", Ok(number)) => tally.failed = number,
                ("ignored", Ok(number)) => tally.skipped = number,
                _ => {}
            }
        }
        Some(tally)
    }

    /// The counts in the report of Playwright's JSON reporter. A flaky test is a failed one: it
    /// did not always do what it promises. So is an error outside of any test.
    pub fn of_playwright(report: &Value) -> Self {
        let count = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
        let outside = report["errors"].as_array().map_or(0, |errors| errors.len() as u64);
        Self {
            passed: count("expected"),
            failed: count("unexpected") + count("flaky") + outside,
            skipped: count("skipped"),
        }
    }

    /// The counts in the first element of a report in JUnit's form. An error is a failed test: it could not be run.
    pub fn of_junit(report: &str) -> Option<Self> {
        let (_, rest) = report.split_once("<testsuites ")?;
        let (attributes, _) = rest.split_once('>')?;
        let count = |name: &str| -> Option<u64> {
            attributes.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.parse().ok()
        };
        let (failed, skipped) = (count("failures")? + count("errors")?, count("skipped").unwrap_or_default());
        Some(Self { passed: count("tests")?.saturating_sub(failed + skipped), failed, skipped })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn libtest_lines_are_counted_and_others_are_not() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.02s";
        assert_eq!(Tally::of_libtest(line), Some(Tally { passed: 12, failed: 3, skipped: 1 }));
        assert_eq!(Tally::of_libtest("test budget::tests::limit ... ok"), None);
        assert_eq!(Tally::of_libtest("running 3 tests"), None);
    }

    #[test]
    fn flaky_tests_and_errors_outside_of_tests_are_failures() {
        let report = json!({ "stats": { "expected": 5, "unexpected": 1, "flaky": 2, "skipped": 3 }, "errors": [{}] });
        assert_eq!(Tally::of_playwright(&report), Tally { passed: 5, failed: 4, skipped: 3 });
    }

    #[test]
    fn the_first_element_of_a_junit_report_has_the_counts() {
        let report =
            "<?xml version='1.0'?>\n<testsuites errors=\"1\" failures=\"2\" skipped=\"3\" tests=\"10\" time=\"1\">";
        assert_eq!(Tally::of_junit(report), Some(Tally { passed: 4, failed: 3, skipped: 3 }));
        assert_eq!(Tally::of_junit("<testsuites tests=\"1\">"), None);
        assert_eq!(Tally::of_junit(""), None);
    }

    #[test]
    fn a_bad_exit_is_a_failure_but_not_a_second_one() {
        assert_eq!(Tally::default().with_exit(false).failed, 1);
        assert_eq!(Tally::one(false).with_exit(false).failed, 1);
        assert_eq!(Tally::one(true).with_exit(true), Tally::one(true));
    }

    #[test]
    fn the_closing_line_has_the_form_that_is_promised() {
        assert_eq!(Tally { passed: 7, failed: 0, skipped: 0 }.to_string(), "7 passed, 0 failed");
        assert_eq!(Tally { passed: 7, failed: 1, skipped: 2 }.to_string(), "7 passed, 1 failed, 2 skipped");
    }
}
