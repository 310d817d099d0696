//! PgBouncer in transaction mode between the hub and PostgreSQL: connections change hands between transactions.

use crate::{
    interleaved::{FIVE_CONNECTIONS, nothing_leaks},
    support::{Backend, TestHub},
};
use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    process::Stdio,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};
use url::Url;

/// PgBouncer as a process, in front of one database. Dropping it ends it.
struct Bouncer {
    port: u16,
    _process: Child,
    _folder: TempDir,
}

impl Bouncer {
    async fn in_front_of(database: &Url) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pgbouncer.ini");
        let (host, server) = (database.host_str().unwrap(), database.port().unwrap_or(5432));
        let password = database.password().map(|password| format!(" password={password}")).unwrap_or_default();
        let settings = format!(
            "[databases]\n* = host={host} port={server} user={}{password}\n\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 5\n\
             max_client_conn = 100\nignore_startup_parameters = extra_float_digits\n\
             server_reset_query = DEALLOCATE ALL\nserver_reset_query_always = 1\n",
            database.username(),
        );
        fs::write(&file, settings).unwrap();
        let mut bouncer = Command::new("pgbouncer");
        // It does not run as root; its settings are read before it becomes somebody else.
        if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
            bouncer.args(["-u", "nobody"]);
        }
        bouncer.arg(&file).kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = bouncer.spawn().expect("Debian's package pgbouncer is there; `cargo xtask test` installs it");
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        loop {
            let line = log.next_line().await.unwrap();
            let line = line.unwrap_or_else(|| panic!("pgbouncer ended: {}", said.join("\n")));
            if line.contains("process up") {
                break;
            }
            said.push(line);
        }
        // What it says later must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        Self { port, _process: process, _folder: folder }
    }

    /// The address of a database through it. Debian's PgBouncer keeps no prepared statements from one transaction to the next.
    fn way_to(&self, database: &str) -> String {
        let mut url = Url::parse(database).unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(self.port)).unwrap();
        url.query_pairs_mut().append_pair("statement-cache-capacity", "0");
        url.into()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaks_through_a_pool_of_transactions() {
    let server = Url::parse(&crate::support::superuser()).unwrap();
    let bouncer = Bouncer::in_front_of(&server).await;
    let hub = TestHub::start_through(Backend::Postgres, &FIVE_CONNECTIONS, |database| bouncer.way_to(database)).await;
    nothing_leaks(hub).await;
}
