use super::import;
use crate::cli::hub_client::hub_url;
use clap::{ArgGroup, Args, Subcommand, ValueEnum, builder::PossibleValuesParser, value_parser};
use hub::{
    ids::EnvironmentId,
    lab::{
        BaselineRequest, BenchmarkRequest, BurstRequest, DEVICES, InteractionRequest, LoadModel, RequestLine,
        StepsRequest, read_interactions,
    },
    text,
};
use sbh_egress::{Guard, Policy};
use std::time::Duration;
use url::Url;

/// Range of an arrival rate in requests a second: a hub's.
const RATES: std::ops::RangeInclusive<f64> = 0.1..=50_000.0;
/// Most virtual users: the most that `BENCH_MAX_VUS` of a hub may say.
const MAX_VUS: i64 = 10_000;
/// Range of the measured time.
const DURATIONS: std::ops::RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(6 * 3600);
/// How long a step takes, with the second in which it settles.
const STEP: Duration = Duration::from_secs(3);
/// How long a burst takes with what is before and after it.
const BURST: Duration = Duration::from_secs(30);
/// How long rude clients take at most.
const RUDE: Duration = Duration::from_secs(40);
/// Longest warm-up: a hub's.
const MAX_WARM_UP: Duration = Duration::from_secs(60);

/// What to measure, and how.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    group(ArgGroup::new("target").required(true).args(["url", "hub"])),
    after_help = "Load goes only to systems that you own or may test."
)]
pub(in crate::cli) struct Options {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// Where the system answers; loopback and private addresses are allowed, cloud metadata never is
    #[arg(long, value_parser = target_url)]
    pub(super) url: Option<Url>,
    /// Another address, measured in turns with --url, so that a drift of this machine falls on both; the differences are
    /// printed. Needs at least 6 repetitions
    #[arg(long, value_name = "URL", value_parser = target_url, requires = "url")]
    pub(super) baseline: Option<Url>,
    /// Arrivals a second, 0.1 to 50000, whatever the system answers (open model) [default: 20]
    #[arg(long, value_parser = rate, conflicts_with = "vus")]
    rate: Option<f64>,
    /// Virtual users, 1 to 10000, each of whom waits for the answer (closed model)
    #[arg(long, value_parser = value_parser!(u32).range(1..=MAX_VUS))]
    vus: Option<u32>,
    /// How long to measure, 1s to 6h
    #[arg(long, default_value = "30s", value_parser = measured_time)]
    duration: Duration,
    /// How long to send load before measuring, 0s to 1m
    #[arg(long, default_value = "3s", value_parser = warm_up)]
    warm_up: Duration,
    /// How often the load is repeated, warm-up included, 1 to 100; comparisons of versions need at least 6
    #[arg(long, value_parser = value_parser!(u32).range(1..=100))]
    repetitions: Option<u32>,
    /// A path to request with GET, beginning with /; several paths share the load equally [default: the path of the URL]
    #[arg(long = "path", value_name = "PATH", value_parser = path)]
    paths: Vec<String>,
    /// After the load 1, 2, 4 and so on virtual users up to this many, 2 s each: how the system scales
    #[arg(long, value_name = "USERS", value_parser = value_parser!(u32).range(i64::from(StepsRequest::FEWEST_USERS)..=MAX_VUS))]
    steps: Option<u32>,
    /// After the load a burst of 5 s at this many times the rate, 1.5 to 100: how the system recovers
    #[arg(long, value_name = "TIMES", value_parser = multiple)]
    burst: Option<f64>,
    /// After the load a few clients that leave early, send slowly or read slowly: whether others are still served
    #[arg(long)]
    rude: bool,
    /// The HTTP version
    #[arg(long, value_enum, default_value_t)]
    http: Http,
    /// Opens the page in Chromium on this device as well; may be given more than once. The score is that of a phone
    #[arg(long = "device", value_name = "DEVICE", value_parser = PossibleValuesParser::new(DEVICES))]
    devices: Vec<String>,
    /// What a visitor does there then, such as "click #menu" or "type #q => oak"; may be given more than once. How soon the
    /// page shows that it took notice
    #[arg(long = "interact", value_name = "ACTION", requires = "devices", value_parser = interaction)]
    interactions: Vec<InteractionRequest>,
    /// The part of the product that this measures, as performance budgets name it; kept in the output as a label
    #[arg(long, value_enum)]
    pub(super) scope: Option<ProductScope>,
    /// What is deployed there now; needed with --hub
    #[arg(long, value_parser = version)]
    pub(super) version: Option<String>,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t)]
    pub(super) output: Output,
    /// Runs on this hub, with the API key in SBH_TOKEN (scopes lab:run and lab:read)
    #[arg(long, value_name = "URL", value_parser = hub_url, requires = "environment_id", requires = "version")]
    pub(super) hub: Option<Url>,
    /// The environment to measure, registered on the hub
    #[arg(long, value_name = "ID", requires = "hub")]
    pub(super) environment_id: Option<EnvironmentId>,
    /// Another environment on the hub, measured in turns with the first; the differences are printed
    #[arg(long, value_name = "ID", requires = "hub", requires = "baseline_version")]
    baseline_environment_id: Option<EnvironmentId>,
    /// What is deployed there now
    #[arg(long, requires = "baseline_environment_id", value_parser = version)]
    baseline_version: Option<String>,
    /// Reads the API key from the first line of standard input instead of SBH_TOKEN
    #[arg(long, requires = "hub")]
    pub(super) token_stdin: bool,
}

#[derive(Subcommand)]
pub(in crate::cli) enum Command {
    /// Imports what Lighthouse, k6, oha or JMeter measured, as a benchmark of a version on a hub
    Import(import::Options),
}

/// How to print the outcome.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(super) enum Output {
    #[default]
    Table,
    Json,
    Markdown,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Http {
    #[default]
    Auto,
    Http1,
    Http2,
}

/// The parts of a product that have performance budgets.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ProductScope {
    Builder,
    Preview,
    Brain,
    Modelops,
    Api,
}

impl ProductScope {
    /// Its name.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Builder => "builder",
            Self::Preview => "preview",
            Self::Brain => "brain",
            Self::Modelops => "modelops",
            Self::Api => "api",
        }
    }
}

impl Options {
    /// What a hub and the local lab are asked for.
    pub(super) fn request(&self) -> BenchmarkRequest {
        BenchmarkRequest {
            environment_id: self.environment_id,
            teardown_id: None,
            baseline: self
                .baseline_environment_id
                .zip(self.baseline_version.clone())
                .map(|(environment_id, version)| BaselineRequest { environment_id, version }),
            version: self.version.clone().unwrap_or_default(),
            model: self.model(),
            duration_s: Some(self.duration.as_secs_f64()),
            warm_up_s: Some(self.warm_up.as_secs_f64()),
            repetitions: self.repetitions,
            steps: self.steps(),
            burst: self.burst.map(BurstRequest::of),
            rude: self.rude,
            requests: self.paths.iter().map(|path| line(path)).collect(),
            http: Some(self.http.as_str().to_owned()),
            devices: self.devices.clone(),
            interactions: self.interactions.clone(),
        }
    }

    /// How long load will be sent.
    pub(super) fn load_time(&self) -> Duration {
        let steps = self.steps().map_or(0, |steps| steps.count());
        let burst = if self.burst.is_some() { BURST + self.warm_up } else { Duration::ZERO };
        let rude = if self.rude { RUDE } else { Duration::ZERO };
        let sides = if self.baseline.is_some() || self.baseline_environment_id.is_some() { 2 } else { 1 };
        (self.warm_up + self.duration) * self.repetitions.unwrap_or(1) * sides + (STEP * steps + burst + rude) * sides
    }

    fn steps(&self) -> Option<StepsRequest> {
        self.steps.map(|max_users| StepsRequest { max_users, step_s: Some(StepsRequest::DEFAULT_STEP_S) })
    }

    fn model(&self) -> LoadModel {
        match (self.vus, self.rate) {
            (Some(vus), _) => LoadModel::Closed { vus, think_time_s: 0.0 },
            (None, Some(rate)) => LoadModel::Open { rate, ramp_to: None },
            (None, None) => LoadModel::default(),
        }
    }
}

impl Http {
    fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Http1 => "http1",
            Self::Http2 => "http2",
        }
    }
}

fn line(path: &str) -> RequestLine {
    let (name, path) = (path.to_owned(), path.to_owned());
    RequestLine { name, method: None, path, headers: Default::default(), body: None, weight: None }
}

/// The guard for an address that whoever stands at the console typed: exactly its host may be loopback or private.
pub(super) fn guard(url: &Url) -> Guard {
    Guard::new(Policy::default()).allowing(url.host_str().unwrap_or_default())
}

fn target_url(text: &str) -> Result<Url, String> {
    let url =
        Url::parse(text.trim()).map_err(|_| "a complete address such as https://staging.example.com".to_owned())?;
    if url.fragment().is_some() {
        return Err("an address without a fragment".to_owned());
    }
    guard(&url).check_url(&url).map_err(|refusal| refusal.to_string())?;
    Ok(url)
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|rate| RATES.contains(rate));
    number.ok_or_else(|| format!("a number of requests a second, {} to {}", RATES.start(), RATES.end()))
}

fn multiple(text: &str) -> Result<f64, String> {
    let allowed = BurstRequest::LEAST_MULTIPLE..=BurstRequest::MOST_MULTIPLE;
    let number = text.parse().ok().filter(|multiple| allowed.contains(multiple));
    number.ok_or_else(|| format!("how many times the rate, {} to {}", allowed.start(), allowed.end()))
}

fn measured_time(text: &str) -> Result<Duration, String> {
    duration(text).filter(|time| DURATIONS.contains(time)).ok_or_else(|| "a time from 1s to 6h, such as 30s".to_owned())
}

fn warm_up(text: &str) -> Result<Duration, String> {
    duration(text).filter(|time| *time <= MAX_WARM_UP).ok_or_else(|| "a time from 0s to 1m, such as 3s".to_owned())
}

/// A number with a unit, or a number of seconds.
fn duration(text: &str) -> Option<Duration> {
    match text.parse() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => humantime::parse_duration(text).ok(),
    }
}

fn interaction(text: &str) -> Result<InteractionRequest, String> {
    let one = read_interactions(text).ok().and_then(|all| <[_; 1]>::try_from(all).ok());
    one.map(|[one]| one).ok_or_else(|| "click and a CSS selector, or type, a selector, => and a text".to_owned())
}

fn path(text: &str) -> Result<String, String> {
    let plain = text.starts_with('/') && !text.starts_with("//") && !text.contains(['#', ' ']) && text.is_ascii();
    let plain = plain && !text.chars().any(char::is_control);
    plain.then(|| text.to_owned()).ok_or_else(|| "a path that begins with one /, percent-encoded, without #".to_owned())
}

/// Reads the label of what is deployed.
pub(super) fn version(text: &str) -> Result<String, hub::Error> {
    text::version("/version", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit_or_are_seconds() {
        let read = |text| measured_time(text).ok().map(|time| time.as_millis());
        assert_eq!(["30s", "1m 30s", "2", "1.5"].map(read), [Some(30_000), Some(90_000), Some(2_000), Some(1_500)]);
        assert_eq!(["0.5", "7h", "soon", "-1", "nan", ""].map(read), [None; 6]);
        assert_eq!(warm_up("0s"), Ok(Duration::ZERO));
        assert!(warm_up("61s").is_err());
    }

    #[test]
    fn only_the_typed_host_may_be_private_and_metadata_never() {
        for allowed in
            ["http://127.0.0.1:4100", "http://localhost:4100/", "http://10.0.0.7", "https://example.com/a?b=c"]
        {
            assert!(target_url(allowed).is_ok(), "{allowed}");
        }
        let refused = [
            "http://169.254.169.254/latest/meta-data/",
            "http://[fd00:ec2::254]/",
            "ftp://127.0.0.1",
            "http://u:p@127.0.0.1",
            "127.0.0.1:4100",
            "http://127.0.0.1/#a",
        ];
        for refused in refused {
            assert!(target_url(refused).is_err(), "{refused}");
        }
        let url = Url::parse("http://127.0.0.1:4100").expect("an address");
        assert!(guard(&url).check_url(&Url::parse("http://10.0.0.1").expect("an address")).is_err());
    }
}
