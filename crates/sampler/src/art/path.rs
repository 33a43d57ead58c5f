//! Path data, and how far it reaches.

use super::write::number;

/// A box around what was drawn: left, top, right, bottom.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Bounds {
    pub const EMPTY: Bounds = Bounds {
        left: f32::INFINITY,
        top: f32::INFINITY,
        right: f32::NEG_INFINITY,
        bottom: f32::NEG_INFINITY,
    };

    pub fn take(&mut self, x: f32, y: f32) {
        self.left = self.left.min(x);
        self.top = self.top.min(y);
        self.right = self.right.max(x);
        self.bottom = self.bottom.max(y);
    }
}

/// Path data under construction, and how far it reaches.
#[derive(Clone)]
pub(crate) struct Path {
    pub data: String,
    pub bounds: Bounds,
    pen: (f32, f32),
}

impl Path {
    pub fn new() -> Path {
        Path {
            data: String::with_capacity(160),
            bounds: Bounds::EMPTY,
            pen: (0.0, 0.0),
        }
    }

    pub fn from(x: f32, y: f32) -> Path {
        let mut path = Path::new();
        path.m(x, y);
        path
    }

    fn put(&mut self, command: char, numbers: &[f32]) -> &mut Path {
        self.data.push(command);
        for (index, &value) in numbers.iter().enumerate() {
            let start = self.data.len();
            number(&mut self.data, value);
            // A minus sign separates by itself.
            if index > 0 && self.data.as_bytes()[start] != b'-' {
                self.data.insert(start, ' ');
            }
        }
        if let [.., x, y] = *numbers {
            self.bounds.take(x, y);
            self.pen = (x, y);
        }
        self
    }

    pub fn m(&mut self, x: f32, y: f32) -> &mut Path {
        self.put('M', &[x, y])
    }

    pub fn l(&mut self, x: f32, y: f32) -> &mut Path {
        self.put('L', &[x, y])
    }

    pub fn c(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) -> &mut Path {
        // The hull's midpoint toward each control point: the curve itself reaches about so far.
        self.bounds
            .take((x1 * 3.0 + self.pen.0) / 4.0, (y1 * 3.0 + self.pen.1) / 4.0);
        self.bounds.take((x2 * 3.0 + x) / 4.0, (y2 * 3.0 + y) / 4.0);
        self.put('C', &[x1, y1, x2, y2, x, y])
    }

    pub fn q(&mut self, x1: f32, y1: f32, x: f32, y: f32) -> &mut Path {
        self.bounds.take(
            (x1 * 2.0 + self.pen.0 + x) / 4.0,
            (y1 * 2.0 + self.pen.1 + y) / 4.0,
        );
        self.put('Q', &[x1, y1, x, y])
    }

    /// Continues the last curve smoothly through the control point's mirror image.
    pub fn t(&mut self, x: f32, y: f32) -> &mut Path {
        self.put('T', &[x, y])
    }

    /// An arc less than half a turn; `clockwise` as seen on the screen.
    pub fn a(&mut self, rx: f32, ry: f32, clockwise: bool, x: f32, y: f32) -> &mut Path {
        // Half a turn at most: the bulge lies to the left of the way for a clockwise arc.
        let (dx, dy) = (x - self.pen.0, y - self.pen.1);
        let long = dx.hypot(dy).max(0.01);
        let turn = if clockwise { 1.0 } else { -1.0 };
        let middle = ((self.pen.0 + x) / 2.0, (self.pen.1 + y) / 2.0);
        let share = (long / 2.0 / rx.max(1.0)).min(1.0);
        self.bounds.take(
            middle.0 + turn * dy / long * rx * share,
            middle.1 - turn * dx / long * ry * share,
        );
        self.put('A', &[rx, ry, 0.0, 0.0, f32::from(u8::from(clockwise)), x, y])
    }

    pub fn z(&mut self) -> &mut Path {
        self.data.push('Z');
        self
    }

    /// A short level dash: a chip, a seed, a straw.
    pub fn chip(&mut self, x: f32, y: f32, wide: f32) -> &mut Path {
        self.m(x, y);
        self.data.push('h');
        number(&mut self.data, wide);
        self
    }

    /// A dot, visible under a round stroke.
    pub fn dot(&mut self, x: f32, y: f32) -> &mut Path {
        self.m(x, y);
        self.data.push_str("h0");
        self
    }

    /// Adds the other path's strokes to this one.
    pub fn join(&mut self, other: &Path) -> &mut Path {
        self.data.push_str(&other.data);
        self.bounds.take(other.bounds.left, other.bounds.top);
        self.bounds.take(other.bounds.right, other.bounds.bottom);
        self
    }

    pub fn polygon(points: &[(f32, f32)]) -> Path {
        let mut path = Path::new();
        for (index, &(x, y)) in points.iter().enumerate() {
            if index == 0 {
                path.m(x, y)
            } else {
                path.l(x, y)
            };
        }
        path.z();
        path
    }

    /// A smooth open curve through the points (Catmull-Rom).
    pub fn through(points: &[(f32, f32)]) -> Path {
        let mut path = Path::from(points[0].0, points[0].1);
        path.follow(points);
        path
    }

    /// Goes on from the current point, which is `points[0]`, through the others.
    pub fn follow(&mut self, points: &[(f32, f32)]) -> &mut Path {
        let at = |index: isize| points[index.clamp(0, points.len() as isize - 1) as usize];
        for index in 0..points.len() as isize - 1 {
            let (before, from, to, after) = (at(index - 1), at(index), at(index + 1), at(index + 2));
            self.c(
                from.0 + (to.0 - before.0) / 6.0,
                from.1 + (to.1 - before.1) / 6.0,
                to.0 - (after.0 - from.0) / 6.0,
                to.1 - (after.1 - from.1) / 6.0,
                to.0,
                to.1,
            );
        }
        self
    }
}
