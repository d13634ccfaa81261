//! What a real server does with its configuration, before it is tried: does it start, with which exit
//! code, in which words; and what to do about it.
//!
//! Follows the starting of releases 3.5.7 and 3.8.0 statement by statement, from `main` to the point
//! where the server waits for others ([`check`]), on a machine that is handed in ([`Machine`]): no
//! file is read here and nothing is written. It never looks at one line by itself: a server stops at
//! the first mistake that it meets, and what it meets first is decided by a hash table
//! (`java.rs`). Read `start.rs` next, then `config.rs`; [`cross_check`] compares the files of
//! several servers; [`import`] makes a scenario of them. Kafka's `server.properties` will stand
//! beside them.

mod config;
mod cross;
mod data;
mod hints;
mod import;
mod java;
mod jvm;
mod keys;
mod machine;
mod properties;
mod quorum;
mod remark;
mod start;
mod thrown;

pub use config::Config;
pub use cross::cross_check;
pub use import::{Imported, import, mend};
pub use jvm::{Form, Level, LogLine};
pub use machine::{Kind, Machine, Sheet, Socket};
pub use properties::{Entry, Properties, Span};
pub use quorum::{Server as ServerLine, Verifier};
pub use remark::{Both, Gravity, Remark, place};
pub use start::{Outcome, Running, troubles};

use crate::zookeeper::Release;
use jvm::Jvm;

/// What is known beside the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What `myid` is taken to hold, whatever is on disk.
    pub myid: Option<i64>,
    /// System properties of the JVM (`-Dkey=value`).
    pub properties: Vec<(String, String)>,
}

/// What a server does with its configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it runs, or its exit code.
    pub outcome: Outcome,
    /// What it prints on standard error.
    pub stderr: Vec<String>,
    /// Its log: all warnings and errors, and the INFO lines that tell a setting or a state.
    pub log: Vec<LogLine>,
    /// What we say about it, the gravest first.
    pub remarks: Vec<Remark>,
    /// What it read, as far as it got.
    pub config: Option<Config>,
}

/// The rules of a release, if they are known.
pub fn form_of(release: Release) -> Option<Form> {
    match release {
        Release::V3_5_7 => Some(Form::V3_5),
        Release::V3_8_0 => Some(Form::V3_8),
        _ => None,
    }
}

/// Starts `QuorumPeerMain` with these arguments: the path of a `zoo.cfg`, most often.
pub fn check(
    arguments: &[&str],
    machine: &dyn Machine,
    form: Form,
    settings: &Settings,
) -> Verdict {
    let mut jvm = Jvm::new(machine, form);
    jvm.myid = settings.myid;
    jvm.props.extend(settings.properties.iter().cloned());
    let mut config = None;
    let outcome = start::main(arguments, &mut jvm, &mut config);
    if let Some(config) = &config {
        let found = keys::remarks(&config.path, &config.keys, form);
        jvm.remarks.extend(found);
        jvm.remarks.extend(hints::habits(config, outcome));
    }
    let mut remarks = jvm.remarks;
    if let Some(config) = &config {
        remarks
            .iter_mut()
            .for_each(|remark| at_its_key(remark, config));
    }
    remarks.sort_by_key(|remark| (remark.gravity, remark.span.map(|span| span.start)));
    remarks.dedup();
    Verdict {
        outcome,
        stderr: jvm.stderr,
        log: jvm.log,
        remarks,
        config,
    }
}

/// What is wrong with a directory is shown where the directory is named.
fn at_its_key(remark: &mut Remark, config: &Config) {
    let Some(file) = remark.file.clone().filter(|file| *file != config.path) else {
        return;
    };
    let dirs = [
        ("dataLogDir", &config.data_log_dir),
        ("dataDir", &config.data_dir),
    ];
    let named = dirs.into_iter().find_map(|(key, dir)| {
        let below = dir.as_ref().is_some_and(|dir| file.starts_with(&**dir));
        config.keys.get(key).filter(|_| below)
    });
    if let Some(entry) = named.filter(|_| remark.span.is_none()) {
        remark.file = Some(config.path.clone());
        remark.span = Some(entry.value_at);
    }
}
