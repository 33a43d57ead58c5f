//! Queries as a hurried hand types them: one slip in one word of each.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// Letters from which a word is long enough for a slip to be seen as one, as the search promises.
const LETTERS_MIN: usize = 4;

/// `query` with one letter of one word left out, put in, replaced, or swapped with its neighbour: which, is chosen by
/// `seed` and the query itself. The first letter is spared no more than others; words of fewer than four letters are,
/// where there is a longer one.
#[must_use]
pub fn mistyped(query: &str, seed: u64) -> String {
    let mut words: Vec<String> = query.split_whitespace().map(str::to_owned).collect();
    let letters = |word: &String| word.chars().filter(|c| c.is_alphabetic()).count();
    let mut long: Vec<usize> = (0..words.len())
        .filter(|&n| letters(&words[n]) >= LETTERS_MIN)
        .collect();
    if long.is_empty() {
        let Some(longest) = (0..words.len()).max_by_key(|&n| letters(&words[n])) else {
            return query.to_owned();
        };
        long.push(longest);
    }
    // Not the queries' order: one more query in a set leaves the others' slips as they are.
    let of_words = query.bytes().fold(seed, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut rng = SmallRng::seed_from_u64(of_words);
    let chosen = long[rng.random_range(0..long.len())];
    let before: Vec<char> = words[chosen].chars().collect();
    let mut after = before.clone();
    while after == before {
        after = slip(&before, &mut rng);
    }
    words[chosen] = after.into_iter().collect();
    words.join(" ")
}

fn slip(word: &[char], rng: &mut SmallRng) -> Vec<char> {
    let mut word = word.to_vec();
    let at = rng.random_range(0..word.len());
    let letter = char::from(rng.random_range(b'a'..=b'z'));
    match rng.random_range(0..4) {
        0 if word.len() > 1 => {
            word.remove(at);
        }
        1 if at + 1 < word.len() => word.swap(at, at + 1),
        2 => word[at] = letter,
        _ => word.insert(at, letter),
    }
    word
}

#[cfg(test)]
mod tests {
    use super::mistyped;

    #[test]
    fn one_long_word_differs_and_always_in_the_same_way() {
        for seed in 0..200 {
            let query = "red table lamp of oak";
            let slipped = mistyped(query, seed);
            assert_eq!(slipped, mistyped(query, seed));
            let differing: Vec<_> = query
                .split(' ')
                .zip(slipped.split(' '))
                .filter(|(a, b)| a != b)
                .collect();
            assert_eq!(differing.len(), 1, "{slipped}");
            assert!(differing[0].0.len() >= 4 && differing[0].1.len().abs_diff(differing[0].0.len()) <= 1);
        }
    }

    #[test]
    fn short_words_are_mistyped_where_there_is_no_other() {
        assert_ne!(mistyped("ps3", 1), "ps3");
        assert_eq!(mistyped("", 1), "");
    }
}
