//! The commands of zkCli, one function each: options, what is asked of the library, what is printed.
//!
//! A command is played from its beginning each time an answer arrives; see `keeper.rs`. Follows `cli/*.java` of releases 3.5.7
//! and 3.8.0, oddities included.

mod acl;
mod create;
mod quota;
mod read;
mod write;

use crate::operator::complaint;
use crate::operator::keeper::{Keeper, Stop};
use crate::operator::options::{Known, Parsed, parse};
use crate::operator::printed::Printed;
use crate::operator::release::ToolRow;
use crate::operator::text::date;
use crate::zookeeper::{Release, Stat};

/// What a command is given.
pub(super) struct Call<'c> {
    /// Its words, itself first.
    pub words: &'c [String],
    /// How it is listed: its name and options.
    pub usage: String,
    /// The release of the tools.
    pub release: Release,
    /// What that release does its own way.
    pub row: &'static ToolRow,
}

/// What came of asking the library, as a command sees it.
pub(super) type Asked<T> = Result<T, Stop>;

impl Call<'_> {
    /// Reads its options; at least so many words must be left, itself included.
    fn options(&self, known: &[Known], words: usize) -> Asked<Parsed> {
        let parsed = parse(known, self.words).map_err(Stop::Complaint)?;
        if parsed.args.len() < words {
            return Err(Stop::Complaint(self.usage.clone()));
        }
        Ok(parsed)
    }

    /// A number behind an option; -1 if it was not given. What is no number ends the client.
    fn number(parsed: &Parsed, option: &str) -> Asked<i32> {
        parsed.value(option).map_or(Ok(-1), number)
    }
}

/// `Integer.parseInt`, whose exception nobody catches.
fn number(text: &str) -> Asked<i32> {
    text.parse().map_err(|_| {
        Stop::Crash(format!(
            "Exception in thread \"main\" java.lang.NumberFormatException: For input string: \"{text}\""
        ))
    })
}

/// Plays a command. `None`: the table has no such command (it is one of the shell's own).
pub(super) fn play(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    match call.words[0].as_str() {
        "addauth" => acl::addauth(call, keeper),
        "addWatch" => read::add_watch(call, keeper),
        "close" => Err(Stop::Close),
        "config" => read::config(call, keeper, print),
        "create" => create::create(call, keeper, print),
        "delete" => write::delete(call, keeper, print),
        "deleteall" | "rmr" => write::deleteall(call, keeper, print),
        "delquota" => quota::delquota(call, keeper, print),
        "get" => read::get(call, keeper, print),
        "getAcl" => acl::get_acl(call, keeper, print),
        "getAllChildrenNumber" => read::all_children(call, keeper, print),
        "getEphemerals" => read::ephemerals(call, keeper, print),
        "listquota" => quota::listquota(call, keeper, print),
        "ls" => read::ls(call, keeper, print),
        "ls2" => read::ls2(call, keeper, print),
        "reconfig" => write::reconfig(call),
        "removewatches" => read::remove_watches(call, keeper),
        "set" => write::set(call, keeper, print),
        "setAcl" => acl::set_acl(call, keeper, print),
        "setquota" => quota::setquota(call, keeper, print),
        "stat" => read::stat(call, keeper, print),
        "sync" => read::sync(call, keeper, print),
        "version" => read::version(call, print),
        "whoami" => read::whoami(keeper, print),
        _ => Ok(()),
    }
}

/// `StatPrinter.print`.
fn print_stat(stat: &Stat, print: &mut Printed) {
    print.line(format!("cZxid = 0x{:x}", stat.czxid.0));
    print.line(format!("ctime = {}", date(stat.ctime_ms)));
    print.line(format!("mZxid = 0x{:x}", stat.mzxid.0));
    print.line(format!("mtime = {}", date(stat.mtime_ms)));
    print.line(format!("pZxid = 0x{:x}", stat.pzxid.0));
    print.line(format!("cversion = {}", stat.cversion));
    print.line(format!("dataVersion = {}", stat.version));
    print.line(format!("aclVersion = {}", stat.aversion));
    print.line(format!("ephemeralOwner = 0x{:x}", stat.ephemeral_owner.0));
    print.line(format!("dataLength = {}", stat.data_length));
    print.line(format!("numChildren = {}", stat.num_children));
}

/// What zkCli prints for a stop that is an error; `None` for one that is none.
pub(super) fn complaint(stop: &Stop, row: &ToolRow) -> Option<String> {
    match stop {
        Stop::Complaint(words) => Some(words.clone()),
        Stop::Keeper(code, path) => Some(complaint::wrapped(*code, path.as_deref(), row)),
        Stop::Ask(_) | Stop::Close | Stop::Crash(_) => None,
    }
}
