//! Composition: the thing alone, the thing close up, the thing at home.

use super::canvas::{Canvas, Path, Piece, fill, line};
use super::colour::Rgb;
use super::houseplant::house_plant;
use super::lathe::{Finish, Lathe};
use super::paper;
use super::props;
use super::spec::{ArtSpec, Pose};
use super::stage::{self, CREAM, DARK, Palette};
use super::subject;
use super::wall;
use crate::dice::Dice;

/// The scale at which a piece fits a box, between limits that keep strokes honest.
fn fit(piece: &Piece, wide: f32, high: f32, limits: (f32, f32)) -> f32 {
    let bounds = piece.bounds;
    let scale = (wide / (bounds.right - bounds.left)).min(high / (bounds.bottom - bounds.top));
    scale.clamp(limits.0, limits.1)
}

fn set_down(canvas: &mut Canvas, piece: &Piece, at: (f32, f32), degrees: f32, scale: f32) {
    let middle = (piece.bounds.left + piece.bounds.right) / 2.0;
    canvas.open(at.0 - middle * scale, at.1, degrees, (scale, scale));
    canvas.place(piece);
    canvas.close();
}

/// Puts the middle of a hanging or lying piece at a point.
fn lay_down(canvas: &mut Canvas, piece: &Piece, at: (f32, f32), scale: f32) {
    let upper = (piece.bounds.top + piece.bounds.bottom) / 2.0;
    set_down(canvas, piece, (at.0, at.1 - upper * scale), 0.0, scale);
}

pub(crate) fn main(canvas: &mut Canvas, spec: &ArtSpec, studio: &mut Dice) {
    let palette = stage::choose(spec.house, spec.body, studio);
    let piece = canvas.apart(|c| subject(c, spec));
    match spec.subject.pose() {
        Pose::Table => on_table(canvas, &piece, palette, studio),
        Pose::Floor => {
            let edge = studio.real(640.0, 700.0);
            stage::room(canvas, palette, edge, studio);
            let scale = fit(&piece, 620.0, 700.0, (0.8, 1.35)) * studio.real(0.94, 1.0);
            set_down(
                canvas,
                &piece,
                (500.0 + studio.real(-30.0, 30.0), 868.0),
                0.0,
                scale,
            );
        }
        Pose::Wall => {
            stage::hanging(canvas, palette, studio);
            let scale = fit(&piece, 760.0, 800.0, (0.7, 1.4)) * studio.real(0.93, 1.0);
            lay_down(canvas, &piece, (500.0, 480.0), scale);
        }
        Pose::Flat => {
            stage::flat_lay(canvas, palette, studio);
            let scale = fit(&piece, 760.0, 780.0, (0.7, 1.4)) * studio.real(0.94, 1.02);
            lay_down(canvas, &piece, (500.0, 492.0), scale);
        }
    }
}

fn on_table(canvas: &mut Canvas, piece: &Piece, palette: Palette, studio: &mut Dice) {
    let bounds = piece.bounds;
    let scale = fit(piece, 700.0, 640.0, (0.72, 1.62)) * studio.real(0.9, 1.0);
    let (wide, high) = ((bounds.right - bounds.left) * scale, -bounds.top * scale);
    let edge = stage::horizon(studio);
    let mut base = (540.0 + high / 2.0).clamp(edge + 120.0, 868.0);
    if studio.chance(24) || canvas.size_with(piece) > VERY_HEAVY + 600 {
        stage::sweep(canvas, palette, base, studio);
    } else {
        stage::table(canvas, palette, edge, studio);
    }
    let cx = 500.0 + studio.real(-22.0, 22.0);
    let slim = wide < 430.0;
    if slim && high < 560.0 && studio.chance(20) {
        let tall = studio.real(54.0, 96.0);
        base = base.max(790.0);
        let stone = if studio.chance(50) {
            palette.accent.mix(palette.wall, 0.3)
        } else {
            palette.table.mix(palette.wall, 0.4)
        };
        stage::plinth(canvas, cx, base + 30.0, ((wide * 0.62).max(170.0), tall), stone);
        base -= tall - 34.0;
    } else if slim && studio.chance(34) {
        let left = studio.chance(60);
        let gap = wide / 2.0 + studio.real(90.0, 130.0);
        let x = if left { cx - gap } else { cx + gap };
        props::behind(canvas, x, (base - 60.0).max(edge + 44.0), palette, studio);
    }
    set_down(canvas, piece, (cx, base), 0.0, scale);
    if base < 850.0 && studio.chance(30) {
        let x = if studio.chance(50) {
            studio.real(190.0, 330.0)
        } else {
            studio.real(680.0, 820.0)
        };
        props::before(canvas, x, (base + 84.0).min(930.0), palette, studio);
    }
}

/// Near enough to see the weave, the glaze, the stitch.
pub(crate) fn close_up(canvas: &mut Canvas, spec: &ArtSpec, studio: &mut Dice) {
    let palette = stage::choose(spec.house ^ 0x5eed, spec.body, studio);
    let piece = canvas.apart(|c| subject(c, spec));
    let bounds = piece.bounds;
    let (wide, high) = (bounds.right - bounds.left, bounds.bottom - bounds.top);
    match spec.subject.pose() {
        Pose::Table | Pose::Floor => {
            let scale = (1150.0 / wide).min(1250.0 / high).clamp(1.2, 2.5);
            let lift = studio.real(0.44, 0.58);
            let base = 520.0 + high * scale * lift;
            stage::sweep(canvas, palette, base.min(940.0), studio);
            if base < 950.0 {
                stage::drop_floor(canvas, palette, base);
            }
            set_down(
                canvas,
                &piece,
                (500.0 + studio.real(-150.0, 150.0), base),
                0.0,
                scale,
            );
        }
        Pose::Wall | Pose::Flat => {
            stage::flat_lay(canvas, palette, studio);
            let scale = (1280.0 / wide.max(high)).clamp(1.25, 2.4);
            let slip = (
                studio.real(-0.18, 0.18) * wide * scale,
                studio.real(-0.2, 0.16) * high * scale,
            );
            canvas.open(500.0, 500.0, studio.real(-13.0, 13.0), (1.0, 1.0));
            lay_down(canvas, &piece, slip, scale);
            canvas.close();
        }
    }
}

/// Bytes from which a thing gets a plainer room: pictures stay light to load.
const HEAVY: usize = 4700;
/// Bytes from which a thing is shown with next to nothing around it.
const VERY_HEAVY: usize = 8200;

/// In a room with other things.
pub(crate) fn at_home(canvas: &mut Canvas, spec: &ArtSpec, studio: &mut Dice) {
    let palette = stage::choose(spec.house ^ 0x40e, spec.body, studio);
    let piece = canvas.apart(|c| subject(c, spec));
    match spec.subject.pose() {
        Pose::Floor => in_room(canvas, spec, &piece, palette, studio),
        Pose::Flat => on_desk(canvas, spec, &piece, palette, studio),
        Pose::Table => on_shelf(canvas, spec, &piece, palette, studio),
        Pose::Wall => over_console(canvas, spec, &piece, palette, studio),
    }
}

/// A framed print in the room's own colours.
fn framed(canvas: &mut Canvas, at: (f32, f32), size: (f32, f32), palette: Palette, studio: &mut Dice) {
    let (w, h) = size;
    canvas.rect(
        at.0 - w / 2.0 + 10.0,
        at.1 - h / 2.0 + 14.0,
        size,
        3.0,
        fill(DARK).alpha(0.16),
    );
    canvas.rect(
        at.0 - w / 2.0,
        at.1 - h / 2.0,
        size,
        3.0,
        fill(palette.table.shade(0.35)),
    );
    canvas.rect(
        at.0 - w / 2.0 + 12.0,
        at.1 - h / 2.0 + 12.0,
        (w - 24.0, h - 24.0),
        0.0,
        fill(CREAM),
    );
    canvas.open(at.0, at.1, 0.0, (1.0, 1.12));
    let inks = (palette.accent, palette.table.mix(palette.accent, 0.3), CREAM);
    paper::picture(canvas, w * 0.33, inks, *studio.pick(&[0, 1, 4, 5, 7]), studio);
    canvas.close();
}

fn potted(canvas: &mut Canvas, at: (f32, f32), scale: f32, tone: Rgb, studio: &mut Dice) {
    canvas.open(at.0, at.1, 0.0, (scale, scale));
    let pot = Lathe::new(
        0.0,
        0.0,
        (140.0, 215.0),
        0.22,
        &[(0.0, 0.7), (0.5, 0.94), (1.0, 1.0)],
    );
    stage::cast(canvas, 0.0, 0.0, 120.0, 0.2);
    pot.lay(canvas, tone, Finish::Matte);
    pot.dim(canvas);
    pot.mouth(canvas, tone, tone.shade(0.2), 12.0);
    house_plant(canvas, pot.top() + 8.0, false, studio);
    canvas.close();
}

fn on_shelf(canvas: &mut Canvas, spec: &ArtSpec, piece: &Piece, palette: Palette, studio: &mut Dice) {
    let edge = studio.real(755.0, 790.0);
    let paint = canvas.linear(
        (80.0, 0.0),
        (900.0, 900.0),
        &[
            (0.0, palette.wall.light(0.3), 1.0),
            (0.45, palette.wall, 1.0),
            (1.0, palette.wall.shade(0.16), 1.0),
        ],
    );
    canvas.rect(0.0, 0.0, (1000.0, 1000.0), 0.0, fill(paint));
    let right = studio.chance(50);
    let side = |x: f32| if right { x } else { 1000.0 - x };
    let plain = canvas.size_with(piece) > HEAVY;
    match if plain { 2 } else { studio.below(3) } {
        0 => framed(canvas, (side(270.0), 300.0), (250.0, 330.0), palette, studio),
        1 => {
            framed(canvas, (side(215.0), 250.0), (190.0, 240.0), palette, studio);
            canvas.circle(side(470.0) + 8.0, 262.0, 92.0, fill(DARK).alpha(0.14));
            canvas.circle(side(470.0), 250.0, 92.0, fill(palette.table.shade(0.3)));
            canvas.circle(side(470.0), 250.0, 80.0, fill(palette.wall.light(0.55)));
        }
        _ => wall::window_light(canvas, palette, edge, studio),
    }
    // The sideboard: a top and two doors.
    let wood = palette.table.shade(0.08);
    canvas.rect(0.0, edge + 34.0, (1000.0, 240.0), 0.0, fill(wood.shade(0.16)));
    let mut doors = Path::from(330.0, edge + 70.0);
    doors.l(330.0, 1000.0).m(690.0, edge + 70.0).l(690.0, 1000.0);
    canvas.draw(&doors, line(wood.shade(0.5), 4.0).alpha(0.6));
    let top = canvas.linear(
        (0.0, edge - 30.0),
        (0.0, edge + 40.0),
        &[
            (0.0, wood, 1.0),
            (0.8, wood.light(0.3), 1.0),
            (1.0, wood.light(0.1), 1.0),
        ],
    );
    canvas.rect(0.0, edge - 40.0, (1000.0, 80.0), 0.0, fill(top));
    canvas.rect(0.0, edge + 40.0, (1000.0, 14.0), 0.0, fill(DARK).alpha(0.22));
    canvas.rect(0.0, edge - 46.0, (1000.0, 8.0), 0.0, fill(DARK).alpha(0.1));
    let plant_tone = palette.accent.mix(CREAM, 0.25);
    if canvas.size_with(piece) > VERY_HEAVY {
        // The thing fills the picture by itself.
    } else if !plain && studio.chance(55) {
        potted(
            canvas,
            (side(120.0), edge - 8.0),
            studio.real(0.66, 0.8),
            plant_tone,
            studio,
        );
    } else {
        canvas.open(side(150.0), edge - 10.0, 0.0, (1.15, 1.15));
        props::bud_vase(canvas, plant_tone, studio);
        canvas.close();
    }
    let scale = fit(piece, 430.0, 440.0, (0.4, 1.2));
    let cx = side(610.0);
    let wide = (piece.bounds.right - piece.bounds.left) * scale;
    if wide < 330.0 && canvas.size_with(piece) < VERY_HEAVY + 1600 {
        canvas.open(side(610.0 + wide / 2.0 + 120.0), edge - 12.0, 0.0, (0.9, 0.9));
        props::books(
            canvas,
            [palette.accent, CREAM.shade(0.08), spec.ink.mix(palette.wall, 0.4)],
            studio,
        );
        canvas.close();
    }
    set_down(canvas, piece, (cx, edge + 8.0), 0.0, scale);
}

fn in_room(canvas: &mut Canvas, spec: &ArtSpec, piece: &Piece, palette: Palette, studio: &mut Dice) {
    let edge = 660.0;
    stage::room(canvas, palette, edge, studio);
    let right = studio.chance(50);
    let side = |x: f32| if right { x } else { 1000.0 - x };
    let plain = canvas.size_with(piece) > HEAVY;
    if canvas.size_with(piece) < VERY_HEAVY {
        framed(canvas, (side(300.0), 280.0), (220.0, 290.0), palette, studio);
    }
    if !plain && studio.chance(50) {
        framed(canvas, (side(560.0), 250.0), (170.0, 210.0), palette, studio);
    }
    let rug = spec.ink.mix(palette.accent, 0.5);
    canvas.ellipse(520.0, 868.0, 420.0, 92.0, fill(rug.mix(palette.table, 0.3)));
    canvas.ellipse(
        520.0,
        868.0,
        384.0,
        80.0,
        line(CREAM, 6.0).dash(16.0, 9.0).alpha(0.6),
    );
    if canvas.size_with(piece) < VERY_HEAVY + 900 {
        potted(
            canvas,
            (side(170.0), 800.0),
            1.0,
            palette.accent.mix(CREAM, 0.3),
            studio,
        );
    }
    let scale = fit(piece, 440.0, 470.0, (0.5, 1.2));
    set_down(canvas, piece, (side(600.0), 878.0), 0.0, scale);
}

fn on_desk(canvas: &mut Canvas, spec: &ArtSpec, piece: &Piece, palette: Palette, studio: &mut Dice) {
    stage::flat_lay(canvas, palette, studio);
    let right = studio.chance(50);
    let side = |x: f32| if right { x } else { 1000.0 - x };
    let pale = CREAM.mix(palette.accent, 0.15);
    match studio.below(3) {
        0 => props::coffee_above(canvas, side(180.0), 190.0, pale),
        1 => {
            canvas.open(side(170.0), 210.0, studio.real(-24.0, 24.0), (1.0, 1.0));
            canvas.rect(-170.0, -210.0, (350.0, 440.0), 6.0, fill(DARK).alpha(0.15));
            canvas.rect(-180.0, -225.0, (350.0, 440.0), 6.0, fill(pale));
            canvas.rect(-180.0, -225.0, (40.0, 440.0), 6.0, fill(palette.accent));
            canvas.close();
        }
        _ => super::flora::lying_sprig(
            canvas,
            (side(60.0), 330.0),
            if right { 24.0 } else { -24.0 },
            380.0,
            Rgb::hex(0x7d8c6d),
        ),
    }
    super::flora::lying_sprig(
        canvas,
        (side(960.0), 700.0),
        if right { -152.0 } else { 152.0 },
        330.0,
        Rgb::hex(0x8a9877).mix(spec.ink, 0.12),
    );
    canvas.open(side(820.0), 850.0, 0.0, (1.3, 1.3));
    props::before(canvas, 0.0, 0.0, palette, studio);
    canvas.close();
    let scale = fit(piece, 560.0, 600.0, (0.45, 1.1));
    lay_down(canvas, piece, (side(540.0), 510.0), scale);
}

fn over_console(canvas: &mut Canvas, spec: &ArtSpec, piece: &Piece, palette: Palette, studio: &mut Dice) {
    let edge = 800.0;
    let paint = canvas.linear(
        (80.0, 0.0),
        (900.0, 900.0),
        &[
            (0.0, palette.wall.light(0.3), 1.0),
            (0.45, palette.wall, 1.0),
            (1.0, palette.wall.shade(0.16), 1.0),
        ],
    );
    canvas.rect(0.0, 0.0, (1000.0, 1000.0), 0.0, fill(paint));
    wall::window_light(canvas, palette, edge, studio);
    let right = studio.chance(50);
    let side = |x: f32| if right { x } else { 1000.0 - x };
    let scale = fit(piece, 520.0, 560.0, (0.4, 1.1));
    lay_down(canvas, piece, (side(560.0), 390.0), scale);
    let wood = palette.table.shade(0.1);
    canvas.rect(120.0, edge, (760.0, 40.0), 4.0, fill(wood.light(0.15)));
    canvas.rect(120.0, edge, (760.0, 8.0), 3.0, fill(wood.light(0.5)));
    canvas.rect(140.0, edge + 40.0, (720.0, 60.0), 0.0, fill(wood.shade(0.2)));
    for x in [160.0, 800.0] {
        canvas.rect(x, edge + 100.0, (40.0, 120.0), 0.0, fill(wood.shade(0.1)));
    }
    canvas.rect(140.0, edge + 40.0, (720.0, 10.0), 0.0, fill(DARK).alpha(0.2));
    potted(
        canvas,
        (side(220.0), edge + 12.0),
        0.72,
        palette.accent.mix(CREAM, 0.3),
        studio,
    );
    canvas.open(side(690.0), edge + 4.0, 0.0, (0.95, 0.95));
    props::books(
        canvas,
        [spec.ink.mix(palette.wall, 0.3), CREAM.shade(0.06), palette.accent],
        studio,
    );
    canvas.close();
}
