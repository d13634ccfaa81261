//! Conditions and events.

#![allow(
    clippy::option_option,
    reason = "outer: whether it could be read; inner: what it says"
)]

use super::names::Among;
use super::{Fields, Reader, quoted_list};
use crate::scenario::Code;
use crate::scenario::facts::{self, FieldKind};
use crate::scenario::format::{Event, Name};
use crate::scenario::predicate::{
    Answer, ClientIs, Compare, DecisionIs, FactIs, MessageIs, Mode, OperationIs, Predicate,
    ServerIs, Status, Value as Held, VoteIs,
};
use crate::scenario::shape::Key;
use crate::scenario::shapes_predicate::{
    DECISION, EVENTS, PREDICATES, SAME, SERVER_IS, VOTE_SHAPE,
};
use crate::scenario::source::{Member, Node, Value};
use crate::scenario::words::nearest;
use crate::zookeeper::{Phase, ServerState};

impl Reader<'_> {
    /// A condition.
    pub(super) fn predicate(&mut self, node: &Node) -> Option<Predicate> {
        let fields = self.open_condition(node, &[])?;
        self.condition(&fields)
    }

    /// An object that holds a condition, and perhaps some more keys.
    pub(super) fn open_condition<'n>(
        &mut self,
        node: &'n Node,
        more: &'static [Key],
    ) -> Option<Fields<'n>> {
        let shape = self.shape_of(node, "a condition", &PREDICATES)?;
        self.open_with(node, shape, more)
    }

    /// The condition of an object that was opened as one.
    pub(super) fn condition(&mut self, fields: &Fields<'_>) -> Option<Predicate> {
        let subject = fields.shape.keys[0].name;
        let member = fields.get(subject)?;
        let node = &member.node;
        self.path.push(super::Segment::Key(subject.into()));
        let head = self.subject(subject, node);
        self.path.pop();
        let head = head?;
        Some(match (subject, head) {
            (_, Subject::Whole(predicate)) => predicate,
            ("server", Subject::Nodes(nodes)) => {
                Predicate::Server(nodes, self.server_is(fields, node)?)
            }
            ("servers", Subject::Fields(server_is)) => {
                Predicate::Servers(server_is, self.field(fields, "count", Self::count)?)
            }
            (_, Subject::Name(name)) => match subject {
                "fact" => {
                    let fact = self.fact_is(name, fields);
                    Predicate::Fact(fact, self.count_or_one(fields)?)
                }
                "client" => Predicate::Client(name, self.client_is(fields, node)?),
                "operation" => Predicate::Operation(name, self.operation_is(fields, node)?),
                _ => Predicate::Broken {
                    property: name,
                    by: self.field(fields, "by", Self::server_name),
                },
            },
            (_, Subject::Message(kind)) => {
                let from = self.field(fields, "from", Self::node_name);
                let to = self.field(fields, "to", Self::node_name);
                let message = MessageIs { kind, from, to };
                Predicate::Message(message, self.count_or_one(fields)?)
            }
            _ => return None,
        })
    }

    fn subject(&mut self, subject: &str, node: &Node) -> Option<Subject> {
        Some(match subject {
            "all" => Subject::Whole(Predicate::All(self.list(
                node,
                "conditions",
                Self::predicate,
            )?)),
            "any" => Subject::Whole(Predicate::Any(self.list(
                node,
                "conditions",
                Self::predicate,
            )?)),
            "not" => Subject::Whole(Predicate::Not(Box::new(self.predicate(node)?))),
            "time" => Subject::Whole(Predicate::Time(self.compare(node, Self::duration)?)),
            "leader" => Subject::Whole(Predicate::Leader(self.server_or_null(node)?)),
            "leaders" => {
                Subject::Whole(Predicate::Leaders(self.any_list(node, Self::server_name)?))
            }
            "server" => Subject::Nodes(self.nodes(node, Among::Servers)?),
            "servers" => {
                let fields = self.open(node, &SERVER_IS)?;
                Subject::Fields(self.server_is(&fields, node)?)
            }
            "fact" => {
                let kinds = facts::kinds();
                let kind = self.one_of(node, "a kind of fact", &kinds)?;
                Subject::Name(kinds[kind].into())
            }
            "message" | "sent" => Subject::Message(self.message_kind(node)?),
            "client" => Subject::Name(self.client_name(node)?),
            "operation" => Subject::Name(self.operation_name(node)?),
            _ => Subject::Name(self.property(node)?),
        })
    }

    /// A list that may be empty.
    fn any_list<T>(
        &mut self,
        node: &Node,
        read: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Option<Vec<T>> {
        match &node.value {
            Value::List(items) => Some(self.items(items, read)),
            _ => {
                self.wrong_type(node, "a list");
                None
            }
        }
    }

    fn server_or_null(&mut self, node: &Node) -> Option<Option<Name>> {
        match &node.value {
            Value::Null => Some(None),
            _ => self.server_name(node).map(Some),
        }
    }

    fn text_or_null(&mut self, node: &Node) -> Option<Option<Box<str>>> {
        match &node.value {
            Value::Null => Some(None),
            _ => self.any_text(node).map(Some),
        }
    }

    fn operation_name(&mut self, node: &Node) -> Option<Name> {
        let name = self.plain(node)?;
        if self.names.operations.contains(&name) {
            return Some(name);
        }
        let names = self.names.operations.clone();
        let near = nearest(&name, names.iter().map(|name| &**name)).map(str::to_owned);
        let message = format!("no operation is named \"{name}\"");
        let expected = match names.is_empty() {
            true => "a name that an operation has by \"as\"".to_owned(),
            false => quoted_list(&names),
        };
        let error = self.error(Code::UnknownName, node.range, &message);
        error.expected(&expected);
        if let Some(near) = near {
            error.remedy(&format!("did you mean \"{near}\"?"));
        }
        None
    }

    fn count(&mut self, node: &Node) -> Option<Compare<u64>> {
        self.compare(node, |r, node| {
            r.integer(node, 0, i64::MAX).map(|count| count as u64)
        })
    }

    fn count_or_one(&mut self, fields: &Fields<'_>) -> Option<Compare<u64>> {
        match fields.get("count") {
            Some(_) => self.field(fields, "count", Self::count),
            None => Some(Compare::AtLeast(1)),
        }
    }

    fn number(&mut self, node: &Node) -> Option<Compare<i64>> {
        self.compare(node, |r, node| r.integer(node, i64::MIN, i64::MAX))
    }

    /// Complains of a subject about which nothing is said.
    fn something<T>(&mut self, found: Vec<T>, fields: &Fields<'_>, node: &Node) -> Option<Vec<T>> {
        if found.is_empty() && nothing_said(fields) {
            let names: Vec<_> = fields.shape.names().skip(1).collect();
            self.error(Code::Empty, node.range, "nothing is said about it")
                .expected(&quoted_list(&names));
            return None;
        }
        Some(found)
    }

    fn server_is(&mut self, fields: &Fields<'_>, node: &Node) -> Option<Vec<ServerIs>> {
        let mut found = Vec::new();
        for member in fields.members {
            if SERVER_IS.has(&member.key) {
                found.extend(self.inside(&member.key, |r| r.server_field(member)));
            }
        }
        self.something(found, fields, node)
    }

    fn server_field(&mut self, member: &Member) -> Option<ServerIs> {
        let node = &member.node;
        Some(match &*member.key {
            "status" => ServerIs::Status(self.compare(node, Self::word::<Status>)?),
            "exit_code" => {
                let code = |r: &mut Self, node: &Node| r.integer(node, 0, 255).map(|n| n as i32);
                ServerIs::ExitCode(self.compare(node, code)?)
            }
            "state" => ServerIs::State(self.compare(node, Self::word::<ServerState>)?),
            "phase" => ServerIs::Phase(self.compare(node, Self::word::<Phase>)?),
            "mode" => ServerIs::Mode(self.compare(node, Self::word::<Mode>)?),
            "serving" => ServerIs::Serving(self.boolean(node)?),
            "vote" => ServerIs::Vote(self.vote(node)?),
            "follows" => ServerIs::Leader(self.compare(node, Self::server_or_null)?),
            "round" => ServerIs::Round(self.number(node)?),
            "zxid" => ServerIs::Zxid(self.compare(node, Self::zxid)?),
            "current_epoch" => ServerIs::CurrentEpoch(self.number(node)?),
            "accepted_epoch" => ServerIs::AcceptedEpoch(self.number(node)?),
            "tree" => return self.tree(node),
            "log" => ServerIs::Log(self.compare(node, Self::history)?),
            "durable_log" => ServerIs::DurableLog(self.compare(node, Self::history)?),
            "log_files" => ServerIs::LogFiles(self.files(node)?),
            "snapshots" => ServerIs::Snapshots(self.files(node)?),
            "decisions" => ServerIs::Decisions(self.any_list(node, Self::decision)?),
            "votes" => ServerIs::Votes(self.any_list(node, Self::vote)?),
            other => unreachable!("`{other}` is in the table of keys but not read"),
        })
    }

    fn files(&mut self, node: &Node) -> Option<Compare<Vec<Box<str>>>> {
        self.compare(node, |r, node| r.any_list(node, Self::plain))
    }

    /// Data by path, or a comparison of whole trees.
    fn tree(&mut self, node: &Node) -> Option<ServerIs> {
        let Value::Object(members) = &node.value else {
            self.wrong_type(node, "data by path, { \"/a\": \"x\", \"/b\": null }");
            return None;
        };
        if members.iter().any(|member| SAME.has(&member.key)) {
            let same = |r: &mut Self, node: &Node| {
                r.wrong_type(node, "\"same_as\" or \"differs_from\"");
                None
            };
            return self.compare(node, same).map(ServerIs::WholeTree);
        }
        if members.is_empty() {
            self.error(
                Code::Empty,
                node.range,
                "a tree about which nothing is said",
            )
            .expected("{ \"/a\": \"x\", \"/b\": null } or { \"same_as\": \"zk1\" }");
            return None;
        }
        let nodes = self.map(node, "paths", |reader, member| {
            let key = Node {
                range: member.key_range,
                value: Value::Text(member.key.clone()),
            };
            let path = reader.znode_path(&key)?;
            Some((path, reader.compare(&member.node, Self::text_or_null)?))
        })?;
        Some(ServerIs::Tree(nodes))
    }

    /// A vote: the proposed leader, or more of it.
    fn vote(&mut self, node: &Node) -> Option<VoteIs> {
        if !matches!(node.value, Value::Object(_)) {
            return Some(VoteIs {
                leader: Some(Compare::Is(self.server_name(node)?)),
                ..VoteIs::default()
            });
        }
        let fields = self.open(node, &VOTE_SHAPE)?;
        Some(self.vote_fields(&fields))
    }

    fn vote_fields(&mut self, fields: &Fields<'_>) -> VoteIs {
        VoteIs {
            leader: self.field(fields, "leader", |r, n| r.compare(n, Self::server_name)),
            zxid: self.field(fields, "zxid", |r, n| r.compare(n, Self::zxid)),
            epoch: self.field(fields, "epoch", Self::number),
            round: self.field(fields, "round", Self::number),
        }
    }

    fn decision(&mut self, node: &Node) -> Option<DecisionIs> {
        let fields = self.open(node, &DECISION)?;
        Some(DecisionIs {
            state: self.field(&fields, "state", Self::word::<ServerState>),
            vote: self.vote_fields(&fields),
            joined_existing: self.field(&fields, "joined_existing", Self::boolean),
        })
    }

    fn client_is(&mut self, fields: &Fields<'_>, node: &Node) -> Option<Vec<ClientIs>> {
        let mut found = Vec::new();
        let status = |r: &mut Self, node: &Node| r.compare(node, Self::word::<Status>);
        found.extend(self.field(fields, "status", status).map(ClientIs::Status));
        let connected = |r: &mut Self, node: &Node| r.compare(node, Self::server_or_null);
        found.extend(
            self.field(fields, "connected", connected)
                .map(ClientIs::Connected),
        );
        found.extend(
            self.field(fields, "expired", Self::boolean)
                .map(ClientIs::Expired),
        );
        found.extend(
            self.field(fields, "answered", Self::count)
                .map(ClientIs::Answered),
        );
        self.something(found, fields, node)
    }

    fn operation_is(&mut self, fields: &Fields<'_>, node: &Node) -> Option<Vec<OperationIs>> {
        let mut found = Vec::new();
        found.extend(
            self.field(fields, "answer", Self::answer)
                .map(OperationIs::Answer),
        );
        let zxid = |r: &mut Self, node: &Node| r.compare(node, Self::zxid);
        found.extend(self.field(fields, "zxid", zxid).map(OperationIs::Zxid));
        let data = |r: &mut Self, node: &Node| r.compare(node, Self::text_or_null);
        found.extend(self.field(fields, "data", data).map(OperationIs::Data));
        let children = |r: &mut Self, node: &Node| r.any_list(node, Self::plain);
        found.extend(
            self.field(fields, "children", children)
                .map(OperationIs::Children),
        );
        found.extend(
            self.field(fields, "path", Self::plain)
                .map(OperationIs::Path),
        );
        found.extend(self.field(fields, "acl", Self::plain).map(OperationIs::Acl));
        self.something(found, fields, node)
    }

    fn answer(&mut self, node: &Node) -> Option<Answer> {
        let words = facts::answers();
        let position = self.one_of(node, "an answer", &words)?;
        Some(match words[position] {
            "ok" => Answer::Ok,
            "pending" => Answer::Pending,
            "lost" => Answer::Lost,
            error => Answer::Error(error.into()),
        })
    }

    /// `by` and `where` of a fact of this kind.
    fn fact_is(&mut self, kind: Name, fields: &Fields<'_>) -> FactIs {
        let by = |r: &mut Self, node: &Node| r.one_or_many(node, "nodes", Self::node_name);
        let at = self.field(fields, "by", by).unwrap_or_default();
        let held = self.field(fields, "where", |reader, node| {
            reader.map(node, "fields", |r, member| r.fact_field(&kind, member))
        });
        FactIs {
            kind,
            at,
            fields: held.unwrap_or_default(),
        }
    }

    fn fact_field(&mut self, fact: &str, member: &Member) -> Option<(Name, Compare<Held>)> {
        let Some(kind) = facts::field(fact, &member.key) else {
            let fields = facts::fields(fact);
            let names: Vec<&str> = fields.iter().map(|(name, _)| &**name).collect();
            let message = format!("a fact `{fact}` has no field \"{}\"", member.key);
            self.error(Code::UnknownKey, member.key_range, &message)
                .expected(&quoted_list(&names))
                .near(&member.key, &names);
            return None;
        };
        let held = self.compare(&member.node, |reader, node| reader.held(kind, node))?;
        Some((member.key.clone(), held))
    }

    /// A value as a field of a fact holds it.
    fn held(&mut self, kind: FieldKind, node: &Node) -> Option<Held> {
        if let Value::Null = node.value {
            return Some(Held::Null);
        }
        Some(match kind {
            FieldKind::Zxid => Held::Zxid(self.zxid(node)?),
            FieldKind::Int => Held::Number(self.integer(node, i64::MIN, i64::MAX)?),
            FieldKind::Bool => Held::Bool(self.boolean(node)?),
            FieldKind::Text => Held::Word(self.any_text(node)?),
            FieldKind::Sid => Held::Node(self.server_name(node)?),
            FieldKind::Sids => Held::Nodes(self.any_list(node, Self::server_name)?),
            FieldKind::Words(words) => {
                let words: Vec<&str> = words.split_ascii_whitespace().collect();
                let position = self.one_of(node, "a word of this field", &words)?;
                Held::Word(words[position].into())
            }
        })
    }

    /// Something that happens.
    pub(super) fn event(&mut self, node: &Node) -> Option<Event> {
        let shape = self.shape_of(node, "an event", &EVENTS)?;
        let fields = self.open(node, shape)?;
        let subject = shape.keys[0].name;
        let member = fields.get(subject)?;
        match subject {
            "fact" => {
                let name = self.inside(subject, |r| r.subject(subject, &member.node))?;
                let Subject::Name(kind) = name else {
                    return None;
                };
                Some(Event::Fact {
                    fact: self.fact_is(kind, &fields),
                    nth: self.nth(&fields),
                })
            }
            "message" => self.message(&member.node, &fields).map(Event::Message),
            "step" => {
                let step = self.inside(subject, |r| r.integer(&member.node, 0, i64::MAX))?;
                Some(Event::Step(step as u64))
            }
            _ => self.message(&member.node, &fields).map(Event::Sent),
        }
    }
}

/// What a condition is about.
enum Subject {
    /// The condition is read entirely.
    Whole(Predicate),
    /// Servers.
    Nodes(crate::scenario::act::Nodes),
    /// What servers are.
    Fields(Vec<ServerIs>),
    /// A fact, client, operation or property.
    Name(Name),
    /// A kind of message.
    Message(u8),
}

/// Whether an object has nothing but its subject.
fn nothing_said(fields: &Fields<'_>) -> bool {
    let first = usize::from(fields.shape.name != "server_is");
    let mut names = fields.shape.names().skip(first);
    !names.any(|name| fields.get(name).is_some())
}
