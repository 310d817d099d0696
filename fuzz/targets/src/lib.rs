//! What is fuzzed: one function per kind of typed or fetched data. Each takes any bytes and must come back: no panic, no
//! hang, no memory out of proportion to its input. Where a parser promises more (what it accepted it accepts again, what was
//! written is read back), the function asserts it.
//!
//! libFuzzer calls them from `fuzz/fuzz_targets`; `tests/replay.rs` calls them with the corpus and with seeded mutations.

mod fetched;
mod openid;
mod proofs;
mod provisioning;
mod saml;
mod typed;

/// One kind of input.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: of the binary in `fuzz/fuzz_targets` and of the folder in `fuzz/corpus`.
    pub name: &'static str,
    /// What must come back.
    pub run: fn(&[u8]),
}

macro_rules! targets {
    ($($room:ident::$name:ident;)*) => {
        $(pub use $room::$name;)*
        /// Every target.
        pub const TARGETS: &[Target] = &[$(Target { name: stringify!($name), run: $room::$name }),*];
    };
}

targets! {
    typed::requests;
    typed::policies;
    typed::mixes;
    typed::addresses;
    typed::header_fields;
    typed::journeys;
    typed::load_plans;
    typed::timetables;
    fetched::pages;
    fetched::responses;
    fetched::cookies;
    fetched::certificates;
    fetched::protocol;
    fetched::measurements;
    fetched::budgets;
    fetched::histogram_logs;
    openid::oidc;
    proofs::packs;
    proofs::envelopes;
    proofs::checkpoints;
    proofs::keys;
    provisioning::scim;
    saml::saml;
}

/// The first byte as a choice, and the rest.
fn choice(data: &[u8]) -> (u8, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (*first, rest))
}
