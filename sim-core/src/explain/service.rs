//! Facts of sessions and clients.

use crate::explain::{At, Sentence, Value, text_words as word, text_world as text};
use crate::zookeeper::{ErrorCode, Fact, Op, OpResult};

/// The sentence of a fact of sessions or clients.
pub(super) fn tell(fact: &Fact, at: At<'_>) -> Sentence {
    let server = |text| Sentence::new(text).with("who", at.server());
    let client = |text| Sentence::new(text).with("who", at.whoever());
    let request = |text, session, cxid: i32| {
        client(text)
            .with("session", Value::Session(session))
            .with("cxid", Value::Number(i64::from(cxid)))
    };
    match fact {
        Fact::SessionOpened {
            session,
            timeout_ms,
        } => server(&text::SESSION_OPENED)
            .with("session", Value::Session(*session))
            .with("timeout", Value::Number(i64::from(*timeout_ms))),
        Fact::SessionExpired { session } => {
            server(&text::SESSION_EXPIRED).with("session", Value::Session(*session))
        }
        Fact::ClientConnected { session, to } => client(&text::CLIENT_CONNECTED)
            .with("session", Value::Session(*session))
            .with("to", Value::Server(*to)),
        Fact::ClientDisconnected { from } => {
            client(&text::CLIENT_DISCONNECTED).with("from", Value::Server(*from))
        }
        Fact::ClientExpired { session } => {
            client(&text::CLIENT_EXPIRED).with("session", Value::Session(*session))
        }
        Fact::Asked {
            session,
            cxid,
            op,
            to,
        } => request(&text::ASKED, *session, *cxid)
            .with("to", Value::Server(*to))
            .with("body", Value::Clause(Box::new(asks(op)))),
        Fact::Answered {
            session,
            cxid,
            zxid,
            error,
            result,
        } => request(&text::ANSWERED, *session, *cxid)
            .with("zxid", Value::Zxid(*zxid))
            .with("result", Value::Clause(Box::new(got(*error, result)))),
        Fact::Unanswered { session, cxid } => request(&text::UNANSWERED, *session, *cxid),
        Fact::ClientAhead { client_zxid, own } => server(&text::CLIENT_AHEAD)
            .with("theirs", Value::Zxid(*client_zxid))
            .with("own", Value::Zxid(*own)),
        Fact::Serving { yes, last_zxid } => server(if *yes {
            &text::SERVING
        } else {
            &text::NOT_SERVING
        })
        .with("zxid", Value::Zxid(*last_zxid)),
        other => unreachable!("not of sessions or clients: {other:?}"),
    }
}

/// What an operation asks for.
fn asks(op: &Op) -> Sentence {
    let path = |text, path: &str| Sentence::new(text).with("path", Value::Name(path.into()));
    match op {
        Op::Create {
            path: at,
            ephemeral,
            sequential,
            ..
        } => path(
            match (ephemeral, sequential) {
                (false, false) => &word::DO_CREATE,
                (true, false) => &word::DO_CREATE_EPHEMERAL,
                (false, true) => &word::DO_CREATE_SEQUENTIAL,
                (true, true) => &word::DO_CREATE_EPHEMERAL_SEQUENTIAL,
            },
            at,
        ),
        Op::Delete { path: at, .. } => path(&word::DO_DELETE, at),
        Op::SetData { path: at, .. } => path(&word::DO_SET, at),
        Op::Check { path: at, version } => {
            path(&word::DO_CHECK, at).with("version", Value::Number(i64::from(*version)))
        }
        Op::Multi(ops) => Sentence::new(&word::DO_MULTI)
            .with("parts", Value::Clauses(ops.iter().map(asks).collect())),
        Op::GetData { path: at, .. } => path(&word::DO_GET, at),
        Op::Exists { path: at, .. } => path(&word::DO_EXISTS, at),
        Op::GetChildren { path: at, .. } => path(&word::DO_CHILDREN, at),
        Op::Sync { .. } => Sentence::new(&word::DO_SYNC),
        Op::Ping => Sentence::new(&word::DO_PING),
        Op::CreateSession { timeout_ms } => {
            Sentence::new(&word::DO_OPEN).with("timeout", Value::Number(i64::from(*timeout_ms)))
        }
        Op::CloseSession => Sentence::new(&word::DO_CLOSE_OWN),
    }
}

/// What came back.
fn got(error: Option<ErrorCode>, result: &OpResult) -> Sentence {
    let failed = |error: ErrorCode| {
        Sentence::new(&word::GOT_ERROR).with("error", Value::Name(error.name().into()))
    };
    if let Some(error) = error {
        return failed(error);
    }
    let number = |text, n: usize| Sentence::new(text).with("n", Value::Number(n as i64));
    match result {
        OpResult::Done => Sentence::new(&word::GOT_DONE),
        OpResult::Path(path) => {
            Sentence::new(&word::GOT_PATH).with("path", Value::Name(path.as_ref().into()))
        }
        OpResult::Stat(stat) => Sentence::new(&word::GOT_STAT)
            .with("version", Value::Number(i64::from(stat.version)))
            .with("mzxid", Value::Zxid(stat.mzxid)),
        OpResult::Data(data, stat) => Sentence::new(&word::GOT_DATA)
            .with("bytes", Value::Number(data.len() as i64))
            .with("version", Value::Number(i64::from(stat.version)))
            .with("mzxid", Value::Zxid(stat.mzxid)),
        OpResult::Children(children) => number(&word::GOT_CHILDREN, children.len()),
        OpResult::Error(error) => failed(*error),
        OpResult::Multi(results) => number(&word::GOT_MULTI, results.len()),
    }
}
