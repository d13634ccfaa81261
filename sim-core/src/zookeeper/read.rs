//! What reads find.
//!
//! Follows `FinalRequestProcessor` of releases 3.5.7 and 3.8.0. It leaves no watches: that is
//! `serving.rs`.

use crate::zookeeper::{
    Acl, AclList, CreateMode, ErrorCode, Id, Identities, Op, OpResult, Perms, Rules, SessionId,
    Tree, Znode, auth,
};
use std::sync::Arc;

/// What a read finds for a session on a connection that has proved these identities. What is no
/// read finds nothing.
pub fn read(
    op: &Op,
    tree: &Tree,
    rules: &Rules,
    session: SessionId,
    who: &Identities,
) -> Result<OpResult, ErrorCode> {
    let reader = Reader {
        rules,
        session,
        who,
    };
    reader.read(op, tree)
}

/// Who reads.
#[derive(Clone, Copy)]
struct Reader<'a> {
    /// What its server's release and configuration decide.
    pub rules: &'a Rules,
    /// Whose session.
    pub session: SessionId,
    /// What it has proved.
    pub who: &'a Identities,
}

/// What the client of a write gets: the node's stat too if it asked for it (`create2`).
pub(crate) fn write_result(op: &Op, result: OpResult, tree: &Tree) -> OpResult {
    match (op, result) {
        (Op::Create { stat, mode, .. }, OpResult::Path(path))
            if *stat || mode.has_ttl() || *mode == CreateMode::Container =>
        {
            let stat = tree.node(&path).map(Znode::client_stat);
            OpResult::Created(path, stat.unwrap_or_default())
        }
        (_, result) => result,
    }
}

impl Reader<'_> {
    /// What a read finds, or why it finds nothing.
    fn read(&self, op: &Op, tree: &Tree) -> Result<OpResult, ErrorCode> {
        let node = |path: &str| tree.node(path).ok_or(ErrorCode::NoNode);
        let readable = |path: &str| {
            let node = node(path)?;
            self.check(node, Perms::READ)?;
            Ok::<_, ErrorCode>(node)
        };
        match op {
            Op::GetData { path, .. } => {
                let (data, stat) = tree.seen(path, readable(path)?);
                Ok(OpResult::Data(Arc::clone(data), stat))
            }
            Op::Exists { path, .. } => {
                if path.contains('\0') {
                    return Err(ErrorCode::BadArguments);
                }
                let node = node(path)?;
                if self.rules.exists_needs_read {
                    self.check(node, Perms::READ)?;
                }
                Ok(OpResult::Stat(tree.seen(path, node).1))
            }
            Op::GetChildren { path, .. } => Ok(OpResult::Children(readable(path)?.names())),
            Op::GetChildren2 { path, .. } => {
                let node = readable(path)?;
                Ok(OpResult::Children2(node.names(), tree.seen(path, node).1))
            }
            Op::GetAcl { path } => {
                let node = node(path)?;
                self.check(node, Perms::READ | Perms::ADMIN)?;
                let acl = match self.check(node, Perms::ADMIN) {
                    Ok(()) => node.acl.clone(),
                    Err(_) => without_digests(&node.acl),
                };
                Ok(OpResult::Acl(acl, tree.seen(path, node).1))
            }
            Op::GetAllChildrenNumber { path } => {
                readable(path)?;
                Ok(OpResult::Number(tree.descendants(path) as i32))
            }
            Op::GetEphemerals { prefix } => {
                let paths = tree.ephemerals.get(&self.session).into_iter().flatten();
                let below = paths.filter(|path| &**prefix == "/" || path.starts_with(&**prefix));
                Ok(OpResult::Children(below.cloned().collect()))
            }
            Op::WhoAmI => Ok(OpResult::Identities(shown(self.who))),
            Op::MultiRead(ops) => {
                let known = |op: &Op| matches!(op, Op::GetData { .. } | Op::GetChildren { .. });
                if !ops.iter().all(known) {
                    return Err(ErrorCode::MarshallingError);
                }
                let part = |op| self.read(op, tree).unwrap_or_else(OpResult::Error);
                Ok(OpResult::Multi(ops.iter().map(part).collect()))
            }
            _ => Ok(OpResult::Done),
        }
    }

    fn check(&self, node: &Znode, wanted: Perms) -> Result<(), ErrorCode> {
        auth::check(self.rules, &node.acl, wanted, self.who)
    }
}

impl Znode {
    fn names(&self) -> Arc<[Arc<str>]> {
        self.children.iter().cloned().collect()
    }
}

/// A list as somebody without ADMIN sees it: digests hidden.
fn without_digests(acl: &AclList) -> AclList {
    let hidden = acl.entries().unwrap_or_default().iter().map(|acl| {
        if &*acl.id.scheme != "digest" {
            return acl.clone();
        }
        let user = acl.id.id.split(':').next().unwrap_or_default();
        let id = if acl.id.id.contains(':') {
            format!("{user}:x")
        } else {
            user.to_owned()
        };
        Acl::new(acl.perms, "digest", &id)
    });
    AclList::new(hidden.collect())
}

/// Identities as `whoAmI` shows them: of a digest the user only.
fn shown(who: &Identities) -> Arc<[Id]> {
    let shown = who.entries().iter().map(|id| match &*id.scheme {
        "digest" => Id::new("digest", id.id.split(':').next().unwrap_or_default()),
        _ => id.clone(),
    });
    shown.collect()
}
