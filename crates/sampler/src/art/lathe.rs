//! Bodies of revolution: everything thrown, turned or blown. A profile gives the radius at each height; bands, motifs, drips
//! and light follow it around.

use super::canvas::{Canvas, Id, Path, fill, line};
use super::colour::Rgb;
use crate::dice::Dice;
use std::cell::Cell;
use std::f32::consts::PI;

/// How a surface answers light.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize, serde::Deserialize)]
pub enum Finish {
    /// Unglazed clay, raw wood, wax: soft light, no reflection.
    Matte,
    /// Glaze with a soft sheen, oiled wood, leather.
    Satin,
    /// Wet-looking glaze, lacquer.
    Gloss,
    /// Polished metal.
    Metal,
    /// Clear or tinted glass.
    Glass,
}

pub(crate) struct Lathe {
    pub cx: f32,
    /// Where the middle of the foot stands.
    pub base: f32,
    pub height: f32,
    /// Height of every horizontal circle over its width, as the eye above the table sees it.
    pub tilt: f32,
    points: Vec<(f32, f32)>,
    slopes: Vec<f32>,
    /// Set by `lay`: light stays inside the body.
    body: Cell<Option<Id>>,
}

impl Lathe {
    /// `profile` lists (share of the height, share of `radius`), from foot to rim.
    pub fn new(cx: f32, base: f32, size: (f32, f32), tilt: f32, profile: &[(f32, f32)]) -> Lathe {
        let (radius, height) = size;
        let points: Vec<(f32, f32)> = profile.iter().map(|&(t, r)| (t, r * radius)).collect();
        let slopes = monotone_slopes(&points);
        Lathe {
            cx,
            base,
            height,
            tilt,
            points,
            slopes,
            body: Cell::new(None),
        }
    }

    /// The same shape with every radius wandering by up to `share`, so that no two pots are twins.
    pub fn wobbled(profile: &[(f32, f32)], dice: &mut Dice, share: f32) -> Vec<(f32, f32)> {
        profile
            .iter()
            .map(|&(t, r)| (t, r * dice.real(1.0 - share, 1.0 + share)))
            .collect()
    }

    /// The same body with every radius multiplied by `share`.
    pub fn shrunk(&self, share: f32) -> Lathe {
        let scale = |pairs: &[(f32, f32)]| pairs.iter().map(|p| (p.0, p.1 * share)).collect();
        let slopes = self.slopes.iter().map(|slope| slope * share).collect();
        Lathe {
            points: scale(&self.points),
            slopes,
            body: Cell::new(None),
            ..*self
        }
    }

    fn radius_and_slope(&self, t: f32) -> (f32, f32) {
        let t = t.clamp(0.0, 1.0);
        let mut index = 0;
        while index + 2 < self.points.len() && t > self.points[index + 1].0 {
            index += 1;
        }
        let ((t0, r0), (t1, r1)) = (self.points[index], self.points[index + 1]);
        let (m0, m1) = (self.slopes[index], self.slopes[index + 1]);
        let span = t1 - t0;
        let u = ((t - t0) / span).clamp(0.0, 1.0);
        let (u2, u3) = (u * u, u * u * u);
        let radius = (2.0 * u3 - 3.0 * u2 + 1.0) * r0
            + (u3 - 2.0 * u2 + u) * span * m0
            + (-2.0 * u3 + 3.0 * u2) * r1
            + (u3 - u2) * span * m1;
        let slope = (6.0 * u2 - 6.0 * u) / span * r0
            + (3.0 * u2 - 4.0 * u + 1.0) * m0
            + (-6.0 * u2 + 6.0 * u) / span * r1
            + (3.0 * u2 - 2.0 * u) * m1;
        (radius, slope)
    }

    pub fn radius(&self, t: f32) -> f32 {
        self.radius_and_slope(t).0
    }

    pub fn widest(&self) -> f32 {
        self.points.iter().fold(0.0, |most, point| most.max(point.1))
    }

    pub fn y(&self, t: f32) -> f32 {
        self.base - self.height * t
    }

    pub fn rim(&self) -> f32 {
        self.radius(1.0)
    }

    pub fn top(&self) -> f32 {
        self.y(1.0)
    }

    /// The point on the surface at `degrees` right of the middle (90 is the right edge), and how squeezed things are there.
    pub fn at(&self, degrees: f32, t: f32) -> (f32, f32, f32) {
        let (sin, cos) = (degrees * PI / 180.0).sin_cos();
        let r = self.radius(t);
        (self.cx + r * sin, self.y(t) + r * self.tilt * cos, cos)
    }

    /// Goes along the side at `share` of the radius, from height `from` (where the path already is) to `to`.
    pub fn side(&self, path: &mut Path, share: f32, from: f32, to: f32) {
        // The knots of the profile inside the stretch, so that the curve is exact.
        let mut knots: Vec<f32> = vec![from];
        let inside = self
            .points
            .iter()
            .map(|p| p.0)
            .filter(|&t| (t > from) == (t < to) && t != from && t != to);
        knots.extend(inside);
        if to < from {
            knots[1..].reverse();
        }
        knots.push(to);
        for pair in knots.windows(2) {
            let (t0, t1) = (pair[0], pair[1]);
            // Knots may be corners; look just inside the stretch for its slopes.
            let ((r0, m0), (r1, m1)) = (self.radius_and_slope(t0), self.radius_and_slope(t1));
            let third = (t1 - t0) / 3.0;
            path.c(
                self.cx + share * (r0 + m0 * third),
                self.y(t0 + third),
                self.cx + share * (r1 - m1 * third),
                self.y(t1 - third),
                self.cx + share * r1,
                self.y(t1),
            );
        }
    }

    pub fn outline(&self) -> Path {
        self.band(0.0, 1.0, true)
    }

    /// The ring of surface between two heights. With `over`, its top edge bulges up behind the rim instead of following the front.
    pub fn band(&self, from: f32, to: f32, over: bool) -> Path {
        let (low, high) = (self.radius(from), self.radius(to));
        let mut path = Path::from(self.cx - low, self.y(from));
        path.a(low, low * self.tilt, false, self.cx + low, self.y(from));
        self.side(&mut path, 1.0, from, to);
        path.a(high, high * self.tilt, !over, self.cx - high, self.y(to));
        self.side(&mut path, -1.0, to, from);
        path.z();
        path
    }

    /// The front half of the circle at height `t`.
    pub fn hoop(&self, t: f32) -> Path {
        let r = self.radius(t);
        let mut path = Path::from(self.cx - r, self.y(t));
        path.a(r, r * self.tilt, false, self.cx + r, self.y(t));
        path
    }

    /// Like `side`, in a few equal steps: enough for light, which has no edge to be exact about.
    pub fn glide(&self, path: &mut Path, share: f32, from: f32, to: f32) {
        let steps = if self.points.len() > 5 { 4 } else { 3 };
        let span = (to - from) / steps as f32;
        let (mut r0, mut m0) = self.radius_and_slope(from);
        for step in 1..=steps {
            let (t0, t1) = (from + span * (step - 1) as f32, from + span * step as f32);
            let (r1, m1) = self.radius_and_slope(t1);
            let third = span / 3.0;
            path.c(
                self.cx + share * (r0 + m0 * third),
                self.y(t0 + third),
                self.cx + share * (r1 - m1 * third),
                self.y(t1 - third),
                self.cx + share * r1,
                self.y(t1),
            );
            (r0, m0) = (r1, m1);
        }
    }

    /// A strip of surface between two shares of the radius (−1 is the left edge, 1 the right).
    pub fn strip(&self, left: f32, right: f32, from: f32, to: f32) -> Path {
        let dip = self.radius(from) * self.tilt * (1.0 - left * left).max(0.0).sqrt() * 0.35;
        let mut path = Path::from(self.cx + left * self.radius(from), self.y(from) + dip);
        path.l(self.cx + right * self.radius(from), self.y(from) + dip);
        self.glide(&mut path, right, from, to);
        path.l(self.cx + left * self.radius(to), self.y(to));
        self.glide(&mut path, left, to, from);
        path.z();
        path
    }

    /// Everything right of a share of the radius (left, for a negative share), to be clipped by the body.
    fn beyond(&self, share: f32) -> Path {
        let far = self.cx + (self.widest() + 9.0) * share.signum();
        let low = self.base + self.radius(0.0) * self.tilt + 4.0;
        let mut path = Path::from(self.cx + share * self.radius(0.0), low);
        path.l(self.cx + share * self.radius(0.0), self.base);
        self.glide(&mut path, share, 0.0, 1.0);
        path.l(far, self.top()).l(far, low).z();
        path
    }

    /// The body in its own colour, lit from the left. Returns the clip that decoration stays inside.
    pub fn lay(&self, canvas: &mut Canvas, colour: Rgb, finish: Finish) -> Id {
        let outline = self.outline();
        let r = self.widest();
        let (left, right) = ((self.cx - r, 0.0), (self.cx + r, 0.0));
        let stops: &[(f32, Rgb, f32)] = match finish {
            Finish::Metal => &[
                (0.0, colour.shade(0.45), 1.0),
                (0.16, colour.light(0.75), 1.0),
                (0.3, colour, 1.0),
                (0.55, colour.shade(0.35), 1.0),
                (0.78, colour.shade(0.5), 1.0),
                (0.92, colour.light(0.3), 1.0),
                (1.0, colour.shade(0.3), 1.0),
            ],
            _ => &[
                (0.0, colour.shade(0.1), 1.0),
                (0.25, colour.light(0.22), 1.0),
                (0.55, colour, 1.0),
                (0.88, colour.shade(0.34), 1.0),
                (1.0, colour.shade(0.24), 1.0),
            ],
        };
        let paint = canvas.linear(left, right, stops);
        let shape = canvas.shape(&outline);
        canvas.draw_shape(shape, fill(paint));
        let clip = canvas.clip_shape(shape);
        self.body.set(Some(clip));
        clip
    }

    /// Light and shadow over whatever was painted on the body.
    pub fn light(&self, canvas: &mut Canvas, finish: Finish) {
        let dark = Rgb::hex(0x2b1724);
        let white = Rgb::hex(0xfffaf0);
        canvas.within(self.body.get(), 1.0);
        canvas.draw(&self.beyond(0.42), fill(dark).alpha(0.09));
        canvas.draw(&self.beyond(0.7), fill(dark).alpha(0.1));
        canvas.draw(&self.beyond(-0.9), fill(dark).alpha(0.07));
        let foot = canvas.linear(
            (0.0, self.y(0.3)),
            (0.0, self.base + 10.0),
            &[(0.0, dark, 0.0), (1.0, dark, 0.3)],
        );
        let wide = self.widest();
        canvas.rect(
            self.cx - wide,
            self.y(0.3),
            (wide * 2.0, self.height * 0.3 + wide * self.tilt),
            0.0,
            fill(foot),
        );
        canvas.close();
        match finish {
            Finish::Matte => canvas.draw(&self.strip(-0.74, -0.36, 0.12, 0.93), fill(white).alpha(0.09)),
            Finish::Satin => {
                canvas.draw(&self.strip(-0.74, -0.34, 0.1, 0.93), fill(white).alpha(0.11));
                canvas.draw(&self.strip(-0.64, -0.48, 0.3, 0.88), fill(white).alpha(0.2));
            }
            Finish::Gloss | Finish::Glass => {
                canvas.draw(&self.strip(-0.76, -0.34, 0.08, 0.94), fill(white).alpha(0.12));
                canvas.draw(&self.strip(-0.7, -0.52, 0.34, 0.9), fill(white).alpha(0.5));
                canvas.draw(&self.strip(-0.69, -0.55, 0.16, 0.28), fill(white).alpha(0.3));
                canvas.draw(&self.strip(0.82, 0.88, 0.2, 0.85), fill(white).alpha(0.2));
            }
            Finish::Metal => canvas.draw(&self.strip(-0.66, -0.56, 0.05, 0.96), fill(white).alpha(0.4)),
        }
    }

    /// The little light that things in the background get.
    pub fn dim(&self, canvas: &mut Canvas) {
        canvas.draw(
            &self.strip(0.45, 1.0, 0.0, 1.0),
            fill(Rgb::hex(0x2b1724)).alpha(0.14),
        );
    }

    /// The mouth: lip, and the hollow behind it.
    pub fn mouth(&self, canvas: &mut Canvas, lip: Rgb, inside: Rgb, thick: f32) {
        let (r, y) = (self.rim(), self.top());
        let tilt = self.tilt;
        let edge = canvas.linear(
            (self.cx - r, 0.0),
            (self.cx + r, 0.0),
            &[(0.0, lip.light(0.35), 1.0), (1.0, lip.shade(0.14), 1.0)],
        );
        canvas.ellipse(self.cx, y, r, r * tilt, fill(edge));
        let hollow = canvas.linear(
            (self.cx - r, y - r * tilt),
            (self.cx + r, y + r * tilt),
            &[
                (0.0, inside.shade(0.55), 1.0),
                (0.5, inside.shade(0.34), 1.0),
                (1.0, inside.shade(0.08), 1.0),
            ],
        );
        canvas.ellipse(
            self.cx,
            y + thick * 0.12,
            (r - thick).max(1.0),
            (r * tilt - thick * 0.55).max(0.8),
            fill(hollow),
        );
    }

    /// A flat or domed lid-like top: the ellipse that closes the body.
    pub fn cap(&self, canvas: &mut Canvas, colour: Rgb) {
        let (r, y) = (self.rim(), self.top());
        let paint = canvas.linear(
            (self.cx - r, 0.0),
            (self.cx + r, 0.0),
            &[(0.0, colour.light(0.38), 1.0), (1.0, colour.shade(0.06), 1.0)],
        );
        canvas.ellipse(self.cx, y, r, r * self.tilt, fill(paint));
    }

    /// Colour from the rim down to a wavy line around height `t`, with runs of up to `run` of the height.
    pub fn drip(&self, canvas: &mut Canvas, clip: Id, colour: Rgb, t: f32, run: f32, dice: &mut Dice) {
        let mut points = Vec::with_capacity(14);
        for step in 0..=12 {
            let degrees = -96.0 + 16.0 * step as f32;
            let fall = if dice.chance(45) {
                dice.real(0.35, 1.0) * run
            } else {
                dice.real(0.0, 0.22) * run
            };
            let (x, y, _) = self.at(degrees.clamp(-90.0, 90.0), (t - fall).max(0.02));
            points.push((x, y));
        }
        let r = self.widest() + 20.0;
        let mut path = Path::from(self.cx - r, points[0].1);
        path.l(points[0].0, points[0].1);
        path.follow(&points);
        path.l(self.cx + r, points[12].1);
        path.l(self.cx + r, self.top() - r);
        path.l(self.cx - r, self.top() - r).z();
        let r = self.widest();
        let paint = canvas.linear(
            (self.cx - r, 0.0),
            (self.cx + r, 0.0),
            &[
                (0.0, colour.shade(0.1), 1.0),
                (0.27, colour.light(0.2), 1.0),
                (0.55, colour, 1.0),
                (0.9, colour.shade(0.3), 1.0),
            ],
        );
        canvas.draw(&path, fill(paint).edge(colour.shade(0.35), 2.5).clip(clip));
    }

    /// Iron spots in the clay.
    pub fn speckle(&self, canvas: &mut Canvas, colour: Rgb, count: usize, dice: &mut Dice) {
        let (mut small, mut large) = (Path::new(), Path::new());
        for index in 0..count {
            let (x, y, _) = self.at(dice.real(-80.0, 80.0), dice.real(0.03, 0.97));
            if index % 3 == 0 {
                large.dot(x, y)
            } else {
                small.dot(x, y)
            };
        }
        canvas.draw(&small, line(colour, 3.0).alpha(0.6));
        canvas.draw(&large, line(colour, 5.0).alpha(0.5));
    }

    /// Stamps a motif `count` times round the visible half at height `t`.
    pub fn frieze(&self, canvas: &mut Canvas, motif: Id, t: f32, count: usize, scale: f32) {
        let step = 180.0 / count as f32;
        for index in 0..count {
            let (x, y, squeeze) = self.at(-90.0 + step * (index as f32 + 0.5), t);
            canvas.stamp(motif, x, y, 0.0, (scale * squeeze.max(0.12), scale));
        }
    }
}

/// Slopes of a piecewise cubic that never overshoots its points (Fritsch and Carlson, 1980).
fn monotone_slopes(points: &[(f32, f32)]) -> Vec<f32> {
    let secants: Vec<f32> = points
        .windows(2)
        .map(|p| (p[1].1 - p[0].1) / (p[1].0 - p[0].0))
        .collect();
    let mut slopes = Vec::with_capacity(points.len());
    slopes.push(secants[0]);
    for pair in secants.windows(2) {
        let same_way = pair[0] * pair[1] > 0.0;
        slopes.push(if same_way {
            2.0 * pair[0] * pair[1] / (pair[0] + pair[1])
        } else {
            0.0
        });
    }
    slopes.push(secants[secants.len() - 1]);
    slopes
}
