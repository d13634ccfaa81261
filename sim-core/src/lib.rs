//! A deterministic simulator of Apache ZooKeeper ensembles (and, later, Apache Kafka clusters on them).

pub mod base;
pub mod cluster;
pub mod conform;
pub mod engine;
pub mod explain;
pub mod explore;
pub mod invariant;
pub mod scenario;
pub mod trace;
pub mod zookeeper;
