//! Ways to reach somebody past the marketplace, as people write them: e-mail addresses, telephone numbers, links, names in
//! messengers. Prices, dates, sizes, order numbers and article numbers are none of them.

mod phone;
mod words;

use contracts::messages::ContactKind;
use std::ops::Range;

/// What stands in the place of what is hidden.
pub const DOTS: &str = "••••";

/// One of them in a text, by its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub kind: ContactKind,
    pub at: Range<usize>,
}

/// A character of a text: where it begins, in small letters and without accents, so that what is written carelessly is found.
#[derive(Clone, Copy, Debug)]
struct Letter {
    at: usize,
    plain: char,
}

/// One character in small letters and without accents.
#[must_use]
pub fn plain(c: char) -> char {
    let small = c.to_lowercase().next().unwrap_or(c);
    match small {
        'á' | 'à' | 'â' | 'ä' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

/// Everything of the kind in a text, in order, without overlaps. Links that lead to `own`, a host, are none.
#[must_use]
pub fn find(text: &str, own: &str) -> Vec<Found> {
    let letters: Vec<Letter> = text
        .char_indices()
        .map(|(at, c)| Letter { at, plain: plain(c) })
        .collect();
    let mut spans = words::find(&letters, own);
    spans.extend(phone::find(&letters).map(|span| (ContactKind::PhoneNumber, span)));
    // Where two begin together, the longer one is what was meant.
    spans.sort_by_key(|(_, span)| (span.start, std::cmp::Reverse(span.end)));
    let byte = |at: usize| letters.get(at).map_or(text.len(), |letter| letter.at);
    let mut end = 0;
    spans.retain(|(_, span)| {
        let is_free = span.start >= end;
        end = end.max(span.end);
        is_free
    });
    spans
        .into_iter()
        .map(|(kind, span)| Found {
            kind,
            at: byte(span.start)..byte(span.end),
        })
        .collect()
}

/// Whether a text has one of a kind.
#[must_use]
pub fn has(text: &str, kind: ContactKind) -> bool {
    find(text, "").iter().any(|found| found.kind == kind)
}

/// A text with [`DOTS`] in their place, and which kinds there were, each once.
#[must_use]
pub fn masked(text: &str, own: &str) -> (String, Vec<ContactKind>) {
    let mut masked = String::with_capacity(text.len());
    let (mut kinds, mut from) = (Vec::new(), 0);
    for found in find(text, own) {
        masked.push_str(text.get(from..found.at.start).unwrap_or_default());
        masked.push_str(DOTS);
        from = found.at.end;
        kinds.push(found.kind);
    }
    masked.push_str(text.get(from..).unwrap_or_default());
    kinds.sort_unstable();
    kinds.dedup();
    (masked, kinds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContactKind::{EmailAddress, Handle, Link, PhoneNumber};

    fn kinds(text: &str) -> Vec<ContactKind> {
        masked(text, "market.example").1
    }

    #[test]
    fn ways_to_reach_somebody_are_found() {
        for (kind, texts) in [
            (
                EmailAddress,
                &[
                    "write to me@post.example.",
                    "me(at)post.example",
                    "Ana.Ruiz+pots@correo.es, please",
                    "mi correo: ana [arroba] correo.es",
                    "ana @ correo.es",
                    "ana arroba correo punto es",
                    "name at host dot com",
                    "(ana_ruiz@correo.es)",
                    "mailto:ana@correo.es",
                ][..],
            ),
            (
                PhoneNumber,
                &[
                    "call 612 345 678",
                    "612345678",
                    "+34 91 123 45 67",
                    "+34612345678",
                    "tel. 0049-30-1234567",
                    "(600) 123 456",
                    "91 123 45 67",
                    "Llámame al 612.345.678 por la tarde",
                    "06 12 34 56 78",
                    "07911 123456",
                    "(555) 123-4567",
                    "6 1 2 3 4 5 6 7 8",
                    "móvil:699-11-22-33",
                    "wa 34612345678",
                ],
            ),
            (
                Link,
                &[
                    "https://x.y",
                    "see www.cheap.es",
                    "cheaper at my-shop.com!",
                    "visit pots.store/now",
                    "wa.me/34612345678",
                    "t.me/mariapots",
                    "bit.ly/3xYz",
                    "mi web es miceramica.es",
                    "HTTP://POTS.EXAMPLE/MARKET.EXAMPLE",
                    "https://market.example.evil.com/",
                ],
            ),
            (
                Handle,
                &[
                    "I am @maria_pots there",
                    "instagram: mariapots",
                    "Search me on Instagram maria.pots",
                    "whatsapp: ana",
                    "telegram @ana1",
                    "mi insta es maria_ceramica",
                ],
            ),
        ] {
            for text in texts {
                assert!(kinds(text).contains(&kind), "{kind:?} not found: {text}");
            }
        }
    }

    #[test]
    fn prices_dates_sizes_and_numbers_are_none_of_them() {
        for text in [
            "2 pieces @ 5 euros",
            "no address here",
            "It is nice.Combined with oil",
            "muy bonito.es precioso",
            "una caja.de madera",
            "3.5 cm",
            "etc...",
            "and/or, km/h, 1/2",
            "in 2024-11-22 10:30",
            "22/11/2024 09:30",
            "07/11/2024 09:30",
            "07.11.2024, 9.30",
            "from 01-12-2024 to 15-12-2024",
            "el 7 de noviembre de 2025",
            "30 x 40 x 50 cm",
            "30 x 40 cm",
            "30x40x50",
            "90 x 200",
            "1250",
            "1250 euros",
            "1.250,00 €",
            "1,250.00 EUR",
            "EUR 900.000.000",
            "order of 120,50 euros",
            "my order K7F3-9QXA-2",
            "order 612345678",
            "pedido nº 712345678",
            "factura 2024/000123456",
            "EAN 8412345678905",
            "8412345678905",
            "0012345678905",
            "9780306406157",
            "1234567890123456789",
            "12 12 12",
            "sizes 60 70 80 90 100",
            "in 600 700 800 mm",
            "700 800 900 g",
            "9 h to 18 h, 10-14",
            "28013 Madrid",
            "ES9121000418450200051332",
            "tracking 00340434161094021501",
            "I saw it on Instagram yesterday",
            "do you have whatsapp? here is fine too",
            "I found you on Facebook, lovely work",
            "serve at 18 degrees, stored at home",
            "at that dot there is a scratch",
            "we are at the market. See you",
            "12 mugs, 6 bowls, 4 plates, 2 jugs, 8 cups, 10 dishes",
            "20% of 45 EUR",
            "https://market.example/p/tall-vase-0192f3a47c117d2e",
            "Lot 2024-0007-0009",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn only_what_reaches_somebody_is_hidden() {
        assert_eq!(
            masked("Call 612 345 678 or write to ana@correo.es, the 30 x 40 one.", ""),
            (
                "Call •••• or write to ••••, the 30 x 40 one.".to_owned(),
                vec![EmailAddress, PhoneNumber]
            )
        );
        assert_eq!(
            masked("Ünïcode first: +34 612 345 678.", "").0,
            "Ünïcode first: ••••."
        );
        assert_eq!(masked("Nothing.", ""), ("Nothing.".to_owned(), vec![]));
        assert_eq!(masked("", "").0, "");
    }

    #[test]
    fn any_text_is_survived() {
        for text in [
            "@",
            "@@",
            "://",
            "www.",
            ".",
            "+",
            "((((",
            "a@",
            "@b.c",
            "0",
            "＠",
            "٠٦١٢",
            "\u{130}@\u{130}.com",
        ] {
            let (masked, kinds) = masked(text, "");
            assert!(masked == text || !kinds.is_empty(), "{text}");
        }
    }
}
