//! Small worlds for the tests: servers that serve, clients that wait to be started.

use sim_core::base::{NodeId, SimTime, Span};
use sim_core::cluster::{Node, World};
use sim_core::engine::{Fault, NodeStatus, Run};
use sim_core::scenario::Scenario;
use sim_core::zookeeper::{ClientOp, ClientOutcome, Op, OpResult};

/// A run without monitors.
pub type Play = Run<Node, ()>;

/// `servers` servers (the last one observes if there are four), and a client of each, asking for such a
/// session, under the name `c1`, `c2` …
pub fn world(version: &str, servers: usize, tick_ms: u32, session: &str) -> Play {
    let list: Vec<String> = (1..=servers)
        .map(|id| {
            let role = if servers == 4 && id == 4 {
                r#", "role": "observer""#
            } else {
                ""
            };
            format!(r#"{{ "name": "zk{id}", "id": {id}{role} }}"#)
        })
        .collect();
    let clients: Vec<String> = (1..=servers.max(3))
        .map(|id| {
            let server = id.min(servers);
            format!(r#""c{id}": {{ "servers": "zk{server}", "session_timeout": "{session}" }}"#)
        })
        .collect();
    let file = format!(
        r#"{{ "title": {{ "en": "outputs" }},
            "cluster": {{ "zookeeper": {{ "version": "{version}", "servers": [{}],
                "config": {{ "tickTime": {tick_ms} }} }}, "clients": {{ {} }} }},
            "steps": [{{ "at": "0s", "do": {{ "start": "zk1" }} }}] }}"#,
        list.join(", "),
        clients.join(", ")
    );
    let scenario = Scenario::parse(&file).unwrap_or_else(|errors| panic!("{errors:?}"));
    let compiled = scenario.compile(None).expect("no variants");
    Run::new(World::new(compiled.world, 1), ())
}

/// The node with a name.
pub fn node(play: &Play, name: &str) -> NodeId {
    let nodes = &play.world().spec().nodes;
    let index = nodes.iter().position(|node| &*node.name == name);
    NodeId(index.expect("a node of the stage") as u16)
}

/// Starts a node.
pub fn start(play: &mut Play, name: &str) {
    let node = node(play, name);
    if play.world().status(node) == NodeStatus::Down {
        play.inject(&Fault::Start(node), None, &mut Vec::new());
    }
}

/// Lets time pass.
pub fn wait(play: &mut Play, span: Span) {
    let until = SimTime(play.world().now().0 + span.0);
    let mut records = Vec::new();
    while play.step(until, &mut records).is_some() {
        records.clear();
    }
}

/// Lets a client ask and waits for what it gets.
pub fn ask(play: &mut Play, client: &str, op: Op) -> OpResult {
    let client = node(play, client);
    let op = sim_core::cluster::Op::ZkClient(ClientOp::Do(op));
    let call = play.call(client, op);
    for _ in 0..100 {
        wait(play, Span::from_millis(50));
        if let Some(outcome) = play.world().answer(call) {
            let sim_core::cluster::Outcome::ZkClient(ClientOutcome::Answered { result, .. }) =
                outcome
            else {
                panic!("no answer: {outcome:?}");
            };
            return result.clone().expect("an answer without an error");
        }
    }
    panic!("no answer within five seconds");
}

/// Lets a client ask for what is not there.
pub fn ask_for_nothing(play: &mut Play, client: &str, op: Op) {
    let client = node(play, client);
    play.call(client, sim_core::cluster::Op::ZkClient(ClientOp::Do(op)));
    wait(play, Span::from_millis(200));
}
