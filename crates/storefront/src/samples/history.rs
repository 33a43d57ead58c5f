//! A product's past, and an upload that was undone.

use super::{Sample, Scene, push};
use crate::views::changes::ChangeLine;
use crate::views::common::{Choice, Field, Link};
use crate::views::page::Tone;
use crate::views::seller_goods::TermFields;
use crate::views::seller_history::{
    Ahead, AheadForm, AheadLine, LeftLine, PriceRow, SellerHistoryPage, UploadUndo, VersionLine,
};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "seller-history", &scene.history());
    push(
        samples,
        "seller-history-gone",
        &SellerHistoryPage {
            product: None,
            ahead: None,
            heading: scene.t("history.title"),
            more: None,
            ..scene.history()
        },
    );
}

impl Scene {
    pub(super) fn changes(&self) -> Vec<ChangeLine> {
        let price = self.locale.t("history.price").arg("code", self.text("TG-104"));
        let added = self.locale.t("history.added").arg("code", self.text("TG-105"));
        let line = |label: String, from: String, to: String| ChangeLine { label, from, to };
        vec![
            line(
                self.t("work.product_title"),
                self.say("Tall vase", "Jarrón alto"),
                self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            ),
            line(price.to_string(), self.price(7_900).text, self.price(8_400).text),
            line(added.to_string(), String::new(), self.price(9_900).text),
        ]
    }

    fn history(&self) -> SellerHistoryPage {
        let title = self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto");
        let row = |number, key: &str, changes, current| VersionLine {
            number,
            at: self.date(11, 10 + u32::try_from(number).unwrap_or(0)),
            who: self
                .locale
                .t(key)
                .arg("who", self.text("Rocío Vega"))
                .arg("n", 1)
                .to_string(),
            current,
            changes,
            restore: (!current).then(|| format!("/seller/products/1/versions/{number}/restore")),
        };
        SellerHistoryPage {
            page: self.seller_page(title.clone(), "/seller/products/1/history"),
            work: self.work_bar("/seller/products"),
            product: Some(Link::new(title.clone(), "/seller/products/1")),
            heading: title,
            version: 4,
            ahead: Some(self.ahead()),
            rows: vec![
                row(4, "history.restored", self.changes(), true),
                row(3, "history.uploaded", self.changes(), false),
                row(2, "history.changed", self.changes(), false),
                row(1, "history.created", Vec::new(), false),
            ],
            more: Some(Link::new(
                self.t("history.older"),
                "/seller/products/1/history?after=1",
            )),
        }
    }

    fn ahead(&self) -> Ahead {
        let line = |state: &str, tone, cancel: Option<&str>, failure: Option<String>| AheadLine {
            at: self
                .locale
                .t("schedule.utc")
                .arg("at", self.date(12, 1))
                .to_string(),
            who: self
                .locale
                .t("history.scheduled")
                .arg("who", self.text("Rocío Vega"))
                .to_string(),
            status: self.status(state, tone),
            changes: self.changes(),
            failure,
            cancel: cancel.map(str::to_owned),
        };
        Ahead {
            rows: vec![
                line(
                    "schedule.state.waiting",
                    Tone::Warn,
                    Some("/seller/products/1/scheduled/1/cancel"),
                    None,
                ),
                line(
                    "schedule.state.failed",
                    Tone::Bad,
                    None,
                    Some(self.t("schedule.failure.variant_unknown")),
                ),
            ],
            form: Some(AheadForm {
                action: "/seller/products/1/scheduled".to_owned(),
                error: Some(self.t("refusal.time_wrong")),
                at: Field::of(self.text("2026-12-01T08:00")),
                title: Field::of(self.say("Winter vase", "Jarrón de invierno")),
                states: vec![Choice::new("", self.t("schedule.keep"))],
                prices: vec![PriceRow {
                    index: 0,
                    code: self.text("TG-104"),
                    label: self.text("TG-104"),
                    now: self.price(8_400).text,
                    price: self.text("79.00"),
                    compare_at: self.text("84.00"),
                    terms: TermFields {
                        price: Field::of("69.00"),
                        from: Field::of("2026-12-01T08:00"),
                        until: Field::of("2026-12-08T08:00"),
                        breaks: Field::wrong(self.text("6"), self.t("refusal.breaks")),
                    },
                }],
                currency: "EUR".to_owned(),
            }),
        }
    }

    pub(super) fn upload_undo(&self) -> UploadUndo {
        let outcome = self
            .locale
            .t("undo.outcome")
            .arg("deleted", self.locale.n("undo.deleted", 310))
            .arg("restored", self.locale.n("undo.restored", 11));
        UploadUndo {
            action: Some("/seller/uploads/1/undo".to_owned()),
            broken_off: true,
            outcome: Some(outcome.to_string()),
            left: vec![LeftLine {
                title: self.say("Tall vase", "Jarrón alto"),
                href: "/seller/products/1/history".to_owned(),
                reason: self.t("undo.reason.changed_since"),
            }],
            further: 3,
        }
    }
}
