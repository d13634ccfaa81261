//! From text to a checked scenario: every mistake with its place, what was expected, and the nearest right name.
//!
//! The reader walks the tree of [`source`](super::source) with the tables of [`shapes`](super::shapes) in hand. It goes
//! on after a mistake, so that one run tells of many; a value that could not be read counts as absent and is not
//! complained of twice.

mod act;
mod cluster;
mod names;
mod predicate;
mod step;
mod value;
mod variant;

use crate::base::SimTime;
use crate::scenario::format::{
    Always, Load, MadeWith, Moment, Pin, Place, StandsFor, Step, Until, Violates,
};
use crate::scenario::shape::{Key, Shape};
use crate::scenario::source::{self, Member, Node, Range, Source, Value};
use crate::scenario::words::nearest;
use crate::scenario::{Code, Diagnostic, Scenario, shapes};
pub(super) use cluster::server_name;
use names::Names;

/// After so many mistakes the reader stops noting them.
const MAX_ERRORS: usize = 50;

impl Scenario {
    /// Reads a scenario file. The mistakes come in the order in which they stand in the file.
    pub fn parse(text: &str) -> Result<Scenario, Vec<Diagnostic>> {
        Scenario::parse_bytes(text.as_bytes())
    }

    /// Reads a scenario file from bytes that may be anything.
    pub fn parse_bytes(bytes: &[u8]) -> Result<Scenario, Vec<Diagnostic>> {
        let refused = |error: Box<Diagnostic>| vec![complete(*error)];
        let text = source::decode(bytes).map_err(refused)?;
        let source = Source::new(text);
        let root = source::parse(&source).map_err(refused)?;
        let mut reader = Reader::new(&source);
        reader.check_duplicates(&root);
        let scenario = reader.scenario(&root);
        let mut errors = reader.errors;
        errors.sort_by_key(|error| error.offset);
        match scenario {
            Some(scenario) if errors.is_empty() => Ok(scenario),
            _ => Err(errors.into_iter().map(complete).collect()),
        }
    }
}

/// Says what was expected and what to do where the place of a mistake had nothing better to say.
fn complete(mut error: Diagnostic) -> Diagnostic {
    let (expected, remedy) = match error.code {
        Code::TooLarge => ("a scenario of ordinary size", "leave out what is too much"),
        Code::NotText => ("text in UTF-8", "save the file as UTF-8"),
        Code::Syntax => (
            "JSON; comments and trailing commas are allowed",
            "mend the text here",
        ),
        Code::DuplicateKey => ("each key once", "keep one of the two"),
        Code::UnknownKey => (
            "a key that has a meaning here",
            "leave it out, or use one of those",
        ),
        Code::MissingKey => ("this key", "add it"),
        Code::Conflict => ("one of the two", "leave one of them out"),
        Code::WrongType => ("another kind of value", "write it as expected"),
        Code::UnknownWord => ("a word that has a meaning here", "use one of those"),
        Code::UnknownName => (
            "a name that the file defines",
            "define it, or use one of those",
        ),
        Code::BadName => ("a name of its own", "choose another name"),
        Code::OutOfRange => (
            "a value that makes sense here",
            "choose a value in the range",
        ),
        Code::BadDuration => ("a duration like \"200ms\"", "write a number and its unit"),
        Code::BadValue => ("a value that can be read", "write it as expected"),
        Code::TimeGoesBack => ("times that do not go back", "put things in their order"),
        Code::Empty => (
            "something that does or says something",
            "fill it, or leave it out",
        ),
        Code::Impossible => ("something that can be done", "change one of the two sides"),
    };
    error.expected.get_or_insert_with(|| expected.into());
    error.remedy.get_or_insert_with(|| remedy.into());
    error
}

/// What the reader knows while it reads.
pub(super) struct Reader<'a> {
    source: &'a Source<'a>,
    errors: Vec<Diagnostic>,
    /// Where it is, as keys and positions.
    path: Vec<Segment>,
    names: Names,
    /// The variant whose names are being checked; `None` while the scenario itself is read.
    checking: Option<Box<str>>,
    scratch: Diagnostic,
}

enum Segment {
    Key(Box<str>),
    Index(usize),
}

/// The members of an object whose keys were checked.
pub(super) struct Fields<'n> {
    members: &'n [Member],
    range: Range,
    shape: &'static Shape,
}

impl<'n> Fields<'n> {
    /// The member with this key.
    fn get(&self, key: &str) -> Option<&'n Member> {
        self.members.iter().find(|member| &*member.key == key)
    }
}

impl<'a> Reader<'a> {
    fn new(source: &'a Source<'a>) -> Self {
        Self {
            source,
            errors: Vec::new(),
            path: Vec::new(),
            names: Names::default(),
            checking: None,
            scratch: source::diagnostic(source, Code::Syntax, Range::default(), ""),
        }
    }

    /// Notes a mistake.
    fn error(&mut self, code: Code, range: Range, message: &str) -> &mut Diagnostic {
        let path = self.path_text();
        let message = match &self.checking {
            Some(variant) => format!("{message} (in variant \"{variant}\")"),
            None => message.to_owned(),
        };
        let mut diagnostic = source::diagnostic(self.source, code, range, &message);
        diagnostic.path = path.into();
        let known = |error: &Diagnostic| error.offset == diagnostic.offset && error.code == code;
        if self.errors.len() >= MAX_ERRORS || self.errors.iter().any(known) {
            self.scratch = diagnostic;
            return &mut self.scratch;
        }
        self.errors.push(diagnostic);
        self.errors.last_mut().expect("one was pushed")
    }

    fn path_text(&self) -> String {
        let mut text = String::new();
        for segment in &self.path {
            match segment {
                Segment::Key(key) if text.is_empty() => text.push_str(key),
                Segment::Key(key) => text.extend([".", key]),
                Segment::Index(index) => text.push_str(&format!("[{index}]")),
            }
        }
        text
    }

    /// A mistake of type: `found` says what stands there.
    fn wrong_type(&mut self, node: &Node, expected: &str) -> &mut Diagnostic {
        let message = format!("{} cannot stand here", node.value.kind());
        self.error(Code::WrongType, node.range, &message)
            .expected(expected)
    }

    fn place(&self, range: Range) -> Place {
        let (line, column) = self.source.line_column(range.start);
        Place { line, column }
    }

    /// Refuses keys that stand twice in one object, anywhere.
    fn check_duplicates(&mut self, node: &Node) {
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| self.check_duplicates(item)),
            Value::Object(members) => {
                let mut seen = std::collections::BTreeMap::new();
                for member in members {
                    if let Some(first) = seen.insert(&member.key, member.key_range) {
                        let (line, _) = self.source.line_column(first.start);
                        let message = format!("the key \"{}\" stands here twice", member.key);
                        self.error(Code::DuplicateKey, member.key_range, &message)
                            .remedy(&format!("the first one is on line {line}"));
                    }
                    self.check_duplicates(&member.node);
                }
            }
            _ => {}
        }
    }

    /// An object with the keys of a shape.
    fn open<'n>(&mut self, node: &'n Node, shape: &'static Shape) -> Option<Fields<'n>> {
        self.open_with(node, shape, &[])
    }

    /// An object with the keys of a shape and some more.
    fn open_with<'n>(
        &mut self,
        node: &'n Node,
        shape: &'static Shape,
        more: &'static [Key],
    ) -> Option<Fields<'n>> {
        let Value::Object(members) = &node.value else {
            let names: Vec<_> = shape.names().take(4).collect();
            let expected = format!("an object with keys like {}", quoted_list(&names));
            self.wrong_type(node, &expected);
            return None;
        };
        for member in members {
            let known = shape.has(&member.key) || more.iter().any(|key| key.name == &*member.key);
            if !known {
                let names = shape.names().chain(more.iter().map(|key| key.name));
                self.unknown_key(member, shape.name, &names.collect::<Vec<_>>());
            }
        }
        for key in shape.keys.iter().filter(|key| key.must) {
            if !members.iter().any(|member| &*member.key == key.name) {
                self.missing_key(node.range, key);
            }
        }
        Some(Fields {
            members,
            range: node.range,
            shape,
        })
    }

    fn unknown_key(&mut self, member: &Member, what: &str, names: &[&str]) {
        let message = format!("unknown key \"{}\" in {}", member.key, with_article(what));
        let near = nearest(&member.key, names.iter().copied());
        let expected = format!("one of {}", quoted_list(names));
        let error = self.error(Code::UnknownKey, member.key_range, &message);
        error.expected(&expected);
        if let Some(near) = near {
            error.remedy(&format!("did you mean \"{near}\"?"));
        }
    }

    fn missing_key(&mut self, object: Range, key: &Key) {
        let range = Range {
            start: object.start,
            end: object.start + 1,
        };
        let message = format!("the key \"{}\" is missing", key.name);
        self.error(Code::MissingKey, range, &message)
            .expected(key.says.trim_end_matches('.'));
    }

    /// Reads the member with this key, if it is there.
    fn field<T>(
        &mut self,
        fields: &Fields<'_>,
        key: &'static str,
        read: impl FnOnce(&mut Self, &Node) -> Option<T>,
    ) -> Option<T> {
        let member = fields.get(key)?;
        self.inside(key, |reader| read(reader, &member.node))
    }

    /// Reads with a key added to the path.
    fn inside<T>(&mut self, key: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(Segment::Key(key.into()));
        let result = read(self);
        self.path.pop();
        result
    }

    /// Reads a list that is not empty, item by item; items with mistakes are left out.
    fn list<T>(
        &mut self,
        node: &Node,
        what: &str,
        mut read: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::List(items) = &node.value else {
            self.wrong_type(node, &format!("a list of {what}"));
            return None;
        };
        if items.is_empty() {
            self.error(Code::Empty, node.range, &format!("an empty list of {what}"))
                .remedy("leave it out");
        }
        Some(self.items(items, &mut read))
    }

    fn items<T>(
        &mut self,
        items: &[Node],
        mut read: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Vec<T> {
        let mut found = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.path.push(Segment::Index(index));
            found.extend(read(self, item));
            self.path.pop();
        }
        found
    }

    /// Reads one value, or a list of them that is not empty.
    fn one_or_many<T>(
        &mut self,
        node: &Node,
        what: &str,
        mut read: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Option<Vec<T>> {
        match &node.value {
            Value::List(_) => self.list(node, what, read),
            _ => read(self, node).map(|one| vec![one]),
        }
    }

    /// Reads an object with free keys.
    fn map<T>(
        &mut self,
        node: &Node,
        what: &str,
        mut read: impl FnMut(&mut Self, &Member) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Object(members) = &node.value else {
            self.wrong_type(node, &format!("an object with {what} as keys"));
            return None;
        };
        let mut found = Vec::with_capacity(members.len());
        for member in members {
            found.extend(self.inside(&member.key, |reader| read(reader, member)));
        }
        Some(found)
    }

    /// The whole file.
    fn scenario(&mut self, root: &Node) -> Option<Scenario> {
        let fields = self.open(root, &shapes::SCENARIO)?;
        let cluster = self.field(&fields, "cluster", Self::cluster);
        let cluster = cluster.unwrap_or_default();
        self.names = Names::of(&cluster, !self.errors.is_empty());
        self.names.collect(&fields);
        let mut scenario = Scenario {
            cluster,
            ..Scenario::default()
        };
        scenario.variants = match self.names.sure {
            true => self.variants(&fields),
            false => Vec::new(),
        };
        for variant in &scenario.variants {
            self.names.join(&variant.cluster);
        }
        self.head(&fields, &mut scenario);
        self.story(&fields, &mut scenario);
        self.check_variants(&fields, &scenario);
        Some(scenario)
    }

    fn head(&mut self, fields: &Fields<'_>, scenario: &mut Scenario) {
        self.field(fields, "$schema", Self::plain);
        scenario.title = self.field(fields, "title", Self::text).unwrap_or_default();
        scenario.description = self.field(fields, "description", Self::text);
        scenario.say = self.field(fields, "say", Self::text);
        scenario.pinned = self.field(fields, "pinned", Self::text);
        scenario.seed = self
            .field(fields, "seed", |r, node| r.integer(node, 0, i64::MAX))
            .map_or(1, |seed| seed as u64);
        let stands_for = |r: &mut Self, node: &Node| r.list(node, "ids", Self::stands_for);
        scenario.stands_for = self
            .field(fields, "stands_for", stands_for)
            .unwrap_or_default();
        scenario.made_with = self.field(fields, "made_with", Self::made_with);
        let pins = |r: &mut Self, node: &Node| r.list(node, "pins", Self::pin);
        scenario.pins = self.field(fields, "pins", pins).unwrap_or_default();
        let unwatched = |r: &mut Self, node: &Node| r.list(node, "properties", Self::property);
        scenario.unwatched = self
            .field(fields, "unwatched", unwatched)
            .unwrap_or_default();
    }

    /// What names nodes: read once for the scenario, and again for each variant with other nodes.
    fn story(&mut self, fields: &Fields<'_>, scenario: &mut Scenario) {
        let steps = self.field(fields, "steps", Self::steps);
        scenario.steps = steps.unwrap_or_default();
        let ask = |r: &mut Self, node: &Node| r.list(node, "questions", Self::ask);
        scenario.ask = self.field(fields, "ask", ask).unwrap_or_default();
        let loads = |r: &mut Self, node: &Node| r.list(node, "loads", Self::load);
        scenario.loads = self.field(fields, "loads", loads).unwrap_or_default();
        let violates = |r: &mut Self, node: &Node| r.list(node, "properties", Self::violates);
        scenario.violates = self.field(fields, "violates", violates).unwrap_or_default();
        let always =
            |r: &mut Self, node: &Node| r.list(node, "properties or conditions", Self::always);
        scenario.always = self.field(fields, "always", always).unwrap_or_default();
        self.check_loads(&scenario.loads, fields);
        scenario.until = self.field(fields, "until", Self::until);
        self.check_until(scenario, fields);
    }

    /// A client has one load at most.
    fn check_loads(&mut self, loads: &[Load], fields: &Fields<'_>) {
        let mut busy: Vec<&Box<str>> = Vec::new();
        for (index, load) in loads.iter().enumerate() {
            for client in &load.clients {
                if busy.contains(&client) {
                    let range = client_range(fields, index);
                    let message = format!("\"{client}\" has a load already");
                    self.error(Code::Conflict, range.unwrap_or(fields.range), &message)
                        .expected("one load for each client");
                }
                busy.push(client);
            }
        }
    }

    /// A scenario does not end before its last step.
    fn check_until(&mut self, scenario: &Scenario, fields: &Fields<'_>) {
        let (Some(Until::Time(end) | Until::Condition(_, end)), Some(member)) =
            (&scenario.until, fields.get("until"))
        else {
            return;
        };
        let last = last_time(&scenario.steps);
        if *end < last {
            let message = format!("the scenario ends at {end}, before a step at {last}");
            self.error(Code::TimeGoesBack, member.node.range, &message)
                .expected(&format!("a time that is not before {last}"));
        }
    }

    /// Every name that a step of a variant uses must exist in that variant.
    fn check_variants(&mut self, fields: &Fields<'_>, scenario: &Scenario) {
        if !self.errors.is_empty() {
            return;
        }
        for variant in &scenario.variants {
            self.names.enter(&variant.cluster);
            self.checking = Some(variant.name.clone());
            self.story(fields, &mut Scenario::default());
            self.checking = None;
        }
    }

    /// Whether the variants named here leave out the one being checked.
    fn left_out(&self, only_in: &[Box<str>]) -> bool {
        match &self.checking {
            Some(variant) => !only_in.is_empty() && !only_in.contains(variant),
            None => false,
        }
    }

    fn stands_for(&mut self, node: &Node) -> Option<StandsFor> {
        const KINDS: [&str; 6] = [
            "claim",
            "recording",
            "upstream",
            "tracker",
            "reference",
            "paper",
        ];
        let text = self.plain(node)?;
        let expected = "claim:Z43, recording:zookeeper-3.5.7/B, upstream:FLETest.testJoin, \
                        tracker:ZOOKEEPER-2845, reference:7b or paper:…";
        let Some((kind, id)) = text.split_once(':').filter(|(_, id)| !id.trim().is_empty()) else {
            self.error(Code::BadValue, node.range, "an id without its kind")
                .expected(expected);
            return None;
        };
        if !KINDS.contains(&kind) {
            let message = format!("\"{kind}\" is no kind of source");
            self.error(Code::UnknownWord, node.range, &message)
                .expected(expected)
                .near(kind, &KINDS);
            return None;
        }
        Some(StandsFor {
            kind: kind.into(),
            id: id.into(),
        })
    }

    fn made_with(&mut self, node: &Node) -> Option<MadeWith> {
        let fields = self.open(node, &shapes::MADE_WITH)?;
        let version = self.field(&fields, "version", Self::plain);
        let traces = self.field(&fields, "trace", |reader, node| match &node.value {
            Value::Object(_) => reader.map(node, "variants", |reader, member| {
                let name = reader.variant_name(&member.key, member.key_range)?;
                Some((name, reader.hex(&member.node)?))
            }),
            _ => Some(vec![("".into(), reader.hex(node)?)]),
        });
        Some(MadeWith {
            version: version?,
            traces: traces.unwrap_or_default(),
        })
    }

    fn pin(&mut self, node: &Node) -> Option<Pin> {
        let fields = self.open(node, &shapes::PIN)?;
        let purpose = self.field(&fields, "purpose", |r, n| {
            r.one_of(n, "a purpose", &shapes::PURPOSES)
        });
        let subject = self.field(&fields, "subject", Self::hex);
        let nth = self.field(&fields, "nth", |r, n| r.integer(n, 0, i64::from(u32::MAX)));
        let value = self.field(&fields, "value", Self::hex);
        let note = self.field(&fields, "note", Self::plain);
        let point = crate::base::Point {
            purpose: value::purpose(purpose?),
            subject: subject?,
            nth: nth? as u32,
        };
        Some(Pin {
            point,
            value: value?,
            note,
        })
    }

    fn property(&mut self, node: &Node) -> Option<Box<str>> {
        let name = self.plain(node)?;
        self.property_name(name, node.range)
    }

    fn property_name(&mut self, name: Box<str>, range: Range) -> Option<Box<str>> {
        if crate::invariant::property(&name).is_some() {
            return Some(name);
        }
        let names = crate::invariant::PROPERTIES.map(|property| property.meta.name);
        self.error(
            Code::UnknownName,
            range,
            &format!("no property is named \"{name}\""),
        )
        .expected(&quoted_list(&names))
        .near(&name, &names);
        None
    }

    fn violates(&mut self, node: &Node) -> Option<Violates> {
        let place = self.place(node.range);
        if let Value::Text(_) = &node.value {
            return Some(Violates {
                place,
                property: self.property(node)?,
                by: None,
                only_in: Vec::new(),
            });
        }
        let fields = self.open(node, &shapes::VIOLATES)?;
        let only_in = self.only_in(&fields);
        if self.left_out(&only_in) {
            return None;
        }
        let property = self.field(&fields, "property", Self::property);
        let by = self.field(&fields, "by", Self::node_name);
        Some(Violates {
            place,
            property: property?,
            by,
            only_in,
        })
    }

    fn always(&mut self, node: &Node) -> Option<Always> {
        match &node.value {
            Value::Text(_) => self.property(node).map(Always::Property),
            _ => {
                let condition = self.predicate(node)?;
                Some(Always::Condition(self.place(node.range), condition))
            }
        }
    }

    fn until(&mut self, node: &Node) -> Option<Until> {
        if let Value::Text(_) | Value::Number(_) = &node.value {
            return self.instant(node).map(Until::Time);
        }
        let fields = self.open(node, &shapes::UNTIL)?;
        let when = self.field(&fields, "when", Self::predicate);
        let latest = self.field(&fields, "latest", Self::instant);
        Some(Until::Condition(when?, latest?))
    }
}

/// The latest time of a step that says one.
fn last_time(steps: &[Step]) -> SimTime {
    let time = |step: &Step| match step.moment {
        Moment::At(time) => time.max(last_time(&step.meanwhile)),
        _ => last_time(&step.meanwhile),
    };
    steps.iter().map(time).max().unwrap_or_default()
}

/// Where the clients of a load stand.
fn client_range(fields: &Fields<'_>, load: usize) -> Option<Range> {
    let Value::List(loads) = &fields.get("loads")?.node.value else {
        return None;
    };
    let Value::Object(members) = &loads.get(load)?.value else {
        return None;
    };
    let clients = members.iter().find(|member| &*member.key == "clients")?;
    Some(clients.node.range)
}

impl Diagnostic {
    /// Adds what was expected.
    fn expected(&mut self, expected: &str) -> &mut Self {
        self.expected = Some(expected.into());
        self
    }

    /// Adds what to do.
    fn remedy(&mut self, remedy: &str) -> &mut Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Adds the nearest of some names, if one is near.
    fn near<'n>(&mut self, wrong: &str, names: impl IntoIterator<Item = &'n &'n str>) -> &mut Self {
        if let Some(near) = nearest(wrong, names.into_iter().copied()) {
            self.remedy(&format!("did you mean \"{near}\"?"));
        }
        self
    }
}

/// `"a", "b" or "c"`; long lists are cut.
pub(super) fn quoted_list<S: AsRef<str>>(names: &[S]) -> String {
    const MOST: usize = 24;
    let quoted: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("\"{}\"", name.as_ref()))
        .collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some(_) if names.len() > MOST => format!("{}, …", quoted.join(", ")),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// `an ask`, `a step`, `the cluster`.
fn with_article(name: &str) -> String {
    match name {
        "scenario" | "cluster" | "network" | "zookeeper" => format!("`{name}`"),
        _ if name.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an `{name}`"),
        _ => format!("a `{name}`"),
    }
}
