//! What becomes of a review before anybody reads it: published, or looked at by a moderator first.

use super::{classifier, rules};
use contracts::reviews::{ReviewStatus, ReviewText, Suspicion};

/// Thousandths from which on the classifier's word counts. On the sentences of its tests, which it was not trained with, this
/// holds back nothing that is honest.
const SURE: u16 = 850;

/// What moderation says of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub suspicions: Vec<Suspicion>,
    /// How sure the classifier is that it should not stand, in thousandths.
    pub score: u16,
}

impl Judgement {
    #[must_use]
    pub fn status(&self) -> ReviewStatus {
        if self.suspicions.is_empty() {
            ReviewStatus::Published
        } else {
            ReviewStatus::Queued
        }
    }
}

/// Judges what a review says. Stars are none of its business: a bad review is as welcome as a good one.
#[must_use]
pub fn judge(says: &ReviewText) -> Judgement {
    let text = format!("{}\n{}", says.title, says.text);
    let folded = rules::folded(&text);
    let score = classifier::score(&folded);
    let found = [
        (Suspicion::EmailAddress, rules::has_email_address(&folded)),
        (Suspicion::PhoneNumber, rules::has_phone_number(&folded)),
        (Suspicion::WebAddress, rules::has_web_address(&folded)),
        (Suspicion::Words, rules::has_listed_word(&folded)),
        (Suspicion::Shouting, rules::is_shouted(&text)),
        (Suspicion::Classifier, score >= SURE),
    ];
    let suspicions = found
        .into_iter()
        .filter_map(|(suspicion, is)| is.then_some(suspicion));
    Judgement {
        suspicions: suspicions.collect(),
        score,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspicions(title: &str, text: &str) -> Vec<Suspicion> {
        judge(&ReviewText {
            stars: 1,
            title: title.to_owned(),
            text: text.to_owned(),
            photos: Vec::new(),
        })
        .suspicions
    }

    #[test]
    fn an_honest_bad_review_is_published() {
        assert_eq!(
            suspicions(
                "Broken",
                "The mug arrived broken and the glaze has cracks. I am disappointed."
            ),
            []
        );
    }

    #[test]
    fn every_suspicion_is_told() {
        assert_eq!(
            suspicions(
                "",
                "CALL ME AT 612 345 678 OR WRITE TO ME@POST.EXAMPLE, YOU MORONS, AND YOU MORON"
            ),
            [
                Suspicion::EmailAddress,
                Suspicion::PhoneNumber,
                Suspicion::Words,
                Suspicion::Shouting,
                Suspicion::Classifier,
            ]
        );
    }
}
