//! Exceptions: what a start throws, and what its log shows of them.

use super::remark::Remark;

/// How a catch clause tells exceptions apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `ConfigException`.
    Config,
    /// `IllegalArgumentException` and below.
    Argument,
    /// `IOException` and below.
    Io,
    /// `DatadirException` and below, IOExceptions too.
    Datadir,
    /// Any other.
    Other,
}

/// An exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thrown {
    /// What catches it.
    pub family: Family,
    /// Its class.
    pub class: &'static str,
    /// What it says.
    pub message: Option<String>,
    /// What it came from.
    pub cause: Option<Box<Thrown>>,
    /// What we say about it, at the place that is to blame.
    pub remark: Option<Box<Remark>>,
}

/// What a step of a start comes to.
pub type Step<T> = Result<T, Thrown>;

const CONFIG: &str = "org.apache.zookeeper.server.quorum.QuorumPeerConfig$ConfigException";

impl Thrown {
    fn new(family: Family, class: &'static str, message: Option<String>) -> Self {
        Self {
            family,
            class,
            message,
            cause: None,
            remark: None,
        }
    }

    /// `ConfigException`.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Family::Config, CONFIG, Some(message.into()))
    }

    /// `IllegalArgumentException`.
    pub fn argument(message: impl Into<String>) -> Self {
        let class = "java.lang.IllegalArgumentException";
        Self::new(Family::Argument, class, Some(message.into()))
    }

    /// `NumberFormatException`.
    pub fn number(message: String) -> Self {
        let class = "java.lang.NumberFormatException";
        Self::new(Family::Argument, class, Some(message))
    }

    /// An `IOException`, by its class.
    pub fn io(class: &'static str, message: Option<String>) -> Self {
        Self::new(Family::Io, class, message)
    }

    /// `DatadirException` or one below it.
    pub fn datadir(class: &'static str, message: String) -> Self {
        Self::new(Family::Datadir, class, Some(message))
    }

    /// Any other.
    pub fn other(class: &'static str, message: impl Into<String>) -> Self {
        Self::new(Family::Other, class, Some(message.into()))
    }

    /// With what it came from; the remark of that one is kept.
    pub fn caused_by(mut self, mut cause: Thrown) -> Self {
        self.remark = self.remark.take().or_else(|| cause.remark.take());
        self.cause = Some(Box::new(cause));
        self
    }

    /// With a remark, unless it has one.
    pub fn remarked(mut self, remark: impl FnOnce() -> Remark) -> Self {
        if self.remark.is_none() {
            self.remark = Some(Box::new(remark()));
        }
        self
    }

    /// The lines of a stack trace without its frames.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.to_string()];
        let mut next = &self.cause;
        while let Some(cause) = next {
            lines.push(format!("Caused by: {cause}"));
            next = &cause.cause;
        }
        lines
    }
}

impl core::fmt::Display for Thrown {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match &self.message {
            Some(message) => write!(f, "{}: {message}", self.class),
            None => f.write_str(self.class),
        }
    }
}
