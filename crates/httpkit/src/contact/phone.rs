//! Telephone numbers: digits in groups that begin, and are as many, as such numbers are.

use super::Letter;
use std::ops::Range;

/// Digits of a number with its country's code.
const ABROAD: std::ops::RangeInclusive<usize> = 8..=15;
/// Digits of a number that begins with a trunk's zero: `06 12 34 56 78`, `07911 123456`.
const WITH_ZERO: std::ops::RangeInclusive<usize> = 10..=11;
/// Digits of a number of Spain, which begins with 6 to 9.
const SPANISH: usize = 9;
/// The same with the country's code, and nothing before it.
const SPANISH_ABROAD: usize = 11;
/// Signs between two groups of digits: `(600) 123`.
const GAP_MOST: usize = 2;
/// Words before digits that say that they are something else.
const NUMBERS_OF: &[&str] = &[
    "order",
    "orders",
    "pedido",
    "pedidos",
    "ean",
    "gtin",
    "isbn",
    "sku",
    "ref",
    "referencia",
    "reference",
    "factura",
    "invoice",
    "tracking",
    "seguimiento",
    "lote",
    "lot",
    "batch",
    "eur",
    "euros",
    "usd",
    "gbp",
    "serial",
    "serie",
    "envio",
    "shipment",
];
/// Words between such a word and its digits.
const BETWEEN: &[&str] = &[
    "n", "no", "nº", "n°", "num", "numero", "number", "nr", "is", "es", "code", "codigo", "#",
];
/// What digits before it measure.
const UNITS: &[&str] = &[
    "mm", "cm", "m", "km", "g", "gr", "kg", "mg", "ml", "cl", "l", "euro", "euros", "eur", "usd", "gbp", "€",
    "$", "£", "units", "unidades", "pieces", "piezas", "uds", "x",
];

/// Digits with little between them.
struct Run {
    /// Of letters, with a sign or bracket that belongs to it.
    span: Range<usize>,
    plus: bool,
    groups: Vec<String>,
    /// What stands between the groups.
    gaps: Vec<String>,
}

impl Run {
    fn digits(&self) -> String {
        self.groups.concat()
    }

    /// Without dates, which have digits and signs like telephone numbers.
    fn is_date(&self) -> bool {
        let lengths: Vec<usize> = self.groups.iter().map(String::len).collect();
        let is = |at: usize, expected: [Range<usize>; 3]| {
            let of = lengths.get(at..at + 3);
            let gaps = self.gaps.get(at..at + 2);
            of.is_some_and(|of| {
                of.iter()
                    .zip(&expected)
                    .all(|(length, range)| range.contains(length))
            }) && gaps.is_some_and(|gaps| gaps[0] == gaps[1] && ["-", "/", "."].contains(&gaps[0].as_str()))
        };
        (0..lengths.len()).any(|at| {
            let day_first = is(at, [1..3, 1..3, 4..5]) && is_year(&self.groups[at + 2]);
            day_first || (is(at, [4..5, 1..3, 1..3]) && is_year(&self.groups[at]))
        })
    }

    fn is_phone(&self) -> bool {
        let digits = self.digits();
        let count = digits.len();
        let lengths = || self.groups.iter().map(String::len);
        let whole = self.groups.len() == 1;
        if self.plus {
            return ABROAD.contains(&count);
        }
        // What somebody types digit by digit is meant to be overlooked.
        let spelt = lengths().all(|length| length == 1);
        let grouped = lengths().all(|length| (2..=6).contains(&length)) && self.groups.len() <= 5;
        if !whole && !spelt && !grouped {
            return digits.starts_with("00")
                && ABROAD.contains(&count.saturating_sub(2))
                && !digits.starts_with("000");
        }
        if let Some(rest) = digits.strip_prefix("00") {
            // An article number with zeros before it is one word, and its last digit fits.
            return !rest.starts_with('0') && ABROAD.contains(&rest.len()) && !(whole && is_gtin(&digits));
        }
        if digits.starts_with('0') {
            return WITH_ZERO.contains(&count);
        }
        let spanish = |digits: &str| digits.starts_with(['6', '7', '8', '9']);
        if count == SPANISH {
            return spanish(&digits);
        }
        if count == SPANISH_ABROAD {
            return digits.strip_prefix("34").is_some_and(spanish);
        }
        // 555-123-4567
        count == 10 && lengths().eq([3, 3, 4]) && self.gaps.iter().all(|gap| gap.contains(['-', '.', ')']))
    }
}

fn is_year(group: &str) -> bool {
    group.starts_with("19") || group.starts_with("20")
}

/// Whether the last digit is the check digit of an article number.
fn is_gtin(digits: &str) -> bool {
    if ![8, 12, 13, 14].contains(&digits.len()) {
        return false;
    }
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    sum.is_multiple_of(10)
}

pub(super) fn find(letters: &[Letter]) -> impl Iterator<Item = Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let Some(run) = run_at(letters, at) else {
            at += 1;
            continue;
        };
        at = run.span.end;
        if run.is_phone() && !run.is_date() && !is_something_else(letters, &run.span) {
            found.push(run.span);
        }
    }
    found.into_iter()
}

fn plain(letters: &[Letter], at: usize) -> Option<char> {
    letters.get(at).map(|letter| letter.plain)
}

/// The digits that begin here.
fn run_at(letters: &[Letter], start: usize) -> Option<Run> {
    let mut at = start;
    let plus = plain(letters, at) == Some('+');
    let opens = matches!(plain(letters, at), Some('+' | '('));
    if opens {
        at += 1;
        // (+34), + 34
        while matches!(plain(letters, at), Some(' ' | '(')) && at < start + 1 + GAP_MOST {
            at += 1;
        }
    }
    let plus = plus || (opens && plain(letters, at) == Some('+'));
    if opens && plain(letters, at) == Some('+') {
        at += 1;
    }
    if !plain(letters, at).is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    let (mut groups, mut gaps) = (Vec::new(), Vec::new());
    let mut end = at;
    loop {
        let group: String = (at..)
            .map_while(|at| plain(letters, at).filter(char::is_ascii_digit))
            .collect();
        at += group.len();
        end = end.max(at);
        groups.push(group);
        let is_gap = |c: &char| matches!(c, ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')' | '·');
        let gap: String = (at..)
            .map_while(|at| plain(letters, at).filter(is_gap))
            .take(GAP_MOST + 1)
            .collect();
        let width = gap.chars().count();
        let goes_on = plain(letters, at + width).is_some_and(|c| c.is_ascii_digit());
        if width == 0 || width > GAP_MOST || !goes_on {
            break;
        }
        gaps.push(gap);
        at += width;
    }
    Some(Run {
        span: start..end,
        plus,
        groups,
        gaps,
    })
}

/// Whether what stands around some digits says that they are no telephone number.
fn is_something_else(letters: &[Letter], span: &Range<usize>) -> bool {
    // Part of a word or of a longer number: `ES91…`, `K7F3-…`, `1,250…`.
    let before = span.start.checked_sub(1).and_then(|at| plain(letters, at));
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | '€' | '$' | '£' | '-' | '/')) {
        return true;
    }
    let after = plain(letters, span.end);
    let comma_digits = after == Some(',') && plain(letters, span.end + 1).is_some_and(|c| c.is_ascii_digit());
    if comma_digits || matches!(after, Some('€' | '$' | '£' | '%' | ':')) {
        return true;
    }
    let unit: String = letters
        .get(span.end..)
        .unwrap_or_default()
        .iter()
        .map(|letter| letter.plain)
        .skip_while(|c| *c == ' ')
        .take_while(|c| !c.is_whitespace() && !matches!(c, '.' | ',' | ';' | ')' | '!' | '?'))
        .take(12)
        .collect();
    if UNITS.contains(&unit.as_str()) {
        return true;
    }
    words_before(letters, span.start)
        .find(|word| !BETWEEN.contains(&word.as_str()))
        .is_some_and(|word| NUMBERS_OF.contains(&word.as_str()))
}

/// The words before a place of the same line, the nearest first; three at most.
fn words_before(letters: &[Letter], end: usize) -> impl Iterator<Item = String> {
    let line: String = letters
        .get(..end)
        .unwrap_or_default()
        .iter()
        .rev()
        .map(|letter| letter.plain)
        .take_while(|c| *c != '\n')
        .take(60)
        .collect();
    let words: Vec<String> = line
        .split(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | ',' | '(' | ')'))
        .filter(|word| !word.is_empty())
        .take(3)
        .map(|word| word.chars().rev().collect())
        .collect();
    words.into_iter()
}
