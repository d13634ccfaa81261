//! What a server finds around it: files, names of hosts, addresses, taken ports.
//!
//! The core reads no disk: whoever asks hands in a [`Machine`]. [`Sheet`] is one made by hand. What is
//! said here about names and addresses follows `InetAddress` and `InetSocketAddress` of OpenJDK 17
//! and the RFCs that reserve some of them (2606, 5737); a name that is none of those is taken to be
//! known, and an address to be the machine's own: a file is linted for the machine that it is meant
//! for.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::collections::{BTreeMap, BTreeSet};

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Missing,
    /// A file.
    File,
    /// A directory.
    Dir,
}

/// The machine on which a server would start. Paths are absolute.
pub trait Machine {
    /// What is there.
    fn kind(&self, path: &str) -> Kind;
    /// A file's content; `None` if it cannot be read.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
    /// The names in a directory.
    fn list(&self, dir: &str) -> Vec<String>;
    /// Whether something can be written into this directory.
    fn may_write(&self, dir: &str) -> bool;
    /// The directory in which the server is started.
    fn work_dir(&self) -> String;
    /// Whether another process listens on a TCP port.
    fn is_taken(&self, port: i32) -> bool;

    /// Whether this directory could be made, with those above it.
    fn may_create(&self, dir: &str) -> bool {
        let mut above = dir;
        while let Some(slash) = above.rfind('/') {
            above = if slash == 0 { "/" } else { &above[..slash] };
            match self.kind(above) {
                Kind::File => return false,
                Kind::Dir => return self.may_write(above),
                Kind::Missing if above == "/" => return false,
                Kind::Missing => {}
            }
        }
        false
    }

    /// An absolute path of any path.
    fn absolute(&self, path: &str) -> String {
        let full = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{}/{path}", self.work_dir())
        };
        let mut parts: Vec<&str> = Vec::new();
        for part in full.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                _ => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }
}

/// A machine made by hand.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    files: BTreeMap<String, Vec<u8>>,
    dirs: BTreeSet<String>,
    sealed: BTreeSet<String>,
    taken: BTreeSet<i32>,
    work_dir: String,
}

impl Sheet {
    /// An empty machine; the server is started in this directory.
    pub fn new(work_dir: &str) -> Self {
        let mut sheet = Self {
            work_dir: work_dir.into(),
            ..Self::default()
        };
        sheet.dir(work_dir);
        sheet
    }

    /// Puts a file there, with the directories above it.
    pub fn file(&mut self, path: &str, bytes: impl Into<Vec<u8>>) -> &mut Self {
        if let Some(slash) = path.rfind('/') {
            self.dir(&path[..slash]);
        }
        self.files.insert(path.into(), bytes.into());
        self
    }

    /// Makes a directory, with those above it.
    pub fn dir(&mut self, path: &str) -> &mut Self {
        let mut above = path.trim_end_matches('/');
        while !above.is_empty() {
            self.dirs.insert(above.into());
            above = &above[..above.rfind('/').unwrap_or(0)];
        }
        self.dirs.insert("/".into());
        self
    }

    /// Makes a directory into which nothing can be written.
    pub fn sealed(&mut self, path: &str) -> &mut Self {
        self.dir(path).sealed.insert(path.into());
        self
    }

    /// Another process listens on this port.
    pub fn taken(&mut self, port: i32) -> &mut Self {
        self.taken.insert(port);
        self
    }
}

impl Machine for Sheet {
    fn kind(&self, path: &str) -> Kind {
        if self.files.contains_key(path) {
            Kind::File
        } else if self.dirs.contains(path) {
            Kind::Dir
        } else {
            Kind::Missing
        }
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.files.get(path).cloned()
    }

    fn list(&self, dir: &str) -> Vec<String> {
        let below = format!("{}/", dir.trim_end_matches('/'));
        let all = self.files.keys().chain(&self.dirs);
        let names = all.filter_map(|path| path.strip_prefix(&below));
        let direct = names.filter(|name| !name.is_empty() && !name.contains('/'));
        direct.map(str::to_owned).collect()
    }

    fn may_write(&self, dir: &str) -> bool {
        let mut above = dir;
        loop {
            if self.sealed.contains(above) {
                return false;
            }
            match above.rfind('/') {
                Some(slash) if slash > 0 => above = &above[..slash],
                _ => return true,
            }
        }
    }

    fn work_dir(&self) -> String {
        self.work_dir.clone()
    }

    fn is_taken(&self, port: i32) -> bool {
        self.taken.contains(&port)
    }
}

/// `InetSocketAddress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket {
    /// The name that was given; none for a literal address and for the wildcard.
    pub name: Option<String>,
    /// The address as text; `None` if the name is unknown.
    pub ip: Option<String>,
    /// The port.
    pub port: i32,
}

/// What a machine without a name server says about an unknown name.
pub const NOT_RESOLVED: &str = "Temporary failure in name resolution";

impl Socket {
    /// `new InetSocketAddress(port)`.
    pub fn any(port: i32) -> Result<Self, String> {
        Ok(Self {
            name: Some("0.0.0.0".into()),
            ip: Some("0.0.0.0".into()),
            port: checked(port)?,
        })
    }

    /// `new InetSocketAddress(host, port)`: an unknown name is no mistake yet.
    pub fn of(host: &str, port: i32) -> Result<Self, String> {
        let port = checked(port)?;
        let literal = literal(host);
        Ok(match (literal, host) {
            (Some(ip), _) => Self {
                name: None,
                ip: Some(ip),
                port,
            },
            (None, "" | "localhost") => Self {
                name: Some("localhost".into()),
                ip: Some("127.0.0.1".into()),
                port,
            },
            (None, name) => Self {
                name: Some(name.into()),
                ip: is_known(name).then(|| name.into()),
                port,
            },
        })
    }

    /// What was given: a name, or the address.
    pub fn host(&self) -> &str {
        self.name.as_deref().or(self.ip.as_deref()).unwrap_or("")
    }

    /// Whether it means all addresses of the machine.
    pub fn is_any(&self) -> bool {
        matches!(self.ip.as_deref(), Some("0.0.0.0" | "0:0:0:0:0:0:0:0"))
    }

    /// Whether the machine can listen on it, taken ports aside.
    pub fn is_own(&self) -> bool {
        self.ip.as_deref().is_some_and(is_own)
    }

    /// `NetUtils.formatInetAddr`.
    pub fn plain(&self) -> String {
        let host = self.ip.as_deref().unwrap_or_else(|| self.host());
        match host.contains(':') {
            true => format!("[{host}]:{}", self.port),
            false => format!("{host}:{}", self.port),
        }
    }
}

impl core::fmt::Display for Socket {
    /// As Java prints it: `localhost/127.0.0.1:2181`, `/192.0.2.1:2181`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let name = self.name.as_deref().unwrap_or("");
        match &self.ip {
            Some(ip) if ip.contains(':') => write!(f, "{name}/[{ip}]:{}", self.port),
            Some(ip) => write!(f, "{name}/{ip}:{}", self.port),
            None => write!(f, "{name}/<unresolved>:{}", self.port),
        }
    }
}

fn checked(port: i32) -> Result<i32, String> {
    match port {
        0..=65_535 => Ok(port),
        _ => Err(format!("port out of range:{port}")),
    }
}

/// An address that needs no lookup, as Java prints it.
fn literal(host: &str) -> Option<String> {
    if let Ok(v6) = host.parse::<Ipv6Addr>() {
        let parts: Vec<String> = v6.segments().iter().map(|s| format!("{s:x}")).collect();
        return Some(parts.join(":"));
    }
    let parts: Vec<&str> = host.split('.').collect();
    if parts.len() > 4
        || parts
            .iter()
            .any(|p| p.is_empty() || !p.bytes().all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    let mut value: u64 = 0;
    for (i, part) in parts.iter().enumerate() {
        let last = i + 1 == parts.len();
        let room = if last { 8 * (4 - i) } else { 8 };
        let number: u64 = part.parse().ok()?;
        if number >> room != 0 {
            return None;
        }
        value = value << room | number;
    }
    Some(Ipv4Addr::from(value as u32).to_string())
}

/// Whether a name may be one that is known somewhere.
fn is_known(name: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let digits_only = name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let mut labels = name.trim_end_matches('.').split('.');
    let good_labels = labels.clone().all(|l| !l.is_empty() && l.len() < 64);
    let reserved = labels.next_back() == Some("invalid");
    name.chars().all(letters) && good_labels && !digits_only && !reserved
}

/// Whether an address may be the machine's: those kept for documentation, several receivers or
/// everybody are nobody's.
fn is_own(ip: &str) -> bool {
    if let Ok(v4) = ip.parse::<Ipv4Addr>() {
        return !(v4.is_documentation() || v4.is_multicast() || v4.is_broadcast());
    }
    match ip.parse::<Ipv6Addr>() {
        Ok(v6) => !(v6.is_multicast() || v6.segments()[..2] == [0x2001, 0xdb8]),
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_print_as_in_java() {
        let of = |host: &str| {
            Socket::of(host, 2181)
                .expect("the port is fine")
                .to_string()
        };
        assert_eq!(of("127.0.0.1"), "/127.0.0.1:2181");
        assert_eq!(of("127.1"), "/127.0.0.1:2181");
        assert_eq!(of(""), "localhost/127.0.0.1:2181");
        assert_eq!(
            of("no.such.host.invalid"),
            "no.such.host.invalid/<unresolved>:2181"
        );
        assert_eq!(of("300.0.0.1"), "300.0.0.1/<unresolved>:2181");
        assert_eq!(of("::1"), "/[0:0:0:0:0:0:0:1]:2181");
        assert_eq!(
            Socket::any(2181).map(|s| s.to_string()),
            Ok("0.0.0.0/0.0.0.0:2181".into())
        );
        assert_eq!(
            Socket::of("h", 65_536),
            Err("port out of range:65536".into())
        );
    }
}
