//! The window in a web page: a canvas, files by the browser's own means, the moment in the address, a transcript beside it.
//!
//! The page that loads this lies in `gui/web/`; `cargo xtask web` puts both together. Nothing here asks the network for
//! anything. Where a browser refuses something (a clipboard, a store), the window goes on without it.

mod files;
mod meter;
mod page;

use std::cell::RefCell;
use std::rc::Rc;

use app::App;
use views::picture::Picture;
use views::theme::Theme;
use wasm_bindgen::JsValue;

use crate::Window;
use crate::platform::{Opened, Platform};
use crate::transcript::Transcript;
use meter::Metered;
use page::Page;

/// The transcript changes at most this often while the story plays: a screen reader must be able to end a sentence.
const TRANSCRIPT_MS: f64 = 300.0;

/// Under this name the browser keeps the settings.
const SETTINGS: &str = "quorumscope.settings";

/// Opens the window on the page that loaded this.
pub fn start() {
    let runner = eframe::WebRunner::new();
    let page = Rc::new(Page::here());
    page.tell_of_panics();
    wasm_bindgen_futures::spawn_local(async move {
        let shown = Rc::clone(&page);
        let started = runner
            .start(
                page.canvas(),
                eframe::WebOptions::default(),
                Box::new(|creation| {
                    let platform = Box::new(Web::new(shown));
                    let app = App::new(Window::settings(&*platform));
                    let window = Window::new(&creation.egui_ctx, app, platform);
                    Ok(Box::new(Metered::new(window)) as Box<dyn eframe::App>)
                }),
            )
            .await;
        match started {
            Ok(()) => page.ready(),
            Err(why) => page.failed(&text_of(&why)),
        }
    });
}

/// What a script threw, in words.
fn text_of(value: &JsValue) -> String {
    let text = js_sys::Error::from(value.clone()).to_string();
    value.as_string().unwrap_or_else(|| text.into())
}

fn window() -> web_sys::Window {
    web_sys::window().expect("a page has a window")
}

fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Files that were read, waiting for the next frame.
type Arrived = Rc<RefCell<Vec<Opened>>>;

/// A web page.
struct Web {
    page: Rc<Page>,
    arrived: Arrived,
    fragment: Option<String>,
    told: Option<Transcript>,
    told_ms: f64,
}

impl Web {
    fn new(page: Rc<Page>) -> Self {
        Self {
            page,
            arrived: Arrived::default(),
            fragment: None,
            told: None,
            told_ms: f64::NEG_INFINITY,
        }
    }

    fn store() -> Option<web_sys::Storage> {
        window().local_storage().ok().flatten()
    }
}

impl Platform for Web {
    fn ask_for_file(&mut self, ctx: &egui::Context) {
        files::ask(&self.arrived, ctx);
    }

    fn opened(&mut self) -> Option<Opened> {
        self.arrived.borrow_mut().pop()
    }

    fn save(&mut self, _ctx: &egui::Context, name: &str, bytes: Vec<u8>) {
        if let Err(why) = files::download(name, &bytes) {
            self.page.tell(&text_of(&why));
        }
    }

    fn save_png(&mut self, _ctx: &egui::Context, name: &str, picture: &Picture, theme: Theme) {
        let svg = views::svg::write(picture, theme);
        let (page, name) = (Rc::clone(&self.page), name.to_owned());
        let size = (picture.width, picture.height);
        wasm_bindgen_futures::spawn_local(async move {
            if let Err(why) = files::download_png(&name, &svg, size).await {
                page.tell(&text_of(&why));
            }
        });
    }

    fn copy(&mut self, _ctx: &egui::Context, text: &str) {
        self.page.copy(text);
    }

    fn set_link(&mut self, fragment: &str) {
        // Remembered before the browser tells of it: this is no link that somebody followed.
        self.fragment = Some(format!("#{fragment}"));
        page::set_fragment(fragment);
    }

    fn link(&mut self) -> Option<String> {
        let now = window().location().hash().unwrap_or_default();
        if self.fragment.as_ref() == Some(&now) {
            return None;
        }
        self.fragment = Some(now.clone());
        (now.len() > 1).then_some(now)
    }

    fn address(&self) -> Option<String> {
        let href = window().location().href().unwrap_or_default();
        let end = href.find('#').unwrap_or(href.len());
        Some(href[..end].to_owned())
    }

    fn dropped(&mut self, ctx: &egui::Context, file: egui::DroppedFileHandle) {
        if let Some(file) = file.web_file() {
            files::read(file.clone(), &self.arrived, ctx);
        }
    }

    fn keep(&mut self, settings: &str) {
        if let Some(store) = Self::store() {
            // A browser may refuse to keep anything; then the next visit begins with the defaults.
            let _ = store.set_item(SETTINGS, settings);
        }
    }

    fn kept(&self) -> Option<String> {
        Self::store()?.get_item(SETTINGS).ok().flatten()
    }

    fn shown(&mut self, ctx: &egui::Context, app: &App) {
        let since = now_ms() - self.told_ms;
        if since < TRANSCRIPT_MS {
            // Whatever changes until then is told by the frame that comes then.
            let left = (TRANSCRIPT_MS - since) / 1000.0;
            ctx.request_repaint_after(core::time::Duration::from_secs_f64(left));
            return;
        }
        self.told_ms = now_ms();
        self.page.follow(app.language(), app.settings().theme);
        let transcript = Transcript::of(app);
        if self.told.as_ref() != Some(&transcript) {
            self.page.write(&transcript);
            self.told = Some(transcript);
        }
    }

    fn reduced_motion(&self) -> bool {
        let query = window().match_media("(prefers-reduced-motion: reduce)");
        query.ok().flatten().is_some_and(|query| query.matches())
    }

    fn chinese(&self) -> bool {
        window()
            .navigator()
            .language()
            .is_some_and(|language| language.starts_with("zh"))
    }
}
