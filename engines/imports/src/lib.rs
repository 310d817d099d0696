//! Reads the measurements and budgets that teams have already. Pure: bytes in, typed values or a precise error out.
//!
//! - [`measure`]: results of Lighthouse, k6, oha and JMeter.
//! - [`budgets`]: limits of Lighthouse's `budget.json`, Lighthouse CI and sitespeed.io.
//! - [`limits`]: how large a file and its parts may be.
//!
//! A figure that a file does not hold is absent and says why; none is made up. A figure that cannot be is an error
//! that names its place.

pub mod budgets;
mod error;
mod json;
pub mod limits;
pub mod measure;
mod text;

pub use error::{ImportError, Place};
