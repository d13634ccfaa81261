//! Options of a command, as commons-cli reads them.
//!
//! Follows `PosixParser` 1.2 (to 3.5) and `DefaultParser` 1.4 (from 3.6), which agree in all that these commands meet: single
//! letters, several of them behind one dash, a value in the next word or in the same.

/// An option that a command knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// Its name without the dash.
    pub name: &'static str,
    /// Whether a value follows.
    pub valued: bool,
    /// What it is described as.
    pub means: &'static str,
}

/// An option without a value.
pub(crate) const fn flag(name: &'static str, means: &'static str) -> Known {
    Known {
        name,
        valued: false,
        means,
    }
}

/// An option with a value.
pub(crate) const fn valued(name: &'static str, means: &'static str) -> Known {
    Known {
        name,
        valued: true,
        means,
    }
}

/// What stands on a command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parsed {
    options: Vec<(&'static str, Option<String>)>,
    /// The rest; the first of it is the command itself.
    pub args: Vec<String>,
}

impl Parsed {
    /// Whether the option was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(given, _)| *given == name)
    }

    /// Its value.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let given = self.options.iter().find(|(given, _)| *given == name)?;
        given.1.as_deref()
    }
}

/// Reads the words of a command, itself included. The error is the exception as Java writes it.
pub(crate) fn parse(known: &[Known], words: &[String]) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut words = words.iter();
    let mut only_words = false;
    while let Some(word) = words.next() {
        let Some(rest) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
            parsed.args.push(word.clone());
            continue;
        };
        if only_words {
            parsed.args.push(word.clone());
        } else if rest == "-" {
            only_words = true;
        } else if let Some(option) = find(known, rest.trim_start_matches('-')) {
            let value = option.valued.then(|| next_value(known, &mut words));
            parsed
                .options
                .push((option.name, value.transpose_for(option)?));
        } else {
            concatenated(known, rest, &mut words, &mut parsed)?;
        }
    }
    Ok(parsed)
}

/// Several letters behind one dash; the rest behind a letter with a value is that value.
fn concatenated(
    known: &[Known],
    rest: &str,
    words: &mut core::slice::Iter<'_, String>,
    parsed: &mut Parsed,
) -> Result<(), String> {
    let unknown = || format!("{CLI}UnrecognizedOptionException: Unrecognized option: -{rest}");
    if rest.starts_with('-') {
        return Err(unknown());
    }
    for (at, letter) in rest.char_indices() {
        let name = &rest[at..at + letter.len_utf8()];
        let option = find(known, name).ok_or_else(unknown)?;
        if !option.valued {
            parsed.options.push((option.name, None));
            continue;
        }
        let behind = &rest[at + name.len()..];
        let value = match behind {
            "" => next_value(known, words).or_missing(option)?,
            inline => inline.to_owned(),
        };
        parsed.options.push((option.name, Some(value)));
        break;
    }
    Ok(())
}

const CLI: &str = "org.apache.commons.cli.";

fn find<'k>(known: &'k [Known], name: &str) -> Option<&'k Known> {
    known.iter().find(|option| option.name == name)
}

/// The next word, unless it is an option itself.
fn next_value(known: &[Known], words: &mut core::slice::Iter<'_, String>) -> Option<String> {
    let next = words.as_slice().first()?;
    let is_option = next
        .strip_prefix('-')
        .is_some_and(|rest| find(known, rest).is_some());
    if is_option {
        return None;
    }
    words.next();
    Some(next.clone())
}

trait Missing {
    fn or_missing(self, option: &Known) -> Result<String, String>;
}

impl Missing for Option<String> {
    fn or_missing(self, option: &Known) -> Result<String, String> {
        self.ok_or_else(|| {
            format!(
                "{CLI}MissingArgumentException: Missing argument for option: {}",
                option.name
            )
        })
    }
}

trait TransposeFor {
    fn transpose_for(self, option: &Known) -> Result<Option<String>, String>;
}

impl TransposeFor for Option<Option<String>> {
    fn transpose_for(self, option: &Known) -> Result<Option<String>, String> {
        self.map(|value| value.or_missing(option)).transpose()
    }
}

/// One of these must be given, and no two (`OptionGroup`).
pub(crate) fn one_of(group: &[Known], required: bool, parsed: &Parsed) -> Result<(), String> {
    let mut given = parsed
        .options
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| find(group, name).is_some());
    match (given.next(), required) {
        (None, true) => {
            let texts = group.iter().map(|it| format!("-{} {}", it.name, it.means));
            let texts = texts.collect::<Vec<_>>().join(", ");
            Err(format!(
                "{CLI}MissingOptionException: Missing required option: [{texts}]"
            ))
        }
        (Some(first), _) => match given.find(|other| *other != first) {
            Some(other) => Err(format!(
                "{CLI}AlreadySelectedException: The option '{other}' was specified but an option from \
                 this group has already been selected: '{first}'"
            )),
            None => Ok(()),
        },
        (None, false) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Parsed, String> {
        let known = [
            flag("s", "stat"),
            flag("w", "watch"),
            valued("v", "version"),
        ];
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        parse(&known, &words)
    }

    #[test]
    fn options_are_read_as_commons_cli_does() {
        let both = read("get -sw /a").expect("known");
        assert!(both.has("s") && both.has("w"));
        assert_eq!(both.args, ["get", "/a"]);
        // A number below zero is a value, not an option.
        assert_eq!(
            read("set -v -1 /a x").expect("known").value("v"),
            Some("-1")
        );
        assert_eq!(read("set -v5 /a x").expect("known").value("v"), Some("5"));
        assert_eq!(
            read("set /a -- -s").expect("words").args,
            ["set", "/a", "-s"]
        );
        // ls-unknown-option of the recordings.
        let error = read("ls -x /app").expect_err("unknown");
        let expected =
            "org.apache.commons.cli.UnrecognizedOptionException: Unrecognized option: -x";
        assert_eq!(error, expected);
    }
}
