//! Taxes, for the operator.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_taxes::{
    CategoryFields, OperatorTaxesPage, RateFields, RegionFields, TaxCategoryRow, TaxRateRow,
};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "operator-taxes", &scene.taxes());
    push(
        samples,
        "operator-taxes-empty",
        &OperatorTaxesPage {
            error: None,
            rates: Vec::new(),
            more: None,
            may_edit: false,
            ..scene.taxes()
        },
    );
}

impl Scene {
    fn taxes(&self) -> OperatorTaxesPage {
        let path = "/operator/taxes";
        let region = || vec![Choice::new("ES-CN", self.text("Canary Islands"))];
        let category = || vec![Choice::new("standard", self.t("tax.category.standard"))];
        let since = self.locale.t("promotion.since").arg("day", self.date(9, 7));
        OperatorTaxesPage {
            page: self.office_page(self.t("operator.taxes"), path),
            work: self.office_bar(path),
            error: Some(self.t("refusal.rate_holds")),
            may_edit: true,
            owed: self.t("taxes.owed_seller"),
            owners: vec![Choice::new("seller", self.t("taxes.owner_seller"))],
            regions: region(),
            rates: vec![TaxRateRow {
                id: "end-1".to_owned(),
                region: self.text("Spain"),
                category: self.t("tax.category.standard"),
                name: self.text("IVA 21 %"),
                rate: self.locale.percent_of(2_100),
                valid: since.to_string(),
                source: self.text("Ley 37/1992, art. 90"),
                end: Some("/operator/taxes/rates/1/end".to_owned()),
            }],
            more: Some(Link::new(self.t("listing.more"), "/operator/taxes?after=1")),
            categories: vec![TaxCategoryRow {
                name: self.t("tax.category.reduced"),
                code: "reduced".to_owned(),
                otherwise: self.t("tax.category.standard"),
            }],
            new_rate: RateFields {
                is_open: true,
                regions: region(),
                categories: category(),
                name: Field::of(self.text("IGIC 7 %")),
                rate: Field::wrong(self.text("seven"), self.t("refusal.share")),
                source: Field::default(),
                note: Field::default(),
                replaces: true,
            },
            new_category: CategoryFields {
                otherwise: category(),
                ..CategoryFields::default()
            },
            new_region: RegionFields {
                countries: vec![Choice::new("ES", self.say("Spain", "España"))],
                ..RegionFields::default()
            },
        }
    }
}
