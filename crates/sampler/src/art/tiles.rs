//! Tiles laid together.

use super::canvas::{Canvas, Path, fill, line};
use super::decor::{self, Decor};
use super::lathe::Finish;
use super::spec::ArtSpec;
use super::stage;
use crate::dice::Dice;

/// Four or nine tiles laid together.
pub(crate) fn tile(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let across = if dice.chance(60) { 2 } else { 3 };
    let side = if across == 2 { 300.0 } else { 212.0 };
    let scale = side / 200.0;
    let kind = dice.below(4);
    let quarter = canvas.motif(|c| azulejo(c, spec, kind));
    let all = side * across as f32;
    canvas.rect(
        -all / 2.0 + 3.0,
        -all / 2.0 + 3.0,
        (all - 6.0, all - 6.0),
        4.0,
        fill(spec.body.shade(0.5)),
    );
    for row in 0..across {
        for column in 0..across {
            let (x, y) = (
                -all / 2.0 + side * (column as f32 + 0.5),
                -all / 2.0 + side * (row as f32 + 0.5),
            );
            let (nudge, turn) = (dice.real(-2.0, 2.0), dice.real(-0.7, 0.7));
            canvas.rect(
                x - side / 2.0 + 12.0,
                y - side / 2.0 + 16.0,
                (side - 4.0, side - 4.0),
                6.0,
                fill(stage::DARK).alpha(0.3),
            );
            let quarter_turn = match (row % 2, column % 2) {
                (0, 0) => 0.0,
                (0, _) => 90.0,
                (_, 0) => 270.0,
                _ => 180.0,
            };
            canvas.stamp(
                quarter,
                x + nudge,
                y - nudge,
                quarter_turn + turn,
                (scale * 0.985, scale * 0.985),
            );
        }
    }
    if spec.finish == Finish::Gloss {
        let glare = canvas.linear(
            (-all / 2.0, -all / 2.0),
            (all / 2.0, all / 2.0),
            &[
                (0.0, stage::CREAM, 0.4),
                (0.42, stage::CREAM, 0.0),
                (1.0, stage::DARK, 0.12),
            ],
        );
        canvas.rect(-all / 2.0, -all / 2.0, (all, all), 6.0, fill(glare));
    }
}

/// One tile, 200 wide around the origin, whose design closes with its turned neighbours.
fn azulejo(c: &mut Canvas, spec: &ArtSpec, kind: usize) {
    let (ink, second) = (spec.ink, spec.trim);
    c.rect(-100.0, -100.0, (200.0, 200.0), 5.0, fill(spec.body));
    let corner = |path: &mut Path, r: f32| {
        path.m(100.0 - r, 100.0)
            .a(r, r, true, 100.0, 100.0 - r)
            .l(100.0, 100.0)
            .z();
    };
    let mut far = Path::new();
    match kind {
        0 => {
            corner(&mut far, 96.0);
            c.draw(&far, fill(ink));
            let mut inner = Path::new();
            corner(&mut inner, 70.0);
            c.draw(&inner, fill(spec.body));
            let mut core = Path::new();
            corner(&mut core, 46.0);
            c.draw(&core, fill(second));
            c.open(-38.0, -38.0, 135.0, (0.9, 0.9));
            decor::motif(c, Decor::Sprigs, ink, second);
            c.close();
        }
        1 => {
            let petal = Path::polygon(&[(100.0, 100.0), (20.0, 46.0), (-30.0, -30.0), (46.0, 20.0)]);
            c.draw(&petal, fill(ink));
            let mut heart = Path::from(100.0, 100.0);
            heart.q(20.0, 90.0, 0.0, 0.0).q(90.0, 20.0, 100.0, 100.0).z();
            c.draw(&heart, fill(second));
            let mut ring = Path::from(-100.0, 20.0);
            ring.a(120.0, 120.0, false, 20.0, -100.0);
            c.draw(&ring, line(ink, 15.0).butt());
            c.circle(-66.0, -66.0, 17.0, fill(second));
        }
        2 => {
            let star = Path::polygon(&[
                (100.0, 20.0),
                (52.0, 34.0),
                (14.0, -6.0),
                (-6.0, 14.0),
                (34.0, 52.0),
                (20.0, 100.0),
                (100.0, 100.0),
            ]);
            c.draw(&star, fill(ink));
            let core = Path::polygon(&[(100.0, 58.0), (74.0, 74.0), (58.0, 100.0), (100.0, 100.0)]);
            c.draw(&core, fill(second));
            let mut lattice = Path::from(-100.0, -20.0);
            lattice
                .l(-60.0, -60.0)
                .l(-20.0, -100.0)
                .m(-100.0, 30.0)
                .l(-40.0, -40.0)
                .l(30.0, -100.0);
            c.draw(&lattice, line(ink, 13.0).butt());
        }
        _ => {
            let half = Path::polygon(&[(-100.0, 100.0), (100.0, 100.0), (100.0, -100.0)]);
            c.draw(&half, fill(ink));
            c.circle(0.0, 0.0, 40.0, fill(second));
            let leaf = Path::polygon(&[(0.0, -28.0), (28.0, 0.0), (0.0, 28.0), (-28.0, 0.0)]);
            c.draw(&leaf, fill(spec.body));
        }
    }
    c.rect(
        -99.0,
        -99.0,
        (198.0, 198.0),
        5.0,
        line(spec.body.shade(0.4), 2.0).alpha(0.5),
    );
}
