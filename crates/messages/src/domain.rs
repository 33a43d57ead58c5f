//! What a message may say, and what is made of it. Pure.

use crate::error::Error;
use chrono::NaiveDate;
use contracts::messages::{NewQuote, QuoteStatus, TEXT_CHARS_MAX, Wish};
use httpkit::text;
use kernel::{Fault, Timestamp};

/// Characters of a message that lists show.
const EXCERPT_CHARS: usize = 140;
/// Days that a shop may ask for: two years.
const LEAD_DAYS_MAX: u16 = 730;
/// Days for which a quote may hold, and in which something may be wished for.
const AHEAD_DAYS_MAX: i64 = 730;

/// Several lines that are not empty.
pub fn paragraph(text: &str) -> Result<String, Fault> {
    let text = text::paragraphs("/text", text, TEXT_CHARS_MAX)?;
    if text.is_empty() {
        return Err(Fault::field("text_empty", "/text", "Write at least a few words."));
    }
    Ok(text)
}

/// The beginning of a message in one line.
#[must_use]
pub fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= EXCERPT_CHARS {
        return line;
    }
    let cut: String = line.chars().take(EXCERPT_CHARS).collect();
    // Between two words, where there are two.
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{cut}…")
}

fn is_ahead(day: NaiveDate, now: Timestamp) -> bool {
    (0..=AHEAD_DAYS_MAX).contains(&(day - now.date_naive()).num_days())
}

/// A wish that can be met: some day to come, for some money.
pub fn checked_wish(wish: Wish, now: Timestamp) -> Result<Wish, Error> {
    if wish.by.is_some_and(|day| !is_ahead(day, now)) {
        return Err(Error::Field {
            code: "date_out_of_range",
            field: "/custom/by",
            detail: "Choose a day from today on, within two years.".to_owned(),
        });
    }
    if wish.budget.is_some_and(|budget| budget.amount <= 0) {
        return Err(Error::Field {
            code: "amount_out_of_range",
            field: "/custom/budget",
            detail: "Name an amount above zero, or none.".to_owned(),
        });
    }
    Ok(wish)
}

/// A quote that can be accepted.
pub fn checked_quote(mut quote: NewQuote, now: Timestamp) -> Result<NewQuote, Error> {
    if quote.price.amount <= 0 {
        return Err(Error::Field {
            code: "amount_out_of_range",
            field: "/price",
            detail: "Name a price above zero.".to_owned(),
        });
    }
    if quote.lead_days > LEAD_DAYS_MAX {
        return Err(Error::Field {
            code: "days_out_of_range",
            field: "/lead_days",
            detail: format!("Name at most {LEAD_DAYS_MAX} days."),
        });
    }
    if !is_ahead(quote.valid_until, now) {
        return Err(Error::Field {
            code: "date_out_of_range",
            field: "/valid_until",
            detail: "Choose a day from today on, within two years.".to_owned(),
        });
    }
    quote.text = text::paragraphs("/text", &quote.text, TEXT_CHARS_MAX)?;
    Ok(quote)
}

/// Where a quote stands: an open one is over after its last day.
#[must_use]
pub fn standing(status: QuoteStatus, valid_until: NaiveDate, now: Timestamp) -> QuoteStatus {
    match status {
        QuoteStatus::Open if now.date_naive() > valid_until => QuoteStatus::Over,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Currency, Money};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn now() -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000, 0).expect("in range")
    }

    #[test]
    fn lists_show_how_a_message_begins_in_one_line() {
        assert_eq!(
            excerpt("Good day,\n\ndoes it   hold water?"),
            "Good day, does it hold water?"
        );
        let long = excerpt(&"pottery ".repeat(40));
        assert!(
            long.ends_with("pottery…") && long.chars().count() <= EXCERPT_CHARS + 1,
            "{long}"
        );
        assert!(excerpt(&"a".repeat(500)).ends_with('…'));
    }

    #[test]
    fn a_message_has_words_and_not_too_many() {
        assert_eq!(
            paragraph("\n Hello.\n\nBye. \n").expect("sound"),
            "Hello.\n\nBye."
        );
        assert_eq!(paragraph(" \n ").expect_err("refused").code, "text_empty");
        assert_eq!(paragraph("a\u{7}b").expect_err("refused").code, "text_control");
        assert!(paragraph(&"ñ".repeat(TEXT_CHARS_MAX)).is_ok());
        let long = "a".repeat(TEXT_CHARS_MAX + 1);
        assert_eq!(paragraph(&long).expect_err("refused").code, "text_too_long");
    }

    #[test]
    fn quotes_and_wishes_are_of_days_to_come_and_of_some_money() {
        let quote = |amount, lead_days, valid_until: &str| NewQuote {
            price: Money::new(amount, Currency::EUR),
            lead_days,
            valid_until: day(valid_until),
            text: String::new(),
        };
        let today = now().date_naive().to_string();
        assert!(checked_quote(quote(1, 0, &today), now()).is_ok());
        for (amount, lead, until, code) in [
            (0, 1, today.as_str(), "amount_out_of_range"),
            (-5, 1, today.as_str(), "amount_out_of_range"),
            (5, 731, today.as_str(), "days_out_of_range"),
            (5, 1, "2020-01-01", "date_out_of_range"),
            (5, 1, "2999-01-01", "date_out_of_range"),
        ] {
            let refused = Fault::from(checked_quote(quote(amount, lead, until), now()).expect_err("refused"));
            assert_eq!(refused.code, code);
        }
        let yesterday = Wish {
            by: now().date_naive().pred_opt(),
            budget: None,
        };
        assert!(checked_wish(yesterday, now()).is_err());
        assert!(checked_wish(Wish::default(), now()).is_ok());
    }

    #[test]
    fn an_open_quote_is_over_after_its_last_day() {
        let today = now().date_naive();
        assert_eq!(standing(QuoteStatus::Open, today, now()), QuoteStatus::Open);
        let yesterday = today.pred_opt().expect("a day");
        assert_eq!(standing(QuoteStatus::Open, yesterday, now()), QuoteStatus::Over);
        assert_eq!(
            standing(QuoteStatus::Accepted, yesterday, now()),
            QuoteStatus::Accepted
        );
    }
}
