//! Filling sentence patterns: `{word}` for a word, `a(n)` for the article that fits what follows.

/// The words a pattern may name.
pub(crate) struct Words<'a> {
    pairs: Vec<(&'a str, String)>,
}

impl<'a> Words<'a> {
    pub fn new() -> Words<'a> {
        Words {
            pairs: Vec::with_capacity(16),
        }
    }

    pub fn set(&mut self, name: &'a str, word: impl Into<String>) {
        let word = word.into();
        match self.pairs.iter_mut().find(|pair| pair.0 == name) {
            Some(pair) => pair.1 = word,
            None => self.pairs.push((name, word)),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|pair| pair.0 == name)
            .map(|pair| pair.1.as_str())
    }

    /// The pattern with its words, its articles and its capitals.
    pub fn fill(&self, pattern: &str) -> String {
        let mut filled = String::with_capacity(pattern.len() + 64);
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            filled.push_str(&rest[..open]);
            let Some(close) = rest[open..].find('}') else {
                break;
            };
            let name = &rest[open + 1..open + close];
            match self.get(name) {
                Some(word) => filled.push_str(word),
                // An unknown word stays visible, so that a test sees it.
                None => filled.push_str(&rest[open..=open + close]),
            }
            rest = &rest[open + close + 1..];
        }
        filled.push_str(rest);
        capitals(&articles(&filled))
    }
}

/// `a(n)` becomes `a` or `an` by the sound of what follows.
fn articles(text: &str) -> String {
    if !text.contains("(n)") {
        return text.to_owned();
    }
    let mut fixed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("(n)") {
        fixed.push_str(&rest[..at]);
        rest = &rest[at + 3..];
        if begins_with_vowel_sound(rest.trim_start()) {
            fixed.push('n');
        }
    }
    fixed.push_str(rest);
    fixed
}

pub(crate) fn begins_with_vowel_sound(text: &str) -> bool {
    let word: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric())
        .collect::<String>()
        .to_lowercase();
    let spoken_as_consonant = ["eu", "uni", "use", "one", "ubi", "ute"];
    if spoken_as_consonant.iter().any(|start| word.starts_with(start)) {
        return false;
    }
    // Numbers are said: eight, eleven, eighteen, eighty.
    if word.starts_with('8') || word == "11" || word == "18" {
        return true;
    }
    ["hour", "honest", "heir"]
        .iter()
        .any(|start| word.starts_with(start))
        || word.starts_with(['a', 'e', 'i', 'o', 'u', 'á', 'é', 'í', 'ó', 'ú', 'à', 'è', 'ō'])
}

/// Every sentence begins with a capital.
fn capitals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for letter in text.chars() {
        if start && letter.is_alphabetic() {
            out.extend(letter.to_uppercase());
            start = false;
            continue;
        }
        match letter {
            '.' | '!' | '?' | '\n' => start = true,
            ' ' | '*' | '-' | '(' | '"' => {}
            _ => start = false,
        }
        out.push(letter);
    }
    out
}

/// The text with its first letter in capitals.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Letters, digits and hyphens, as in an address.
pub(crate) fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let plain = match letter.to_lowercase().next().unwrap_or(' ') {
            'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ō' => 'o',
            'ú' | 'ù' | 'û' | 'ü' | 'ū' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            'ß' => 's',
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            out.push(plain);
        } else if matches!(plain, '\'' | '’' | '·') {
            // Dropped: "d'Empordà" is one word.
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    while out.ends_with('-') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: &str) {
        let mut words = Words::new();
        words.set("shade", "indigo");
        words.set("noun", "mug");
        assert_eq!(words.fill(pattern), expected);
    }

    #[test]
    fn articles_follow_the_sound() {
        check("a(n) {shade} {noun}. a(n) {noun}", "An indigo mug. A mug");
        check(
            "a(n) unglazed foot, a(n) unique form, a(n) eucalyptus leaf, a(n) hour",
            "An unglazed foot, a unique form, a eucalyptus leaf, an hour",
        );
    }

    #[test]
    fn unknown_words_stay_visible() {
        check("{nothing} here", "{nothing} here");
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Alfarería d'Úbeda & Niños, 2ª"), "alfareria-dubeda-ninos-2");
    }
}
