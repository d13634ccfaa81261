//! The order in which one server answers its clients: what waits for a commit, and what waits
//! behind it.
//!
//! Follows `CommitProcessor.java` of release 3.5.7 (one write in the queue holds back everything
//! behind it, whoever asked) and of 3.8.0 (ZOOKEEPER-2024: it holds back its own session only). It
//! applies nothing and answers nothing.

use crate::base::Conn;
use crate::zookeeper::{ErrorCode, Identities, Op, SessionId};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// A request of a client of this server, not answered yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pending {
    pub conn: Conn,
    pub session: SessionId,
    pub cxid: i32,
    pub op: Arc<Op>,
    /// Whether it has to come back from the leader first.
    pub needs_commit: bool,
    /// What the leader's own checks found wrong with a request that is no write.
    pub error: Option<ErrorCode>,
    /// Who spoke on the connection when it came.
    pub identities: Identities,
}

/// `CommitProcessor`'s queues.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CommitQueue {
    /// Up to 3.5: the head, if any, is a request that waits for its commit.
    Whole(VecDeque<Pending>),
    /// From 3.6: a queue per session, each headed by a request that waits for its commit, and
    /// those that wait in the order they came.
    PerSession {
        sessions: BTreeMap<SessionId, VecDeque<Pending>>,
        writes: VecDeque<(SessionId, i32)>,
        /// The session whose commit came last: what waited behind it may go.
        freed: Option<SessionId>,
    },
}

impl CommitQueue {
    pub fn new(per_session: bool) -> Self {
        if per_session {
            Self::PerSession {
                sessions: BTreeMap::new(),
                writes: VecDeque::new(),
                freed: None,
            }
        } else {
            Self::Whole(VecDeque::new())
        }
    }

    /// Takes a request; gives it back if it can be answered at once.
    pub fn push(&mut self, request: Pending) -> Option<Pending> {
        match self {
            Self::Whole(queue) => {
                if queue.is_empty() && !request.needs_commit {
                    return Some(request);
                }
                queue.push_back(request);
            }
            Self::PerSession {
                sessions, writes, ..
            } => {
                if request.needs_commit {
                    writes.push_back((request.session, request.cxid));
                } else if !sessions.contains_key(&request.session) {
                    return Some(request);
                }
                let queue = sessions.entry(request.session).or_default();
                queue.push_back(request);
            }
        }
        None
    }

    /// Something was committed: the request of this server that it belongs to, if any. Answer it,
    /// then everything that [`CommitQueue::next`] gives.
    pub fn commit(&mut self, session: SessionId, cxid: i32) -> Option<Pending> {
        match self {
            Self::Whole(queue) => {
                let head = queue.front()?;
                let ours = head.session == session && head.cxid == cxid;
                if ours { queue.pop_front() } else { None }
            }
            Self::PerSession {
                sessions,
                writes,
                freed,
            } => {
                if writes.front() != Some(&(session, cxid)) {
                    return None;
                }
                writes.pop_front();
                *freed = Some(session);
                sessions.get_mut(&session)?.pop_front()
            }
        }
    }

    /// The next request that no longer has to wait.
    pub fn next(&mut self) -> Option<Pending> {
        match self {
            Self::Whole(queue) => {
                if queue.front()?.needs_commit {
                    None
                } else {
                    queue.pop_front()
                }
            }
            Self::PerSession {
                sessions, freed, ..
            } => {
                let session = (*freed)?;
                let queue = sessions.get_mut(&session)?;
                match queue.front() {
                    Some(head) if !head.needs_commit => queue.pop_front(),
                    Some(_) => None,
                    None => {
                        sessions.remove(&session);
                        *freed = None;
                        None
                    }
                }
            }
        }
    }

    /// How many requests wait.
    pub fn len(&self) -> usize {
        match self {
            Self::Whole(queue) => queue.len(),
            Self::PerSession { sessions, .. } => sessions.values().map(VecDeque::len).sum(),
        }
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        *self = Self::new(matches!(self, Self::PerSession { .. }));
    }
}
