//! Boards, spoons, turned wood, and blades.

use super::canvas::{Canvas, Id, Path, fill, line};
use super::colour::Rgb;
use super::decor::Decor;
use super::flora;
use super::label;
use super::lathe::{Finish, Lathe};
use super::pottery;
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use crate::dice::Dice;

/// Grain along the x axis of a box around the origin.
pub(crate) fn grain(canvas: &mut Canvas, clip: Id, size: (f32, f32), wood: Rgb, dice: &mut Dice) {
    let (w, h) = size;
    let mut lines = Path::new();
    let count = (h / 17.0).clamp(4.0, 14.0) as usize;
    let knot = dice.real(-0.6, 0.6) * w;
    for index in 0..count {
        let y = -h / 2.0 + h * (index as f32 + 0.5) / count as f32 + dice.real(-4.0, 4.0);
        let bend = 15.0 * (1.0 - (2.0 * y / h).abs()) * if y > 0.0 { 1.0 } else { -1.0 };
        lines
            .m(-w * 0.6, y)
            .q(-w * 0.3, y + dice.real(-7.0, 7.0), knot, y + bend)
            .t(w * 0.6, y + dice.real(-6.0, 6.0));
    }
    canvas.draw(&lines, line(wood.shade(0.42), 3.0).alpha(0.3).clip(clip));
    let band = canvas.linear(
        (0.0, -h / 2.0),
        (0.0, h / 2.0),
        &[
            (0.0, wood.light(0.3), 0.5),
            (0.3, wood, 0.0),
            (0.6, wood.shade(0.3), 0.3),
            (1.0, wood, 0.0),
        ],
    );
    canvas.rect(-w / 2.0, -h / 2.0, size, 0.0, fill(band).clip(clip));
}

pub(crate) fn cutting_board(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    // Leaning against the wall behind a lower sister or some bread.
    let form = if spec.form == 0 {
        dice.below(3) as u8 + 1
    } else {
        spec.form
    };
    let (w, h) = match form {
        1 => (dice.real(300.0, 340.0), dice.real(350.0, 390.0)),
        2 => (dice.real(390.0, 420.0), dice.real(390.0, 420.0)),
        _ => (dice.real(230.0, 260.0), dice.real(430.0, 470.0)),
    };
    stage::cast(canvas, 0.0, 0.0, w * 0.56, 0.13);
    let half = w / 2.0;
    let neck = 34.0;
    let mut board = Path::new();
    if form == 2 {
        board
            .m(-half, -half)
            .a(half, half, true, half, -half)
            .a(half, half, true, -half, -half)
            .z();
        board
            .m(-neck, -half * 1.94)
            .l(-neck, -half * 2.0 - 80.0)
            .a(neck, neck, true, neck, -half * 2.0 - 80.0)
            .l(neck, -half * 1.94)
            .z();
    } else {
        board
            .m(-half, -20.0)
            .l(-half, -h + 60.0)
            .c(-half, -h - 10.0, -neck, -h + 6.0, -neck, -h - 50.0);
        board
            .l(-neck, -h - 110.0)
            .a(neck, neck, true, neck, -h - 110.0)
            .l(neck, -h - 50.0);
        board
            .c(neck, -h + 6.0, half, -h - 10.0, half, -h + 60.0)
            .l(half, -20.0)
            .q(half, 0.0, half - 24.0, 0.0)
            .l(-half + 24.0, 0.0)
            .q(-half, 0.0, -half, -20.0)
            .z();
    }
    canvas.open(24.0, 4.0, 0.0, (1.0, 1.0));
    canvas.draw(&board, fill(DARK).alpha(0.2));
    canvas.close();
    canvas.open(9.0, 3.0, 0.0, (1.0, 1.0));
    canvas.draw(&board, fill(spec.body.shade(0.42)));
    canvas.close();
    let face = canvas.linear(
        (-half, -h),
        (half, 0.0),
        &[
            (0.0, spec.body.light(0.24), 1.0),
            (1.0, spec.body.shade(0.08), 1.0),
        ],
    );
    canvas.draw(&board, fill(face));
    let clip = canvas.clip(&board);
    let strips = matches!(
        spec.decor,
        Decor::Stripes | Decor::Bands | Decor::Checks | Decor::Herringbone
    );
    if strips {
        for x in [-0.34, 0.06, 0.22] {
            canvas.rect(
                half * x * 2.0,
                -h - 160.0,
                (w * 0.1, h + 170.0),
                0.0,
                fill(spec.trim).alpha(0.85).clip(clip),
            );
        }
    }
    let mut lines = Path::new();
    for index in 0..10 {
        let x = -half + w * (index as f32 + 0.5) / 10.0;
        lines
            .m(x, 4.0)
            .q(
                x + dice.real(-9.0, 9.0),
                -h * 0.3,
                x + dice.real(-5.0, 5.0),
                -h * 0.55,
            )
            .t(x + dice.real(-6.0, 6.0), -h - 150.0);
    }
    canvas.draw(&lines, line(spec.body.shade(0.45), 3.0).alpha(0.28).clip(clip));
    let hole_y = if form == 2 { -half * 2.0 - 78.0 } else { -h - 106.0 };
    canvas.circle(0.0, hole_y, 14.0, fill(DARK).alpha(0.6));
    if dice.chance(50) {
        let mut loop_ = Path::from(0.0, hole_y);
        loop_.c(-44.0, hole_y - 60.0, 40.0, hole_y - 70.0, 0.0, hole_y);
        canvas.draw(&loop_, line(Rgb::hex(0x8a5a38), 8.0));
    }
    label::stamp(
        canvas,
        (half * 0.4, -52.0 - if form == 2 { 40.0 } else { 0.0 }),
        27.0,
        &spec.monogram,
        spec.body.shade(0.6),
        0.7,
    );
    match dice.below(3) {
        0 => loaf(canvas, -half * 0.6 - 60.0),
        1 => lemons(canvas, half * 0.7),
        _ => {}
    }
}

/// A round loaf in front.
fn loaf(canvas: &mut Canvas, x: f32) {
    let crust = Rgb::hex(0xb9793f);
    canvas.ellipse(x + 16.0, 32.0, 124.0, 24.0, fill(DARK).alpha(0.3));
    let mut bread = Path::from(x - 116.0, 30.0);
    bread
        .c(x - 140.0, -70.0, x - 40.0, -102.0, x, -100.0)
        .c(x + 60.0, -100.0, x + 136.0, -60.0, x + 116.0, 30.0)
        .q(x, 52.0, x - 116.0, 30.0)
        .z();
    let dome = canvas.radial(
        0.38,
        0.28,
        0.75,
        &[
            (0.0, crust.light(0.5), 1.0),
            (0.5, crust, 1.0),
            (1.0, crust.shade(0.45), 1.0),
        ],
    );
    canvas.draw(&bread, fill(dome));
    let mut cuts = Path::from(x - 66.0, -50.0);
    cuts.q(x - 30.0, -30.0, x - 14.0, 8.0)
        .m(x - 14.0, -76.0)
        .q(x + 22.0, -46.0, x + 32.0, -8.0)
        .m(x + 42.0, -76.0)
        .q(x + 72.0, -50.0, x + 80.0, -18.0);
    canvas.draw(&cuts, line(Rgb::hex(0xf0dab4), 11.0).alpha(0.85));
}

fn lemons(canvas: &mut Canvas, x: f32) {
    let skin = Rgb::hex(0xecc13e);
    let ball = canvas.radial(
        0.36,
        0.3,
        0.75,
        &[
            (0.0, skin.light(0.6), 1.0),
            (0.5, skin, 1.0),
            (1.0, skin.shade(0.38), 1.0),
        ],
    );
    for (dx, y) in [(0.0, 6.0), (86.0, 26.0)] {
        canvas.ellipse(x + dx + 14.0, y + 34.0, 60.0, 14.0, fill(DARK).alpha(0.25));
        canvas.ellipse(x + dx, y, 58.0, 44.0, fill(ball));
        canvas.ellipse(x + dx - 56.0, y, 12.0, 10.0, fill(skin.shade(0.1)));
    }
}

pub(crate) fn spoon_set(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let count = dice.int(3, 4) as usize;
    let fan = dice.chance(50);
    for index in 0..count {
        let share = index as f32 - (count - 1) as f32 / 2.0;
        let turn = if fan { share * 13.0 } else { dice.real(-2.0, 2.0) };
        let x = share * if fan { 130.0 } else { 172.0 };
        canvas.open(x, dice.real(-16.0, 16.0), turn, (1.0, 1.0));
        let wood = if index % 2 == 0 {
            spec.body
        } else {
            spec.body.mix(spec.trim, 0.35)
        };
        utensil(canvas, index, wood, spec, dice);
        canvas.close();
    }
}

fn utensil(canvas: &mut Canvas, kind: usize, wood: Rgb, spec: &ArtSpec, dice: &mut Dice) {
    let mut shape = Path::from(-15.0, 380.0);
    shape.l(-11.0, -90.0);
    match kind {
        0 => shape
            .c(-30.0, -130.0, -66.0, -180.0, -66.0, -250.0)
            .c(-66.0, -350.0, 66.0, -350.0, 66.0, -250.0)
            .c(66.0, -180.0, 30.0, -130.0, 11.0, -90.0),
        1 => shape
            .c(-30.0, -130.0, -56.0, -150.0, -56.0, -200.0)
            .l(-62.0, -330.0)
            .q(0.0, -352.0, 62.0, -318.0)
            .l(56.0, -200.0)
            .c(56.0, -150.0, 30.0, -130.0, 11.0, -90.0),
        2 => shape
            .c(-40.0, -130.0, -56.0, -170.0, -56.0, -330.0)
            .l(-30.0, -336.0)
            .l(-24.0, -220.0)
            .l(-12.0, -220.0)
            .l(-12.0, -338.0)
            .l(12.0, -338.0)
            .l(12.0, -220.0)
            .l(24.0, -220.0)
            .l(30.0, -336.0)
            .l(56.0, -330.0)
            .c(56.0, -170.0, 40.0, -130.0, 11.0, -90.0),
        _ => shape
            .c(-22.0, -130.0, -46.0, -190.0, -46.0, -270.0)
            .c(-46.0, -340.0, 46.0, -340.0, 46.0, -270.0)
            .c(46.0, -190.0, 22.0, -130.0, 11.0, -90.0),
    };
    shape.l(15.0, 380.0).a(15.0, 15.0, true, -15.0, 380.0).z();
    stage::drop(canvas, &shape, 13.0);
    let paint = canvas.linear(
        (-66.0, 0.0),
        (66.0, 0.0),
        &[
            (0.0, wood.light(0.3), 1.0),
            (0.5, wood, 1.0),
            (1.0, wood.shade(0.25), 1.0),
        ],
    );
    canvas.draw(&shape, fill(paint));
    let clip = canvas.clip(&shape);
    let mut lines = Path::new();
    for x in [-40.0, -20.0, -4.0, 8.0, 28.0, 48.0] {
        lines
            .m(x * 0.25, 380.0)
            .q(x * 0.3, 40.0, x * 0.4, -100.0)
            .t(x, -340.0);
    }
    canvas.draw(&lines, line(wood.shade(0.45), 2.5).alpha(0.35).clip(clip));
    if kind == 0 || kind == 3 {
        let w = if kind == 0 { 48.0 } else { 33.0 };
        let hollow = canvas.linear(
            (-w, -320.0),
            (w, -180.0),
            &[(0.0, wood.shade(0.42), 1.0), (1.0, wood.light(0.2), 1.0)],
        );
        canvas.ellipse(0.0, -258.0, w, w * 1.35, fill(hollow));
    }
    if spec.decor != Decor::Plain {
        for y in [300.0, 322.0] {
            canvas.rect(-17.0, y, (34.0, 12.0), 0.0, fill(spec.ink).clip(clip));
        }
    } else if dice.chance(50) {
        canvas.circle(0.0, 362.0, 6.0, fill(DARK).alpha(0.6));
    }
}

fn wood_turning(canvas: &mut Canvas, lathe: &Lathe, wood: Rgb, dice: &mut Dice) {
    let clip = lathe.lay(canvas, wood, Finish::Satin);
    let mut rings = Path::new();
    for index in 0..7 {
        let t = 0.08 + 0.13 * index as f32 + dice.real(-0.03, 0.03);
        let (a, b) = (
            lathe.at(-90.0, t),
            lathe.at(90.0, (t + dice.real(-0.03, 0.03)).clamp(0.02, 0.98)),
        );
        rings.m(a.0, a.1).q(
            lathe.cx + dice.real(-60.0, 60.0),
            a.1 + lathe.radius(t) * lathe.tilt * 2.0,
            b.0,
            b.1,
        );
    }
    canvas.draw(&rings, line(wood.shade(0.45), 3.5).alpha(0.32).clip(clip));
    lathe.light(canvas, Finish::Satin);
}

pub(crate) fn wood_bowl(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let lathe = Lathe::new(
        0.0,
        0.0,
        (dice.real(240.0, 275.0), dice.real(160.0, 205.0)),
        dice.real(0.26, 0.32),
        &[(0.0, 0.42), (0.1, 0.5), (0.35, 0.78), (0.7, 0.96), (1.0, 1.0)],
    );
    stage::cast(canvas, 0.0, 0.0, 220.0, 0.25);
    wood_turning(canvas, &lathe, spec.body, dice);
    if spec.decor != Decor::Plain {
        canvas.draw(&lathe.band(0.8, 0.9, false), fill(spec.ink).alpha(0.85));
    }
    lathe.mouth(canvas, spec.body.light(0.1), spec.body, 15.0);
    let clip = pottery::mouth_clip(canvas, &lathe, 15.0);
    canvas.rising(clip);
    let (r, y) = (lathe.rim(), lathe.top());
    if dice.chance(55) {
        pottery::fruit(canvas, &lathe, dice);
    } else {
        let mut rings = Path::new();
        for share in [0.78, 0.56, 0.32] {
            rings.m(-r * share, y + r * 0.08).a(
                r * share,
                r * share * lathe.tilt,
                true,
                r * share,
                y + r * 0.08,
            );
            rings.a(r * share, r * share * lathe.tilt, true, -r * share, y + r * 0.08);
        }
        canvas.draw(&rings, line(spec.body.shade(0.5), 3.0).alpha(0.4));
    }
    canvas.close();
    if dice.chance(45) {
        canvas.open(210.0, -50.0, 28.0, (0.8, 0.8));
        let mut handle = Path::from(0.0, 0.0);
        handle.l(0.0, -250.0);
        canvas.draw(&handle, line(spec.body.shade(0.2), 22.0));
        canvas.draw(&handle, line(spec.body.light(0.3), 9.0).alpha(0.7));
        canvas.close();
    }
}

pub(crate) fn pepper_mill(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let shapes: [&[(f32, f32)]; 3] = [
        &[
            (0.0, 1.0),
            (0.06, 1.0),
            (0.16, 0.72),
            (0.42, 0.56),
            (0.62, 0.8),
            (0.72, 0.86),
            (0.78, 0.6),
            (1.0, 0.56),
        ],
        &[(0.0, 0.96), (0.2, 1.0), (0.5, 0.7), (0.7, 0.62), (1.0, 0.78)],
        &[(0.0, 1.0), (0.5, 0.84), (0.56, 0.7), (0.62, 0.84), (1.0, 0.7)],
    ];
    let form = dice.below(3);
    let mut places = vec![(78.0, 12.0, 1.0)];
    if dice.chance(70) {
        places.insert(0, (-120.0, -52.0, dice.real(0.7, 0.84)));
    }
    let mill = canvas.motif(|canvas| {
        let wood = spec.body;
        let lathe = Lathe::new(0.0, 0.0, (92.0, 330.0), 0.22, shapes[form]);
        wood_turning(canvas, &lathe, wood, dice);
        let head = Lathe::new(
            0.0,
            lathe.top() - 7.0,
            (lathe.rim() * 1.22, 92.0),
            0.24,
            &[(0.0, 0.8), (0.25, 1.0), (0.6, 0.94), (0.9, 0.55), (1.0, 0.2)],
        );
        canvas.ellipse(
            0.0,
            lathe.top(),
            lathe.rim(),
            lathe.rim() * 0.22,
            fill(DARK).alpha(0.5),
        );
        wood_turning(canvas, &head, wood.light(0.08), dice);
        let steel = Rgb::hex(0xc9ccd0);
        let knob = Lathe::new(
            0.0,
            head.top() + 3.0,
            (17.0, 26.0),
            0.25,
            &[(0.0, 0.6), (0.5, 1.0), (1.0, 0.5)],
        );
        knob.lay(canvas, steel, Finish::Metal);
        knob.cap(canvas, steel);
        if spec.decor != Decor::Plain {
            canvas.draw(&lathe.hoop(0.1), line(spec.ink, 9.0));
            canvas.draw(&lathe.hoop(0.92), line(spec.ink, 7.0));
        }
    });
    for &(x, y, scale) in &places {
        stage::cast(canvas, x, y, 90.0, 0.22);
        canvas.stamp(mill, x, y, 0.0, (1.0, scale));
    }
    let mut corns = Path::new();
    for _ in 0..8 {
        corns.dot(dice.real(150.0, 260.0), dice.real(20.0, 66.0));
    }
    canvas.draw(&corns, line(Rgb::hex(0x3b3029), 15.0));
}

pub(crate) fn rolling_pin(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    canvas.open(0.0, 0.0, dice.real(-38.0, -18.0), (1.0, 1.0));
    let (w, h) = (dice.real(230.0, 270.0), dice.real(52.0, 64.0));
    let mut pin = Path::from(-w, -h);
    pin.l(w, -h)
        .q(w + 26.0, -h * 0.9, w + 30.0, -h * 0.4)
        .l(w + 118.0, -h * 0.34)
        .q(w + 160.0, 0.0, w + 118.0, h * 0.34)
        .l(w + 30.0, h * 0.4)
        .q(w + 26.0, h * 0.9, w, h);
    pin.l(-w, h)
        .q(-w - 26.0, h * 0.9, -w - 30.0, h * 0.4)
        .l(-w - 118.0, h * 0.34)
        .q(-w - 160.0, 0.0, -w - 118.0, -h * 0.34)
        .l(-w - 30.0, -h * 0.4)
        .q(-w - 26.0, -h * 0.9, -w, -h)
        .z();
    stage::drop(canvas, &pin, 20.0);
    let round = canvas.linear(
        (0.0, -h),
        (0.0, h),
        &[
            (0.0, spec.body.light(0.1), 1.0),
            (0.25, spec.body.light(0.4), 1.0),
            (0.55, spec.body, 1.0),
            (1.0, spec.body.shade(0.42), 1.0),
        ],
    );
    canvas.draw(&pin, fill(round));
    let clip = canvas.clip(&pin);
    if spec.decor != Decor::Plain {
        let tile = super::decor::cloth(
            canvas,
            spec.decor,
            (spec.body, spec.body.shade(0.35), spec.body.shade(0.2)),
            84.0,
            0.0,
        );
        canvas.rect(
            -w * 0.84,
            -h,
            (w * 1.68, h * 2.0),
            0.0,
            fill(tile).alpha(0.5).clip(clip),
        );
        let shade = canvas.linear(
            (0.0, -h),
            (0.0, h),
            &[
                (0.0, CREAM, 0.1),
                (0.25, CREAM, 0.3),
                (0.5, DARK, 0.0),
                (1.0, DARK, 0.45),
            ],
        );
        canvas.rect(-w, -h, (w * 2.0, h * 2.0), 0.0, fill(shade).clip(clip));
    }
    grain(canvas, clip, (w * 2.6, h * 2.0), spec.body, dice);
    canvas.close();
    let mut flour = Path::new();
    for _ in 0..34 {
        flour.dot(dice.real(-330.0, 60.0), dice.real(130.0, 350.0));
    }
    canvas.draw(&flour, line(CREAM, 9.0).alpha(0.7));
    flora::lying_sprig(canvas, (190.0, 330.0), 60.0, 230.0, Rgb::hex(0x7d8b68));
}
