//! What the reader of scenario files says would have been right, and what to do, in Chinese.
//!
//! The reader speaks English. Its sentences are few and made of the same parts, so a table has them all; a test reads
//! the reader's source and fails for a sentence that the table lacks. What stands in quotes, brackets and braces is what
//! a file holds, and stays.

/// Sentences with `{}` for what differs, and what they are in Chinese. The first that fits is taken.
#[rustfmt::skip]
const SENTENCES: &[(&str, &str)] = &[
    // What would have been right.
    ("one of {}", "其中之一：{}"),
    ("a whole number, at least {}", "不小于 {} 的整数"),
    ("a whole number from {} to {}", "{} 到 {} 的整数"),
    ("a whole number", "整数"),
    ("true or false", "true 或 false"),
    ("a text in \"quotes\"", "放在引号里的文本"),
    ("a text that begins with /", "以 / 开头的文本"),
    ("a text like {} or {}; units are {}", "形如 {} 或 {} 的文本；单位有 {}"),
    ("a text like {} or {}", "形如 {} 或 {} 的文本"),
    ("a text, or {}", "文本，或 {}"),
    ("a duration like {} or {}", "形如 {} 或 {} 的时长"),
    ("a duration, or {}", "时长，或 {}"),
    ("a number like 0.25, with at most three places", "形如 0.25 的数，小数最多三位"),
    ("a hexadecimal text like {}, or a number that is not negative", "形如 {} 的十六进制文本，或非负数"),
    ("epoch and counter like {}, or {}", "形如 {} 的纪元和计数，或 {}"),
    ("least and greatest, {}", "最小值和最大值，{}"),
    ("the least and the greatest, {}", "最小值和最大值，{}"),
    ("a time that is not before {}", "不早于 {} 的时刻"),
    ("a list of {}", "一个列表"),
    ("a list", "一个列表"),
    ("an object with {} as keys", "以名称为键的对象"),
    ("an object with {}", "含有 {} 的对象"),
    ("an object, {}", "一个对象"),
    ("the name of a node, host or zone", "节点、主机或区域的名称"),
    ("the name of a server", "服务器的名称"),
    ("the name of a client", "客户端的名称"),
    ("the name of a node", "节点的名称"),
    ("the name of a {}", "名称"),
    ("a release from {} to {}", "{} 到 {} 之间的版本"),
    ("a release in quotes, like {}", "放在引号里的版本号，如 {}"),
    ("how many servers, or a list of them", "服务器的数量，或它们的列表"),
    ("data by path, {}", "按路径给出的数据，{}"),
    ("{}, or the name of a node as the name of the host", "{}，或用节点名作主机名"),
    ("{} (everything to and from it), or {}", "{}（与它之间的全部连接），或 {}"),
    ("a factor like 0.33", "形如 0.33 的系数"),
    ("a group for each voter, as zoo.cfg wants it", "给每个投票者一个组，与 zoo.cfg 的要求相同"),
    ("a letter, then letters, digits, - or _, at most 40", "以字母开头，后跟字母、数字、- 或 _，最多 40 个字符"),
    ("a path of keys below `cluster`, like {}", "`cluster` 之下的键路径，如 {}"),
    ("one load for each client", "每个客户端一种负载"),
    ("shares like {}", "形如 {} 的份额"),
    ("two or more groups, {}", "两个或更多的组，{}"),
    ("whole milliseconds, more than none", "大于零的整毫秒数"),
    ("\"en\", \"zh\" or both", "\"en\"、\"zh\" 或两者"),
    // What to do.
    ("did you mean {}?", "是否想写 {}？"),
    ("write {} without quotes", "写成 {}，不加引号"),
    ("write {} or {}", "写成 {} 或 {}"),
    ("write something, or leave it out", "写点内容，或去掉它"),
    ("write {}", "写成 {}"),
    ("the first one is on line {}", "第一次出现在第 {} 行"),
    ("leave {} out, or make it a step of its own", "去掉 {}，或让它单独成为一步"),
    ("leave {} out", "去掉 {}"),
    ("leave it out", "去掉它"),
    ("leave out logs_removed, or say what the snapshot holds", "去掉 logs_removed，或说明快照里有什么"),
    ("a history is written like {}", "历史的写法形如 {}"),
    ("a real server does not start with such files", "真实的服务器带着这样的文件无法启动"),
    ("choose another name", "换一个名称"),
    ("give at least one server the role {}", "至少让一台服务器担任 {}"),
    ("give each voter a group; without groups each has one vote", "给每个投票者一个组；没有组时每人一票"),
    ("add participants, or set {} in {}", "增加参与者，或设置 {}（在 {} 中）"),
    ("entries like {}, apart by commas", "形如 {} 的条目，用逗号分隔"),
    ("swap the two", "把两者对调"),
    ("use {}, or write the condition twice inside {}", "用 {}，或在 {} 里把条件写两次"),
    ("{} undoes what {} did", "{} 会撤销 {} 所做的事"),
];

/// A sentence of the reader in Chinese; `None` if it is not known.
pub fn chinese(sentence: &str) -> Option<String> {
    let known = SENTENCES.iter().find_map(|(english, chinese)| {
        let parts = fill(english, sentence)?;
        let mut parts = parts.into_iter().map(listed);
        let mut pieces = chinese.split("{}");
        let mut told = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            told.push_str(&parts.next().unwrap_or_default());
            told.push_str(piece);
        }
        Some(told)
    });
    known.or_else(|| is_file(sentence).then(|| listed(sentence)))
}

/// What stands in the holes of a pattern, if it fits all of a sentence.
fn fill<'a>(pattern: &str, sentence: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = sentence.strip_prefix(pieces.next()?)?;
    let mut parts = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let end = match (pieces.peek().is_none(), piece.is_empty()) {
            (true, true) => rest.len(),
            (true, false) => rest.len().checked_sub(piece.len())?,
            (false, _) => rest.find(piece)?,
        };
        parts.push(rest.get(..end)?);
        rest = rest.get(end..)?.strip_prefix(piece)?;
    }
    rest.is_empty().then_some(parts)
}

/// Lists as Chinese writes them, outside quotes.
fn listed(part: &str) -> String {
    let mut told = String::new();
    for (nth, piece) in part.split('"').enumerate() {
        match nth % 2 {
            0 => told.push_str(&piece.replace(", or ", "，或 ").replace(" or ", " 或 ")),
            _ => told.extend(["\"", piece, "\""]),
        }
    }
    told
}

/// Whether it is nothing but what a file would hold.
fn is_file(part: &str) -> bool {
    let outside = part.split('"').step_by(2).collect::<String>();
    let words = outside.replace(" or ", " ").replace("null", "");
    !words.contains(|it: char| it.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_with_what_they_say() {
        for (english, expected) in [
            ("did you mean \"tickTime\"?", "是否想写 \"tickTime\"？"),
            ("a whole number from 1 to 255", "1 到 255 的整数"),
            (
                "a text like \"200ms\" or \"1.5s\"",
                "形如 \"200ms\" 或 \"1.5s\" 的文本",
            ),
            ("\"en\" or \"zh\"", "\"en\" 或 \"zh\""),
            ("write \"5s\" or \"5ms\"", "写成 \"5s\" 或 \"5ms\""),
            (
                "one of \"a\", \"b\" or \"c\"",
                "其中之一：\"a\", \"b\" 或 \"c\"",
            ),
        ] {
            assert_eq!(chinese(english).as_deref(), Some(expected));
        }
        assert_eq!(chinese("something that nobody ever said"), None);
    }

    /// The literals that the reader hands to `expected`, `remedy` and `wrong_type`.
    fn literals(source: &str) -> Vec<String> {
        let mut found = Vec::new();
        for call in ["expected(", "remedy(", "wrong_type("] {
            for (at, _) in source.match_indices(call) {
                let rest = source[at + call.len()..].trim_start();
                let rest = rest.strip_prefix("node,").unwrap_or(rest).trim_start();
                let rest = rest.strip_prefix('&').unwrap_or(rest);
                let rest = rest.strip_prefix("format!(").unwrap_or(rest).trim_start();
                if let Some(literal) = rest.strip_prefix('"') {
                    found.push(literal_of(literal));
                }
            }
        }
        found
    }

    /// Up to the closing quote, with its escapes read and values in the place of `{…}`.
    fn literal_of(rest: &str) -> String {
        let mut text = String::new();
        let mut chars = rest.chars().peekable();
        while let Some(it) = chars.next() {
            match it {
                '"' => break,
                '\\' => text.extend(chars.next()),
                '{' if chars
                    .peek()
                    .is_some_and(|next| *next == '}' || next.is_lowercase()) =>
                {
                    chars.by_ref().find(|it| *it == '}');
                    text.push('7');
                }
                it => text.push(it),
            }
        }
        text
    }

    #[test]
    fn every_sentence_of_the_reader_is_known() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../sim-core/src/scenario/read");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).expect("the reader") {
            let source = std::fs::read_to_string(entry.expect("a file").path());
            for literal in literals(&source.expect("a source")) {
                let told = chinese(&literal);
                assert!(told.is_some(), "the table lacks: {literal}");
                count += 1;
            }
        }
        assert!(count > 40, "the sentences were found: {count}");
    }
}
