//! Conditions against what is so: whether they hold, and the values that were compared.

#![allow(
    clippy::option_option,
    reason = "outer: whether there is a value; inner: what it is"
)]

use super::ledger::{Counted, Decided};
use super::view::{self, View};
use crate::base::{NodeId, Span};
use crate::cluster::Outcome;
use crate::scenario::act::{NodeRef, Nodes};
use crate::scenario::format::{Json, Name};
use crate::scenario::predicate::{
    Answer, ClientIs, Compare, DecisionIs, OperationIs, Predicate, ServerIs, VoteIs,
};
use crate::scenario::print::Object;
use crate::scenario::print_predicate::zxid_json;
use crate::scenario::words::Word;
use crate::zookeeper::{ClientOutcome, OpResult, Vote, ZkDisk, Zxid};

impl View<'_> {
    /// Whether a condition holds.
    pub fn holds(&self, predicate: &Predicate) -> bool {
        match predicate {
            Predicate::All(those) => those.iter().all(|one| self.holds(one)),
            Predicate::Any(those) => those.iter().any(|one| self.holds(one)),
            Predicate::Not(one) => !self.holds(one),
            Predicate::Server(nodes, is) => {
                let nodes = self.nodes(nodes);
                !nodes.is_empty() && nodes.iter().all(|node| self.is(*node, is))
            }
            Predicate::Servers(is, count) => {
                let found = self
                    .cast
                    .servers()
                    .filter(|node| self.is(*node, is))
                    .count();
                count.holds(&(found as u64), None)
            }
            Predicate::Leader(name) => {
                self.leader() == name.as_deref().and_then(|n| self.cast.node(n))
                    && (name.is_none() == self.leader().is_none())
            }
            Predicate::Leaders(names) => {
                let mut wanted: Vec<_> = names.iter().filter_map(|n| self.cast.node(n)).collect();
                wanted.sort_unstable();
                self.leaders().eq(wanted)
            }
            Predicate::Fact(fact, count) => {
                count.holds(&self.ledger.count(&Counted::Fact(fact.clone())), None)
            }
            Predicate::Message(message, count) => {
                let counted = Counted::Delivered(message.clone());
                count.holds(&self.ledger.count(&counted), None)
            }
            Predicate::Client(name, is) => {
                let node = self.cast.node(name);
                node.is_some_and(|node| is.iter().all(|is| self.client_is(node, is)))
            }
            Predicate::Operation(name, is) => is.iter().all(|is| self.operation_is(name, is)),
            Predicate::Broken { property, by } => self.broken.iter().any(|violation| {
                let by = by.as_deref();
                violation.property == &**property
                    && by.is_none_or(|by| self.cast.node(by) == Some(violation.node))
            }),
            Predicate::Time(time) => time.holds(&Span(self.world.now().0), None),
        }
    }

    /// The nodes meant now.
    pub(super) fn nodes(&self, nodes: &Nodes) -> Vec<NodeId> {
        match nodes {
            Nodes::One(one) => self.node(one).into_iter().collect(),
            Nodes::Each(each) => each.iter().filter_map(|one| self.node(one)).collect(),
            Nodes::All | Nodes::Others => self.cast.servers().collect(),
            Nodes::Followers => {
                let Some(leader) = self.leader() else {
                    return Vec::new();
                };
                let follows =
                    |node: &NodeId| *node != leader && self.follows(*node) == Some(Some(leader));
                self.cast.servers().filter(follows).collect()
            }
        }
    }

    /// The node meant now, if there is one.
    pub(super) fn node(&self, node: &NodeRef) -> Option<NodeId> {
        match node {
            NodeRef::Named(name) => self.cast.node(name),
            NodeRef::Leader => self.leader(),
        }
    }

    fn is(&self, node: NodeId, is: &[ServerIs]) -> bool {
        is.iter().all(|is| self.server_is(node, is))
    }

    /// Compares a value of one server, and of the other one if the comparison names one.
    fn compare<T: PartialOrd>(
        &self,
        node: NodeId,
        comparison: &Compare<T>,
        value: impl Fn(NodeId) -> Option<T>,
    ) -> bool {
        let other = match comparison {
            Compare::SameAs(other) | Compare::DiffersFrom(other) => {
                self.node(other).and_then(&value)
            }
            _ => None,
        };
        value(node).is_some_and(|value| comparison.holds(&value, other.as_ref()))
    }

    fn server_is(&self, node: NodeId, is: &ServerIs) -> bool {
        let server = |node| self.server(node);
        match is {
            ServerIs::Status(it) => self.compare(node, it, |node| Some(self.status(node))),
            ServerIs::ExitCode(it) => self.compare(node, it, |node| self.world.exit_code(node)),
            ServerIs::State(it) => self.compare(node, it, |node| Some(server(node)?.state())),
            ServerIs::Phase(it) => self.compare(node, it, |node| Some(server(node)?.phase())),
            ServerIs::Mode(it) => self.compare(node, it, |node| self.mode(node)),
            ServerIs::Serving(yes) => {
                let serves = server(node).is_some_and(crate::zookeeper::Server::is_serving);
                serves == *yes
            }
            ServerIs::Vote(vote) => {
                let mine = self.vote(node);
                mine.is_some_and(|mine| self.vote_is(&mine, vote))
            }
            ServerIs::Leader(it) => self.compare(node, it, |node| {
                let name = |node| Name::from(self.cast.name(node));
                Some(self.follows(node)?.map(name))
            }),
            ServerIs::Round(it) => {
                self.compare(node, it, |node| Some(server(node)?.election()?.round().0))
            }
            ServerIs::Zxid(it) => self.compare(node, it, |node| Some(server(node)?.last_zxid())),
            ServerIs::CurrentEpoch(it) => {
                self.compare(node, it, |node| Some(self.disk(node)?.current_epoch?.0))
            }
            ServerIs::AcceptedEpoch(it) => {
                self.compare(node, it, |node| Some(self.disk(node)?.accepted_epoch?.0))
            }
            ServerIs::Tree(nodes) => nodes
                .iter()
                .all(|(path, it)| self.compare(node, it, |node| self.data(node, path))),
            ServerIs::WholeTree(it) => {
                let (other, wanted) = match it {
                    Compare::SameAs(other) => (other, true),
                    Compare::DiffersFrom(other) => (other, false),
                    _ => return false,
                };
                let trees = (
                    self.tree(node),
                    self.node(other).and_then(|it| self.tree(it)),
                );
                matches!(trees, (Some(a), Some(b)) if view::same_tree(a, b) == wanted)
            }
            ServerIs::Log(it) => self.log_is(node, it, self.disk(node)),
            ServerIs::DurableLog(it) => self.log_is(node, it, self.durable(node)),
            ServerIs::LogFiles(it) => {
                self.compare(node, it, |node| self.disk(node).map(view::log_files))
            }
            ServerIs::Snapshots(it) => {
                self.compare(node, it, |node| self.disk(node).map(view::snapshots))
            }
            ServerIs::Decisions(wanted) => {
                let found = self.ledger.decisions(node);
                let fits =
                    |(found, wanted): (&Decided, &DecisionIs)| self.decision_is(found, wanted);
                found.len() == wanted.len() && found.iter().zip(wanted).all(fits)
            }
            ServerIs::Votes(wanted) => {
                let found = self.ledger.votes(node);
                let fits = |(found, wanted): (&Vote, &VoteIs)| self.vote_is(found, wanted);
                found.len() == wanted.len() && found.iter().zip(wanted).all(fits)
            }
        }
    }

    /// Data of a node of the tree; the inner `None` if there is no such node.
    fn data(&self, node: NodeId, path: &str) -> Option<Option<Box<str>>> {
        let tree = self.tree(node)?;
        let text = |data: &[u8]| String::from_utf8_lossy(data).into_owned().into();
        Some(tree.nodes.get(path).map(|znode| text(&znode.data)))
    }

    fn log_is(&self, node: NodeId, it: &Compare<Box<str>>, disk: Option<&ZkDisk>) -> bool {
        let Some(disk) = disk else {
            return false;
        };
        let equal = |text: &str| {
            let (wanted, with_files) = view::canonical(text);
            view::history(disk, with_files) == wanted
        };
        let same = |other: &NodeRef| {
            let other = self.node(other).and_then(|other| self.disk(other));
            other.is_some_and(|other| view::history(other, false) == view::history(disk, false))
        };
        match it {
            Compare::Is(text) => equal(text),
            Compare::Not(text) => !equal(text),
            Compare::OneOf(texts) => texts.iter().any(|text| equal(text)),
            Compare::SameAs(other) => same(other),
            Compare::DiffersFrom(other) => !same(other),
            _ => {
                let _ = node;
                false
            }
        }
    }

    fn vote_is(&self, vote: &Vote, is: &VoteIs) -> bool {
        let name = self.cast.server_name(vote.leader);
        let leader = is.leader.as_ref().is_none_or(|it| it.holds(&name, None));
        let zxid = is.zxid.as_ref().is_none_or(|it| it.holds(&vote.zxid, None));
        let epoch = is.epoch.as_ref();
        let epoch = epoch.is_none_or(|it| it.holds(&vote.peer_epoch.0, None));
        let round = is.round.as_ref();
        leader && zxid && epoch && round.is_none_or(|it| it.holds(&vote.round.0, None))
    }

    fn decision_is(&self, decided: &Decided, is: &DecisionIs) -> bool {
        is.state.is_none_or(|state| state == decided.state)
            && self.vote_is(&decided.vote, &is.vote)
            && is
                .joined_existing
                .is_none_or(|it| it == decided.joined_existing)
    }

    fn client_is(&self, node: NodeId, is: &ClientIs) -> bool {
        match is {
            ClientIs::Status(it) => it.holds(&self.status(node), None),
            ClientIs::Connected(it) => {
                let server = self.connected(node);
                let name = server.map(|server| Name::from(self.cast.name(server)));
                it.holds(&name, None)
            }
            ClientIs::Expired(yes) => self.ledger.expired(node) == *yes,
            ClientIs::Answered(count) => count.holds(&self.ledger.answered(node), None),
        }
    }

    fn outcome(&self, operation: &str) -> Option<&ClientOutcome> {
        let call = self.ledger.call(operation)?;
        match self.world.answer(call)? {
            Outcome::ZkClient(outcome) => Some(outcome),
            Outcome::ZkServer(_) => None,
        }
    }

    fn operation_is(&self, name: &str, is: &OperationIs) -> bool {
        let outcome = self.outcome(name);
        let result = match outcome {
            Some(ClientOutcome::Answered { zxid, result }) => Some((*zxid, result)),
            _ => None,
        };
        let good = result.and_then(|(_, result)| result.as_ref().ok());
        match is {
            OperationIs::Answer(answer) => *answer == answer_of(outcome),
            OperationIs::Zxid(it) => result.is_some_and(|(zxid, _)| it.holds(&zxid, None)),
            OperationIs::Data(it) => good.is_some_and(|good| it.holds(&data_of(good), None)),
            OperationIs::Children(wanted) => {
                let mut wanted = wanted.clone();
                wanted.sort_unstable();
                matches!(good, Some(OpResult::Children(found)) if found
                    .iter()
                    .map(|name| Box::from(&**name))
                    .collect::<std::collections::BTreeSet<Box<str>>>()
                    .into_iter()
                    .eq(wanted))
            }
            OperationIs::Path(wanted) => {
                matches!(good, Some(OpResult::Path(found) | OpResult::Created(found, _))
                    if **found == **wanted)
            }
            OperationIs::Acl(wanted) => {
                matches!(good, Some(OpResult::Acl(found, _)) if found.to_string() == **wanted)
            }
        }
    }

    // ---- what was found, for reports ----

    /// The values that a condition looks at, as they are, in the words of a file.
    pub fn found(&self, predicate: &Predicate) -> String {
        match predicate {
            Predicate::All(those) => self.found_first(those, false),
            Predicate::Any(those) => self.found_first(those, true),
            Predicate::Not(one) => self.found(one),
            Predicate::Server(nodes, is) => {
                let nodes = self.nodes(nodes);
                if nodes.is_empty() {
                    return "no such server at this moment".to_owned();
                }
                let wrong: Vec<_> = nodes.iter().filter(|node| !self.is(**node, is)).collect();
                let shown = if wrong.is_empty() {
                    nodes.iter().collect()
                } else {
                    wrong
                };
                let shown = shown.into_iter().map(|node| self.found_server(*node, is));
                shown.collect::<Vec<_>>().join("; ")
            }
            Predicate::Servers(is, _) => {
                let fits = |node: &NodeId| self.is(*node, is);
                let names: Vec<_> = self.cast.servers().filter(fits).collect();
                format!("{}: {}", names.len(), self.names(&names))
            }
            Predicate::Leader(_) => match self.leader() {
                Some(leader) => format!("leader: {}", self.cast.name(leader)),
                None => "leader: nobody".to_owned(),
            },
            Predicate::Leaders(_) => {
                let leaders: Vec<_> = self.leaders().collect();
                format!("leaders: {}", self.names(&leaders))
            }
            Predicate::Fact(fact, _) => {
                format!("count: {}", self.ledger.count(&Counted::Fact(fact.clone())))
            }
            Predicate::Message(message, _) => {
                let counted = Counted::Delivered(message.clone());
                format!("count: {}", self.ledger.count(&counted))
            }
            Predicate::Client(name, is) => self.found_client(name, is),
            Predicate::Operation(name, is) => self.found_operation(name, is),
            Predicate::Broken { property, .. } => {
                let same = |it: &&crate::engine::Violation| it.property == &**property;
                let by: Vec<_> = self.broken.iter().filter(same).map(|it| it.node).collect();
                format!("broken by: {}", self.names(&by))
            }
            Predicate::Time(_) => format!("time: {}", self.world.now()),
        }
    }

    /// What was found for those of several conditions that decide.
    fn found_first(&self, those: &[Predicate], all: bool) -> String {
        let wrong = those.iter().filter(|one| !self.holds(one));
        let wrong: Vec<_> = wrong.map(|one| self.found(one)).collect();
        match (wrong.is_empty(), all) {
            (true, _) => those.first().map(|one| self.found(one)).unwrap_or_default(),
            (false, true) => wrong.join("; "),
            (false, false) => wrong.into_iter().next().unwrap_or_default(),
        }
    }

    fn names(&self, nodes: &[NodeId]) -> String {
        match nodes {
            [] => "nobody".to_owned(),
            _ => {
                let names = nodes.iter().map(|node| self.cast.name(*node));
                names.collect::<Vec<_>>().join(", ")
            }
        }
    }

    fn found_server(&self, node: NodeId, is: &[ServerIs]) -> String {
        let name = self.cast.name(node);
        let wrong: Vec<_> = is.iter().filter(|is| !self.server_is(node, is)).collect();
        let shown = if wrong.is_empty() {
            is.iter().collect()
        } else {
            wrong
        };
        let values = shown.into_iter().map(|is| {
            let (key, value) = self.server_value(node, is);
            format!("{key} {}", value.compact())
        });
        let values = values.collect::<Vec<_>>().join(", ");
        match self.server(node) {
            None => format!("{name} is down, {values}"),
            Some(_) => format!("{name}: {values}"),
        }
    }

    /// The key and the value that a server has where something is said of it.
    fn server_value(&self, node: NodeId, is: &ServerIs) -> (&'static str, Json) {
        let server = self.server(node);
        let disk = self.disk(node);
        let word = |word: Option<&'static str>| word.map_or(Json::Null, Json::from);
        let number = |number: Option<i64>| number.map_or(Json::Null, Json::from);
        let list = |list: Option<Vec<Box<str>>>| {
            list.map_or(Json::Null, |list| {
                Json::List(list.iter().map(Json::from).collect())
            })
        };
        let log = |disk: Option<&ZkDisk>, it: &Compare<Box<str>>| {
            let with_files = matches!(it, Compare::Is(text) if text.contains('/'));
            disk.map_or(Json::Null, |disk| view::history(disk, with_files).into())
        };
        match is {
            ServerIs::Status(_) => ("status", self.status(node).word().into()),
            ServerIs::ExitCode(_) => (
                "exit_code",
                number(self.world.exit_code(node).map(i64::from)),
            ),
            ServerIs::State(_) => ("state", word(server.map(|server| server.state().word()))),
            ServerIs::Phase(_) => ("phase", word(server.map(|server| server.phase().word()))),
            ServerIs::Mode(_) => ("mode", word(self.mode(node).map(Word::word))),
            ServerIs::Serving(_) => (
                "serving",
                server
                    .is_some_and(crate::zookeeper::Server::is_serving)
                    .into(),
            ),
            ServerIs::Vote(_) => (
                "vote",
                self.vote(node).map_or(Json::Null, |it| self.vote_json(&it)),
            ),
            ServerIs::Leader(_) => {
                let leader = self.follows(node).flatten();
                (
                    "follows",
                    leader.map_or(Json::Null, |leader| self.cast.name(leader).into()),
                )
            }
            ServerIs::Round(_) => {
                let election = server.and_then(|server| server.election());
                ("round", number(election.map(|election| election.round().0)))
            }
            ServerIs::Zxid(_) => (
                "zxid",
                server.map_or(Json::Null, |server| zxid_json(server.last_zxid())),
            ),
            ServerIs::CurrentEpoch(_) => (
                "current_epoch",
                number(disk.and_then(|disk| Some(disk.current_epoch?.0))),
            ),
            ServerIs::AcceptedEpoch(_) => (
                "accepted_epoch",
                number(disk.and_then(|disk| Some(disk.accepted_epoch?.0))),
            ),
            ServerIs::Tree(nodes) => {
                let data = |path: &str| match self.data(node, path).flatten() {
                    Some(text) => Json::Text(text),
                    None => Json::Null,
                };
                let nodes = nodes.iter().map(|(path, _)| (path.clone(), data(path)));
                ("tree", Json::Object(nodes.collect()))
            }
            ServerIs::WholeTree(it) => ("tree", self.tree_value(node, it)),
            ServerIs::Log(it) => ("log", log(disk, it)),
            ServerIs::DurableLog(it) => ("durable_log", log(self.durable(node), it)),
            ServerIs::LogFiles(_) => ("log_files", list(disk.map(view::log_files))),
            ServerIs::Snapshots(_) => ("snapshots", list(disk.map(view::snapshots))),
            ServerIs::Decisions(_) => {
                let decisions = self.ledger.decisions(node).iter();
                let decisions = decisions.map(|decided| self.decision_json(decided));
                ("decisions", Json::List(decisions.collect()))
            }
            ServerIs::Votes(_) => {
                let votes = self.ledger.votes(node).iter();
                (
                    "votes",
                    Json::List(votes.map(|vote| self.vote_json(vote)).collect()),
                )
            }
        }
    }

    fn tree_value(&self, node: NodeId, it: &Compare<()>) -> Json {
        let (Compare::SameAs(other) | Compare::DiffersFrom(other)) = it else {
            return Json::Null;
        };
        let other = self.node(other).and_then(|other| self.tree(other));
        match (self.tree(node), other) {
            (Some(mine), Some(other)) => {
                let paths = view::tree_difference(mine, other);
                let shown = paths.iter().take(8).map(Json::from).collect();
                Object::default()
                    .put("paths that differ", Json::List(shown))
                    .done()
            }
            _ => Json::Null,
        }
    }

    fn vote_json(&self, vote: &Vote) -> Json {
        self.vote_fields(vote).done()
    }

    fn vote_fields(&self, vote: &Vote) -> Object {
        Object::default()
            .put("leader", &self.cast.server_name(vote.leader))
            .put("zxid", zxid_json(vote.zxid))
            .put("epoch", vote.peer_epoch.0)
            .put("round", vote.round.0)
    }

    fn decision_json(&self, decided: &Decided) -> Json {
        Object::default()
            .put("state", decided.state.word())
            .with(self.vote_fields(&decided.vote))
            .put("joined_existing", decided.joined_existing)
            .done()
    }

    fn found_client(&self, name: &str, is: &[ClientIs]) -> String {
        let Some(node) = self.cast.node(name) else {
            return format!("no client {name}");
        };
        let value = |is: &ClientIs| match is {
            ClientIs::Status(_) => format!("status {}", self.status(node).word()),
            ClientIs::Connected(_) => {
                let server = self.connected(node);
                let server = server.map_or("nobody", |server| self.cast.name(server));
                format!("connected to {server}")
            }
            ClientIs::Expired(_) => format!("expired {}", self.ledger.expired(node)),
            ClientIs::Answered(_) => format!("answered {}", self.ledger.answered(node)),
        };
        let values: Vec<_> = is.iter().map(value).collect();
        format!("{name}: {}", values.join(", "))
    }

    fn found_operation(&self, name: &str, is: &[OperationIs]) -> String {
        let outcome = self.outcome(name);
        let answer = match answer_of(outcome) {
            Answer::Ok => "ok".to_owned(),
            Answer::Pending => "pending".to_owned(),
            Answer::Lost => "lost".to_owned(),
            Answer::Error(error) => error.into(),
        };
        let mut text = format!("{name}: answer {answer}");
        let Some(ClientOutcome::Answered { zxid, result }) = outcome else {
            return text;
        };
        for is in is {
            let more = match (is, result) {
                (OperationIs::Zxid(_), _) => format!(", zxid {}", zxid_text(*zxid)),
                (OperationIs::Data(_), Ok(result)) => format!(", data {:?}", data_of(result)),
                (OperationIs::Acl(_), Ok(OpResult::Acl(acl, _))) => format!(", acl {acl}"),
                (OperationIs::Children(_) | OperationIs::Path(_), Ok(result)) => {
                    format!(", {result:?}")
                }
                _ => String::new(),
            };
            text.push_str(&more);
        }
        text
    }
}

fn zxid_text(zxid: Zxid) -> String {
    zxid_json(zxid).compact()
}

fn answer_of(outcome: Option<&ClientOutcome>) -> Answer {
    match outcome {
        None => Answer::Pending,
        Some(ClientOutcome::Lost) => Answer::Lost,
        Some(ClientOutcome::Expired) => Answer::Error("SessionExpired".into()),
        Some(ClientOutcome::Answered {
            result: Err(error), ..
        }) => Answer::Error(error.name().into()),
        Some(_) => Answer::Ok,
    }
}

/// The data that an operation read.
fn data_of(result: &OpResult) -> Option<Box<str>> {
    match result {
        OpResult::Data(data, _) => Some(String::from_utf8_lossy(data).into_owned().into()),
        _ => None,
    }
}
