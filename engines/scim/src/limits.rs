//! How large a request and its parts may be. What is beyond is refused, never cut off.

/// The largest body, in bytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
/// The longest text of an attribute, in characters.
pub const MAX_TEXT_CHARS: usize = 1_024;
/// The most values of a multi-valued attribute other than `members`.
pub const MAX_VALUES: usize = 32;
/// The most members that one request may name.
pub const MAX_MEMBERS: usize = 10_000;
/// The longest filter, in bytes.
pub const MAX_FILTER_BYTES: usize = 2_048;
/// The longest path of a patch, in bytes.
pub const MAX_PATH_BYTES: usize = 512;
/// How deep a filter may nest parentheses and value filters.
pub const MAX_FILTER_DEPTH: usize = 20;
/// The most operations of one patch, after an operation without a path was split by its attributes.
pub const MAX_OPERATIONS: usize = 1_000;
/// The most operations of a user's patch whose path has a filter: each is asked of every value.
pub const MAX_FILTERED_OPERATIONS: usize = 100;
/// The most attributes that a projection may name.
pub const MAX_PROJECTED: usize = 50;
/// How many resources a page has when the client names no number.
pub const DEFAULT_COUNT: usize = 100;
/// The most resources of one page.
pub const MAX_COUNT: usize = 200;
