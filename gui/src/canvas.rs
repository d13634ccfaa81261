//! A picture that a hand can point at: every spot can be hovered, focused, clicked, dragged from and asked for its faults.
//!
//! Reports what was done with which mark; what it means is decided by whoever shows the picture.

use egui::{Id, Pos2, Response, Role, Sense, Ui, WidgetInfo};
use sim_core::base::SimTime;
use views::mark::Mark;
use views::picture::{Picture, Spot};
use views::theme::Ink;

use crate::look::RADIUS;
use crate::painter;
use crate::widget::{Look, focus_ring};

/// What a hand did with a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Done {
    /// Clicked a spot, or pressed it while it had the focus.
    Click(Mark),
    /// Clicked it twice.
    Twice(Mark),
    /// Clicked where nothing is.
    Nothing,
    /// Dragged from one spot to another.
    Drag(Mark, Mark),
}

/// A picture on the screen.
pub struct Shown {
    /// What was done with it.
    pub done: Option<Done>,
    /// Where on the screen, if it was done with the pointer.
    pub at: Option<Pos2>,
    /// The whole of it.
    pub response: Response,
    /// Its top left corner.
    pub origin: Pos2,
}

/// Shows a picture. What is in `outlined` is about to change; `menu` fills the menu of a spot.
pub fn show(
    ui: &mut Ui,
    look: Look,
    salt: &str,
    picture: &Picture,
    outlined: &[Mark],
    mut menu: impl FnMut(&mut Ui, Mark),
) -> Shown {
    let size = egui::vec2(picture.width, picture.height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let mut shown = Shown {
        done: None,
        at: response.interact_pointer_pos(),
        response,
        origin: rect.min,
    };
    if shown.response.clicked() {
        shown.done = Some(Done::Nothing);
    }
    let painter = ui.painter_at(rect);
    painter::paint(&painter, rect.min, look.theme, picture);
    for (nth, spot) in picture.spots.iter().enumerate() {
        let response = touch(
            ui,
            look,
            Id::unique((salt, lasting(spot.mark), nth_of(picture, nth))),
            rect.min,
            spot,
        );
        if outlined.contains(&spot.mark) {
            outline(ui, look, response.rect);
        }
        if response.clicked() {
            shown.at = response.interact_pointer_pos();
        }
        if response.double_clicked() {
            shown.done = Some(Done::Twice(spot.mark));
        } else if response.clicked() {
            shown.done = Some(Done::Click(spot.mark));
        }
        if response.dragged() || response.drag_stopped() {
            drag(ui, look, &response, picture, spot, &mut shown);
        }
        response.context_menu(|ui| menu(ui, spot.mark));
    }
    shown
}

/// What stays the same while time goes by: a hand that began to press the clock still presses it a frame later.
fn lasting(mark: Mark) -> Mark {
    match mark {
        Mark::Time(_) => Mark::Time(SimTime(0)),
        it => it,
    }
}

/// A mark may have several spots in a picture: this counts them. Moments all count as one mark, wherever they stand.
fn nth_of(picture: &Picture, nth: usize) -> usize {
    let (before, mark) = (&picture.spots[..nth], picture.spots[nth].mark);
    if matches!(mark, Mark::Time(_)) {
        let moments = before.iter().filter(|it| matches!(it.mark, Mark::Time(_)));
        return moments.count();
    }
    let same = before.iter().rev().take_while(|it| it.mark == mark);
    same.count()
}

/// Dashes around what is about to change.
fn outline(ui: &Ui, look: Look, rect: egui::Rect) {
    let rect = rect.expand(4.0);
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    let stroke = egui::Stroke::new(2.0, look.text());
    ui.painter()
        .extend(egui::Shape::dashed_line(&corners, stroke, 6.0, 5.0));
}

/// Whether something can be dragged from a mark to another.
fn draggable(mark: Mark) -> bool {
    matches!(mark, Mark::Node(_))
}

fn touch(ui: &Ui, look: Look, id: Id, origin: Pos2, spot: &Spot) -> Response {
    let rect = painter::place(origin, spot.rect);
    let sense = match draggable(spot.mark) {
        true => Sense::click_and_drag(),
        false => Sense::click(),
    };
    let response = ui.interact(rect, id, sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &*spot.name));
    if !spot.value.is_empty() {
        ui.ctx()
            .accesskit_node_builder(id, |node| node.set_value(&*spot.value));
    }
    if response.hovered() {
        let stroke = egui::Stroke::new(1.0, look.ink(Ink::Dim));
        let around = rect.expand(2.0);
        ui.painter()
            .rect_stroke(around, RADIUS, stroke, egui::StrokeKind::Outside);
    }
    focus_ring(ui, look, &response);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// A line from where the drag began to the pointer, and what lies under it in the end.
fn drag(
    ui: &Ui,
    look: Look,
    response: &Response,
    picture: &Picture,
    spot: &Spot,
    shown: &mut Shown,
) {
    let Some(pointer) = response
        .interact_pointer_pos()
        .or_else(|| ui.ctx().pointer_latest_pos())
    else {
        return;
    };
    let there = pointer - shown.origin;
    let over = picture.spots.iter().rev().find(|it| {
        let place = views::picture::at(there.x, there.y);
        draggable(it.mark) && it.rect.holds(place) && it.mark != spot.mark
    });
    if response.drag_stopped() {
        if let Some(over) = over {
            shown.done = Some(Done::Drag(spot.mark, over.mark));
        }
        return;
    }
    let from = painter::place(shown.origin, spot.rect).center();
    let stroke = egui::Stroke::new(2.0, look.ink(Ink::Broken));
    ui.painter()
        .extend(egui::Shape::dashed_line(&[from, pointer], stroke, 6.0, 4.0));
    if let Some(over) = over {
        let rect = painter::place(shown.origin, over.rect).expand(3.0);
        ui.painter()
            .rect_stroke(rect, RADIUS, stroke, egui::StrokeKind::Outside);
    }
}
