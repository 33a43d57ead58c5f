//! How a product is made to order, as its seller says it.

use super::Refusal;
use super::draft::line;
use super::limits::PRICE_MINOR_MAX;
use contracts::making::{
    ANSWER_CHARS_MAX, CHOICES_MAX, Choice, FIELD_KEY_CHARS_MAX, FIELDS_MAX, LABEL_CHARS_MAX, LEAD_DAYS_MAX,
    LeadTime, Making, MakingField, MakingInput,
};

/// Checks and normalises it.
pub fn parse(making: Making) -> Result<Making, Refusal> {
    if making.fields.len() > FIELDS_MAX {
        return Err(too_many("making/fields", making.fields.len(), FIELDS_MAX));
    }
    let mut fields: Vec<MakingField> = Vec::with_capacity(making.fields.len());
    for (i, field) in making.fields.into_iter().enumerate() {
        let field = parse_field(i, field)?;
        if fields.iter().any(|f| f.key == field.key) {
            return Err(Refusal::new(
                format!("making/fields/{i}/key"),
                "field_repeated",
                format!(
                    "`{}` names two questions; each needs a key of its own.",
                    field.key
                ),
            ));
        }
        fields.push(field);
    }
    Ok(Making {
        fields,
        lead_time: making.lead_time.map(parse_lead_time).transpose()?,
        returnable: making.returnable,
    })
}

fn parse_lead_time(time: LeadTime) -> Result<LeadTime, Refusal> {
    let sound = time.days_min <= time.days_max && (1..=LEAD_DAYS_MAX).contains(&time.days_max);
    match sound {
        true => Ok(time),
        false => Err(Refusal::new(
            "making/lead_time",
            "lead_time_invalid",
            format!("Say from how many to how many working days it takes, at most {LEAD_DAYS_MAX}."),
        )),
    }
}

fn parse_field(i: usize, field: MakingField) -> Result<MakingField, Refusal> {
    let at = |name: &str| format!("making/fields/{i}/{name}");
    let starts_well = field.key.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let is_key = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !starts_well || field.key.len() > FIELD_KEY_CHARS_MAX || !field.key.bytes().all(is_key) {
        return Err(Refusal::new(
            at("key"),
            "key_invalid",
            "A key begins with a small letter of a to z and has only such letters, digits and underscores, at most 40.",
        ));
    }
    let input = match field.input {
        MakingInput::Text {
            max_chars,
            allows,
            surcharge,
        } => {
            if !(1..=ANSWER_CHARS_MAX).contains(&max_chars) {
                return Err(Refusal::new(
                    at("input/max_chars"),
                    "max_chars_out_of_range",
                    format!("A text may have 1 to {ANSWER_CHARS_MAX} characters."),
                ));
            }
            MakingInput::Text {
                max_chars,
                allows,
                surcharge: parse_surcharge(&at("input/surcharge"), surcharge)?,
            }
        }
        MakingInput::Choice { options } => MakingInput::Choice {
            options: parse_options(&at("input/options"), options)?,
        },
        MakingInput::Checkbox { surcharge } => MakingInput::Checkbox {
            surcharge: parse_surcharge(&at("input/surcharge"), surcharge)?,
        },
    };
    Ok(MakingField {
        label: line(&at("label"), &field.label, LABEL_CHARS_MAX)?,
        key: field.key,
        required: field.required,
        input,
    })
}

fn parse_options(pointer: &str, given: Vec<Choice>) -> Result<Vec<Choice>, Refusal> {
    if given.is_empty() {
        return Err(Refusal::new(
            pointer,
            "options_missing",
            "Something to choose from needs at least one option.",
        ));
    }
    if given.len() > CHOICES_MAX {
        return Err(too_many(pointer, given.len(), CHOICES_MAX));
    }
    let mut options: Vec<Choice> = Vec::with_capacity(given.len());
    for (i, option) in given.into_iter().enumerate() {
        let value = line(&format!("{pointer}/{i}/value"), &option.value, LABEL_CHARS_MAX)?;
        if options.iter().any(|o| o.value == value) {
            return Err(Refusal::new(
                format!("{pointer}/{i}/value"),
                "option_repeated",
                format!("`{value}` stands twice among the options."),
            ));
        }
        let surcharge = parse_surcharge(&format!("{pointer}/{i}/surcharge"), option.surcharge)?;
        options.push(Choice { value, surcharge });
    }
    Ok(options)
}

fn parse_surcharge(pointer: &str, minor: i64) -> Result<i64, Refusal> {
    match (0..=PRICE_MINOR_MAX).contains(&minor) {
        true => Ok(minor),
        false => Err(Refusal::new(
            pointer,
            "surcharge_out_of_range",
            "A surcharge must not be negative nor absurd.",
        )),
    }
}

fn too_many(pointer: &str, count: usize, max: usize) -> Refusal {
    Refusal::new(
        pointer,
        "too_many",
        format!("There are {count}; at most {max} are allowed."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::making::Allows;

    fn name() -> MakingField {
        MakingField {
            key: "name".to_owned(),
            label: " Name to engrave ".to_owned(),
            required: true,
            input: MakingInput::Text {
                max_chars: 20,
                allows: Allows::Letters,
                surcharge: 500,
            },
        }
    }

    fn asking(fields: Vec<MakingField>) -> Making {
        Making {
            fields,
            ..Making::default()
        }
    }

    #[test]
    fn a_good_one_is_normalised() {
        let parsed = parse(asking(vec![name()])).expect("good");
        assert_eq!(parsed.fields[0].label, "Name to engrave");
    }

    #[test]
    fn what_breaks_a_rule_is_refused_by_field() {
        let choice = |options: &[(&str, i64)]| {
            let options = options.iter().map(|(value, surcharge)| Choice {
                value: (*value).to_owned(),
                surcharge: *surcharge,
            });
            MakingField {
                input: MakingInput::Choice {
                    options: options.collect(),
                },
                ..name()
            }
        };
        let changed = |change: fn(&mut MakingField)| {
            let mut field = name();
            change(&mut field);
            asking(vec![field])
        };
        let late = |days_min, days_max| Making {
            lead_time: Some(LeadTime { days_min, days_max }),
            ..Making::default()
        };
        let text = |max_chars, surcharge| {
            let input = MakingInput::Text {
                max_chars,
                allows: Allows::Anything,
                surcharge,
            };
            asking(vec![MakingField { input, ..name() }])
        };
        let cases = [
            ("making/fields", asking(vec![name(); FIELDS_MAX + 1])),
            ("making/fields/1/key", asking(vec![name(), name()])),
            ("making/fields/0/key", changed(|f| f.key = "Name".to_owned())),
            ("making/fields/0/label", changed(|f| f.label = " ".to_owned())),
            ("making/fields/0/input/max_chars", text(0, 0)),
            ("making/fields/0/input/max_chars", text(501, 0)),
            ("making/fields/0/input/surcharge", text(20, -1)),
            ("making/fields/0/input/options", asking(vec![choice(&[])])),
            (
                "making/fields/0/input/options/1/value",
                asking(vec![choice(&[("Oak", 0), (" Oak", 5)])]),
            ),
            (
                "making/fields/0/input/options/0/surcharge",
                asking(vec![choice(&[("Oak", i64::MAX)])]),
            ),
            ("making/lead_time", late(7, 3)),
            ("making/lead_time", late(0, 0)),
            ("making/lead_time", late(1, 366)),
        ];
        for (pointer, making) in cases {
            assert_eq!(parse(making).expect_err("refused").pointer, pointer);
        }
    }
}
