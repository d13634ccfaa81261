//! Simulated time: whole nanoseconds, never a float.

use core::fmt;
use core::ops::{Add, AddAssign, Sub};
use serde::{Deserialize, Serialize};

/// A span of time in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub u64);

/// An instant of the simulation, in nanoseconds since its start. Only the engine and its observers
/// see it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SimTime(pub u64);

/// What a node's monotonic clock shows, in nanoseconds since some start of its own.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LocalTime(pub u64);

/// What a node's wall clock shows, in nanoseconds since 1970-01-01T00:00:00Z. It may jump.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct WallTime(pub i64);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// `ms` milliseconds.
    pub const fn from_millis(ms: u64) -> Span {
        Span(ms * 1_000_000)
    }

    /// `us` microseconds.
    pub const fn from_micros(us: u64) -> Span {
        Span(us * 1_000)
    }

    /// `s` seconds.
    pub const fn from_secs(s: u64) -> Span {
        Span(s * 1_000_000_000)
    }

    /// Whole milliseconds, rounded down.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000_000
    }

    /// Reads decimal text with a unit (`ns`, `us`, `ms`, `s`, `m`, `h`): `"200ms"`, `"1.5s"`,
    /// `"0s"`. Exact: a fraction finer than a nanosecond is an error, and nothing passes through a
    /// float.
    pub fn parse(text: &str) -> Result<Span, SpanError> {
        let split = text
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .ok_or(SpanError::NoUnit)?;
        let (number, unit) = text.split_at(split);
        let scale: u64 = match unit {
            "ns" => 1,
            "us" | "µs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" | "min" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err(SpanError::Unit),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty()
            || (number.contains('.') && fraction.is_empty())
            || fraction.contains('.')
        {
            return Err(SpanError::Number);
        }
        let whole: u64 = whole.parse().map_err(|_| SpanError::TooLong)?;
        let mut nanos = whole.checked_mul(scale).ok_or(SpanError::TooLong)?;
        let mut place = scale;
        for digit in fraction.bytes().map(|b| u64::from(b - b'0')) {
            if !place.is_multiple_of(10) {
                if digit == 0 {
                    continue;
                }
                return Err(SpanError::TooFine);
            }
            place /= 10;
            nanos = nanos.checked_add(digit * place).ok_or(SpanError::TooLong)?;
        }
        Ok(Span(nanos))
    }
}

/// Why a text is no span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanError {
    /// No unit behind the number.
    NoUnit,
    /// A unit that is none of ns, us, ms, s, m, h.
    Unit,
    /// Not a decimal number.
    Number,
    /// Finer than a nanosecond.
    TooFine,
    /// Longer than 584 years.
    TooLong,
}

impl fmt::Display for SpanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SpanError::NoUnit => "no unit behind the number (write \"200ms\" or \"3s\")",
            SpanError::Unit => "the unit is none of ns, us, ms, s, m, h",
            SpanError::Number => "not a decimal number",
            SpanError::TooFine => "finer than one nanosecond",
            SpanError::TooLong => "longer than 584 years",
        })
    }
}

impl fmt::Display for Span {
    /// The shortest text that [`Span::parse`] reads back as the same span.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        let (scale, unit) = match n {
            0 => return f.write_str("0s"),
            _ if n >= 1_000_000_000 => (1_000_000_000, "s"),
            _ if n >= 1_000_000 => (1_000_000, "ms"),
            _ if n >= 1_000 => (1_000, "us"),
            _ => (1, "ns"),
        };
        let (whole, rest) = (n / scale, n % scale);
        if rest == 0 {
            return write!(f, "{whole}{unit}");
        }
        let width = scale.ilog10() as usize;
        let digits = format!("{rest:0width$}");
        write!(f, "{whole}.{}{unit}", digits.trim_end_matches('0'))
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Span(self.0), f)
    }
}

impl fmt::Debug for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl Add<Span> for SimTime {
    type Output = SimTime;
    fn add(self, span: Span) -> SimTime {
        SimTime(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for SimTime {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub for SimTime {
    type Output = Span;
    fn sub(self, other: SimTime) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl Add<Span> for LocalTime {
    type Output = LocalTime;
    fn add(self, span: Span) -> LocalTime {
        LocalTime(self.0.saturating_add(span.0))
    }
}

impl Sub for LocalTime {
    type Output = Span;
    fn sub(self, other: LocalTime) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}
