//! What is made to order: asked, typed wrong, and bought.

use super::{Sample, Scene, push};
use crate::views::cart::{CartLine, CartPage};
use crate::views::common::{Choice, Field, Link, Stock};
use crate::views::making::{Answer, Asked, Kind, Made, MakingForm, MakingRow, Question};
use crate::views::product::ProductPage;
use crate::views::reviews::ReviewsPart;

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "product-made", &scene.product_made(false));
    push(samples, "product-made-refused", &scene.product_made(true));
    push(samples, "cart-made", &scene.cart_made());
}

impl Scene {
    /// An engraved board, as its buyer wants it.
    pub(super) fn made(&self) -> Made {
        let answer = |label, value: String, cents| Answer {
            label,
            value,
            surcharge: match cents {
                0 => String::new(),
                cents => format!("+ {}", self.price(cents).text),
            },
        };
        let name = self.say("Name to engrave", "Nombre que grabar");
        let wood = self.say("Wood", "Madera");
        Made {
            answers: vec![
                answer(name, self.text("Ana María"), 500),
                answer(wood, self.say("Walnut", "Nogal"), 1_250),
                answer(self.say("Oiled", "Con aceite"), self.t("word.yes"), 0),
            ],
            lead_time: self.lead_time(),
            is_final: true,
            download: String::new(),
        }
    }

    fn lead_time(&self) -> String {
        let text = self.locale.t("making.lead_range");
        text.arg("min", 3).arg("max", 7).to_string()
    }

    fn asked_of_buyer(&self, is_refused: bool) -> Asked {
        let most = self.locale.n("making.at_most", 20u64).to_string();
        let letters = self.t("making.letters");
        let question = |key: &str, label, required, hint: String, kind| Question {
            id: format!("answer.{key}"),
            label,
            required,
            hint,
            field: Field::default(),
            kind,
        };
        let oak = self.say("Oak", "Roble");
        let walnut = format!("{} (+ {})", self.say("Walnut", "Nogal"), self.price(1_250).text);
        let woods = [self.t("making.choose"), oak, walnut].map(|label| Choice::new(label.clone(), label));
        let mut asked = Asked {
            questions: vec![
                question(
                    "name",
                    self.say("Name to engrave", "Nombre que grabar"),
                    true,
                    format!("+ {} · {most} · {letters}", self.price(500).text),
                    Kind::Text {
                        max_chars: 20,
                        is_long: false,
                    },
                ),
                question(
                    "wood",
                    self.say("Wood", "Madera"),
                    true,
                    String::new(),
                    Kind::Choice(woods.to_vec()),
                ),
                question(
                    "words",
                    self.say("Words for the back", "Palabras para el dorso"),
                    false,
                    self.locale.n("making.at_most", 200u64).to_string(),
                    Kind::Text {
                        max_chars: 200,
                        is_long: true,
                    },
                ),
                question(
                    "oiled",
                    self.say("Oiled", "Con aceite"),
                    false,
                    format!("+ {}", self.price(300).text),
                    Kind::Tick {
                        is_ticked: is_refused,
                    },
                ),
            ],
            lead_time: self.lead_time(),
            is_final: true,
            is_refused,
        };
        if is_refused {
            asked.questions[0].field = Field::wrong(self.text("R2-D2"), self.t("making.letters"));
            asked.questions[1].field = Field::wrong("", self.t("making.missing"));
        }
        asked
    }

    fn product_made(&self, is_refused: bool) -> ProductPage {
        ProductPage {
            asked: Some(self.asked_of_buyer(is_refused)),
            returns: String::new(),
            ..self.product()
        }
    }

    pub(super) fn product_sold_out(&self) -> ProductPage {
        let title = self.say("Mug with thumb rest", "Taza con apoyo para el pulgar");
        ProductPage {
            crumbs: vec![
                Link::new("Stoa", "/"),
                Link::new(title.clone(), "/p/mug-0192f3a47c117d2e"),
            ],
            said: ReviewsPart {
                histogram: None,
                reviews: Vec::new(),
                all: None,
            },
            title,
            also: Vec::new(),
            gallery: Vec::new(),
            breaks: Vec::new(),
            price: self.price(2_200),
            stock: Stock::SoldOut,
            variants: vec![self.variant("v9", String::new(), 2_200, 0, false)],
            ..self.product()
        }
    }

    fn cart_made(&self) -> CartPage {
        let mut page = self.cart();
        if let Some(group) = page.groups.first_mut() {
            group.lines = group
                .lines
                .drain(..)
                .map(|line| CartLine {
                    made: Some(self.made()),
                    ..line
                })
                .collect();
            if let Some(line) = group.lines.last_mut() {
                line.made = None;
                line.is_outdated = true;
                line.stock = Stock::SoldOut;
            }
        }
        page
    }

    pub(super) fn making_form(&self) -> MakingForm {
        let kinds = [
            ("text", "work.kind_text"),
            ("choice", "work.kind_choice"),
            ("checkbox", "work.kind_checkbox"),
        ];
        let allows = [
            ("anything", "work.allows_anything"),
            ("letters", "work.allows_letters"),
        ];
        let row = |index, label: Field, kind| MakingRow {
            index,
            label,
            kinds: Choice::select(
                kinds.map(|(code, key)| Choice::new(code, self.t(key))).to_vec(),
                kind,
            ),
            allows: allows.map(|(code, key)| Choice::new(code, self.t(key))).to_vec(),
            ..MakingRow::default()
        };
        MakingForm {
            rows: vec![
                MakingRow {
                    key: "name".to_owned(),
                    required: true,
                    max_chars: Field::wrong(self.text("many"), self.t("work.max_chars_wrong")),
                    surcharge: Field::of("5.00"),
                    ..row(
                        0,
                        Field::of(self.say("Name to engrave", "Nombre que grabar")),
                        "text",
                    )
                },
                MakingRow {
                    key: "wood".to_owned(),
                    options: Field::of(self.say("Oak\nWalnut = 12.50", "Roble\nNogal = 12,50")),
                    ..row(1, Field::of(self.say("Wood", "Madera")), "choice")
                },
                MakingRow {
                    is_blank: true,
                    ..row(2, Field::default(), "text")
                },
            ],
            days_min: Field::of("3"),
            days_max: Field::of("7"),
            is_final: true,
            is_open: true,
        }
    }
}
