//! Two plays side by side, long work that is stopped, files that were opened before: by keys and clicks, in both
//! languages.

use app::command::{Command, Go, Hand, Sheet};
use egui::Key;
use egui_kittest::kittest::Queryable;
use quorumscope_gui::platform::Opened;
use sim_core::base::{NodeId, SimTime};
use sim_core::explain::Lang;
use views::mark::Mark;

use crate::support::{Opening, Shell};

const BOTH: [Lang; 2] = [Lang::En, Lang::Zh];

fn open(lang: Lang) -> Shell {
    Opening {
        lang,
        ..Opening::default()
    }
    .open()
}

#[test]
fn two_branches_stand_side_by_side_by_keys_and_clicks() {
    for lang in BOTH {
        let mut shell = open(lang);
        shell.apply(Command::Go(Go::Time(SimTime(6_300_000_000))));
        shell.apply(Command::Select(Some(Mark::Node(NodeId(2)))));
        shell.press(Key::K);
        shell.press(Key::D);
        assert!(shell.app().shows(Sheet::Compare), "which one is asked");
        let root = shell.t("act.root").into_owned();
        shell.click(&root);
        let compared = shell.app().compared().expect("two plays");
        assert!(compared.done && !shell.app().shows(Sheet::Compare));
        let difference = compared.difference.expect("they part");
        for text in compared.names.iter().chain(&difference.told) {
            assert!(shell.sees(text), "{text}");
        }
        // The crashed server and the one that goes on stand beside each other.
        let name = |world: &sim_core::cluster::World| world.node(NodeId(2)).is_some();
        assert!(!name(shell.app().world()));
        shell.press(Key::Home);
        let go = shell.t("compare.go").into_owned();
        shell.click(&go);
        assert_eq!(shell.app().position().time, difference.at);
        let first = shell.t("compare.first").into_owned();
        shell.press(Key::Num2);
        // A heading, a line on the bands, and a band in each of the two pictures.
        assert_eq!(shell.harness.get_all_by_label(&first).count(), 4);
        let stop = shell.t("compare.stop").into_owned();
        shell.click(&stop);
        assert!(shell.app().compared().is_none());
    }
}

#[test]
fn the_key_ends_a_comparison_too() {
    let mut shell = open(Lang::En);
    shell.press(Key::D);
    let (_, all) = shell.app().variants();
    let other = all.last().expect("variants").to_string();
    let row = shell.harness.get_all_by_label(&other).last();
    row.expect("its row").click();
    shell.settle();
    assert!(shell.app().compared().is_some());
    shell.press(Key::D);
    assert!(shell.app().compared().is_none());
}

/// A play that takes long: six clients that write for ever.
const LONG: &str = include_str!("../../../app/examples/figures.json");

#[test]
fn long_work_says_how_far_it_is_and_stops() {
    for (lang, by_key) in [(Lang::En, true), (Lang::Zh, false)] {
        let mut shell = open(lang);
        let ctx = shell.harness.ctx.clone();
        let (name, text) = ("long.json".into(), LONG.into());
        shell
            .harness
            .state_mut()
            .apply(&ctx, Command::OpenText { name, text });
        shell.harness.run_steps(8);
        assert!(shell.app().busy().is_some());
        let stop = format!("{} (Esc)", shell.t("work.stop"));
        assert!(shell.sees(&stop), "a way to stop it");
        match by_key {
            true => shell.harness.key_press(Key::Escape),
            false => shell.harness.get_by_label(&stop).click(),
        }
        shell.settle();
        assert!(shell.app().stopped() && !shell.sees(&stop));
        let stopped = shell.app().position().last;
        shell.press(Key::End);
        assert_eq!(shell.app().position().step, stopped, "what there is stays");
        let go_on = shell.t("work.go_on").into_owned();
        shell.harness.get_by_label(&go_on).click();
        shell.harness.run_steps(3);
        assert!(shell.app().position().last > stopped);
    }
}

#[test]
fn files_that_were_opened_before_open_again_and_absent_ones_are_explained() {
    for lang in BOTH {
        let mut shell = Opening {
            lang,
            story: None,
            recent: Some("/home/me/there.json\n/home/me/gone.json\n"),
            ..Opening::default()
        }
        .open();
        let story = scenarios::find("three-servers").expect("it ships").text;
        let disk = [("/home/me/there.json".to_owned(), story.to_owned())];
        shell.outside.borrow_mut().disk = disk.into();
        assert!(shell.sees(&shell.t("library.recent")));
        shell.click("gone.json");
        assert!(shell.sees(&shell.t("fail.absent")), "it is explained");
        let close = shell.t("trouble.close").into_owned();
        shell.click(&close);
        assert!(!shell.sees("gone.json"), "and taken off the list");
        shell.click("there.json");
        assert_eq!(shell.app().name(), "there.json");
        let kept = |shell: &Shell| shell.outside.borrow().recent.clone();
        assert_eq!(kept(&shell).as_deref(), Some("/home/me/there.json\n"));
        // A file that was chosen comes first; one that is no scenario does not.
        for (name, text) in [("new.json", story), ("bad.json", "{}")] {
            let file = Opened {
                name: name.to_owned(),
                place: Some(format!("/home/me/{name}")),
                text: Ok(text.to_owned()),
            };
            shell.outside.borrow_mut().opened.push(file);
            shell.harness.step();
            shell.settle();
        }
        let expected = "/home/me/new.json\n/home/me/there.json\n";
        assert_eq!(kept(&shell).as_deref(), Some(expected));
    }
}

/// What one went back over is outlined; the menu has the comparison too.
#[test]
fn the_menu_compares() {
    for lang in BOTH {
        let mut shell = open(lang);
        shell.apply(Command::Hand(Hand::Pause(NodeId(0))));
        let menu = shell.t("bar.menu").into_owned();
        shell.click(&menu);
        let compare = shell.t("bar.compare").into_owned();
        shell.harness.get_by_label_contains(&compare).click();
        shell.settle();
        assert!(shell.app().shows(Sheet::Compare));
        assert!(shell.sees(&shell.t("compare.about")));
    }
}
