//! Prints, cards and notebooks; and the little pictures printed on them.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::{self, Decor};
use super::flora;
use super::label;
use super::pottery;
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use super::textile;
use crate::dice::Dice;

/// How many pictures `picture` knows.
pub(crate) const PICTURES: usize = 9;

/// A block print around the origin, reaching `r` in each direction, in two inks on paper.
pub(crate) fn picture(canvas: &mut Canvas, r: f32, inks: (Rgb, Rgb, Rgb), which: usize, dice: &mut Dice) {
    let (ink, second, paper) = inks;
    match which {
        0 => hills(canvas, r, inks, dice),
        1 => {
            canvas.circle(0.0, -r * 0.05, r * 0.78, fill(second));
            canvas.open(0.0, r * 0.1, 0.0, (r / 52.0, r / 52.0));
            flora::emblem(canvas, ink, 13);
            canvas.close();
        }
        2 => waves(canvas, r, inks),
        3 => {
            canvas.circle(0.0, 0.0, r * 0.92, fill(second));
            pottery::bird(canvas, r * 0.78, ink, paper);
        }
        4 => citrus(canvas, r, inks),
        5 => fish(canvas, r, inks),
        6 => houses(canvas, r, inks, dice),
        7 => moons(canvas, r, inks),
        _ => {
            let stamp = canvas.motif(|c| decor::motif(c, Decor::Stars, ink, second));
            let small = canvas.motif(|c| decor::motif(c, Decor::Blossoms, second, ink));
            for row in -1..=1 {
                for column in -1..=1 {
                    let even = (row + column) % 2 == 0;
                    let place = (row as f32 * r * 0.64, column as f32 * r * 0.64);
                    canvas.stamp(
                        if even { stamp } else { small },
                        place.0,
                        place.1,
                        0.0,
                        (r / 170.0, r / 170.0),
                    );
                }
            }
        }
    }
}

fn hills(canvas: &mut Canvas, r: f32, (ink, second, paper): (Rgb, Rgb, Rgb), dice: &mut Dice) {
    let frame = Path::polygon(&[(-r, -r), (r, -r), (r, r), (-r, r)]);
    let clip = canvas.clip(&frame);
    canvas.rect(-r, -r, (r * 2.0, r * 2.0), 0.0, fill(paper.mix(second, 0.25)));
    canvas.circle(
        r * dice.real(-0.4, 0.45),
        -r * dice.real(0.3, 0.5),
        r * 0.34,
        fill(second),
    );
    canvas.within(Some(clip), 1.0);
    for (index, share) in [0.25, 0.5, 0.75, 1.0].into_iter().enumerate() {
        let y = -r * 0.05 + r * 0.27 * index as f32;
        let mut hill = Path::from(-r, y);
        let lift = r * dice.real(0.18, 0.4) * if index % 2 == 0 { 1.0 } else { -1.0 };
        hill.q(-r * 0.5, y - lift, 0.0, y)
            .t(r * 1.05, y)
            .l(r * 1.05, r * 1.05)
            .l(-r, r * 1.05)
            .z();
        canvas.draw(&hill, fill(paper.mix(ink, share)));
    }
    let mut trees = Path::new();
    for _ in 0..7 {
        let x = r * dice.real(-0.9, 0.9);
        let y = r * dice.real(0.58, 0.9);
        trees.m(x, y).l(x, y - r * 0.2);
    }
    canvas.draw(&trees, line(paper.mix(second, 0.4), r * 0.07).alpha(0.8));
    canvas.close();
}

fn waves(canvas: &mut Canvas, r: f32, (ink, second, paper): (Rgb, Rgb, Rgb)) {
    let frame = Path::polygon(&[(-r, -r), (r, -r), (r, r), (-r, r)]);
    let clip = canvas.clip(&frame);
    canvas.rect(-r, -r, (r * 2.0, r * 2.0), 0.0, fill(paper.mix(ink, 0.14)));
    canvas.circle(r * 0.2, -r * 0.34, r * 0.4, fill(second));
    canvas.within(Some(clip), 1.0);
    for row in 0..6 {
        let y = -r * 0.02 + row as f32 * r * 0.2;
        let mut scallops = Path::from(-r * 1.3 + if row % 2 == 0 { 0.0 } else { r * 0.2 }, y);
        for place in 0..7 {
            let x = -r * 1.3 + if row % 2 == 0 { 0.0 } else { r * 0.2 } + (place as f32 + 1.0) * r * 0.4;
            scallops.a(r * 0.2, r * 0.2, true, x, y);
        }
        scallops.l(r * 1.7, r * 1.4).l(-r * 1.3, r * 1.4).z();
        canvas.draw(
            &scallops,
            fill(if row % 2 == 0 { ink } else { ink.light(0.22) }).edge(paper, r * 0.025),
        );
    }
    canvas.close();
}

fn citrus(canvas: &mut Canvas, r: f32, (ink, second, paper): (Rgb, Rgb, Rgb)) {
    for (x, y, size) in [(-0.28, 0.24, 0.62), (0.42, -0.36, 0.48)] {
        let (cx, cy, s) = (x * r, y * r, size * r);
        canvas.circle(cx, cy, s, fill(second));
        canvas.circle(cx, cy, s * 0.88, fill(paper));
        canvas.circle(
            cx,
            cy,
            s * 0.46,
            line(second.light(0.12), s * 0.7).dash(s * 0.29, s * 0.07),
        );
    }
    let mut leaves = Path::new();
    for (x, y, dx, dy) in [
        (0.4, 0.3, 0.5, 0.36),
        (-0.5, -0.42, -0.34, -0.44),
        (-0.34, -0.52, 0.1, -0.4),
    ] {
        let (x, y, ex, ey) = (x * r, y * r, (x + dx) * r, (y + dy) * r);
        let (mx, my) = ((x + ex) / 2.0, (y + ey) / 2.0);
        leaves.m(x, y).q(mx - dy * r * 0.5, my + dx * r * 0.5, ex, ey).q(
            mx + dy * r * 0.5,
            my - dx * r * 0.5,
            x,
            y,
        );
    }
    canvas.draw(&leaves, fill(ink));
}

fn fish(canvas: &mut Canvas, r: f32, (ink, second, paper): (Rgb, Rgb, Rgb)) {
    for (y, way, colour) in [(-0.56, 1.0, ink), (0.0, -1.0, second), (0.56, 1.0, ink)] {
        canvas.open(0.0, y * r, 0.0, (way, 1.0));
        let mut body = Path::from(-r * 0.86, 0.0);
        body.q(-r * 0.3, -r * 0.44, r * 0.46, -r * 0.04)
            .l(r * 0.88, -r * 0.24)
            .l(r * 0.8, 0.0)
            .l(r * 0.88, r * 0.24)
            .l(r * 0.46, r * 0.04)
            .q(-r * 0.3, r * 0.44, -r * 0.86, 0.0)
            .z();
        canvas.draw(&body, fill(colour));
        canvas.circle(-r * 0.6, -r * 0.04, r * 0.05, fill(paper));
        let mut ribs = Path::new();
        for index in 0..5 {
            let x = -r * 0.4 + r * 0.16 * index as f32;
            let tall = r * (0.17 - 0.022 * index as f32);
            ribs.m(x, -tall).q(x + r * 0.08, 0.0, x, tall);
        }
        canvas.draw(&ribs, line(paper, r * 0.032));
        canvas.close();
    }
}

fn houses(canvas: &mut Canvas, r: f32, (ink, second, paper): (Rgb, Rgb, Rgb), dice: &mut Dice) {
    canvas.circle(r * 0.5, -r * 0.6, r * 0.22, fill(second));
    for row in 0..3 {
        let base = -r * 0.08 + r * 0.5 * row as f32;
        let mut x = -r + dice.real(-0.12, 0.0) * r;
        while x < r * 0.86 {
            let (w, h) = (r * dice.real(0.26, 0.4), r * dice.real(0.34, 0.56));
            let wall = [paper.mix(second, 0.18), paper.mix(ink, 0.16), paper.light(0.4)][dice.below(3)];
            let w = w.min(r - x);
            canvas.rect(
                x,
                base - h,
                (w, h + r * 0.1),
                0.0,
                fill(wall).edge(ink, r * 0.014),
            );
            let roof = Path::polygon(&[
                (x - r * 0.02, base - h),
                (x + w / 2.0, base - h - r * 0.16),
                (x + w + r * 0.02, base - h),
            ]);
            canvas.draw(&roof, fill(if dice.chance(60) { ink } else { second }));
            canvas.rect(
                x + w * 0.36,
                base - h * 0.72,
                (w * 0.26, h * 0.26),
                0.0,
                fill(ink),
            );
            x += w;
        }
    }
}

fn moons(canvas: &mut Canvas, r: f32, (ink, second, paper): (Rgb, Rgb, Rgb)) {
    canvas.rect(-r, -r, (r * 2.0, r * 2.0), 0.0, fill(ink));
    canvas.circle(0.0, 0.0, r * 0.34, fill(second));
    canvas.circle(0.0, 0.0, r * 0.56, line(paper, r * 0.02).dash(r * 0.04, r * 0.06));
    for (x, y, bite) in [
        (0.0, -0.7, 0.16),
        (0.7, 0.0, 0.08),
        (0.0, 0.7, -0.16),
        (-0.7, 0.0, -0.08),
    ] {
        canvas.circle(x * r, y * r, r * 0.15, fill(paper));
        canvas.circle((x + bite) * r, y * r, r * 0.15, fill(ink));
    }
    let mut stars = Path::new();
    for (x, y) in [
        (-0.66, -0.7),
        (0.62, -0.6),
        (0.7, 0.68),
        (-0.6, 0.64),
        (-0.32, -0.46),
        (0.4, 0.42),
    ] {
        stars.dot(x * r, y * r);
    }
    canvas.draw(&stars, line(paper, r * 0.06));
}

pub(crate) fn print(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let framed = dice.chance(60);
    let (w, h) = if dice.chance(75) {
        (dice.real(480.0, 520.0), dice.real(640.0, 680.0))
    } else {
        (640.0, 520.0)
    };
    let paper = spec.body;
    let cy = -20.0;
    if framed {
        let wood = *dice.pick(&[
            Rgb::hex(0xb98a5c),
            Rgb::hex(0x3a322e),
            Rgb::hex(0xe9dfd0),
            Rgb::hex(0x8b5a3a),
        ]);
        canvas.rect(
            -w / 2.0 + 4.0,
            cy - h / 2.0 + 10.0,
            (w + 30.0, h + 32.0),
            4.0,
            fill(DARK).alpha(0.2),
        );
        canvas.rect(
            -w / 2.0 - 26.0,
            cy - h / 2.0 - 26.0,
            (w + 52.0, h + 52.0),
            4.0,
            fill(wood),
        );
        canvas.rect(
            -w / 2.0 - 26.0,
            cy - h / 2.0 - 26.0,
            (w + 52.0, 8.0),
            3.0,
            fill(wood.light(0.45)),
        );
        canvas.rect(
            w / 2.0 + 14.0,
            cy - h / 2.0 - 20.0,
            (12.0, h + 46.0),
            3.0,
            fill(wood.shade(0.25)),
        );
    } else {
        canvas.rect(
            -w / 2.0 + 12.0,
            cy - h / 2.0 + 16.0,
            (w, h),
            2.0,
            fill(DARK).alpha(0.18),
        );
    }
    canvas.rect(-w / 2.0, cy - h / 2.0, (w, h), 2.0, fill(paper));
    let which = if spec.form == 0 {
        dice.below(PICTURES)
    } else {
        usize::from(spec.form - 1) % PICTURES
    };
    let r = w.min(h) * 0.39;
    canvas.open(
        0.0,
        cy - if h > w { 22.0 } else { 0.0 },
        0.0,
        (1.0, if h > w { 1.16 } else { 0.98 }),
    );
    picture(canvas, r, (spec.ink, spec.trim, paper), which, dice);
    canvas.close();
    if h > w {
        let foot = cy + h / 2.0 - 34.0;
        canvas.words(-w / 2.0 + 70.0, foot, 20.0, "12/60", spec.ink, 1.0);
        canvas.words(w / 2.0 - 70.0, foot, 22.0, &spec.monogram, spec.ink, 3.0);
    }
    if framed {
        canvas.rect(-w / 2.0, cy - h / 2.0, (w, 12.0), 0.0, fill(DARK).alpha(0.16));
        canvas.rect(-w / 2.0, cy - h / 2.0, (10.0, h), 0.0, fill(DARK).alpha(0.1));
        let glass = Path::polygon(&[
            (-w / 2.0, cy + h * 0.2),
            (w * 0.16, cy - h / 2.0),
            (w * 0.38, cy - h / 2.0),
            (-w / 2.0, cy + h * 0.46),
        ]);
        canvas.draw(&glass, fill(CREAM).alpha(0.1));
    } else {
        for x in [-w * 0.34, w * 0.34] {
            canvas.open(x, cy - h / 2.0, 0.0, (1.0, 1.0));
            canvas.rect(-14.0, -26.0, (28.0, 60.0), 4.0, fill(Rgb::hex(0xb98a5c)));
            canvas.rect(-14.0, -26.0, (9.0, 60.0), 4.0, fill(Rgb::hex(0xd7b083)));
            canvas.close();
        }
    }
}

pub(crate) fn cards(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let first = dice.below(PICTURES);
    // An envelope under a fan of cards.
    canvas.open(-130.0, 150.0, dice.real(-22.0, -12.0), (1.0, 1.0));
    let kraft = spec.trim.light(0.35);
    canvas.rect(-206.0, -130.0, (430.0, 290.0), 6.0, fill(DARK).alpha(0.2));
    canvas.rect(-215.0, -145.0, (430.0, 290.0), 6.0, fill(kraft));
    canvas.draw(
        &Path::polygon(&[(-215.0, -145.0), (215.0, -145.0), (0.0, 40.0)]),
        fill(kraft.shade(0.1)).edge(kraft.shade(0.3), 3.0),
    );
    canvas.close();
    for index in 0..3 {
        let x = -40.0 + 130.0 * index as f32;
        canvas.open(
            x,
            60.0 - 66.0 * index as f32,
            -7.0 + 10.0 * index as f32 + dice.real(-3.0, 3.0),
            (1.0, 1.0),
        );
        canvas.rect(-140.0, -206.0, (300.0, 430.0), 5.0, fill(DARK).alpha(0.2));
        canvas.rect(-150.0, -218.0, (300.0, 430.0), 5.0, fill(spec.body));
        canvas.open(0.0, -12.0, 0.0, (1.0, 1.25));
        let inks = if index == 1 {
            (spec.trim.shade(0.2), spec.ink.light(0.3), spec.body)
        } else {
            (spec.ink, spec.trim, spec.body)
        };
        picture(canvas, 112.0, inks, (first + index) % PICTURES, dice);
        canvas.close();
        canvas.close();
    }
}

pub(crate) fn notebook(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let count = dice.int(1, 3);
    for index in 0..count {
        let last = index + 1 == count;
        let shift = (index - (count - 1)) as f32;
        let turn = if last {
            dice.real(-9.0, 4.0)
        } else {
            dice.real(-18.0, 14.0)
        };
        canvas.open(
            shift * 86.0 + if count > 1 { 46.0 } else { 0.0 },
            shift * 44.0,
            turn,
            (1.0, 1.0),
        );
        let cover = match (last, index) {
            (true, _) => spec.body,
            (false, 0) => spec.trim,
            _ => spec.ink,
        };
        one_notebook(canvas, cover, spec, last, dice);
        canvas.close();
    }
    if dice.chance(55) {
        pencil(canvas, (290.0, 40.0), dice.real(6.0, 24.0), spec.trim);
    }
}

fn one_notebook(canvas: &mut Canvas, cover: Rgb, spec: &ArtSpec, face: bool, dice: &mut Dice) {
    let (w, h) = (232.0, 318.0);
    canvas.rect(
        -w + 16.0,
        -h + 20.0,
        (w * 2.0, h * 2.0),
        18.0,
        fill(DARK).alpha(0.22),
    );
    canvas.rect(
        -w + 4.0,
        -h + 8.0,
        (w * 2.0 + 4.0, h * 2.0),
        16.0,
        fill(cover.shade(0.45)),
    );
    canvas.rect(
        -w + 10.0,
        -h + 6.0,
        (w * 2.0 - 8.0, h * 2.0 - 4.0),
        8.0,
        fill(CREAM.shade(0.1)),
    );
    let leather = spec.form == 1;
    let paint = canvas.linear(
        (-w, -h),
        (w, h),
        &[
            (0.0, cover.light(0.25), 1.0),
            (0.5, cover, 1.0),
            (1.0, cover.shade(0.2), 1.0),
        ],
    );
    canvas.rect(-w, -h, (w * 2.0, h * 2.0), 16.0, fill(paint));
    if face && !leather && spec.decor != Decor::Plain {
        let tile = textile::weave(canvas, spec, dice.real(100.0, 160.0), 0.0);
        canvas.rect(-w * 0.72, -h, (w * 1.72, h * 2.0), 14.0, fill(tile));
    }
    canvas.rect(
        -w,
        -h,
        (w * 0.3, h * 2.0),
        14.0,
        fill(if leather {
            cover.shade(0.12)
        } else {
            spec.ink.mix(cover, 0.3)
        }),
    );
    canvas.rect(-w * 0.7, -h, (6.0, h * 2.0), 0.0, fill(DARK).alpha(0.2));
    if leather {
        let ink = if cover.luma() > 170.0 {
            cover.shade(0.45)
        } else {
            CREAM
        };
        canvas.rect(
            -w + 14.0,
            -h + 14.0,
            (w * 2.0 - 28.0, h * 2.0 - 28.0),
            10.0,
            line(ink, 4.0).dash(13.0, 8.0).alpha(0.8),
        );
        let strap = cover.shade(0.35);
        canvas.rect(-w, 30.0, (w * 2.0 + 3.0, 26.0), 0.0, fill(strap));
        canvas.circle(w * 0.7, 43.0, 21.0, fill(Rgb::hex(0xc6a05a)));
        canvas.circle(w * 0.7 - 5.0, 37.0, 7.0, fill(CREAM).alpha(0.8));
        if face {
            label::stamp(
                canvas,
                (w * 0.12, -h * 0.4),
                62.0,
                &spec.monogram,
                cover.shade(0.55),
                0.8,
            );
        }
    } else if face {
        canvas.rect(-w * 0.42, -h * 0.66, (w * 1.12, h * 0.5), 6.0, fill(CREAM));
        canvas.rect(
            -w * 0.38,
            -h * 0.635,
            (w * 1.04, h * 0.45),
            3.0,
            line(spec.ink, 3.0).alpha(0.8),
        );
        label::print(
            canvas,
            (w * 0.14, -h * 0.41),
            (w * 1.0, h * 0.46),
            spec,
            spec.ink.shade(0.15),
        );
        canvas.rect(w * 0.8, -h, (15.0, h * 2.0), 0.0, fill(spec.trim.shade(0.15)));
    }
    let sheen = canvas.linear((-w, -h), (w * 0.5, h), &[(0.0, CREAM, 0.28), (0.6, CREAM, 0.0)]);
    canvas.rect(-w, -h, (w * 2.0, h * 2.0), 16.0, fill(sheen));
    stage::edge_light(canvas, -w, -h, w * 2.0);
}

fn pencil(canvas: &mut Canvas, at: (f32, f32), turn: f32, colour: Rgb) {
    canvas.open(at.0, at.1, turn, (1.0, 1.0));
    canvas.rect(0.0, -220.0, (26.0, 420.0), 4.0, fill(DARK).alpha(0.2));
    canvas.rect(-13.0, -236.0, (26.0, 420.0), 3.0, fill(colour));
    canvas.rect(-13.0, -236.0, (8.0, 420.0), 3.0, fill(colour.light(0.45)));
    canvas.rect(5.0, -236.0, (8.0, 420.0), 3.0, fill(colour.shade(0.3)));
    canvas.draw(
        &Path::polygon(&[(-13.0, -236.0), (13.0, -236.0), (0.0, -284.0)]),
        fill(Rgb::hex(0xe3c394)),
    );
    canvas.draw(
        &Path::polygon(&[(-5.0, -266.0), (5.0, -266.0), (0.0, -284.0)]),
        fill(Rgb::hex(0x3a322e)),
    );
    canvas.close();
}
