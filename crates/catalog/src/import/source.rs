//! A file as a stream of rows, whatever its format and compression, in constant memory.

use super::format::{Format, HEAD_BYTES, Rows, without_mark};
use super::row::{Broken, Row, RowError};
use async_compression::tokio::bufread::GzipDecoder;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of one file, unpacked: a small archive may hold a very large nothing.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;

type Bytes = Pin<Box<dyn AsyncRead + Send>>;

pub struct Source {
    bytes: Bytes,
    rows: Rows,
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
        let text = without_mark(&head)?;
        let mut source = Self {
            bytes,
            rows: Rows::new(format, text),
            waiting: VecDeque::new(),
            chunk: vec![0; CHUNK_BYTES],
            scratch: Vec::new(),
            read_bytes: head.len() as u64,
            last_row: 0,
            is_at_end: false,
            broken: None,
        };
        source.take(text);
        source.broken = source.broken.or(broken);
        Ok(source)
    }

    pub fn format(&self) -> Format {
        self.rows.format()
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

    async fn read(&mut self) {
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
        self.broken = self.rows.push(bytes, &mut self.scratch).err();
        self.waiting.extend(self.scratch.drain(..));
    }
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
