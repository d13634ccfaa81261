//! A window in a test: a size, a language, a theme; hands that click and press; nothing outside the program is touched.

use app::command::{Command, Unreadable};
use app::{App, Settings};
use core::time::Duration;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use quorumscope_gui::Window;
use quorumscope_gui::platform::{Opened, Platform};
use sim_core::explain::Lang;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use views::picture::Picture;
use views::theme::Theme;

use crate::raster::Raster;

/// What a window did to the outside.
#[derive(Debug, Default)]
pub struct Outside {
    pub asked: usize,
    pub saved: Vec<(String, Vec<u8>)>,
    pub copied: Vec<String>,
    pub link: String,
    pub address: Option<String>,
    pub opened: Vec<Opened>,
    /// What lies on the disk, by place.
    pub disk: BTreeMap<String, String>,
    /// The list of files that were opened last.
    pub recent: Option<String>,
}

struct Paper(Rc<RefCell<Outside>>);

impl Platform for Paper {
    fn ask_for_file(&mut self, _ctx: &egui::Context) {
        self.0.borrow_mut().asked += 1;
    }

    fn opened(&mut self) -> Option<Opened> {
        self.0.borrow_mut().opened.pop()
    }

    fn save(&mut self, _ctx: &egui::Context, name: &str, bytes: Vec<u8>) {
        self.0.borrow_mut().saved.push((name.to_owned(), bytes));
    }

    fn save_png(&mut self, ctx: &egui::Context, name: &str, picture: &Picture, _theme: Theme) {
        self.save(
            ctx,
            name,
            format!("{} shapes", picture.items.len()).into_bytes(),
        );
    }

    fn copy(&mut self, _ctx: &egui::Context, text: &str) {
        self.0.borrow_mut().copied.push(text.to_owned());
    }

    fn set_link(&mut self, fragment: &str) {
        fragment.clone_into(&mut self.0.borrow_mut().link);
    }

    fn reopen(&mut self, _ctx: &egui::Context, place: &str) {
        let mut outside = self.0.borrow_mut();
        let text = outside.disk.get(place).cloned();
        outside.opened.push(Opened {
            name: place.rsplit('/').next().unwrap_or(place).to_owned(),
            place: Some(place.to_owned()),
            text: text.ok_or(Unreadable::Absent),
        });
    }

    fn keep_recent(&mut self, list: &str) {
        self.0.borrow_mut().recent = Some(list.to_owned());
    }

    fn kept_recent(&self) -> Option<String> {
        self.0.borrow().recent.clone()
    }

    fn dropped(&mut self, _ctx: &egui::Context, _file: egui::DroppedFileHandle) {}

    fn address(&self) -> Option<String> {
        self.0.borrow().address.clone()
    }
}

/// How a window is opened.
#[derive(Clone, Copy)]
pub struct Opening {
    pub lang: Lang,
    pub theme: Theme,
    pub size: [f32; 2],
    pub zoom: u16,
    /// A shipped scenario, or the library.
    pub story: Option<&'static str>,
    pub predict: bool,
    /// Whether nothing moves by itself.
    pub still: bool,
    /// How much time a frame lasts, in seconds.
    pub frame_s: f32,
    /// The list of files that were opened last.
    pub recent: Option<&'static str>,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            lang: Lang::En,
            theme: Theme::Light,
            size: [1440.0, 900.0],
            zoom: 100,
            story: Some("one-after-another"),
            predict: false,
            still: true,
            frame_s: 0.25,
            recent: None,
        }
    }
}

/// A window with hands.
pub struct Shell {
    pub harness: Harness<'static, Window>,
    pub outside: Rc<RefCell<Outside>>,
}

impl Opening {
    /// Opens it; the play is played ahead, so that the window stands still.
    pub fn open(self) -> Shell {
        let settings = Settings {
            language: self.lang,
            theme: self.theme,
            zoom: self.zoom,
            predict: self.predict,
            reduced_motion: self.still,
            ..Settings::default()
        };
        let mut app = App::new(settings);
        if let Some(story) = self.story {
            app.apply(Command::OpenShipped(story.into()));
        }
        while app.tick(Duration::ZERO, 100_000).busy {}
        let outside = Rc::<RefCell<Outside>>::default();
        outside.borrow_mut().recent = self.recent.map(str::to_owned);
        let paper = Box::new(Paper(outside.clone()));
        let harness = Harness::builder()
            .with_size(self.size)
            .with_max_steps(200)
            .with_step_dt(self.frame_s)
            .renderer(Raster::default())
            .build_eframe(|creation| Window::new(&creation.egui_ctx, app, paper));
        let mut shell = Shell { harness, outside };
        shell.settle();
        shell
    }
}

impl Shell {
    /// Does something as if a hand had asked for it.
    pub fn apply(&mut self, command: Command) {
        let ctx = self.harness.ctx.clone();
        self.harness.state_mut().apply(&ctx, command);
        self.settle();
    }

    pub fn app(&self) -> &App {
        self.harness.state().app()
    }

    /// Frames until nothing moves.
    pub fn settle(&mut self) {
        self.harness.run();
    }

    pub fn t(&self, key: &str) -> Cow<'static, str> {
        views::words::text(self.app().settings().language, key)
    }

    /// Clicks the only thing of that name.
    pub fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.settle();
    }

    pub fn press(&mut self, key: Key) {
        self.press_with(Modifiers::NONE, key);
    }

    pub fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Whether something of that name is there.
    pub fn sees(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Whether something has that in its name.
    pub fn sees_part(&self, part: &str) -> bool {
        self.harness
            .query_all_by_label_contains(part)
            .next()
            .is_some()
    }

    /// What a screen reader says of the things of that name beside their name.
    pub fn values(&self, name: &str) -> Vec<String> {
        let all = self.harness.query_all_by_label(name);
        all.filter_map(|node| node.accesskit_node().value())
            .collect()
    }
}
