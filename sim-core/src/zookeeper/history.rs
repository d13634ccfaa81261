//! Disks made by hand: `"1:1-150,/,1:151-400"` is a log in two files.
//!
//! The recordings' own notation and content (`ground-truth/zookeeper-3.5.7`, H): a snapshot at 0,
//! one create of `/s<zxid>` per transaction, the same content for the same zxid on every server.

use crate::engine::DiskImage;
use crate::zookeeper::{
    AclList, Change, Database, Epoch, NodeKind, SessionId, Txn, TxnBody, ZkDisk, Zxid,
};
use core::fmt;
use std::sync::Arc;

/// Why a text is no history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryError {
    /// Where, in characters from 0.
    pub position: usize,
    /// What was expected there.
    pub expected: &'static str,
    /// What stands there.
    pub found: String,
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            position,
            expected,
            found,
        } = self;
        match found.as_str() {
            "" => write!(f, "at the end: expected {expected}"),
            _ => write!(
                f,
                "at character {position}: expected {expected}, found \"{found}\""
            ),
        }
    }
}

/// The session, the time and the preallocation of the log files in the recordings' own histories.
const SESSION: SessionId = SessionId(0x0100_0000_0000_0001);
const TIME_MS: i64 = 1_700_000_000_000;
const PRE_ALLOC: u64 = 65_536;
/// More would only be a slow way to run out of memory.
const MOST_ENTRIES: u32 = 1_000_000;
const MOST_BYTES: u32 = 1_048_575;

/// The disk of a server with this history and these epoch files.
///
/// A history is a list of items separated by commas: `1:8` stands for the zxids (1,1) to (1,8),
/// `1:4-8` for (1,4) to (1,8), `1:1-1*600000` gives each of them 600,000 bytes of data, and `/`
/// begins a new log file. Zxids must grow.
pub fn seeded_disk(
    history: &str,
    current_epoch: Epoch,
    accepted_epoch: Epoch,
) -> Result<ZkDisk, HistoryError> {
    let mut disk = ZkDisk::default();
    for change in [
        Change::AcceptedEpoch(accepted_epoch),
        Change::CurrentEpoch(current_epoch),
        Change::Snapshot(Database::default().snapshot()),
    ] {
        disk.apply(&change);
    }
    let mut file = None;
    for item in parse(history)? {
        match item {
            Item::NewFile => file = None,
            Item::Txns { first, last, bytes } => {
                for counter in first.counter()..=last.counter() {
                    let txn = transaction(Zxid::new(first.epoch(), counter), bytes);
                    if file.is_none() {
                        file = Some(txn.zxid);
                        disk.apply(&Change::CreateLog {
                            file: txn.zxid,
                            pre_alloc: PRE_ALLOC,
                        });
                    }
                    let file = file.expect("set above");
                    disk.apply(&Change::Append { file, txn });
                }
            }
        }
    }
    Ok(disk)
}

/// The transaction that the recordings' histories have at a zxid.
fn transaction(zxid: Zxid, bytes: Option<u32>) -> Arc<Txn> {
    let data = match bytes {
        Some(bytes) => vec![b'x'; bytes as usize].into(),
        None => format!("v{}", zxid.0).into_bytes().into(),
    };
    let body = TxnBody::Create {
        path: format!("/s{:x}", zxid.0).into(),
        data,
        parent_cversion: -1,
        acl: AclList::OPEN,
        kind: NodeKind::Persistent,
    };
    let cxid = zxid.counter() as i32;
    Arc::new(Txn::new(zxid, SESSION, cxid, TIME_MS, body))
}

enum Item {
    NewFile,
    Txns {
        first: Zxid,
        last: Zxid,
        bytes: Option<u32>,
    },
}

fn parse(history: &str) -> Result<Vec<Item>, HistoryError> {
    let mut parser = Parser {
        text: history,
        at: 0,
    };
    let mut items = Vec::new();
    let (mut last, mut entries) = (Zxid::ZERO, 0);
    loop {
        items.push(parser.item(&mut last, &mut entries)?);
        if parser.rest().is_empty() {
            return Ok(items);
        }
        parser.expect(',', "\",\" or the end")?;
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn error<T>(&self, at: usize, expected: &'static str) -> Result<T, HistoryError> {
        let rest = &self.text[at..];
        let end = rest.find(',').unwrap_or(rest.len()).max(1).min(rest.len());
        Err(HistoryError {
            position: self.text[..at].chars().count(),
            expected,
            found: rest.get(..end).unwrap_or(rest).chars().take(24).collect(),
        })
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn expect(&mut self, c: char, expected: &'static str) -> Result<(), HistoryError> {
        if self.take(c) {
            return Ok(());
        }
        self.error(self.at, expected)
    }

    fn number(&mut self, greatest: u32, expected: &'static str) -> Result<u32, HistoryError> {
        let rest = self.rest();
        let digits = rest.find(|c: char| !c.is_ascii_digit());
        let digits = &rest[..digits.unwrap_or(rest.len())];
        match digits.parse() {
            Ok(number) if (1..=greatest).contains(&number) => {
                self.at += digits.len();
                Ok(number)
            }
            _ => self.error(self.at, expected),
        }
    }

    fn item(&mut self, last_before: &mut Zxid, entries: &mut u32) -> Result<Item, HistoryError> {
        const COUNTER: &str = "a counter from 1 to 4294967294";
        if self.take('/') {
            return Ok(Item::NewFile);
        }
        let start = self.at;
        let epoch = self.number(0x7fff_ffff, "\"/\" or an epoch from 1 to 2147483647")?;
        self.expect(':', "\":\" behind the epoch")?;
        let mut first = 1;
        let mut last = self.number(0xffff_fffe, COUNTER)?;
        if self.take('-') {
            first = last;
            let at = self.at;
            last = self.number(0xffff_fffe, COUNTER)?;
            if last < first {
                return self.error(at, "a counter that is not below the one before \"-\"");
            }
        }
        let bytes = if self.take('*') {
            Some(self.number(MOST_BYTES, "1 to 1048575 bytes of data")?)
        } else {
            None
        };
        let epoch = Epoch(i64::from(epoch));
        let (first, last) = (Zxid::new(epoch, first), Zxid::new(epoch, last));
        if first <= *last_before {
            return self.error(start, "a zxid above those before it");
        }
        *last_before = last;
        *entries = entries.saturating_add(last.counter() - first.counter() + 1);
        if *entries > MOST_ENTRIES {
            return self.error(start, "1000000 transactions or fewer");
        }
        Ok(Item::Txns { first, last, bytes })
    }
}
