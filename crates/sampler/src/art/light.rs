//! Candles and lamps.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::{self, Decor};
use super::glass::{open_rim, vessel};
use super::label;
use super::lathe::{Finish, Lathe};
use super::pottery;
use super::spec::ArtSpec;
use super::stage::{self, CREAM};
use crate::dice::Dice;

/// A flame around the wick's tip, with its halo.
pub(crate) fn flame(canvas: &mut Canvas, x: f32, y: f32, size: f32) {
    let halo = canvas.radial(
        0.5,
        0.5,
        0.5,
        &[
            (0.0, Rgb::hex(0xffd98a), 0.75),
            (0.4, Rgb::hex(0xffcf7a), 0.25),
            (1.0, Rgb::hex(0xffcf7a), 0.0),
        ],
    );
    canvas.uncounted(|c| c.circle(x, y - size * 0.5, size * 3.2, fill(halo)));
    let mut tongue = Path::from(x, y - size * 1.7);
    tongue.c(
        x + size * 0.2,
        y - size,
        x + size * 0.52,
        y - size * 0.6,
        x + size * 0.36,
        y - size * 0.18,
    );
    tongue.q(x, y + size * 0.2, x - size * 0.36, y - size * 0.18);
    tongue
        .c(
            x - size * 0.5,
            y - size * 0.6,
            x - size * 0.1,
            y - size,
            x,
            y - size * 1.7,
        )
        .z();
    canvas.draw(&tongue, fill(Rgb::hex(0xf6a93b)));
    canvas.ellipse(
        x,
        y - size * 0.32,
        size * 0.2,
        size * 0.42,
        fill(Rgb::hex(0xfff0c4)),
    );
    let mut wick = Path::from(x, y + size * 0.3);
    wick.l(x, y - size * 0.25);
    canvas.draw(&wick, line(Rgb::hex(0x3b2a24), size * 0.1));
}

fn pillar(canvas: &mut Canvas, size: (f32, f32), spec: &ArtSpec, wax: Rgb, lit: bool, dice: &mut Dice) {
    let lathe = Lathe::new(0.0, 0.0, size, 0.24, &[(0.0, 1.0), (1.0, 1.0)]);
    let clip = lathe.lay(canvas, wax, Finish::Matte);
    if matches!(spec.decor, Decor::Carved | Decor::Bands | Decor::Dipped) {
        decor::pot(canvas, &lathe, clip, spec.decor, spec.ink, spec.trim, dice);
    }
    lathe.light(canvas, Finish::Satin);
    lathe.cap(canvas, wax.light(0.12));
    if lit {
        let warm = canvas.linear(
            (0.0, lathe.top()),
            (0.0, lathe.top() + 120.0),
            &[(0.0, Rgb::hex(0xffd27a), 0.65), (1.0, Rgb::hex(0xffd27a), 0.0)],
        );
        canvas.draw(&lathe.band(0.3, 1.0, true), fill(warm));
        canvas.ellipse(
            0.0,
            lathe.top() + 2.0,
            size.0 * 0.62,
            size.0 * 0.14,
            fill(wax.shade(0.15)).alpha(0.6),
        );
    }
}

/// The wick of a candle whose wax ends at `y`, burning or not.
fn wick(canvas: &mut Canvas, x: f32, y: f32, lit: bool) {
    if lit {
        return flame(canvas, x, y - 8.0, 34.0);
    }
    let mut thread = Path::from(x, y + 3.0);
    thread.q(x + 3.0, y - 16.0, x - 3.0, y - 26.0);
    canvas.draw(&thread, line(Rgb::hex(0x54443a), 5.0));
}

pub(crate) fn candle(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = if spec.form == 0 {
        dice.below(3) as u8 + 1
    } else {
        spec.form
    };
    let lit = dice.chance(62);
    match form {
        1 => {
            // Poured into a glass or a cup.
            let lathe = Lathe::new(
                0.0,
                0.0,
                (dice.real(138.0, 160.0), dice.real(225.0, 270.0)),
                0.22,
                &[(0.0, 0.95), (0.05, 1.0), (1.0, 1.0)],
            );
            stage::cast(canvas, 0.0, 0.0, 140.0, 0.24);
            if spec.finish == Finish::Glass {
                vessel(canvas, &lathe, spec.ink, Some((spec.body, 0.74)));
                open_rim(canvas, &lathe, spec.ink);
            } else {
                let clip = lathe.lay(canvas, spec.ink, spec.finish);
                if spec.decor != Decor::Plain {
                    decor::pot(canvas, &lathe, clip, Decor::Carved, spec.ink, spec.trim, dice);
                }
                lathe.light(canvas, spec.finish);
                lathe.mouth(canvas, spec.ink, spec.ink, 10.0);
                let r = lathe.rim() - 13.0;
                canvas.ellipse(0.0, lathe.top() + 15.0, r - 4.0, r * 0.185, fill(spec.body));
            }
            label::wrapped(canvas, &lathe, (0.16, 0.6), 44.0, spec, CREAM, Rgb::hex(0x4a3b33));
            let y = if spec.finish == Finish::Glass {
                lathe.y(0.74)
            } else {
                lathe.top() + 12.0
            };
            if lit {
                flame(canvas, 0.0, y - 16.0, 36.0);
            } else {
                let mut wick = Path::from(0.0, y);
                wick.q(4.0, y - 20.0, -2.0, y - 38.0);
                canvas.draw(&wick, line(Rgb::hex(0x54443a), 5.0));
            }
        }
        2 => {
            let one = canvas.motif(|c| pillar(c, (90.0, 300.0), spec, spec.body, lit, dice));
            for (x, y, tall) in [(-128.0, -70.0, 1.14), (112.0, -40.0, 0.72), (-8.0, 12.0, 0.92)] {
                stage::cast(canvas, x, y, 90.0, 0.24);
                let tall = tall * dice.real(0.9, 1.1);
                canvas.stamp(one, x, y, 0.0, (1.0, tall));
                wick(canvas, x, y - 300.0 * tall, lit);
            }
        }
        _ => tapers(canvas, spec, lit, dice),
    }
}

/// Slim dipped candles tied in a bundle or standing in a block of wood.
fn tapers(canvas: &mut Canvas, spec: &ArtSpec, lit: bool, dice: &mut Dice) {
    stage::cast(canvas, 0.0, 0.0, 190.0, 0.16);
    let wood = Rgb::hex(0xa9774a);
    let block = canvas.linear(
        (0.0, -72.0),
        (0.0, 24.0),
        &[(0.0, wood.light(0.2), 1.0), (1.0, wood.shade(0.3), 1.0)],
    );
    for (x, tall) in [(-110.0, 330.0), (0.0, 400.0), (110.0, 300.0)] {
        let tall = tall * dice.real(0.9, 1.08);
        let lathe = Lathe::new(
            x,
            -58.0,
            (24.0, tall),
            0.3,
            &[(0.0, 1.0), (0.7, 0.84), (0.95, 0.66), (1.0, 0.3)],
        );
        lathe.lay(
            canvas,
            if x == 0.0 {
                spec.body.mix(spec.ink, 0.25)
            } else {
                spec.body
            },
            Finish::Satin,
        );
        lathe.light(canvas, Finish::Satin);
        if lit {
            flame(canvas, x, lathe.top() - 6.0, 26.0);
        } else {
            let mut wick = Path::from(x, lathe.top());
            wick.l(x + 3.0, lathe.top() - 22.0);
            canvas.draw(&wick, line(Rgb::hex(0x54443a), 5.0));
        }
    }
    canvas.rect(-200.0, -62.0, (400.0, 80.0), 12.0, fill(block));
    canvas.rect(-200.0, -62.0, (400.0, 12.0), 6.0, fill(wood.light(0.4)));
    let mut grain = Path::from(-180.0, -26.0);
    grain
        .q(-60.0, -34.0, 40.0, -22.0)
        .t(186.0, -28.0)
        .m(-184.0, -4.0)
        .q(-40.0, -12.0, 60.0, 0.0)
        .t(180.0, -6.0);
    canvas.draw(&grain, line(wood.shade(0.4), 2.5).alpha(0.5));
}

pub(crate) fn candlestick(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let shapes: [&[(f32, f32)]; 3] = [
        &[
            (0.0, 1.0),
            (0.06, 0.94),
            (0.12, 0.34),
            (0.2, 0.28),
            (0.34, 0.5),
            (0.48, 0.24),
            (0.8, 0.2),
            (0.9, 0.44),
            (1.0, 0.4),
        ],
        &[
            (0.0, 1.0),
            (0.09, 0.88),
            (0.14, 0.2),
            (0.44, 0.16),
            (0.5, 0.36),
            (0.56, 0.16),
            (0.86, 0.18),
            (0.93, 0.42),
            (1.0, 0.46),
        ],
        &[
            (0.0, 1.0),
            (0.12, 0.8),
            (0.3, 0.42),
            (0.38, 0.52),
            (0.5, 0.28),
            (0.66, 0.48),
            (0.8, 0.24),
            (0.94, 0.4),
            (1.0, 0.4),
        ],
    ];
    let shape = shapes[dice.below(3)];
    let lit = dice.chance(50);
    let wax = *dice.pick(&[CREAM, Rgb::hex(0xd8b27a), Rgb::hex(0xb4653f), Rgb::hex(0x8c9a7c)]);
    let foot = Lathe::new(0.0, 0.0, (100.0, 300.0), 0.22, shape);
    let stick = canvas.motif(|c| {
        foot.lay(c, spec.body, spec.finish);
        foot.light(c, spec.finish);
        foot.mouth(c, spec.body, spec.body, 8.0);
    });
    for (x, y, tall) in [(-112.0, -46.0, 1.12), (96.0, 10.0, 0.8)] {
        let tall = tall * dice.real(0.92, 1.08);
        stage::cast(canvas, x, y, 96.0, 0.22);
        canvas.stamp(stick, x, y, 0.0, (1.0, tall));
        let taper = Lathe::new(
            x,
            y - 300.0 * tall + 6.0,
            (19.0, 220.0),
            0.3,
            &[(0.0, 1.0), (0.8, 0.82), (1.0, 0.3)],
        );
        taper.lay(canvas, wax, Finish::Satin);
        taper.dim(canvas);
        if lit {
            flame(canvas, x, taper.top() - 4.0, 24.0);
        }
    }
}

pub(crate) fn lamp(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = dice.below(4);
    let profile = Lathe::wobbled(pottery::VASES[[0, 1, 3, 5][form]], dice, 0.04);
    let foot = Lathe::new(
        0.0,
        0.0,
        (dice.real(112.0, 138.0), dice.real(220.0, 260.0)),
        0.2,
        &profile,
    );
    stage::cast(canvas, 0.0, 0.0, foot.radius(0.1), 0.22);
    // The light falls on wall and table.
    let halo = canvas.radial(
        0.5,
        0.5,
        0.5,
        &[
            (0.0, Rgb::hex(0xffe2a6), 0.7),
            (0.6, Rgb::hex(0xffdf9e), 0.18),
            (1.0, Rgb::hex(0xffdf9e), 0.0),
        ],
    );
    canvas.uncounted(|c| c.circle(0.0, -400.0, 420.0, fill(halo)));
    let brass = Rgb::hex(0xb68c4a);
    canvas.rect(-9.0, foot.top() - 60.0, (18.0, 70.0), 3.0, fill(brass));
    let clip = foot.lay(canvas, spec.body, spec.finish);
    decor::pot(canvas, &foot, clip, spec.decor, spec.ink, spec.trim, dice);
    foot.light(canvas, spec.finish);
    foot.cap(canvas, brass);
    let low = foot.top() - 34.0;
    let (top_r, tall) = (dice.real(0.5, 0.8), dice.real(190.0, 225.0));
    let shade = Lathe::new(
        0.0,
        low,
        (dice.real(190.0, 215.0), tall),
        0.13,
        &[(0.0, 1.0), (1.0, top_r)],
    );
    let cloth = spec.trim.light(0.3);
    let r = shade.widest();
    let lit = canvas.linear(
        (-r, 0.0),
        (r, 0.0),
        &[
            (0.0, cloth.shade(0.12), 1.0),
            (0.5, cloth.light(0.6), 1.0),
            (1.0, cloth.shade(0.2), 1.0),
        ],
    );
    canvas.draw(&shade.outline(), fill(lit));
    let warm = canvas.linear(
        (0.0, low),
        (0.0, low - tall),
        &[(0.0, Rgb::hex(0xffcf7d), 0.7), (1.0, Rgb::hex(0xffcf7d), 0.1)],
    );
    canvas.draw(&shade.outline(), fill(warm));
    let mut pleats = Path::new();
    for index in -6..=6 {
        let share = (index as f32 * 13.0).to_radians().sin();
        pleats.m(
            share * shade.radius(0.0),
            shade.y(0.0) + shade.radius(0.0) * 0.13 * (1.0 - share * share).sqrt(),
        );
        pleats.l(share * shade.radius(1.0), shade.y(1.0));
    }
    if dice.chance(55) {
        canvas.draw(&pleats, line(cloth.shade(0.3), 3.0).alpha(0.35));
    }
    canvas.draw(&shade.hoop(0.03), line(spec.ink, 7.0).alpha(0.8));
    canvas.ellipse(
        0.0,
        shade.top(),
        shade.rim(),
        shade.rim() * 0.13,
        fill(Rgb::hex(0xfff3d0)),
    );
    canvas.ellipse(
        0.0,
        shade.top(),
        shade.rim(),
        shade.rim() * 0.13,
        line(spec.ink, 5.0).alpha(0.7),
    );
}
