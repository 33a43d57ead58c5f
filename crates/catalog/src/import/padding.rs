//! Files whose columns are lined up with spaces: ` "a, b" ,` is a quoted cell to people, and none to the format.

/// Takes away the spaces around quoted cells, byte by byte.
#[derive(Debug)]
pub struct Unpad {
    delimiter: u8,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// Behind a quotation mark that may end the cell or stand for one.
    Ended,
    Padding,
}

impl Unpad {
    /// For a file whose header is lined up with spaces around its delimiters.
    pub fn of(head: &[u8], delimiter: u8) -> Option<Self> {
        let header = head.split(|b| matches!(b, b'\n' | b'\r')).next()?;
        let cells: Vec<&[u8]> = header.split(|b| *b == delimiter).collect();
        let padded = cells.iter().filter(|cell| cell.ends_with(b" ")).count();
        (padded >= 2 && padded * 2 > cells.len() && !header.contains(&b'"')).then_some(Self {
            delimiter,
            place: Place::Start,
        })
    }

    pub fn push(&mut self, bytes: &[u8], plain: &mut Vec<u8>) {
        for &byte in bytes {
            let is_end = byte == self.delimiter || matches!(byte, b'\n' | b'\r');
            let (place, is_kept) = match (self.place, byte) {
                (Place::Quoted, b'"') => (Place::Ended, true),
                (Place::Quoted, _) => (Place::Quoted, true),
                (Place::Ended, b'"') => (Place::Quoted, true),
                _ if is_end => (Place::Start, true),
                (Place::Start, b' ') => (Place::Start, false),
                (Place::Start, b'"') => (Place::Quoted, true),
                (Place::Ended | Place::Padding, b' ') => (Place::Padding, false),
                _ => (Place::Plain, true),
            };
            self.place = place;
            if is_kept {
                plain.push(byte);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lined_up_cells_are_read_as_people_do() {
        let file = b"name    , tags         , price \nA big  b, \"x, \"\"y\"\"\" , 1\n";
        let mut unpad = Unpad::of(file, b',').expect("lined up");
        let mut plain = Vec::new();
        for byte in file.chunks(1) {
            unpad.push(byte, &mut plain);
        }
        let plain = String::from_utf8(plain).expect("text");
        assert_eq!(
            plain,
            "name    ,tags         ,price \nA big  b,\"x, \"\"y\"\"\",1\n"
        );
        assert!(Unpad::of(b"name,tags,price\n", b',').is_none());
        assert!(Unpad::of(b"\"name \",\"tags \"\n", b',').is_none());
    }
}
