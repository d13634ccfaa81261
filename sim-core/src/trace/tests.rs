//! Files and logs of records: what is written is read back, what is damaged is refused.

use super::*;
use crate::base::{Conn, NodeId, Port, SimTime, StepIndex, Steps};

type Fact = String;

fn records(count: u64) -> Vec<Record<Fact>> {
    (1..=count)
        .map(|n| Record {
            step: StepIndex(n.div_ceil(3)),
            at: SimTime(n.div_ceil(3) * 700),
            node: NodeId((n.div_ceil(3) % 4) as u16),
            cause: StepIndex(n / 6),
            because: Steps::new(),
            what: match n % 3 {
                1 => What::Delivered {
                    conn: Conn(n % 9),
                    from: NodeId(1),
                    port: Port(2888),
                    kind: 3,
                    nth: n as u32,
                },
                2 => What::Fact(format!("fact {n}")),
                _ => What::Sent {
                    conn: Conn(n % 7),
                    to: NodeId(2),
                    port: Port(3888),
                    kind: 1,
                    nth: n as u32,
                },
            },
        })
        .collect()
}

fn header() -> Header {
    Header {
        made_with: "quorumscope test".to_owned(),
        vocabulary: 4,
        file_hash: 5,
        seed: 6,
        nodes: ["zk1", "zk2", "zk3", "zk4"].map(str::to_owned).to_vec(),
        notes: vec![("scenario".to_owned(), "{}".to_owned())],
    }
}

fn file(records: &[Record<Fact>]) -> Vec<u8> {
    let mut writer = TraceWriter::new(&header());
    let mut bytes = Vec::new();
    for record in records {
        writer.push(record);
        bytes.extend_from_slice(writer.ready());
        writer.written();
    }
    writer.finish();
    bytes.extend_from_slice(writer.ready());
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<Record<Fact>>, TraceError> {
    TraceReader::<_, Fact>::new(bytes, 4)?.collect()
}

#[test]
fn a_file_is_read_back_whole_with_its_header_and_hash() {
    let records = records(20_000);
    let bytes = file(&records);
    let mut reader = TraceReader::<_, Fact>::new(&bytes[..], 4).unwrap();
    assert_eq!(reader.header(), &header());
    assert_eq!(reader.header().note("scenario"), Some("{}"));
    let read: Result<Vec<_>, _> = reader.by_ref().collect();
    assert_eq!(read.unwrap(), records);
    let mut hasher = TraceWriter::only_hash(&header());
    for record in &records {
        hasher.push(record);
    }
    assert_eq!(hasher.finish(), reader.hash());
    assert!(hasher.ready().is_empty());
}

#[test]
fn an_empty_trace_is_a_trace() {
    assert_eq!(read(&file(&[])), Ok(Vec::new()));
}

#[test]
fn a_writer_that_is_used_again_writes_the_same_bytes() {
    let records = records(50);
    let mut writer = TraceWriter::new(&header());
    for record in &records {
        writer.push(record);
    }
    writer.reset(&header());
    for record in &records {
        writer.push(record);
    }
    writer.finish();
    assert_eq!(writer.ready(), file(&records));
}

#[test]
fn a_cut_file_is_told_so_wherever_it_is_cut() {
    let bytes = file(&records(60));
    for cut in 0..bytes.len() {
        let expected = if cut < 8 {
            TraceError::NotATrace
        } else {
            TraceError::Truncated { at: cut as u64 }
        };
        assert_eq!(read(&bytes[..cut]), Err(expected), "cut at {cut}");
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let bytes = file(&records(60));
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[index] ^= 1 << bit;
            assert!(read(&damaged).is_err(), "bit {bit} of byte {index}");
        }
    }
}

#[test]
fn what_follows_the_end_is_refused() {
    let mut bytes = file(&records(3));
    let at = bytes.len() as u64;
    bytes.push(0);
    assert_eq!(read(&bytes), Err(TraceError::Longer { at }));
}

#[test]
fn foreign_files_are_named_as_such() {
    let bytes = file(&records(3));
    assert_eq!(read(b"{\"title\": \"x\"}"), Err(TraceError::NotATrace));
    let mut layout = bytes.clone();
    layout[8] = 9;
    assert_eq!(read(&layout), Err(TraceError::Format { found: 9 }));
    let foreign = TraceReader::<_, Fact>::new(&bytes[..], 5).map(|_| ());
    let text = foreign.unwrap_err().to_string();
    assert!(
        text.contains("quorumscope test") && text.contains("vocabulary 4"),
        "{text}"
    );
}

#[test]
fn a_declared_length_takes_no_memory() {
    let mut bytes = file(&[]);
    bytes.truncate(bytes.len() - 20);
    let at = bytes.len() as u64;
    bytes.extend_from_slice(&u32::MAX.to_le_bytes());
    bytes.extend_from_slice(&[1; 12]);
    assert_eq!(read(&bytes), Err(TraceError::Damaged { at }));
}

#[test]
fn a_log_gives_back_any_stretch() {
    let records = records(40_000);
    let mut log = RecordLog::default();
    for record in &records {
        log.push(record);
    }
    assert_eq!(log.len(), 40_000);
    assert!(log.size() > 3 * 64 * 1024);
    assert!(log.iter().eq(records.iter().cloned()));
    for step in [1, 2, 5_000, 9_999, 13_334] {
        let expected = records
            .iter()
            .filter(|record| record.step.0 == step)
            .cloned();
        assert!(log.step(StepIndex(step)).eq(expected), "step {step}");
    }
    assert_eq!(log.since(StepIndex(13_335)).count(), 0);
}

#[test]
fn a_log_is_cut_between_steps_and_grows_on() {
    let records = records(40_000);
    for step in [0, 1, 6_000, 13_333, 13_334, 20_000] {
        let mut log = RecordLog::default();
        for record in &records {
            log.push(record);
        }
        log.truncate(StepIndex(step));
        let kept = records.iter().filter(|record| record.step.0 <= step);
        assert!(log.iter().eq(kept.cloned()), "step {step}");
        let rest = records.iter().filter(|record| record.step.0 > step);
        for record in rest {
            log.push(record);
        }
        assert!(log.iter().eq(records.iter().cloned()), "step {step} again");
    }
}

fn difference(a: &[Record<Fact>], b: &[Record<Fact>]) -> Option<Difference<Fact>> {
    let (a, b) = (file(a), file(b));
    let a = TraceReader::new(&a[..], 4).unwrap();
    let b = TraceReader::new(&b[..], 4).unwrap();
    first_difference(a, b, 2).unwrap()
}

#[test]
fn the_first_difference_comes_with_what_is_around_it() {
    let one = records(9_000);
    assert_eq!(difference(&one, &one), None);
    let mut other = one.clone();
    other[6_000].at = SimTime(u64::MAX);
    let found = difference(&one, &other).unwrap();
    assert_eq!(found.nth, 6_000);
    assert_eq!(found.before, one[5_998..6_000]);
    assert_eq!(found.first, one[6_000..6_003]);
    assert_eq!(found.second, other[6_000..6_003]);
    let shorter = difference(&one, &one[..100]).unwrap();
    assert_eq!((shorter.nth, shorter.second.len()), (100, 0));
}

#[test]
fn between_versions_facts_are_aligned_by_node() {
    let one = records(900);
    // Other steps, other times, and a record more: the same facts.
    let mut other = one.clone();
    other.remove(30);
    for record in &mut other {
        record.step.0 += 5;
        record.at.0 *= 2;
    }
    let compare = |a: &[Record<Fact>], b: &[Record<Fact>]| {
        let (a, b) = (file(a), file(b));
        let a = TraceReader::<_, Fact>::new(&a[..], 4).unwrap();
        let b = TraceReader::<_, Fact>::new(&b[..], 4).unwrap();
        first_difference_of_facts(a, b, 2).unwrap()
    };
    assert_eq!(compare(&one, &other), None);
    let changed = other
        .iter()
        .position(|record| record.what == What::Fact("fact 602".into()));
    other[changed.unwrap()].what = What::Fact("something else".into());
    let found = compare(&one, &other).unwrap();
    assert_eq!(found.first[0].what, What::Fact("fact 602".into()));
    assert_eq!(found.second[0].what, What::Fact("something else".into()));
    assert_eq!(found.before.len(), 2);
}

#[test]
fn a_json_line_speaks_in_names() {
    let records = records(3);
    let header = header();
    let names = Names {
        nodes: &header.nodes,
        kind: |_| "PROPOSAL",
    };
    assert_eq!(
        json_line(&records[0], &names),
        r#"{"at":"700ns","at_ns":700,"cause":0,"conn":1,"from":"zk2","kind":"PROPOSAL","node":"zk2","nth":1,"port":2888,"step":1,"what":"delivered"}"#
    );
    let fact: serde_json::Value = serde_json::from_str(&json_line(&records[1], &names)).unwrap();
    assert_eq!(fact["fact"], "fact 2");
}
