//! What a document of ours shows, read back from its bytes: for whoever checks documents. It reads what [`Paper`]
//! writes, not PDF at large.
//!
//! [`Paper`]: crate::Paper

use crate::font::{Face, Style, decode, encode};
use flate2::read::ZlibDecoder;
use std::io::Read;

/// A piece of text where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// From 0.
    pub page: usize,
    /// From the page's left edge and its lower edge, in points.
    pub x: f32,
    pub y: f32,
    pub style: Style,
    pub text: String,
}

impl Shown {
    /// The right end of it.
    #[must_use]
    pub fn right(&self) -> f32 {
        self.x + self.style.width(&encode(&self.text))
    }
}

/// The drawing operators of each page, in order.
#[must_use]
pub fn pages(pdf: &[u8]) -> Vec<String> {
    let mut pages = Vec::new();
    let mut rest = pdf;
    while let Some(start) = find(rest, b"stream\n") {
        let body = &rest[start + b"stream\n".len()..];
        let mut page = Vec::new();
        if ZlibDecoder::new(body).read_to_end(&mut page).is_ok() {
            pages.push(String::from_utf8_lossy(&page).into_owned());
        }
        let Some(end) = find(body, b"endstream") else {
            break;
        };
        rest = &body[end + b"endstream".len()..];
    }
    pages
}

/// All text, in the order in which it was written.
#[must_use]
pub fn shown(pdf: &[u8]) -> Vec<Shown> {
    let mut found = Vec::new();
    for (page, operators) in pages(pdf).iter().enumerate() {
        let (mut style, mut at) = (Style::TEXT, [0.0, 0.0]);
        for line in operators.lines() {
            let operands: Vec<&str> = line.split(' ').collect();
            match operands.as_slice() {
                [font, size, "Tf"] => {
                    let face = if *font == "/B" { Face::Bold } else { Face::Regular };
                    style = Style {
                        face,
                        size: number(size),
                    };
                }
                [x, y, "Td"] => at = [number(x), number(y)],
                [.., "Tj"] => found.push(Shown {
                    page,
                    x: at[0],
                    y: at[1],
                    style,
                    text: decode(&bytes(line.trim_end_matches(" Tj"))),
                }),
                _ => {}
            }
        }
    }
    found
}

/// All text, one piece below the other.
#[must_use]
pub fn text(pdf: &[u8]) -> String {
    let pieces: Vec<String> = shown(pdf).into_iter().map(|shown| shown.text).collect();
    pieces.join("\n")
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn number(text: &str) -> f32 {
    text.parse().unwrap_or(0.0)
}

/// The bytes of a string: in hexadecimal digits, or as letters with what is special among them escaped.
fn bytes(string: &str) -> Vec<u8> {
    if let Some(digits) = string.strip_prefix('<') {
        let digits = digits.trim_end_matches('>').as_bytes();
        let byte = |pair: &[u8]| {
            let pair = std::str::from_utf8(pair).unwrap_or_default();
            u8::from_str_radix(pair, 16).unwrap_or(b'?')
        };
        return digits.chunks(2).map(byte).collect();
    }
    let inner = string.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let mut letters = inner.unwrap_or_default().bytes();
    let mut bytes = Vec::new();
    while let Some(byte) = letters.next() {
        match byte {
            b'\\' => bytes.extend(letters.next()),
            byte => bytes.push(byte),
        }
    }
    bytes
}
