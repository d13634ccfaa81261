//! How ZooKeeper's facts lead back: which links of a fact to follow, and what no link shows.

use crate::base::{NodeId, StepIndex};
use crate::explain::fault::verb;
use crate::explain::{Names, Records, Tell, Weight};
use crate::trace::{Record, What};
use crate::zookeeper::{Branch, Fact, Sid, StepDown};

/// A way back from a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// A vote arrived at this step: go to what its sender decided.
    Vote(StepIndex),
    /// The node decided or read something at this step.
    Own(StepIndex),
    /// This step made it happen.
    Cause(StepIndex),
}

/// The ZooKeeper fact of a record.
pub(super) fn fact<F: Tell>(record: &Record<F>) -> Option<&Fact> {
    match &record.what {
        What::Fact(fact) => fact.zookeeper(),
        _ => None,
    }
}

/// Whether a record is a hop of a chain.
pub(super) fn is_telling<F: Tell>(record: &Record<F>) -> bool {
    match &record.what {
        What::Fact(fact) => fact.weight() >= Weight::Telling,
        What::Faulted(_) | What::Exited { .. } => true,
        _ => false,
    }
}

/// Whether a record sets what its node answers when asked for its vote.
pub(super) fn sets_vote<F: Tell>(record: &Record<F>) -> bool {
    matches!(
        fact(record),
        Some(Fact::RoundBegan { .. } | Fact::Voted { from: Some(_), .. } | Fact::Decided { .. })
    )
}

/// The record that stands for a step.
pub(super) fn main<F: Tell + Clone>(records: &[Record<F>]) -> Option<Record<F>> {
    let told = |wanted: &dyn Fn(&Record<F>) -> bool| records.iter().rfind(|r| wanted(r)).cloned();
    told(&|r| {
        matches!(
            fact(r),
            Some(Fact::Decided { .. } | Fact::Established { .. })
        )
    })
    .or_else(|| told(&is_telling))
    .or_else(|| told(&|r| matches!(r.what, What::Fact(_))))
    .or_else(|| records.first().cloned())
}

/// The step that caused this one.
pub(super) fn cause_of<F>(records: &[Record<F>]) -> Option<StepIndex> {
    let first = records.first()?;
    (first.cause != first.step && first.cause != StepIndex(0)).then_some(first.cause)
}

/// The links of a record, in order.
pub(super) fn links<F: Tell>(record: &Record<F>) -> Vec<Link> {
    let because = record.because.iter().copied();
    let votes = |n: usize| -> Vec<Link> {
        let link = |(i, step)| {
            if i < n {
                Link::Vote(step)
            } else {
                Link::Own(step)
            }
        };
        record
            .because
            .iter()
            .copied()
            .enumerate()
            .map(link)
            .collect()
    };
    match fact(record) {
        Some(
            Fact::Decided { .. }
            | Fact::Tally { .. }
            | Fact::FinalizeBegan { .. }
            | Fact::NoWordFromLeader { .. },
        ) => votes(usize::MAX),
        Some(Fact::Voted { heard: Some(_), .. } | Fact::Heard { .. }) => votes(1),
        // A sync begins when the one before it has ended, which says nothing.
        Some(Fact::Synced { .. }) => Vec::new(),
        _ if record.because.is_empty() => vec![Link::Cause(record.cause)],
        _ => because.map(Link::Own).collect(),
    }
}

/// What stands behind a record although no link of it leads there.
pub(super) fn extra<F: Tell + Clone>(
    record: &Record<F>,
    records: &(impl Records<F> + ?Sized),
    names: &Names,
) -> Vec<Record<F>> {
    match fact(record) {
        Some(Fact::RoundBegan { .. } | Fact::Voted { from: None, .. }) => {
            why_looking(record, records)
        }
        Some(Fact::Synced { zxid }) => {
            let proposed = |r: &Record<F>| matches!(fact(r), Some(Fact::Proposed { txn }) if txn.zxid == *zxid);
            records
                .latest(record.step, &mut |r| proposed(r))
                .into_iter()
                .collect()
        }
        Some(Fact::Decided {
            branch: Branch::Finalised,
            votes,
            ..
        }) => absent(record.step, votes, records, names),
        Some(Fact::SteppedDown { why, .. }) if was_silence(*why) => silence(record, records),
        _ => Vec::new(),
    }
}

/// Why a server looks for a leader: it read its disk and started, or it gave up its last one.
fn why_looking<F: Tell + Clone>(
    record: &Record<F>,
    records: &(impl Records<F> + ?Sized),
) -> Vec<Record<F>> {
    let of_node = |r: &Record<F>| r.node == record.node;
    let gave_up = |r: &Record<F>| {
        of_node(r)
            && matches!(
                fact(r),
                Some(Fact::SteppedDown { .. } | Fact::Loaded { .. })
            )
    };
    let last = records.latest(record.step, &mut |r| gave_up(r));
    let disk = match last.as_ref().and_then(fact) {
        Some(Fact::SteppedDown { .. }) => records.latest(record.step, &mut |r| {
            of_node(r) && matches!(fact(r), Some(Fact::Loaded { .. }))
        }),
        _ => None,
    };
    disk.into_iter().chain(last).collect()
}

/// Why voters are missing: the fault or end that took each of them away.
fn absent<F: Tell + Clone>(
    step: StepIndex,
    votes: &[Sid],
    records: &(impl Records<F> + ?Sized),
    names: &Names,
) -> Vec<Record<F>> {
    let missing = names.voters().filter(|(_, sid)| !votes.contains(sid));
    let gone = |(node, _): (NodeId, Sid)| {
        let last = records.latest(step, &mut |r| r.node == node && is_life(r))?;
        let back = match &last.what {
            What::Booted => true,
            What::Faulted(text) => verb(text) == "resume",
            _ => false,
        };
        (!back).then_some(last)
    };
    missing.filter_map(gone).collect()
}

/// Whether a record starts, ends, stops or resumes a process.
fn is_life<F>(record: &Record<F>) -> bool {
    match &record.what {
        What::Booted | What::Exited { .. } => true,
        What::Faulted(text) => matches!(verb(text).as_str(), "crash" | "pause" | "resume"),
        _ => false,
    }
}

/// Whether a server gave up because something did not come.
const fn was_silence(why: StepDown) -> bool {
    matches!(
        why,
        StepDown::ReadTimeout
            | StepDown::NoQuorum
            | StepDown::CannotConnect
            | StepDown::EpochWait
            | StepDown::AckEpochWait
            | StepDown::NewLeaderWait
    )
}

/// The last act from outside before a silence.
fn silence<F: Tell + Clone>(
    record: &Record<F>,
    records: &(impl Records<F> + ?Sized),
) -> Vec<Record<F>> {
    let starts = |text: &str| verb(text) == "start";
    records
        .latest(record.step, &mut |r| match &r.what {
            What::Faulted(text) => !starts(text),
            _ => false,
        })
        .into_iter()
        .collect()
}
