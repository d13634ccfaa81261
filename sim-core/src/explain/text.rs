//! Templates: one text in two languages, long and short.
//!
//! `{name}` stands for the argument of that name; `{name|vote|votes}` for a word that follows its
//! number (English only: Chinese has no plural). Texts are constants, so that none can be missing
//! at run time; a test holds both languages to the same arguments.

use serde::{Deserialize, Serialize};

/// The language of a rendering.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese (simplified).
    Zh,
}

/// A template in both languages. Compared by its key.
#[derive(Debug)]
pub struct Text {
    /// Its name, stable across versions: exporters and tests name sentences by it.
    pub key: &'static str,
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
    /// English for lists, where the subject and the time stand in their own columns.
    pub en_short: &'static str,
    /// Chinese for lists.
    pub zh_short: &'static str,
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Text {}

impl Text {
    /// The template of a language and length.
    pub const fn template(&self, lang: Lang, short: bool) -> &'static str {
        match (lang, short) {
            (Lang::En, false) => self.en,
            (Lang::En, true) => self.en_short,
            (Lang::Zh, false) => self.zh,
            (Lang::Zh, true) => self.zh_short,
        }
    }
}

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Itself.
    Plain(&'a str),
    /// An argument.
    Arg(&'a str),
    /// One of two words, by a number.
    Plural(&'a str, &'a str, &'a str),
}

/// Cuts a template into its pieces.
pub(super) fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(inner) = rest.strip_prefix('{') else {
            let end = rest.find('{').unwrap_or(rest.len());
            let (plain, tail) = rest.split_at(end);
            rest = tail;
            return Some(Piece::Plain(plain));
        };
        let (inner, tail) = inner.split_once('}').expect("a template closes its braces");
        rest = tail;
        let mut parts = inner.split('|');
        let name = parts.next().unwrap_or_default();
        Some(match (parts.next(), parts.next()) {
            (Some(one), Some(many)) => Piece::Plural(name, one, many),
            _ => Piece::Arg(name),
        })
    })
}

/// Declares texts and the list of them: `NAME "key" { en, zh; short en, short zh }`, or `{ en, zh
/// }` where the short form is the long one.
macro_rules! texts {
    ($($name:ident $key:literal {
        $en:literal, $zh:literal $(; $en_short:literal, $zh_short:literal)?
    })*) => {
        $(
            pub(super) static $name: crate::explain::text::Text = crate::explain::text::Text {
                key: $key,
                en: $en,
                zh: $zh,
                en_short: crate::explain::text::texts!(@short $en $(, $en_short)?),
                zh_short: crate::explain::text::texts!(@short $zh $(, $zh_short)?),
            };
        )*
        /// All texts of this file.
        #[cfg(test)]
        pub(super) static ALL: &[&crate::explain::text::Text] = &[$(&$name),*];
    };
    (@short $long:literal) => { $long };
    (@short $long:literal, $short:literal) => { $short };
}
pub(super) use texts;
