//! The files of several servers beside each other: what no single server can see.

use super::config::Config;
use super::properties::Span;
use super::remark::{Both, Gravity, Remark};
use std::collections::{BTreeMap, BTreeSet};

fn warning(file: &str, span: Span, en: String, zh: String) -> Remark {
    Remark::about(Gravity::Warning, file, Both::new(en, zh)).at(span)
}

/// Compares the configurations of servers that are meant to be one ensemble.
pub fn cross_check(configs: &[&Config]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let Some((first, others)) = configs.split_first() else {
        return remarks;
    };
    for other in others {
        lists(first, other, &mut remarks);
        timing(first, other, &mut remarks);
    }
    same_id(configs, &mut remarks);
    ports(configs, &mut remarks);
    remarks
}

/// A member as its line says it, client port aside.
fn member(config: &Config, id: i64) -> Option<(String, Span)> {
    let server = config.quorum.as_ref()?.members.get(&id)?;
    let addresses = server.addresses.iter().zip(&server.election);
    let text: Vec<String> = addresses
        .map(|(quorum, election)| format!("{}:{}", quorum.plain(), election.port))
        .collect();
    let role = if server.observes { ":observer" } else { "" };
    Some((format!("{}{role}", text.join("|")), server.line.value_at))
}

fn lists(first: &Config, other: &Config, remarks: &mut Vec<Remark>) {
    let ids = |config: &Config| -> Vec<i64> {
        let members = config
            .quorum
            .iter()
            .flat_map(|quorum| quorum.members.keys());
        members.copied().collect()
    };
    let mut all = ids(first);
    all.extend(ids(other));
    all.sort_unstable();
    all.dedup();
    for id in all {
        let (here, there) = (member(first, id), member(other, id));
        let (file, span, en, zh) = match (here, there) {
            (Some((a, _)), Some((b, span))) if a != b => (
                other,
                span,
                format!("`server.{id}` is {b} here and {a} in {}", first.path),
                format!("`server.{id}` 在这里是 {b}，在 {} 里是 {a}", first.path),
            ),
            (Some((_, span)), None) => (
                first,
                span,
                format!("`server.{id}` is not in {}", other.path),
                format!("{} 里没有 `server.{id}`", other.path),
            ),
            (None, Some((_, span))) => (
                other,
                span,
                format!("`server.{id}` is not in {}", first.path),
                format!("{} 里没有 `server.{id}`", first.path),
            ),
            _ => continue,
        };
        remarks.push(warning(&file.path, span, en, zh).remedy(
            "all servers of an ensemble need the same list",
            "同一集群的所有服务器，列表必须一致",
        ));
    }
}

fn timing(first: &Config, other: &Config, remarks: &mut Vec<Remark>) {
    let values = |config: &Config| {
        [
            ("tickTime", config.tick_time),
            ("initLimit", config.init_limit),
            ("syncLimit", config.sync_limit),
        ]
    };
    for ((key, a), (_, b)) in values(first).into_iter().zip(values(other)) {
        if a != b {
            let span = other.keys.get(key).map(|entry| entry.value_at);
            let en = format!("`{key}` is {b} here and {a} in {}", first.path);
            let zh = format!("`{key}` 在这里是 {b}，在 {} 里是 {a}", first.path);
            let remark = warning(&other.path, span.unwrap_or_default(), en, zh);
            remarks.push(remark.remedy(
                "each server waits by its own values: make them equal",
                "各台按自己的值等待：请改成一致",
            ));
        }
    }
}

fn same_id(configs: &[&Config], remarks: &mut Vec<Remark>) {
    let mut seen: BTreeMap<i64, &Config> = BTreeMap::new();
    for config in configs {
        let id = config.server_id;
        if id == -1 {
            continue;
        }
        if let Some(other) = seen.insert(id, config) {
            let en = format!("myid {id} is that of {} too", other.path);
            let zh = format!("myid {id} 与 {} 的相同", other.path);
            remarks.push(warning(&config.path, Span::default(), en, zh).remedy(
                "each server has its own number in myid",
                "每台服务器的 myid 各不相同",
            ));
        }
    }
}

/// Ports and directories that two servers of one host want.
fn ports(configs: &[&Config], remarks: &mut Vec<Remark>) {
    let mut taken: BTreeMap<(String, i32), (String, String)> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut dirs: BTreeMap<(String, String), String> = BTreeMap::new();
    for config in configs {
        let own = config.quorum.as_ref();
        let own = own.and_then(|quorum| quorum.members.get(&config.server_id));
        let Some(own) = own else {
            continue;
        };
        // Whose id is taken is told of that already.
        if !seen.insert(own.id) {
            continue;
        }
        let host = own.addresses[0].ip.clone().unwrap_or_default();
        let wanted = [
            (
                "clientPort",
                config.client.as_ref().map_or(0, |client| client.port),
            ),
            ("quorum port", own.addresses[0].port),
            ("election port", own.election[0].port),
        ];
        for (what, port) in wanted.into_iter().filter(|(_, port)| *port != 0) {
            let mine = (config.path.clone(), what.to_owned());
            if let Some((file, other)) = taken.insert((host.clone(), port), mine) {
                let span = match what {
                    "clientPort" => config.keys.get("clientPort").map(|e| e.value_at),
                    _ => Some(own.line.value_at),
                };
                let en = format!("{what} {port} on {host} is the {other} of {file} too");
                let zh = format!("{host} 上的 {what} {port} 也是 {file} 的 {other}");
                let remark = warning(&config.path, span.unwrap_or_default(), en, zh);
                remarks.push(remark.remedy(
                    "servers on one host need ports of their own",
                    "同一主机上的服务器要用不同的端口",
                ));
            }
        }
        let dir = config.data_dir.clone().unwrap_or_default();
        if let Some(file) = dirs.insert((host, dir.clone()), config.path.clone()) {
            let span = config.keys.get("dataDir").map(|entry| entry.value_at);
            let en = format!("dataDir {dir} is that of {file} too");
            let zh = format!("dataDir {dir} 与 {file} 的相同");
            let remark = warning(&config.path, span.unwrap_or_default(), en, zh);
            remarks.push(remark.remedy(
                "servers on one host need directories of their own",
                "同一主机上的服务器要用不同的目录",
            ));
        }
    }
}
