//! A JSON array, element by element: the whole is never in memory.

use super::row::{Broken, ROW_BYTES_MAX, Row, RowError, parse_object};

/// Cuts `[{...}, {...}]` into rows.
#[derive(Default)]
pub struct ArrayRows {
    place: Place,
    element: Vec<u8>,
    elements: u64,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    /// Between brackets; `depth` counts the braces and brackets open within the present element.
    Element {
        depth: u32,
    },
    Text {
        depth: u32,
    },
    Escape {
        depth: u32,
    },
    After,
}

impl ArrayRows {
    pub fn push(&mut self, chunk: &[u8], rows: &mut Vec<Result<Row, RowError>>) -> Result<(), Broken> {
        for &byte in chunk {
            self.place = self.step(byte, rows)?;
        }
        Ok(())
    }

    pub fn finish(&mut self) -> Result<(), Broken> {
        match self.place {
            Place::After => Ok(()),
            Place::Before => Err(Broken::new(1, "file_empty", "The file has no JSON array.")),
            _ => Err(Broken::new(
                self.elements + 1,
                "file_truncated",
                "The file ends within its array. Upload it again in full; rows that were read are not doubled.",
            )),
        }
    }

    fn step(&mut self, byte: u8, rows: &mut Vec<Result<Row, RowError>>) -> Result<Place, Broken> {
        Ok(match (self.place, byte) {
            (Place::Before, b'[') => Place::Element { depth: 0 },
            (Place::Before | Place::After, b) if b.is_ascii_whitespace() => self.place,
            (Place::Before, _) => {
                return Err(Broken::new(1, "json_malformed", "The file must begin with `[`."));
            }
            (Place::After, _) => {
                return Err(Broken::new(
                    self.elements,
                    "json_malformed",
                    "There is something after the array's `]`.",
                ));
            }
            (Place::Element { depth: 0 }, b',') => {
                self.end_element(rows);
                Place::Element { depth: 0 }
            }
            (Place::Element { depth: 0 }, b']') => {
                if !self.element.trim_ascii().is_empty() {
                    self.end_element(rows);
                }
                Place::After
            }
            (Place::Element { depth }, _) => {
                self.add(byte)?;
                match byte {
                    b'"' => Place::Text { depth },
                    b'{' | b'[' => Place::Element { depth: depth + 1 },
                    b'}' | b']' => Place::Element {
                        depth: depth.saturating_sub(1),
                    },
                    _ => Place::Element { depth },
                }
            }
            (Place::Text { depth }, _) => {
                self.add(byte)?;
                match byte {
                    b'"' => Place::Element { depth },
                    b'\\' => Place::Escape { depth },
                    _ => Place::Text { depth },
                }
            }
            (Place::Escape { depth }, _) => {
                self.add(byte)?;
                Place::Text { depth }
            }
        })
    }

    fn add(&mut self, byte: u8) -> Result<(), Broken> {
        if self.element.len() >= ROW_BYTES_MAX {
            return Err(Broken::new(
                self.elements + 1,
                "row_too_long",
                format!(
                    "The element that starts here has more than {ROW_BYTES_MAX} bytes. A quotation mark or brace is probably never closed."
                ),
            ));
        }
        self.element.push(byte);
        Ok(())
    }

    fn end_element(&mut self, rows: &mut Vec<Result<Row, RowError>>) {
        self.elements += 1;
        rows.push(parse_object(self.elements, self.element.trim_ascii()));
        self.element.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], chunk: usize) -> Result<Vec<Result<u64, u64>>, &'static str> {
        let mut array = ArrayRows::default();
        let mut rows = Vec::new();
        for chunk in text.chunks(chunk) {
            array.push(chunk, &mut rows).map_err(|b| b.code)?;
        }
        array.finish().map_err(|b| b.code)?;
        Ok(rows
            .into_iter()
            .map(|r| r.map(|r| r.number).map_err(|e| e.row))
            .collect())
    }

    #[test]
    fn elements_are_found_whatever_they_hold() {
        let text = br#" [ {"a":"]},\"{["}, {"b":[{"c":[]}]},7 ,{"d":} ] "#;
        for chunk in 1..20 {
            assert_eq!(read(text, chunk), Ok(vec![Ok(1), Ok(2), Err(3), Err(4)]));
        }
        assert_eq!(read(b"[]", 1), Ok(vec![]));
    }

    #[test]
    fn broken_arrays_are_told_apart() {
        assert_eq!(read(b"[{\"a\":1}", 1), Err("file_truncated"));
        assert_eq!(read(b"{}", 1), Err("json_malformed"));
        assert_eq!(read(b"[] x", 1), Err("json_malformed"));
        assert_eq!(read(b" ", 1), Err("file_empty"));
        assert_eq!(
            read(&[b"[\"".as_slice(), &vec![b'x'; 2 << 20]].concat(), 65536),
            Err("row_too_long")
        );
    }
}
