//! Four load generators under one roof: how each is called and what it says.

use std::{fs, path::PathBuf, process::Command, process::Stdio, time::Duration};

use serde_json::{Value, json};

use super::{
    instance::{self, Seen},
    peers,
    process::{self, Core, on_core},
};
use crate::{
    children::Running,
    error::{Doing, Error},
    workspace::Workspace,
};

const BUILD_LIMIT: Duration = Duration::from_secs(45 * 60);
const TURN_MARGIN: Duration = Duration::from_secs(60);

/// A load generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Ours.
    Engine,
    Oha,
    /// oha with its own correction for coordinated omission.
    OhaCorrected,
    Wrk,
    Locust,
}

impl Tool {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Engine => "this engine",
            Self::Oha => "oha",
            Self::OhaCorrected => "oha --latency-correction",
            Self::Wrk => "wrk",
            Self::Locust => "Locust",
        }
    }
}

/// What a generator is asked for.
#[derive(Clone, Copy)]
pub struct Turn {
    pub port: u16,
    pub connections: u32,
    pub seconds: u32,
    /// Requests per second; as fast as possible without.
    pub rate: Option<f64>,
}

/// What a generator says.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub requests: f64,
    pub errors: f64,
    pub p99_ms: Option<f64>,
    /// Corrected for coordinated omission, where the tool tells both.
    pub corrected_p99_ms: Option<f64>,
    pub seconds: f64,
    pub cpu_s: f64,
}

impl Said {
    /// Requests per second.
    pub fn rate(&self) -> f64 {
        if self.seconds > 0.0 { self.requests / self.seconds } else { 0.0 }
    }

    /// Requests for each second of CPU time that the generator took: what it does with one whole core.
    pub fn per_core(&self) -> f64 {
        if self.cpu_s > 0.0 { self.requests / self.cpu_s } else { 0.0 }
    }

    pub fn json(&self) -> Value {
        json!({
            "requests": self.requests, "errors": self.errors, "seconds": self.seconds, "cpu_s": self.cpu_s,
            "p99_ms": self.p99_ms, "corrected_p99_ms": self.corrected_p99_ms,
        })
    }
}

/// Our program.
pub struct Generators<'a> {
    workspace: &'a Workspace,
    ours: PathBuf,
}

/// Ours and its peers.
pub struct WithPeers<'a> {
    generators: Generators<'a>,
    oha: PathBuf,
    wrk: PathBuf,
    locust: PathBuf,
}

impl<'a> Generators<'a> {
    /// Builds ours.
    pub fn ours_alone(workspace: &'a Workspace, is_trial: bool) -> Result<Self, Error> {
        Ok(Self { workspace, ours: program(workspace, "sbh-bench-load", is_trial)? })
    }

    /// Starts the server that costs nothing; its port and the process.
    pub fn serve(&self, arguments: &[String]) -> Result<(u16, Running), Error> {
        let port_file = self.workspace.scratch("performance")?.join("port");
        let file = fs::File::create(&port_file).doing(|| "creating the server's output".to_owned())?;
        let mut command = on_core(self.workspace, Core::Server, &self.ours);
        let running = self.workspace.children.spawn(command.arg("serve").args(arguments).stdout(Stdio::from(file)))?;
        for _ in 0..200 {
            let said = fs::read_to_string(&port_file).unwrap_or_default();
            if let Some(port) = said.strip_suffix('\n').and_then(|port| port.parse().ok()) {
                return Ok((port, running));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(Error::Failed("the bare server did not start".to_owned()))
    }

    /// Ours with a plan, on whatever core is free.
    pub fn run(&self, plan: &Value) -> Result<Command, Error> {
        let mut command = self.workspace.tool(&self.ours);
        command.arg("run").arg(self.plan_file(plan)?);
        Ok(command)
    }

    /// Ours.
    pub fn program(&self) -> &std::path::Path {
        &self.ours
    }

    /// Runs a plan to its end.
    pub fn load(&self, plan: &Value, seconds: u32) -> Result<Seen, Error> {
        let limit = Duration::from_secs(seconds.into()) + TURN_MARGIN;
        instance::seen(&process::run(self.workspace, &mut self.run(plan)?, limit)?.output)
    }

    fn plan_file(&self, plan: &Value) -> Result<PathBuf, Error> {
        let path = self.workspace.scratch("performance")?.join("plan.json");
        fs::write(&path, plan.to_string()).doing(|| "writing the plan".to_owned())?;
        Ok(path)
    }
}

impl<'a> WithPeers<'a> {
    /// Builds ours and brings the peers.
    pub fn ready(workspace: &'a Workspace, is_trial: bool) -> Result<Self, Error> {
        Ok(Self {
            oha: peers::oha(workspace)?,
            wrk: peers::wrk(workspace)?,
            locust: peers::locust(workspace)?,
            generators: Generators::ours_alone(workspace, is_trial)?,
        })
    }

    /// Starts the server that costs nothing; its port and the process.
    pub fn serve(&self, arguments: &[String]) -> Result<(u16, Running), Error> {
        self.generators.serve(arguments)
    }

    /// Lets one generator have its turn.
    pub fn turn(&self, tool: Tool, turn: Turn) -> Result<Said, Error> {
        let mut command = match tool {
            Tool::Engine => self.engine(turn)?,
            Tool::Oha | Tool::OhaCorrected => self.oha(tool, turn),
            Tool::Wrk => self.wrk(turn),
            Tool::Locust => self.locust(turn),
        };
        let limit = Duration::from_secs(turn.seconds.into()) + TURN_MARGIN;
        let ran = process::run(self.generators.workspace, &mut command, limit)?;
        let said = match tool {
            Tool::Engine => said_by_engine(&ran.output),
            Tool::Oha | Tool::OhaCorrected => said_by_oha(&ran.output),
            Tool::Wrk => said_by_wrk(&ran.output),
            Tool::Locust => said_by_locust(&ran.output),
        };
        let said =
            said.ok_or_else(|| Error::Failed(format!("{} said nothing that is known:\n{}", tool.name(), ran.output)))?;
        Ok(Said { seconds: turn.seconds.into(), cpu_s: ran.cpu_s, ..said })
    }

    fn engine(&self, turn: Turn) -> Result<Command, Error> {
        let model = match turn.rate {
            None => json!({ "closed": { "vus": turn.connections, "duration_s": turn.seconds } }),
            Some(rate) => json!({ "open": {
                "stages": [{ "from_rate": rate, "to_rate": rate, "duration_s": turn.seconds }],
                "connections": turn.connections,
            } }),
        };
        let base = format!("http://127.0.0.1:{}/", turn.port);
        let plan = json!({ "base": base, "model": model, "worker_threads": 1 });
        let mut command = on_core(self.generators.workspace, Core::Generator, &self.generators.ours);
        command.arg("run").arg(self.generators.plan_file(&plan)?);
        Ok(command)
    }

    fn oha(&self, tool: Tool, turn: Turn) -> Command {
        let mut command = on_core(self.generators.workspace, Core::Generator, &self.oha);
        command.args(["--no-tui", "--output-format", "json", "--no-color"]);
        command.args(["-z", &format!("{}s", turn.seconds), "-c", &turn.connections.to_string()]);
        if let Some(rate) = turn.rate {
            command.args(["-q", &rate.to_string()]);
        }
        if tool == Tool::OhaCorrected {
            command.arg("--latency-correction");
        }
        command.arg(format!("http://127.0.0.1:{}/", turn.port));
        command
    }

    /// wrk has no rate: it sends as fast as it is answered.
    fn wrk(&self, turn: Turn) -> Command {
        let mut command = on_core(self.generators.workspace, Core::Generator, &self.wrk);
        command.args(["--latency", "-t", "1", "-c", &turn.connections.to_string()]);
        command.args(["-d", &format!("{}s", turn.seconds), "--timeout", "10s"]);
        command.arg(format!("http://127.0.0.1:{}/", turn.port));
        command
    }

    fn locust(&self, turn: Turn) -> Command {
        let users = turn.connections.to_string();
        let mut command = on_core(self.generators.workspace, Core::Generator, &self.locust);
        command.args(["--headless", "--json", "--only-summary", "--loglevel", "ERROR", "--locustfile"]);
        command.args(["bench/locust/locustfile.py", "--users", &users, "--spawn-rate", &users]);
        command.args(["--run-time", &format!("{}s", turn.seconds)]);
        command.args(["--host", &format!("http://127.0.0.1:{}", turn.port)]);
        if let Some(rate) = turn.rate {
            command.env("RATE_PER_USER", (rate / f64::from(turn.connections)).to_string());
        }
        command
    }
}

/// Builds one program of the workspace with the release profile; a trial takes the development build. The whole workspace is selected for the same reason as in
/// `build::server`.
pub fn program(workspace: &Workspace, name: &str, is_trial: bool) -> Result<PathBuf, Error> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--workspace", "--bin", name]);
    if !is_trial {
        cargo.arg("--release");
    }
    if !workspace.children.run(&mut cargo, BUILD_LIMIT)?.success() {
        return Err(Error::Failed(format!("{name} did not compile")));
    }
    Ok(workspace.binary(!is_trial).with_file_name(name))
}

fn said_by_engine(output: &str) -> Option<Said> {
    let said: Value = serde_json::from_str(output).ok()?;
    Some(Said {
        requests: said["requests"].as_f64()?,
        errors: said["errors"].as_f64()? + said["dropped"].as_f64()?,
        p99_ms: said["raw"]["p99_ms"].as_f64(),
        corrected_p99_ms: said["corrected"]["p99_ms"].as_f64(),
        ..Said::default()
    })
}

fn said_by_oha(output: &str) -> Option<Said> {
    let said: Value = serde_json::from_str(output).ok()?;
    let sum = |counts: &Value, skip: &str| -> Option<f64> {
        let counts = counts.as_object()?.iter().filter(|(name, _)| skip.is_empty() || !name.contains(skip));
        counts.map(|(_, count)| count.as_f64()).sum()
    };
    Some(Said {
        requests: sum(&said["statusCodeDistribution"], "")?,
        // What runs when the time is over is broken off, which is no failure of anybody.
        errors: sum(&said["errorDistribution"], "deadline")?,
        p99_ms: said["latencyPercentiles"]["p99"].as_f64().map(|seconds| seconds * 1e3),
        ..Said::default()
    })
}

fn said_by_wrk(output: &str) -> Option<Said> {
    let line = |word: &str| output.lines().map(str::trim).find(|line| line.contains(word));
    let counted = |text: &str| -> f64 {
        let numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<f64>().ok());
        numbers.sum()
    };
    Some(Said {
        requests: line(" requests in ")?.split(' ').next()?.parse().ok()?,
        errors: line("Socket errors").map_or(0.0, counted) + line("Non-2xx").map_or(0.0, counted),
        p99_ms: line("99%").and_then(|line| line.split_whitespace().nth(1)).and_then(wrk_ms),
        ..Said::default()
    })
}

/// `1.23ms`, `870.00us` or `1.02s`.
fn wrk_ms(text: &str) -> Option<f64> {
    let units = [("us", 1e-3), ("ms", 1.0), ("s", 1e3)];
    let (number, factor) = units.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    Some(number.parse::<f64>().ok()? * factor)
}

fn said_by_locust(output: &str) -> Option<Said> {
    let begin = output.find("[\n").or_else(|| output.find('['))?;
    let said: Value = serde_json::from_str(output[begin..].trim()).ok()?;
    let entry = said.as_array()?.first()?;
    let mut times: Vec<(f64, f64)> = entry["response_times"]
        .as_object()?
        .iter()
        .filter_map(|(ms, count)| Some((ms.parse().ok()?, count.as_f64()?)))
        .collect();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all: f64 = times.iter().map(|(_, count)| count).sum();
    let mut seen = 0.0;
    let p99 = times.iter().find(|(_, count)| {
        seen += count;
        seen >= all * 0.99
    });
    Some(Said {
        requests: entry["num_requests"].as_f64()?,
        errors: entry["num_failures"].as_f64()?,
        p99_ms: p99.map(|(ms, _)| *ms),
        ..Said::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrk_is_understood() {
        let output = "Running 5s test\n  Latency Distribution\n     50%  870.00us\n     99%    1.25ms\n  \
                      20012 requests in 5.00s, 2.0MB read\n  Socket errors: connect 0, read 2, write 1, timeout 4\n\
                      Requests/sec:   4002.40\n";
        let said = said_by_wrk(output).unwrap();
        assert_eq!((said.requests, said.errors, said.p99_ms), (20_012.0, 7.0, Some(1.25)));
        assert_eq!((wrk_ms("870.00us"), wrk_ms("1.5s"), wrk_ms("-")), (Some(0.87), Some(1500.0), None));
    }

    #[test]
    fn oha_is_understood_and_what_its_deadline_breaks_off_is_no_error() {
        let output = r#"{"statusCodeDistribution": {"200": 99, "500": 1}, "latencyPercentiles": {"p99": 0.0123},
            "errorDistribution": {"aborted due to deadline": 64, "connection refused": 2}}"#;
        let said = said_by_oha(output).unwrap();
        assert_eq!((said.requests, said.errors, said.p99_ms), (100.0, 2.0, Some(12.3)));
    }

    #[test]
    fn locust_is_understood_whatever_it_prints_before() {
        let output = "note\n[\n {\"num_requests\": 100, \"num_failures\": 0, \"response_times\": {\"2.0\": 98, \"2000.0\": 2}}\n]\n";
        let said = said_by_locust(output).unwrap();
        assert_eq!((said.requests, said.p99_ms), (100.0, Some(2000.0)));
    }

    #[test]
    fn the_engine_is_understood() {
        let output =
            r#"{"requests": 10, "errors": 1, "dropped": 2, "raw": {"p99_ms": 1.5}, "corrected": {"p99_ms": 9.0}}"#;
        let said = said_by_engine(output).unwrap();
        assert_eq!((said.errors, said.p99_ms, said.corrected_p99_ms), (3.0, Some(1.5), Some(9.0)));
    }
}
