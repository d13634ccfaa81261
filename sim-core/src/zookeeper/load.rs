//! What a client does on its own: a closed loop of operations, drawn one by one.
//!
//! Every write carries data that no other write has, so that histories can be checked. A key that
//! is not there yet is created by whoever meets it.

use crate::base::{LocalTime, Span};
use crate::engine::Fx;
use crate::zookeeper::client::choice;
use crate::zookeeper::{AclList, Client, CreateMode, ErrorCode, Op, SessionId};
use core::hash::{Hash, Hasher};
use std::sync::Arc;

/// A closed loop of operations: the next one starts when the one before was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Load {
    /// Parts of the mix that read a key (`getData`).
    pub reads: u32,
    /// Parts of the mix that write a key (`setData`).
    pub writes: u32,
    /// Parts of the mix that create a sequential node `/n-…`.
    pub creates: u32,
    /// Parts of the mix that read with a watch: in turn the data of a key, whether it exists, and
    /// the children of `/`.
    pub watches: u32,
    /// Parts of the mix that create an ephemeral sequential node `/e-…`.
    pub ephemerals: u32,
    /// Parts of the mix that delete a key.
    pub deletes: u32,
    /// How many operations; `None` goes on.
    pub operations: Option<u64>,
    /// For how long after the first operation; `None` goes on.
    pub duration: Option<Span>,
    /// Bytes of data per write.
    pub data_bytes: u32,
    /// How many keys it reads and writes: `/k0`, `/k1`, … At least 1 if the mix reads or writes.
    pub keys: u32,
    /// Pause between an answer and the next operation.
    pub think: Span,
}

/// How far a load has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LoadState {
    load: Load,
    made: Made,
    began: Option<LocalTime>,
    /// Answered or given up.
    done: u64,
    over: bool,
    /// A key that was found missing.
    missing: Option<u32>,
}

/// What is made once from the load: no state of its own.
#[derive(Clone, Debug)]
struct Made {
    paths: Arc<[Arc<str>]>,
    reads: Arc<[Arc<Op>]>,
    sequential: Arc<str>,
}

impl PartialEq for Made {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Made {}

impl Hash for Made {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// Parts of the mix in all.
fn parts(load: &Load) -> u32 {
    load.reads + load.writes + load.creates + load.watches + load.ephemerals + load.deletes
}

impl LoadState {
    pub fn new(load: &Load) -> Self {
        let paths: Arc<[Arc<str>]> = (0..load.keys.max(1))
            .map(|key| Arc::from(format!("/k{key}")))
            .collect();
        let read = |path: &Arc<str>| {
            Arc::new(Op::GetData {
                path: Arc::clone(path),
                watch: false,
            })
        };
        let made = Made {
            reads: paths.iter().map(read).collect(),
            paths,
            sequential: Arc::from("/n-"),
        };
        Self {
            over: parts(load) == 0,
            load: load.clone(),
            made,
            began: None,
            done: 0,
            missing: None,
        }
    }

    pub fn done(&self) -> u64 {
        self.done
    }

    pub fn is_over(&self) -> bool {
        self.over
    }

    pub fn think(&self) -> Span {
        self.load.think
    }

    /// The next operation, unless it is over.
    pub fn next_op(
        &mut self,
        tag: (SessionId, i32),
        now: LocalTime,
        fx: &mut dyn Fx<Client>,
    ) -> Option<Arc<Op>> {
        let began = *self.began.get_or_insert(now);
        let load = &self.load;
        self.over |= load.operations.is_some_and(|most| self.done >= most);
        self.over |= load.duration.is_some_and(|most| now - began >= most);
        if self.over {
            return None;
        }
        if let Some(key) = self.missing.take() {
            let path = &self.made.paths[key as usize];
            return Some(self.create(path, tag, CreateMode::Persistent));
        }
        let keys = load.keys.max(1);
        let taken = fx.choose(choice::OPERATION, parts(load).saturating_mul(keys));
        let (part, key) = (taken / keys, (taken % keys) as usize);
        let plain = load.reads + load.writes;
        if part >= plain + load.creates {
            return Some(self.rarer_op(part - plain - load.creates, key, tag));
        }
        if part >= plain {
            let mode = CreateMode::PersistentSequential;
            return Some(self.create(&self.made.sequential, tag, mode));
        }
        Some(if part < load.reads {
            Arc::clone(&self.made.reads[key])
        } else {
            Arc::new(Op::SetData {
                path: Arc::clone(&self.made.paths[key]),
                data: self.data(tag),
                version: -1,
            })
        })
    }

    fn rarer_op(&self, part: u32, key: usize, tag: (SessionId, i32)) -> Arc<Op> {
        let path = Arc::clone(&self.made.paths[key]);
        let watch = true;
        if part < self.load.watches {
            return Arc::new(match tag.1 % 3 {
                0 => Op::GetData { path, watch },
                1 => Op::Exists { path, watch },
                _ => Op::GetChildren {
                    path: Arc::from("/"),
                    watch,
                },
            });
        }
        if part < self.load.watches + self.load.ephemerals {
            return self.create(&Arc::from("/e-"), tag, CreateMode::EphemeralSequential);
        }
        let version = -1;
        Arc::new(Op::Delete { path, version })
    }

    fn create(&self, path: &Arc<str>, tag: (SessionId, i32), mode: CreateMode) -> Arc<Op> {
        Arc::new(Op::Create {
            path: Arc::clone(path),
            data: self.data(tag),
            acl: AclList::OPEN,
            mode,
            ttl_ms: -1,
            stat: false,
        })
    }

    /// Session and number of the request, filled up with zeros or cut.
    fn data(&self, (session, xid): (SessionId, i32)) -> Arc<[u8]> {
        let mut tag = [0; 12];
        tag[..8].copy_from_slice(&session.0.to_be_bytes());
        tag[8..].copy_from_slice(&xid.to_be_bytes());
        let mut data = vec![0; self.load.data_bytes as usize];
        let len = data.len().min(tag.len());
        data[..len].copy_from_slice(&tag[..len]);
        data.into()
    }

    pub fn answered(&mut self, op: &Op, error: Option<ErrorCode>) {
        self.done += 1;
        if let (Some(ErrorCode::NoNode), Op::GetData { path, .. } | Op::SetData { path, .. }) =
            (error, op)
        {
            self.missing = path[2..].parse().ok();
        }
    }

    pub fn unanswered(&mut self) {
        self.done += 1;
    }
}
