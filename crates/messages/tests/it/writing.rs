use crate::world::{World, code, new};
use contracts::Language;
use contracts::messages::{ContactKind, NewThread, Party, Side, ThreadQuery};

#[tokio::test]
async fn a_buyer_asks_and_the_shop_answers() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let bowl = world.product(shop);
    let asked = NewThread {
        product: Some(bowl),
        ..new(shop, " Does it hold soup?\n\nThank you. ")
    };
    let talk = world.talks.start(&world.ctx(), ana, asked).await.unwrap();
    assert_eq!(
        (
            talk.thread.title.as_str(),
            talk.thread.buyer_name.as_str(),
            talk.thread.shop_name.as_str()
        ),
        ("Wide bowl", "Ana R.", "Three Ovens")
    );
    assert_eq!(talk.messages[0].text, "Does it hold soup?\n\nThank you.");
    world.say(Party::Shop(shop), &talk, "It does.").await;
    let seen = world.read(Party::Buyer(ana), &talk).await;
    let said: Vec<(Side, &str)> = seen.messages.iter().map(|m| (m.by, m.text.as_str())).collect();
    assert_eq!(
        said,
        [
            (Side::Shop, "It does."),
            (Side::Buyer, "Does it hold soup?\n\nThank you.")
        ]
    );
    assert_eq!(
        (seen.thread.unread, seen.thread.excerpt.as_str()),
        (1, "It does.")
    );

    let told = world.told().await;
    let sides: Vec<(Side, bool)> = told.iter().map(|event| (event.by, event.first)).collect();
    assert_eq!(sides, [(Side::Buyer, true), (Side::Shop, false)]);
    let payloads: String = sqlx::query_scalar("select string_agg(payload::text, ' ') from log.event")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap();
    assert!(
        !payloads.contains("soup"),
        "what was said is nobody else's: {payloads}"
    );
}

#[tokio::test]
async fn nobody_reads_or_writes_in_threads_of_others() {
    let world = World::new().await;
    let (ana, bo, shop, rival) = (world.user(), world.user(), world.shop(), world.shop());
    let talk = world.start(ana, shop, "Are you open in August?").await;
    let id = talk.thread.id;
    for stranger in [Party::Buyer(bo), Party::Shop(rival)] {
        let ctx = world.ctx();
        assert_eq!(
            code(world.talks.conversation(&ctx, stranger, id, None, 10).await),
            "not_found"
        );
        assert_eq!(
            code(world.talks.send(&ctx, stranger, id, "Hello", None).await),
            "not_found"
        );
        let through = talk.messages[0].id;
        assert_eq!(
            code(world.talks.mark_read(&ctx, stranger, id, through).await),
            "not_found"
        );
        assert_eq!(
            code(world.talks.archive(&ctx, stranger, id, true).await),
            "not_found"
        );
        let reason = contracts::messages::AbuseReason::Other;
        assert_eq!(
            code(world.talks.report(&ctx, stranger, id, reason, "").await),
            "not_found"
        );
        let list = world
            .talks
            .threads(stranger, ThreadQuery::default(), None, 10)
            .await
            .unwrap();
        assert_eq!(list.items, []);
        assert_eq!(world.talks.unread(stranger).await.unwrap(), 0);
    }
    // A shop's role sees no other's rows, nor what is kept of hidden words.
    let db = world.db.db(messages::CONTEXT);
    let mut tx = db.begin(store::Scope::Tenant(rival)).await.unwrap();
    for table in [
        "thread", "message", "quote", "original", "purchase", "report", "decision",
    ] {
        let sql = format!("select count(*) from messages.{table}");
        let seen: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        assert_eq!(seen, 0, "{table}");
    }
}

#[tokio::test]
async fn one_writes_about_what_is_there_and_about_orders_of_ones_own() {
    let world = World::new().await;
    let (ana, bo, shop, rival) = (world.user(), world.user(), world.shop(), world.shop());
    let (bowl, order) = (world.product(shop), world.order(ana, shop));
    let start = async |buyer, new| world.talks.start(&world.ctx(), buyer, new).await;
    let about_order = |shop| NewThread {
        order: Some(order),
        ..new(shop, "Where is it?")
    };
    let talk = start(ana, about_order(shop)).await.unwrap();
    assert_eq!(talk.thread.title, "K7F3-9QXA-1");
    assert!(talk.thread.sub_order.is_some());
    assert_eq!(code(start(bo, about_order(shop)).await), "not_found");
    assert_eq!(code(start(ana, about_order(rival)).await), "not_found");
    let others_bowl = NewThread {
        product: Some(bowl),
        ..new(rival, "Is it yours?")
    };
    assert_eq!(code(start(ana, others_bowl).await), "not_found");
    let both = NewThread {
        product: Some(bowl),
        ..about_order(shop)
    };
    assert_eq!(code(start(ana, both).await), "subject_unclear");
    assert_eq!(code(start(ana, new(shop, "  ")).await), "text_empty");
    assert_eq!(
        code(start(ana, new(shop, &"a".repeat(2_001))).await),
        "text_too_long"
    );

    // A shop that is suspended is not there for new questions, and nobody writes for it; orders are asked about all the same.
    world.set_status(shop, "suspended");
    assert_eq!(code(start(ana, new(shop, "Hello?")).await), "not_found");
    assert!(start(ana, about_order(shop)).await.is_ok());
    let answer = world
        .talks
        .send(&world.ctx(), Party::Shop(shop), talk.thread.id, "Soon.", None)
        .await;
    assert_eq!(code(answer), "shop_not_open");
}

#[tokio::test]
async fn ways_to_reach_each_other_are_hidden_until_the_first_paid_order() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let talk = world
        .start(ana, shop, "Call me: 612 345 678, the 30 x 40 one.")
        .await;
    assert_eq!(talk.messages[0].text, "Call me: ••••, the 30 x 40 one.");
    assert_eq!(talk.messages[0].hidden, [ContactKind::PhoneNumber]);
    let answer = world
        .say(
            Party::Shop(shop),
            &talk,
            "Write to pots@ovens.example, or see https://market.example/shop/ovens.",
        )
        .await;
    assert_eq!(
        answer.text,
        "Write to ••••, or see https://market.example/shop/ovens."
    );
    let list = world
        .talks
        .threads(Party::Shop(shop), ThreadQuery::default(), None, 10)
        .await
        .unwrap();
    assert!(
        !list.items[0].excerpt.contains("ovens.example"),
        "{:?}",
        list.items[0].excerpt
    );

    world.pay(ana, shop).await;
    let seen = world.read(Party::Shop(shop), &talk).await;
    assert!(seen.thread.contact_shown);
    let texts: Vec<&str> = seen.messages.iter().map(|m| m.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Write to pots@ovens.example, or see https://market.example/shop/ovens.",
            "Call me: 612 345 678, the 30 x 40 one."
        ]
    );
    assert!(seen.messages.iter().all(|m| m.hidden.is_empty()));
    let free = world
        .say(Party::Buyer(ana), &talk, "Mine is ana@post.example.")
        .await;
    assert_eq!(
        (free.text.as_str(), free.hidden.len()),
        ("Mine is ana@post.example.", 0)
    );
    // In new threads of the same two nothing is hidden either; with another shop it is.
    let (second, other) = (world.start(ana, shop, "Or 612 345 678.").await, world.shop());
    assert_eq!(second.messages[0].text, "Or 612 345 678.");
    let elsewhere = world.start(ana, other, "Or 612 345 678.").await;
    assert_eq!(elsewhere.messages[0].text, "Or ••••.");
}

#[tokio::test]
async fn the_first_message_that_is_not_read_is_mailed_in_the_readers_language() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop_in("ES", "active"));
    let begun = NewThread {
        language: Some(Language::En),
        ..new(shop, "Does it hold soup? I am ana@post.example.")
    };
    let talk = world.talks.start(&world.ctx(), ana, begun).await.unwrap();
    world.say(Party::Buyer(ana), &talk, "And tea?").await;
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1, "one for both: {mails:?}");
    let (to, subject, body) = &mails[0];
    assert_eq!(
        (to.as_str(), subject.as_str()),
        (format!("{shop}@post.example").as_str(), "Ana R. te ha escrito")
    );
    assert!(
        body.contains(&format!(
            "https://market.example/seller/messages/{}",
            talk.thread.id
        )),
        "{body}"
    );
    assert!(
        body.contains("Does it hold soup?") && !body.contains("ana@post.example"),
        "{body}"
    );

    // Read, and then written to again: mailed again.
    let seen = world.read(Party::Shop(shop), &talk).await;
    let newest = seen.messages[0].id;
    world
        .talks
        .mark_read(&world.ctx(), Party::Shop(shop), talk.thread.id, newest)
        .await
        .unwrap();
    world.say(Party::Shop(shop), &talk, "Both.").await;
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].1, "Three Ovens has written to you");
    assert!(mails[0].2.contains("/account/messages/"), "{}", mails[0].2);

    // What is read before its mail is written needs none.
    world.say(Party::Buyer(ana), &talk, "Thank you.").await;
    let seen = world.read(Party::Shop(shop), &talk).await;
    world
        .talks
        .mark_read(
            &world.ctx(),
            Party::Shop(shop),
            talk.thread.id,
            seen.messages[0].id,
        )
        .await
        .unwrap();
    assert_eq!(world.mails().await, []);
}
