//! Stools, chairs and small tables, standing on the floor.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::Decor;
use super::flora::{self, Plant};
use super::lathe::{Finish, Lathe};
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use super::textile;
use super::weaving;
use crate::dice::Dice;

/// A leg: a slim taper from one point to another.
fn leg(canvas: &mut Canvas, from: (f32, f32), to: (f32, f32), width: (f32, f32), wood: Rgb) {
    let (wide, thin) = width;
    let shape = Path::polygon(&[
        (from.0 - wide / 2.0, from.1),
        (from.0 + wide / 2.0, from.1),
        (to.0 + thin / 2.0, to.1),
        (to.0 - thin / 2.0, to.1),
    ]);
    let left = from.0.min(to.0) - wide;
    let paint = canvas.linear(
        (left, 0.0),
        (left + (to.0 - from.0).abs() + wide * 2.0, 0.0),
        &[
            (0.0, wood.light(0.25), 1.0),
            (0.5, wood, 1.0),
            (1.0, wood.shade(0.35), 1.0),
        ],
    );
    canvas.draw(&shape, fill(paint));
    let mut glint = Path::from(from.0 - wide * 0.22, from.1 + 8.0);
    glint.l(to.0 - thin * 0.22, to.1 - 10.0);
    canvas.draw(&glint, line(wood.light(0.55), 3.5).alpha(0.6));
}

fn rung(canvas: &mut Canvas, from: (f32, f32), to: (f32, f32), wood: Rgb, wide: f32) {
    let mut path = Path::from(from.0, from.1);
    path.l(to.0, to.1);
    canvas.draw(&path, line(wood.shade(0.35), wide));
    canvas.open(0.0, -wide * 0.14, 0.0, (1.0, 1.0));
    canvas.draw(&path, line(wood.light(0.1), wide * 0.6));
    canvas.close();
}

fn feet_shadow(canvas: &mut Canvas, half: f32, feet: &[(f32, f32)]) {
    stage::cast(canvas, 0.0, -10.0, half, 0.2);
    for &(x, y) in feet {
        canvas.ellipse(x + 16.0, y + 2.0, 34.0, 9.0, fill(DARK).alpha(0.3));
    }
}

/// The round or slabbed top of a stool or table.
fn round_top(canvas: &mut Canvas, y: f32, r: f32, thick: f32, spec: &ArtSpec, dice: &mut Dice) {
    let lathe = Lathe::new(
        0.0,
        y + thick,
        (r, thick),
        0.27,
        &[(0.0, 0.94), (0.3, 1.0), (0.8, 1.0), (1.0, 0.97)],
    );
    lathe.lay(canvas, spec.body.shade(0.08), Finish::Satin);
    lathe.light(canvas, Finish::Matte);
    lathe.cap(canvas, spec.body);
    let (rx, ry) = (lathe.rim(), lathe.rim() * 0.27);
    let mut top = Path::from(-rx, y);
    top.a(rx, ry, true, rx, y).a(rx, ry, true, -rx, y).z();
    let clip = canvas.clip(&top);
    let mut grain = Path::new();
    for _ in 0..9 {
        let gy = y + dice.real(-0.9, 0.9) * ry;
        grain
            .m(-rx, gy)
            .q(dice.real(-80.0, 0.0), gy + dice.real(-9.0, 9.0), 40.0, gy)
            .t(rx, gy + dice.real(-5.0, 5.0));
    }
    canvas.draw(&grain, line(spec.body.shade(0.45), 3.0).alpha(0.3).clip(clip));
}

pub(crate) fn stool(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let tall = dice.real(330.0, 450.0);
    let r = dice.real(165.0, 190.0);
    let feet = [
        (-r * 0.86, -28.0),
        (r * 0.92, -22.0),
        (0.05 * r, 26.0),
        (0.1 * r, -70.0),
    ];
    feet_shadow(canvas, r * 1.05, &feet[..3]);
    let wood = spec.body;
    let top = -tall;
    leg(
        canvas,
        (20.0, top + 30.0),
        feet[3],
        (34.0, 22.0),
        wood.shade(0.35),
    );
    leg(canvas, (-r * 0.5, top + 30.0), feet[0], (36.0, 23.0), wood);
    leg(
        canvas,
        (r * 0.5, top + 30.0),
        feet[1],
        (36.0, 23.0),
        wood.shade(0.12),
    );
    let ring = -tall * dice.real(0.34, 0.44);
    rung(canvas, (-r * 0.7, ring), (r * 0.74, ring + 4.0), wood, 16.0);
    leg(
        canvas,
        (-4.0, top + 40.0),
        feet[2],
        (40.0, 26.0),
        wood.light(0.08),
    );
    match if spec.form == 0 {
        dice.below(3) as u8 + 1
    } else {
        spec.form
    } {
        1 => round_top(canvas, top, r, 44.0, spec, dice),
        2 => {
            let (w, d) = (r * 1.05, 84.0);
            let corners = [
                (-w, top + d * 0.55),
                (-w * 0.72, top - d * 0.6),
                (w * 0.78, top - d * 0.52),
                (w, top + d * 0.65),
            ];
            canvas.draw(
                &Path::polygon(&[
                    corners[0],
                    corners[3],
                    (w, top + d * 0.65 + 36.0),
                    (-w, top + d * 0.55 + 36.0),
                ]),
                fill(spec.trim.shade(0.3)),
            );
            weaving::rush_seat(canvas, corners, spec.trim);
        }
        _ => {
            // Upholstered: a pad in cloth or leather with a row of tacks.
            let pad = Lathe::new(
                0.0,
                top + 62.0,
                (r * 1.02, 84.0),
                0.26,
                &[(0.0, 0.9), (0.4, 1.0), (0.8, 0.9), (1.0, 0.6)],
            );
            let clip = pad.lay(canvas, spec.trim, Finish::Matte);
            if spec.decor != Decor::Plain {
                let tile = textile::weave(
                    canvas,
                    &ArtSpec {
                        body: spec.trim,
                        trim: spec.body,
                        ..spec.clone()
                    },
                    80.0,
                    0.0,
                );
                canvas.draw(&pad.outline(), fill(tile).clip(clip));
                canvas.ellipse(0.0, pad.top(), pad.rim(), pad.rim() * 0.26, fill(tile));
            }
            pad.light(canvas, Finish::Matte);
            let dome = canvas.radial(0.4, 0.3, 0.7, &[(0.0, CREAM, 0.4), (1.0, CREAM, 0.0)]);
            canvas.ellipse(0.0, pad.top() + 14.0, r * 0.9, r * 0.28, fill(dome));
            canvas.draw(
                &pad.hoop(0.12),
                line(Rgb::hex(0xcfa55c), 9.0).dash(0.1, 19.0).round(),
            );
        }
    }
    if dice.chance(30) {
        let pile = [spec.ink, CREAM, spec.trim];
        for (index, colour) in pile.into_iter().enumerate() {
            let y = top - 26.0 - 25.0 * index as f32;
            canvas.rect(
                -92.0 + 9.0 * index as f32,
                y,
                (180.0 - 14.0 * index as f32, 25.0),
                4.0,
                fill(colour),
            );
            canvas.rect(
                -92.0 + 9.0 * index as f32,
                y + 18.0,
                (180.0 - 14.0 * index as f32, 7.0),
                3.0,
                fill(DARK).alpha(0.2),
            );
        }
    }
}

pub(crate) fn chair(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let wood = spec.body;
    let (w, seat, tall) = (
        dice.real(170.0, 190.0),
        -dice.real(275.0, 300.0),
        -dice.real(590.0, 640.0),
    );
    feet_shadow(
        canvas,
        w * 1.2,
        &[(-w, 16.0), (w, 24.0), (-w * 0.62, -50.0), (w * 0.95, -44.0)],
    );
    // Back posts carry on above the seat.
    leg(
        canvas,
        (-w * 0.66, tall),
        (-w * 0.68, -46.0),
        (24.0, 24.0),
        wood.shade(0.15),
    );
    leg(
        canvas,
        (w * 0.84, tall + 6.0),
        (w * 0.9, -40.0),
        (24.0, 24.0),
        wood.shade(0.22),
    );
    rung(
        canvas,
        (-w * 0.66, -130.0),
        (w * 0.88, -126.0),
        wood.shade(0.2),
        13.0,
    );
    match if spec.form == 0 {
        dice.below(3) as u8 + 1
    } else {
        spec.form
    } {
        1 => {
            for index in 0..4 {
                let y = tall + 44.0 + 66.0 * index as f32;
                let mut slat = Path::from(-w * 0.64, y);
                slat.q(w * 0.1, y - 26.0, w * 0.84, y + 4.0)
                    .l(w * 0.84, y + 36.0)
                    .q(w * 0.1, y + 8.0, -w * 0.64, y + 32.0)
                    .z();
                canvas.draw(&slat, fill(wood.light(0.08)).edge(wood.shade(0.35), 3.0));
            }
        }
        2 => {
            for share in [-0.42, -0.2, 0.04, 0.28, 0.52, 0.7] {
                let mut spindle = Path::from(w * share, tall + 40.0);
                spindle.l(w * share, seat - 30.0);
                canvas.draw(&spindle, line(wood.shade(0.2), 13.0));
                canvas.draw(&spindle, line(wood.light(0.3), 4.0).alpha(0.7));
            }
        }
        _ => {
            let back = Path::polygon(&[
                (-w * 0.6, tall + 40.0),
                (w * 0.8, tall + 44.0),
                (w * 0.82, seat - 60.0),
                (-w * 0.6, seat - 66.0),
            ]);
            canvas.draw(&back, fill(spec.trim.shade(0.06)));
            let cane = canvas.pattern((26.0, 26.0), 45.0, |c| {
                let mut net = Path::from(0.0, 13.0);
                net.l(26.0, 13.0).m(13.0, 0.0).l(13.0, 26.0);
                c.draw(&net, line(DARK, 7.0).alpha(0.25));
            });
            canvas.draw(&back, fill(cane).edge(wood, 15.0));
        }
    }
    let mut crest = Path::from(-w * 0.76, tall + 20.0);
    crest
        .q(w * 0.1, tall - 52.0, w * 0.94, tall + 26.0)
        .l(w * 0.92, tall + 62.0)
        .q(w * 0.1, tall - 2.0, -w * 0.74, tall + 56.0)
        .z();
    canvas.draw(&crest, fill(wood.light(0.12)).edge(wood.shade(0.35), 3.0));
    let corners = [
        (-w * 1.06, seat + 34.0),
        (-w * 0.74, seat - 54.0),
        (w * 0.92, seat - 50.0),
        (w * 1.12, seat + 42.0),
    ];
    canvas.draw(
        &Path::polygon(&[
            corners[0],
            corners[3],
            (w * 1.1, seat + 76.0),
            (-w * 1.04, seat + 68.0),
        ]),
        fill(wood.shade(0.3)),
    );
    leg(canvas, (-w * 0.98, seat + 40.0), (-w, 20.0), (32.0, 24.0), wood);
    leg(
        canvas,
        (w * 1.02, seat + 48.0),
        (w * 1.02, 28.0),
        (32.0, 24.0),
        wood.shade(0.06),
    );
    rung(canvas, (-w * 0.98, -96.0), (w * 1.0, -88.0), wood, 15.0);
    rung(
        canvas,
        (-w * 0.98, -150.0),
        (-w * 0.68, -176.0),
        wood.shade(0.15),
        13.0,
    );
    rung(
        canvas,
        (w * 1.02, -146.0),
        (w * 0.89, -172.0),
        wood.shade(0.15),
        13.0,
    );
    if spec.finish == Finish::Matte || dice.chance(70) {
        weaving::rush_seat(canvas, corners, spec.trim);
    } else {
        canvas.draw(&Path::polygon(&corners), fill(wood.light(0.2)));
    }
    if dice.chance(18) {
        canvas.open(w * 0.12, seat - 6.0, 0.0, (0.5, 0.5));
        let cover = ArtSpec {
            body: spec.ink,
            ink: CREAM,
            trim: spec.trim,
            ..spec.clone()
        };
        textile::cushion(canvas, &cover, dice);
        canvas.close();
    }
}

pub(crate) fn side_table(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let tall = dice.real(370.0, 420.0);
    let r = dice.real(215.0, 245.0);
    let wood = spec.body;
    let top = -tall;
    feet_shadow(canvas, r * 0.9, &[(-r * 0.7, 0.0), (r * 0.76, 4.0), (0.0, 34.0)]);
    if spec.form == 2 || (spec.form == 0 && dice.chance(40)) {
        let column = Lathe::new(
            0.0,
            10.0,
            (r * 0.62, tall - 20.0),
            0.24,
            &[
                (0.0, 1.0),
                (0.05, 0.92),
                (0.12, 0.3),
                (0.3, 0.2),
                (0.46, 0.3),
                (0.6, 0.17),
                (0.9, 0.2),
                (1.0, 0.5),
            ],
        );
        column.lay(canvas, wood, Finish::Satin);
        column.light(canvas, Finish::Satin);
    } else {
        leg(
            canvas,
            (8.0, top + 40.0),
            (r * 0.1, -66.0),
            (30.0, 20.0),
            wood.shade(0.35),
        );
        leg(
            canvas,
            (-r * 0.62, top + 40.0),
            (-r * 0.72, 0.0),
            (34.0, 22.0),
            wood,
        );
        leg(
            canvas,
            (r * 0.62, top + 40.0),
            (r * 0.76, 4.0),
            (34.0, 22.0),
            wood.shade(0.14),
        );
        let shelf = -tall * 0.36;
        canvas.ellipse(0.0, shelf + 12.0, r * 0.68, r * 0.17, fill(wood.shade(0.35)));
        canvas.ellipse(0.0, shelf, r * 0.68, r * 0.17, fill(wood.light(0.12)));
        if dice.chance(60) {
            for (index, colour) in [spec.ink, CREAM, spec.trim].into_iter().enumerate() {
                let y = shelf - 24.0 - 24.0 * index as f32;
                canvas.rect(
                    -76.0 + 8.0 * index as f32,
                    y,
                    (150.0 - 10.0 * index as f32, 24.0),
                    4.0,
                    fill(colour),
                );
                canvas.rect(
                    -76.0 + 8.0 * index as f32,
                    y + 18.0,
                    (150.0 - 10.0 * index as f32, 6.0),
                    2.0,
                    fill(DARK).alpha(0.2),
                );
            }
        }
        leg(
            canvas,
            (-4.0, top + 50.0),
            (0.0, 36.0),
            (38.0, 24.0),
            wood.light(0.06),
        );
    }
    round_top(canvas, top, r, 36.0, spec, dice);
    if spec.decor != Decor::Plain {
        // Inlay: a ring of small diamonds, as in taracea.
        canvas.ellipse(
            0.0,
            top,
            r * 0.78,
            r * 0.21,
            line(spec.trim, 13.0).dash(12.0, 9.0),
        );
        canvas.ellipse(0.0, top, r * 0.84, r * 0.226, line(spec.ink, 4.0));
        canvas.ellipse(0.0, top, r * 0.72, r * 0.194, line(spec.ink, 4.0));
    }
    if dice.chance(70) {
        let pot = *dice.pick(&[CREAM, Rgb::hex(0xb5653f), Rgb::hex(0x3f5a66), Rgb::hex(0xd9b26a)]);
        let vase = Lathe::new(
            r * 0.34,
            top + 4.0,
            (48.0, 118.0),
            0.24,
            &[(0.0, 0.6), (0.3, 1.0), (0.7, 0.62), (0.9, 0.36), (1.0, 0.44)],
        );
        let plant = *dice.pick(&[Plant::Lavender, Plant::Daisy, Plant::Poppy]);
        canvas.ellipse(r * 0.34 + 30.0, top + 6.0, 60.0, 11.0, fill(DARK).alpha(0.28));
        for degrees in [-20.0, 6.0, 27.0] {
            let stem = flora::Stem::new((r * 0.34, vase.top() + 10.0), degrees, 150.0, degrees * 0.5);
            flora::grow(canvas, plant, &stem, 170.0, dice);
        }
        vase.lay(canvas, pot, Finish::Satin);
        vase.light(canvas, Finish::Satin);
    }
}
