//! The distributions that tests and intervals refer to.
//!
//! Densities of counts follow Catherine Loader, Fast and Accurate Computation of Binomial Probabilities (2000), which
//! keeps its precision where differences of log-gamma values lose it. Error functions and log-gamma are `libm`'s, ports
//! of FreeBSD msun (Sun Microsystems, 1993).

pub mod chi_square;
mod density;
pub mod hypergeometric;
pub mod normal;
pub mod rank_sum;
pub mod student;
