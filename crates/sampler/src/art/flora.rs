//! Branches, leaves and flowers: in vases, as props, as shadows on the wall.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use crate::dice::Dice;
use std::f32::consts::PI;

/// What grows from the vase.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Plant {
    Olive,
    Eucalyptus,
    Pampas,
    Lavender,
    Mimosa,
    Blossom,
    Poppy,
    Daisy,
    Wheat,
}

pub(crate) const PLANTS: [Plant; 9] = [
    Plant::Olive,
    Plant::Eucalyptus,
    Plant::Pampas,
    Plant::Lavender,
    Plant::Mimosa,
    Plant::Blossom,
    Plant::Poppy,
    Plant::Daisy,
    Plant::Wheat,
];

/// A stem: where it starts, where it ends, and the control point that bends it.
#[derive(Clone, Copy)]
pub(crate) struct Stem {
    from: (f32, f32),
    bend: (f32, f32),
    tip: (f32, f32),
}

impl Stem {
    /// `degrees` right of straight up.
    pub fn new(from: (f32, f32), degrees: f32, length: f32, curl: f32) -> Stem {
        let (sin, cos) = (degrees * PI / 180.0).sin_cos();
        let tip = (from.0 + length * sin, from.1 - length * cos);
        let middle = (from.0 + length * 0.5 * sin, from.1 - length * 0.55 * cos);
        Stem {
            from,
            bend: (middle.0 - curl * cos, middle.1 - curl * sin),
            tip,
        }
    }

    /// Position and direction (radians) at `u` of the way.
    fn at(&self, u: f32) -> (f32, f32, f32) {
        let v = 1.0 - u;
        let x = v * v * self.from.0 + 2.0 * v * u * self.bend.0 + u * u * self.tip.0;
        let y = v * v * self.from.1 + 2.0 * v * u * self.bend.1 + u * u * self.tip.1;
        let dx = v * (self.bend.0 - self.from.0) + u * (self.tip.0 - self.bend.0);
        let dy = v * (self.bend.1 - self.from.1) + u * (self.tip.1 - self.bend.1);
        (x, y, dy.atan2(dx))
    }

    fn path(&self) -> Path {
        let mut path = Path::from(self.from.0, self.from.1);
        path.q(self.bend.0, self.bend.1, self.tip.0, self.tip.1);
        path
    }
}

fn leaf(path: &mut Path, at: (f32, f32), angle: f32, length: f32, width: f32) {
    let (sin, cos) = angle.sin_cos();
    let tip = (at.0 + length * cos, at.1 + length * sin);
    let (mx, my) = (at.0 + length * 0.5 * cos, at.1 + length * 0.5 * sin);
    path.m(at.0, at.1);
    path.q(mx - width * sin, my + width * cos, tip.0, tip.1);
    path.q(mx + width * sin, my - width * cos, at.0, at.1);
}

/// All leaves of a stem, alternating sides.
fn leaves(stem: &Stem, count: usize, length: f32, width: f32, spread: f32) -> (Path, Path) {
    let (mut left, mut right) = (Path::new(), Path::new());
    for index in 0..count {
        let u = 0.22 + 0.76 * index as f32 / count as f32;
        let (x, y, angle) = stem.at(u);
        let size = length * (1.08 - 0.5 * u);
        if index % 2 == 0 {
            leaf(&mut left, (x, y), angle - spread, size, width * (1.1 - 0.4 * u));
        } else {
            leaf(&mut right, (x, y), angle + spread, size, width * (1.1 - 0.4 * u));
        }
    }
    let (x, y, angle) = stem.at(1.0);
    leaf(&mut left, (x, y), angle, length * 0.6, width * 0.6);
    (left, right)
}

/// A bunch of one plant standing in the mouth of a vase.
pub(crate) fn bouquet(
    canvas: &mut Canvas,
    plant: Plant,
    mouth: (f32, f32),
    spread: f32,
    height: f32,
    dice: &mut Dice,
) {
    let count = match plant {
        Plant::Olive | Plant::Eucalyptus | Plant::Blossom => dice.int(2, 3),
        Plant::Pampas | Plant::Mimosa => dice.int(3, 4),
        _ => dice.int(4, 6),
    };
    let lean = dice.real(-9.0, 9.0);
    for index in 0..count {
        let share = if count == 1 {
            0.0
        } else {
            index as f32 / (count - 1) as f32 - 0.5
        };
        let degrees = share * 64.0 + lean + dice.real(-7.0, 7.0);
        let from = (mouth.0 + share * spread * 1.2, mouth.1);
        let length = height * dice.real(0.78, 1.08) * (1.0 - share.abs() * 0.25);
        let stem = Stem::new(from, degrees, length, degrees * 0.7 + dice.real(-14.0, 14.0));
        grow(canvas, plant, &stem, length, dice);
    }
}

/// One stem of the plant.
pub(crate) fn grow(canvas: &mut Canvas, plant: Plant, stem: &Stem, length: f32, dice: &mut Dice) {
    match plant {
        Plant::Olive => {
            let green = Rgb::hex(0x6f7a57);
            canvas.draw(&stem.path(), line(Rgb::hex(0x6b5a45), 5.0));
            let (left, right) = leaves(stem, 12, length * 0.25, 14.0, 0.72);
            canvas.draw(&left, fill(green));
            canvas.draw(&right, fill(green.light(0.28)));
            let mut fruit = Path::new();
            for u in [0.45, 0.62] {
                let (x, y, _) = stem.at(u);
                fruit.dot(x + dice.real(-16.0, 16.0), y + 14.0);
            }
            canvas.draw(&fruit, line(Rgb::hex(0x46433a), 19.0));
        }
        Plant::Eucalyptus => {
            let green = Rgb::hex(0x86a08f);
            canvas.draw(&stem.path(), line(Rgb::hex(0x8a6f5c), 4.5));
            let (left, right) = leaves(stem, 11, length * 0.18, 42.0, 1.0);
            canvas.draw(&left, fill(green));
            canvas.draw(&right, fill(green.light(0.25)));
        }
        Plant::Pampas => {
            let straw = Rgb::hex(0xd8bd93);
            canvas.draw(&stem.path(), line(straw.shade(0.25), 4.0));
            let (mut left, mut right) = (Path::new(), Path::new());
            for index in 0..18 {
                let u = 0.5 + 0.5 * index as f32 / 18.0;
                let (x, y, angle) = stem.at(u);
                let reach = length * 0.16 * (1.25 - u) * dice.real(0.8, 1.3) + 14.0;
                let side = if index % 2 == 0 { &mut left } else { &mut right };
                let turn = if index % 2 == 0 { -0.55 } else { 0.55 };
                side.m(x, y);
                let (sin, cos) = (angle + turn).sin_cos();
                side.q(
                    x + reach * 0.6 * cos,
                    y + reach * 0.6 * sin,
                    x + reach * cos,
                    y + reach * sin + reach * 0.3,
                );
            }
            canvas.draw(&left, line(straw, 9.0).alpha(0.9));
            canvas.draw(&right, line(straw.light(0.35), 9.0).alpha(0.85));
        }
        Plant::Lavender => {
            canvas.draw(&stem.path(), line(Rgb::hex(0x7d8b62), 4.0));
            let (x, y, _) = stem.at(0.62);
            let mut head = Path::from(x, y);
            head.q(stem.at(0.82).0, stem.at(0.82).1, stem.tip.0, stem.tip.1);
            canvas.draw(&head, line(Rgb::hex(0x6d5a92), 21.0).dash(0.1, 15.0).round());
            canvas.draw(
                &head,
                line(Rgb::hex(0x9a85bf), 13.0)
                    .dash(0.1, 15.0)
                    .round()
                    .dash_from(-8.0),
            );
        }
        Plant::Mimosa => {
            canvas.draw(&stem.path(), line(Rgb::hex(0x77815a), 4.0));
            let (mut near, mut far) = (Path::new(), Path::new());
            for index in 0..18 {
                let (x, y, _) = stem.at(0.4 + 0.62 * (index as f32 / 18.0));
                let dots = if index % 2 == 0 { &mut near } else { &mut far };
                dots.dot(x + dice.real(-34.0, 34.0), y + dice.real(-14.0, 20.0));
            }
            canvas.draw(&far, line(Rgb::hex(0xd59f2d), 18.0));
            canvas.draw(&near, line(Rgb::hex(0xf0c44c), 21.0));
            let (left, _) = leaves(stem, 8, length * 0.2, 7.0, 0.9);
            canvas.draw(&left, fill(Rgb::hex(0x7d8a63)));
        }
        Plant::Blossom => {
            let bark = Rgb::hex(0x66483d);
            canvas.draw(&stem.path(), line(bark, 7.0));
            let (mut petals, mut hearts, mut twigs) = (Path::new(), Path::new(), Path::new());
            for index in 0..7 {
                let (x, y, angle) = stem.at(0.3 + 0.11 * index as f32);
                let turn = if index % 2 == 0 { -0.8 } else { 0.8 };
                let (sin, cos) = (angle + turn).sin_cos();
                let reach = dice.real(14.0, 58.0);
                let (tx, ty) = (x + reach * cos, y + reach * sin);
                twigs.m(x, y).l(tx, ty);
                for petal in 0..4 {
                    let (ps, pc) = (petal as f32 * PI / 2.0 + turn).sin_cos();
                    petals.dot(tx + 10.0 * pc, ty + 10.0 * ps);
                }
                hearts.dot(tx, ty);
            }
            canvas.draw(&twigs, line(bark, 4.0));
            canvas.draw(&petals, line(Rgb::hex(0xf7dcd8), 19.0));
            canvas.draw(&hearts, line(Rgb::hex(0xc9637a), 9.0));
        }
        Plant::Poppy => {
            let red = *dice.pick(&[
                Rgb::hex(0xc8452f),
                Rgb::hex(0xd9694a),
                Rgb::hex(0xe09a4e),
                Rgb::hex(0xd98a94),
            ]);
            canvas.draw(&stem.path(), line(Rgb::hex(0x71805a), 5.0));
            let (x, y) = stem.tip;
            let mut cup = Path::from(x - 44.0, y - 22.0);
            cup.q(x - 40.0, y + 32.0, x, y + 34.0)
                .q(x + 40.0, y + 32.0, x + 44.0, y - 22.0);
            cup.q(x + 22.0, y - 4.0, x, y - 28.0)
                .q(x - 22.0, y - 4.0, x - 44.0, y - 22.0)
                .z();
            canvas.draw(&cup, fill(red));
            let mut fold = Path::from(x, y - 28.0);
            fold.q(x + 22.0, y - 4.0, x + 44.0, y - 22.0)
                .q(x + 40.0, y + 32.0, x, y + 34.0)
                .q(x + 16.0, y + 4.0, x, y - 28.0)
                .z();
            canvas.draw(&fold, fill(red.shade(0.2)));
        }
        Plant::Daisy => {
            canvas.draw(&stem.path(), line(Rgb::hex(0x74835c), 4.5));
            let (x, y) = stem.tip;
            canvas.circle(x, y, 24.0, line(Rgb::hex(0xfbf5ea), 26.0).dash(11.0, 4.0));
            canvas.circle(x, y, 14.0, fill(Rgb::hex(0xe0a93a)));
        }
        Plant::Wheat => {
            let gold = Rgb::hex(0xcfa555);
            canvas.draw(&stem.path(), line(gold.shade(0.2), 5.0));
            let ear = Stem {
                from: (stem.at(0.7).0, stem.at(0.7).1),
                bend: (stem.at(0.85).0, stem.at(0.85).1),
                tip: stem.tip,
            };
            let (left, right) = leaves(&ear, 12, 34.0, 8.0, 0.42);
            canvas.draw(&left, fill(gold));
            canvas.draw(&right, fill(gold.light(0.25)));
        }
    }
}

/// The shadow of a branch that hangs outside the window.
pub(crate) fn shadow_branch(
    canvas: &mut Canvas,
    from: (f32, f32),
    degrees: f32,
    length: f32,
    colour: Rgb,
    alpha: f32,
    palm: bool,
) {
    let stem = Stem::new(from, degrees, length, length * 0.16);
    let (count, size, width, spread) = if palm {
        (17, length * 0.4, 20.0, 0.62)
    } else {
        (11, length * 0.28, 36.0, 0.85)
    };
    let (mut all, right) = leaves(&stem, count, size, width, spread);
    all.join(&right);
    canvas.within(None, alpha);
    canvas.draw(&stem.path(), line(colour, 8.0));
    canvas.draw(&all, fill(colour));
    canvas.close();
}

/// A cut sprig lying on the table.
pub(crate) fn lying_sprig(canvas: &mut Canvas, from: (f32, f32), degrees: f32, length: f32, green: Rgb) {
    let stem = Stem::new(from, degrees, length, 18.0);
    let (left, right) = leaves(&stem, 11, length * 0.26, 11.0, 0.7);
    canvas.open(8.0, 9.0, 0.0, (1.0, 1.0));
    canvas.draw(&left, fill(Rgb::hex(0x2b1724)).alpha(0.16));
    canvas.close();
    canvas.draw(&stem.path(), line(green.shade(0.3), 4.5));
    canvas.draw(&left, fill(green));
    canvas.draw(&right, fill(green.light(0.25)));
}

/// A printed or carved sprig around the origin, 100 high, in one colour.
pub(crate) fn emblem(canvas: &mut Canvas, colour: Rgb, count: usize) {
    let stem = Stem::new((0.0, 50.0), 0.0, 92.0, 4.0);
    let (mut all, right) = leaves(&stem, count, 34.0, 10.0, 0.75);
    all.join(&right);
    canvas.draw(&stem.path(), line(colour, 4.0));
    canvas.draw(&all, fill(colour));
}

/// Two lemons seen from above, for trays and boards.
pub(crate) fn lemons_from_above(canvas: &mut Canvas) {
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
    for (x, y, turn) in [(0.0, 0.0, 24.0), (130.0, 60.0, -30.0)] {
        canvas.open(x, y, turn, (1.0, 1.0));
        canvas.ellipse(16.0, 22.0, 84.0, 60.0, fill(Rgb::hex(0x2b1724)).alpha(0.3));
        canvas.ellipse(80.0, 0.0, 15.0, 12.0, fill(skin.shade(0.14)));
        canvas.ellipse(0.0, 0.0, 82.0, 62.0, fill(ball));
        canvas.close();
    }
}
