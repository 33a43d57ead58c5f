//! Gift cards, for the operator.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_gift_cards::{GiftCardFields, GiftCardRow, IssuedCard, OperatorGiftCardsPage};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "operator-gift-cards", &scene.gift_cards());
    push(
        samples,
        "operator-gift-cards-empty",
        &OperatorGiftCardsPage {
            error: Some(scene.t("refusal.gift_card_issued")),
            issued: None,
            cards: Vec::new(),
            more: None,
            may_edit: false,
            ..scene.gift_cards()
        },
    );
}

impl Scene {
    fn gift_cards(&self) -> OperatorGiftCardsPage {
        let path = "/operator/gift-cards";
        let card = |n: u32, hint: &str, note: (&str, &str), amount, balance, held, disabled| GiftCardRow {
            id: format!("card-{n}"),
            hint: self.text(hint),
            note: self.say(note.0, note.1),
            issued: self.date(11, n),
            funding: self.t(if disabled {
                "gift_cards.given"
            } else {
                "gift_cards.sold"
            }),
            amount: self.price(amount),
            balance: self.price(balance),
            held: (held > 0).then(|| self.price(held)),
            expires: match disabled {
                true => self.date(12, 31),
                false => self.t("gift_cards.never"),
            },
            disabled,
            switch: format!("{path}/{n}/disable"),
        };
        OperatorGiftCardsPage {
            page: self.office_page(self.t("operator.gift_cards"), path),
            work: self.office_bar(path),
            error: None,
            issued: Some(IssuedCard {
                code: "4T9C-XK2M-0R8V-7KQ2-M5HD".to_owned(),
                amount: self.price(5_000),
            }),
            may_edit: true,
            cards: vec![
                card(
                    20,
                    "7KQ2",
                    ("For Elena, by telephone", "Para Elena, por teléfono"),
                    5_000,
                    5_000,
                    0,
                    false,
                ),
                card(
                    12,
                    "M3XA",
                    ("Spring fair", "Feria de primavera"),
                    10_000,
                    3_160,
                    1_340,
                    false,
                ),
                card(3, "0WZ9", ("Raffle", "Rifa"), 2_500, 2_500, 0, true),
            ],
            more: Some(Link::new(self.t("listing.more"), "/operator/gift-cards?after=1")),
            new: GiftCardFields {
                amount: Field::wrong(self.text("fifty"), self.t("refusal.amount_invalid")),
                currencies: vec![Choice::new("EUR", "EUR".to_owned())],
                fundings: vec![Choice::new("sold", self.t("gift_cards.sold"))],
                expires: Field::default(),
                note: Field::of(self.say("For Elena", "Para Elena")),
                key: "5f3c".to_owned(),
            },
        }
    }
}
