//! What is downloaded: offered, in the basket, bought, and behind the link of a mail.

use super::goods::GUADALQUIVIR;
use super::{Sample, Scene, push};
use crate::i18n::Locale;
use crate::views::cart::CartPage;
use crate::views::checkout::CheckoutReviewPage;
use crate::views::common::Field;
use crate::views::downloads::{DigitalForm, DownloadRow, Downloads, DownloadsPage, FormFile};
use crate::views::making::Made;
use crate::views::order::{OrderPage, OrderState, SubOrder, SubOrderState};
use crate::views::page::Tone;
use crate::views::product::ProductPage;
use contracts::Language;
use contracts::digital::consent;

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "product-download", &scene.product_download());
    push(samples, "cart-download", &scene.cart_download());
    push(samples, "checkout-4-review-download", &scene.review_download());
    push(samples, "order-download", &scene.order_download());
    push(samples, "downloads", &scene.downloads_page());
}

impl Scene {
    fn what(&self) -> String {
        self.locale
            .t("download.what")
            .arg("what", "PDF, 12\u{a0}MB")
            .to_string()
    }

    fn pattern(&self) -> String {
        self.say(
            "Sewing pattern, sizes 34 to 46.pdf",
            "Patrón de costura, tallas 34 a 46.pdf",
        )
    }

    fn downloaded(&self) -> Made {
        Made {
            download: self.what(),
            ..Made::default()
        }
    }

    fn product_download(&self) -> ProductPage {
        let terms = self.locale.t("download.terms");
        ProductPage {
            download: Some((self.what(), terms.arg("times", 5).arg("days", 365).to_string())),
            ..self.product()
        }
    }

    fn cart_download(&self) -> CartPage {
        let mut page = self.cart();
        if let Some(group) = page.groups.first_mut() {
            group.is_downloaded = true;
            group.free_delivery_gap = None;
            for line in &mut group.lines {
                line.made = Some(self.downloaded());
            }
        }
        page
    }

    fn review_download(&self) -> CheckoutReviewPage {
        CheckoutReviewPage {
            download_consent: Some(consent(match self.locale {
                Locale::En => Language::En,
                Locale::Es => Language::Es,
            })),
            repriced: false,
            changes: Vec::new(),
            ..self.review()
        }
    }

    /// One that can be had, one that was had often enough, and one whose money went back.
    fn download_rows(&self) -> Vec<DownloadRow> {
        let date = self.date(11, 20);
        let left = self.locale.n("download.left", 4u64).arg("date", date).to_string();
        let row = |name: String, kind: &str, note: String, tone| DownloadRow {
            line: "0192f3c1".to_owned(),
            file: "0192f3c2".to_owned(),
            name,
            kind: kind.to_owned(),
            note,
            tone,
            is_ready: tone == Tone::Good,
        };
        vec![
            row(self.pattern(), "PDF, 12\u{a0}MB", left, Tone::Good),
            row(
                self.say("Cutting plan.svg", "Plan de corte.svg"),
                "SVG, 240\u{a0}kB",
                self.t("download.used_up"),
                Tone::Warn,
            ),
            row(
                self.say("Workshop recording.mp4", "Grabación del taller.mp4"),
                "MP4, 210\u{a0}MB",
                self.t("download.ended"),
                Tone::Calm,
            ),
        ]
    }

    fn order_download(&self) -> OrderPage {
        let title = (
            "Sewing pattern: linen apron",
            "Patrón de costura: delantal de lino",
        );
        let mut line = self.order_line("apron", title, "", 1, 1_200);
        line.made = Some(self.downloaded());
        let part = SubOrder {
            delivery: self.t("download.delivery"),
            downloads: Downloads {
                action: "/orders/ST-7K4M-20/downloads".to_owned(),
                rows: self.download_rows(),
            },
            ..self.sub_order(
                &GUADALQUIVIR,
                "ST-7K4M-20/1",
                SubOrderState::Delivered,
                5,
                vec![line],
            )
        };
        OrderPage {
            sub_orders: vec![part],
            state: OrderState::Delivered,
            is_sent: false,
            address_form: None,
            cancel: None,
            ..self.order_confirmed()
        }
    }

    fn downloads_page(&self) -> DownloadsPage {
        DownloadsPage {
            page: self.page(self.t("download.title"), "/downloads/3vY1"),
            number: self.text("ST-7K4M-20"),
            downloads: Downloads {
                action: "/downloads/3vY1".to_owned(),
                rows: self.download_rows(),
            },
        }
    }

    pub(super) fn digital_form(&self) -> DigitalForm {
        DigitalForm {
            files: vec![FormFile {
                id: "0192f3c2".to_owned(),
                name: self.pattern(),
                kind: "PDF, 12\u{a0}MB".to_owned(),
                kept: self.text("12582912 pattern.pdf"),
            }],
            downloads_max: Field::wrong(
                self.text("often"),
                self.locale.t("work.out_of_range").arg("max", 100).to_string(),
            ),
            days: Field::of("365"),
            is_open: true,
        }
    }
}
