//! Cheese, tea, coffee, sweets.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor;
use super::label;
use super::lathe::{Finish, Lathe};
use super::pantry::{disc_lid, paper};
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use crate::dice::Dice;

pub(crate) fn cheese(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let board = Rgb::hex(0xa87548);
    stage::cast(canvas, 0.0, 10.0, 300.0, 0.2);
    canvas.ellipse(0.0, 18.0, 318.0, 84.0, fill(board.shade(0.3)));
    canvas.ellipse(0.0, 0.0, 318.0, 84.0, fill(board));
    canvas.ellipse(0.0, 0.0, 318.0, 84.0, line(board.light(0.3), 4.0).alpha(0.6));
    canvas.ellipse(-10.0, 0.0, 220.0, 50.0, line(board.shade(0.3), 2.5).alpha(0.4));
    let (r, tall) = (dice.real(205.0, 228.0), dice.real(150.0, 190.0));
    let wheel = Lathe::new(
        -20.0,
        -14.0,
        (r, tall),
        0.26,
        &[(0.0, 0.95), (0.1, 1.0), (0.9, 1.0), (1.0, 0.94)],
    );
    let clip = wheel.lay(canvas, spec.body, Finish::Matte);
    // The press of the esparto mould, as a manchego carries it.
    let mut weave = Path::new();
    for index in 0..12 {
        let (a, b) = (
            wheel.at(-90.0 + 15.0 * index as f32, 0.12),
            wheel.at(-75.0 + 15.0 * index as f32, 0.88),
        );
        let (c, d) = (
            wheel.at(-90.0 + 15.0 * index as f32, 0.88),
            wheel.at(-75.0 + 15.0 * index as f32, 0.12),
        );
        weave.m(a.0, a.1).l(b.0, b.1).m(c.0, c.1).l(d.0, d.1);
    }
    canvas.draw(&weave, line(spec.body.shade(0.35), 3.5).alpha(0.5).clip(clip));
    wheel.light(canvas, Finish::Matte);
    wheel.cap(canvas, spec.body.light(0.06));
    // A wedge is out: the paste shows.
    let (cx, cy) = (wheel.cx, wheel.top());
    let (rim_a, rim_b) = (wheel.at(4.0, 1.0), wheel.at(62.0, 1.0));
    let (low_a, low_b) = (wheel.at(4.0, 0.03), wheel.at(62.0, 0.03));
    let paste = spec.trim;
    let left = Path::polygon(&[(cx, cy), (rim_a.0, rim_a.1), (low_a.0, low_a.1), (cx, cy + tall)]);
    let right = Path::polygon(&[(cx, cy), (rim_b.0, rim_b.1), (low_b.0, low_b.1), (cx, cy + tall)]);
    let hollow = Path::polygon(&[
        (cx, cy),
        (rim_a.0, rim_a.1),
        (low_a.0, low_a.1 + 3.0),
        (low_b.0, low_b.1 + 3.0),
        (rim_b.0, rim_b.1),
    ]);
    canvas.draw(&hollow, fill(board.shade(0.15)));
    canvas.draw(&right, fill(paste.light(0.15)));
    canvas.draw(&left, fill(paste.shade(0.2)));
    let mut eyes = Path::new();
    for _ in 0..10 {
        let (u, v) = (dice.real(0.15, 0.9), dice.real(0.15, 0.85));
        eyes.dot(cx + (rim_b.0 - cx) * u, cy + (rim_b.1 - cy) * u + tall * v);
    }
    canvas.draw(&eyes, line(paste.shade(0.28), 7.0).alpha(0.6));
    let mut rind = Path::from(cx, cy);
    rind.l(rim_b.0, rim_b.1).l(low_b.0, low_b.1);
    canvas.draw(&rind, line(spec.body, 6.0).butt());
    if spec.house.is_multiple_of(2) {
        canvas.open(cx - r * 0.32, cy - 4.0, 0.0, (1.0, 0.36));
        label::stamp(
            canvas,
            (0.0, 0.0),
            74.0,
            &spec.monogram,
            spec.body.shade(0.55),
            0.8,
        );
        canvas.close();
    }
    let slice = Path::polygon(&[
        (150.0, 40.0),
        (262.0, 4.0),
        (282.0, 26.0),
        (282.0, 44.0),
        (170.0, 66.0),
    ]);
    canvas.draw(&slice, fill(paste.shade(0.16)));
    canvas.draw(
        &Path::polygon(&[(150.0, 40.0), (262.0, 4.0), (282.0, 26.0), (172.0, 48.0)]),
        fill(paste.light(0.25)),
    );
}

pub(crate) fn tea_tin(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let size = (dice.real(126.0, 150.0), dice.real(270.0, 330.0));
    let lathe = Lathe::new(-40.0, 0.0, size, 0.22, &[(0.0, 0.99), (0.02, 1.0), (1.0, 1.0)]);
    stage::cast(canvas, -40.0, 0.0, size.0, 0.22);
    let clip = lathe.lay(canvas, spec.body, Finish::Satin);
    decor::pot(
        canvas,
        &lathe,
        clip,
        spec.decor,
        spec.body.light(0.25),
        spec.trim,
        dice,
    );
    lathe.light(canvas, Finish::Satin);
    let (paper, ink) = paper(spec);
    label::wrapped(canvas, &lathe, (0.16, 0.62), 48.0, spec, paper, ink);
    disc_lid(
        canvas,
        -40.0,
        lathe.top() + 6.0,
        (size.0 * 1.02, 62.0),
        spec.trim,
        Finish::Satin,
    );
    // A scoop of leaves beside it.
    let (x, y) = (178.0, 14.0);
    canvas.ellipse(x, y + 6.0, 92.0, 22.0, fill(DARK).alpha(0.2));
    let (mut leaves, mut bright) = (Path::new(), Path::new());
    for index in 0..46 {
        let (dx, up) = (dice.real(-1.0, 1.0), dice.real(0.0, 1.0));
        let (px, py) = (x + dx * 84.0, y + 8.0 - up * (1.0 - dx * dx) * 44.0);
        let (ex, ey) = (px + dice.real(-14.0, 14.0), py + dice.real(-7.0, 7.0));
        if index % 3 == 0 {
            bright.m(px, py).l(ex, ey)
        } else {
            leaves.m(px, py).l(ex, ey)
        };
    }
    let tea = spec.ink;
    canvas.draw(&leaves, line(tea.shade(0.4), 8.0));
    canvas.draw(&bright, line(tea.light(0.2), 7.0));
}

pub(crate) fn pouch(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let (wide, tall) = (dice.real(310.0, 350.0), dice.real(400.0, 450.0));
    stage::cast(canvas, 0.0, 0.0, wide * 0.5, 0.18);
    let half = wide / 2.0;
    let mut bag = Path::from(-half * 0.94, 6.0);
    bag.q(0.0, 30.0, half * 0.94, 6.0)
        .q(half * 1.04, -tall * 0.4, half * 0.95, -tall);
    bag.l(-half * 0.95, -tall)
        .q(-half * 1.04, -tall * 0.4, -half * 0.94, 6.0)
        .z();
    let kraft = spec.body;
    let sheen = canvas.linear(
        (-half, 0.0),
        (half, 0.0),
        &[
            (0.0, kraft.shade(0.12), 1.0),
            (0.2, kraft.light(0.2), 1.0),
            (0.6, kraft, 1.0),
            (1.0, kraft.shade(0.3), 1.0),
        ],
    );
    canvas.draw(&bag, fill(sheen));
    let mut creases = Path::from(-half * 0.86, -6.0);
    creases
        .q(-half * 0.7, -tall * 0.3, -half * 0.8, -tall * 0.62)
        .m(half * 0.84, 0.0)
        .q(half * 0.68, -tall * 0.3, half * 0.82, -tall * 0.7);
    canvas.draw(&creases, line(kraft.shade(0.4), 4.0).alpha(0.4));
    canvas.rect(
        -half * 0.97,
        -tall - 66.0,
        (half * 1.94, 70.0),
        6.0,
        fill(kraft.shade(0.1)),
    );
    canvas.rect(
        -half * 0.97,
        -tall - 66.0,
        (half * 1.94, 12.0),
        4.0,
        fill(kraft.light(0.25)),
    );
    canvas.rect(
        -half * 0.6,
        -tall - 42.0,
        (half * 1.2, 26.0),
        12.0,
        fill(spec.trim),
    );
    let (paper, ink) = paper(spec);
    canvas.rect(
        -half * 0.66,
        -tall * 0.8,
        (half * 1.32, tall * 0.6),
        8.0,
        fill(paper),
    );
    canvas.rect(
        -half * 0.6,
        -tall * 0.77,
        (half * 1.2, tall * 0.54),
        4.0,
        line(ink, 3.0).alpha(0.7),
    );
    label::print(canvas, (0.0, -tall * 0.5), (half * 1.2, tall * 0.52), spec, ink);
    let mut beans = Path::new();
    for _ in 0..9 {
        beans.dot(dice.real(150.0, 270.0), dice.real(14.0, 62.0));
    }
    canvas.draw(&beans, line(spec.ink.shade(0.35), 23.0));
    canvas.draw(&beans, line(spec.ink.light(0.15), 7.0).alpha(0.8));
}

pub(crate) fn sweets_box(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    // A tray of sweets in front of its lid, which stands behind it.
    stage::cast(canvas, 0.0, 20.0, 300.0, 0.2);
    canvas.rect(-240.0, -392.0, (480.0, 300.0), 10.0, fill(spec.body.shade(0.25)));
    let lid = canvas.linear(
        (-240.0, -400.0),
        (240.0, -100.0),
        &[
            (0.0, spec.body.light(0.3), 1.0),
            (1.0, spec.body.shade(0.12), 1.0),
        ],
    );
    canvas.rect(-248.0, -400.0, (480.0, 300.0), 10.0, fill(lid));
    let tile = decor::cloth(
        canvas,
        spec.decor,
        (spec.body, spec.body.shade(0.2), spec.trim),
        90.0,
        0.0,
    );
    canvas.rect(-232.0, -384.0, (448.0, 268.0), 4.0, fill(tile).alpha(0.55));
    let (paper, ink) = paper(spec);
    canvas.rect(-128.0, -350.0, (240.0, 186.0), 93.0, fill(paper));
    canvas.rect(-120.0, -342.0, (224.0, 170.0), 85.0, line(ink, 3.0));
    label::print(canvas, (-8.0, -252.0), (190.0, 170.0), spec, ink);
    let floor = Path::polygon(&[(-250.0, -118.0), (250.0, -118.0), (300.0, 26.0), (-300.0, 26.0)]);
    canvas.draw(&floor, fill(CREAM.shade(0.1)));
    let colours = [spec.trim, spec.ink, Rgb::hex(0x6b4028), Rgb::hex(0xe9cf9b)];
    for row in 0..3 {
        for column in 0..5 {
            let y = -88.0 + 46.0 * row as f32;
            let reach = 92.0 + 8.0 * row as f32;
            let x = (column as f32 - 2.0) * reach;
            let colour = colours[(column + row * 2 + dice.below(2)) % 4];
            canvas.ellipse(x + 5.0, y + 12.0, 38.0, 18.0, fill(DARK).alpha(0.2));
            canvas.ellipse(x, y + 6.0, 38.0, 20.0, fill(colour.shade(0.3)));
            canvas.ellipse(x, y - 7.0, 36.0, 19.0, fill(colour));
            canvas.ellipse(x - 10.0, y - 12.0, 12.0, 5.0, fill(CREAM).alpha(0.5));
        }
    }
    canvas.draw(
        &Path::polygon(&[(-300.0, 26.0), (300.0, 26.0), (296.0, 70.0), (-296.0, 70.0)]),
        fill(spec.body.shade(0.08)),
    );
    canvas.draw(
        &Path::polygon(&[(-300.0, 26.0), (300.0, 26.0), (299.0, 36.0), (-299.0, 36.0)]),
        fill(spec.body.light(0.35)),
    );
}
