//! What a newcomer types next.

use super::sample::{self, Ids};
use std::path::Path;

/// What a pipeline's key needs.
const SCOPES: &str = "systems:read,lab:read,lab:run,gates:read,gates:validate";

/// A load that stays valid on a busy machine too: one user waits for each answer, so no schedule can be missed.
const LOAD: &str = "--vus 1 --duration 10s";

/// The way to an owner.
pub(super) fn until_there_is_an_owner(folder: &Path, hub: &str) -> String {
    format!(
        "
The hub has no owner yet. In a first terminal:

  {enter}set -a; . ./.env; set +a
  sbh serve

Open {hub} and create the owner, or in a second terminal:

  {enter}set -a; . ./.env; set +a
  sbh init --email you@example.com --organisation 'Your team' --password-stdin

Then register the sample system:

  sbh bootstrap
",
        enter = enter(folder)
    )
}

/// The way to a blocked version and an allowed one.
pub(super) fn to_a_verdict(folder: &Path, hub: &str, ids: &Ids) -> String {
    let Ids { system, environment } = ids;
    let shop = sample::address();
    format!(
        "
Terminal 1, the hub at {hub}:

  {enter}set -a; . ./.env; set +a
  sbh serve

Terminal 2, the sample system at {shop}:

  sbh sample-system --version 1.0.0

Terminal 3, a key, then version 1.0.0, which is blocked:

  {enter}set -a; . ./.env; set +a
  export SBH_TOKEN=$(sbh keys create --name console --scopes {SCOPES})
  sbh bench --hub {hub} --environment-id {environment} --version 1.0.0 {LOAD}
  sbh gates --hub {hub} --system-id {system} --version 1.0.0

Terminal 2 again: Ctrl-C, then version 1.1.0

  sbh sample-system --version 1.1.0

Terminal 3 again: version 1.1.0 is allowed

  sbh bench --hub {hub} --environment-id {environment} --version 1.1.0 {LOAD}
  sbh gates --hub {hub} --system-id {system} --version 1.1.0
",
        enter = enter(folder)
    )
}

/// The line that leads to the project, unless one is there already.
fn enter(folder: &Path) -> String {
    if folder == Path::new(".") { String::new() } else { format!("cd '{}'\n  ", folder.display()) }
}
