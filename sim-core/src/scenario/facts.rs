//! The facts that conditions can name: kinds, fields, and what a field holds.
//!
//! A row per variant of [`Fact`](crate::zookeeper::Fact), as serde writes it; a test reads the source of the facts and
//! holds the two together. A field is compared as the fact's serialised form shows it, so nothing is derived again.

use crate::zookeeper::ErrorCode;

/// What a field of a fact holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldKind {
    /// A zxid.
    Zxid,
    /// A whole number.
    Int,
    /// Yes or no.
    Bool,
    /// A server.
    Sid,
    /// Servers.
    Sids,
    /// Any text.
    Text,
    /// One of a few words.
    Words(&'static str),
}

/// The kinds of facts, with their fields as `name:kind`, `?` where there may be none.
const FACTS: &[(&str, &str)] = &[
    (
        "loaded",
        "last_zxid:zxid snapshot:zxid? replayed:int accepted_epoch:int current_epoch:int",
    ),
    ("runs_alone", "last_zxid:zxid snapshot:zxid? replayed:int"),
    ("fatal", "code:int reason:text"),
    ("state", "from:state to:state"),
    ("phase_is", "from:phase to:phase"),
    ("round_began", "vote:vote"),
    ("voted", "from:vote? to:vote heard:heard? compared:compared"),
    (
        "heard",
        "sender:sid notification:notification own_state:state own:vote \
         used:notification_use compared:compared?",
    ),
    ("tally", "for_vote:vote counted:sids needed:int quorum:bool"),
    ("finalize_began", "vote:vote votes:sids"),
    ("back_off", "waited_ms:int next_ms:int resent:bool"),
    ("no_word_from_leader", "leader:sid votes:sids"),
    (
        "decided",
        "state:state vote:vote branch:branch votes:sids joined_existing:bool",
    ),
    ("cnx_up", "with:sid dialled_by_me:bool"),
    ("cnx_yielded", "to:sid"),
    ("cnx_down", "with:sid"),
    ("cnx_failed", "to:sid timed_out:bool"),
    ("sent_late", "to:sid notification:notification again:bool"),
    ("port_open", ""),
    ("connect_failed", "leader:sid attempt:int pause_ms:int"),
    (
        "learner_heard",
        "learner:sid accepted_epoch:int observer:bool",
    ),
    ("epoch_proposed", "epoch:int highest_heard:int heard:sids"),
    (
        "epoch_heard",
        "leader:sid offered:int accepted:int verdict:verdict",
    ),
    (
        "ack_epoch_heard",
        "follower:sid epoch:int? zxid:zxid own_epoch:int own_zxid:zxid verdict:verdict",
    ),
    ("epoch_agreed", "epoch:int followers:sids"),
    (
        "sync_chosen",
        "learner:sid kind:sync_kind zxid:zxid row:sync_row peer_last_zxid:zxid \
         min_committed_log:zxid max_committed_log:zxid leader_last_processed:zxid \
         proposals:int",
    ),
    ("sync_heard", "kind:sync_kind zxid:zxid"),
    ("new_leader_heard", "epoch:int"),
    ("new_leader_ack", "learner:sid zxid:zxid verdict:verdict"),
    (
        "established",
        "epoch:int followers:sids last_processed:zxid history_digest:int \
         history_len:int",
    ),
    ("up_to_date", "last_processed:zxid"),
    ("learner_lost", "learner:sid loss:loss"),
    ("stepped_down", "was:state why:step_down synced:sids"),
    ("proposed", "txn:txn"),
    ("proposal_heard", "zxid:zxid"),
    ("commit_unmatched", "zxid:zxid expected:zxid?"),
    ("acked", "by:sid zxid:zxid acks:int needed:int"),
    ("committed", "zxid:zxid acks:sids"),
    ("applied", "txn:txn serving:bool"),
    ("logged", "zxid:zxid digest:int file:zxid"),
    ("synced", "zxid:zxid"),
    ("snapshot_taken", "name:zxid last_processed:zxid"),
    ("truncated", "to:zxid removed:int reported:zxid"),
    ("epoch_file", "accepted:bool epoch:int"),
    ("database_replaced", "zxid:zxid"),
    ("session_opened", "session:int timeout_ms:int"),
    ("session_expired", "session:int"),
    ("client_connected", "session:int to:sid"),
    ("client_disconnected", "from:sid"),
    ("client_expired", "session:int"),
    ("asked", "session:int cxid:int op:op to:sid"),
    (
        "answered",
        "session:int cxid:int op:op zxid:zxid error:error? result:result",
    ),
    ("unanswered", "session:int cxid:int"),
    ("client_ahead", "client_zxid:zxid own:zxid"),
    ("watch_set", "session:int path:text"),
    ("watch_fired", "session:int kind:event path:text"),
    ("watches_dropped", "session:int count:int"),
    ("event_heard", "session:int kind:event path:text"),
    ("watches_resent", "session:int since:zxid count:int"),
    ("session_moved", "session:int"),
    ("wrong_password", "session:int"),
    ("too_many_connections", "open:int limit:int"),
    ("client_auth_failed", "session:int"),
    ("serving", "yes:bool last_zxid:zxid"),
    ("tampered", "state:state? vote:vote? zxid:zxid?"),
];

/// The words of the enums in facts.
const WORDS: &[(&str, &str)] = &[
    ("state", "LOOKING FOLLOWING LEADING OBSERVING"),
    ("compared", "epoch zxid sid equal weight"),
    (
        "notification_use",
        "answered_observer answered_looking ignored dropped_not_a_voter \
         dropped_uninitialised dropped_old_round dropped_observing newer_round adopted \
         counted lost_while_finalising put_back out_of_election",
    ),
    ("branch", "finalised same_round out_of_election"),
    ("phase", "election discovery synchronization broadcast"),
    ("sync_kind", "DIFF TRUNC SNAP"),
    (
        "sync_row",
        "forced equal ahead committed_log disk_log too_far_behind disk_log_too_large \
         epoch_boundary gap_in_log",
    ),
    (
        "step_down",
        "epoch_wait voter_looks_again ack_epoch_wait new_leader_wait no_quorum follower_ahead \
         cannot_connect connection_lost read_timeout lower_epoch bad_packet disk_failed \
         counter_ran_out leader_gone from_outside",
    ),
    (
        "loss",
        "connection_lost read_timeout proposal_timeout ahead_of_leader \
         not_new_leader_ack replaced leader_gone wait_timeout bad_packet disk_failed",
    ),
    ("verdict", "accepted already_accepted refused"),
];

/// What the fields that are structures hold.
const PARTS: &[(&str, &str)] = &[
    ("vote", "leader:sid zxid:zxid peer_epoch:int round:int"),
    (
        "notification",
        "state:state leader:sid zxid:zxid round:int peer_epoch:int version:int",
    ),
    ("heard", "0:sid 1:notification"),
    (
        "txn",
        "zxid:zxid session:int cxid:int time_ms:int digest:int body:body",
    ),
    ("body", "create:pathed delete:pathed set_data:pathed"),
    (
        "op",
        "create:pathed delete:pathed set_data:pathed get_data:pathed exists:pathed",
    ),
    ("pathed", "path:text version:int"),
    ("result", "path:text"),
];

/// The names of all kinds of facts.
pub(super) fn kinds() -> Vec<&'static str> {
    FACTS.iter().map(|(name, _)| *name).collect()
}

/// The answers to operations: `ok`, `pending`, `lost` and the names of errors.
pub(super) fn answers() -> Vec<&'static str> {
    let errors = ErrorCode::ALL.iter().map(|error| error.name());
    let errors = errors.filter(|name| *name != ErrorCode::Ok.name());
    ["ok", "pending", "lost"]
        .into_iter()
        .chain(errors)
        .collect()
}

/// What the field at `path` of a kind of fact holds.
pub(super) fn field(fact: &str, path: &str) -> Option<FieldKind> {
    fields(fact)
        .into_iter()
        .find(|(name, _)| name == path)
        .map(|(_, kind)| kind)
}

/// All fields of a kind of fact, by path.
pub(super) fn fields(fact: &str) -> Vec<(String, FieldKind)> {
    let mut found = Vec::new();
    if let Some((_, row)) = FACTS.iter().find(|(name, _)| *name == fact) {
        expand("", row, &mut found);
    }
    found
}

fn expand(prefix: &str, row: &'static str, found: &mut Vec<(String, FieldKind)>) {
    for field in row.split_ascii_whitespace() {
        let (name, kind) = field
            .trim_end_matches('?')
            .split_once(':')
            .unwrap_or((field, "int"));
        let path = format!("{prefix}{name}");
        match PARTS.iter().find(|(part, _)| *part == kind) {
            Some((_, row)) => expand(&format!("{path}."), row, found),
            None => found.push((path, plain(kind))),
        }
    }
}

fn plain(kind: &str) -> FieldKind {
    match kind {
        "zxid" => FieldKind::Zxid,
        "bool" => FieldKind::Bool,
        "sid" => FieldKind::Sid,
        "sids" => FieldKind::Sids,
        "text" | "error" | "event" => FieldKind::Text,
        _ => match WORDS.iter().find(|(name, _)| *name == kind) {
            Some((_, words)) => FieldKind::Words(words),
            None => FieldKind::Int,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = include_str!("../zookeeper/fact.rs");

    fn snake(name: &str) -> String {
        let mut snake = String::new();
        for c in name.chars() {
            if c.is_ascii_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.push(c.to_ascii_lowercase());
        }
        snake
    }

    /// The text between the braces behind `head`, without comments and attributes.
    fn body(head: &str) -> String {
        let from = SOURCE.split_once(head).expect("the enum is there").1;
        let mut depth = 1;
        let end = from.find(|c: char| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        let lines = from[..end.expect("it ends")].lines().map(str::trim);
        lines
            .filter(|line| !line.starts_with("//") && !line.starts_with('#'))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Variants of `Fact` with the names of their fields, as the source has them.
    fn variants() -> Vec<(String, Vec<String>)> {
        let mut rest = &body("pub enum Fact {")[..];
        let mut found = Vec::new();
        while let Some(at) = rest.find(|c: char| c.is_ascii_uppercase()) {
            rest = &rest[at..];
            let end = rest
                .find(|c: char| !c.is_ascii_alphanumeric())
                .expect("a name ends");
            let name = snake(&rest[..end]);
            rest = rest[end..].trim_start();
            let mut fields = Vec::new();
            if let Some(inner) = rest.strip_prefix('{') {
                let (inside, after) = inner.split_once('}').expect("fields end");
                let names = inside
                    .split(": ")
                    .filter_map(|part| part.split([' ', ',']).next_back());
                fields = names.map(str::to_owned).collect();
                fields.pop();
                rest = after;
            }
            found.push((name, fields));
        }
        found
    }

    #[test]
    fn every_fact_and_field_has_its_row() {
        for (name, fields) in variants() {
            let row = FACTS.iter().find(|(fact, _)| *fact == name);
            let row =
                row.unwrap_or_else(|| panic!("fact `{name}` has no row in scenario/facts.rs"));
            let names: Vec<&str> = row
                .1
                .split_ascii_whitespace()
                .filter_map(|field| field.split(':').next())
                .collect();
            assert_eq!(names, fields, "the row of `{name}` in scenario/facts.rs");
        }
        assert_eq!(
            variants().len(),
            FACTS.len(),
            "rows of facts that are no more"
        );
    }

    #[test]
    fn every_word_of_every_enum_is_there() {
        for (name, words) in &WORDS[1..] {
            let head: String = name
                .split('_')
                .map(|part| part[..1].to_uppercase() + &part[1..])
                .collect();
            let inside = body(&format!("pub enum {head} {{"));
            let variants = inside
                .split(',')
                .map(str::trim)
                .filter(|v| !v.is_empty())
                .map(snake);
            let written = words.split_ascii_whitespace().map(str::to_lowercase);
            assert_eq!(
                variants.collect::<Vec<_>>(),
                written.collect::<Vec<_>>(),
                "the words of `{name}` in scenario/facts.rs"
            );
        }
    }

    #[test]
    fn structures_are_reached_by_path() {
        assert_eq!(field("decided", "vote.leader"), Some(FieldKind::Sid));
        assert_eq!(field("voted", "heard.1.round"), Some(FieldKind::Int));
        assert_eq!(
            field("proposed", "txn.body.create.path"),
            Some(FieldKind::Text)
        );
        assert_eq!(field("decided", "leader"), None);
    }
}
