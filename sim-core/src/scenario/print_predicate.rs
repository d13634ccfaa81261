//! Conditions back to text.

use crate::engine::Message;
use crate::scenario::format::{Json, Name};
use crate::scenario::predicate::{
    Answer, ClientIs, Compare, DecisionIs, FactIs, OperationIs, Predicate, ServerIs, Value, VoteIs,
};
use crate::scenario::print::Object;
use crate::scenario::print_act::nodes_json;
use crate::scenario::words::Word;
use crate::zookeeper::Zxid;

/// A condition.
pub(super) fn predicate_json(predicate: &Predicate) -> Json {
    predicate_fields(predicate).done()
}

/// The keys of a condition.
pub(super) fn predicate_fields(predicate: &Predicate) -> Object {
    let object = Object::default();
    let list = |those: &[Predicate]| Json::List(those.iter().map(predicate_json).collect());
    match predicate {
        Predicate::All(those) => object.put("all", list(those)),
        Predicate::Any(those) => object.put("any", list(those)),
        Predicate::Not(one) => object.put("not", predicate_json(one)),
        Predicate::Server(nodes, is) => {
            let object = object.put("server", nodes_json(nodes));
            is.iter().fold(object, server_field)
        }
        Predicate::Servers(is, count) => {
            let inner = is.iter().fold(Object::default(), server_field);
            object.put("servers", inner).put("count", count_json(count))
        }
        Predicate::Leader(leader) => object.put("leader", name_or_null(leader.as_ref())),
        Predicate::Leaders(leaders) => object.put("leaders", names(leaders)),
        Predicate::Fact(fact, count) => fact_fields(fact).maybe("count", count_unless_one(count)),
        Predicate::Message(message, count) => object
            .put("message", crate::zookeeper::Msg::kind_name(message.kind))
            .maybe("from", message.from.as_ref())
            .maybe("to", message.to.as_ref())
            .maybe("count", count_unless_one(count)),
        Predicate::Client(name, is) => {
            let object = object.put("client", name);
            is.iter().fold(object, client_field)
        }
        Predicate::Operation(name, is) => {
            let object = object.put("operation", name);
            is.iter().fold(object, operation_field)
        }
        Predicate::Broken { property, by } => {
            object.put("broken", property).maybe("by", by.as_ref())
        }
        Predicate::Time(time) => object.put("time", compare(time, |span| (*span).into())),
    }
}

/// A comparison, with values written by `json`.
fn compare<T>(comparison: &Compare<T>, json: impl Fn(&T) -> Json) -> Json {
    let key = |name: &str, value: Json| Object::default().put(name, value).done();
    match comparison {
        Compare::Is(it) => json(it),
        Compare::Not(it) => key("not", json(it)),
        Compare::OneOf(those) => key("one_of", Json::List(those.iter().map(json).collect())),
        Compare::AtLeast(it) => key("at_least", json(it)),
        Compare::AtMost(it) => key("at_most", json(it)),
        Compare::Above(it) => key("above", json(it)),
        Compare::Below(it) => key("below", json(it)),
        Compare::Between(low, high) => key("between", Json::List(vec![json(low), json(high)])),
        Compare::SameAs(server) => key("same_as", server.text().into()),
        Compare::DiffersFrom(server) => key("differs_from", server.text().into()),
    }
}

fn number(comparison: &Compare<i64>) -> Json {
    compare(comparison, |number| (*number).into())
}

fn count_json(count: &Compare<u64>) -> Json {
    compare(count, |count| (*count as i64).into())
}

fn count_unless_one(count: &Compare<u64>) -> Option<Json> {
    (*count != Compare::AtLeast(1)).then(|| count_json(count))
}

/// A zxid as epoch and counter, or as the number it is.
pub(super) fn zxid_json(zxid: Zxid) -> Json {
    let epoch = zxid.epoch().0;
    match (0..=i64::from(i32::MAX)).contains(&epoch) {
        true => format!("{epoch}:{}", zxid.counter()).into(),
        false => zxid.to_string().into(),
    }
}

fn names(names: &[Name]) -> Json {
    Json::List(names.iter().map(Json::from).collect())
}

fn name_or_null(name: Option<&Name>) -> Json {
    name.map_or(Json::Null, Json::from)
}

fn server_field(object: Object, is: &ServerIs) -> Object {
    let files = |files: &Compare<Vec<Box<str>>>| compare(files, |files| names(files));
    let data = |data: &Compare<Option<Box<str>>>| compare(data, |it| name_or_null(it.as_ref()));
    match is {
        ServerIs::Status(it) => object.put("status", compare(it, |it| it.word().into())),
        ServerIs::ExitCode(it) => {
            object.put("exit_code", compare(it, |code| i64::from(*code).into()))
        }
        ServerIs::State(it) => object.put("state", compare(it, |it| it.word().into())),
        ServerIs::Phase(it) => object.put("phase", compare(it, |it| it.word().into())),
        ServerIs::Mode(it) => object.put("mode", compare(it, |it| it.word().into())),
        ServerIs::Serving(yes) => object.put("serving", *yes),
        ServerIs::Vote(vote) => object.put("vote", vote_json(vote)),
        ServerIs::Leader(it) => object.put("follows", compare(it, |it| name_or_null(it.as_ref()))),
        ServerIs::Round(it) => object.put("round", number(it)),
        ServerIs::Zxid(it) => object.put("zxid", compare(it, |zxid| zxid_json(*zxid))),
        ServerIs::CurrentEpoch(it) => object.put("current_epoch", number(it)),
        ServerIs::AcceptedEpoch(it) => object.put("accepted_epoch", number(it)),
        ServerIs::Tree(nodes) => {
            let nodes = nodes.iter().map(|(path, it)| (path.clone(), data(it)));
            object.put("tree", Json::Object(nodes.collect()))
        }
        ServerIs::WholeTree(it) => object.put("tree", compare(it, |()| Json::Null)),
        ServerIs::Log(it) => object.put("log", compare(it, |it| it.into())),
        ServerIs::DurableLog(it) => object.put("durable_log", compare(it, |it| it.into())),
        ServerIs::LogFiles(it) => object.put("log_files", files(it)),
        ServerIs::Snapshots(it) => object.put("snapshots", files(it)),
        ServerIs::Decisions(those) => {
            let those = those.iter().map(decision_json).collect();
            object.put("decisions", Json::List(those))
        }
        ServerIs::Votes(votes) => {
            let votes = votes.iter().map(vote_json).collect();
            object.put("votes", Json::List(votes))
        }
    }
}

/// A vote: the proposed leader alone where nothing else is said.
fn vote_json(vote: &VoteIs) -> Json {
    match vote {
        VoteIs {
            leader: Some(Compare::Is(leader)),
            zxid: None,
            epoch: None,
            round: None,
        } => leader.into(),
        _ => vote_fields(vote).done(),
    }
}

fn vote_fields(vote: &VoteIs) -> Object {
    let leader = vote.leader.as_ref().map(|it| compare(it, |it| it.into()));
    Object::default()
        .maybe("leader", leader)
        .maybe(
            "zxid",
            vote.zxid
                .as_ref()
                .map(|it| compare(it, |zxid| zxid_json(*zxid))),
        )
        .maybe("epoch", vote.epoch.as_ref().map(number))
        .maybe("round", vote.round.as_ref().map(number))
}

fn decision_json(decision: &DecisionIs) -> Json {
    Object::default()
        .maybe("state", decision.state.map(Word::word))
        .with(vote_fields(&decision.vote))
        .maybe("joined_existing", decision.joined_existing)
        .done()
}

/// `fact`, `by` and `where`.
pub(super) fn fact_fields(fact: &FactIs) -> Object {
    let fields = fact.fields.iter();
    let fields = fields.map(|(name, it)| (name.clone(), compare(it, value_json)));
    let fields: Vec<_> = fields.collect();
    Object::default()
        .put("fact", &fact.kind)
        .one_or_many("by", &fact.at, |name| name.into())
        .maybe(
            "where",
            (!fields.is_empty()).then_some(Json::Object(fields)),
        )
}

fn value_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => (*number).into(),
        Value::Zxid(zxid) => zxid_json(*zxid),
        Value::Node(text) | Value::Word(text) => text.into(),
        Value::Nodes(those) => names(those),
    }
}

fn client_field(object: Object, is: &ClientIs) -> Object {
    match is {
        ClientIs::Status(it) => object.put("status", compare(it, |it| it.word().into())),
        ClientIs::Connected(it) => {
            object.put("connected", compare(it, |it| name_or_null(it.as_ref())))
        }
        ClientIs::Expired(yes) => object.put("expired", *yes),
        ClientIs::Answered(count) => object.put("answered", count_json(count)),
    }
}

fn operation_field(object: Object, is: &OperationIs) -> Object {
    match is {
        OperationIs::Answer(answer) => object.put("answer", answer_text(answer)),
        OperationIs::Zxid(it) => object.put("zxid", compare(it, |zxid| zxid_json(*zxid))),
        OperationIs::Data(it) => object.put("data", compare(it, |it| name_or_null(it.as_ref()))),
        OperationIs::Children(those) => object.put("children", names(those)),
        OperationIs::Path(path) => object.put("path", path),
        OperationIs::Acl(acl) => object.put("acl", acl),
    }
}

fn answer_text(answer: &Answer) -> &str {
    match answer {
        Answer::Ok => "ok",
        Answer::Pending => "pending",
        Answer::Lost => "lost",
        Answer::Error(name) => name,
    }
}
