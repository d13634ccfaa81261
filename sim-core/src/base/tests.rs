//! Pinned vectors and properties of the ground floor.
//!
//! The keystream is the published test vector of ChaCha8 with a key and nonce of zeros
//! (draft-strombergson-chacha- test-vectors-00, TC1, 256 bits). The other numbers were computed
//! from the module's documentation by an independent program in another language.

use super::*;

#[test]
fn the_keys_are_the_published_keystream() {
    let published: [u8; 64] = [
        0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6, 0x7f, 0x5b, 0xb8, 0xe8, 0x1f, 0x09, 0xa5,
        0xa1, 0x2c, 0x84, 0x0e, 0xc3, 0xce, 0x9a, 0x7f, 0x3b, 0x18, 0x1b, 0xe1, 0x88, 0xef, 0x71,
        0x1a, 0x1e, 0x98, 0x4c, 0xe1, 0x72, 0xb9, 0x21, 0x6f, 0x41, 0x9f, 0x44, 0x53, 0x67, 0x45,
        0x6d, 0x56, 0x19, 0x31, 0x4a, 0x42, 0xa3, 0xda, 0x86, 0xb0, 0x01, 0x38, 0x7b, 0xfd, 0xb8,
        0x0e, 0x0c, 0xfe, 0x42,
    ];
    let words = published
        .chunks(8)
        .map(|word| u64::from_le_bytes(word.try_into().unwrap()));
    assert_eq!(Keys::new(0).0[..8], words.collect::<Vec<_>>());
    assert_eq!(
        Keys::new(0).0[8..],
        [0x51c1_a5ea_0dfa_aed2, 0xada5_f201_6cdb_0abf]
    );
    assert_eq!(Keys::new(1).0[0], 0x61a9_4a49_a0e9_5ecf);
    assert_eq!(Keys::new(0xdead_beef).0[9], 0xc388_7c58_3780_2fae);
}

#[test]
fn the_mixer_and_the_draws_are_pinned() {
    let inputs = [0, 1, 2, u64::MAX, 0x0123_4567_89ab_cdef];
    let expected = [
        0,
        0x3c02_aa47_7582_92bd,
        0x946f_086b_bb95_6c5d,
        0x78a9_666a_39c1_a1b5,
        0x6d97_305f_5628_8c62,
    ];
    assert_eq!(inputs.map(mix), expected);
    let at = |seed, purpose, subject, nth| {
        Keys::new(seed).at(Point {
            purpose,
            subject,
            nth,
        })
    };
    assert_eq!(at(0, Purpose::Latency, 0, 0), 0x398c_1037_71e0_9954);
    assert_eq!(at(0, Purpose::Latency, 0, 1), 0xefb5_9b9f_bd86_f9e6);
    assert_eq!(at(1, Purpose::Latency, 5, 2), 0x4215_7258_66c8_80f5);
    assert_eq!(
        at(42, Purpose::Campaign, u64::MAX, u32::MAX),
        0xbb25_24ad_c2ef_ffa7
    );
    assert_eq!(
        at(7, Purpose::Sync, 1 << 24 | 7 << 8 | 1, 1),
        0x8917_57d9_e348_3663
    );
}

#[test]
fn the_hasher_is_pinned_and_knows_no_word_size() {
    assert_eq!(stable_hash(&1u64), 0xb70f_b2cc_55af_013f);
    assert_eq!(stable_hash(&(1u8, 2u16, -1i32)), 0xc77a_4844_a75e_529f);
    assert_eq!(stable_hash("quorumscope"), 0x3335_1779_387c_5f22);
    assert_eq!(stable_hash(&vec![3usize, 4]), 0x6a5f_dcdd_de7b_f2a0);
    assert_eq!(stable_hash(&vec![3u64, 4]), stable_hash(&vec![3usize, 4]));
}

#[test]
fn counters_count_each_subject_and_purpose_by_itself() {
    let mut counters = Counters::default();
    let mut nth = |purpose, subject| counters.next(purpose, subject).nth;
    assert_eq!(
        [
            nth(Purpose::Lane, 3),
            nth(Purpose::Lane, 3),
            nth(Purpose::Sync, 3)
        ],
        [0, 1, 0]
    );
    assert_eq!(
        [nth(Purpose::Lane, 1 << 40), nth(Purpose::Lane, 1 << 40)],
        [0, 1]
    );
    counters.reset();
    assert_eq!(counters.next(Purpose::Lane, 3).nth, 0);
    assert_eq!(counters.next(Purpose::Lane, 1 << 40).nth, 0);
}

#[test]
fn a_span_is_read_back_from_its_text() {
    let keys = Keys::new(3);
    for nth in 0..20_000 {
        let draw = keys.at(Point {
            purpose: Purpose::Campaign,
            subject: 0,
            nth,
        });
        let span = Span(draw >> (nth % 64));
        assert_eq!(Span::parse(&span.to_string()), Ok(span), "{span}");
    }
    for text in ["0s", "1ns", "999ns", "1us", "1.5ms", "200ms", "1s", "3600s"] {
        let span = Span::parse(text).unwrap();
        assert_eq!(span.to_string(), text);
    }
}

#[test]
fn a_span_is_read_exactly_or_not_at_all() {
    let read = [
        ("0s", 0),
        ("200ms", 200_000_000),
        ("1.5s", 1_500_000_000),
        ("0.000000001s", 1),
        ("1.50000000000s", 1_500_000_000),
        ("2m", 120_000_000_000),
        ("0.5min", 30_000_000_000),
        ("1h", 3_600_000_000_000),
        ("7us", 7_000),
        ("7µs", 7_000),
        ("18446744073709551615ns", u64::MAX),
    ];
    for (text, nanos) in read {
        assert_eq!(Span::parse(text), Ok(Span(nanos)), "{text}");
    }
    let refused = [
        ("", SpanError::NoUnit),
        ("5", SpanError::NoUnit),
        ("5 ms", SpanError::Unit),
        ("5days", SpanError::Unit),
        ("ms", SpanError::Number),
        ("-5ms", SpanError::Unit),
        (".5s", SpanError::Number),
        ("5.s", SpanError::Number),
        ("1.2.3s", SpanError::Number),
        ("0.0000000001s", SpanError::TooFine),
        ("1.5ns", SpanError::TooFine),
        ("1.00000000000001h", SpanError::TooFine),
        ("18446744073709551616ns", SpanError::TooLong),
        ("99999999999h", SpanError::TooLong),
        ("99999999999999999999999s", SpanError::TooLong),
    ];
    for (text, error) in refused {
        assert_eq!(Span::parse(text), Err(error), "{text}");
    }
}

#[test]
fn a_log_in_chunks_is_a_vector() {
    let keys = Keys::new(8);
    let (mut log, mut list) = (ChunkedLog::default(), Vec::new());
    for nth in 0..3_000 {
        let draw = keys.at(Point {
            purpose: Purpose::Campaign,
            subject: 1,
            nth,
        });
        if draw.is_multiple_of(40) {
            let keep = (draw >> 8) as usize % (list.len() + 1);
            log.truncate(keep);
            list.truncate(keep);
        } else {
            log.push(draw);
            list.push(draw);
        }
        let probe = (draw >> 20) as usize % (list.len() + 2);
        assert_eq!((log.len(), log.is_empty()), (list.len(), list.is_empty()));
        assert_eq!(log.get(probe), list.get(probe));
        assert_eq!((log.first(), log.last()), (list.first(), list.last()));
        if nth % 100 == 0 {
            assert!(log.iter().eq(&list));
            assert!(log.iter().rev().eq(list.iter().rev()));
            assert!(
                log.iter_from(probe)
                    .eq(list.get(probe..).unwrap_or_default())
            );
            let fresh: ChunkedLog<u64> = list.iter().copied().collect();
            assert_eq!(log, fresh);
            assert_eq!(stable_hash(&log), stable_hash(&fresh));
        }
    }
}

#[test]
fn logs_that_differ_hash_apart() {
    let log = |count: u64| (0..count).collect::<ChunkedLog<u64>>();
    let mut hashes: Vec<u64> = (0..300).map(|count| stable_hash(&log(count))).collect();
    let mut early = log(299);
    early.truncate(10);
    for n in 11..300 {
        early.push(n);
    }
    assert_ne!(early, log(299));
    hashes.push(stable_hash(&early));
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 301);
}

#[test]
fn what_is_known_equals_whoever_told_it() {
    let one = By::new(5, StepIndex(1));
    let other = By::new(5, StepIndex(2));
    assert_eq!(one, other);
    assert_eq!(stable_hash(&one), stable_hash(&other));
    assert_ne!(one, By::new(6, StepIndex(1)));
}
