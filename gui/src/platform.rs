//! What differs between a desktop and a web page: files, links, the clipboard. Everything else of the window is the same.

use app::command::Unreadable;
use views::picture::Picture;
use views::theme::Theme;

/// A file that a person opened or dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its name, for titles and messages.
    pub name: String,
    /// Where it lies, if it can be opened from there again.
    pub place: Option<String>,
    /// What is in it, or why it could not be read.
    pub text: Result<String, Unreadable>,
}

/// A desktop, a web page, or nothing at all in tests.
pub trait Platform {
    /// Starts to ask for a scenario file. Returns at once; the answer comes through [`Platform::opened`].
    fn ask_for_file(&mut self, ctx: &egui::Context);

    /// A file that has been opened since it was last asked, if any.
    fn opened(&mut self) -> Option<Opened>;

    /// Saves bytes under a name that the person may still change.
    fn save(&mut self, ctx: &egui::Context, name: &str, bytes: Vec<u8>);

    /// Saves a picture as pixels under a name that the person may still change.
    fn save_png(&mut self, ctx: &egui::Context, name: &str, picture: &Picture, theme: Theme);

    /// How saving went since it was last asked: the place it was saved to, or what went wrong.
    fn saved(&mut self) -> Option<Result<String, String>> {
        None
    }

    /// Puts text on the clipboard.
    fn copy(&mut self, ctx: &egui::Context, text: &str) {
        ctx.copy_text(text.to_owned());
    }

    /// Makes this the fragment of the page's address. A desktop has none.
    fn set_link(&mut self, _fragment: &str) {}

    /// The address before `#` of the page that shows the window. A desktop has none: its links begin with what the
    /// settings say.
    fn address(&self) -> Option<String> {
        None
    }

    /// Reads a file that was dropped onto the window; it comes through [`Platform::opened`].
    fn dropped(&mut self, ctx: &egui::Context, file: egui::DroppedFileHandle);

    /// Opens a file that was opened before; it comes through [`Platform::opened`].
    fn reopen(&mut self, _ctx: &egui::Context, _place: &str) {}

    /// Keeps the list of files that were opened last for the next time.
    fn keep_recent(&mut self, _list: &str) {}

    /// The list that was kept the last time.
    fn kept_recent(&self) -> Option<String> {
        None
    }

    /// Keeps the settings for the next time.
    fn keep(&mut self, _settings: &str) {}

    /// The settings that were kept the last time.
    fn kept(&self) -> Option<String> {
        None
    }

    /// A link (or its fragment) that was followed since it was last asked, if any.
    fn link(&mut self) -> Option<String> {
        None
    }

    /// Told after every frame. For a page that tells beside the canvas what is shown, where the tree of widgets does not
    /// reach a screen reader.
    fn shown(&mut self, _ctx: &egui::Context, _app: &app::App) {}

    /// Whether the person asked the system for less motion.
    fn reduced_motion(&self) -> bool {
        false
    }

    /// Whether the person's language is Chinese.
    fn chinese(&self) -> bool {
        false
    }
}
