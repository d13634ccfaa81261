//! Packet conversations with one server, restated from `Zab1_0Test` of releases 3.5.7 and 3.8.0.
//!
//! The upstream tests run a real leader against a scripted follower, or a real follower or observer
//! against a scripted leader, and look at every packet and at both epoch files in between. Each test
//! here has the upstream name and runs for both releases; where they differ, it says so. The cases
//! that call methods of a leader directly are beside `leader.rs` in the library.

mod lone;
mod with_leader;
mod with_learner;
