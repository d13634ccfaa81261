//! What a server is started with: its `zoo.cfg` and `myid`.
//!
//! Follows `QuorumPeerConfig.java` of release 3.5.7 for defaults.

use crate::base::NodeId;
use crate::zookeeper::{Quirks, Release, Sid, address};
use core::hash::{Hash, Hasher};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// Whether a member votes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Votes and acknowledges.
    #[default]
    Participant,
    /// Does neither.
    Observer,
}

/// One `server.N` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    /// `N`.
    pub sid: Sid,
    /// The node that runs it.
    pub node: NodeId,
    /// Its role.
    pub role: Role,
    /// `weight.N`, 1 by default.
    pub weight: i64,
    /// The group it belongs to, if groups are used.
    pub group: Option<i64>,
}

/// How votes are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum QuorumRule {
    /// More than half of the participants.
    #[default]
    Majority,
    /// More than half of the groups by weight (`QuorumHierarchical`).
    Hierarchical,
}

/// Permissions and identities: what of them is switched on or off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Access {
    /// `skipACL`: everybody may do everything.
    pub skip_acl: bool,
    /// `DigestAuthenticationProvider.superDigest`: who shows this may do everything.
    pub super_digest: Option<Arc<str>>,
}

/// What all servers of an ensemble share. A server may be given another one (it "lacks 3 in its configuration").
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnsembleConfig {
    /// `server.N` lines in the order of N.
    pub members: Vec<Member>,
    /// How votes are counted.
    pub rule: QuorumRule,
    /// `tickTime` in milliseconds.
    pub tick_time_ms: u32,
    /// `initLimit` in ticks.
    pub init_limit: u32,
    /// `syncLimit` in ticks.
    pub sync_limit: u32,
    /// `minSessionTimeout` in milliseconds (2 ticks unless set).
    pub min_session_timeout_ms: u32,
    /// `maxSessionTimeout` in milliseconds (20 ticks unless set).
    pub max_session_timeout_ms: u32,
    /// `maxClientCnxns`: connections of clients of one address (here: of one node); 0 is any number.
    pub max_client_cnxns: u32,
    /// `snapCount` in transactions.
    pub snap_count: u32,
    /// `preAllocSize` in KiB.
    pub pre_alloc_kib: u32,
    /// `snapshotSizeFactor` in percent (33).
    pub snapshot_size_factor_percent: u32,
    /// `cnxTimeout` in milliseconds.
    pub cnx_timeout_ms: u32,
    /// `leader.maxTimeToWaitForEpoch` in milliseconds (from 3.6); off unless set.
    pub max_time_to_wait_for_epoch_ms: Option<u32>,
    /// `syncEnabled`: whether an observer keeps log and snapshots.
    pub sync_enabled: bool,
    /// Permissions and identities: what of them is switched on or off.
    pub access: Access,
    /// `znode.container.checkIntervalMs`: how often a leader looks for containers and nodes whose
    /// time is over.
    pub container_check_ms: u32,
    /// `extendedTypesEnabled`: whether nodes may have a time to live.
    pub extended_types: bool,
    /// `standaloneEnabled`: whether a server that is listed alone runs without election and quorum.
    pub standalone_enabled: bool,
    /// How long reading the database and opening the ports takes at start and before leading.
    pub load_time: crate::base::Span,
    /// How long between deciding to lead and the quorum port being open.
    pub open_port_time: crate::base::Span,
    /// How long a learner that lost its leader takes to end its threads before it is LOOKING.
    pub shutdown_time: crate::base::Span,
    membership: Membership,
}

/// The text of the membership, made when it is first asked for: no state of its own.
#[derive(Debug, Default)]
struct Membership(OnceLock<Arc<[u8]>>);

impl Clone for Membership {
    /// Whoever clones a configuration may change it.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Membership {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Membership {}

impl Hash for Membership {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl EnsembleConfig {
    /// `members` with the values of the sample file: tickTime 2000, initLimit 10, syncLimit 5.
    pub fn new(members: Vec<Member>) -> Self {
        Self {
            members,
            rule: QuorumRule::Majority,
            tick_time_ms: 2000,
            init_limit: 10,
            sync_limit: 5,
            min_session_timeout_ms: 4000,
            max_session_timeout_ms: 40_000,
            max_client_cnxns: 60,
            snap_count: 100_000,
            pre_alloc_kib: 65_536,
            snapshot_size_factor_percent: 33,
            cnx_timeout_ms: 5000,
            max_time_to_wait_for_epoch_ms: None,
            sync_enabled: true,
            access: Access::default(),
            container_check_ms: 60_000,
            extended_types: false,
            standalone_enabled: true,
            load_time: crate::base::Span::ZERO,
            open_port_time: crate::base::Span::ZERO,
            shutdown_time: crate::base::Span::ZERO,
            membership: Membership::default(),
        }
    }

    /// The member with this id.
    pub fn member(&self, sid: Sid) -> Option<&Member> {
        self.members.iter().find(|member| member.sid == sid)
    }

    /// Whether a server with this list runs alone (`QuorumPeerConfig.isDistributed` says no): it
    /// lists one participant at most, whoever that is.
    pub fn is_standalone(&self) -> bool {
        self.standalone_enabled && self.participants() <= 1
    }

    /// How many members vote.
    pub fn participants(&self) -> usize {
        let votes = |member: &&Member| member.role == Role::Participant;
        self.members.iter().filter(votes).count()
    }

    /// What keeps a server with this list from starting (`parseDynamicConfig`), in its own words.
    pub fn refusal(&self) -> Option<&'static str> {
        let (voters, all) = (self.participants(), self.members.len());
        match voters {
            0 if all > 0 => Some("Observers w/o participants is an invalid configuration"),
            0 if !self.standalone_enabled => {
                Some("standaloneEnabled = false then number of participants should be >0")
            }
            1 if all > 1 && self.standalone_enabled => {
                Some("Observers w/o quorum is an invalid configuration")
            }
            _ => None,
        }
    }

    /// What servers keep in `/zookeeper/config` (`QuorumMaj.toString`), with the ports of the sample
    /// files. Members must not change once this was asked.
    pub fn membership(&self) -> &Arc<[u8]> {
        self.membership.0.get_or_init(|| {
            let line = |member: &Member| {
                let role = match member.role {
                    Role::Participant => "participant",
                    Role::Observer => "observer",
                };
                let (sid, host) = (member.sid, address(member.node));
                format!("server.{sid}={host}:2888:3888:{role}\n")
            };
            let mut text: String = self.members.iter().map(line).collect();
            text.push_str("version=0");
            Arc::from(text.into_bytes())
        })
    }

    /// Whether this id votes.
    pub fn is_participant(&self, sid: Sid) -> bool {
        self.member(sid)
            .is_some_and(|member| member.role == Role::Participant)
    }
}

/// What one server is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerConfig {
    /// Its `myid`.
    pub sid: Sid,
    /// Its `zoo.cfg`.
    pub ensemble: Arc<EnsembleConfig>,
    /// Its release.
    pub release: Release,
    /// The historical bugs that are on.
    pub quirks: Quirks,
}

impl ServerConfig {
    /// The id in the sessions that it gives out: its own, 1 if it runs alone
    /// (`createSessionTrackerServerId`).
    pub fn session_sid(&self) -> Sid {
        match self.ensemble.is_standalone() {
            true => Sid(1),
            false => self.sid,
        }
    }
}
