//! How large a message and its parts may be. What is larger is refused before it is read any further.

use chrono::TimeDelta;

/// Largest message after base64 and inflation, in bytes. A response with a thousand groups has about 150 kB.
pub const MAX_MESSAGE_BYTES: usize = 512 * 1024;
/// Largest metadata, in bytes: an identity provider's own has about 10 kB, that of a small federation fits as well.
pub const MAX_METADATA_BYTES: usize = 2 * 1024 * 1024;
/// Deepest nesting of elements; a response with an encrypted assertion needs about 12.
pub const MAX_DEPTH: usize = 64;
/// Most nodes (elements and pieces of text) of a message. A response with a thousand groups has about 4,000.
pub const MAX_MESSAGE_NODES: u32 = 20_000;
/// Most nodes of metadata.
pub const MAX_METADATA_NODES: u32 = 100_000;
/// Most namespace prefixes. For every element that declares one, roxmltree compares each that holds there with every other:
/// 73 kB with 2,000 of them took it more than a minute.
pub const MAX_PREFIXES: usize = 64;
/// Most attributes of an element: parsers compare each with every other.
pub const MAX_ATTRIBUTES: usize = 500;
/// Most signing certificates of an identity provider: each is tried in turn.
pub const MAX_CERTIFICATES: usize = 8;
/// Longest name identifier in characters; persistent ones have 256 at most (SAML Core 8.3.7).
pub const MAX_NAME_ID_CHARS: usize = 1_024;
/// Longest relay state in bytes (SAML Bindings 3.4.3 and 3.5.3).
pub const MAX_RELAY_STATE_BYTES: usize = 80;
/// Smallest RSA key in bits (NIST SP 800-131A).
pub const MIN_RSA_BITS: u32 = 2_048;
/// How long a logout request without an end is taken, from when it was issued.
pub const LOGOUT_VALIDITY: TimeDelta = TimeDelta::minutes(5);
/// Largest difference of clocks that is tolerated; a caller that asks for more gets this.
pub const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);
