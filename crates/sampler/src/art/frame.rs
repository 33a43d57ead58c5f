//! Where groups lie on the canvas.

/// An open group: where its origin lies on the canvas, and whether what it holds counts as part of the thing.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub x: (f32, f32, f32),
    pub y: (f32, f32, f32),
    pub counts: bool,
}

impl Frame {
    pub const PAGE: Frame = Frame {
        x: (1.0, 0.0, 0.0),
        y: (0.0, 1.0, 0.0),
        counts: true,
    };

    /// The frame of a group that is moved, then turned, then scaled inside this one.
    pub fn inside(self, x: f32, y: f32, degrees: f32, scale: (f32, f32)) -> Frame {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let row = |row: (f32, f32, f32)| {
            (
                (row.0 * cos + row.1 * sin) * scale.0,
                (row.1 * cos - row.0 * sin) * scale.1,
                row.0 * x + row.1 * y + row.2,
            )
        };
        Frame {
            x: row(self.x),
            y: row(self.y),
            counts: self.counts,
        }
    }
}
