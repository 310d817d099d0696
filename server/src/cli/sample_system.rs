//! `sbh sample-system`

use super::{FAILED, Failure, terminal};
use crate::serve::told_to_end;
use clap::{Args, builder::PossibleValuesParser};
use sbh_sample::{Config, DEFAULT_PORT, Knobs, knobs::PRESETS};
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpListener;

/// How the shop starts.
#[derive(Args)]
pub(super) struct Options {
    /// The port on which it listens; 0 lets the system choose
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The address on which it listens
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// The version that it starts as: 1.0.0 is slow, unprotected and charges wrong totals; 1.1.0 is sound
    #[arg(long, default_value = PRESETS[0], value_parser = PossibleValuesParser::new(PRESETS))]
    version: String,
    /// What its ownership file says
    #[arg(long)]
    verification: Option<String>,
    /// The token that its knobs ask for; better given by the variable, which no list of processes shows
    #[arg(long, env = "SAMPLE_KNOB_TOKEN", hide_env_values = true)]
    knob_token: Option<String>,
}

/// Serves the shop until the process is told to end.
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let knobs = Knobs::preset(&options.version).unwrap_or_default();
    let address = SocketAddr::new(options.host, options.port);
    let busy = |error| Failure::new(FAILED, format!("--port: {address} can't be listened on: {error}"));
    let listener = TcpListener::bind(address).await.map_err(busy)?;
    let bound = listener.local_addr().map_err(busy)?;
    if !bound.ip().is_loopback() && options.knob_token.is_none() {
        eprintln!("Whoever reaches {bound} may turn the knobs; SAMPLE_KNOB_TOKEN keeps them.");
    }
    let config = Config { knobs, knob_token: options.knob_token, verification_token: options.verification };
    let told = told_to_end();
    terminal::print(&welcome(&options.version, bound));
    sbh_sample::serve(listener, config, told).await.map_err(|error| Failure::new(FAILED, error))
}

fn welcome(version: &str, address: SocketAddr) -> String {
    format!(
        "The sample system {version} listens on http://{address}
  look at it      http://{address}/
  turn its knobs  http://{address}/admin
  measure it      sbh bench --url http://{address} --duration 10s
Ctrl-C ends it.
"
    )
}
