//! The shop's own programs.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::page::Tone;
use crate::views::seller_hooks::{
    AttemptRow, DeliveryRow, EndpointFields, EndpointRow, EventBox, SellerWebhookPage, SellerWebhooksPage,
};
use crate::views::seller_keys::{ApiKeyFields, ApiKeyRow, ScopeBox, SellerApiKeysPage};
use crate::views::work::Section;

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    add_webhooks(scene, samples);
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

fn add_webhooks(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "seller-webhooks", &scene.webhooks());
    push(
        samples,
        "seller-webhooks-none",
        &SellerWebhooksPage {
            rows: Vec::new(),
            form: EndpointFields::default(),
            ..scene.webhooks()
        },
    );
    push(samples, "seller-webhook", &scene.webhook());
    push(
        samples,
        "seller-webhook-off",
        &SellerWebhookPage {
            is_on: false,
            secret: None,
            note: None,
            old_secret: None,
            more: None,
            deliveries: Vec::new(),
            status: scene.status("hooks.is_off", Tone::Calm),
            ..scene.webhook()
        },
    );
}

impl Scene {
    fn program_parts(&self, part: &str) -> Vec<Section> {
        let parts = [
            ("/seller/api-keys", "work.api_keys"),
            ("/seller/webhooks", "hooks.title"),
        ];
        parts
            .map(|(href, key)| Section {
                link: Link::new(self.t(key), href),
                current: href == part,
            })
            .into()
    }

    fn endpoint_fields(&self) -> EndpointFields {
        EndpointFields {
            refused: Some(self.t("refusal.too_many_endpoints")),
            url: Field::wrong(self.text("http://10.0.0.1"), self.t("refusal.url_invalid")),
            description: Field::of(self.text("Warehouse")),
            events: vec![
                EventBox {
                    name: "order.confirmed".to_owned(),
                    label: self.t("hooks.order_confirmed"),
                    ticked: true,
                },
                EventBox {
                    name: "parcel.shipped".to_owned(),
                    label: self.t("hooks.parcel_shipped"),
                    ticked: false,
                },
            ],
        }
    }

    pub(super) fn webhooks(&self) -> SellerWebhooksPage {
        let path = "/seller/webhooks";
        SellerWebhooksPage {
            page: self.seller_page(self.t("hooks.title"), path),
            work: self.work_bar("/seller/api-keys"),
            parts: self.program_parts(path),
            rows: vec![
                EndpointRow {
                    link: Link::new(self.text("https://example.com/hooks/stoa"), "/seller/webhooks/1"),
                    description: self.text("Warehouse"),
                    events: self.t("hooks.everything"),
                    status: self.status("hooks.is_on", Tone::Good),
                },
                EndpointRow {
                    link: Link::new(self.text("https://books.example/in"), "/seller/webhooks/2"),
                    description: String::new(),
                    events: self.t("hooks.payout_paid"),
                    status: self.status("hooks.given_up", Tone::Bad),
                },
            ],
            form: self.endpoint_fields(),
        }
    }

    fn webhook(&self) -> SellerWebhookPage {
        let path = "/seller/webhooks/1";
        let day = |key: &str| self.locale.t(key).arg("day", self.date(11, 20)).to_string();
        let attempt = AttemptRow {
            at: self.date(11, 20),
            answer: self
                .locale
                .t("hooks.answered")
                .arg("status", "500")
                .arg("ms", "212")
                .to_string(),
            said: self.text("Internal server error"),
        };
        SellerWebhookPage {
            page: self.seller_page(self.t("hooks.title"), path),
            work: self.work_bar("/seller/api-keys"),
            name: self.text("Warehouse"),
            url: self.text("https://example.com/hooks/stoa"),
            status: self.status("hooks.failing", Tone::Warn),
            note: Some(day("hooks.failing_since")),
            old_secret: Some(day("hooks.old_secret")),
            secret: Some("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDmRIWGLBVJYk=".to_owned()),
            path: path.to_owned(),
            is_on: true,
            form: self.endpoint_fields(),
            deliveries: vec![
                DeliveryRow {
                    id: "1".to_owned(),
                    event: self.t("hooks.order_confirmed"),
                    at: self.date(11, 20),
                    status: self.status("hooks.tried_again", Tone::Warn),
                    next: Some(day("hooks.next")),
                    attempts: vec![attempt],
                    retry: Some("/seller/webhooks/1/deliveries/1/retry".to_owned()),
                },
                DeliveryRow {
                    id: "2".to_owned(),
                    event: self.t("hooks.a_test"),
                    at: self.date(11, 19),
                    status: self.status("hooks.delivered", Tone::Good),
                    next: None,
                    attempts: Vec::new(),
                    retry: None,
                },
            ],
            more: Some(Link::new(self.t("listing.more"), "/seller/webhooks/1?after=1")),
            days: vec![Choice::new("1", self.t("hooks.day"))],
        }
    }

    pub(super) fn api_keys(&self) -> SellerApiKeysPage {
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
            parts: self.program_parts(path),
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
