//! What waits before buyers see it, for the operator.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_moderation::{ModerationFields, OperatorModerationPage, RulesForm, WaitingRow};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "operator-moderation", &scene.moderation());
    push(
        samples,
        "operator-moderation-empty",
        &OperatorModerationPage {
            error: None,
            rows: Vec::new(),
            more: None,
            ..scene.moderation()
        },
    );
    push(
        samples,
        "operator-moderation-narrowed",
        &OperatorModerationPage {
            error: None,
            filter: ModerationFields {
                shop: Field::wrong(scene.text("nobody"), scene.t("holds.no_shop")),
                ..scene.moderation().filter
            },
            is_narrowed: true,
            query: "shop=nobody&kind=new".to_owned(),
            rows: Vec::new(),
            more: None,
            ..scene.moderation()
        },
    );
}

impl Scene {
    fn moderation(&self) -> OperatorModerationPage {
        let path = "/operator/moderation";
        let price = self
            .locale
            .t("moderation.because.price")
            .arg("code", self.text("TG-104"))
            .arg("from", self.price(7_900).text)
            .arg("to", self.price(84_000).text)
            .to_string();
        let word = self
            .locale
            .t("moderation.because.word")
            .arg("word", self.text("replica"))
            .to_string();
        let row = |id: &str, kind: &str, reasons, trust: Option<&str>| WaitingRow {
            id: id.to_owned(),
            title: self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            shop: self.text("Taller Guadalquivir"),
            shop_href: "/operator/shops/1".to_owned(),
            kind: self.t(kind),
            asked: self.date(11, 20),
            reasons,
            changes: self.changes(),
            version: 4,
            approve: format!("{path}/{id}/approve"),
            reject: format!("{path}/{id}/reject"),
            trust: trust.map(str::to_owned),
        };
        OperatorModerationPage {
            page: self.office_page(self.t("operator.moderation"), path),
            work: self.office_bar(path),
            error: Some(self.t("form.check")),
            filter: ModerationFields {
                shop: Field::default(),
                kinds: vec![
                    Choice::new("", self.t("moderation.any_kind")),
                    Choice::new("new", self.t("moderation.kind.new")),
                ],
                waited: vec![
                    Choice::new("", self.t("moderation.any_age")),
                    Choice::new("24", self.t("moderation.waited.day")),
                ],
            },
            is_narrowed: false,
            query: String::new(),
            rows: vec![
                row("1", "moderation.kind.change", vec![price, word], None),
                row(
                    "2",
                    "moderation.kind.new",
                    vec![self.t("moderation.because.new_shop")],
                    Some("/operator/moderation/shops/1/trust"),
                ),
            ],
            more: Some(Link::new(
                self.t("moderation.more"),
                "/operator/moderation?after=2",
            )),
            rules: RulesForm {
                version: 3,
                hold_new_shops: true,
                approved_min: Field::of("5"),
                price_percent: Field::wrong(self.text("a lot"), self.t("refusal.whole_number")),
                words: Field::of(self.text("replica\nsecond hand")),
            },
        }
    }
}
