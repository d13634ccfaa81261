//! Pictures of mistakes: the place in the file with the offending text underlined, what was expected, what to do.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use sim_core::scenario::Diagnostic;

use crate::exit::Trouble;
use crate::style::{self, Styled};

/// So many places of one file are shown; the rest are counted.
const PLACES_SHOWN: usize = 12;

/// How many lines before and after a place are shown.
const CONTEXT_LINES: usize = 2;

/// No line is shown longer than this many bytes around the place.
const LINE_BYTES: usize = 160;

/// How grave it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grade {
    /// A mistake.
    #[default]
    Error,
    /// Most likely one.
    Warning,
    /// Worth knowing.
    Note,
}

impl Grade {
    fn level(self) -> Level<'static> {
        match self {
            Grade::Error => Level::ERROR,
            Grade::Warning => Level::WARNING,
            Grade::Note => Level::NOTE,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Grade::Error => "error",
            Grade::Warning => "warning",
            Grade::Note => "note",
        }
    }
}

/// A place in a text where something is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    grade: Grade,
    code: Option<&'static str>,
    span: Range<usize>,
    message: String,
    expected: Option<String>,
    remedy: Option<String>,
}

impl Place {
    /// A place by line and column, both from 1 and in characters; nothing is wrong with it yet.
    pub fn of_column(text: &str, line: usize, column: usize) -> Self {
        let before = text.split_inclusive('\n').take(line.saturating_sub(1));
        let start: usize = before.map(str::len).sum();
        let rest = &text[start..];
        let mut columns = rest.char_indices().map(|(at, _)| start + at);
        let at = columns.nth(column.saturating_sub(1)).unwrap_or(text.len());
        Self {
            span: at..at,
            ..Self::default()
        }
    }

    /// What is wrong there.
    pub fn says(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// How grave it is.
    pub fn grade(mut self, grade: Grade) -> Self {
        self.grade = grade;
        self
    }

    /// Which bytes of the text are meant.
    pub fn spans(mut self, span: Range<usize>) -> Self {
        self.span = span;
        self
    }

    /// What to do about it.
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl From<Diagnostic> for Place {
    fn from(diagnostic: Diagnostic) -> Self {
        let start = diagnostic.offset as usize;
        Self {
            grade: Grade::Error,
            code: Some(diagnostic.code.name()),
            span: start..start + diagnostic.len as usize,
            message: diagnostic.message.into(),
            expected: diagnostic.expected.map(String::from),
            remedy: diagnostic.remedy.map(String::from),
        }
    }
}

/// Shows one place.
pub fn one(out: &mut dyn Write, path: &str, text: &str, place: &Place) -> io::Result<()> {
    writeln!(out, "{}\n", picture(path, text, place))
}

/// Shows what is wrong with a whole file, or with none in particular.
pub fn plain(out: &mut dyn Write, path: &str, place: &Place) -> io::Result<()> {
    let style = match place.grade {
        Grade::Error => style::BAD,
        Grade::Warning | Grade::Note => style::CODE,
    };
    let file = if path.is_empty() {
        String::new()
    } else {
        format!("{path}: ")
    };
    let word = place.grade.word();
    writeln!(out, "{}: {file}{}", Styled(style, word), place.message)?;
    if let Some(remedy) = &place.remedy {
        help(out, remedy)?;
    }
    writeln!(out)
}

/// Shows what is wrong with what the user gave.
pub fn show(out: &mut dyn Write, trouble: &Trouble) -> io::Result<()> {
    match trouble {
        Trouble::File { path, what, remedy } => {
            writeln!(
                out,
                "{}: {}: {what}",
                Styled(style::BAD, "error"),
                path.display()
            )?;
            help(out, remedy)
        }
        Trouble::Argument { what, remedy } => {
            writeln!(out, "{}: {what}", Styled(style::BAD, "error"))?;
            help(out, remedy)
        }
        Trouble::Text { path, text, places } => {
            for place in places.iter().take(PLACES_SHOWN) {
                writeln!(
                    out,
                    "{}\n",
                    picture(&path.display().to_string(), text, place)
                )?;
            }
            if places.len() > PLACES_SHOWN {
                let more = style::count(places.len() - PLACES_SHOWN, "more mistake");
                writeln!(
                    out,
                    "{}: {more} in {}",
                    Styled(style::BAD, "error"),
                    path.display()
                )?;
            }
            Ok(())
        }
    }
}

fn help(out: &mut dyn Write, remedy: &str) -> io::Result<()> {
    writeln!(out, "  {}: {remedy}", Styled(style::CODE, "help"))
}

/// One place as a picture.
fn picture(path: &str, text: &str, place: &Place) -> String {
    let wrong = within(text, &place.span);
    let window = window(text, &wrong);
    let first_line = 1 + text[..window.start].matches('\n').count();
    let underlined = wrong.start - window.start..wrong.end - window.start;
    let label = place
        .expected
        .as_ref()
        .map(|expected| format!("expected {expected}"));
    let snippet = Snippet::source(&text[window])
        .path(path)
        .line_start(first_line)
        .annotation(
            AnnotationKind::Primary
                .span(underlined)
                .label(label.as_deref()),
        );
    let title = place.grade.level().primary_title(&place.message);
    let title = match place.code {
        Some(code) => title.id(code),
        None => title,
    };
    let mut group = Group::with_title(title).element(snippet);
    if let Some(remedy) = &place.remedy {
        group = group.element(Level::HELP.message(remedy));
    }
    Renderer::styled().render(&[group])
}

/// A span within the text and on character boundaries; what lies behind the end is the end.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let floor = |at: usize| text.floor_char_boundary(at.min(text.len()));
    let start = floor(span.start);
    start..floor(span.end).max(start)
}

/// The lines around a place; of long lines only what is near.
fn window(text: &str, wrong: &Range<usize>) -> Range<usize> {
    let mut start = wrong.start;
    for _ in 0..=CONTEXT_LINES {
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let near = text.floor_char_boundary(start.saturating_sub(LINE_BYTES));
        if near > line {
            return near..behind(text, wrong);
        }
        start = line.saturating_sub(1);
        if line == 0 {
            break;
        }
    }
    let start = if start == 0 { 0 } else { start + 1 };
    start..behind(text, wrong)
}

fn behind(text: &str, wrong: &Range<usize>) -> usize {
    let mut end = wrong.end;
    for _ in 0..=CONTEXT_LINES {
        let line = text[end..].find('\n').map_or(text.len(), |at| end + at);
        let near = text.ceil_char_boundary((end + LINE_BYTES).min(text.len()));
        if near < line {
            return near;
        }
        end = line;
        if end == text.len() {
            break;
        }
        end += 1;
    }
    end.min(text.len())
}
