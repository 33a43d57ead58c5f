//! By which words a shop's own products are found. People type the beginnings of words, in any order, with or without accents, and
//! codes with or without their hyphens; what lies in the middle of a word nobody looks for.

/// Signs of a word by which it is looked up. What is longer is compared in full among what that finds.
pub const LOOKED_UP_CHARS_MAX: usize = 24;
/// Words that are looked up; all others are compared among what these find.
const LOOKED_UP_MAX: usize = 6;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letters,
    Digits,
}

/// The words of a text in small letters without accents, in their order: runs of letters and runs of digits, so that `SKU-0012`
/// and `sku0012` are the same two. Each is ASCII, or one sign of a script that is written without spaces.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    // What the last word goes on with; nothing, where it has ended.
    let mut goes_on: Option<Kind> = None;
    let mut own = [0; 4];
    for sign in text.chars() {
        if stands_alone(sign) {
            words.push(sign.to_string());
            goes_on = None;
            continue;
        }
        let spelt: &str = match sign.is_ascii() {
            true => sign.encode_utf8(&mut own),
            false => deunicode::deunicode_char(sign).unwrap_or_default(),
        };
        for letter in spelt.bytes() {
            let kind = match letter {
                b'0'..=b'9' => Some(Kind::Digits),
                b'a'..=b'z' | b'A'..=b'Z' => Some(Kind::Letters),
                _ => None,
            };
            if kind.is_some() {
                if goes_on != kind {
                    words.push(String::new());
                }
                if let Some(word) = words.last_mut() {
                    word.push(char::from(letter.to_ascii_lowercase()));
                }
            }
            goes_on = kind;
        }
    }
    words
}

/// Signs of scripts that put no spaces between words: Thai, Lao, Khmer, kana and ideographs.
fn stands_alone(sign: char) -> bool {
    matches!(u32::from(sign),
        0x0E01..=0x0EDF | 0x1780..=0x17E9 | 0x3041..=0x30FA | 0x30FC..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// The word as it is kept to be looked up.
#[must_use]
pub fn looked_up(mut word: String) -> String {
    // Longer ones are ASCII.
    word.truncate(LOOKED_UP_CHARS_MAX);
    word
}

/// What somebody typed to find products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought(Vec<String>);

impl Sought {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut sought = words(text);
        // Whatever begins another one is found with it: longer words come first, and what begins them right behind.
        sought.sort_unstable_by(|a, b| b.cmp(a));
        sought.dedup_by(|word, longer| longer.starts_with(word.as_str()));
        Self(sought)
    }

    /// Nothing in it is a word: signs alone name no product.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each of its words begins one of the title or of the key.
    #[must_use]
    pub fn finds(&self, title: &str, key: &str) -> bool {
        let (title, key) = (words(title), words(key));
        let mut sought = self.0.iter();
        sought.all(|word| title.iter().chain(&key).any(|said| said.starts_with(word)))
    }

    /// The words to look up, the longest ones, of which there are fewest; and for each the first text behind all that begin with it.
    #[must_use]
    pub fn looked_up(&self) -> (Vec<String>, Vec<String>) {
        let mut longest: Vec<&String> = self.0.iter().collect();
        longest.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let from = longest.into_iter().take(LOOKED_UP_MAX);
        let from: Vec<String> = from.map(|word| looked_up(word.clone())).collect();
        let beyond = from.iter().map(|word| format!("{word}{}", char::MAX)).collect();
        (from, beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_and_of_digits() {
        let cases: [(&str, &[&str]); 7] = [
            ("Stoneware bowl, no. 12", &["stoneware", "bowl", "no", "12"]),
            ("SKU-0012/B", &["sku", "0012", "b"]),
            ("sku0012b", &["sku", "0012", "b"]),
            ("Jarrón «Añil»", &["jarron", "anil"]),
            ("Cafe\u{301}s, Straße", &["cafes", "strasse"]),
            ("茶碗 bowl", &["茶", "碗", "bowl"]),
            (" -- & ", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn each_word_that_is_typed_begins_one_of_title_or_key() {
        let finds = |typed: &str| Sought::of(typed).finds("Blue stoneware bowl, no. 12", "ÁRT-0077");
        for typed in [
            "bowl",
            "BOW",
            "bowl blue",
            "stone b",
            "art-0077",
            "art0077",
            "0077",
            "12 blue",
            "b",
            "bowl.",
        ] {
            assert!(finds(typed), "{typed}");
        }
        for typed in ["ware", "077", "bowls", "blue candle", "art-0078"] {
            assert!(!finds(typed), "{typed}");
        }
    }

    #[test]
    fn long_words_are_looked_up_by_their_beginning_and_compared_in_full() {
        let long = "x".repeat(LOOKED_UP_CHARS_MAX + 6);
        let sought = Sought::of(&format!("{long} of it"));
        let (from, beyond) = sought.looked_up();
        assert_eq!(from[0], "x".repeat(LOOKED_UP_CHARS_MAX));
        assert!(from.len() == 3 && from[1..].contains(&"of".to_owned()));
        assert!(from[0] < beyond[0] && format!("{}zzz", from[0]) < beyond[0]);
        assert!(sought.finds(&format!("It is of {long}"), ""));
        assert!(!sought.finds(&format!("It is of {}", from[0]), ""));
    }

    #[test]
    fn what_begins_another_word_is_looked_for_with_it() {
        assert_eq!(Sought::of("bow bowl b blue"), Sought::of("blue bowl"));
        assert!(Sought::of(" - ").is_empty());
    }
}
