//! How two votes compare, as a clause.

use crate::base::StepIndex;
use crate::explain::text_election as text;
use crate::explain::{Sentence, Text, Value, text_words};
use crate::zookeeper::{Compared, Notification, Vote};

/// The vote that a notification carries.
pub(super) fn vote_of(notification: &Notification) -> Vote {
    Vote {
        leader: notification.leader,
        zxid: notification.zxid,
        peer_epoch: notification.peer_epoch,
        round: notification.round,
    }
}

/// Why `new` ranks above `old`, told by `by`.
pub(super) fn above(new: &Vote, old: &Vote, compared: Compared, by: &[StepIndex]) -> Sentence {
    clause(
        new,
        old,
        compared,
        by,
        [&text::BY_EPOCH, &text::BY_ZXID, &text::BY_SID],
    )
}

/// Why `new` does not rank above `old`.
pub(super) fn below(new: &Vote, old: &Vote, compared: Compared, by: &[StepIndex]) -> Sentence {
    let texts = [&text::NOT_BY_EPOCH, &text::NOT_BY_ZXID, &text::NOT_BY_SID];
    clause(new, old, compared, by, texts)
}

/// What decided, as a word.
pub(super) fn decided_by(compared: Compared) -> Value {
    Value::Word(match compared {
        Compared::Epoch => &text_words::EPOCH,
        Compared::Zxid => &text_words::ZXID,
        Compared::Sid | Compared::Equal => &text_words::SID,
        Compared::Weight => &text_words::WEIGHT,
    })
}

fn clause(
    new: &Vote,
    old: &Vote,
    compared: Compared,
    by: &[StepIndex],
    texts: [&'static Text; 3],
) -> Sentence {
    let epoch = |s: Sentence| s.told("epoch", Value::Epoch(new.peer_epoch), by);
    match compared {
        Compared::Epoch => Sentence::new(texts[0])
            .told("new", Value::Epoch(new.peer_epoch), by)
            .with("old", Value::Epoch(old.peer_epoch)),
        Compared::Zxid => epoch(Sentence::new(texts[1]))
            .told("new", Value::Zxid(new.zxid), by)
            .with("old", Value::Zxid(old.zxid)),
        Compared::Sid => epoch(Sentence::new(texts[2]))
            .told("zxid", Value::Zxid(new.zxid), by)
            .told("new", Value::Server(new.leader), by)
            .with("old", Value::Server(old.leader)),
        Compared::Equal => epoch(Sentence::new(&text::EQUAL))
            .told("zxid", Value::Zxid(new.zxid), by)
            .told("sid", Value::Server(new.leader), by),
        Compared::Weight => {
            Sentence::new(&text::BY_WEIGHT).told("new", Value::Server(new.leader), by)
        }
    }
}
