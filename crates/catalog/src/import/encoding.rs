//! What spreadsheets save as "Unicode text", brought to UTF-8 as it arrives.

/// Decodes UTF-16 chunk by chunk; what is none becomes the replacement character.
#[derive(Debug)]
pub struct Utf16 {
    is_little_endian: bool,
    /// The first half of a unit that was cut.
    odd: Option<u8>,
    /// The first half of a pair.
    high: Option<u16>,
}

impl Utf16 {
    /// For a file that begins with a byte order mark of UTF-16.
    pub fn of_mark(head: &[u8]) -> Option<Self> {
        let is_little_endian = match head {
            [0xff, 0xfe, ..] => true,
            [0xfe, 0xff, ..] => false,
            _ => return None,
        };
        Some(Self {
            is_little_endian,
            odd: None,
            high: None,
        })
    }

    pub fn push(&mut self, bytes: &[u8], text: &mut Vec<u8>) {
        for &byte in bytes {
            let Some(first) = self.odd.take() else {
                self.odd = Some(byte);
                continue;
            };
            let pair = [first, byte];
            let unit = if self.is_little_endian {
                u16::from_le_bytes(pair)
            } else {
                u16::from_be_bytes(pair)
            };
            self.take(unit, text);
        }
    }

    fn take(&mut self, unit: u16, text: &mut Vec<u8>) {
        let units = [self.high.take(), Some(unit)];
        let is_high = (0xd800..0xdc00).contains(&unit);
        let ready = if is_high {
            self.high = Some(unit);
            [units[0], None]
        } else {
            units
        };
        for c in char::decode_utf16(ready.into_iter().flatten()) {
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_comes_through_however_it_is_cut(text in any::<String>(), chunk in 1usize..9, little in any::<bool>()) {
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() })
                .collect();
            let mark: &[u8] = if little { &[0xff, 0xfe] } else { &[0xfe, 0xff] };
            let mut decoder = Utf16::of_mark(mark).expect("a mark");
            let mut read = Vec::new();
            for part in bytes.chunks(chunk) {
                decoder.push(part, &mut read);
            }
            prop_assert_eq!(String::from_utf8(read), Ok(text));
        }

        #[test]
        fn any_bytes_become_text(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut decoder = Utf16::of_mark(&[0xff, 0xfe]).expect("a mark");
            let mut read = Vec::new();
            decoder.push(&bytes, &mut read);
            prop_assert!(String::from_utf8(read).is_ok());
        }
    }
}
