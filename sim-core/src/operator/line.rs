//! How zkCli cuts a line into words.
//!
//! Follows `MyCommandOptions.parseCommand` of release 3.5.7: a regular expression that is looked for again and again,
//! blanks around a word that does not begin with a quote, or a quoted text. So a blank line is a word (the last blank),
//! and a quote without its end is passed over.

/// The words of a line.
pub(crate) fn words(line: &str) -> Vec<String> {
    let chars: Vec<char> = line.chars().collect();
    let (mut words, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        match word(&chars, at) {
            Some((text, end)) => {
                words.push(text);
                at = end + blanks(&chars[end..]);
            }
            None => at += 1,
        }
    }
    words
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

fn blanks(chars: &[char]) -> usize {
    chars.iter().take_while(|c| is_blank(**c)).count()
}

/// The word that a search from here finds right here, and where it ends. Blanks before it are given back one by one if
/// nothing fits behind all of them.
fn word(chars: &[char], at: usize) -> Option<(String, usize)> {
    let most = blanks(&chars[at..]);
    (0..=most).rev().find_map(|skip| {
        let from = at + skip;
        let first = *chars.get(from)?;
        if first == '"' || first == '\'' {
            let inside = chars[from + 1..].iter().position(|c| *c == first)?;
            let text = chars[from + 1..from + 1 + inside].iter().collect();
            return Some((text, from + inside + 2));
        }
        let rest = chars[from + 1..].iter().take_while(|c| !is_blank(**c));
        let end = from + 1 + rest.count();
        Some((chars[from..end].iter().collect(), end))
    })
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn lines_are_cut_as_recorded() {
        let cases: [(&str, &[&str]); 9] = [
            ("ls /", &["ls", "/"]),
            ("  ls   -s  /app ", &["ls", "-s", "/app"]),
            // create-quoted-data, create-single-quoted, create-empty-string, create-unquoted-spaces.
            (
                "create /app/b \"two words\"",
                &["create", "/app/b", "two words"],
            ),
            ("create /app/q 'it is'", &["create", "/app/q", "it is"]),
            ("create /app/empty \"\"", &["create", "/app/empty", ""]),
            (
                "create /app/c two words",
                &["create", "/app/c", "two", "words"],
            ),
            // blank-line: the command is one blank.
            ("    ", &[" "]),
            ("create /a \"no end", &["create", "/a", "no", "end"]),
            ("", &[]),
        ];
        for (line, expected) in cases {
            assert_eq!(words(line), expected, "{line}");
        }
    }
}
