//! Baskets, trays and bags of esparto, palm, willow and cane.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::Decor;
use super::flora;
use super::houseplant::house_plant;
use super::lathe::{Finish, Lathe};
use super::pottery;
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use crate::dice::Dice;

/// Hoops gathered into one path, so that a basket of twenty rows is a handful of strokes.
struct Rows {
    reed: Rgb,
    all: Path,
    even: Path,
    odd: Path,
}

impl Rows {
    fn new(reed: Rgb) -> Rows {
        Rows {
            reed,
            all: Path::new(),
            even: Path::new(),
            odd: Path::new(),
        }
    }

    fn add(&mut self, row: usize, hoop: &Path) {
        self.all.join(hoop);
        if row.is_multiple_of(2) {
            self.even.join(hoop)
        } else {
            self.odd.join(hoop)
        };
    }

    /// Each row shifted against the last, as a weaver goes over and under.
    fn weave(&self, canvas: &mut Canvas, tall: f32) {
        canvas.draw(&self.all, line(self.reed.shade(0.38), tall * 0.98).butt());
        for (hoops, shift) in [(&self.even, 0.0), (&self.odd, 17.0)] {
            canvas.draw(
                hoops,
                line(self.reed, tall * 0.8).dash(27.0, 7.0).dash_from(shift),
            );
            canvas.draw(
                hoops,
                line(self.reed.light(0.4), tall * 0.22)
                    .dash(19.0, 15.0)
                    .dash_from(shift - 3.0)
                    .alpha(0.7),
            );
        }
    }

    /// Coils stitched to one another.
    fn coil(&self, canvas: &mut Canvas, tall: f32) {
        canvas.draw(&self.all, line(self.reed.shade(0.34), tall).butt());
        canvas.draw(&self.all, line(self.reed, tall * 0.82).butt());
        for (hoops, shift) in [(&self.even, 0.0), (&self.odd, 8.0)] {
            canvas.draw(
                hoops,
                line(self.reed.light(0.42), tall * 0.6)
                    .dash(4.0, 13.0)
                    .dash_from(shift)
                    .alpha(0.8),
            );
        }
    }
}

fn is_coloured(decor: Decor, coiled: bool, row: usize, rows: usize) -> bool {
    match decor {
        Decor::Plain => false,
        _ if coiled => row % 5 == 3,
        Decor::Bands | Decor::Stripes | Decor::Kilim | Decor::Stars | Decor::Waves => {
            matches!(row * 10 / rows, 6 | 7)
        }
        Decor::Dipped => row * 10 / rows < 4,
        Decor::Checks | Decor::Herringbone => row % 4 == 1,
        _ => false,
    }
}

fn woven(canvas: &mut Canvas, lathe: &Lathe, spec: &ArtSpec, coiled: bool) {
    let clip = lathe.lay(canvas, spec.body, Finish::Matte);
    let count = (lathe.height / 22.0).round() as usize;
    let (mut plain, mut coloured) = (Rows::new(spec.body), Rows::new(spec.ink));
    for row in 0..count {
        let hoop = lathe.hoop((row as f32 + 0.5) / count as f32);
        let rows = if is_coloured(spec.decor, coiled, row, count) {
            &mut coloured
        } else {
            &mut plain
        };
        rows.add(row, &hoop);
    }
    canvas.within(Some(clip), 1.0);
    for rows in [&plain, &coloured] {
        let tall = lathe.height / count as f32;
        if coiled {
            rows.coil(canvas, tall);
        } else {
            rows.weave(canvas, tall);
        }
    }
    canvas.close();
    lathe.light(canvas, Finish::Matte);
    lathe.mouth(canvas, spec.body.shade(0.1), spec.body.shade(0.2), 17.0);
    let (r, y) = (lathe.rim() - 8.0, lathe.top());
    canvas.ellipse(
        lathe.cx,
        y,
        r,
        r * lathe.tilt,
        line(spec.body.light(0.35), 13.0).dash(12.0, 4.0),
    );
}

pub(crate) fn basket(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = if spec.form == 0 {
        dice.below(4) as u8 + 1
    } else {
        spec.form
    };
    let coiled = dice.chance(40);
    let (size, profile): ((f32, f32), &[(f32, f32)]) = match form {
        1 => (
            (240.0, 200.0),
            &[(0.0, 0.78), (0.1, 0.86), (0.6, 1.0), (1.0, 0.98)],
        ),
        2 => (
            (190.0, 360.0),
            &[(0.0, 0.84), (0.08, 0.92), (0.5, 1.0), (1.0, 0.94)],
        ),
        3 => (
            (230.0, 240.0),
            &[(0.0, 0.62), (0.14, 0.86), (0.45, 1.02), (0.8, 0.9), (1.0, 0.72)],
        ),
        _ => ((250.0, 170.0), &[(0.0, 0.7), (0.5, 0.88), (1.0, 1.0)]),
    };
    let profile = Lathe::wobbled(profile, dice, 0.03);
    let lathe = Lathe::new(
        0.0,
        0.0,
        (size.0 * dice.real(0.95, 1.05), size.1 * dice.real(0.92, 1.08)),
        0.25,
        &profile,
    );
    stage::cast(canvas, 0.0, 0.0, lathe.widest() * 0.92, 0.24);
    let hooped = form != 2 && form != 3 && dice.chance(55);
    let (r, y) = (lathe.rim(), lathe.top());
    if hooped {
        let mut back = Path::from(-r * 0.98, y);
        back.c(-r * 0.9, y - 330.0, r * 0.9, y - 330.0, r * 0.98, y);
        canvas.draw(&back, line(spec.body.shade(0.4), 31.0));
        canvas.draw(&back, line(spec.body, 22.0).dash(13.0, 5.0));
        canvas.draw(&back, line(spec.body.light(0.5), 7.0).dash(9.0, 9.0).alpha(0.8));
    }
    woven(canvas, &lathe, spec, coiled);
    let clip = pottery::mouth_clip(canvas, &lathe, 17.0);
    canvas.rising(clip);
    match dice.below(4) {
        0 => pottery::fruit(canvas, &lathe, dice),
        1 => linen_in(canvas, &lathe, spec),
        2 if form == 2 || form == 3 => house_plant(canvas, y + 14.0, false, dice),
        _ => {}
    }
    canvas.close();
    if form == 2 {
        for side in [-1.0, 1.0] {
            let (x, ay) = (side * lathe.radius(0.88) * 0.96, lathe.y(0.88));
            pottery::handle(
                canvas,
                [
                    (x, ay - 40.0),
                    (x + side * 62.0, ay - 54.0),
                    (x + side * 62.0, ay + 46.0),
                    (x, ay + 40.0),
                ],
                22.0,
                spec.trim,
            );
        }
    }
}

/// Folded cloth that looks over the rim.
fn linen_in(canvas: &mut Canvas, lathe: &Lathe, spec: &ArtSpec) {
    let (r, y) = (lathe.rim() * 0.82, lathe.top());
    for (x, lift, cloth) in [(-0.4, 70.0, spec.trim.light(0.35)), (0.36, 54.0, CREAM)] {
        let cx = lathe.cx + x * r;
        let mut roll = Path::from(cx - r * 0.56, y + 90.0);
        roll.l(cx - r * 0.56, y - lift * 0.3)
            .q(cx - r * 0.54, y - lift, cx, y - lift)
            .q(cx + r * 0.54, y - lift, cx + r * 0.56, y - lift * 0.3)
            .l(cx + r * 0.56, y + 90.0)
            .z();
        let fold = canvas.ripple(
            (cx - r * 0.56, 0.0),
            (cx - r * 0.18, 12.0),
            &[(0.0, cloth.light(0.3), 1.0), (1.0, cloth.shade(0.2), 1.0)],
        );
        canvas.draw(&roll, fill(fold));
        let mut stripe = Path::from(cx - r * 0.52, y - lift * 0.2);
        stripe.q(cx - r * 0.5, y - lift * 0.78, cx, y - lift * 0.8).q(
            cx + r * 0.5,
            y - lift * 0.78,
            cx + r * 0.52,
            y - lift * 0.2,
        );
        canvas.draw(&stripe, line(spec.ink, 6.0).alpha(0.7));
    }
}

pub(crate) fn basket_bag(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let lathe = Lathe::new(
        0.0,
        0.0,
        (dice.real(225.0, 250.0), dice.real(290.0, 330.0)),
        0.14,
        &[(0.0, 0.66), (0.12, 0.82), (0.6, 0.96), (1.0, 1.0)],
    );
    stage::cast(canvas, 0.0, 0.0, 200.0, 0.18);
    let (r, y) = (lathe.rim(), lathe.top());
    let leather = spec.trim;
    let strap = |canvas: &mut Canvas, lift: f32, shade: f32| {
        let mut path = Path::from(-r * 0.46, y + 70.0);
        path.l(-r * 0.46, y)
            .c(-r * 0.44, y - lift, r * 0.44, y - lift, r * 0.46, y)
            .l(r * 0.46, y + 70.0);
        canvas.draw(&path, line(leather.shade(0.4 + shade), 24.0).butt());
        canvas.draw(&path, line(leather.shade(shade), 17.0).butt());
    };
    strap(canvas, 210.0, 0.25);
    woven(canvas, &lathe, spec, dice.chance(30));
    match dice.below(3) {
        0 => {
            let clip = pottery::mouth_clip(canvas, &lathe, 17.0);
            canvas.rising(clip);
            linen_in(canvas, &lathe, spec);
            canvas.close();
        }
        1 => {
            let mut poms = Path::new();
            for index in 0..9 {
                let (px, py, _) = lathe.at(-80.0 + 20.0 * index as f32, 0.93);
                poms.dot(px, py + 22.0);
            }
            canvas.draw(&poms, line(spec.ink, 40.0));
            canvas.open(-5.0, -6.0, 0.0, (1.0, 1.0));
            canvas.draw(&poms, line(spec.ink.light(0.35), 17.0).alpha(0.7));
            canvas.close();
        }
        _ => {}
    }
    strap(canvas, 168.0, 0.0);
    for x in [-r * 0.46, r * 0.46] {
        canvas.rect(x - 21.0, y + 44.0, (42.0, 68.0), 8.0, fill(leather));
        canvas.rect(
            x - 15.0,
            y + 50.0,
            (30.0, 56.0),
            5.0,
            line(CREAM, 3.5).dash(8.0, 6.0),
        );
    }
}

/// A round tray of stitched coils, seen from above.
pub(crate) fn tray(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let r = dice.real(320.0, 365.0);
    canvas.circle(16.0, 20.0, r, fill(DARK).alpha(0.24));
    canvas.circle(0.0, 0.0, r, fill(spec.body.shade(0.36)));
    let rings = 11;
    let wide = r / rings as f32;
    let motif = dice.below(3);
    for index in 0..rings {
        let at = wide * (index as f32 + 0.5);
        let coloured = match motif {
            0 => spec.decor != Decor::Plain && (index == 8 || index == 5),
            1 => spec.decor != Decor::Plain && index % 4 == 2,
            _ => false,
        };
        let rope = if coloured { spec.ink } else { spec.body };
        canvas.circle(0.0, 0.0, at, line(rope, wide * 0.86));
        canvas.circle(
            0.0,
            0.0,
            at,
            line(rope.light(0.42), wide * 0.62)
                .dash(5.0, 13.0)
                .dash_from(index as f32 * 7.0)
                .alpha(0.75),
        );
    }
    if motif == 2 && spec.decor != Decor::Plain {
        let points = 8;
        let mut star = Path::new();
        for index in 0..points * 2 {
            let (sin, cos) = (std::f32::consts::PI * index as f32 / points as f32).sin_cos();
            let far = if index % 2 == 0 { r * 0.82 } else { r * 0.42 };
            if index == 0 {
                star.m(far * sin, -far * cos)
            } else {
                star.l(far * sin, -far * cos)
            };
        }
        star.z();
        canvas.draw(&star, line(spec.ink, 22.0).alpha(0.85));
        canvas.circle(0.0, 0.0, r * 0.2, line(spec.trim, 20.0).alpha(0.85));
    }
    let light = canvas.linear(
        (-r, -r),
        (r, r),
        &[(0.0, CREAM, 0.3), (0.5, CREAM, 0.0), (1.0, DARK, 0.3)],
    );
    canvas.circle(0.0, 0.0, r, fill(light));
    canvas.circle(
        0.0,
        0.0,
        r - wide * 0.4,
        line(spec.body.light(0.3), wide * 0.5).dash(11.0, 5.0),
    );
    for turn in [0.0, 180.0] {
        canvas.open(0.0, 0.0, turn + 24.0, (1.0, 1.0));
        let mut ear = Path::from(-70.0, -r + 10.0);
        ear.c(-62.0, -r - 74.0, 62.0, -r - 74.0, 70.0, -r + 10.0);
        canvas.draw(&ear, line(spec.body.shade(0.42), 27.0));
        canvas.draw(&ear, line(spec.body.light(0.1), 19.0).dash(11.0, 4.0));
        canvas.close();
    }
    if dice.chance(40) {
        canvas.open(-40.0, 40.0, 0.0, (0.75, 0.75));
        flora::lemons_from_above(canvas);
        canvas.close();
    }
}

/// Rush seats use the same light as baskets: four triangles of cord.
pub(crate) fn rush_seat(canvas: &mut Canvas, corners: [(f32, f32); 4], rush: Rgb) {
    let [a, b, c, d] = corners;
    let centre = ((a.0 + b.0 + c.0 + d.0) / 4.0, (a.1 + b.1 + c.1 + d.1) / 4.0);
    canvas.draw(&Path::polygon(&corners), fill(rush).edge(rush.shade(0.4), 9.0));
    for (from, to, tone) in [(a, b, 0.25), (b, c, -0.12), (c, d, 0.1), (d, a, 0.0)] {
        let colour = if tone > 0.0 {
            rush.light(tone)
        } else {
            rush.shade(-tone)
        };
        canvas.draw(&Path::polygon(&[from, to, centre]), fill(colour));
        let mut cords = Path::new();
        for index in 1..7 {
            let u = index as f32 / 7.0;
            let p = (from.0 + (centre.0 - from.0) * u, from.1 + (centre.1 - from.1) * u);
            let q = (to.0 + (centre.0 - to.0) * u, to.1 + (centre.1 - to.1) * u);
            cords.m(p.0, p.1).l(q.0, q.1);
        }
        canvas.draw(&cords, line(rush.shade(0.45), 3.0).alpha(0.45));
    }
}
