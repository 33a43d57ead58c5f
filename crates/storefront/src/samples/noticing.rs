//! Notifications: a buyer's own, and a shop's.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::dead_letters::{DecisionRow, FailureRow, OperatorDeadLettersPage};
use crate::views::notices::{
    AccountNoticeSettingsPage, AccountNoticesPage, DeviceRow, NoticeDay, NoticeForm, NoticeRow,
    SellerNoticeSettingsPage, SellerNoticesPage, TopicRow, UnsubscribePage, WaysPanel,
};
use crate::views::page::{Page, Tone};
use crate::views::templates::{
    OperatorTemplatePage, OperatorTemplatesPage, TemplateGroup, TemplatePast, TemplateRow, TemplateShown,
};
use crate::views::ways::{DevMessageRow, DevMessagesPage};

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
    push(
        samples,
        "account-notice-settings",
        &scene.account_notice_settings(),
    );
    push(
        samples,
        "account-notice-settings-refused",
        &AccountNoticeSettingsPage {
            form: NoticeForm {
                time_zone: Field::wrong(scene.text("Madrid"), scene.t("refusal.time_zone_unknown")),
                until: Field::wrong("22:00", scene.t("refusal.quiet_hours_empty")),
                ..scene.notice_form("/account/notifications")
            },
            ..scene.account_notice_settings()
        },
    );
    push(
        samples,
        "seller-notice-settings",
        &SellerNoticeSettingsPage {
            page: scene.seller_page(scene.t("notices.settings"), "/seller/notifications/settings"),
            work: scene.work_bar("/seller/notifications"),
            form: scene.notice_form("/seller/notifications"),
        },
    );
    push(
        samples,
        "seller-notice-settings-no-telephone",
        &SellerNoticeSettingsPage {
            page: scene.seller_page(scene.t("notices.settings"), "/seller/notifications/settings"),
            work: scene.work_bar("/seller/notifications"),
            form: NoticeForm {
                texts: false,
                pushes: false,
                ..scene.notice_form("/seller/notifications")
            },
        },
    );
    add_ways(scene, samples);
    push(samples, "operator-templates", &scene.operator_templates());
    push(samples, "operator-template", &scene.operator_template());
    push(samples, "operator-template-mail", &scene.operator_mail());
    push(
        samples,
        "operator-template-flawed",
        &OperatorTemplatePage {
            title: Field::wrong(
                scene.text("Your order {order"),
                scene
                    .locale
                    .t("templates.flaw.unclosed")
                    .arg("at", 12)
                    .to_string(),
            ),
            shown: None,
            error: Some(scene.t("templates.changed_meanwhile")),
            ..scene.operator_template()
        },
    );
    push(samples, "operator-dead-letters", &scene.dead_letters());
    push(
        samples,
        "operator-dead-letters-none",
        &OperatorDeadLettersPage {
            rows: Vec::new(),
            decisions: Vec::new(),
            more: None,
            ..scene.dead_letters()
        },
    );
    push(samples, "unsubscribe", &scene.unsubscribe());
    push(
        samples,
        "unsubscribe-done",
        &UnsubscribePage {
            email: false,
            ..scene.unsubscribe()
        },
    );
    push(
        samples,
        "unsubscribe-required",
        &UnsubscribePage {
            required: true,
            ..scene.unsubscribe()
        },
    );
}

fn add_ways(scene: Scene, samples: &mut Vec<Sample>) {
    push(
        samples,
        "account-notice-settings-nowhere",
        &AccountNoticeSettingsPage {
            form: NoticeForm {
                texts: false,
                pushes: false,
                ..scene.notice_form("/account/notifications")
            },
            ways: WaysPanel {
                phone: None,
                waiting: None,
                number: Field::wrong(scene.text("600 00 00 00"), scene.t("refusal.number_invalid")),
                devices: Vec::new(),
                ..scene.ways_panel()
            },
            ..scene.account_notice_settings()
        },
    );
    push(samples, "dev-messages", &scene.dev_messages());
    push(
        samples,
        "dev-messages-none",
        &DevMessagesPage {
            messages: Vec::new(),
            ..scene.dev_messages()
        },
    );
}

impl Scene {
    fn topic_row(&self, name: &'static str, email: bool, mailed: bool) -> TopicRow {
        TopicRow {
            name,
            label: self.t(&format!("notices.topic.{name}")),
            text: self.t(&format!("notices.about.{name}")),
            in_app: true,
            email,
            required: name == "orders",
            mailed,
            sms: name != "messages",
            push: true,
            alert: false,
        }
    }

    fn notice_form(&self, path: &'static str) -> NoticeForm {
        NoticeForm {
            path,
            topics: vec![
                self.topic_row("orders", true, true),
                self.topic_row("deliveries", false, true),
                self.topic_row("messages", true, true),
                self.topic_row("reviews", true, false),
            ],
            texts: path.starts_with("/account"),
            pushes: path.starts_with("/account"),
            time_zone: Field::of("Europe/Madrid"),
            zones: &["Europe/Madrid", "Europe/Paris"],
            quiet: true,
            from: Field::of("22:00"),
            until: Field::of("07:00"),
            error: None,
        }
    }

    fn account_notice_settings(&self) -> AccountNoticeSettingsPage {
        let path = "/account/notifications/settings";
        AccountNoticeSettingsPage {
            page: self.buyer_page(self.t("notices.settings"), path),
            form: self.notice_form("/account/notifications"),
            ways: self.ways_panel(),
        }
    }

    fn ways_panel(&self) -> WaysPanel {
        WaysPanel {
            phone: Some("+34600000000".to_owned()),
            waiting: Some("+34611111111".to_owned()),
            number: Field::default(),
            code: Field::default(),
            devices: vec![DeviceRow {
                id: "1".to_owned(),
                name: self.say("Elena's telephone", "El teléfono de Elena"),
                platform: self.t("ways.android"),
                added: self.date(11, 20),
            }],
        }
    }

    fn dev_messages(&self) -> DevMessagesPage {
        DevMessagesPage {
            page: self.page(self.t("dev_messages.title"), "/dev/messages"),
            messages: vec![
                DevMessageRow {
                    channel: self.t("dev_messages.sms"),
                    to: self.text("+34600000000"),
                    title: String::new(),
                    text: self.say(
                        "123456 is your code for stoa.example, good for 10 minutes.",
                        "123456 es el código para stoa.example, válido durante 10 minutos.",
                    ),
                    href: String::new(),
                    at: "18:16".to_owned(),
                },
                DevMessageRow {
                    channel: self.t("dev_messages.push"),
                    to: self.text("sandbox:telephone"),
                    title: self.say("A parcel is on its way", "Un paquete va de camino"),
                    text: self.say(
                        "Jabones del Romeral has sent it.",
                        "Jabones del Romeral lo ha enviado.",
                    ),
                    href: "/account/notifications/1".to_owned(),
                    at: "18:02".to_owned(),
                },
            ],
            to: String::new(),
        }
    }

    fn operator_templates(&self) -> OperatorTemplatesPage {
        let row = |en: &str, es: &str, status| TemplateRow {
            href: "/operator/templates/order_confirmed/en".to_owned(),
            title: self.say(en, es),
            status,
        };
        OperatorTemplatesPage {
            page: self.office_page(self.t("operator.templates"), "/operator/templates"),
            work: self.office_bar("/operator/templates"),
            languages: vec![
                Choice {
                    selected: true,
                    ..Choice::new("/operator/templates?in=en", "English")
                },
                Choice::new("/operator/templates?in=es", "Español"),
            ],
            groups: vec![TemplateGroup {
                label: self.t("notices.topic.orders"),
                rows: vec![
                    row(
                        "Your order {order} is confirmed",
                        "Tu pedido {order} está confirmado",
                        self.status("templates.built_in", Tone::Calm),
                    ),
                    row(
                        "New order {order}",
                        "Pedido nuevo {order}",
                        self.status("templates.built_in", Tone::Calm),
                    ),
                ],
            }],
        }
    }

    fn operator_template(&self) -> OperatorTemplatePage {
        let (title, text) = (
            self.say(
                "Your order {order} is confirmed",
                "Tu pedido {order} está confirmado",
            ),
            self.say("{amount} was paid.", "Se han pagado {amount}."),
        );
        let past = |version: i64, current: bool| TemplatePast {
            version,
            title: title.clone(),
            text: text.clone(),
            who: self.text("Olga"),
            at: self.date(11, 20),
            current,
            restored: current.then(|| self.locale.t("templates.restored").arg("version", 0).to_string()),
        };
        OperatorTemplatePage {
            page: self.office_page(
                self.t("operator.templates"),
                "/operator/templates/order_confirmed/en",
            ),
            work: self.office_bar("/operator/templates"),
            is_mail: false,
            path: "/operator/templates/order_confirmed/en".to_owned(),
            heading: title.clone(),
            languages: self.operator_templates().languages,
            version: 2,
            title: Field::of(title.clone()),
            text: Field::of(text.clone()),
            places: vec![("{order}".to_owned(), self.t("templates.place.order"))],
            shown: Some(TemplateShown {
                title: self.say(
                    "Your order K7F3-9QXA is confirmed",
                    "Tu pedido K7F3-9QXA está confirmado",
                ),
                text: self.say("€128.40 was paid.", "Se han pagado 128,40\u{a0}€."),
            }),
            versions: vec![past(2, true), past(1, false)],
            error: None,
        }
    }

    fn operator_mail(&self) -> OperatorTemplatePage {
        let (title, text) = (
            self.say("{amount} went back to you", "Te hemos devuelto {amount}"),
            self.say(
                "Hello {name},\n\n{amount} of your order {order} went back to you.\n\n{why}",
                "Hola, {name}:\n\nTe hemos devuelto {amount} de tu pedido {order}.\n\n{why}",
            ),
        );
        let place = |name: &str| (format!("{{{name}}}"), self.t(&format!("templates.place.{name}")));
        OperatorTemplatePage {
            is_mail: true,
            path: "/operator/templates/mail_refunded/en".to_owned(),
            heading: title.clone(),
            title: Field::of(title),
            text: Field::of(text),
            places: ["name", "order", "amount", "why"].map(place).into(),
            shown: Some(TemplateShown {
                title: self.say("€128.40 went back to you", "Te hemos devuelto 128,40\u{a0}€"),
                text: self.say(
                    "Hello Lucía Romero,\n\n€128.40 of your order K7F3-9QXA went back to you.\n\nOne is cracked.",
                    "Hola, Lucía Romero:\n\nTe hemos devuelto 128,40\u{a0}€ de tu pedido K7F3-9QXA.\n\nUna está rajada.",
                ),
            }),
            ..self.operator_template()
        }
    }

    fn dead_letters(&self) -> OperatorDeadLettersPage {
        let path = "/operator/dead-letters";
        OperatorDeadLettersPage {
            page: self.office_page(self.t("operator.dead_letters"), path),
            work: self.office_bar(path),
            rows: vec![
                FailureRow {
                    what: self.t("failed.what.order_mail"),
                    topic: None,
                    name: self.text("checkout.mails"),
                    since: self.date(11, 20),
                    attempts: self.locale.n("failed.attempts", 30).to_string(),
                    error: self.text("the mail was not taken: connection refused"),
                    behind: None,
                    retry: format!("{path}/1/retry"),
                    dismiss: format!("{path}/1/dismiss"),
                },
                FailureRow {
                    what: self.t("failed.what.settlement"),
                    topic: Some(self.text("orders.sub_order_delivered")),
                    name: self.text("ledger.note_deliveries"),
                    since: self.date(11, 19),
                    attempts: self.locale.n("failed.attempts", 5).to_string(),
                    error: self.text("database: a row was not found"),
                    behind: Some(self.locale.n("failed.behind", 2).to_string()),
                    retry: format!("{path}/2/retry"),
                    dismiss: format!("{path}/2/dismiss"),
                },
            ],
            decisions: vec![DecisionRow {
                what: self.t("failed.what.upload"),
                act: self.t("failed.retried"),
                who: self.text("Olga"),
                at: self.date(11, 18),
            }],
            more: Some(Link::new(self.t("failed.more"), "/operator/dead-letters?after=1")),
        }
    }

    fn unsubscribe(&self) -> UnsubscribePage {
        UnsubscribePage {
            page: self.page(self.t("unsubscribe.page"), "/unsubscribe"),
            topic: self.t("notices.topic.deliveries"),
            email: true,
            required: false,
            token: self.text("0190f3e7.deliveries.00"),
        }
    }

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
                    "€128.40 was paid. The makers get it ready and send it.",
                    "Se han pagado 128,40\u{a0}€. Los talleres lo preparan y lo envían.",
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
