//! How a product is made to order, as a part of its form.

use crate::i18n::{Locale, plain_decimal};
use crate::views::common::{Choice as FormChoice, Field};
use crate::views::making::{MakingForm, MakingRow};
use crate::web::posted::Posted;
use contracts::making::{
    Allows, Choice, FIELD_KEY_CHARS_MAX, FIELDS_MAX, LeadTime, Making, MakingField, MakingInput,
};
use kernel::{Currency, Money};

/// Empty questions that wait.
const BLANK_ROWS: usize = 2;
/// Characters of a text where its seller says nothing.
const MAX_CHARS_USUAL: u16 = 40;
const KINDS: [(&str, &str); 3] = [
    ("text", "work.kind_text"),
    ("choice", "work.kind_choice"),
    ("checkbox", "work.kind_checkbox"),
];
const ALLOWS: [(&str, &str, Allows); 4] = [
    ("anything", "work.allows_anything", Allows::Anything),
    ("letters", "work.allows_letters", Allows::Letters),
    (
        "letters_and_digits",
        "work.allows_letters_digits",
        Allows::LettersAndDigits,
    ),
    ("digits", "work.allows_digits", Allows::Digits),
];

/// The form of a product as it is.
pub fn filled(making: Option<&Making>, currency: Currency, locale: Locale) -> MakingForm {
    let Some(making) = making else {
        return MakingForm::default();
    };
    let days = |of: fn(LeadTime) -> u16| {
        let days = making.lead_time.map(|time| of(time).to_string());
        Field::of(days.unwrap_or_default())
    };
    let rows = making.fields.iter().enumerate();
    MakingForm {
        rows: rows
            .map(|(index, field)| row(index, field, currency, locale))
            .collect(),
        days_min: days(|time| time.days_min),
        days_max: days(|time| time.days_max),
        is_final: !making.returnable,
        is_open: true,
    }
}

/// The same with empty lines behind it, as far as there may be more.
pub fn with_blanks(mut form: MakingForm, locale: Locale) -> MakingForm {
    let first = form.rows.iter().map(|row| row.index + 1).max().unwrap_or(0);
    let room = FIELDS_MAX.saturating_sub(form.rows.len()).min(BLANK_ROWS);
    form.rows.extend((0..room).map(|n| MakingRow {
        index: first + n,
        kinds: kinds("text", locale),
        allows: allowed(Allows::Anything, locale),
        is_blank: true,
        ..MakingRow::default()
    }));
    form
}

fn row(index: usize, field: &MakingField, currency: Currency, locale: Locale) -> MakingRow {
    let typed = |minor: i64| match minor {
        0 => String::new(),
        _ => typed(minor, currency, locale),
    };
    let mut row = MakingRow {
        index,
        key: field.key.clone(),
        label: Field::of(field.label.clone()),
        required: field.required,
        kinds: kinds("text", locale),
        allows: allowed(Allows::Anything, locale),
        ..MakingRow::default()
    };
    match &field.input {
        MakingInput::Text {
            max_chars,
            allows,
            surcharge,
        } => {
            row.max_chars = Field::of(max_chars.to_string());
            row.allows = allowed(*allows, locale);
            row.surcharge = Field::of(typed(*surcharge));
        }
        MakingInput::Choice { options } => {
            row.kinds = kinds("choice", locale);
            let line = |option: &Choice| match option.surcharge {
                0 => option.value.clone(),
                extra => format!("{} = {}", option.value, typed(extra)),
            };
            let lines: Vec<String> = options.iter().map(line).collect();
            row.options = Field::of(lines.join("\n"));
        }
        MakingInput::Checkbox { surcharge } => {
            row.kinds = kinds("checkbox", locale);
            row.surcharge = Field::of(typed(*surcharge));
        }
    }
    row
}

fn typed(minor: i64, currency: Currency, locale: Locale) -> String {
    let plain = plain_decimal(Money::new(minor, currency));
    match locale {
        Locale::En => plain,
        Locale::Es => plain.replace('.', ","),
    }
}

fn kinds(chosen: &str, locale: Locale) -> Vec<FormChoice> {
    let choices = KINDS.map(|(code, key)| FormChoice::new(code, locale.t(key).to_string()));
    FormChoice::select(choices.to_vec(), chosen)
}

fn allowed(chosen: Allows, locale: Locale) -> Vec<FormChoice> {
    let choices = ALLOWS.map(|(code, key, _)| FormChoice::new(code, locale.t(key).to_string()));
    let code = ALLOWS.iter().find(|(_, _, allows)| *allows == chosen);
    FormChoice::select(choices.to_vec(), code.map_or("anything", |(code, ..)| *code))
}

/// The form as it was sent, and what it says if it can be read.
pub fn read(posted: &Posted, currency: Currency) -> (MakingForm, Option<Making>) {
    let locale = posted.visit.locale;
    let mut form = MakingForm {
        days_min: Field::of(posted.get("days_min")),
        days_max: Field::of(posted.get("days_max")),
        is_final: posted.ticked("making.final"),
        is_open: true,
        ..MakingForm::default()
    };
    let mut fields: Vec<MakingField> = Vec::new();
    let mut is_good = true;
    // One more than there may be, so that too many are told and not cut.
    for index in 0..=FIELDS_MAX + BLANK_ROWS {
        let text = |name: &str| posted.get(&format!("ask.{index}.{name}"));
        if text("label").is_empty() || !text("remove").is_empty() {
            continue;
        }
        let (row, field) = read_row(posted, index, currency);
        form.rows.push(row);
        match field {
            Some(mut field) => {
                field.key = free_key(&field.key, &fields);
                fields.push(field);
            }
            None => is_good = false,
        }
    }
    let lead_time = read_lead_time(&mut form, locale);
    is_good &= lead_time.is_some();
    let making = Making {
        fields,
        lead_time: lead_time.flatten(),
        returnable: !form.is_final,
    };
    form.is_open = !making.is_plain() || !is_good;
    (form, is_good.then_some(making))
}

/// From how many to how many days; one of both alone says both. None where it cannot be read.
fn read_lead_time(form: &mut MakingForm, locale: Locale) -> Option<Option<LeadTime>> {
    if form.days_min.value.is_empty() && form.days_max.value.is_empty() {
        return Some(None);
    }
    let either = |one: &Field, other: &Field| match one.value.is_empty() {
        true => other.value.parse::<u16>().ok(),
        false => one.value.parse::<u16>().ok(),
    };
    let (days_min, days_max) = (
        either(&form.days_min, &form.days_max),
        either(&form.days_max, &form.days_min),
    );
    match (days_min, days_max) {
        (Some(days_min), Some(days_max)) if days_min <= days_max && days_max > 0 => {
            Some(Some(LeadTime { days_min, days_max }))
        }
        _ => {
            form.days_max.error = Some(locale.t("work.lead_wrong").to_string());
            None
        }
    }
}

fn read_row(posted: &Posted, index: usize, currency: Currency) -> (MakingRow, Option<MakingField>) {
    let locale = posted.visit.locale;
    let text = |name: &str| posted.get(&format!("ask.{index}.{name}"));
    let said = |key: &str| Some(locale.t(key).to_string());
    let allows = ALLOWS.iter().find(|(code, ..)| *code == text("allows"));
    let allows = allows.map_or(Allows::Anything, |(_, _, allows)| *allows);
    let mut row = MakingRow {
        index,
        key: text("key").to_owned(),
        label: Field::of(text("label")),
        kinds: kinds(text("kind"), locale),
        allows: allowed(allows, locale),
        required: !text("required").is_empty(),
        max_chars: Field::of(text("max_chars")),
        surcharge: Field::of(text("surcharge")),
        options: Field::of(text("options")),
        is_blank: false,
    };
    let surcharge = amount(text("surcharge"), currency);
    let input = match (text("kind"), surcharge) {
        ("choice", _) => match read_options(text("options"), currency) {
            Some(options) => Some(MakingInput::Choice { options }),
            None => {
                row.options.error = said("work.making_options_wrong");
                None
            }
        },
        (_, None) => {
            row.surcharge.error = said("refusal.price");
            None
        }
        ("checkbox", Some(surcharge)) => Some(MakingInput::Checkbox { surcharge }),
        (_, Some(surcharge)) => match read_max_chars(text("max_chars")) {
            Some(max_chars) => Some(MakingInput::Text {
                max_chars,
                allows,
                surcharge,
            }),
            None => {
                row.max_chars.error = said("work.max_chars_wrong");
                None
            }
        },
    };
    let field = input.map(|input| MakingField {
        key: match row.key.is_empty() {
            true => key_of(&row.label.value),
            false => row.key.clone(),
        },
        label: row.label.value.clone(),
        required: row.required,
        input,
    });
    (row, field)
}

fn read_max_chars(text: &str) -> Option<u16> {
    match text {
        "" => Some(MAX_CHARS_USUAL),
        text => text
            .parse()
            .ok()
            .filter(|n| (1..=contracts::making::ANSWER_CHARS_MAX).contains(n)),
    }
}

/// Nothing where nothing is written.
fn amount(text: &str, currency: Currency) -> Option<i64> {
    match text {
        "" => Some(0),
        text => Money::parse(text, currency)
            .ok()
            .map(|money| money.amount)
            .filter(|n| *n >= 0),
    }
}

/// One a line, with what it costs behind the last `=`.
fn read_options(text: &str, currency: Currency) -> Option<Vec<Choice>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let option = |line: &str| match line.rsplit_once('=') {
        Some((value, extra)) => Some(Choice {
            value: value.trim().to_owned(),
            surcharge: amount(extra.trim(), currency)?,
        }),
        None => Some(Choice {
            value: line.to_owned(),
            surcharge: 0,
        }),
    };
    let options: Vec<Choice> = lines.map(option).collect::<Option<_>>()?;
    (!options.is_empty()).then_some(options)
}

/// What answers name a new question by, from its words: `Name to engrave` is `name_to_engrave`.
fn key_of(label: &str) -> String {
    let mut key = String::new();
    for c in label.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_lowercase() || (c.is_ascii_digit() && !key.is_empty()) {
            key.push(c);
        } else if !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
    }
    let key: String = key.chars().take(FIELD_KEY_CHARS_MAX - 3).collect();
    match key.trim_end_matches('_') {
        "" => "question".to_owned(),
        key => key.to_owned(),
    }
}

/// The key, with a number behind it where another question has it.
fn free_key(key: &str, taken: &[MakingField]) -> String {
    let is_free = |key: &str| taken.iter().all(|field| field.key != key);
    let numbered = (2..).map(|n| format!("{key}_{n}"));
    let mut keys = std::iter::once(key.to_owned()).chain(numbered);
    keys.find(|key| is_free(key)).unwrap_or_else(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_named_by_its_words() {
        assert_eq!(key_of("Name to engrave (max. 12)"), "name_to_engrave_max_12");
        assert_eq!(key_of("¿Qué nombre?"), "qu_nombre");
        assert_eq!(key_of("12"), "question");
    }

    #[test]
    fn options_stand_one_a_line_with_what_they_cost() {
        let options = read_options("Oak\n\n Walnut = 12.50 \na = b = 3", Currency::EUR).expect("good");
        let read: Vec<_> = options.iter().map(|o| (o.value.as_str(), o.surcharge)).collect();
        assert_eq!(read, [("Oak", 0), ("Walnut", 1_250), ("a = b", 300)]);
        assert_eq!(read_options("Oak = much", Currency::EUR), None);
        assert_eq!(read_options("", Currency::EUR), None);
    }
}
