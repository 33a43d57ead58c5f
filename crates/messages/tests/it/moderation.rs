use crate::world::{World, code};
use contracts::messages::{AbuseReason, Party, Side, Verdict};

fn why(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn moderators_read_what_was_reported_as_it_was_written_and_nothing_else() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let talk = world
        .start(ana, shop, "Cheaper if you pay me at 612 345 678.")
        .await;
    let quiet = world.start(ana, shop, "Nothing of anybody's.").await;
    let (id, ctx) = (talk.thread.id, world.ctx());
    assert_eq!(
        code(world.talks.moderated(&ctx, id).await),
        "not_found",
        "nobody reported it"
    );
    let report = async |who, note: &str| {
        world
            .talks
            .report(&world.ctx(), who, id, AbuseReason::OffMarket, note)
            .await
            .unwrap();
    };
    report(Party::Shop(shop), "Wants to pay past the market.").await;
    report(Party::Shop(shop), "I said it before.").await;
    world.tick();
    report(Party::Buyer(ana), "").await;
    let waiting = world.talks.reported(true, None, 10).await.unwrap().items;
    assert_eq!(waiting.len(), 1);
    let reports: Vec<(Side, &str)> = waiting[0]
        .reports
        .iter()
        .map(|r| (r.by, r.note.as_str()))
        .collect();
    assert_eq!(
        reports,
        [(Side::Buyer, ""), (Side::Shop, "Wants to pay past the market.")]
    );

    let read = world.talks.moderated(&world.moderator(), id).await.unwrap();
    assert_eq!(read.messages[0].text, "Cheaper if you pay me at 612 345 678.");
    assert_eq!(read.messages[0].hidden.len(), 1);
    assert_eq!(
        code(world.talks.moderated(&ctx, quiet.thread.id).await),
        "not_found"
    );
    let never = Verdict::Close { reason: why("No.") };
    assert_eq!(
        code(world.talks.decide(&ctx, quiet.thread.id, never).await),
        "not_found"
    );

    let dismissed = world
        .talks
        .decide(
            &world.moderator(),
            id,
            Verdict::Dismiss {
                reason: String::new(),
            },
        )
        .await
        .unwrap();
    assert!(dismissed.thread.waits_since.is_none());
    assert_eq!(dismissed.decisions[0].verdict, "dismiss");
    assert!(dismissed.thread.reports.iter().all(|report| report.settled));
    assert_eq!(world.talks.reported(true, None, 10).await.unwrap().items, []);
    assert_eq!(
        world.talks.reported(false, None, 10).await.unwrap().items.len(),
        1
    );
    // It may be reported anew.
    report(Party::Buyer(ana), "Again.").await;
    assert_eq!(world.talks.reported(true, None, 10).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn decisions_are_told_to_both_and_kept_with_who_made_them() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let talk = world.start(ana, shop, "You fool.").await;
    let id = talk.thread.id;
    world.mails().await;
    let reason = AbuseReason::Offensive;
    world
        .talks
        .report(&world.ctx(), Party::Shop(shop), id, reason, "")
        .await
        .unwrap();
    let (hidden, by) = (talk.messages[0].id, world.moderator());
    let decide = async |verdict| world.talks.decide(&by, id, verdict).await;
    let empty = Verdict::Hide {
        message: hidden,
        reason: why(" "),
    };
    assert_eq!(code(decide(empty).await), "text_empty");
    let hide = || Verdict::Hide {
        message: hidden,
        reason: why("An insult."),
    };
    let decided = decide(hide()).await.unwrap();
    assert_eq!(decided.messages[0].text, "You fool.", "moderators still read it");
    assert_eq!(code(decide(hide()).await), "not_found", "it is hidden already");
    for who in [Party::Buyer(ana), Party::Shop(shop)] {
        let seen = world.read(who, &talk).await;
        assert_eq!(
            (
                seen.messages[0].text.as_str(),
                seen.messages[0].removed.as_deref()
            ),
            ("", Some("An insult."))
        );
        assert_eq!(seen.thread.excerpt, "");
    }
    decide(Verdict::Close {
        reason: why("Again and again."),
    })
    .await
    .unwrap();
    let closed = world
        .talks
        .send(&world.ctx(), Party::Buyer(ana), id, "But", None)
        .await;
    assert_eq!(code(closed), "thread_closed");
    let seen = world.read(Party::Shop(shop), &talk).await;
    assert_eq!(seen.thread.closed.unwrap().reason, "Again and again.");

    let mails = world.mails().await;
    assert_eq!(mails.len(), 4, "of each decision to each: {mails:?}");
    assert!(mails.iter().any(|(_, _, body)| body.contains("An insult.")));
    assert!(
        mails
            .iter()
            .any(|(_, subject, _)| subject == "A conversation was closed")
    );
    let kept: Vec<(String, String, bool)> = sqlx::query_as(
        "select verdict, reason, decided_by->>'role' = 'moderator' from messages.decision order by at, verdict desc",
    )
    .fetch_all(&mut world.db.owner().await)
    .await
    .unwrap();
    assert_eq!(
        kept,
        [
            ("hide".to_owned(), why("An insult."), true),
            ("close".to_owned(), why("Again and again."), true)
        ]
    );
    let told: Vec<(String, String)> = sqlx::query_as(
        "select payload->>'verdict', actor->>'kind' from log.event where topic = 'messages.thread_decided' order by xid, id",
    )
    .fetch_all(&mut world.db.owner().await)
    .await
    .unwrap();
    let operator = "operator".to_owned();
    assert_eq!(
        told,
        [
            ("hide".to_owned(), operator.clone()),
            ("close".to_owned(), operator)
        ]
    );
}
