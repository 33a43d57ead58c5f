//! Operators write other words, see them, and take earlier ones up again.

use crate::world::{World, titles};
use contracts::Language;
use contracts::notifications::{Letter, MailFacts, MailKind, NoticeKind, TemplateFlawKind, TemplateKind};
use contracts::orders::OrderConfirmed;
use kernel::{Actor, Clock, Ctx, Currency, Fault, Money, OrderId, Role};
use notifications::Notices;
use serde_json::json;

const OF: (TemplateKind, Language) = (TemplateKind::Notice(NoticeKind::OrderConfirmed), Language::En);
const REFUND: (TemplateKind, Language) = (TemplateKind::Mail(MailKind::Refunded), Language::Es);

fn operator(world: &World) -> Ctx {
    Ctx {
        actor: Actor::Operator {
            user: world.person().0,
            role: Role::Admin,
        },
        ..world.ctx()
    }
}

#[tokio::test]
async fn words_are_read_as_they_were_written_last_and_as_they_were_before() {
    let world = World::new().await;
    let (buyer, own) = world.person();
    let ctx = operator(&world);
    world
        .tell(&OrderConfirmed {
            order: OrderId::new(world.clock.now()),
            buyer: Some(buyer),
            total: Money::new(100, Currency::EUR),
            tenants: Vec::new(),
            sold: Vec::new(),
            cart: None,
        })
        .await;
    world.hear(false).await;
    let first = world.notices.template(&ctx, OF.0, OF.1).await.unwrap();
    assert_eq!((first.version, first.versions.len()), (0, 1));
    assert_eq!(first.places, ["amount", "order"]);
    let written = world
        .notices
        .write_template(&ctx, OF, 0, " Hurrah: {order} ", "{{{amount}}}")
        .await
        .unwrap();
    assert_eq!((written.version, written.versions.len()), (1, 2));
    assert_eq!(written.versions[0].by.as_deref(), Some("Ana María Ruiz"));
    let read = world.feed(own).await;
    assert_eq!(titles(&read), ["Hurrah: K7F3-9QXA"]);
    assert_eq!(read[0].text, "{€1.00}");
    let spanish = world.feed_in(own, Language::Es).await;
    assert_eq!(titles(&spanish), ["Tu pedido K7F3-9QXA está confirmado"]);

    let told = world.db.changed().await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["kind"], "template.written");
    assert_eq!(
        (&told[0]["before"]["title"], &told[0]["after"]["title"]),
        (
            &json!("Your order {order} is confirmed"),
            &json!("Hurrah: {order}")
        )
    );

    let late = world.notices.write_template(&ctx, OF, 0, "Mine", "Mine").await;
    assert_eq!(Fault::from(late.unwrap_err()).code, "version_changed");
    let back = world.notices.restore_template(&ctx, OF, 1, 0).await.unwrap();
    assert_eq!((back.version, back.versions[0].restored), (2, Some(0)));
    assert_eq!(
        titles(&world.feed(own).await),
        ["Your order K7F3-9QXA is confirmed"]
    );
    let none = world.notices.restore_template(&ctx, OF, 2, 9).await;
    assert_eq!(Fault::from(none.unwrap_err()).code, "not_found");
    let cards = world.notices.templates(Language::En).await.unwrap();
    assert_eq!(cards.len(), NoticeKind::ALL.len() + MailKind::ALL.len());
    let changed: Vec<_> = cards.iter().filter(|card| card.version > 0).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!((changed[0].kind, changed[0].version), (OF.0, 2));
}

#[tokio::test]
async fn flawed_words_are_refused_with_the_place_of_the_flaw() {
    let world = World::new().await;
    let ctx = operator(&world);
    for (title, text, field, at, kind, code) in [
        ("", "Fine", "title", 1, TemplateFlawKind::Empty, "text_empty"),
        (
            "Año {order",
            "Fine",
            "title",
            5,
            TemplateFlawKind::Unclosed,
            "brace_unclosed",
        ),
        (
            "Fine",
            "Fine}",
            "text",
            5,
            TemplateFlawKind::Unopened,
            "brace_unopened",
        ),
        (
            "Fine",
            "A {} B",
            "text",
            3,
            TemplateFlawKind::NoName,
            "placeholder_unnamed",
        ),
        (
            "To {shop}",
            "Fine",
            "title",
            4,
            TemplateFlawKind::UnknownName,
            "placeholder_unknown",
        ),
    ] {
        let shown = Notices::preview(OF.0, OF.1, title, text);
        let [flaw] = shown.flaws.as_slice() else {
            panic!("{shown:?}");
        };
        assert_eq!((flaw.field.as_str(), flaw.at, flaw.kind), (field, at, kind));
        let refused = world.notices.write_template(&ctx, OF, 0, title, text).await;
        let fault = Fault::from(refused.unwrap_err());
        assert_eq!(
            (fault.code.as_str(), fault.fields[0].pointer.as_str()),
            (code, format!("/{field}").as_str())
        );
    }
    let long = "x".repeat(121);
    assert_eq!(
        Notices::preview(OF.0, OF.1, &long, "Fine").flaws[0].kind,
        TemplateFlawKind::TooLong
    );
    let shown = Notices::preview(OF.0, Language::Es, "{order}", "Son {amount}.");
    assert_eq!(
        (shown.title.as_str(), shown.text.as_str()),
        ("K7F3-9QXA", "Son 128,40\u{a0}€.")
    );
}

/// To a guest, so that it goes at once.
fn refund() -> Letter {
    Letter {
        key: "refund".to_owned(),
        kind: MailKind::Refunded,
        facts: MailFacts::default()
            .text("name", "Lucía")
            .text("order", "K7F3-9QXA")
            .text("why", "Una está rajada.")
            .amount("amount", Money::new(123_450, Currency::EUR)),
        user: None,
        to: "lucia@post.example".to_owned(),
        language: Language::Es,
        urgent: false,
    }
}

#[tokio::test]
async fn mails_are_sent_in_the_words_that_an_operator_wrote_in_their_language() {
    let world = World::new().await;
    let ctx = operator(&world);
    let sent = async || {
        world.notices.mail(&world.ctx(), refund()).await.unwrap();
        let mail = world.mails().pop().unwrap();
        (mail.subject, mail.body)
    };
    let (subject, body) = sent().await;
    assert_eq!(subject, "Te hemos devuelto 1.234,50\u{a0}€");
    assert!(
        body.starts_with("Hola, Lucía:\n\n") && body.contains("Una está rajada."),
        "{body}"
    );

    let first = world.notices.template(&ctx, REFUND.0, REFUND.1).await.unwrap();
    assert_eq!(
        (first.version, first.title.as_str()),
        (0, "Te hemos devuelto {amount}")
    );
    let text = "Buenas, {name}:\r\n\r\nahí van {amount}.\r\n{kept}\r\n{why}";
    let shown = Notices::preview(REFUND.0, REFUND.1, "{amount} de vuelta", text);
    assert_eq!(shown.title, "128,40\u{a0}€ de vuelta");
    assert!(
        shown.text.contains("ahí van 128,40\u{a0}€.\n5,00\u{a0}€\n"),
        "{}",
        shown.text
    );
    world
        .notices
        .write_template(&ctx, REFUND, 0, "{amount} de vuelta", text)
        .await
        .unwrap();
    assert_eq!(
        sent().await,
        (
            "1.234,50\u{a0}€ de vuelta".to_owned(),
            "Buenas, Lucía:\n\nahí van 1.234,50\u{a0}€.\nUna está rajada.\n".to_owned()
        )
    );
    let english = Letter {
        language: Language::En,
        ..refund()
    };
    world.notices.mail(&world.ctx(), english).await.unwrap();
    assert_eq!(world.mails().pop().unwrap().subject, "€1,234.50 went back to you");
    world.notices.restore_template(&ctx, REFUND, 1, 0).await.unwrap();
    assert_eq!(sent().await, (subject, body), "as it was at first");
}

#[tokio::test]
async fn words_that_are_flawed_by_now_give_way_to_those_of_the_program() {
    let world = World::new().await;
    // As an earlier release took them, which knew another place.
    sqlx::query(
        "insert into notifications.template (kind, language, version, title, text, at)
         values ('mail_refunded', 'es', 1, 'Otra vez {amount}', 'Van {total}.', now())",
    )
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    world.notices.mail(&world.ctx(), refund()).await.unwrap();
    let mail = world.mails().pop().unwrap();
    assert_eq!(mail.subject, "Te hemos devuelto 1.234,50\u{a0}€");
    assert!(mail.body.contains("de tu pedido K7F3-9QXA"), "{}", mail.body);
}

#[tokio::test]
async fn a_mail_is_not_written_without_the_link_that_it_is_for() {
    let world = World::new().await;
    let of = (TemplateKind::Mail(MailKind::ResetPassword), Language::En);
    let shown = Notices::preview(of.0, of.1, "A new password", "Hello {name}");
    assert_eq!(shown.flaws[0].kind, TemplateFlawKind::Missing);
    assert_eq!(shown.flaws[0].name.as_deref(), Some("link"));
    let refused = world
        .notices
        .write_template(&operator(&world), of, 0, "A new password", "Hello {name}")
        .await;
    assert_eq!(Fault::from(refused.unwrap_err()).code, "placeholder_missing");
}
