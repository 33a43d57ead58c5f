//! What is made to order, between contracts and pages.

use super::posted::Posted;
use super::product::DISPATCH_DAYS;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field};
use crate::views::making::{Answer, Asked, Kind, Made, Question};
use contracts::checkout::QuoteLine;
use contracts::making::{self, Allows, Answers, LeadTime, Making, MakingField, MakingInput, Misfit, Why};
use kernel::{Currency, Money};

/// Texts longer than this are written on several lines.
const SHORT_CHARS: u16 = 80;

/// What was typed into a product's form.
#[derive(Debug)]
pub struct Typed {
    pub answers: Answers,
    pub misfits: Vec<Misfit>,
}

/// How a line is made, in words; none for plain goods.
pub fn made(made: Option<&making::Made>, currency: Currency, locale: Locale) -> Option<Made> {
    let made = made?;
    let answer = |given: &making::Given| Answer {
        label: given.label.clone(),
        value: match given.value.is_empty() {
            true => locale.t("word.yes").to_string(),
            false => given.value.clone(),
        },
        surcharge: surcharge(given.surcharge, currency, locale),
    };
    Some(Made {
        answers: made.answers.iter().map(answer).collect(),
        lead_time: made
            .lead_time
            .map(|time| lead_time(time, locale))
            .unwrap_or_default(),
        is_final: !made.returnable,
        download: String::new(),
    })
}

/// `+ €5.00`; empty where it costs nothing.
fn surcharge(minor: i64, currency: Currency, locale: Locale) -> String {
    match minor {
        0 => String::new(),
        _ => format!("+ {}", locale.money(Money::new(minor, currency))),
    }
}

pub fn lead_time(time: LeadTime, locale: Locale) -> String {
    if time.days_min >= time.days_max {
        return locale.n("making.lead", u64::from(time.days_max)).to_string();
    }
    let text = locale.t("making.lead_range");
    text.arg("min", time.days_min)
        .arg("max", time.days_max)
        .to_string()
}

/// In how many days at the soonest and at the latest a parcel of these lines leaves: when the last of them is made.
pub fn leaves(lines: &[QuoteLine]) -> (u64, u64) {
    let leads = lines.iter().filter_map(|line| line.made.as_ref()?.lead_time);
    leads.fold((DISPATCH_DAYS, DISPATCH_DAYS), |(soonest, latest), lead| {
        (
            soonest.max(calendar_days(lead.days_min)),
            latest.max(calendar_days(lead.days_max)),
        )
    })
}

/// Days by the calendar that so many working days take.
pub fn calendar_days(working: u16) -> u64 {
    let days = u64::from(working);
    days + days / 5 * 2
}

/// The questions of a product, with what was typed into them.
pub fn asked(making: &Making, currency: Currency, typed: Option<&Typed>, locale: Locale) -> Asked {
    let question = |field: &MakingField| question(field, currency, typed, locale);
    Asked {
        questions: making.fields.iter().map(question).collect(),
        lead_time: making
            .lead_time
            .map(|time| lead_time(time, locale))
            .unwrap_or_default(),
        is_final: !making.returnable,
        is_refused: typed.is_some(),
    }
}

fn question(field: &MakingField, currency: Currency, typed: Option<&Typed>, locale: Locale) -> Question {
    let answer = typed.and_then(|typed| typed.answers.get(&field.key));
    let value = match answer {
        Some(making::Answer::Said(text)) => text.clone(),
        _ => String::new(),
    };
    let misfit = typed.and_then(|typed| typed.misfits.iter().find(|m| m.key == field.key));
    let (kind, hint) = match &field.input {
        MakingInput::Text {
            max_chars,
            allows,
            surcharge: extra,
        } => {
            let kind = Kind::Text {
                max_chars: *max_chars,
                is_long: *max_chars > SHORT_CHARS,
            };
            let most = locale.n("making.at_most", u64::from(*max_chars)).to_string();
            let hints = [
                surcharge(*extra, currency, locale),
                most,
                allowed(*allows, locale),
            ];
            (kind, hints.to_vec())
        }
        MakingInput::Choice { options } => {
            let choice = |option: &making::Choice| {
                let extra = surcharge(option.surcharge, currency, locale);
                let label = match extra.is_empty() {
                    true => option.value.clone(),
                    false => format!("{} ({extra})", option.value),
                };
                Choice::new(option.value.clone(), label)
            };
            let none = Choice::new("", locale.t("making.choose").to_string());
            let choices = std::iter::once(none).chain(options.iter().map(choice));
            (
                Kind::Choice(Choice::select(choices.collect(), &value)),
                Vec::new(),
            )
        }
        MakingInput::Checkbox { surcharge: extra } => {
            let is_ticked = answer == Some(&making::Answer::Ticked(true));
            (
                Kind::Tick { is_ticked },
                vec![surcharge(*extra, currency, locale)],
            )
        }
    };
    let hints: Vec<String> = hint.into_iter().filter(|hint| !hint.is_empty()).collect();
    Question {
        id: match kind {
            Kind::Tick { .. } => format!("tick.{}", field.key),
            _ => format!("answer.{}", field.key),
        },
        label: field.label.clone(),
        required: field.required,
        hint: hints.join(" · "),
        field: Field {
            value,
            error: misfit.map(|misfit| told(misfit.why, locale)),
        },
        kind,
    }
}

fn allowed(allows: Allows, locale: Locale) -> String {
    let key = match allows {
        Allows::Anything => return String::new(),
        Allows::Letters => "making.letters",
        Allows::LettersAndDigits => "making.letters_digits",
        Allows::Digits => "making.digits",
    };
    locale.t(key).to_string()
}

fn told(why: Why, locale: Locale) -> String {
    match why {
        Why::Missing => locale.t("making.missing").to_string(),
        Why::TooLong { max_chars } => locale.n("making.too_long", u64::from(max_chars)).to_string(),
        Why::NotAllowed(Allows::Anything) => locale.t("making.one_line").to_string(),
        Why::NotAllowed(allows) => allowed(allows, locale),
        Why::NoSuchChoice | Why::NoSuchQuestion | Why::WrongKind => {
            locale.t("making.choose_again").to_string()
        }
    }
}

/// What a product's form says of how it is to be made.
pub fn answers(posted: &Posted) -> Answers {
    let said = posted.with_prefix("answer.").filter(|(_, text)| !text.is_empty());
    let said = said.map(|(key, text)| {
        // Browsers end lines in their own way; what is engraved has one line.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (key.to_owned(), making::Answer::Said(text))
    });
    let ticked = posted
        .with_prefix("tick.")
        .map(|(key, _)| (key.to_owned(), making::Answer::Ticked(true)));
    said.chain(ticked).collect()
}
