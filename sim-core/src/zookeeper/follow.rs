//! A follower or observer in broadcast: proposals, commits, pings, and what its clients ask.
//!
//! Follows `Follower.processPacket`, `Observer.processPacket`, `FollowerZooKeeperServer`,
//! `ObserverZooKeeperServer` and the request processors in front of them, releases 3.5.7 and 3.8.0
//! (reference 4). Read `logger.rs` for what makes an acknowledgement.

use crate::base::StepIndex;
use crate::zookeeper::learner::Learner;
use crate::zookeeper::server::{Cx, ZkState};
use crate::zookeeper::{Fact, Packet, PacketData, PacketKind, Server, StepDown, Submit, Txn, Zxid};
use std::sync::Arc;

impl Learner {
    /// What a client wants goes to the leader.
    pub(super) fn request(&self, submit: Submit, cx: &mut Cx<'_>) {
        let packet = match submit {
            Submit::Write(request) => Packet {
                kind: PacketKind::Request,
                zxid: Zxid(-1),
                data: PacketData::Request {
                    session: request.session,
                    cxid: request.cxid,
                    op: request.op,
                    identities: request.identities,
                },
            },
            Submit::Sync { session, cxid } => Packet {
                kind: PacketKind::Request,
                zxid: Zxid(-1),
                data: PacketData::Sync { session, cxid },
            },
            Submit::Revalidate {
                session,
                timeout_ms,
            } => Packet {
                kind: PacketKind::Revalidate,
                zxid: Zxid(-1),
                data: PacketData::Revalidate {
                    session,
                    timeout_ms,
                    valid: false,
                },
            },
        };
        self.send(packet, cx);
    }
}

impl Server {
    /// One packet in broadcast. The loop ends behind it if the server is no longer running.
    pub(super) fn follower_takes(
        &mut self,
        packet: Packet,
        cx: &mut Cx<'_>,
    ) -> Result<(), StepDown> {
        let by = cx.step();
        match (packet.kind, packet.data) {
            (PacketKind::Proposal, PacketData::Txn(txn)) => {
                // An observer only warns of it.
                if !self.learning().is_observer() {
                    let zxid = txn.zxid;
                    cx.fact(&[], || Fact::ProposalHeard { zxid });
                    self.follower_logs(txn, by, cx);
                }
            }
            (PacketKind::Commit, _) => {
                if !self.learning().is_observer() {
                    self.follower_commits(packet.zxid, by, cx);
                }
            }
            (PacketKind::Inform, PacketData::Txn(txn)) => {
                if self.learning().is_observer() {
                    self.commit_request(txn, by, cx);
                }
            }
            (PacketKind::Ping, _) => {
                let touched = self.serving.take_touched();
                let answer = Packet {
                    kind: PacketKind::Ping,
                    zxid: packet.zxid,
                    data: PacketData::Touched(touched),
                };
                self.learning().send(answer, cx);
            }
            (PacketKind::Revalidate, PacketData::Revalidate { session, valid, .. }) => {
                self.serving.revalidated(session, valid, cx.fx);
            }
            (PacketKind::Sync, _) => self.commit_sync(cx),
            _ => {}
        }
        if self.zk == ZkState::Error {
            return Err(StepDown::DiskFailed);
        }
        Ok(())
    }

    /// `FollowerZooKeeperServer.logRequest`.
    pub(super) fn follower_logs(&mut self, txn: Arc<Txn>, by: StepIndex, cx: &mut Cx<'_>) {
        self.log_request(&txn, by, cx);
        self.learning().pending.push_back(txn);
    }

    /// `FollowerZooKeeperServer.commit`: what is committed must be the oldest proposal held.
    /// Without any it only warns; another one ends the process with code 12.
    pub(super) fn follower_commits(&mut self, zxid: Zxid, by: StepIndex, cx: &mut Cx<'_>) {
        let crate::zookeeper::peer::Role::Following(learner) = &mut self.role else {
            return;
        };
        match learner.pending.front().map(|txn| txn.zxid) {
            Some(expected) if expected == zxid => {
                if let Some(txn) = learner.pending.pop_front() {
                    self.commit(txn, by, cx);
                }
            }
            expected => {
                cx.fact(&[], || Fact::CommitUnmatched { zxid, expected });
                if let Some(expected) = expected {
                    let reason = format!("Committing zxid {zxid} but next pending txn {expected}");
                    self.end(12, &reason, cx);
                }
            }
        }
    }

    /// `ObserverZooKeeperServer.commitRequest`: logged if `syncEnabled`, and applied.
    pub(super) fn commit_request(&mut self, txn: Arc<Txn>, by: StepIndex, cx: &mut Cx<'_>) {
        if self.config.ensemble.sync_enabled {
            self.log_request(&txn, by, cx);
        }
        self.commit(txn, by, cx);
    }
}
