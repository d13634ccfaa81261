//! Conditions: one object each, told apart by its subject, which is its first key.

use crate::scenario::predicate::{Mode, Status};
use crate::scenario::shape::{Key, Kind, Shape, may, must};
use crate::scenario::shapes_act::message_words;
use crate::scenario::words::Word;
use crate::zookeeper::{Phase, ServerState};

/// A condition.
pub(super) static PREDICATE: Kind = Kind::OneOf("condition", &PREDICATES);
/// A condition with the time by which it must hold.
pub(super) static EXPECTATION: Kind = Kind::OneOf("expectation", &PREDICATES);
/// Something that happens.
pub(super) static EVENT: Kind = Kind::OneOf("event", &EVENTS);

const COUNT: Kind = Kind::Compare(&Kind::Int(0, i64::MAX));
const NUMBER: Kind = Kind::Compare(&Kind::Int(i64::MIN, i64::MAX));
const ZXID: Kind = Kind::Compare(&Kind::Zxid);
const NODE: Kind = Kind::Ref("server");
const NODE_OR_NULL: Kind = Kind::Compare(&Kind::Either(&[&NODE, &Kind::Null]));
const DATA_OR_NULL: Kind = Kind::Compare(&Kind::Either(&[&Kind::Plain, &Kind::Null]));
const FILES: Kind = Kind::Compare(&Kind::AnyList(&Kind::Plain));
const VOTE: Kind = Kind::Either(&[&NODE, &Kind::Object(&VOTE_SHAPE)]);
const STATE: Kind = Kind::Compare(&Kind::Words(ServerState::words));
const STATUS: Kind = Kind::Compare(&Kind::Words(Status::words));
const MESSAGE: Kind = Kind::Words(message_words);

static SERVER_KEYS: [Key; 19] = [
    may("status", &STATUS, "Whether its process runs."),
    may("exit_code", &NUMBER, "The code with which it ended itself."),
    may(
        "state",
        &STATE,
        "LOOKING, FOLLOWING, LEADING or OBSERVING; a server that is down has none.",
    ),
    may(
        "phase",
        &Kind::Compare(&Kind::Words(Phase::words)),
        "How far it is with its leader.",
    ),
    may(
        "mode",
        &Kind::Compare(&Kind::Words(Mode::words)),
        "What the command srvr says.",
    ),
    may("serving", &Kind::Bool, "Whether it serves clients."),
    may("vote", &VOTE, "Its current vote."),
    may(
        "follows",
        &NODE_OR_NULL,
        "Whom it follows, observes or, itself, leads; null while it looks.",
    ),
    may("round", &NUMBER, "Its election round."),
    may("zxid", &ZXID, "Its last processed zxid."),
    may("current_epoch", &NUMBER, "Its file currentEpoch."),
    may("accepted_epoch", &NUMBER, "Its file acceptedEpoch."),
    may(
        "tree",
        &Kind::Either(&[&Kind::Object(&SAME), &Kind::Map(&DATA_OR_NULL)]),
        "Data of nodes in its tree by path, null for none; or whether the whole tree is as that of another server.",
    ),
    may(
        "log",
        &Kind::Compare(&Kind::Plain),
        "Its log on disk, as a history: 1:1-8.",
    ),
    may(
        "durable_log",
        &Kind::Compare(&Kind::Plain),
        "What a power loss would leave of it.",
    ),
    may("log_files", &FILES, "The names of its log files."),
    may("snapshots", &FILES, "The names of its snapshots."),
    may(
        "decisions",
        &Kind::AnyList(&Kind::Object(&DECISION)),
        "How its elections ended, from the first on.",
    ),
    may(
        "votes",
        &Kind::AnyList(&VOTE),
        "The votes it proposed, from the first on; the same again counts once.",
    ),
];

/// What can be said of a server.
pub(super) static SERVER_IS: Shape = Shape {
    name: "server_is",
    says: "What is so at a server; all of it must be.",
    keys: &SERVER_KEYS,
};

/// A comparison with another server's tree.
pub(super) static SAME: Shape = Shape {
    name: "same",
    says: "A comparison with another server.",
    keys: &[
        may("same_as", &NODE, "Equal to that of this server."),
        may("differs_from", &NODE, "Different from that of this server."),
    ],
};

/// A vote.
pub(super) static VOTE_SHAPE: Shape = Shape {
    name: "vote",
    says: "A vote; what is not said may be anything.",
    keys: &[
        may("leader", &Kind::Compare(&NODE), "Who should lead."),
        may("zxid", &ZXID, "Its zxid."),
        may("epoch", &NUMBER, "Its epoch."),
        may("round", &NUMBER, "The round in which the vote was formed."),
    ],
};

/// A decision.
pub(super) static DECISION: Shape = Shape {
    name: "decision",
    says: "The end of an election at one server; what is not said may be anything.",
    keys: &[
        may(
            "state",
            &Kind::Words(ServerState::words),
            "What the server became.",
        ),
        may("leader", &Kind::Compare(&NODE), "Who won."),
        may("zxid", &ZXID, "The zxid of the vote that won."),
        may("epoch", &NUMBER, "Its epoch."),
        may("round", &NUMBER, "Its round."),
        may(
            "joined_existing",
            &Kind::Bool,
            "Whether the leader was there before.",
        ),
    ],
};

/// Keys of an expectation that are not of its condition.
pub(super) const EXPECTATION_KEYS: &[Key] = &[
    may(
        "within",
        &Kind::Duration,
        "It must hold at some moment, at most so long after the step.",
    ),
    may(
        "eventually",
        &Kind::Bool,
        "It must hold at some moment after the step.",
    ),
    may(
        "throughout",
        &Kind::Duration,
        "It must hold at every moment for so long after the step.",
    ),
    may(
        "at_end",
        &Kind::Bool,
        "It must hold when the scenario ends.",
    ),
    may(
        "only_in",
        &Kind::OneOrMany(&Kind::Ref("variant")),
        "The variants it belongs to; all if not said.",
    ),
    may("say", &Kind::Text, "What its failure means."),
];

/// All conditions.
pub(super) static PREDICATES: [&Shape; 13] = [
    &Shape {
        name: "all",
        says: "All of these hold.",
        keys: &[must("all", &Kind::List(&PREDICATE), "All of these hold.")],
    },
    &Shape {
        name: "any",
        says: "At least one of these holds.",
        keys: &[must(
            "any",
            &Kind::List(&PREDICATE),
            "At least one of these holds.",
        )],
    },
    &Shape {
        name: "not",
        says: "This does not hold.",
        keys: &[must("not", &PREDICATE, "This does not hold.")],
    },
    &WITH_SERVER,
    &Shape {
        name: "servers",
        says: "So many servers are so.",
        keys: &[
            must("servers", &Kind::Object(&SERVER_IS), "What they are."),
            must("count", &COUNT, "How many."),
        ],
    },
    &Shape {
        name: "leader",
        says: "Who leads: LEADING and established, of several the one with the highest epoch; null for nobody.",
        keys: &[must(
            "leader",
            &Kind::Either(&[&NODE, &Kind::Null]),
            "Who leads.",
        )],
    },
    &Shape {
        name: "leaders",
        says: "Exactly these say LEADING.",
        keys: &[must(
            "leaders",
            &Kind::AnyList(&NODE),
            "Exactly these say LEADING.",
        )],
    },
    &Shape {
        name: "fact",
        says: "So many facts of a kind were left since the start, at least one if not said.",
        keys: &[
            must(
                "fact",
                &Kind::Words(crate::scenario::facts::kinds),
                "Its kind.",
            ),
            may(
                "by",
                &Kind::OneOrMany(&Kind::Ref("node")),
                "At which servers or clients; anywhere if not said.",
            ),
            may(
                "where",
                &Kind::Map(&Kind::Compare(&Kind::Any)),
                "What its fields hold, by path.",
            ),
            may("count", &COUNT, "How many."),
        ],
    },
    &Shape {
        name: "message",
        says: "So many messages of a kind were delivered since the start, at least one if not said.",
        keys: &[
            must("message", &MESSAGE, "Its kind."),
            may("from", &Kind::Ref("node"), "Sender; any if not said."),
            may("to", &Kind::Ref("node"), "Receiver; any if not said."),
            may("count", &COUNT, "How many."),
        ],
    },
    &Shape {
        name: "client",
        says: "A client is so.",
        keys: &[
            must("client", &Kind::Ref("client"), "Which."),
            may("status", &STATUS, "Whether its process runs."),
            may(
                "connected",
                &NODE_OR_NULL,
                "The server that serves it; null for none.",
            ),
            may(
                "expired",
                &Kind::Bool,
                "Whether it knows that its session is gone.",
            ),
            may(
                "answered",
                &COUNT,
                "How many of its operations were answered, errors included.",
            ),
        ],
    },
    &Shape {
        name: "operation",
        says: "A named operation ended so.",
        keys: &[
            must("operation", &Kind::Ref("operation"), "Which."),
            may(
                "answer",
                &Kind::Words(crate::scenario::facts::answers),
                "ok, pending (none yet), lost (given up: nobody knows), or an error.",
            ),
            may("zxid", &ZXID, "The zxid of the answer."),
            may("data", &DATA_OR_NULL, "The data read."),
            may(
                "children",
                &Kind::AnyList(&Kind::Plain),
                "The children read, in any order.",
            ),
            may("path", &Kind::Plain, "The path created."),
            may(
                "acl",
                &Kind::Plain,
                "The permissions read, as zkCli writes them.",
            ),
        ],
    },
    &Shape {
        name: "broken",
        says: "A property broke, promised or not.",
        keys: &[
            must("broken", &Kind::Ref("property"), "Which."),
            may("by", &NODE, "At whose step."),
        ],
    },
    &Shape {
        name: "time",
        says: "The simulated time.",
        keys: &[must(
            "time",
            &Kind::Compare(&Kind::Duration),
            "The time since the start.",
        )],
    },
];

static WITH_SERVER: Shape = Shape {
    name: "server",
    says: "A server, or each of several, is so.",
    keys: &{
        const NONE: Key = may("", &Kind::Any, "");
        let mut keys = [NONE; SERVER_KEYS.len() + 1];
        keys[0] = must("server", &Kind::Nodes, "Which.");
        let mut i = 0;
        while i < SERVER_KEYS.len() {
            keys[i + 1] = may(
                SERVER_KEYS[i].name,
                SERVER_KEYS[i].kind,
                SERVER_KEYS[i].says,
            );
            i += 1;
        }
        keys
    },
};

/// All events.
pub(super) static EVENTS: [&Shape; 4] = [
    &Shape {
        name: "fact",
        says: "The nth fact that fits.",
        keys: &[
            must(
                "fact",
                &Kind::Words(crate::scenario::facts::kinds),
                "Its kind.",
            ),
            may(
                "by",
                &Kind::OneOrMany(&Kind::Ref("node")),
                "At which servers or clients; anywhere if not said.",
            ),
            may(
                "where",
                &Kind::Map(&Kind::Compare(&Kind::Any)),
                "What its fields hold, by path.",
            ),
            NTH,
        ],
    },
    &Shape {
        name: "message",
        says: "The delivery of a message.",
        keys: &[must("message", &MESSAGE, "Its kind."), FROM, TO, NTH],
    },
    &Shape {
        name: "sent",
        says: "The sending of a message.",
        keys: &[must("sent", &MESSAGE, "Its kind."), FROM, TO, NTH],
    },
    &Shape {
        name: "step",
        says: "A step of the simulation: right after it, before anything else. For what was done by hand; it holds for one seed only.",
        keys: &[must(
            "step",
            &Kind::Int(0, i64::MAX),
            "Its number, from 1; 0 is the beginning.",
        )],
    },
];

const FROM: Key = must("from", &Kind::Ref("node"), "Sender.");
const TO: Key = must("to", &Kind::Ref("node"), "Receiver.");
const NTH: Key = may(
    "nth",
    &Kind::Int(1, u32::MAX as i64),
    "Which since the start; the first if not said.",
);
