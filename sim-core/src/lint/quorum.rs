//! `server.N` lines, groups and weights, and who is a quorum.
//!
//! Follows `QuorumPeer.QuorumServer`, `ConfigUtils.getHostAndPort`, `QuorumMaj` and
//! `QuorumHierarchical` of releases 3.5.7 and 3.8.0 with their checks in the order of the source.
//! They read keys and values as they are, blanks at their ends included.

use super::hints;
use super::java;
use super::jvm::{Form, Jvm};
use super::machine::Socket;
use super::properties::{Entry, Properties};
use super::thrown::{Step, Thrown};
use std::collections::BTreeMap;

/// A `server.N` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// `N`.
    pub id: i64,
    /// Where its quorum port is; several from 3.6 on.
    pub addresses: Vec<Socket>,
    /// Where its election port is.
    pub election: Vec<Socket>,
    /// Where its clients connect, if the line says so.
    pub client: Option<Socket>,
    /// Whether it is an observer.
    pub observes: bool,
    /// The line.
    pub line: Entry,
}

/// The members of an ensemble and how they vote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verifier {
    /// All members by id.
    pub members: BTreeMap<i64, Server>,
    /// The group of each member, if groups are used.
    pub groups: BTreeMap<i64, i64>,
    /// The weight of each voter, if groups are used.
    pub weights: BTreeMap<i64, i64>,
    /// Whether groups are used.
    pub hierarchical: bool,
    /// `version`.
    pub version: i64,
    /// Groups that count.
    counted: i64,
    /// Members in the order in which a `HashMap` walks them.
    order: Vec<i64>,
}

impl Verifier {
    /// The voters in the order in which a `HashMap` walks them.
    pub fn voters(&self) -> impl Iterator<Item = &Server> {
        let members = self.order.iter().map(|id| &self.members[id]);
        members.filter(|server| !server.observes)
    }

    /// How many observe.
    pub fn observers(&self) -> usize {
        self.members.len() - self.voters().count()
    }

    /// Whether this server alone is a quorum.
    pub fn is_quorum_alone(&self, id: i64) -> bool {
        if !self.hierarchical {
            let votes = self.members.get(&id).is_some_and(|server| !server.observes);
            return votes && self.voters().count() / 2 == 0;
        }
        let Some(group) = self.groups.get(&id) else {
            return false;
        };
        let weight = |id: &i64| self.weights.get(id).copied().unwrap_or_default();
        let of_group = self.groups.iter().filter(|(_, of)| *of == group);
        let whole: i64 = of_group.map(|(id, _)| weight(id)).sum();
        i64::from(weight(&id) > whole / 2) > self.counted / 2
    }

    /// Reads a list (`createQuorumVerifier`).
    pub fn read(from: &Properties, hierarchical: bool, file: &str, jvm: &Jvm<'_>) -> Step<Self> {
        let mut verifier = Self {
            hierarchical,
            ..Self::default()
        };
        let mut group_order = Vec::new();
        for entry in from.walk() {
            let key = &*entry.key;
            let number = |radix, text: &str| {
                java::parse_long(text, radix)
                    .map_err(|m| Thrown::number(m).remarked(|| hints::bad_id(file, entry)))
            };
            let after_dot = || key.find('.').map_or(key, |dot| &key[dot + 1..]);
            if key.starts_with("server.") {
                let id = number(10, after_dot())?;
                let server = Server::read(id, entry, jvm)
                    .map_err(|thrown| thrown.remarked(|| hints::bad_server(file, entry)))?;
                if verifier.members.insert(id, server).is_none() {
                    verifier.order.push(id);
                }
            } else if hierarchical && key.starts_with("group") {
                let group = number(10, after_dot())?;
                verifier.counted += 1;
                for part in java::split(&entry.value, ':') {
                    let id = number(10, part)?;
                    if verifier.groups.insert(id, group).is_some() {
                        let message = format!("Server {id}is in multiple groups");
                        let thrown = Thrown::config(message);
                        return Err(thrown.remarked(|| hints::two_groups(file, entry, id)));
                    }
                    group_order.push(id);
                }
            } else if hierarchical && key.starts_with("weight") {
                let id = number(10, after_dot())?;
                verifier.weights.insert(id, number(10, &entry.value)?);
            } else if key == "version" {
                verifier.version = number(16, &entry.value)?;
            }
        }
        verifier.order = java::long_order(&verifier.order);
        if hierarchical {
            verifier.weigh(&java::long_order(&group_order), file)?;
        }
        Ok(verifier)
    }

    /// The end of `QuorumHierarchical.parse`, and `computeGroupWeight`.
    fn weigh(&mut self, group_order: &[i64], file: &str) -> Step<()> {
        for id in &self.order {
            if self.members[id].observes {
                continue;
            }
            if !self.groups.contains_key(id) {
                let line = &self.members[id].line;
                let thrown = Thrown::config(format!("Server {id}is not in a group"));
                return Err(thrown.remarked(|| hints::no_group(file, line, *id)));
            }
            self.weights.entry(*id).or_insert(1);
        }
        let null = |by: &str, id: i64| {
            let class = "java.lang.NullPointerException";
            let message = format!(
                "Cannot invoke \"java.lang.Long.longValue()\" because the return value of \
                 \"java.util.{by}\" is null"
            );
            Thrown::other(class, message).remarked(|| hints::not_a_server(file, id))
        };
        let mut totals: BTreeMap<i64, Option<i64>> = BTreeMap::new();
        let mut unknown = None;
        for id in group_order {
            let weight = self.weights.get(id).copied();
            match totals.get(&self.groups[id]) {
                None => {
                    unknown = unknown.or(weight.is_none().then_some(*id));
                    totals.insert(self.groups[id], weight);
                }
                Some(total) => {
                    let sum = weight.zip(*total).map(|(a, b)| a.wrapping_add(b));
                    if sum.is_none() {
                        return Err(null(
                            concat!("Hash", "Map.get(Object)"),
                            unknown.unwrap_or(*id),
                        ));
                    }
                    totals.insert(self.groups[id], sum);
                }
            }
        }
        if let Some(id) = unknown {
            return Err(null("Iterator.next()", id));
        }
        self.counted -= totals.values().filter(|total| **total == Some(0)).count() as i64;
        Ok(())
    }
}

impl Server {
    fn read(id: i64, line: &Entry, jvm: &Jvm<'_>) -> Step<Self> {
        let mut server = Self {
            id,
            addresses: Vec::new(),
            election: Vec::new(),
            client: None,
            observes: false,
            line: line.clone(),
        };
        let text = &*line.value;
        let parts = java::split(text, ';');
        let Some(own) = parts.first().copied() else {
            let class = "java.lang.ArrayIndexOutOfBoundsException";
            let message = "Index 0 out of bounds for length 0";
            return Err(Thrown::other(class, message));
        };
        match jvm.form {
            Form::V3_5 => server.read_3_5(text, &parts, own)?,
            Form::V3_8 => server.read_3_8(text, &parts, own, jvm)?,
        }
        Ok(server)
    }

    fn read_3_5(&mut self, text: &str, parts: &[&str], own: &str) -> Step<()> {
        let fields = host_and_port(own, Form::V3_5)?;
        if parts.len() > 2 || !(3..=4).contains(&fields.len()) {
            return Err(wrong_form(text, Form::V3_5));
        }
        if let [_, client] = parts {
            self.read_client(text, client, Form::V3_5)?;
        }
        self.read_ports(&fields)?;
        if let Some(role) = fields.get(3) {
            self.observes = observes(role, role)?;
        }
        Ok(())
    }

    fn read_3_8(&mut self, text: &str, parts: &[&str], own: &str, jvm: &Jvm<'_>) -> Step<()> {
        let mut role = None;
        let addresses = java::split(own, '|');
        if let [_, client] = parts {
            self.read_client(text, client, Form::V3_8)?;
        }
        if addresses.len() > 1 && !jvm.flag("zookeeper.multiAddress.enabled", false) {
            return Err(Thrown::config(format!(
                "Multiple address feature is disabled, but multiple addresses were specified for \
                 sid {}",
                self.id
            )));
        }
        for address in addresses {
            let fields = host_and_port(address, Form::V3_8)?;
            if parts.len() > 2 || !(3..=4).contains(&fields.len()) {
                return Err(wrong_form(text, Form::V3_8));
            }
            self.read_ports(&fields)?;
            if let Some(said) = fields.get(3) {
                let observes = observes(java::trim(said), said)?;
                if *role.get_or_insert(observes) != observes {
                    let of = if observes { "OBSERVER" } else { "PARTICIPANT" };
                    return Err(Thrown::config(format!(
                        "Multiple addresses should have similar roles: PARTICIPANT vs {of}"
                    )));
                }
            }
        }
        self.observes = role.unwrap_or_default();
        Ok(())
    }

    /// `port` or `host:port`.
    fn read_client(&mut self, text: &str, client: &str, form: Form) -> Step<()> {
        let fields = host_and_port(client, form)?;
        let (host, port) = match &fields[..] {
            [] => {
                let class = "java.lang.ArrayIndexOutOfBoundsException";
                let message = "Index -1 out of bounds for length 0";
                return Err(Thrown::other(class, message));
            }
            [port] => (None, port),
            [host, port] => (Some(&**host), port),
            _ => return Err(wrong_form(text, form)),
        };
        // 3.8.0 prints the host of the server, which it has not read yet.
        let told = match form {
            Form::V3_5 => host.unwrap_or("0.0.0.0"),
            Form::V3_8 => "null",
        };
        self.client = Some(socket(host.unwrap_or("0.0.0.0"), port, told)?);
        Ok(())
    }

    fn read_ports(&mut self, fields: &[String]) -> Step<()> {
        let host = &*fields[0];
        let quorum = socket(host, &fields[1], host)?;
        let election = socket(host, &fields[2], host)?;
        let same = quorum.port == election.port;
        self.addresses.push(quorum);
        self.election.push(election);
        if same {
            return Err(Thrown::config(format!(
                "Client and election port must be different! Please update the configuration file \
                 on server.{}",
                self.id
            )));
        }
        Ok(())
    }
}

fn socket(host: &str, port: &str, told: &str) -> Step<Socket> {
    let Ok(number) = java::parse_int(port) else {
        return Err(Thrown::config(format!("Address unresolved: {told}:{port}")));
    };
    Socket::of(host, number).map_err(Thrown::argument)
}

fn observes(role: &str, told: &str) -> Step<bool> {
    match &*role.to_lowercase() {
        "observer" => Ok(true),
        "participant" => Ok(false),
        _ => Err(Thrown::config(format!("Unrecognised peertype: {told}"))),
    }
}

fn wrong_form(text: &str, form: Form) -> Thrown {
    let list = match form {
        Form::V3_5 => "",
        Form::V3_8 => "the pipe separated list of ",
    };
    Thrown::config(format!(
        "{text} does not have the form server_config or server_config;client_config where \
         server_config is {list}host:port:port or host:port:port:type and client_config is port or \
         host:port"
    ))
}

/// `ConfigUtils.getHostAndPort`.
fn host_and_port(text: &str, form: Form) -> Step<Vec<String>> {
    let fields = |host: &str, rest: &str| {
        let rest = java::split(rest, ':').into_iter().map(str::to_owned);
        core::iter::once(host.to_owned()).chain(rest).collect()
    };
    if !text.starts_with('[') {
        let parts = java::split(text, ':').into_iter();
        return Ok(parts.map(str::to_owned).collect());
    }
    let unmatched = || Thrown::config(format!("{text} starts with '[' but has no matching ']:'"));
    match form {
        Form::V3_5 => {
            let end = text.find("]:").ok_or_else(unmatched)?;
            Ok(fields(&text[1..end], &text[end + 2..]))
        }
        Form::V3_8 => {
            let end = text.find(']').ok_or_else(unmatched)?;
            match text.get(end + 2..) {
                Some("") => Err(Thrown::config(format!(
                    "{text} doesn't have a port after colon"
                ))),
                Some(rest) => Ok(fields(&text[1..end], rest)),
                None => Ok(vec![text.replace(['[', ']'], "")]),
            }
        }
    }
}
