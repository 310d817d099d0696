//! How large a file and its parts may be. What is beyond is refused, never cut off.

/// The largest file of raw samples, in bytes.
pub const MAX_RAW_BYTES: usize = 256 * 1024 * 1024;
/// The largest JSON document, in bytes. A Lighthouse result with its pictures has about two million.
pub const MAX_DOCUMENT_BYTES: usize = 16 * 1024 * 1024;
/// The most values of a JSON document, counted by its commas.
pub const MAX_DOCUMENT_VALUES: usize = 1_000_000;
/// The most samples of a file.
pub const MAX_SAMPLES: u64 = 5_000_000;
/// The longest line of a file in lines, in bytes.
pub const MAX_LINE_BYTES: usize = 64 * 1024;
/// The longest text that is kept, such as a label or an address, in characters.
pub const MAX_TEXT_CHARS: usize = 2_000;
/// The most labels of one file: each has a histogram of its own.
pub const MAX_LABELS: usize = 300;
/// The deepest nesting of XML elements. JSON is bounded at 128 by serde_json.
pub const MAX_XML_DEPTH: usize = 32;
/// The longest latency, in milliseconds: a day.
pub const MAX_LATENCY_MS: f64 = 86_400_000.0;
/// The longest run, in seconds: a week.
pub const MAX_DURATION_S: f64 = 604_800.0;
/// The largest count, the largest integer below which all are exact as a double.
pub const MAX_COUNT: f64 = 9_007_199_254_740_992.0;
/// The most limits of a file of budgets.
pub const MAX_BUDGET_ENTRIES: usize = 5_000;
