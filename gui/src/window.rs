//! The window: five fixed places around one picture, sheets over them, commands from all of them to the app.
//!
//! A frame is: let time go by, show what the app says, gather what hands asked for, let the app do it. Nothing is
//! painted while nothing moves.

use app::command::{Command, ImageKind, Sheet, Unreadable};
use app::show::Request;
use app::{App, Settings};
use core::time::Duration;
use egui::{CentralPanel, Context, Frame, Margin, Panel, Ui};
use views::theme::{Ink, Theme};

use crate::panels::library::Thumbnails;
use crate::panels::sheets::Typed;
use crate::panels::{beats, bottom, centre, library, right, sentence, sheets, top, trouble, work};
use crate::platform::{Opened, Platform};
use crate::recent::Recent;
use crate::widget::Look;
use crate::{fonts, keys, look};

/// Narrower than this, in points, the sides fold into tabs.
const NARROW: f32 = 1000.0;

/// Lower than this, in points, the bottom is one row and the sentence smaller.
const LOW: f32 = 600.0;

/// How many steps a frame may take at most, and at least.
const STEPS: core::ops::RangeInclusive<u64> = 200..=100_000;

/// What a narrow window shows in its middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    Beats,
    #[default]
    Picture,
    Why,
}

/// The window.
pub struct Window {
    app: App,
    platform: Box<dyn Platform>,
    steps: u64,
    styled: Option<(Theme, bool, u16)>,
    tab: Tab,
    typed: Typed,
    thumbnails: Thumbnails,
    recent: Recent,
    notice: Option<Notice>,
}

/// A short message that goes by itself.
struct Notice {
    text: String,
    until: f64,
}

impl Window {
    /// A window on an app.
    pub fn new(ctx: &Context, app: App, platform: Box<dyn Platform>) -> Self {
        ctx.set_fonts(fonts::definitions());
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let recent = platform.kept_recent().unwrap_or_default();
        Self {
            app,
            recent: Recent::from_text(&recent),
            platform,
            steps: app::BUDGET,
            styled: None,
            tab: Tab::default(),
            typed: Typed::default(),
            thumbnails: Thumbnails::default(),
            notice: None,
        }
    }

    /// Settings as they were kept, or as the platform has them: language, motion.
    pub fn settings(platform: &dyn Platform) -> Settings {
        if let Some(kept) = platform.kept() {
            return Settings::from_text(&kept);
        }
        let mut settings = Settings::default();
        if platform.chinese() {
            settings.language = sim_core::explain::Lang::Zh;
        }
        settings.reduced_motion = platform.reduced_motion();
        settings
    }

    /// What is shown and done.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Does something as if a hand had asked for it.
    pub fn apply(&mut self, ctx: &Context, command: Command) {
        for request in self.app.apply(command) {
            self.serve(ctx, request);
        }
        ctx.request_repaint();
    }

    /// Opens a file.
    pub fn open(&mut self, ctx: &Context, file: Opened) {
        let absent = matches!(file.text, Err(Unreadable::Absent));
        let opened = file.text.is_ok();
        self.apply(
            ctx,
            match file.text {
                Ok(text) => Command::OpenText {
                    name: file.name.into(),
                    text: text.into(),
                },
                Err(why) => Command::Unreadable {
                    name: file.place.as_deref().unwrap_or(&file.name).into(),
                    why,
                },
            },
        );
        let Some(place) = file.place else {
            return;
        };
        if absent {
            self.recent.remove(&place);
        } else if opened && self.app.trouble().is_none() {
            self.recent.add(&place);
        }
        self.platform.keep_recent(&self.recent.to_text());
    }

    fn look(&self) -> Look {
        let settings = self.app.settings();
        Look {
            theme: settings.theme,
            lang: settings.language,
        }
    }

    fn say(&mut self, ctx: &Context, text: String) {
        let until = ctx.input(|input| input.time) + 4.0;
        self.notice = Some(Notice { text, until });
    }

    fn serve(&mut self, ctx: &Context, request: Request) {
        match request {
            Request::SaveFile { name, bytes } => self.platform.save(ctx, &name, bytes),
            Request::OpenDialog => self.platform.ask_for_file(ctx),
            Request::OpenPlace(place) => self.platform.reopen(ctx, &place),
            Request::Clipboard(text) => self.platform.copy(ctx, &text),
            Request::SetLink(fragment) => self.link(ctx, &fragment),
            Request::Export {
                name,
                kind,
                picture,
                theme,
            } => match kind {
                ImageKind::Svg => {
                    let bytes = views::svg::write(&picture, theme).into_bytes();
                    self.platform.save(ctx, &name, bytes);
                }
                ImageKind::Png => self.platform.save_png(ctx, &name, &picture, theme),
            },
            Request::KeepSettings(text) => self.platform.keep(&text),
        }
    }

    /// Copies a link to this moment. Where the page is that it leads to, a page knows and a desktop is told.
    fn link(&mut self, ctx: &Context, fragment: &str) {
        let look = self.look();
        self.platform.set_link(fragment);
        let (address, says) = match self.platform.address() {
            Some(own) => (own, look.t("bar.copied").into_owned()),
            None => {
                let address = self.app.settings().address.to_string();
                let says = look.with("bar.copied_for", &[("address", &address)]);
                (address, says)
            }
        };
        self.platform.copy(ctx, &format!("{address}#{fragment}"));
        self.say(ctx, says);
    }

    /// Lets time go by. Long work takes what a frame leaves, and no more.
    fn tick(&mut self, ctx: &Context, took: Option<f32>) {
        if let Some(took) = took {
            let steps = if took > 0.010 {
                self.steps / 2
            } else {
                self.steps + self.steps / 8
            };
            self.steps = steps.clamp(*STEPS.start(), *STEPS.end());
        }
        let elapsed = ctx.input(|input| input.stable_dt).clamp(0.0, 0.1);
        let tick = self.app.tick(Duration::from_secs_f32(elapsed), self.steps);
        for request in self.app.take_requests() {
            self.serve(ctx, request);
        }
        if let Some(after) = tick.repaint_after {
            ctx.request_repaint_after(after);
        }
    }

    fn style(&mut self, ctx: &Context) {
        let settings = self.app.settings();
        let wanted = (settings.theme, settings.reduced_motion, settings.zoom);
        if self.styled != Some(wanted) {
            look::apply(ctx, settings.theme, settings.reduced_motion);
            ctx.set_zoom_factor(f32::from(settings.zoom) / 100.0);
            self.styled = Some(wanted);
        }
    }

    /// Files that were chosen in a dialog or dropped onto the window.
    fn arrivals(&mut self, ctx: &Context) {
        for dropped in ctx.input(|input| input.raw.dropped_files.clone()) {
            self.platform.dropped(ctx, dropped);
        }
        while let Some(file) = self.platform.opened() {
            self.open(ctx, file);
        }
        if let Some(link) = self.platform.link() {
            self.apply(ctx, Command::OpenLink(link.into()));
        }
        match self.platform.saved() {
            Some(Ok(place)) => {
                let text = self.look().with("bar.saved", &[("place", &place)]);
                self.say(ctx, text);
            }
            Some(Err(why)) => self.say(ctx, why),
            None => {}
        }
    }

    /// All places; what hands asked for is gathered.
    fn places(&mut self, ui: &mut Ui, out: &mut Vec<Command>) {
        let size = ui.ctx().content_rect().size();
        let (narrow, low) = (size.x < NARROW, size.y < LOW);
        self.top(ui, narrow, out);
        if self.app.shows(Sheet::Library) {
            let look = self.look();
            let ground = Frame::new().fill(look.ink(Ink::Ground));
            CentralPanel::no_frame().frame(ground).show(ui, |ui| {
                let (pictures, recent) = (&mut self.thumbnails, &self.recent);
                library::show(ui, &self.app, look, pictures, recent, out);
            });
            return;
        }
        self.bottom(ui, low, out);
        if narrow {
            self.middle(ui, low, self.tab, out);
            return;
        }
        self.side(ui, Sheet::Left, out);
        self.side(ui, Sheet::Right, out);
        self.middle(ui, low, Tab::Picture, out);
    }

    fn top(&mut self, ui: &mut Ui, narrow: bool, out: &mut Vec<Command>) {
        let look = self.look();
        let frame = panel(look, Margin::symmetric(16, 0));
        let (app, tab) = (&self.app, &mut self.tab);
        Panel::top("top")
            .exact_size(48.0)
            .frame(frame)
            .show(ui, |ui| {
                let mut tabs = |ui: &mut Ui| tabs(ui, look, tab);
                let tabs: Option<&mut dyn FnMut(&mut Ui)> =
                    if narrow { Some(&mut tabs) } else { None };
                top::show(ui, app, look, tabs, out);
            });
    }

    fn bottom(&mut self, ui: &mut Ui, low: bool, out: &mut Vec<Command>) {
        let (app, look) = (&self.app, self.look());
        let frame = panel(look, Margin::symmetric(16, if low { 5 } else { 10 }));
        let height = if low { 104.0 } else { 150.0 };
        Panel::bottom("bottom")
            .exact_size(height)
            .frame(frame)
            .show(ui, |ui| {
                let parts = ui.available_rect_before_wrap();
                let (left, right) = parts.split_left_right_at_x(parts.left() + 220.0);
                ui.scope_builder(egui::UiBuilder::new().max_rect(left), |ui| {
                    ui.spacing_mut().item_spacing.y = if low { 2.0 } else { 8.0 };
                    bottom::transport(ui, app, look, out);
                    bottom::clock(ui, app, look, out);
                });
                ui.scope_builder(egui::UiBuilder::new().max_rect(right), |ui| {
                    bottom::bands(ui, app, look, out);
                });
            });
    }

    fn side(&mut self, ui: &mut Ui, which: Sheet, out: &mut Vec<Command>) {
        if !self.app.shows(which) {
            return;
        }
        let (app, look) = (&self.app, self.look());
        let frame = panel(look, Margin::symmetric(12, 14));
        let side = match which {
            Sheet::Left => Panel::left("left").exact_size(236.0),
            _ => Panel::right("right").exact_size(320.0),
        };
        side.resizable(false)
            .frame(frame)
            .show(ui, |ui| match which {
                Sheet::Left => beats::show(ui, app, look, out),
                _ => right::show(ui, app, look, out),
            });
    }

    /// The centre with the sentence under it; in a narrow window one of the sides in its place.
    fn middle(&mut self, ui: &mut Ui, low: bool, tab: Tab, out: &mut Vec<Command>) {
        let (app, look) = (&self.app, self.look());
        let frame = panel(
            look,
            Margin::symmetric(if low { 12 } else { 28 }, if low { 5 } else { 9 }),
        );
        let height = sentence::height(ui.available_width() - 56.0, low);
        Panel::bottom("sentence")
            .exact_size(height)
            .frame(frame)
            .show(ui, |ui| {
                sentence::show(ui, app, look, out);
            });
        let ground = match tab {
            Tab::Picture => Frame::new().fill(look.ink(Ink::Ground)),
            _ => panel(look, Margin::symmetric(16, 12)),
        };
        CentralPanel::no_frame()
            .frame(ground)
            .show(ui, |ui| match tab {
                Tab::Beats => beats::show(ui, app, look, out),
                Tab::Picture => centre::show(ui, app, look, out),
                Tab::Why => right::show(ui, app, look, out),
            });
    }

    /// What lies over everything: sheets, errors, notices.
    fn over(&mut self, ctx: &Context, out: &mut Vec<Command>) {
        let look = self.look();
        sheets::show(ctx, &self.app, look, &mut self.typed, out);
        if let Some(it) = self.app.trouble() {
            let modal = egui::Modal::new(egui::Id::unique("trouble"));
            modal.show(ctx, |ui| {
                ui.set_width((ctx.content_rect().width() - 48.0).clamp(240.0, 760.0));
                trouble::show(ui, it, look, out);
            });
        }
        self.notice(ctx, look, out);
    }

    /// Long work and short messages, over the picture.
    fn notice(&mut self, ctx: &Context, look: Look, out: &mut Vec<Command>) {
        let now = ctx.input(|input| input.time);
        if self.notice.as_ref().is_some_and(|it| it.until <= now) {
            self.notice = None;
        }
        let busy = work::long(&self.app);
        if self.notice.is_none() && busy.is_none() {
            return;
        }
        let area = egui::Area::new(egui::Id::unique("notice"));
        area.anchor(egui::Align2::CENTER_TOP, egui::vec2(0.0, 56.0))
            .show(ctx, |ui| {
                Frame::popup(ui.style()).show(ui, |ui| {
                    if let Some(it) = &self.notice {
                        ui.label(look::words(&it.text, 14.0, look.text()));
                    }
                    if let Some(it) = &busy {
                        work::busy(ui, look, it, out);
                    }
                });
            });
        if let Some(it) = &self.notice {
            ctx.request_repaint_after_secs((it.until - now) as f32);
        }
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.tick(&ctx, frame.info().cpu_usage);
        self.style(&ctx);
        self.arrivals(&ctx);
        let mut out = Vec::new();
        keys::read(&ctx, &self.app, &mut out);
        self.places(ui, &mut out);
        self.over(&ctx, &mut out);
        for command in out {
            self.apply(&ctx, command);
        }
        self.platform.shown(&ctx, &self.app);
    }
}

/// A panel's ground and the room within it.
fn panel(look: Look, margin: Margin) -> Frame {
    Frame::new().fill(look.ink(Ink::Panel)).inner_margin(margin)
}

/// What a narrow window shows in its middle.
fn tabs(ui: &mut Ui, look: Look, tab: &mut Tab) {
    let all = [
        (Tab::Beats, "beat.title"),
        (Tab::Picture, "bar.picture"),
        (Tab::Why, "why.title"),
    ];
    for (it, key) in all {
        if crate::widget::button(ui, look, &look.t(key), 0.0, Some(*tab == it)).clicked() {
            *tab = it;
        }
    }
}
