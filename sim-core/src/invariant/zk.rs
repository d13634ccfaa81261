//! All monitors of a ZooKeeper ensemble, and which facts go where.

use crate::base::{NodeId, SimTime, StepIndex};
use crate::cluster::{self, Node, World};
use crate::engine::{DiskFault, Fault, MessageAct, Monitors, Violation};
use crate::invariant::bad_proposal::BadProposal;
use crate::invariant::bad_state::BadState;
use crate::invariant::client_history::{Answer, ClientHistory};
use crate::invariant::client_zxids::ClientZxids;
use crate::invariant::equal_trees::EqualTrees;
use crate::invariant::harm::Harm;
use crate::invariant::leadership1::Leadership1;
use crate::invariant::leadership2::Leadership2;
use crate::invariant::one_leader_per_round::OneLeaderPerRound;
use crate::invariant::quorum_of_equal_votes::QuorumOfEqualVotes;
use crate::invariant::starts::Starts;
use crate::invariant::{
    Ghost, History, Needs, Promise, Report, View, agreement, bad_ack, bad_commit, bad_message,
    commit_consistency, committed_log_durability, committed_log_monotonicity, epoch_files,
    global_primary_order, history_consistency, initial_history, integrity, leader_log_completeness,
    local_primary_order, log_epoch, prefix_consistency, primary_integrity, total_order, votes_rise,
};
use crate::trace::{Record, What};
use crate::zookeeper::{Branch, Fact, Quirk, ServerState, StepDown, Verdict};

/// Where a fact was left.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Whose.
    pub node: NodeId,
    /// In which step.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// The steps that told its values.
    pub because: &'a [StepIndex],
}

/// What some properties compare with: ghost state from before a fact.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    disk: History,
    committed: History,
    committed_by: StepIndex,
    of_term: History,
}

/// Every property, watched.
#[derive(Clone, Debug, Default)]
pub struct ZkMonitors {
    ghost: Ghost,
    harm: Harm,
    promise: Promise,
    told: Vec<&'static str>,
    leadership1: Leadership1,
    leadership2: Leadership2,
    client_zxids: ClientZxids,
    client_history: ClientHistory,
    bad_state: BadState,
    bad_proposal: BadProposal,
    starts: Starts,
    one_leader_per_round: OneLeaderPerRound,
    quorum_of_equal_votes: QuorumOfEqualVotes,
    equal_trees: EqualTrees,
}

impl ZkMonitors {
    /// None broken, nothing seen.
    pub fn new() -> Self {
        Self::default()
    }

    /// The ghost state, for views.
    pub fn ghost(&self) -> &Ghost {
        &self.ghost
    }

    /// What has happened to the promises of this run.
    pub fn promise(&self) -> &Promise {
        &self.promise
    }

    fn begin(&mut self, view: &impl View) {
        let Some(beginning) = self.ghost.begin(view) else {
            return;
        };
        (self.promise.on, self.promise.everywhere) = beginning.quirks.unwrap_or_default();
        if beginning.several_configs {
            self.promise.lose(Needs::ONE_CONFIG);
        }
        if beginning.gap {
            self.promise.lose(Needs::WHOLE_LOGS);
        }
    }

    /// Looks at one fact, after the step that left it.
    pub fn look(
        &mut self,
        place: Place<'_>,
        fact: &Fact,
        view: &impl View,
        broken: &mut Vec<Violation>,
    ) {
        if fact.is_detail() {
            return;
        }
        self.begin(view);
        let Place {
            node,
            step,
            at,
            because,
        } = place;
        if let Fact::UpToDate { last_processed } = fact
            && self.bad_state.behind(node, *last_processed).is_some()
        {
            self.promise.took(Quirk::Zk3023UpToDateBeforeApply);
        }
        self.harm.watch(node, fact, &self.ghost, &mut self.promise);
        let before = Before::of(node, fact, &self.ghost);
        self.ghost.learn(node, step, fact, view);
        let mut report = Report {
            step,
            at,
            node,
            promise: self.promise,
            told: &mut self.told,
            out: broken,
        };
        let report = &mut report;
        let ghost = &mut self.ghost;
        match fact {
            Fact::Applied { txn, serving } => {
                if *serving {
                    deliver(ghost, report);
                    if let Some(tree) = view.tree(node)
                        && tree.last_processed == txn.zxid
                    {
                        self.equal_trees.serves(tree, ghost, report);
                    }
                }
            }
            Fact::Logged { zxid, .. } => {
                let marker = view.disk(node).is_some_and(|disk| disk.updating_epoch);
                log_epoch::logged(*zxid, marker, ghost, report);
                history_consistency::stored(ghost, report);
            }
            Fact::Proposed { txn } => {
                self.client_history.proposed(txn);
                primary_integrity::proposed(ghost, report);
            }
            Fact::ProposalHeard { zxid } => self.bad_proposal.heard(*zxid, ghost, report),
            Fact::CommitUnmatched { zxid, expected } => {
                bad_commit::unmatched(*zxid, *expected, ghost, report);
            }
            Fact::Committed { zxid, .. } => {
                bad_commit::committed(*zxid, before.of_term, ghost, report);
                let (committed, by) = (before.committed, before.committed_by);
                committed_log_monotonicity::committed(committed, by, ghost, report);
            }
            Fact::RoundBegan { vote } => self.quorum_of_equal_votes.voted(node, *vote),
            Fact::Voted { from, to, .. } => {
                self.quorum_of_equal_votes.voted(node, *to);
                if let Some(from) = from {
                    votes_rise::voted(from, to, because, ghost, report);
                }
            }
            Fact::Decided {
                state,
                vote,
                branch,
                votes,
                ..
            } => {
                let seen = (&*ghost, view);
                self.quorum_of_equal_votes
                    .decided((*state, vote), *branch, votes, seen, report);
                if (*state, *branch) == (ServerState::Leading, Branch::Finalised) {
                    self.one_leader_per_round.leads(*vote, ghost, report);
                }
            }
            Fact::EpochAgreed { epoch, .. } => {
                self.leadership1.agreed(*epoch, ghost, report);
                leader_log_completeness::leads(ghost, report);
            }
            Fact::Established {
                epoch,
                last_processed,
                ..
            } => {
                let tree = view.tree(node);
                self.client_history
                    .established(*epoch, *last_processed, tree);
                let (committed, by) = (before.committed, before.committed_by);
                self.leadership2.established(*epoch, ghost, report);
                initial_history::established(*epoch, ghost, report);
                leader_log_completeness::leads(ghost, report);
                committed_log_monotonicity::committed(committed, by, ghost, report);
                self.quorum_of_equal_votes.serves(node, *epoch);
                deliver(ghost, report);
                if let Some(tree) = view.tree(node) {
                    self.equal_trees.serves(tree, ghost, report);
                }
            }
            Fact::SyncHeard { kind, zxid } => {
                self.bad_proposal.sync_heard(node);
                self.bad_state.sync_heard(*kind, *zxid, ghost, report);
            }
            Fact::UpToDate { last_processed } => {
                self.bad_state.up_to_date(*last_processed, ghost, report);
                if let Some(epoch) = ghost.server(node).new_leader {
                    self.quorum_of_equal_votes.serves(node, epoch);
                }
                deliver(ghost, report);
                if let Some(tree) = view.tree(node) {
                    self.equal_trees.serves(tree, ghost, report);
                }
            }
            Fact::NewLeaderAck {
                learner,
                zxid,
                verdict: Verdict::Refused,
            } => bad_ack::refused(*learner, *zxid, ghost, report),
            Fact::EpochFile { .. } => {
                self.starts.written(node);
                epoch_files::written(ghost, report);
                history_consistency::stored(ghost, report);
            }
            Fact::Truncated { .. } | Fact::SnapshotTaken { .. } => {
                committed_log_durability::rewritten(before.disk, ghost, report);
            }
            Fact::SteppedDown { why, .. } => {
                self.one_leader_per_round.ended(node);
                if *why == StepDown::BadPacket {
                    bad_message::illegal(ghost, report);
                }
            }
            Fact::Fatal { code, reason } => {
                BadState::fatal(*code, reason, ghost, report);
                self.starts.fatal(reason, ghost, report);
            }
            Fact::Answered {
                session,
                cxid,
                op,
                zxid,
                error,
                result,
            } => {
                self.client_zxids.answered(*session, *zxid, report);
                let answer = Answer {
                    session: *session,
                    cxid: *cxid,
                    op,
                    zxid: *zxid,
                    error: *error,
                    result,
                    asked: because.first().copied().unwrap_or(step),
                };
                self.client_history.answer(&answer, report);
            }
            Fact::EventHeard { kind, path, .. } => {
                self.client_history.event(*kind, path, report);
            }
            Fact::ClientDisconnected { .. } => self.client_history.disconnected(node),
            Fact::ClientExpired { .. } => self.client_history.session_over(node),
            _ => {}
        }
    }

    /// Looks at a process start or end.
    pub fn life(&mut self, node: NodeId, up: bool, view: &impl View) {
        self.begin(view);
        if !up {
            self.harm.interrupted(node, &mut self.promise);
            self.one_leader_per_round.ended(node);
            self.client_history.session_over(node);
        }
        self.ghost.lifecycle(node, up);
    }

    /// Looks at an act from outside.
    pub fn act(&mut self, fault: &Fault) {
        match fault {
            Fault::Wipe(_) => self.promise.lose(Needs::KEPT_DISKS),
            Fault::Swallow(_)
            | Fault::Message(_, MessageAct::Drop | MessageAct::Duplicate | MessageAct::Reorder) => {
                self.promise.lose(Needs::TCP);
            }
            Fault::Disk(_, DiskFault::TearNext) => self.promise.lose(Needs::WHOLE_WRITES),
            Fault::Disk(_, DiskFault::Fail | DiskFault::Full(_)) => {
                self.promise.took(Quirk::Zk2307EpochInMemoryFirst);
            }
            _ => {}
        }
    }

    /// Looks at a run that has come to rest: also servers that lagged are compared.
    pub fn at_rest(&mut self, view: &impl View, broken: &mut Vec<Violation>) {
        self.begin(view);
        let (step, at) = view.now();
        let mut report = Report {
            step,
            at,
            node: NodeId::OUTSIDE,
            promise: self.promise,
            told: &mut self.told,
            out: broken,
        };
        EqualTrees::at_rest(&self.ghost, view, &mut report);
    }

    /// Forgets the run.
    pub fn clear(&mut self) {
        self.ghost.reset();
        self.harm.reset();
        self.promise = Promise::default();
        self.told.clear();
        self.leadership1.reset();
        self.leadership2.reset();
        self.client_zxids.reset();
        self.client_history.reset();
        self.bad_state.reset();
        self.bad_proposal.reset();
        self.starts.reset();
        self.one_leader_per_round.reset();
        self.quorum_of_equal_votes.reset();
        self.equal_trees.reset();
    }
}

impl Before {
    fn of(node: NodeId, fact: &Fact, ghost: &Ghost) -> Self {
        let wanted = matches!(
            fact,
            Fact::Committed { .. }
                | Fact::Established { .. }
                | Fact::Truncated { .. }
                | Fact::SnapshotTaken { .. }
        );
        if !wanted {
            return Self::default();
        }
        Self {
            disk: ghost.server(node).disk,
            committed: ghost.committed,
            committed_by: ghost.committed_by,
            of_term: ghost
                .term_of(node)
                .map_or(History::EMPTY, |term| term.committed),
        }
    }
}

/// A server shows its state to clients.
fn deliver(ghost: &mut Ghost, report: &mut Report<'_>) {
    let delivery = ghost.deliver(report.node);
    commit_consistency::delivered(&delivery, ghost, report);
    prefix_consistency::delivered(&delivery, ghost, report);
    integrity::delivered(&delivery, ghost, report);
    agreement::delivered(&delivery, ghost, report);
    total_order::delivered(&delivery, ghost, report);
    local_primary_order::delivered(&delivery, ghost, report);
    global_primary_order::delivered(&delivery, ghost, report);
    primary_integrity::delivered(&delivery, ghost, report);
}

impl Monitors<Node> for ZkMonitors {
    const DETAILS: bool = false;

    fn observe(
        &mut self,
        record: &Record<cluster::Fact>,
        world: &World,
        broken: &mut Vec<Violation>,
    ) {
        if let What::Fact(cluster::Fact::Zk(fact)) = &record.what {
            let place = Place {
                node: record.node,
                step: record.step,
                at: record.at,
                because: &record.because,
            };
            self.look(place, fact, world, broken);
        }
    }

    fn lifecycle(&mut self, node: NodeId, up: bool, world: &World, _: &mut Vec<Violation>) {
        self.life(node, up, world);
    }

    fn faulted(&mut self, fault: &Fault, _: &World) {
        self.act(fault);
    }

    fn rested(&mut self, world: &World, broken: &mut Vec<Violation>) {
        self.at_rest(world, broken);
    }

    fn reset(&mut self) {
        self.clear();
    }
}
