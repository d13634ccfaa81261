//! A scenario from the configuration files of an ensemble.
//!
//! Takes over what the simulation knows: release, members with roles, groups and weights, who shares a
//! machine, tick, limits, session timeouts, and the keys that scenarios have too. What it leaves out
//! it names. It reads nothing: it is given what [`check`](super::check) read.

use super::config::Config;
use super::hints::{half_width, meant};
use super::java::{parse_boolean, parse_int, trim};
use super::quorum::Server;
use super::remark::Both;
use crate::zookeeper::Release;
use core::fmt::Write;
use std::collections::BTreeMap;

/// A scenario, and what it could not take over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The scenario file.
    pub scenario: String,
    /// What is left out of it, one remark each.
    pub left_out: Vec<Both>,
}

/// Keys that say where things are and nothing about how servers behave: left out without a word.
const PLACES: &[&str] = &[
    "dataDir",
    "dataLogDir",
    "clientPort",
    "clientPortAddress",
    "dynamicConfigFile",
    "maxClientCnxns",
    "autopurge.snapRetainCount",
    "autopurge.purgeInterval",
    "4lw.commands.whitelist",
    "peerType",
    "admin.enableServer",
    "admin.serverPort",
    "electionAlg",
    "quorumListenOnAllIPs",
];

/// Keys that scenarios have, with the smallest and the greatest value there.
const KEPT: &[(&str, i64, i64)] = &[
    ("tickTime", 1, 3_600_000),
    ("initLimit", 1, 100_000),
    ("syncLimit", 1, 100_000),
    ("minSessionTimeout", 1, 100_000_000),
    ("maxSessionTimeout", 1, 100_000_000),
    ("snapCount", 2, 1_000_000_000),
    ("preAllocSize", 0, 16_000_000),
    ("cnxTimeout", 1, 100_000_000),
];

/// Makes a scenario of the files of an ensemble: of the first one's list, and of each server's own
/// settings where they differ. A server without a list stands for itself.
pub fn import(configs: &[&Config], release: Release) -> Imported {
    let mut left_out = Vec::new();
    let Some(first) = configs.first() else {
        return Imported {
            scenario: String::new(),
            left_out,
        };
    };
    let shared = settings(first, &mut left_out);
    let servers = servers(configs, &shared, &mut left_out);
    let hosts = hosts(first);
    let mut text = String::new();
    let alone = servers.len() == 1 && !shared.contains_key("standaloneEnabled");
    let count = servers.len();
    let mut line = |text_line: &str| {
        let _ = writeln!(text, "{text_line}");
    };
    line("{");
    line(&format!("  // Imported from {}.", comment(configs)));
    line("  \"title\": { \"en\": \"Imported ensemble\", \"zh\": \"导入的集群\" },");
    line("  \"seed\": 1,");
    line("  \"cluster\": {");
    line("    \"zookeeper\": {");
    line(&format!("      \"version\": \"{release}\","));
    line("      \"servers\": [");
    for (i, server) in servers.iter().enumerate() {
        let comma = if i + 1 < count { "," } else { "" };
        line(&format!("        {server}{comma}"));
    }
    line("      ],");
    line(&format!("      \"config\": {{ {} }}", pairs(&shared)));
    line("    },");
    if !hosts.is_empty() {
        line("    \"hosts\": {");
        for (i, host) in hosts.iter().enumerate() {
            let comma = if i + 1 < hosts.len() { "," } else { "" };
            line(&format!("      {host}{comma}"));
        }
        line("    },");
    }
    line("    \"clients\": 1");
    line("  },");
    line("  \"steps\": [");
    line("    { \"at\": \"0s\", \"do\": { \"start\": \"all\" } },");
    line(&match alone {
        true => "    { \"expect\": { \"servers\": { \"mode\": \"standalone\" }, \"count\": 1, \
                 \"eventually\": true } },"
            .to_owned(),
        false => format!(
            "    {{ \"expect\": {{ \"servers\": {{ \"serving\": true }}, \"count\": {count}, \
             \"eventually\": true }} }},"
        ),
    });
    line(
        "    { \"at\": \"30s\", \"do\": { \"create\": \"/imported\", \"by\": \"c1\", \"as\": \"write\" } },",
    );
    line(
        "    { \"expect\": { \"operation\": \"write\", \"answer\": \"ok\", \"eventually\": true } }",
    );
    line("  ]");
    line("}");
    Imported {
        scenario: text,
        left_out,
    }
}

fn comment(configs: &[&Config]) -> String {
    let paths: Vec<String> = configs
        .iter()
        .map(|config| config.path.replace('\n', " "))
        .collect();
    paths.join(", ")
}

fn pairs(settings: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = settings
        .iter()
        .map(|(k, v)| format!("\"{k}\": {v}"))
        .collect();
    pairs.join(", ")
}

/// The settings of a file that scenarios have. tickTime is always there: the server's default is
/// not that of scenarios.
fn settings(config: &Config, left_out: &mut Vec<Both>) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    kept.insert("tickTime".to_owned(), config.tick_time.to_string());
    for entry in config.keys.walk() {
        let (key, value) = (meant(trim(&entry.key)), meant(trim(&entry.value)));
        let leave = |why: &str, why_zh: &str| {
            Both::new(
                format!("{}: `{key}={value}` {why}", config.path),
                format!("{}：`{key}={value}` {why_zh}", config.path),
            )
        };
        if let Some((_, min, max)) = KEPT.iter().find(|(name, ..)| *name == key) {
            match parse_int(&value) {
                Ok(number) if (*min..=*max).contains(&i64::from(number)) => {
                    kept.insert(key, number.to_string());
                }
                _ => left_out.push(leave(
                    &format!("is left out: scenarios go from {min} to {max}"),
                    &format!("没有导入：场景文件里的范围是 {min} 到 {max}"),
                )),
            }
        } else if matches!(&*key, "syncEnabled" | "standaloneEnabled") {
            if !parse_boolean(&value) {
                kept.insert(key, "false".into());
            }
        } else if key == "snapshotSizeFactor" {
            match percent(&value) {
                Some(factor) => {
                    kept.insert(key, factor);
                }
                None => left_out.push(leave("is left out", "没有导入")),
            }
        } else if !is_a_list(&key) && !PLACES.contains(&&*key) {
            left_out.push(leave(
                "is left out: the simulation does not know it",
                "没有导入：模拟器里没有这项设置",
            ));
        }
    }
    if config.secure.is_some() {
        left_out.push(Both::new("TLS is not simulated", "不模拟 TLS"));
    }
    kept
}

/// A factor in whole percent, as scenarios have it.
fn percent(value: &str) -> Option<String> {
    let fraction = value.strip_prefix("0.")?;
    let digits = fraction.len() <= 2 && !fraction.is_empty();
    (digits && fraction.bytes().all(|b| b.is_ascii_digit())).then(|| value.to_owned())
}

fn is_a_list(key: &str) -> bool {
    ["server.", "group", "weight"]
        .iter()
        .any(|prefix| key.starts_with(prefix))
}

/// The members as a scenario lists them.
fn servers(
    configs: &[&Config],
    shared: &BTreeMap<String, String>,
    left_out: &mut Vec<Both>,
) -> Vec<String> {
    let first = configs[0];
    let Some(quorum) = first
        .quorum
        .as_ref()
        .filter(|quorum| !quorum.members.is_empty())
    else {
        return vec!["{ \"id\": 1 }".into()];
    };
    let mut servers = Vec::new();
    for server in quorum.members.values() {
        if !(0..=255).contains(&server.id) {
            left_out.push(Both::new(
                format!("server.{} is left out: ids go from 0 to 255", server.id),
                format!("没有导入 server.{}：编号范围是 0 到 255", server.id),
            ));
            continue;
        }
        let mut fields = vec![format!("\"id\": {}", server.id)];
        if server.observes {
            fields.push("\"role\": \"observer\"".into());
        }
        if let Some(group) = quorum.groups.get(&server.id) {
            fields.push(format!("\"group\": {group}"));
        }
        let weight = quorum.weights.get(&server.id).copied().unwrap_or(1);
        if weight != 1 && (0..=1_000_000).contains(&weight) {
            fields.push(format!("\"weight\": {weight}"));
        } else if weight != 1 {
            left_out.push(Both::new(
                format!("weight.{}={weight} is left out", server.id),
                format!("没有导入 weight.{}={weight}", server.id),
            ));
        }
        fields.extend(own_fields(configs, server, shared, left_out));
        servers.push(format!("{{ {} }}", fields.join(", ")));
    }
    servers
}

/// What a server's own file says otherwise: settings, and a shorter list.
fn own_fields(
    configs: &[&Config],
    server: &Server,
    shared: &BTreeMap<String, String>,
    left_out: &mut Vec<Both>,
) -> Vec<String> {
    let own = configs[1..]
        .iter()
        .find(|config| config.server_id == server.id);
    let Some(own) = own else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    let mut differs = settings(own, left_out);
    differs.retain(|key, value| shared.get(key) != Some(value));
    if !differs.is_empty() {
        fields.push(format!("\"config\": {{ {} }}", pairs(&differs)));
    }
    let ids = |config: &Config| -> Vec<i64> {
        let members = config
            .quorum
            .iter()
            .flat_map(|quorum| quorum.members.keys());
        members.copied().collect()
    };
    let (here, all) = (ids(own), ids(configs[0]));
    if here != all {
        let known: Vec<String> = here
            .iter()
            .filter(|id| all.contains(id))
            .map(i64::to_string)
            .collect();
        fields.push(format!("\"knows\": [{}]", known.join(", ")));
    }
    fields
}

/// Machines that run several members.
fn hosts(config: &Config) -> Vec<String> {
    let mut by_address: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let members = config
        .quorum
        .iter()
        .flat_map(|quorum| quorum.members.values());
    for server in members.filter(|server| (0..=255).contains(&server.id)) {
        let name = format!("\"zk{}\"", server.id);
        let address = &server.addresses[0];
        let key = address.ip.as_deref().unwrap_or_else(|| address.host());
        by_address.entry(key).or_default().push(name);
    }
    let shared = by_address.into_values().filter(|names| names.len() > 1);
    shared
        .enumerate()
        .map(|(i, names)| format!("\"host{}\": {{ \"nodes\": [{}] }}", i + 1, names.join(", ")))
        .collect()
}

/// A file without what the server trips over and people mean nothing by: a byte order mark,
/// full-width signs, comments behind values, a metrics provider whose jar may be elsewhere. Answers the file
/// and what was done; for imports only, since a real server is not so kind.
pub fn mend(bytes: &[u8]) -> (Vec<u8>, Vec<Both>) {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let (mut mended, mut done) = (String::with_capacity(text.len()), Vec::new());
    for (i, line) in text.lines().enumerate() {
        let number = i + 1;
        let bare = line.trim_start();
        if bare.starts_with(['#', '!']) {
            let _ = writeln!(mended, "{line}");
            continue;
        }
        if bare.starts_with("metricsProvider.") {
            done.push(Both::new(
                format!("line {number}: a metrics provider is not simulated"),
                format!("第 {number} 行：不模拟指标提供者"),
            ));
            continue;
        }
        let half = half_width(line);
        let comment = half
            .find('#')
            .filter(|at| half[..*at].ends_with([' ', '\t']));
        let kept = comment.map_or(&*half, |at| &half[..at]).trim_end();
        if kept != line.trim_end() {
            done.push(Both::new(
                format!("line {number} is read as `{}`", kept.trim_start()),
                format!("第 {number} 行按 `{}` 读取", kept.trim_start()),
            ));
        }
        let _ = writeln!(mended, "{kept}");
    }
    (mended.into_bytes(), done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_mean_nothing_by_is_mended() {
        let file = "\u{feff}tickTime=2000 #ms\n# a # b\nserver.1=a：1：2\ninitLimit=10\n";
        let (mended, done) = mend(file.as_bytes());
        let expected = "tickTime=2000\n# a # b\nserver.1=a:1:2\ninitLimit=10\n";
        assert_eq!(String::from_utf8_lossy(&mended), expected);
        assert_eq!(done.len(), 2);
    }
}
