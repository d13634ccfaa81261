//! Directed links: from one node to another over connections made to one port, and the rules that
//! faults set on them.

use crate::base::{NodeId, Port};
use crate::engine::{Latency, LinkSet};

impl LinkSet {
    /// Every link.
    pub const ALL: LinkSet = LinkSet {
        from: None,
        to: None,
        port: None,
    };

    /// Whether a link belongs to it.
    pub fn contains(&self, from: NodeId, to: NodeId, port: Port) -> bool {
        self.from.is_none_or(|it| it == from)
            && self.to.is_none_or(|it| it == to)
            && self.port.is_none_or(|it| it == port)
    }

    /// Whether all links of `other` belong to it.
    fn covers(&self, other: &LinkSet) -> bool {
        (self.from.is_none() || self.from == other.from)
            && (self.to.is_none() || self.to == other.to)
            && (self.port.is_none() || self.port == other.port)
    }
}

/// One directed link, with what the rules say about it worked out.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub from: NodeId,
    pub to: NodeId,
    pub port: Port,
    /// Bytes stall: cut, or nobody at the other end has power.
    pub blocked: bool,
    pub swallow: bool,
    pub reject: bool,
    pub latency: Latency,
    /// (from, to, port) packed, with room for a kind in the low byte.
    pub subject: u64,
    /// Dials so far.
    pub dials: u32,
    /// Ends of streams so far.
    pub ends: u32,
}

/// Stands for the end of a stream where a subject has a message's kind.
pub(super) const END: u8 = 0xff;

impl Link {
    pub fn new(from: NodeId, to: NodeId, port: Port) -> Self {
        Self {
            from,
            to,
            port,
            blocked: false,
            swallow: false,
            reject: false,
            latency: Latency::default(),
            subject: subject(from, to, port, 0),
            dials: 0,
            ends: 0,
        }
    }
}

/// How many messages of each kind each link has carried: one table, so that a clone copies one
/// block.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    counts: Vec<u32>,
    kinds: usize,
}

impl Sent {
    pub fn reset(&mut self) {
        self.counts.fill(0);
    }

    /// Counts a message of this kind: which one it is, from 0.
    #[inline]
    pub fn next(&mut self, link: u32, kind: u8) -> u32 {
        let (link, kind) = (link as usize, usize::from(kind));
        if kind >= self.kinds || (link + 1) * self.kinds > self.counts.len() {
            self.make_room(link, kind);
        }
        let count = &mut self.counts[link * self.kinds + kind];
        *count += 1;
        *count - 1
    }

    /// The kinds that a link has carried, and how many of each.
    pub fn of(&self, link: usize) -> impl Iterator<Item = (u64, u32)> {
        let counts = self.counts.chunks(self.kinds.max(1)).nth(link);
        let counts = counts.unwrap_or_default().iter().enumerate();
        let some = counts.filter(|(_, count)| **count > 0);
        some.map(|(kind, count)| (kind as u64, *count))
    }

    #[cold]
    fn make_room(&mut self, link: usize, kind: usize) {
        assert!(
            kind != usize::from(END),
            "kind 255 stands for the end of a stream"
        );
        if kind >= self.kinds {
            self.widen((kind + 1).next_power_of_two());
        }
        let all = (link + 1) * self.kinds;
        self.counts.resize(self.counts.len().max(all), 0);
    }

    fn widen(&mut self, kinds: usize) {
        let old = core::mem::take(&mut self.counts);
        for link in old.chunks(self.kinds.max(1)) {
            self.counts.extend_from_slice(link);
            self.counts
                .resize(self.counts.len() + kinds - link.len(), 0);
        }
        self.kinds = kinds;
    }
}

/// How a latency draw names its message, and a dial (kind 0) its link.
pub(super) fn subject(from: NodeId, to: NodeId, port: Port, kind: u8) -> u64 {
    u64::from(from.0) << 40 | u64::from(to.0) << 24 | u64::from(port.0) << 8 | u64::from(kind)
}

#[derive(Clone, Debug, Hash)]
enum Rule {
    Partition(Vec<Vec<NodeId>>),
    Set(LinkSet, Effect),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Effect {
    Cut,
    Swallow,
    Reject,
    Heal,
    Latency(Option<Latency>),
}

/// What the rules say about one link.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Verdict {
    pub cut: bool,
    pub swallow: bool,
    pub reject: bool,
    pub latency: Option<Latency>,
}

/// The rules in the order in which they were given; a later one wins.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Rules(Vec<Rule>);

impl Rules {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn partition(&mut self, groups: &[Vec<NodeId>]) {
        self.0.push(Rule::Partition(groups.to_vec()));
    }

    /// Adds a rule and forgets those that it makes void.
    pub fn set(&mut self, links: LinkSet, effect: Effect) {
        let of_latency = |effect: &Effect| matches!(effect, Effect::Latency(_));
        self.0.retain(|rule| match rule {
            Rule::Partition(_) => !(effect == Effect::Heal && links == LinkSet::ALL),
            Rule::Set(old, was) if of_latency(was) => !(of_latency(&effect) && links.covers(old)),
            Rule::Set(old, was) => {
                !((effect == Effect::Heal || effect == *was) && links.covers(old))
            }
        });
        let void = links == LinkSet::ALL && matches!(effect, Effect::Heal | Effect::Latency(None));
        if !void {
            self.0.push(Rule::Set(links, effect));
        }
    }

    pub fn verdict(&self, from: NodeId, to: NodeId, port: Port) -> Verdict {
        let mut verdict = Verdict::default();
        for rule in &self.0 {
            match rule {
                Rule::Partition(groups) => {
                    let group = |node| groups.iter().position(|group| group.contains(&node));
                    if let (Some(one), Some(other)) = (group(from), group(to)) {
                        verdict.cut |= one != other;
                    }
                }
                Rule::Set(links, _) if !links.contains(from, to, port) => {}
                Rule::Set(_, Effect::Cut) => verdict.cut = true,
                Rule::Set(_, Effect::Swallow) => verdict.swallow = true,
                Rule::Set(_, Effect::Reject) => verdict.reject = true,
                Rule::Set(_, Effect::Latency(latency)) => verdict.latency = *latency,
                Rule::Set(_, Effect::Heal) => {
                    let latency = verdict.latency;
                    verdict = Verdict {
                        latency,
                        ..Verdict::default()
                    };
                }
            }
        }
        verdict
    }
}
