//! What buyers and shops write each other, and what moderators read of it.

use super::{Sample, Scene, push};
use crate::markup::Markup;
use crate::views::common::{Choice, Field, Link};
use crate::views::messages::{
    AccountMessagesPage, AccountThreadPage, AskPage, Bubble, Day, OperatorMessagesPage, OperatorThreadPage,
    QuoteCard, QuoteForm, ReadMessage, ReportedRow, SellerMessagesPage, SellerThreadPage, Talk, ThreadRow,
};
use crate::views::page::{Page, Tone};

const BOXES: [&str; 3] = ["messages.open", "messages.unread_only", "messages.archived"];

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "account-messages", &scene.account_messages());
    push(
        samples,
        "account-messages-none",
        &AccountMessagesPage {
            rows: Vec::new(),
            more: None,
            ..scene.account_messages()
        },
    );
    push(samples, "account-thread", &scene.account_thread());
    push(
        samples,
        "account-thread-refused",
        &AccountThreadPage {
            talk: Talk {
                text: Some(Field::of(scene.text("Does it"))),
                error: Some(scene.t("refusal.messages_too_often")),
                earlier: None,
                wishes: Vec::new(),
                image: None,
                about: None,
                ..scene.talk(false)
            },
            ..scene.account_thread()
        },
    );
    push(
        samples,
        "account-thread-closed",
        &AccountThreadPage {
            talk: Talk {
                text: None,
                closed: Some(scene.say("Please do not insult each other.", "Por favor, sin insultos.")),
                masks: false,
                archived: true,
                ..scene.talk(false)
            },
            ..scene.account_thread()
        },
    );
    push(samples, "seller-messages", &scene.seller_messages());
    push(samples, "seller-thread", &scene.seller_thread());
    push(
        samples,
        "seller-thread-quote-refused",
        &SellerThreadPage {
            quote: Some(QuoteForm {
                price: Field::wrong(scene.text("-3"), scene.t("refusal.amount_out_of_range")),
                lead_days: Field::of("21"),
                error: Some(scene.t("refusal.thread_closed")),
                open: true,
                ..scene.quote_form()
            }),
            ..scene.seller_thread()
        },
    );
    push(samples, "ask", &scene.ask());
    push(
        samples,
        "ask-custom",
        &AskPage {
            custom: true,
            by: Field::wrong("2020-01-01", scene.t("refusal.date_out_of_range")),
            error: Some(scene.t("refusal.messages_too_often")),
            switch: Some(Link::new(
                scene.t("messages.ask_plain"),
                "/account/messages/new?product=1",
            )),
            ..scene.ask()
        },
    );
    push(samples, "operator-messages", &scene.operator_messages());
    push(
        samples,
        "operator-messages-none",
        &OperatorMessagesPage {
            rows: Vec::new(),
            more: None,
            ..scene.operator_messages()
        },
    );
    push(samples, "operator-thread", &scene.operator_thread());
    push(
        samples,
        "operator-thread-refused",
        &OperatorThreadPage {
            error: Some(scene.t("refusal.text_empty")),
            reason: Field::of(scene.text(" ")),
            decisions: Vec::new(),
            ..scene.operator_thread()
        },
    );
}

impl Scene {
    fn boxes(&self, path: &str) -> Vec<Choice> {
        let tab = |key: &&str| Choice::new(path, self.t(key));
        let tabs = BOXES.iter().map(tab).collect();
        Choice::select(tabs, "")
            .into_iter()
            .enumerate()
            .map(|(at, tab)| Choice {
                selected: at == 0,
                ..tab
            })
            .collect()
    }

    fn thread_rows(&self, path: &str, with: &str) -> Vec<ThreadRow> {
        let vase = self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto");
        vec![
            ThreadRow {
                href: format!("{path}/1"),
                with: self.text(with),
                title: vase,
                excerpt: self.say(
                    "It is fired at 1,250 degrees, so yes: it holds water and does not mind the dishwasher.",
                    "Está cocido a 1250 grados, así que sí: aguanta el agua y no le importa el lavavajillas.",
                ),
                date: self.date(11, 20),
                unread: 2,
                tags: vec![self.status("messages.custom", Tone::Calm)],
            },
            ThreadRow {
                href: format!("{path}/2"),
                with: self.text(with),
                title: self.text("ST-7K4M-20/1"),
                excerpt: self
                    .locale
                    .t("messages.you_said")
                    .arg(
                        "text",
                        self.say("Thank you, it has arrived.", "Gracias, ya ha llegado."),
                    )
                    .to_string(),
                date: self.date(11, 12),
                unread: 0,
                tags: vec![self.status("messages.closed", Tone::Warn)],
            },
        ]
    }

    fn account_messages(&self) -> AccountMessagesPage {
        let path = "/account/messages";
        AccountMessagesPage {
            page: Page {
                unread: 2,
                ..self.buyer_page(self.t("account.messages"), path)
            },
            tabs: self.boxes(path),
            rows: self.thread_rows(path, "Taller Guadalquivir"),
            more: Some(Link::new(self.t("messages.more"), "/account/messages?after=1")),
        }
    }

    fn seller_messages(&self) -> SellerMessagesPage {
        let path = "/seller/messages";
        SellerMessagesPage {
            page: Page {
                unread: 2,
                ..self.seller_page(self.t("work.messages"), path)
            },
            work: self.work_bar(path),
            tabs: self.boxes(path),
            rows: self.thread_rows(path, "Elena F."),
            more: None,
        }
    }

    fn bubble(&self, id: u32, own: bool, by: &str, time: &str, text: &str) -> Bubble {
        Bubble {
            id: format!("message-{id}"),
            own,
            by: if own {
                self.t("messages.you")
            } else {
                self.text(by)
            },
            time: time.to_owned(),
            text: Markup::from_plain_text(text),
            removed: None,
            hidden: None,
            quote: None,
            statement: None,
            read: None,
        }
    }

    /// As its buyer reads it, or its shop.
    fn talk(&self, of_shop: bool) -> Talk {
        let (buyer, shop) = ("Elena F.", "Taller Guadalquivir");
        let vase = self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto");
        let question = self.bubble(
            1,
            !of_shop,
            buyer,
            "10:14",
            &self.say(
                "Good morning! Would you make this vase 45 cm high, with two bands in place of three?\n\nMy number is ••••.",
                "¡Buenos días! ¿Haría este jarrón de 45 cm de alto, con dos franjas en vez de tres?\n\nMi número es ••••.",
            ),
        );
        let key = if of_shop {
            "messages.hidden_other"
        } else {
            "messages.hidden_own"
        };
        let question = Bubble {
            hidden: Some(
                self.locale
                    .t(key)
                    .arg("what", self.t("contact.phone_number"))
                    .to_string(),
            ),
            read: (!of_shop).then(|| {
                self.locale
                    .t("messages.read_at")
                    .arg("date", self.date(11, 20))
                    .to_string()
            }),
            ..question
        };
        let quote = Bubble {
            quote: Some(QuoteCard {
                price: self.price(12_900).text,
                lead: self.locale.n("messages.quote_lead", 28).to_string(),
                until: self
                    .locale
                    .t("messages.quote_until_day")
                    .arg("date", self.date(12, 1))
                    .to_string(),
                status: self.status("messages.quote_open", Tone::Calm),
                answer: (!of_shop).then(|| "/account/messages/1/quotes/2".to_owned()),
            }),
            ..self.bubble(
                2,
                of_shop,
                shop,
                "12:40",
                &self.say(
                    "With pleasure. Packing is included.",
                    "Con mucho gusto. El embalaje está incluido.",
                ),
            )
        };
        let removed = Bubble {
            removed: Some(self.say("It was an insult.", "Era un insulto.")),
            ..self.bubble(3, of_shop, shop, "12:41", "")
        };
        let accepted = Bubble {
            statement: Some(self.status("messages.quote_was_accepted", Tone::Good)),
            ..self.bubble(4, !of_shop, buyer, "08:02", "")
        };
        let day = |day, bubbles| Day {
            label: self.date(11, day),
            bubbles,
        };
        Talk {
            href: if of_shop {
                "/seller/messages/1"
            } else {
                "/account/messages/1"
            }
            .to_owned(),
            with: self.text(if of_shop { buyer } else { shop }),
            title: vase.clone(),
            image: Some(self.image("vase-blue", String::new())),
            about: Some(Link::new(vase, "/p/tall-vase-with-cobalt-bands-0192f3a47c117d2e")),
            wishes: vec![
                self.locale
                    .t("messages.wants_by")
                    .arg("date", self.date(12, 18))
                    .to_string(),
                self.locale
                    .t("messages.wants_for")
                    .arg("amount", self.price(13_000).text)
                    .to_string(),
            ],
            earlier: Some(Link::new(
                self.t("messages.earlier"),
                "/account/messages/1?after=1",
            )),
            days: vec![day(19, vec![question, quote, removed]), day(20, vec![accepted])],
            text: Some(Field::default()),
            error: None,
            closed: None,
            masks: true,
            archived: false,
            reasons: vec![
                Choice::new("off_market", self.t("abuse.off_market")),
                Choice::new("offensive", self.t("abuse.offensive")),
            ],
        }
    }

    fn account_thread(&self) -> AccountThreadPage {
        AccountThreadPage {
            page: self.buyer_page(self.t("account.messages"), "/account/messages/1"),
            talk: self.talk(false),
        }
    }

    fn quote_form(&self) -> QuoteForm {
        QuoteForm {
            currency: "EUR".to_owned(),
            ..QuoteForm::default()
        }
    }

    fn seller_thread(&self) -> SellerThreadPage {
        SellerThreadPage {
            page: self.seller_page(self.t("work.messages"), "/seller/messages/1"),
            work: self.work_bar("/seller/messages"),
            talk: self.talk(true),
            quote: Some(self.quote_form()),
        }
    }

    fn ask(&self) -> AskPage {
        AskPage {
            page: self.buyer_page(self.t("messages.ask"), "/account/messages/new"),
            shop: Link::new(self.text("Taller Guadalquivir"), "/shop/taller-guadalquivir"),
            title: self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            image: Some(self.image("vase-blue", String::new())),
            shop_id: "1".to_owned(),
            product_id: "1".to_owned(),
            order_id: String::new(),
            custom: false,
            switch: Some(Link::new(
                self.t("messages.ask_custom_instead"),
                "/account/messages/new?product=1&custom=yes",
            )),
            currency: "EUR".to_owned(),
            text: Field::default(),
            by: Field::default(),
            budget: Field::default(),
            answers: Some(self.locale.n("messages.answers_hours", 5).to_string()),
            error: None,
        }
    }

    fn reported_row(&self) -> ReportedRow {
        ReportedRow {
            href: "/operator/messages/1".to_owned(),
            title: self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            parties: self
                .locale
                .n("operator.message_parties", 4)
                .arg("buyer", self.text("Elena F."))
                .arg("shop", self.text("Taller Guadalquivir"))
                .to_string(),
            status: self.status("operator.message_waits", Tone::Warn),
            reports: vec![format!(
                "{} · {} · {}",
                self.date(11, 20),
                self.t("messages.the_buyer"),
                self.t("abuse.off_market")
            )],
        }
    }

    fn operator_messages(&self) -> OperatorMessagesPage {
        let path = "/operator/messages";
        let tab = |key: &str, selected| Choice {
            selected,
            ..Choice::new(path, self.t(key))
        };
        OperatorMessagesPage {
            page: self.office_page(self.t("operator.messages"), path),
            work: self.office_bar(path),
            tabs: vec![
                tab("operator.messages_waiting", true),
                tab("operator.messages_decided", false),
            ],
            rows: vec![self.reported_row()],
            more: Some(Link::new(self.t("messages.more"), "/operator/messages?after=1")),
        }
    }

    fn operator_thread(&self) -> OperatorThreadPage {
        let message = |id: u32, shop, by: &str, text: String| ReadMessage {
            id: format!("message-{id}"),
            by: self.text(by),
            shop,
            time: self.date(11, 19),
            text: Markup::from_plain_text(&text),
            hidden: None,
            removed: None,
            quote: None,
        };
        let first = ReadMessage {
            hidden: Some(
                self.locale
                    .t("messages.hidden_other")
                    .arg("what", self.t("contact.phone_number"))
                    .to_string(),
            ),
            ..message(
                1,
                false,
                "Elena F.",
                self.say("My number is 612 345 678.", "Mi número es 612 345 678."),
            )
        };
        let second = ReadMessage {
            quote: Some(self.price(12_900).text),
            ..message(
                2,
                true,
                "Taller Guadalquivir",
                self.say(
                    "Pay me directly, it is cheaper.",
                    "Págueme directamente, es más barato.",
                ),
            )
        };
        let third = ReadMessage {
            removed: Some(self.say("It was an insult.", "Era un insulto.")),
            ..message(3, true, "Taller Guadalquivir", self.say("Fool.", "Tonta."))
        };
        OperatorThreadPage {
            page: self.office_page(self.t("operator.messages"), "/operator/messages/1"),
            work: self.office_bar("/operator/messages"),
            row: self.reported_row(),
            messages: vec![first, second, third],
            decisions: vec![format!(
                "{} · {}",
                self.date(11, 12),
                self.t("operator.message_was_dismissed")
            )],
            closed: None,
            action: "/operator/messages/1".to_owned(),
            error: None,
            reason: Field::default(),
        }
    }
}
