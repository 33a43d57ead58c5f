//! Writing a document from top to bottom.

use crate::code128::{self, QUIET, Unprintable};
use crate::font::{Face, Style, encode};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use std::io::Write;

/// The size of a page and its margin on all sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sheet {
    pub width: f32,
    pub height: f32,
    pub margin: f32,
}

impl Sheet {
    pub const A4: Self = Self {
        width: 595.0,
        height: 842.0,
        margin: 50.0,
    };
    /// Four by six inches, as labels are printed everywhere.
    pub const LABEL: Self = Self {
        width: 288.0,
        height: 432.0,
        margin: 18.0,
    };

    /// Between the margins.
    #[must_use]
    pub fn inner(&self) -> f32 {
        self.width - 2.0 * self.margin
    }
}

/// Between blocks that stand side by side.
const GUTTER: f32 = 18.0;
/// Kept free for the last line of each page.
const FOOTER: f32 = 24.0;
const RULE: f32 = 0.6;
/// The widest that a bar code's module is drawn: wider ones are no easier to read.
const MODULE_MAX: f32 = 1.6;

/// A document as it is written.
pub struct Paper {
    pub(crate) sheet: Sheet,
    title: String,
    language: String,
    footer: Option<String>,
    pages: Vec<Content>,
    /// From the page's lower edge up to what was written last.
    pub(crate) y: f32,
}

impl Paper {
    /// An empty document. `language` is that of its text, such as `es`.
    #[must_use]
    pub fn new(sheet: Sheet, title: &str, language: &str) -> Self {
        Self {
            sheet,
            title: title.to_owned(),
            language: language.to_owned(),
            footer: None,
            pages: vec![Content::new()],
            y: sheet.height - sheet.margin,
        }
    }

    /// Says something in the last line of each page, beside its number.
    #[must_use]
    pub fn footer(mut self, text: &str) -> Self {
        self.footer = Some(text.to_owned());
        self
    }

    /// Writes text over the whole width.
    pub fn text(&mut self, style: Style, text: &str) {
        for line in style.lines(text, self.sheet.inner()) {
            self.line(style, &line);
        }
    }

    /// Leaves some points free.
    pub fn space(&mut self, points: f32) {
        self.y -= points;
    }

    /// Draws a line from margin to margin, below what was written last.
    pub fn rule(&mut self) {
        let (sheet, y) = (self.sheet, self.y);
        let page = self.page();
        page.set_line_width(RULE);
        page.move_to(sheet.margin, y)
            .line_to(sheet.width - sheet.margin, y)
            .stroke();
        self.y -= 2.0 * RULE;
    }

    /// Writes blocks of lines side by side, each below its heading.
    pub fn blocks(&mut self, blocks: &[(&str, &[String])]) {
        let count = blocks.len().max(1) as f32;
        let width = (self.sheet.inner() - GUTTER * (count - 1.0)) / count;
        let written = |(heading, lines): &(&str, &[String])| -> Vec<(Style, Vec<u8>)> {
            let heading = Style::STRONG.lines(heading, width).into_iter();
            let lines = lines.iter().flat_map(|line| Style::TEXT.lines(line, width));
            let heading = heading.map(|line| (Style::STRONG, line));
            heading.chain(lines.map(|line| (Style::TEXT, line))).collect()
        };
        let blocks: Vec<_> = blocks.iter().map(written).collect();
        let rows = blocks.iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..rows {
            self.advance(Style::TEXT.leading());
            for (index, block) in blocks.iter().enumerate() {
                if let Some((style, line)) = block.get(row) {
                    let x = self.sheet.margin + index as f32 * (width + GUTTER);
                    self.show(*style, x, line);
                }
            }
        }
    }

    /// Writes amounts below each other at the right margin, each with what it is.
    pub fn amounts(&mut self, amounts: &[(&str, &str, Style)]) {
        let right = self.sheet.width - self.sheet.margin;
        let column = self.sheet.inner() * 0.22;
        for (label, amount, style) in amounts {
            let label_width = self.sheet.inner() - column - GUTTER;
            let labels = style.lines(label, label_width);
            for (index, line) in labels.iter().enumerate() {
                self.advance(style.leading());
                self.show(*style, right - column - GUTTER - style.width(line), line);
                if index + 1 == labels.len() {
                    let amount = encode(amount);
                    // An amount wider than its column reaches into the gutter, never over the edge.
                    self.show(*style, right - style.width(&amount), &amount);
                }
            }
        }
    }

    /// Draws `text` as Code 128 over at most the whole width, and writes it below.
    pub fn bar_code(&mut self, text: &str, height: f32) -> Result<(), Unprintable> {
        let bars = code128::bars(text)?;
        let modules: u32 = bars.iter().map(|width| u32::from(*width)).sum();
        let modules = (modules as usize + 2 * QUIET) as f32;
        let module = (self.sheet.inner() / modules).min(MODULE_MAX);
        let start = self.sheet.margin + (self.sheet.inner() - modules * module) / 2.0;
        self.advance(height);
        let y = self.y;
        let mut x = start + QUIET as f32 * module;
        let page = self.page();
        for (index, width) in bars.iter().enumerate() {
            let width = f32::from(*width) * module;
            if index.is_multiple_of(2) {
                page.rect(x, y, width, height);
            }
            x += width;
        }
        page.fill_nonzero();
        self.space(2.0);
        for line in Style::STRONG.lines(text, self.sheet.inner()) {
            let x = (self.sheet.width - Style::STRONG.width(&line)) / 2.0;
            self.advance(Style::STRONG.leading());
            self.show(Style::STRONG, x, &line);
        }
        Ok(())
    }

    /// Writes a line of its own.
    fn line(&mut self, style: Style, line: &[u8]) {
        self.advance(style.leading());
        let x = self.sheet.margin;
        self.show(style, x, line);
    }

    /// Shows text at the present height.
    pub(crate) fn show(&mut self, style: Style, x: f32, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        let y = self.y;
        place(self.page(), style, [x, y], text);
    }

    /// Goes down by so many points, to the next page where this one has no room for them.
    pub(crate) fn advance(&mut self, points: f32) {
        self.room(points);
        self.y -= points;
    }

    /// Begins another page if this one has no room for so many points; whether it did.
    pub(crate) fn room(&mut self, points: f32) -> bool {
        let full = self.y - points < self.bottom() && self.y < self.top();
        if full {
            self.pages.push(Content::new());
            self.y = self.top();
        }
        full
    }

    fn top(&self) -> f32 {
        self.sheet.height - self.sheet.margin
    }

    fn bottom(&self) -> f32 {
        let footer = if self.footer.is_some() { FOOTER } else { 0.0 };
        self.sheet.margin + footer
    }

    /// Points between a new page's first line and its last.
    pub(crate) fn page_room(&self) -> f32 {
        self.top() - self.bottom()
    }

    pub(crate) fn page(&mut self) -> &mut Content {
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// The finished document.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.write_footers();
        let (catalog, tree, info) = (Ref::new(1), Ref::new(2), Ref::new(3));
        let fonts = [(Face::Regular, Ref::new(4)), (Face::Bold, Ref::new(5))];
        let of_page = |index: usize| {
            let first = 6 + 2 * i32::try_from(index).unwrap_or(0);
            (Ref::new(first), Ref::new(first + 1))
        };
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(tree).lang(TextStr(&self.language));
        pdf.document_info(info)
            .title(TextStr(&self.title))
            .producer(TextStr("Stoa"));
        let kids = (0..self.pages.len()).map(|index| of_page(index).0);
        pdf.pages(tree)
            .kids(kids)
            .count(i32::try_from(self.pages.len()).unwrap_or(i32::MAX));
        for (face, id) in fonts {
            pdf.type1_font(id)
                .base_font(face.base())
                .encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        for (index, content) in self.pages.into_iter().enumerate() {
            let (id, text) = of_page(index);
            let mut page = pdf.page(id);
            page.parent(tree).contents(text);
            page.media_box(Rect::new(0.0, 0.0, self.sheet.width, self.sheet.height));
            let mut resources = page.resources();
            let mut known = resources.fonts();
            for (face, font) in fonts {
                known.pair(face.name(), font);
            }
            known.finish();
            resources.finish();
            page.finish();
            pdf.stream(text, &deflated(content.finish().as_slice()))
                .filter(Filter::FlateDecode);
        }
        pdf.finish()
    }

    fn write_footers(&mut self) {
        let Some(footer) = self.footer.take() else {
            return;
        };
        let (sheet, count, style) = (self.sheet, self.pages.len(), Style::SMALL);
        for (index, page) in self.pages.iter_mut().enumerate() {
            let number = encode(&format!("{} / {count}", index + 1));
            let number_x = sheet.width - sheet.margin - style.width(&number);
            let room = number_x - sheet.margin - GUTTER;
            if let Some(line) = style.lines(&footer, room).first() {
                place(page, style, [sheet.margin, sheet.margin], line);
            }
            place(page, style, [number_x, sheet.margin], &number);
        }
    }
}

fn place(page: &mut Content, style: Style, [x, y]: [f32; 2], text: &[u8]) {
    page.begin_text();
    page.set_font(style.face.name(), style.size);
    page.next_line(x, y);
    page.show(Str(text));
    page.end_text();
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // A vector takes whatever it is given.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
