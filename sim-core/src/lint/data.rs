//! The directories of a server: whether it may use them, and what is in them.
//!
//! Follows the constructor of `FileTxnSnapLog`, its `restore`, `FileSnap.findNValidSnapshots`,
//! `FileTxnLog.getLastLoggedZxid` and `QuorumPeer.loadDataBase` of releases 3.5.7 and 3.8.0. Of
//! snapshots only head and end are looked at, of logs only zxids and checksums.

use super::config::first_line;
use super::hints;
use super::java;
use super::jvm::{Form, Jvm, Level};
use super::machine::Kind;
use super::start::below;
use super::thrown::{Step, Thrown};

const PERSISTENCE: &str = "org.apache.zookeeper.server.persistence.";

/// What a server votes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epochs {
    /// The last zxid.
    pub zxid: i64,
    /// `currentEpoch`.
    pub current: i64,
}

/// `new FileTxnSnapLog(dataLogDir, dataDir)`.
pub fn open(log_dir: &str, snap_dir: &str, jvm: &mut Jvm<'_>) -> Step<()> {
    let (logs, snaps) = (below(log_dir, "version-2"), below(snap_dir, "version-2"));
    open_dir(&logs, "data", jvm)?;
    // The second may be below the first, or the same.
    if logs != snaps {
        open_dir(&snaps, "snap", jvm)?;
    }
    if logs == snaps {
        return Ok(());
    }
    let holds = |dir: &str, prefix: &str| {
        let names = jvm.machine.list(&jvm.machine.absolute(dir));
        names.iter().any(|name| name.starts_with(prefix))
    };
    let refuse = |class: &'static str, what: &str, of: &str| {
        let text = format!(
            "{what} directory has {of} files. Check if dataLogDir and dataDir configuration is \
             correct."
        );
        let thrown = Thrown::datadir(class, text);
        Err(thrown.remarked(|| hints::mixed_dirs(&logs, &snaps, what == "Log")))
    };
    if holds(&logs, "snapshot.") {
        const CLASS: &str =
            "org.apache.zookeeper.server.persistence.FileTxnSnapLog$LogDirContentCheckException";
        return refuse(CLASS, "Log", "snapshot");
    }
    if holds(&snaps, "log.") {
        const CLASS: &str =
            "org.apache.zookeeper.server.persistence.FileTxnSnapLog$SnapDirContentCheckException";
        return refuse(CLASS, "Snapshot", "log");
    }
    Ok(())
}

fn open_dir(dir: &str, what: &str, jvm: &Jvm<'_>) -> Step<()> {
    const CLASS: &str = "org.apache.zookeeper.server.persistence.FileTxnSnapLog$DatadirException";
    debug_assert!(CLASS.starts_with(PERSISTENCE));
    let full = jvm.machine.absolute(dir);
    let refuse = |text: String| {
        let thrown = Thrown::datadir(CLASS, text);
        Err(thrown.remarked(|| hints::directory(dir)))
    };
    match jvm.machine.kind(&full) {
        Kind::Missing if !jvm.flag("zookeeper.datadir.autocreate", true) => {
            // 3.8.0 has lost a blank in the second of the two.
            let blank = if jvm.form == Form::V3_8 && what == "snap" {
                ""
            } else {
                " "
            };
            refuse(format!(
                "Missing {what} directory {dir}, automatic data directory creation is disabled \
                 (zookeeper.datadir.autocreate is false).{blank}Please create this directory \
                 manually."
            ))
        }
        Kind::Missing if !jvm.machine.may_create(&full) => {
            refuse(format!("Unable to create {what} directory {dir}"))
        }
        Kind::Dir if !jvm.machine.may_write(&full) => {
            refuse(format!("Cannot write to {what} directory {dir}"))
        }
        _ => Ok(()),
    }
}

/// `ZooKeeperServer.startdata`.
pub fn load_alone(log_dir: &str, snap_dir: &str, jvm: &mut Jvm<'_>) -> Step<()> {
    restore(log_dir, snap_dir, jvm).map(|_| ())
}

/// `QuorumPeer.loadDataBase`.
pub fn load_peer(log_dir: &str, snap_dir: &str, jvm: &mut Jvm<'_>) -> Step<Epochs> {
    load_epochs(log_dir, snap_dir, jvm).map_err(|thrown| {
        jvm.failed(
            Level::Error,
            "QuorumPeer",
            "Unable to load database on disk",
            &thrown,
        );
        let class = "java.lang.RuntimeException";
        Thrown::other(class, "Unable to run quorum server ").caused_by(thrown)
    })
}

fn load_epochs(log_dir: &str, snap_dir: &str, jvm: &mut Jvm<'_>) -> Step<Epochs> {
    let zxid = restore(log_dir, snap_dir, jvm)?;
    let of_zxid = zxid >> 32;
    let dir = below(snap_dir, "version-2");
    let io = |text: String| {
        let thrown = Thrown::io("java.io.IOException", Some(text));
        Err(thrown.remarked(|| hints::epochs(&dir)))
    };
    let mut current = epoch_file(&dir, "currentEpoch", of_zxid, jvm)?;
    if of_zxid > current {
        let temporary = jvm.form >= Form::V3_8;
        let temporary = temporary.then(|| read_epoch(&dir, "currentEpoch.tmp", jvm));
        match temporary.transpose()?.flatten() {
            Some(epoch) => current = epoch,
            None => {
                return io(format!(
                    "The current epoch, {current:x}, is older than the last zxid, {zxid}"
                ));
            }
        }
    }
    let accepted = epoch_file(&dir, "acceptedEpoch", of_zxid, jvm)?;
    if accepted < current {
        return io(format!(
            "The accepted epoch, {accepted:x} is less than the current epoch, {current:x}"
        ));
    }
    Ok(Epochs { zxid, current })
}

/// An epoch file, or what is written if there is none.
fn epoch_file(dir: &str, name: &str, default: i64, jvm: &mut Jvm<'_>) -> Step<i64> {
    if let Some(epoch) = read_epoch(dir, name, jvm)? {
        return Ok(epoch);
    }
    let text = format!(
        "{name} not found! Creating with a reasonable default of {default}. This should only happen \
         when you are upgrading your installation"
    );
    jvm.info("QuorumPeer", text);
    Ok(default)
}

/// `readLongFromFile`.
fn read_epoch(dir: &str, name: &str, jvm: &Jvm<'_>) -> Step<Option<i64>> {
    let path = below(dir, name);
    let Some(bytes) = jvm.machine.read(&jvm.machine.absolute(&path)) else {
        return Ok(None);
    };
    let line = first_line(&bytes);
    match line.as_deref().map(|line| java::parse_long(line, 10)) {
        Some(Ok(epoch)) => Ok(Some(epoch)),
        _ => {
            let line = line.unwrap_or_else(|| "null".into());
            let text = format!("Found {line} in {path}");
            let thrown = Thrown::io("java.io.IOException", Some(text));
            Err(thrown.remarked(|| hints::epoch_text(&path)))
        }
    }
}

/// `FileTxnSnapLog.restore`: the last zxid.
fn restore(log_dir: &str, snap_dir: &str, jvm: &mut Jvm<'_>) -> Step<i64> {
    let (logs, snaps) = (below(log_dir, "version-2"), below(snap_dir, "version-2"));
    if let Some(newest) = newest_snapshot(&snaps, jvm)? {
        return Ok(last_logged(&logs, newest + 1, jvm)?
            .unwrap_or(newest)
            .max(newest));
    }
    if newest_log(&logs, jvm).is_some() {
        if let Err(thrown) = last_logged(&logs, newest_log(&logs, jvm).unwrap_or(0), jvm) {
            jvm.failed(Level::Warn, "FileTxnLog", "Unexpected exception", &thrown);
        }
        if !jvm.flag("zookeeper.snapshot.trust.empty", false) {
            let text = "No snapshot found, but there are log entries. Something is broken!";
            let thrown = Thrown::io("java.io.IOException", Some(text.into()));
            return Err(thrown.remarked(|| hints::no_snapshot(&logs, &snaps)));
        }
        let text = "No snapshot found, but there are log entries. This should only be allowed \
                    during upgrading.";
        jvm.warn("FileTxnSnapLog", text);
        return Ok(last_logged(&logs, 1, jvm)?.unwrap_or(0));
    }
    let initialize = jvm.machine.absolute(&below(log_dir, "initialize"));
    let trusts_empty = jvm.form == Form::V3_5
        || jvm.machine.kind(&initialize) == Kind::File
        || jvm.flag("zookeeper.db.autocreate", true);
    if trusts_empty {
        return Ok(0);
    }
    jvm.warn(
        "FileTxnSnapLog",
        "Unexpected empty data tree, setting zxid to -1",
    );
    Ok(-1)
}

/// `Util.getZxidFromName`.
fn zxid_of(name: &str, prefix: &str) -> Option<i64> {
    let parts = java::split(name, '.');
    match parts[..] {
        [first, digits] if first == prefix => java::parse_long(digits, 16).ok(),
        _ => None,
    }
    .filter(|zxid| *zxid != -1)
}

/// The newest snapshot whose head and end are whole. Snapshots that are none are passed over.
fn newest_snapshot(dir: &str, jvm: &mut Jvm<'_>) -> Step<Option<i64>> {
    let full = jvm.machine.absolute(dir);
    let mut found: Vec<(i64, String)> = jvm
        .machine
        .list(&full)
        .into_iter()
        .filter_map(|name| Some((zxid_of(&name, "snapshot")?, name)))
        .collect();
    found.sort();
    let mut damaged = 0;
    while let Some((zxid, name)) = found.pop() {
        let path = below(dir, &name);
        let bytes = jvm.machine.read(&below(&full, &name)).unwrap_or_default();
        if bytes.len() < 10 || !bytes.ends_with(&[0, 0, 0, 1, b'/']) {
            jvm.remark(hints::damaged_snapshot(&path));
            continue;
        }
        if bytes.starts_with(b"ZKSN") {
            return Ok(Some(zxid));
        }
        let magic = bytes[..4]
            .iter()
            .fold(0_i32, |n, byte| n << 8 | i32::from(*byte));
        let text = format!("mismatching magic headers {magic} !=  1514885966");
        let thrown = Thrown::io("java.io.IOException", Some(text));
        jvm.failed(
            Level::Warn,
            "FileSnap",
            &format!("problem reading snap file {path}"),
            &thrown,
        );
        damaged += 1;
    }
    if damaged == 0 {
        return Ok(None);
    }
    let text = format!("Not able to find valid snapshots in {dir}");
    Err(Thrown::io("java.io.IOException", Some(text)))
}

fn log_files(dir: &str, jvm: &Jvm<'_>) -> Vec<(i64, String)> {
    let full = jvm.machine.absolute(dir);
    let mut files: Vec<(i64, String)> = jvm
        .machine
        .list(&full)
        .into_iter()
        .filter_map(|name| Some((zxid_of(&name, "log")?, below(&full, &name))))
        .collect();
    files.sort();
    files
}

fn newest_log(dir: &str, jvm: &Jvm<'_>) -> Option<i64> {
    log_files(dir, jvm).last().map(|(zxid, _)| *zxid)
}

/// Reads the log from the file that may hold `from` on; the last zxid in it.
fn last_logged(dir: &str, from: i64, jvm: &Jvm<'_>) -> Step<Option<i64>> {
    let files = log_files(dir, jvm);
    let before = files.iter().rposition(|(zxid, _)| *zxid <= from);
    let mut last = None;
    for (_, path) in &files[before.unwrap_or(0)..] {
        let bytes = jvm.machine.read(path).unwrap_or_default();
        if let Some(zxid) = read_log(&bytes, path)? {
            last = Some(zxid).max(last);
        }
    }
    Ok(last.filter(|last| *last >= from))
}

/// The last zxid of one log file: a header, then checksum, length, entry, end mark.
fn read_log(bytes: &[u8], path: &str) -> Step<Option<i64>> {
    let number = |at: usize, len: usize| {
        let part = bytes.get(at..at + len)?;
        Some(
            part.iter()
                .fold(0_i64, |number, byte| number << 8 | i64::from(*byte)),
        )
    };
    let (Some(magic), Some(_)) = (number(0, 4), number(4, 12)) else {
        return Err(Thrown::io("java.io.EOFException", None).remarked(|| hints::log_header(path)));
    };
    if &bytes[..4] != b"ZKLG" {
        let text = format!(
            "Transaction log: {path} has invalid magic number {} != 1514884167",
            magic as i32
        );
        return Err(Thrown::io("java.io.IOException", Some(text)));
    }
    let (mut at, mut last) = (16, None);
    while let (Some(sum), Some(len)) = (number(at, 8), number(at + 8, 4)) {
        let len = len as i32;
        let Some(entry) = usize::try_from(len)
            .ok()
            .and_then(|len| bytes.get(at + 12..at + 12 + len))
        else {
            break;
        };
        // An end mark that is missing is the end; so is an empty entry, which padding is.
        if entry.is_empty() || bytes.get(at + 12 + entry.len()) != Some(&b'B') {
            break;
        }
        if sum != i64::from(adler32(entry)) {
            return Err(Thrown::io(
                "java.io.IOException",
                Some("CRC check failed".into()),
            ));
        }
        last = entry.get(12..20).map(|zxid| {
            zxid.iter()
                .fold(0_i64, |number, byte| number << 8 | i64::from(*byte))
        });
        at += 12 + entry.len() + 1;
    }
    Ok(last)
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    b << 16 | a
}
