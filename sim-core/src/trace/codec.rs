//! Records as bytes: what follows from the record before is left out.
//!
//! A head byte holds the kind of record, whether it shares the step of the one before, and whether
//! it lists steps. Numbers are LEB128, facts are postcard. Coding starts afresh at each chunk, so
//! that a chunk can be read alone.

use crate::base::{CallId, Conn, Lane, NodeId, Port, SimTime, StepIndex, Steps};
use crate::trace::{Record, What};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The record belongs to the step of the one before.
const SAME_STEP: u8 = 0;
/// To the next step.
const NEXT_STEP: u8 = 1;
/// Everything is given.
const ANY_STEP: u8 = 2;
const LISTS_STEPS: u8 = 1 << 5;
const STEP_SHIFT: u32 = 6;
const TAG_MASK: u8 = 0x1f;
const PEERS: usize = 64;
const MAX_TEXT: usize = 1 << 16;

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// They end within it.
    Short,
    /// A kind of record that this version does not have.
    Kind(u8),
    /// A number, text or list out of range.
    Range,
    /// A fact that this version does not have, or not in this shape.
    Fact,
}

impl core::fmt::Display for CodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            CodeError::Short => f.write_str("it ends in the middle"),
            CodeError::Kind(tag) => write!(f, "there is no kind of record {tag}"),
            CodeError::Range => f.write_str("a number or text in it is out of range"),
            CodeError::Fact => f.write_str("its fact is none that this version knows"),
        }
    }
}

/// Who is at the other end of a connection: said once per chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Peer {
    conn: Conn,
    node: NodeId,
    port: Port,
}

const NOBODY: Peer = Peer {
    conn: Conn(u64::MAX),
    node: NodeId(0),
    port: Port(0),
};

/// What the next record is coded against.
#[derive(Clone, Debug)]
pub struct Coder {
    step: StepIndex,
    at: SimTime,
    node: NodeId,
    cause: StepIndex,
    peers: [Peer; PEERS],
}

impl Default for Coder {
    fn default() -> Self {
        Self {
            step: StepIndex(0),
            at: SimTime(0),
            node: NodeId(0),
            cause: StepIndex(0),
            peers: [NOBODY; PEERS],
        }
    }
}

impl Coder {
    /// Appends one record to `out`.
    pub fn encode<F: Serialize>(&mut self, record: &Record<F>, out: &mut Vec<u8>) {
        let lists = if record.because.is_empty() {
            0
        } else {
            LISTS_STEPS
        };
        let head = tag(&record.what) | lists;
        let same = record.step == self.step
            && record.at == self.at
            && record.node == self.node
            && record.cause == self.cause;
        let next = record.step.0 == self.step.0.wrapping_add(1)
            && record.at >= self.at
            && record.cause <= record.step;
        if same {
            out.push(head | SAME_STEP << STEP_SHIFT);
        } else if next {
            out.push(head | NEXT_STEP << STEP_SHIFT);
            put(out, record.at.0 - self.at.0);
            put(out, u64::from(record.node.0));
            put(out, record.step.0 - record.cause.0);
        } else {
            out.push(head | ANY_STEP << STEP_SHIFT);
            put(out, record.step.0);
            put(out, record.at.0);
            put(out, u64::from(record.node.0));
            put(out, record.cause.0);
        }
        self.remember(record.step, record.at, record.node, record.cause);
        if lists != 0 {
            put(out, record.because.len() as u64);
            for step in &record.because {
                put(out, zigzag(record.step.0.wrapping_sub(step.0)));
            }
        }
        self.encode_what(&record.what, out);
    }

    /// Reads one record from the front of `bytes`.
    pub fn decode<F: DeserializeOwned>(
        &mut self,
        bytes: &mut &[u8],
    ) -> Result<Record<F>, CodeError> {
        let head = byte(bytes)?;
        match head >> STEP_SHIFT {
            SAME_STEP => {}
            NEXT_STEP => {
                let step = StepIndex(self.step.0.wrapping_add(1));
                let at = SimTime(self.at.0.wrapping_add(get(bytes)?));
                let node = NodeId(small(bytes)?);
                let cause = StepIndex(step.0.wrapping_sub(get(bytes)?));
                self.remember(step, at, node, cause);
            }
            ANY_STEP => {
                let step = StepIndex(get(bytes)?);
                let at = SimTime(get(bytes)?);
                let node = NodeId(small(bytes)?);
                let cause = StepIndex(get(bytes)?);
                self.remember(step, at, node, cause);
            }
            _ => return Err(CodeError::Range),
        }
        let mut because = Steps::new();
        if head & LISTS_STEPS != 0 {
            let count = get(bytes)?;
            // Each takes a byte at least.
            if count > bytes.len() as u64 {
                return Err(CodeError::Short);
            }
            for _ in 0..count {
                let back = unzigzag(get(bytes)?);
                because.push(StepIndex(self.step.0.wrapping_sub(back)));
            }
        }
        let what = self.decode_what(head & TAG_MASK, bytes)?;
        Ok(Record {
            step: self.step,
            at: self.at,
            node: self.node,
            cause: self.cause,
            because,
            what,
        })
    }

    fn remember(&mut self, step: StepIndex, at: SimTime, node: NodeId, cause: StepIndex) {
        self.step = step;
        self.at = at;
        self.node = node;
        self.cause = cause;
    }

    fn encode_what<F: Serialize>(&mut self, what: &What<F>, out: &mut Vec<u8>) {
        match what {
            What::Booted => {}
            What::Accepted { conn, from, port } => {
                put(out, conn.0);
                put(out, u64::from(from.0));
                put(out, u64::from(port.0));
            }
            What::Opened { conn } | What::Refused { conn } | What::Hung { conn } => {
                put(out, conn.0);
            }
            What::Delivered {
                conn,
                from: peer,
                port,
                kind,
                nth,
            }
            | What::Sent {
                conn,
                to: peer,
                port,
                kind,
                nth,
            }
            | What::Lost {
                conn,
                to: peer,
                port,
                kind,
                nth,
            } => self.encode_message(*conn, *peer, *port, *kind, *nth, out),
            What::Closed { conn, why } => {
                put(out, conn.0);
                out.push(*why);
            }
            What::Fired { timer } => out.extend_from_slice(&timer.to_le_bytes()),
            What::Handed { lane } => put(out, u64::from(lane.0)),
            What::Written { ok } => out.push(u8::from(*ok)),
            What::Called { call } | What::Replied { call } => put(out, u64::from(call.0)),
            What::Dialled { conn, to, port } => {
                put(out, conn.0);
                put(out, u64::from(to.0));
                put(out, u64::from(port.0));
            }
            What::Exited { code } => put(out, zigzag(i64::from(*code) as u64)),
            What::Fact(fact) => {
                let done = postcard::serialize_with_flavor(fact, Onto(out));
                done.expect("a fact is plain data of known length");
            }
            What::Faulted(text) => {
                let text = &text.as_bytes()[..text.floor_char_boundary(MAX_TEXT)];
                put(out, text.len() as u64);
                out.extend_from_slice(text);
            }
        }
    }

    fn encode_message(
        &mut self,
        conn: Conn,
        node: NodeId,
        port: Port,
        kind: u8,
        nth: u32,
        out: &mut Vec<u8>,
    ) {
        let peer = Peer { conn, node, port };
        let known = &mut self.peers[conn.0 as usize % PEERS];
        let news = *known != peer;
        put(out, conn.0);
        put(out, u64::from(kind) << 1 | u64::from(news));
        if news {
            *known = peer;
            put(out, u64::from(node.0));
            put(out, u64::from(port.0));
        }
        put(out, u64::from(nth));
    }

    fn decode_message(
        &mut self,
        bytes: &mut &[u8],
    ) -> Result<(Conn, NodeId, Port, u8, u32), CodeError> {
        let conn = Conn(get(bytes)?);
        let mark = get(bytes)?;
        let kind = u8::try_from(mark >> 1).map_err(|_| CodeError::Range)?;
        let index = (conn.0 % PEERS as u64) as usize;
        if mark & 1 == 1 {
            let node = NodeId(small(bytes)?);
            let port = Port(small(bytes)?);
            self.peers[index] = Peer { conn, node, port };
        } else if self.peers[index].conn != conn {
            return Err(CodeError::Range);
        }
        let Peer { node, port, .. } = self.peers[index];
        Ok((conn, node, port, kind, word(bytes)?))
    }

    fn decode_what<F: DeserializeOwned>(
        &mut self,
        tag: u8,
        bytes: &mut &[u8],
    ) -> Result<What<F>, CodeError> {
        let conn = |bytes: &mut &[u8]| get(bytes).map(Conn);
        Ok(match tag {
            0 => What::Booted,
            1 => What::Accepted {
                conn: conn(bytes)?,
                from: NodeId(small(bytes)?),
                port: Port(small(bytes)?),
            },
            2 => What::Opened { conn: conn(bytes)? },
            3 => What::Refused { conn: conn(bytes)? },
            4 => {
                let (conn, from, port, kind, nth) = self.decode_message(bytes)?;
                What::Delivered {
                    conn,
                    from,
                    port,
                    kind,
                    nth,
                }
            }
            5 => What::Closed {
                conn: conn(bytes)?,
                why: byte(bytes)?,
            },
            6 => What::Fired {
                timer: u64::from_le_bytes(array(bytes)?),
            },
            7 => What::Handed {
                lane: Lane(small(bytes)?),
            },
            8 => What::Written {
                ok: match byte(bytes)? {
                    0 => false,
                    1 => true,
                    _ => return Err(CodeError::Range),
                },
            },
            9 => What::Called {
                call: CallId(word(bytes)?),
            },
            10 => {
                let (conn, to, port, kind, nth) = self.decode_message(bytes)?;
                What::Sent {
                    conn,
                    to,
                    port,
                    kind,
                    nth,
                }
            }
            11 => {
                let (conn, to, port, kind, nth) = self.decode_message(bytes)?;
                What::Lost {
                    conn,
                    to,
                    port,
                    kind,
                    nth,
                }
            }
            12 => What::Dialled {
                conn: conn(bytes)?,
                to: NodeId(small(bytes)?),
                port: Port(small(bytes)?),
            },
            13 => What::Hung { conn: conn(bytes)? },
            14 => What::Replied {
                call: CallId(word(bytes)?),
            },
            15 => What::Exited {
                code: i32::try_from(unzigzag(get(bytes)?) as i64).map_err(|_| CodeError::Range)?,
            },
            16 => {
                let (fact, rest) =
                    postcard::take_from_bytes(bytes).map_err(|error| match error {
                        postcard::Error::DeserializeUnexpectedEnd => CodeError::Short,
                        _ => CodeError::Fact,
                    })?;
                *bytes = rest;
                What::Fact(fact)
            }
            17 => What::Faulted(text(bytes)?),
            other => return Err(CodeError::Kind(other)),
        })
    }
}

/// The number of a kind of record. Part of the format: never renumber, only append.
fn tag<F>(what: &What<F>) -> u8 {
    match what {
        What::Booted => 0,
        What::Accepted { .. } => 1,
        What::Opened { .. } => 2,
        What::Refused { .. } => 3,
        What::Delivered { .. } => 4,
        What::Closed { .. } => 5,
        What::Fired { .. } => 6,
        What::Handed { .. } => 7,
        What::Written { .. } => 8,
        What::Called { .. } => 9,
        What::Sent { .. } => 10,
        What::Lost { .. } => 11,
        What::Dialled { .. } => 12,
        What::Hung { .. } => 13,
        What::Replied { .. } => 14,
        What::Exited { .. } => 15,
        What::Fact(_) => 16,
        What::Faulted(_) => 17,
    }
}

/// Postcard straight into the kept buffer.
struct Onto<'a>(&'a mut Vec<u8>);

impl postcard::ser_flavors::Flavor for Onto<'_> {
    type Output = ();

    fn try_push(&mut self, data: u8) -> postcard::Result<()> {
        self.0.push(data);
        Ok(())
    }
    fn try_extend(&mut self, data: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(data);
        Ok(())
    }
    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn byte(bytes: &mut &[u8]) -> Result<u8, CodeError> {
    let (first, rest) = bytes.split_first().ok_or(CodeError::Short)?;
    *bytes = rest;
    Ok(*first)
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], CodeError> {
    let (first, rest) = bytes.split_first_chunk().ok_or(CodeError::Short)?;
    *bytes = rest;
    Ok(*first)
}

fn get(bytes: &mut &[u8]) -> Result<u64, CodeError> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let next = byte(bytes)?;
        let bits = u64::from(next & 0x7f);
        if shift == 63 && bits > 1 {
            return Err(CodeError::Range);
        }
        number |= bits << shift;
        if next < 0x80 {
            return Ok(number);
        }
    }
    Err(CodeError::Range)
}

fn small(bytes: &mut &[u8]) -> Result<u16, CodeError> {
    u16::try_from(get(bytes)?).map_err(|_| CodeError::Range)
}

fn word(bytes: &mut &[u8]) -> Result<u32, CodeError> {
    u32::try_from(get(bytes)?).map_err(|_| CodeError::Range)
}

fn text(bytes: &mut &[u8]) -> Result<Box<str>, CodeError> {
    let length = usize::try_from(get(bytes)?).map_err(|_| CodeError::Range)?;
    if length > MAX_TEXT {
        return Err(CodeError::Range);
    }
    let (text, rest) = bytes.split_at_checked(length).ok_or(CodeError::Short)?;
    *bytes = rest;
    let text = core::str::from_utf8(text).map_err(|_| CodeError::Range)?;
    Ok(text.into())
}

fn zigzag(number: u64) -> u64 {
    let signed = number as i64;
    (signed << 1 ^ signed >> 63) as u64
}

fn unzigzag(number: u64) -> u64 {
    number >> 1 ^ (number & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::smallvec;

    fn record(step: u64, what: What<(u8, String)>) -> Record<(u8, String)> {
        Record {
            step: StepIndex(step),
            at: SimTime(step * 1000),
            node: NodeId(step as u16 % 3),
            cause: StepIndex(step.saturating_sub(2)),
            because: Steps::new(),
            what,
        }
    }

    fn all() -> Vec<Record<(u8, String)>> {
        let (conn, port, lane, call) = (Conn(9 << 24 | 5), Port(2888), Lane(16), CallId(70_000));
        let (from, to, kind, nth) = (NodeId(2), NodeId(2), 200, u32::MAX);
        let message = |conn, kind| What::Delivered {
            conn,
            from,
            port,
            kind,
            nth,
        };
        let mut records = vec![
            record(1, What::Booted),
            record(2, What::Accepted { conn, from, port }),
            record(3, What::Opened { conn }),
            record(
                4,
                What::Refused {
                    conn: Conn(u64::MAX),
                },
            ),
            record(5, message(conn, kind)),
            record(6, message(conn, 1)),
            record(7, message(Conn(conn.0 + 64), 1)),
            record(8, message(conn, 1)),
            record(9, What::Closed { conn, why: 2 }),
            record(10, What::Fired { timer: u64::MAX }),
            record(11, What::Handed { lane }),
            record(12, What::Written { ok: true }),
            record(13, What::Called { call }),
            record(
                13,
                What::Sent {
                    conn,
                    to,
                    port,
                    kind,
                    nth,
                },
            ),
            record(
                13,
                What::Lost {
                    conn,
                    to,
                    port,
                    kind,
                    nth,
                },
            ),
            record(14, What::Dialled { conn, to, port }),
            record(14, What::Hung { conn }),
            record(14, What::Replied { call }),
            record(14, What::Exited { code: i32::MIN }),
            record(15, What::Fact((7, "七".to_owned()))),
            record(20, What::Faulted("kill zk3".into())),
            record(3, What::Booted),
        ];
        records[19].because = smallvec![StepIndex(1), StepIndex(14), StepIndex(99)];
        records[21].cause = StepIndex(u64::MAX);
        records
    }

    fn coded() -> Vec<u8> {
        let (mut coder, mut bytes) = (Coder::default(), Vec::new());
        for record in all() {
            coder.encode(&record, &mut bytes);
        }
        bytes
    }

    #[test]
    fn what_is_coded_is_read_back() {
        let bytes = coded();
        let (mut coder, mut rest) = (Coder::default(), &bytes[..]);
        for record in all() {
            assert_eq!(coder.decode(&mut rest), Ok(record));
        }
        assert!(rest.is_empty());
    }

    #[test]
    fn no_bytes_make_the_decoder_panic() {
        let bytes = coded();
        for cut in 0..bytes.len() {
            read_all(&bytes[..cut]);
        }
        for index in 0..bytes.len() {
            for flip in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                let mut damaged = bytes.clone();
                damaged[index] ^= flip;
                read_all(&damaged);
            }
        }
    }

    fn read_all(mut bytes: &[u8]) {
        let mut coder = Coder::default();
        while !bytes.is_empty() && coder.decode::<(u8, String)>(&mut bytes).is_ok() {}
    }

    #[test]
    fn records_of_one_step_cost_a_byte_of_head() {
        let (mut coder, mut bytes) = (Coder::default(), Vec::new());
        coder.encode(&record(1, What::<(u8, String)>::Booted), &mut bytes);
        let before = bytes.len();
        coder.encode(
            &record(1, What::<(u8, String)>::Written { ok: true }),
            &mut bytes,
        );
        assert_eq!(bytes.len() - before, 2);
    }
}
