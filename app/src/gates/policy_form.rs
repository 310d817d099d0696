//! The form of a policy, as typed, and the document that it means. Each can be made from the other.

use hub::{
    error::FieldError,
    gates::{Comparison, Decision, GoldenPathRule, PolicyDocument, Rule, RuleSubject, Severity, Threshold},
    lab::METRICS,
};
use sbh_stats::Dimension;
use serde::{Deserialize, Serialize};

/// What stands in the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyForm {
    /// The name.
    pub name: String,
    /// `every` or `total`.
    pub decision: String,
    /// The share for `total`, in percent.
    pub min_pct: String,
    /// `required`, `if_present`, `warn` or `off`.
    pub golden_paths: String,
    /// Shown, enforces nothing.
    pub dry_run: bool,
    /// Results that other tools measured count as well.
    pub accept_imported: bool,
    /// The thresholds; rows without a subject say nothing.
    pub rules: Vec<RuleForm>,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    /// The rule's id; made from the subject when empty.
    pub id: String,
    /// `metric:KEY`, `dimension:KEY`, `overall`, or nothing for a row that is not used.
    pub subject: String,
    /// `at_most`, `at_least` or `relative`.
    pub comparison: String,
    /// The limit of an absolute comparison.
    pub limit: String,
    /// How many versions a relative comparison looks back.
    pub versions: String,
    /// How much worse a relative comparison allows, in percent.
    pub worse_pct: String,
    /// `block` or `warn`.
    pub severity: String,
    /// A failure blocks whatever the total says.
    pub key: bool,
    /// The share of a total.
    pub weight: String,
}

impl RuleForm {
    /// A row that was just added.
    #[must_use]
    pub fn fresh() -> Self {
        Self { comparison: "at_most".into(), severity: "block".into(), weight: "1".into(), ..Self::default() }
    }
}

impl PolicyForm {
    /// A sensible start: what users wait for, what fails, and the golden paths.
    #[must_use]
    pub fn template() -> Self {
        let row = |id: &str, subject: &str, comparison: &str, limit: &str| RuleForm {
            id: id.into(),
            subject: subject.into(),
            comparison: comparison.into(),
            limit: limit.into(),
            ..RuleForm::fresh()
        };
        let p95 = RuleForm { key: true, ..row("p95", "metric:latency.corrected.p95_ms", "at_most", "500") };
        let errors = row("errors", "metric:error_rate_pct", "at_most", "1");
        let security = RuleForm { severity: "warn".into(), ..row("security", "dimension:security", "at_least", "50") };
        Self {
            name: "Release".into(),
            decision: "every".into(),
            golden_paths: "required".into(),
            rules: vec![p95, errors, security],
            ..Self::default()
        }
    }

    /// The document that is meant, not yet judged by its own limits.
    ///
    /// # Errors
    /// Names each field that can't be read, by its place in the form.
    pub fn document(&self) -> Result<PolicyDocument, Vec<FieldError>> {
        let mut faults = Faults::default();
        let decision = match self.decision.as_str() {
            "total" => faults.number("/min_pct", "The total", &self.min_pct).map(|min_pct| Decision::Total { min_pct }),
            _ => Some(Decision::Every),
        };
        let golden_paths = read_word("/golden_paths", &self.golden_paths, GOLDEN_PATHS, &mut faults);
        let mut rules: Vec<Rule> = Vec::new();
        for (at, row) in self.rules.iter().enumerate() {
            if !row.subject.is_empty()
                && let Some(rule) = row.rule(at, &rules, &mut faults)
            {
                rules.push(rule);
            }
        }
        match (decision, golden_paths, faults.0.is_empty()) {
            (Some(decision), Some(golden_paths), true) => {
                let (name, dry_run, accept_imported) = (self.name.clone(), self.dry_run, self.accept_imported);
                Ok(PolicyDocument { name, decision, dry_run, golden_paths, accept_imported, rules })
            }
            _ => Err(faults.0),
        }
    }

    /// Where a wrong member of the document stands in the form: the core's pointers name members, and rows that are not
    /// used have none.
    #[must_use]
    pub fn pointer(&self, of_document: &str) -> String {
        let inner = of_document.strip_prefix("/document").unwrap_or(of_document);
        if inner == "/decision/total/min_pct" {
            return "/min_pct".to_owned();
        }
        let Some((at, member)) = inner.strip_prefix("/rules/").and_then(|rest| rest.split_once('/')) else {
            return inner.to_owned();
        };
        let used = self.rules.iter().enumerate().filter(|(_, row)| !row.subject.is_empty());
        let row = at.parse().ok().and_then(|at: usize| used.map(|(row, _)| row).nth(at));
        let field = match member {
            "threshold" => "limit",
            "threshold/relative/versions" => "versions",
            "threshold/relative/max_worse_pct" => "worse_pct",
            member if member.starts_with("subject") => "subject",
            member => member,
        };
        format!("/rules/{}/{field}", row.map_or_else(|| at.to_owned(), |row| row.to_string()))
    }
}

impl RuleForm {
    fn rule(&self, at: usize, before: &[Rule], faults: &mut Faults) -> Option<Rule> {
        let pointer = |field: &str| format!("/rules/{at}/{field}");
        let subject = read_subject(&self.subject);
        if subject.is_none() {
            faults.add(pointer("subject"), format!("There is nothing called {:?} to judge.", self.subject));
        }
        let threshold = self.threshold(&pointer, faults);
        let severity = read_word(&pointer("severity"), &self.severity, SEVERITIES, faults);
        let weight = match self.weight.trim() {
            "" => Some(1),
            typed => faults.whole(pointer("weight"), "Weight", typed),
        };
        let subject = subject?;
        let id = if self.id.trim().is_empty() { fresh_id(&subject, before) } else { self.id.trim().to_owned() };
        Some(Rule { id, subject, threshold: threshold?, severity: severity?, key: self.key, weight: weight? })
    }

    fn threshold(&self, pointer: &dyn Fn(&str) -> String, faults: &mut Faults) -> Option<Threshold> {
        match self.comparison.as_str() {
            "at_least" => faults.number(&pointer("limit"), "The limit", &self.limit).map(Threshold::AtLeast),
            "relative" => {
                let versions = faults.whole(pointer("versions"), "Versions", &self.versions);
                let worse = faults.number(&pointer("worse_pct"), "The allowed change", &self.worse_pct);
                versions
                    .zip(worse)
                    .map(|(versions, max_worse_pct)| Threshold::Relative(Comparison { versions, max_worse_pct }))
            }
            _ => faults.number(&pointer("limit"), "The limit", &self.limit).map(Threshold::AtMost),
        }
    }
}

impl From<&PolicyDocument> for PolicyForm {
    fn from(document: &PolicyDocument) -> Self {
        let (decision, min_pct) = match document.decision {
            Decision::Every => ("every", String::new()),
            Decision::Total { min_pct } => ("total", min_pct.to_string()),
        };
        Self {
            name: document.name.clone(),
            decision: decision.into(),
            min_pct,
            golden_paths: word_of(document.golden_paths, GOLDEN_PATHS).into(),
            dry_run: document.dry_run,
            accept_imported: document.accept_imported,
            rules: document.rules.iter().map(RuleForm::from).collect(),
        }
    }
}

impl From<&Rule> for RuleForm {
    fn from(rule: &Rule) -> Self {
        let subject = match &rule.subject {
            RuleSubject::Metric(key) => format!("metric:{key}"),
            RuleSubject::Dimension(dimension) => format!("dimension:{}", dimension.key()),
            RuleSubject::Overall(_) => "overall".to_owned(),
        };
        let mut row = Self {
            id: rule.id.clone(),
            subject,
            severity: word_of(rule.severity, SEVERITIES).into(),
            key: rule.key,
            weight: rule.weight.to_string(),
            ..Self::default()
        };
        match rule.threshold {
            Threshold::AtMost(limit) => (row.comparison, row.limit) = ("at_most".into(), limit.to_string()),
            Threshold::AtLeast(limit) => (row.comparison, row.limit) = ("at_least".into(), limit.to_string()),
            Threshold::Relative(Comparison { versions, max_worse_pct }) => {
                row.comparison = "relative".into();
                (row.versions, row.worse_pct) = (versions.to_string(), max_worse_pct.to_string());
            }
        }
        row
    }
}

/// What can be judged: the value of the form and its words.
#[must_use]
pub fn subjects() -> Vec<(String, String)> {
    let metrics =
        METRICS.iter().map(|info| (format!("metric:{}", info.key), format!("{} ({})", info.label, info.unit)));
    let dimensions = Dimension::ALL
        .iter()
        .map(|dimension| (format!("dimension:{}", dimension.key()), format!("Score for {dimension}")));
    let overall = ("overall".to_owned(), "Overall score".to_owned());
    metrics.chain(dimensions).chain([overall]).collect()
}

/// The words of the golden path rule in the form.
pub const GOLDEN_PATHS: &[(GoldenPathRule, &str)] = &[
    (GoldenPathRule::Required, "required"),
    (GoldenPathRule::IfPresent, "if_present"),
    (GoldenPathRule::Warn, "warn"),
    (GoldenPathRule::Off, "off"),
];

const SEVERITIES: &[(Severity, &str)] = &[(Severity::Block, "block"), (Severity::Warn, "warn")];

fn word_of<T: PartialEq>(value: T, words: &[(T, &'static str)]) -> &'static str {
    words.iter().find(|(known, _)| *known == value).map_or("", |(_, word)| word)
}

/// Reads a choice; nothing chosen is the first.
fn read_word<T: Copy>(pointer: &str, typed: &str, words: &[(T, &str)], faults: &mut Faults) -> Option<T> {
    let found = words.iter().find(|(_, word)| *word == typed || typed.is_empty()).map(|(value, _)| *value);
    if found.is_none() {
        let allowed: Vec<_> = words.iter().map(|(_, word)| *word).collect();
        faults.add(pointer, format!("Allowed are {}.", allowed.join(", ")));
    }
    found
}

fn read_subject(typed: &str) -> Option<RuleSubject> {
    match typed.split_once(':') {
        Some(("metric", key)) => Some(RuleSubject::Metric(key.to_owned())),
        Some(("dimension", key)) => {
            Dimension::ALL.into_iter().find(|dimension| dimension.key() == key).map(RuleSubject::Dimension)
        }
        _ => (typed == "overall").then_some(RuleSubject::Overall(true)),
    }
}

/// An id that no rule before has, made from the subject.
fn fresh_id(subject: &RuleSubject, before: &[Rule]) -> String {
    let stem = match subject {
        RuleSubject::Metric(key) => key.as_str(),
        RuleSubject::Dimension(dimension) => dimension.key(),
        RuleSubject::Overall(_) => "overall",
    };
    let taken = |id: &str| before.iter().any(|rule| rule.id == id);
    if !taken(stem) {
        return stem.to_owned();
    }
    let numbered = (2..).map(|number: u32| format!("{stem}-{number}"));
    numbered.into_iter().find(|id| !taken(id)).unwrap_or_default()
}

/// The fields that can't be read.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, message: String) {
        self.0.push(FieldError { pointer: pointer.into(), message });
    }

    fn number(&mut self, pointer: &str, what: &str, typed: &str) -> Option<f64> {
        let read = typed.trim().parse().ok().filter(|value: &f64| value.is_finite());
        if read.is_none() {
            self.add(pointer, format!("{what} must be a number such as 500 or 0.5; {}.", typed_words(typed)));
        }
        read
    }

    fn whole(&mut self, pointer: String, what: &str, typed: &str) -> Option<u32> {
        let read = typed.trim().parse().ok();
        if read.is_none() {
            self.add(pointer, format!("{what} must be a whole number such as 3; {}.", typed_words(typed)));
        }
        read
    }
}

fn typed_words(typed: &str) -> String {
    match typed.trim() {
        "" => "you typed nothing".to_owned(),
        typed => format!("you typed {typed:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> PolicyDocument {
        let rule = |id: &str, subject, threshold| Rule {
            id: id.to_owned(),
            subject,
            threshold,
            severity: Severity::Warn,
            key: true,
            weight: 7,
        };
        PolicyDocument {
            name: "Release".to_owned(),
            decision: Decision::Total { min_pct: 87.5 },
            dry_run: true,
            golden_paths: GoldenPathRule::IfPresent,
            accept_imported: true,
            rules: vec![
                rule("p95", RuleSubject::Metric("latency.corrected.p95_ms".to_owned()), Threshold::AtMost(0.1)),
                rule("ux", RuleSubject::Dimension(Dimension::Ux), Threshold::AtLeast(70.0)),
                rule(
                    "all",
                    RuleSubject::Overall(true),
                    Threshold::Relative(Comparison { versions: 3, max_worse_pct: 12.5 }),
                ),
            ],
        }
    }

    #[test]
    fn a_document_comes_back_from_its_rows_unchanged() {
        let document = full();
        assert_eq!(PolicyForm::from(&document).document().unwrap(), document);
    }

    #[test]
    fn the_template_is_a_policy_that_the_core_accepts() {
        let document = PolicyForm::template().document().unwrap().parse().unwrap();
        assert_eq!(document.rules.len(), 3);
        assert_eq!(document.golden_paths, GoldenPathRule::Required);
        assert!(document.rules[0].key && document.rules[2].severity == Severity::Warn);
    }

    #[test]
    fn a_bad_number_is_named_and_what_was_typed_stays() {
        let mut form = PolicyForm::from(&full());
        form.min_pct = "most".into();
        form.rules[0].limit = "fast".into();
        form.rules[2].versions = "2.5".into();
        form.rules[2].worse_pct = String::new();
        let before = form.clone();
        let faults = form.document().unwrap_err();
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/min_pct", "/rules/0/limit", "/rules/2/versions", "/rules/2/worse_pct"]);
        assert!(faults[1].message.contains("\"fast\""), "{}", faults[1].message);
        assert_eq!(form, before);
    }

    #[test]
    fn rows_without_a_subject_say_nothing_and_ids_are_made() {
        let row = |subject: &str| RuleForm { subject: subject.into(), limit: "1".into(), ..RuleForm::fresh() };
        let form = PolicyForm {
            name: "x".into(),
            rules: vec![row("overall"), row(""), row("overall")],
            ..PolicyForm::default()
        };
        let ids: Vec<_> = form.document().unwrap().rules.into_iter().map(|rule| rule.id).collect();
        assert_eq!(ids, ["overall", "overall-2"]);
        // The second rule of the document is the third row.
        assert_eq!(form.pointer("/document/rules/1/weight"), "/rules/2/weight");
    }

    #[test]
    fn the_cores_pointers_lead_to_fields_of_the_form() {
        let form = PolicyForm::from(&full());
        let cases = [
            ("/document/name", "/name"),
            ("/document/decision/total/min_pct", "/min_pct"),
            ("/document/rules", "/rules"),
            ("/document/rules/0/threshold", "/rules/0/limit"),
            ("/document/rules/2/threshold/relative/versions", "/rules/2/versions"),
            ("/document/rules/2/threshold/relative/max_worse_pct", "/rules/2/worse_pct"),
            ("/document/rules/0/subject/metric", "/rules/0/subject"),
            ("/document/rules/1/id", "/rules/1/id"),
        ];
        for (pointer, field) in cases {
            assert_eq!(form.pointer(pointer), field);
        }
    }

    #[test]
    fn what_is_not_a_choice_is_refused() {
        let mut form = PolicyForm::template();
        form.golden_paths = "always".into();
        form.rules[0].subject = "dimension:speed".into();
        form.rules[1].severity = "shout".into();
        let pointers: Vec<_> = form.document().unwrap_err().into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/golden_paths", "/rules/0/subject", "/rules/1/severity"]);
    }
}
