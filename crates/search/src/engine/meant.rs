//! The words of a query as they were perhaps meant, to be offered: `ceramik bolw`, ceramic bowl.
//!
//! Candidates are words that titles and labels have as they are written. Of those near to a word the likeliest is the one that
//! most products have *together with the query's other words*: that weighs frequencies and keeps to the language of the query,
//! as titles of one language hardly have words of the other. What has nothing near stays as it is.

use super::analysis::{analyzer, folder, is_stop_word, terms};
use super::columns::View;
use super::matching::count_matches;
use super::plan::Plan;
use super::ranking::Ranking;
use super::schema::Fields;
use super::spelling::{NearWords, completions, written_near};
use contracts::search::SearchHit;
use std::time::Instant;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::tokenizer::TokenStream;
use tantivy::{DocAddress, DocSet, TERMINATED, TantivyDocument, Term};

/// Candidates for a word that are tried with the others.
const TRIED_MAX: usize = 6;
/// Products beyond which more do not make a candidate likelier.
const COUNTED_MAX: u64 = 1_000;

/// A word of the text and where it stands.
struct Written {
    word: String,
    from: usize,
    to: usize,
}

/// `text` with words that nothing, or hardly anything, has replaced by what was likely meant; `None` where nothing is, or
/// where that finds no more.
pub fn meant(
    text: &str,
    view: &View,
    fields: &Fields,
    ranking: &Ranking,
    words: &mut NearWords,
    deadline: Instant,
) -> tantivy::Result<Option<String>> {
    let written = words_of(text);
    let count = |text: &str| -> tantivy::Result<u64> {
        let plan = Plan::strict(text, view, fields, ranking)?;
        count_matches(view, fields, &plan, COUNTED_MAX, deadline)
    };
    let mut doubtful = Vec::with_capacity(written.len());
    for word in &written {
        doubtful.push(having(&word.word, view, fields, ranking)?);
    }
    // The beginning of a word that goes with the others is no slip.
    if let (Some(last), Some(doubt @ Some(_))) = (written.last(), doubtful.last_mut())
        && text.ends_with(char::is_alphanumeric)
        && !completions(view, fields, &last.word, 1)?.is_empty()
    {
        let typed = Plan::as_typed(text, view, fields)?;
        if count_matches(view, fields, &typed, 1, deadline)? > 0 {
            *doubt = None;
        }
    }
    let mut chosen: Vec<String> = written.iter().map(|word| word.word.clone()).collect();
    let mut spelt: Vec<Option<String>> = vec![None; written.len()];
    // Words without doubt keep company; the doubtful ones join it as they are settled.
    let mut company: Vec<bool> = doubtful.iter().map(Option::is_none).collect();
    for n in 0..written.len() {
        let Some(having) = doubtful[n] else {
            continue;
        };
        let mut near = written_near(view, fields, &written[n].word, having > 0, words)?;
        near.retain(|near| near.having as f32 >= ranking.commoner * having as f32);
        near.truncate(TRIED_MAX);
        let mut best: Option<(u64, String)> = None;
        for candidate in near {
            let mut tried: Vec<&str> = (0..written.len())
                .filter(|&other| company[other])
                .map(|other| chosen[other].as_str())
                .collect();
            tried.push(&candidate.term);
            let together = count(&tried.join(" "))?;
            // Commonest first, so that a later one must be better.
            if best.as_ref().is_none_or(|(most, _)| together > *most) {
                best = Some((together, candidate.term));
            }
        }
        if let Some((_, term)) = best {
            spelt[n] = Some(as_spelt(&term, view, fields)?);
            chosen[n] = term;
            company[n] = true;
        }
    }
    if spelt.iter().all(Option::is_none) {
        return Ok(None);
    }
    let (mut offered, mut end) = (String::with_capacity(text.len()), 0);
    for (word, spelt) in written.iter().zip(&spelt) {
        offered.push_str(&text[end..word.from]);
        offered.push_str(spelt.as_deref().unwrap_or(&text[word.from..word.to]));
        end = word.to;
    }
    offered.push_str(&text[end..]);
    let offered = offered.trim().to_owned();
    Ok((count(&offered)? > count(text)?).then_some(offered))
}

fn words_of(text: &str) -> Vec<Written> {
    let mut folder = folder();
    let mut stream = folder.token_stream(text);
    let mut words = Vec::new();
    while stream.advance() {
        let token = stream.token();
        words.push(Written {
            word: token.text.clone(),
            from: token.offset_from,
            to: token.offset_to,
        });
    }
    words.truncate(super::plan::WORDS_MAX);
    words
}

/// How many products have a word, if that are so few that another may have been meant.
fn having(word: &str, view: &View, fields: &Fields, ranking: &Ranking) -> tantivy::Result<Option<u64>> {
    if is_stop_word(word) {
        return Ok(None);
    }
    let stem = terms(&mut analyzer(), word).pop().unwrap_or_default();
    let frequency = |field, term: &str| view.searcher.doc_freq(&Term::from_field_text(field, term));
    let having = frequency(fields.words, word)?.max(frequency(fields.all, &stem)?);
    let all = view.searcher.num_docs() as f32;
    if having as f32 * ranking.commoner > all && having > 0 {
        return Ok(None);
    }
    Ok(Some(having))
}

/// A word as some title has it, with its accents, which the index folds.
pub fn as_spelt(term: &str, view: &View, fields: &Fields) -> tantivy::Result<String> {
    for (segment, reader) in (0..).zip(view.searcher.segment_readers()) {
        let inverted = reader.inverted_index(fields.words)?;
        let having = Term::from_field_text(fields.words, term);
        let Some(postings) = inverted.read_postings(&having, IndexRecordOption::Basic)? else {
            continue;
        };
        if postings.doc() == TERMINATED {
            continue;
        }
        let doc: TantivyDocument = view.searcher.doc(DocAddress::new(segment, postings.doc()))?;
        let card = doc.get_first(fields.card).and_then(|value| value.as_str());
        let title = card
            .and_then(|card| serde_json::from_str::<SearchHit>(card).ok())
            .map(|hit| hit.title)
            .unwrap_or_default();
        if let Some(found) = words_of(&title).iter().find(|written| written.word == term) {
            return Ok(title[found.from..found.to].to_lowercase());
        }
    }
    Ok(term.to_owned())
}
