//! Account, signing in, help, errors, the development mailbox.

use super::{Sample, Scene, push};
use crate::markup::Markup;
use crate::views::account::{AccountPage, CreditRow, SessionRow};
use crate::views::auth::{
    ForgotPasswordPage, InvitationPage, Inviter, RegisterPage, ResetPasswordPage, SignInPage, Verification,
    VerifyEmailPage,
};
use crate::views::common::{Field, Link};
use crate::views::dev_mail::{DevMailMessagePage, DevMailPage, MailRow};
use crate::views::errors::{ErrorKind, ErrorPage, RestingPage};
use crate::views::info::{AboutPage, HelpPage};
use crate::views::order::OrderState;
use crate::views::page::{Notice, Page, Tone};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "account", &scene.account());
    push(samples, "sign-in", &scene.sign_in(None));
    push(
        samples,
        "sign-in-failed",
        &scene.sign_in(Some(scene.t("sign_in.failed"))),
    );
    push(
        samples,
        "sign-in-locked",
        &scene.sign_in(Some(scene.t("sign_in.locked"))),
    );
    push(samples, "register", &scene.register());
    push(samples, "forgot-password", &scene.forgot(false));
    push(samples, "forgot-password-sent", &scene.forgot(true));
    push(samples, "reset-password", &scene.reset(true));
    push(samples, "reset-password-spent", &scene.reset(false));
    let invites = scene
        .locale
        .t("invitation.text")
        .arg("shop", "Alfarería Tres Hornos")
        .arg("role", scene.t("role.manager"));
    let joins = scene
        .locale
        .t("join.text")
        .arg("market", scene.text("market.example"))
        .arg("role", scene.t("role.moderator"));
    for (name, inviter, text) in [
        ("invitation", Inviter::Shop, Some(invites.to_string())),
        ("invitation-spent", Inviter::Shop, None),
        ("join", Inviter::Market, Some(joins.to_string())),
        ("join-spent", Inviter::Market, None),
    ] {
        push(samples, name, &scene.invitation(inviter, text));
    }
    for (name, outcome) in [
        ("verify-email-sent", Verification::Sent),
        ("verify-email-done", Verification::Verified),
        ("verify-email-expired", Verification::Expired),
    ] {
        let page = scene.page(scene.t("verify.sent"), "/verify-email");
        push(
            samples,
            name,
            &VerifyEmailPage {
                page,
                outcome,
                email: scene.text("elena.ferrer@mail.example"),
            },
        );
    }
    push(
        samples,
        "help",
        &HelpPage {
            page: scene.public_page(scene.t("help.title"), "/help"),
        },
    );
    let page = scene.public_page(scene.t("nav.about"), "/about");
    push(
        samples,
        "about",
        &AboutPage {
            page,
            makers_total: 43,
            products_total: 3_021,
            provinces_total: 26,
        },
    );
    let mail = scene.mailbox();
    push(
        samples,
        "dev-mail-empty",
        &DevMailPage {
            messages: Vec::new(),
            ..mail.clone()
        },
    );
    push(samples, "dev-mail", &mail);
    push(samples, "dev-mail-message", &scene.message());
    push(samples, "resting", &scene.resting());
    for (name, kind) in [
        ("error-400", ErrorKind::BadRequest),
        ("error-403", ErrorKind::Forbidden),
        ("error-404", ErrorKind::NotFound),
        ("error-429", ErrorKind::TooMany),
        ("error-500", ErrorKind::Broken),
        ("error-503", ErrorKind::Degraded),
    ] {
        push(samples, name, &scene.error(kind));
    }
}

impl Scene {
    fn account(&self) -> AccountPage {
        let notice = Notice {
            tone: Tone::Good,
            text: self.say("Your address is saved.", "Tu dirección se ha guardado."),
            link: None,
        };
        let session = |id: &str, en, es, seen: String, current| SessionRow {
            id: id.to_owned(),
            device: self.say(en, es),
            last_seen: seen,
            current,
        };
        AccountPage {
            page: Page {
                notice: Some(notice),
                ..self.buyer_page(self.t("nav.your_account"), "/account")
            },
            name: self.text("Elena"),
            email: self.text("elena.ferrer@mail.example"),
            email_verified: false,
            member_since: self.date(3, 14),
            latest: vec![
                self.order_row(
                    "ST-7K4M-20",
                    (11, 20),
                    OrderState::PartlyShipped,
                    &["vase-blue", "bowl", "soap"],
                    16_340,
                ),
                self.order_row("ST-5C2Q-11", (10, 3), OrderState::Delivered, &["scarf"], 6_690),
            ],
            addresses: vec![self.address_lines()],
            credit: vec![self.price(1_700)],
            credit_history: vec![
                CreditRow {
                    what: self.t("credit.spent"),
                    date: self.date(11, 20),
                    amount: self.price(-800),
                    order_href: Some("/orders/ST-7K4M-20".to_owned()),
                },
                CreditRow {
                    what: self.say("For the late parcel.", "Por el paquete que llegó tarde."),
                    date: self.date(11, 2),
                    amount: self.price(2_500),
                    order_href: None,
                },
            ],
            sessions: vec![
                session(
                    "s1",
                    "Firefox on Linux",
                    "Firefox en Linux",
                    self.say("Now", "Ahora"),
                    true,
                ),
                session(
                    "s2",
                    "Safari on iPhone",
                    "Safari en iPhone",
                    self.date(11, 18),
                    false,
                ),
            ],
            has_second_factor: true,
        }
    }

    fn sign_in(&self, error: Option<String>) -> SignInPage {
        SignInPage {
            page: self.page(self.t("nav.sign_in"), "/sign-in"),
            email: Field::of(self.text("elena.ferrer@mail.example")),
            error,
            next: self.text("/checkout/address"),
        }
    }

    fn register(&self) -> RegisterPage {
        let password = Field {
            value: String::new(),
            error: Some(self.say(
                "This password is on a list of common ones. Choose a longer one, such as three words that do not belong together.",
                "Esta contraseña está en una lista de las más comunes. Elige una más larga, como tres palabras sin relación.",
            )),
        };
        RegisterPage {
            page: self.page(self.t("register.title"), "/register"),
            name: Field::of(self.text("Elena Ferrer")),
            email: Field::of(self.text("elena.ferrer@mail.example")),
            password,
            next: self.text("/account"),
        }
    }

    fn forgot(&self, sent: bool) -> ForgotPasswordPage {
        let email = Field::of(self.text("elena.ferrer@mail.example"));
        ForgotPasswordPage {
            page: self.page(self.t("forgot.title"), "/forgot-password"),
            email,
            sent,
        }
    }

    fn reset(&self, valid: bool) -> ResetPasswordPage {
        ResetPasswordPage {
            page: self.page(self.t("reset.title"), "/reset-password"),
            token: self.text("w3xYh2"),
            password: Field::default(),
            valid,
        }
    }

    fn mailbox(&self) -> DevMailPage {
        let row = |id: &str, to: &str, subject: (&str, &str), preview: (&str, &str), at: &str| MailRow {
            href: format!("/dev/mail/{id}"),
            to: self.text(to),
            subject: self.say(subject.0, subject.1),
            preview: self.say(preview.0, preview.1),
            at: at.to_owned(),
        };
        DevMailPage {
            page: self.page(self.t("mail.title"), "/dev/mail"),
            messages: vec![
                row(
                    "1",
                    "elena.ferrer@mail.example",
                    ("Your order ST-7K4M-20", "Tu pedido ST-7K4M-20"),
                    (
                        "Thank you, Elena. Taller Guadalquivir and Jabones del Romeral have your order.",
                        "Gracias, Elena. Taller Guadalquivir y Jabones del Romeral tienen tu pedido.",
                    ),
                    "18:16",
                ),
                row(
                    "2",
                    "rocio@guadalquivir.example",
                    (
                        "An order to pack: ST-7K4M-20/1",
                        "Un pedido para embalar: ST-7K4M-20/1",
                    ),
                    (
                        "Three pieces go to Barcelona. Send them by 24 November.",
                        "Tres piezas van a Barcelona. Envíalas antes del 24 de noviembre.",
                    ),
                    "18:16",
                ),
                row(
                    "3",
                    "elena.ferrer@mail.example",
                    ("Confirm your e-mail address", "Confirma tu correo electrónico"),
                    (
                        "Open this link to confirm that the address is yours.",
                        "Abre este enlace para confirmar que la dirección es tuya.",
                    ),
                    "18:02",
                ),
            ],
            to: String::new(),
        }
    }

    fn message(&self) -> DevMailMessagePage {
        DevMailMessagePage {
            page: self.page(self.t("mail.title"), "/dev/mail/3"),
            to: self.text("Elena Ferrer <elena.ferrer@mail.example>"),
            from: self.text("Stoa <hello@stoa.example>"),
            subject: self.say("Confirm your e-mail address", "Confirma tu correo electrónico"),
            at: format!("{}, 18:02", self.date(11, 20)),
            headers: vec![(
                "List-Unsubscribe-Post".to_owned(),
                self.text("List-Unsubscribe=One-Click"),
            )],
            body: Markup::from_plain_text(&self.say(
                "Hello Elena,\n\nopen this link to confirm that the address is yours:\n\
                 https://stoa.example/verify-email?token=w3xYh2&lang=en\n\nIt works once, for one day.",
                "Hola, Elena:\n\nabre este enlace para confirmar que la dirección es tuya:\n\
                 https://stoa.example/verify-email?token=w3xYh2&lang=es\n\nSirve una vez, durante un día.",
            )),
        }
    }

    fn invitation(&self, inviter: Inviter, text: Option<String>) -> InvitationPage {
        InvitationPage {
            page: self.page(self.t(inviter.title()), inviter.path()),
            inviter,
            text,
            token: "w3xYh2".to_owned(),
            here: format!("{}?token=w3xYh2", inviter.path()),
            error: None,
        }
    }

    fn resting(&self) -> RestingPage {
        RestingPage {
            page: self.page(self.t("nav.everything"), "/search"),
            heading: self.t("nav.everything"),
            again: "/search".to_owned(),
            cards: self.cards(2, 8),
        }
    }

    fn error(&self, kind: ErrorKind) -> ErrorPage {
        let page = self.page(self.t(&kind.title()), "/p/gone");
        let known = matches!(
            kind,
            ErrorKind::Broken | ErrorKind::Degraded | ErrorKind::BadRequest
        );
        ErrorPage {
            page,
            kind,
            correlation_id: known.then(|| self.text("0192f3d2-11c4-7e8a-b0a6-2b1f4f0c9e77")),
            detail: (kind == ErrorKind::BadRequest).then(|| {
                self.say(
                    "The price “abc” is not a number; write digits, such as 20.",
                    "El precio «abc» no es un número; escribe cifras, como 20.",
                )
            }),
            links: vec![
                Link::new(self.t("nav.everything"), "/search"),
                Link::new(self.t("nav.help"), "/help"),
            ],
        }
    }
}
