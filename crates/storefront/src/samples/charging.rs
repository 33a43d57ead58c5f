//! The operator's finance desk, and the keys of partners' programs.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_money::{
    ChargeFields, ChargeRow, HeldRow, HoldFields, KeyFields, KeyRow, OperatorCommissionPage,
    OperatorHoldsPage, OperatorPartnersPage,
};
use crate::views::page::Tone;

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "operator-holds", &scene.on_hold());
    push(
        samples,
        "operator-holds-empty",
        &OperatorHoldsPage {
            rows: Vec::new(),
            more: None,
            form: None,
            ..scene.on_hold()
        },
    );
    push(samples, "operator-commission", &scene.charges());
    push(
        samples,
        "operator-commission-empty",
        &OperatorCommissionPage {
            rows: Vec::new(),
            more: None,
            form: None,
            ..scene.charges()
        },
    );
    push(samples, "operator-partners", &scene.partners());
    push(
        samples,
        "operator-partners-empty",
        &OperatorPartnersPage {
            secret: None,
            rows: Vec::new(),
            form: KeyFields::default(),
            ..scene.partners()
        },
    );
}

impl Scene {
    fn on_hold(&self) -> OperatorHoldsPage {
        let path = "/operator/holds";
        OperatorHoldsPage {
            page: self.office_page(self.t("operator.holds"), path),
            work: self.office_bar(path),
            tabs: self.choices(path, &["work.all", "settlement.held"]),
            rows: vec![HeldRow {
                id: "hold-1".to_owned(),
                shop: Link::new(self.text("Taller Guadalquivir"), "/operator/shops/1"),
                reason: self.t("hold.reason.dispute"),
                note: self.text("The bank wrote on Monday"),
                placed: self.date(11, 20),
                until: self.date(12, 20),
                status: self.status("settlement.held", Tone::Warn),
                amount: self.price(12_000).text,
                remaining: self
                    .locale
                    .t("holds.left")
                    .arg("amount", self.price(2_000).text)
                    .to_string(),
                lift: Some("/operator/holds/1/lift".to_owned()),
            }],
            more: Some(Link::new(self.t("listing.more"), "/operator/holds?after=1")),
            form: Some(HoldFields {
                refused: Some(self.t("form.check")),
                shop: Field::wrong(self.text("Nobody's"), self.t("holds.no_shop")),
                amount: Field::wrong(self.text("much"), self.t("refusal.amount_invalid")),
                currencies: vec![Choice::new("EUR", "EUR".to_owned())],
                reasons: vec![Choice::new("manual", self.t("hold.reason.manual"))],
                until: Field::of("2026-12-20"),
                note: Field::of(self.text("The bank wrote on Monday")),
            }),
        }
    }

    fn charges(&self) -> OperatorCommissionPage {
        let path = "/operator/commission";
        OperatorCommissionPage {
            page: self.office_page(self.t("operator.commission"), path),
            work: self.office_bar(path),
            rows: vec![ChargeRow {
                id: "rule-1".to_owned(),
                what: self.text("Ceramics · Taller Guadalquivir"),
                tariff: self.locale.percent_of(800),
                since: self.date(11, 1),
                until: self.date(12, 1),
                status: self.status("commission.holds", Tone::Good),
                note: self.text("For the first year"),
                end: Some("/operator/commission/1/end".to_owned()),
            }],
            more: Some(Link::new(self.t("listing.more"), "/operator/commission?after=1")),
            form: Some(ChargeFields {
                refused: None,
                rate: Field::wrong(self.text("a lot"), self.t("refusal.share")),
                categories: vec![Choice::new("", self.t("commission.all_goods"))],
                currencies: vec![Choice::new("", self.t("commission.all_currencies"))],
                fixed: Field::wrong(self.text("1"), self.t("commission.currency_missing")),
                note: Field::of(self.text("For the first year")),
                ..ChargeFields::default()
            }),
        }
    }

    fn partners(&self) -> OperatorPartnersPage {
        let path = "/operator/partners";
        OperatorPartnersPage {
            page: self.office_page(self.t("operator.partners"), path),
            work: self.office_bar(path),
            secret: Some(self.text("stoa_partner_5f0c")),
            rows: vec![KeyRow {
                id: "key-1".to_owned(),
                name: self.text("Correos, production"),
                prefix: self.text("stoa_pk_5f"),
                carrier: self.text("correos"),
                scopes: self.t("partners.shipments_read"),
                expires: self.date(12, 1),
                used: self.t("partners.unused"),
                status: self.status("partners.open", Tone::Good),
                revoke: Some("/operator/partners/1/revoke".to_owned()),
            }],
            form: KeyFields {
                refused: Some(self.t("form.check")),
                name: Field::of(self.text("Correos")),
                carrier: Field::wrong(self.text("Correos!"), self.t("form.check")),
                scopes: vec![(
                    "shipments_read".to_owned(),
                    self.t("partners.shipments_read"),
                    true,
                )],
                expires: Field::of("2027-11-20"),
            },
        }
    }
}
