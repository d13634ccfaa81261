//! Who may do what with a znode: permissions, identities, lists of both.
//!
//! Follows `ZooDefs.Perms`, `Id`, `ACL` and `ReferenceCountedACLCache.java` of release 3.5.7. A list
//! that allows everything to everybody, which nearly every node has, takes no room and no time.
//! It decides nothing: read `process.rs` for which operation needs which permission.

use crate::base::NodeId;
use core::fmt;
use core::ops::BitOr;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What an entry allows: bits, as on the wire.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Perms(pub u8);

impl Perms {
    /// Nothing.
    pub const NONE: Perms = Perms(0);
    /// Reading data and the list of children.
    pub const READ: Perms = Perms(1);
    /// Replacing data.
    pub const WRITE: Perms = Perms(2);
    /// Creating children.
    pub const CREATE: Perms = Perms(4);
    /// Deleting children.
    pub const DELETE: Perms = Perms(8);
    /// Replacing the list itself.
    pub const ADMIN: Perms = Perms(16);
    /// All five.
    pub const ALL: Perms = Perms(31);

    /// The permission of a letter of `cdrwa`.
    pub const fn of_letter(letter: char) -> Option<Perms> {
        Some(match letter {
            'c' => Perms::CREATE,
            'd' => Perms::DELETE,
            'r' => Perms::READ,
            'w' => Perms::WRITE,
            'a' => Perms::ADMIN,
            _ => return None,
        })
    }

    /// Whether one of `wanted` is allowed.
    pub const fn any_of(self, wanted: Perms) -> bool {
        self.0 & wanted.0 != 0
    }
}

impl BitOr for Perms {
    type Output = Perms;
    fn bitor(self, other: Perms) -> Perms {
        Perms(self.0 | other.0)
    }
}

impl fmt::Display for Perms {
    /// As `getAcl` of zkCli writes them: some of `cdrwa`, in this order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = [
            (Perms::CREATE, "c"),
            (Perms::DELETE, "d"),
            (Perms::READ, "r"),
            (Perms::WRITE, "w"),
            (Perms::ADMIN, "a"),
        ];
        letters
            .into_iter()
            .filter(|(perm, _)| self.any_of(*perm))
            .try_for_each(|(_, letter)| f.write_str(letter))
    }
}

/// Who somebody is: a scheme, and a name within it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Id {
    /// `world`, `auth`, `digest`, `ip`, `super`.
    pub scheme: Arc<str>,
    /// The name: `anyone`, `user:digest`, an address.
    pub id: Arc<str>,
}

impl Id {
    /// An identity.
    pub fn new(scheme: &str, id: &str) -> Self {
        Self {
            scheme: scheme.into(),
            id: id.into(),
        }
    }
}

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Acl {
    /// What is allowed.
    pub perms: Perms,
    /// To whom.
    pub id: Id,
}

impl Acl {
    /// An entry.
    pub fn new(perms: Perms, scheme: &str, id: &str) -> Self {
        let id = Id::new(scheme, id);
        Self { perms, id }
    }

    /// Everything for everybody (`ZooDefs.Ids.OPEN_ACL_UNSAFE`).
    pub fn open() -> Self {
        Self::new(Perms::ALL, "world", "anyone")
    }
}

/// A list of entries, or none at all (a null vector on the wire). Cheap to clone and to compare.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Option<Vec<Acl>>", into = "Option<Vec<Acl>>")]
pub struct AclList(Option<Arc<Listed>>);

/// What is not the open list.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Listed(Option<Box<[Acl]>>);

impl AclList {
    /// Everything for everybody: one entry.
    pub const OPEN: AclList = AclList(None);

    /// A list of entries.
    pub fn new(entries: Vec<Acl>) -> Self {
        match &*entries {
            [only] if is_open(only) => Self::OPEN,
            _ => Self(Some(Arc::new(Listed(Some(entries.into()))))),
        }
    }

    /// No list at all: what only a client that speaks the wire by itself can send.
    pub fn null() -> Self {
        Self(Some(Arc::new(Listed(None))))
    }

    /// Whether it allows everything to everybody by its one entry.
    pub fn is_open(&self) -> bool {
        self.0.is_none()
    }

    /// Its entries; `None` for no list at all.
    pub fn entries(&self) -> Option<&[Acl]> {
        use std::sync::LazyLock;
        static OPEN: LazyLock<[Acl; 1]> = LazyLock::new(|| [Acl::open()]);
        match &self.0 {
            None => Some(&*OPEN),
            Some(listed) => listed.0.as_deref(),
        }
    }

    /// A list as zkCli writes it (`AclParser`): entries apart by commas, each scheme, name and letters
    /// of `cdrwa` apart by colons. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let entry = |text: &str| {
            let (scheme, rest) = text.trim().split_once(':')?;
            let (id, letters) = rest.rsplit_once(':')?;
            let perms = letters.chars().try_fold(Perms::NONE, |perms, letter| {
                Some(perms | Perms::of_letter(letter)?)
            })?;
            Some(Acl::new(perms, scheme, id))
        };
        text.split(',')
            .map(entry)
            .collect::<Option<_>>()
            .map(Self::new)
    }

    /// Bytes on the wire and in the log.
    pub fn size(&self) -> u32 {
        const OPEN: u32 = 27;
        match &self.0 {
            None => OPEN,
            Some(listed) => {
                let entries = listed.0.iter().flatten();
                let entry = |acl: &Acl| 12 + (acl.id.scheme.len() + acl.id.id.len()) as u32;
                4 + entries.map(entry).sum::<u32>()
            }
        }
    }
}

fn is_open(acl: &Acl) -> bool {
    acl.perms == Perms::ALL && &*acl.id.scheme == "world" && &*acl.id.id == "anyone"
}

impl From<Option<Vec<Acl>>> for AclList {
    fn from(entries: Option<Vec<Acl>>) -> Self {
        entries.map_or_else(Self::null, Self::new)
    }
}

impl From<AclList> for Option<Vec<Acl>> {
    fn from(list: AclList) -> Self {
        list.entries().map(<[Acl]>::to_vec)
    }
}

impl fmt::Display for AclList {
    /// As [`AclList::parse`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, acl) in self.entries().unwrap_or_default().iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{}:{}:{}", acl.id.scheme, acl.id.id, acl.perms)?;
        }
        Ok(())
    }
}

impl fmt::Debug for AclList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("open"),
            Some(listed) => fmt::Debug::fmt(&listed.0, f),
        }
    }
}

/// Who speaks on a connection (`ServerCnxn.authInfo`): its address, and what it has proved by
/// `addauth`. A server that asks on its own has none. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Identities(Option<Arc<Vec<Id>>>);

impl Identities {
    /// Nobody: what a server asks on its own.
    pub const NOBODY: Identities = Identities(None);

    /// A connection from a node: its address.
    pub fn of_node(node: NodeId) -> Self {
        let address = address(node);
        Self(Some(Arc::new(vec![Id::new("ip", &address)])))
    }

    /// These, in this order.
    pub fn new(ids: Vec<Id>) -> Self {
        Self(Some(Arc::new(ids)))
    }

    /// One more, unless it is there already.
    pub fn add(&mut self, id: Id) {
        let ids = Arc::make_mut(self.0.get_or_insert_default());
        if !ids.contains(&id) {
            ids.push(id);
        }
    }

    /// All, in the order in which they came.
    pub fn entries(&self) -> &[Id] {
        self.0.as_deref().map_or(&[], |ids| &**ids)
    }
}

/// The address of a node as the scheme `ip` sees it: 10.0.0.1 is the first.
pub fn address(node: NodeId) -> String {
    let host = u32::from(node.0) + 1;
    format!("10.0.{}.{}", host / 256, host % 256)
}
