//! The door to addresses that people typed: which guard judges a connection follows from who allowed what.

use sbh_egress::{Guard, Policy};

/// Makes guards. The policy of the configuration is the floor; an admin's allow for one environment adds its host.
#[derive(Clone)]
pub struct Egress {
    guard: Guard,
    loopback: bool,
}

impl Egress {
    /// A door that refuses every special-purpose address, but loopback where `allow_loopback` says so.
    pub fn new(allow_loopback: bool) -> Self {
        Self { guard: Guard::new(Policy { loopback: allow_loopback, ..Policy::default() }), loopback: allow_loopback }
    }

    /// The guard for an address without any allow of its own.
    pub fn guard(&self) -> Guard {
        self.guard.clone()
    }

    /// The guard for an environment whose private address an admin allowed.
    pub fn guard_allowing(&self, host: &str) -> Guard {
        self.guard.allowing(host)
    }

    /// Whether typed addresses may name this machine.
    pub fn allows_loopback(&self) -> bool {
        self.loopback
    }
}
