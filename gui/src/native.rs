//! The window on a desktop: files by dialogs on a thread of their own, so that the window never waits for them.

use app::command::Unreadable;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use views::picture::Picture;
use views::theme::Theme;

use crate::fonts;
use crate::platform::{Opened, Platform};

/// How much larger than on the screen a picture is saved: sharp on paper and on the wall.
const PNG_SCALE: f32 = 2.0;

/// A desktop.
pub struct Native {
    answers: Receiver<Answer>,
    answer: Sender<Answer>,
    opened: Vec<Opened>,
    saved: Vec<Result<String, String>>,
}

enum Answer {
    Opened(Opened),
    Saved(Result<String, String>),
}

impl Default for Native {
    fn default() -> Self {
        let (answer, answers) = channel();
        Self {
            answers,
            answer,
            opened: Vec::new(),
            saved: Vec::new(),
        }
    }
}

/// Reads a file, but not more of it than a window opens.
pub fn read(path: &Path) -> Opened {
    let name = path.file_name().unwrap_or(path.as_os_str());
    // Where it lies whatever folder the program is started from next time.
    let place = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Opened {
        name: name.to_string_lossy().into_owned(),
        place: place.to_str().map(str::to_owned),
        text: text(path),
    }
}

fn text(path: &Path) -> Result<String, Unreadable> {
    const MOST: usize = app::session::MAX_TEXT;
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|why| unreadable(&why))?;
    let mut file = file.take(MOST as u64 + 1);
    file.read_to_string(&mut text)
        .map_err(|why| unreadable(&why))?;
    match text.len() > MOST {
        true => Err(Unreadable::TooLong),
        false => Ok(text),
    }
}

fn unreadable(why: &std::io::Error) -> Unreadable {
    match why.kind() {
        ErrorKind::NotFound => Unreadable::Absent,
        ErrorKind::PermissionDenied => Unreadable::Forbidden,
        ErrorKind::InvalidData => Unreadable::NotText,
        _ => Unreadable::Told(why.to_string().into()),
    }
}

/// Where settings are kept.
const SETTINGS: &str = "window.txt";
/// Where the list of files that were opened last is kept.
const RECENT: &str = "recent.txt";

/// Where a file of this program is kept: in the folder that the system has for settings.
fn kept_file(name: &str) -> Option<PathBuf> {
    let folder = |name| {
        std::env::var_os(name)
            .filter(|it| !it.is_empty())
            .map(PathBuf::from)
    };
    let base = folder("XDG_CONFIG_HOME")
        .or_else(|| folder("APPDATA"))
        .or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(base.join("quorumscope").join(name))
}

fn keep(name: &str, text: &str) {
    if let Some(path) = kept_file(name) {
        // What is kept is a convenience: a disk that is full must not stand in the way of anything.
        let _ = path.parent().map(std::fs::create_dir_all);
        let _ = std::fs::write(path, text);
    }
}

fn kept(name: &str) -> Option<String> {
    std::fs::read_to_string(kept_file(name)?).ok()
}

impl Native {
    /// A thread that asks, and tells the answer.
    fn ask(&self, ctx: &egui::Context, question: impl FnOnce() -> Option<Answer> + Send + 'static) {
        let (answer, ctx) = (self.answer.clone(), ctx.clone());
        std::thread::spawn(move || {
            if let Some(it) = question() {
                // The window may be gone by then, and nobody waits.
                let _ = answer.send(it);
                ctx.request_repaint();
            }
        });
    }

    fn hear(&mut self) {
        for it in self.answers.try_iter() {
            match it {
                Answer::Opened(it) => self.opened.push(it),
                Answer::Saved(it) => self.saved.push(it),
            }
        }
    }
}

impl Platform for Native {
    fn ask_for_file(&mut self, ctx: &egui::Context) {
        self.ask(ctx, || {
            let dialog = rfd::FileDialog::new().add_filter("JSON", &["json", "jsonc"]);
            dialog.pick_file().map(|path| Answer::Opened(read(&path)))
        });
    }

    fn opened(&mut self) -> Option<Opened> {
        self.hear();
        self.opened.pop()
    }

    fn save(&mut self, ctx: &egui::Context, name: &str, bytes: Vec<u8>) {
        let name = name.to_owned();
        self.ask(ctx, move || {
            let path = rfd::FileDialog::new().set_file_name(name).save_file()?;
            let place = path.display().to_string();
            let how = std::fs::write(&path, bytes);
            Some(Answer::Saved(match how {
                Ok(()) => Ok(place),
                Err(why) => Err(format!("{place}: {why}")),
            }))
        });
    }

    fn save_png(&mut self, ctx: &egui::Context, name: &str, picture: &Picture, theme: Theme) {
        match views::png::render(picture, theme, &fonts::files(), PNG_SCALE) {
            Ok(bytes) => self.save(ctx, name, bytes),
            Err(why) => self.saved.push(Err(why)),
        }
    }

    fn saved(&mut self) -> Option<Result<String, String>> {
        self.hear();
        self.saved.pop()
    }

    fn dropped(&mut self, _ctx: &egui::Context, file: egui::DroppedFileHandle) {
        self.opened.push(read(file.path()));
    }

    fn reopen(&mut self, ctx: &egui::Context, place: &str) {
        self.opened.push(read(Path::new(place)));
        ctx.request_repaint();
    }

    fn keep_recent(&mut self, list: &str) {
        keep(RECENT, list);
    }

    fn kept_recent(&self) -> Option<String> {
        kept(RECENT)
    }

    fn keep(&mut self, settings: &str) {
        keep(SETTINGS, settings);
    }

    fn kept(&self) -> Option<String> {
        kept(SETTINGS)
    }

    fn chinese(&self) -> bool {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()))
            .is_some_and(|it| it.starts_with("zh"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_or_it_is_said_why_not() {
        let folder = std::env::temp_dir().join(format!("quorumscope-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            std::fs::write(&path, bytes).expect("it is written");
            read(&path)
        };
        let good = write("good.json", "{ \"title\": \"好\" }".as_bytes());
        assert_eq!(good.name, "good.json");
        assert_eq!(good.text.as_deref(), Ok("{ \"title\": \"好\" }"));
        assert!(good.place.is_some_and(|it| Path::new(&it).is_absolute()));
        let why = |it: Opened| it.text.expect_err("it cannot be opened");
        assert_eq!(why(write("bad.json", &[0xff, 0xfe])), Unreadable::NotText);
        let long = vec![b' '; app::session::MAX_TEXT + 1];
        assert_eq!(why(write("long.json", &long)), Unreadable::TooLong);
        assert_eq!(why(read(&folder.join("none.json"))), Unreadable::Absent);
        assert!(matches!(why(read(&folder)), Unreadable::Told(_)));
        std::fs::remove_dir_all(&folder).expect("it is put away");
    }
}
