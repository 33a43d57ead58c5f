//! Operators write other words, see them, and take earlier ones up again.

use crate::world::{World, titles};
use contracts::Language;
use contracts::notifications::{NoticeKind, TemplateFlawKind};
use contracts::orders::OrderConfirmed;
use kernel::{Actor, Clock, Ctx, Currency, Fault, Money, OrderId, Role};
use notifications::Notices;

const OF: (NoticeKind, Language) = (NoticeKind::OrderConfirmed, Language::En);

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
    assert_eq!(cards.len(), NoticeKind::ALL.len());
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
