//! What a person sets once: language, theme, zoom, motion, questions. Plain data with a text form for whoever keeps it.
//!
//! Nothing here changes what is simulated. A text that cannot be read gives the defaults, key by key: settings are a
//! convenience, and a bad file of them must never keep the window from opening.

use crate::command::Language;
use views::theme::Theme;

/// Where `quorumscope serve` shows the page unless it is told otherwise.
pub const ADDRESS: &str = "http://127.0.0.1:8080/";

/// Percent of the smallest and of the greatest zoom.
pub const ZOOM: core::ops::RangeInclusive<u16> = 100..=250;

/// What a person sets once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The language of every text.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Percent, 100 to 250.
    pub zoom: u16,
    /// Whether nothing moves by itself.
    pub reduced_motion: bool,
    /// Whether questions are asked before what they ask about is shown.
    pub predict: bool,
    /// Whether answers and narration are hidden until they are asked for.
    pub hide_answers: bool,
    /// With what a link begins that is copied on a desktop: where the page is served. A page knows its own.
    pub address: Box<str>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::En,
            theme: Theme::Light,
            zoom: 100,
            reduced_motion: false,
            predict: true,
            hide_answers: false,
            address: ADDRESS.into(),
        }
    }
}

impl Settings {
    /// One line per setting: `key=value`.
    pub fn to_text(&self) -> String {
        let language = match self.language {
            Language::En => "en",
            Language::Zh => "zh",
        };
        let theme = match self.theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        format!(
            "language={language}\ntheme={theme}\nzoom={}\nreduced_motion={}\npredict={}\nhide_answers={}\naddress={}\n",
            self.zoom, self.reduced_motion, self.predict, self.hide_answers, self.address,
        )
    }

    /// Reads what [`Settings::to_text`] wrote; what cannot be read stays as it is by default.
    pub fn from_text(text: &str) -> Self {
        let mut settings = Self::default();
        for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
            settings.set(key.trim(), value.trim());
        }
        settings
    }

    fn set(&mut self, key: &str, value: &str) {
        let switch = |known: bool| value.parse().unwrap_or(known);
        match (key, value) {
            ("language", "en") => self.language = Language::En,
            ("language", "zh") => self.language = Language::Zh,
            ("theme", "light") => self.theme = Theme::Light,
            ("theme", "dark") => self.theme = Theme::Dark,
            ("zoom", _) => {
                let zoom = value.parse().unwrap_or(self.zoom);
                self.zoom = zoom.clamp(*ZOOM.start(), *ZOOM.end());
            }
            ("reduced_motion", _) => self.reduced_motion = switch(self.reduced_motion),
            ("predict", _) => self.predict = switch(self.predict),
            ("hide_answers", _) => self.hide_answers = switch(self.hide_answers),
            ("address", _) if is_address(value) => self.address = value.into(),
            _ => {}
        }
    }
}

/// Whether a link can begin with this: an address of a page, without a fragment of its own.
pub fn is_address(text: &str) -> bool {
    let schemes = ["http://", "https://", "file:///"];
    let rest = schemes.iter().find_map(|it| text.strip_prefix(it));
    let plain = |it: char| it.is_ascii_graphic() && it != '#';
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_from_their_text() {
        let settings = Settings {
            language: Language::Zh,
            theme: Theme::Dark,
            zoom: 200,
            reduced_motion: true,
            predict: false,
            hide_answers: true,
            address: "https://example.org/quorumscope/".into(),
        };
        assert_eq!(Settings::from_text(&settings.to_text()), settings);
    }

    #[test]
    fn bad_settings_are_the_defaults() {
        let text = "zoom=9999\nlanguage=fr\ntheme\n\u{0}=\npredict=maybe\naddress=nowhere\n=";
        let expected = Settings {
            zoom: 250,
            ..Settings::default()
        };
        assert_eq!(Settings::from_text(text), expected);
    }
}
