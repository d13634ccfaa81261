//! What a recording says of one situation, in the simulator's own words.

use crate::base::Span;
use crate::zookeeper::{Epoch, Release, Round, ServerState, Sid, Vote, Zxid};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A server left its election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Decision {
    /// What it became.
    pub state: ServerState,
    /// Whom it takes for the leader.
    pub leader: Sid,
    /// The zxid of the vote it left with.
    pub zxid: Zxid,
    /// The round of its own last vote before. That is how the recordings derive it (a server's log
    /// does not tell the round in which it leaves, and where a step of a recording holds no vote,
    /// the round is null). It is another one than the winner's when a server joins a leader of an
    /// earlier round.
    pub round: Round,
    /// Whether a LEADING or FOLLOWING notification for that leader had arrived in the 60 ms before.
    /// That is how the recordings derive it, so it is derived the same way here, and not from the
    /// branch taken.
    pub joined_existing: bool,
}

/// What one run led to: recorded or simulated, in the same form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Who leads in the end.
    pub winner: Option<Sid>,
    /// The round of the winner's last decision.
    pub round: Option<Round>,
    /// The epoch in which it leads.
    pub new_epoch: Option<Epoch>,
    /// Each server's decisions in order.
    pub decisions: BTreeMap<Sid, Vec<Decision>>,
    /// Each server's own votes, as it set them, in order.
    pub votes: BTreeMap<Sid, Vec<Vote>>,
    /// When each of the decisions was taken, in milliseconds. Never compared: the machine is
    /// another one.
    pub decided_ms: BTreeMap<Sid, Vec<u64>>,
    /// When each of the votes was set, in milliseconds. Never compared.
    pub voted_ms: BTreeMap<Sid, Vec<u64>>,
}

impl Outcome {
    /// Whether winner, round, new epoch and every server's decisions in order are the same.
    pub fn same_decisions(&self, other: &Outcome) -> bool {
        self.winner == other.winner
            && self.round == other.round
            && self.new_epoch == other.new_epoch
            && self.decisions == other.decisions
    }

    /// Whether every server's own votes in order are the same.
    pub fn same_votes(&self, other: &Outcome) -> bool {
        self.votes == other.votes
    }

    /// Whether some server first decided for another leader than the final one.
    pub fn premature(&self) -> bool {
        let mut all = self.decisions.values().flatten();
        self.winner
            .is_some_and(|winner| all.any(|decision| decision.leader != winner))
    }

    /// Whether a quorum of `n` servers, the leader included, had decided for a leader in a round
    /// that is not the one in which the final leader was decided: a first leader that never served.
    pub fn failed_leader(&self, n: u32) -> bool {
        let mut supporters: BTreeMap<(Round, Sid), BTreeSet<Sid>> = BTreeMap::new();
        for (sid, decisions) in &self.decisions {
            for decision in decisions {
                let key = (decision.round, decision.leader);
                supporters.entry(key).or_default().insert(*sid);
            }
        }
        supporters.iter().any(|((round, leader), who)| {
            (Some(*round), Some(*leader)) != (self.round, self.winner)
                && who.contains(leader)
                && who.len() as u32 > n / 2
        })
    }
}

/// A server of a case before it is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseServer {
    /// Its id.
    pub sid: Sid,
    /// The last transaction on its disk.
    pub last_zxid: Zxid,
    /// The content of its epoch files.
    pub current_epoch: Epoch,
}

/// One recorded run of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Its number in the recording, from 1.
    pub run: u32,
    /// When each server that was started set its first vote, since the first one of the run was
    /// started.
    pub looking_at: BTreeMap<Sid, Span>,
    /// How long a server took on average from its start to its first vote: the same work on every
    /// server, so it tells how busy the machine was.
    pub starting: Span,
    /// What it led to.
    pub outcome: Outcome,
}

/// A cold start with given disks, recorded once or more often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its name in the recording (`D-001`), or one made of scenario and kind (`C 3 seeded`).
    pub id: String,
    /// The release that was recorded.
    pub release: Release,
    /// How many servers are configured, from 1 on; those without a time in any repeat are never
    /// started.
    pub servers: Vec<CaseServer>,
    /// Whether the recording calls its winner stable.
    pub stable: bool,
    /// The recorded runs.
    pub repeats: Vec<Repeat>,
}

impl Case {
    /// How many servers are configured.
    pub fn size(&self) -> u32 {
        self.servers.len() as u32
    }
}
