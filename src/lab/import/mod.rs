//! Results that other tools measured: Lighthouse, k6, oha and JMeter. They make a benchmark and a scorecard of their own,
//! marked as imported wherever they are shown or judged. What a file does not hold stays not measured.

mod model;
#[cfg(feature = "backend")]
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(all(test, feature = "backend"))]
mod tests;

#[cfg(feature = "backend")]
pub(super) use rules::imported_card;

pub use model::{Import, ImportedFile, NewImport, NewImportFile};
