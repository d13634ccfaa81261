//! Changes to the text of a scenario file that keep its comments and its layout.
//!
//! Every edit takes a good file and answers the new text, which is read once more before it is handed out: an edit that
//! would make a bad file answers the mistakes instead.

use crate::scenario::format::{Json, MadeWith, Pin, Step};
use crate::scenario::print::{made_with_json, pin_json, step_json};
use crate::scenario::{Diagnostic, Scenario, source};
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};

/// Inserts a step before the one at `index`, or at the end if there are fewer.
pub fn add_step(text: &str, index: usize, step: &Step) -> Result<String, Vec<Diagnostic>> {
    edit(text, |root| {
        if let Some(steps) = root.array_value("steps") {
            let index = index.min(steps.elements().len());
            steps.insert(index, input(&step_json(step)));
        }
    })
}

/// Sets the draws that are not left to the seed; none removes the key.
pub fn set_pins(text: &str, pins: &[Pin]) -> Result<String, Vec<Diagnostic>> {
    let value = (!pins.is_empty()).then(|| Json::List(pins.iter().map(pin_json).collect()));
    edit(text, |root| set(root, "pins", value.as_ref()))
}

/// Sets what wrote or last checked the file; none removes the key.
pub fn set_made_with(text: &str, made: Option<&MadeWith>) -> Result<String, Vec<Diagnostic>> {
    let value = made.map(made_with_json);
    edit(text, |root| set(root, "made_with", value.as_ref()))
}

fn edit(text: &str, change: impl FnOnce(&CstObject)) -> Result<String, Vec<Diagnostic>> {
    Scenario::parse(text)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = CstRootNode::parse(text, &source::options()).expect("it was read just now");
    change(&root.object_value().expect("a scenario is an object"));
    let text = root.to_string();
    Scenario::parse(&text)?;
    Ok(text)
}

fn set(root: &CstObject, key: &str, value: Option<&Json>) {
    match (root.get(key), value) {
        (Some(known), Some(value)) => known.set_value(input(value)),
        (None, Some(value)) => drop(root.append(key, input(value))),
        (Some(known), None) => known.remove(),
        (None, None) => {}
    }
}

fn input(value: &Json) -> CstInputValue {
    match value {
        Json::Null => CstInputValue::Null,
        Json::Bool(value) => CstInputValue::Bool(*value),
        Json::Number(text) => CstInputValue::Number(text.to_string()),
        Json::Text(text) => CstInputValue::String(text.to_string()),
        Json::List(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Json::Object(members) => {
            let members = members.iter();
            let members = members.map(|(key, value)| (key.to_string(), input(value)));
            CstInputValue::Object(members.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Point, Purpose, SimTime};
    use crate::scenario::act::{Act, Nodes};
    use crate::scenario::format::Moment;

    const FILE: &str = "// a lesson\n{\n  \"title\": \"T\", // the title\n  \"cluster\": { \"zookeeper\": \
        { \"servers\": 3 } },\n  \"steps\": [\n    // everybody\n    { \"at\": \"0s\", \"do\": { \"start\": \
        \"all\" } }\n  ]\n}\n";

    fn comments_stay(text: &str) {
        for comment in ["// a lesson", "// the title", "// everybody"] {
            assert!(text.contains(comment), "{comment} is gone:\n{text}");
        }
    }

    #[test]
    fn a_step_is_added_in_its_place() {
        let step = Step {
            moment: Moment::At(SimTime(3_000_000_000)),
            acts: vec![Act::Crash(Nodes::All)],
            ..Step::default()
        };
        let text = add_step(FILE, 7, &step).expect("a good file");
        comments_stay(&text);
        let scenario = Scenario::parse(&text).expect("still good");
        assert_eq!(scenario.steps[1], step);
    }

    #[test]
    fn an_edit_that_makes_a_bad_file_is_refused() {
        let step = Step {
            moment: Moment::At(SimTime(0)),
            ..Step::default()
        };
        let errors = add_step(FILE, 1, &step).expect_err("an empty step");
        assert_eq!(errors[0].code, crate::scenario::Code::Empty);
    }

    #[test]
    fn pins_and_the_maker_are_set_and_removed() {
        let pin = Pin {
            point: Point {
                purpose: Purpose::Latency,
                subject: 0x1f,
                nth: 2,
            },
            value: u64::MAX,
            note: None,
        };
        let made = MadeWith {
            version: "0.1.0".into(),
            traces: vec![("".into(), 7)],
        };
        let text = set_pins(FILE, core::slice::from_ref(&pin)).expect("a good file");
        let text = set_made_with(&text, Some(&made)).expect("a good file");
        comments_stay(&text);
        let scenario = Scenario::parse(&text).expect("still good");
        assert_eq!(
            (&scenario.pins[..], &scenario.made_with),
            (&[pin][..], &Some(made))
        );
        let text = set_made_with(&set_pins(&text, &[]).expect("good"), None).expect("good");
        comments_stay(&text);
        let again = Scenario::parse(&text).expect("still good");
        assert_eq!(again, Scenario::parse(FILE).expect("good"));
    }
}
