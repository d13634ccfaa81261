//! The JSON Schema of scenario files, made from the tables that the reader uses.
//!
//! It says what can be said of a file without knowing its names: keys, kinds of values, words, bounds. That a node exists
//! or that time does not go back, only the reader knows.

use crate::scenario::format::Json;
use crate::scenario::print::Object;
use crate::scenario::shape::{Key, Kind, Shape};
use crate::scenario::shapes::SCENARIO;
use crate::scenario::shapes_predicate::EXPECTATION_KEYS;
use std::collections::BTreeMap;

const SPAN: &str = r"[0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|min|h)";

/// The JSON Schema of scenario files (draft 2020-12).
pub fn schema() -> Json {
    let mut maker = Maker::default();
    let root = maker.shape(&SCENARIO, &[]);
    let Json::Object(root) = root else {
        unreachable!("a shape makes an object");
    };
    let head = Object::default()
        .put("$schema", "https://json-schema.org/draft/2020-12/schema")
        .put("title", "quorumscope scenario");
    let mut members = match head.done() {
        Json::Object(members) => members,
        _ => Vec::new(),
    };
    members.extend(root);
    let definitions = maker.definitions.into_iter();
    let definitions = definitions.map(|(name, made)| (name.into(), made.unwrap_or(Json::Null)));
    members.push(("$defs".into(), Json::Object(definitions.collect())));
    Json::Object(members)
}

/// Definitions made so far; `None` for one that is being made.
#[derive(Default)]
struct Maker {
    definitions: BTreeMap<String, Option<Json>>,
    /// Definitions without a name of their own, by what they say.
    shared: BTreeMap<String, String>,
}

impl Maker {
    /// A reference to a definition, which is made if it is not there yet.
    fn define(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Json) -> Json {
        if !self.definitions.contains_key(name) {
            self.definitions.insert(name.to_owned(), None);
            let made = make(self);
            self.definitions.insert(name.to_owned(), Some(made));
        }
        Object::default()
            .put("$ref", format!("#/$defs/{name}"))
            .done()
    }

    /// A definition that several places share.
    fn share(&mut self, family: &str, made: Json) -> Json {
        let text = made.compact();
        let number = self.shared.len() + 1;
        let name = self.shared.entry(text);
        let name = name.or_insert_with(|| format!("{family}.{number}")).clone();
        self.define(&name, |_| made)
    }

    fn shape(&mut self, shape: &'static Shape, more: &'static [Key]) -> Json {
        let keys = shape.keys.iter().chain(more);
        let properties = keys.map(|key| {
            let kind = self.kind(key.kind);
            (key.name.into(), with_description(kind, key.says))
        });
        let properties = Json::Object(properties.collect());
        let required: Vec<_> = shape.keys.iter().filter(|key| key.must).collect();
        Object::default()
            .put("description", shape.says)
            .put("type", "object")
            .put("properties", properties)
            .some("required", &required, |key| key.name.into())
            .put("additionalProperties", false)
            .done()
    }

    fn kind(&mut self, kind: &'static Kind) -> Json {
        match kind {
            Kind::Text => self.define("text", |_| text()),
            Kind::Plain => of_type("string"),
            Kind::Name => self.define("name", |_| pattern(r"^\p{L}[\p{L}\p{N}_-]{0,39}$")),
            Kind::Ref(what) => {
                with_description(of_type("string"), &format!("the name of a {what}"))
            }
            Kind::Nodes => self.define("nodes", |_| {
                let says = "A name, a list of names, all, leader or followers.";
                let names = one_or_many(of_type("string"));
                with_description(names, says)
            }),
            Kind::Duration => self.define("duration", |_| pattern(&format!("^{SPAN}$"))),
            Kind::SignedDuration => {
                self.define("signed_duration", |_| pattern(&format!("^[+-]?{SPAN}$")))
            }
            Kind::Time => self.define("time", |_| pattern(&format!(r"^\+?{SPAN}$"))),
            Kind::Latency => self.define("latency", Self::latency),
            Kind::Zxid => self.define("zxid", |_| {
                let text = pattern("^([0-9]+:[0-9]+|0x[0-9a-fA-F]{1,16})$");
                any_of(vec![text, of_type("integer")])
            }),
            Kind::Hex => self.define("hex", |_| {
                any_of(vec![pattern("^0x[0-9a-fA-F]{1,16}$"), at_least(0)])
            }),
            Kind::Bool => of_type("boolean"),
            Kind::Null => of_type("null"),
            Kind::Int(min, max) => integer(*min, *max),
            Kind::Decimal => Object::default()
                .put("type", "number")
                .put("minimum", 0)
                .done(),
            Kind::Words(words) => {
                let words = words();
                match words.len() > 4 {
                    true => self.share("words", one_of_words(&words)),
                    false => one_of_words(&words),
                }
            }
            Kind::List(item) => array(self.kind(item), 1),
            Kind::AnyList(item) => array(self.kind(item), 0),
            Kind::OneOrMany(item) => one_or_many(self.kind(item)),
            Kind::Object(shape) => self.define(shape.name, |maker| maker.shape(shape, &[])),
            Kind::Map(value) => Object::default()
                .put("type", "object")
                .put("additionalProperties", self.kind(value))
                .done(),
            Kind::WordMap(words, value) => {
                let properties = words()
                    .into_iter()
                    .map(|word| (word.into(), self.kind(value)));
                Object::default()
                    .put("type", "object")
                    .put("properties", Json::Object(properties.collect()))
                    .put("additionalProperties", false)
                    .done()
            }
            Kind::Either(kinds) => any_of(kinds.iter().map(|kind| self.kind(kind)).collect()),
            Kind::OneOf(name, shapes) => self.define(name, |maker| {
                let more = if *name == "expectation" {
                    EXPECTATION_KEYS
                } else {
                    &[]
                };
                let one = |shape: &&'static Shape| {
                    let full = format!("{name}.{}", shape.name);
                    maker.define(&full, |maker| maker.shape(shape, more))
                };
                any_of(shapes.iter().map(one).collect())
            }),
            Kind::Compare(value) => self.compare(value),
            Kind::Any => Json::Object(Vec::new()),
        }
    }

    fn latency(&mut self) -> Json {
        let span = self.kind(&Kind::Duration);
        let ends = Object::default()
            .put("type", "array")
            .put("items", span.clone())
            .put("minItems", 2)
            .put("maxItems", 2)
            .done();
        let uniform = object(&[("uniform", ends)], 1);
        let exponential = object(&[("mean", span.clone()), ("min", span.clone())], 1);
        let sigma = Object::default()
            .put("type", "number")
            .put("minimum", 0)
            .done();
        let parts = [
            ("median", span.clone()),
            ("sigma", sigma),
            ("min", span.clone()),
        ];
        let log_normal = object(&parts, 2);
        any_of(vec![
            span,
            uniform,
            object(&[("exponential", exponential)], 1),
            object(&[("log_normal", log_normal)], 1),
        ])
    }

    fn compare(&mut self, value: &'static Kind) -> Json {
        let one = self.kind(value);
        let properties =
            ["not", "at_least", "at_most", "above", "below"].map(|key| (key, one.clone()));
        let pair = Object::default()
            .put("type", "array")
            .put("items", one.clone())
            .put("minItems", 2)
            .put("maxItems", 2)
            .done();
        let others = [
            ("one_of", array(one.clone(), 1)),
            ("between", pair),
            ("same_as", of_type("string")),
            ("differs_from", of_type("string")),
        ];
        let all = properties.into_iter().chain(others);
        let all = all.map(|(key, value)| (key.into(), value)).collect();
        let comparison = Object::default()
            .put("type", "object")
            .put("properties", Json::Object(all))
            .put("additionalProperties", false)
            .put("minProperties", 1)
            .put("maxProperties", 1)
            .done();
        self.share("compare", any_of(vec![one, comparison]))
    }
}

impl From<i32> for Json {
    fn from(number: i32) -> Json {
        i64::from(number).into()
    }
}

fn of_type(name: &str) -> Json {
    Object::default().put("type", name).done()
}

fn pattern(pattern: &str) -> Json {
    Object::default()
        .put("type", "string")
        .put("pattern", pattern)
        .done()
}

fn at_least(min: i64) -> Json {
    Object::default()
        .put("type", "integer")
        .put("minimum", min)
        .done()
}

fn integer(min: i64, max: i64) -> Json {
    Object::default()
        .put("type", "integer")
        .maybe("minimum", (min != i64::MIN).then_some(min))
        .maybe("maximum", (max != i64::MAX).then_some(max))
        .done()
}

fn one_of_words(words: &[&'static str]) -> Json {
    Object::default()
        .some("enum", words, |word| (*word).into())
        .done()
}

fn array(item: Json, least: i64) -> Json {
    Object::default()
        .put("type", "array")
        .put("items", item)
        .maybe("minItems", (least > 0).then_some(least))
        .done()
}

fn one_or_many(item: Json) -> Json {
    any_of(vec![item.clone(), array(item, 1)])
}

fn any_of(kinds: Vec<Json>) -> Json {
    Object::default().put("anyOf", Json::List(kinds)).done()
}

/// An object with these keys, the first `must` of which have to be there.
fn object(keys: &[(&str, Json)], must: usize) -> Json {
    let properties = keys.iter().map(|(key, kind)| ((*key).into(), kind.clone()));
    Object::default()
        .put("type", "object")
        .put("properties", Json::Object(properties.collect()))
        .some("required", &keys[..must], |(key, _)| (*key).into())
        .put("additionalProperties", false)
        .done()
}

fn text() -> Json {
    let plain = Object::default()
        .put("type", "string")
        .put("minLength", 1)
        .done();
    let languages = Object::default()
        .put("type", "object")
        .put("properties", object_of(&["en", "zh"], &plain))
        .put("additionalProperties", false)
        .put("minProperties", 1)
        .done();
    any_of(vec![plain, languages])
}

fn object_of(keys: &[&str], value: &Json) -> Json {
    Json::Object(
        keys.iter()
            .map(|key| ((*key).into(), value.clone()))
            .collect(),
    )
}

fn with_description(kind: Json, says: &str) -> Json {
    match kind {
        Json::Object(mut members) => {
            let known = members.iter().position(|(key, _)| &**key == "description");
            if let Some(known) = known {
                members.remove(known);
            }
            members.insert(0, ("description".into(), says.into()));
            Json::Object(members)
        }
        other => other,
    }
}
