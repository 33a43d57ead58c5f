//! Text in the fonts that every reader has: its bytes, its width, its lines.

use pdf_writer::Name;

/// A font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Regular,
    Bold,
}

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    pub face: Face,
    /// Points.
    pub size: f32,
}

impl Style {
    pub const TITLE: Self = Self::bold(18.0);
    pub const TEXT: Self = Self::regular(9.5);
    pub const STRONG: Self = Self::bold(9.5);
    pub const SMALL: Self = Self::regular(8.0);

    #[must_use]
    pub const fn regular(size: f32) -> Self {
        Self {
            face: Face::Regular,
            size,
        }
    }

    #[must_use]
    pub const fn bold(size: f32) -> Self {
        Self {
            face: Face::Bold,
            size,
        }
    }

    /// From one line to the next.
    #[must_use]
    pub fn leading(self) -> f32 {
        self.size * 1.35
    }

    /// Points that encoded text takes.
    pub(crate) fn width(self, text: &[u8]) -> f32 {
        let thousandths: u32 = text.iter().map(|byte| u32::from(self.face.width(*byte))).sum();
        // At most a few thousand letters: exact in a float.
        thousandths as f32 * self.size / 1000.0
    }

    /// Text as lines no wider than `width`, broken between words, and within those that are too long by themselves.
    pub(crate) fn lines(self, text: &str, width: f32) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut line: Vec<u8> = Vec::new();
            for word in encode(paragraph).split(|byte| *byte == b' ') {
                let mut with = line.clone();
                if !with.is_empty() {
                    with.push(b' ');
                }
                with.extend_from_slice(word);
                if self.width(&with) <= width {
                    line = with;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line = self.broken(word, width, &mut lines);
            }
            lines.push(line);
        }
        lines
    }

    /// Cuts what is wider than a line into lines; gives what is left over.
    fn broken(self, word: &[u8], width: f32, lines: &mut Vec<Vec<u8>>) -> Vec<u8> {
        let mut line = Vec::new();
        for byte in word {
            line.push(*byte);
            if self.width(&line) > width && line.len() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, vec![*byte]));
            }
        }
        line
    }
}

impl Face {
    /// Under which pages know it.
    pub(crate) fn name(self) -> Name<'static> {
        match self {
            Self::Regular => Name(b"R"),
            Self::Bold => Name(b"B"),
        }
    }

    /// Of the fourteen that every reader has.
    pub(crate) fn base(self) -> Name<'static> {
        match self {
            Self::Regular => Name(b"Helvetica"),
            Self::Bold => Name(b"Helvetica-Bold"),
        }
    }

    /// Thousandths of the size that a letter takes.
    pub(crate) fn width(self, byte: u8) -> u16 {
        let widths = match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        };
        byte.checked_sub(b' ')
            .map_or(0, |index| widths[usize::from(index)])
    }
}

/// Text in Windows-1252, which PDF calls WinAnsi. What it does not have is spelt with letters that it has; white space
/// and what controls printers is a blank.
pub(crate) fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            letter if letter.is_whitespace() || letter.is_control() => bytes.push(b' '),
            ' '..='~' | '\u{a1}'..='\u{ff}' => bytes.push(u8::try_from(u32::from(letter)).unwrap_or(b'?')),
            letter => match BEYOND_LATIN_1.iter().find(|(known, _)| *known == letter) {
                Some((_, byte)) => bytes.push(*byte),
                None => bytes.extend(spelt(letter).bytes()),
            },
        }
    }
    bytes
}

/// The reverse of [`encode`].
pub(crate) fn decode(bytes: &[u8]) -> String {
    let letter = |byte: &u8| {
        let known = BEYOND_LATIN_1.iter().find(|(_, known)| known == byte);
        known.map_or(char::from(*byte), |(letter, _)| *letter)
    };
    bytes.iter().map(letter).collect()
}

fn spelt(letter: char) -> &'static str {
    match deunicode::deunicode_char(letter) {
        Some(spelt) if spelt.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => spelt,
        _ => "?",
    }
}

const BEYOND_LATIN_1: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

/// Widths of the letters from the blank on, as Adobe's metrics of its core fonts give them; 350 where there is none.
#[rustfmt::skip]
const REGULAR: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 350,
    556, 350, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

#[rustfmt::skip]
const BOLD: [u16; 224] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584, 350,
    556, 350, 278, 556, 500, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 278, 278, 500, 500, 350, 556, 1000, 333, 1000, 556, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 280, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 611, 556, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    722, 722, 722, 722, 722, 722, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 556, 556, 556, 556, 556, 278, 278, 278, 278,
    611, 611, 611, 611, 611, 611, 611, 584, 611, 611, 611, 611, 611, 556, 611, 556,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spanish_is_written_as_it_is_and_the_rest_is_spelt() {
        assert_eq!(decode(&encode("Ñandú · ¿señor? 12 €")), "Ñandú · ¿señor? 12 €");
        assert_eq!(encode("€"), [0x80]);
        assert_eq!(decode(&encode("Łódź")), "Lódz");
        assert_eq!(decode(&encode("a\tb\u{7}c\u{a0}d")), "a b c d");
        assert!(encode("東京 🏺").iter().all(|byte| (b' '..=b'~').contains(byte)));
    }

    #[test]
    fn lines_are_broken_between_words_and_long_words_within() {
        let style = Style::regular(10.0);
        let told = |text, width| -> Vec<String> {
            let lines = style.lines(text, width);
            lines.iter().map(|line| decode(line)).collect()
        };
        assert_eq!(told("one two three", 1000.0), ["one two three"]);
        assert_eq!(told("one two three", 40.0), ["one two", "three"]);
        assert_eq!(told("one\n\ntwo", 40.0), ["one", "", "two"]);
        assert_eq!(told("iiiiiiiiii", 10.0), ["iiii", "iiii", "ii"]);
        assert_eq!(told("a iiiiiiiiii b", 10.0), ["a", "iiii", "iiii", "ii", "b"]);
    }

    #[test]
    fn a_letter_wider_than_the_line_has_one_of_its_own() {
        let lines = Style::regular(10.0).lines("WWW", 1.0);
        assert_eq!(lines, [b"W".to_vec(), b"W".to_vec(), b"W".to_vec()]);
    }

    #[test]
    fn widths_are_those_of_the_fonts() {
        assert_eq!(
            Style::regular(1000.0).width(b"Hello"),
            722.0 + 556.0 + 222.0 * 2.0 + 556.0
        );
        assert_eq!(
            Style::bold(1000.0).width(b"Hello"),
            722.0 + 556.0 + 278.0 * 2.0 + 611.0
        );
        assert_eq!(Face::Regular.width(0x80), 556, "the euro");
        assert_eq!(Face::Regular.width(0xf1), 556, "ñ");
        assert_eq!(Face::Bold.width(0xff), 556, "ÿ");
    }
}
