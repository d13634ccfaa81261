//! Colours and small forms of text for the terminal.
//!
//! Styles are always written; the stream strips them where they are not wanted (no terminal, `NO_COLOR`, `--color`).

use anstyle::{AnsiColor, Color, Style};

const fn of(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

/// Titles.
pub const TITLE: Style = Style::new().bold();
/// What recedes: times, remarks.
pub const DIM: Style = of(AnsiColor::BrightBlack);
/// What held.
pub const GOOD: Style = of(AnsiColor::Green);
/// What did not.
pub const BAD: Style = of(AnsiColor::Red).bold();
/// What deserves a look: faults, unpromised breaks.
pub const WARN: Style = of(AnsiColor::Yellow);
/// A leader.
pub const LEADING: Style = of(AnsiColor::Green).bold();
/// A follower.
pub const FOLLOWING: Style = of(AnsiColor::BrightBlue);
/// A server that looks for a leader.
pub const LOOKING: Style = of(AnsiColor::Yellow);
/// An observer.
pub const OBSERVING: Style = of(AnsiColor::Magenta);
/// What a lesson says.
pub const SAY: Style = of(AnsiColor::Cyan);
/// Words to type.
pub const CODE: Style = Style::new().bold();

/// Text in a style.
pub struct Styled<T>(pub Style, pub T);

impl<T: std::fmt::Display> std::fmt::Display for Styled<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}{:#}", self.0, self.1, self.0)
    }
}

/// The styles of help texts.
pub const HELP: clap::builder::Styles = clap::builder::Styles::styled()
    .header(TITLE)
    .usage(TITLE)
    .literal(of(AnsiColor::Cyan).bold())
    .placeholder(of(AnsiColor::Cyan));

/// How many terminal columns a text takes.
pub fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// A text with blanks behind it up to a width in columns.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// A number with commas between its thousands: `20,000`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 file`, `2 files`.
pub fn count(number: usize, one: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {one}{s}", thousands(number as u64))
}

/// Words broken into lines of at most so many columns. Chinese breaks anywhere.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in pieces(text) {
        let wide = width(word);
        if used > 0 && used + width(word.trim_end()) > columns {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
        }
        used += wide;
    }
    lines
        .into_iter()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// Pieces that may begin a line: words with the blank behind them, wide characters with the punctuation behind them.
fn pieces(text: &str) -> Vec<&str> {
    const CLINGS: &str = "，。、；：？！）》”’」』";
    let mut cuts = vec![0];
    let mut before = ' ';
    for (at, now) in text.char_indices() {
        let wide = |c: char| unicode_width::UnicodeWidthChar::width(c) == Some(2);
        let breaks = before == ' ' || wide(before) || wide(now);
        if at > 0 && now != ' ' && breaks && !CLINGS.contains(now) && !"（《“‘「『".contains(before)
        {
            cuts.push(at);
        }
        before = now;
    }
    cuts.push(text.len());
    cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn words_wrap_at_blanks_and_chinese_anywhere() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("一票不过半数。", 8), ["一票不过", "半数。"]);
        assert_eq!(wrap("一票不过。", 8), ["一票不", "过。"]);
        assert_eq!(wrap("", 8), [""]);
    }
}
