//! What one eats and drinks from: mugs, bowls, plates, teapots.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::{self, Decor};
use super::lathe::{Finish, Lathe};
use super::pottery::{bird, fruit, handle, mouth_clip, rim_colour, ware};
use super::spec::ArtSpec;
use super::stage;
use crate::dice::Dice;

pub(crate) fn bowl(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = if spec.form == 0 {
        dice.below(4) as u8 + 1
    } else {
        spec.form
    };
    let (shape, radius, height): (&[(f32, f32)], f32, f32) = match form {
        1 => (
            &[(0.0, 0.4), (0.06, 0.42), (0.3, 0.74), (0.7, 0.95), (1.0, 1.0)],
            262.0,
            205.0,
        ),
        2 => (
            &[(0.0, 0.46), (0.08, 0.46), (0.16, 0.6), (0.5, 0.86), (1.0, 1.0)],
            285.0,
            150.0,
        ),
        3 => (
            &[(0.0, 0.55), (0.05, 0.6), (0.4, 0.97), (0.7, 1.02), (1.0, 0.94)],
            215.0,
            225.0,
        ),
        _ => (
            &[(0.0, 0.36), (0.12, 0.34), (0.24, 0.5), (0.6, 0.84), (1.0, 1.0)],
            240.0,
            240.0,
        ),
    };
    let profile = Lathe::wobbled(shape, dice, 0.03);
    let tilt = dice.real(0.25, 0.33);
    let (radius, height) = (radius * dice.real(0.94, 1.06), height * dice.real(0.92, 1.08));
    stage::cast(canvas, 0.0, 0.0, radius * 0.8, 0.26);
    // Every third picture shows the set: bowls nested under the first.
    let stacked = form != 3 && dice.chance(28);
    let lift = if stacked { 62.0 } else { 0.0 };
    let thick = 13.0;
    let lathe = Lathe::new(
        0.0,
        0.0,
        (radius, height * if stacked { 0.86 } else { 1.0 }),
        tilt,
        &profile,
    );
    if stacked {
        let one = canvas.motif(|c| {
            ware(c, &lathe, spec, dice);
            lathe.mouth(c, rim_colour(spec), spec.body.light(0.2), thick);
        });
        for index in 0..3 {
            canvas.stamp(one, 0.0, -lift * index as f32, 0.0, (1.0, 1.0));
        }
        return;
    }
    ware(canvas, &lathe, spec, dice);
    let inside = if dice.chance(55) {
        spec.body.light(0.35)
    } else {
        rim_colour(spec)
    };
    lathe.mouth(canvas, rim_colour(spec), inside, thick);
    let clip = mouth_clip(canvas, &lathe, thick);
    canvas.rising(clip);
    if dice.chance(52) {
        fruit(canvas, &lathe, dice);
    } else {
        canvas.draw(&inner_ring(&lathe, 0.72), line(spec.ink, 7.0).alpha(0.55));
    }
    canvas.close();
}

fn inner_ring(lathe: &Lathe, share: f32) -> Path {
    let (r, y) = (lathe.rim() * share, lathe.top() + lathe.rim() * lathe.tilt * 0.22);
    let mut path = Path::from(lathe.cx - r, y);
    path.a(r, r * lathe.tilt, true, lathe.cx + r, y);
    path.a(r, r * lathe.tilt, true, lathe.cx - r, y);
    path
}

const MUGS: [&[(f32, f32)]; 5] = [
    &[(0.0, 0.86), (0.05, 0.94), (0.5, 1.0), (1.0, 0.98)],
    &[(0.0, 0.66), (0.1, 0.82), (0.45, 1.02), (0.8, 0.98), (1.0, 0.92)],
    &[(0.0, 0.7), (0.05, 0.74), (0.6, 0.92), (1.0, 1.0)],
    &[(0.0, 0.92), (0.1, 1.04), (0.3, 1.06), (0.7, 0.9), (1.0, 0.96)],
    &[(0.0, 0.55), (0.08, 0.6), (0.25, 0.9), (0.6, 1.0), (1.0, 1.0)],
];

pub(crate) fn mug(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = if spec.form == 0 {
        dice.below(MUGS.len())
    } else {
        usize::from(spec.form - 1) % MUGS.len()
    };
    let profile = Lathe::wobbled(MUGS[form], dice, 0.025);
    let radius = dice.real(150.0, 172.0);
    let height = if form == 4 {
        dice.real(215.0, 250.0)
    } else {
        dice.real(290.0, 350.0)
    };
    let tilt = dice.real(0.22, 0.28);
    let right = if dice.chance(72) { 1.0 } else { -1.0 };
    let saucer = form == 4 || dice.chance(18);
    let pair = !saucer && dice.chance(24);
    if pair {
        let twin = Lathe::new(0.0, 0.0, (radius, height), tilt, &profile);
        let one = canvas.motif(|c| one_mug(c, &twin, spec, right, dice));
        for (x, y, scale) in [(-right * 190.0, -78.0, 0.9), (right * 50.0, 0.0, 1.0)] {
            stage::cast(canvas, x, y, radius * 0.88, 0.26);
            canvas.stamp(one, x, y, 0.0, (scale, scale));
        }
        return;
    }
    let lathe = Lathe::new(
        -right * 24.0,
        if saucer { -18.0 } else { 0.0 },
        (radius, height),
        tilt,
        &profile,
    );
    if saucer {
        stage::cast(canvas, lathe.cx, 4.0, radius * 1.5, 0.26);
        saucer_under(canvas, lathe.cx, radius * 1.62, tilt * 1.15, spec);
    } else {
        stage::cast(canvas, lathe.cx, 0.0, radius * 0.92, 0.26);
    }
    one_mug(canvas, &lathe, spec, right, dice);
    if dice.chance(55) {
        steam(canvas, lathe.cx, lathe.top() - 20.0);
    }
}

fn one_mug(canvas: &mut Canvas, lathe: &Lathe, spec: &ArtSpec, right: f32, dice: &mut Dice) {
    let (high, low) = (0.82, 0.26);
    let reach = lathe.widest() * dice.real(0.62, 0.82);
    let at = |t: f32| lathe.cx + right * (lathe.radius(t) - 12.0);
    handle(
        canvas,
        [
            (at(high), lathe.y(high)),
            (at(high) + right * reach * 1.25, lathe.y(high) - 22.0),
            (at(low) + right * reach * 1.15, lathe.y(low) + 18.0),
            (at(low), lathe.y(low)),
        ],
        lathe.widest() * 0.23,
        if matches!(spec.decor, Decor::Drip) {
            spec.ink
        } else {
            spec.body
        },
    );
    ware(canvas, lathe, spec, dice);
    let thick = 12.0;
    lathe.mouth(canvas, rim_colour(spec), spec.body.light(0.3), thick);
    let drink = *dice.pick(&[
        Rgb::hex(0x4f3122),
        Rgb::hex(0xb98455),
        Rgb::hex(0xa8873f),
        Rgb::hex(0x7c3b22),
    ]);
    let clip = mouth_clip(canvas, lathe, thick);
    let (rx, y) = (
        lathe.rim() - thick - 3.0,
        lathe.top() + lathe.rim() * lathe.tilt * 0.3,
    );
    canvas.rising(clip);
    canvas.ellipse(lathe.cx, y, rx, rx * lathe.tilt, fill(drink));
    canvas.ellipse(
        lathe.cx - rx * 0.2,
        y - 3.0,
        rx * 0.55,
        rx * lathe.tilt * 0.5,
        fill(drink.light(0.35)).alpha(0.5),
    );
    canvas.close();
}

fn saucer_under(canvas: &mut Canvas, cx: f32, r: f32, tilt: f32, spec: &ArtSpec) {
    canvas.ellipse(cx, 4.0, r, r * tilt, fill(spec.body.shade(0.36)));
    let paint = canvas.linear(
        (cx - r, 0.0),
        (cx + r, 0.0),
        &[
            (0.0, spec.body.light(0.3), 1.0),
            (1.0, spec.body.shade(0.14), 1.0),
        ],
    );
    canvas.ellipse(cx, -6.0, r, r * tilt, fill(paint));
    canvas.ellipse(
        cx,
        -4.0,
        r * 0.82,
        r * tilt * 0.8,
        line(rim_colour(spec).shade(0.25), 5.0).alpha(0.5),
    );
    canvas.ellipse(cx, -2.0, r * 0.62, r * tilt * 0.6, fill(stage::DARK).alpha(0.18));
}

pub(crate) fn steam(canvas: &mut Canvas, cx: f32, y: f32) {
    let mut path = Path::new();
    for (x, tall) in [(-42.0, 150.0), (8.0, 205.0), (52.0, 130.0)] {
        path.m(cx + x, y)
            .q(cx + x + 34.0, y - tall * 0.25, cx + x, y - tall * 0.5)
            .t(cx + x + 8.0, y - tall);
    }
    canvas.draw(&path, line(stage::CREAM, 10.0).alpha(0.38));
}

pub(crate) fn tumbler(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let shapes: [&[(f32, f32)]; 3] = [
        &[(0.0, 0.78), (0.06, 0.84), (1.0, 1.0)],
        &[(0.0, 0.7), (0.12, 0.9), (0.5, 1.02), (1.0, 0.95)],
        &[(0.0, 0.62), (0.08, 0.6), (0.2, 0.8), (0.6, 1.0), (1.0, 0.98)],
    ];
    let form = dice.below(3);
    let tilt = dice.real(0.22, 0.27);
    let count = if dice.chance(45) { 3 } else { 2 };
    let places: &[(f32, f32)] = if count == 3 {
        &[(-185.0, -105.0), (170.0, -85.0), (0.0, 0.0)]
    } else {
        &[(-130.0, -60.0), (95.0, 0.0)]
    };
    let profile = Lathe::wobbled(shapes[form], dice, 0.03);
    let lathe = Lathe::new(0.0, 0.0, (112.0, 210.0), tilt, &profile);
    let one = canvas.motif(|c| {
        ware(c, &lathe, spec, dice);
        lathe.mouth(c, rim_colour(spec), spec.body, 10.0);
    });
    for &(x, y) in places {
        let scale = 1.0 + y / 900.0;
        stage::cast(canvas, x, y, 100.0, 0.25);
        canvas.stamp(one, x, y, 0.0, (scale, scale));
    }
}

pub(crate) fn plate(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    if dice.chance(30) {
        return plate_stack(canvas, spec, dice);
    }
    // Leaning against the wall, face to the viewer.
    let r = dice.real(248.0, 276.0);
    let cy = -r * 0.97;
    stage::cast(canvas, 0.0, 0.0, r * 0.62, 0.12);
    canvas.ellipse(26.0, cy + 14.0, r, r, fill(stage::DARK).alpha(0.16));
    canvas.ellipse(10.0, cy + 6.0, r + 2.0, r + 1.0, fill(spec.body.shade(0.5)));
    let face = canvas.linear(
        (-r, cy - r),
        (r, cy + r),
        &[
            (0.0, spec.body.light(0.4), 1.0),
            (0.5, spec.body, 1.0),
            (1.0, spec.body.shade(0.18), 1.0),
        ],
    );
    canvas.ellipse(0.0, cy, r, r, fill(face));
    canvas.open(0.0, cy, 0.0, (1.0, 1.0));
    plate_face(canvas, r, spec, dice);
    canvas.close();
    let well = r * 0.68;
    let dip = canvas.linear(
        (-well, cy - well),
        (well, cy + well),
        &[
            (0.0, stage::DARK, 0.28),
            (0.35, stage::DARK, 0.0),
            (0.7, stage::CREAM, 0.0),
            (1.0, stage::CREAM, 0.5),
        ],
    );
    canvas.circle(0.0, cy, well, line(dip, 12.0));
    if spec.finish != Finish::Matte {
        let mut shine = Path::from(-r * 0.84, cy - r * 0.2);
        shine.a(r * 0.87, r * 0.87, true, -r * 0.2, cy - r * 0.84);
        canvas.draw(&shine, line(stage::CREAM, 15.0).alpha(0.55));
    }
}

fn plate_face(canvas: &mut Canvas, r: f32, spec: &ArtSpec, dice: &mut Dice) {
    let (ink, second) = (spec.ink, spec.trim);
    match spec.decor {
        Decor::Plain => canvas.circle(0.0, 0.0, r - 5.0, line(ink, 7.0).alpha(0.6)),
        Decor::Dipped | Decor::Drip => {
            let mut half = Path::from(-r, 0.0);
            half.q(-r * 0.5, -r * 0.2, 0.0, -r * 0.05)
                .t(r, -r * 0.1)
                .a(r, r, true, 0.0, r)
                .a(r, r, true, -r, 0.0)
                .z();
            canvas.draw(&half, fill(ink).alpha(0.95));
        }
        Decor::Speckled => {
            let (mut small, mut large) = (Path::new(), Path::new());
            for index in 0..90 {
                let (sin, cos) = dice.real(0.0, std::f32::consts::TAU).sin_cos();
                let far = r * dice.real(0.0, 0.94).sqrt() * 0.97;
                if index % 3 == 0 {
                    large.dot(far * cos, far * sin)
                } else {
                    small.dot(far * cos, far * sin)
                };
            }
            canvas.draw(&small, line(ink, 3.5).alpha(0.6));
            canvas.draw(&large, line(ink, 6.0).alpha(0.5));
            canvas.circle(0.0, 0.0, r - 6.0, line(ink, 9.0));
        }
        Decor::Bands | Decor::Stripes | Decor::Checks | Decor::Herringbone | Decor::Carved => {
            canvas.circle(0.0, 0.0, r * 0.9, line(ink, r * 0.11));
            canvas.circle(0.0, 0.0, r * 0.79, line(second, r * 0.03));
            for share in [0.5, 0.43, 0.1] {
                canvas.circle(0.0, 0.0, r * share, line(ink, r * 0.025));
            }
            if matches!(spec.decor, Decor::Checks | Decor::Herringbone) {
                canvas.circle(
                    0.0,
                    0.0,
                    r * 0.9,
                    line(spec.body, r * 0.11).dash(r * 0.118, r * 0.118),
                );
            }
        }
        _ => {
            let stamp = canvas.motif(|c| decor::motif(c, spec.decor, ink, second));
            let count = dice.int(9, 13) as usize;
            let scale = r / 430.0 * 11.0 / count as f32;
            for index in 0..count {
                let degrees = 360.0 * index as f32 / count as f32;
                let (sin, cos) = degrees.to_radians().sin_cos();
                canvas.stamp(stamp, r * 0.84 * sin, -r * 0.84 * cos, degrees, (scale, scale));
            }
            canvas.circle(0.0, 0.0, r * 0.98, line(ink, 6.0));
            canvas.circle(0.0, 0.0, r * 0.64, line(ink, 4.0));
            canvas.circle(0.0, 0.0, r * 0.6, line(second, 3.0));
            let centre = r / 130.0;
            match dice.below(3) {
                0 => canvas.stamp(stamp, 0.0, 0.0, 0.0, (centre, centre)),
                1 => {
                    for index in 0..6 {
                        let degrees = 60.0 * index as f32;
                        let (sin, cos) = degrees.to_radians().sin_cos();
                        canvas.stamp(
                            stamp,
                            r * 0.27 * sin,
                            -r * 0.27 * cos,
                            degrees,
                            (centre * 0.48, centre * 0.48),
                        );
                    }
                }
                _ => bird(canvas, r * 0.4, ink, second),
            }
        }
    }
}

fn plate_stack(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let r = dice.real(270.0, 300.0);
    let tilt = dice.real(0.36, 0.42);
    stage::cast(canvas, 0.0, 0.0, r * 0.84, 0.36);
    let count = dice.int(2, 4);
    for index in 0..count {
        let y = -26.0 - 27.0 * index as f32;
        canvas.ellipse(
            0.0,
            y + 24.0,
            r * 0.62,
            r * tilt * 0.66,
            fill(spec.body.shade(0.5)),
        );
        canvas.ellipse(0.0, y + 9.0, r, r * tilt, fill(spec.body.shade(0.42)));
        let paint = canvas.linear(
            (-r, 0.0),
            (r, 0.0),
            &[
                (0.0, spec.body.light(0.35), 1.0),
                (1.0, spec.body.shade(0.16), 1.0),
            ],
        );
        canvas.ellipse(0.0, y, r, r * tilt, fill(paint));
    }
    canvas.open(0.0, -26.0 - 27.0 * (count - 1) as f32, 0.0, (1.0, tilt));
    plate_face(canvas, r, spec, dice);
    let well = r * 0.66;
    let dip = canvas.linear(
        (-well, -well),
        (well, well),
        &[
            (0.0, stage::DARK, 0.3),
            (0.5, stage::DARK, 0.03),
            (1.0, stage::CREAM, 0.5),
        ],
    );
    canvas.circle(0.0, 0.0, well, line(dip, 13.0));
    canvas.close();
}

pub(crate) fn teapot(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let shapes: [&[(f32, f32)]; 3] = [
        &[(0.0, 0.56), (0.12, 0.82), (0.45, 1.0), (0.8, 0.8), (1.0, 0.48)],
        &[(0.0, 0.8), (0.1, 0.95), (0.35, 1.0), (0.8, 0.72), (1.0, 0.5)],
        &[(0.0, 0.88), (0.06, 0.98), (0.6, 1.0), (0.88, 0.92), (1.0, 0.62)],
    ];
    let profile = Lathe::wobbled(shapes[dice.below(3)], dice, 0.03);
    let (radius, height) = (dice.real(178.0, 205.0), dice.real(250.0, 290.0));
    let lathe = Lathe::new(0.0, 0.0, (radius, height), 0.2, &profile);
    stage::cast(canvas, 0.0, 0.0, radius * 0.9, 0.24);
    let over = dice.chance(40);
    if over {
        let top = lathe.y(0.9);
        let hoop = if dice.chance(50) {
            Rgb::hex(0xb98a58)
        } else {
            spec.body
        };
        let reach = radius * 0.86;
        handle(
            canvas,
            [
                (-reach * 0.86, top + 20.0),
                (-reach * 1.05, top - 270.0),
                (reach * 1.05, top - 270.0),
                (reach * 0.86, top + 20.0),
            ],
            26.0,
            hoop,
        );
    } else {
        let from = (-lathe.radius(0.78) + 10.0, lathe.y(0.78));
        let to = (-lathe.radius(0.25) + 10.0, lathe.y(0.25));
        handle(
            canvas,
            [
                from,
                (from.0 - 150.0, from.1 - 50.0),
                (to.0 - 120.0, to.1 + 30.0),
                to,
            ],
            32.0,
            spec.body,
        );
    }
    spout(canvas, &lathe, spec.body);
    ware(canvas, &lathe, spec, dice);
    // The lid: a shallow dome with a knob.
    let r = lathe.rim();
    let lid = Lathe::new(
        0.0,
        lathe.top(),
        (r * 1.04, 54.0),
        0.2,
        &[(0.0, 1.0), (0.35, 0.93), (0.75, 0.6), (1.0, 0.16)],
    );
    let colour = rim_colour(spec);
    canvas.ellipse(
        0.0,
        lathe.top() + 6.0,
        r * 1.08,
        r * 0.23,
        fill(stage::DARK).alpha(0.3),
    );
    lid.lay(canvas, colour, spec.finish);
    lid.dim(canvas);
    let knob = Lathe::new(
        0.0,
        lid.top() + 4.0,
        (26.0, 44.0),
        0.25,
        &[(0.0, 0.5), (0.25, 0.5), (0.65, 1.0), (1.0, 0.55)],
    );
    let wooden = dice.chance(30);
    knob.lay(
        canvas,
        if wooden { Rgb::hex(0xb07a48) } else { colour },
        spec.finish,
    );
    knob.dim(canvas);
    knob.cap(canvas, if wooden { Rgb::hex(0xc8945e) } else { colour });
}

fn spout(canvas: &mut Canvas, lathe: &Lathe, colour: Rgb) {
    let (x, y) = (lathe.radius(0.4) - 26.0, lathe.y(0.34));
    let tip = (lathe.widest() + 128.0, lathe.y(0.98));
    let mut path = Path::from(x, y + 38.0);
    path.q(x + 92.0, y + 18.0, tip.0 - 42.0, tip.1 + 62.0).q(
        tip.0 - 26.0,
        tip.1 + 16.0,
        tip.0 + 8.0,
        tip.1 + 6.0,
    );
    path.l(tip.0 - 30.0, tip.1 - 16.0)
        .q(tip.0 - 72.0, tip.1 + 14.0, tip.0 - 92.0, tip.1 + 68.0);
    path.q(x + 44.0, y - 44.0, x - 10.0, y - 50.0).z();
    let paint = canvas.linear(
        (x, y - 60.0),
        (x + 70.0, y + 50.0),
        &[
            (0.0, colour.light(0.25), 1.0),
            (0.5, colour.shade(0.06), 1.0),
            (1.0, colour.shade(0.4), 1.0),
        ],
    );
    canvas.draw(&path, fill(paint));
    let mut end = Path::from(tip.0 + 8.0, tip.1 + 6.0);
    end.q(tip.0 - 14.0, tip.1 + 8.0, tip.0 - 30.0, tip.1 - 16.0)
        .q(tip.0 - 4.0, tip.1 - 16.0, tip.0 + 8.0, tip.1 + 6.0)
        .z();
    canvas.draw(&end, fill(colour.shade(0.5)));
}
