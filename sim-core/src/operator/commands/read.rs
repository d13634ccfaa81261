//! Commands that read: `ls`, `ls2`, `get`, `stat`, `sync`, `config` and the like.
//!
//! Follows `LsCommand`, `Ls2Command`, `GetCommand`, `StatCommand`, `SyncCommand`, `GetConfigCommand`, `RemoveWatchesCommand`,
//! `AddWatchCommand`, `GetEphemeralsCommand`, `GetAllChildrenNumberCommand`, `WhoAmICommand`, `VersionCommand`.

use super::{Asked, Call, print_stat};
use crate::operator::complaint;
use crate::operator::keeper::{Keeper, Stop};
use crate::operator::options::{Known, Parsed, flag, parse, valued};
use crate::operator::printed::Printed;
use crate::operator::release::full_version;
use crate::operator::text::hash_order;
use crate::zookeeper::{AddWatchMode, ErrorCode, WatcherKind};
use std::sync::Arc;

/// The old way to leave a watch, `get path true`: the third word of the line, whatever it is, becomes `-w`.
fn old_style(
    call: &Call<'_>,
    known: &[Known],
    parsed: Parsed,
    advice: &str,
    print: &mut Printed,
) -> Asked<Parsed> {
    if parsed.args.len() <= 2 {
        return Ok(parsed);
    }
    let mut words = call.words.to_vec();
    words[2] = "-w".into();
    let name = &words[0];
    print.complain(format!(
        "'{name} path [watch]' has been deprecated. Please use '{name} {advice}' instead."
    ));
    parse(known, &words).map_err(Stop::Complaint)
}

/// `ls`.
pub(super) fn ls(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let known = [
        flag("?", "help"),
        flag("s", "stat"),
        flag("w", "watch"),
        flag("R", "recurse"),
    ];
    let parsed = call.options(&known, 0)?;
    if parsed.has("?") {
        print.line("usage: ls [options] path\n -?   help\n -R   recurse\n -s   stat\n -w   watch");
    }
    let parsed = old_style(call, &known, parsed, "[-w] path", print)?;
    let path = parsed
        .args
        .get(1)
        .ok_or_else(|| Stop::Complaint(call.usage.clone()))?;
    let watch = parsed.has("w");
    if parsed.has("R") {
        return visit(keeper, path, watch, &mut |_, path| {
            print.line(path);
            Ok(())
        });
    }
    let (mut children, stat) = keeper.children(path, watch)?;
    children.sort_unstable();
    print.out(format!("[{}]", children.join(", ")));
    if call.row.list_ends_its_line {
        print.out("\n");
    }
    if parsed.has("s") {
        print_stat(&stat, print);
    }
    if !call.row.list_ends_its_line {
        print.out("\n");
    }
    Ok(())
}

/// `ZKUtil.visitSubTreeDFS`: the node, then all its children by name, then what is below each.
pub(super) fn visit(
    keeper: &mut Keeper<'_>,
    path: &str,
    watch: bool,
    see: &mut dyn FnMut(&mut Keeper<'_>, &str) -> Asked<()>,
) -> Asked<()> {
    keeper.data(path, watch)?;
    see(keeper, path)?;
    below(keeper, path, watch, see)
}

fn below(
    keeper: &mut Keeper<'_>,
    path: &str,
    watch: bool,
    see: &mut dyn FnMut(&mut Keeper<'_>, &str) -> Asked<()>,
) -> Asked<()> {
    let mut children = match keeper.children(path, watch) {
        // Deleted since it was listed.
        Err(Stop::Keeper(ErrorCode::NoNode, _)) => return Ok(()),
        other => other?.0,
    };
    children.sort_unstable();
    let root = if path == "/" { "" } else { path };
    for child in &children {
        see(keeper, &format!("{root}/{child}"))?;
    }
    for child in &children {
        below(keeper, &format!("{root}/{child}"), watch, see)?;
    }
    Ok(())
}

/// `ls2`, in the order of the server's hash table.
pub(super) fn ls2(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let parsed = call.options(&[], 2)?;
    print.complain("'ls2' has been deprecated. Please use 'ls [-s] path' instead.");
    let (mut children, stat) = keeper.children(&parsed.args[1], parsed.args.len() > 2)?;
    hash_order(&mut children, CHILDREN);
    print.line(format!("[{}]", children.join(", ")));
    print_stat(&stat, print);
    Ok(())
}

/// The room of a node's set of children when it is made (`DataNode.addChild`).
const CHILDREN: u32 = 8;

/// `get`.
pub(super) fn get(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let known = [flag("s", "stats"), flag("w", "watch")];
    let parsed = call.options(&known, 2)?;
    let parsed = old_style(call, &known, parsed, "[-s] [-w] path", print)?;
    let path = parsed
        .args
        .get(1)
        .ok_or_else(|| Stop::Complaint(call.usage.clone()))?;
    let answer = keeper.data(path, parsed.has("w"));
    let (data, stat) = answer.map_err(|stop| match stop {
        Stop::Keeper(code, path) if call.row.get_names_the_class => {
            Stop::Complaint(complaint::exception(code, path.as_deref()))
        }
        other => other,
    })?;
    print.line(text_of(&data));
    if parsed.has("s") {
        print_stat(&stat, print);
    }
    Ok(())
}

/// Data as text: what is no UTF-8 is replaced.
fn text_of(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// `stat`.
pub(super) fn stat(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let known = [flag("w", "watch")];
    let parsed = call.options(&known, 2)?;
    let parsed = old_style(call, &known, parsed, "[-w] path", print)?;
    let path = parsed
        .args
        .get(1)
        .ok_or_else(|| Stop::Complaint(call.usage.clone()))?;
    match keeper.exists(path, parsed.has("w"))? {
        Some(stat) => print_stat(&stat, print),
        None => return Err(Stop::Keeper(ErrorCode::NoNode, Some(path.clone()))),
    }
    Ok(())
}

/// `sync`.
pub(super) fn sync(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let parsed = call.options(&[], 2)?;
    match keeper.sync(&parsed.args[1]) {
        Err(Stop::Keeper(code, _)) => {
            print.line(format!("Sync has failed. rc={}", code.code()));
            Ok(())
        }
        other => {
            other?;
            print.line("Sync is OK");
            Ok(())
        }
    }
}

/// `config`: the data of the node that holds the configuration.
pub(super) fn config(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let known = [
        flag("s", "stats"),
        flag("w", "watch"),
        flag("c", "client connection string"),
    ];
    let parsed = call.options(&known, 1)?;
    let (data, stat) = keeper.data("/zookeeper/config", parsed.has("w"))?;
    let text = text_of(&data);
    print.line(if parsed.has("c") {
        client_config(&text)
    } else {
        text
    });
    if parsed.has("s") {
        print_stat(&stat, print);
    }
    Ok(())
}

/// `ConfigUtils.getClientConfigStr`: the version, then the client addresses of the servers that tell one.
fn client_config(text: &str) -> String {
    let mut version = String::new();
    let mut addresses = Vec::new();
    for line in text.lines() {
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        if key.starts_with("version") {
            value.clone_into(&mut version);
        } else if key.starts_with("server.")
            && let Some((_, address)) = value.split_once(';')
        {
            addresses.push(address.to_owned());
        }
    }
    format!("{version} {}", addresses.join(","))
}

/// `removewatches`.
pub(super) fn remove_watches(call: &Call<'_>, keeper: &mut Keeper<'_>) -> Asked<()> {
    let known = [
        flag("c", "child watcher type"),
        flag("d", "data watcher type"),
        flag("a", "any watcher type"),
        flag("l", "remove locally when there is no server connection"),
    ];
    let parsed = call.options(&known, 2)?;
    let kind = match (parsed.has("c"), parsed.has("d")) {
        (true, _) => WatcherKind::Children,
        (false, true) => WatcherKind::Data,
        (false, false) => WatcherKind::Any,
    };
    keeper.remove_watches(&parsed.args[1], kind)
}

/// `addWatch`.
pub(super) fn add_watch(call: &Call<'_>, keeper: &mut Keeper<'_>) -> Asked<()> {
    let parsed = call.options(&[valued("m", "")], 0)?;
    if parsed.args.len() != 2 {
        return Err(Stop::Complaint(call.usage.clone()));
    }
    let mode = parsed.value("m").map(str::to_uppercase);
    let mode = match mode.as_deref() {
        Some("PERSISTENT") => AddWatchMode::Persistent,
        None | Some("PERSISTENT_RECURSIVE") => AddWatchMode::PersistentRecursive,
        Some(_) => return Err(Stop::Complaint(call.usage.clone())),
    };
    keeper.add_watch(&parsed.args[1], mode)
}

/// `getEphemerals`, in the order of the server's hash table.
pub(super) fn ephemerals(
    call: &Call<'_>,
    keeper: &mut Keeper<'_>,
    print: &mut Printed,
) -> Asked<()> {
    let parsed = call.options(&[], 0)?;
    let prefix = parsed.args.get(1).map_or("/", String::as_str);
    let mut paths: Vec<Arc<str>> = keeper.ephemerals(prefix)?;
    hash_order(&mut paths, 16);
    print.line(format!("[{}]", paths.join(", ")));
    Ok(())
}

/// `getAllChildrenNumber`.
pub(super) fn all_children(
    call: &Call<'_>,
    keeper: &mut Keeper<'_>,
    print: &mut Printed,
) -> Asked<()> {
    let parsed = call.options(&[], 2)?;
    let number = keeper.all_children(&parsed.args[1])?;
    print.line(number.to_string());
    Ok(())
}

/// `whoami`.
pub(super) fn whoami(keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let identities = keeper.whoami()?;
    print.line("Auth scheme: User");
    for (scheme, user) in identities {
        print.line(format!("{scheme}: {user}"));
    }
    Ok(())
}

/// `version`.
pub(super) fn version(call: &Call<'_>, print: &mut Printed) -> Asked<()> {
    let parsed = call.options(&[], 0)?;
    if parsed.args.len() > 1 {
        return Err(Stop::Complaint(call.usage.clone()));
    }
    let version = full_version(call.release);
    print.line(format!("ZooKeeper CLI version: {version}"));
    Ok(())
}
