//! What is made to order: what its buyer says of it, what that costs, how long it takes. The rules stand here because
//! the catalogue takes them in, the cart asks by them, and the till charges by them.

use kernel::{Fault, FieldError, Kind, Money, MoneyError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Questions of one product.
pub const FIELDS_MAX: usize = 10;
/// Options of one question.
pub const CHOICES_MAX: usize = 50;
pub const LABEL_CHARS_MAX: usize = 80;
pub const FIELD_KEY_CHARS_MAX: usize = 40;
/// Characters of one answer.
pub const ANSWER_CHARS_MAX: u16 = 500;
/// Answers that a refusal tells of: whoever sends thousands need not hear of each.
const MISFITS_TOLD_MAX: usize = 20;
/// Working days that making something may take.
pub const LEAD_DAYS_MAX: u16 = 365;

/// How a product is made to order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Making {
    /// What its buyer is asked, in this order; at most 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub fields: Vec<MakingField>,
    /// Until it leaves the workshop; absent for what is not made anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_time: Option<LeadTime>,
    /// Whether its buyer may send it back because they want to.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub returnable: bool,
}

impl Default for Making {
    fn default() -> Self {
        Self {
            fields: Vec::new(),
            lead_time: None,
            returnable: true,
        }
    }
}

fn yes() -> bool {
    true
}

/// Working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadTime {
    #[schema(maximum = 365, example = 3)]
    pub days_min: u16,
    #[schema(minimum = 1, maximum = 365, example = 7)]
    pub days_max: u16,
}

/// One question to the buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakingField {
    /// What answers name it by: small letters, digits and underscores.
    #[schema(example = "engraving", max_length = 40)]
    pub key: String,
    #[schema(example = "Name to engrave", max_length = 80)]
    pub label: String,
    #[serde(default)]
    pub required: bool,
    pub input: MakingInput,
}

/// What kind of answer is wanted, and what it costs. Surcharges are for each unit, in minor units of the variant's
/// currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum MakingInput {
    Text {
        #[schema(minimum = 1, maximum = 500)]
        max_chars: u16,
        #[serde(default)]
        allows: Allows,
        #[serde(default)]
        #[schema(minimum = 0)]
        surcharge: i64,
    },
    Choice {
        /// One to fifty.
        #[schema(min_items = 1, max_items = 50)]
        options: Vec<Choice>,
    },
    Checkbox {
        #[serde(default)]
        #[schema(minimum = 0)]
        surcharge: i64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MakingChoice)]
pub struct Choice {
    #[schema(example = "Walnut", max_length = 80)]
    pub value: String,
    #[serde(default)]
    #[schema(minimum = 0)]
    pub surcharge: i64,
}

/// What a text may be made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MakingAllows)]
pub enum Allows {
    #[default]
    Anything,
    /// Letters of any script, spaces, and what stands in names: `'`, `’`, `-`, `.`, `&`.
    Letters,
    /// The same and digits.
    LettersAndDigits,
    Digits,
}

impl Allows {
    #[must_use]
    pub fn admits(self, text: &str) -> bool {
        let in_names = |c: char| c.is_alphabetic() || matches!(c, ' ' | '\'' | '’' | '-' | '.' | '&');
        text.chars().all(|c| match self {
            Self::Anything => !c.is_control(),
            Self::Letters => in_names(c),
            Self::LettersAndDigits => in_names(c) || c.is_numeric(),
            Self::Digits => c.is_ascii_digit(),
        })
    }
}

/// What a buyer says to one question: a text or one of its choices, or whether a box is ticked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
#[schema(as = MakingAnswer)]
pub enum Answer {
    Ticked(bool),
    Said(String),
}

/// A buyer's answers, by the key of the question.
pub type Answers = BTreeMap<String, Answer>;

/// Answers that fit the questions, with what they cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Without what was left empty: the same answers are the same here.
    pub answers: Answers,
    /// In words, in the order of the questions.
    pub given: Vec<Given>,
    /// For each unit, in minor units.
    pub surcharge: i64,
}

/// An answer in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = GivenAnswer)]
pub struct Given {
    /// The question, as it read.
    pub label: String,
    /// Empty for a box that was ticked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// For each unit, in minor units of the line's currency.
    #[serde(default)]
    pub surcharge: i64,
}

/// How the units of a line are made, frozen when they are bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Made {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Given>,
    /// What the answers cost for each unit, in minor units; the unit price has it in it.
    #[serde(default)]
    pub surcharge: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_time: Option<LeadTime>,
    /// Whether its buyer may send it back because they want to.
    #[serde(default = "yes")]
    pub returnable: bool,
}

impl Made {
    /// Whoever asked for nothing of their own has plain goods, and may send them back as such.
    #[must_use]
    pub fn of(making: &Making, settled: &Settled) -> Self {
        Self {
            answers: settled.given.clone(),
            surcharge: settled.surcharge,
            lead_time: making.lead_time,
            returnable: making.returnable || (!making.fields.is_empty() && settled.given.is_empty()),
        }
    }
}

/// An answer that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The key of the question.
    pub key: String,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Missing,
    TooLong {
        max_chars: u16,
    },
    NotAllowed(Allows),
    NoSuchChoice,
    NoSuchQuestion,
    /// A text where a box is to be ticked, or the other way round.
    WrongKind,
}

impl Why {
    fn words(self) -> String {
        match self {
            Self::Missing => "This is needed to make it. Please answer.".to_owned(),
            Self::TooLong { max_chars } => format!("This may have at most {max_chars} characters."),
            Self::NotAllowed(Allows::Letters) => "Only letters and spaces can be used here.".to_owned(),
            Self::NotAllowed(Allows::LettersAndDigits) => {
                "Only letters, digits and spaces can be used here.".to_owned()
            }
            Self::NotAllowed(Allows::Digits) => "Only digits can be used here.".to_owned(),
            Self::NotAllowed(Allows::Anything) => "Write it on one line.".to_owned(),
            Self::NoSuchChoice => "This is not offered (any more). Choose one of the options.".to_owned(),
            Self::NoSuchQuestion => {
                "The product does not ask this (any more). Leave it out; its `making` says what it asks."
                    .to_owned()
            }
            Self::WrongKind => {
                "Answer with a text where one is asked for, with true or false where a box is to be ticked."
                    .to_owned()
            }
        }
    }
}

/// The refusal of answers, by field below `answers`.
#[must_use]
pub fn refusal(misfits: &[Misfit]) -> Fault {
    let mut fault = Fault::new(
        Kind::Unprocessable,
        "answers_invalid",
        "What you say of how it is to be made does not fit what the product asks.",
    );
    fault.fields = misfits
        .iter()
        .take(MISFITS_TOLD_MAX)
        .map(|misfit| FieldError {
            pointer: format!("/answers/{}", misfit.key.replace('~', "~0").replace('/', "~1")),
            detail: misfit.why.words(),
        })
        .collect();
    fault
}

impl MakingField {
    /// What it costs at the most.
    #[must_use]
    pub fn surcharge_max(&self) -> i64 {
        match &self.input {
            MakingInput::Text { surcharge, .. } | MakingInput::Checkbox { surcharge } => *surcharge,
            MakingInput::Choice { options } => options.iter().map(|o| o.surcharge).max().unwrap_or(0),
        }
    }

    /// The answer as it is kept, with what it costs; none where it was left empty.
    fn settle(&self, answer: Option<&Answer>) -> Result<Option<(Answer, Given)>, Why> {
        let given = |value: &str, surcharge: i64| Given {
            label: self.label.clone(),
            value: value.to_owned(),
            surcharge,
        };
        let said = match (answer, &self.input) {
            (None, _) => None,
            (Some(Answer::Ticked(ticked)), MakingInput::Checkbox { surcharge }) => {
                ticked.then(|| (Answer::Ticked(true), given("", *surcharge)))
            }
            (Some(Answer::Ticked(_)), _) | (Some(Answer::Said(_)), MakingInput::Checkbox { .. }) => {
                return Err(Why::WrongKind);
            }
            (
                Some(Answer::Said(text)),
                MakingInput::Text {
                    max_chars,
                    allows,
                    surcharge,
                },
            ) => {
                let text = text.trim();
                if text.chars().count() > usize::from(*max_chars) {
                    return Err(Why::TooLong {
                        max_chars: *max_chars,
                    });
                }
                if !allows.admits(text) {
                    return Err(Why::NotAllowed(*allows));
                }
                (!text.is_empty()).then(|| (Answer::Said(text.to_owned()), given(text, *surcharge)))
            }
            (Some(Answer::Said(text)), MakingInput::Choice { options }) => match text.trim() {
                "" => None,
                text => {
                    let option = options
                        .iter()
                        .find(|o| o.value == text)
                        .ok_or(Why::NoSuchChoice)?;
                    Some((Answer::Said(text.to_owned()), given(text, option.surcharge)))
                }
            },
        };
        match said {
            None if self.required => Err(Why::Missing),
            said => Ok(said),
        }
    }
}

impl Making {
    /// Whether it says nothing that plain goods do not.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Holds answers against the questions. Tells of every answer that does not fit.
    pub fn settle(&self, answers: &Answers) -> Result<Settled, Vec<Misfit>> {
        let mut settled = Settled::default();
        let mut misfits: Vec<Misfit> = answers
            .keys()
            .filter(|key| !self.fields.iter().any(|field| field.key == **key))
            .map(|key| misfit(key, Why::NoSuchQuestion))
            .collect();
        for field in &self.fields {
            match field.settle(answers.get(&field.key)) {
                Ok(None) => {}
                Ok(Some((answer, given))) => {
                    settled.surcharge = settled.surcharge.saturating_add(given.surcharge);
                    settled.answers.insert(field.key.clone(), answer);
                    settled.given.push(given);
                }
                Err(why) => misfits.push(misfit(&field.key, why)),
            }
        }
        match misfits.is_empty() {
            true => Ok(settled),
            false => Err(misfits),
        }
    }
}

fn misfit(key: &str, why: Why) -> Misfit {
    Misfit {
        key: key.chars().take(FIELD_KEY_CHARS_MAX).collect(),
        why,
    }
}

/// As [`Making::settle`], where there may be nothing to ask: plain goods take no answers.
pub fn settle(making: Option<&Making>, answers: &Answers) -> Result<Settled, Vec<Misfit>> {
    match making {
        Some(making) => making.settle(answers),
        None if answers.is_empty() => Ok(Settled::default()),
        None => Making::default().settle(answers),
    }
}

/// What one costs with what was asked for.
pub fn with_surcharge(price: Money, surcharge: i64) -> Result<Money, MoneyError> {
    price.add(Money::new(surcharge, price.currency))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    fn field(key: &str, required: bool, input: MakingInput) -> MakingField {
        MakingField {
            key: key.to_owned(),
            label: key.to_uppercase(),
            required,
            input,
        }
    }

    fn board() -> Making {
        let wood = ["Oak", "Walnut"].into_iter().zip([0, 1_250]);
        let options = wood.map(|(value, surcharge)| Choice {
            value: value.to_owned(),
            surcharge,
        });
        let name = MakingInput::Text {
            max_chars: 12,
            allows: Allows::Letters,
            surcharge: 500,
        };
        Making {
            fields: vec![
                field("name", true, name),
                field(
                    "wood",
                    false,
                    MakingInput::Choice {
                        options: options.collect(),
                    },
                ),
                field("oiled", false, MakingInput::Checkbox { surcharge: 300 }),
            ],
            ..Making::default()
        }
    }

    fn said(answers: &[(&str, &str)]) -> Answers {
        let said = answers.iter();
        said.map(|(key, text)| ((*key).to_owned(), Answer::Said((*text).to_owned())))
            .collect()
    }

    fn why(answers: &Answers) -> Vec<(String, Why)> {
        let misfits = board().settle(answers).expect_err("something does not fit");
        misfits.into_iter().map(|m| (m.key, m.why)).collect()
    }

    #[test]
    fn what_was_left_empty_is_no_answer_and_costs_nothing() {
        let mut answers = said(&[("name", "  Ana María "), ("wood", " ")]);
        answers.insert("oiled".to_owned(), Answer::Ticked(false));
        let settled = board().settle(&answers).expect("fits");
        assert_eq!(settled.answers, said(&[("name", "Ana María")]));
        assert_eq!(settled.surcharge, 500);
    }

    #[test]
    fn surcharges_add_up_over_all_answers() {
        let mut answers = said(&[("name", "Ana"), ("wood", "Walnut")]);
        answers.insert("oiled".to_owned(), Answer::Ticked(true));
        let settled = board().settle(&answers).expect("fits");
        let price = with_surcharge(Money::new(2_000, Currency::EUR), settled.surcharge);
        assert_eq!(price, Ok(Money::new(4_050, Currency::EUR)));
        let told: Vec<_> = settled
            .given
            .iter()
            .map(|g| (g.label.as_str(), g.value.as_str()))
            .collect();
        assert_eq!(told, [("NAME", "Ana"), ("WOOD", "Walnut"), ("OILED", "")]);
    }

    #[test]
    fn each_answer_that_does_not_fit_is_told() {
        let mut answers = said(&[("name", "R2-D2"), ("wood", "Teak"), ("oiled", "yes")]);
        answers.insert("gold".to_owned(), Answer::Ticked(true));
        let expected = [
            ("gold", Why::NoSuchQuestion),
            ("name", Why::NotAllowed(Allows::Letters)),
            ("wood", Why::NoSuchChoice),
            ("oiled", Why::WrongKind),
        ];
        assert_eq!(why(&answers), expected.map(|(key, why)| (key.to_owned(), why)));
        assert_eq!(why(&Answers::new()), [("name".to_owned(), Why::Missing)]);
        assert_eq!(
            why(&said(&[("name", "Maximiliana Josefa")])),
            [("name".to_owned(), Why::TooLong { max_chars: 12 })]
        );
    }

    #[test]
    fn what_bears_nothing_of_its_buyers_may_be_sent_back() {
        let mut board = Making {
            returnable: false,
            ..board()
        };
        board.fields[0].required = false;
        let of = |answers: &Answers| Made::of(&board, &board.settle(answers).expect("fits")).returnable;
        assert!(of(&Answers::new()));
        assert!(!of(&said(&[("name", "Ana")])));
        let whole = Making {
            returnable: false,
            ..Making::default()
        };
        assert!(
            !Made::of(&whole, &Settled::default()).returnable,
            "it asks nothing, and is made anew"
        );
    }

    #[test]
    fn plain_goods_take_no_answers() {
        assert_eq!(settle(None, &Answers::new()), Ok(Settled::default()));
        assert!(settle(None, &said(&[("name", "Ana")])).is_err());
    }

    #[test]
    fn it_reads_as_its_sellers_write_it() {
        let text = r#"{"fields":[{"key":"name","label":"Name","required":true,"input":{"type":"text","max_chars":12,"allows":"letters","surcharge":500}}],"lead_time":{"days_min":3,"days_max":7},"returnable":false}"#;
        let making: Making = serde_json::from_str(text).expect("reads");
        assert_eq!(serde_json::to_string(&making).expect("writes"), text);
        let answers: Answers = serde_json::from_str(r#"{"name":"Ana","oiled":true}"#).expect("reads");
        assert_eq!(answers["oiled"], Answer::Ticked(true));
    }
}
