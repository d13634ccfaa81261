//! The files that were opened last, by their places, the newest first. Only a list: a platform keeps its text.

/// The most files that are remembered.
pub const MOST: usize = 10;

/// The files that were opened last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent(Vec<String>);

impl Recent {
    /// Reads what [`Recent::to_text`] wrote: a place a line.
    pub fn from_text(text: &str) -> Self {
        let lines = text.lines().filter(|it| !it.trim().is_empty());
        let mut list = Self::default();
        let all: Vec<&str> = lines.take(MOST).collect();
        all.into_iter().rev().for_each(|it| list.add(it));
        list
    }

    /// A place a line.
    pub fn to_text(&self) -> String {
        self.0.iter().flat_map(|it| [it, "\n"]).collect()
    }

    /// Puts a place first. One with a line break in it could not be written down, so it is left out.
    pub fn add(&mut self, place: &str) {
        if place.contains(['\n', '\r']) {
            return;
        }
        self.remove(place);
        self.0.insert(0, place.to_owned());
        self.0.truncate(MOST);
    }

    /// Takes a place off the list.
    pub fn remove(&mut self, place: &str) {
        self.0.retain(|it| it != place);
    }

    /// The places, the newest first.
    pub fn places(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stands_first_and_no_file_twice() {
        let mut list = Recent::default();
        (0..15).for_each(|nth| list.add(&format!("/home/me/{nth}.json")));
        list.add("/home/me/9.json");
        list.add("/home/me/a\nb.json");
        assert_eq!(list.places().len(), MOST);
        assert_eq!(list.places()[..2], ["/home/me/9.json", "/home/me/14.json"]);
        assert_eq!(Recent::from_text(&list.to_text()), list);
        list.remove("/home/me/9.json");
        assert_eq!(list.places()[0], "/home/me/14.json");
    }

    #[test]
    fn a_bad_list_is_a_short_one() {
        assert_eq!(Recent::from_text("\n\n \n").places(), &[] as &[String]);
        let long = "x\n".repeat(1_000);
        assert_eq!(Recent::from_text(&long).places(), ["x"]);
    }
}
