//! The main loop of a server (`QuorumPeer.run`): load, look, lead or follow, shut down, look again.
//!
//! Follows `QuorumPeer.java` and `ZooKeeperServer.shutdown` of releases 3.5.7 and 3.8.0 in the
//! order of their statements. It never waits: where the thread of the real server blocks, the
//! [`Role`] says on what. Read `leader.rs` and `learner.rs` next.

use crate::base::{By, Span, StepIndex, WriteId};
use crate::engine::IoError;
use crate::zookeeper::leader::{Leader, LeaderStage};
use crate::zookeeper::learner::{Learner, LearnerStage};
use crate::zookeeper::server::{Cx, ZkState, lane};
use crate::zookeeper::{
    Change, Database, Decision, Election, Epoch, Fact, LoadError, Phase, Server, ServerState, Sid,
    Standalone, StepDown, Timer, Work, Zxid, port,
};
use smallvec::SmallVec;

/// What the main loop is doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Reading the database.
    Loading,
    /// Comparing the epoch files with the database, and writing those that are missing.
    Epochs(EpochFiles),
    /// Looking for a leader.
    Looking,
    /// Leading, or trying to.
    Leading(Box<Leader>),
    /// Following or observing, or trying to.
    Following(Box<Learner>),
    /// Serving without others.
    Standalone(Box<Standalone>),
    /// The process ends.
    Ended,
}

/// The epoch files at start.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EpochFiles {
    current: Option<Epoch>,
    accepted: Option<Epoch>,
    /// Whether the file `updatingEpoch` was there.
    updating: bool,
    snapshot: Option<Zxid>,
    replayed: u32,
    /// The write under way: which file, and its sync.
    writing: Option<(bool, WriteId)>,
}

/// The timers of the main loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeerTimer {
    /// A leader's quorum port is bound.
    OpenPort,
    /// A leader's bounded wait runs out.
    Wait,
    /// A leader pings and checks.
    HalfTick,
    /// A learner tries to connect again.
    Retry,
    /// A learner's attempt to connect takes too long.
    Connect,
    /// A learner's read may have taken too long.
    Read,
    /// An observer has waited before it looks for a leader again.
    ElectionDelay,
}

/// What is handed to the main loop.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PeerWork {
    /// The database is read now.
    Load,
    /// A leader's database is loaded and its snapshot may be written.
    LeaderLoad,
    /// A monitor was notified: the condition may hold.
    Notified,
    /// A learner's read took too long, unless something was read after all.
    ReadTimedOut,
    /// The database was read again after the log was cut.
    Reloaded,
    /// A learner's thread goes on after it handed the entries of the sync to the log thread.
    AckNewLeader,
    /// A learner's thread ends the others.
    LearnerShutdown,
}

impl Server {
    pub(super) fn peer_work(&mut self, work: PeerWork, cx: &mut Cx<'_>) {
        match work {
            PeerWork::Load => self.load(cx),
            PeerWork::LeaderLoad => self.leader_loaded(cx),
            PeerWork::Notified => self.leader_notified(cx),
            PeerWork::ReadTimedOut => self.learner_read_timed_out(cx),
            PeerWork::Reloaded => self.reloaded(cx),
            PeerWork::AckNewLeader => self.entries_handed(cx),
            PeerWork::LearnerShutdown => self.learner_shutdown(cx),
        }
    }

    pub(super) fn peer_timer(&mut self, timer: PeerTimer, cx: &mut Cx<'_>) {
        match timer {
            PeerTimer::OpenPort => self.open_port(cx),
            PeerTimer::Wait => self.leader_wait_over(cx),
            PeerTimer::HalfTick => self.half_tick(cx),
            PeerTimer::Retry => self.connect(cx),
            PeerTimer::Connect => self.connect_timed_out(cx),
            PeerTimer::Read => self.learner_read_timer(cx),
            PeerTimer::ElectionDelay => self.look(cx),
        }
    }

    /// `loadDataBase`: at start, and when memory was cleared since. A server without a myid, or one
    /// that its own configuration does not list, ends before it reads anything.
    fn load(&mut self, cx: &mut Cx<'_>) {
        let sid = self.config.sid;
        if let Some(reason) = self.config.ensemble.refusal() {
            return self.end(2, reason, cx);
        }
        if self.is_standalone() {
            return self.load_standalone(cx);
        }
        if sid == Sid::UNSET {
            return self.end(2, "myid file is missing", cx);
        }
        if self.config.ensemble.member(sid).is_none() {
            let reason = format!("My id {sid} not in the peer list");
            return self.end(1, &reason, cx);
        }
        match Database::load_or_begin(cx.disk, Some(self.own_config(cx))) {
            Err(error) => self.cannot_run(&load_error(error), cx),
            Ok(loaded) => {
                for change in loaded.changes {
                    cx.fx.write(change);
                }
                self.database = loaded.database;
                self.database_by = cx.by(());
                self.role = Role::Epochs(EpochFiles {
                    current: cx.disk.current_epoch,
                    accepted: cx.disk.accepted_epoch,
                    updating: cx.disk.updating_epoch,
                    snapshot: loaded.snapshot,
                    replayed: loaded.replayed,
                    writing: None,
                });
                self.check_epochs(cx);
            }
        }
    }

    /// Files that contradict each other or the database keep a server from running.
    fn check_epochs(&mut self, cx: &mut Cx<'_>) {
        let Role::Epochs(files) = &mut self.role else {
            return;
        };
        let last_zxid = self.database.last_processed();
        let of_zxid = last_zxid.epoch();
        let Some(current) = files.current else {
            files.writing = Some((false, cx.store(Change::CurrentEpoch(of_zxid))));
            return;
        };
        if of_zxid > current && files.updating {
            // 3.4.6 and later of that line: it died between the two writes.
            files.current = None;
            files.updating = false;
            cx.fx.write(Change::UpdatingEpoch(false));
            return self.check_epochs(cx);
        }
        if of_zxid > current {
            let reason =
                format!("The current epoch, {current}, is older than the last zxid, {last_zxid}");
            return self.cannot_run(&reason, cx);
        }
        let Some(accepted) = files.accepted else {
            files.writing = Some((true, cx.store(Change::AcceptedEpoch(of_zxid))));
            return;
        };
        if accepted < current {
            let reason =
                format!("The accepted epoch, {accepted} is less than the current epoch, {current}");
            return self.cannot_run(&reason, cx);
        }
        let (snapshot, replayed) = (files.snapshot, files.replayed);
        self.current_epoch = cx.by(current);
        self.accepted_epoch = cx.by(accepted);
        cx.fact(&[], || Fact::Loaded {
            last_zxid,
            snapshot,
            replayed,
            accepted_epoch: accepted,
            current_epoch: current,
        });
        if self.election.is_none() {
            cx.fx.listen(port::CLIENT);
            self.election = Some(Election::boot(
                &self.config,
                By::new(last_zxid, self.database_by.by),
                self.current_epoch,
                cx.fx,
            ));
        }
        self.look(cx);
    }

    /// `RuntimeException("Unable to run quorum server")`: at start it ends the process; in a
    /// running one the main loop swallows it and tries again, for ever (once a tick here, without
    /// a pause there).
    fn cannot_run(&mut self, reason: &str, cx: &mut Cx<'_>) {
        if self.election.is_some() {
            self.role = Role::Loading;
            let pause = self.ticks(1) + self.config.ensemble.load_time;
            cx.fx
                .hand_after(lane::PEER, Work::Peer(PeerWork::Load), pause);
        } else {
            self.end(1, reason, cx);
        }
    }

    /// The process ends itself.
    pub(super) fn end(&mut self, code: i32, reason: &str, cx: &mut Cx<'_>) {
        cx.fact(&[], || Fact::Fatal {
            code,
            reason: reason.into(),
        });
        self.role = Role::Ended;
        cx.fx.exit(code);
    }

    /// One call of `lookForLeader`, after the database was read again if it was cleared.
    pub(super) fn look(&mut self, cx: &mut Cx<'_>) {
        self.set_phase(Phase::Election, cx);
        if !self.database.is_initialized() {
            self.role = Role::Loading;
            let load = Work::Peer(PeerWork::Load);
            cx.fx
                .hand_after(lane::PEER, load, self.config.ensemble.load_time);
            return;
        }
        self.role = Role::Looking;
        let zxid = By::new(self.database.last_processed(), self.database_by.by);
        let election = self.election.as_mut().expect("the database was loaded");
        election.look(zxid, self.current_epoch, cx.fx);
    }

    /// An election ended: lead, follow or observe.
    pub(super) fn decided(&mut self, decision: Decision, cx: &mut Cx<'_>) {
        let to = decision.state;
        cx.detail(&[], || Fact::State {
            from: ServerState::Looking,
            to,
        });
        self.role_begins();
        match to {
            ServerState::Leading => self.lead(cx),
            ServerState::Following => self.follow(decision.vote.leader, false, cx),
            ServerState::Observing => self.follow(decision.vote.leader, true, cx),
            ServerState::Looking | ServerState::Standalone => {
                unreachable!("an election decides who leads")
            }
        }
    }

    /// What every role starts from.
    pub(super) fn role_begins(&mut self) {
        self.zk = ZkState::Initial;
        self.logger.new_term();
    }

    /// Back to LOOKING (`updateServerState`), after everything of the role was shut down.
    pub(super) fn to_looking(&mut self, cx: &mut Cx<'_>) {
        let was_observer = matches!(&self.role, Role::Following(learner) if learner.is_observer());
        let election = self.election.as_mut().expect("it had decided");
        let from = election.state();
        election.set_state(ServerState::Looking);
        cx.detail(&[], || Fact::State {
            from,
            to: ServerState::Looking,
        });
        self.role = Role::Looking;
        if let Some(by) = self.leads_unelected.take() {
            return self.lead_unelected(by, cx);
        }
        let delay = self.rows.observer_election_delay_ms;
        if was_observer && delay > 0 {
            let ms = cx.fx.choose(ELECTION_DELAY, delay);
            self.set_phase(Phase::Election, cx);
            let delay = Span::from_millis(u64::from(ms));
            cx.fx.arm(Timer::Peer(PeerTimer::ElectionDelay), delay);
        } else {
            self.look(cx);
        }
    }

    /// A write of an epoch file returned.
    pub(super) fn epoch_written(
        &mut self,
        id: WriteId,
        result: Result<(), IoError>,
        cx: &mut Cx<'_>,
    ) {
        match &mut self.role {
            Role::Epochs(files) => {
                let Some((accepted, _)) = files.writing.take_if(|(_, write)| *write == id) else {
                    return;
                };
                if result.is_err() {
                    return self.cannot_run("an epoch file cannot be written", cx);
                }
                let epoch = self.database.last_processed().epoch();
                if accepted {
                    files.accepted = Some(epoch);
                } else {
                    files.current = Some(epoch);
                }
                cx.fact(&[], || Fact::EpochFile { accepted, epoch });
                self.check_epochs(cx);
            }
            Role::Leading(_) => self.leader_epoch_written(id, result, cx),
            Role::Following(_) => self.learner_epoch_written(id, result, cx),
            Role::Loading | Role::Looking | Role::Standalone(_) | Role::Ended => {}
        }
    }

    /// An epoch as it is written to its file. With ZOOKEEPER-2307 memory has it at once, else only
    /// when the write returned ([`Server::epoch_stored`]).
    pub(super) fn store_epoch(&mut self, accepted: bool, epoch: Epoch, cx: &mut Cx<'_>) -> WriteId {
        if self.has(crate::zookeeper::Quirk::Zk2307EpochInMemoryFirst) {
            let epoch = cx.by(epoch);
            *self.epoch_in_memory(accepted) = epoch;
        }
        cx.store(if accepted {
            Change::AcceptedEpoch(epoch)
        } else {
            Change::CurrentEpoch(epoch)
        })
    }

    /// The file is durable.
    pub(super) fn epoch_stored(&mut self, accepted: bool, epoch: Epoch, cx: &mut Cx<'_>) {
        let told = cx.by(epoch);
        *self.epoch_in_memory(accepted) = told;
        cx.fact(&[], || Fact::EpochFile { accepted, epoch });
    }

    fn epoch_in_memory(&mut self, accepted: bool) -> &mut By<Epoch> {
        if accepted {
            &mut self.accepted_epoch
        } else {
            &mut self.current_epoch
        }
    }

    /// The log thread has nothing left to do: whoever joins it goes on.
    pub(super) fn log_idle(&mut self, cx: &mut Cx<'_>) {
        match &self.role {
            Role::Leading(leader) if matches!(leader.stage(), LeaderStage::Stopping { .. }) => {
                self.leader_log_drained(cx);
            }
            Role::Following(learner) => match learner.stage() {
                LearnerStage::Leaving { .. } => self.learner_log_drained(cx),
                LearnerStage::StoringEntries => self.entries_stored(cx),
                _ => {}
            },
            _ => {}
        }
    }

    /// What `ZooKeeperServer.shutdown` does with the database: forgets it, or keeps it and brings it
    /// up to what the log has (`fastForwardDataBase`; without, ZOOKEEPER-2845).
    pub(super) fn fast_forward(&mut self, cx: &mut Cx<'_>) {
        if self.rows.leaving_clears_memory {
            return self.database.clear();
        }
        if self.has(crate::zookeeper::Quirk::Zk2845MemoryNotForwarded) {
            return;
        }
        match self.database.fast_forward(cx.disk) {
            Ok(0) => {}
            Ok(replayed) => {
                self.database_by = cx.by(());
                let (accepted_epoch, current_epoch) =
                    (self.accepted_epoch.value, self.current_epoch.value);
                let last_zxid = self.database.last_processed();
                cx.fact(&[], || Fact::Loaded {
                    last_zxid,
                    snapshot: None,
                    replayed,
                    accepted_epoch,
                    current_epoch,
                });
            }
            Err(_) => self.database.clear(),
        }
    }

    /// Closes client connections and stops answering (`setZooKeeperServer(null)`,
    /// `closeAllConnections`).
    pub(super) fn stop_serving(&mut self, cx: &mut Cx<'_>) {
        let was_serving = self.serving.is_running();
        self.serving.stop(cx.fx);
        if was_serving {
            let last_zxid = self.database.last_processed();
            cx.fact(&[], || Fact::Serving {
                yes: false,
                last_zxid,
            });
        }
    }

    pub(super) fn stepped_down(&mut self, why: StepDown, cx: &mut Cx<'_>) {
        let was = self.state();
        let (synced, because) = match &self.role {
            Role::Leading(leader) => (leader.synced(self.config.sid), leader.quits_epoch_wait),
            _ => (Box::default(), None),
        };
        let because: SmallVec<[StepIndex; 1]> = because.iter().map(|voter| voter.by).collect();
        cx.fact(&because, || Fact::SteppedDown { was, why, synced });
    }
}

pub(super) fn load_error(error: LoadError) -> String {
    match error {
        LoadError::NoSnapshot => {
            "No snapshot found, but there are log entries. Something is broken!".into()
        }
        LoadError::NoHeader(file) => format!("{file}: the log file has no header"),
    }
}

/// The subject of the draw how long an observer waits before it looks again.
const ELECTION_DELAY: u64 = 2;
