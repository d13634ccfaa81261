//! Every panel and view, found by what a screen reader says, in both languages.

use app::command::{Command, Go, ImageKind, Sheet, View};
use egui::Key;
use egui_kittest::kittest::Queryable;
use quorumscope_gui::platform::Opened;
use sim_core::explain::Lang;
use views::mark::Mark;

use crate::support::{Opening, Shell};

const BOTH: [Lang; 2] = [Lang::En, Lang::Zh];

fn sees_all(shell: &Shell, keys: &[&str]) {
    for key in keys {
        let name = shell.t(key);
        assert!(shell.sees(&name), "{key} ({name}) is on the screen");
    }
}

fn command(shell: &mut Shell, command: Command) {
    let ctx = shell.harness.ctx.clone();
    shell.harness.state_mut().apply(&ctx, command);
    shell.settle();
}

#[test]
fn the_five_places_have_names() {
    for lang in BOTH {
        let shell = Opening {
            lang,
            ..Opening::default()
        }
        .open();
        sees_all(
            &shell,
            &[
                "bar.library",
                "bar.menu",
                "bar.predict",
                "bar.dark",
                "beat.title",
                "centre.ensemble",
                "centre.space_time",
                "centre.both",
                "why.title",
                "inv.title",
                "bar.start",
                "bar.back",
                "bar.play",
                "bar.step",
                "bar.moment",
            ],
        );
    }
}

#[test]
fn the_library_is_the_first_thing_and_opens_a_story_by_a_click() {
    for lang in BOTH {
        let mut shell = Opening {
            lang,
            story: None,
            ..Opening::default()
        }
        .open();
        sees_all(&shell, &["library.title", "library.about", "bar.open"]);
        let rows = shell.app().library();
        let front: Vec<_> = rows.iter().filter(|row| row.front).collect();
        assert_eq!(front.len(), 2, "two stories to begin with");
        let (name, title) = (front[1].name, front[1].title.clone());
        let first = shell
            .harness
            .get_all_by_label(&title)
            .next()
            .expect("the story's card");
        first.click();
        shell.settle();
        assert_eq!(shell.app().name(), name);
        assert!(!shell.app().shows(Sheet::Library));
    }
}

#[test]
fn every_server_and_vote_has_a_name_and_a_value() {
    for lang in BOTH {
        let mut shell = Opening {
            lang,
            ..Opening::default()
        }
        .open();
        command(&mut shell, Command::Go(Go::End));
        let picture = shell.app().picture(View::Ensemble, 884.0, 600.0);
        assert!(picture.spots.len() >= 5);
        for spot in &picture.spots {
            assert!(shell.sees(&spot.name), "{}", spot.name);
            assert!(!spot.name.is_empty());
        }
    }
}

#[test]
fn sheets_open_by_keys_and_close_by_escape() {
    for lang in BOTH {
        for (key, sheet, title) in [
            (Key::Questionmark, Sheet::Keys, "key.title"),
            (Key::B, Sheet::Branches, "branch.title"),
            (Key::E, Sheet::Source, "source.title"),
            (Key::Slash, Sheet::Search, "search.title"),
            (Key::L, Sheet::Library, "library.title"),
        ] {
            let mut shell = Opening {
                lang,
                ..Opening::default()
            }
            .open();
            shell.press(key);
            assert!(shell.app().shows(sheet), "{key:?}");
            sees_all(&shell, &[title]);
            shell.press(Key::Escape);
            assert!(!shell.app().shows(sheet), "{key:?}");
        }
    }
}

#[test]
fn language_theme_and_zoom_change_at_run_time() {
    let mut shell = Opening::default().open();
    shell.click("中文");
    assert_eq!(shell.app().settings().language, Lang::Zh);
    sees_all(&shell, &["beat.title", "why.title"]);
    let dark = shell.t("bar.dark").into_owned();
    shell.click(&dark);
    assert_eq!(shell.app().settings().theme, views::theme::Theme::Dark);
    shell.press_with(egui::Modifiers::COMMAND, Key::Plus);
    assert_eq!(shell.app().settings().zoom, 125);
    shell.click("EN");
    assert_eq!(shell.app().settings().language, Lang::En);
}

#[test]
fn a_narrow_window_folds_its_sides_into_tabs_and_loses_nothing() {
    for lang in BOTH {
        let mut shell = Opening {
            lang,
            size: [720.0, 640.0],
            ..Opening::default()
        }
        .open();
        sees_all(
            &shell,
            &["beat.title", "bar.picture", "why.title", "centre.ensemble"],
        );
        let why = shell.t("why.title").into_owned();
        shell.click(&why);
        sees_all(&shell, &["inv.title"]);
        let beats = shell.t("beat.title").into_owned();
        shell
            .harness
            .get_all_by_label(&beats)
            .next()
            .expect("the tab")
            .click();
        shell.settle();
        let first = shell.app().beats()[0].title.clone();
        assert!(shell.sees(&first), "{first}");
    }
}

#[test]
fn a_bad_file_is_shown_with_its_place_and_the_picture_stays() {
    for lang in BOTH {
        let mut shell = Opening {
            lang,
            ..Opening::default()
        }
        .open();
        let before = shell.app().picture(View::Ensemble, 800.0, 600.0);
        let text = "{ \"titel\": \"x\" }".into();
        command(
            &mut shell,
            Command::OpenText {
                name: "bad.json".into(),
                text,
            },
        );
        let trouble = shell.app().trouble().expect("trouble").clone();
        assert!(shell.sees(&trouble.title), "{}", trouble.title);
        assert!(shell.sees_part("bad.json"));
        for place in &trouble.places {
            assert!(shell.sees(&place.message), "{}", place.message);
        }
        assert_eq!(shell.app().picture(View::Ensemble, 800.0, 600.0), before);
        let close = shell.t("trouble.close").into_owned();
        shell.click(&close);
        assert!(shell.app().trouble().is_none());
    }
}

#[test]
fn files_links_and_exports_go_through_the_platform() {
    let mut shell = Opening::default().open();
    shell.press_with(egui::Modifiers::COMMAND, Key::O);
    assert_eq!(shell.outside.borrow().asked, 1);
    shell.press_with(egui::Modifiers::COMMAND, Key::S);
    command(&mut shell, Command::Export(ImageKind::Svg));
    command(&mut shell, Command::Export(ImageKind::Png));
    let saved: Vec<String> = shell
        .outside
        .borrow()
        .saved
        .iter()
        .map(|it| it.0.clone())
        .collect();
    assert_eq!(saved.len(), 3, "{saved:?}");
    let endings: Vec<_> = saved
        .iter()
        .filter_map(|it| it.rsplit('.').next())
        .collect();
    assert_eq!(endings, ["json", "svg", "png"]);
    let scenario = String::from_utf8(shell.outside.borrow().saved[0].1.clone()).expect("text");
    command(&mut shell, Command::CopyLink);
    let copied = shell
        .outside
        .borrow()
        .copied
        .last()
        .cloned()
        .expect("a link");
    // A desktop has no address of its own: the link leads to where `quorumscope serve` shows the page.
    assert!(copied.starts_with("http://127.0.0.1:8080/#q1."), "{copied}");
    assert!(shell.sees_part("http://127.0.0.1:8080/"));
    // A page has.
    shell.outside.borrow_mut().address = Some("https://example.org/".to_owned());
    command(&mut shell, Command::CopyLink);
    let outside = shell.outside.borrow();
    assert_eq!(
        outside.copied.last(),
        Some(&format!("https://example.org/#{}", outside.link))
    );
    drop(outside);
    // What was saved opens again, as a file that was chosen or dropped.
    let file = Opened {
        name: "mine.json".to_owned(),
        place: None,
        text: Ok(scenario),
    };
    shell.outside.borrow_mut().opened.push(file);
    shell.settle();
    assert_eq!(shell.app().name(), "mine.json");
    assert!(shell.app().trouble().is_none());
}

#[test]
fn space_and_time_can_be_filtered() {
    for lang in BOTH {
        let mut shell = Opening {
            lang,
            ..Opening::default()
        }
        .open();
        shell.press(Key::End);
        shell.press(Key::Num2);
        let filter = shell.t("centre.filter").into_owned();
        shell.click(&filter);
        sees_all(&shell, &["centre.filter_nodes", "centre.filter_kinds"]);
        shell.harness.get_by_label("NOTIFICATION").scroll_to_me();
        shell.settle();
        shell.click("NOTIFICATION");
        assert_eq!(shell.app().filter().hidden_kinds.len(), 1);
        let all = shell.t("centre.filter_all").into_owned();
        shell.harness.get_by_label(&all).scroll_to_me();
        shell.settle();
        shell.click(&all);
        assert_eq!(shell.app().filter().hidden_kinds.len(), 0);
    }
}

/// Presses and releases the pointer at a place.
fn click_at(shell: &mut Shell, pos: egui::Pos2) {
    let button = |pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    shell.harness.event(egui::Event::PointerMoved(pos));
    shell.settle();
    shell.harness.event(button(true));
    shell.harness.step();
    shell.harness.event(button(false));
    shell.settle();
}

#[test]
fn a_click_on_the_bands_goes_there_and_on_a_mark_to_what_it_stands_for() {
    let mut shell = Opening::default().open();
    let clock = shell.t("view.clock").into_owned();
    let rect = shell.harness.get_by_label(&clock).rect();
    let window = shell.app().bands_window();
    // Between the bands and the marks nothing else is in the way.
    for share in [0.31_f32, 0.72, 0.11] {
        let x = rect.left() + rect.width() * share;
        click_at(&mut shell, egui::pos2(x, rect.top() + 22.0));
        let wanted = window.at(share).0 as f64;
        let found = shell.app().position().time.0 as f64;
        let pixel = (window.to.0 - window.from.0) as f64 / f64::from(rect.width());
        assert!(
            (found - wanted).abs() <= 2.0 * pixel,
            "{found} for {wanted}"
        );
        assert_eq!(shell.app().selection(), None, "moving selects nothing");
    }
    let picture = shell.app().bands(rect.width(), rect.height());
    let mut steps = picture.spots.iter().filter_map(|spot| match spot.mark {
        Mark::Step(step) => Some((step, spot.name.to_string())),
        _ => None,
    });
    let (step, name) = steps.next_back().expect("a mark");
    shell
        .harness
        .get_all_by_label(&name)
        .next()
        .expect("it")
        .click();
    shell.settle();
    assert_eq!(shell.app().position().step, step);
    assert_eq!(shell.app().selection(), Some(Mark::Step(step)));
}
