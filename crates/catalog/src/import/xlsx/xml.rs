//! As much XML as a worksheet is written in: tags, attributes and text, one after the other, each of bounded length.

use std::io::{BufRead, Error, ErrorKind};

/// Bytes of one text or one tag.
const PIECE_BYTES_MAX: usize = 1024 * 1024;

#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// A tag's local name and its attributes, prefixes taken off.
    Start {
        name: String,
        attributes: Vec<(String, String)>,
        is_empty: bool,
    },
    End(String),
    Text(String),
}

pub struct Pieces<R> {
    input: R,
    /// Whether a tag's bracket has been read already.
    is_in_tag: bool,
}

impl<R: BufRead> Pieces<R> {
    pub fn new(input: R) -> Self {
        Self {
            input,
            is_in_tag: false,
        }
    }

    /// The next piece; `None` at the end. Comments and declarations are passed over.
    pub fn next(&mut self) -> Result<Option<Piece>, Error> {
        loop {
            if !self.is_in_tag {
                let text = self.until(b"<")?;
                let Some(text) = text else { return Ok(None) };
                self.is_in_tag = true;
                if !text.is_empty() {
                    return Ok(Some(Piece::Text(unescaped(&text))));
                }
            }
            self.is_in_tag = false;
            let Some(mut tag) = self.until(b">")? else {
                return Ok(None);
            };
            if tag.starts_with(b"![CDATA[") {
                while !tag.ends_with(b"]]") {
                    self.more(&mut tag)?;
                }
                let text = &tag[8..tag.len() - 2];
                return Ok(Some(Piece::Text(String::from_utf8_lossy(text).into_owned())));
            }
            if tag.starts_with(b"!--") {
                while !tag.ends_with(b"--") {
                    self.more(&mut tag)?;
                }
                continue;
            }
            if tag.starts_with(b"?") || tag.starts_with(b"!") {
                continue;
            }
            // A bracket may stand within an attribute's value.
            while tag.iter().filter(|b| **b == b'"').count() % 2 == 1 {
                self.more(&mut tag)?;
            }
            return Ok(Some(tag_of(&String::from_utf8_lossy(&tag))));
        }
    }

    /// What was taken for the end of a piece belongs to it.
    fn more(&mut self, piece: &mut Vec<u8>) -> Result<(), Error> {
        piece.push(b'>');
        let Some(rest) = self.until(b">")? else {
            return Err(broken("it ends within a tag"));
        };
        piece.extend_from_slice(&rest);
        if piece.len() > PIECE_BYTES_MAX {
            return Err(broken("a part of it is too long"));
        }
        Ok(())
    }

    /// What stands before the mark, which is passed over; `None` at the end of the input.
    fn until(&mut self, mark: &[u8; 1]) -> Result<Option<Vec<u8>>, Error> {
        let mut piece = Vec::new();
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                return Ok(None);
            }
            if let Some(at) = available.iter().position(|b| *b == mark[0]) {
                piece.extend_from_slice(&available[..at]);
                self.input.consume(at + 1);
                return Ok(Some(piece));
            }
            piece.extend_from_slice(available);
            let read = available.len();
            self.input.consume(read);
            if piece.len() > PIECE_BYTES_MAX {
                return Err(broken("a part of it is too long"));
            }
        }
    }
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

fn tag_of(tag: &str) -> Piece {
    if let Some(name) = tag.strip_prefix('/') {
        return Piece::End(local(name.trim()).to_owned());
    }
    let (tag, is_empty) = match tag.strip_suffix('/') {
        Some(tag) => (tag, true),
        None => (tag, false),
    };
    let end = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
    let (name, mut rest) = tag.split_at(end);
    let mut attributes = Vec::new();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            break;
        };
        let Some((value, after)) = after[1..].split_once(quote) else {
            break;
        };
        attributes.push((local(name.trim()).to_owned(), unescaped(value.as_bytes())));
        rest = after;
    }
    Piece::Start {
        name: local(name).to_owned(),
        attributes,
        is_empty,
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn unescaped(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    if !text.contains('&') {
        return text.into_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let Some((entity, behind)) = after.split_once(';').filter(|(entity, _)| entity.len() <= 10) else {
            plain.push('&');
            rest = after;
            continue;
        };
        match character(entity) {
            Some(c) => plain.push(c),
            None => {
                plain.push('&');
                plain.push_str(entity);
                plain.push(';');
            }
        }
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = entity.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(text: &str) -> Vec<Piece> {
        let mut pieces = Pieces::new(text.as_bytes());
        std::iter::from_fn(|| pieces.next().ok().flatten()).collect()
    }

    #[test]
    fn tags_texts_and_what_is_passed_over() {
        let read = pieces(
            "<?xml version=\"1.0\"?><!-- a > b --><x:c r=\"B2\" t='a&gt;b'><v>5 &amp; &#65;&nope;</v><![CDATA[<&>]]]></x:c><br/>",
        );
        let start = |name: &str, attributes: &[(&str, &str)], is_empty| Piece::Start {
            name: name.to_owned(),
            attributes: attributes
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
            is_empty,
        };
        let expected = [
            start("c", &[("r", "B2"), ("t", "a>b")], false),
            start("v", &[], false),
            Piece::Text("5 & A&nope;".to_owned()),
            Piece::End("v".to_owned()),
            Piece::Text("<&>]".to_owned()),
            Piece::End("c".to_owned()),
            start("br", &[], true),
        ];
        assert_eq!(read, expected);
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_some_end(text in "[<>/=\"'&;#x!\\-\\[\\]CDATA a-z]{0,200}") {
            let _ = pieces(&text);
        }
    }
}
