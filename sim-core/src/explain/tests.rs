//! The texts fit each other and the facts; sentences read as the reference words them.

use crate::base::StepIndex;
use crate::explain::samples::{self, fact, names, notification, record, vote};
use crate::explain::text::{Piece, pieces};
use crate::explain::*;
use crate::trace::What;
use crate::zookeeper::{Branch, Compared, Epoch, Fact, ServerState, Sid, Zxid};
use std::collections::BTreeSet;

fn all_texts() -> Vec<&'static Text> {
    [
        text_election::ALL,
        text_sync::ALL,
        text_words::ALL,
        text_world::ALL,
    ]
    .concat()
}

fn arguments(template: &str) -> BTreeSet<&str> {
    pieces(template)
        .filter_map(|piece| match piece {
            Piece::Plain(_) => None,
            Piece::Arg(name) | Piece::Plural(name, ..) => Some(name),
        })
        .collect()
}

fn every_sentence() -> Vec<Sentence> {
    let names = names();
    let facts = samples::facts().into_iter().map(|f| fact(1, 0, f, &[]));
    let records = facts.chain(samples::records());
    let told = records.map(|record| sentence(&record, &names));
    let faults = samples::faults();
    told.chain(faults.iter().map(|f| fault(f, &names)))
        .collect()
}

/// The sentence and all sentences and words within it.
fn inner<'a>(
    sentence: &'a Sentence,
    seen: &mut BTreeSet<&'static str>,
    all: &mut Vec<&'a Sentence>,
) {
    seen.insert(sentence.text.key);
    all.push(sentence);
    for arg in &sentence.args {
        match &arg.value {
            Value::Word(word) => drop(seen.insert(word.key)),
            Value::Clause(clause) => inner(clause, seen, all),
            Value::Clauses(clauses) => clauses.iter().for_each(|c| inner(c, seen, all)),
            _ => {}
        }
    }
}

#[test]
fn both_languages_and_both_lengths_use_the_same_arguments() {
    let mut keys = BTreeSet::new();
    for text in all_texts() {
        assert!(keys.insert(text.key), "two texts named {}", text.key);
        let long = arguments(text.en);
        assert_eq!(long, arguments(text.zh), "{}", text.key);
        let short = arguments(text.en_short);
        assert_eq!(short, arguments(text.zh_short), "{} (short)", text.key);
        assert!(short.is_subset(&long), "{} (short)", text.key);
        let empty = text.key == "fault.nothing";
        for (lang, length) in [
            (Lang::En, false),
            (Lang::En, true),
            (Lang::Zh, false),
            (Lang::Zh, true),
        ] {
            assert_eq!(
                text.template(lang, length).is_empty(),
                empty,
                "{}",
                text.key
            );
        }
    }
}

#[test]
fn every_sentence_has_exactly_the_arguments_of_its_text() {
    for told in every_sentence() {
        let mut all = Vec::new();
        inner(&told, &mut BTreeSet::new(), &mut all);
        for sentence in all {
            let names: Vec<&str> = sentence.args.iter().map(|arg| arg.name).collect();
            let given: BTreeSet<&str> = names.iter().copied().collect();
            assert_eq!(given.len(), names.len(), "{} twice", sentence.text.key);
            assert_eq!(given, arguments(sentence.text.en), "{}", sentence.text.key);
        }
        for lang in [Lang::En, Lang::Zh] {
            assert!(!told.render(lang).contains(['{', '}', '|']), "{told:?}");
            assert!(!told.render_short(lang).is_empty(), "{told:?}");
        }
    }
}

#[test]
fn every_text_is_used() {
    let mut seen = BTreeSet::new();
    for told in every_sentence() {
        inner(&told, &mut seen, &mut Vec::new());
    }
    // Stands in place of an empty list, not in an argument.
    seen.insert("nobody");
    let keys: BTreeSet<&str> = all_texts().iter().map(|text| text.key).collect();
    let unused: Vec<_> = keys.difference(&seen).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn chinese_uses_chinese_punctuation_and_english_no_chinese() {
    for text in all_texts() {
        for template in [text.zh, text.zh_short] {
            let plain: String = pieces(template)
                .filter_map(|p| match p {
                    Piece::Plain(text) => Some(text),
                    _ => None,
                })
                .collect();
            assert!(
                !plain.contains([',', ';', '?', '!']),
                "{}: {plain}",
                text.key
            );
            assert!(!plain.contains(": "), "{}: {plain}", text.key);
        }
        let foreign = |c: char| ('\u{3000}'..='\u{9fff}').contains(&c) || c == '：' || c == '，';
        assert!(!text.en.contains(foreign), "{}", text.key);
        assert!(!text.en_short.contains(foreign), "{}", text.key);
    }
}

/// The wordings that the task gives as examples.
#[test]
fn the_examples_read_as_asked() {
    let names = names();
    let moved = fact(
        7,
        0,
        Fact::Voted {
            from: Some(vote(1, 0, 0, 1)),
            to: vote(2, 0, 0, 1),
            heard: Some((Sid(2), notification(ServerState::Looking, vote(2, 0, 0, 1)))),
            compared: Compared::Sid,
        },
        &[7, 3],
    );
    let moved = sentence(&moved, &names);
    assert_eq!(
        moved.render(Lang::En),
        "server 1 moves its vote from 1 to 2: same epoch 0, same zxid 0x0, sid 2 > 1"
    );
    assert_eq!(
        moved.render(Lang::Zh),
        "服务器 1 把选票从 1 改投 2：epoch 同为 0，zxid 同为 0x0，sid 2 > 1"
    );
    assert_eq!(moved.render_short(Lang::En), "vote 1 → 2: sid 2 > 1");
    assert_eq!(moved.render_short(Lang::Zh), "改投 1 → 2：sid 2 > 1");

    let joins = fact(
        90,
        3,
        Fact::Decided {
            state: ServerState::Following,
            vote: vote(3, 0, 1, 1),
            branch: Branch::OutOfElection,
            votes: [1, 2, 3].map(Sid).into(),
            joined_existing: true,
        },
        &[81, 82, 83],
    );
    let joins = sentence(&joins, &names);
    assert_eq!(
        joins.render(Lang::En),
        "server 4 follows 3: three equal votes from 1, 2, 3 and LEADING from 3 itself; \
         it does not count its own"
    );
    assert_eq!(
        joins.render(Lang::Zh),
        "服务器 4 跟随 3：来自 1、2、3 的三张相同选票，加上 3 自己的 LEADING；不计自己的一票"
    );
    let parts = joins.parts(Lang::En, false);
    let told = |text: &str| parts.iter().find(|p| p.text == text).map(|p| p.by.clone());
    assert_eq!(told("2").as_deref(), Some(&[StepIndex(82)][..]));
}

/// A space stands between Chinese and other characters only.
#[test]
fn chinese_closes_up() {
    let names = names();
    let killed = fault(&crate::engine::Fault::Crash(crate::base::NodeId(2)), &names);
    assert_eq!(killed.render(Lang::Zh), "杀死服务器 3");
    assert_eq!(killed.render(Lang::En), "server 3 is killed");
    for told in every_sentence() {
        let chinese = |c: char| ('\u{2e80}'..='\u{9fff}').contains(&c);
        let text: Vec<char> = told.render(Lang::Zh).chars().collect();
        let apart = |w: &[char]| chinese(w[0]) && w[1] == ' ' && chinese(w[2]);
        assert!(!text.windows(3).any(apart), "{}", told.render(Lang::Zh));
    }
}

/// Two servers of three: 1 hears 2, both agree, and 3 was killed.
#[test]
fn the_chain_leads_from_a_leader_to_votes_disks_and_kills() {
    let names = Names::new((1..=3).map(|sid| Who::Server(Sid(sid), true)).collect());
    let loaded = || Fact::Loaded {
        last_zxid: Zxid(8),
        snapshot: None,
        replayed: 8,
        accepted_epoch: Epoch(1),
        current_epoch: Epoch(1),
    };
    let began = |sid| Fact::RoundBegan {
        vote: vote(sid, 8, 1, 2),
    };
    let gone = || Fact::SteppedDown {
        was: ServerState::Following,
        why: crate::zookeeper::StepDown::ConnectionLost,
        synced: [].into(),
    };
    let input = |step, node, cause| crate::trace::Record {
        cause: StepIndex(cause),
        ..record(
            step,
            node,
            What::Handed {
                lane: crate::base::Lane(0),
            },
        )
    };
    let caused = |cause, record: crate::trace::Record<Fact>| crate::trace::Record {
        cause: StepIndex(cause),
        ..record
    };
    let records = vec![
        fact(1, 0, loaded(), &[]),
        fact(2, 1, loaded(), &[]),
        record(3, 2, What::Faulted("Crash(n2)".into())),
        input(4, 0, 3),
        caused(3, fact(4, 0, gone(), &[])),
        caused(3, fact(4, 0, began(1), &[1])),
        input(5, 1, 3),
        caused(3, fact(5, 1, gone(), &[])),
        caused(3, fact(5, 1, began(2), &[2])),
        input(6, 0, 5),
        caused(
            5,
            fact(
                6,
                0,
                Fact::Voted {
                    from: Some(vote(1, 8, 1, 2)),
                    to: vote(2, 8, 1, 2),
                    heard: Some((Sid(2), notification(ServerState::Looking, vote(2, 8, 1, 2)))),
                    compared: Compared::Sid,
                },
                &[6, 4],
            ),
        ),
        input(7, 1, 6),
        input(8, 1, 5),
        input(9, 1, 7),
        fact(
            9,
            1,
            Fact::Decided {
                state: ServerState::Leading,
                vote: vote(2, 8, 1, 2),
                branch: Branch::Finalised,
                votes: [1, 2].map(Sid).into(),
                joined_existing: false,
            },
            &[7, 8],
        ),
    ];
    let reason = why(StepIndex(9), &records[..], &names, Limits::default()).expect("a reason");
    assert_eq!(
        reason.render(Lang::En),
        "\
server 2 leads: two equal votes from 1, 2 and 200 ms without a better one (round 2, epoch 1, zxid 0x8)
  server 1 moves its vote from 1 to 2: same epoch 1, same zxid 0x8, sid 2 > 1
    server 2 begins election round 2 with a vote for itself: epoch 1, zxid 0x8
      server 2 reads its disk: 8 transactions from the log, last zxid 0x8, currentEpoch 1, acceptedEpoch 1
      server 2 gives up FOLLOWING and looks for a leader again: the connection to its leader ended
        server 3 is killed
    server 1 begins election round 2 with a vote for itself: epoch 1, zxid 0x8
      server 1 reads its disk: 8 transactions from the log, last zxid 0x8, currentEpoch 1, acceptedEpoch 1
      server 1 gives up FOLLOWING and looks for a leader again: the connection to its leader ended
        server 3 is killed
  server 2 begins election round 2 with a vote for itself: epoch 1, zxid 0x8
  server 3 is killed
"
    );
    let shallow = Limits {
        depth: 1,
        ..Limits::default()
    };
    let cut = why(StepIndex(9), &records[..], &names, shallow).expect("a reason");
    assert_eq!(cut.walk().iter().map(|(depth, _)| *depth).max(), Some(1));
    assert!(cut.reasons[0].cut);
}
