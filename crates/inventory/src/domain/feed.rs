//! A warehouse's own list of what it has: CSV, cut into rows while it arrives, in bounded memory.

use super::ON_HAND_MAX;
use csv_core::ReadRecordResult;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Rows of one list, without its header.
pub const FEED_ROWS_MAX: usize = 200_000;
/// Bytes of one list.
pub const FEED_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes of one row: a quotation mark that is never closed would swallow the rest.
const ROW_BYTES_MAX: usize = 64 * 1024;
/// Cells of one row.
const CELLS_MAX: usize = 256;
/// Bytes by which the delimiter is told, where the first line is no shorter.
const HEAD_BYTES_MAX: usize = 64 * 1024;
const CODE_CHARS_MAX: usize = 200;
/// Errors that are kept; where there are more, the first ones tell enough.
pub const FEED_ERRORS_KEPT: usize = 100;

/// Names of the column that says what lies there; earlier ones outrank later ones.
const CODE_NAMES: [&str; 18] = [
    "sku",
    "variant_sku",
    "seller_sku",
    "item_sku",
    "code",
    "codigo",
    "item_code",
    "product_code",
    "article_number",
    "codigo_articulo",
    "artikelnummer",
    "reference",
    "referencia",
    "ref",
    "article",
    "articulo",
    "item",
    "codice",
];
/// Names of the column that says how many.
const QUANTITY_NAMES: [&str; 19] = [
    "on_hand",
    "quantity_on_hand",
    "qty_on_hand",
    "quantity",
    "qty",
    "cantidad",
    "stock",
    "existencias",
    "stock_actual",
    "inventory_quantity",
    "variant_inventory_qty",
    "inventory",
    "units",
    "unidades",
    "count",
    "bestand",
    "available",
    "disponible",
    "quantita",
];

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = StockFeedError)]
pub struct FeedError {
    /// As people count: the header is row 1.
    pub row: u64,
    /// The column's name in the file; empty if the row as a whole is at fault.
    pub column: String,
    #[schema(example = "quantity_invalid")]
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// Why a list cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenFeed {
    pub row: u64,
    pub code: &'static str,
    pub message: String,
}

/// One row that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedRow {
    pub row: u64,
    pub code: String,
    pub quantity: i64,
}

/// A list that was read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedFile {
    pub rows: u64,
    pub failed: u64,
    /// The first [`FEED_ERRORS_KEPT`].
    pub errors: Vec<FeedError>,
    pub items: Vec<FeedRow>,
    /// Codes that stand in several rows: what is right of them nobody knows, so they are in no comparison.
    pub twice: Vec<String>,
}

/// Reads a list chunk by chunk.
pub struct FeedReader {
    machine: Option<Box<csv_core::Reader>>,
    /// Until the first line is there, by which the delimiter is told.
    head: Vec<u8>,
    bytes: usize,
    record: Vec<u8>,
    record_len: usize,
    ends: [usize; CELLS_MAX],
    ends_len: usize,
    /// Of the record being read.
    row: u64,
    columns: Option<Columns>,
    seen: HashMap<String, Seen>,
    file: FeedFile,
}

struct Columns {
    names: Vec<String>,
    code: usize,
    quantity: usize,
}

/// Where a code stands first.
struct Seen {
    row: u64,
    quantity: i64,
    is_twice: bool,
}

impl Default for FeedReader {
    fn default() -> Self {
        Self {
            machine: None,
            head: Vec::new(),
            bytes: 0,
            record: vec![0; ROW_BYTES_MAX],
            record_len: 0,
            ends: [0; CELLS_MAX],
            ends_len: 0,
            row: 1,
            columns: None,
            seen: HashMap::new(),
            file: FeedFile::default(),
        }
    }
}

impl FeedReader {
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), BrokenFeed> {
        self.bytes += chunk.len();
        if self.bytes > FEED_BYTES_MAX {
            let message = format!("A file may have at most {FEED_BYTES_MAX} bytes. Split it.");
            return Err(self.broken("file_too_large", message));
        }
        if self.machine.is_some() {
            return self.feed(chunk);
        }
        self.head.extend_from_slice(chunk);
        if self.head.contains(&b'\n') || self.head.len() > HEAD_BYTES_MAX {
            self.begin()?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<FeedFile, BrokenFeed> {
        if self.machine.is_none() {
            self.begin()?;
        }
        while self.step(&[])?.0 != ReadRecordResult::End {}
        if self.columns.is_none() {
            return Err(self.broken("file_empty", "The file has no header row.".to_owned()));
        }
        let mut file = self.file;
        for (code, seen) in self.seen {
            if seen.is_twice {
                file.twice.push(code);
            } else {
                file.items.push(FeedRow {
                    row: seen.row,
                    code,
                    quantity: seen.quantity,
                });
            }
        }
        file.items.sort_by_key(|item| item.row);
        file.twice.sort();
        Ok(file)
    }

    /// Tells the delimiter, and reads what had to wait for that.
    fn begin(&mut self) -> Result<(), BrokenFeed> {
        let head = std::mem::take(&mut self.head);
        if matches!(head.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
            let message = "The file is in UTF-16. Save it as UTF-8 (in a spreadsheet: CSV UTF-8).";
            return Err(self.broken("encoding_unsupported", message.to_owned()));
        }
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
        let machine = csv_core::ReaderBuilder::new().delimiter(delimiter(text)).build();
        self.machine = Some(Box::new(machine));
        self.feed(text)
    }

    fn feed(&mut self, mut chunk: &[u8]) -> Result<(), BrokenFeed> {
        // An empty input would mean the end of the file to the machine.
        while !chunk.is_empty() {
            let (_, read) = self.step(chunk)?;
            chunk = &chunk[read..];
        }
        Ok(())
    }

    /// Feeds `input` to the machine once; returns what came of it and how much was read.
    fn step(&mut self, input: &[u8]) -> Result<(ReadRecordResult, usize), BrokenFeed> {
        let Some(machine) = self.machine.as_mut() else {
            return Ok((ReadRecordResult::End, input.len()));
        };
        let (result, read, written, ended) = machine.read_record(
            input,
            &mut self.record[self.record_len..],
            &mut self.ends[self.ends_len..],
        );
        self.record_len += written;
        self.ends_len += ended;
        match result {
            ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
            ReadRecordResult::OutputFull => {
                let message = format!(
                    "The row that starts here has more than {ROW_BYTES_MAX} bytes. A quotation mark is probably never closed."
                );
                return Err(self.broken("row_too_long", message));
            }
            ReadRecordResult::OutputEndsFull => {
                return Err(self.broken(
                    "cells_too_many",
                    format!("A row may have at most {CELLS_MAX} cells."),
                ));
            }
            ReadRecordResult::Record => {
                self.take_record()?;
                self.record_len = 0;
                self.ends_len = 0;
                self.row += 1;
            }
        }
        Ok((result, read))
    }

    fn take_record(&mut self) -> Result<(), BrokenFeed> {
        let cell = |i: usize| -> Option<&[u8]> {
            let end = *self.ends[..self.ends_len].get(i)?;
            let start = i.checked_sub(1).map_or(0, |before| self.ends[before]);
            Some(self.record[start..end].trim_ascii())
        };
        let Some(columns) = &self.columns else {
            let names = (0..self.ends_len)
                .filter_map(cell)
                .map(|c| String::from_utf8_lossy(c).into_owned());
            self.columns = Some(columns_of(names.collect())?);
            return Ok(());
        };
        if (0..self.ends_len).filter_map(cell).all(<[u8]>::is_empty) {
            return Ok(());
        }
        let read = read_row(
            self.row,
            columns,
            cell(columns.code).unwrap_or_default(),
            cell(columns.quantity).unwrap_or_default(),
        );
        let read = read.and_then(|(code, quantity)| self.take(code, quantity));
        self.file.rows += 1;
        if self.file.rows > FEED_ROWS_MAX as u64 {
            return Err(self.broken(
                "rows_too_many",
                format!("A file may have at most {FEED_ROWS_MAX} rows. Split it."),
            ));
        }
        if let Err(error) = read {
            self.file.failed += 1;
            if self.file.errors.len() < FEED_ERRORS_KEPT {
                self.file.errors.push(error);
            }
        }
        Ok(())
    }

    fn take(&mut self, code: String, quantity: i64) -> Result<(), FeedError> {
        if let Some(seen) = self.seen.get_mut(&code) {
            seen.is_twice = true;
            let column = self.columns.as_ref().map_or("", |c| &c.names[c.code]);
            let message = format!(
                "`{code}` stands in row {} already, so neither counts. Add the two up in one row.",
                seen.row
            );
            return Err(error(self.row, column, "code_twice", message));
        }
        let seen = Seen {
            row: self.row,
            quantity,
            is_twice: false,
        };
        self.seen.insert(code, seen);
        Ok(())
    }

    fn broken(&self, code: &'static str, message: String) -> BrokenFeed {
        BrokenFeed {
            row: self.row,
            code,
            message,
        }
    }
}

fn read_row(row: u64, columns: &Columns, code: &[u8], quantity: &[u8]) -> Result<(String, i64), FeedError> {
    let name = |i: usize| columns.names[i].as_str();
    let (of_code, of_quantity) = (name(columns.code), name(columns.quantity));
    let Ok(code) = std::str::from_utf8(code) else {
        let message = "This is not UTF-8. Save the file as UTF-8 (in a spreadsheet: CSV UTF-8).";
        return Err(error(row, of_code, "text_unreadable", message.to_owned()));
    };
    if code.is_empty() {
        return Err(error(
            row,
            of_code,
            "code_missing",
            "This row names no article.".to_owned(),
        ));
    }
    if code.chars().count() > CODE_CHARS_MAX || code.chars().any(char::is_control) {
        let message = format!("A code is one line of at most {CODE_CHARS_MAX} characters.");
        return Err(error(row, of_code, "code_invalid", message));
    }
    let text = String::from_utf8_lossy(quantity);
    let quantity = units(&text)
        .filter(|units| (0..=ON_HAND_MAX).contains(units))
        .ok_or_else(|| {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(32).collect();
            let message =
                format!("`{shown}` is no number of units: write a whole number from 0 to {ON_HAND_MAX}.");
            error(row, of_quantity, "quantity_invalid", message)
        })?;
    Ok((code.to_owned(), quantity))
}

/// Whole units: `12`, `12.0`, `12,000` is refused, because it could be read in two ways.
fn units(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = whole.bytes().all(|b| b.is_ascii_digit()) && fraction.bytes().all(|b| b == b'0');
    if plain { whole.parse().ok() } else { None }
}

fn columns_of(names: Vec<String>) -> Result<Columns, BrokenFeed> {
    let plain: Vec<String> = names.iter().map(|name| snake_case(name)).collect();
    let find = |known: &[&str]| known.iter().find_map(|name| plain.iter().position(|p| p == name));
    match (find(&CODE_NAMES), find(&QUANTITY_NAMES)) {
        (Some(code), Some(quantity)) => Ok(Columns {
            names,
            code,
            quantity,
        }),
        (code, _) => Err(BrokenFeed {
            row: 1,
            code: "header_unknown",
            message: if code.is_none() {
                "No column says what lies there. Name one `sku` (or code, codigo, referencia ...).".to_owned()
            } else {
                "No column says how many there are. Name one `quantity` (or qty, stock, cantidad ...)."
                    .to_owned()
            },
        }),
    }
}

/// `Código artículo` is `codigo_articulo`.
fn snake_case(name: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        c if c.is_alphanumeric() => c,
        _ => '_',
    };
    let snake: String = name.to_lowercase().chars().map(plain).collect();
    let parts = snake.split('_').filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("_")
}

/// The one that stands most often in the first line, outside quotes.
fn delimiter(head: &[u8]) -> u8 {
    const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
    let mut counts = [0u32; 4];
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

fn error(row: u64, column: &str, code: &str, message: String) -> FeedError {
    FeedError {
        row,
        column: column.to_owned(),
        code: code.to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8], chunk: usize) -> Result<FeedFile, BrokenFeed> {
        let mut reader = FeedReader::default();
        for chunk in text.chunks(chunk) {
            reader.push(chunk)?;
        }
        reader.finish()
    }

    fn items(text: &str) -> Vec<(u64, String, i64)> {
        let file = read(text.as_bytes(), 1000).expect("well-formed");
        file.items
            .into_iter()
            .map(|i| (i.row, i.code, i.quantity))
            .collect()
    }

    #[test]
    fn columns_are_known_by_their_many_names() {
        let expected = [(2, "B-1".to_owned(), 12)];
        for text in [
            "code,quantity\nB-1,12\n",
            "Bin;Código artículo;Existencias\nA7;B-1;12\n",
            "\u{feff}Variant SKU\tVariant Inventory Qty\nB-1\t12.0",
            "reference|SKU|available|On hand\nx|B-1|9|12\n",
            "\"sku\",\"qty\"\r\n\" B-1 \",\"12\"\r\n\r\n,\r\n",
        ] {
            assert_eq!(items(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_by_row_and_column() {
        let file = read(
            b"sku,qty\nA,-1\nB,\nC,1.5\n,3\nD,\"1,200\"\nE,4\nF,1\nF,2\n\xff,1\nG\n",
            7,
        )
        .expect("read");
        let told: Vec<String> = file
            .errors
            .iter()
            .map(|e| format!("{} {} {}", e.row, e.column, e.code))
            .collect();
        expect_test::expect![[r#"
            2 qty quantity_invalid
            3 qty quantity_invalid
            4 qty quantity_invalid
            5 sku code_missing
            6 qty quantity_invalid
            9 sku code_twice
            10 sku text_unreadable
            11 qty quantity_invalid"#]]
        .assert_eq(&told.join("\n"));
        assert_eq!((file.rows, file.failed), (10, 8));
        assert_eq!(file.twice, ["F"]);
        assert_eq!(file.items.len(), 1, "only E is sure");
    }

    #[test]
    fn a_file_that_is_none_is_refused_with_a_reason() {
        let code = |text: &[u8]| read(text, 100).expect_err("refused").code;
        assert_eq!(code(b""), "file_empty");
        assert_eq!(code(b"title,qty\nBowl,1\n"), "header_unknown");
        assert_eq!(code(b"sku,title\nB,1\n"), "header_unknown");
        assert_eq!(code(b"\xff\xfes\0"), "encoding_unsupported");
        assert_eq!(
            code(&[b"sku,qty\nA,\"".as_slice(), &[b'x'; ROW_BYTES_MAX]].concat()),
            "row_too_long"
        );
        assert_eq!(
            code(&[b"sku,qty\nA".as_slice(), &[b','; CELLS_MAX]].concat()),
            "cells_too_many"
        );
    }

    #[test]
    fn a_file_has_an_end() {
        let mut text = String::from("sku,qty\n");
        (0..=FEED_ROWS_MAX).for_each(|n| text.push_str(&format!("{n},1\n")));
        assert_eq!(
            read(text.as_bytes(), 65_536).expect_err("refused").code,
            "rows_too_many"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic_or_depend_on_chunks(
            bytes in prop::collection::vec(prop_oneof![Just(b'"'), Just(b'\n'), Just(b','), Just(b'1'), any::<u8>()], 0..200),
            chunk in 1usize..40,
        ) {
            let text = [b"sku,qty\n".as_slice(), &bytes].concat();
            prop_assert_eq!(read(&text, chunk), read(&text, 100_000));
        }
    }
}
