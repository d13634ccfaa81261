//! The objects of a scenario file, from the whole file down to a link. Acts and conditions have tables of their own.

use crate::scenario::format::{ConfigKey, LoadKind, QuirkRest};
use crate::scenario::shape::{Key, Kind, Shape, may, must};
use crate::scenario::shapes_act::ACT;
pub(super) use crate::scenario::shapes_predicate::EXPECTATION_KEYS;
use crate::scenario::shapes_predicate::{EVENT, EXPECTATION, PREDICATE};
use crate::scenario::words::Word;
use crate::zookeeper::{Quirk, Release, Role};

const NAMES: Kind = Kind::OneOrMany(&Kind::Name);
const VARIANTS: Kind = Kind::OneOrMany(&Kind::Ref("variant"));
const DURATION: Kind = Kind::Duration;
const TEXT: Kind = Kind::Text;
const NAME: Kind = Kind::Name;
const LATENCY: Kind = Kind::Latency;
const VERSION: Kind = Kind::Words(|| RELEASES.to_vec());
const ID: Kind = Kind::Int(0, MAX_ID);
const EPOCH: Kind = Kind::Int(0, 0x7fff_ffff);
const ONLY_IN: Key = may(
    "only_in",
    &VARIANTS,
    "The variants it belongs to; all if not said.",
);

/// The greatest server id that a file may use (`myid` is one of 1 to 255 in the manual; the code allows more).
pub(super) const MAX_ID: i64 = 255;
/// The most servers, and the most clients.
pub(super) const MAX_NODES: i64 = 255;

/// The releases by number.
pub(super) const RELEASES: [&str; Release::ALL.len()] = Release::NAMES;

/// The whole file.
pub(super) static SCENARIO: Shape = Shape {
    name: "scenario",
    says: "A scenario: a lesson, a test and a saved session at once.",
    keys: &[
        may(
            "$schema",
            &Kind::Plain,
            "Where an editor finds the schema; nothing else reads it.",
        ),
        must("title", &TEXT, "The title."),
        may("description", &TEXT, "What it shows, in a paragraph."),
        may(
            "stands_for",
            &Kind::List(&Kind::Plain),
            "What it stands for: claim:Z43, recording:zookeeper-3.5.7/B, upstream:FLETest.testJoin, tracker:ZOOKEEPER-2845.",
        ),
        may(
            "made_with",
            &Kind::Object(&MADE_WITH),
            "What wrote or last checked this file.",
        ),
        may(
            "seed",
            &Kind::Int(0, i64::MAX),
            "The seed it is played with; 1 if not said.",
        ),
        may("pinned", &TEXT, "Why it holds for its own seed only."),
        must(
            "cluster",
            &Kind::Object(&CLUSTER),
            "Servers, clients and what is between them.",
        ),
        may("say", &TEXT, "What is said before the first step."),
        must(
            "steps",
            &Kind::List(&Kind::Object(&STEP)),
            "What happens, in order.",
        ),
        may(
            "ask",
            &Kind::List(&Kind::Object(&ASK)),
            "Questions to the one who watches.",
        ),
        may(
            "loads",
            &Kind::List(&Kind::Object(&LOAD)),
            "Clients that keep asking.",
        ),
        may(
            "pins",
            &Kind::List(&Kind::Object(&PIN)),
            "Draws that are not left to the seed; tools write them.",
        ),
        may(
            "variants",
            &Kind::List(&Kind::Object(&VARIANT)),
            "The same story with other settings; if there are any, these are played.",
        ),
        may(
            "violates",
            &Kind::List(&Kind::Either(&[
                &Kind::Ref("property"),
                &Kind::Object(&VIOLATES),
            ])),
            "Properties that must break; any other that was promised may not.",
        ),
        may(
            "always",
            &Kind::List(&Kind::Either(&[&Kind::Ref("property"), &PREDICATE])),
            "What must hold at every moment: properties (all are watched anyway) or conditions.",
        ),
        may(
            "unwatched",
            &Kind::List(&Kind::Ref("property")),
            "Properties that are not watched.",
        ),
        may(
            "until",
            &Kind::Either(&[&DURATION, &Kind::Object(&UNTIL)]),
            "When it ends; after the last step and expectation if not said.",
        ),
    ],
};

/// `made_with`.
pub(super) static MADE_WITH: Shape = Shape {
    name: "made_with",
    says: "The program that wrote or last checked a file.",
    keys: &[
        must("version", &Kind::Plain, "The version of the program."),
        may(
            "trace",
            &Kind::Either(&[&Kind::Hex, &Kind::Map(&Kind::Hex)]),
            "The hash of the trace of its own seed; by variant if there are variants.",
        ),
    ],
};

/// `until`.
pub(super) static UNTIL: Shape = Shape {
    name: "until",
    says: "An end that waits for a condition.",
    keys: &[
        must("when", &PREDICATE, "It ends as soon as this holds."),
        must(
            "latest",
            &DURATION,
            "It ends (and fails) at this time at the latest.",
        ),
    ],
};

/// `cluster`.
pub(super) static CLUSTER: Shape = Shape {
    name: "cluster",
    says: "The simulated machines and processes.",
    keys: &[
        may(
            "zookeeper",
            &Kind::Object(&ENSEMBLE),
            "The ZooKeeper ensemble.",
        ),
        may(
            "kafka",
            &Kind::Any,
            "Reserved for the Kafka cluster; nothing reads it yet.",
        ),
        may(
            "clients",
            &Kind::Either(&[&Kind::Int(1, MAX_NODES), &Kind::Map(&Kind::Object(&CLIENT))]),
            "Clients: how many (c1, c2, …), or each by name.",
        ),
        may(
            "hosts",
            &Kind::Map(&Kind::Object(&HOST)),
            "Machines by name; a node that none of them holds has one of its own, with its name.",
        ),
        may(
            "network",
            &Kind::Object(&NETWORK),
            "How long messages take.",
        ),
        may("sync_time", &LATENCY, "How long a sync of a disk takes."),
        may(
            "thread_delay",
            &LATENCY,
            "How long handing work to another thread of a server takes; nothing if not said.",
        ),
    ],
};

/// `cluster.zookeeper`.
pub(super) static ENSEMBLE: Shape = Shape {
    name: "zookeeper",
    says: "A ZooKeeper ensemble.",
    keys: &[
        may("version", &VERSION, "The release; 3.5.7 if not said."),
        must(
            "servers",
            &Kind::Either(&[
                &Kind::Int(1, MAX_NODES),
                &Kind::List(&Kind::Either(&[&ID, &Kind::Object(&SERVER)])),
            ]),
            "How many (zk1, zk2, …), or each of them.",
        ),
        may(
            "config",
            &Kind::WordMap(ConfigKey::words, &CONFIG_VALUE),
            "Keys of zoo.cfg that all share.",
        ),
        may(
            "quirks",
            &QUIRKS,
            "Historical bugs: as_released (as the release has them), on, off, or by tracker id.",
        ),
        may(
            "disks",
            &Kind::Map(&DISK_KIND),
            "What is on disks before the first start, by server.",
        ),
        may(
            "load_time",
            &DURATION,
            "How long reading the database takes at start.",
        ),
        may(
            "open_port_time",
            &DURATION,
            "How long between deciding to lead and the open quorum port.",
        ),
    ],
};

const CONFIG_VALUE: Kind = Kind::Either(&[&Kind::Decimal, &Kind::Bool]);
const DISK_KIND: Kind = Kind::Either(&[&Kind::Plain, &Kind::Object(&DISK)]);
const QUIRKS: Kind = Kind::Either(&[
    &Kind::Words(QuirkRest::words),
    &Kind::WordMap(
        quirk_keys,
        &Kind::Either(&[&Kind::Bool, &Kind::Words(QuirkRest::words)]),
    ),
]);

fn quirk_keys() -> Vec<&'static str> {
    let mut keys = Quirk::words();
    keys.push("rest");
    keys
}

/// One server.
pub(super) static SERVER: Shape = Shape {
    name: "server",
    says: "One server of an ensemble.",
    keys: &[
        must("id", &ID, "Its myid."),
        may("name", &NAME, "Its name; zk and its id if not said."),
        may(
            "role",
            &Kind::Words(Role::words),
            "Whether it votes; participant if not said.",
        ),
        may("weight", &Kind::Int(0, 1_000_000), "weight.N of zoo.cfg."),
        may(
            "group",
            &Kind::Int(0, 1_000_000),
            "The number of its group.",
        ),
        may("version", &VERSION, "Its own release."),
        may(
            "config",
            &Kind::WordMap(ConfigKey::words, &CONFIG_VALUE),
            "Its own keys of zoo.cfg.",
        ),
        may(
            "knows",
            &Kind::List(&ID),
            "The ids that its own configuration lists, if not all.",
        ),
        may(
            "myid_missing",
            &Kind::Bool,
            "Whether its dataDir has no file myid.",
        ),
        may("quirks", &QUIRKS, "Its own quirks."),
        may(
            "disk",
            &DISK_KIND,
            "What is on its disk before the first start.",
        ),
        may("sync_time", &LATENCY, "How long a sync of its disk takes."),
        may(
            "thread_delay",
            &LATENCY,
            "How long handing work to another of its threads takes.",
        ),
    ],
};

/// An initial disk.
pub(super) static DISK: Shape = Shape {
    name: "disk",
    says: "What is on a server's disk before the first start.",
    keys: &[
        must(
            "history",
            &Kind::Plain,
            "Transactions: 1:8 is (1,1) to (1,8), 1:4-8 a range, / begins a new log file, *600000 gives each so many bytes.",
        ),
        may(
            "current_epoch",
            &EPOCH,
            "The file currentEpoch; that of the last transaction if not said.",
        ),
        may(
            "accepted_epoch",
            &EPOCH,
            "The file acceptedEpoch; the current epoch if not said.",
        ),
        may(
            "logs_removed",
            &Kind::Bool,
            "Whether its log files were removed; a snapshot of the end of the history is left.",
        ),
    ],
};

/// A client.
pub(super) static CLIENT: Shape = Shape {
    name: "client",
    says: "A client process.",
    keys: &[
        may(
            "servers",
            &NAMES,
            "Its connect string; every server if not said.",
        ),
        may(
            "session_timeout",
            &DURATION,
            "The session timeout it asks for; 10s if not said.",
        ),
    ],
};

/// A host.
pub(super) static HOST: Shape = Shape {
    name: "host",
    says: "A machine: power, disks, clocks and cables fail by machine.",
    keys: &[
        may(
            "nodes",
            &NAMES,
            "What it runs; the node of its own name if not said.",
        ),
        may("zone", &NAME, "The rack or data centre it stands in."),
        may(
            "drift_ppm",
            &Kind::Int(-100_000, 100_000),
            "Parts per million by which its clocks run fast.",
        ),
        may(
            "wall_offset",
            &Kind::SignedDuration,
            "How far its wall clock is ahead.",
        ),
        may(
            "uptime",
            &DURATION,
            "What its monotonic clock shows at the start.",
        ),
    ],
};

/// `cluster.network`.
pub(super) static NETWORK: Shape = Shape {
    name: "network",
    says: "How long messages take.",
    keys: &[
        may("latency", &LATENCY, "One message from host to host."),
        may("local_latency", &LATENCY, "One message within a host."),
        may(
            "connect_time",
            &LATENCY,
            "From dialling to being connected or refused.",
        ),
        may(
            "break_after",
            &DURATION,
            "How long a connection with bytes stuck in it lives.",
        ),
        may(
            "links",
            &Kind::List(&Kind::Object(&LINK)),
            "Links with a latency of their own.",
        ),
    ],
};

/// A link with a latency of its own.
pub(super) static LINK: Shape = Shape {
    name: "link",
    says: "A link with a latency of its own.",
    keys: &[
        must(
            "link",
            &Kind::Plain,
            "zk1 -> zk2, zk1 <-> zk2, or zk5 for all to and from it.",
        ),
        must("latency", &LATENCY, "How long a message takes."),
    ],
};

/// A step.
pub(super) static STEP: Shape = Shape {
    name: "step",
    says: "A moment, what is done then, what is expected then, what is said.",
    keys: &[
        may("id", &NAME, "A name, for undo and for reports."),
        may(
            "at",
            &Kind::Time,
            "When: 3s since the start, or +3s since the step before. Right after the step before if no moment is said.",
        ),
        may("when", &PREDICATE, "As soon as this holds."),
        may("after", &EVENT, "Right after an event."),
        may("delay", &DURATION, "So long after `when` or `after`."),
        may(
            "within",
            &DURATION,
            "The longest wait for `when` or `after`; then the scenario fails.",
        ),
        may("do", &Kind::OneOrMany(&ACT), "What is done."),
        may("for", &DURATION, "Undoes it after so long."),
        may(
            "undo",
            &Kind::Ref("step"),
            "Undoes what an earlier step did.",
        ),
        may(
            "expect",
            &Kind::OneOrMany(&EXPECTATION),
            "What must hold, after what is done.",
        ),
        may("say", &TEXT, "What is said."),
        may(
            "meanwhile",
            &Kind::List(&Kind::Object(&STEP)),
            "Steps that go on beside those that follow.",
        ),
        ONLY_IN,
    ],
};

/// A question.
pub(super) static ASK: Shape = Shape {
    name: "ask",
    says: "A question to the one who watches; one question word is a must.",
    keys: &[
        must("at", &DURATION, "When it is asked."),
        may("who", &TEXT, "The question, answered with a node."),
        may(
            "which",
            &TEXT,
            "The question, answered with one or more of several.",
        ),
        may("what", &TEXT, "The question, answered with one of several."),
        may("when", &TEXT, "The question, answered with a moment."),
        may("how_many", &TEXT, "The question, answered with a number."),
        may("whether", &TEXT, "The question, answered with yes or no."),
        may("choices", &Kind::List(&TEXT), "Answers to choose from."),
        may(
            "right",
            &Kind::Either(&[&Kind::Bool, &Kind::Int(i64::MIN, i64::MAX), &Kind::Plain]),
            "The right answer: yes or no, a number, or the words of one of the choices; not needed where `answer` names a node.",
        ),
        must("answer", &PREDICATE, "What holds when the answer shows."),
        may(
            "answer_at",
            &DURATION,
            "When the answer shows; when it is asked if not said.",
        ),
        may("misconception", &TEXT, "What many believe instead."),
        may("why", &TEXT, "Why the answer is right."),
        ONLY_IN,
    ],
};

/// A load.
pub(super) static LOAD: Shape = Shape {
    name: "load",
    says: "Clients that keep asking, each waiting for one answer before the next question.",
    keys: &[
        may("id", &NAME, "A name."),
        must(
            "clients",
            &Kind::OneOrMany(&Kind::Ref("client")),
            "Who asks.",
        ),
        may(
            "from",
            &DURATION,
            "When it begins; at the start if not said.",
        ),
        may(
            "for",
            &DURATION,
            "For how long after the first operation; to the end of the scenario if not said.",
        ),
        may(
            "operations",
            &Kind::Int(1, 1_000_000_000),
            "How many each client makes at most.",
        ),
        must(
            "mix",
            &Kind::WordMap(LoadKind::words, &Kind::Int(0, 1_000_000)),
            "Shares of the kinds of operations.",
        ),
        may(
            "keys",
            &Kind::Int(1, 1_000_000),
            "How many nodes are read and written; 10 if not said.",
        ),
        may(
            "data_size",
            &Kind::Int(0, 1_048_575),
            "Bytes of data in a write; 100 if not said.",
        ),
        may(
            "think",
            &DURATION,
            "The pause between an answer and the next question; none if not said.",
        ),
    ],
};

/// A pin.
pub(super) static PIN: Shape = Shape {
    name: "pin",
    says: "A draw that is not left to the seed, by the engine's own numbers.",
    keys: &[
        must(
            "purpose",
            &Kind::Words(|| PURPOSES.to_vec()),
            "What is drawn.",
        ),
        must("subject", &Kind::Hex, "About what."),
        must("nth", &Kind::Int(0, u32::MAX as i64), "Which one, from 0."),
        must("value", &Kind::Hex, "Its value."),
        may("note", &Kind::Plain, "What it decides, for people."),
    ],
};

/// The purposes of draws, by number.
pub(super) const PURPOSES: [&str; crate::base::Purpose::COUNT] = [
    "latency", "dial", "lane", "sync", "fault", "machine", "load", "order", "clock", "campaign",
];

/// A variant.
pub(super) static VARIANT: Shape = Shape {
    name: "variant",
    says: "The same story with other settings.",
    keys: &[
        must("name", &Kind::Plain, "Its name."),
        may("title", &TEXT, "Its title."),
        may(
            "set",
            &Kind::Map(&Kind::Any),
            "Paths below `cluster` (zookeeper.version) and what they hold instead.",
        ),
    ],
};

/// A property that must break.
pub(super) static VIOLATES: Shape = Shape {
    name: "violates",
    says: "A property that must break.",
    keys: &[
        must("property", &Kind::Ref("property"), "Its name."),
        may("by", &Kind::Ref("node"), "At whose step."),
        ONLY_IN,
    ],
};
