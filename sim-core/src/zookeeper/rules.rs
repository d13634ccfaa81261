//! What a server's release and configuration decide about operations on the tree.
//!
//! Follows `PrepRequestProcessor`, `FinalRequestProcessor` and `Request.isValid` of releases 3.5.7 to
//! 3.9. Resolved once, when a server starts; nothing else of the tree looks at a release.

use crate::zookeeper::{Access, ErrorCode, Op, Release, ServerConfig};

/// What differs between servers when they look at a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    /// Permissions and identities.
    pub access: Access,
    /// Whether nodes may have a time to live.
    pub extended_types: bool,
    /// What a null list of permissions is answered with: the source runs into a null pointer up to
    /// 3.5 (MarshallingError) and looks at it from 3.6 (InvalidACL).
    pub null_acl: ErrorCode,
    /// Whether a delete looks at the parent's permissions before it looks for the node (from 3.6).
    pub delete_checks_permission_first: bool,
    /// Whether `exists` needs READ (ZOOKEEPER-2590: 3.8.4, 3.9.2).
    pub exists_needs_read: bool,
    /// Whether it knows the requests of 3.6: several reads at once, own ephemerals, counts of
    /// descendants, watches that stay.
    pub knows_3_6: bool,
    /// Whether it knows `whoAmI` (3.7).
    pub knows_who_am_i: bool,
}

impl Rules {
    /// The rules of a release, everything else as it is unless configured.
    pub fn of_release(release: Release) -> Self {
        let since = |major, minor, patch| {
            release
                >= Release {
                    major,
                    minor,
                    patch,
                }
        };
        let of_3_6 = since(3, 6, 0);
        Self {
            access: Access::default(),
            extended_types: false,
            null_acl: if of_3_6 {
                ErrorCode::InvalidAcl
            } else {
                ErrorCode::MarshallingError
            },
            delete_checks_permission_first: of_3_6,
            exists_needs_read: since(3, 9, 2) || (release.minor == 8 && since(3, 8, 4)),
            knows_3_6: of_3_6,
            knows_who_am_i: since(3, 7, 0),
        }
    }

    /// The rules of a server.
    pub fn of(config: &ServerConfig) -> Self {
        Self {
            access: config.ensemble.access.clone(),
            extended_types: config.ensemble.extended_types,
            ..Self::of_release(config.release)
        }
    }

    /// Whether the server knows this type of request (`Request.isValid`). What it does not know it
    /// answers with Unimplemented, and closes the connection.
    pub fn knows(&self, op: &Op) -> bool {
        match op {
            Op::Unknown { .. } => false,
            Op::MultiRead(_)
            | Op::GetEphemerals { .. }
            | Op::GetAllChildrenNumber { .. }
            | Op::AddWatch { .. } => self.knows_3_6,
            Op::SetWatches(watches) => {
                self.knows_3_6
                    || (watches.persistent.is_empty() && watches.persistent_recursive.is_empty())
            }
            Op::WhoAmI => self.knows_who_am_i,
            _ => true,
        }
    }
}
