//! Facts compared with what a file says of them, by their serialised form.

use crate::scenario::Cast;
use crate::scenario::predicate::{Compare, FactIs, Value};
use crate::zookeeper::{Fact, Sid};
use core::fmt;
use serde::Serialize;
use serde::ser::{Error, Impossible, Serializer};
use serde_json::Value as Json;

/// Whether a fact is of this kind.
pub(super) fn is_kind(fact: &Fact, kind: &str) -> bool {
    kind_of(fact) == kind
}

/// The kind of a fact, as serde names it.
pub(super) fn kind_of(fact: &Fact) -> &'static str {
    match fact.serialize(KindOnly) {
        Err(Stop(kind)) => kind,
        Ok(kind) => kind,
    }
}

/// Whether a fact of the right kind holds what is said of its fields.
pub(super) fn fits(fact: &Fact, is: &FactIs, cast: &Cast) -> bool {
    if is.fields.is_empty() {
        return true;
    }
    let Ok(Json::Object(outer)) = serde_json::to_value(fact) else {
        return false;
    };
    let Some(body) = outer.values().next() else {
        return false;
    };
    is.fields.iter().all(|(path, comparison)| {
        let at = |value: &Json, key: &str| -> Json {
            match (value, key.parse::<usize>()) {
                (Json::Array(items), Ok(index)) => items.get(index).cloned().unwrap_or_default(),
                _ => value.get(key).cloned().unwrap_or_default(),
            }
        };
        let actual = path
            .split('.')
            .fold(body.clone(), |value, key| at(&value, key));
        field_fits(&actual, comparison, cast)
    })
}

fn field_fits(actual: &Json, comparison: &Compare<Value>, cast: &Cast) -> bool {
    let same = |wanted: &Value| equal(actual, wanted, cast);
    let order = |wanted: &Value| compare(actual, wanted);
    match comparison {
        Compare::Is(wanted) => same(wanted),
        Compare::Not(wanted) => !same(wanted),
        Compare::OneOf(wanted) => wanted.iter().any(same),
        Compare::AtLeast(wanted) => order(wanted).is_some_and(std::cmp::Ordering::is_ge),
        Compare::AtMost(wanted) => order(wanted).is_some_and(std::cmp::Ordering::is_le),
        Compare::Above(wanted) => order(wanted).is_some_and(std::cmp::Ordering::is_gt),
        Compare::Below(wanted) => order(wanted).is_some_and(std::cmp::Ordering::is_lt),
        Compare::Between(low, high) => {
            order(low).is_some_and(std::cmp::Ordering::is_ge)
                && order(high).is_some_and(std::cmp::Ordering::is_le)
        }
        Compare::SameAs(_) | Compare::DiffersFrom(_) => false,
    }
}

fn equal(actual: &Json, wanted: &Value, cast: &Cast) -> bool {
    let sid = |name: &str| cast.node(name).and_then(|node| cast.sid(node));
    match wanted {
        Value::Null => actual.is_null(),
        Value::Bool(wanted) => actual.as_bool() == Some(*wanted),
        Value::Number(wanted) => number(actual) == Some(*wanted),
        Value::Zxid(wanted) => number(actual) == Some(wanted.0),
        Value::Word(wanted) => actual.as_str() == Some(wanted),
        Value::Node(name) => number(actual).is_some() && number(actual).map(Sid) == sid(name),
        Value::Nodes(names) => {
            let mut wanted: Vec<_> = names.iter().filter_map(|name| sid(name)).collect();
            let items = actual.as_array().into_iter().flatten();
            let mut found: Vec<_> = items.filter_map(number).map(Sid).collect();
            wanted.sort_unstable();
            found.sort_unstable();
            wanted == found
        }
    }
}

fn compare(actual: &Json, wanted: &Value) -> Option<core::cmp::Ordering> {
    let wanted = match wanted {
        Value::Number(wanted) => *wanted,
        Value::Zxid(wanted) => wanted.0,
        _ => return None,
    };
    number(actual).map(|actual| actual.cmp(&wanted))
}

/// A number as the file would compare it; digests are unsigned in the fact.
fn number(value: &Json) -> Option<i64> {
    value
        .as_i64()
        .or(value.as_u64().map(|number| number as i64))
}

/// Stops serialising as soon as the variant's name is known.
struct KindOnly;

#[derive(Debug)]
struct Stop(&'static str);

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl core::error::Error for Stop {}

impl Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Stop("")
    }
}

type Never = Impossible<&'static str, Stop>;

macro_rules! no_fact {
    ($($method:ident($($type:ty),*) -> $result:ty;)+) => {
        $(fn $method(self, $(_: $type),*) -> Result<$result, Stop> { Err(Stop("")) })+
    };
}

impl Serializer for KindOnly {
    type Ok = &'static str;
    type Error = Stop;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    no_fact! {
        serialize_bool(bool) -> &'static str;
        serialize_i8(i8) -> &'static str;
        serialize_i16(i16) -> &'static str;
        serialize_i32(i32) -> &'static str;
        serialize_i64(i64) -> &'static str;
        serialize_u8(u8) -> &'static str;
        serialize_u16(u16) -> &'static str;
        serialize_u32(u32) -> &'static str;
        serialize_u64(u64) -> &'static str;
        serialize_f32(f32) -> &'static str;
        serialize_f64(f64) -> &'static str;
        serialize_char(char) -> &'static str;
        serialize_str(&str) -> &'static str;
        serialize_bytes(&[u8]) -> &'static str;
        serialize_none() -> &'static str;
        serialize_unit() -> &'static str;
        serialize_unit_struct(&'static str) -> &'static str;
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct(&'static str, usize) -> Never;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<&'static str, Stop> {
        Err(Stop(""))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<&'static str, Stop> {
        Err(Stop(""))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<&'static str, Stop> {
        Ok(variant)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<&'static str, Stop> {
        Ok(variant)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Never, Stop> {
        Err(Stop(variant))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Never, Stop> {
        Err(Stop(variant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zookeeper::{Epoch, Zxid};

    #[test]
    fn kinds_are_told_without_serialising() {
        assert_eq!(kind_of(&Fact::PortOpen), "port_open");
        assert_eq!(kind_of(&Fact::Synced { zxid: Zxid(1) }), "synced");
    }

    #[test]
    fn fields_are_compared_by_value() {
        let cast = Cast::default();
        let fact = Fact::Synced {
            zxid: Zxid::new(Epoch(1), 8),
        };
        let is = |comparison| FactIs {
            kind: "synced".into(),
            at: Vec::new(),
            fields: vec![("zxid".into(), comparison)],
        };
        let eight = Value::Zxid(Zxid::new(Epoch(1), 8));
        let nine = Value::Zxid(Zxid::new(Epoch(1), 9));
        assert!(fits(&fact, &is(Compare::Is(eight.clone())), &cast));
        assert!(fits(&fact, &is(Compare::Below(nine.clone())), &cast));
        assert!(!fits(&fact, &is(Compare::AtLeast(nine)), &cast));
        assert!(!fits(&fact, &is(Compare::Not(eight)), &cast));
    }
}
