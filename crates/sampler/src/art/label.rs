//! Paper labels with the shop's monogram.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::flora;
use super::lathe::Lathe;
use super::spec::ArtSpec;

/// A label round a jar between two heights, reaching `degrees` to both sides.
pub(crate) fn wrapped(
    canvas: &mut Canvas,
    lathe: &Lathe,
    (low, high): (f32, f32),
    degrees: f32,
    spec: &ArtSpec,
    paper: Rgb,
    ink: Rgb,
) {
    let corner = |side: f32, t: f32| lathe.at(side * degrees, t);
    let (a, b) = (corner(-1.0, low), corner(1.0, low));
    let (c, d) = (corner(1.0, high), corner(-1.0, high));
    let dip = lathe.radius((low + high) / 2.0) * lathe.tilt;
    let bow = |from: (f32, f32, f32), to: (f32, f32, f32)| {
        (
            (from.0 + to.0) / 2.0,
            from.1 + dip * (1.0 - degrees.to_radians().cos()) * 2.0,
        )
    };
    let mut path = Path::from(a.0, a.1);
    path.q(bow(a, b).0, bow(a, b).1, b.0, b.1)
        .l(c.0, c.1)
        .q(bow(c, d).0, bow(c, d).1, d.0, d.1)
        .z();
    let curved = canvas.linear(
        (a.0, 0.0),
        (b.0, 0.0),
        &[
            (0.0, paper.light(0.2), 1.0),
            (0.4, paper, 1.0),
            (1.0, paper.shade(0.22), 1.0),
        ],
    );
    canvas.draw(&path, fill(curved));
    let tall = a.1 - d.1;
    for (t, width) in [
        (low + 0.05 * (high - low), 3.0),
        (high - 0.05 * (high - low), 3.0),
    ] {
        let (from, to) = (corner(-0.93, t), corner(0.93, t));
        let mut rule = Path::from(from.0, from.1);
        rule.q(bow(from, to).0, bow(from, to).1, to.0, to.1);
        canvas.draw(&rule, line(ink, width).alpha(0.75));
    }
    let middle = lathe.y((low + high) / 2.0) + dip;
    print(canvas, (lathe.cx, middle), (b.0 - a.0, tall), spec, ink);
}

/// Monogram over the name, fitted to a box around a point.
pub(crate) fn print(canvas: &mut Canvas, at: (f32, f32), size: (f32, f32), spec: &ArtSpec, ink: Rgb) {
    let (wide, tall) = size;
    let letters = spec.label.chars().count().max(1) as f32;
    let small = (wide * 0.84 / (letters * 0.58)).min(tall * 0.17).min(34.0);
    let big = (tall * 0.3).min(wide * 0.8 / (spec.monogram.chars().count().max(1) as f32 * 0.75));
    match spec.house % 3 {
        0 => {
            canvas.words(at.0, at.1 + big * 0.02, big, &spec.monogram, ink, big * 0.06);
            canvas.words(at.0, at.1 + tall * 0.25, small, &spec.label, ink, small * 0.08);
        }
        1 => {
            canvas.open(at.0, at.1 - tall * 0.17, 0.0, (tall / 330.0, tall / 330.0));
            flora::emblem(canvas, ink, 9);
            canvas.close();
            canvas.words(
                at.0,
                at.1 + tall * 0.16,
                small * 1.1,
                &spec.label,
                ink,
                small * 0.06,
            );
            canvas.words(
                at.0,
                at.1 + tall * 0.34,
                small * 0.7,
                &spec.monogram,
                ink,
                small * 0.3,
            );
        }
        _ => {
            let r = (tall * 0.2).min(wide * 0.3);
            canvas.circle(at.0, at.1 - tall * 0.1, r, line(ink, 3.0));
            canvas.words(
                at.0,
                at.1 - tall * 0.1 + r * 0.34,
                r * 0.95,
                &spec.monogram,
                ink,
                0.0,
            );
            canvas.words(at.0, at.1 + tall * 0.29, small, &spec.label, ink, small * 0.08);
        }
    }
}

/// The shop's stamp: a ring with the monogram, pressed or burnt in.
pub(crate) fn stamp(canvas: &mut Canvas, at: (f32, f32), r: f32, monogram: &str, ink: Rgb, alpha: f32) {
    canvas.within(None, alpha);
    canvas.circle(at.0, at.1, r, line(ink, r * 0.08));
    canvas.circle(at.0, at.1, r * 0.84, line(ink, r * 0.035));
    let size = r * 1.5 / (monogram.chars().count().max(2) as f32 * 0.74);
    canvas.words(at.0, at.1 + size * 0.34, size, monogram, ink, 0.0);
    canvas.close();
}
