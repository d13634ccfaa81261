//! What differs between releases in what their tools print: rows, looked up once.
//!
//! Follows the tags release-3.4.14, 3.5.7, 3.6.0, 3.7.0 and 3.8.0.

use crate::zookeeper::Release;

/// What zkCli of a release does its own way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ToolRow {
    /// Commands with their options, as `help` lists them: in the order of ASCII.
    pub commands: &'static [(&'static str, &'static str)],
    /// The first line of the usage.
    pub usage: &'static str,
    /// The words for a missing permission.
    pub no_permission: &'static str,
    /// `ls -s` ends the list with a line break before the stat, and adds none behind it (ZOOKEEPER-3612).
    pub list_ends_its_line: bool,
    /// `get` of an absent node prints the exception with its class (until ZOOKEEPER-3388).
    pub get_names_the_class: bool,
    /// `deleteall` sends its deletions in batches, and joins paths below `/` rightly (3.6, ZOOKEEPER-3397).
    pub batches: bool,
    /// Soft and hard limits in one quota, parents and children checked exactly (3.7, ZOOKEEPER-3301).
    pub hard_quotas: bool,
    /// An empty list of permissions is refused by the client library, without a path.
    pub refuses_empty_acl_itself: bool,
}

const USAGE_3_5: &str = "ZooKeeper -server host:port cmd args";
const USAGE_3_7: &str =
    "ZooKeeper -server host:port -client-configuration properties-file cmd args";
const RECONFIG: (&str, &str) = (
    "reconfig",
    "[-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]] | \
     [-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]",
);

const COMMANDS_3_5: &[(&str, &str)] = &[
    ("addauth", "scheme auth"),
    ("close", ""),
    ("config", "[-c] [-w] [-s]"),
    ("connect", "host:port"),
    ("create", "[-s] [-e] [-c] [-t ttl] path [data] [acl]"),
    ("delete", "[-v version] path"),
    ("deleteall", "path"),
    ("delquota", "[-n|-b] path"),
    ("get", "[-s] [-w] path"),
    ("getAcl", "[-s] path"),
    ("history", ""),
    ("listquota", "path"),
    ("ls", "[-s] [-w] [-R] path"),
    ("ls2", "path [watch]"),
    ("printwatches", "on|off"),
    ("quit", ""),
    RECONFIG,
    ("redo", "cmdno"),
    ("removewatches", "path [-c|-d|-a] [-l]"),
    ("rmr", "path"),
    ("set", "[-s] [-v version] path data"),
    ("setAcl", "[-s] [-v version] [-R] path acl"),
    ("setquota", "-n|-b val path"),
    ("stat", "[-w] path"),
    ("sync", "path"),
];

const COMMANDS_3_8: &[(&str, &str)] = &[
    (
        "addWatch",
        "[-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default is \
         PERSISTENT_RECURSIVE",
    ),
    ("addauth", "scheme auth"),
    ("close", ""),
    ("config", "[-c] [-w] [-s]"),
    ("connect", "host:port"),
    ("create", "[-s] [-e] [-c] [-t ttl] path [data] [acl]"),
    ("delete", "[-v version] path"),
    ("deleteall", "path [-b batch size]"),
    ("delquota", "[-n|-b|-N|-B] path"),
    ("get", "[-s] [-w] path"),
    ("getAcl", "[-s] path"),
    ("getAllChildrenNumber", "path"),
    ("getEphemerals", "path"),
    ("history", ""),
    ("listquota", "path"),
    ("ls", "[-s] [-w] [-R] path"),
    ("printwatches", "on|off"),
    ("quit", ""),
    RECONFIG,
    ("redo", "cmdno"),
    ("removewatches", "path [-c|-d|-a] [-l]"),
    ("set", "[-s] [-v version] path data"),
    ("setAcl", "[-s] [-v version] [-R] path acl"),
    ("setquota", "-n|-b|-N|-B val path"),
    ("stat", "[-w] path"),
    ("sync", "path"),
    ("version", ""),
    ("whoami", ""),
];

const ROW_3_5: ToolRow = ToolRow {
    commands: COMMANDS_3_5,
    usage: USAGE_3_5,
    no_permission: "Authentication is not valid ",
    list_ends_its_line: false,
    get_names_the_class: true,
    batches: false,
    hard_quotas: false,
    refuses_empty_acl_itself: false,
};

const ROW_3_8: ToolRow = ToolRow {
    commands: COMMANDS_3_8,
    usage: USAGE_3_7,
    no_permission: "Insufficient permission ",
    list_ends_its_line: true,
    get_names_the_class: false,
    batches: true,
    hard_quotas: true,
    refuses_empty_acl_itself: true,
};

/// The row of a release. Releases before 3.6 are taken as 3.5.7, those from 3.6 on as 3.8.0: between the recorded ones
/// nothing was compared.
pub(crate) fn row(release: Release) -> &'static ToolRow {
    if (release.major, release.minor) < (3, 6) {
        &ROW_3_5
    } else {
        &ROW_3_8
    }
}

/// `Version.getFullVersion` of the released builds, as recorded or as their archives say; others have no build.
pub(crate) fn full_version(release: Release) -> String {
    match (release.major, release.minor, release.patch) {
        (3, 5, 7) => {
            "3.5.7-f0fdd52973d373ffd9c86b81d99842dc2c7f660e, built on 02/10/2020 11:30 GMT".into()
        }
        (3, 5, 9) => {
            "3.5.9-83df9301aa5c2a5d284a9940177808c01bc35cef, built on 01/06/2021 20:03 GMT".into()
        }
        (3, 8, 0) => {
            "3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC".into()
        }
        _ => format!("{release}-—"),
    }
}
