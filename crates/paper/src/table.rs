//! Tables that go on over pages, with their header on each.

use crate::font::Style;
use crate::write::Paper;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

#[derive(Clone, Debug)]
pub struct Column {
    pub title: String,
    /// Its part of the width, in proportion to the others'.
    pub share: f32,
    pub align: Align,
}

impl Column {
    #[must_use]
    pub fn left(title: &str, share: f32) -> Self {
        Self {
            title: title.to_owned(),
            share,
            align: Align::Left,
        }
    }

    /// Of numbers.
    #[must_use]
    pub fn right(title: &str, share: f32) -> Self {
        Self {
            align: Align::Right,
            ..Self::left(title, share)
        }
    }
}

/// Rows of as many cells as there are columns.
#[derive(Clone, Debug)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    pub style: Style,
}

/// Between columns.
const GAP: f32 = 8.0;
/// Above and below a row's text.
const PADDING: f32 = 3.0;

/// A row's cells, cut into lines.
type Cells = Vec<Vec<Vec<u8>>>;

impl Paper {
    /// Writes a table. A row that does not fit begins a page; one that fits on none is cut.
    pub fn table(&mut self, table: &Table) {
        let columns = Placed::of(table, self.sheet.margin, self.sheet.inner());
        let header = Style::bold(table.style.size);
        let titles: Cells = columns
            .iter()
            .zip(&table.columns)
            .map(|(placed, column)| header.lines(&column.title, placed.width))
            .collect();
        let tall = |cells: &Cells, style: Style| {
            let lines = cells.iter().map(Vec::len).max().unwrap_or(0);
            lines as f32 * style.leading() + 2.0 * PADDING
        };
        let header_height = tall(&titles, header);
        self.room(header_height + table.style.leading() + 2.0 * PADDING);
        self.header(&titles, &columns, header);
        for row in &table.rows {
            let cells: Cells = columns
                .iter()
                .zip(row)
                .map(|(placed, cell)| table.style.lines(cell, placed.width))
                .collect();
            let height = tall(&cells, table.style);
            if height <= self.page_room() - header_height && self.room(height) {
                self.header(&titles, &columns, header);
            }
            self.row(&cells, &columns, table.style, &|paper| {
                paper.header(&titles, &columns, header);
            });
        }
        self.rule();
    }

    fn header(&mut self, titles: &Cells, columns: &[Placed], style: Style) {
        self.row(titles, columns, style, &|_| {});
        self.rule();
    }

    /// Writes a row; `on_page` begins each page that it goes on to.
    fn row(&mut self, cells: &Cells, columns: &[Placed], style: Style, on_page: &dyn Fn(&mut Self)) {
        self.space(PADDING);
        let lines = cells.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..lines {
            if self.room(style.leading()) {
                on_page(self);
            }
            self.advance(style.leading());
            for (cell, column) in cells.iter().zip(columns) {
                if let Some(text) = cell.get(line) {
                    let x = match column.align {
                        Align::Left => column.x,
                        Align::Right => column.x + column.width - style.width(text),
                    };
                    self.show(style, x, text);
                }
            }
        }
        self.space(PADDING);
    }
}

/// A column, in its place.
struct Placed {
    x: f32,
    width: f32,
    align: Align,
}

impl Placed {
    fn of(table: &Table, left: f32, inner: f32) -> Vec<Self> {
        let count = table.columns.len().max(1) as f32;
        let shares: f32 = table.columns.iter().map(|column| column.share).sum();
        let room = inner - GAP * (count - 1.0);
        let mut x = left;
        let mut placed = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            let width = room * column.share / shares;
            placed.push(Self {
                x,
                width,
                align: column.align,
            });
            x += width + GAP;
        }
        placed
    }
}
