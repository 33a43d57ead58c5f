//! Notifications: a buyer's own, and a shop's.

use super::{Sample, Scene, push};
use crate::views::common::Link;
use crate::views::notices::{AccountNoticesPage, NoticeDay, NoticeRow, SellerNoticesPage};
use crate::views::page::Page;

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "account-notices", &scene.account_notices());
    push(
        samples,
        "account-notices-none",
        &AccountNoticesPage {
            days: Vec::new(),
            through: None,
            more: None,
            ..scene.account_notices()
        },
    );
    push(samples, "seller-notices", &scene.seller_notices());
    push(
        samples,
        "seller-notices-none",
        &SellerNoticesPage {
            days: Vec::new(),
            through: None,
            more: None,
            ..scene.seller_notices()
        },
    );
}

impl Scene {
    fn notice(&self, icon: &'static str, said: [(&str, &str); 2], time: &str, read: bool) -> NoticeRow {
        let [(title, titulo), (text, texto)] = said;
        NoticeRow {
            href: "/account/notifications/1".to_owned(),
            icon,
            title: self.say(title, titulo),
            text: self.say(text, texto),
            time: time.to_owned(),
            read,
        }
    }

    fn account_notices(&self) -> AccountNoticesPage {
        let sent = self.notice(
            "box",
            [
                (
                    "A parcel from Taller Guadalquivir is on its way",
                    "Un paquete de Taller Guadalquivir está en camino",
                ),
                (
                    "Part of your order K7F3-9QXA. You can follow it there.",
                    "Es parte de tu pedido K7F3-9QXA. Allí puedes seguirlo.",
                ),
            ],
            "14:30",
            false,
        );
        let confirmed = self.notice(
            "receipt",
            [
                (
                    "Your order K7F3-9QXA is confirmed",
                    "Tu pedido K7F3-9QXA está confirmado",
                ),
                (
                    "128.40 EUR was paid. The makers get it ready and send it.",
                    "Se han pagado 128,40 EUR. Los talleres lo preparan y lo envían.",
                ),
            ],
            "09:12",
            true,
        );
        AccountNoticesPage {
            page: Page {
                news: 1,
                ..self.buyer_page(self.t("account.notices"), "/account/notifications")
            },
            days: vec![
                NoticeDay {
                    label: self.date(11, 20),
                    rows: vec![sent],
                },
                NoticeDay {
                    label: self.date(11, 18),
                    rows: vec![confirmed],
                },
            ],
            through: Some("1".to_owned()),
            kept: 180,
            more: Some(Link::new(
                self.t("notices.more"),
                "/account/notifications?after=1",
            )),
        }
    }

    fn seller_notices(&self) -> SellerNoticesPage {
        let sale = self.notice(
            "receipt",
            [
                ("New order K7F3-9QXA-1", "Pedido nuevo K7F3-9QXA-1"),
                (
                    "It is paid. Pack it and send it on its way.",
                    "Está pagado. Prepáralo y envíalo.",
                ),
            ],
            "18:05",
            false,
        );
        let low = self.notice(
            "layers",
            [
                (
                    "Tall vase with cobalt bands is running low",
                    "Queda poco de Jarrón alto con franjas cobalto",
                ),
                (
                    "2 left, fewer than the 5 at which you wanted to know.",
                    "Quedan 2, menos de las 5 a partir de las que querías saberlo.",
                ),
            ],
            "11:47",
            true,
        );
        SellerNoticesPage {
            page: Page {
                news: 120,
                ..self.seller_page(self.t("work.notices"), "/seller/notifications")
            },
            work: self.work_bar("/seller/notifications"),
            days: vec![NoticeDay {
                label: self.date(11, 20),
                rows: vec![sale, low],
            }],
            through: Some("1".to_owned()),
            kept: 180,
            more: None,
        }
    }
}
