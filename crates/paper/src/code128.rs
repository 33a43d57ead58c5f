//! Code 128, ISO/IEC 15417: the bars of a tracking number.

/// A text that Code 128 cannot carry: empty, or with letters beyond ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unprintable;

const START_B: usize = 104;
const START_C: usize = 105;
const STOP: usize = 106;
/// Symbols are checked modulo this.
const MODULUS: usize = 103;
/// Modules of light before and after the bars, without which no reader finds them.
pub(crate) const QUIET: usize = 10;

/// The widths of bars and gaps in modules, beginning with a bar.
pub(crate) fn bars(text: &str) -> Result<Vec<u8>, Unprintable> {
    let mut symbols = symbols(text)?;
    symbols.push(check(&symbols));
    symbols.push(STOP);
    Ok(symbols
        .iter()
        .flat_map(|symbol| PATTERNS[*symbol].bytes())
        .map(|digit| digit - b'0')
        .collect())
}

/// Pairs of digits where there is nothing else (set C), letters one by one otherwise (set B).
fn symbols(text: &str) -> Result<Vec<usize>, Unprintable> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || !bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return Err(Unprintable);
    }
    let value = |byte: &u8| usize::from(*byte);
    if bytes.len().is_multiple_of(2) && bytes.iter().all(u8::is_ascii_digit) {
        let pairs = bytes
            .chunks(2)
            .map(|pair| (value(&pair[0]) - 48) * 10 + value(&pair[1]) - 48);
        return Ok(std::iter::once(START_C).chain(pairs).collect());
    }
    let letters = bytes.iter().map(|byte| value(byte) - 32);
    Ok(std::iter::once(START_B).chain(letters).collect())
}

/// The start counts once, every other symbol as often as its place.
fn check(symbols: &[usize]) -> usize {
    let weighed = symbols
        .iter()
        .enumerate()
        .map(|(place, symbol)| place.max(1) * symbol);
    weighed.sum::<usize>() % MODULUS
}

/// What each symbol looks like.
#[rustfmt::skip]
const PATTERNS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// The standard's own rules for its table.
    #[test]
    fn every_symbol_is_eleven_modules_and_unlike_the_others() {
        let mut seen = HashSet::new();
        for pattern in &PATTERNS[..STOP] {
            let widths: Vec<u32> = pattern.bytes().map(|digit| u32::from(digit - b'0')).collect();
            assert_eq!((widths.len(), widths.iter().sum::<u32>()), (6, 11), "{pattern}");
            let bars: u32 = widths.iter().step_by(2).sum();
            assert_eq!(bars % 2, 0, "{pattern}: bars are even");
            assert!(seen.insert(*pattern), "{pattern} twice");
        }
        assert_eq!(PATTERNS[STOP].bytes().map(|d| d - b'0').sum::<u8>(), 13);
    }

    #[test]
    fn the_check_follows_from_the_symbols() {
        // The well-known example PJJ123C, in set A 54: in set B, whose start counts one more, 55.
        let symbols = symbols("PJJ123C").expect("letters");
        assert_eq!(check(&symbols), 55);
        assert_eq!(symbols.len(), 8);
    }

    #[test]
    fn digits_travel_in_pairs() {
        assert_eq!(symbols("123456"), Ok(vec![START_C, 12, 34, 56]));
        assert_eq!(symbols("12345").map(|s| s[0]), Ok(START_B));
        let bars = bars("123456").expect("digits");
        assert_eq!(bars.len(), 6 * 5 + 7);
        assert_eq!(
            bars.iter().map(|width| u32::from(*width)).sum::<u32>(),
            11 * 5 + 13
        );
    }

    #[test]
    fn what_cannot_be_scanned_is_refused() {
        assert_eq!(bars(""), Err(Unprintable));
        assert_eq!(bars("ñ"), Err(Unprintable));
    }
}
