//! What several tests share.

pub mod zk;
