//! Woven, knitted and printed: scarves, blankets, cushions, rugs, towels.

use super::canvas::{Canvas, Id, Path, fill, line};
use super::colour::Rgb;
use super::decor::{self, Decor};
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use crate::dice::Dice;

pub(crate) fn weave(canvas: &mut Canvas, spec: &ArtSpec, unit: f32, degrees: f32) -> Id {
    decor::cloth(
        canvas,
        spec.decor,
        (spec.body, spec.ink, spec.trim),
        unit,
        degrees,
    )
}

/// Folds running down a hanging cloth.
fn folds(canvas: &mut Canvas, step: f32, from: f32, lean: f32) -> Id {
    canvas.ripple(
        (from, 0.0),
        (from + step, lean),
        &[
            (0.0, CREAM, 0.2),
            (0.45, CREAM, 0.0),
            (0.55, DARK, 0.02),
            (1.0, DARK, 0.34),
        ],
    )
}

fn fringe(canvas: &mut Canvas, from: (f32, f32), to: (f32, f32), tall: f32, colour: Rgb, dice: &mut Dice) {
    let count = ((to.0 - from.0).abs() / 13.0) as usize;
    let (mut near, mut far) = (Path::new(), Path::new());
    for index in 0..count {
        let u = (index as f32 + 0.5) / count as f32;
        let (x, y) = (from.0 + (to.0 - from.0) * u, from.1 + (to.1 - from.1) * u);
        let sway = dice.real(-7.0, 7.0);
        let threads = if index % 2 == 0 { &mut near } else { &mut far };
        threads
            .m(x, y - 2.0)
            .l(x + sway, y + tall * dice.real(0.82, 1.08));
    }
    canvas.draw(&far, line(colour.shade(0.28), 6.0));
    canvas.draw(&near, line(colour.light(0.12), 6.0));
}

pub(crate) fn scarf(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    match if spec.form == 0 {
        dice.below(3) as u8 + 1
    } else {
        spec.form
    } {
        1 => scarf_on_rod(canvas, spec, dice),
        2 => scarf_on_peg(canvas, spec, dice),
        _ => scarf_spread(canvas, spec, dice),
    }
}

fn scarf_on_rod(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let wood = Rgb::hex(0xa9774a);
    let rod_y = -330.0;
    canvas.rect(-360.0, rod_y + 22.0, (740.0, 16.0), 8.0, fill(DARK).alpha(0.16));
    let tile = weave(canvas, spec, dice.real(96.0, 150.0), 0.0);
    let shadow_side = folds(canvas, dice.real(44.0, 70.0), -170.0, 12.0);
    for (x, wide, low, back) in [
        (-95.0, 185.0, dice.real(210.0, 260.0), true),
        (70.0, 215.0, dice.real(270.0, 330.0), false),
    ] {
        let half = wide / 2.0;
        let mut panel = Path::from(x - half * 0.86, rod_y - 8.0);
        panel
            .q(x - half * 1.02, -60.0, x - half, low)
            .q(x - half * 0.4, low + 16.0, x, low + 2.0)
            .t(x + half, low - 6.0);
        panel
            .q(x + half * 1.04, -80.0, x + half * 0.84, rod_y - 8.0)
            .q(x, rod_y - 30.0, x - half * 0.86, rod_y - 8.0)
            .z();
        if !back {
            stage::drop(canvas, &panel, 16.0);
        }
        canvas.draw(&panel, fill(tile));
        canvas.draw(&panel, fill(shadow_side));
        if back {
            canvas.draw(&panel, fill(DARK).alpha(0.16));
        }
        fringe(
            canvas,
            (x - half + 4.0, low + 4.0),
            (x + half - 4.0, low - 4.0),
            62.0,
            spec.body,
            dice,
        );
    }
    canvas.rect(-380.0, rod_y - 22.0, (760.0, 18.0), 9.0, fill(wood));
    canvas.rect(-380.0, rod_y - 21.0, (760.0, 6.0), 3.0, fill(wood.light(0.45)));
    let mut wrap = Path::from(-178.0, rod_y + 4.0);
    wrap.q(-176.0, rod_y - 34.0, -100.0, rod_y - 34.0)
        .l(80.0, rod_y - 34.0)
        .q(162.0, rod_y - 36.0, 166.0, rod_y + 4.0)
        .q(0.0, rod_y + 16.0, -178.0, rod_y + 4.0)
        .z();
    canvas.draw(&wrap, fill(tile));
    canvas.draw(&wrap, fill(CREAM).alpha(0.14));
    let mut cords = Path::from(-300.0, rod_y - 18.0);
    cords.l(0.0, rod_y - 260.0).l(300.0, rod_y - 18.0);
    canvas.draw(&cords, line(Rgb::hex(0x7d6248), 5.0));
}

fn scarf_on_peg(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let tile = weave(canvas, spec, dice.real(90.0, 140.0), 0.0);
    let fold = folds(canvas, 38.0, -140.0, 8.0);
    let top = -300.0;
    for (lean, low, shade) in [
        (-1.0, 250.0 + dice.real(-30.0, 30.0), 0.16),
        (1.0, 310.0 + dice.real(-30.0, 30.0), 0.0),
    ] {
        let mut tail = Path::from(lean * 6.0 - 62.0, top + 30.0);
        tail.c(
            lean * 30.0 - 90.0,
            -120.0,
            lean * 70.0 - 110.0,
            80.0,
            lean * 88.0 - 108.0,
            low,
        );
        tail.q(lean * 88.0, low + 26.0, lean * 88.0 + 98.0, low - 6.0);
        tail.c(
            lean * 76.0 + 100.0,
            60.0,
            lean * 30.0 + 90.0,
            -120.0,
            lean * 6.0 + 62.0,
            top + 30.0,
        )
        .z();
        stage::drop(canvas, &tail, 14.0);
        canvas.draw(&tail, fill(tile));
        canvas.draw(&tail, fill(fold));
        if shade > 0.0 {
            canvas.draw(&tail, fill(DARK).alpha(shade));
        }
        fringe(
            canvas,
            (lean * 88.0 - 104.0, low + 6.0),
            (lean * 88.0 + 94.0, low),
            58.0,
            spec.body,
            dice,
        );
    }
    // The knot round the peg.
    let mut knot = Path::from(-96.0, top + 60.0);
    knot.c(-120.0, top - 60.0, 110.0, top - 74.0, 98.0, top + 52.0)
        .c(70.0, top + 118.0, -60.0, top + 122.0, -96.0, top + 60.0)
        .z();
    stage::drop(canvas, &knot, 8.0);
    canvas.draw(&knot, fill(tile));
    let round = canvas.radial(
        0.35,
        0.28,
        0.8,
        &[(0.0, CREAM, 0.35), (0.5, CREAM, 0.0), (1.0, DARK, 0.45)],
    );
    canvas.draw(&knot, fill(round));
    let mut crease = Path::from(-70.0, top + 76.0);
    crease
        .q(0.0, top + 20.0, 80.0, top + 34.0)
        .m(-58.0, top + 20.0)
        .q(10.0, top - 16.0, 70.0, top + 4.0);
    canvas.draw(&crease, line(DARK, 5.0).alpha(0.22));
    let brass = Rgb::hex(0xb88c46);
    canvas.circle(6.0, top - 62.0, 30.0, fill(DARK).alpha(0.25));
    let knob = canvas.radial(
        0.35,
        0.3,
        0.8,
        &[
            (0.0, brass.light(0.7), 1.0),
            (0.5, brass, 1.0),
            (1.0, brass.shade(0.5), 1.0),
        ],
    );
    canvas.circle(0.0, top - 70.0, 30.0, fill(knob));
}

/// A square scarf laid out, one corner folded over.
fn scarf_spread(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let turn = dice.real(-13.0, 13.0);
    let s = 325.0;
    canvas.open(0.0, 0.0, turn, (1.0, 1.0));
    let mut square = Path::from(-s, -s + 6.0);
    square
        .q(0.0, -s - 10.0, s, -s)
        .q(s + 12.0, 0.0, s - 150.0, s)
        .q(0.0, s + 10.0, -s, s)
        .q(-s - 8.0, 0.0, -s, -s + 6.0)
        .z();
    stage::drop(canvas, &square, 14.0);
    let tile = weave(canvas, spec, dice.real(130.0, 200.0), 0.0);
    canvas.draw(&square, fill(spec.trim));
    let clip = canvas.clip(&square);
    canvas.rect(
        -s + 34.0,
        -s + 34.0,
        (s * 2.0 - 68.0, s * 2.0 - 68.0),
        0.0,
        fill(tile).clip(clip),
    );
    canvas.rect(
        -s + 34.0,
        -s + 34.0,
        (s * 2.0 - 68.0, s * 2.0 - 68.0),
        0.0,
        line(spec.ink, 8.0).clip(clip),
    );
    canvas.rect(
        -s + 10.0,
        -s + 10.0,
        (s * 2.0 - 20.0, s * 2.0 - 20.0),
        0.0,
        line(spec.body, 4.0).clip(clip),
    );
    let fold = canvas.ripple(
        (0.0, 0.0),
        (120.0, 70.0),
        &[(0.0, CREAM, 0.18), (0.5, CREAM, 0.0), (1.0, DARK, 0.16)],
    );
    canvas.draw(&square, fill(fold));
    let mut corner = Path::from(s + 2.0, s * 0.08);
    corner
        .q(s * 0.55, s * 0.28, s * 0.28, s * 0.62)
        .q(s * 0.36, s * 0.88, s - 150.0, s)
        .q(s * 0.8, s * 0.5, s + 2.0, s * 0.08)
        .z();
    canvas.draw(&corner, fill(spec.body.mix(spec.trim, 0.5).light(0.2)));
    let back = canvas.linear(
        (s * 0.3, s * 0.5),
        (s * 0.8, s * 0.6),
        &[(0.0, CREAM, 0.4), (1.0, DARK, 0.25)],
    );
    canvas.draw(&corner, fill(back));
    canvas.close();
}

pub(crate) fn blanket(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let (wide, count) = (dice.real(500.0, 560.0), dice.int(3, 4));
    let half = wide / 2.0;
    stage::cast(canvas, 0.0, 4.0, half * 1.02, 0.13);
    let unit = dice.real(90.0, 150.0);
    let tile = weave(canvas, spec, unit, 0.0);
    let tall = if count == 3 { 100.0 } else { 80.0 };
    for index in 0..count {
        let y = -tall * index as f32;
        let slip = dice.real(-9.0, 9.0);
        let (left, right) = (-half + slip, half + slip - 8.0 * index as f32);
        // Each fold is a roll of cloth, its round back at the left.
        let mut roll = Path::from(left + 38.0, y);
        roll.l(right - 6.0, y)
            .q(right + 10.0, y - tall * 0.5, right - 6.0, y - tall + 4.0)
            .l(left + 38.0, y - tall + 4.0);
        roll.q(left - 12.0, y - tall + 6.0, left - 12.0, y - tall * 0.5)
            .q(left - 12.0, y, left + 38.0, y)
            .z();
        canvas.draw(&roll, fill(tile));
        let round = canvas.linear(
            (0.0, y - tall),
            (0.0, y),
            &[
                (0.0, CREAM, 0.3),
                (0.35, CREAM, 0.05),
                (0.7, DARK, 0.12),
                (1.0, DARK, 0.5),
            ],
        );
        canvas.draw(&roll, fill(round));
        let edge = canvas.linear(
            (left - 12.0, 0.0),
            (left + 80.0, 0.0),
            &[(0.0, DARK, 0.3), (0.5, CREAM, 0.14), (1.0, CREAM, 0.0)],
        );
        canvas.draw(&roll, fill(edge));
    }
    // The top layer, seen from above, with its fringe over the front.
    let y = -tall * count as f32 + 4.0;
    let top = Path::polygon(&[
        (-half + 30.0, y - 74.0),
        (half - 58.0, y - 74.0),
        (half - 20.0, y + 2.0),
        (-half + 14.0, y + 2.0),
    ]);
    canvas.draw(&top, fill(tile));
    canvas.draw(&top, fill(CREAM).alpha(0.24));
    if dice.chance(70) {
        let flap = Path::polygon(&[
            (half * 0.18, y - 74.0),
            (half * 0.68, y - 74.0),
            (half * 0.76, y + 2.0),
            (half * 0.76, y + 118.0),
            (half * 0.16, y + 124.0),
            (half * 0.16, y + 2.0),
        ]);
        canvas.draw(&flap, fill(tile));
        let hang = canvas.linear(
            (0.0, y),
            (0.0, y + 120.0),
            &[(0.0, CREAM, 0.26), (1.0, DARK, 0.24)],
        );
        canvas.draw(&flap, fill(hang));
        fringe(
            canvas,
            (half * 0.17, y + 122.0),
            (half * 0.75, y + 116.0),
            44.0,
            spec.body,
            dice,
        );
    }
}

pub(crate) fn cushion(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let long = dice.chance(30);
    let (w, h) = if long { (330.0, 205.0) } else { (262.0, 262.0) };
    let cy = -h + 14.0;
    stage::cast(canvas, 0.0, 0.0, w * 0.88, 0.14);
    let turn = dice.real(-5.0, 5.0);
    canvas.open(0.0, cy, turn, (1.0, 1.0));
    let sag = dice.real(0.84, 0.9);
    let mut pillow = Path::from(-w, -h);
    pillow.c(-w * 0.5, -h * sag, w * 0.5, -h * sag, w, -h).c(
        w * sag * 0.99,
        -h * 0.5,
        w * sag,
        h * 0.5,
        w,
        h,
    );
    pillow
        .c(w * 0.5, h * sag * 1.1, -w * 0.5, h * sag * 1.1, -w, h)
        .c(-w * sag, h * 0.5, -w * sag, -h * 0.5, -w, -h)
        .z();
    let kilim = matches!(spec.decor, Decor::Kilim);
    if kilim {
        let clip = canvas.clip(&pillow);
        canvas.within(Some(clip), 1.0);
        canvas.open(-w, -h, 0.0, (1.0, 1.0));
        decor::rug_bands(
            canvas,
            (w * 2.0, h * 2.0),
            [spec.body, spec.ink, spec.trim, spec.body.light(0.5)],
            dice,
        );
        canvas.close();
        canvas.close();
    } else {
        let tile = weave(
            canvas,
            spec,
            dice.real(110.0, 170.0),
            if dice.chance(20) { 45.0 } else { 0.0 },
        );
        canvas.draw(&pillow, fill(tile));
    }
    let puff = canvas.radial(
        0.4,
        0.34,
        0.72,
        &[
            (0.0, CREAM, 0.3),
            (0.45, CREAM, 0.0),
            (0.75, DARK, 0.12),
            (1.0, DARK, 0.5),
        ],
    );
    canvas.draw(&pillow, fill(puff));
    canvas.draw(&pillow, line(spec.trim.shade(0.1), 7.0));
    let mut creases = Path::new();
    for (sx, sy) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
        creases
            .m(sx * w * 0.93, sy * h * 0.93)
            .q(sx * w * 0.8, sy * h * 0.74, sx * w * 0.62, sy * h * 0.68);
    }
    canvas.draw(&creases, line(DARK, 6.0).alpha(0.2));
    if dice.chance(45) {
        let mut knots = Path::new();
        for (sx, sy) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
            knots.m(sx * w, sy * h).l(sx * (w + 8.0), sy * h + 46.0);
        }
        canvas.draw(&knots, line(spec.trim.shade(0.1), 25.0));
        canvas.draw(&knots, line(spec.trim.light(0.4), 5.0).alpha(0.8));
    }
    canvas.close();
}

pub(crate) fn rug(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let turn = if dice.chance(50) {
        dice.real(-24.0, -8.0)
    } else {
        dice.real(6.0, 20.0)
    };
    let (w, h) = (dice.real(470.0, 540.0), dice.real(690.0, 740.0));
    canvas.open(0.0, 0.0, turn, (1.0, 1.0));
    let board = Path::polygon(&[
        (-w / 2.0, -h / 2.0),
        (w / 2.0, -h / 2.0),
        (w / 2.0, h / 2.0),
        (-w / 2.0, h / 2.0),
    ]);
    stage::drop(canvas, &board, 14.0);
    let wool = spec.body.light(0.5);
    fringe(canvas, (-w / 2.0, h / 2.0), (w / 2.0, h / 2.0), 40.0, wool, dice);
    canvas.open(0.0, 0.0, 180.0, (1.0, 1.0));
    fringe(canvas, (-w / 2.0, h / 2.0), (w / 2.0, h / 2.0), 40.0, wool, dice);
    canvas.close();
    canvas.open(-w / 2.0, -h / 2.0, 0.0, (1.0, 1.0));
    match spec.decor {
        Decor::Kilim | Decor::Bands | Decor::Waves | Decor::Stars => {
            decor::rug_bands(canvas, (w, h), [spec.body, spec.ink, spec.trim, wool], dice);
        }
        _ => {
            let tile = weave(
                canvas,
                spec,
                dice.real(90.0, 150.0),
                if spec.decor == Decor::Stripes { 90.0 } else { 0.0 },
            );
            canvas.rect(0.0, 0.0, (w, h), 0.0, fill(spec.body));
            canvas.rect(
                34.0,
                34.0,
                (w - 68.0, h - 68.0),
                0.0,
                fill(tile).edge(spec.ink, 9.0),
            );
            canvas.rect(15.0, 15.0, (w - 30.0, h - 30.0), 0.0, line(spec.trim, 8.0));
        }
    }
    let ribs = canvas.pattern((9.0, 7.0), 0.0, |c| {
        let mut thread = Path::from(0.0, 1.5);
        thread.l(9.0, 1.5);
        c.draw(&thread, line(DARK, 2.0).alpha(0.16));
        let mut gap = Path::from(2.0, 3.5);
        gap.l(2.0, 7.0);
        c.draw(&gap, line(CREAM, 1.5).alpha(0.2));
    });
    canvas.rect(0.0, 0.0, (w, h), 0.0, fill(ribs));
    let light = canvas.linear(
        (0.0, 0.0),
        (w, h),
        &[(0.0, CREAM, 0.2), (0.5, CREAM, 0.0), (1.0, DARK, 0.2)],
    );
    canvas.rect(0.0, 0.0, (w, h), 0.0, fill(light));
    if dice.chance(40) {
        // The far end is still rolled up.
        let roll = canvas.linear(
            (0.0, -40.0),
            (0.0, 88.0),
            &[
                (0.0, spec.ink.light(0.3), 1.0),
                (0.4, spec.ink, 1.0),
                (1.0, spec.ink.shade(0.5), 1.0),
            ],
        );
        canvas.rect(-10.0, 74.0, (w + 20.0, 26.0), 12.0, fill(DARK).alpha(0.3));
        canvas.rect(-10.0, -40.0, (w + 20.0, 128.0), 34.0, fill(roll));
        canvas.rect(-10.0, 4.0, (w + 20.0, 12.0), 0.0, fill(spec.trim).alpha(0.8));
    }
    canvas.close();
    canvas.close();
}

pub(crate) fn tea_towel(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let brass = Rgb::hex(0xb3894a);
    let bar_y = -290.0;
    canvas.rect(-330.0, bar_y + 18.0, (680.0, 14.0), 7.0, fill(DARK).alpha(0.17));
    canvas.rect(-340.0, bar_y - 8.0, (680.0, 16.0), 8.0, fill(brass));
    canvas.rect(-340.0, bar_y - 6.0, (680.0, 5.0), 2.5, fill(brass.light(0.6)));
    for x in [-322.0, 322.0] {
        canvas.circle(x, bar_y, 20.0, fill(brass.shade(0.15)));
    }
    let fold = folds(canvas, dice.real(52.0, 74.0), -190.0, 6.0);
    let count = if dice.chance(45) { 2 } else { 1 };
    for index in 0..count {
        let (x, half) = if count == 2 {
            (-142.0 + 284.0 * index as f32, 124.0)
        } else {
            (0.0, 205.0)
        };
        let low = dice.real(240.0, 320.0);
        let mut cloth = Path::from(x - half, bar_y - 12.0);
        cloth
            .q(x - half * 1.05, 0.0, x - half * 0.98, low)
            .q(x - half * 0.4, low + 12.0, x, low)
            .t(x + half * 0.99, low - 4.0);
        cloth
            .q(x + half * 1.04, 0.0, x + half, bar_y - 12.0)
            .q(x, bar_y - 22.0, x - half, bar_y - 12.0)
            .z();
        stage::drop(canvas, &cloth, 14.0);
        canvas.draw(&cloth, fill(spec.body));
        let clip = canvas.clip(&cloth);
        let swapped = index == 1;
        let ink = if swapped { spec.trim } else { spec.ink };
        canvas.within(Some(clip), 1.0);
        match spec.decor {
            Decor::Stripes | Decor::Bands | Decor::Dipped => {
                for (up, tall) in [(0.12, 60.0), (0.3, 16.0), (0.36, 16.0)] {
                    canvas.rect(x - 260.0, low - up * 560.0 - tall, (520.0, tall), 0.0, fill(ink));
                }
            }
            Decor::Plain => canvas.rect(x - 260.0, low - 46.0, (520.0, 12.0), 0.0, fill(ink).alpha(0.7)),
            _ => {
                let tile = decor::cloth(canvas, spec.decor, (spec.body, ink, spec.trim), 120.0, 0.0);
                canvas.rect(x - 260.0, bar_y - 40.0, (520.0, 800.0), 0.0, fill(tile));
            }
        }
        canvas.close();
        canvas.draw(&cloth, fill(fold));
        let hang = canvas.linear(
            (0.0, bar_y - 14.0),
            (0.0, bar_y + 60.0),
            &[(0.0, CREAM, 0.4), (1.0, CREAM, 0.0)],
        );
        canvas.draw(&cloth, fill(hang));
    }
}
