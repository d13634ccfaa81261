//! What an election compares and counts: ballots, tables of them, and the three predicates.
//!
//! Pure functions of their arguments. Follows `Vote.equals`, `totalOrderPredicate`, `termPredicate`
//! and `checkLeader` of releases 3.5.7 and 3.8.0.

use crate::base::{By, StepIndex};
use crate::zookeeper::{Compared, Notification, QuorumVerifier, ServerState, Sid, Vote};

/// A vote as it lies in a table (`Vote.java`): with the state and the format version it is compared
/// by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ballot {
    /// What is voted for.
    pub vote: Vote,
    /// The voter's state; LOOKING where the code builds a vote without one.
    pub state: ServerState,
    /// The format version; 0 where the code builds a vote without one.
    pub version: u8,
}

impl Ballot {
    /// A vote built without a state: LOOKING, version 0.
    pub fn plain(vote: Vote) -> Self {
        Self {
            vote,
            state: ServerState::Looking,
            version: 0,
        }
    }

    /// A notification's vote with its state and version.
    pub fn of(notification: &Notification) -> Self {
        Self {
            vote: notification.vote(),
            state: notification.state,
            version: notification.version,
        }
    }

    /// Whether two ballots are for the same thing. If either is LOOKING, everything must agree;
    /// else only leader and peer epoch, and of those only the leader if exactly one of the two has
    /// version 0.
    pub fn agrees_with(&self, other: &Ballot) -> bool {
        let (a, b) = (&self.vote, &other.vote);
        if self.state == ServerState::Looking || other.state == ServerState::Looking {
            return a == b;
        }
        let mixed = (self.version > 0) != (other.version > 0);
        a.leader == b.leader && (mixed || a.peer_epoch == b.peer_epoch)
    }
}

/// The last ballot heard from each server, with the step it came in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BallotTable {
    /// By ascending id.
    entries: Vec<(Sid, By<Ballot>)>,
}

impl BallotTable {
    /// Enters a ballot in place of the sender's last one.
    pub fn put(&mut self, sender: Sid, ballot: By<Ballot>) {
        match self.entries.binary_search_by_key(&sender, |entry| entry.0) {
            Ok(index) => self.entries[index].1 = ballot,
            Err(index) => self.entries.insert(index, (sender, ballot)),
        }
    }

    /// The last ballot of a server.
    pub fn get(&self, sender: Sid) -> Option<&By<Ballot>> {
        let index = self.entries.binary_search_by_key(&sender, |entry| entry.0);
        index.ok().map(|index| &self.entries[index].1)
    }

    /// All of them by ascending id.
    pub fn iter(&self) -> impl Iterator<Item = (Sid, &By<Ballot>)> {
        self.entries
            .iter()
            .map(|(sender, ballot)| (*sender, ballot))
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Those voters whose ballot agrees with this one, and the steps their ballots came in.
    pub fn agreeing(
        &self,
        ballot: &Ballot,
        quorum: &QuorumVerifier,
    ) -> impl Iterator<Item = (Sid, StepIndex)> {
        self.entries
            .iter()
            .filter(|(sender, entry)| quorum.is_voter(*sender) && ballot.agrees_with(&entry.value))
            .map(|(sender, entry)| (*sender, entry.by))
    }

    /// `termPredicate`: whether a quorum agrees with this ballot.
    pub fn has_quorum(&self, ballot: &Ballot, quorum: &QuorumVerifier) -> bool {
        quorum.contains_quorum(self.agreeing(ballot, quorum).map(|(sender, _)| sender))
    }

    /// Whether this server's own word that it leads is in the table: `checkLeader` for another
    /// server than oneself.
    pub fn says_it_leads(&self, leader: Sid) -> bool {
        let ballot = self.get(leader);
        ballot.is_some_and(|ballot| ballot.value.state == ServerState::Leading)
    }
}

/// `totalOrderPredicate`: whether the new vote beats the current one, and what decided it. The
/// round is not compared.
pub fn beats(new: &Vote, current: &Vote, quorum: &QuorumVerifier) -> (bool, Compared) {
    if quorum.weight(new.leader) == 0 {
        return (false, Compared::Weight);
    }
    let compared = if new.peer_epoch != current.peer_epoch {
        Compared::Epoch
    } else if new.zxid != current.zxid {
        Compared::Zxid
    } else if new.leader != current.leader {
        Compared::Sid
    } else {
        Compared::Equal
    };
    (new.rank() > current.rank(), compared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeId;
    use crate::zookeeper::{EnsembleConfig, Epoch, Member, Role, Round, Zxid};

    fn servers(sids: core::ops::Range<i64>) -> QuorumVerifier {
        let member = |sid| Member {
            sid: Sid(sid),
            node: NodeId(sid as u16),
            role: Role::Participant,
            weight: 1,
            group: None,
        };
        QuorumVerifier::of(&EnsembleConfig::new(sids.map(member).collect()))
    }

    fn vote(leader: i64, zxid: Zxid, round: i64, peer_epoch: i64) -> Vote {
        Vote {
            leader: Sid(leader),
            zxid,
            peer_epoch: Epoch(peer_epoch),
            round: Round(round),
        }
    }

    fn zxid(epoch: i64, counter: u32) -> Zxid {
        Zxid::new(Epoch(epoch), counter)
    }

    fn table(entries: &[(i64, u8, Vote, ServerState)]) -> BallotTable {
        let mut table = BallotTable::default();
        for &(sender, version, vote, state) in entries {
            let ballot = Ballot {
                vote,
                state,
                version,
            };
            table.put(Sid(sender), By::new(ballot, StepIndex(0)));
        }
        table
    }

    use ServerState::{Following, Leading, Looking};

    fn ballot(version: u8, vote: Vote, state: ServerState) -> Ballot {
        Ballot {
            vote,
            state,
            version,
        }
    }

    /// `FLEPredicateTest.testPredicate` of release 3.5.7: (id, zxid, epoch) new against current.
    #[test]
    fn total_order() {
        let quorum = servers(0..3);
        let rows = [
            ((4, 0, 0), (3, 0, 2), false, Compared::Epoch),
            ((0, 0, 1), (1, 0, 0), true, Compared::Epoch),
            ((0, 1, 0), (1, 0, 0), true, Compared::Zxid),
            ((1, 1, 0), (0, 1, 0), true, Compared::Sid),
        ];
        for (new, current, better, why) in rows {
            let of = |(leader, zxid, epoch)| vote(leader, Zxid(zxid), 1, epoch);
            assert_eq!(beats(&of(new), &of(current), &quorum), (better, why));
        }
        let same = vote(1, Zxid(8), 1, 1);
        let later = vote(1, Zxid(8), 7, 1);
        assert_eq!(beats(&later, &same, &quorum), (false, Compared::Equal));
    }

    /// `totalOrderPredicate`: a server of weight 0 is never better.
    #[test]
    fn weightless_candidates_never_win() {
        let mut config = EnsembleConfig::new(Vec::new());
        config.rule = crate::zookeeper::QuorumRule::Hierarchical;
        for (sid, weight) in [(1, 1), (2, 0)] {
            config.members.push(Member {
                sid: Sid(sid),
                node: NodeId(sid as u16),
                role: Role::Participant,
                weight,
                group: Some(1),
            });
        }
        let quorum = QuorumVerifier::of(&config);
        let (low, high) = (vote(1, Zxid(0), 1, 0), vote(2, Zxid(9), 1, 9));
        assert_eq!(beats(&high, &low, &quorum), (false, Compared::Weight));
    }

    /// `FLEOutOfElectionTest.testIgnoringZxidElectionEpoch` of release 3.5.7.
    #[test]
    fn zxid_and_round_do_not_count_outside_an_election() {
        let votes = table(&[
            (0, 1, vote(4, zxid(1, 1), 1, 2), Following),
            (1, 1, vote(4, zxid(1, 2), 1, 2), Following),
            (3, 1, vote(4, zxid(2, 1), 2, 2), Following),
            (4, 1, vote(4, zxid(2, 1), 2, 2), Leading),
        ]);
        let asked = ballot(0, vote(4, zxid(2, 1), 2, 2), Following);
        assert!(votes.has_quorum(&asked, &servers(0..5)));
    }

    /// `FLEOutOfElectionTest.testElectionWIthDifferentVersion` of release 3.5.7.
    #[test]
    fn only_the_leader_counts_between_format_versions() {
        let votes = table(&[
            (0, 1, vote(4, zxid(1, 1), 1, 1), Following),
            (1, 1, vote(4, zxid(1, 1), 1, 1), Following),
            (3, 0, vote(4, zxid(2, 1), 2, 2), Following),
            (4, 0, vote(4, zxid(2, 1), 2, 2), Leading),
        ]);
        let asked = ballot(0, vote(4, zxid(2, 1), 2, 2), Following);
        assert!(votes.has_quorum(&asked, &servers(0..5)));
    }

    /// `FLEOutOfElectionTest.testLookingNormal` of release 3.5.7.
    #[test]
    fn looking_votes_that_agree() {
        let same = vote(4, zxid(2, 1), 1, 1);
        let votes = table(&[
            (0, 0, same, Looking),
            (1, 0, same, Looking),
            (3, 0, same, Looking),
            (4, 0, same, Leading),
        ]);
        assert!(votes.has_quorum(&Ballot::plain(same), &servers(0..5)));
    }

    /// `FLEOutOfElectionTest.testLookingDiffRounds` of release 3.5.7.
    #[test]
    fn looking_votes_of_other_rounds_do_not_agree() {
        let votes = table(&[
            (0, 0, vote(4, zxid(1, 1), 1, 1), Looking),
            (1, 0, vote(4, zxid(2, 1), 2, 2), Looking),
            (3, 0, vote(4, zxid(2, 1), 3, 2), Looking),
            (4, 0, vote(4, zxid(2, 1), 3, 2), Leading),
        ]);
        let asked = Ballot::plain(vote(4, zxid(2, 1), 2, 2));
        assert!(!votes.has_quorum(&asked, &servers(0..5)));
    }

    /// `FLEOutOfElectionTest.testOutofElection` of release 3.5.7: five servers 0 to 4, so that 5,
    /// which leads, does not count itself; 1 and 2 speak an older format.
    #[test]
    fn a_quorum_outside_an_election() {
        let quorum = servers(0..5);
        let votes = table(&[
            (1, 0, vote(5, zxid(15, 0), 0xa, 0x17), Following),
            (2, 0, vote(5, zxid(15, 0), 0xa, 0x17), Following),
            (4, 1, vote(5, zxid(15, 0), 0xa, 0x18), Following),
            (5, 1, vote(5, zxid(15, 0), 0xa, 0x18), Leading),
        ]);
        let asked = ballot(1, vote(5, zxid(15, 0), 0xa, 0x18), Leading);
        assert!(votes.has_quorum(&asked, &quorum));
        assert!(votes.says_it_leads(Sid(5)));
        assert!(!votes.says_it_leads(Sid(4)));
    }
}
