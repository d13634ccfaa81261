//! What reads find.
//!
//! Follows `FinalRequestProcessor` of releases 3.5.7 and 3.8.0. It leaves no watches: that is
//! `serving.rs`.

use crate::zookeeper::{
    Acl, AclList, CreateMode, ErrorCode, Id, Identities, Op, OpResult, Perms, Rules, SessionId,
    Tree, Znode, auth,
};
use std::sync::Arc;

/// Who reads.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    /// What its server's release and configuration decide.
    pub rules: &'a Rules,
    /// Whose session.
    pub session: SessionId,
    /// What it has proved.
    pub who: &'a Identities,
}

/// What a read finds, or why it finds nothing.
pub(crate) fn read(op: &Op, tree: &Tree, reader: Reader<'_>) -> Result<OpResult, ErrorCode> {
    let node = |path: &str| tree.node(path).ok_or(ErrorCode::NoNode);
    let readable = |path: &str| {
        let node = node(path)?;
        reader.check(node, Perms::READ)?;
        Ok::<_, ErrorCode>(node)
    };
    match op {
        Op::GetData { path, .. } => {
            let node = readable(path)?;
            Ok(OpResult::Data(Arc::clone(&node.data), node.client_stat()))
        }
        Op::Exists { path, .. } => {
            if path.contains('\0') {
                return Err(ErrorCode::BadArguments);
            }
            let node = node(path)?;
            if reader.rules.exists_needs_read {
                reader.check(node, Perms::READ)?;
            }
            Ok(OpResult::Stat(node.client_stat()))
        }
        Op::GetChildren { path, .. } => Ok(OpResult::Children(readable(path)?.names())),
        Op::GetChildren2 { path, .. } => {
            let node = readable(path)?;
            Ok(OpResult::Children2(node.names(), node.client_stat()))
        }
        Op::GetAcl { path } => {
            let node = node(path)?;
            reader.check(node, Perms::READ | Perms::ADMIN)?;
            let acl = match reader.check(node, Perms::ADMIN) {
                Ok(()) => node.acl.clone(),
                Err(_) => without_digests(&node.acl),
            };
            Ok(OpResult::Acl(acl, node.client_stat()))
        }
        Op::GetAllChildrenNumber { path } => {
            readable(path)?;
            Ok(OpResult::Number(tree.descendants(path) as i32))
        }
        Op::GetEphemerals { prefix } => {
            let paths = tree.ephemerals.get(&reader.session).into_iter().flatten();
            let below = paths.filter(|path| &**prefix == "/" || path.starts_with(&**prefix));
            Ok(OpResult::Children(below.cloned().collect()))
        }
        Op::WhoAmI => Ok(OpResult::Identities(shown(reader.who))),
        Op::MultiRead(ops) => {
            let known = |op: &Op| matches!(op, Op::GetData { .. } | Op::GetChildren { .. });
            if !ops.iter().all(known) {
                return Err(ErrorCode::MarshallingError);
            }
            let part = |op| read(op, tree, reader).unwrap_or_else(OpResult::Error);
            Ok(OpResult::Multi(ops.iter().map(part).collect()))
        }
        _ => Ok(OpResult::Done),
    }
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
