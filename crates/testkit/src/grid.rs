use std::fmt;

/// What came of many trials: one row a step, one column a fault, each cell well or what was broken.
#[derive(Clone, Debug)]
pub struct Grid {
    pub corner: String,
    pub columns: Vec<String>,
    pub rows: Vec<(String, Vec<Cell>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Well,
    /// The fault has no place there.
    None,
    Broken(Vec<String>),
}

impl Grid {
    #[must_use]
    pub fn new(corner: &str, columns: impl IntoIterator<Item = String>) -> Self {
        Self {
            corner: corner.to_owned(),
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
        }
    }

    /// Every broken cell in words.
    #[must_use]
    pub fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for (row, cells) in &self.rows {
            for (column, cell) in self.columns.iter().zip(cells) {
                if let Cell::Broken(what) = cell {
                    broken.extend(what.iter().map(|what| format!("{row}, {column}: {what}")));
                }
            }
        }
        broken
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self
            .rows
            .iter()
            .map(|(row, _)| row.len())
            .chain([self.corner.len()]);
        let first = first.max().unwrap_or(0);
        write!(f, "{:first$}", self.corner)?;
        for column in &self.columns {
            write!(f, "  {column}")?;
        }
        for (row, cells) in &self.rows {
            write!(f, "\n{row:first$}")?;
            for (column, cell) in self.columns.iter().zip(cells) {
                let word = match cell {
                    Cell::Well => "ok",
                    Cell::None => "-",
                    Cell::Broken(_) => "BROKEN",
                };
                write!(f, "  {word:width$}", width = column.len())?;
            }
        }
        for broken in self.broken() {
            write!(f, "\n  {broken}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_read_row_by_row_and_names_what_is_broken() {
        let mut grid = Grid::new("step", ["fail".to_owned(), "kill after".to_owned()]);
        grid.rows.push(("place".to_owned(), vec![Cell::Well, Cell::None]));
        let broken = Cell::Broken(vec!["two charges".to_owned()]);
        grid.rows.push(("capture".to_owned(), vec![broken, Cell::Well]));
        assert_eq!(
            grid.to_string().lines().map(str::trim_end).collect::<Vec<_>>(),
            [
                "step     fail  kill after",
                "place    ok    -",
                "capture  BROKEN  ok",
                "  capture, fail: two charges",
            ]
        );
    }
}
