//! Changes to the text of a scenario file that keep its comments and its layout.
//!
//! Every edit takes a good file and answers the new text, which is read once more before it is handed out: an edit that
//! would make a bad file answers the mistakes instead.

use crate::base::SimTime;
use crate::scenario::format::{Json, MadeWith, Name, Pin, Step};
use crate::scenario::print::{made_with_json, pin_json, step_json, variant_json};
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

/// What a session in a window adds to the scenario that it began with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session<'a> {
    /// The seed it was played with.
    pub seed: Option<u64>,
    /// The variant it was played in: it becomes the first one.
    pub variant: Option<&'a str>,
    /// It goes on until this time.
    pub until: Option<SimTime>,
    /// It has a client, which the scenario has not.
    pub client: bool,
    /// From each of these steps on its track is left out, because the step waited in vain: the positions of the
    /// steps in whose `meanwhile` it stands, then its own.
    pub left_out: &'a [Vec<usize>],
    /// What was done by hand, in order.
    pub hands: &'a [Step],
}

/// The id of the step in whose `meanwhile` stands what was done by hand; a number follows if there are several.
pub const BY_HAND: &str = "by-hand";

/// The scenario of a session in a window. What was done by hand goes on beside the scenario's own steps, so that it
/// moves none of them. What the file said of its maker no longer holds and is left out.
pub fn session(text: &str, session: &Session<'_>) -> Result<String, Vec<Diagnostic>> {
    let scenario = Scenario::parse(text)?;
    edit(text, |root| {
        set(root, "made_with", None);
        if let Some(seed) = session.seed {
            set(root, "seed", Some(&Json::from(seed as i64)));
        }
        if let Some(name) = session.variant {
            let mut variants: Vec<_> = scenario.variants.iter().collect();
            variants.sort_by_key(|variant| *variant.name != *name);
            let variants = variants.into_iter().map(variant_json).collect();
            set(root, "variants", Some(&Json::List(variants)));
        }
        if let Some(until) = session.until {
            set(root, "until", Some(&Json::from(until)));
        }
        if session.client
            && let Some(cluster) = root.object_value("cluster")
        {
            set(&cluster, "clients", Some(&Json::from(1)));
        }
        for positions in session.left_out {
            leave_out(root, positions);
        }
        if let (Some(steps), false) = (root.array_value("steps"), session.hands.is_empty()) {
            let by_hand = Step {
                id: Some(new_id(&scenario)),
                meanwhile: session.hands.to_vec(),
                ..Step::default()
            };
            steps.insert(0, input(&step_json(&by_hand)));
        }
    })
}

/// Removes a step and those behind it from their track.
fn leave_out(root: &CstObject, positions: &[usize]) {
    let Some((first, above)) = positions.split_last() else {
        return;
    };
    let mut steps = root.array_value("steps");
    for index in above {
        let step = steps.and_then(|it| it.elements().into_iter().nth(*index));
        let step = step.and_then(|it| it.as_object());
        steps = step.and_then(|it| it.array_value("meanwhile"));
    }
    let last = steps.map(|it| it.elements()).unwrap_or_default();
    for element in last.into_iter().skip(*first).rev() {
        element.remove();
    }
}

/// A name for the step of hands that no step has.
fn new_id(scenario: &Scenario) -> Name {
    let ids = scenario.steps.iter().filter_map(|step| step.id.as_deref());
    let ids: Vec<&str> = ids.collect();
    let numbered = (2..).map(|nth| format!("{BY_HAND}-{nth}"));
    let mut names = core::iter::once(BY_HAND.to_owned()).chain(numbered);
    let free = names.find(|name| !ids.contains(&&**name));
    free.expect("numbers never end").into()
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
    use crate::base::{Point, Purpose, Span};
    use crate::scenario::act::{Act, Nodes};
    use crate::scenario::format::{Event, Moment, Until};

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
    fn what_hands_did_goes_on_beside_the_story() {
        let hand = Step {
            moment: Moment::After {
                event: Event::Step(12),
                delay: Span::ZERO,
                within: None,
            },
            acts: vec![Act::Crash(Nodes::All)],
            ..Step::default()
        };
        let session = Session {
            seed: Some(77),
            until: Some(SimTime(9_000_000_000)),
            client: true,
            hands: core::slice::from_ref(&hand),
            ..Session::default()
        };
        let once = super::session(FILE, &session).expect("a good file");
        comments_stay(&once);
        let twice = super::session(
            &once,
            &Session {
                client: false,
                ..session
            },
        );
        let scenario = Scenario::parse(&twice.expect("still good")).expect("good");
        let ids: Vec<_> = scenario.steps.iter().map(|it| it.id.as_deref()).collect();
        assert_eq!(ids, [Some("by-hand-2"), Some("by-hand"), None]);
        assert_eq!(scenario.steps[1].meanwhile, [hand]);
        assert_eq!(
            scenario.steps[2],
            Scenario::parse(FILE).expect("good").steps[0]
        );
        assert_eq!((scenario.seed, scenario.cluster.clients.len()), (77, 1));
        assert_eq!(scenario.until, Some(Until::Time(SimTime(9_000_000_000))));
    }

    #[test]
    fn a_step_and_those_behind_it_are_left_out() {
        let text = FILE.replace(
            "\"all\" } }",
            "\"all\" } }, { \"at\": \"1s\", \"say\": \"x\" }",
        );
        let session = Session {
            left_out: &[vec![1]],
            ..Session::default()
        };
        let text = super::session(&text, &session).expect("a good file");
        let scenario = Scenario::parse(&text).expect("good");
        assert_eq!(scenario.steps, Scenario::parse(FILE).expect("good").steps);
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
