//! What a title says that the thing *is*: a laptop bag is a bag, and a case for a phone is a case.
//!
//! In English the head of a noun phrase stands at its end, in Spanish at its beginning. What follows a comma, a dash or a
//! preposition tells more about the thing, or what it is for.

use super::analysis::folder;
use tantivy::tokenizer::TokenStream;

/// Words after which the thing itself is no longer named. `of` is none: a set of bowls is asked for as bowls.
const ENDS: &[&str] = &[
    "by",
    "con",
    "featuring",
    "fits",
    "for",
    "from",
    "in",
    "include",
    "includes",
    "including",
    "on",
    "para",
    "por",
    "sin",
    "to",
    "w",
    "with",
    "without",
];
/// Words by which a title is known for Spanish.
const SPANISH: &[&str] = &[
    "con", "de", "del", "el", "la", "las", "los", "para", "por", "sin", "y",
];
/// Words that follow a thing's name in lists of goods, and are never it.
#[rustfmt::skip]
const COLOURS: &[&str] = &[
    "amarillo", "azul", "beige", "black", "blanco", "blue", "brown", "clear", "dorado", "gold", "gray", "green", "grey",
    "gris", "marron", "multi", "multicolor", "multicolour", "naranja", "negro", "orange", "pink", "plata", "purple",
    "red", "rojo", "rosa", "silver", "transparent", "verde", "white", "yellow",
];
/// Letters of a word after a number that is its unit.
const UNIT_LETTERS_MAX: usize = 3;
/// Words of a part of the title for it to be a name of the thing rather than of its maker.
const WORDS_MIN: usize = 2;

/// The word, as it stands in the title; empty where there is none.
#[must_use]
pub fn head_of(title: &str) -> &str {
    let mut folder = folder();
    let mut stream = folder.token_stream(title);
    let mut words: Vec<(String, usize, usize)> = Vec::new();
    while stream.advance() {
        let token = stream.token();
        words.push((token.text.clone(), token.offset_from, token.offset_to));
    }
    let is_spanish = words.iter().any(|(word, ..)| SPANISH.contains(&word.as_str()));
    let mut part: Vec<(usize, usize)> = Vec::new();
    let (mut last_end, mut after_number) = (0, false);
    for (word, from, to) in &words {
        let is_end = ENDS.contains(&word.as_str());
        if is_end || is_break(&title[last_end..*from]) {
            if part.len() >= WORDS_MIN {
                break;
            }
            if !is_end {
                part.clear();
            } else if !part.is_empty() {
                break;
            }
        }
        last_end = *to;
        // Sizes, colours and numbers of models are no names of things.
        let is_number = word.chars().any(|c| c.is_ascii_digit());
        let is_unit = after_number && word.len() <= UNIT_LETTERS_MAX;
        after_number = is_number;
        if !is_end && !is_number && !is_unit && !COLOURS.contains(&word.as_str()) {
            part.push((*from, *to));
        }
    }
    let head = if is_spanish { part.first() } else { part.last() };
    head.map_or("", |&(from, to)| &title[from..to])
}

/// The words that say what the things of a category are: of `Cases & Clips`, both.
pub fn heads_of_category(name: &str) -> impl Iterator<Item = &str> {
    name.split(['&', ',', '/'])
        .filter_map(|part| part.split_whitespace().next_back())
}

/// Whether what stands between two words parts them: punctuation, and a dash with blanks around it.
fn is_break(between: &str) -> bool {
    between.contains([
        ',', ';', ':', '(', '[', '|', '\u{2013}', '\u{2014}', '.', '!', '?',
    ]) || between.contains(" - ")
}

#[cfg(test)]
mod tests {
    use super::head_of;

    #[test]
    fn the_head_says_what_the_thing_is() {
        for (title, head) in [
            ("Leather laptop bag", "bag"),
            ("Laptop bag with 15.6\" compartment", "bag"),
            ("Case for phones", "Case"),
            ("Acme Wall-Mount Wine Rack, Charcoal Grey, 6 Bottle", "Rack"),
            ("Set of 4 wine glasses - clear", "glasses"),
            ("Acme - Table Lamp (Black)", "Lamp"),
            ("Projector X2000", "Projector"),
            ("Acme Notebook Silver 43.2 cm (17\")", "Notebook"),
            ("Cuencos de cerámica azules", "Cuencos"),
            ("Lámpara para mesa", "Lámpara"),
            ("", ""),
            ("2000", ""),
        ] {
            assert_eq!(head_of(title), head, "{title}");
        }
    }
}
