//! Every text that a person reads outside the sentences of facts: titles, labels, buttons, messages, in English and
//! Chinese.
//!
//! The texts are in `views/locales/en.yml` and `zh.yml`, read when the program is built. Keys go by where they are
//! used: `view.` pictures, `state.` states, `op.` what an operator sees, `bar.`, `beat.`, `why.`, `key.`, `hand.`,
//! `err.` the window. The language is an argument, never a global. Words of the protocol (LOOKING, zxid, DIFF) stay as
//! they are in both languages.

use sim_core::explain::Lang;
use std::borrow::Cow;
use std::fmt::Display;

/// The name of a language's file.
const fn file(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Zh => "zh",
    }
}

/// The text of a key.
///
/// # Panics
/// If there is no such key: a test holds every key in the sources to the files.
pub fn text(lang: Lang, key: &str) -> Cow<'static, str> {
    crate::_rust_i18n_try_translate(file(lang), key).unwrap_or_else(|| panic!("no text for {key}"))
}

/// The text of a key with values in the place of `%{name}`.
///
/// # Panics
/// As [`text`].
pub fn with(lang: Lang, key: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut text = text(lang, key).into_owned();
    for (name, value) in values {
        text = text.replace(&format!("%{{{name}}}"), &value.to_string());
    }
    text
}
