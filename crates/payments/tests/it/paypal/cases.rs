use super::*;
use crate::house::take;
use payments::{Captures, Rest};

#[tokio::test]
async fn one_token_serves_many_calls_until_it_ends_or_is_refused() {
    let house = PayPalHouse::open().await;
    pay(&house, 1, Buyer::Pays).await;
    house.paypal.capture(charge(1)).await;
    let tokens = || house.books.lock().unwrap().tokens;
    assert_eq!(tokens(), 1);
    house.clock.advance(Duration::from_secs(9 * 60 * 60));
    assert_eq!(word(&house.paypal.capture(charge(1)).await), "captured");
    assert_eq!(tokens(), 2, "it ends after nine hours");
    house.books.lock().unwrap().revoked = 2;
    assert_eq!(word(&house.paypal.refund(whole(1)).await), "refunded");
    assert_eq!(tokens(), 3);
}

#[tokio::test]
async fn a_webhook_that_nobody_can_vouch_for_is_to_be_sent_again() {
    let house = PayPalHouse::open().await;
    pay(&house, 1, Buyer::Pays).await;
    let webhook = house.webhook(NoticeKind::Authorized, &key(1), house.now()).await;
    house
        .line
        .disturb("POST /v1/notifications/verify-webhook-signature", Fault::Broken);
    let refusal = house.paypal.read_webhook(&webhook, house.now()).await;
    assert_eq!(refusal, Err(Refusal::Unavailable));
    assert!(house.paypal.read_webhook(&webhook, house.now()).await.is_ok());
}

/// Money that cannot be taken is not kept from its buyer.
#[tokio::test]
async fn a_refused_capture_lets_the_money_go_and_only_then_is_a_decline() {
    for refusal in ["INSTRUMENT_DECLINED", "DECLINED"] {
        let house = PayPalHouse::open().await;
        pay(&house, 1, Buyer::Pays).await;
        house.books.lock().unwrap().orders[0].no_capture = Some(refusal);
        house.disturb(Call::Void, Fault::Broken);
        assert_eq!(
            word(&house.paypal.capture(charge(1)).await),
            "unknown",
            "not yet let go"
        );
        let authorization = || house.books.lock().unwrap().orders[0].authorization;
        assert_eq!(authorization(), Some("CREATED"));
        assert_eq!(word(&house.paypal.inquire(key(1)).await), "declined");
        assert_eq!(authorization(), Some("VOIDED"), "{refusal}");
        for _ in 0..2 {
            assert_eq!(word(&house.paypal.capture(charge(1)).await), "declined");
            assert_eq!(word(&house.paypal.void(charge(1)).await), "declined");
        }
        assert_eq!(house.books().await, (1, 0, 0));
    }
}

#[tokio::test]
async fn a_refused_void_is_not_told_as_done() {
    for refusal in ["PAYEE_BLOCKED_TRANSACTION", "INTERNAL_SERVICE_ERROR"] {
        let house = PayPalHouse::open().await;
        pay(&house, 1, Buyer::Pays).await;
        house.books.lock().unwrap().orders[0].no_void = Some(refusal);
        assert_eq!(word(&house.paypal.void(charge(1)).await), "unknown", "{refusal}");
        assert_eq!(word(&house.paypal.inquire(key(1)).await), "authorized");
        house.books.lock().unwrap().orders[0].no_void = None;
        assert_eq!(word(&house.paypal.void(charge(1)).await), "voided");
    }
}

#[tokio::test]
async fn paypal_is_not_asked_about_what_can_be_refused_without_it_nor_twice_about_the_same() {
    let house = PayPalHouse::open().await;
    pay(&house, 1, Buyer::Pays).await;
    let now = house.now();
    let good = house.webhook(NoticeKind::Authorized, &key(1), now).await;
    let asked = || house.line.calls("POST /v1/notifications");
    let with = |name: &str, value: &str| {
        let mut webhook = good.clone();
        let header = webhook.headers.iter_mut().find(|(known, _)| known == name);
        header.unwrap().1 = value.to_owned();
        webhook
    };
    let mut shapeless = good.clone();
    shapeless.body = b"[]".to_vec();
    let cheap = [
        (shapeless, "body"),
        (
            with("paypal-cert-url", "https://paypal.com.example/cert"),
            "certificate",
        ),
        (
            with("paypal-cert-url", "http://api.paypal.com/cert"),
            "certificate",
        ),
        (with("paypal-transmission-time", "yesterday"), "time"),
        (with("paypal-transmission-time", "2020-01-01T00:00:00Z"), "age"),
        (with("paypal-transmission-sig", ""), "signature"),
    ];
    for (webhook, what) in cheap {
        assert!(house.paypal.read_webhook(&webhook, now).await.is_err(), "{what}");
        assert_eq!(asked(), 0, "{what}");
    }
    let forged = with("paypal-transmission-sig", "AAAA");
    for _ in 0..3 {
        assert!(house.paypal.read_webhook(&good, now).await.is_ok());
        let refusal = house.paypal.read_webhook(&forged, now).await;
        assert_eq!(refusal, Err(Refusal::Signature));
    }
    assert_eq!(asked(), 2, "once for each");
}

#[tokio::test]
async fn an_account_that_captures_once_takes_what_is_wanted_and_lets_the_rest_go() {
    let mut house = PayPalHouse::open().await;
    house.paypal = house.capturing(1);
    pay(&house, 1, Buyer::Pays).await;
    let terms = house.paypal.terms(charge(1)).await.unwrap();
    assert_eq!(terms.captures, Captures::Once);
    assert_eq!(terms.lapses_at.to_rfc3339(), "2026-01-30T10:00:00+00:00");
    let first = take(1, 1, 400, 0, Rest::LetGo);
    assert_eq!(word(&house.paypal.take(first).await), "captured");
    assert_eq!(word(&house.paypal.inquire(key(1)).await), "captured");
    let second = take(1, 2, 1, 400, Rest::LetGo);
    assert_eq!(word(&house.paypal.take(second).await), "voided");
    assert_eq!(house.books().await, (1, 400, 0));
}

/// The other shops' money stays set aside.
#[tokio::test]
async fn a_refused_take_lets_nothing_go() {
    let house = PayPalHouse::open().await;
    pay(&house, 1, Buyer::Pays).await;
    house.books.lock().unwrap().orders[0].no_capture = Some("PAYER_CANNOT_PAY");
    let first = take(1, 1, 400, 0, Rest::Kept);
    assert_eq!(word(&house.paypal.take(first).await), "declined");
    assert_eq!(word(&house.paypal.inquire(key(1)).await), "authorized");
    house.books.lock().unwrap().orders[0].no_capture = None;
    let again = take(1, 2, 400, 0, Rest::Kept);
    assert_eq!(word(&house.paypal.take(again).await), "captured");
    assert_eq!(house.books().await, (1, 400, 0));
}

#[tokio::test]
async fn a_take_of_what_has_lapsed_says_so() {
    let house = PayPalHouse::open().await;
    pay(&house, 1, Buyer::Pays).await;
    house.books.lock().unwrap().orders[0].no_capture = Some("AUTHORIZATION_EXPIRED");
    let late = take(1, 1, 400, 0, Rest::Kept);
    assert_eq!(word(&house.paypal.take(late).await), "voided");
}

#[tokio::test]
async fn what_was_captured_otherwise_is_not_captured_again() {
    let house = PayPalHouse::open().await;
    pay(&house, 1, Buyer::Pays).await;
    house.paypal.take(take(1, 1, 400, 0, Rest::Kept)).await;
    let confused = take(1, 2, 300, 0, Rest::Kept);
    assert_eq!(word(&house.paypal.take(confused).await), "unknown");
    let other = take(1, 1, 300, 0, Rest::Kept);
    assert_eq!(word(&house.paypal.take(other).await), "declined");
    assert_eq!(house.books().await, (1, 400, 0));
}

#[tokio::test]
async fn news_of_a_share_is_not_noted_as_the_whole_charge() {
    let house = PayPalHouse::open().await;
    pay(&house, 1, Buyer::Pays).await;
    let share = take(1, 1, 400, 0, Rest::Kept);
    assert_eq!(word(&house.paypal.take(share).await), "captured");
    sqlx::query("delete from payments.provider_charge")
        .execute(&mut house.db.owner().await)
        .await
        .unwrap();
    let webhook = house.webhook(NoticeKind::Captured, &key(1), house.now()).await;
    let notice = house.paypal.read_webhook(&webhook, house.now()).await.unwrap();
    assert_eq!((notice.kind, notice.key), (NoticeKind::Captured, key(1)));
    let noted: i64 = sqlx::query_scalar("select count(*) from payments.provider_charge")
        .fetch_one(&mut house.db.owner().await)
        .await
        .unwrap();
    assert_eq!(noted, 0, "it is not known by a part of its amount");
}
