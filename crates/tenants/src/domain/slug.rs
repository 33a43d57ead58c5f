//! The name of a shop in addresses.

use crate::Error;

const SLUG_CHARS_MIN: usize = 3;
const SLUG_CHARS_MAX: usize = 40;

/// Words that addresses of the marketplace itself use, or that would pass for it.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "admin",
    "api",
    "assets",
    "auth",
    "basket",
    "blog",
    "buyer",
    "buyers",
    "cart",
    "categories",
    "category",
    "checkout",
    "contact",
    "dashboard",
    "demo",
    "dev",
    "docs",
    "en",
    "es",
    "faq",
    "health",
    "help",
    "home",
    "images",
    "imprint",
    "index",
    "info",
    "legal",
    "login",
    "logout",
    "mail",
    "marketplace",
    "me",
    "metrics",
    "new",
    "news",
    "null",
    "official",
    "openapi",
    "operator",
    "order",
    "orders",
    "payment",
    "payments",
    "portal",
    "press",
    "privacy",
    "product",
    "products",
    "public",
    "register",
    "returns",
    "root",
    "search",
    "security",
    "sell",
    "seller",
    "sellers",
    "settings",
    "shop",
    "shops",
    "sign-in",
    "sign-out",
    "sign-up",
    "sitemap",
    "staff",
    "static",
    "status",
    "stoa",
    "store",
    "stores",
    "support",
    "system",
    "tenant",
    "tenants",
    "terms",
    "undefined",
    "user",
    "users",
    "www",
];

/// A shop's name in addresses: small letters, digits and single hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// A slug for a shop: of the right form and not reserved.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if !Self::is_form(text) {
            return Err(Error::BadSlug);
        }
        if RESERVED.contains(&text) {
            return Err(Error::ReservedSlug(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether a text could be a slug at all; what could not names no shop.
    #[must_use]
    pub fn is_form(text: &str) -> bool {
        (SLUG_CHARS_MIN..=SLUG_CHARS_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && text.split('-').all(|part| !part.is_empty())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `n`-th choice when the slug is taken: `name`, `name-2`, `name-3` ...
    #[must_use]
    pub fn choice(&self, n: u32) -> Self {
        if n < 2 {
            return self.clone();
        }
        let ending = format!("-{n}");
        let stem: String = self.0.chars().take(SLUG_CHARS_MAX - ending.len()).collect();
        Self(format!("{}{ending}", stem.trim_end_matches('-')))
    }
}

/// A slug made from a shop's name; `the-...-shop` where the name alone is too short or reserved.
pub fn slug_of_name(name: &str) -> Slug {
    let mut text = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match plain(c) {
            Some(letters) => text.push_str(letters),
            None if c.is_ascii_lowercase() || c.is_ascii_digit() => text.push(c),
            None if c == '\'' || c == '’' => {}
            None if !text.is_empty() && !text.ends_with('-') => text.push('-'),
            None => {}
        }
    }
    let text: String = text.chars().take(SLUG_CHARS_MAX).collect();
    let text = text.trim_end_matches('-');
    Slug::parse(text)
        .or_else(|_| Slug::parse(&format!("the-{text}-shop")))
        .unwrap_or_else(|_| Slug("the-shop".to_owned()))
}

/// How a letter beyond ASCII is written in an address.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'á' | 'à' | 'â' | 'ã' | 'å' | 'ā' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'í' | 'ì' | 'î' | 'ï' | 'ī' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ó' | 'ò' | 'ô' | 'õ' | 'ō' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ř' => "r",
        'š' | 'ś' => "s",
        'ß' => "ss",
        'ť' => "t",
        'ú' | 'ù' | 'û' | 'ū' | 'ů' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ž' | 'ź' | 'ż' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_made_from_names() {
        let table = [
            ("Alfarería Romero", "alfareria-romero"),
            ("  ¡Olé! Cerámica & Más  ", "ole-ceramica-mas"),
            ("O'Neill Woodworks", "oneill-woodworks"),
            ("Müller & Söhne", "mueller-soehne"),
            ("Shop", "the-shop-shop"),
            ("Ñ", "the-n-shop"),
            ("東京", "the-shop"),
            ("-- --", "the-shop"),
        ];
        for (name, slug) in table {
            assert_eq!(slug_of_name(name).as_str(), slug, "{name}");
            assert!(Slug::parse(slug).is_ok(), "{slug}");
        }
        assert!(slug_of_name(&"Alfarería ".repeat(20)).as_str().len() <= SLUG_CHARS_MAX);
    }

    #[test]
    fn reserved_words_and_odd_forms_are_refused() {
        for reserved in ["admin", "cart", "stoa", "sign-in"] {
            assert!(
                matches!(Slug::parse(reserved), Err(Error::ReservedSlug(_))),
                "{reserved}"
            );
        }
        for bad in [
            "",
            "ab",
            "Ab-cd",
            "a--b",
            "-abc",
            "abc-",
            "a_b",
            "a.b",
            "ñandú",
            "a b",
            &"a".repeat(41),
        ] {
            assert!(matches!(Slug::parse(bad), Err(Error::BadSlug)), "{bad}");
        }
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn later_choices_fit_the_limit() {
        let slug = Slug::parse(&"a".repeat(40)).expect("a slug");
        assert_eq!(slug.choice(1), slug);
        assert_eq!(slug.choice(12).as_str().len(), 40);
        assert!(slug.choice(12).as_str().ends_with("a-12"));
    }
}
