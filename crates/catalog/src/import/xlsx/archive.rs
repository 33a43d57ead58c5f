//! The archive that a workbook is: found by its directory, unpacked as it is read, never further than allowed.

use flate2::read::DeflateDecoder;
use std::collections::HashMap;
use std::io::{BufReader, Error, ErrorKind, Read};

const END_OF_DIRECTORY: [u8; 4] = *b"PK\x05\x06";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
/// The end of the directory and the longest comment behind it.
const TAIL_BYTES: usize = 22 + 65_535;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Parts of one workbook.
const PARTS_MAX: usize = 10_000;

pub struct Archive<'a> {
    parts: HashMap<String, Part<'a>>,
}

struct Part<'a> {
    method: u16,
    packed: &'a [u8],
}

impl<'a> Archive<'a> {
    /// `None` for what is no archive of a workbook.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let tail = bytes.len().saturating_sub(TAIL_BYTES);
        let end = tail
            + bytes[tail..]
                .windows(4)
                .rposition(|window| window == END_OF_DIRECTORY)?;
        let count = usize::from(u16_at(bytes, end + 10)?).min(PARTS_MAX);
        let mut at = usize::try_from(u32_at(bytes, end + 16)?).ok()?;
        let mut parts = HashMap::new();
        for _ in 0..count {
            if bytes.get(at..at + 4)? != ENTRY {
                return None;
            }
            let method = u16_at(bytes, at + 10)?;
            let packed = usize::try_from(u32_at(bytes, at + 20)?).ok()?;
            let name = usize::from(u16_at(bytes, at + 28)?);
            let rest = usize::from(u16_at(bytes, at + 30)?) + usize::from(u16_at(bytes, at + 32)?);
            let local = usize::try_from(u32_at(bytes, at + 42)?).ok()?;
            let text = bytes.get(at + 46..at + 46 + name)?;
            let begins = local
                .checked_add(30)?
                .checked_add(usize::from(u16_at(bytes, local.checked_add(26)?)?))?
                .checked_add(usize::from(u16_at(bytes, local + 28)?))?;
            let packed = bytes.get(begins..begins.checked_add(packed)?)?;
            parts.insert(
                String::from_utf8_lossy(text).into_owned(),
                Part { method, packed },
            );
            at += 46 + name + rest;
        }
        Some(Self { parts })
    }

    /// A part's content, of which no more than `bytes_max` is ever unpacked: beyond them reading fails.
    pub fn read(&self, name: &str, bytes_max: u64) -> Option<BufReader<Box<dyn Read + 'a>>> {
        let part = self.parts.get(name)?;
        let unpacked: Box<dyn Read + 'a> = match part.method {
            STORED => Box::new(part.packed),
            DEFLATED => Box::new(DeflateDecoder::new(part.packed)),
            _ => return None,
        };
        let bounded: Box<dyn Read + 'a> = Box::new(Bounded {
            unpacked,
            left: bytes_max,
        });
        Some(BufReader::with_capacity(64 * 1024, bounded))
    }
}

/// What is longer than allowed is an error and not an end: half a sheet must not pass for a whole one.
struct Bounded<R> {
    unpacked: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let read = self.unpacked.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| Error::from(ErrorKind::FileTooLarge))?;
        Ok(read)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(
        bytes.get(at..at.checked_add(2)?)?.try_into().ok()?,
    ))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(
        bytes.get(at..at.checked_add(4)?)?.try_into().ok()?,
    ))
}
