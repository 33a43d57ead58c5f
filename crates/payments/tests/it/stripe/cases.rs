use super::*;
use contracts::payments::CaptureTime;
use kernel::Money;
use payments::{Captures, ProviderCharge, Rest};

#[tokio::test]
async fn a_lost_charge_is_found_among_many_that_search_does_not_know() {
    let house = StripeHouse::open().await;
    let method = house.lost_method();
    let lost = house.stripe.authorize(crate::house::request(1, method)).await;
    assert_eq!(crate::house::word(&lost), "unknown");
    for attempt in 2..8 {
        crate::house::pay(&house, attempt, Buyer::Pays).await;
    }
    house.books.lock().unwrap().unsearchable = 7;
    let found = house.stripe.inquire(crate::house::key(1)).await;
    assert_eq!(crate::house::word(&found), "authorized");
    assert!(house.line.calls("GET /v1/payment_intents") >= 4, "several pages");
}

#[tokio::test]
async fn a_charge_lost_long_ago_is_looked_for_from_when_it_was_asked_for() {
    let house = StripeHouse::open().await;
    let method = house.lost_method();
    let lost = house.stripe.authorize(crate::house::request(1, method)).await;
    assert_eq!(crate::house::word(&lost), "unknown");
    house.clock.advance(Duration::from_secs(2 * 60 * 60));
    let found = house.stripe.inquire(crate::house::key(1)).await;
    assert_eq!(
        crate::house::word(&found),
        "authorized",
        "though search does not know it yet"
    );
}

#[tokio::test]
async fn a_search_that_is_refused_rules_nothing_out() {
    let house = StripeHouse::open().await;
    crate::house::pay(&house, 1, Buyer::Pays).await;
    house.books.lock().unwrap().search_refused = true;
    house.clock.advance(Duration::from_secs(2 * 60 * 60));
    let inquire = async |attempt| {
        let answer = house.stripe.inquire(crate::house::key(attempt)).await;
        crate::house::word(&answer)
    };
    let forget = "update payments.provider_charge set reference = null";
    sqlx::query(forget)
        .execute(&mut house.db.owner().await)
        .await
        .unwrap();
    assert_eq!(
        inquire(1).await,
        "authorized",
        "by the list from when it was asked for"
    );
    sqlx::query("delete from payments.provider_charge")
        .execute(&mut house.db.owner().await)
        .await
        .unwrap();
    assert_eq!(inquire(1).await, "unknown", "the list may not reach back to it");
}

#[tokio::test]
async fn a_currency_that_stripe_cannot_be_told_every_amount_of_is_taken_as_a_whole() {
    let house = StripeHouse::open().await;
    house.cards_are_captured_in_parts();
    let mut asked = crate::house::request(1, house.method(Buyer::Pays));
    asked.capture = CaptureTime::OnDispatch;
    asked.amount = Money::new(12_340, "KWD".parse().unwrap());
    let charge = ProviderCharge {
        key: asked.key.clone(),
        amount: asked.amount,
    };
    let answer = house.stripe.authorize(asked).await;
    assert_eq!(crate::house::word(&answer), "authorized");
    let terms = house.stripe.terms(charge).await.unwrap();
    assert_eq!(terms.captures, Captures::Whole);
}

#[tokio::test]
async fn money_that_is_taken_at_once_is_not_asked_to_be_taken_in_parts() {
    let house = StripeHouse::open().await;
    house.cards_are_captured_in_parts();
    crate::house::pay(&house, 1, Buyer::Pays).await;
    let terms = house.stripe.terms(crate::house::charge(1)).await.unwrap();
    assert_eq!(terms.captures, Captures::Once);
    let now = house.clock.now().timestamp();
    assert_eq!(terms.lapses_at.timestamp(), now + 518_400, "as the card says");
}

/// Money that is set aside and can be taken in parts.
async fn set_aside() -> StripeHouse {
    let house = StripeHouse::open().await;
    house.cards_are_captured_in_parts();
    let mut asked = crate::house::request(1, house.method(Buyer::Pays));
    asked.capture = CaptureTime::OnDispatch;
    let answer = house.stripe.authorize(asked).await;
    assert_eq!(crate::house::word(&answer), "authorized");
    house
}

#[tokio::test]
async fn a_refusal_that_stripe_keeps_answers_no_other_take() {
    let house = set_aside().await;
    let take = async |number, amount| {
        let asked = crate::house::take(1, number, amount, 0, Rest::Kept);
        crate::house::word(&house.stripe.take(asked).await)
    };
    let meet = |refusal| house.books.lock().unwrap().captures_meet = refusal;
    meet(Some((400, "payment_intent_unexpected_state")));
    assert_eq!(take(1, 400).await, "declined", "nothing was taken");
    meet(None);
    assert_eq!(take(1, 400).await, "declined", "nor ever is under its key");
    assert_eq!(house.books().await, (1, 0, 0));
    assert_eq!(
        take(2, 700).await,
        "captured",
        "with another share, under the next key"
    );
    assert_eq!(take(2, 700).await, "captured");
    assert_eq!(house.books().await, (1, 700, 0));
}

#[tokio::test]
async fn a_take_that_meets_its_own_copy_is_not_taken_for_refused() {
    let house = set_aside().await;
    let take = async || {
        let asked = crate::house::take(1, 1, 400, 0, Rest::Kept);
        crate::house::word(&house.stripe.take(asked).await)
    };
    let meet = |refusal| house.books.lock().unwrap().captures_meet = refusal;
    meet(Some((409, "idempotency_key_in_use")));
    assert_eq!(take().await, "unknown");
    meet(None);
    assert_eq!(take().await, "captured");
    assert_eq!(house.books().await, (1, 400, 0));
}
