//! How shapes are painted.

use super::colour::Rgb;

/// What a shape is filled or stroked with.
#[derive(Clone, Copy)]
pub(crate) enum Paint {
    None,
    Flat(Rgb),
    Def(Id),
}

impl From<Rgb> for Paint {
    fn from(colour: Rgb) -> Paint {
        Paint::Flat(colour)
    }
}

impl From<Id> for Paint {
    fn from(id: Id) -> Paint {
        Paint::Def(id)
    }
}

/// The name of a gradient, pattern, clip or motif in this drawing.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Id(pub u32);

/// How a shape is painted; built by `fill` or `line` and refined by chaining.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub fill: Paint,
    pub stroke: Paint,
    pub width: f32,
    pub opacity: f32,
    pub dash: Option<(f32, f32)>,
    pub dash_offset: f32,
    pub round: bool,
    pub clip: Option<Id>,
}

pub(crate) fn fill(paint: impl Into<Paint>) -> Style {
    Style {
        fill: paint.into(),
        stroke: Paint::None,
        width: 0.0,
        opacity: 1.0,
        dash: None,
        dash_offset: 0.0,
        round: false,
        clip: None,
    }
}

pub(crate) fn line(paint: impl Into<Paint>, width: f32) -> Style {
    Style {
        stroke: paint.into(),
        width,
        round: true,
        ..fill(Paint::None)
    }
}

impl Style {
    pub fn alpha(self, opacity: f32) -> Style {
        Style { opacity, ..self }
    }

    pub fn edge(self, paint: impl Into<Paint>, width: f32) -> Style {
        Style {
            stroke: paint.into(),
            width,
            ..self
        }
    }

    pub fn dash(self, on: f32, off: f32) -> Style {
        Style {
            dash: Some((on, off)),
            round: false,
            ..self
        }
    }

    pub fn dash_from(self, offset: f32) -> Style {
        Style {
            dash_offset: offset,
            ..self
        }
    }

    pub fn butt(self) -> Style {
        Style { round: false, ..self }
    }

    pub fn round(self) -> Style {
        Style { round: true, ..self }
    }

    pub fn clip(self, id: Id) -> Style {
        Style {
            clip: Some(id),
            ..self
        }
    }
}
