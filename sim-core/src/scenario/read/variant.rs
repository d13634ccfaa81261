//! Variants: the cluster with some of its settings replaced, read and checked like the original.

use super::{Fields, MAX_ERRORS, Reader, value};
use crate::scenario::Code;
use crate::scenario::format::Variant;
use crate::scenario::shapes;
use crate::scenario::source::{Member, Node, Value};

impl Reader<'_> {
    pub(super) fn variants(&mut self, fields: &Fields<'_>) -> Vec<Variant> {
        let Some(base) = fields.get("cluster") else {
            return Vec::new();
        };
        let read = |r: &mut Self, node: &Node| {
            r.list(node, "variants", |r, node| r.variant(node, &base.node))
        };
        let variants = self.field(fields, "variants", read).unwrap_or_default();
        let mut seen: Vec<&str> = Vec::new();
        for variant in &variants {
            if seen.contains(&&*variant.name) {
                let range = fields.get("variants").map(|m| m.node.range);
                let message = format!("two variants are named \"{}\"", variant.name);
                self.error(Code::BadName, range.unwrap_or_default(), &message);
            }
            seen.push(&variant.name);
        }
        variants
    }

    fn variant(&mut self, node: &Node, base: &Node) -> Option<Variant> {
        let fields = self.open(node, &shapes::VARIANT)?;
        let name = self.field(&fields, "name", Self::variant_new_name);
        let title = self.field(&fields, "title", Self::text);
        let mut tree = base.clone();
        let set = self.field(&fields, "set", |reader, node| {
            reader.map(node, "paths", |reader, member| {
                reader.set_path(&mut tree, member);
                Some((member.key.clone(), value::json(&member.node)))
            })
        });
        let before = self.errors.len();
        let cluster = self.inside("set", |reader| reader.cluster(&tree));
        if self.errors.len() > before && self.errors.len() < MAX_ERRORS {
            let name = name.as_deref().unwrap_or("?");
            for error in &mut self.errors[before..] {
                error.message = format!("{} (in variant \"{name}\")", error.message).into();
            }
        }
        Some(Variant {
            name: name?,
            title,
            set: set.unwrap_or_default(),
            cluster: cluster?,
        })
    }

    /// Puts the value of a variant's path into its copy of the cluster.
    fn set_path(&mut self, tree: &mut Node, member: &Member) {
        let path = member.key.strip_prefix("cluster.").unwrap_or(&member.key);
        let mut at = tree;
        let mut keys = path.split('.').peekable();
        while let Some(key) = keys.next() {
            let kind = at.value.kind();
            let Value::Object(members) = &mut at.value else {
                let message = format!("\"{key}\" in this path is below {kind}");
                self.error(Code::BadValue, member.key_range, &message)
                    .expected("a path of keys below `cluster`, like zookeeper.config.tickTime");
                return;
            };
            if key.is_empty() {
                self.error(Code::BadValue, member.key_range, "an empty key in a path");
                return;
            }
            let index = members.iter().position(|known| &*known.key == key);
            let index = index.unwrap_or_else(|| {
                members.push(Member {
                    key: key.into(),
                    key_range: member.key_range,
                    node: Node {
                        range: member.node.range,
                        value: Value::Object(Vec::new()),
                    },
                });
                members.len() - 1
            });
            at = &mut members[index].node;
            if keys.peek().is_none() {
                *at = member.node.clone();
            }
        }
    }
}
