//! What a record costs to write and to read: those of the heartbeat world, facts and all.

use crate::heartbeat::{Fact, records};
use crate::{Figure, timed};
use sim_core::trace::{Header, TraceReader, TraceWriter};

const RECORDS: usize = 100_000;
const ROUNDS: usize = 50;

/// Nanoseconds to encode and chain one record.
pub fn encode() -> Figure {
    let records = records(RECORDS);
    let header = Header::default();
    let mut writer = TraceWriter::new(&header);
    let (bytes, took) = timed(|| {
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            writer.reset(&header);
            for record in &records {
                writer.push(record);
            }
            writer.finish();
            bytes += writer.ready().len();
        }
        bytes
    });
    let count = (RECORDS * ROUNDS) as f64;
    Figure {
        value: took.as_secs_f64() * 1e9 / count,
        unit: "ns/record",
        note: format!("{:.1} bytes a record", bytes as f64 / count),
    }
}

/// Nanoseconds to check and decode one record.
pub fn decode() -> Figure {
    let mut writer = TraceWriter::new(&Header::default());
    for record in &records(RECORDS) {
        writer.push(record);
    }
    writer.finish();
    let ((), took) = timed(|| {
        for _ in 0..ROUNDS {
            let reader = TraceReader::<_, Fact>::new(writer.ready(), 0).expect("a trace");
            assert_eq!(reader.flatten().count(), RECORDS);
        }
    });
    Figure {
        value: took.as_secs_f64() * 1e9 / (RECORDS * ROUNDS) as f64,
        unit: "ns/record",
        note: String::new(),
    }
}
