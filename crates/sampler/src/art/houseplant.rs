//! What grows in pots indoors.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::flora;
use crate::dice::Dice;

/// A cactus, a rubber plant, an aloe or a fern growing from (0, `y`).
pub(crate) fn house_plant(canvas: &mut Canvas, y: f32, rich: bool, dice: &mut Dice) {
    let green = *dice.pick(&[
        Rgb::hex(0x5e7f5b),
        Rgb::hex(0x4f7263),
        Rgb::hex(0x7b8f57),
        Rgb::hex(0x3f6a55),
    ]);
    match dice.below(if rich { 4 } else { 3 }) {
        0 => {
            for (x, tall, wide) in [(0.0, 300.0, 58.0), (-62.0, 170.0, 42.0), (66.0, 205.0, 46.0)] {
                let column = canvas.linear(
                    (x - wide, 0.0),
                    (x + wide, 0.0),
                    &[(0.0, green.light(0.3), 1.0), (1.0, green.shade(0.4), 1.0)],
                );
                canvas.rect(x - wide, y - tall, (wide * 2.0, tall + 30.0), wide, fill(column));
                let mut ribs = Path::new();
                for share in [-0.5, 0.0, 0.5] {
                    ribs.m(x + share * wide, y - tall + 22.0).l(x + share * wide, y);
                }
                canvas.draw(&ribs, line(green.light(0.55), 3.0).dash(3.0, 14.0).alpha(0.8));
            }
            canvas.circle(
                -4.0,
                y - 302.0,
                17.0,
                line(Rgb::hex(0xe58a95), 16.0).dash(9.0, 4.0),
            );
        }
        1 => {
            for index in 0..9 {
                let degrees = -68.0 + 17.0 * index as f32;
                let tall = 300.0 - degrees.abs() * 1.6 + dice.real(-26.0, 26.0);
                blade(
                    canvas,
                    y,
                    degrees,
                    tall,
                    24.0,
                    if index % 2 == 0 { green } else { green.light(0.22) },
                );
            }
        }
        2 => {
            for (degrees, tall) in [
                (-48.0, 250.0),
                (44.0, 240.0),
                (-16.0, 330.0),
                (20.0, 320.0),
                (-72.0, 190.0),
                (70.0, 200.0),
            ] {
                blade(
                    canvas,
                    y,
                    degrees,
                    tall + dice.real(-24.0, 24.0),
                    68.0,
                    if degrees < 0.0 { green.light(0.18) } else { green },
                );
            }
        }
        _ => {
            for index in 0..5 {
                let degrees = -60.0 + 30.0 * index as f32 + dice.real(-6.0, 6.0);
                let stem = flora::Stem::new((0.0, y), degrees, dice.real(240.0, 320.0), degrees * 1.1);
                flora::grow(canvas, flora::Plant::Eucalyptus, &stem, 240.0, dice);
            }
        }
    }
}

/// One long leaf with its midrib.
fn blade(canvas: &mut Canvas, y: f32, degrees: f32, tall: f32, wide: f32, colour: Rgb) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let tip = (tall * sin * 1.05, y - tall * cos);
    let mid = (tall * 0.5 * sin * 0.8, y - tall * 0.56 * cos);
    let mut path = Path::from(0.0, y);
    path.q(mid.0 - wide * cos, mid.1 - wide * sin, tip.0, tip.1)
        .q(mid.0 + wide * cos, mid.1 + wide * sin, 0.0, y)
        .z();
    canvas.draw(&path, fill(colour));
    let mut half = Path::from(0.0, y);
    half.q(mid.0, mid.1, tip.0, tip.1)
        .q(mid.0 + wide * cos, mid.1 + wide * sin, 0.0, y)
        .z();
    canvas.draw(&half, fill(colour.shade(0.2)).alpha(0.8));
}
