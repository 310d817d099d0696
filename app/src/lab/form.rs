//! What the form of a new benchmark sends, and how it is read.

#[cfg(any(feature = "ssr", test))]
use hub::{
    Error, Result,
    error::{Faults, FieldError},
    ids::EnvironmentId,
    lab::{
        BaselineRequest, BenchmarkRequest, BurstRequest, LoadModel, RequestLine, StepsRequest, read_interactions,
        read_mix,
    },
};
use serde::{Deserialize, Serialize};

/// The form as it was typed. Numbers are text, so that a wrong one gets a message beside its field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunForm {
    /// The environment's id.
    pub environment: String,
    /// What is deployed there now.
    pub version: String,
    /// The id of the environment that it is measured in turns with; none when empty.
    pub baseline: String,
    /// What is deployed there now.
    pub baseline_version: String,
    /// `open` or `closed`.
    pub model: String,
    /// Arrivals a second.
    pub rate: String,
    /// Arrivals a second at the end; empty for a constant rate.
    pub ramp_to: String,
    /// Virtual users.
    pub vus: String,
    /// Pause of a virtual user, in seconds.
    pub think_time_s: String,
    /// Measured seconds.
    pub duration_s: String,
    /// Seconds of load before the measurement.
    pub warm_up_s: String,
    /// How often the load is repeated; once when empty.
    pub repetitions: String,
    /// The users of the last step of a stepped load; none when empty.
    pub steps: String,
    /// How many times the usual rate a burst is; none when empty.
    pub burst: String,
    /// `true` for a visit by rude clients.
    pub rude: String,
    /// `auto`, `http1` or `http2`.
    pub http: String,
    /// Lines of `name weight METHOD /path`.
    pub mix: String,
    /// The devices of the browser audits, with commas between.
    pub devices: String,
    /// Lines of `click SELECTOR` or `type SELECTOR => TEXT`.
    pub interactions: String,
}

#[cfg(any(feature = "ssr", test))]
impl RunForm {
    /// The benchmark that was asked for, and the lines on which the requests of its mix stand.
    ///
    /// # Errors
    /// Invalid, by the names of the form's fields.
    pub fn parse(&self) -> Result<(BenchmarkRequest, Vec<u64>)> {
        let mut faults = Faults::default();
        let environment = self.environment.parse::<EnvironmentId>().ok();
        if environment.is_none() {
            faults.add("/environment", "Choose an environment.");
        }
        let baseline = self.baseline(&mut faults);
        let model = self.model(&mut faults);
        let duration_s = number(&mut faults, "/duration_s", "Duration", &self.duration_s);
        let warm_up_s = number(&mut faults, "/warm_up_s", "Warm-up", &self.warm_up_s);
        let repetitions = self.repetitions.trim();
        let times = repetitions.parse().ok();
        if times.is_none() && !repetitions.is_empty() {
            faults.add("/repetitions", "Repetitions must be a whole number.");
        }
        let steps = self.steps.trim();
        let max_users = steps.parse().ok();
        if max_users.is_none() && !steps.is_empty() {
            faults.add("/steps", "Users of the last step must be a whole number.");
        }
        let multiple = number(&mut faults, "/burst", "Burst", &self.burst);
        let mix = faults.keep(read_mix(&self.mix)).unwrap_or_default();
        let interactions = faults.keep(read_interactions(&self.interactions)).unwrap_or_default();
        faults.finish()?;
        let (lines, requests) = mix.into_iter().unzip();
        let request = BenchmarkRequest {
            environment_id: environment,
            teardown_id: None,
            version: self.version.clone(),
            model,
            duration_s,
            warm_up_s,
            repetitions: times,
            baseline,
            steps: max_users.map(|max_users| StepsRequest { max_users, step_s: None }),
            burst: multiple.map(BurstRequest::of),
            rude: self.rude == "true",
            requests,
            http: Some(self.http.clone()).filter(|http| !http.is_empty()),
            devices: self.devices.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            interactions,
        };
        Ok((request, lines))
    }

    /// The form as a new benchmark's page shows it first.
    pub fn first(max_vus: u32, max_duration_s: f64) -> Self {
        Self {
            model: "open".to_owned(),
            rate: "20".to_owned(),
            vus: 10.min(max_vus).to_string(),
            think_time_s: "0".to_owned(),
            duration_s: BenchmarkRequest::DEFAULT_DURATION_S.min(max_duration_s).to_string(),
            warm_up_s: BenchmarkRequest::DEFAULT_WARM_UP_S.to_string(),
            repetitions: "1".to_owned(),
            http: "auto".to_owned(),
            ..Self::default()
        }
    }

    /// The form that asks for the same as a benchmark before it; what that one left out is as in `self`.
    pub fn like(self, request: &BenchmarkRequest) -> Self {
        let told = |value: Option<f64>, usual: String| value.map_or(usual, |value| value.to_string());
        let form = match request.model {
            LoadModel::Open { rate, ramp_to } => {
                Self { model: "open".to_owned(), rate: rate.to_string(), ramp_to: told(ramp_to, String::new()), ..self }
            }
            LoadModel::Closed { vus, think_time_s } => Self {
                model: "closed".to_owned(),
                vus: vus.to_string(),
                think_time_s: think_time_s.to_string(),
                ..self
            },
        };
        Self {
            environment: request.environment_id.map(|id| id.to_string()).unwrap_or_default(),
            version: request.version.clone(),
            duration_s: told(request.duration_s, form.duration_s),
            warm_up_s: told(request.warm_up_s, form.warm_up_s),
            repetitions: request.repeated().to_string(),
            baseline: request.baseline.as_ref().map(|it| it.environment_id.to_string()).unwrap_or_default(),
            baseline_version: request.baseline.as_ref().map(|it| it.version.clone()).unwrap_or_default(),
            steps: request.steps.map(|steps| steps.max_users.to_string()).unwrap_or_default(),
            burst: told(request.burst.map(|burst| burst.multiple), String::new()),
            rude: if request.rude { "true".to_owned() } else { String::new() },
            http: request.http.clone().unwrap_or(form.http),
            mix: request.requests.iter().map(mix_line).collect(),
            devices: request.devices.join(","),
            interactions: request.interactions.iter().map(|it| it.line() + "\n").collect(),
            ..form
        }
    }

    fn baseline(&self, faults: &mut Faults) -> Option<BaselineRequest> {
        if self.baseline.is_empty() {
            return None;
        }
        let environment = self.baseline.parse::<EnvironmentId>().ok();
        if environment.is_none() {
            faults.add("/baseline", "Choose an environment.");
        }
        Some(BaselineRequest { environment_id: environment?, version: self.baseline_version.clone() })
    }

    fn model(&self, faults: &mut Faults) -> LoadModel {
        if self.model == "closed" {
            let vus = self.vus.trim().parse().ok();
            if vus.is_none() {
                faults.add("/vus", "Virtual users must be a whole number.");
            }
            let think_time = number(faults, "/think_time_s", "Think time", &self.think_time_s);
            return LoadModel::Closed { vus: vus.unwrap_or_default(), think_time_s: think_time.unwrap_or_default() };
        }
        let rate = number(faults, "/rate", "Rate", &self.rate);
        if rate.is_none() && self.rate.trim().is_empty() {
            faults.add("/rate", "An open model needs a rate.");
        }
        let ramp_to = number(faults, "/ramp_to", "Rate at the end", &self.ramp_to);
        LoadModel::Open { rate: rate.unwrap_or_default(), ramp_to }
    }
}

/// A request as the form's mix has it.
#[cfg(any(feature = "ssr", test))]
fn mix_line(request: &RequestLine) -> String {
    let (weight, method) = (request.weight.unwrap_or(1), request.method.as_deref().unwrap_or("GET"));
    format!("{} {weight} {method} {}\n", request.name, request.path)
}

/// Whether the form's lines can't hold all of a mix: header fields, bodies, and names with spaces.
#[cfg(any(feature = "ssr", test))]
pub fn loses(requests: &[RequestLine]) -> bool {
    let lost = |it: &RequestLine| !it.headers.is_empty() || it.body.is_some() || it.name.contains(char::is_whitespace);
    requests.iter().any(lost)
}

/// A number that may be left out.
#[cfg(any(feature = "ssr", test))]
fn number(faults: &mut Faults, pointer: &str, label: &str, text: &str) -> Option<f64> {
    let text = text.trim();
    let value = text.parse().ok().filter(|value: &f64| value.is_finite());
    if value.is_none() && !text.is_empty() {
        faults.add(pointer, format!("{label} must be a number, such as 20 or 0.5."));
    }
    value
}

/// The core's refusal by the names of the form's fields. `lines` are those of the mix.
#[cfg(any(feature = "ssr", test))]
pub fn by_field(error: Error, lines: &[u64]) -> Error {
    if error.fields().is_empty() {
        return error;
    }
    Error::invalid_fields(error.fields().iter().map(|fault| place(fault, lines)).collect())
}

#[cfg(any(feature = "ssr", test))]
fn place(fault: &FieldError, lines: &[u64]) -> FieldError {
    let parts: Vec<&str> = fault.pointer.split('/').skip(1).collect();
    let field = match parts[..] {
        ["environment_id" | "teardown_id" | "base", ..] => "environment",
        ["model", "stages", _, "from_rate"] => "rate",
        ["model", "stages", _, "to_rate"] => "ramp_to",
        ["baseline", "version"] => "baseline_version",
        ["baseline", ..] => "baseline",
        ["requests", at, field] => return in_mix(fault, at, field, lines),
        ["requests", ..] => "mix",
        ["model", .., field] => field,
        ["steps", ..] => "steps",
        ["burst", ..] => "burst",
        ["rude", ..] => "rude",
        ["interactions", ..] => "interactions",
        _ => return fault.clone(),
    };
    FieldError { pointer: format!("/{field}"), message: fault.message.clone() }
}

/// A fault of one request of the mix, by its line.
#[cfg(any(feature = "ssr", test))]
fn in_mix(fault: &FieldError, at: &str, field: &str, lines: &[u64]) -> FieldError {
    let line = at.parse().ok().and_then(|at: usize| lines.get(at));
    // The load engine begins its sentences with the field's path, which nobody typed here.
    let words = match fault.message.strip_prefix("requests[").and_then(|rest| rest.split_once(' ')) {
        Some((_, allowed)) => format!("the {field} {allowed}."),
        None => fault.message.clone(),
    };
    let message = line.map_or_else(|| words.clone(), |line| format!("Line {line}: {words}"));
    FieldError { pointer: "/mix".to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub::lab::InteractionRequest;

    fn form() -> RunForm {
        RunForm {
            environment: "0198c0de-0000-7000-8000-000000000001".to_owned(),
            version: "1.4.0".to_owned(),
            model: "open".to_owned(),
            rate: "50".to_owned(),
            ..RunForm::default()
        }
    }

    fn faults(form: &RunForm) -> Vec<(String, String)> {
        let error = form.parse().unwrap_err();
        error.fields().iter().map(|fault| (fault.pointer.clone(), fault.message.clone())).collect()
    }

    #[test]
    fn what_is_left_out_is_left_to_the_core() {
        let (request, lines) = form().parse().unwrap();
        assert_eq!(request.model, LoadModel::Open { rate: 50.0, ramp_to: None });
        assert_eq!((request.duration_s, request.warm_up_s, request.http), (None, None, None));
        assert!(request.requests.is_empty() && lines.is_empty());
    }

    #[test]
    fn the_chosen_model_alone_is_read() {
        let closed = RunForm {
            model: "closed".to_owned(),
            rate: "fast".to_owned(),
            vus: "12".to_owned(),
            think_time_s: "0.5".to_owned(),
            ..form()
        };
        assert_eq!(closed.parse().unwrap().0.model, LoadModel::Closed { vus: 12, think_time_s: 0.5 });
        let pointers: Vec<_> =
            faults(&RunForm { model: "open".to_owned(), ..closed }).into_iter().map(|it| it.0).collect();
        assert_eq!(pointers, ["/rate"]);
    }

    #[test]
    fn every_wrong_number_is_named_at_once() {
        let wrong = RunForm {
            environment: String::new(),
            rate: String::new(),
            ramp_to: "x".to_owned(),
            duration_s: "NaN".to_owned(),
            ..form()
        };
        let pointers: Vec<_> = faults(&wrong).into_iter().map(|it| it.0).collect();
        assert_eq!(pointers, ["/environment", "/rate", "/ramp_to", "/duration_s"]);
    }

    #[test]
    fn the_form_like_a_benchmark_asks_for_the_same() {
        let line = RequestLine {
            name: "cart".to_owned(),
            method: Some("POST".to_owned()),
            path: "/cart?x=1".to_owned(),
            headers: std::collections::BTreeMap::new(),
            body: None,
            weight: Some(3),
        };
        let open = BenchmarkRequest {
            environment_id: form().environment.parse().ok(),
            version: "2".to_owned(),
            model: LoadModel::Open { rate: 12.5, ramp_to: Some(80.0) },
            duration_s: Some(7.5),
            warm_up_s: Some(0.0),
            repetitions: Some(5),
            baseline: Some(BaselineRequest {
                environment_id: "0198c0de-0000-7000-8000-000000000002".parse().unwrap(),
                version: "1.3.9".to_owned(),
            }),
            steps: Some(StepsRequest { max_users: 16, step_s: None }),
            burst: Some(BurstRequest::of(4.0)),
            rude: true,
            requests: vec![line.clone(), RequestLine { name: "home".to_owned(), ..line.clone() }],
            http: Some("http2".to_owned()),
            devices: vec!["mobile".to_owned(), "desktop".to_owned()],
            interactions: vec![InteractionRequest { selector: "#q".to_owned(), text: Some("oak => tea".to_owned()) }],
            ..BenchmarkRequest::default()
        };
        let closed = BenchmarkRequest {
            model: LoadModel::Closed { vus: 7, think_time_s: 0.25 },
            requests: Vec::new(),
            ..open.clone()
        };
        for request in [open, closed] {
            assert_eq!(RunForm::first(200, 120.0).like(&request).parse().unwrap().0, request);
        }
        assert!(!loses(std::slice::from_ref(&line)));
        assert!(loses(&[RequestLine { body: Some("x".to_owned()), ..line.clone() }]));
        assert!(loses(&[RequestLine { name: "the cart".to_owned(), ..line }]));
    }

    #[test]
    fn refusals_of_the_core_stand_beside_the_fields_of_the_form() {
        let cases = [
            ("/environment_id", "There is no such environment.", "/environment", "There is no such environment."),
            ("/baseline/environment_id", "Another one.", "/baseline", "Another one."),
            ("/baseline/version", "Name it.", "/baseline_version", "Name it."),
            ("/model/rate", "Rate must be …", "/rate", "Rate must be …"),
            ("/model/stages/0/to_rate", "must", "/ramp_to", "must"),
            ("/model/think_time_s", "must", "/think_time_s", "must"),
            ("/duration_s", "must", "/duration_s", "must"),
            (
                "/requests/1/path",
                "requests[1].path must start with exactly one /",
                "/mix",
                "Line 7: the path must start with exactly one /.",
            ),
            ("/requests/0/name", "Each request needs a name.", "/mix", "Line 4: Each request needs a name."),
            ("/requests", "At most 50.", "/mix", "At most 50."),
        ];
        for (pointer, message, field, told) in cases {
            let moved = by_field(Error::invalid(pointer, message), &[4, 7]);
            assert_eq!((moved.fields()[0].pointer.as_str(), moved.fields()[0].message.as_str()), (field, told));
        }
        let conflict = by_field(Error::conflict("Busy."), &[]);
        assert_eq!(conflict.message(), "Busy.");
    }
}
