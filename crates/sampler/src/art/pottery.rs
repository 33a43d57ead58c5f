//! Thrown, moulded and tiled: ceramics.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::{self, Decor};
use super::flora;
use super::houseplant::house_plant;
use super::lathe::Lathe;
use super::spec::ArtSpec;
use super::stage;
use super::tableware::steam;
use crate::dice::Dice;

/// Body, decoration and light of a pot.
pub(crate) fn ware(canvas: &mut Canvas, lathe: &Lathe, spec: &ArtSpec, dice: &mut Dice) {
    let clip = lathe.lay(canvas, spec.body, spec.finish);
    decor::pot(canvas, lathe, clip, spec.decor, spec.ink, spec.trim, dice);
    lathe.light(canvas, spec.finish);
}

/// The colour at the rim: glazes gather there, except where the second glaze covers it.
pub(crate) fn rim_colour(spec: &ArtSpec) -> Rgb {
    match spec.decor {
        Decor::Drip | Decor::Dipped => spec.ink,
        _ => spec.body,
    }
}

/// What may stick out of a mouth: hidden below the front of the inner rim.
pub(crate) fn mouth_clip(canvas: &mut Canvas, lathe: &Lathe, thick: f32) -> super::canvas::Id {
    let (r, y) = (lathe.rim() - thick, lathe.top() + thick * 0.12);
    let ry = (lathe.rim() * lathe.tilt - thick * 0.55).max(0.8);
    let mut path = Path::from(lathe.cx - r, y);
    path.a(r, ry, false, lathe.cx + r, y);
    path.l(lathe.cx + r + 400.0, y - 700.0)
        .l(lathe.cx - r - 400.0, y - 700.0)
        .z();
    canvas.clip(&path)
}

pub(crate) const VASES: [&[(f32, f32)]; 7] = [
    &[
        (0.0, 0.52),
        (0.07, 0.6),
        (0.36, 1.0),
        (0.62, 0.66),
        (0.8, 0.27),
        (0.95, 0.25),
        (1.0, 0.33),
    ],
    &[
        (0.0, 0.46),
        (0.3, 0.88),
        (0.55, 1.0),
        (0.8, 0.66),
        (0.92, 0.42),
        (1.0, 0.5),
    ],
    &[(0.0, 0.9), (0.04, 0.97), (0.5, 1.0), (0.93, 0.98), (1.0, 0.93)],
    &[
        (0.0, 0.42),
        (0.14, 0.76),
        (0.48, 1.0),
        (0.8, 0.74),
        (0.92, 0.34),
        (1.0, 0.38),
    ],
    &[(0.0, 0.62), (0.2, 0.5), (0.6, 0.56), (0.85, 0.8), (1.0, 1.0)],
    &[
        (0.0, 0.56),
        (0.1, 0.82),
        (0.26, 1.0),
        (0.48, 0.62),
        (0.56, 0.56),
        (0.7, 0.7),
        (0.86, 0.4),
        (1.0, 0.36),
    ],
    &[
        (0.0, 0.82),
        (0.2, 1.0),
        (0.45, 0.72),
        (0.7, 0.3),
        (0.92, 0.25),
        (1.0, 0.31),
    ],
];

pub(crate) fn vase(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = if spec.form == 0 {
        dice.below(VASES.len())
    } else {
        usize::from(spec.form - 1) % VASES.len()
    };
    let profile = Lathe::wobbled(VASES[form], dice, 0.06);
    let planted = dice.chance(62);
    let radius = match form {
        2 => dice.real(92.0, 120.0),
        3 => dice.real(178.0, 205.0),
        _ => dice.real(135.0, 180.0),
    } * if planted { 0.92 } else { 1.08 };
    let height = if form == 3 {
        radius * 1.9
    } else if planted {
        dice.real(300.0, 370.0)
    } else {
        dice.real(400.0, 480.0)
    };
    let lathe = Lathe::new(0.0, 0.0, (radius, height), dice.real(0.17, 0.24), &profile);
    stage::cast(canvas, 0.0, 0.0, lathe.radius(0.12).max(radius * 0.6), 0.24);
    ware(canvas, &lathe, spec, dice);
    let thick = (lathe.rim() * 0.14).clamp(6.0, 13.0);
    lathe.mouth(canvas, rim_colour(spec), spec.body, thick);
    if planted {
        let clip = mouth_clip(canvas, &lathe, thick);
        let plant = *dice.pick(&flora::PLANTS);
        canvas.rising(clip);
        let low = lathe.top() + lathe.rim() * lathe.tilt * 0.5;
        flora::bouquet(
            canvas,
            plant,
            (0.0, low),
            lathe.rim() * 0.9,
            dice.real(300.0, 360.0),
            dice,
        );
        canvas.close();
    }
}

/// Lemons, oranges, figs or eggs, heaped.
pub(crate) fn fruit(canvas: &mut Canvas, lathe: &Lathe, dice: &mut Dice) {
    let skins = [
        (0xe8b93a, 1.2),
        (0xdd7f32, 1.0),
        (0x5d3b57, 1.0),
        (0xefdcc3, 1.22),
        (0xb8402f, 1.0),
        (0x9aa850, 1.1),
    ];
    let (skin, long) = skins[dice.below(skins.len())];
    let skin = Rgb::hex(skin);
    let r = lathe.rim() * 0.27;
    let y = lathe.top();
    let ball = canvas.radial(
        0.36,
        0.3,
        0.75,
        &[
            (0.0, skin.light(0.55), 1.0),
            (0.45, skin, 1.0),
            (1.0, skin.shade(0.42), 1.0),
        ],
    );
    let spots = [
        (-1.5, -0.05),
        (1.45, -0.1),
        (-0.55, -0.62),
        (0.65, -0.55),
        (-0.95, 0.3),
        (0.1, 0.34),
        (1.0, 0.32),
    ];
    for (x, up) in spots {
        let cx = lathe.cx + x * r;
        let cy = y + up * r + r * 0.1;
        canvas.ellipse(cx, cy, r * long * 0.94, r, fill(ball));
        canvas.circle(cx + r * 0.1, cy - r * 0.82, 5.0, fill(skin.shade(0.5)));
    }
    if dice.chance(60) {
        let stem = flora::Stem::new((lathe.cx + r * 0.4, y - r * 1.1), 48.0, 150.0, 20.0);
        flora::grow(canvas, flora::Plant::Olive, &stem, 120.0, dice);
    }
}

/// A handle: thick line with its own light. `points` are from, bend, bend, to.
pub(crate) fn handle(canvas: &mut Canvas, points: [(f32, f32); 4], width: f32, colour: Rgb) {
    let [from, one, two, to] = points;
    let mut path = Path::from(from.0, from.1);
    path.c(one.0, one.1, two.0, two.1, to.0, to.1);
    canvas.draw(&path, line(colour.shade(0.42), width));
    canvas.open(-1.5, -2.5, 0.0, (1.0, 1.0));
    canvas.draw(&path, line(colour.shade(0.1), width * 0.76));
    canvas.close();
    canvas.open(-width * 0.13, -width * 0.16, 0.0, (1.0, 1.0));
    canvas.draw(&path, line(colour.light(0.42), width * 0.2));
    canvas.close();
}

/// A small folk bird around the origin, as painters of plates have always made them.
pub(crate) fn bird(canvas: &mut Canvas, size: f32, ink: Rgb, second: Rgb) {
    let u = size / 100.0;
    let p = |x: f32, y: f32| (x * u, y * u);
    let mut body = Path::from(-90.0 * u, 12.0 * u);
    let curve = |path: &mut Path, a: (f32, f32), b: (f32, f32)| {
        path.q(a.0, a.1, b.0, b.1);
    };
    curve(&mut body, p(-30.0, 66.0), p(26.0, 34.0));
    curve(&mut body, p(62.0, 12.0), p(60.0, -34.0));
    curve(&mut body, p(82.0, -38.0), p(96.0, -28.0));
    curve(&mut body, p(84.0, -62.0), p(52.0, -66.0));
    curve(&mut body, p(18.0, -64.0), p(6.0, -26.0));
    curve(&mut body, p(-36.0, -18.0), p(-60.0, 2.0));
    body.l(-104.0 * u, -22.0 * u).l(-90.0 * u, 12.0 * u).z();
    canvas.draw(&body, fill(ink));
    let mut wing = Path::from(-34.0 * u, 8.0 * u);
    wing.q(4.0 * u, 34.0 * u, 28.0 * u, -8.0 * u)
        .q(4.0 * u, -22.0 * u, -34.0 * u, 8.0 * u)
        .z();
    canvas.draw(&wing, fill(second));
    canvas.circle(54.0 * u, -46.0 * u, 5.5 * u, fill(stage::CREAM));
    let mut legs = Path::from(-2.0 * u, 46.0 * u);
    legs.l(-8.0 * u, 80.0 * u)
        .m(16.0 * u, 40.0 * u)
        .l(16.0 * u, 78.0 * u);
    canvas.draw(&legs, line(ink, 5.0 * u));
}

pub(crate) fn jug(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let shapes: [&[(f32, f32)]; 4] = [
        &[
            (0.0, 0.66),
            (0.08, 0.76),
            (0.38, 1.0),
            (0.72, 0.62),
            (0.86, 0.52),
            (1.0, 0.64),
        ],
        &[(0.0, 0.82), (0.06, 0.9), (0.5, 0.92), (0.85, 0.7), (1.0, 0.74)],
        &[
            (0.0, 0.58),
            (0.2, 0.84),
            (0.5, 1.0),
            (0.78, 0.66),
            (0.9, 0.5),
            (1.0, 0.56),
        ],
        &[(0.0, 0.9), (0.1, 1.0), (0.3, 0.98), (0.7, 0.62), (1.0, 0.66)],
    ];
    let form = if spec.form == 0 {
        dice.below(4)
    } else {
        usize::from(spec.form - 1) % 4
    };
    let profile = Lathe::wobbled(shapes[form], dice, 0.04);
    let (radius, height) = (dice.real(150.0, 180.0), dice.real(360.0, 430.0));
    let lathe = Lathe::new(0.0, 0.0, (radius, height), dice.real(0.2, 0.25), &profile);
    stage::cast(canvas, 0.0, 0.0, radius * 0.84, 0.24);
    let right = if dice.chance(60) { 1.0 } else { -1.0 };
    let from = (right * (lathe.radius(0.94) - 8.0), lathe.y(0.93));
    let to = (right * (lathe.radius(0.4) - 12.0), lathe.y(0.4));
    let reach = radius * dice.real(0.85, 1.1);
    handle(
        canvas,
        [
            from,
            (from.0 + right * reach * 1.15, from.1 - 62.0),
            (to.0 + right * reach * 0.6, to.1 - 12.0),
            to,
        ],
        32.0,
        rim_colour(spec),
    );
    ware(canvas, &lathe, spec, dice);
    lip(canvas, &lathe, -right, rim_colour(spec));
    lathe.mouth(canvas, rim_colour(spec), spec.body, 11.0);
}

/// The pulled lip of a jug on one side of its rim.
fn lip(canvas: &mut Canvas, lathe: &Lathe, side: f32, colour: Rgb) {
    let (r, y) = (lathe.rim(), lathe.top());
    let mut path = Path::from(side * r * 0.55, y - r * lathe.tilt * 0.8);
    path.q(side * r * 1.1, y - 26.0, side * r * 1.38, y - 22.0);
    path.q(
        side * r * 1.12,
        y + 30.0,
        side * lathe.radius(0.86),
        lathe.y(0.86),
    )
    .l(side * r * 0.6, y + r * lathe.tilt)
    .z();
    canvas.draw(
        &path,
        fill(if side < 0.0 {
            colour.light(0.25)
        } else {
            colour.shade(0.22)
        }),
    );
}

pub(crate) fn planter(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let shapes: [&[(f32, f32)]; 3] = [
        &[(0.0, 0.72), (0.82, 0.96), (0.83, 1.06), (1.0, 1.08)],
        &[(0.0, 0.62), (0.15, 0.84), (0.55, 1.0), (1.0, 0.92)],
        &[(0.0, 0.95), (0.05, 1.0), (1.0, 1.0)],
    ];
    let profile = Lathe::wobbled(shapes[dice.below(3)], dice, 0.02);
    let (radius, height) = (dice.real(140.0, 165.0), dice.real(230.0, 275.0));
    let lathe = Lathe::new(0.0, 0.0, (radius, height), 0.23, &profile);
    stage::cast(canvas, 0.0, 0.0, radius * 0.9, 0.24);
    ware(canvas, &lathe, spec, dice);
    lathe.mouth(canvas, rim_colour(spec), spec.body, 14.0);
    let clip = mouth_clip(canvas, &lathe, 14.0);
    canvas.rising(clip);
    canvas.ellipse(
        0.0,
        lathe.top() + 20.0,
        lathe.rim() - 18.0,
        lathe.rim() * 0.2,
        fill(Rgb::hex(0x4a352b)),
    );
    house_plant(canvas, lathe.top() + 12.0, true, dice);
    canvas.close();
}

pub(crate) fn casserole(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let (radius, height) = (dice.real(230.0, 252.0), dice.real(165.0, 205.0));
    let lathe = Lathe::new(
        0.0,
        0.0,
        (radius, height),
        0.22,
        &[(0.0, 0.78), (0.12, 0.92), (0.6, 1.0), (1.0, 1.0)],
    );
    stage::cast(canvas, 0.0, 0.0, radius * 0.95, 0.22);
    for side in [-1.0, 1.0] {
        let (x, y) = (side * (radius - 14.0), lathe.y(0.82));
        handle(
            canvas,
            [
                (x, y - 22.0),
                (x + side * 78.0, y - 30.0),
                (x + side * 78.0, y + 52.0),
                (x, y + 40.0),
            ],
            27.0,
            spec.body,
        );
    }
    ware(canvas, &lathe, spec, dice);
    if dice.chance(35) {
        lathe.mouth(canvas, rim_colour(spec), spec.body, 14.0);
        let clip = mouth_clip(canvas, &lathe, 14.0);
        canvas.rising(clip);
        canvas.ellipse(
            0.0,
            lathe.top() + 22.0,
            radius - 20.0,
            radius * 0.2,
            fill(Rgb::hex(0xb5502d)),
        );
        let mut bits = Path::new();
        for _ in 0..16 {
            bits.dot(dice.real(-180.0, 180.0), lathe.top() + dice.real(-10.0, 44.0));
        }
        canvas.draw(&bits, line(Rgb::hex(0xe7b55f), 17.0));
        canvas.close();
        return steam(canvas, 0.0, lathe.top() - 36.0);
    }
    let lid = Lathe::new(
        0.0,
        lathe.top() + 4.0,
        (radius * 1.02, 96.0),
        0.2,
        &[(0.0, 1.0), (0.16, 0.98), (0.55, 0.78), (0.85, 0.4), (1.0, 0.14)],
    );
    canvas.ellipse(
        0.0,
        lathe.top() + 14.0,
        radius * 1.0,
        radius * 0.21,
        fill(stage::DARK).alpha(0.35),
    );
    lid.lay(canvas, rim_colour(spec), spec.finish);
    lid.light(canvas, spec.finish);
    let knob = Lathe::new(
        0.0,
        lid.top() + 6.0,
        (34.0, 46.0),
        0.25,
        &[(0.0, 0.5), (0.3, 0.5), (0.7, 1.0), (1.0, 0.7)],
    );
    knob.lay(canvas, rim_colour(spec), spec.finish);
    knob.cap(canvas, rim_colour(spec));
}
