//! Goods of the demo that are made to order: names on mugs and boards.

use contracts::making::{Allows, Answer, Answers, Choice, LeadTime, Making, MakingField, MakingInput};
use sampler::Product;

/// One in so many mugs can bear a name; boards all can.
const ONE_IN: u32 = 3;
/// Names that buyers of the demo ask for.
const NAMES: [&str; 6] = ["Lucía", "Mateo", "Ana María", "Élodie", "Jonas", "Sofía"];

/// How a product is made to order; none for most, which are plain goods.
pub fn of(product: &Product) -> Option<Making> {
    let title = product.title.to_lowercase();
    let bears = |nouns: &[&str]| nouns.iter().any(|noun| title.contains(noun));
    if bears(&["board"]) {
        return Some(engraved());
    }
    let spread = |sum: u32, byte: u8| sum.wrapping_mul(31).wrapping_add(u32::from(byte));
    let is_chosen = product.key.bytes().fold(0, spread).is_multiple_of(ONE_IN);
    (bears(&["mug"]) && is_chosen).then(painted)
}

fn name(label: &str, max_chars: u16, surcharge: i64) -> MakingField {
    MakingField {
        key: "name".to_owned(),
        label: label.to_owned(),
        required: false,
        input: MakingInput::Text {
            max_chars,
            allows: Allows::Letters,
            surcharge,
        },
    }
}

/// A board with words burnt into it.
fn engraved() -> Making {
    let lettering = [
        ("Plain letters", 0),
        ("Italic letters", 0),
        ("Letters inlaid in brass", 1_800),
    ];
    let options = lettering.map(|(value, surcharge)| Choice {
        value: value.to_owned(),
        surcharge,
    });
    Making {
        fields: vec![
            name("Name to engrave", 20, 600),
            MakingField {
                key: "lettering".to_owned(),
                label: "Lettering".to_owned(),
                required: false,
                input: MakingInput::Choice {
                    options: options.to_vec(),
                },
            },
            MakingField {
                key: "present".to_owned(),
                label: "Wrapped as a present".to_owned(),
                required: false,
                input: MakingInput::Checkbox { surcharge: 350 },
            },
        ],
        lead_time: Some(LeadTime {
            days_min: 3,
            days_max: 6,
        }),
        returnable: false,
    }
}

/// A mug with a name under the glaze.
fn painted() -> Making {
    Making {
        fields: vec![name("Name under the glaze", 12, 450)],
        lead_time: Some(LeadTime {
            days_min: 8,
            days_max: 12,
        }),
        returnable: false,
    }
}

/// What the buyer of the demo's order `n` wants on it.
pub fn said(making: Option<&Making>, n: u32) -> Answers {
    let fields = making.into_iter().flat_map(|making| &making.fields);
    let texts = fields.filter(|field| matches!(field.input, MakingInput::Text { .. }));
    let name = NAMES[n as usize % NAMES.len()];
    texts
        .map(|field| (field.key.clone(), Answer::Said(name.to_owned())))
        .collect()
}
