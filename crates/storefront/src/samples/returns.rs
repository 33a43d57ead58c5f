//! Returns, as buyers and sellers see them.

use super::Scene;
use crate::views::common::{Choice, Field, Link};
use crate::views::order::{Progress, TimelineStep};
use crate::views::returns::{
    NoteForm, ReceiveForm, RefundForm, ReturnCase, ReturnForm, ReturnState, ReturnUnits, SellerReturnRow,
    SellerReturnsPage, ShopReturnForms, TermsFields, UnitsBack,
};
use crate::views::seller::{ShipForm, ShipLine};
use crate::views::work::Tab;

impl Scene {
    fn return_case(&self, key: &str, state: ReturnState, steps: &[&str]) -> ReturnCase {
        let day = self.locale.day(self.day(11, 26));
        let last = steps.len().saturating_sub(1);
        ReturnCase {
            key: key.to_owned(),
            title: self.locale.t("return.title").arg("date", &day).to_string(),
            state,
            contents: vec![self.say(
                "1 × Breakfast bowl, sea glaze",
                "1 × Cuenco de desayuno, esmalte mar",
            )],
            reason: self.t("return.reason.damaged"),
            note: self.say("The rim is chipped.", "El borde está desportillado."),
            answer: String::new(),
            parcel: String::new(),
            facts: Vec::new(),
            timeline: steps
                .iter()
                .enumerate()
                .map(|(n, step)| TimelineStep {
                    label: self.t(&format!("return.step.{step}")),
                    at: day.clone(),
                    progress: if n == last {
                        Progress::Current
                    } else {
                        Progress::Done
                    },
                })
                .collect(),
            send: None,
            withdraw: None,
            shop: ShopReturnForms::default(),
        }
    }

    pub(super) fn return_refunded(&self) -> ReturnCase {
        let steps = ["requested", "authorised", "sent_back", "received", "refunded"];
        ReturnCase {
            parcel: self.text("Correos RQ4F5A0712345678901"),
            facts: vec![
                self.say("€23.00 given back", "23,00 € devueltos"),
                self.say("€3.00 kept: it was used once", "3,00 € retenidos: se usó una vez"),
            ],
            ..self.return_case("r1", ReturnState::Refunded, &steps)
        }
    }

    pub(super) fn return_to_send(&self) -> ReturnCase {
        ReturnCase {
            answer: self.say(
                "Write the order\u{2019}s number on the box.",
                "Escribe el número del pedido en la caja.",
            ),
            send: Some("/orders/ST-7K4M-20/returns/r2/send".to_owned()),
            withdraw: Some("/orders/ST-7K4M-20/returns/r2/withdraw".to_owned()),
            ..self.return_case("r2", ReturnState::Authorised, &["requested", "authorised"])
        }
    }

    pub(super) fn return_form(&self) -> ReturnForm {
        let reasons = ["changed_mind", "defective", "damaged", "other"];
        ReturnForm {
            action: "/orders/ST-7K4M-20/returns".to_owned(),
            sub_order: "part-1".to_owned(),
            id: "0199a4b2-0000-7000-8000-000000000002".to_owned(),
            until: self.date(12, 11),
            lines: vec![ReturnUnits {
                id: "vase".to_owned(),
                title: self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
                units: 1,
                value: "0".to_owned(),
            }],
            reasons: reasons
                .map(|code| Choice::new(code, self.t(&format!("return.reason.{code}"))))
                .into(),
            wishes: ["refund", "exchange"]
                .map(|code| Choice::new(code, self.t(&format!("return.wish.{code}"))))
                .into(),
            note: self.say("The glaze has a crack.", "El esmalte tiene una grieta."),
            refused: Some(self.t("refusal.return_too_late")),
        }
    }

    /// One to be answered, one to be received, one to be sent again.
    pub(super) fn returns_of_shop(&self) -> Vec<ReturnCase> {
        let href = |key: &str, act: &str| Some(format!("/seller/orders/ST-7K4M-20-1/returns/{key}/{act}"));
        let note_form = |key: &str, act: &str| {
            href(key, act).map(|action| NoteForm {
                action,
                note: String::new(),
                refused: None,
            })
        };
        let bowl = || self.say("Breakfast bowl, sea glaze", "Cuenco de desayuno, esmalte mar");
        let asked = ReturnCase {
            shop: ShopReturnForms {
                authorise: note_form("r1", "authorise"),
                refuse: note_form("r1", "refuse"),
                ..ShopReturnForms::default()
            },
            ..self.return_case("r1", ReturnState::Requested, &["requested"])
        };
        let coming = ReturnCase {
            parcel: self.text("Correos RQ4F5A0712345678901"),
            shop: ShopReturnForms {
                receive: href("r2", "receive").map(|action| ReceiveForm {
                    action,
                    lines: vec![UnitsBack {
                        id: "bowl".to_owned(),
                        title: bowl(),
                        units: 1,
                        restocked: "0".to_owned(),
                        written_off: "1".to_owned(),
                    }],
                    then: ["refund", "exchange", "nothing"]
                        .map(|code| Choice::new(code, self.t(&format!("return.then.{code}"))))
                        .into(),
                    terms: Some(TermsFields {
                        kept: Field::of("3.00"),
                        kept_reason: Field::wrong("", self.t("refusal.note_missing")),
                        delivery: true,
                    }),
                    refused: Some(self.t("refusal.note_missing")),
                }),
                refund: href("r2", "refund").map(|action| RefundForm {
                    action,
                    terms: TermsFields::default(),
                    refused: None,
                }),
                close: note_form("r2", "close"),
                ..ShopReturnForms::default()
            },
            ..self.return_case(
                "r2",
                ReturnState::SentBack,
                &["requested", "authorised", "sent_back"],
            )
        };
        let again = ReturnCase {
            shop: ShopReturnForms {
                exchange: href("r3", "exchange"),
                ship: Some(ShipForm {
                    action: "/seller/orders/ST-7K4M-20-1/ship".to_owned(),
                    parcel: "0199a4b2-0000-7000-8000-000000000003".to_owned(),
                    lines: vec![ShipLine {
                        id: "bowl".to_owned(),
                        title: bowl(),
                        left: 1,
                        value: "1".to_owned(),
                    }],
                    carriers: Vec::new(),
                    carrier: String::new(),
                    tracking: String::new(),
                    refused: None,
                }),
                ..ShopReturnForms::default()
            },
            ..self.return_case(
                "r3",
                ReturnState::Exchanged,
                &["requested", "authorised", "received", "exchanged"],
            )
        };
        vec![asked, coming, again]
    }

    pub(super) fn seller_returns(&self) -> SellerReturnsPage {
        let row = |number: &str, state| SellerReturnRow {
            number: self.text(number),
            href: "/seller/orders/ST-7K4M-20-1#return-r1".to_owned(),
            asked: self.date(11, 26),
            state,
            contents: self.say(
                "1 × Breakfast bowl, sea glaze",
                "1 × Cuenco de desayuno, esmalte mar",
            ),
            reason: self.t("return.reason.damaged"),
        };
        SellerReturnsPage {
            page: self.seller_page(self.t("work.returns_list"), "/seller/returns"),
            work: self.work_bar("/seller/returns"),
            tabs: vec![
                Tab {
                    link: Link::new(self.t("work.returns_open"), "/seller/returns"),
                    count: 2,
                    current: true,
                },
                Tab {
                    link: Link::new(self.t("work.returns_all"), "/seller/returns?show=all"),
                    count: 5,
                    current: false,
                },
            ],
            rows: vec![
                row("ST-7K4M-20/1", ReturnState::Requested),
                row("ST-5C2Q-11/1", ReturnState::SentBack),
            ],
            more: Some(Link::new(self.t("orders.more"), "/seller/returns?before=x")),
        }
    }
}
