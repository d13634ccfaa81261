//! A deterministic simulator of Apache ZooKeeper ensembles (and, later, Apache Kafka clusters on them).
//!
//! Build a cluster, play an election, ask why:
//!
//! ```
//! use sim_core::base::SimTime;
//! use sim_core::cluster::{Fact, World};
//! use sim_core::explain::{Lang, Limits, Names, why_record};
//! use sim_core::scenario::Scenario;
//! use sim_core::trace::{Record, What};
//! use sim_core::zookeeper::{self, ServerState};
//!
//! let file = r#"{
//!     "title": { "en": "Three servers start at once" },
//!     "cluster": { "zookeeper": { "version": "3.5.7", "servers": 3 } },
//!     "steps": [{ "at": "0s", "do": { "start": "all" } }]
//! }"#;
//! let scenario = Scenario::parse(file).expect("no mistake in it");
//! let compiled = scenario.compile(None).expect("it has no variants");
//! let names = Names::of(&compiled.world);
//! let mut world = World::new(compiled.world, 7);
//! let mut records: Vec<Record<Fact>> = Vec::new();
//! for node in 0..3 {
//!     world.inject(&sim_core::engine::Fault::Start(sim_core::base::NodeId(node)), &mut records);
//! }
//! while world.step(SimTime(3_000_000_000), &mut records).is_some() {}
//!
//! let leads = |record: &&Record<Fact>| {
//!     matches!(&record.what, What::Fact(Fact::Zk(zookeeper::Fact::Decided { state, .. }))
//!         if *state == ServerState::Leading)
//! };
//! let decided = records.iter().find(leads).expect("somebody leads");
//! let chain = why_record(decided, &records[..], &names, Limits::default());
//! let told = chain.render(Lang::En);
//! assert!(told.starts_with("server 3 leads: "), "{told}");
//! assert!(told.contains("server 3 is started"), "{told}");
//! ```
//!
//! Where to go on: [`engine`] runs pure machines over a simulated network, with disks, clocks and faults; [`zookeeper`]
//! is the servers and clients; [`cluster`] puts them into one world; [`invariant`] watches what Zab promises;
//! [`explain`] tells facts in English and Chinese; [`scenario`] reads, plays and judges scenario files; [`explore`]
//! draws fault plans; [`conform`] replays recordings of real servers.

pub mod base;
pub mod cluster;
pub mod conform;
pub mod engine;
pub mod explain;
pub mod explore;
pub mod invariant;
pub mod lint;
pub mod operator;
pub mod scenario;
pub mod trace;
pub mod zookeeper;
