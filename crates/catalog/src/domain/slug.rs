//! Slugs: what a title looks like in an address.

use super::limits::SLUG_CHARS_MAX;

/// Lower-case ASCII words joined by dashes, accents and other scripts transliterated, at most
/// [`SLUG_CHARS_MAX`] long and never cut within a word where there is a choice. Empty if nothing can be read.
#[must_use]
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(SLUG_CHARS_MAX);
    for word in words(text) {
        let separator = usize::from(!slug.is_empty());
        if slug.len() + separator + word.len() > SLUG_CHARS_MAX {
            if slug.is_empty() {
                slug.extend(word.chars().take(SLUG_CHARS_MAX));
            }
            break;
        }
        if separator == 1 {
            slug.push('-');
        }
        slug.push_str(&word);
    }
    slug
}

/// A snake_case key of at most `chars_max` characters; empty if nothing can be read.
#[must_use]
pub fn snake_case(text: &str, chars_max: usize) -> String {
    let mut key = String::with_capacity(text.len());
    for word in words(text) {
        if !key.is_empty() {
            key.push('_');
        }
        key.push_str(&word);
    }
    key.truncate(chars_max);
    key.truncate(key.trim_end_matches('_').len());
    key
}

/// `wall-art` reads `Wall art`.
#[must_use]
pub fn name_of_slug(slug: &str) -> String {
    let mut chars = slug.chars().map(|c| if c == '-' { ' ' } else { c });
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let ascii = if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        // Quotation marks within a word ("l'été") would otherwise split it in two.
        deunicode::deunicode_with_tofu(text, "").to_ascii_lowercase()
    };
    ascii
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_become_addresses() {
        let cases = [
            ("Jarrón de cerámica «Añil» nº 3", "jarron-de-ceramica-anil-no-3"),
            ("  Straße & Größe  ", "strasse-grosse"),
            ("手作り茶碗", "shou-zuo-richa-wan"),
            ("!!!", ""),
        ];
        for (title, expected) in cases {
            assert_eq!(slug(title), expected, "{title}");
        }
    }

    #[test]
    fn long_titles_are_cut_between_words() {
        let long = "walnut ".repeat(30);
        assert_eq!(slug(&long), ["walnut"; 9].join("-"));
        assert_eq!(slug(&"x".repeat(200)).len(), SLUG_CHARS_MAX);
    }

    #[test]
    fn keys_are_snake_case() {
        assert_eq!(snake_case("Glaze Colour (outer)", 64), "glaze_colour_outer");
        assert_eq!(snake_case("peso máximo", 6), "peso_m");
        assert_eq!(snake_case("peso máximo", 5), "peso");
    }

    #[test]
    fn names_of_categories_come_from_their_slugs() {
        assert_eq!(name_of_slug("wall-art"), "Wall art");
    }

    proptest! {
        #[test]
        fn a_slug_is_what_the_database_accepts(title in any::<String>()) {
            let slug = slug(&title);
            prop_assert!(slug.len() <= SLUG_CHARS_MAX);
            prop_assert!(slug.is_empty() || slug.split('-').all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())));
        }
    }
}
