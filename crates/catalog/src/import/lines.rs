//! NDJSON: one object a line.

use super::row::{ROW_BYTES_MAX, Row, RowError, parse_object, too_long};

/// Cuts NDJSON into rows.
#[derive(Default)]
pub struct LineRows {
    /// The beginning of a line that goes on in the next chunk.
    line: Vec<u8>,
    /// Whether the rest of the present line is passed over, because it is too long.
    passing: bool,
    /// Line breaks seen.
    lines: u64,
}

impl LineRows {
    pub fn push(&mut self, mut chunk: &[u8], rows: &mut Vec<Result<Row, RowError>>) {
        while let Some(at) = chunk.iter().position(|&b| b == b'\n') {
            self.add(&chunk[..at], rows);
            self.end_line(rows);
            chunk = &chunk[at + 1..];
        }
        self.add(chunk, rows);
    }

    pub fn finish(&mut self, rows: &mut Vec<Result<Row, RowError>>) {
        self.end_line(rows);
    }

    fn add(&mut self, part: &[u8], rows: &mut Vec<Result<Row, RowError>>) {
        if self.passing {
            return;
        }
        if self.line.len() + part.len() > ROW_BYTES_MAX {
            rows.push(Err(too_long(self.lines + 1)));
            self.line.clear();
            self.passing = true;
            return;
        }
        self.line.extend_from_slice(part);
    }

    fn end_line(&mut self, rows: &mut Vec<Result<Row, RowError>>) {
        self.lines += 1;
        let text = self.line.trim_ascii();
        if !self.passing && !text.is_empty() {
            rows.push(parse_object(self.lines, text));
        }
        self.passing = false;
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_row_and_a_bad_one_spoils_no_other() {
        let text = format!(
            "{{\"sku\":\"a\"}}\n\n{{\"sku\":\n[1]\n{{\"x\":\"{}\"}}\r\n{{\"sku\":\"z\"}}",
            "x".repeat(ROW_BYTES_MAX)
        );
        for chunk in [1024, 100_000_000] {
            let mut lines = LineRows::default();
            let mut rows = Vec::new();
            for chunk in text.as_bytes().chunks(chunk) {
                lines.push(chunk, &mut rows);
            }
            lines.finish(&mut rows);
            let seen: Vec<_> = rows
                .iter()
                .map(|r| r.as_ref().map(|r| r.number).map_err(|e| (e.row, e.code.as_str())))
                .collect();
            assert_eq!(
                seen,
                [
                    Ok(1),
                    Err((3, "json_malformed")),
                    Err((4, "json_malformed")),
                    Err((5, "row_too_long")),
                    Ok(6)
                ]
            );
        }
    }
}
