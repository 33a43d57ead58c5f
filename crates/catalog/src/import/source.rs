//! A file as a stream of rows, whatever its format and compression, in constant memory.

use super::encoding::Utf16;
use super::format::{Format, HEAD_BYTES, Rows, without_mark};
use super::platform::Platform;
use super::row::{Broken, Row, RowError};
use super::xlsx::{self, Found, WORKBOOK_BYTES_MAX};
use async_compression::tokio::bufread::GzipDecoder;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::sync::mpsc;

const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of one file, unpacked: a small archive may hold a very large nothing.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;

type Bytes = Pin<Box<dyn AsyncRead + Send>>;

pub struct Source {
    bytes: Bytes,
    rows: Rows,
    encoding: &'static str,
    utf16: Option<Utf16>,
    /// Where a workbook's rows come from.
    sheet: Option<mpsc::Receiver<Vec<Found>>>,
    waiting: VecDeque<Result<Row, RowError>>,
    chunk: Vec<u8>,
    scratch: Vec<Result<Row, RowError>>,
    read_bytes: u64,
    last_row: u64,
    is_at_end: bool,
    /// Found behind rows that are still waiting.
    broken: Option<Broken>,
}

impl Source {
    /// Looks at the beginning of a file to tell what it is.
    pub async fn open(bytes: Bytes, format: Option<Format>) -> Result<Self, Broken> {
        let mut bytes = unpacked(bytes).await?;
        let mut head = Vec::with_capacity(HEAD_BYTES);
        let read = (&mut bytes).take(HEAD_BYTES as u64).read_to_end(&mut head).await;
        let broken = read.err().map(|error| unreadable(0, &error));
        if let (Some(broken), true) = (&broken, head.is_empty()) {
            return Err(broken.clone());
        }
        let mut utf16 = Utf16::of_mark(&head);
        let mut text = without_mark(&head);
        let mut decoded = Vec::new();
        if let Some(utf16) = &mut utf16 {
            utf16.push(text, &mut decoded);
            text = &decoded;
        }
        let mut source = Self {
            bytes,
            rows: Rows::new(format, text),
            encoding: if utf16.is_some() {
                "utf-16"
            } else {
                encoding_of(text)
            },
            utf16,
            sheet: None,
            waiting: VecDeque::new(),
            chunk: vec![0; CHUNK_BYTES],
            scratch: Vec::new(),
            read_bytes: head.len() as u64,
            last_row: 0,
            is_at_end: false,
            broken: None,
        };
        if source.format() == Format::Xlsx {
            source.open_workbook(head).await?;
        } else {
            source.cut(text);
        }
        source.broken = source.broken.or(broken);
        Ok(source)
    }

    pub fn format(&self) -> Format {
        self.rows.format()
    }

    /// Of CSV.
    pub fn delimiter(&self) -> Option<char> {
        self.rows.delimiter().map(char::from)
    }

    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// The shop system whose export this is, where its columns tell.
    pub fn platform(&self) -> Option<&'static str> {
        Platform::of(self.header()?).map(Platform::name)
    }

    /// Why the file cannot be read on, once its rows are taken.
    pub fn broken(&self) -> Option<Broken> {
        self.broken.clone()
    }

    /// The names of the columns, once read, where the format has a header.
    pub fn header(&self) -> Option<&[Arc<str>]> {
        self.rows.header()
    }

    /// The next row, or what is wrong with it; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Result<Row, RowError>>, Broken> {
        loop {
            if let Some(row) = self.waiting.pop_front() {
                self.last_row = match &row {
                    Ok(row) => row.number,
                    Err(error) => error.row,
                };
                return Ok(Some(row));
            }
            if let Some(broken) = &self.broken {
                return Err(broken.clone());
            }
            if self.is_at_end {
                return Ok(None);
            }
            self.read().await;
        }
    }

    /// A workbook's directory stands at its end: all of it is taken in, then read on a thread for such work.
    async fn open_workbook(&mut self, mut whole: Vec<u8>) -> Result<(), Broken> {
        let rest = WORKBOOK_BYTES_MAX as u64 + 1 - whole.len() as u64;
        let bytes = (&mut self.bytes).take(rest).read_to_end(&mut whole).await;
        bytes.map_err(|error| unreadable(0, &error))?;
        if whole.len() > WORKBOOK_BYTES_MAX {
            return Err(Broken::new(
                0,
                "file_too_large",
                format!(
                    "A workbook may have at most {WORKBOOK_BYTES_MAX} bytes. Save it as CSV, or split it."
                ),
            ));
        }
        let (found, rows) = mpsc::channel(8);
        // It ends by itself: nobody takes its rows any more, or there are none.
        drop(tokio::task::spawn_blocking(move || read_workbook(&whole, &found)));
        self.sheet = Some(rows);
        self.encoding = "utf-8";
        while self.header().is_none() && !self.is_at_end && self.broken.is_none() {
            self.read_sheet().await;
        }
        match &self.broken {
            Some(broken) if self.header().is_none() => Err(broken.clone()),
            _ => Ok(()),
        }
    }

    async fn read_sheet(&mut self) {
        let Some(sheet) = &mut self.sheet else { return };
        let Some(found) = sheet.recv().await else {
            // Its reader ends with a word, unless it ended otherwise.
            let error = std::io::Error::other("its rows end all of a sudden");
            self.broken = Some(unreadable(self.last_row, &error));
            return;
        };
        for found in found {
            match found {
                Found::Header(names) => self.rows = Rows::Xlsx(Some(names)),
                Found::Row(row) => self.waiting.push_back(row),
                Found::Broken(broken) => self.broken = Some(broken),
                Found::End => self.is_at_end = true,
            }
        }
    }

    async fn read(&mut self) {
        if self.sheet.is_some() {
            return self.read_sheet().await;
        }
        let mut chunk = std::mem::take(&mut self.chunk);
        match self.bytes.read(&mut chunk).await {
            Ok(0) => {
                self.is_at_end = true;
                self.broken = self.rows.finish(&mut self.scratch).err();
                self.waiting.extend(self.scratch.drain(..));
            }
            Ok(read) => {
                self.read_bytes += read as u64;
                self.take(&chunk[..read]);
                if self.read_bytes > FILE_BYTES_MAX {
                    self.broken = Some(Broken::new(
                        self.last_row,
                        "file_too_large",
                        format!("A file may have at most {FILE_BYTES_MAX} bytes. Split it."),
                    ));
                }
            }
            Err(error) => self.broken = Some(unreadable(self.last_row, &error)),
        }
        self.chunk = chunk;
    }

    fn take(&mut self, bytes: &[u8]) {
        let Some(utf16) = &mut self.utf16 else {
            return self.cut(bytes);
        };
        let mut text = Vec::with_capacity(bytes.len());
        utf16.push(bytes, &mut text);
        self.cut(&text);
    }

    fn cut(&mut self, bytes: &[u8]) {
        self.broken = self.rows.push(bytes, &mut self.scratch).err();
        self.waiting.extend(self.scratch.drain(..));
    }
}

/// What the beginning of a file seems to be written in. Cells are read one by one, whatever this says.
fn encoding_of(head: &[u8]) -> &'static str {
    match std::str::from_utf8(head) {
        Ok(_) => "utf-8",
        // Only the last character is cut.
        Err(error) if error.error_len().is_none() => "utf-8",
        Err(_) => "windows-1252",
    }
}

/// Rows in handfuls, as fast as they are taken.
fn read_workbook(whole: &[u8], found: &mpsc::Sender<Vec<Found>>) {
    const HANDFUL: usize = 200;
    let mut hand = Vec::with_capacity(HANDFUL);
    let read = xlsx::read(whole, |one| {
        let is_header = matches!(one, Found::Header(_));
        hand.push(one);
        if is_header || hand.len() >= HANDFUL {
            return found.blocking_send(std::mem::take(&mut hand)).is_ok();
        }
        true
    });
    hand.push(match read {
        Ok(()) => Found::End,
        Err(broken) => Found::Broken(broken),
    });
    // Whoever asked has gone.
    let _ = found.blocking_send(hand);
}

/// Unpacks what begins as gzip does.
async fn unpacked(bytes: Bytes) -> Result<Bytes, Broken> {
    let mut packed = BufReader::with_capacity(CHUNK_BYTES, bytes);
    let magic = packed.fill_buf().await.map_err(|error| unreadable(0, &error))?;
    // A first chunk of one byte is told by that byte: no text begins with 0x1f.
    if magic.first() != Some(&0x1f) {
        return Ok(Box::pin(packed));
    }
    let mut unpacked = GzipDecoder::new(packed);
    unpacked.multiple_members(true);
    Ok(Box::pin(unpacked))
}

fn unreadable(row: u64, error: &std::io::Error) -> Broken {
    Broken::new(
        row,
        "file_unreadable",
        format!(
            "The file broke off or is damaged ({error}). Send it again: rows that are in are not doubled."
        ),
    )
}
