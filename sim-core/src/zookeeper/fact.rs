//! What decisions leave behind: plain data, with the values that were compared.
//!
//! Views, sentences, invariants, expectations and exporters read these and read-only state; none of them derives a
//! decision again. The server is the record's node.

use crate::zookeeper::{
    Epoch, ErrorCode, Notification, OpResult, Round, ServerState, SessionId, Sid, Txn, Vote, Zxid,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What decided a comparison of two votes, in the order of `totalOrderPredicate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// The peer epochs differ.
    Epoch,
    /// Same epoch; the zxids differ.
    Zxid,
    /// Same epoch and zxid; the ids differ.
    Sid,
    /// The votes rank the same.
    Equal,
    /// The new candidate has weight 0 and can never lead.
    Weight,
}

/// What a server did with a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationUse {
    /// The sender is no voter: answered with the current vote, nothing else.
    AnsweredObserver,
    /// Own state is not LOOKING and the sender's is: answered with the current vote.
    AnsweredLooking,
    /// Neither is LOOKING: ignored.
    Ignored,
    /// The sender or its candidate is no voter: dropped.
    DroppedNotAVoter,
    /// Own or the sender's zxid is -1 (3.6+): dropped.
    DroppedUninitialised,
    /// A LOOKING notification of an older round: dropped (the receiver had answered it).
    DroppedOldRound,
    /// A notification from an observer: dropped.
    DroppedObserving,
    /// A LOOKING notification of a newer round: round adopted, votes cleared.
    NewerRound,
    /// A better vote of the same round: adopted.
    Adopted,
    /// No better than the own vote: only counted.
    Counted,
    /// Heard while finalising and no better: consumed and lost.
    LostWhileFinalising,
    /// Heard while finalising and better: put back, finalising abandoned.
    PutBack,
    /// FOLLOWING or LEADING: entered among the votes of those outside an election.
    OutOfElection,
}

/// Which branch of the main loop ended an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Branch {
    /// A quorum of LOOKING votes and 200 ms of silence.
    Finalised,
    /// A quorum of equal votes of the own round, with the leader's own LEADING.
    SameRound,
    /// A quorum of equal FOLLOWING or LEADING votes, with the leader's own LEADING.
    OutOfElection,
}

/// The phase of a server between elections.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Voting.
    #[default]
    Election,
    /// Agreeing on an epoch.
    Discovery,
    /// Bringing histories into line.
    Synchronization,
    /// Serving.
    Broadcast,
}

/// How a leader brings a learner into line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SyncKind {
    /// Sends what is missing.
    Diff,
    /// Cuts what the learner has too much, then sends what is missing.
    Trunc,
    /// Sends the whole database.
    Snap,
}

/// Which rule of `LearnerHandler.syncFollower` decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncRow {
    /// Forced by a switch.
    Forced,
    /// The learner is exactly where the leader is.
    Equal,
    /// The learner is ahead of the committed log: cut.
    Ahead,
    /// Within the committed log.
    CommittedLog,
    /// Behind the committed log, found in the log on disk.
    DiskLog,
    /// Neither reaches back: snapshot.
    TooFarBehind,
    /// The log on disk reaches back but is larger than the limit: snapshot.
    DiskLogTooLarge,
    /// Cutting would cross an epoch: snapshot.
    EpochBoundary,
    /// The log on disk ends before the committed log begins (seen from 3.6 on, ZOOKEEPER-2418): snapshot.
    GapInLog,
}

/// Why a leader or learner gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepDown {
    /// The leader's wait for a quorum of epochs ran out (initLimit).
    EpochWait,
    /// A voter looks again while the leader still waits for a quorum of epochs, and has for longer
    /// than `leader.maxTimeToWaitForEpoch`.
    VoterLooksAgain,
    /// The leader's wait for a quorum of ACKEPOCH ran out (initLimit).
    AckEpochWait,
    /// The leader's wait for a quorum of NEWLEADER acknowledgements ran out (initLimit).
    NewLeaderWait,
    /// The check once a tick found no quorum of learners in time (syncLimit).
    NoQuorum,
    /// A follower's history is ahead of the leader's.
    FollowerAhead,
    /// The learner could not connect to its leader in five tries or within initLimit.
    CannotConnect,
    /// The connection to the leader ended.
    ConnectionLost,
    /// Nothing came from the leader for too long (read timeout).
    ReadTimeout,
    /// The leader's epoch is lower than the accepted one.
    LowerEpoch,
    /// A packet that does not fit the phase.
    BadPacket,
    /// The disk failed.
    DiskFailed,
    /// The 32-bit counter ran out.
    CounterRanOut,
    /// The leader shut down for another reason.
    LeaderGone,
    /// It was made to from outside, as an upstream test does.
    FromOutside,
}

/// Why a leader closed a learner's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The connection ended from the learner's side.
    ConnectionLost,
    /// Nothing came for too long.
    ReadTimeout,
    /// The oldest proposal sent to it stayed without acknowledgement for syncLimit.
    ProposalTimeout,
    /// Its history is ahead of the leader's before a quorum was found.
    AheadOfLeader,
    /// It sent something else where the acknowledgement of NEWLEADER was due.
    NotNewLeaderAck,
    /// The same server connected again.
    Replaced,
    /// The leader gave up.
    LeaderGone,
    /// The leader's wait for a quorum ran out (initLimit) while this learner's handler waited too.
    WaitTimeout,
    /// It sent a packet that does not fit the phase.
    BadPacket,
    /// The leader could not write the epoch that this learner completed the quorum for.
    DiskFailed,
}

/// A two-valued answer with its reason, for comparisons that are not of votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Accepted,
    /// Already so: does not count towards a quorum.
    AlreadyAccepted,
    /// No.
    Refused,
}

/// A decision or observation of a server or client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Fact {
    // ---- process ----
    /// The database was read from disk: at start, before leading, and again after a cut.
    Loaded {
        last_zxid: Zxid,
        snapshot: Option<Zxid>,
        replayed: u32,
        accepted_epoch: Epoch,
        current_epoch: Epoch,
    },
    /// The server ends itself: exit code and the reason in the server's words.
    Fatal { code: i32, reason: Box<str> },
    /// The state changed (`setPeerState`).
    State { from: ServerState, to: ServerState },
    /// The phase changed.
    PhaseIs { from: Phase, to: Phase },

    // ---- election (reference 2) ----
    /// `lookForLeader` began: the round after the increment, and the own first vote.
    RoundBegan { vote: Vote },
    /// The proposal was set: the first vote of an election, an adopted one, or the own one again in a newer round.
    /// `heard` is the notification that caused it.
    Voted {
        from: Option<Vote>,
        to: Vote,
        heard: Option<(Sid, Notification)>,
        compared: Compared,
    },
    /// A notification was taken out of the queue (or by the receiver). `sender` is the server it came from.
    Heard {
        sender: Sid,
        notification: Notification,
        own_state: ServerState,
        own: Vote,
        used: NotificationUse,
        compared: Option<Compared>,
    },
    /// A vote was entered into the table of votes; the table's equals of the own proposal against what is needed.
    Tally {
        for_vote: Vote,
        counted: Box<[Sid]>,
        needed: u32,
        quorum: bool,
    },
    /// A quorum agrees with the own vote: 200 ms of silence decide now.
    FinalizeBegan { vote: Vote, votes: Box<[Sid]> },
    /// Silence came out of the queue: everything was sent again, or connections tried again; the next wait.
    BackOff {
        waited_ms: u32,
        next_ms: u32,
        resent: bool,
    },
    /// A quorum outside the election agrees on a leader, but its own LEADING is missing: no decision.
    NoWordFromLeader { leader: Sid, votes: Box<[Sid]> },
    /// The election ended. `joined_existing` tells whether it joined a leader that was already there.
    Decided {
        state: ServerState,
        vote: Vote,
        branch: Branch,
        votes: Box<[Sid]>,
        joined_existing: bool,
    },
    /// A connection for elections: `with` connected, replaced an older one, or was told to wait for the larger id.
    CnxUp { with: Sid, dialled_by_me: bool },
    /// The other side has the larger id: the connection was closed so that it dials.
    CnxYielded { to: Sid },
    /// An election connection ended.
    CnxDown { with: Sid },
    /// A connection for elections could not be made: refused, or nothing heard within cnxTimeout.
    CnxFailed { to: Sid, timed_out: bool },
    /// A notification left in a later step than it was made in: it had waited for a connection or for the sending
    /// thread or, if `again`, it is the last one ever sent there, repeated on a new connection.
    SentLate {
        to: Sid,
        notification: Notification,
        again: bool,
    },

    // ---- discovery (reference 3.2) ----
    /// The leader opened its quorum port.
    PortOpen,
    /// A learner's attempt to connect failed; which, and the pause.
    ConnectFailed {
        leader: Sid,
        attempt: u32,
        pause_ms: u32,
    },
    /// The leader heard a learner's FOLLOWERINFO or OBSERVERINFO.
    LearnerHeard {
        learner: Sid,
        accepted_epoch: Epoch,
        observer: bool,
    },
    /// The leader has its quorum of epochs and proposes a new one.
    EpochProposed {
        epoch: Epoch,
        highest_heard: Epoch,
        heard: Box<[Sid]>,
    },
    /// A learner compared LEADERINFO's epoch with its accepted one.
    EpochHeard {
        leader: Sid,
        offered: Epoch,
        accepted: Epoch,
        verdict: Verdict,
    },
    /// The leader compared a follower's ACKEPOCH with its own summary.
    AckEpochHeard {
        follower: Sid,
        epoch: Option<Epoch>,
        zxid: Zxid,
        own_epoch: Epoch,
        own_zxid: Zxid,
        verdict: Verdict,
    },
    /// A quorum of ACKEPOCH: the leader's current epoch is the new one.
    EpochAgreed { epoch: Epoch, followers: Box<[Sid]> },

    // ---- synchronisation (reference 3.3, 3.4) ----
    /// The leader chose how to bring a learner into line (`LearnerHandler.syncFollower`).
    SyncChosen {
        learner: Sid,
        kind: SyncKind,
        /// The zxid of the DIFF, TRUNC or SNAP packet.
        zxid: Zxid,
        row: SyncRow,
        peer_last_zxid: Zxid,
        min_committed_log: Zxid,
        max_committed_log: Zxid,
        leader_last_processed: Zxid,
        /// How many proposals follow.
        proposals: u32,
    },
    /// A learner received DIFF, TRUNC or SNAP.
    SyncHeard { kind: SyncKind, zxid: Zxid },
    /// A learner received NEWLEADER.
    NewLeaderHeard { epoch: Epoch },
    /// The leader received a learner's acknowledgement of NEWLEADER (or what came in its place).
    NewLeaderAck {
        learner: Sid,
        zxid: Zxid,
        verdict: Verdict,
    },
    /// A quorum acknowledged NEWLEADER: the leader's epoch is established and it begins to serve.
    Established {
        epoch: Epoch,
        followers: Box<[Sid]>,
        last_processed: Zxid,
        history_digest: u64,
        history_len: u64,
    },
    /// A learner received UPTODATE and begins to serve.
    UpToDate { last_processed: Zxid },
    /// The leader lost a learner.
    LearnerLost { learner: Sid, loss: Loss },
    /// A leader or learner gave up and goes back to LOOKING.
    SteppedDown {
        was: ServerState,
        why: StepDown,
        synced: Box<[Sid]>,
    },

    // ---- broadcast (reference 4) ----
    /// The leader made a transaction of a write and proposes it.
    Proposed { txn: Arc<Txn> },
    /// A follower received a PROPOSAL.
    ProposalHeard { zxid: Zxid },
    /// A learner received a COMMIT that does not fit the oldest proposal it holds (`expected`; none if it holds no
    /// proposal).
    CommitUnmatched { zxid: Zxid, expected: Option<Zxid> },
    /// The leader received (or made) an acknowledgement.
    Acked {
        by: Sid,
        zxid: Zxid,
        acks: u32,
        needed: u32,
    },
    /// The leader has a quorum for a transaction and commits it.
    Committed { zxid: Zxid, acks: Box<[Sid]> },
    /// A transaction was applied to the tree. `serving` tells whether it counts as delivered (not a replay at start).
    Applied { txn: Arc<Txn>, serving: bool },

    // ---- disk (reference 4, 3.4) ----
    /// A transaction was appended to the log (not yet synced). `digest` is [`Txn::digest`], which tells two
    /// transactions of one zxid apart.
    Logged { zxid: Zxid, digest: u64, file: Zxid },
    /// The log was synced up to a zxid.
    Synced { zxid: Zxid },
    /// A snapshot was written.
    SnapshotTaken { name: Zxid, last_processed: Zxid },
    /// The log was cut.
    Truncated {
        to: Zxid,
        removed: u32,
        reported: Zxid,
    },
    /// An epoch file was written.
    EpochFile { accepted: bool, epoch: Epoch },
    /// The database in memory was replaced by the leader's.
    DatabaseReplaced { zxid: Zxid },

    // ---- sessions and clients (reference 5) ----
    /// A server accepted a client's session.
    SessionOpened { session: SessionId, timeout_ms: u32 },
    /// The leader found a session silent for too long.
    SessionExpired { session: SessionId },
    /// A client was connected to a server, with its session.
    ClientConnected { session: SessionId, to: Sid },
    /// A client lost its server.
    ClientDisconnected { from: Sid },
    /// A client learnt that its session is gone.
    ClientExpired { session: SessionId },
    /// A client sent a request.
    Asked {
        session: SessionId,
        cxid: i32,
        op: Arc<crate::zookeeper::Op>,
        to: Sid,
    },
    /// A client received an answer.
    Answered {
        session: SessionId,
        cxid: i32,
        op: Arc<crate::zookeeper::Op>,
        zxid: Zxid,
        error: Option<ErrorCode>,
        result: OpResult,
    },
    /// A client gave up on a request: nobody knows whether it took effect.
    Unanswered { session: SessionId, cxid: i32 },
    /// A server refused a client that had seen a greater zxid.
    ClientAhead { client_zxid: Zxid, own: Zxid },
    /// A server keeps a watch of a connection.
    WatchSet { session: SessionId, path: Arc<str> },
    /// A watch fired: the event goes to its connection.
    WatchFired {
        session: SessionId,
        kind: crate::zookeeper::EventKind,
        path: Arc<str>,
    },
    /// A connection ended, and its watches with it.
    WatchesDropped { session: SessionId, count: u32 },
    /// A client heard of a change that it watched.
    EventHeard {
        session: SessionId,
        kind: crate::zookeeper::EventKind,
        path: Arc<str>,
    },
    /// A client that is connected again brings its watches along; changes behind `since` are told at once.
    WatchesResent {
        session: SessionId,
        since: Zxid,
        count: u32,
    },
    /// A server closed a connection whose session is used through another server by now.
    SessionMoved { session: SessionId },
    /// A server refused a session whose password was wrong.
    WrongPassword { session: SessionId },
    /// A server closed a new connection: as many as it allows are open from there.
    TooManyConnections { open: u32, limit: u32 },
    /// A server did not accept a client's proof of identity.
    ClientAuthFailed { session: SessionId },
    /// A server began or stopped serving clients.
    Serving { yes: bool, last_zxid: Zxid },

    // ---- from outside ----
    /// A value in memory was set from outside, as upstream tests do: the state to come, the vote told to
    /// others, or the last zxid given. One of them is there.
    Tampered {
        state: Option<ServerState>,
        vote: Option<Vote>,
        zxid: Option<Zxid>,
    },

    // ---- without others ----
    /// A server that is listed alone read its database and serves: no election, no quorum, no epoch.
    RunsAlone {
        last_zxid: Zxid,
        snapshot: Option<Zxid>,
        replayed: u32,
    },
}

impl Fact {
    /// Whether it is a detail: it explains, and no property looks at it. Most of an election's facts
    /// are, so they are built only if somebody wants them
    /// ([`Fx::wants_details`](crate::engine::Fx::wants_details)).
    pub fn is_detail(&self) -> bool {
        matches!(
            self,
            Fact::Heard { .. }
                | Fact::Tally { .. }
                | Fact::BackOff { .. }
                | Fact::FinalizeBegan { .. }
                | Fact::CnxUp { .. }
                | Fact::CnxDown { .. }
                | Fact::CnxYielded { .. }
                | Fact::State { .. }
                | Fact::PhaseIs { .. }
                | Fact::Acked { .. }
                | Fact::Asked { .. }
                | Fact::WatchSet { .. }
                | Fact::WatchFired { .. }
                | Fact::WatchesDropped { .. }
        )
    }

    /// The round of a vote-carrying fact, for filters.
    pub fn round(&self) -> Option<Round> {
        match self {
            Fact::RoundBegan { vote }
            | Fact::Decided { vote, .. }
            | Fact::Voted { to: vote, .. } => Some(vote.round),
            _ => None,
        }
    }
}
