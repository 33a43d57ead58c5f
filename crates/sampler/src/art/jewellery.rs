//! Rings, earrings, necklaces, bracelets.

use super::canvas::{Canvas, Id, Path, fill, line};
use super::colour::Rgb;
use super::decor::Decor;
use super::gem::{gem, metal, plinth, stand_colour};
use super::spec::ArtSpec;
use super::stage::{CREAM, DARK};
use crate::dice::Dice;
use std::f32::consts::TAU;

pub(crate) fn ring(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let round = dice.chance(60);
    plinth(canvas, (250.0, 120.0), stand_colour(spec), round, dice);
    let (rx, ry) = (150.0, 158.0);
    let cy = -98.0 - ry;
    let wide = dice.real(22.0, 44.0);
    canvas.ellipse(46.0, -96.0, 130.0, 22.0, fill(DARK).alpha(0.28));
    // The far inside of the band, then its near outside.
    let inside = canvas.linear(
        (-rx, cy),
        (rx, cy),
        &[
            (0.0, spec.body.shade(0.5), 1.0),
            (0.6, spec.body.shade(0.15), 1.0),
            (1.0, spec.body.light(0.4), 1.0),
        ],
    );
    canvas.ellipse(17.0, cy - 3.0, rx, ry, line(inside, wide));
    let outside = metal(canvas, spec.body, (-rx, cy - ry), (rx, cy + ry));
    canvas.ellipse(0.0, cy, rx, ry, line(outside, wide));
    canvas.ellipse(
        -wide * 0.36,
        cy,
        rx,
        ry,
        line(spec.body.light(0.85), 3.0).alpha(0.7),
    );
    let grave = matches!(
        spec.decor,
        Decor::Carved | Decor::Herringbone | Decor::Scales | Decor::Stripes | Decor::Dots | Decor::Waves
    );
    if grave {
        canvas.ellipse(
            0.0,
            cy,
            rx,
            ry,
            line(spec.body.shade(0.55), wide * 0.42)
                .dash(7.0, 15.0)
                .alpha(0.7),
        );
        canvas.ellipse(
            -2.0,
            cy - 2.0,
            rx,
            ry,
            line(spec.body.light(0.8), wide * 0.3).dash(5.0, 17.0).alpha(0.5),
        );
    }
    let top = cy - ry;
    match if spec.form == 0 {
        dice.below(4) as u8 + 1
    } else {
        spec.form
    } {
        1 => {
            let mut claws = Path::new();
            for x in [-34.0, 0.0, 34.0] {
                claws.m(x * 0.6, top + 6.0).l(x * 1.3, top - 56.0);
            }
            canvas.draw(&claws, line(outside, 12.0));
            gem(canvas, (0.0, top - 50.0), (62.0, 48.0), spec.trim, true);
        }
        2 => {
            canvas.ellipse(0.0, top - 26.0, 76.0, 54.0, fill(outside));
            gem(canvas, (0.0, top - 30.0), (62.0, 42.0), spec.trim, false);
            canvas.ellipse(
                0.0,
                top - 28.0,
                70.0,
                48.0,
                line(spec.body.light(0.6), 5.0).dash(4.0, 7.0),
            );
        }
        3 => {
            for (x, lift, size) in [(-62.0, 20.0, 26.0), (62.0, 20.0, 26.0), (0.0, 0.0, 38.0)] {
                canvas.circle(x, top + lift - 18.0, size + 9.0, fill(outside));
                gem(
                    canvas,
                    (x, top + lift - 20.0),
                    (size, size * 0.86),
                    spec.trim,
                    false,
                );
            }
        }
        _ => {
            // A signet, or a plain band with a hammered face.
            canvas.ellipse(0.0, top + 2.0, 72.0, 34.0, fill(outside));
            canvas.ellipse(0.0, top - 4.0, 60.0, 26.0, fill(spec.trim));
            canvas.ellipse(-18.0, top - 12.0, 24.0, 7.0, fill(CREAM).alpha(0.45));
            let ink = if spec.trim.luma() > 140.0 {
                spec.body.shade(0.6)
            } else {
                spec.body.light(0.6)
            };
            canvas.words(0.0, top + 6.0, 30.0, &spec.monogram, ink, 1.0);
        }
    }
}

pub(crate) fn earrings(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let on_card = dice.chance(45);
    if on_card {
        let card = if spec.body.luma() > 170.0 {
            stand_colour(spec).mix(Rgb::hex(0x54504e), 0.25)
        } else {
            CREAM
        };
        canvas.rect(-232.0, -300.0, (490.0, 640.0), 18.0, fill(DARK).alpha(0.16));
        let sheet = canvas.linear(
            (-240.0, -310.0),
            (240.0, 330.0),
            &[(0.0, card.light(0.3), 1.0), (1.0, card.shade(0.08), 1.0)],
        );
        canvas.rect(-245.0, -315.0, (490.0, 640.0), 18.0, fill(sheet));
        let ink = if card.is_dark() { CREAM } else { Rgb::hex(0x5a4a40) };
        canvas.words(0.0, -222.0, 56.0, &spec.monogram, ink, 9.0);
        canvas.rect(-42.0, -196.0, (84.0, 3.0), 0.0, fill(ink).alpha(0.6));
    } else {
        let brass = Rgb::hex(0xb98f4c);
        canvas.rect(-270.0, -148.0, (560.0, 12.0), 6.0, fill(DARK).alpha(0.15));
        let rod = canvas.linear(
            (0.0, -176.0),
            (0.0, -158.0),
            &[
                (0.0, brass.light(0.7), 1.0),
                (0.5, brass, 1.0),
                (1.0, brass.shade(0.4), 1.0),
            ],
        );
        canvas.rect(-280.0, -176.0, (560.0, 17.0), 8.0, fill(rod));
        let wood = stand_colour(spec);
        for x in [-282.0, 282.0] {
            canvas.rect(x - 20.0, -212.0, (40.0, 610.0), 8.0, fill(wood));
            canvas.rect(x + 6.0, -212.0, (14.0, 610.0), 6.0, fill(DARK).alpha(0.16));
        }
        canvas.rect(-330.0, 380.0, (660.0, 60.0), 10.0, fill(wood.shade(0.12)));
        canvas.rect(-330.0, 380.0, (660.0, 14.0), 7.0, fill(wood.light(0.35)));
    }
    let form = if spec.form == 0 {
        dice.below(5) as u8 + 1
    } else {
        spec.form
    };
    let swing = dice.real(-2.0, 2.0);
    let paint = metal(canvas, spec.body, (-80.0, 0.0), (80.0, 260.0));
    // Long ones hang free; studs are shown larger, for they would be lost.
    let size = if form == 3 { 1.75 } else { 1.42 };
    let high = match (on_card, form) {
        (true, 3) => -30.0,
        (true, _) => -140.0,
        (false, _) => -168.0,
    };
    for x in [-122.0, 122.0] {
        canvas.open(x + 12.0, high + 14.0, 0.0, (size, size));
        canvas.within(None, 0.2);
        silhouette(canvas, form);
        canvas.close();
        canvas.close();
        canvas.open(x, high, swing, (size, size));
        one_earring(canvas, spec, form, paint, on_card);
        canvas.close();
    }
}

fn silhouette(canvas: &mut Canvas, form: u8) {
    match form {
        1 => canvas.circle(0.0, 110.0, 92.0, line(DARK, 17.0)),
        2 | 4 => canvas.ellipse(0.0, 150.0, 56.0, 92.0, fill(DARK)),
        3 => canvas.circle(0.0, 20.0, 56.0, fill(DARK)),
        _ => canvas.draw(
            &Path::polygon(&[(0.0, 20.0), (86.0, 220.0), (-86.0, 220.0)]),
            fill(DARK),
        ),
    }
}

fn one_earring(canvas: &mut Canvas, spec: &ArtSpec, form: u8, paint: Id, studs: bool) {
    if form != 3 {
        let mut hook = Path::from(0.0, 40.0);
        hook.l(0.0, 2.0).q(0.0, -34.0, 26.0, -22.0);
        canvas.draw(&hook, line(spec.body.shade(0.2), 6.0));
        if studs {
            canvas.circle(0.0, 4.0, 11.0, fill(spec.body.light(0.4)));
        }
    }
    match form {
        1 => {
            canvas.circle(0.0, 122.0, 90.0, line(paint, 19.0));
            canvas.circle(-3.0, 119.0, 92.0, line(spec.body.light(0.9), 3.0).alpha(0.7));
            if spec.decor != Decor::Plain {
                canvas.circle(
                    0.0,
                    122.0,
                    90.0,
                    line(spec.body.shade(0.5), 8.0).dash(5.0, 12.0).alpha(0.7),
                );
            }
            let beads: &[f32] = if spec.decor == Decor::Plain {
                &[0.0]
            } else {
                &[-52.0, 0.0, 52.0]
            };
            for &x in beads {
                let drop = 122.0 + (90.0f32 * 90.0 - x * x).sqrt();
                canvas.circle(x, drop + 20.0, 16.0, fill(spec.trim));
                canvas.circle(x - 5.0, drop + 15.0, 4.0, fill(CREAM).alpha(0.8));
            }
        }
        2 => {
            canvas.circle(0.0, 52.0, 17.0, fill(paint));
            let mut drop = Path::from(0.0, 66.0);
            drop.c(20.0, 120.0, 66.0, 156.0, 64.0, 200.0)
                .c(60.0, 268.0, -60.0, 268.0, -64.0, 200.0)
                .c(-66.0, 156.0, -20.0, 120.0, 0.0, 66.0)
                .z();
            canvas.draw(&drop, fill(paint));
            gem(
                canvas,
                (0.0, 192.0),
                (42.0, 48.0),
                spec.trim,
                spec.decor == Decor::Plain,
            );
        }
        3 => {
            canvas.circle(0.0, 16.0, 58.0, fill(paint));
            if spec.decor == Decor::Plain {
                gem(canvas, (0.0, 16.0), (44.0, 44.0), spec.trim, true);
            } else {
                canvas.circle(
                    0.0,
                    16.0,
                    36.0,
                    line(spec.body.shade(0.35), 30.0).dash(17.0, 11.2),
                );
                canvas.circle(0.0, 16.0, 18.0, fill(spec.trim));
            }
        }
        4 => {
            // Filigree: rings of wire hanging from one another.
            for (y, r) in [(62.0, 24.0), (132.0, 46.0), (232.0, 60.0)] {
                canvas.circle(0.0, y, r, line(paint, 8.0));
                canvas.circle(
                    0.0,
                    y,
                    r * 0.6,
                    line(spec.body.light(0.2), 5.0).dash(r * 0.24, r * 0.14),
                );
                canvas.circle(0.0, y, r * 0.22, fill(spec.trim));
            }
        }
        _ => {
            let plate = Path::polygon(&[(0.0, 34.0), (88.0, 220.0), (-88.0, 220.0)]);
            canvas.draw(&plate, fill(paint));
            let enamel = Path::polygon(&[(0.0, 88.0), (56.0, 204.0), (-56.0, 204.0)]);
            canvas.draw(&enamel, fill(spec.trim));
            canvas.draw(
                &Path::polygon(&[(0.0, 88.0), (-56.0, 204.0), (-14.0, 204.0)]),
                fill(CREAM).alpha(0.3),
            );
            for x in [-60.0, -20.0, 20.0, 60.0] {
                canvas.rect(x - 5.0, 226.0, (10.0, 56.0), 5.0, fill(paint));
            }
        }
    }
}

/// Beads along an ellipse, the far ones first and smaller.
fn strand(canvas: &mut Canvas, size: (f32, f32), cy: f32, count: usize, r: f32, colours: [Rgb; 3]) {
    let balls = colours.map(|c| {
        canvas.radial(
            0.34,
            0.3,
            0.78,
            &[(0.0, c.light(0.7), 1.0), (0.4, c, 1.0), (1.0, c.shade(0.5), 1.0)],
        )
    });
    let beads: Vec<Id> = balls
        .iter()
        .map(|&paint| canvas.motif(|c| c.circle(0.0, 0.0, 20.0, fill(paint))))
        .collect();
    let mut places: Vec<(f32, f32, usize)> = (0..count)
        .map(|index| {
            let (sin, cos) = (TAU * index as f32 / count as f32).sin_cos();
            (size.0 * sin, cy + size.1 * cos, index)
        })
        .collect();
    places.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (x, y, index) in places {
        let near = 0.82 + 0.18 * ((y - cy) / size.1 + 1.0) * 0.5;
        let bead = if index == 0 {
            2
        } else {
            usize::from(index % 4 == 0)
        };
        let scale = r / 20.0 * near * if bead == 1 { 0.8 } else { 1.0 };
        canvas.stamp(beads[bead], x, y, 0.0, (scale, scale));
    }
}

pub(crate) fn bracelet(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let round = dice.chance(55);
    plinth(canvas, (290.0, 110.0), stand_colour(spec), round, dice);
    let (rx, ry, cy) = (205.0, 66.0, -110.0);
    canvas.ellipse(24.0, cy + 26.0, rx, ry, line(DARK, 30.0).alpha(0.24));
    if spec.form == 1 || (spec.form == 0 && dice.chance(50)) {
        let r = dice.real(20.0, 27.0);
        let count = (TAU * 148.0 / (r * 2.0)) as usize;
        strand(canvas, (rx, ry), cy, count, r, [spec.trim, spec.body, spec.body]);
        return;
    }
    // A cuff: a tall band, its inside seen over the far edge.
    let tall = dice.real(62.0, 100.0);
    let inside = canvas.linear(
        (-rx, 0.0),
        (rx, 0.0),
        &[
            (0.0, spec.body.shade(0.5), 1.0),
            (0.7, spec.body.shade(0.2), 1.0),
            (1.0, spec.body.light(0.3), 1.0),
        ],
    );
    let outside = metal(canvas, spec.body, (-rx, 0.0), (rx, 0.0));
    let mut far = Path::from(-rx, cy);
    far.a(rx, ry, true, rx, cy)
        .l(rx, cy - tall)
        .a(rx, ry, false, -rx, cy - tall)
        .z();
    canvas.draw(&far, fill(inside));
    let mut near = Path::from(-rx, cy);
    near.a(rx, ry, false, rx, cy)
        .l(rx, cy - tall)
        .a(rx, ry, true, -rx, cy - tall)
        .z();
    canvas.draw(&near, fill(outside));
    let clip = canvas.clip(&near);
    let mid = cy - tall / 2.0;
    let mut hoop = Path::from(-rx, mid);
    hoop.a(rx, ry, false, rx, mid);
    match spec.decor {
        Decor::Plain => gem(
            canvas,
            (0.0, mid + ry),
            (tall * 0.4, tall * 0.36),
            spec.trim,
            false,
        ),
        Decor::Dots | Decor::Speckled | Decor::Stars | Decor::Blossoms => {
            canvas.draw(
                &hoop,
                line(spec.trim, tall * 0.32)
                    .dash(0.1, tall * 0.62)
                    .round()
                    .clip(clip),
            );
        }
        _ => {
            canvas.draw(
                &hoop,
                line(spec.body.shade(0.5), tall * 0.5)
                    .dash(6.0, 14.0)
                    .alpha(0.6)
                    .clip(clip),
            );
            canvas.draw(&hoop, line(spec.trim, 7.0).clip(clip));
        }
    }
    for (y, alpha) in [(cy - tall, 0.8), (cy - 3.0, 0.35)] {
        let mut edge = Path::from(-rx, y);
        edge.a(rx, ry, false, rx, y);
        canvas.draw(&edge, line(spec.body.light(0.8), 5.0).alpha(alpha));
    }
}

pub(crate) fn necklace(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let dish = stand_colour(spec);
    if dice.chance(55) {
        canvas.circle(16.0, 22.0, 372.0, fill(DARK).alpha(0.2));
        let paint = canvas.linear(
            (-370.0, -370.0),
            (370.0, 370.0),
            &[
                (0.0, dish.light(0.4), 1.0),
                (0.5, dish, 1.0),
                (1.0, dish.shade(0.2), 1.0),
            ],
        );
        canvas.circle(0.0, 0.0, 372.0, fill(paint));
        canvas.circle(0.0, 0.0, 338.0, line(dish.shade(0.25), 7.0).alpha(0.5));
        canvas.circle(3.0, 4.0, 338.0, line(dish.light(0.6), 4.0).alpha(0.6));
    }
    let (w, low) = (dice.real(205.0, 240.0), dice.real(150.0, 200.0));
    let mut chain = Path::from(-w * 0.25, -290.0);
    chain.c(-w * 1.25, -250.0, -w * 1.15, low * 0.5, 0.0, low).c(
        w * 1.15,
        low * 0.5,
        w * 1.25,
        -250.0,
        w * 0.25,
        -290.0,
    );
    let beaded = spec.form == 1 || (spec.form == 0 && dice.chance(40));
    canvas.open(10.0, 13.0, 0.0, (1.0, 1.0));
    canvas.draw(&chain, line(DARK, if beaded { 30.0 } else { 9.0 }).alpha(0.22));
    canvas.close();
    if beaded {
        let size = dice.real(27.0, 36.0);
        canvas.draw(
            &chain,
            line(spec.trim.shade(0.42), size).dash(0.1, size + 1.0).round(),
        );
        canvas.open(-1.5, -2.0, 0.0, (1.0, 1.0));
        canvas.draw(&chain, line(spec.trim, size * 0.82).dash(0.1, size + 1.0).round());
        canvas.close();
        canvas.open(-size * 0.16, -size * 0.2, 0.0, (1.0, 1.0));
        canvas.draw(
            &chain,
            line(spec.trim.light(0.75), size * 0.26)
                .dash(0.1, size + 1.0)
                .round(),
        );
        canvas.close();
    } else {
        canvas.draw(&chain, line(spec.body.shade(0.35), 11.0).dash(13.0, 4.0));
        canvas.draw(&chain, line(spec.body.light(0.55), 5.0).dash(9.0, 8.0));
    }
    let gold = metal(canvas, spec.body, (-70.0, low), (70.0, low + 170.0));
    canvas.circle(0.0, low + 10.0, 15.0, line(gold, 7.0));
    canvas.open(0.0, low + 92.0, 0.0, (1.0, 1.0));
    canvas.circle(12.0, 15.0, 70.0, fill(DARK).alpha(0.22));
    match dice.below(4) {
        0 => {
            canvas.ellipse(0.0, 0.0, 64.0, 74.0, fill(gold));
            gem(
                canvas,
                (0.0, 0.0),
                (50.0, 60.0),
                spec.trim,
                spec.decor == Decor::Plain,
            );
        }
        1 => {
            canvas.circle(0.0, 0.0, 74.0, fill(gold));
            canvas.circle(0.0, 0.0, 60.0, line(spec.body.shade(0.4), 3.0));
            canvas.circle(
                0.0,
                0.0,
                38.0,
                line(spec.body.shade(0.35), 26.0).dash(7.0, 13.0).alpha(0.7),
            );
            canvas.circle(0.0, 0.0, 17.0, fill(spec.trim));
        }
        2 => {
            let mut moon = Path::from(26.0, -72.0);
            moon.a(76.0, 76.0, false, -76.0, 0.0)
                .a(76.0, 76.0, false, 62.0, 44.0)
                .a(56.0, 56.0, true, -22.0, 8.0)
                .a(60.0, 60.0, true, 26.0, -72.0)
                .z();
            canvas.draw(&moon, fill(gold));
            gem(canvas, (34.0, -6.0), (19.0, 19.0), spec.trim, false);
        }
        _ => {
            let mut leaf = Path::from(0.0, -84.0);
            leaf.q(74.0, -20.0, 0.0, 104.0).q(-74.0, -20.0, 0.0, -84.0).z();
            canvas.draw(&leaf, fill(gold));
            let mut veins = Path::from(0.0, -70.0);
            veins.l(0.0, 88.0);
            for index in 0..5 {
                let y = -36.0 + 24.0 * index as f32;
                veins
                    .m(0.0, y + 14.0)
                    .l(24.0, y - 8.0)
                    .m(0.0, y + 14.0)
                    .l(-24.0, y - 8.0);
            }
            canvas.draw(&veins, line(spec.body.shade(0.45), 4.0).alpha(0.7));
            gem(canvas, (0.0, 26.0), (20.0, 22.0), spec.trim, false);
        }
    }
    canvas.close();
}
