//! Emblems and banners of shops.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::{self, Decor};
use super::flora;
use super::stage::{CREAM, DARK};
use crate::crafts::Craft;
use crate::dice::Dice;
use serde::Serialize;

/// What a shop's emblem and banner depend on.
#[derive(Clone, Debug, Serialize)]
pub struct ShopArt {
    pub seed: u64,
    pub accent: Rgb,
    /// One to three letters.
    pub monogram: String,
    pub name: String,
    pub craft: Craft,
}

/// The second colour of a shop: warm with a cool accent, cool with a warm one.
fn second(accent: Rgb, dice: &mut Dice) -> Rgb {
    let warm = accent.0 > accent.2;
    let colours: &[u32] = if warm {
        &[0xd9c39a, 0x7f9a9c, 0xc9d2b8, 0xe3b66c]
    } else {
        &[0xe0a860, 0xd98f6f, 0xe6d3ae, 0xc9ac7c]
    };
    Rgb::hex(*dice.pick(colours))
}

/// The shop's emblem, 400 by 400 units.
pub fn logo(shop: &ShopArt) -> String {
    let dice = &mut Dice::new(shop.seed);
    let mut canvas = Canvas::new(shop.seed);
    let other = second(shop.accent, dice);
    let (ground, ink) = if dice.chance(55) {
        (shop.accent, CREAM)
    } else {
        (CREAM, shop.accent)
    };
    canvas.rect(0.0, 0.0, (400.0, 400.0), 0.0, fill(ground));
    canvas.open(200.0, 200.0, 0.0, (1.0, 1.0));
    let letters = shop.monogram.chars().count().max(1) as f32;
    let size = 190.0 / (letters * 0.72).max(1.0);
    match dice.below(6) {
        0 => {
            canvas.circle(0.0, 0.0, 158.0, line(ink, 7.0));
            canvas.circle(0.0, 0.0, 140.0, line(other, 3.0));
            canvas.words(0.0, size * 0.35, size, &shop.monogram, ink, 2.0);
        }
        1 => {
            for turn in 0..8 {
                canvas.open(0.0, 0.0, 45.0 * turn as f32, (1.0, 1.0));
                canvas.open(0.0, -140.0, 180.0, (0.62, 0.62));
                flora::emblem(&mut canvas, if turn % 2 == 0 { ink } else { other }, 7);
                canvas.close();
                canvas.close();
            }
            canvas.words(0.0, size * 0.3, size * 0.86, &shop.monogram, ink, 2.0);
        }
        2 => {
            let mut arch = Path::from(-128.0, 160.0);
            arch.l(-128.0, -30.0)
                .a(128.0, 128.0, true, 128.0, -30.0)
                .l(128.0, 160.0)
                .z();
            canvas.draw(&arch, fill(other).alpha(0.9));
            let mut inner = Path::from(-104.0, 160.0);
            inner
                .l(-104.0, -30.0)
                .a(104.0, 104.0, true, 104.0, -30.0)
                .l(104.0, 160.0);
            canvas.draw(&inner, line(ground, 6.0));
            let on = if other.is_dark() {
                CREAM
            } else {
                shop.accent.shade(0.15)
            };
            canvas.words(0.0, size * 0.42, size * 0.92, &shop.monogram, on, 1.0);
        }
        3 => {
            canvas.open(0.0, 0.0, 0.0, (3.4, 3.4));
            decor::motif(&mut canvas, Decor::Stars, ink, other);
            canvas.close();
            canvas.circle(0.0, 0.0, 92.0, fill(ground));
            canvas.words(0.0, size * 0.28, size * 0.78, &shop.monogram, ink, 1.0);
        }
        4 => {
            canvas.circle(0.0, -6.0, 132.0, fill(other));
            canvas.open(0.0, -6.0, 0.0, (1.0, 1.0));
            hill_line(&mut canvas, 132.0, ink);
            canvas.close();
            canvas.words(0.0, 178.0, 52.0, &shop.monogram, ink, 12.0);
        }
        _ => {
            canvas.open(-122.0, 8.0, -12.0, (2.2, 2.5));
            flora::emblem(&mut canvas, other, 9);
            canvas.close();
            canvas.open(122.0, 8.0, 12.0, (-2.2, 2.5));
            flora::emblem(&mut canvas, other, 9);
            canvas.close();
            canvas.words(0.0, size * 0.24, size * 0.64, &shop.monogram, ink, 0.0);
            canvas.rect(-38.0, size * 0.36 + 12.0, (76.0, 4.0), 0.0, fill(ink));
        }
    }
    canvas.close();
    canvas.finish(400, 400, &shop.name)
}

/// Hills inside a circle of radius `r`.
fn hill_line(canvas: &mut Canvas, r: f32, ink: Rgb) {
    let mut hills = Path::from(-r * 0.96, r * 0.26);
    hills
        .q(-r * 0.5, -r * 0.34, 0.0, r * 0.16)
        .q(r * 0.36, -r * 0.2, r * 0.95, r * 0.3);
    hills.a(r, r, true, -r * 0.96, r * 0.26).z();
    canvas.draw(&hills, fill(ink));
    canvas.circle(r * 0.32, -r * 0.42, r * 0.18, fill(ink));
}

/// The shop's banner, 1600 by 400 units: its landscape, its water, or its pattern.
pub fn banner(shop: &ShopArt) -> String {
    let dice = &mut Dice::new(shop.seed ^ 0xba_44_e4);
    let mut canvas = Canvas::new(shop.seed ^ 1);
    let other = second(shop.accent, dice);
    match shop.craft {
        Craft::Tiles => tiled(&mut canvas, shop.accent, other, Decor::Stars),
        Craft::Weaving | Craft::Rugs | Craft::SoftToys if dice.chance(60) => {
            woven(&mut canvas, shop.accent, other, dice);
        }
        Craft::Pottery | Craft::Lamps | Craft::Espadrilles if dice.chance(35) => {
            let motif = *dice.pick(&[Decor::Blossoms, Decor::Scales, Decor::Stars]);
            tiled(&mut canvas, shop.accent, other, motif);
        }
        Craft::Glass | Craft::Soap if dice.chance(60) => sea(&mut canvas, shop.accent, other, dice),
        _ => landscape(&mut canvas, shop.accent, other, dice),
    }
    canvas.finish(1600, 400, &shop.name)
}

fn landscape(canvas: &mut Canvas, accent: Rgb, other: Rgb, dice: &mut Dice) {
    let sky = canvas.linear(
        (0.0, 0.0),
        (0.0, 330.0),
        &[
            (0.0, other.light(0.35), 1.0),
            (0.7, other.light(0.7), 1.0),
            (1.0, CREAM, 1.0),
        ],
    );
    canvas.rect(0.0, 0.0, (1600.0, 400.0), 0.0, fill(sky));
    let sun = (dice.real(220.0, 1380.0), dice.real(90.0, 170.0));
    canvas.circle(sun.0, sun.1, 128.0, fill(CREAM).alpha(0.35));
    canvas.circle(sun.0, sun.1, 74.0, fill(CREAM).alpha(0.85));
    let mut olives = Path::new();
    for layer in 0..5 {
        let base = 190.0 + 46.0 * layer as f32;
        let mut ridge = vec![(-40.0, base)];
        for step in 1..9 {
            ridge.push((
                step as f32 * 200.0 + dice.real(-50.0, 50.0),
                base + dice.real(-62.0, 30.0) * (1.0 - layer as f32 * 0.12),
            ));
        }
        ridge.push((1660.0, base));
        let mut hill = Path::through(&ridge);
        hill.l(1660.0, 420.0).l(-40.0, 420.0).z();
        let colour = other.light(0.4).mix(accent, 0.2 + 0.2 * layer as f32);
        canvas.draw(&hill, fill(colour));
        if layer == 3 {
            for row in 0..3 {
                for tree in 0..17 {
                    let x = tree as f32 * 98.0 + row as f32 * 34.0 + dice.real(-10.0, 10.0);
                    olives.dot(x, base + 34.0 + row as f32 * 26.0);
                }
            }
            canvas.draw(&olives, line(accent.shade(0.12), 19.0).alpha(0.7));
        }
    }
    if dice.chance(60) {
        village(canvas, accent, dice);
    }
}

/// White houses and a bell tower on a ridge.
fn village(canvas: &mut Canvas, accent: Rgb, dice: &mut Dice) {
    let x = dice.real(260.0, 1180.0);
    let (mut walls, mut roofs, mut doors) = (Path::new(), Path::new(), Path::new());
    for index in 0..9 {
        let (w, h) = (dice.real(34.0, 58.0), dice.real(34.0, 62.0));
        let left = x + index as f32 * 38.0;
        let foot = 300.0 - (4.0 - (index as f32 - 4.0).abs()) * 9.0;
        walls
            .m(left, foot)
            .l(left, foot - h)
            .l(left + w, foot - h)
            .l(left + w, foot)
            .z();
        roofs
            .m(left - 4.0, foot - h)
            .l(left + w / 2.0, foot - h - 17.0)
            .l(left + w + 4.0, foot - h)
            .z();
        doors
            .m(left + w * 0.5, foot - h * 0.55)
            .l(left + w * 0.5, foot - h * 0.4);
    }
    let tower = x + 150.0;
    walls
        .m(tower, 270.0)
        .l(tower, 150.0)
        .l(tower + 36.0, 150.0)
        .l(tower + 36.0, 270.0)
        .z();
    roofs
        .m(tower - 5.0, 150.0)
        .l(tower + 18.0, 112.0)
        .l(tower + 41.0, 150.0)
        .z();
    doors.m(tower + 18.0, 172.0).l(tower + 18.0, 184.0);
    canvas.draw(&walls, fill(CREAM));
    canvas.draw(&roofs, fill(accent.light(0.12)));
    canvas.draw(&doors, line(accent.shade(0.2), 8.0));
}

fn sea(canvas: &mut Canvas, accent: Rgb, other: Rgb, dice: &mut Dice) {
    let sky = canvas.linear(
        (0.0, 0.0),
        (0.0, 240.0),
        &[(0.0, other.light(0.4), 1.0), (1.0, CREAM, 1.0)],
    );
    canvas.rect(0.0, 0.0, (1600.0, 400.0), 0.0, fill(sky));
    canvas.circle(dice.real(300.0, 1300.0), 150.0, 84.0, fill(other));
    for row in 0..5 {
        let y = 188.0 + 46.0 * row as f32;
        let shift = dice.real(-90.0, 0.0);
        let mut wave = Path::from(shift - 90.0, y);
        for place in 0..20 {
            wave.a(45.0, 30.0, true, shift + place as f32 * 90.0, y);
        }
        wave.l(1700.0, 420.0).l(-200.0, 420.0).z();
        canvas.draw(
            &wave,
            fill(accent.light(0.46 - 0.11 * row as f32)).edge(CREAM, 4.0),
        );
    }
    let x = dice.real(300.0, 1300.0);
    let sail = Path::polygon(&[(x, 96.0), (x + 62.0, 186.0), (x, 186.0)]);
    canvas.draw(&sail, fill(CREAM));
    canvas.draw(
        &Path::polygon(&[(x - 8.0, 112.0), (x - 8.0, 186.0), (x - 48.0, 186.0)]),
        fill(CREAM.shade(0.12)),
    );
    canvas.draw(
        &Path::polygon(&[
            (x - 56.0, 194.0),
            (x + 66.0, 194.0),
            (x + 40.0, 216.0),
            (x - 34.0, 216.0),
        ]),
        fill(accent.shade(0.25)),
    );
}

fn tiled(canvas: &mut Canvas, accent: Rgb, other: Rgb, decor: Decor) {
    let ground = CREAM;
    let tile = canvas.pattern((160.0, 160.0), 0.0, |c| {
        c.rect(0.0, 0.0, (160.0, 160.0), 0.0, fill(ground));
        for (x, y) in [(0.0, 0.0), (160.0, 0.0), (0.0, 160.0), (160.0, 160.0)] {
            c.circle(x, y, 46.0, fill(other));
            c.circle(x, y, 28.0, fill(ground));
            c.circle(x, y, 13.0, fill(accent));
        }
        c.open(80.0, 80.0, 0.0, (1.12, 1.12));
        decor::motif(c, decor, accent, other);
        c.close();
        c.rect(0.0, 0.0, (160.0, 160.0), 0.0, line(accent, 2.0).alpha(0.25));
    });
    canvas.rect(0.0, 0.0, (1600.0, 400.0), 0.0, fill(tile));
    let light = canvas.linear(
        (0.0, 0.0),
        (1600.0, 400.0),
        &[(0.0, CREAM, 0.4), (0.5, CREAM, 0.0), (1.0, DARK, 0.22)],
    );
    canvas.rect(0.0, 0.0, (1600.0, 400.0), 0.0, fill(light));
}

fn woven(canvas: &mut Canvas, accent: Rgb, other: Rgb, dice: &mut Dice) {
    decor::rug_bands(
        canvas,
        (1600.0, 400.0),
        [accent, other, CREAM, accent.light(0.35)],
        dice,
    );
    let ribs = canvas.pattern((9.0, 7.0), 0.0, |c| {
        let mut thread = Path::from(0.0, 1.5);
        thread.l(9.0, 1.5);
        c.draw(&thread, line(DARK, 2.0).alpha(0.14));
    });
    canvas.rect(0.0, 0.0, (1600.0, 400.0), 0.0, fill(ribs));
    let fold = canvas.ripple(
        (0.0, 0.0),
        (210.0, 60.0),
        &[(0.0, CREAM, 0.16), (0.5, CREAM, 0.0), (1.0, DARK, 0.18)],
    );
    canvas.rect(0.0, 0.0, (1600.0, 400.0), 0.0, fill(fold));
}
