//! Which features shops may use.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_features::{
    FeatureRow, OneShopFields, OperatorFeaturesPage, OwnStateRow, ShopFeatureRow,
};
use crate::views::page::{Page, Tone};
use crate::views::seller_hooks::SellerWebhooksPage;
use crate::views::seller_keys::SellerApiKeysPage;

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "operator-features", &scene.features());
    push(
        samples,
        "seller-webhooks-turned-off",
        &SellerWebhooksPage {
            page: scene.without("webhooks", scene.webhooks().page),
            rows: Vec::new(),
            ..scene.webhooks()
        },
    );
    push(
        samples,
        "seller-api-keys-turned-off",
        &SellerApiKeysPage {
            page: scene.without("api_keys", scene.api_keys().page),
            secret: None,
            error: None,
            ..scene.api_keys()
        },
    );
}

impl Scene {
    /// The page of a shop for which the operator has turned a feature off.
    fn without(&self, feature: &'static str, page: Page) -> Page {
        Page {
            off: vec![feature],
            ..page
        }
    }

    fn feature(&self, code: &'static str, is_on: bool, own: Vec<OwnStateRow>) -> FeatureRow {
        let (key, tone) = match is_on {
            true => ("features.on", Tone::Good),
            false => ("features.off", Tone::Warn),
        };
        FeatureRow {
            code,
            name: self.t(&format!("features.of.{code}")),
            text: self.t(&format!("features.of.{code}_text")),
            status: self.status(key, tone),
            is_on,
            action: format!("/operator/features/{code}"),
            own,
        }
    }

    fn features(&self) -> OperatorFeaturesPage {
        let path = "/operator/features";
        let own = OwnStateRow {
            shop: Link::new(self.text("Taller Guadalquivir"), "/operator/shops/1"),
            status: self.status("features.off", Tone::Warn),
            action: "/operator/shops/1/features/webhooks".to_owned(),
        };
        OperatorFeaturesPage {
            page: self.office_page(self.t("operator.features"), path),
            work: self.office_bar(path),
            rows: vec![
                self.feature("promoted_listings", false, Vec::new()),
                self.feature("webhooks", true, vec![own]),
                self.feature("made_to_order", true, Vec::new()),
            ],
            form: OneShopFields {
                shop: Field::wrong(self.text("Taller"), self.t("features.no_shop")),
                shops: vec![Choice::new(
                    "taller-guadalquivir",
                    self.text("Taller Guadalquivir"),
                )],
                features: vec![Choice::new("webhooks", self.t("features.of.webhooks"))],
                states: vec![Choice::new("off", self.t("features.off"))],
            },
        }
    }

    pub(super) fn features_of_shop(&self) -> Vec<ShopFeatureRow> {
        let row = |code: &str, key: &str, tone, is_own| ShopFeatureRow {
            name: self.t(&format!("features.of.{code}")),
            status: self.status(key, tone),
            is_on: tone == Tone::Good,
            is_own,
            action: format!("/operator/shops/1/features/{code}"),
        };
        vec![
            row("webhooks", "features.off", Tone::Warn, true),
            row("api_keys", "features.on", Tone::Good, false),
        ]
    }
}
