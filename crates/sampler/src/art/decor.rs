//! What is painted on pots and woven into cloth.

use super::canvas::{Canvas, Id, Path, fill, line};
use super::colour::Rgb;
use super::flora;
use super::lathe::Lathe;
use crate::dice::Dice;
use serde::{Deserialize, Serialize};

/// The decoration of a surface; pots and cloth each read it their own way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Decor {
    Plain,
    /// The lower part bare, the upper glazed; on cloth, a block of the second colour.
    Dipped,
    /// A second glaze that ran.
    Drip,
    Bands,
    Stripes,
    Dots,
    Speckled,
    Sprigs,
    /// Eight-pointed stars, as on tiles.
    Stars,
    Waves,
    /// Cut or combed lines.
    Carved,
    Checks,
    Herringbone,
    /// Stepped diamonds of flat-woven rugs.
    Kilim,
    Blossoms,
    Scales,
}

/// Draws the motif of a decoration around the origin, about 100 wide.
pub(crate) fn motif(canvas: &mut Canvas, decor: Decor, ink: Rgb, second: Rgb) {
    match decor {
        Decor::Dots => canvas.circle(0.0, 0.0, 22.0, fill(ink)),
        Decor::Sprigs => flora::emblem(canvas, ink, 9),
        Decor::Stars => {
            let square = Path::polygon(&[(0.0, -46.0), (46.0, 0.0), (0.0, 46.0), (-46.0, 0.0)]);
            canvas.draw(&square, fill(ink));
            canvas.rect(-33.0, -33.0, (66.0, 66.0), 0.0, fill(ink));
            canvas.circle(0.0, 0.0, 17.0, fill(second));
        }
        Decor::Kilim => {
            let step = Path::polygon(&[(0.0, -48.0), (36.0, 0.0), (0.0, 48.0), (-36.0, 0.0)]);
            canvas.draw(&step, fill(ink));
            let inner = Path::polygon(&[(0.0, -24.0), (18.0, 0.0), (0.0, 24.0), (-18.0, 0.0)]);
            canvas.draw(&inner, fill(second));
        }
        Decor::Scales => {
            let mut path = Path::from(-42.0, -20.0);
            path.a(42.0, 42.0, false, 42.0, -20.0);
            canvas.draw(&path, line(ink, 9.0));
            canvas.circle(0.0, -6.0, 9.0, fill(second));
        }
        _ => {
            canvas.circle(0.0, 0.0, 27.0, line(ink, 30.0).dash(21.0, 13.0));
            canvas.circle(0.0, 0.0, 12.0, fill(second));
        }
    }
}

/// Paints a lathe-turned body; everything stays inside `clip`.
pub(crate) fn pot(
    canvas: &mut Canvas,
    lathe: &Lathe,
    clip: Id,
    decor: Decor,
    ink: Rgb,
    second: Rgb,
    dice: &mut Dice,
) {
    let small = (lathe.height.min(lathe.widest() * 2.0) / 420.0).clamp(0.34, 1.0);
    match decor {
        Decor::Plain => {}
        Decor::Dipped => {
            let t = dice.real(0.34, 0.62);
            lathe.drip(canvas, clip, ink, t, 0.015, dice);
        }
        Decor::Drip => {
            let (t, run) = (dice.real(0.62, 0.82), dice.real(0.22, 0.42));
            lathe.drip(canvas, clip, ink, t, run, dice);
        }
        Decor::Bands | Decor::Stripes => {
            let t = dice.real(0.5, 0.72);
            let wide = dice.real(0.05, 0.12);
            canvas.draw(&lathe.band(t, t + wide, false), fill(ink));
            canvas.draw(&lathe.hoop(t - 0.045), line(ink, 4.0));
            canvas.draw(&lathe.hoop(t + wide + 0.045), line(ink, 4.0));
            if dice.chance(50) {
                canvas.draw(&lathe.band(0.1, 0.17, false), fill(second));
            }
        }
        Decor::Speckled => lathe.speckle(canvas, ink, 90, dice),
        Decor::Waves => {
            for row in 0..3 {
                let t = 0.3 + 0.17 * row as f32;
                let points: Vec<(f32, f32)> = (0..=12)
                    .map(|step| {
                        let lift = if step % 2 == 0 { 0.03 } else { -0.03 };
                        let (x, y, _) = lathe.at(-90.0 + 15.0 * step as f32, t + lift);
                        (x, y)
                    })
                    .collect();
                canvas.draw(
                    &Path::through(&points),
                    line(if row == 1 { second } else { ink }, 9.0).clip(clip),
                );
            }
        }
        Decor::Carved => {
            let mut grooves = Path::new();
            for index in -6..=6 {
                let share = (index as f32 * 13.0 * std::f32::consts::PI / 180.0).sin();
                let low = 0.1;
                grooves.m(lathe.cx + share * lathe.radius(low), lathe.y(low));
                lathe.glide(&mut grooves, share, low, 0.88);
            }
            let grooves = canvas.shape(&grooves);
            canvas.draw_shape(grooves, line(ink.shade(0.25), 5.0).alpha(0.55).clip(clip));
            canvas.open(4.0, 0.0, 0.0, (1.0, 1.0));
            canvas.draw_shape(grooves, line(ink.light(0.5), 2.5).alpha(0.4).clip(clip));
            canvas.close();
        }
        Decor::Checks | Decor::Herringbone => {
            for row in 0..4 {
                let t = 0.36 + 0.1 * row as f32;
                let hoop = lathe.hoop(t);
                let step = lathe.radius(t) * 0.26;
                let style = line(if row % 2 == 0 { ink } else { second }, lathe.height * 0.1).butt();
                canvas.draw(
                    &hoop,
                    style
                        .clip(clip)
                        .dash(step, step)
                        .dash_from(if row % 2 == 0 { 0.0 } else { step }),
                );
            }
        }
        Decor::Dots => {
            let (mut even, mut odd) = (Path::new(), Path::new());
            for row in 0..4 {
                let hoop = lathe.hoop(0.22 + 0.17 * row as f32);
                if row % 2 == 0 {
                    even.join(&hoop)
                } else {
                    odd.join(&hoop)
                };
            }
            let size = 27.0 * small;
            for (hoops, shift) in [(&even, 0.0), (&odd, size * 1.15)] {
                canvas.draw(
                    hoops,
                    line(ink, size)
                        .dash(0.0, size * 2.3)
                        .dash_from(shift)
                        .round()
                        .clip(clip),
                );
            }
        }
        Decor::Sprigs | Decor::Stars | Decor::Kilim | Decor::Blossoms | Decor::Scales => {
            let t = dice.real(0.42, 0.58);
            let stamp = canvas.motif(|c| motif(c, decor, ink, second));
            let size = small * dice.real(0.85, 1.1);
            let count = ((lathe.radius(t) * 3.1) / (96.0 * size)).round().clamp(3.0, 9.0) as usize;
            canvas.within(Some(clip), 1.0);
            match decor {
                Decor::Scales => {
                    for row in 0..3 {
                        let up = 0.22 + 0.17 * row as f32;
                        lathe.frieze(canvas, stamp, up, count + row % 2, size * 0.7);
                    }
                }
                _ => {
                    lathe.frieze(canvas, stamp, t, count, size);
                    let reach = 58.0 * size / lathe.height;
                    for edge in [t + reach + 0.03, t - reach - 0.03] {
                        canvas.draw(&lathe.hoop(edge.clamp(0.04, 0.96)), line(second, 6.0));
                    }
                    canvas.draw(&lathe.hoop((t + reach + 0.075).min(0.97)), line(ink, 3.0));
                }
            }
            canvas.close();
        }
    }
}

/// A woven or printed pattern for cloth; `unit` is the size of one repeat.
pub(crate) fn cloth(
    canvas: &mut Canvas,
    decor: Decor,
    colours: (Rgb, Rgb, Rgb),
    unit: f32,
    degrees: f32,
) -> Id {
    let (ground, ink, third) = colours;
    match decor {
        Decor::Plain | Decor::Speckled | Decor::Drip => canvas.pattern((9.0, 9.0), degrees, |c| {
            c.rect(0.0, 0.0, (9.0, 9.0), 0.0, fill(ground));
            let mut thread = Path::from(0.0, 2.2);
            thread.l(9.0, 2.2).m(2.2, 0.0).l(2.2, 9.0);
            c.draw(&thread, line(ground.light(0.5), 1.4).alpha(0.5));
            let mut shadow = Path::from(0.0, 6.7);
            shadow.l(9.0, 6.7).m(6.7, 0.0).l(6.7, 9.0);
            c.draw(&shadow, line(ground.shade(0.5), 1.2).alpha(0.28));
        }),
        Decor::Stripes | Decor::Bands | Decor::Dipped => canvas.pattern((unit, unit), degrees, |c| {
            c.rect(0.0, 0.0, (unit, unit), 0.0, fill(ground));
            c.rect(unit * 0.1, 0.0, (unit * 0.3, unit), 0.0, fill(ink));
            c.rect(unit * 0.47, 0.0, (unit * 0.05, unit), 0.0, fill(ink));
            c.rect(unit * 0.68, 0.0, (unit * 0.13, unit), 0.0, fill(third));
        }),
        Decor::Checks => canvas.pattern((unit, unit), degrees, |c| {
            c.rect(0.0, 0.0, (unit, unit), 0.0, fill(ground));
            for (at, wide, colour) in [(0.05, 0.42, ink), (0.66, 0.09, third)] {
                c.rect(unit * at, 0.0, (unit * wide, unit), 0.0, fill(colour).alpha(0.6));
                c.rect(0.0, unit * at, (unit, unit * wide), 0.0, fill(colour).alpha(0.6));
            }
        }),
        Decor::Herringbone | Decor::Carved => {
            let u = unit * 0.6;
            canvas.pattern((u, u * 0.5), degrees, |c| {
                c.rect(0.0, 0.0, (u, u * 0.5), 0.0, fill(ground));
                let mut teeth = Path::new();
                for row in -1..=1 {
                    let y = row as f32 * u * 0.5;
                    teeth.m(0.0, y + u * 0.5).l(u * 0.5, y).l(u, y + u * 0.5);
                }
                c.draw(&teeth, line(ink, u * 0.17).butt());
            })
        }
        Decor::Waves => canvas.pattern((unit, unit * 0.5), degrees, |c| {
            c.rect(0.0, 0.0, (unit, unit * 0.5), 0.0, fill(ground));
            for (y, colour) in [(0.12, ink), (0.37, third)] {
                let mut wave = Path::from(-unit * 0.05, unit * y);
                wave.q(unit * 0.2, unit * (y - 0.16), unit * 0.45, unit * y)
                    .t(unit * 0.95, unit * y)
                    .t(unit * 1.45, unit * y);
                c.draw(&wave, line(colour, unit * 0.085));
            }
        }),
        _ => canvas.pattern((unit, unit), degrees, |c| {
            c.rect(0.0, 0.0, (unit, unit), 0.0, fill(ground));
            let scale = unit / 150.0;
            for (x, y, colour) in [(0.25, 0.27, ink), (0.75, 0.77, third)] {
                c.open(unit * x, unit * y, 0.0, (scale * 0.72, scale * 0.72));
                motif(c, decor, colour, ground);
                c.close();
            }
            if decor != Decor::Dots {
                c.circle(unit * 0.75, unit * 0.25, unit * 0.035, fill(ink));
                c.circle(unit * 0.25, unit * 0.75, unit * 0.035, fill(ink));
            }
        }),
    }
}

/// Short rows of herringbone, zigzag and diamonds as on a flat-woven rug, filling a box.
pub(crate) fn rug_bands(canvas: &mut Canvas, size: (f32, f32), colours: [Rgb; 4], dice: &mut Dice) {
    let (wide, high) = size;
    let mut y = 0.0;
    let mut index = dice.below(4);
    let diamond = canvas.motif(|c| motif(c, Decor::Kilim, colours[1], colours[2]));
    while y < high - 1.0 {
        let tall = dice.real(26.0, 92.0).min(high - y);
        let ground = colours[index % 4];
        let ink = colours[(index + 1 + dice.below(2)) % 4];
        index += 1 + dice.below(2);
        canvas.rect(0.0, y, (wide, tall + 1.0), 0.0, fill(ground));
        let rows = (wide / tall.max(40.0)).round().max(3.0);
        let step = wide / rows;
        match dice.below(5) {
            0 if tall > 40.0 => {
                for place in 0..rows as usize {
                    canvas.stamp(
                        diamond,
                        step * (place as f32 + 0.5),
                        y + tall / 2.0,
                        0.0,
                        (step / 82.0, tall / 104.0),
                    );
                }
            }
            1 | 2 if tall > 34.0 => {
                let mut zigzag = Path::from(0.0, y + tall * 0.8);
                for place in 0..rows as usize {
                    let x = step * place as f32;
                    zigzag
                        .l(x + step / 2.0, y + tall * 0.2)
                        .l(x + step, y + tall * 0.8);
                }
                canvas.draw(&zigzag, line(ink, tall * 0.2).butt());
            }
            3 => {
                let mut rung = Path::from(0.0, y + tall / 2.0);
                rung.l(wide, y + tall / 2.0);
                canvas.draw(&rung, line(ink, tall * 0.45).butt().dash(step * 0.5, step * 0.5));
            }
            _ => {
                canvas.rect(0.0, y + tall * 0.36, (wide, tall * 0.2), 0.0, fill(ink));
            }
        }
        y += tall;
    }
}
