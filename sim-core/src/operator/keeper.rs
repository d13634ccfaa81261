//! The client library as a command of zkCli sees it: ask, and get the answer.
//!
//! A command is written as if the library answered at once. In truth it is played anew from its beginning with all answers
//! so far, and stops where the next one is missing ([`Stop::Ask`]); so a shell that waits is plain data. Follows
//! `ZooKeeper.java`: the checks before a request is sent.

use crate::operator::paths;
use crate::operator::release::ToolRow;
use crate::zookeeper::{
    Acl, AclList, AddWatchMode, CreateMode, ErrorCode, Op, OpResult, Stat, WatcherKind,
};
use std::sync::Arc;

/// What the library answers.
pub type Answer = Result<OpResult, ErrorCode>;

/// Why a command does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It needs the answer to this.
    Ask(Op),
    /// It needs the session closed.
    Close,
    /// A `KeeperException`, and the path it names.
    Keeper(ErrorCode, Option<String>),
    /// A `CliException` in its words.
    Complaint(String),
    /// An exception that nobody catches, as Java prints it.
    Crash(String),
}

/// The library with the answers so far.
pub(super) struct Keeper<'a> {
    answers: core::slice::Iter<'a, Answer>,
    row: &'static ToolRow,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(answers: &'a [Answer], row: &'static ToolRow) -> Self {
        Self {
            answers: answers.iter(),
            row,
        }
    }

    fn ask(&mut self, op: Op) -> Result<OpResult, Stop> {
        let path = op.path().map(ToString::to_string);
        match self.answers.next() {
            None => Err(Stop::Ask(op)),
            Some(Ok(result)) => Ok(result.clone()),
            Some(Err(code)) => Err(Stop::Keeper(*code, path)),
        }
    }

    /// `PathUtils.validatePath`; of a sequential node with a number behind it.
    fn check_path(path: &str, sequential: bool) -> Result<Arc<str>, Stop> {
        let numbered = if sequential { "1" } else { "" };
        paths::check(&format!("{path}{numbered}")).map_err(Stop::Complaint)?;
        Ok(path.into())
    }

    /// An empty list of permissions never leaves the client.
    fn check_acl(&self, acl: &[Acl], path: &str, names_path: bool) -> Result<(), Stop> {
        let named = names_path && !self.row.refuses_empty_acl_itself;
        match acl {
            [] => Err(Stop::Keeper(
                ErrorCode::InvalidAcl,
                named.then(|| path.to_owned()),
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn create(
        &mut self,
        path: &str,
        data: Option<&[u8]>,
        acl: Option<Vec<Acl>>,
        mode: CreateMode,
        ttl_ms: Option<i64>,
    ) -> Result<Arc<str>, Stop> {
        let path = Self::check_path(path, mode.is_sequential())?;
        if let Some(acl) = &acl {
            self.check_acl(acl, &path, false)?;
        }
        let op = Op::Create {
            path,
            data: data.unwrap_or_default().into(),
            acl: acl.map_or(AclList::OPEN, AclList::new),
            mode,
            ttl_ms: ttl_ms.unwrap_or(-1),
            stat: ttl_ms.is_some(),
        };
        match self.ask(op)? {
            OpResult::Path(path) | OpResult::Created(path, _) => Ok(path),
            other => panic!("a create answered by {other:?}"),
        }
    }

    pub(super) fn delete(&mut self, path: &str, version: i32) -> Result<(), Stop> {
        let path = Self::check_path(path, false)?;
        self.ask(Op::Delete { path, version }).map(drop)
    }

    /// All of these, or none.
    pub(super) fn delete_together(&mut self, paths: &[&String]) -> Result<(), Stop> {
        let delete = |path: &&String| Op::Delete {
            path: path.as_str().into(),
            version: -1,
        };
        let parts = paths.iter().map(delete).collect();
        let result = self.ask(Op::Multi(parts))?;
        let OpResult::Multi(parts) = result else {
            panic!("a multi answered by {result:?}");
        };
        let failed = parts.iter().find_map(|part| match part {
            OpResult::Error(code) => Some(*code),
            _ => None,
        });
        failed.map_or(Ok(()), |code| Err(Stop::Keeper(code, None)))
    }

    pub(super) fn set(&mut self, path: &str, data: &[u8], version: i32) -> Result<Stat, Stop> {
        let path = Self::check_path(path, false)?;
        let data = data.into();
        self.stat_of(Op::SetData {
            path,
            data,
            version,
        })
    }

    pub(super) fn set_acl(&mut self, path: &str, acl: &[Acl], version: i32) -> Result<Stat, Stop> {
        let path = Self::check_path(path, false)?;
        self.check_acl(acl, &path, true)?;
        let acl = AclList::new(acl.to_vec());
        self.stat_of(Op::SetAcl { path, acl, version })
    }

    fn stat_of(&mut self, op: Op) -> Result<Stat, Stop> {
        match self.ask(op)? {
            OpResult::Stat(stat) => Ok(stat),
            other => panic!("a stat was asked for, not {other:?}"),
        }
    }

    pub(super) fn data(&mut self, path: &str, watch: bool) -> Result<(Arc<[u8]>, Stat), Stop> {
        let path = Self::check_path(path, false)?;
        match self.ask(Op::GetData { path, watch })? {
            OpResult::Data(data, stat) => Ok((data, stat)),
            other => panic!("data was asked for, not {other:?}"),
        }
    }

    pub(super) fn exists(&mut self, path: &str, watch: bool) -> Result<Option<Stat>, Stop> {
        let path = Self::check_path(path, false)?;
        match self.stat_of(Op::Exists { path, watch }) {
            Err(Stop::Keeper(ErrorCode::NoNode, _)) => Ok(None),
            other => other.map(Some),
        }
    }

    pub(super) fn children(
        &mut self,
        path: &str,
        watch: bool,
    ) -> Result<(Vec<Arc<str>>, Stat), Stop> {
        let path = Self::check_path(path, false)?;
        match self.ask(Op::GetChildren2 { path, watch })? {
            OpResult::Children2(children, stat) => Ok((children.to_vec(), stat)),
            other => panic!("children were asked for, not {other:?}"),
        }
    }

    pub(super) fn acl(&mut self, path: &str) -> Result<(AclList, Stat), Stop> {
        let path = Self::check_path(path, false)?;
        match self.ask(Op::GetAcl { path })? {
            OpResult::Acl(acl, stat) => Ok((acl, stat)),
            other => panic!("permissions were asked for, not {other:?}"),
        }
    }

    pub(super) fn sync(&mut self, path: &str) -> Result<(), Stop> {
        let path = Self::check_path(path, false)?;
        self.ask(Op::Sync { path }).map(drop)
    }

    pub(super) fn remove_watches(&mut self, path: &str, kind: WatcherKind) -> Result<(), Stop> {
        let path = Self::check_path(path, false)?;
        self.ask(Op::RemoveWatches { path, kind }).map(drop)
    }

    pub(super) fn add_watch(&mut self, path: &str, mode: AddWatchMode) -> Result<(), Stop> {
        let path = Self::check_path(path, false)?;
        self.ask(Op::AddWatch { path, mode }).map(drop)
    }

    pub(super) fn ephemerals(&mut self, prefix: &str) -> Result<Vec<Arc<str>>, Stop> {
        let prefix = Self::check_path(prefix, false)?;
        match self.ask(Op::GetEphemerals { prefix })? {
            OpResult::Children(paths) => Ok(paths.to_vec()),
            other => panic!("paths were asked for, not {other:?}"),
        }
    }

    pub(super) fn all_children(&mut self, path: &str) -> Result<i32, Stop> {
        let path = Self::check_path(path, false)?;
        match self.ask(Op::GetAllChildrenNumber { path })? {
            OpResult::Number(number) => Ok(number),
            other => panic!("a number was asked for, not {other:?}"),
        }
    }

    pub(super) fn whoami(&mut self) -> Result<Vec<(Arc<str>, Arc<str>)>, Stop> {
        match self.ask(Op::WhoAmI)? {
            OpResult::Identities(ids) => {
                let pair = |id: &crate::zookeeper::Id| (id.scheme.clone(), id.id.clone());
                Ok(ids.iter().map(pair).collect())
            }
            other => panic!("identities were asked for, not {other:?}"),
        }
    }

    /// Proves an identity. The library does not wait; what goes wrong ends the session.
    pub(super) fn authenticate(&mut self, scheme: &str, auth: &[u8]) -> Result<(), Stop> {
        let scheme = scheme.into();
        let auth = auth.into();
        match self.ask(Op::Auth { scheme, auth }) {
            Err(Stop::Keeper(..)) => Ok(()),
            other => other.map(drop),
        }
    }
}
