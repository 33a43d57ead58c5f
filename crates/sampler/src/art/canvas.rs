//! A small SVG writer: numbers with one decimal, gradients and patterns in `defs`, ids of the drawing's own.

use super::colour::Rgb;
use super::frame::Frame;
use super::path::Bounds;
pub(crate) use super::path::Path;
pub(crate) use super::style::{Id, Paint, Style, fill, line};
use super::write::{escape, fine, hex, number, whole};

/// A path kept in the drawing's definitions.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    id: Id,
    bounds: Bounds,
}

/// A drawing being written.
pub(crate) struct Canvas {
    defs: String,
    body: String,
    prefix: [u8; 4],
    next: u32,
    frames: Vec<Frame>,
    bounds: Bounds,
    motifs: Vec<(Id, Bounds)>,
    shadow: Option<Id>,
}

/// Something drawn apart, to be placed once its size is known.
pub(crate) struct Piece {
    body: String,
    pub bounds: Bounds,
}

/// Fainter things are light and shadow: they do not count for the size of what is drawn.
const SOLID: f32 = 0.6;

impl Canvas {
    /// `name` keeps the ids apart from those of other drawings on the same page.
    pub fn new(name: u64) -> Canvas {
        let mut prefix = [b'a'; 4];
        let mut rest = name;
        for letter in &mut prefix {
            *letter = b'a' + (rest % 26) as u8;
            rest /= 26;
        }
        Canvas {
            defs: String::with_capacity(4096),
            body: String::with_capacity(8192),
            prefix,
            next: 0,
            frames: vec![Frame::PAGE],
            bounds: Bounds::EMPTY,
            motifs: Vec::new(),
            shadow: None,
        }
    }

    /// Draws something aside and tells how far it reaches around its origin.
    pub fn apart(&mut self, drawing: impl FnOnce(&mut Canvas)) -> Piece {
        let outside = std::mem::replace(&mut self.body, String::with_capacity(6144));
        let around = std::mem::replace(&mut self.bounds, Bounds::EMPTY);
        drawing(self);
        let body = std::mem::replace(&mut self.body, outside);
        let bounds = std::mem::replace(&mut self.bounds, around);
        Piece { body, bounds }
    }

    /// Bytes written so far, counting what is apart and not yet placed.
    pub fn size_with(&self, piece: &Piece) -> usize {
        self.defs.len() + self.body.len() + piece.body.len()
    }

    pub fn place(&mut self, piece: &Piece) {
        self.body.push_str(&piece.body);
    }

    /// What is drawn inside does not count for the size of the thing: shadows, halos.
    pub fn uncounted(&mut self, drawing: impl FnOnce(&mut Canvas)) {
        let before = self.bounds;
        drawing(self);
        self.bounds = before;
    }

    fn count(&mut self, bounds: Bounds, style: &Style) {
        let frame = self.frames[self.frames.len() - 1];
        if !frame.counts || style.opacity < SOLID || style.clip.is_some() || bounds.left > bounds.right {
            return;
        }
        for (x, y) in [
            (bounds.left, bounds.top),
            (bounds.right, bounds.top),
            (bounds.left, bounds.bottom),
            (bounds.right, bounds.bottom),
        ] {
            let place = |row: (f32, f32, f32)| row.0 * x + row.1 * y + row.2;
            self.bounds.take(place(frame.x), place(frame.y));
        }
    }

    pub fn finish(self, width: u32, height: u32, title: &str) -> String {
        let mut svg = String::with_capacity(self.defs.len() + self.body.len() + 200 + title.len());
        svg.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
        whole(&mut svg, width);
        svg.push(' ');
        whole(&mut svg, height);
        svg.push_str("\" role=\"img\"><title>");
        escape(&mut svg, title);
        svg.push_str("</title>");
        if !self.defs.is_empty() {
            svg.push_str("<defs>");
            svg.push_str(&self.defs);
            svg.push_str("</defs>");
        }
        svg.push_str(&self.body);
        svg.push_str("</svg>");
        svg
    }

    fn fresh(&mut self) -> Id {
        self.next += 1;
        Id(self.next)
    }

    fn name(prefix: [u8; 4], out: &mut String, id: Id) {
        for letter in prefix {
            out.push(char::from(letter));
        }
        whole(out, id.0);
    }

    fn paint(&mut self, paint: Paint) {
        match paint {
            Paint::None => self.body.push_str("none"),
            Paint::Flat(colour) => hex(&mut self.body, colour),
            Paint::Def(id) => {
                self.body.push_str("url(#");
                Self::name(self.prefix, &mut self.body, id);
                self.body.push(')');
            }
        }
    }

    fn attribute(&mut self, name: &str, value: f32) {
        self.body.push(' ');
        self.body.push_str(name);
        self.body.push_str("=\"");
        if value.abs() < 10.0 {
            fine(&mut self.body, value);
        } else {
            number(&mut self.body, value);
        }
        self.body.push('"');
    }

    fn style(&mut self, style: Style) {
        self.body.push_str(" fill=\"");
        self.paint(style.fill);
        self.body.push('"');
        if !matches!(style.stroke, Paint::None) {
            self.body.push_str(" stroke=\"");
            self.paint(style.stroke);
            self.body.push('"');
            self.attribute("stroke-width", style.width);
            if style.round {
                self.body.push_str(" stroke-linecap=\"round\"");
            }
            if let Some((on, off)) = style.dash {
                self.body.push_str(" stroke-dasharray=\"");
                number(&mut self.body, on);
                self.body.push(' ');
                number(&mut self.body, off);
                self.body.push('"');
                if style.dash_offset != 0.0 {
                    self.attribute("stroke-dashoffset", style.dash_offset);
                }
            }
        }
        if style.opacity < 0.995 {
            self.attribute("opacity", style.opacity);
        }
        if let Some(id) = style.clip {
            self.body.push_str(" clip-path=\"");
            self.paint(Paint::Def(id));
            self.body.push('"');
        }
        self.body.push_str("/>");
    }

    pub fn draw(&mut self, path: &Path, style: Style) {
        if path.data.is_empty() {
            return;
        }
        self.body.push_str("<path d=\"");
        self.body.push_str(&path.data);
        self.body.push('"');
        self.style(style);
        self.count(path.bounds, &style);
    }

    pub fn ellipse(&mut self, cx: f32, cy: f32, rx: f32, ry: f32, style: Style) {
        self.count(
            Bounds {
                left: cx - rx,
                top: cy - ry,
                right: cx + rx,
                bottom: cy + ry,
            },
            &style,
        );
        self.body.push_str("<ellipse");
        for (name, value) in [("cx", cx), ("cy", cy), ("rx", rx), ("ry", ry)] {
            self.attribute(name, value);
        }
        self.style(style);
    }

    pub fn circle(&mut self, cx: f32, cy: f32, r: f32, style: Style) {
        self.count(
            Bounds {
                left: cx - r,
                top: cy - r,
                right: cx + r,
                bottom: cy + r,
            },
            &style,
        );
        self.body.push_str("<circle");
        for (name, value) in [("cx", cx), ("cy", cy), ("r", r)] {
            self.attribute(name, value);
        }
        self.style(style);
    }

    /// A rectangle whose corners are rounded by `corner`.
    pub fn rect(&mut self, x: f32, y: f32, size: (f32, f32), corner: f32, style: Style) {
        self.count(
            Bounds {
                left: x,
                top: y,
                right: x + size.0,
                bottom: y + size.1,
            },
            &style,
        );
        self.body.push_str("<rect");
        for (name, value) in [("x", x), ("y", y), ("width", size.0), ("height", size.1)] {
            self.attribute(name, value);
        }
        if corner > 0.0 {
            self.attribute("rx", corner);
        }
        self.style(style);
    }

    pub fn words(&mut self, x: f32, y: f32, size: f32, text: &str, ink: Rgb, spacing: f32) {
        self.body
            .push_str("<text text-anchor=\"middle\" font-family=\"Georgia,'Liberation Serif',serif\"");
        for (name, value) in [("x", x), ("y", y), ("font-size", size)] {
            self.attribute(name, value);
        }
        if spacing > 0.0 {
            self.attribute("letter-spacing", spacing);
        }
        self.body.push_str(" fill=\"");
        self.paint(Paint::Flat(ink));
        self.body.push_str("\">");
        escape(&mut self.body, text);
        self.body.push_str("</text>");
    }

    /// Everything until `close` is moved, then turned by `degrees`, then scaled.
    pub fn open(&mut self, x: f32, y: f32, degrees: f32, scale: (f32, f32)) {
        self.frames
            .push(self.frames[self.frames.len() - 1].inside(x, y, degrees, scale));
        self.body.push_str("<g transform=\"translate(");
        number(&mut self.body, x);
        self.body.push(' ');
        number(&mut self.body, y);
        self.body.push(')');
        if degrees != 0.0 {
            self.body.push_str("rotate(");
            number(&mut self.body, degrees);
            self.body.push(')');
        }
        if scale != (1.0, 1.0) {
            self.body.push_str("scale(");
            fine(&mut self.body, scale.0);
            self.body.push(' ');
            fine(&mut self.body, scale.1);
            self.body.push(')');
        }
        self.body.push_str("\">");
    }

    /// Everything until `close` is seen only inside the clip and with this opacity.
    pub fn within(&mut self, clip: Option<Id>, opacity: f32) {
        let outer = self.frames[self.frames.len() - 1];
        let counts = outer.counts && clip.is_none() && opacity >= SOLID;
        self.frames.push(Frame { counts, ..outer });
        self.group(clip, opacity);
    }

    /// Like `within`, for what grows out of a mouth: it counts as part of the thing.
    pub fn rising(&mut self, clip: Id) {
        self.frames.push(self.frames[self.frames.len() - 1]);
        self.group(Some(clip), 1.0);
    }

    fn group(&mut self, clip: Option<Id>, opacity: f32) {
        self.body.push_str("<g");
        if let Some(id) = clip {
            self.body.push_str(" clip-path=\"");
            self.paint(Paint::Def(id));
            self.body.push('"');
        }
        if opacity < 0.995 {
            self.attribute("opacity", opacity);
        }
        self.body.push('>');
    }

    pub fn close(&mut self) {
        self.frames.pop();
        self.body.push_str("</g>");
    }

    fn open_def(&mut self, tag: &str, numbers: &[(&str, f32)]) -> Id {
        let id = self.fresh();
        self.defs.push('<');
        self.defs.push_str(tag);
        self.defs.push_str(" id=\"");
        Self::name(self.prefix, &mut self.defs, id);
        self.defs.push('"');
        for &(name, value) in numbers {
            self.defs.push(' ');
            self.defs.push_str(name);
            self.defs.push_str("=\"");
            if value.abs() < 10.0 {
                fine(&mut self.defs, value);
            } else {
                number(&mut self.defs, value);
            }
            self.defs.push('"');
        }
        id
    }

    fn stops(&mut self, stops: &[(f32, Rgb, f32)]) {
        for &(offset, colour, opacity) in stops {
            self.defs.push_str("<stop offset=\"");
            fine(&mut self.defs, offset);
            self.defs.push_str("\" stop-color=\"");
            hex(&mut self.defs, colour);
            if opacity < 0.995 {
                self.defs.push_str("\" stop-opacity=\"");
                fine(&mut self.defs, opacity);
            }
            self.defs.push_str("\"/>");
        }
    }

    /// A gradient from one point to another; each stop is (offset, colour, opacity).
    pub fn linear(&mut self, from: (f32, f32), to: (f32, f32), stops: &[(f32, Rgb, f32)]) -> Id {
        self.straight(from, to, " gradientUnits=\"userSpaceOnUse\">", stops)
    }

    fn straight(&mut self, from: (f32, f32), to: (f32, f32), rest: &str, stops: &[(f32, Rgb, f32)]) -> Id {
        let ends = [("x1", from.0), ("x2", to.0), ("y1", from.1), ("y2", to.1)];
        // A level gradient needs no heights: zero is their default.
        let level = from.1 == 0.0 && to.1 == 0.0;
        let id = self.open_def("linearGradient", if level { &ends[..2] } else { &ends });
        self.defs.push_str(rest);
        self.stops(stops);
        self.defs.push_str("</linearGradient>");
        id
    }

    /// Like `linear`, going there and back for ever: folds, planks, ribs.
    pub fn ripple(&mut self, from: (f32, f32), to: (f32, f32), stops: &[(f32, Rgb, f32)]) -> Id {
        self.straight(
            from,
            to,
            " gradientUnits=\"userSpaceOnUse\" spreadMethod=\"reflect\">",
            stops,
        )
    }

    /// A round gradient fitted to the box of whatever it fills, its centre given in shares of that box.
    pub fn radial(&mut self, cx: f32, cy: f32, r: f32, stops: &[(f32, Rgb, f32)]) -> Id {
        let id = self.open_def("radialGradient", &[("cx", cx), ("cy", cy), ("r", r)]);
        self.defs.push('>');
        self.stops(stops);
        self.defs.push_str("</radialGradient>");
        id
    }

    pub fn clip(&mut self, path: &Path) -> Id {
        let id = self.open_def("clipPath", &[]);
        self.defs.push_str("><path d=\"");
        self.defs.push_str(&path.data);
        self.defs.push_str("\"/></clipPath>");
        id
    }

    /// A repeating tile, drawn by `tile`, turned by `degrees`.
    pub fn pattern(&mut self, size: (f32, f32), degrees: f32, tile: impl FnOnce(&mut Canvas)) -> Id {
        let outside = std::mem::take(&mut self.body);
        self.uncounted(tile);
        let inside = std::mem::replace(&mut self.body, outside);
        let id = self.open_def("pattern", &[("width", size.0), ("height", size.1)]);
        self.defs.push_str(" patternUnits=\"userSpaceOnUse\"");
        if degrees != 0.0 {
            self.defs.push_str(" patternTransform=\"rotate(");
            number(&mut self.defs, degrees);
            self.defs.push_str(")\"");
        }
        self.defs.push('>');
        self.defs.push_str(&inside);
        self.defs.push_str("</pattern>");
        id
    }

    /// A motif drawn once around the origin and stamped by `stamp`.
    pub fn motif(&mut self, drawing: impl FnOnce(&mut Canvas)) -> Id {
        let page = std::mem::replace(&mut self.frames, vec![Frame::PAGE]);
        let piece = self.apart(drawing);
        self.frames = page;
        let id = self.open_def("g", &[]);
        self.defs.push('>');
        self.defs.push_str(&piece.body);
        self.defs.push_str("</g>");
        self.motifs.push((id, piece.bounds));
        id
    }

    /// A path written once, to be filled, clipped by and filled again.
    pub fn shape(&mut self, path: &Path) -> Shape {
        let id = self.open_def("path", &[]);
        self.defs.push_str(" d=\"");
        self.defs.push_str(&path.data);
        self.defs.push_str("\"/>");
        Shape {
            id,
            bounds: path.bounds,
        }
    }

    pub fn draw_shape(&mut self, shape: Shape, style: Style) {
        self.count(shape.bounds, &style);
        self.body.push_str("<use href=\"#");
        Self::name(self.prefix, &mut self.body, shape.id);
        self.body.push('"');
        self.style(style);
    }

    pub fn clip_shape(&mut self, shape: Shape) -> Id {
        let id = self.open_def("clipPath", &[]);
        self.defs.push_str("><use href=\"#");
        Self::name(self.prefix, &mut self.defs, shape.id);
        self.defs.push_str("\"/></clipPath>");
        id
    }

    /// The soft dark spot that all cast shadows share.
    pub fn soft_shadow(&mut self, colour: Rgb) -> Id {
        if let Some(id) = self.shadow {
            return id;
        }
        let id = self.radial(
            0.5,
            0.5,
            0.5,
            &[(0.0, colour, 0.55), (0.55, colour, 0.28), (1.0, colour, 0.0)],
        );
        self.shadow = Some(id);
        id
    }

    pub fn stamp(&mut self, motif: Id, x: f32, y: f32, degrees: f32, scale: (f32, f32)) {
        if let Some(&(_, bounds)) = self.motifs.iter().find(|known| known.0 == motif) {
            let outer = self.frames[self.frames.len() - 1];
            self.frames.push(outer.inside(x, y, degrees, scale));
            self.count(bounds, &fill(Paint::None));
            self.frames.pop();
        }
        self.body.push_str("<use href=\"#");
        Self::name(self.prefix, &mut self.body, motif);
        self.body.push_str("\" transform=\"translate(");
        number(&mut self.body, x);
        self.body.push(' ');
        number(&mut self.body, y);
        self.body.push(')');
        if degrees != 0.0 {
            self.body.push_str("rotate(");
            number(&mut self.body, degrees);
            self.body.push(')');
        }
        if scale != (1.0, 1.0) {
            self.body.push_str("scale(");
            fine(&mut self.body, scale.0);
            self.body.push(' ');
            fine(&mut self.body, scale.1);
            self.body.push(')');
        }
        self.body.push_str("\"/>");
    }
}
