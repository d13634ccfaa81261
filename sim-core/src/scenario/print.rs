//! From a scenario back to text: parse → print → parse is the identity on values.
//!
//! Prints what a file would say, shortest form first: a count of servers where nothing sets them apart, a word where a
//! word will do. Comments are not its business; `edit` changes a file and keeps them.

use crate::scenario::format::{
    Always, Ask, Client, Cluster, ConfigKey, ConfigValue, Deadline, Ensemble, Event, Expectation,
    Host, InitialDisk, Json, Load, MadeWith, Moment, Name, Network, Pin, QuirkChoice, QuirkRest,
    Right, Scenario, Server, Step, Text, Until, Variant, Violates,
};
use crate::scenario::print_act::{act_json, latency_json, link_text, message_fields};
use crate::scenario::print_predicate::{fact_fields, predicate_fields, predicate_json};
use crate::scenario::read::server_name;
use crate::scenario::shapes::PURPOSES;
use crate::scenario::words::Word;
use crate::zookeeper::{Release, Role};

/// An object under construction; what is not there is left out.
#[derive(Default)]
pub(super) struct Object(Vec<(Box<str>, Json)>);

impl Object {
    /// Adds a key.
    pub fn put(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.0.push((key.into(), value.into()));
        self
    }

    /// Adds a key if there is a value.
    pub fn maybe(self, key: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    /// Adds a list if it is not empty.
    pub fn some<T>(self, key: &str, items: &[T], json: impl Fn(&T) -> Json) -> Self {
        match items.is_empty() {
            true => self,
            false => self.put(key, Json::List(items.iter().map(json).collect())),
        }
    }

    /// Adds one value, or a list if there are several, if there are any.
    pub fn one_or_many<T>(self, key: &str, items: &[T], json: impl Fn(&T) -> Json) -> Self {
        match items {
            [one] => self.put(key, json(one)),
            _ => self.some(key, items, json),
        }
    }

    /// Adds a flag if it is set.
    pub fn flag(self, key: &str, set: bool) -> Self {
        match set {
            true => self.put(key, Json::Bool(true)),
            false => self,
        }
    }

    /// Adds all keys of another.
    pub fn with(mut self, other: Object) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The object.
    pub fn done(self) -> Json {
        Json::Object(self.0)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Json {
        object.done()
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Text(text.into())
    }
}

impl From<&Box<str>> for Json {
    fn from(text: &Box<str>) -> Json {
        Json::Text(text.clone())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::Text(text.into())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Json {
        Json::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Json {
        Json::Number(number.to_string().into())
    }
}

impl From<crate::base::Span> for Json {
    fn from(span: crate::base::Span) -> Json {
        span.to_string().into()
    }
}

impl From<crate::base::SimTime> for Json {
    fn from(time: crate::base::SimTime) -> Json {
        time.to_string().into()
    }
}

impl From<&Text> for Json {
    fn from(text: &Text) -> Json {
        match (&text.en, &text.zh) {
            (Some(en), None) => en.into(),
            (en, zh) => Object::default()
                .maybe("en", en.as_ref())
                .maybe("zh", zh.as_ref())
                .done(),
        }
    }
}

impl Scenario {
    /// The file as a value, in the order in which its keys are best read.
    pub fn to_json(&self) -> Json {
        let stands_for =
            |it: &crate::scenario::format::StandsFor| Json::from(format!("{}:{}", it.kind, it.id));
        Object::default()
            .put("title", &self.title)
            .maybe("description", self.description.as_ref())
            .some("stands_for", &self.stands_for, stands_for)
            .maybe("made_with", self.made_with.as_ref().map(made_with_json))
            .put("seed", self.seed as i64)
            .maybe("pinned", self.pinned.as_ref())
            .put("cluster", cluster_json(&self.cluster))
            .maybe("say", self.say.as_ref())
            .some("steps", &self.steps, step_json)
            .some("ask", &self.ask, ask_json)
            .some("loads", &self.loads, load_json)
            .some("pins", &self.pins, pin_json)
            .some("variants", &self.variants, variant_json)
            .some("violates", &self.violates, violates_json)
            .some("always", &self.always, always_json)
            .some("unwatched", &self.unwatched, |name| name.into())
            .maybe("until", self.until.as_ref().map(until_json))
            .done()
    }

    /// The file as text.
    pub fn print(&self) -> String {
        self.to_json().print()
    }
}

/// `made_with`.
pub(super) fn made_with_json(made: &MadeWith) -> Json {
    let hash = |hash: u64| Json::from(format!("0x{hash:016x}"));
    let trace = match &made.traces[..] {
        [] => None,
        [(name, trace)] if name.is_empty() => Some(hash(*trace)),
        traces => {
            let entries = traces
                .iter()
                .map(|(name, trace)| (name.clone(), hash(*trace)));
            Some(Json::Object(entries.collect()))
        }
    };
    Object::default()
        .put("version", &made.version)
        .maybe("trace", trace)
        .done()
}

/// `cluster`.
pub(super) fn cluster_json(cluster: &Cluster) -> Json {
    let by_name = |entries: Vec<(Name, Json)>| match entries.is_empty() {
        true => None,
        false => Some(Json::Object(entries)),
    };
    let clients = cluster.clients.iter();
    let clients = clients.map(|client| (client.name.clone(), client_json(client)));
    let hosts = cluster.hosts.iter();
    let hosts = hosts.map(|host| (host.name.clone(), host_json(host)));
    let network = match cluster.network == Network::default() {
        true => None,
        false => Some(network_json(&cluster.network)),
    };
    Object::default()
        .maybe("zookeeper", cluster.zookeeper.as_ref().map(ensemble_json))
        .maybe("kafka", cluster.kafka.clone())
        .maybe("clients", by_name(clients.collect()))
        .maybe("hosts", by_name(hosts.collect()))
        .maybe("network", network)
        .maybe("sync_time", cluster.sync_time.as_ref().map(latency_json))
        .maybe(
            "thread_delay",
            cluster.thread_delay.as_ref().map(latency_json),
        )
        .done()
}

fn ensemble_json(ensemble: &Ensemble) -> Json {
    let counted = ensemble.servers.iter().enumerate().all(|(i, server)| {
        let id = i as i64 + 1;
        let plain = Server {
            id,
            name: server_name(id),
            disk: server.disk.clone(),
            ..Server::default()
        };
        *server == plain
    });
    let servers = match counted {
        true => Json::from(ensemble.servers.len() as i64),
        false => Json::List(ensemble.servers.iter().map(server_json).collect()),
    };
    let disks = ensemble.servers.iter().filter(|_| counted);
    let disks =
        disks.filter_map(|server| Some((server.name.clone(), disk_json(server.disk.as_ref()?))));
    let disks: Vec<_> = disks.collect();
    let quirks = (ensemble.quirks != QuirkChoice::default()).then(|| quirks_json(&ensemble.quirks));
    Object::default()
        .maybe(
            "version",
            (ensemble.version != Release::V3_5_7).then(|| ensemble.version.to_string()),
        )
        .put("servers", servers)
        .maybe("config", config_json(&ensemble.config))
        .maybe("quirks", quirks)
        .maybe("disks", (!disks.is_empty()).then_some(Json::Object(disks)))
        .maybe("load_time", ensemble.load_time)
        .maybe("open_port_time", ensemble.open_port_time)
        .done()
}

fn server_json(server: &Server) -> Json {
    let name = (server.name != server_name(server.id)).then_some(&server.name);
    let role = (server.role != Role::default()).then(|| server.role.word());
    Object::default()
        .put("id", server.id)
        .maybe("name", name)
        .maybe("role", role)
        .maybe("weight", server.weight)
        .maybe("group", server.group)
        .maybe("version", server.version.map(|version| version.to_string()))
        .maybe("config", config_json(&server.config))
        .some("knows", server.knows.as_deref().unwrap_or(&[]), |id| {
            (*id).into()
        })
        .flag("myid_missing", server.myid_missing)
        .maybe("quirks", server.quirks.as_ref().map(quirks_json))
        .maybe("disk", server.disk.as_ref().map(disk_json))
        .maybe("sync_time", server.sync_time.as_ref().map(latency_json))
        .maybe(
            "thread_delay",
            server.thread_delay.as_ref().map(latency_json),
        )
        .done()
}

fn config_json(config: &[(ConfigKey, ConfigValue)]) -> Option<Json> {
    let value = |key: ConfigKey, value: ConfigValue| match value {
        ConfigValue::Switch(on) => Json::Bool(on),
        ConfigValue::Number(percent) if key == ConfigKey::SnapshotSizeFactor => {
            Json::Number(format!("{}.{:02}", percent / 100, percent % 100).into())
        }
        ConfigValue::Number(number) => Json::from(i64::from(number)),
    };
    let entries = config
        .iter()
        .map(|(key, it)| (key.word().into(), value(*key, *it)));
    let entries: Vec<_> = entries.collect();
    (!entries.is_empty()).then_some(Json::Object(entries))
}

fn quirks_json(quirks: &QuirkChoice) -> Json {
    if quirks.set.is_empty() {
        return quirks.rest.word().into();
    }
    let rest = (quirks.rest != QuirkRest::default()).then(|| quirks.rest.word());
    let object = Object::default().maybe("rest", rest);
    let put = |object: Object, (quirk, on): &(crate::zookeeper::Quirk, bool)| {
        object.put(quirk.word(), *on)
    };
    quirks.set.iter().fold(object, put).done()
}

fn disk_json(disk: &InitialDisk) -> Json {
    let epochs = disk.current_epoch.or(disk.accepted_epoch);
    if epochs.is_none() && !disk.logs_removed {
        return (&disk.history).into();
    }
    Object::default()
        .put("history", &disk.history)
        .maybe("current_epoch", disk.current_epoch)
        .maybe("accepted_epoch", disk.accepted_epoch)
        .maybe("logs_removed", disk.logs_removed.then_some(true))
        .done()
}

fn client_json(client: &Client) -> Json {
    Object::default()
        .one_or_many(
            "servers",
            client.servers.as_deref().unwrap_or(&[]),
            |name| name.into(),
        )
        .maybe("session_timeout", client.session_timeout)
        .done()
}

fn host_json(host: &Host) -> Json {
    let offset = (host.wall_offset_ns != 0).then(|| signed_span(host.wall_offset_ns));
    let drift = (host.drift_ppm != 0).then_some(i64::from(host.drift_ppm));
    Object::default()
        .one_or_many("nodes", &host.nodes, |name| name.into())
        .maybe("zone", host.zone.as_ref())
        .maybe("drift_ppm", drift)
        .maybe("wall_offset", offset)
        .maybe("uptime", host.mono_start)
        .done()
}

/// Nanoseconds as a duration with a sign if it is negative.
pub(super) fn signed_span(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    format!("{sign}{}", crate::base::Span(nanos.unsigned_abs()))
}

fn network_json(network: &Network) -> Json {
    Object::default()
        .maybe("latency", network.latency.as_ref().map(latency_json))
        .maybe(
            "local_latency",
            network.local_latency.as_ref().map(latency_json),
        )
        .maybe("connect_time", network.dial.as_ref().map(latency_json))
        .maybe("break_after", network.break_after)
        .some("links", &network.links, |link| {
            Object::default()
                .put("link", link_text(&link.link))
                .put("latency", latency_json(&link.latency))
                .done()
        })
        .done()
}

/// A step.
pub(super) fn step_json(step: &Step) -> Json {
    Object::default()
        .maybe("id", step.id.as_ref())
        .with(moment_fields(&step.moment))
        .one_or_many("do", &step.acts, act_json)
        .maybe("for", step.lasts)
        .maybe("undo", step.undo.as_ref())
        .one_or_many("expect", &step.expect, expectation_json)
        .maybe("say", step.say.as_ref())
        .some("meanwhile", &step.meanwhile, step_json)
        .one_or_many("only_in", &step.only_in, |name| name.into())
        .done()
}

fn moment_fields(moment: &Moment) -> Object {
    let wait =
        |key: &str, value: Json, delay: crate::base::Span, within: Option<crate::base::Span>| {
            let delay = (delay != crate::base::Span::ZERO).then_some(delay);
            Object::default()
                .put(key, value)
                .maybe("delay", delay)
                .maybe("within", within)
        };
    match moment {
        Moment::Next => Object::default(),
        Moment::At(time) => Object::default().put("at", *time),
        Moment::Later(span) => Object::default().put("at", format!("+{span}")),
        Moment::When {
            condition,
            delay,
            within,
        } => wait("when", predicate_json(condition), *delay, *within),
        Moment::After {
            event,
            delay,
            within,
        } => wait("after", event_json(event), *delay, *within),
    }
}

fn event_json(event: &Event) -> Json {
    match event {
        Event::Fact { fact, nth } => {
            let nth = (*nth != 1).then_some(i64::from(*nth));
            fact_fields(fact).maybe("nth", nth).done()
        }
        Event::Message(message) => message_fields("message", message).done(),
        Event::Sent(message) => message_fields("sent", message).done(),
        Event::Step(step) => Object::default().put("step", *step as i64).done(),
    }
}

fn expectation_json(expectation: &Expectation) -> Json {
    let object = predicate_fields(&expectation.predicate);
    let object = match expectation.by {
        Deadline::Now => object,
        Deadline::Within(span) => object.put("within", span),
        Deadline::Eventually => object.put("eventually", true),
        Deadline::Throughout(span) => object.put("throughout", span),
        Deadline::AtEnd => object.put("at_end", true),
    };
    object
        .one_or_many("only_in", &expectation.only_in, |name| name.into())
        .maybe("say", expectation.say.as_ref())
        .done()
}

fn ask_json(ask: &Ask) -> Json {
    Object::default()
        .put("at", ask.at)
        .put(ask.kind.word(), &ask.question)
        .some("choices", &ask.choices, |choice| choice.into())
        .maybe("right", ask.right.map(|right| right_json(right, ask)))
        .put("answer", predicate_json(&ask.answer))
        .maybe("answer_at", ask.answer_at)
        .maybe("misconception", ask.misconception.as_ref())
        .maybe("why", ask.why.as_ref())
        .one_or_many("only_in", &ask.only_in, |name| name.into())
        .done()
}

fn right_json(right: Right, ask: &Ask) -> Json {
    match right {
        Right::Yes(yes) => yes.into(),
        Right::Number(number) => number.into(),
        Right::Choice(index) => {
            let choice = &ask.choices[index];
            let words = choice.en.as_ref().or(choice.zh.as_ref());
            words.expect("a text has a language").into()
        }
    }
}

fn load_json(load: &Load) -> Json {
    let mix = load.mix.iter();
    let mix = mix.map(|(kind, share)| (kind.word().into(), i64::from(*share).into()));
    let from = (load.from != crate::base::SimTime(0)).then_some(load.from);
    let think = (load.think != crate::base::Span::ZERO).then_some(load.think);
    Object::default()
        .maybe("id", load.name.as_ref())
        .one_or_many("clients", &load.clients, |name| name.into())
        .maybe("from", from)
        .maybe("for", load.lasts)
        .maybe("operations", load.operations.map(i64::from))
        .put("mix", Json::Object(mix.collect()))
        .put("keys", i64::from(load.keys))
        .put("data_size", i64::from(load.data_size))
        .maybe("think", think)
        .done()
}

/// A pin.
pub(super) fn pin_json(pin: &Pin) -> Json {
    Object::default()
        .put("purpose", PURPOSES[pin.point.purpose as usize])
        .put("subject", format!("0x{:x}", pin.point.subject))
        .put("nth", i64::from(pin.point.nth))
        .put("value", format!("0x{:016x}", pin.value))
        .maybe("note", pin.note.as_ref())
        .done()
}

pub(super) fn variant_json(variant: &Variant) -> Json {
    let set = (!variant.set.is_empty()).then(|| Json::Object(variant.set.clone()));
    Object::default()
        .put("name", &variant.name)
        .maybe("title", variant.title.as_ref())
        .maybe("set", set)
        .done()
}

fn violates_json(violates: &Violates) -> Json {
    if violates.by.is_none() && violates.only_in.is_empty() {
        return (&violates.property).into();
    }
    Object::default()
        .put("property", &violates.property)
        .maybe("by", violates.by.as_ref())
        .one_or_many("only_in", &violates.only_in, |name| name.into())
        .done()
}

fn always_json(always: &Always) -> Json {
    match always {
        Always::Property(name) => name.into(),
        Always::Condition(_, condition) => predicate_json(condition),
    }
}

fn until_json(until: &Until) -> Json {
    match until {
        Until::Time(time) => (*time).into(),
        Until::Condition(condition, latest) => Object::default()
            .put("when", predicate_json(condition))
            .put("latest", *latest)
            .done(),
    }
}
