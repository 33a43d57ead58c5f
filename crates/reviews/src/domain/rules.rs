//! What can be told by rules: ways to reach somebody, words of the list, shouting.

use contracts::messages::ContactKind;
use httpkit::contact;

/// Words that no review needs, without accents and in small letters. A person looks at reviews that have one.
const WORDS: &[&str] = &[
    "arsehole",
    "asshole",
    "assholes",
    "bastard",
    "bastards",
    "bitch",
    "bitches",
    "bullshit",
    "cunt",
    "cunts",
    "dickhead",
    "faggot",
    "fuck",
    "fucked",
    "fucking",
    "idiot",
    "idiots",
    "moron",
    "morons",
    "nazi",
    "nazis",
    "retard",
    "shit",
    "wanker",
    "whore",
    "cabron",
    "cabrones",
    "capullo",
    "gilipollas",
    "hijoputa",
    "idiota",
    "idiotas",
    "imbecil",
    "imbeciles",
    "joder",
    "maricon",
    "mierda",
    "puta",
    "puto",
    "subnormal",
    "zorra",
];
/// Letters below which capitals say nothing: `OK`, `DIN A4`.
const LETTERS_LEAST: usize = 20;
/// Of a hundred letters, capitals beyond which it is shouted.
const CAPITALS_MOST: usize = 70;
/// The same sign so often in a row.
const REPEATED: usize = 6;

/// In small letters and without accents, so that what is written carelessly is found.
pub fn folded(text: &str) -> String {
    text.chars().map(contact::plain).collect()
}

/// The words of a folded text.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

pub fn has_listed_word(folded: &str) -> bool {
    words(folded).any(|word| WORDS.contains(&word))
}

pub fn has_email_address(folded: &str) -> bool {
    contact::has(folded, ContactKind::EmailAddress)
}

pub fn has_web_address(folded: &str) -> bool {
    contact::has(folded, ContactKind::Link)
}

pub fn has_phone_number(folded: &str) -> bool {
    contact::has(folded, ContactKind::PhoneNumber)
}

pub fn is_shouted(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let mut run = (None, 0);
    let repeated = text.chars().filter(|c| !c.is_whitespace()).any(|c| {
        run = if run.0 == Some(c) {
            (Some(c), run.1 + 1)
        } else {
            (Some(c), 1)
        };
        run.1 >= REPEATED
    });
    repeated || (letters >= LETTERS_LEAST && capitals * 100 > letters * CAPITALS_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: fn(&str) -> bool, caught: &[&str], passed: &[&str]) {
        for text in caught {
            assert!(rule(&folded(text)), "not caught: {text}");
        }
        for text in passed {
            assert!(!rule(&folded(text)), "caught: {text}");
        }
    }

    #[test]
    fn ways_to_reach_somebody_are_found() {
        check(
            has_email_address,
            &[
                "write to me@post.example.",
                "me(at)post.example",
                "Ana.Ruiz@correo.es",
            ],
            &["2 pieces @ 5 euros", "it is @home", "no address here"],
        );
        check(
            has_web_address,
            &[
                "https://x.y",
                "see www.cheap.es",
                "cheaper at my-shop.com!",
                "visit pots.store/now",
            ],
            &[
                "It is nice.Combined with oil",
                "muy bonito.es precioso",
                "3.5 cm",
                "etc...",
            ],
        );
        check(
            has_phone_number,
            &[
                "call 612 345 678",
                "+34 91 123 45 67",
                "tel. 0049-30-1234567",
                "(600) 123 456",
            ],
            &[
                "in 2024-11-22 10:30",
                "30 x 40 x 50 cm",
                "order of 120,50 euros",
                "1234567890123456789",
                "12 12 12",
            ],
        );
    }

    #[test]
    fn words_of_the_list_are_found_whole_and_without_accents() {
        check(
            has_listed_word,
            &["What a MORON", "¡Cabrón!", "imbécil", "it is shit."],
            &[
                "Shitake mushrooms",
                "putative",
                "the classic bastardised form",
                "Scunthorpe pottery",
            ],
        );
    }

    #[test]
    fn capitals_and_repeated_signs_are_shouting() {
        for text in ["NEVER BUY HERE AGAIN EVER", "Greatttttttt", "What!!!!!!"] {
            assert!(is_shouted(text), "{text}");
        }
        for text in [
            "OK",
            "DIN A4, PEFC",
            "Great!!!",
            "The LED lamp by ACME is great, really great",
            "hmm...",
        ] {
            assert!(!is_shouted(text), "{text}");
        }
    }
}
