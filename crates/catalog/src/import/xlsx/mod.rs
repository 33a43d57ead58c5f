//! Workbooks: the first sheet, row by row. The file must be whole before it can be read, so it is bounded; what it
//! unpacks to is bounded too.

mod archive;
mod xml;

use super::row::{Broken, CELLS_MAX, ROW_BYTES_MAX, Row, RowError, Shaped, too_long, too_many_cells};
use archive::Archive;
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, ErrorKind};
use std::sync::Arc;
use xml::{Piece, Pieces};

/// Bytes of a workbook, packed.
pub const WORKBOOK_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of its sheet, unpacked.
const SHEET_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Bytes of the texts that its cells share, unpacked.
const TEXTS_BYTES_MAX: u64 = 96 * 1024 * 1024;
const TEXTS_MAX: usize = 1_000_000;
const SMALL_BYTES_MAX: u64 = 1024 * 1024;

/// Whether a file that begins so is a workbook.
pub fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

/// What is found while a workbook is read.
#[derive(Debug)]
pub enum Found {
    /// The names of the columns: before all rows.
    Header(Vec<Arc<str>>),
    Row(Result<Row, RowError>),
    /// It cannot be read on.
    Broken(Broken),
    /// All of it was read.
    End,
}

/// Reads the first sheet; `each` says whether to go on.
pub fn read(bytes: &[u8], mut each: impl FnMut(Found) -> bool) -> Result<(), Broken> {
    let archive =
        Archive::open(bytes).ok_or_else(|| unreadable(0, "it is no Excel workbook, or it is damaged"))?;
    let texts = texts(&archive)?;
    let sheet = archive
        .read(&first_sheet(&archive), SHEET_BYTES_MAX)
        .ok_or_else(|| unreadable(0, "it has no sheet"))?;
    let mut reader = SheetReader {
        pieces: Pieces::new(sheet),
        texts,
        header: None,
        number: 0,
        is_at_end: false,
    };
    while let Some(cells) = reader.next_row()? {
        let found = match &reader.header {
            None if cells.is_empty() => continue,
            None => {
                let names = header(&cells);
                reader.header = Some(names.clone());
                Found::Header(names)
            }
            Some(_) if cells.is_empty() => continue,
            Some(header) => Found::Row(row(reader.number, header, cells)),
        };
        if !each(found) {
            return Ok(());
        }
    }
    match reader.header {
        Some(_) => Ok(()),
        None => Err(Broken::new(
            1,
            "file_empty",
            "The workbook's first sheet has no rows.",
        )),
    }
}

fn unreadable(row: u64, why: &str) -> Broken {
    Broken::new(
        row,
        "file_unreadable",
        format!("The file cannot be read: {why}. Save it as .xlsx again, or as CSV."),
    )
}

fn io(row: u64, error: &std::io::Error) -> Broken {
    if error.kind() == ErrorKind::FileTooLarge {
        return Broken::new(
            row,
            "file_too_large",
            format!(
                "A workbook's sheet may have at most {} MB, and its texts {} MB. Save it as CSV, or split it.",
                SHEET_BYTES_MAX >> 20,
                TEXTS_BYTES_MAX >> 20
            ),
        );
    }
    unreadable(row, &error.to_string())
}

/// Cells by column, empty ones left out.
type SheetCells = Vec<(usize, String)>;

fn header(cells: &SheetCells) -> Vec<Arc<str>> {
    let width = cells.last().map_or(0, |(column, _)| column + 1);
    let mut names: Vec<Arc<str>> = (1..=width).map(|n| Arc::from(format!("column_{n}"))).collect();
    for (column, name) in cells {
        names[*column] = Arc::from(name.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    names
}

fn row(number: u64, header: &[Arc<str>], cells: SheetCells) -> Result<Row, RowError> {
    let mut named = Vec::with_capacity(cells.len());
    let mut bytes = 0;
    for (column, text) in cells {
        bytes += text.len();
        if bytes > ROW_BYTES_MAX {
            return Err(too_long(number));
        }
        let Some(name) = header.get(column) else {
            return Err(RowError::new(
                number,
                "",
                "cells_extra",
                format!(
                    "This row has more cells than the header's {}. Name the column, or empty the cell.",
                    header.len()
                ),
            ));
        };
        named.push((Arc::clone(name), Value::String(text)));
    }
    if named.len() > CELLS_MAX {
        return Err(too_many_cells(number));
    }
    Ok(Row {
        number,
        cells: named,
        emptied: Vec::new(),
        shaped: Shaped::default(),
    })
}

/// Where the first sheet lies.
fn first_sheet(archive: &Archive<'_>) -> String {
    const USUAL: &str = "xl/worksheets/sheet1.xml";
    let named = || -> Option<String> {
        let mut pieces = Pieces::new(archive.read("xl/workbook.xml", SMALL_BYTES_MAX)?);
        let id = loop {
            match pieces.next().ok()?? {
                Piece::Start { name, attributes, .. } if name == "sheet" => {
                    break attribute(&attributes, "id")?.to_owned();
                }
                _ => {}
            }
        };
        let mut pieces = Pieces::new(archive.read("xl/_rels/workbook.xml.rels", SMALL_BYTES_MAX)?);
        loop {
            if let Piece::Start { attributes, .. } = pieces.next().ok()??
                && attribute(&attributes, "Id") == Some(&id)
            {
                let target = attribute(&attributes, "Target")?;
                return Some(match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None => format!("xl/{target}"),
                });
            }
        }
    };
    named().unwrap_or_else(|| USUAL.to_owned())
}

fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.as_str())
}

/// The texts that cells share.
fn texts(archive: &Archive<'_>) -> Result<Vec<Arc<str>>, Broken> {
    let Some(part) = archive.read("xl/sharedStrings.xml", TEXTS_BYTES_MAX) else {
        return Ok(Vec::new());
    };
    let mut pieces = Pieces::new(part);
    let mut texts: Vec<Arc<str>> = Vec::new();
    // The same text under several numbers is kept once.
    let mut known: HashMap<Arc<str>, ()> = HashMap::new();
    loop {
        let Some(piece) = pieces.next().map_err(|error| io(0, &error))? else {
            return Err(unreadable(0, "the texts of its cells are cut off"));
        };
        if is_end_of(&piece, "sst") {
            return Ok(texts);
        }
        if matches!(&piece, Piece::Start { name, .. } if name == "si") {
            let text = if matches!(piece, Piece::Start { is_empty: true, .. }) {
                String::new()
            } else {
                shown_text(&mut pieces, "si").map_err(|error| io(0, &error))?
            };
            if texts.len() >= TEXTS_MAX {
                return Err(Broken::new(
                    0,
                    "file_too_large",
                    format!(
                        "A workbook may have at most {TEXTS_MAX} different texts. Save it as CSV, or split it."
                    ),
                ));
            }
            let text = match known.get_key_value(text.as_str()) {
                Some((text, ())) => Arc::clone(text),
                None => {
                    let text: Arc<str> = Arc::from(text);
                    known.insert(Arc::clone(&text), ());
                    text
                }
            };
            texts.push(text);
        }
    }
}

/// Whether an element ends here, or is empty.
fn is_end_of(piece: &Piece, element: &str) -> bool {
    match piece {
        Piece::End(name) => name == element,
        Piece::Start { name, is_empty, .. } => *is_empty && name == element,
        Piece::Text(_) => false,
    }
}

/// The text within an element up to its end: pieces of rich text joined, readings of Japanese left out.
fn shown_text<R: BufRead>(pieces: &mut Pieces<R>, element: &str) -> Result<String, std::io::Error> {
    let (mut text, mut is_shown, mut is_reading) = (String::new(), false, false);
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Start { name, is_empty, .. } => match name.as_str() {
                "t" => is_shown = !is_empty,
                "rPh" => is_reading = !is_empty,
                _ => {}
            },
            Piece::End(name) if name == element => break,
            Piece::End(name) => match name.as_str() {
                "t" => is_shown = false,
                "rPh" => is_reading = false,
                _ => {}
            },
            Piece::Text(part) if is_shown && !is_reading && text.len() <= ROW_BYTES_MAX => {
                text.push_str(&part);
            }
            Piece::Text(_) => {}
        }
    }
    Ok(text)
}

struct SheetReader<R> {
    pieces: Pieces<R>,
    texts: Vec<Arc<str>>,
    header: Option<Vec<Arc<str>>>,
    /// Of the row being read, as the spreadsheet counts.
    number: u64,
    is_at_end: bool,
}

impl<R: BufRead> SheetReader<R> {
    fn piece(&mut self) -> Result<Option<Piece>, Broken> {
        let number = self.number;
        self.pieces.next().map_err(|error| io(number, &error))
    }

    fn next_row(&mut self) -> Result<Option<SheetCells>, Broken> {
        while !self.is_at_end {
            match self.piece()? {
                None => return Err(unreadable(self.number, "it ends before its last row")),
                Some(piece) if is_end_of(&piece, "sheetData") => self.is_at_end = true,
                Some(Piece::Start {
                    name,
                    attributes,
                    is_empty,
                }) if name == "row" => {
                    let stated = attribute(&attributes, "r").and_then(|r| r.parse::<u32>().ok());
                    // Numbers only grow: what is settled is told by them.
                    let stated = stated.map(u64::from).filter(|r| *r > self.number);
                    self.number = stated.unwrap_or(self.number + 1);
                    return if is_empty {
                        Ok(Some(Vec::new()))
                    } else {
                        self.cells().map(Some)
                    };
                }
                Some(_) => {}
            }
        }
        Ok(None)
    }

    fn cells(&mut self) -> Result<SheetCells, Broken> {
        let mut cells = SheetCells::new();
        let mut next = 0;
        let mut bytes = 0;
        loop {
            match self.piece()? {
                None => return Err(unreadable(self.number, "it ends within a row")),
                Some(Piece::End(name)) if name == "row" => break,
                Some(Piece::Start {
                    name,
                    attributes,
                    is_empty,
                }) if name == "c" => {
                    let column = attribute(&attributes, "r").and_then(column_of).unwrap_or(next);
                    next = column + 1;
                    let kind = attribute(&attributes, "t").unwrap_or("n").to_owned();
                    if is_empty {
                        continue;
                    }
                    let text = self.value(&kind)?;
                    bytes += text.len();
                    if !text.trim().is_empty() && column < CELLS_MAX && bytes <= 2 * ROW_BYTES_MAX {
                        cells.push((column, text));
                    }
                }
                Some(_) => {}
            }
        }
        cells.sort_by_key(|(column, _)| *column);
        cells.dedup_by_key(|(column, _)| *column);
        Ok(cells)
    }

    /// A cell's value up to its end.
    fn value(&mut self, kind: &str) -> Result<String, Broken> {
        let number = self.number;
        let mut value = String::new();
        let mut is_value = false;
        loop {
            match self.piece()? {
                None => return Err(unreadable(number, "it ends within a cell")),
                Some(Piece::End(name)) if name == "c" => break,
                Some(Piece::Start { name, is_empty, .. }) if name == "is" && !is_empty => {
                    value = shown_text(&mut self.pieces, "is").map_err(|error| io(number, &error))?;
                }
                Some(Piece::Start { name, is_empty, .. }) => is_value = name == "v" && !is_empty,
                Some(Piece::End(_)) => is_value = false,
                Some(Piece::Text(text)) if is_value => value.push_str(&text),
                Some(Piece::Text(_)) => {}
            }
        }
        Ok(match kind {
            "s" => {
                let text = value.trim().parse::<usize>().ok().and_then(|n| self.texts.get(n));
                text.ok_or_else(|| unreadable(number, "the text of a cell is missing"))?
                    .to_string()
            }
            "b" => if value.trim() == "1" { "true" } else { "false" }.to_owned(),
            // `#N/A` and its like.
            "e" => String::new(),
            "str" | "inlineStr" | "d" => value,
            _ => plain_number(&value),
        })
    }
}

/// Spreadsheets keep 15 digits and write 17: `19.989999999999998` is 19.99 to everybody who sees it.
fn plain_number(text: &str) -> String {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number.abs() < 1e15 => {
            let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
            rounded.to_string()
        }
        _ => text.to_owned(),
    }
}

/// `AB12` is in column 27.
fn column_of(reference: &str) -> Option<usize> {
    let mut column = 0usize;
    for letter in reference.bytes().take_while(u8::is_ascii_alphabetic).take(4) {
        column = column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    }
    column.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;
    use std::io::Write;

    /// A workbook of these parts.
    fn workbook(parts: &[(&str, &str)]) -> Vec<u8> {
        let (mut file, mut directory) = (Vec::new(), Vec::new());
        for (name, text) in parts {
            let mut packer = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(text.as_bytes()).expect("packs");
            let packed = packer.finish().expect("packs");
            let sizes = |bytes: &mut Vec<u8>| {
                bytes.extend_from_slice(&[0; 4]);
                bytes.extend_from_slice(&(packed.len() as u32).to_le_bytes());
                bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
                bytes.extend_from_slice(&(name.len() as u16).to_le_bytes());
            };
            let at = file.len() as u32;
            file.extend_from_slice(b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0");
            sizes(&mut file);
            file.extend_from_slice(&[0; 2]);
            file.extend_from_slice(name.as_bytes());
            file.extend_from_slice(&packed);
            directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0");
            sizes(&mut directory);
            directory.extend_from_slice(&[0; 12]);
            directory.extend_from_slice(&at.to_le_bytes());
            directory.extend_from_slice(name.as_bytes());
        }
        let at = file.len() as u32;
        file.extend_from_slice(&directory);
        file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        file.extend_from_slice(&(parts.len() as u16).to_le_bytes());
        file.extend_from_slice(&(parts.len() as u16).to_le_bytes());
        file.extend_from_slice(&(directory.len() as u32).to_le_bytes());
        file.extend_from_slice(&at.to_le_bytes());
        file.extend_from_slice(&[0; 2]);
        file
    }

    const SHEET: &str = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>price</t></is></c></row>\
        <row r=\"2\"/><row r=\"3\"><c r=\"A3\" t=\"s\"><v>1</v></c><c r=\"B3\" t=\"b\"><v>1</v></c><c r=\"C3\"><v>19.989999999999998</v></c></row>\
        <row r=\"4\"><c r=\"A4\" t=\"e\"><v>#N/A</v></c><c r=\"D4\"><v>4.006381333931E12</v></c></row></sheetData></worksheet>";
    const TEXTS: &str = "<sst><si><t>title</t></si><si><r><t>Oak </t></r><r><t>bowl</t></r><rPh><t>reading</t></rPh></si></sst>";

    fn found(bytes: &[u8]) -> Result<(Vec<String>, Vec<String>), &'static str> {
        let (mut names, mut rows) = (Vec::new(), Vec::new());
        read(bytes, |found| {
            match found {
                Found::Header(header) => names = header.iter().map(|n| n.to_string()).collect(),
                Found::Row(Ok(row)) => {
                    let cells: Vec<_> = row
                        .cells
                        .iter()
                        .map(|(n, v)| format!("{n}={}", v.as_str().unwrap_or("?")))
                        .collect();
                    rows.push(format!("{}: {}", row.number, cells.join(" ")));
                }
                Found::Broken(_) | Found::End => {}
                Found::Row(Err(error)) => rows.push(format!("{}: {}", error.row, error.code)),
            }
            true
        })
        .map_err(|broken| broken.code)?;
        Ok((names, rows))
    }

    #[test]
    fn the_first_sheet_is_read_as_people_see_it() {
        let book = workbook(&[
            (
                "xl/workbook.xml",
                "<workbook><sheets><sheet name=\"Stock\" r:id=\"rId7\"/></sheets></workbook>",
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships><Relationship Id=\"rId7\" Target=\"worksheets/other.xml\"/></Relationships>",
            ),
            ("xl/sharedStrings.xml", TEXTS),
            ("xl/worksheets/other.xml", SHEET),
        ]);
        let (names, rows) = found(&book).expect("read");
        assert_eq!(names, ["title", "column_2", "price"]);
        assert_eq!(
            rows,
            ["3: title=Oak bowl column_2=true price=19.99", "4: cells_extra"]
        );
    }

    #[test]
    fn what_is_no_workbook_says_so() {
        assert_eq!(found(b"PK\x03\x04"), Err("file_unreadable"));
        assert_eq!(
            found(&workbook(&[("word/document.xml", "<x/>")])),
            Err("file_unreadable")
        );
        let empty = workbook(&[("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>")]);
        assert_eq!(found(&empty), Err("file_empty"));
        let cut = workbook(&[(
            "xl/worksheets/sheet1.xml",
            "<sheetData><row r=\"1\"><c t=\"str\"><v>a",
        )]);
        assert_eq!(found(&cut), Err("file_unreadable"));
    }

    #[test]
    fn a_bomb_is_not_unpacked_into_memory() {
        // 40 MB of one text in some kilobytes: the text is longer than a row may be.
        let bomb = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(40 << 20));
        let book = workbook(&[
            ("xl/sharedStrings.xml", &bomb),
            ("xl/worksheets/sheet1.xml", SHEET),
        ]);
        assert!(book.len() < 1 << 20);
        assert_eq!(found(&book), Err("file_unreadable"));
    }

    #[test]
    fn half_a_workbook_does_not_pass_for_a_whole_one() {
        let of = |texts: &str, sheet: &str| {
            found(&workbook(&[
                ("xl/sharedStrings.xml", texts),
                ("xl/worksheets/sheet1.xml", sheet),
            ]))
        };
        assert!(of(TEXTS, SHEET).is_ok());
        let cut_sheet = SHEET.split("<row r=\"4\"").next().expect("has rows");
        assert_eq!(of(TEXTS, cut_sheet), Err("file_unreadable"));
        let cut_texts = TEXTS.split("<si><r>").next().expect("has texts");
        assert_eq!(of(cut_texts, SHEET), Err("file_unreadable"));
        let missing = "<sst><si><t>title</t></si></sst>";
        assert_eq!(of(missing, SHEET), Err("file_unreadable"));
    }

    #[test]
    fn texts_beyond_what_is_unpacked_are_told() {
        let text = format!("<si><t>{}</t></si>", "x".repeat(1_000));
        let texts = format!("<sst>{}</sst>", text.repeat(100_000));
        assert!(texts.len() as u64 > TEXTS_BYTES_MAX);
        let book = workbook(&[
            ("xl/sharedStrings.xml", &texts),
            ("xl/worksheets/sheet1.xml", SHEET),
        ]);
        assert_eq!(found(&book), Err("file_too_large"));
    }

    #[test]
    fn rows_with_wild_numbers_are_counted_on() {
        let sheet = "<sheetData><row r=\"1\"><c t=\"str\"><v>title</v></c></row><row r=\"18446744073709551615\"><c t=\"str\"><v>a</v></c></row>\
            <row><c t=\"str\"><v>b</v></c></row></sheetData>";
        let (_, rows) = found(&workbook(&[("xl/worksheets/sheet1.xml", sheet)])).expect("read");
        assert_eq!(rows, ["2: title=a", "3: title=b"]);
    }

    #[test]
    fn columns_are_counted_as_spreadsheets_do() {
        assert_eq!(
            ["A1", "Z9", "AA1", "1"].map(column_of),
            [Some(0), Some(25), Some(26), None]
        );
    }

    proptest! {
        #[test]
        fn damaged_workbooks_are_read_or_refused(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut book = workbook(&[("xl/sharedStrings.xml", TEXTS), ("xl/worksheets/sheet1.xml", SHEET)]);
            for (at, byte) in changes {
                let at = at.index(book.len());
                book[at] = byte;
            }
            let whole = found(&book);
            book.truncate(cut.index(book.len()));
            let _ = (whole, found(&book));
        }

        #[test]
        fn damaged_sheets_are_read_or_refused(
            changes in prop::collection::vec((any::<prop::sample::Index>(), "[<>/\"=a-zA-Z0-9 ]{0,4}"), 0..6),
        ) {
            let mut sheet: Vec<char> = SHEET.chars().collect();
            for (at, text) in changes {
                let at = at.index(sheet.len());
                sheet.splice(at..at, text.chars());
            }
            let sheet: String = sheet.into_iter().collect();
            let _ = found(&workbook(&[("xl/sharedStrings.xml", TEXTS), ("xl/worksheets/sheet1.xml", &sheet)]));
        }
    }
}
