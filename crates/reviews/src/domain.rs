//! What a review may say, and what moderation makes of it. Pure.

mod classifier;
mod moderation;
mod rules;

pub use classifier::score;
pub use httpkit::text::byline;
pub use moderation::{Judgement, judge};

use crate::error::Error;
use contracts::reviews::{PHOTOS_MAX, ReviewText, STARS, TEXT_CHARS_MAX, TITLE_CHARS_MAX};
use httpkit::text;
use kernel::Fault;

/// What a review says, once it is in order.
pub fn checked(says: ReviewText) -> Result<ReviewText, Error> {
    if !STARS.contains(&says.stars) {
        return Err(Error::Field {
            code: "stars_out_of_range",
            field: "/stars",
            detail: "Give one star to five.".to_owned(),
        });
    }
    if says.photos.len() > PHOTOS_MAX {
        return Err(Error::Field {
            code: "too_many_photos",
            field: "/photos",
            detail: format!("A review has at most {PHOTOS_MAX} photos. Leave some out."),
        });
    }
    Ok(ReviewText {
        stars: says.stars,
        title: text::optional_line("/title", &says.title, TITLE_CHARS_MAX)?,
        text: paragraph("/text", &says.text)?,
        photos: says.photos,
    })
}

/// Several lines that are not empty.
pub fn paragraph(pointer: &str, text: &str) -> Result<String, Fault> {
    let text = text::paragraphs(pointer, text, TEXT_CHARS_MAX)?;
    if text.is_empty() {
        return Err(Fault::field("text_empty", pointer, "Say at least a few words."));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(stars: u8, title: &str, text: &str) -> ReviewText {
        ReviewText {
            stars,
            title: title.to_owned(),
            text: text.to_owned(),
            photos: Vec::new(),
        }
    }

    #[test]
    fn a_review_has_stars_and_words() {
        let kept = checked(says(4, "  Lovely ", "\nIt pours well.\n")).expect("sound");
        assert_eq!(
            (kept.title.as_str(), kept.text.as_str()),
            ("Lovely", "It pours well.")
        );
        assert!(checked(says(5, "", "Good.")).is_ok(), "a title is not needed");
        for (stars, title, text, code) in [
            (0, "", "Bad.", "stars_out_of_range"),
            (6, "", "Bad.", "stars_out_of_range"),
            (3, "", " \n ", "text_empty"),
            (3, "two\nlines", "Fine.", "text_control"),
        ] {
            let refused = Fault::from(checked(says(stars, title, text)).expect_err("refused"));
            assert_eq!(refused.code, code, "{title} {text}");
        }
        let long = "a".repeat(TEXT_CHARS_MAX + 1);
        assert_eq!(
            Fault::from(checked(says(3, "", &long)).expect_err("refused")).code,
            "text_too_long"
        );
    }
}
