//! The page around the canvas: its states, its transcript, its address.
//!
//! Text is always set as text, never as markup: what a scenario file says cannot become part of the page.

use std::cell::Cell;

use sim_core::explain::Lang;
use views::theme::Theme;
use views::words;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Document, Element, HtmlCanvasElement, HtmlDocument, HtmlElement, HtmlTextAreaElement,
};

use super::{text_of, window};
use crate::transcript::Transcript;

/// The page that loaded this.
pub struct Page {
    document: Document,
    /// Whether the page's own words have been written.
    is_labelled: Cell<bool>,
}

impl Page {
    /// This one.
    pub fn here() -> Self {
        let document = window().document().expect("a page has a document");
        Self {
            document,
            is_labelled: Cell::new(false),
        }
    }

    /// The canvas that the window is painted on.
    pub fn canvas(&self) -> HtmlCanvasElement {
        self.named("stage").unchecked_into()
    }

    fn named(&self, id: &str) -> Element {
        self.document
            .get_element_by_id(id)
            .expect("gui/web/index.html has it")
    }

    fn state(&self, name: &str) {
        if let Some(body) = self.document.body() {
            // Style sheets show what belongs to the state.
            let _ = body.set_attribute("data-state", name);
        }
    }

    /// The window is there.
    pub fn ready(&self) {
        self.state("ready");
        let _ = self.canvas().focus();
    }

    /// The window is not there, and why.
    pub fn failed(&self, why: &str) {
        self.state("failed");
        self.named("detail").set_text_content(Some(why));
    }

    /// Tells a person what went wrong without taking the window away.
    pub fn tell(&self, what: &str) {
        self.lines("trouble", "li", &[what.to_owned()]);
    }

    /// A defect of ours is told on the page as well, with what a report needs.
    pub fn tell_of_panics(&self) {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            Page::here().failed(&info.to_string());
            before(info);
        }));
    }

    /// The page's own words and colours follow the window's.
    pub fn follow(&self, lang: Lang, theme: Theme) {
        let language = match lang {
            Lang::En => "en",
            Lang::Zh => "zh-CN",
        };
        let theme = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let Some(root) = self.document.document_element() else {
            return;
        };
        let _ = root.set_attribute("data-theme", theme);
        if root.get_attribute("lang").as_deref() == Some(language) && self.is_labelled.replace(true)
        {
            return;
        }
        let _ = root.set_attribute("lang", language);
        self.each("data-text", |element, key| {
            element.set_text_content(Some(&words::text(lang, key)));
        });
        self.each("data-label", |element, key| {
            let _ = element.set_attribute("aria-label", &words::text(lang, key));
        });
    }

    /// What carries an attribute, and the attribute's value.
    fn each(&self, name: &str, act: impl Fn(&Element, &str)) {
        let Ok(found) = self.document.query_selector_all(&format!("[{name}]")) else {
            return;
        };
        for nth in 0..found.length() {
            let element = found
                .get(nth)
                .and_then(|node| node.dyn_into::<Element>().ok());
            if let Some((element, key)) =
                element.and_then(|it| it.get_attribute(name).map(|key| (it, key)))
            {
                act(&element, &key);
            }
        }
    }

    /// Writes the transcript; what has not changed is left alone, so that it is not read out again.
    pub fn write(&self, it: &Transcript) {
        let section = self.named("transcript");
        for (name, value) in [("data-step", it.step), ("data-time", it.time_ns)] {
            let _ = section.set_attribute(name, &value.to_string());
        }
        self.text("title", &it.title);
        self.text("place", &it.place);
        self.text("large", &it.large);
        self.text("small", &it.small);
        self.text("about", &it.about);
        self.lines("question", "li", &it.question);
        self.lines("trouble", "li", &it.trouble);
        self.lines("why", "li", &it.why);
        self.lines("happened", "li", &it.happened);
        self.lines("head", "th", &it.head);
        self.table("rows", &it.rows);
    }

    fn text(&self, id: &str, text: &str) {
        let element = self.named(id);
        if element.text_content().as_deref() != Some(text) {
            element.set_text_content(Some(text));
        }
    }

    fn lines(&self, id: &str, kind: &str, lines: &[String]) {
        let list = self.named(id);
        let children = list.children();
        let same = children.length() as usize == lines.len()
            && (0..).zip(lines).all(|(nth, line)| {
                let child = children.item(nth).and_then(|child| child.text_content());
                child.as_deref() == Some(line)
            });
        if same {
            return;
        }
        list.set_text_content(None);
        for line in lines {
            self.append(&list, kind, line);
        }
    }

    fn table(&self, id: &str, rows: &[Vec<String>]) {
        let body = self.named(id);
        body.set_text_content(None);
        for row in rows {
            let Some(line) = self.append(&body, "tr", "") else {
                continue;
            };
            for (nth, cell) in row.iter().enumerate() {
                self.append(&line, if nth == 0 { "th" } else { "td" }, cell);
            }
        }
    }

    fn append(&self, parent: &Element, kind: &str, text: &str) -> Option<Element> {
        let child = self.document.create_element(kind).ok()?;
        child.set_text_content(Some(text));
        parent.append_child(&child).ok()?;
        Some(child)
    }

    /// Puts text on the clipboard. A page that was not loaded over https has no clipboard of its own; the older way, a
    /// field that is selected and copied, works there too.
    pub fn copy(&self, text: &str) {
        if window().is_secure_context() {
            let written = window().navigator().clipboard().write_text(text);
            // A refusal leaves the clipboard as it was; the address line holds the link in any case.
            wasm_bindgen_futures::spawn_local(async move {
                let _ = wasm_bindgen_futures::JsFuture::from(written).await;
            });
        } else if let Err(why) = self.copy_by_field(text) {
            self.tell(&text_of(&why));
        }
    }

    fn copy_by_field(&self, text: &str) -> Result<(), JsValue> {
        let field: HtmlTextAreaElement = self.document.create_element("textarea")?.unchecked_into();
        field.set_value(text);
        field.set_class_name("aside");
        let body = self.document.body().ok_or("no body")?;
        body.append_child(&field)?;
        field.select();
        let document: &HtmlDocument = self.document.unchecked_ref();
        let copied = document.exec_command("copy");
        field.remove();
        self.canvas().unchecked_into::<HtmlElement>().focus()?;
        copied.map(|_| ())
    }
}

/// Makes this the fragment of the address, without a new entry in the history.
pub fn set_fragment(fragment: &str) {
    let link = format!("#{fragment}");
    let kept = window()
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&link)));
    if kept.is_err() {
        // Some browsers refuse this for a file that was opened from disk.
        let _ = window().location().set_hash(&link);
    }
}
