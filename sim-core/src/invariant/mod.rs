//! Properties that hold in every run, one file each, watched while it runs.
//!
//! [`ZkMonitors`] has a field or a function per property and sends each fact to those that look at
//! its kind; nothing is scanned, and as long as nothing breaks a fact costs a few comparisons.
//! `ghost` keeps what they share, `history` how it is kept, `property` what promises them and
//! `harm` when a quirk had its occasion. [`PROPERTIES`] is the table of them, each with its source.
//! No property decides anything again: they compare what servers did. A break that nothing promises
//! against is told too, and marked.

mod agreement;
mod bad_ack;
mod bad_commit;
mod bad_message;
mod bad_proposal;
mod bad_state;
mod client_history;
mod client_zxids;
mod commit_consistency;
mod committed_log_durability;
mod committed_log_monotonicity;
mod epoch_files;
mod equal_trees;
mod ghost;
mod global_primary_order;
mod harm;
mod history;
mod history_consistency;
mod initial_history;
mod integrity;
mod leader_log_completeness;
mod leadership1;
mod leadership2;
mod local_primary_order;
mod log_epoch;
mod model_tree;
mod one_leader_per_round;
mod prefix_consistency;
mod primary_integrity;
mod property;
mod quorum_of_equal_votes;
mod starts;
mod total_order;
mod view;
mod votes_rise;
mod zk;

#[cfg(test)]
mod tests;

pub use ghost::{Delivery, Ghost, Server, Term};
pub use history::{Entry, Histories, History};
pub use property::{DATA_QUIRKS, Needs, Promise, Property, Report};
pub use view::View;
pub use zk::{Place, ZkMonitors};

/// Every property.
pub static PROPERTIES: [&Property; 31] = [
    &leadership1::PROPERTY,
    &leadership2::PROPERTY,
    &prefix_consistency::PROPERTY,
    &integrity::PROPERTY,
    &agreement::PROPERTY,
    &total_order::PROPERTY,
    &local_primary_order::PROPERTY,
    &global_primary_order::PROPERTY,
    &primary_integrity::PROPERTY,
    &initial_history::PROPERTY,
    &commit_consistency::PROPERTY,
    &history_consistency::PROPERTY,
    &leader_log_completeness::PROPERTY,
    &committed_log_durability::PROPERTY,
    &committed_log_monotonicity::PROPERTY,
    &client_zxids::PROPERTY,
    &client_history::WRITES,
    &client_history::READS,
    &client_history::WATCHES,
    &bad_state::PROPERTY,
    &bad_ack::PROPERTY,
    &bad_proposal::PROPERTY,
    &bad_commit::PROPERTY,
    &bad_message::PROPERTY,
    &epoch_files::PROPERTY,
    &log_epoch::PROPERTY,
    &starts::PROPERTY,
    &one_leader_per_round::PROPERTY,
    &quorum_of_equal_votes::PROPERTY,
    &votes_rise::PROPERTY,
    &equal_trees::PROPERTY,
];

/// The property of a name.
pub fn property(name: &str) -> Option<&'static Property> {
    PROPERTIES
        .into_iter()
        .find(|property| property.meta.name == name)
}
