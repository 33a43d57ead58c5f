//! CSV by csv's own state machine, fed chunk by chunk so that a record's length can be bounded.

use super::padding::Unpad;
use super::row::{Broken, CELLS_MAX, ROW_BYTES_MAX, Row, RowError, Shaped, too_many_cells};
use csv_core::ReadRecordResult;
use serde_json::Value;
use std::sync::Arc;

/// Cuts CSV into rows; the first record names the columns.
pub struct CsvRows {
    machine: csv_core::Reader,
    delimiter: u8,
    unpad: Option<Unpad>,
    plain: Vec<u8>,
    record: Vec<u8>,
    record_len: usize,
    ends: Vec<usize>,
    ends_len: usize,
    header: Option<Vec<Arc<str>>>,
    /// Of the record being read, as a spreadsheet would count it: blank lines are rows.
    number: u64,
    /// Nothing of the record has been read yet.
    is_between: bool,
    last_byte: u8,
}

impl CsvRows {
    pub fn new(delimiter: u8) -> Self {
        Self {
            machine: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            unpad: None,
            plain: Vec::new(),
            record: vec![0; 16 * 1024],
            record_len: 0,
            ends: vec![0; 128],
            ends_len: 0,
            header: None,
            number: 1,
            is_between: true,
            last_byte: 0,
        }
    }

    /// For a file that begins with `head`.
    pub fn of(head: &[u8]) -> Self {
        let delimiter = sniff_delimiter(head);
        Self {
            unpad: Unpad::of(head, delimiter),
            ..Self::new(delimiter)
        }
    }

    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The names of the columns, once the first record is read.
    pub fn header(&self) -> Option<&[Arc<str>]> {
        self.header.as_deref()
    }

    pub fn push(&mut self, chunk: &[u8], rows: &mut Vec<Result<Row, RowError>>) -> Result<(), Broken> {
        let Some(unpad) = &mut self.unpad else {
            return self.cut(chunk, rows);
        };
        let mut plain = std::mem::take(&mut self.plain);
        plain.clear();
        unpad.push(chunk, &mut plain);
        let cut = self.cut(&plain, rows);
        self.plain = plain;
        cut
    }

    fn cut(&mut self, mut chunk: &[u8], rows: &mut Vec<Result<Row, RowError>>) -> Result<(), Broken> {
        // An empty input would mean the end of the file to the machine.
        while !chunk.is_empty() {
            let (_, read) = self.step(chunk, rows)?;
            chunk = &chunk[read..];
        }
        Ok(())
    }

    pub fn finish(&mut self, rows: &mut Vec<Result<Row, RowError>>) -> Result<(), Broken> {
        while self.step(&[], rows)?.0 != ReadRecordResult::End {}
        if self.header.is_none() {
            return Err(Broken::new(1, "file_empty", "The file has no header row."));
        }
        Ok(())
    }

    /// Feeds `input` to the machine once; returns what came of it and how much was read.
    fn step(
        &mut self,
        input: &[u8],
        rows: &mut Vec<Result<Row, RowError>>,
    ) -> Result<(ReadRecordResult, usize), Broken> {
        if self.is_between {
            let blank = self.pass_blank_lines(input);
            if blank > 0 {
                return Ok((ReadRecordResult::InputEmpty, blank));
            }
        }
        let (result, read, written, ended) = self.machine.read_record(
            input,
            &mut self.record[self.record_len..],
            &mut self.ends[self.ends_len..],
        );
        self.record_len += written;
        self.ends_len += ended;
        if let Some(&last) = input[..read].last() {
            self.last_byte = last;
            self.is_between = matches!(result, ReadRecordResult::Record);
        }
        match result {
            ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
            ReadRecordResult::OutputFull => self.grow_record()?,
            ReadRecordResult::OutputEndsFull => self.grow_ends()?,
            ReadRecordResult::Record => {
                self.take_record(rows);
                self.number += 1;
            }
        }
        Ok((result, read))
    }

    /// Counts the blank lines that `input` begins with, which the machine would pass over; says how many bytes they are.
    fn pass_blank_lines(&mut self, input: &[u8]) -> usize {
        let ends = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let mut passed = 0;
        for &byte in ends {
            // The second half of one line's end.
            let is_rest = byte == b'\n' && self.last_byte == b'\r';
            self.number += u64::from(!is_rest);
            self.last_byte = byte;
            passed += 1;
        }
        passed
    }

    fn grow_record(&mut self) -> Result<(), Broken> {
        if self.record.len() >= ROW_BYTES_MAX {
            return Err(Broken::new(
                self.number,
                "row_too_long",
                format!(
                    "The row that starts here has more than {ROW_BYTES_MAX} bytes. A quotation mark is probably never closed."
                ),
            ));
        }
        self.record.resize((self.record.len() * 2).min(ROW_BYTES_MAX), 0);
        Ok(())
    }

    fn grow_ends(&mut self) -> Result<(), Broken> {
        // A little beyond the limit, so that a row with too many cells can still be passed over.
        if self.ends.len() > CELLS_MAX * 4 {
            return Err(Broken::new(
                self.number,
                "cells_too_many",
                format!("A row may have at most {CELLS_MAX} cells."),
            ));
        }
        self.ends.resize(self.ends.len() * 2, 0);
        Ok(())
    }

    fn take_record(&mut self, rows: &mut Vec<Result<Row, RowError>>) {
        let mut start = 0;
        let cells = self.ends[..self.ends_len].iter().map(|&end| {
            let cell = &self.record[start..end];
            start = end;
            decode(cell)
        });
        match &self.header {
            None => self.header = Some(columns(cells)),
            Some(header) => {
                let row = named(self.number, header, cells);
                if !matches!(&row, Ok(row) if row.cells.is_empty()) {
                    rows.push(row);
                }
            }
        }
        self.record_len = 0;
        self.ends_len = 0;
    }
}

fn columns(cells: impl Iterator<Item = String>) -> Vec<Arc<str>> {
    cells
        .enumerate()
        .map(|(i, name)| match name.trim() {
            "" => Arc::from(format!("column_{}", i + 1)),
            // A form sends line breaks in another shape than it was given them.
            name if name.contains(char::is_control) => {
                Arc::from(name.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            name => Arc::from(name),
        })
        .collect()
}

fn named(number: u64, header: &[Arc<str>], cells: impl Iterator<Item = String>) -> Result<Row, RowError> {
    let mut named = Vec::with_capacity(header.len());
    for (i, cell) in cells.enumerate() {
        if i >= CELLS_MAX {
            return Err(too_many_cells(number));
        }
        if cell.trim().is_empty() {
            continue;
        }
        let Some(name) = header.get(i) else {
            return Err(RowError::new(
                number,
                "",
                "cells_extra",
                format!(
                    "This row has more cells than the header's {}. A delimiter within a text must stand in quotes.",
                    header.len()
                ),
            ));
        };
        named.push((Arc::clone(name), Value::String(cell)));
    }
    Ok(Row {
        number,
        cells: named,
        emptied: Vec::new(),
        shaped: Shaped::default(),
    })
}

/// UTF-8, or else Windows-1252, of which Latin-1 is a part: text with accents is hardly ever both.
fn decode(cell: &[u8]) -> String {
    match std::str::from_utf8(cell) {
        Ok(text) => text.to_owned(),
        Err(_) => cell.iter().map(|&byte| windows_1252(byte)).collect(),
    }
}

fn windows_1252(byte: u8) -> char {
    /// What 0x80 to 0x9F mean; holes stay the control characters they are in Latin-1.
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// The delimiter of a file that begins with `head`: the one that stands most often in its first line, outside quotes.
pub fn sniff_delimiter(head: &[u8]) -> u8 {
    let mut counts = [0u32; 4];
    const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
    let mut quoted = false;
    for &byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                if let Some(i) = CANDIDATES.iter().position(|&c| c == byte) {
                    counts[i] += 1;
                }
            }
            _ => {}
        }
    }
    let best = (0..4).rev().max_by_key(|&i| counts[i]).unwrap_or(0);
    CANDIDATES[best]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], chunk: usize) -> Vec<Result<Row, RowError>> {
        let mut csv = CsvRows::new(sniff_delimiter(text));
        let mut rows = Vec::new();
        for chunk in text.chunks(chunk) {
            csv.push(chunk, &mut rows).expect("well-formed");
        }
        csv.finish(&mut rows).expect("well-formed");
        rows
    }

    fn cells(row: &Result<Row, RowError>) -> Vec<(String, String)> {
        let row = row.as_ref().expect("a row");
        row.cells
            .iter()
            .map(|(n, v)| (n.to_string(), v.as_str().unwrap_or_default().to_owned()))
            .collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    }

    #[test]
    fn any_delimiter_and_any_chunking_give_the_same_rows() {
        for delimiter in [",", ";", "\t", "|"] {
            let text =
                "sku,title,price\r\nB1,\"Bowl, \"\"oak\"\"\nbig\",19\r\n\r\nB2,,7\n".replace(',', delimiter);
            for chunk in [1, 2, 7, 1000] {
                let rows = read(text.as_bytes(), chunk);
                assert_eq!(rows.len(), 2, "{delimiter} by {chunk}");
                let title = "Bowl, \"oak\"\nbig".replace(',', delimiter);
                assert_eq!(
                    cells(&rows[0]),
                    pairs(&[("sku", "B1"), ("title", &title), ("price", "19")])
                );
                assert_eq!(cells(&rows[1]), pairs(&[("sku", "B2"), ("price", "7")]));
                let numbers: Vec<_> = rows.iter().flatten().map(|row| row.number).collect();
                assert_eq!(numbers, [2, 4], "the blank line is row 3");
            }
        }
    }

    #[test]
    fn a_last_row_without_line_break_counts() {
        let rows = read(b"sku,title\nB1,Bowl", 3);
        assert_eq!(cells(&rows[0]), pairs(&[("sku", "B1"), ("title", "Bowl")]));
        assert_eq!(rows[0].as_ref().map(|r| r.number), Ok(2));
    }

    #[test]
    fn old_encodings_are_read() {
        let rows = read(b"sku;title\nB1;Jarr\xf3n a 5\x80\n", 100);
        assert_eq!(cells(&rows[0])[1].1, "Jarrón a 5€");
    }

    #[test]
    fn a_row_that_is_too_wide_is_an_error_of_its_own() {
        let rows = read(b"sku,title\nB1,a,b\nB2,c\n", 100);
        assert_eq!(rows[0].as_ref().map_err(|e| e.code.as_str()), Err("cells_extra"));
        assert_eq!(cells(&rows[1])[0].1, "B2");
    }

    #[test]
    fn an_open_quote_does_not_eat_the_memory() {
        let mut csv = CsvRows::new(b',');
        let mut rows = Vec::new();
        csv.push(b"sku,title\nB1,\"", &mut rows).expect("so far");
        let filler = vec![b'x'; 64 * 1024];
        let broken = (0..100)
            .find_map(|_| csv.push(&filler, &mut rows).err())
            .expect("refused");
        assert_eq!((broken.row, broken.code), (2, "row_too_long"));
    }

    #[test]
    fn an_empty_file_says_so() {
        let mut csv = CsvRows::new(b',');
        assert_eq!(csv.finish(&mut Vec::new()).map_err(|b| b.code), Err("file_empty"));
    }
}
