//! Facts of sessions and clients.

use crate::explain::text::Text;
use crate::explain::{At, Sentence, Value, text_words as word, text_world as text};
use crate::zookeeper::{Acl, CreateMode, ErrorCode, Fact, Op, OpResult, SessionId};

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
            ..
        } => request(&text::ANSWERED, *session, *cxid)
            .with("zxid", Value::Zxid(*zxid))
            .with("result", Value::Clause(Box::new(got(*error, result)))),
        Fact::Unanswered { session, cxid } => request(&text::UNANSWERED, *session, *cxid),
        Fact::ClientAhead { client_zxid, own } => server(&text::CLIENT_AHEAD)
            .with("theirs", Value::Zxid(*client_zxid))
            .with("own", Value::Zxid(*own)),
        Fact::WatchSet { session, path } => of_session(server(&text::WATCH_SET), *session)
            .with("path", Value::Name(path.as_ref().into())),
        Fact::WatchFired {
            session,
            kind,
            path,
        } => of_session(server(&text::WATCH_FIRED), *session)
            .with("event", Value::Name(kind.name().into()))
            .with("path", Value::Name(path.as_ref().into())),
        Fact::WatchesDropped { session, count } => {
            of_session(server(&text::WATCHES_DROPPED), *session)
                .with("n", Value::Number(i64::from(*count)))
        }
        Fact::EventHeard { kind, path, .. } => client(&text::EVENT_HEARD)
            .with("event", Value::Name(kind.name().into()))
            .with("path", Value::Name(path.as_ref().into())),
        Fact::WatchesResent { since, count, .. } => client(&text::WATCHES_RESENT)
            .with("n", Value::Number(i64::from(*count)))
            .with("zxid", Value::Zxid(*since)),
        Fact::SessionMoved { session } => of_session(server(&text::SESSION_MOVED), *session),
        Fact::WrongPassword { session } => of_session(server(&text::WRONG_PASSWORD), *session),
        Fact::TooManyConnections { open, limit } => server(&text::TOO_MANY_CONNECTIONS)
            .with("n", Value::Number(i64::from(*open)))
            .with("limit", Value::Number(i64::from(*limit))),
        Fact::ClientAuthFailed { session } => {
            of_session(client(&text::CLIENT_AUTH_FAILED), *session)
        }
        Fact::Serving { yes, last_zxid } => server(if *yes {
            &text::SERVING
        } else {
            &text::NOT_SERVING
        })
        .with("zxid", Value::Zxid(*last_zxid)),
        other => unreachable!("not of sessions or clients: {other:?}"),
    }
}

fn of_session(sentence: Sentence, session: SessionId) -> Sentence {
    sentence.with("session", Value::Session(session))
}

/// What an operation asks for.
fn asks(op: &Op) -> Sentence {
    let path = |text, path: &str| Sentence::new(text).with("path", Value::Name(path.into()));
    match op {
        Op::Create {
            path: at,
            mode,
            ttl_ms,
            ..
        } => {
            let words = path(create_word(*mode), at);
            match mode.has_ttl() {
                true => words.with("ttl", Value::Number(*ttl_ms)),
                false => words,
            }
        }
        Op::Delete { path: at, .. } => path(&word::DO_DELETE, at),
        Op::SetData { path: at, .. } => path(&word::DO_SET, at),
        Op::Check { path: at, version } => {
            path(&word::DO_CHECK, at).with("version", Value::Number(i64::from(*version)))
        }
        Op::SetAcl { path: at, .. } => path(&word::DO_SET_ACL, at),
        Op::DeleteContainer { path: at } => path(&word::DO_DELETE_EMPTY, at),
        Op::Reconfig => Sentence::new(&word::DO_RECONFIG),
        Op::MultiRead(ops) => Sentence::new(&word::DO_MULTI_READ)
            .with("parts", Value::Clauses(ops.iter().map(asks).collect())),
        Op::GetAcl { path: at } => path(&word::DO_GET_ACL, at),
        Op::GetEphemerals { prefix } => path(&word::DO_EPHEMERALS, prefix),
        Op::GetAllChildrenNumber { path: at } => path(&word::DO_COUNT, at),
        Op::WhoAmI => Sentence::new(&word::DO_WHO),
        Op::Auth { scheme, .. } => {
            Sentence::new(&word::DO_AUTH).with("scheme", Value::Name(scheme.as_ref().into()))
        }
        Op::SetWatches(_) => Sentence::new(&word::DO_SET_WATCHES),
        Op::AddWatch { path: at, .. } => path(&word::DO_ADD_WATCH, at),
        Op::RemoveWatches { path: at, .. } => path(&word::DO_REMOVE_WATCHES, at),
        Op::CheckWatches { path: at, .. } => path(&word::DO_CHECK_WATCHES, at),
        Op::Unknown { kind } => {
            Sentence::new(&word::DO_UNKNOWN).with("kind", Value::Number(i64::from(*kind)))
        }
        Op::Multi(ops) => Sentence::new(&word::DO_MULTI)
            .with("parts", Value::Clauses(ops.iter().map(asks).collect())),
        Op::GetData { path: at, .. } => path(&word::DO_GET, at),
        Op::Exists { path: at, .. } => path(&word::DO_EXISTS, at),
        Op::GetChildren { path: at, .. } | Op::GetChildren2 { path: at, .. } => {
            path(&word::DO_CHILDREN, at)
        }
        Op::Sync { .. } => Sentence::new(&word::DO_SYNC),
        Op::Ping => Sentence::new(&word::DO_PING),
        Op::CreateSession { timeout_ms } => {
            Sentence::new(&word::DO_OPEN).with("timeout", Value::Number(i64::from(*timeout_ms)))
        }
        Op::CloseSession => Sentence::new(&word::DO_CLOSE_OWN),
    }
}

fn create_word(mode: CreateMode) -> &'static Text {
    match mode {
        CreateMode::Persistent => &word::DO_CREATE,
        CreateMode::Ephemeral => &word::DO_CREATE_EPHEMERAL,
        CreateMode::PersistentSequential => &word::DO_CREATE_SEQUENTIAL,
        CreateMode::EphemeralSequential => &word::DO_CREATE_EPHEMERAL_SEQUENTIAL,
        CreateMode::Container => &word::DO_CREATE_CONTAINER,
        CreateMode::PersistentWithTtl => &word::DO_CREATE_TTL,
        CreateMode::PersistentSequentialWithTtl => &word::DO_CREATE_SEQUENTIAL_TTL,
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
        OpResult::Path(path) | OpResult::Created(path, _) => {
            Sentence::new(&word::GOT_PATH).with("path", Value::Name(path.as_ref().into()))
        }
        OpResult::Stat(stat) => Sentence::new(&word::GOT_STAT)
            .with("version", Value::Number(i64::from(stat.version)))
            .with("mzxid", Value::Zxid(stat.mzxid)),
        OpResult::Data(data, stat) => Sentence::new(&word::GOT_DATA)
            .with("bytes", Value::Number(data.len() as i64))
            .with("version", Value::Number(i64::from(stat.version)))
            .with("mzxid", Value::Zxid(stat.mzxid)),
        OpResult::Children(children) | OpResult::Children2(children, _) => {
            number(&word::GOT_CHILDREN, children.len())
        }
        OpResult::Acl(acl, stat) => number(&word::GOT_ACL, acl.entries().map_or(0, <[Acl]>::len))
            .with("version", Value::Number(i64::from(stat.aversion))),
        OpResult::Number(count) => {
            Sentence::new(&word::GOT_NUMBER).with("n", Value::Number(i64::from(*count)))
        }
        OpResult::Identities(ids) => number(&word::GOT_IDENTITIES, ids.len()),
        OpResult::Error(error) => failed(*error),
        OpResult::Multi(results) => number(&word::GOT_MULTI, results.len()),
    }
}
