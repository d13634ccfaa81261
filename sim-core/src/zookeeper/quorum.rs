//! When a set of servers is a quorum: by majority or by groups and weights.
//!
//! Follows `flexible/QuorumMaj.java` and `flexible/QuorumHierarchical.java` of release 3.5.7 (the
//! same in 3.8.0), with `SyncedLearnerTracker`'s rule that only voting members are counted.
//! Reconfiguration, which asks for a quorum of two configurations at once, is not modelled. Used by
//! the election and by every wait of a leader.

use crate::zookeeper::{EnsembleConfig, QuorumRule, Role, Sid};

/// Answers whether a set of servers is a quorum of one configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QuorumVerifier {
    /// Voting members in the order in which the server walks through them.
    voters: Vec<Sid>,
    rule: Rule,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Rule {
    Majority,
    Groups {
        /// Weight and group of every voter.
        members: Vec<(Sid, i64, i64)>,
        /// Total weight of every group.
        groups: Vec<(i64, i64)>,
        /// Groups that are counted: those of a weight other than 0.
        counted: usize,
    },
}

impl QuorumVerifier {
    /// The verifier of a configuration.
    ///
    /// # Panics
    /// If groups are used and a participant is in none: such a configuration does not start.
    pub fn of(config: &EnsembleConfig) -> Self {
        let participants = || {
            let members = config.members.iter();
            members.filter(|member| member.role == Role::Participant)
        };
        let mut voters: Vec<Sid> = participants().map(|member| member.sid).collect();
        in_hash_order(&mut voters);
        let rule = match config.rule {
            QuorumRule::Majority => Rule::Majority,
            QuorumRule::Hierarchical => {
                let members: Vec<_> = participants()
                    .map(|member| {
                        let group = member.group.expect("every participant is in a group");
                        (member.sid, member.weight, group)
                    })
                    .collect();
                let groups = weigh(members.iter().map(|&(_, weight, group)| (group, weight)));
                let counted = groups.iter().filter(|&&(_, weight)| weight != 0).count();
                Rule::Groups {
                    members,
                    groups,
                    counted,
                }
            }
        };
        Self { voters, rule }
    }

    /// The voting members, in the order in which notifications are sent to them: that of a Java
    /// hash set of their ids, which is ascending for ids below 16.
    pub fn voters(&self) -> &[Sid] {
        &self.voters
    }

    /// Whether a server votes.
    pub fn is_voter(&self, sid: Sid) -> bool {
        self.voters.contains(&sid)
    }

    /// The weight of a server: 1 for all (members or not) by majority. By groups 0 for one that is
    /// unknown, where the real server fails with a null pointer.
    pub fn weight(&self, sid: Sid) -> i64 {
        match &self.rule {
            Rule::Majority => 1,
            Rule::Groups { members, .. } => {
                let found = members.iter().find(|member| member.0 == sid);
                found.map_or(0, |member| member.1)
            }
        }
    }

    /// Whether these servers are a quorum. Those that do not vote are not counted; each counts
    /// once.
    pub fn contains_quorum(&self, servers: impl IntoIterator<Item = Sid>) -> bool {
        match &self.rule {
            Rule::Majority => self.count(servers) > self.voters.len() / 2,
            Rule::Groups { counted, .. } => self.count(servers) > counted / 2,
        }
    }

    /// How many voters, or satisfied groups, make a quorum.
    pub fn needed(&self) -> u32 {
        let all = match &self.rule {
            Rule::Majority => self.voters.len(),
            Rule::Groups { counted, .. } => *counted,
        };
        (all / 2) as u32 + 1
    }

    /// How many of what [`needed`](Self::needed) counts these servers bring.
    pub fn count(&self, servers: impl IntoIterator<Item = Sid>) -> usize {
        let mut seen = smallvec::SmallVec::<[Sid; 16]>::new();
        for sid in servers {
            if self.is_voter(sid) && !seen.contains(&sid) {
                seen.push(sid);
            }
        }
        match &self.rule {
            Rule::Majority => seen.len(),
            Rule::Groups {
                members, groups, ..
            } => {
                let present = members.iter().filter(|member| seen.contains(&member.0));
                weigh(present.map(|&(_, weight, group)| (group, weight)))
                    .into_iter()
                    .filter(|&(group, present)| {
                        let total = groups.iter().find(|entry| entry.0 == group);
                        present > total.map_or(0, |entry| entry.1) / 2
                    })
                    .count()
            }
        }
    }
}

/// Adds up weights per group.
fn weigh(members: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, i64)> {
    let mut groups: Vec<(i64, i64)> = Vec::new();
    for (group, weight) in members {
        match groups.iter_mut().find(|entry| entry.0 == group) {
            Some(entry) => entry.1 += weight,
            None => groups.push((group, weight)),
        }
    }
    groups
}

/// Sorts ids as a `java.util.HashSet<Long>` of them would be walked through: by bucket. Order
/// matters where one unreachable peer delays what is sent to those behind it. Ids of one bucket
/// keep their ascending order.
fn in_hash_order(sids: &mut [Sid]) {
    let buckets = ((sids.len() * 4 / 3 + 1) as u32)
        .next_power_of_two()
        .max(16);
    sids.sort_unstable_by_key(|sid| (hash_bucket(*sid, buckets), *sid));
}

/// The bucket of `Long.hashCode` in a `HashMap` with this many buckets (a power of two).
pub(crate) fn hash_bucket(sid: Sid, buckets: u32) -> u32 {
    let hash = (sid.0 ^ ((sid.0 as u64) >> 32) as i64) as u32;
    (hash ^ (hash >> 16)) & (buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeId;
    use crate::zookeeper::Member;

    fn member(sid: i64) -> Member {
        Member {
            sid: Sid(sid),
            node: NodeId(sid as u16),
            role: Role::Participant,
            weight: 1,
            group: None,
        }
    }

    fn is_quorum(quorum: &QuorumVerifier, sids: &[i64]) -> bool {
        quorum.contains_quorum(sids.iter().map(|sid| Sid(*sid)))
    }

    /// `QuorumMajorityTest.testMajQuorums` of release 3.5.7, first half: five followers.
    #[test]
    fn majority_of_five() {
        let quorum = QuorumVerifier::of(&EnsembleConfig::new((1..=5).map(member).collect()));
        assert!(!is_quorum(&quorum, &[1, 2]), "2 of 5 is no majority");
        assert!(!is_quorum(&quorum, &[1, 2, 6]), "6 is not in the view");
        assert!(is_quorum(&quorum, &[1, 2, 6, 3]));
        assert_eq!(quorum.needed(), 3);
    }

    /// `QuorumMajorityTest.testMajQuorums` of release 3.5.7, second half: 4 and 5 are observers.
    #[test]
    fn observers_do_not_count() {
        let mut members: Vec<_> = (1..=5).map(member).collect();
        members[3].role = Role::Observer;
        members[4].role = Role::Observer;
        let quorum = QuorumVerifier::of(&EnsembleConfig::new(members));
        assert!(!is_quorum(&quorum, &[1]));
        assert!(!is_quorum(&quorum, &[1, 4, 5]));
        assert!(!is_quorum(&quorum, &[1, 4, 5, 6]));
        assert!(is_quorum(&quorum, &[1, 4, 5, 6, 2]));
    }

    fn grouped(sids: &[(i64, i64, i64)]) -> QuorumVerifier {
        let members = sids.iter().map(|&(sid, group, weight)| Member {
            weight,
            group: Some(group),
            ..member(sid)
        });
        let mut config = EnsembleConfig::new(members.collect());
        config.rule = QuorumRule::Hierarchical;
        QuorumVerifier::of(&config)
    }

    /// The configuration of `HierarchicalQuorumTest` of release 3.5.7 (group 2 weighs nothing); the
    /// test itself only sees that it serves. What follows from `QuorumHierarchical.containsQuorum`:
    /// group 1 decides alone.
    #[test]
    fn a_group_without_weight_is_not_counted() {
        let quorum = grouped(&[(1, 1, 1), (2, 1, 1), (3, 1, 1), (4, 2, 0), (5, 2, 0)]);
        assert!(is_quorum(&quorum, &[1, 2]));
        assert!(!is_quorum(&quorum, &[1, 4, 5]));
        assert!(!is_quorum(&quorum, &[4, 5]));
        assert!(!is_quorum(&quorum, &[]));
        assert_eq!(quorum.needed(), 1);
        assert_eq!(quorum.weight(Sid(4)), 0);
    }

    /// The example of `QuorumHierarchical.java`'s class comment: three groups of three, weight 1
    /// each.
    #[test]
    fn three_groups_of_three() {
        let all: Vec<_> = (1..=9).map(|sid| (sid, (sid - 1) / 3, 1)).collect();
        let quorum = grouped(&all);
        assert!(is_quorum(&quorum, &[1, 2, 4, 5]), "4 of 9 are enough");
        assert!(!is_quorum(&quorum, &[1, 2, 3, 4, 7]), "one group only");
        assert!(!is_quorum(&quorum, &[1, 1, 4, 4]), "each counts once");
    }

    /// A group needs more than half of its weight, rounded down (`groupWeight / 2`): 2 of 4 is not
    /// enough, 2 of 3 is.
    #[test]
    fn group_weight_is_halved_rounding_down() {
        let quorum = grouped(&[(1, 1, 2), (2, 1, 2), (3, 2, 2), (4, 2, 1)]);
        assert!(!is_quorum(&quorum, &[1, 3]), "group 1 has 2 of 4");
        assert!(is_quorum(&quorum, &[1, 2, 3]));
    }

    /// `java.util.HashSet<Long>` of {3, 17, 1, 16} is walked as 16, 17, 1, 3 or 16, 1, 17, 3
    /// depending on insertion within a bucket; ids below 16 are always ascending.
    #[test]
    fn voters_are_walked_by_bucket() {
        let quorum = QuorumVerifier::of(&EnsembleConfig::new(
            [3, 17, 1, 16].into_iter().map(member).collect(),
        ));
        assert_eq!(quorum.voters(), [Sid(16), Sid(1), Sid(17), Sid(3)]);
    }
}
