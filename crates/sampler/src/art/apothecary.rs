//! Soap, creams, oils and salts.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::Decor;
use super::flora::{self, Plant};
use super::glass;
use super::label;
use super::lathe::{Finish, Lathe};
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use crate::dice::Dice;

/// A block seen from the front and a little above; the origin is the middle of its front foot.
fn block(canvas: &mut Canvas, at: (f32, f32), size: (f32, f32), deep: f32, colour: Rgb) {
    let ((x, y), (wide, tall)) = (at, size);
    let half = wide / 2.0;
    let slope = deep * 0.5;
    let mut top = Path::from(x - half + 8.0, y - tall);
    top.l(x - half + slope, y - tall - deep * 0.42).q(
        x - half + slope + 8.0,
        y - tall - deep * 0.5,
        x - half + slope + 20.0,
        y - tall - deep * 0.5,
    );
    top.l(x + half + slope * 0.4 - 20.0, y - tall - deep * 0.5).q(
        x + half + slope * 0.4,
        y - tall - deep * 0.5,
        x + half + slope * 0.4,
        y - tall - deep * 0.42,
    );
    top.l(x + half - 4.0, y - tall + 16.0)
        .l(x - half + 6.0, y - tall + 16.0)
        .z();
    canvas.draw(&top, fill(colour.light(0.4)));
    let mut side = Path::from(x + half - 14.0, y - tall + 4.0);
    side.l(x + half + slope * 0.4, y - tall - deep * 0.42)
        .l(x + half + slope * 0.4, y - deep * 0.42)
        .q(x + half + 6.0, y - 8.0, x + half - 14.0, y)
        .z();
    canvas.draw(&side, fill(colour.shade(0.32)));
    let face = canvas.linear(
        (x - half, y - tall),
        (x + half, y),
        &[
            (0.0, colour.light(0.22), 1.0),
            (0.6, colour, 1.0),
            (1.0, colour.shade(0.14), 1.0),
        ],
    );
    canvas.rect(x - half, y - tall, size, 20.0, fill(face));
}

pub(crate) fn soap_bar(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let (wide, tall) = (dice.real(330.0, 380.0), dice.real(118.0, 145.0));
    stage::cast(canvas, 0.0, 0.0, wide * 0.58, 0.2);
    let dish = dice.chance(40);
    let lift = if dish { 42.0 } else { 0.0 };
    if dish {
        let wood = Rgb::hex(0xa87850);
        block(canvas, (0.0, 12.0), (wide + 90.0, 44.0), 150.0, wood);
    }
    let layers = dice.int(1, 3);
    for index in 0..layers {
        let y = -lift - (tall + 2.0) * index as f32;
        let shift = dice.real(-20.0, 20.0) * index as f32;
        let colour = match index {
            0 => spec.body,
            1 => spec.body.mix(spec.trim, 0.45),
            _ => spec.body.light(0.35),
        };
        bar(
            canvas,
            (shift, y),
            (wide, tall),
            colour,
            spec,
            index + 1 == layers,
            dice,
        );
    }
    let y = -lift - (tall + 2.0) * layers as f32;
    match dice.below(3) {
        0 => {
            let stem = flora::Stem::new((-90.0, y - 6.0), 78.0, 230.0, 16.0);
            flora::grow(canvas, Plant::Lavender, &stem, 200.0, dice);
        }
        1 => flora::lying_sprig(canvas, (-110.0, y - 14.0), 82.0, 240.0, Rgb::hex(0x75876a)),
        _ => bubbles(canvas, wide * 0.62, dice),
    }
}

fn bar(
    canvas: &mut Canvas,
    at: (f32, f32),
    size: (f32, f32),
    colour: Rgb,
    spec: &ArtSpec,
    top: bool,
    dice: &mut Dice,
) {
    let ((x, y), (wide, tall)) = (at, size);
    block(canvas, at, size, 96.0, colour);
    let mut face = Path::from(x - wide / 2.0 + 4.0, y - tall + 4.0);
    face.l(x + wide / 2.0 - 4.0, y - tall + 4.0)
        .l(x + wide / 2.0 - 4.0, y - 4.0)
        .l(x - wide / 2.0 + 4.0, y - 4.0)
        .z();
    let clip = canvas.clip(&face);
    canvas.within(Some(clip), 1.0);
    match spec.decor {
        Decor::Speckled | Decor::Dots => {
            let mut seeds = Path::new();
            for _ in 0..34 {
                seeds.dot(
                    x + dice.real(-0.48, 0.48) * wide,
                    y - dice.real(0.06, 0.94) * tall,
                );
            }
            canvas.draw(&seeds, line(spec.ink, 6.0).alpha(0.6));
        }
        Decor::Waves | Decor::Drip => {
            for (index, tint) in [spec.ink, spec.trim].into_iter().enumerate() {
                let level = y - tall * (0.34 + 0.26 * index as f32);
                let mut swirl = Path::from(x - wide / 2.0, level);
                swirl
                    .q(x - wide * 0.37, level - 34.0, x - wide * 0.24, level)
                    .t(x, level - 4.0)
                    .t(x + wide * 0.26, level)
                    .t(x + wide * 0.54, level);
                canvas.draw(&swirl, line(tint, tall * 0.17).alpha(0.55));
            }
        }
        Decor::Stripes | Decor::Bands | Decor::Dipped => {
            canvas.rect(
                x - wide / 2.0,
                y - tall * 0.36,
                (wide, tall * 0.4),
                0.0,
                fill(spec.ink).alpha(0.55),
            );
        }
        _ => {}
    }
    canvas.close();
    if spec.house.is_multiple_of(3) || !top {
        let band = wide * 0.44;
        canvas.rect(
            x - band / 2.0,
            y - tall - 1.0,
            (band, tall + 2.0),
            0.0,
            fill(CREAM),
        );
        canvas.draw(
            &Path::polygon(&[
                (x - band / 2.0, y - tall),
                (x - band / 2.0 + 34.0, y - tall - 47.0),
                (x + band / 2.0 + 12.0, y - tall - 47.0),
                (x + band / 2.0, y - tall),
            ]),
            fill(CREAM.light(0.5)),
        );
        label::print(
            canvas,
            (x, y - tall * 0.5),
            (band, tall * 0.96),
            spec,
            spec.ink.shade(0.2),
        );
    } else {
        canvas.open(2.0, 2.5, 0.0, (1.0, 1.0));
        label::stamp(
            canvas,
            (x, y - tall / 2.0),
            tall * 0.33,
            &spec.monogram,
            colour.light(0.55),
            0.8,
        );
        canvas.close();
        label::stamp(
            canvas,
            (x, y - tall / 2.0),
            tall * 0.33,
            &spec.monogram,
            colour.shade(0.4),
            0.65,
        );
    }
}

fn bubbles(canvas: &mut Canvas, x: f32, dice: &mut Dice) {
    let film = canvas.radial(
        0.35,
        0.3,
        0.7,
        &[(0.0, CREAM, 0.85), (0.6, CREAM, 0.12), (1.0, CREAM, 0.65)],
    );
    for _ in 0..6 {
        let r = dice.real(12.0, 34.0);
        canvas.circle(
            x + dice.real(-70.0, 60.0),
            20.0 - r - dice.real(0.0, 60.0),
            r,
            fill(film),
        );
    }
}

pub(crate) fn cream_tin(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let r = dice.real(150.0, 172.0);
    let tin = if spec.finish == Finish::Metal {
        Rgb::hex(0xc4c4c0)
    } else {
        spec.ink
    };
    // The lid leans behind, its face to us; the open tin lies before it.
    let lid_y = -r * 1.06;
    stage::cast(canvas, 70.0, 0.0, r * 1.1, 0.2);
    canvas.circle(98.0, lid_y - 22.0, r, fill(tin.shade(0.45)));
    let face = canvas.linear(
        (-60.0, lid_y - r),
        (230.0, lid_y + r),
        &[
            (0.0, tin.light(0.5), 1.0),
            (0.5, tin, 1.0),
            (1.0, tin.shade(0.25), 1.0),
        ],
    );
    canvas.circle(90.0, lid_y - 28.0, r, fill(face));
    canvas.circle(90.0, lid_y - 28.0, r * 0.82, fill(CREAM));
    canvas.circle(
        90.0,
        lid_y - 28.0,
        r * 0.77,
        line(spec.ink.shade(0.2), 3.0).alpha(0.7),
    );
    label::print(
        canvas,
        (90.0, lid_y - 28.0),
        (r * 1.25, r * 1.15),
        spec,
        spec.ink.shade(0.25),
    );
    let base = Lathe::new(
        -96.0,
        30.0,
        (r * 0.98, 84.0),
        0.3,
        &[(0.0, 0.97), (0.06, 1.0), (1.0, 1.0)],
    );
    stage::cast(canvas, -96.0, 30.0, r, 0.28);
    base.lay(canvas, tin, Finish::Metal);
    base.light(canvas, Finish::Satin);
    base.mouth(canvas, tin, tin, 11.0);
    let cream = spec.body;
    let (rx, y) = (base.rim() - 15.0, base.top() + 6.0);
    canvas.ellipse(-96.0, y, rx, rx * 0.29, fill(cream.light(0.1)));
    let mut swirl = Path::from(-96.0 - rx * 0.7, y + 4.0);
    swirl.q(-96.0, y - rx * 0.36, -96.0 + rx * 0.56, y).q(
        -96.0 + rx * 0.2,
        y + rx * 0.3,
        -96.0 - rx * 0.3,
        y + rx * 0.08,
    );
    swirl.q(-96.0, y - rx * 0.12, -96.0 + rx * 0.16, y + 4.0);
    canvas.draw(&swirl, line(cream.shade(0.16), 12.0).alpha(0.7));
    canvas.open(0.0, -6.0, 0.0, (1.0, 1.0));
    canvas.draw(&swirl, line(cream.light(0.7), 7.0));
    canvas.close();
    if dice.chance(50) {
        flora::lying_sprig(canvas, (150.0, 62.0), 76.0, 170.0, Rgb::hex(0x7b8b6c));
    }
}

pub(crate) fn dropper_bottle(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let size = (dice.real(112.0, 128.0), dice.real(285.0, 325.0));
    let amber = spec.trim;
    let lathe = Lathe::new(
        -30.0,
        0.0,
        size,
        0.21,
        &[
            (0.0, 0.95),
            (0.04, 1.0),
            (0.72, 1.0),
            (0.86, 0.6),
            (0.92, 0.36),
            (1.0, 0.36),
        ],
    );
    stage::cast(canvas, -30.0, 0.0, size.0, 0.2);
    glass::vessel(canvas, &lathe, amber, Some((amber, 0.8)));
    label::wrapped(
        canvas,
        &lathe,
        (0.13, 0.62),
        50.0,
        spec,
        CREAM,
        spec.ink.shade(0.25),
    );
    let collar = Lathe::new(
        -30.0,
        lathe.top() + 4.0,
        (lathe.rim() * 1.22, 50.0),
        0.22,
        &[(0.0, 1.0), (0.8, 1.0), (1.0, 0.9)],
    );
    let ring = if dice.chance(50) {
        Rgb::hex(0x34302d)
    } else {
        Rgb::hex(0xb78b45)
    };
    collar.lay(canvas, ring, Finish::Metal);
    collar.cap(canvas, ring);
    let bulb = Lathe::new(
        -30.0,
        collar.top() + 2.0,
        (30.0, 108.0),
        0.25,
        &[(0.0, 0.9), (0.2, 0.8), (0.6, 1.0), (0.88, 0.86), (1.0, 0.4)],
    );
    let rubber = if ring.is_dark() {
        Rgb::hex(0x2f2c2b)
    } else {
        CREAM.shade(0.06)
    };
    bulb.lay(canvas, rubber, Finish::Satin);
    bulb.dim(canvas);
    bulb.cap(canvas, rubber);
    let stem = flora::Stem::new((120.0, 26.0), 52.0, 240.0, -20.0);
    let plant = *dice.pick(&[Plant::Olive, Plant::Eucalyptus, Plant::Lavender, Plant::Daisy]);
    flora::grow(canvas, plant, &stem, 200.0, dice);
}

pub(crate) fn bath_salts(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let lathe = Lathe::new(
        -40.0,
        0.0,
        (dice.real(138.0, 156.0), dice.real(250.0, 290.0)),
        0.21,
        &[(0.0, 0.9), (0.06, 1.0), (0.8, 1.0), (0.94, 0.88), (1.0, 0.88)],
    );
    stage::cast(canvas, -40.0, 0.0, 145.0, 0.2);
    let glassy = Rgb::hex(0xc9d3cf);
    glass::vessel(canvas, &lathe, glassy, Some((spec.body, 0.8)));
    let inner = lathe.shrunk(0.9);
    let (mut crystals, mut petals) = (Path::new(), Path::new());
    for index in 0..70 {
        let (x, y, _) = inner.at(dice.real(-82.0, 82.0), dice.real(0.03, 0.78));
        if index % 5 == 0 {
            petals.dot(x, y)
        } else {
            crystals.dot(x, y)
        };
    }
    canvas.draw(&crystals, line(CREAM, 8.0).alpha(0.6));
    canvas.draw(&petals, line(spec.trim, 11.0).alpha(0.85));
    label::wrapped(
        canvas,
        &lathe,
        (0.16, 0.62),
        44.0,
        spec,
        CREAM,
        spec.ink.shade(0.25),
    );
    let cork = Lathe::new(
        -40.0,
        lathe.top() + 8.0,
        (lathe.rim() * 0.98, 62.0),
        0.21,
        &[(0.0, 0.94), (1.0, 1.04)],
    );
    let bark = Rgb::hex(0xc39763);
    cork.lay(canvas, bark, Finish::Matte);
    cork.speckle(canvas, bark.shade(0.4), 26, dice);
    cork.light(canvas, Finish::Matte);
    cork.cap(canvas, bark);
    // A wooden scoop with some salt.
    let wood = Rgb::hex(0xb78655);
    canvas.ellipse(160.0, 30.0, 84.0, 22.0, fill(DARK).alpha(0.2));
    let mut handle = Path::from(200.0, 8.0);
    handle.l(306.0, -46.0);
    canvas.draw(&handle, line(wood.shade(0.1), 20.0));
    canvas.ellipse(150.0, 14.0, 76.0, 34.0, fill(wood));
    canvas.ellipse(150.0, 8.0, 64.0, 24.0, fill(wood.shade(0.35)));
    canvas.ellipse(150.0, 2.0, 54.0, 20.0, fill(spec.body.light(0.3)));
    let mut grains = Path::new();
    for _ in 0..16 {
        grains.dot(150.0 + dice.real(-46.0, 46.0), 0.0 + dice.real(-14.0, 14.0));
    }
    canvas.draw(&grains, line(CREAM, 7.0));
}
