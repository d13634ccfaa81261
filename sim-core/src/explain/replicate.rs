//! Facts of proposing, committing, applying and writing to disk.

use crate::explain::{At, Sentence, Value, text_words as word, text_world as text};
use crate::zookeeper::{Fact, NodeKind, Txn, TxnBody, Zxid};

/// The sentence of a fact of the broadcast or the disk.
pub(super) fn tell(fact: &Fact, at: At<'_>) -> Sentence {
    let who = |text| Sentence::new(text).with("who", at.server());
    let zxid = |text, zxid: Zxid| who(text).with("zxid", Value::Zxid(zxid));
    let txn_of = |text, txn: &Txn| zxid(text, txn.zxid).with("body", does(&txn.body, txn));
    match fact {
        Fact::Proposed { txn } => txn_of(&text::PROPOSED, txn),
        Fact::ProposalHeard { zxid: heard } => zxid(&text::PROPOSAL_HEARD, *heard),
        Fact::CommitUnmatched {
            zxid: told,
            expected: None,
        } => zxid(&text::COMMIT_UNSEEN, *told),
        Fact::CommitUnmatched {
            zxid: told,
            expected: Some(expected),
        } => zxid(&text::COMMIT_UNMATCHED, *told).with("expected", Value::Zxid(*expected)),
        Fact::Acked {
            by,
            zxid: acked,
            acks,
            needed,
        } => zxid(&text::ACKED, *acked)
            .with("by", Value::Server(*by))
            .with("acks", Value::Number(i64::from(*acks)))
            .with("needed", Value::Number(i64::from(*needed))),
        Fact::Committed { zxid: done, acks } => {
            zxid(&text::COMMITTED, *done).told("acks", Value::Servers(acks.clone()), at.because)
        }
        Fact::Applied { txn, serving: true } => txn_of(&text::APPLIED, txn),
        Fact::Applied {
            txn,
            serving: false,
        } => txn_of(&text::REPLAYED, txn),
        Fact::Logged {
            zxid: logged, file, ..
        } => zxid(&text::LOGGED, *logged).with("file", file_name(*file)),
        Fact::Synced { zxid: upto } => zxid(&text::SYNCED, *upto),
        Fact::SnapshotTaken {
            name,
            last_processed,
        } => zxid(&text::SNAPSHOT_TAKEN, *last_processed).with("name", file_name(*name)),
        Fact::Truncated {
            to,
            removed,
            reported,
        } => who(&text::TRUNCATED)
            .with("to", Value::Zxid(*to))
            .with("removed", Value::Number(i64::from(*removed)))
            .with("reported", Value::Zxid(*reported)),
        Fact::EpochFile { accepted, epoch } => who(if *accepted {
            &text::ACCEPTED_EPOCH_FILE
        } else {
            &text::CURRENT_EPOCH_FILE
        })
        .with("epoch", Value::Epoch(*epoch)),
        Fact::DatabaseReplaced { zxid: to } => zxid(&text::DATABASE_REPLACED, *to),
        other => unreachable!("not the broadcast or the disk: {other:?}"),
    }
}

/// The number in a file's name: hexadecimal without a prefix.
fn file_name(zxid: Zxid) -> Value {
    Value::Name(format!("{:x}", zxid.0).into())
}

/// What a transaction does, as a clause.
fn does(body: &TxnBody, txn: &Txn) -> Value {
    let path = |text, path: &str| Sentence::new(text).with("path", Value::Name(path.into()));
    let clause = match body {
        TxnBody::Create {
            path: at,
            kind: NodeKind::Ephemeral,
            ..
        } => path(&word::DO_CREATE_EPHEMERAL, at),
        TxnBody::Create {
            path: at,
            kind: NodeKind::Container,
            ..
        } => path(&word::DO_CREATE_CONTAINER, at),
        TxnBody::Create {
            path: at,
            kind: NodeKind::Ttl(ms),
            ..
        } => path(&word::DO_CREATE_TTL, at).with("ttl", Value::Number(*ms)),
        TxnBody::DeleteContainer { path: at } => path(&word::DO_DELETE_EMPTY, at),
        TxnBody::SetAcl { path: at, .. } => path(&word::DO_SET_ACL, at),
        TxnBody::Create { path: at, .. } => path(&word::DO_CREATE, at),
        TxnBody::Delete { path: at } => path(&word::DO_DELETE, at),
        TxnBody::SetData { path: at, .. } => path(&word::DO_SET, at),
        TxnBody::Check { path: at, version } => {
            path(&word::DO_CHECK, at).with("version", Value::Number(i64::from(*version)))
        }
        TxnBody::Multi(parts) => {
            let clauses = parts.iter().map(|part| match does(part, txn) {
                Value::Clause(clause) => *clause,
                _ => unreachable!("does answers with a clause"),
            });
            Sentence::new(&word::DO_MULTI).with("parts", Value::Clauses(clauses.collect()))
        }
        TxnBody::CreateSession { timeout_ms } => {
            Sentence::new(&word::DO_OPEN).with("timeout", Value::Number(i64::from(*timeout_ms)))
        }
        TxnBody::CloseSession => {
            Sentence::new(&word::DO_CLOSE).with("session", Value::Session(txn.session))
        }
        TxnBody::Error(error) => {
            Sentence::new(&word::DO_FAIL).with("error", Value::Name(error.name().into()))
        }
    };
    Value::Clause(Box::new(clause))
}
