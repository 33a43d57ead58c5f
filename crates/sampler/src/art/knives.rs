//! Blades and their handles.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::{self, Decor};
use super::spec::ArtSpec;
use super::stage::{self, CREAM};
use super::woodwork::grain;
use crate::dice::Dice;

pub(crate) fn knife(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    canvas.open(0.0, 0.0, dice.real(-34.0, -14.0), (1.0, 1.0));
    if dice.chance(55) {
        let wood = Rgb::hex(0xb98a5c);
        let board = Path::polygon(&[(-400.0, -230.0), (400.0, -230.0), (400.0, 250.0), (-400.0, 250.0)]);
        stage::drop(canvas, &board, 14.0);
        canvas.rect(-400.0, -230.0, (800.0, 480.0), 26.0, fill(wood));
        let clip = canvas.clip(&board);
        grain(canvas, clip, (800.0, 480.0), wood, dice);
    }
    let form = if spec.form == 0 {
        dice.below(3) as u8 + 1
    } else {
        spec.form
    };
    let (tall, tip) = match form {
        1 => (52.0, 8.0),
        2 => (36.0, 0.0),
        _ => (66.0, -34.0),
    };
    let mut blade = Path::from(-380.0, tip);
    blade
        .c(-300.0, -tall + 6.0, -180.0, -tall, 40.0, -tall)
        .l(62.0, -tall)
        .l(62.0, tall * 0.9)
        .q(40.0, tall, 20.0, tall);
    blade.c(-120.0, tall * 1.12, -300.0, tall * 0.8, -380.0, tip).z();
    stage::drop(canvas, &blade, 16.0);
    let steel = Rgb::hex(0xc8cdd1);
    let face = canvas.linear(
        (0.0, -tall),
        (0.0, tall),
        &[
            (0.0, steel.shade(0.3), 1.0),
            (0.2, steel, 1.0),
            (0.55, steel.light(0.55), 1.0),
            (0.68, steel.shade(0.1), 1.0),
            (1.0, steel.light(0.7), 1.0),
        ],
    );
    canvas.draw(&blade, fill(face));
    if matches!(spec.decor, Decor::Waves | Decor::Scales | Decor::Drip) {
        let damask = decor::cloth(
            canvas,
            Decor::Waves,
            (steel, steel.shade(0.35), steel.light(0.4)),
            56.0,
            8.0,
        );
        canvas.draw(&blade, fill(damask).alpha(0.4));
    }
    let mut bevel = Path::from(-370.0, tip + 4.0);
    bevel.c(-290.0, tall * 0.5, -120.0, tall * 0.74, 40.0, tall * 0.66);
    canvas.draw(&bevel, line(CREAM, 3.0).alpha(0.8));
    canvas.words(-40.0, -6.0, 27.0, &spec.monogram, steel.shade(0.55), 3.0);
    canvas.rect(56.0, -tall * 0.72, (40.0, tall * 1.36), 6.0, fill(spec.trim));
    canvas.rect(56.0, -tall * 0.72, (40.0, 10.0), 4.0, fill(spec.trim.light(0.5)));
    let mut grip = Path::from(94.0, -34.0);
    grip.c(160.0, -46.0, 240.0, -22.0, 320.0, -38.0)
        .c(384.0, -50.0, 404.0, -10.0, 392.0, 26.0)
        .c(384.0, 56.0, 340.0, 40.0, 300.0, 30.0)
        .c(220.0, 24.0, 160.0, 40.0, 94.0, 36.0)
        .z();
    stage::drop(canvas, &grip, 14.0);
    let round = canvas.linear(
        (0.0, -44.0),
        (0.0, 44.0),
        &[
            (0.0, spec.body.light(0.15), 1.0),
            (0.3, spec.body.light(0.35), 1.0),
            (0.6, spec.body, 1.0),
            (1.0, spec.body.shade(0.45), 1.0),
        ],
    );
    canvas.draw(&grip, fill(round));
    let clip = canvas.clip(&grip);
    let mut lines = Path::new();
    for y in [-22.0, -8.0, 8.0, 22.0] {
        lines
            .m(94.0, y)
            .q(200.0, y + dice.real(-9.0, 9.0), 260.0, y)
            .t(400.0, y + 4.0);
    }
    canvas.draw(&lines, line(spec.body.shade(0.5), 3.0).alpha(0.4).clip(clip));
    for x in [140.0, 230.0, 320.0] {
        canvas.circle(x, -2.0, 10.0, fill(Rgb::hex(0xd9b46a)));
        canvas.circle(x - 2.0, -5.0, 3.5, fill(CREAM));
    }
    canvas.close();
}

pub(crate) fn pocket_knife(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    canvas.open(0.0, 20.0, dice.real(-28.0, -8.0), (1.15, 1.15));
    let steel = Rgb::hex(0xc8cdd1);
    let open = dice.real(128.0, 150.0);
    canvas.open(186.0, -2.0, open, (1.0, 1.0));
    let mut blade = Path::from(0.0, -26.0);
    blade
        .l(-20.0, -34.0)
        .c(-120.0, -38.0, -240.0, -30.0, -320.0, 14.0)
        .c(-240.0, 34.0, -120.0, 30.0, 0.0, 28.0)
        .z();
    canvas.open(0.0, 0.0, 0.0, (1.0, -1.0));
    stage::drop(canvas, &blade, 12.0);
    let face = canvas.linear(
        (0.0, -36.0),
        (0.0, 34.0),
        &[
            (0.0, steel.shade(0.35), 1.0),
            (0.3, steel, 1.0),
            (0.7, steel.light(0.6), 1.0),
            (1.0, steel, 1.0),
        ],
    );
    canvas.draw(&blade, fill(face));
    let mut nick = Path::from(-110.0, -16.0);
    nick.q(-80.0, -10.0, -50.0, -16.0);
    canvas.draw(&nick, line(steel.shade(0.5), 5.0));
    canvas.close();
    canvas.close();
    let mut grip = Path::from(214.0, -34.0);
    grip.c(120.0, -52.0, -80.0, -46.0, -200.0, -30.0)
        .c(-262.0, -20.0, -268.0, 26.0, -222.0, 44.0)
        .c(-120.0, 62.0, 60.0, 34.0, 200.0, 42.0)
        .q(244.0, 34.0, 244.0, 2.0)
        .q(242.0, -28.0, 214.0, -34.0)
        .z();
    stage::drop(canvas, &grip, 15.0);
    let round = canvas.linear(
        (0.0, -48.0),
        (0.0, 50.0),
        &[
            (0.0, spec.body.light(0.1), 1.0),
            (0.3, spec.body.light(0.4), 1.0),
            (0.6, spec.body, 1.0),
            (1.0, spec.body.shade(0.45), 1.0),
        ],
    );
    canvas.draw(&grip, fill(round));
    let clip = canvas.clip(&grip);
    let mut lines = Path::new();
    for y in [-24.0, -6.0, 12.0, 28.0] {
        lines
            .m(-260.0, y)
            .q(-100.0, y + dice.real(-12.0, 12.0), 20.0, y)
            .t(240.0, y);
    }
    canvas.draw(&lines, line(spec.body.shade(0.5), 3.0).alpha(0.4).clip(clip));
    let brass = spec.trim;
    canvas.rect(166.0, -60.0, (90.0, 130.0), 0.0, fill(brass).clip(clip));
    canvas.rect(
        166.0,
        -60.0,
        (10.0, 130.0),
        0.0,
        fill(brass.light(0.6)).clip(clip),
    );
    for (x, r) in [(204.0, 13.0), (-60.0, 9.0), (-170.0, 9.0)] {
        canvas.circle(x, 2.0, r, fill(brass.light(0.3)));
        canvas.circle(x - 2.0, -1.0, r * 0.4, fill(CREAM));
    }
    canvas.words(
        40.0,
        14.0,
        34.0,
        &spec.monogram,
        if spec.body.is_dark() {
            CREAM
        } else {
            spec.body.shade(0.6)
        },
        4.0,
    );
    canvas.close();
}
