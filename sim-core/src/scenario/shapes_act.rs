//! Acts and client operations: one object each, told apart by its verb, which is its first key.

use crate::scenario::act::{LaneName, PortName};
use crate::scenario::shape::{Key, Kind, Shape, may, must};
use crate::scenario::words::{MESSAGE_KINDS, Word};

/// Something done from outside.
pub(super) static ACT: Kind = Kind::OneOf("act", ACTS);

const NODES: Kind = Kind::Nodes;
const LINKS: Kind = Kind::OneOrMany(&Kind::Plain);
const DATA: Kind = Kind::Either(&[&Kind::Plain, &Kind::Object(&BYTES)]);
const MESSAGE: Kind = Kind::Words(message_words);
const USUAL: Kind = Kind::Words(|| vec!["usual"]);
const LATENCY_OR_USUAL: Kind = Kind::Either(&[&USUAL, &Kind::Latency]);
const VERSION: Kind = Kind::Int(0, i32::MAX as i64);
const PORT: Key = may(
    "port",
    &Kind::Words(PortName::words),
    "Only connections to this port; all if not said.",
);
const BY: Key = must("by", &Kind::Ref("client"), "The client that asks.");
const AS: Key = may(
    "as",
    &Kind::Name,
    "A name, by which conditions know the operation.",
);
const WATCH: Key = may("watch", &Kind::Bool, "Leaves a watch.");
const FROM: Key = must("from", &Kind::Ref("node"), "Sender.");
const TO: Key = must("to", &Kind::Ref("node"), "Receiver.");
const NTH: Key = may(
    "nth",
    &Kind::Int(1, u32::MAX as i64),
    "Which of its kind since the start; the first if not said.",
);

/// The names of the kinds of messages.
pub(super) fn message_words() -> Vec<&'static str> {
    use crate::engine::Message;
    MESSAGE_KINDS
        .into_iter()
        .map(crate::zookeeper::Msg::kind_name)
        .collect()
}

pub(super) static BYTES: Shape = Shape {
    name: "bytes",
    says: "So many bytes, whatever they are.",
    keys: &[must("bytes", &Kind::Int(0, 100_000_000), "How many.")],
};

macro_rules! shapes {
    ($list:ident, $doc:literal, $($name:literal: $says:literal { $first:expr $(, $key:expr)* $(,)? })+) => {
        #[doc = $doc]
        pub(super) const $list: &[&Shape] = &[$(&Shape {
            name: $name,
            says: $says,
            keys: &[must($name, $first, $says) $(, $key)*],
        }),+];
    };
}

shapes! { ACTS, "All acts.",
    "start": "Starts processes that are down." { &NODES }
    "crash": "Kills processes (SIGKILL): memory goes, what was written stays." { &NODES }
    "restart": "Kills processes if they run, and starts them." { &NODES }
    "pause": "Stops processes (SIGSTOP): their sockets still receive, their timers fire late." { &NODES }
    "resume": "Lets stopped processes go on (SIGCONT)." { &NODES }
    "power_loss": "Cuts the power of hosts, or of all hosts of a zone: what was not synced is lost." { &NODES }
    "partition": "Cuts the links between groups of nodes; `others` is every server not named." { &Kind::List(&NODES) }
    "cut": "Cuts links: bytes wait until healed, or until somebody gives up." { &LINKS, PORT }
    "swallow": "Loses what is sent on links while their connections stay." { &LINKS, PORT }
    "reject": "Refuses new connections on links." { &LINKS, PORT }
    "heal": "Makes links whole again after partition, cut, swallow, reject; `all` is every link." { &LINKS, PORT }
    "reset": "Resets the connections on links." { &LINKS, PORT }
    "latency": "Gives links another latency." { &LINKS, must("is", &LATENCY_OR_USUAL, "The latency, or `usual`."), PORT }
    "hold": "Keeps a message back, and what follows on its connection." { &MESSAGE, FROM, TO, NTH }
    "deliver": "Delivers a message now." { &MESSAGE, FROM, TO, NTH }
    "drop": "Loses one message, which no TCP does." { &MESSAGE, FROM, TO, NTH }
    "duplicate": "Delivers one message twice, which no TCP does." { &MESSAGE, FROM, TO, NTH }
    "reorder": "Lets the next message of its connection overtake one, which no TCP does." { &MESSAGE, FROM, TO, NTH }
    "slow_disk": "Makes syncs of disks take another time." { &NODES, must("sync_time", &Kind::Latency, "The time of one sync.") }
    "stall_disk": "Makes syncs of disks wait." { &NODES }
    "fill_disk": "Leaves little room on disks." { &NODES, must("bytes", &Kind::Int(0, i64::MAX), "How many more bytes fit.") }
    "fail_disk": "Makes writes and syncs of disks fail." { &NODES }
    "tear_disk": "At the next power loss the oldest write that was not synced is torn in half." { &NODES }
    "mend_disk": "Makes disks work as usual." { &NODES }
    "wipe": "Removes all that stopped servers have on their disks." { &NODES }
    "wall_jump": "Moves the wall clocks of hosts." { &NODES, must("by", &Kind::SignedDuration, "By how much.") }
    "drift": "Makes the clocks of hosts run fast or slow." { &NODES, must("ppm", &Kind::Int(-100_000, 100_000), "Parts per million.") }
    "slow_thread": "Delays what is handed to threads of servers." { &NODES,
        may("thread", &Kind::Words(LaneName::words), "Which thread; all if not said."),
        must("delay", &LATENCY_OR_USUAL, "By how much, or `usual`.") }
    "force_leading": "Lets followers lose their leader and lead without an election, which none does by itself." { &NODES }
    "quit_following": "Lets servers give up the next leader they follow at once, once, which none does by itself." { &NODES }
    "falsify_vote": "Changes the vote that servers tell others, which none does by itself." { &NODES,
        may("zxid", &Kind::Zxid, "Its zxid; as it is if not said."),
        may("round", &Kind::Int(0, i64::MAX), "Its round; as it is if not said.") }
    "advance_counter": "Moves the counter of a leader's zxids, which otherwise takes that many writes." { &NODES,
        must("counter", &Kind::Int(0, u32::MAX as i64), "The counter of the last transaction, as it were.") }
    "connect": "Starts a client, or lets it open a session again." { &Kind::Ref("client") }
    "take_over": "Lets a client take up the session of another, as a process does that was given its id and password." { &Kind::Ref("client"),
        must("session_of", &Kind::Ref("client"), "Whose session."),
        may("wrong_password", &Kind::Bool, "Whether it shows a wrong password.") }
    "create": "Creates a node." { &Kind::Plain, BY, AS,
        may("data", &DATA, "Its data; none if not said."),
        may("ephemeral", &Kind::Bool, "Whether it goes with the session."),
        may("sequential", &Kind::Bool, "Whether its name gets a number."),
        may("container", &Kind::Bool, "Whether the leader deletes it some time after its last child is gone."),
        may("ttl", &Kind::Duration, "How long it lives without a change and without children (needs extendedTypesEnabled)."),
        may("acl", &Kind::Plain, "Who may do what with it, as zkCli writes it; everybody everything if not said.") }
    "set": "Replaces the data of a node." { &Kind::Plain, BY, AS,
        must("data", &DATA, "The data."),
        may("version", &VERSION, "The version it must have; any if not said.") }
    "delete": "Deletes a node." { &Kind::Plain, BY, AS,
        may("version", &VERSION, "The version it must have; any if not said.") }
    "get": "Reads the data of a node." { &Kind::Plain, BY, AS, WATCH }
    "exists": "Asks whether a node exists." { &Kind::Plain, BY, AS, WATCH }
    "children": "Lists the children of a node." { &Kind::Plain, BY, AS, WATCH }
    "set_acl": "Replaces the permissions of a node." { &Kind::Plain, BY, AS,
        must("acl", &Kind::Plain, "Who may do what with it: `world:anyone:r,auth::cdrwa`."),
        may("version", &VERSION, "The version its list must have; any if not said.") }
    "get_acl": "Reads the permissions of a node." { &Kind::Plain, BY, AS }
    "add_auth": "Proves to the client's server who it is: `ann:secret`." { &Kind::Plain, BY, AS,
        may("scheme", &Kind::Plain, "The scheme; digest if not said.") }
    "sync": "Waits until the client's server has caught up." { &Kind::Plain, BY, AS }
    "multi": "Several writes, all or nothing." { &Kind::List(&Kind::OneOf("part", PARTS)), BY, AS }
    "close": "Closes a client's session." { &Kind::Ref("client"), AS }
    "kafka": "Reserved for Kafka; nothing reads it yet." { &Kind::Any }
}

shapes! { PARTS, "The parts of a multi.",
    "create": "Creates a node." { &Kind::Plain,
        may("data", &DATA, "Its data; none if not said."),
        may("ephemeral", &Kind::Bool, "Whether it goes with the session."),
        may("sequential", &Kind::Bool, "Whether its name gets a number."),
        may("container", &Kind::Bool, "Whether the leader deletes it some time after its last child is gone."),
        may("ttl", &Kind::Duration, "How long it lives without a change and without children (needs extendedTypesEnabled)."),
        may("acl", &Kind::Plain, "Who may do what with it, as zkCli writes it; everybody everything if not said.") }
    "set": "Replaces the data of a node." { &Kind::Plain,
        must("data", &DATA, "The data."),
        may("version", &VERSION, "The version it must have; any if not said.") }
    "delete": "Deletes a node." { &Kind::Plain,
        may("version", &VERSION, "The version it must have; any if not said.") }
    "check": "Fails unless the node has this version." { &Kind::Plain,
        must("version", &VERSION, "The version.") }
}
