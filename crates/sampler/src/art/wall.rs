//! What the wall behind a thing may look like.

use super::canvas::{Canvas, Path, fill, line};
use super::flora;
use super::stage::{CREAM, Palette};
use crate::dice::Dice;

pub(crate) fn wall(canvas: &mut Canvas, palette: Palette, edge: f32, dice: &mut Dice) {
    let paint = canvas.linear(
        (80.0, 0.0),
        (900.0, edge + 150.0),
        &[
            (0.0, palette.wall.light(0.3), 1.0),
            (0.45, palette.wall, 1.0),
            (1.0, palette.wall.shade(0.17), 1.0),
        ],
    );
    canvas.rect(0.0, 0.0, (1000.0, edge + 4.0), 0.0, fill(paint));
    match dice.below(8) {
        0 => arch(canvas, palette, edge, dice),
        1 => {
            let r = dice.real(250.0, 330.0);
            let tint = if palette.wall.is_dark() {
                palette.accent
            } else {
                palette.wall.light(0.42)
            };
            canvas.circle(
                dice.real(380.0, 620.0),
                dice.real(330.0, 420.0),
                r,
                fill(tint).alpha(0.55),
            );
        }
        2 => window(canvas, palette, edge, dice),
        3 => {
            let from = (dice.real(690.0, 900.0), -60.0);
            flora::shadow_branch(
                canvas,
                from,
                205.0,
                620.0,
                palette.wall.shade(0.6),
                0.13,
                dice.chance(50),
            );
            flora::shadow_branch(
                canvas,
                (1060.0, 120.0),
                238.0,
                520.0,
                palette.wall.shade(0.6),
                0.1,
                true,
            );
        }
        4 => {
            let height = edge - dice.real(190.0, 300.0);
            canvas.rect(
                0.0,
                height,
                (1000.0, edge - height),
                0.0,
                fill(palette.accent).alpha(0.4),
            );
            canvas.rect(0.0, height - 4.0, (1000.0, 4.0), 0.0, fill(CREAM).alpha(0.4));
        }
        5 => tiles(canvas, palette, edge, dice),
        6 => {
            let x = dice.real(120.0, 560.0);
            canvas.rect(
                x,
                0.0,
                (dice.real(260.0, 380.0), edge),
                0.0,
                fill(palette.accent).alpha(0.28),
            );
        }
        _ => {}
    }
}

fn arch(canvas: &mut Canvas, palette: Palette, edge: f32, dice: &mut Dice) {
    let (half, cx) = (dice.real(250.0, 320.0), dice.real(440.0, 560.0));
    let shoulder = dice.real(330.0, 400.0);
    let mut path = Path::from(cx - half, edge);
    path.l(cx - half, shoulder)
        .a(half, half * 0.96, true, cx + half, shoulder)
        .l(cx + half, edge)
        .z();
    let deep = canvas.linear(
        (cx - half, 0.0),
        (cx + half, 0.0),
        &[
            (0.0, palette.wall.shade(0.3), 1.0),
            (0.22, palette.wall.shade(0.14), 1.0),
            (1.0, palette.wall.light(0.12), 1.0),
        ],
    );
    canvas.draw(&path, fill(deep));
    let mut rim = Path::from(cx + half, edge);
    rim.l(cx + half, shoulder)
        .a(half, half * 0.96, false, cx - half, shoulder);
    canvas.draw(&rim, line(palette.wall.light(0.4), 5.0).alpha(0.6));
}

fn window(canvas: &mut Canvas, palette: Palette, edge: f32, dice: &mut Dice) {
    let (x, y) = (dice.real(330.0, 560.0), dice.real(70.0, 150.0));
    let glow = palette.wall.light(0.75);
    let (wide, high, lean) = (150.0, (edge - y) * 0.37, 88.0);
    let mut panes = Path::new();
    for row in 0..2 {
        for column in 0..2 {
            let left = x + column as f32 * (wide + 20.0);
            let top = y + row as f32 * (high + 18.0) + column as f32 * 40.0;
            let slip = lean * row as f32 * 0.35;
            panes.m(left + slip, top).l(left + wide + slip, top + 36.0);
            panes
                .l(left + wide + slip + lean * 0.35, top + high + 36.0)
                .l(left + slip + lean * 0.35, top + high)
                .z();
        }
    }
    canvas.draw(
        &panes,
        fill(glow).alpha(if palette.wall.is_dark() { 0.28 } else { 0.5 }),
    );
}

fn tiles(canvas: &mut Canvas, palette: Palette, edge: f32, dice: &mut Dice) {
    let side = dice.real(92.0, 128.0);
    let tall = if dice.chance(50) { side } else { side * 0.5 };
    let joint = palette.wall.shade(0.16);
    let shine = palette.wall.light(0.5);
    let pattern = canvas.pattern((side, tall), 0.0, |tile| {
        tile.rect(0.0, 0.0, (side, tall), 0.0, line(joint, 3.0));
        let mut glint = Path::from(5.0, tall - 6.0);
        glint.l(5.0, 5.0).l(side - 6.0, 5.0);
        tile.draw(&glint, line(shine, 2.5).alpha(0.7));
    });
    canvas.rect(0.0, 0.0, (1000.0, edge), 0.0, fill(pattern).alpha(0.45));
}

/// Sunlight through a window, on a wall that ends at `edge`.
pub(crate) fn window_light(canvas: &mut Canvas, palette: Palette, edge: f32, dice: &mut Dice) {
    window(canvas, palette, edge, dice);
}
