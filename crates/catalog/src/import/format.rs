//! Which format a file has, and the one reader over all of them.

use super::array::ArrayRows;
use super::csv::CsvRows;
use super::lines::LineRows;
use super::row::{Broken, Row, RowError};
use super::xlsx::is_workbook;
use std::sync::Arc;

/// Bytes at the beginning of a file by which its format is told.
pub const HEAD_BYTES: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Csv,
    /// The first sheet of an Excel workbook.
    Xlsx,
    Ndjson,
    JsonArray,
}

impl Format {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Ndjson => "ndjson",
            Self::JsonArray => "json_array",
        }
    }

    /// What a file that begins with `head` seems to be.
    fn sniff(head: &[u8]) -> Self {
        match head.iter().find(|b| !b.is_ascii_whitespace()) {
            _ if is_workbook(head) => Self::Xlsx,
            Some(b'[') => Self::JsonArray,
            Some(b'{') => Self::Ndjson,
            _ => Self::Csv,
        }
    }
}

/// Cuts a file of any format into rows.
pub enum Rows {
    Csv(Box<CsvRows>),
    Ndjson(LineRows),
    JsonArray(ArrayRows),
    /// Cut elsewhere, because the whole file is needed first: the names of its columns.
    Xlsx(Option<Vec<Arc<str>>>),
}

impl Rows {
    /// A reader for a file that begins with `head`, from which a byte order mark has been taken.
    pub fn new(format: Option<Format>, head: &[u8]) -> Self {
        match format.unwrap_or_else(|| Format::sniff(head)) {
            Format::Csv => Self::Csv(Box::new(CsvRows::of(head))),
            Format::Xlsx => Self::Xlsx(None),
            Format::Ndjson => Self::Ndjson(LineRows::default()),
            Format::JsonArray => Self::JsonArray(ArrayRows::default()),
        }
    }

    pub fn format(&self) -> Format {
        match self {
            Self::Csv(_) => Format::Csv,
            Self::Xlsx(_) => Format::Xlsx,
            Self::Ndjson(_) => Format::Ndjson,
            Self::JsonArray(_) => Format::JsonArray,
        }
    }

    /// The names of the columns, where the format has a header and it has been read.
    pub fn header(&self) -> Option<&[Arc<str>]> {
        match self {
            Self::Csv(csv) => csv.header(),
            Self::Xlsx(header) => header.as_deref(),
            Self::Ndjson(_) | Self::JsonArray(_) => None,
        }
    }

    pub fn delimiter(&self) -> Option<u8> {
        match self {
            Self::Csv(csv) => Some(csv.delimiter()),
            Self::Xlsx(_) | Self::Ndjson(_) | Self::JsonArray(_) => None,
        }
    }

    pub fn push(&mut self, chunk: &[u8], rows: &mut Vec<Result<Row, RowError>>) -> Result<(), Broken> {
        match self {
            Self::Csv(csv) => csv.push(chunk, rows),
            Self::Ndjson(lines) => {
                lines.push(chunk, rows);
                Ok(())
            }
            Self::JsonArray(array) => array.push(chunk, rows),
            Self::Xlsx(_) => Ok(()),
        }
    }

    pub fn finish(&mut self, rows: &mut Vec<Result<Row, RowError>>) -> Result<(), Broken> {
        match self {
            Self::Csv(csv) => csv.finish(rows),
            Self::Ndjson(lines) => {
                lines.finish(rows);
                Ok(())
            }
            Self::JsonArray(array) => array.finish(),
            Self::Xlsx(_) => Ok(()),
        }
    }
}

/// The head without its byte order mark.
pub fn without_mark(head: &[u8]) -> &[u8] {
    match head {
        [0xef, 0xbb, 0xbf, rest @ ..] | [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => rest,
        _ => head,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formats_are_told_by_their_first_character() {
        assert_eq!(Format::sniff(b" \n[1]"), Format::JsonArray);
        assert_eq!(Format::sniff(b"{\"a\":1}"), Format::Ndjson);
        assert_eq!(Format::sniff(b"sku;title"), Format::Csv);
        assert_eq!(without_mark(b"\xef\xbb\xbfsku"), b"sku".as_slice());
        assert_eq!(without_mark(b"\xff\xfes\0"), b"s\0".as_slice());
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_reader_panic_or_depend_on_chunks(
            bytes in prop::collection::vec(prop_oneof![Just(b'"'), Just(b'\n'), Just(b','), Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'\\'), any::<u8>()], 0..300),
            chunk in 1usize..50,
            format in prop_oneof![Just(None), Just(Some(Format::Csv)), Just(Some(Format::Ndjson)), Just(Some(Format::JsonArray))],
        ) {
            let read = |size: usize| {
                let mut reader = Rows::new(format, &bytes);
                let mut rows = Vec::new();
                let broken = bytes
                    .chunks(size)
                    .try_for_each(|chunk| reader.push(chunk, &mut rows))
                    .and_then(|()| reader.finish(&mut rows));
                (rows, broken)
            };
            prop_assert_eq!(read(chunk), read(1000));
        }
    }
}
