//! The table of contents of shipped scenarios: their titles are read one by one, as time allows.

use crate::command::Language;
use crate::lesson::key;
use crate::show::LibraryRow;
use sim_core::scenario::Scenario;
use sim_core::scenario::format::Text;

/// Titles of shipped scenarios, as far as they were read.
#[derive(Clone, Debug, Default)]
pub struct Library {
    titles: Vec<Text>,
}

impl Library {
    /// Reads one more title; says whether some are left.
    pub fn read_one(&mut self) -> bool {
        let files = scenarios::list();
        if let Some(file) = files.get(self.titles.len()) {
            let scenario = Scenario::parse(file.text);
            self.titles
                .push(scenario.map(|it| it.title).unwrap_or_default());
        }
        self.titles.len() < files.len()
    }

    /// All shipped scenarios in the order of their topics.
    pub fn rows(&self, lang: Language) -> Vec<LibraryRow> {
        let row = |(index, file): (usize, &'static scenarios::File)| {
            let name = file.name();
            let (topic, last) = name.rsplit_once('/').unwrap_or(("", name));
            let title = self.titles.get(index).map(|title| title.get(key(lang)));
            LibraryRow {
                name,
                topic,
                title: title.filter(|it| !it.is_empty()).unwrap_or(last).to_owned(),
                front: scenarios::FRONT.contains(&last),
            }
        };
        scenarios::list().iter().enumerate().map(row).collect()
    }
}
