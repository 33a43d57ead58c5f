//! How text becomes terms, the same for documents and queries.
//!
//! One term per word: lower case, accents folded, the English stem (Porter 2), then Spanish number and gender
//! endings. A marketplace mixes both languages within one title, and a guess at the language of three words is
//! wrong too often; endings that both languages share make one chain serve both. Spanish verbs are left alone:
//! things are sought by nouns and adjectives, and stripping `-er` would make `shower` of `show`.

use std::sync::LazyLock;
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer, Token, TokenFilter,
    TokenStream, Tokenizer,
};

/// Name under which the chain is registered with an index.
pub const ANALYZER: &str = "stoa";
/// Name of the chain without stemming.
pub const FOLDER: &str = "stoa_as_written";
/// To be raised with every change of the chain: an index made by another version is rebuilt.
pub const ANALYSIS_VERSION: u32 = 2;
/// Before a stem of another language, so that it is no word of the chain that serves English and Spanish.
pub const FOREIGN: char = '\u{1}';
/// Bytes of a term beyond which it is noise.
const TERM_BYTES_MAX: usize = 48;

/// Words that say nothing about a product. A query need not find them.
#[rustfmt::skip]
const STOP_WORDS: &[&str] = &[
    "a", "al", "an", "and", "by", "con", "de", "del", "e", "el", "en", "for", "from", "in", "la", "las", "lo", "los",
    "my", "o", "of", "on", "or", "para", "por", "s", "sin", "the", "to", "un", "una", "unas", "unos", "with", "y",
];

/// The chain from text to terms.
#[must_use]
pub fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Words)
        .filter(RemoveLongFilter::limit(TERM_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .filter(SpanishEndings)
        .build()
}

/// The chain without stemming: what a person typed so far, folded.
#[must_use]
pub fn folder() -> TextAnalyzer {
    TextAnalyzer::builder(Words)
        .filter(RemoveLongFilter::limit(TERM_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// All terms of `text`, in order.
#[must_use]
pub fn terms(analyzer: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    analyzer
        .token_stream(text)
        .process(&mut |token| terms.push(token.text.clone()));
    terms
}

/// Languages with a stemmer of their own, by what their tags (BCP 47) begin with. One chain serves English and Spanish.
const STEMMED: [(&str, Language); 16] = [
    ("ar", Language::Arabic),
    ("da", Language::Danish),
    ("de", Language::German),
    ("el", Language::Greek),
    ("fi", Language::Finnish),
    ("fr", Language::French),
    ("hu", Language::Hungarian),
    ("it", Language::Italian),
    ("nb", Language::Norwegian),
    ("nl", Language::Dutch),
    ("no", Language::Norwegian),
    ("pt", Language::Portuguese),
    ("ro", Language::Romanian),
    ("ru", Language::Russian),
    ("sv", Language::Swedish),
    ("tr", Language::Turkish),
];

/// The chains of all other languages. Stems are taken of folded words, as people leave accents out when they search.
static FOREIGN_CHAINS: LazyLock<Vec<(&'static str, TextAnalyzer)>> = LazyLock::new(|| {
    let chain = |(tag, language)| {
        let chain = TextAnalyzer::builder(Words)
            .filter(RemoveLongFilter::limit(TERM_BYTES_MAX))
            .filter(LowerCaser)
            .filter(AsciiFoldingFilter)
            .filter(Stemmer::new(language));
        (tag, chain.build())
    };
    STEMMED.into_iter().map(chain).collect()
});

/// The stems of a text in a language that has a stemmer of its own, each marked; nothing in another one.
#[must_use]
pub fn foreign_terms(language: Option<&str>, text: &str) -> Vec<String> {
    let language = language.and_then(|tag| tag.split('-').next()).unwrap_or_default();
    let chain = FOREIGN_CHAINS
        .iter()
        .find(|(tag, _)| tag.eq_ignore_ascii_case(language));
    let found = chain.map(|(_, chain)| terms(&mut chain.clone(), text));
    found.into_iter().flatten().map(marked).collect()
}

/// What a word of a query may be a form of in any of those languages.
#[must_use]
pub fn foreign_stems(folded: &str) -> Vec<String> {
    let each = FOREIGN_CHAINS.iter();
    let mut stems: Vec<String> = each
        .flat_map(|(_, chain)| terms(&mut chain.clone(), folded))
        .map(marked)
        .collect();
    stems.sort_unstable();
    stems.dedup();
    stems
}

/// Whether a term is such a stem.
#[must_use]
pub fn is_foreign(term: &[u8]) -> bool {
    term.first() == Some(&0x01)
}

fn marked(mut stem: String) -> String {
    stem.insert(0, FOREIGN);
    stem
}

#[must_use]
pub fn is_stop_word(folded: &str) -> bool {
    STOP_WORDS.binary_search(&folded).is_ok()
}

/// Splits at everything that is neither letter nor digit, with two exceptions: `4.5` and `1,5` stay one word (with
/// a point), and an apostrophe joins (`l'oreal`), a possessive `'s` vanishing with it.
#[derive(Clone, Copy, Debug)]
pub struct Words;

pub struct WordStream<'a> {
    text: &'a str,
    at: usize,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream {
            text,
            at: 0,
            token: Token::default(),
        }
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}')
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(start) = self.text[self.at..].find(char::is_alphanumeric) else {
            self.at = self.text.len();
            return false;
        };
        let start = self.at + start;
        self.token.text.clear();
        let mut chars = self.text[start..].char_indices().peekable();
        let mut previous = ' ';
        let mut end = self.text.len();
        while let Some((offset, c)) = chars.next() {
            let next = chars.peek().map_or(' ', |&(_, c)| c);
            if c.is_alphanumeric() {
                self.token.text.push(c);
            } else if matches!(c, '.' | ',') && previous.is_ascii_digit() && next.is_ascii_digit() {
                self.token.text.push('.');
            } else if is_apostrophe(c) && previous.is_alphabetic() && next.is_alphabetic() {
                let mut ahead = chars.clone();
                let possessive = matches!(next, 's' | 'S')
                    && ahead.nth(1).is_none_or(|(_, after)| !after.is_alphanumeric());
                if possessive {
                    end = start + offset + c.len_utf8() + next.len_utf8();
                    break;
                }
            } else {
                end = start + offset;
                break;
            }
            previous = c;
        }
        self.token.offset_from = start;
        self.token.offset_to = end;
        self.token.position = self.token.position.wrapping_add(1);
        self.at = end;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Takes Spanish endings of number and gender off words that are long enough to bear it.
#[derive(Clone, Copy, Debug)]
struct SpanishEndings;

#[derive(Clone)]
struct SpanishEndingsTokenizer<T>(T);

struct SpanishEndingsStream<T>(T);

impl TokenFilter for SpanishEndings {
    type Tokenizer<T: Tokenizer> = SpanishEndingsTokenizer<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> Self::Tokenizer<T> {
        SpanishEndingsTokenizer(tokenizer)
    }
}

impl<T: Tokenizer> Tokenizer for SpanishEndingsTokenizer<T> {
    type TokenStream<'a> = SpanishEndingsStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        SpanishEndingsStream(self.0.token_stream(text))
    }
}

impl<T: TokenStream> TokenStream for SpanishEndingsStream<T> {
    fn advance(&mut self) -> bool {
        let advanced = self.0.advance();
        if advanced {
            take_endings(&mut self.0.token_mut().text);
        }
        advanced
    }

    fn token(&self) -> &Token {
        self.0.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.0.token_mut()
    }
}

/// Bytes a word must have for its gender to be taken: `polo` and `pole` stay apart.
const GENDER_BYTES_MIN: usize = 5;

fn take_endings(word: &mut String) {
    if !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return;
    }
    // What English stemming left of plurals: cuencos, tazas, flores.
    if word.len() > GENDER_BYTES_MIN && (word.ends_with("os") || word.ends_with("as") || word.ends_with("es"))
    {
        word.truncate(word.len() - 2);
    } else if word.len() >= GENDER_BYTES_MIN && word.ends_with(['a', 'e', 'o']) {
        word.truncate(word.len() - 1);
    } else if word.ends_with("ce") {
        // luz, luces: the plural comes here as `luce`.
        word.truncate(word.len() - 1);
    }
    // lapiz, lapices.
    if word.len() >= 3 && word.ends_with('z') && word[..word.len() - 1].ends_with(['a', 'e', 'i', 'o', 'u']) {
        word.truncate(word.len() - 1);
        word.push('c');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn analysed(text: &str) -> Vec<String> {
        terms(&mut analyzer(), text)
    }

    #[test]
    fn stop_words_are_sorted_so_that_they_are_found() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn words_are_cut_as_people_write_them() {
        assert_eq!(
            terms(&mut folder(), "L'Oréal men’s 4,5-inch dv7-1211ea"),
            ["loreal", "men", "4.5", "inch", "dv7", "1211ea"]
        );
        assert_eq!(
            terms(&mut folder(), "rock 'n' roll 1.2.3. 'quoted'"),
            ["rock", "n", "roll", "1.2.3", "quoted"]
        );
        assert!(terms(&mut folder(), " …—'' ").is_empty());
    }

    #[test]
    fn number_and_gender_do_not_matter_in_either_language() {
        for group in [
            &["bowl", "bowls", "Bowl's"][..],
            &["cuenco", "cuencos", "Cuenco"],
            &["taza", "tazas"],
            &["flor", "flores"],
            &["azul", "azules"],
            &["cerámica", "ceramicas"],
            &["ceramic", "ceramics"],
            &["niño", "niños"],
            &["blanco", "blanca", "blancos", "blancas"],
            &["camión", "camiones"],
            &["luz", "luces"],
            &["lápiz", "lápices"],
            &["candle", "candles"],
            &["box", "boxes"],
            &["woman's", "woman"],
        ] {
            let stems: std::collections::BTreeSet<_> = group.iter().flat_map(|w| analysed(w)).collect();
            assert_eq!(stems.len(), 1, "{group:?} gave {stems:?}");
        }
    }

    #[test]
    fn words_of_other_languages_are_found_in_their_forms() {
        for (language, written, asked) in [
            ("de", "Kaffeetassen", "kaffeetasse"),
            ("de-AT", "Schalen", "schale"),
            ("fr", "Tasses émaillées", "emaillee"),
            ("pt-BR", "Canecas esmaltadas", "esmaltado"),
            ("it", "Ciotole smaltate", "ciotola"),
            ("ru", "Кружки", "кружка"),
        ] {
            let stems = foreign_terms(Some(language), written);
            let asked_for = foreign_stems(asked);
            assert!(
                stems.iter().any(|stem| asked_for.contains(stem)),
                "{language}: {stems:?} and {asked_for:?}"
            );
        }
        assert!(foreign_terms(Some("es"), "Tazas").is_empty() && foreign_terms(None, "Cups").is_empty());
    }

    #[test]
    fn different_things_keep_different_terms() {
        for (a, b) in [
            ("shower", "show"),
            ("polo", "pole"),
            ("sugar", "sug"),
            ("wine", "win"),
            ("paper", "pap"),
        ] {
            assert_ne!(analysed(a), analysed(b));
        }
    }
}
