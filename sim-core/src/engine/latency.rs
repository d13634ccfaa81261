//! How long things take: distributions over whole nanoseconds, from one raw 64-bit draw each.

use crate::base::Span;

/// A distribution of spans. All arithmetic is integer or `libm`, so native and web agree bit for
/// bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Latency {
    /// Always the same.
    Fixed(Span),
    /// Uniform over `min..=max`.
    Uniform {
        /// Least.
        min: Span,
        /// Greatest.
        max: Span,
    },
    /// `min` plus an exponential with this mean.
    Exponential {
        /// Least.
        min: Span,
        /// Mean of what comes on top.
        mean: Span,
    },
    /// `min` plus a log-normal with this median; sigma in thousandths.
    LogNormal {
        /// Least.
        min: Span,
        /// Median of what comes on top.
        median: Span,
        /// Standard deviation of the logarithm, in thousandths.
        sigma_milli: u32,
    },
}

impl Default for Latency {
    fn default() -> Self {
        Latency::Fixed(Span::ZERO)
    }
}

impl Latency {
    /// Whether it needs no draw.
    pub const fn is_fixed(&self) -> bool {
        matches!(self, Latency::Fixed(_))
    }

    /// The span that a uniform 64-bit draw stands for.
    #[inline]
    pub fn at(&self, draw: u64) -> Span {
        match *self {
            Latency::Fixed(span) => span,
            Latency::Uniform { min, max } => {
                let width = u128::from(max.0.saturating_sub(min.0)) + 1;
                Span(min.0 + ((u128::from(draw) * width) >> 64) as u64)
            }
            Latency::Exponential { min, mean } => min + exponential(mean, draw),
            Latency::LogNormal {
                min,
                median,
                sigma_milli,
            } => min + log_normal(median, sigma_milli, draw),
        }
    }
}

fn exponential(mean: Span, draw: u64) -> Span {
    Span((-libm::log(unit(draw)) * mean.0 as f64) as u64)
}

/// By Box and Muller, from the two halves of one draw.
fn log_normal(median: Span, sigma_milli: u32, draw: u64) -> Span {
    let radius = libm::sqrt(-2.0 * libm::log(unit(draw & 0xffff_ffff_0000_0000)));
    let angle = core::f64::consts::TAU * unit(draw << 32);
    let normal = radius * libm::cos(angle);
    let extra = libm::exp(normal * f64::from(sigma_milli) / 1000.0) * median.0 as f64;
    Span(extra.min(1e18) as u64)
}

/// A draw as a number in (0, 1], exactly representable.
fn unit(draw: u64) -> f64 {
    ((draw >> 11) + 1) as f64 / (1u64 << 53) as f64
}
