//! What several tests share.

pub mod conformance;
pub mod zk;
