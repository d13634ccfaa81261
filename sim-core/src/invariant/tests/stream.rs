//! A small hand-driven ensemble: says facts, keeps the disks and trees that go with them.

use crate::base::{NodeId, SimTime, StepIndex};
use crate::engine::{DiskImage, Fault, Violation};
use crate::invariant::{Place, View, ZkMonitors};
use crate::zookeeper::*;
use std::sync::Arc;

/// The world as far as monitors see it.
pub struct Fake {
    pub servers: Vec<ServerConfig>,
    pub disks: Vec<ZkDisk>,
    pub trees: Vec<Option<Tree>>,
    step: u64,
}

impl View for Fake {
    fn nodes(&self) -> usize {
        self.servers.len() + 1
    }
    fn server(&self, node: NodeId) -> Option<&ServerConfig> {
        self.servers.get(node.index())
    }
    fn tree(&self, node: NodeId) -> Option<&Tree> {
        self.trees.get(node.index())?.as_ref()
    }
    fn disk(&self, node: NodeId) -> Option<&ZkDisk> {
        self.disks.get(node.index())
    }
    fn now(&self) -> (StepIndex, SimTime) {
        (StepIndex(self.step), SimTime(self.step))
    }
}

/// A stream of facts of servers 1, 2, 3 on nodes 0, 1, 2 and a client on node 3. Servers are named
/// by their ids.
pub struct Stream {
    pub view: Fake,
    pub monitors: ZkMonitors,
    pub found: Vec<Violation>,
    quirks: Quirks,
}

/// A transaction: `z(1, 3)` of epoch 1; equal numbers are equal transactions.
pub fn z(epoch: i64, counter: u32) -> Zxid {
    Zxid::new(Epoch(epoch), counter)
}

/// The write at a zxid. `variant` makes another one of it.
pub fn txn(zxid: Zxid, variant: u8) -> Arc<Txn> {
    let body = TxnBody::Create {
        path: format!("/n{:x}", zxid.0).into(),
        data: Arc::new([variant]),
        parent_cversion: -1,
        acl: AclList::OPEN,
        kind: NodeKind::Persistent,
    };
    Arc::new(Txn::new(zxid, SessionId(1), 0, 0, body))
}

pub fn vote(leader: i64, zxid: Zxid, epoch: i64, round: i64) -> Vote {
    Vote {
        leader: Sid(leader),
        zxid,
        peer_epoch: Epoch(epoch),
        round: Round(round),
    }
}

pub fn sids(list: &[i64]) -> Box<[Sid]> {
    list.iter().map(|sid| Sid(*sid)).collect()
}

impl Stream {
    /// Three servers with every quirk of 3.5.7 off and empty disks.
    pub fn new() -> Self {
        Self::with(Quirks::NONE, |_| ZkDisk::default())
    }

    /// Three servers with these quirks and disks.
    pub fn with(quirks: Quirks, disk: impl Fn(i64) -> ZkDisk) -> Self {
        let member = |sid: i64| Member {
            sid: Sid(sid),
            node: NodeId(sid as u16 - 1),
            role: Role::Participant,
            weight: 1,
            group: None,
        };
        let ensemble = Arc::new(EnsembleConfig::new((1..=3).map(member).collect()));
        let server = |sid: i64| ServerConfig {
            sid: Sid(sid),
            ensemble: Arc::clone(&ensemble),
            release: Release::V3_5_7,
            quirks,
        };
        let mut stream = Self {
            view: Fake {
                servers: (1..=3).map(server).collect(),
                disks: (1..=3).map(disk).collect(),
                trees: vec![None, None, None],
                step: 0,
            },
            monitors: ZkMonitors::new(),
            found: Vec::new(),
            quirks,
        };
        (1..=3).for_each(|sid| stream.boot(sid));
        stream
    }

    /// The names of the properties that broke.
    pub fn names(&self) -> Vec<&'static str> {
        self.found
            .iter()
            .map(|violation| violation.property)
            .collect()
    }

    /// A fact of a server (or, as number 4, the client).
    pub fn fact(&mut self, sid: i64, fact: &Fact) -> &mut Self {
        self.view.step += 1;
        let place = Place {
            node: NodeId(sid as u16 - 1),
            step: StepIndex(self.view.step),
            at: SimTime(self.view.step),
            because: &[],
        };
        self.monitors.look(place, fact, &self.view, &mut self.found);
        self
    }

    fn i(sid: i64) -> usize {
        sid as usize - 1
    }

    /// The process starts and reads its disk.
    pub fn boot(&mut self, sid: i64) {
        self.monitors.life(NodeId(sid as u16 - 1), true, &self.view);
        self.read(sid);
    }

    /// The server reads its disk into memory.
    pub fn read(&mut self, sid: i64) {
        let disk = &self.view.disks[Self::i(sid)];
        let loaded = Database::load(disk).expect("a disk that can be read");
        let fact = Fact::Loaded {
            last_zxid: loaded.database.last_processed(),
            snapshot: loaded.snapshot,
            replayed: loaded.replayed,
            accepted_epoch: disk.accepted_epoch.unwrap_or_default(),
            current_epoch: disk.current_epoch.unwrap_or_default(),
        };
        for change in &loaded.changes {
            self.view.disks[Self::i(sid)].apply(change);
        }
        self.view.trees[Self::i(sid)] = Some(loaded.database.tree().clone());
        self.fact(sid, &fact);
    }

    /// The process dies and its memory with it.
    pub fn crash(&mut self, sid: i64) -> &mut Self {
        self.view.trees[Self::i(sid)] = None;
        let node = NodeId(sid as u16 - 1);
        self.monitors.act(&Fault::Crash(node));
        self.monitors.life(node, false, &self.view);
        self
    }

    /// An act from outside.
    pub fn act(&mut self, fault: &Fault) -> &mut Self {
        self.monitors.act(fault);
        self
    }

    /// The leader or learner gives up.
    pub fn down(&mut self, sid: i64, why: StepDown) -> &mut Self {
        let was = ServerState::Leading;
        let synced = sids(&[]);
        self.fact(sid, &Fact::SteppedDown { was, why, synced })
    }

    /// A server decides by votes of these that have cast this vote.
    pub fn decides(&mut self, sid: i64, leader: i64, round: i64, votes: &[i64]) -> &mut Self {
        let vote = vote(leader, Zxid::ZERO, 0, round);
        for voter in votes {
            let (from, heard) = (None, None);
            let compared = Compared::Equal;
            let to = vote;
            self.fact(
                *voter,
                &Fact::Voted {
                    from,
                    to,
                    heard,
                    compared,
                },
            );
        }
        let leads = sid == leader;
        let state = if leads {
            ServerState::Leading
        } else {
            ServerState::Following
        };
        let branch = Branch::Finalised;
        let joined_existing = false;
        let votes = sids(votes);
        self.fact(
            sid,
            &Fact::Decided {
                state,
                vote,
                branch,
                votes,
                joined_existing,
            },
        )
    }

    fn epoch_file(&mut self, sid: i64, accepted: bool, epoch: i64) -> &mut Self {
        let epoch = Epoch(epoch);
        let change = if accepted {
            Change::AcceptedEpoch(epoch)
        } else {
            Change::CurrentEpoch(epoch)
        };
        self.view.disks[Self::i(sid)].apply(&change);
        self.fact(sid, &Fact::EpochFile { accepted, epoch })
    }

    /// `acceptedEpoch` is written.
    pub fn accepts(&mut self, sid: i64, epoch: i64) -> &mut Self {
        self.epoch_file(sid, true, epoch)
    }

    /// `currentEpoch` is written.
    pub fn stores(&mut self, sid: i64, epoch: i64) -> &mut Self {
        self.epoch_file(sid, false, epoch)
    }

    /// A server becomes leader up to the quorum of ACKEPOCH.
    pub fn leads(&mut self, sid: i64, epoch: i64) -> &mut Self {
        self.decides(sid, sid, epoch, &[1, 2, 3]);
        self.accepts(sid, epoch);
        let followers = sids(&[1, 2, 3]);
        let epoch = Epoch(epoch);
        self.fact(sid, &Fact::EpochAgreed { epoch, followers });
        self.stores(sid, epoch.0)
    }

    /// Its NEWLEADER is acknowledged by a quorum.
    pub fn established(&mut self, sid: i64, epoch: i64) -> &mut Self {
        let tree = self.view.trees[Self::i(sid)].as_mut().expect("it runs");
        tree.last_processed = tree.last_processed.max(z(epoch, 0));
        let fact = Fact::Established {
            epoch: Epoch(epoch),
            followers: sids(&[1, 2, 3]),
            last_processed: tree.last_processed,
            history_digest: 0,
            history_len: 0,
        };
        self.fact(sid, &fact)
    }

    /// A follower joins a leader up to NEWLEADER, with nothing to bring into line.
    pub fn joins(&mut self, sid: i64, leader: i64, epoch: i64) -> &mut Self {
        self.decides(sid, leader, epoch, &[1, 2, 3]);
        self.accepts(sid, epoch);
        self.fact(
            sid,
            &Fact::NewLeaderHeard {
                epoch: Epoch(epoch),
            },
        );
        self.stores(sid, epoch)
    }

    /// UPTODATE.
    pub fn serves(&mut self, sid: i64) -> &mut Self {
        let tree = self.view.trees[Self::i(sid)].as_ref().expect("it runs");
        let last_processed = tree.last_processed;
        self.fact(sid, &Fact::UpToDate { last_processed })
    }

    /// 3 leads 1 and 2 in epoch 1, and all serve.
    pub fn formed(&mut self) -> &mut Self {
        self.leads(3, 1).joins(1, 3, 1).joins(2, 3, 1);
        self.established(3, 1).serves(1).serves(2)
    }

    /// A leader proposes.
    pub fn proposes(&mut self, sid: i64, zxid: Zxid) -> &mut Self {
        self.fact(sid, &Fact::Proposed { txn: txn(zxid, 0) })
    }

    /// A server appends to its log.
    pub fn logs(&mut self, sid: i64, zxid: Zxid) -> &mut Self {
        let txn = txn(zxid, 0);
        let disk = &mut self.view.disks[Self::i(sid)];
        if disk.logs.is_empty() {
            let pre_alloc = 0;
            disk.apply(&Change::CreateLog {
                file: zxid,
                pre_alloc,
            });
        }
        let file = disk.logs.last().expect("one was made").name;
        let digest = txn.digest;
        disk.apply(&Change::Append { file, txn });
        self.fact(sid, &Fact::Logged { zxid, digest, file })
    }

    /// A leader commits.
    pub fn commits(&mut self, sid: i64, zxid: Zxid) -> &mut Self {
        let acks = sids(&[1, 2, 3]);
        self.fact(sid, &Fact::Committed { zxid, acks })
    }

    /// A server applies the usual write of a zxid while serving.
    pub fn applies(&mut self, sid: i64, zxid: Zxid) -> &mut Self {
        self.applies_variant(sid, zxid, 0)
    }

    /// A server applies another write of a zxid.
    pub fn applies_variant(&mut self, sid: i64, zxid: Zxid, variant: u8) -> &mut Self {
        let txn = txn(zxid, variant);
        if let Some(tree) = &mut self.view.trees[Self::i(sid)] {
            let _ = tree.process(&txn);
        }
        self.fact(sid, &Fact::Applied { txn, serving: true })
    }

    /// A write goes through all of them.
    pub fn write(&mut self, leader: i64, zxid: Zxid, servers: &[i64]) -> &mut Self {
        self.proposes(leader, zxid);
        for sid in servers {
            self.logs(*sid, zxid);
        }
        self.commits(leader, zxid);
        for sid in servers {
            self.applies(*sid, zxid);
        }
        self
    }

    /// A server cuts its log, sets its last zxid and reads again what is left.
    pub fn truncates(&mut self, sid: i64, to: Zxid) -> &mut Self {
        let disk = &mut self.view.disks[Self::i(sid)];
        let removed = disk.truncate(to).expect("the log reaches it");
        let mut database = Database::load(disk).expect("it can be read").database;
        database.set_last_processed(to);
        self.view.trees[Self::i(sid)] = Some(database.tree().clone());
        self.fact(
            sid,
            &Fact::Truncated {
                to,
                removed,
                reported: to,
            },
        )
    }

    /// A server writes a snapshot of its memory.
    pub fn snapshots(&mut self, sid: i64) -> &mut Self {
        let tree = self.view.trees[Self::i(sid)].clone().expect("it runs");
        let name = tree.last_processed;
        let tree = Arc::new(tree);
        self.view.disks[Self::i(sid)].apply(&Change::Snapshot(Snapshot { name, tree }));
        self.fact(
            sid,
            &Fact::SnapshotTaken {
                name,
                last_processed: name,
            },
        )
    }

    /// A leader sends its whole database, and the learner takes it.
    pub fn snap(&mut self, leader: i64, learner: i64) -> &mut Self {
        let tree = self.view.trees[Self::i(leader)].clone().expect("it runs");
        let zxid = tree.last_processed;
        let chosen = Fact::SyncChosen {
            learner: Sid(learner),
            kind: SyncKind::Snap,
            zxid,
            row: SyncRow::TooFarBehind,
            peer_last_zxid: Zxid::ZERO,
            min_committed_log: zxid,
            max_committed_log: zxid,
            leader_last_processed: zxid,
            proposals: 0,
        };
        self.fact(leader, &chosen);
        let kind = SyncKind::Snap;
        self.fact(learner, &Fact::SyncHeard { kind, zxid });
        self.view.trees[Self::i(learner)] = Some(tree);
        self.fact(learner, &Fact::DatabaseReplaced { zxid })
    }

    /// The quirks that are on.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }
}
