//! Jars, bottles, tins and what is in them.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::flora;
use super::glass;
use super::label;
use super::lathe::{Finish, Lathe};
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use crate::dice::Dice;

const PAPERS: [Rgb; 5] = [
    CREAM,
    Rgb::hex(0xf0dfc0),
    Rgb::hex(0xe9e4d6),
    Rgb::hex(0x2f3b36),
    Rgb::hex(0xf6e7d3),
];

/// The label's paper and its ink: every shop keeps to one.
pub(crate) fn paper(spec: &ArtSpec) -> (Rgb, Rgb) {
    let paper = PAPERS[(spec.house / 3) as usize % PAPERS.len()];
    let ink = if paper.is_dark() {
        Rgb::hex(0xefdcae)
    } else {
        spec.ink.shade(0.25)
    };
    (paper, ink)
}

pub(crate) fn disc_lid(canvas: &mut Canvas, cx: f32, y: f32, size: (f32, f32), colour: Rgb, finish: Finish) {
    let lid = Lathe::new(
        cx,
        y,
        size,
        0.21,
        &[(0.0, 0.99), (0.12, 1.0), (0.9, 1.0), (1.0, 0.97)],
    );
    canvas.ellipse(cx, y + 4.0, size.0, size.0 * 0.22, fill(DARK).alpha(0.28));
    lid.lay(canvas, colour, finish);
    lid.dim(canvas);
    lid.cap(canvas, colour);
}

/// Cloth over the lid, tied with string.
fn bonnet(canvas: &mut Canvas, cx: f32, y: f32, r: f32, cloth: Rgb, dots: Rgb) {
    let mut skirt = Path::from(cx - r * 1.22, y + 30.0);
    for index in 0..6 {
        let x = cx - r * 1.22 + r * 2.44 * (index as f32 + 0.5) / 6.0;
        let to = cx - r * 1.22 + r * 2.44 * (index as f32 + 1.0) / 6.0;
        skirt.q(
            x,
            y + 66.0 + r * 0.1,
            to,
            y + 36.0 - (index as f32 - 2.5).abs() * 3.0,
        );
    }
    skirt
        .l(cx + r * 1.02, y - 14.0)
        .q(cx + r * 0.98, y - 62.0, cx + r * 0.5, y - 66.0);
    skirt
        .l(cx - r * 0.5, y - 66.0)
        .q(cx - r * 0.98, y - 62.0, cx - r * 1.02, y - 14.0)
        .z();
    let check = canvas.pattern((30.0, 30.0), 0.0, |c| {
        c.rect(0.0, 0.0, (30.0, 30.0), 0.0, fill(cloth));
        c.rect(0.0, 0.0, (15.0, 30.0), 0.0, fill(dots).alpha(0.45));
        c.rect(0.0, 0.0, (30.0, 15.0), 0.0, fill(dots).alpha(0.45));
    });
    canvas.draw(&skirt, fill(check));
    let fold = canvas.ripple(
        (cx, 0.0),
        (cx + 31.0, 0.0),
        &[(0.0, CREAM, 0.22), (1.0, DARK, 0.2)],
    );
    canvas.draw(&skirt, fill(fold));
    let mut string = Path::from(cx - r * 1.03, y - 8.0);
    string.q(cx, y + 30.0, cx + r * 1.03, y - 8.0);
    canvas.draw(&string, line(Rgb::hex(0x8a6a47), 8.0));
    let mut bow = Path::from(cx + 6.0, y + 12.0);
    bow.q(cx - 58.0, y - 26.0, cx - 52.0, y + 24.0)
        .q(cx - 26.0, y + 26.0, cx + 6.0, y + 12.0);
    bow.q(cx + 60.0, y - 22.0, cx + 60.0, y + 24.0)
        .q(cx + 34.0, y + 30.0, cx + 6.0, y + 12.0);
    bow.l(cx - 20.0, y + 62.0)
        .m(cx + 6.0, y + 12.0)
        .l(cx + 30.0, y + 66.0);
    canvas.draw(&bow, line(Rgb::hex(0x9a7850), 5.0));
}

const JARS: [&[(f32, f32)]; 4] = [
    &[(0.0, 0.92), (0.05, 1.0), (0.78, 1.0), (0.9, 0.84), (1.0, 0.82)],
    &[
        (0.0, 0.76),
        (0.1, 0.94),
        (0.4, 1.0),
        (0.8, 0.92),
        (0.92, 0.76),
        (1.0, 0.74),
    ],
    &[(0.0, 0.84), (0.06, 0.92), (0.7, 1.0), (0.88, 0.94), (1.0, 0.86)],
    &[
        (0.0, 0.9),
        (0.05, 0.96),
        (0.3, 0.98),
        (0.72, 0.96),
        (0.9, 0.78),
        (1.0, 0.78),
    ],
];

/// A jar of something poured, with its label and lid; `wide` and `tall` in units.
fn jar(
    canvas: &mut Canvas,
    spec: &ArtSpec,
    at: (f32, f32),
    size: (f32, f32),
    form: usize,
    dice: &mut Dice,
) -> Lathe {
    let lathe = Lathe::new(at.0, at.1, size, 0.21, JARS[form % JARS.len()]);
    stage::cast(canvas, at.0, at.1, size.0 * 0.95, 0.22);
    glass::vessel(
        canvas,
        &lathe,
        spec.body.light(0.4),
        Some((spec.body, dice.real(0.86, 0.93))),
    );
    let (paper, ink) = paper(spec);
    label::wrapped(canvas, &lathe, (0.16, 0.7), 46.0, spec, paper, ink);
    lathe
}

pub(crate) fn honey_jar(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = (spec.house / 7) as usize + dice.below(2);
    let size = (dice.real(140.0, 160.0), dice.real(265.0, 310.0));
    let dipper = dice.chance(55);
    let one = canvas.motif(|c| {
        let lathe = jar(c, spec, (0.0, 0.0), size, form, dice);
        match spec.house % 3 {
            0 => disc_lid(
                c,
                0.0,
                lathe.top() + 10.0,
                (lathe.rim() * 1.06, 50.0),
                Rgb::hex(0xb88a3e),
                Finish::Metal,
            ),
            1 => disc_lid(
                c,
                0.0,
                lathe.top() + 10.0,
                (lathe.rim() * 1.04, 52.0),
                Rgb::hex(0xb98a5c),
                Finish::Matte,
            ),
            _ => bonnet(c, 0.0, lathe.top() + 4.0, lathe.rim(), CREAM, spec.ink.light(0.1)),
        }
    });
    if !dipper && dice.chance(50) {
        canvas.stamp(one, -190.0, -90.0, 0.0, (0.8, 0.76));
    }
    canvas.stamp(one, if dipper { -60.0 } else { 0.0 }, 0.0, 0.0, (1.0, 1.0));
    if dipper {
        honey_dipper(canvas, (128.0, 14.0), spec.body);
    }
}

fn honey_dipper(canvas: &mut Canvas, at: (f32, f32), honey: Rgb) {
    let wood = Rgb::hex(0xc1905c);
    canvas.ellipse(
        at.0 - 18.0,
        at.1 + 14.0,
        88.0,
        19.0,
        fill(honey.shade(0.12)).alpha(0.85),
    );
    canvas.ellipse(
        at.0 - 34.0,
        at.1 + 9.0,
        40.0,
        6.0,
        fill(honey.light(0.55)).alpha(0.8),
    );
    canvas.open(at.0, at.1, 47.0, (1.0, 1.0));
    let mut stick = Path::from(0.0, -50.0);
    stick.l(0.0, -270.0);
    canvas.draw(&stick, line(wood.shade(0.2), 15.0));
    canvas.draw(&stick, line(wood.light(0.2), 6.0).alpha(0.8));
    canvas.rect(-31.0, -62.0, (62.0, 92.0), 28.0, fill(wood));
    let mut grooves = Path::new();
    for index in 0..4 {
        let y = -42.0 + 18.0 * index as f32;
        grooves.m(-30.0, y).q(0.0, y + 7.0, 30.0, y);
    }
    canvas.draw(&grooves, line(wood.shade(0.5), 6.0));
    canvas.close();
}

pub(crate) fn jam_jar(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = (spec.house / 7) as usize;
    let size = (dice.real(126.0, 146.0), dice.real(215.0, 250.0));
    let pair = dice.chance(55);
    let places: &[(f32, f32)] = if pair {
        &[(-150.0, -78.0), (60.0, 0.0)]
    } else {
        &[(0.0, 0.0)]
    };
    let one = canvas.motif(|c| {
        let lathe = jar(c, spec, (0.0, 0.0), size, form, dice);
        if spec.house.is_multiple_of(2) {
            bonnet(c, 0.0, lathe.top() + 4.0, lathe.rim(), CREAM, spec.ink.light(0.1));
        } else {
            disc_lid(
                c,
                0.0,
                lathe.top() + 10.0,
                (lathe.rim() * 1.06, 44.0),
                spec.trim,
                Finish::Satin,
            );
        }
    });
    for &(x, y) in places {
        canvas.stamp(one, x, y, 0.0, (1.0, 1.0));
    }
    berries(canvas, (pair as u8 as f32 * 70.0 + 190.0, 14.0), spec.body, dice);
}

/// A few fruits of the jam's colour beside it.
fn berries(canvas: &mut Canvas, at: (f32, f32), skin: Rgb, dice: &mut Dice) {
    let r = dice.real(24.0, 40.0);
    let ball = canvas.radial(
        0.36,
        0.3,
        0.75,
        &[
            (0.0, skin.light(0.55), 1.0),
            (0.45, skin, 1.0),
            (1.0, skin.shade(0.45), 1.0),
        ],
    );
    for (x, y) in [(-0.9, -0.5), (1.0, -0.3), (0.0, 0.35)] {
        let (cx, cy) = (at.0 + x * r, at.1 + y * r - r * 0.5);
        canvas.ellipse(
            cx + r * 0.5,
            cy + r * 0.85,
            r * 1.2,
            r * 0.3,
            fill(DARK).alpha(0.22),
        );
        canvas.circle(cx, cy, r, fill(ball));
        canvas.circle(cx - r * 0.3, cy - r * 0.38, r * 0.16, fill(CREAM).alpha(0.7));
    }
    flora::lying_sprig(
        canvas,
        (at.0 + r * 0.2, at.1 - r),
        58.0,
        r * 3.4,
        Rgb::hex(0x6f8257),
    );
}

const BOTTLES: [&[(f32, f32)]; 4] = [
    &[
        (0.0, 0.94),
        (0.03, 1.0),
        (0.6, 1.0),
        (0.74, 0.5),
        (0.82, 0.29),
        (1.0, 0.29),
    ],
    &[
        (0.0, 0.94),
        (0.03, 1.0),
        (0.68, 0.98),
        (0.76, 0.84),
        (0.82, 0.3),
        (1.0, 0.28),
    ],
    &[
        (0.0, 0.88),
        (0.06, 1.0),
        (0.36, 0.98),
        (0.66, 0.5),
        (0.84, 0.3),
        (1.0, 0.3),
    ],
    &[
        (0.0, 0.96),
        (0.03, 1.0),
        (0.5, 0.94),
        (0.78, 0.42),
        (0.86, 0.3),
        (1.0, 0.3),
    ],
];

fn bottle(canvas: &mut Canvas, spec: &ArtSpec, x: f32, size: (f32, f32), form: usize, stopper: usize) {
    let lathe = Lathe::new(x, 0.0, size, 0.2, BOTTLES[form % BOTTLES.len()]);
    stage::cast(canvas, x, 0.0, size.0 * 0.95, 0.2);
    if spec.finish == Finish::Glass {
        glass::vessel(canvas, &lathe, spec.body.light(0.3), Some((spec.body, 0.74)));
    } else {
        lathe.lay(canvas, spec.body, spec.finish);
        lathe.light(canvas, spec.finish);
    }
    let (paper, ink) = paper(spec);
    label::wrapped(canvas, &lathe, (0.12, 0.52), 48.0, spec, paper, ink);
    let collar = Lathe::new(
        x,
        lathe.y(0.95),
        (lathe.rim() * 1.24, lathe.height * 0.05),
        0.22,
        &[(0.0, 1.0), (1.0, 1.0)],
    );
    collar.lay(canvas, spec.body.shade(0.1), Finish::Satin);
    collar.cap(canvas, spec.body);
    let (colour, finish, tall) = match stopper % 3 {
        0 => (Rgb::hex(0xc99d6c), Finish::Matte, 42.0),
        1 => (spec.trim, Finish::Satin, 64.0),
        _ => (Rgb::hex(0xc7ccd0), Finish::Metal, 54.0),
    };
    let cap = Lathe::new(
        x,
        lathe.top() - 1.0,
        (lathe.rim() * 0.9, tall),
        0.22,
        &[(0.0, 0.9), (0.2, 1.0), (1.0, 1.04)],
    );
    cap.lay(canvas, colour, finish);
    cap.dim(canvas);
    cap.cap(canvas, colour);
}

pub(crate) fn oil_bottle(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let size = (dice.real(108.0, 126.0), dice.real(450.0, 500.0));
    let with_dish = dice.chance(60);
    let x = if with_dish { -80.0 } else { 0.0 };
    if !with_dish {
        let sprig = Rgb::hex(0x76855c);
        flora::lying_sprig(canvas, (-70.0, 36.0), 100.0, 290.0, sprig);
    }
    bottle(
        canvas,
        spec,
        x,
        size,
        (spec.house / 11) as usize,
        (spec.house / 5) as usize,
    );
    if with_dish {
        let dish = Lathe::new(
            165.0,
            10.0,
            (112.0, 46.0),
            0.3,
            &[(0.0, 0.6), (0.5, 0.9), (1.0, 1.0)],
        );
        stage::cast(canvas, 165.0, 10.0, 100.0, 0.24);
        dish.lay(canvas, CREAM, Finish::Gloss);
        dish.mouth(canvas, CREAM, CREAM, 9.0);
        canvas.ellipse(165.0, dish.top() + 8.0, 84.0, 20.0, fill(Rgb::hex(0xb9a23a)));
        canvas.ellipse(
            148.0,
            dish.top() + 4.0,
            36.0,
            7.0,
            fill(Rgb::hex(0xe5d67c)).alpha(0.8),
        );
        let mut olives = Path::new();
        olives.dot(232.0, 62.0).dot(272.0, 48.0);
        canvas.draw(&olives, line(Rgb::hex(0x66713f), 38.0));
        let mut glints = Path::new();
        glints.dot(225.0, 54.0).dot(265.0, 40.0);
        canvas.draw(&glints, line(CREAM, 9.0).alpha(0.6));
    }
}

pub(crate) fn syrup_bottle(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let size = (dice.real(98.0, 120.0), dice.real(380.0, 440.0));
    let form = (spec.house / 13) as usize + 1;
    let one = canvas.motif(|c| bottle(c, spec, 0.0, size, form, (spec.house / 5) as usize));
    if dice.chance(45) {
        canvas.stamp(one, -165.0, -60.0, 0.0, (0.85, 0.85));
        canvas.stamp(one, 70.0, 0.0, 0.0, (1.0, 1.0));
    } else {
        canvas.stamp(one, -40.0, 0.0, 0.0, (1.0, 1.0));
        berries(canvas, (170.0, 16.0), spec.body.light(0.1), dice);
    }
}

pub(crate) fn olive_jar(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let lathe = Lathe::new(
        0.0,
        0.0,
        (dice.real(134.0, 150.0), dice.real(320.0, 370.0)),
        0.21,
        JARS[2],
    );
    stage::cast(canvas, 0.0, 0.0, 138.0, 0.22);
    let brine = Rgb::hex(0xd9d3a2).mix(spec.body, 0.25);
    glass::vessel(canvas, &lathe, brine, Some((brine, 0.9)));
    let inner = lathe.shrunk(0.88);
    let (mut dark, mut bright) = (Path::new(), Path::new());
    for row in 0..6 {
        for place in 0..5 {
            let degrees =
                -66.0 + 33.0 * place as f32 + if row % 2 == 0 { 0.0 } else { 16.0 } + dice.real(-5.0, 5.0);
            let (x, y, _) = inner.at(degrees.min(74.0), 0.1 + 0.135 * row as f32);
            dark.dot(x, y - 8.0);
            bright.dot(x - 8.0, y - 17.0);
        }
    }
    canvas.draw(&dark, line(spec.body.shade(0.12), 47.0));
    canvas.draw(&bright, line(spec.body.light(0.4), 13.0).alpha(0.8));
    canvas.draw(&lathe.strip(-0.8, -0.6, 0.1, 0.9), fill(CREAM).alpha(0.35));
    canvas.draw(&lathe.strip(0.62, 0.97, 0.03, 0.92), fill(DARK).alpha(0.16));
    let (paper, ink) = paper(spec);
    label::wrapped(canvas, &lathe, (0.24, 0.66), 36.0, spec, paper, ink);
    disc_lid(
        canvas,
        0.0,
        lathe.top() + 10.0,
        (lathe.rim() * 1.05, 50.0),
        spec.trim,
        Finish::Satin,
    );
}
