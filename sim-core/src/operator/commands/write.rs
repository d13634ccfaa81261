//! Commands that write: `set`, `delete`, `deleteall`, `reconfig`.
//!
//! Follows `SetCommand`, `DeleteCommand`, `DeleteAllCommand`, `ReconfigCommand` and `ZKUtil`.

use super::{Asked, Call, print_stat};
use crate::operator::keeper::{Keeper, Stop};
use crate::operator::options::{flag, valued};
use crate::operator::printed::Printed;
use std::collections::VecDeque;

/// `set`.
pub(super) fn set(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let parsed = call.options(&[flag("s", "stats"), valued("v", "version")], 3)?;
    let version = Call::number(&parsed, "v")?;
    let stat = keeper.set(&parsed.args[1], parsed.args[2].as_bytes(), version)?;
    if parsed.has("s") {
        print_stat(&stat, print);
    }
    Ok(())
}

/// `delete`.
pub(super) fn delete(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let parsed = call.options(&[valued("v", "version")], 2)?;
    if parsed.args.len() > 2 {
        // Only said: unlike the watch of `get path true`, the old version is not turned into an option.
        print.complain(
            "'delete path [version]' has been deprecated. \
             Please use 'delete [-v version] path' instead.",
        );
    }
    keeper.delete(&parsed.args[1], Call::number(&parsed, "v")?)
}

/// `deleteall`, and `rmr` as it was called.
pub(super) fn deleteall(
    call: &Call<'_>,
    keeper: &mut Keeper<'_>,
    print: &mut Printed,
) -> Asked<()> {
    let batches = call.row.batches;
    let batch = [valued("b", "batch size")];
    let parsed = call.options(if batches { &batch } else { &[] }, 2)?;
    let size = match parsed.value("b").map(str::parse) {
        None => 1000,
        Some(Ok(size)) => usize::try_from(i32::max(size, 0)).unwrap_or(0),
        Some(Err(_)) => {
            return Err(Stop::Complaint("-b argument must be an int value".into()));
        }
    };
    if parsed.args[0] == "rmr" {
        print.complain("The command 'rmr' has been deprecated. Please use 'deleteall' instead.");
    }
    let path = &parsed.args[1];
    let tree = subtree(keeper, path, batches)?;
    if !batches {
        return tree
            .iter()
            .rev()
            .try_for_each(|path| keeper.delete(path, -1));
    }
    // The leaves first. A batch size below one never fills: all goes in one batch.
    let leaves_first: Vec<&String> = tree.iter().rev().collect();
    let size = if size == 0 { leaves_first.len() } else { size };
    for batch in leaves_first.chunks(size) {
        match keeper.delete_together(batch) {
            Err(Stop::Keeper(..)) => {
                print.complain("Failed to delete some node(s) in the subtree!");
                return Ok(());
            }
            other => other?,
        }
    }
    Ok(())
}

/// `ZKUtil.listSubTreeBFS`. In 3.5 the children of `/` are asked for as `//name`, which the library refuses.
fn subtree(keeper: &mut Keeper<'_>, path: &str, joins_root: bool) -> Asked<Vec<String>> {
    let mut tree = vec![path.to_owned()];
    let mut waiting = VecDeque::from([path.to_owned()]);
    while let Some(node) = waiting.pop_front() {
        let (children, _) = keeper.children(&node, false)?;
        let base = if joins_root && node == "/" { "" } else { &node };
        for child in children {
            let child = format!("{base}/{child}");
            waiting.push_back(child.clone());
            tree.push(child);
        }
    }
    Ok(tree)
}

/// `reconfig`: `reconfigEnabled` is false by default, and only that is simulated.
pub(super) fn reconfig(call: &Call<'_>) -> Asked<()> {
    let known = [
        flag("s", "stats"),
        valued("v", "required current config version"),
        valued("file", "path of config file to parse for membership"),
        valued(
            "members",
            "comma-separated list of config strings for non-incremental reconfig",
        ),
        valued(
            "add",
            "comma-separated list of config strings for new servers",
        ),
        valued("remove", "comma-separated list of server IDs to remove"),
    ];
    let parsed = call.options(&known, 0)?;
    let [file, members, add, remove] =
        ["file", "members", "add", "remove"].map(|option| parsed.has(option));
    let complain = |words: &str| Err(Stop::Complaint(words.to_owned()));
    if !(file || members || add || remove) {
        return complain(&call.usage);
    }
    if let Some(version) = parsed.value("v")
        && i64::from_str_radix(version, 16).is_err()
    {
        return complain("-v must be followed by a long (configuration version)");
    }
    if (file || members) && (add || remove) {
        return complain(
            "Can't use -file or -members together with -add or -remove (mixing incremental \
             and non-incremental modes is not allowed)",
        );
    }
    if file && members {
        return complain(
            "Can't use -file and -members together (conflicting non-incremental modes)",
        );
    }
    complain("KeeperErrorCode = Reconfig is disabled")
}
