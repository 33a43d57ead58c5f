//! What is made to order: what its buyer is asked, and what they said.

use super::common::{Choice, Field};

/// How something is made, in words.
#[derive(Clone, Debug, Default)]
pub struct Made {
    pub answers: Vec<Answer>,
    /// `Made for you in 3 to 7 working days`; empty for what is not made anew.
    pub lead_time: String,
    /// Whether it is not taken back because its buyer changed their mind.
    pub is_final: bool,
    /// `Download: PDF, 12 MB`; empty for what is sent.
    pub download: String,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub label: String,
    pub value: String,
    /// `+ €5.00`; empty where it costs nothing.
    pub surcharge: String,
}

/// The questions of a product's form, with what was typed so far.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub questions: Vec<Question>,
    pub lead_time: String,
    pub is_final: bool,
    /// Whether the form came back.
    pub is_refused: bool,
}

#[derive(Clone, Debug)]
pub struct Question {
    /// Name and id of the field.
    pub id: String,
    pub label: String,
    pub required: bool,
    /// What it costs and how long it may be, under the field.
    pub hint: String,
    pub field: Field,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Text { max_chars: u16, is_long: bool },
    Choice(Vec<Choice>),
    Tick { is_ticked: bool },
}

/// The seller's side of it: the questions as lines of the product's form.
#[derive(Clone, Debug, Default)]
pub struct MakingForm {
    pub rows: Vec<MakingRow>,
    pub days_min: Field,
    pub days_max: Field,
    pub is_final: bool,
    /// Opened where there is something to see.
    pub is_open: bool,
}

#[derive(Clone, Debug, Default)]
pub struct MakingRow {
    pub index: usize,
    /// What answers name the question by; empty for a new one.
    pub key: String,
    pub label: Field,
    pub kinds: Vec<Choice>,
    pub allows: Vec<Choice>,
    pub required: bool,
    pub max_chars: Field,
    pub surcharge: Field,
    /// One a line: `Walnut = 12.50`.
    pub options: Field,
    pub is_blank: bool,
}

impl MakingRow {
    /// Name and id of one of its fields.
    pub fn id(&self, name: &str) -> String {
        format!("ask.{}.{name}", self.index)
    }
}
