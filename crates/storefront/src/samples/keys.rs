//! The shop's own programs.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field};
use crate::views::page::Tone;
use crate::views::seller_keys::{ApiKeyFields, ApiKeyRow, ScopeBox, SellerApiKeysPage};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "seller-api-keys", &scene.api_keys());
    push(
        samples,
        "seller-api-keys-made",
        &SellerApiKeysPage {
            error: None,
            secret: Some(scene.text("stoa_sk_Qm3tV0a7vR5cY1h9uKz2pXw8sLd4fBn6eJg0iTo-AkM")),
            form: ApiKeyFields {
                refused: None,
                name: Field::default(),
                ..scene.api_keys().form
            },
            ..scene.api_keys()
        },
    );
    push(
        samples,
        "seller-api-keys-none",
        &SellerApiKeysPage {
            error: None,
            rows: Vec::new(),
            ..scene.api_keys()
        },
    );
}

impl Scene {
    fn api_keys(&self) -> SellerApiKeysPage {
        let path = "/seller/api-keys";
        let on = |key: &str, day: String| self.locale.t(key).arg("day", day).to_string();
        let row = ApiKeyRow {
            id: "key-1".to_owned(),
            name: self.say("Warehouse system", "Sistema del almacén"),
            prefix: self.text("stoa_sk_Qm3tV0a7"),
            scopes: vec![self.t("api_keys.inventory_write"), self.t("api_keys.orders_read")],
            made: on("api_keys.made_on", self.date(11, 2)),
            expires: on("api_keys.good_until", self.date(12, 30)),
            used: on("api_keys.used_on", self.date(11, 20)),
            status: self.status("partners.open", Tone::Good),
            rotate: Some("/seller/api-keys/1/rotate".to_owned()),
            revoke: Some("/seller/api-keys/1/revoke".to_owned()),
        };
        let old = ApiKeyRow {
            id: "key-2".to_owned(),
            name: self.say("Accounts", "Contabilidad"),
            scopes: vec![self.t("api_keys.payouts_read")],
            expires: on("api_keys.was_good_until", self.date(11, 1)),
            used: self.t("api_keys.unused"),
            status: self.status("partners.revoked", Tone::Bad),
            rotate: None,
            revoke: None,
            ..row.clone()
        };
        let scope = |name: &str, label: &str, ticked: bool| ScopeBox {
            name: name.to_owned(),
            label: self.t(label),
            ticked,
        };
        SellerApiKeysPage {
            page: self.seller_page(self.t("work.api_keys"), path),
            work: self.work_bar(path),
            error: Some(self.t("refusal.api_key_over")),
            secret: None,
            rows: vec![row, old],
            overlaps: vec![Choice::new("24", self.t("api_keys.overlap_day"))],
            form: ApiKeyFields {
                refused: Some(self.t("refusal.scopes_missing")),
                name: Field::wrong(self.text(" "), self.t("form.check")),
                scopes: vec![
                    scope("products:read", "api_keys.products_read", true),
                    scope("orders:write", "api_keys.orders_write", false),
                ],
                expires: Field::of("2027-11-20"),
            },
        }
    }
}
