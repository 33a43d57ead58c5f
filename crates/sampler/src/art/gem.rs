//! Polished metal, cut stones, and the blocks that small things are shown on.

use super::canvas::{Canvas, Id, Path, fill, line};
use super::colour::Rgb;
use super::lathe::{Finish, Lathe};
use super::spec::ArtSpec;
use super::stage::{self, CREAM};
use crate::dice::Dice;

pub(crate) fn metal(canvas: &mut Canvas, colour: Rgb, from: (f32, f32), to: (f32, f32)) -> Id {
    canvas.linear(
        from,
        to,
        &[
            (0.0, colour.light(0.8), 1.0),
            (0.2, colour, 1.0),
            (0.38, colour.light(0.55), 1.0),
            (0.6, colour.shade(0.38), 1.0),
            (0.78, colour, 1.0),
            (0.9, colour.light(0.6), 1.0),
            (1.0, colour.shade(0.3), 1.0),
        ],
    )
}

/// A stone: faceted when the decoration is plain, else a domed cabochon. `size` is its half width and half height.
pub(crate) fn gem(canvas: &mut Canvas, at: (f32, f32), size: (f32, f32), stone: Rgb, faceted: bool) {
    let ((x, y), (w, h)) = (at, size);
    if !faceted {
        let dome = canvas.radial(
            0.36,
            0.3,
            0.8,
            &[
                (0.0, stone.light(0.75), 1.0),
                (0.35, stone, 1.0),
                (1.0, stone.shade(0.55), 1.0),
            ],
        );
        canvas.ellipse(x, y, w, h, fill(dome));
        canvas.ellipse(
            x - w * 0.32,
            y - h * 0.4,
            w * 0.26,
            h * 0.16,
            fill(CREAM).alpha(0.8),
        );
        let mut glow = Path::from(x - w * 0.5, y + h * 0.6);
        glow.q(x, y + h * 0.95, x + w * 0.6, y + h * 0.5);
        canvas.draw(&glow, line(stone.light(0.6), h * 0.09).alpha(0.5));
        return;
    }
    let point = |degrees: f32, share: f32| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        (x + w * share * sin, y - h * share * cos)
    };
    let outer: Vec<(f32, f32)> = (0..8).map(|i| point(22.5 + 45.0 * i as f32, 1.0)).collect();
    let inner: Vec<(f32, f32)> = (0..8).map(|i| point(22.5 + 45.0 * i as f32, 0.56)).collect();
    canvas.draw(&Path::polygon(&outer), fill(stone.shade(0.2)));
    for index in 0..8 {
        let next = (index + 1) % 8;
        let facet = Path::polygon(&[outer[index], outer[next], inner[next], inner[index]]);
        let lit = [0.1, -0.15, -0.35, -0.45, -0.2, 0.2, 0.6, 0.4][index];
        canvas.draw(
            &facet,
            fill(if lit > 0.0 {
                stone.light(lit)
            } else {
                stone.shade(-lit)
            }),
        );
    }
    let table = canvas.linear(
        (x - w, y - h),
        (x + w, y + h),
        &[
            (0.0, stone.light(0.75), 1.0),
            (0.5, stone.light(0.1), 1.0),
            (1.0, stone.shade(0.35), 1.0),
        ],
    );
    canvas.draw(&Path::polygon(&inner), fill(table));
    canvas.draw(
        &Path::polygon(&[inner[6], inner[7], inner[0]]),
        fill(CREAM).alpha(0.6),
    );
}

/// A block of stone to show small things on.
pub(crate) fn plinth(canvas: &mut Canvas, size: (f32, f32), colour: Rgb, round: bool, dice: &mut Dice) {
    let lathe = Lathe::new(0.0, 30.0, size, 0.26, &[(0.0, 1.0), (1.0, 1.0)]);
    stage::cast(canvas, 0.0, 30.0, size.0, 0.26);
    if round {
        let clip = lathe.lay(canvas, colour, Finish::Matte);
        let mut veins = Path::new();
        for _ in 0..4 {
            let x = dice.real(-0.9, 0.7) * size.0;
            let y = 30.0 - dice.real(0.1, 0.9) * size.1;
            veins.m(x, y).q(x + 50.0, y - 40.0, x + 120.0, y - 20.0);
        }
        canvas.draw(&veins, line(colour.shade(0.3), 3.0).alpha(0.4).clip(clip));
        lathe.light(canvas, Finish::Matte);
        lathe.cap(canvas, colour.light(0.2));
    } else {
        let (w, h) = size;
        let front = canvas.linear(
            (-w, 0.0),
            (w, 0.0),
            &[(0.0, colour.light(0.15), 1.0), (1.0, colour.shade(0.12), 1.0)],
        );
        canvas.rect(-w, 30.0 - h, (w * 1.6, h + 26.0), 4.0, fill(front));
        canvas.draw(
            &Path::polygon(&[(w * 0.6, 30.0 - h), (w, -30.0 - h), (w, -10.0), (w * 0.6, 56.0)]),
            fill(colour.shade(0.3)),
        );
        canvas.draw(
            &Path::polygon(&[
                (-w, 30.0 - h),
                (-w * 0.6, -30.0 - h),
                (w, -30.0 - h),
                (w * 0.6, 30.0 - h),
            ]),
            fill(colour.light(0.45)),
        );
    }
}

pub(crate) fn stand_colour(spec: &ArtSpec) -> Rgb {
    [
        Rgb::hex(0xe9dccb),
        Rgb::hex(0xc98f74),
        Rgb::hex(0xb9bfae),
        Rgb::hex(0x4d4a4c),
        Rgb::hex(0xd9c7b4),
    ][(spec.house % 5) as usize]
}
