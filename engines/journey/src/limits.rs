//! How much one journey may ask for.

use std::time::Duration;

/// The longest source text, in bytes.
pub const MAX_SOURCE: usize = 256 * 1024;
/// The deepest nesting of brackets and braces. The grammar is parsed by recursion, so depth is stack.
pub const MAX_DEPTH: usize = 100;
/// The most requests of one journey: repetitions times attempts, over all entries. Redirects count separately.
pub const MAX_REQUESTS: u64 = 1_000;
/// The longest `delay` and `retry-interval`. A pause cannot be interrupted, so this is also how long a cancelled journey's thread may live.
pub const MAX_PAUSE: Duration = Duration::from_secs(60);
/// The most redirects that one request follows; the default of Hurl and curl.
pub const MAX_REDIRECTS: u64 = 50;
