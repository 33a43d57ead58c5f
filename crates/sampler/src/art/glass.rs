//! Blown and pressed glass, and what gives light: candles and lamps.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::{self, Decor};
use super::flora;
use super::lathe::{Finish, Lathe};
use super::pottery;
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use crate::dice::Dice;

/// A hollow of glass; `filled` is the colour of what is inside and how high it stands.
pub(crate) fn vessel(canvas: &mut Canvas, lathe: &Lathe, tint: Rgb, filled: Option<(Rgb, f32)>) {
    let r = lathe.widest();
    // Light that went through the glass lands on the table.
    let glow = canvas.radial(0.4, 0.5, 0.5, &[(0.0, tint.light(0.5), 0.75), (1.0, tint, 0.0)]);
    canvas.uncounted(|c| {
        c.ellipse(
            lathe.cx + r * 0.95,
            lathe.base + 8.0,
            r * 0.8,
            r * 0.16,
            fill(glow),
        );
    });
    let body = canvas.linear(
        (lathe.cx - r, 0.0),
        (lathe.cx + r, 0.0),
        &[
            (0.0, tint.shade(0.25), 0.62),
            (0.12, tint.light(0.3), 0.3),
            (0.5, tint.light(0.45), 0.22),
            (0.86, tint, 0.34),
            (1.0, tint.shade(0.35), 0.66),
        ],
    );
    canvas.draw(&lathe.outline(), fill(body));
    if let Some((drink, level)) = filled {
        let mut inner = lathe.shrunk(0.93);
        (inner.base, inner.height) = (lathe.base - 9.0, lathe.height - 9.0);
        let paint = canvas.linear(
            (lathe.cx - r, 0.0),
            (lathe.cx + r, 0.0),
            &[
                (0.0, drink.shade(0.2), 0.95),
                (0.3, drink.light(0.28), 0.92),
                (0.65, drink, 0.95),
                (1.0, drink.shade(0.36), 0.97),
            ],
        );
        canvas.draw(&inner.band(0.0, level, false), fill(paint));
        let top = inner.radius(level);
        canvas.ellipse(
            inner.cx,
            inner.y(level),
            top,
            top * inner.tilt,
            fill(drink.light(0.34)).alpha(0.9),
        );
    }
    canvas.draw(&lathe.strip(-0.97, -0.9, 0.04, 0.97), fill(CREAM).alpha(0.35));
    canvas.draw(&lathe.strip(0.86, 0.97, 0.03, 0.97), fill(DARK).alpha(0.1));
    canvas.draw(&lathe.strip(-0.76, -0.56, 0.12, 0.9), fill(CREAM).alpha(0.42));
    canvas.draw(&lathe.strip(-0.48, -0.42, 0.2, 0.84), fill(CREAM).alpha(0.3));
    canvas.draw(&lathe.strip(0.7, 0.78, 0.16, 0.88), fill(CREAM).alpha(0.3));
    canvas.draw(&lathe.hoop(0.035), line(tint.light(0.5), 5.0).alpha(0.55));
}

pub(crate) fn open_rim(canvas: &mut Canvas, lathe: &Lathe, tint: Rgb) {
    let (r, y) = (lathe.rim(), lathe.top());
    canvas.ellipse(lathe.cx, y, r, r * lathe.tilt, fill(tint.shade(0.2)).alpha(0.14));
    canvas.ellipse(
        lathe.cx,
        y,
        r - 2.0,
        r * lathe.tilt,
        line(tint.light(0.7), 5.0).alpha(0.9),
    );
    canvas.ellipse(
        lathe.cx,
        y,
        r + 1.0,
        r * lathe.tilt + 1.5,
        line(tint.shade(0.4), 1.5).alpha(0.5),
    );
}

/// Cuts, dots or waves on the outside of a glass.
fn engraving(canvas: &mut Canvas, lathe: &Lathe, spec: &ArtSpec, dice: &mut Dice) {
    match spec.decor {
        Decor::Plain => {}
        Decor::Carved | Decor::Stripes | Decor::Waves => {
            let mut ribs = Path::new();
            for index in -4..=4 {
                let share = index as f32 * 0.22;
                ribs.m(lathe.cx + share * lathe.radius(0.08), lathe.y(0.08));
                lathe.glide(&mut ribs, share, 0.08, 0.82);
            }
            canvas.draw(&ribs, line(CREAM, 5.0).alpha(0.4));
        }
        Decor::Drip | Decor::Dipped => {
            let mut swirl = Path::new();
            for row in 0..4 {
                let t = 0.16 + 0.2 * row as f32;
                let (a, b) = (lathe.at(-78.0, t), lathe.at(78.0, (t + 0.14).min(0.96)));
                swirl.m(a.0, a.1).q(lathe.cx, lathe.y(t) + 26.0, b.0, b.1);
            }
            canvas.draw(&swirl, line(spec.ink, 13.0).alpha(0.6));
        }
        Decor::Speckled => {
            let mut bubbles = Path::new();
            for _ in 0..34 {
                let (x, y, _) = lathe.at(dice.real(-70.0, 70.0), dice.real(0.06, 0.9));
                bubbles.dot(x, y);
            }
            canvas.draw(&bubbles, line(CREAM, 6.0).alpha(0.6));
        }
        _ => {
            let stamp = canvas.motif(|c| decor::motif(c, spec.decor, spec.ink.light(0.2), CREAM));
            canvas.within(None, 0.85);
            let scale = (lathe.height / 640.0).clamp(0.3, 0.6);
            lathe.frieze(canvas, stamp, 0.56, 5, scale);
            canvas.close();
            canvas.draw(&lathe.hoop(0.9), line(spec.ink, 4.0).alpha(0.7));
        }
    }
}

pub(crate) fn drinking_glass(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let shapes: [&[(f32, f32)]; 3] = [
        &[(0.0, 0.8), (0.05, 0.84), (1.0, 1.0)],
        &[(0.0, 0.74), (0.1, 0.9), (0.45, 1.0), (1.0, 0.86)],
        &[(0.0, 0.9), (0.04, 0.94), (1.0, 0.96)],
    ];
    let shape = shapes[dice.below(3)];
    let stemmed = spec.form == 2 || (spec.form == 0 && dice.chance(30));
    let drink = *dice.pick(&[
        Rgb::hex(0xd9913f),
        Rgb::hex(0xb9c9c4),
        Rgb::hex(0xc94f4a),
        Rgb::hex(0xe6c46a),
    ]);
    let filled = dice.chance(60);
    let tilt = 0.2;
    let foot = if stemmed { 132.0 } else { 0.0 };
    let lathe = if stemmed {
        Lathe::new(
            0.0,
            -foot,
            (114.0, 210.0),
            tilt,
            &[(0.0, 0.2), (0.12, 0.62), (0.45, 1.0), (1.0, 0.84)],
        )
    } else {
        Lathe::new(0.0, 0.0, (114.0, 288.0), tilt, shape)
    };
    let glass = canvas.motif(|c| {
        if stemmed {
            let stem = Lathe::new(
                0.0,
                0.0,
                (86.0, foot + 6.0),
                tilt,
                &[(0.0, 1.0), (0.06, 0.92), (0.16, 0.22), (0.85, 0.1), (1.0, 0.3)],
            );
            vessel(c, &stem, spec.body, None);
        }
        vessel(c, &lathe, spec.body, filled.then_some((drink, 0.62)));
        engraving(c, &lathe, spec, dice);
        open_rim(c, &lathe, spec.body);
    });
    let third = dice.chance(65);
    for (x, y) in [(-168.0, -84.0), (118.0, -48.0), (-40.0, 8.0)] {
        if y < -80.0 && !third {
            continue;
        }
        let scale = 1.0 + y / 900.0;
        stage::cast(canvas, x, y, 92.0, 0.18);
        canvas.stamp(glass, x, y, 0.0, (scale, scale));
    }
}

pub(crate) fn carafe(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let shapes: [&[(f32, f32)]; 3] = [
        &[
            (0.0, 0.84),
            (0.06, 0.96),
            (0.32, 1.0),
            (0.62, 0.44),
            (0.86, 0.33),
            (1.0, 0.46),
        ],
        &[
            (0.0, 0.8),
            (0.1, 0.92),
            (0.5, 0.86),
            (0.74, 0.42),
            (0.9, 0.36),
            (1.0, 0.42),
        ],
        &[(0.0, 0.96), (0.2, 0.9), (0.7, 0.52), (1.0, 0.46)],
    ];
    let lathe = Lathe::new(
        -20.0,
        0.0,
        (dice.real(146.0, 172.0), dice.real(430.0, 480.0)),
        0.2,
        shapes[dice.below(3)],
    );
    stage::cast(canvas, -20.0, 0.0, 145.0, 0.2);
    let drink = *dice.pick(&[
        Rgb::hex(0xbfd2cf),
        Rgb::hex(0xdd9a3c),
        Rgb::hex(0xc0504d),
        Rgb::hex(0xd7c26a),
    ]);
    vessel(
        canvas,
        &lathe,
        spec.body,
        dice.chance(72).then_some((drink, 0.46)),
    );
    engraving(canvas, &lathe, spec, dice);
    open_rim(canvas, &lathe, spec.body);
    if dice.chance(45) {
        let stopper = Lathe::new(
            -20.0,
            lathe.top() + 6.0,
            (lathe.rim() * 0.92, 78.0),
            0.2,
            &[(0.0, 0.8), (0.3, 0.86), (0.34, 1.05), (0.6, 1.1), (1.0, 0.8)],
        );
        let cork = Rgb::hex(0xc99d6c);
        stopper.lay(canvas, cork, Finish::Matte);
        stopper.dim(canvas);
        stopper.cap(canvas, cork);
    }
    let small = Lathe::new(176.0, 26.0, (72.0, 132.0), 0.22, &[(0.0, 0.8), (1.0, 1.0)]);
    stage::cast(canvas, 176.0, 26.0, 64.0, 0.2);
    vessel(canvas, &small, spec.body, Some((drink, 0.5)));
    open_rim(canvas, &small, spec.body);
}

pub(crate) fn glass_vase(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = dice.below(pottery::VASES.len());
    let profile = Lathe::wobbled(pottery::VASES[form], dice, 0.05);
    let planted = dice.chance(66);
    let size = (
        dice.real(112.0, 160.0),
        if planted {
            dice.real(290.0, 350.0)
        } else {
            dice.real(380.0, 450.0)
        },
    );
    let lathe = Lathe::new(0.0, 0.0, size, 0.2, &profile);
    stage::cast(canvas, 0.0, 0.0, lathe.radius(0.1), 0.22);
    if planted {
        // Stems stand in the glass and are seen through it.
        let plant = *dice.pick(&flora::PLANTS);
        flora::bouquet(
            canvas,
            plant,
            (0.0, lathe.y(0.2)),
            lathe.rim() * 0.3,
            lathe.height * 0.8 + 280.0,
            dice,
        );
    }
    vessel(
        canvas,
        &lathe,
        spec.body,
        planted.then_some((Rgb::hex(0xcfdedb).mix(spec.body, 0.3), 0.45)),
    );
    engraving(canvas, &lathe, spec, dice);
    open_rim(canvas, &lathe, spec.body);
}
