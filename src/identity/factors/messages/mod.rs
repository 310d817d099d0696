//! Codes by text message: the weakest second factor (NIST SP 800-63B-4 §3.1.3 calls the telephone network restricted), so an
//! organisation has to allow it, a stronger one is always on offer beside it, and it confirms nothing risky where one is there.

mod codes;
mod limits;
mod number;
mod service;

pub(in crate::identity) use limits::sweep;
pub(super) use number::masked;
pub(in crate::identity) use service::Purpose;
