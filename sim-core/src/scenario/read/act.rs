//! Acts and client operations.

#![allow(
    clippy::option_option,
    reason = "outer: whether it could be read; inner: what it says"
)]

use super::names::Among;
use super::{Fields, Reader, quoted_list};
use crate::engine::{DiskFault, Latency, MessageAct};
use crate::scenario::Code;
use crate::scenario::act::{
    Act, Data, LaneName, Links, MessageName, NodeRef, Nodes, Operation, PortName,
};
use crate::scenario::format::{ClientCall, Name};
use crate::scenario::shape::Shape;
use crate::scenario::shapes_act::{ACTS, BYTES, PARTS, message_words};
use crate::scenario::source::{Node, Value};
use crate::scenario::words::{self, nearest, port_of_kind};
use crate::zookeeper::{AclList, Round, ServerOp};

impl Reader<'_> {
    /// Finds the shape of an object by the key that tells it from the others.
    pub(super) fn shape_of(
        &mut self,
        node: &Node,
        what: &str,
        shapes: &'static [&'static Shape],
    ) -> Option<&'static Shape> {
        let verbs: Vec<&str> = shapes.iter().map(|shape| shape.keys[0].name).collect();
        let Value::Object(members) = &node.value else {
            self.wrong_type(node, &format!("an object, {what}"));
            return None;
        };
        // Shapes stand in the order of precedence: `fact` and `by` make a fact.
        let found = shapes.iter().find(|shape| {
            members
                .iter()
                .any(|member| *member.key == *shape.keys[0].name)
        });
        if let Some(shape) = found {
            return Some(shape);
        }
        if members.is_empty() {
            self.error(Code::Empty, node.range, "an empty object")
                .expected(&format!("{what}: {}", quoted_list(&verbs)));
            return None;
        }
        let near = members
            .iter()
            .find_map(|member| Some((member, nearest(&member.key, verbs.iter().copied())?)));
        match near {
            Some((member, near)) => {
                let message = format!("\"{}\" is not {what}", member.key);
                self.error(Code::UnknownKey, member.key_range, &message)
                    .remedy(&format!("did you mean \"{near}\"?"));
            }
            None => {
                let message = format!("\"{}\" is not {what}", members[0].key);
                self.error(Code::UnknownKey, members[0].key_range, &message)
                    .expected(&quoted_list(&verbs));
            }
        }
        None
    }

    /// One act.
    pub(super) fn act(&mut self, node: &Node) -> Option<Act> {
        let shape = self.shape_of(node, "something to do", ACTS)?;
        let fields = self.open(node, shape)?;
        let verb = shape.keys[0].name;
        let member = fields.get(verb)?;
        self.path.push(super::Segment::Key(verb.into()));
        let act = self.act_of(verb, &member.node, &fields);
        self.path.pop();
        act
    }

    fn act_of(&mut self, verb: &'static str, node: &Node, fields: &Fields<'_>) -> Option<Act> {
        use Among::{Nodes as NODES, Places, Servers};
        Some(match verb {
            "start" => Act::Start(self.nodes(node, NODES)?),
            "crash" => Act::Crash(self.nodes(node, NODES)?),
            "restart" => Act::Restart(self.nodes(node, NODES)?),
            "power_loss" => Act::PowerLoss(self.nodes(node, Places)?),
            "pause" => Act::Pause(self.nodes(node, NODES)?),
            "resume" => Act::Resume(self.nodes(node, NODES)?),
            "wipe" => Act::Wipe(self.nodes(node, Servers)?),
            "partition" => Act::Partition(self.groups(node)?),
            "cut" => Act::Cut(self.links(node, fields)?),
            "swallow" => Act::Swallow(self.links(node, fields)?),
            "reject" => Act::Reject(self.links(node, fields)?),
            "heal" => Act::Heal(self.links(node, fields)?),
            "reset" => Act::Reset(self.links(node, fields)?),
            "latency" => {
                let links = self.links(node, fields);
                let latency = self.field(fields, "is", Self::latency_or_usual);
                Act::Latency(links?, latency?)
            }
            "hold" => Act::Message(self.message(node, fields)?, MessageAct::Hold),
            "deliver" => Act::Message(self.message(node, fields)?, MessageAct::Deliver),
            "drop" => Act::Message(self.message(node, fields)?, MessageAct::Drop),
            "duplicate" => Act::Message(self.message(node, fields)?, MessageAct::Duplicate),
            "reorder" => Act::Message(self.message(node, fields)?, MessageAct::Reorder),
            "slow_disk" => {
                let nodes = self.nodes(node, Servers);
                let time = self.field(fields, "sync_time", Self::latency);
                Act::Disk(nodes?, DiskFault::Slow(time?))
            }
            "stall_disk" => Act::Disk(self.nodes(node, Servers)?, DiskFault::Stall),
            "fail_disk" => Act::Disk(self.nodes(node, Servers)?, DiskFault::Fail),
            "tear_disk" => Act::Disk(self.nodes(node, Servers)?, DiskFault::TearNext),
            "mend_disk" => Act::Disk(self.nodes(node, Servers)?, DiskFault::None),
            "fill_disk" => {
                let nodes = self.nodes(node, Servers);
                let bytes = self.field(fields, "bytes", |r, node| r.integer(node, 0, i64::MAX));
                Act::Disk(nodes?, DiskFault::Full(bytes? as u64))
            }
            "wall_jump" => {
                let nodes = self.nodes(node, Places);
                let by = self.field(fields, "by", Self::signed_duration);
                Act::WallJump(nodes?, by?)
            }
            "drift" => {
                let nodes = self.nodes(node, Places);
                let ppm = |r: &mut Self, node: &Node| r.integer(node, -100_000, 100_000);
                let ppm = self.field(fields, "ppm", ppm);
                Act::Drift(nodes?, ppm? as i32)
            }
            "slow_thread" => {
                let nodes = self.nodes(node, Servers);
                let lane = self.field(fields, "thread", Self::word::<LaneName>);
                let delay = self.field(fields, "delay", Self::latency_or_usual);
                Act::SlowLane {
                    nodes: nodes?,
                    lane,
                    delay: delay?,
                }
            }
            "force_leading" => Act::Tamper(self.nodes(node, Servers)?, ServerOp::ForceLeading),
            "quit_following" => Act::Tamper(self.nodes(node, Servers)?, ServerOp::QuitFollowing),
            "falsify_vote" => {
                let nodes = self.nodes(node, Servers);
                let zxid = self.field(fields, "zxid", Self::zxid);
                let round = self.field(fields, "round", |r, node| r.integer(node, 0, i64::MAX));
                let round = round.map(Round);
                Act::Tamper(nodes?, ServerOp::FalsifyVote { zxid, round })
            }
            "advance_counter" => {
                let nodes = self.nodes(node, Servers);
                let counter = |r: &mut Self, node: &Node| r.integer(node, 0, i64::from(u32::MAX));
                let counter = self.field(fields, "counter", counter);
                Act::Tamper(nodes?, ServerOp::AdvanceCounter(counter? as u32))
            }
            "connect" => Act::Connect(self.client_name(node)?),
            "take_over" => {
                let client = self.client_name(node);
                let of = self.field(fields, "session_of", Self::client_name);
                let wrong = self.field(fields, "wrong_password", Self::boolean);
                Act::TakeOver {
                    client: client?,
                    of: of?,
                    wrong_password: wrong.unwrap_or(false),
                }
            }
            "kafka" => Act::Kafka(super::value::json(node)),
            _ => return self.call(verb, node, fields).map(Act::Call),
        })
    }

    /// The groups of a partition.
    fn groups(&mut self, node: &Node) -> Option<Vec<Nodes>> {
        let groups = self.list(node, "groups of nodes", |reader, node| match &node.value {
            Value::Text(text) if &**text == "others" => Some(Nodes::Others),
            _ => reader.nodes(node, Among::Nodes),
        })?;
        if let Value::List(items) = &node.value
            && items.len() == 1
        {
            self.error(
                Code::Empty,
                node.range,
                "one group alone is cut off from nothing",
            )
            .expected("two or more groups, [[\"zk1\", \"zk2\"], \"others\"]");
        }
        let mut seen: Vec<&NodeRef> = Vec::new();
        let named = groups.iter().flat_map(Nodes::named);
        for one in named {
            if seen.contains(&one) {
                let message = format!("\"{}\" is in two groups", one.text());
                self.error(Code::Conflict, node.range, &message);
            }
            seen.push(one);
        }
        Some(groups)
    }

    fn links(&mut self, node: &Node, fields: &Fields<'_>) -> Option<Links> {
        let links = self.one_or_many(node, "links", Self::link);
        let port = self.field(fields, "port", Self::word::<PortName>);
        Some(Links {
            links: links?,
            port,
        })
    }

    fn latency_or_usual(&mut self, node: &Node) -> Option<Option<Latency>> {
        match &node.value {
            Value::Text(text) if &**text == "usual" => Some(None),
            _ => self.latency(node).map(Some),
        }
    }

    /// A message, by its kind and the keys beside it.
    pub(super) fn message(&mut self, node: &Node, fields: &Fields<'_>) -> Option<MessageName> {
        let kind = self.message_kind(node);
        let from = self.field(fields, "from", Self::node_name);
        let to = self.field(fields, "to", Self::node_name);
        let nth = self.nth(fields);
        let (kind, from, to) = (kind?, from?, to?);
        self.check_message(kind, &from, &to, fields);
        Some(MessageName {
            kind,
            from,
            to,
            nth,
        })
    }

    /// Messages between servers travel between servers; those of clients have a client at one end.
    fn check_message(&mut self, kind: u8, from: &Name, to: &Name, fields: &Fields<'_>) {
        let range = fields
            .get("to")
            .map_or(fields.range, |member| member.node.range);
        if from == to {
            self.error(
                Code::BadValue,
                range,
                "no message goes from a node to itself",
            );
            return;
        }
        let client = |name: &Name| self.names.clients.contains(name);
        let wanted = port_of_kind(kind) == PortName::Client;
        if (client(from) || client(to)) != wanted && self.names.sure {
            let message = match wanted {
                true => "this kind of message goes between a client and a server",
                false => "this kind of message goes between servers",
            };
            self.error(Code::Impossible, range, message);
        }
    }

    pub(super) fn message_kind(&mut self, node: &Node) -> Option<u8> {
        let names = message_words();
        let position = self.one_of(node, "a kind of message", &names)?;
        words::message_kind(names[position])
    }

    pub(super) fn nth(&mut self, fields: &Fields<'_>) -> u32 {
        let read = |r: &mut Self, node: &Node| r.integer(node, 1, i64::from(u32::MAX));
        self.field(fields, "nth", read).unwrap_or(1) as u32
    }

    /// A client operation.
    fn call(&mut self, verb: &str, node: &Node, fields: &Fields<'_>) -> Option<ClientCall> {
        let name = self.field(fields, "as", Self::new_name);
        self.check_operation_name(name.as_deref(), fields);
        if verb == "close" {
            return Some(ClientCall {
                by: self.client_name(node)?,
                name,
                operation: Operation::Close,
            });
        }
        let by = self.field(fields, "by", Self::client_name);
        let operation = match verb {
            "multi" => self.list(node, "parts", Self::part).map(Operation::Multi),
            "add_auth" => {
                let scheme = self.field(fields, "scheme", Self::plain);
                self.plain(node).map(|auth| Operation::AddAuth {
                    scheme: scheme.unwrap_or_else(|| "digest".into()),
                    auth,
                })
            }
            _ => self.operation(verb, node, fields),
        };
        Some(ClientCall {
            by: by?,
            name,
            operation: operation?,
        })
    }

    fn check_operation_name(&mut self, name: Option<&str>, fields: &Fields<'_>) {
        let (Some(name), Some(member)) = (name, fields.get("as")) else {
            return;
        };
        let uses = self
            .names
            .operations
            .iter()
            .filter(|other| ***other == *name);
        if uses.count() > 1 {
            let message = format!("two operations are named \"{name}\"");
            self.error(Code::BadName, member.node.range, &message);
        }
    }

    fn part(&mut self, node: &Node) -> Option<Operation> {
        let shape = self.shape_of(node, "a part of a multi", PARTS)?;
        let fields = self.open(node, shape)?;
        let verb = shape.keys[0].name;
        let member = fields.get(verb)?;
        self.inside(verb, |reader| reader.operation(verb, &member.node, &fields))
    }

    fn operation(&mut self, verb: &str, node: &Node, fields: &Fields<'_>) -> Option<Operation> {
        let path = self.znode_path(node);
        let data = self.field(fields, "data", Self::data);
        let flag = |r: &mut Self, key| r.field(fields, key, Self::boolean).unwrap_or(false);
        let version = |r: &mut Self| {
            let read = |r: &mut Self, node: &Node| r.integer(node, 0, i64::from(i32::MAX));
            let version = r.field(fields, "version", read);
            version.map(|version| version as i32)
        };
        let path = path?;
        Some(match verb {
            "create" => Operation::Create {
                path,
                data: data.unwrap_or(Data::Text("".into())),
                ephemeral: flag(self, "ephemeral"),
                sequential: flag(self, "sequential"),
                container: flag(self, "container"),
                ttl_ms: self
                    .field(fields, "ttl", Self::duration)
                    .map(|ttl| ttl.as_millis() as i64),
                acl: self.field(fields, "acl", Self::acl).unwrap_or_default(),
            },
            "set_acl" => Operation::SetAcl {
                path,
                acl: self.field(fields, "acl", Self::acl)?,
                version: version(self),
            },
            "get_acl" => Operation::GetAcl { path },
            "set" => Operation::Set {
                path,
                data: data?,
                version: version(self),
            },
            "delete" => Operation::Delete {
                path,
                version: version(self),
            },
            "check" => Operation::Check {
                path,
                version: version(self)?,
            },
            "get" => Operation::Get {
                path,
                watch: flag(self, "watch"),
            },
            "exists" => Operation::Exists {
                path,
                watch: flag(self, "watch"),
            },
            "children" => Operation::Children {
                path,
                watch: flag(self, "watch"),
            },
            _ => Operation::Sync { path },
        })
    }

    /// A path of the tree. What a server refuses is a client's right to try; only texts that are no path at all are
    /// mistakes of the file.
    pub(super) fn znode_path(&mut self, node: &Node) -> Option<Box<str>> {
        let path = self.plain(node)?;
        if path.starts_with('/') {
            return Some(path);
        }
        self.error(Code::BadValue, node.range, "this is no path of a node")
            .expected("a text that begins with /")
            .remedy(&format!("write \"/{path}\""));
        None
    }

    /// Permissions as zkCli writes them.
    fn acl(&mut self, node: &Node) -> Option<AclList> {
        let text = self.plain(node)?;
        let list = AclList::parse(&text);
        if list.is_none() {
            self.error(Code::BadValue, node.range, "this is no list of permissions")
                .expected("entries like \"world:anyone:r\" or \"auth::cdrwa\", apart by commas");
        }
        list
    }

    fn data(&mut self, node: &Node) -> Option<Data> {
        match &node.value {
            Value::Text(text) => Some(Data::Text(text.clone())),
            Value::Object(_) => {
                let fields = self.open(node, &BYTES)?;
                let bytes = |r: &mut Self, node: &Node| r.integer(node, 0, 100_000_000);
                let bytes = self.field(&fields, "bytes", bytes)?;
                Some(Data::Bytes(bytes as u32))
            }
            _ => {
                self.wrong_type(node, "a text, or { \"bytes\": 100 }");
                None
            }
        }
    }
}
