//! Every word of a field, in one dictionary for all segments: what was perhaps meant is looked for once, not in each segment.
//!
//! Words are only ever added, as segments come. One that no product has any more is told from the others by how many have it.
//! Numbers are left out, as one that is nearly right is another number, and the stems of languages that have their own.

use super::analysis::is_foreign;
use std::sync::Arc;
use tantivy::termdict::TermDictionary;
use tantivy_fst::{Automaton, IntoStreamer, Map, Streamer};

/// A layer is joined with the next that is no smaller than this share of it, so that there are never many.
const LAYER_SHARE: usize = 4;

#[derive(Clone, Default)]
pub struct Vocabulary {
    /// No word is in two of them; each is larger than those after it.
    layers: Vec<Arc<Map<Vec<u8>>>>,
}

impl Vocabulary {
    /// Adds the words of a segment's dictionary.
    pub fn add(&mut self, dictionary: &TermDictionary) -> tantivy::Result<()> {
        let mut stream = dictionary.stream()?;
        let mut words: Vec<Vec<u8>> = Vec::new();
        while stream.advance() {
            let word = stream.key();
            if !is_foreign(word) && !is_number(word) && !self.has(word) {
                words.push(word.to_vec());
            }
        }
        if words.is_empty() {
            return Ok(());
        }
        while let Some(last) = self.layers.pop_if(|last| last.len() < words.len() * LAYER_SHARE) {
            let mut stream = last.stream();
            while let Some((word, _)) = stream.next() {
                words.push(word.to_vec());
            }
        }
        words.sort_unstable();
        let layer = Map::from_iter(words.into_iter().map(|word| (word, 0)))
            .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))?;
        self.layers.push(Arc::new(layer));
        Ok(())
    }

    fn has(&self, word: &[u8]) -> bool {
        self.layers.iter().any(|layer| layer.contains_key(word))
    }

    /// The words that `automaton` accepts; with `first`, only those that begin with it.
    pub fn accepted(&self, automaton: &impl Automaton, first: Option<char>) -> Vec<String> {
        let mut found = Vec::new();
        for layer in &self.layers {
            let mut search = layer.search(automaton);
            if let Some(first) = first {
                search = search.ge(first.to_string());
                if let Some(next) = char::from_u32(u32::from(first) + 1) {
                    search = search.lt(next.to_string());
                }
            }
            let mut stream = search.into_stream();
            while let Some((word, _)) = stream.next() {
                found.extend(std::str::from_utf8(word).map(str::to_owned));
            }
        }
        found
    }
}

/// Whether it is mostly digits.
#[must_use]
pub fn is_number(word: &[u8]) -> bool {
    let is_letter = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
    let letters = word.iter().filter(is_letter).count();
    word.iter().filter(|byte| byte.is_ascii_digit()).count() * 2 > letters
}
