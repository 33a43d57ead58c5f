//! What every provider is held to, whoever it is.

use crate::house::{Buyer, Call, House, Remote, SandboxHouse, charge, follow, key, pay, request, word};
use crate::line::Fault;
use crate::paypal::PayPalHouse;
use crate::razorpay::RazorpayHouse;
use crate::stripe::StripeHouse;
use chrono::TimeDelta;
use kernel::{Currency, Money};
use payments::Answer;
use payments::webhook::{NoticeKind, Refusal};

async fn a_charge_is_authorised_captured_and_refunded_once<H: House>() {
    let house = H::open().await;
    let provider = house.provider();
    assert_eq!(word(&pay(&house, 1, Buyer::Pays).await), "authorized");
    assert_eq!(house.books().await, (1, 0, 0), "set aside is not taken");
    for _ in 0..3 {
        assert_eq!(word(&provider.capture(charge(1)).await), "captured");
    }
    assert_eq!(house.books().await, (1, 1234, 0));
    assert_eq!(
        word(&provider.void(charge(1)).await),
        "captured",
        "too late to let go"
    );
    let again = provider.authorize(request(1, house.method(Buyer::Pays))).await;
    assert_eq!(word(&again), "captured");
    for _ in 0..3 {
        assert_eq!(word(&provider.refund(charge(1)).await), "refunded");
    }
    assert_eq!(house.books().await, (1, 1234, 1234));
    assert_eq!(word(&provider.capture(charge(1)).await), "refunded");
    assert_eq!(word(&provider.inquire(key(1)).await), "refunded");
    assert_eq!(house.books().await, (1, 1234, 1234));
}

async fn a_decline_is_one_and_says_why<H: House>() {
    let house = H::open().await;
    let answer = pay(&house, 1, Buyer::IsDeclined).await;
    let Answer::Declined { reason } = &answer else {
        panic!("{answer:?}")
    };
    assert!(reason.ends_with('.') && reason.len() > 20, "{reason}");
    assert_eq!(house.provider().inquire(key(1)).await, answer, "and it stays");
    assert_eq!(word(&house.provider().capture(charge(1)).await), "declined");
    assert_eq!(house.books().await.1, 0);
}

async fn the_buyer_confirms_at_their_bank<H: House>() {
    let house = H::open().await;
    let provider = house.provider();
    let method = house.method(Buyer::ConfirmsAtBank);
    let asked = provider.authorize(request(1, method)).await;
    let Answer::RequiresAction { reference, url } = &asked else {
        panic!("{asked:?}")
    };
    assert!(url.contains(reference.as_str()), "{url}");
    assert_eq!(provider.inquire(key(1)).await, asked, "it waits for them");
    assert_eq!(
        word(&provider.capture(charge(1)).await),
        "requires_action",
        "nothing is taken before"
    );
    house.at_bank(reference, Buyer::Pays).await;
    assert_eq!(word(&provider.inquire(key(1)).await), "authorized");
    assert_eq!(word(&provider.capture(charge(1)).await), "captured");
    assert_eq!(house.books().await, (1, 1234, 0));
}

async fn what_was_let_go_is_not_taken<H: House>() {
    let house = H::open().await;
    let provider = house.provider();
    pay(&house, 1, Buyer::Pays).await;
    assert_eq!(
        word(&provider.refund(charge(1)).await),
        "authorized",
        "nothing was taken yet"
    );
    for _ in 0..2 {
        assert_eq!(word(&provider.void(charge(1)).await), "voided");
    }
    assert_eq!(word(&provider.capture(charge(1)).await), "voided");
    assert_eq!(word(&provider.refund(charge(1)).await), "voided");

    // The buyer left their bank's page open, and confirms after all.
    let method = house.method(Buyer::ConfirmsAtBank);
    let asked = provider.authorize(request(2, method)).await;
    let Answer::RequiresAction { reference, .. } = &asked else {
        panic!("{asked:?}")
    };
    assert_eq!(word(&provider.void(charge(2)).await), "voided");
    house.at_bank(reference, Buyer::Pays).await;
    assert_eq!(word(&provider.inquire(key(2)).await), "voided");
    assert_eq!(word(&provider.capture(charge(2)).await), "voided");
    assert_eq!(house.books().await, (2, 0, 0));
}

async fn the_same_key_is_the_same_charge<H: House>() {
    let house = H::open().await;
    let provider = house.provider();
    let method = house.method(Buyer::Pays);
    let first = provider.authorize(request(1, method)).await;
    assert_eq!(provider.authorize(request(1, method)).await, first);
    // Even with another means: the key decides, so a confused caller charges nobody twice.
    let other = house.method(Buyer::IsDeclined);
    assert_eq!(provider.authorize(request(1, other)).await, first);
    assert_eq!(house.books().await.0, 1);
    let mut other = request(1, method);
    other.amount = Money::new(9999, Currency::EUR);
    assert_eq!(word(&provider.authorize(other).await), "declined");
    let mut other = charge(1);
    other.amount = Money::new(1234, Currency::USD);
    assert_eq!(word(&provider.capture(other).await), "declined");
    assert_eq!(house.books().await.0, 1);
    assert_eq!(word(&follow(&house, 1, Buyer::Pays, first).await), "authorized");
}

async fn a_lost_answer_is_asked_about_and_charged_once<H: House>() {
    let house = H::open().await;
    let provider = house.provider();
    let method = house.lost_method();
    assert_eq!(word(&provider.authorize(request(1, method)).await), "unknown");
    let mut answer = provider.inquire(key(1)).await;
    if answer == Answer::NotFound {
        // What was made moves no money, and the same key finds it again.
        answer = provider.authorize(request(1, method)).await;
    }
    assert_eq!(word(&follow(&house, 1, Buyer::Pays, answer).await), "authorized");
    assert_eq!(word(&provider.capture(charge(1)).await), "captured");
    assert_eq!(house.books().await, (1, 1234, 0));
}

async fn what_was_never_asked_for_is_known_as_such<H: House>() {
    let house = H::open().await;
    let provider = house.provider();
    for answer in [
        provider.inquire(key(1)).await,
        provider.capture(charge(1)).await,
        provider.void(charge(1)).await,
        provider.refund(charge(1)).await,
    ] {
        assert_eq!(word(&answer), "not_found");
    }
    assert_eq!(house.books().await, (0, 0, 0));
}

async fn amounts_that_cannot_be_said_are_declined<H: Remote>() {
    let house = H::open().await;
    let mut asked = request(1, house.method(Buyer::Pays));
    asked.amount = Money::new(10_001, "CLF".parse().unwrap());
    let answer = house.provider().authorize(asked).await;
    assert_eq!(
        answer,
        Answer::Declined {
            reason: "This means of payment does not take 1.0001 CLF.".to_owned()
        }
    );
    assert_eq!(house.books().await, (0, 0, 0));
}

async fn webhooks_are_heard_if_they_are_the_providers_own<H: House>() {
    let house = H::open().await;
    let (provider, now) = (house.provider(), house.now());
    pay(&house, 1, Buyer::Pays).await;
    provider.capture(charge(1)).await;
    let webhook = house.webhook(NoticeKind::Captured, &key(1), now).await;
    let notice = provider.read_webhook(&webhook, now).await.unwrap();
    assert_eq!(
        (notice.kind, notice.key.as_str()),
        (NoticeKind::Captured, &*key(1))
    );
    assert!(notice.kind.claims_money());
    let again = provider.read_webhook(&webhook, now).await.unwrap();
    assert_eq!(again, notice, "a second copy has the same id");

    let mut changed = webhook.clone();
    let at = changed.body.len() - 1;
    changed.body.insert(at, b' ');
    assert_eq!(
        provider.read_webhook(&changed, now).await,
        Err(Refusal::Signature)
    );
    let mut bare = webhook.clone();
    bare.headers.clear();
    bare.timestamp.clear();
    let refusal = provider.read_webhook(&bare, now).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Header(_)), "{refusal:?}");

    let age = TimeDelta::seconds(house.webhook_age_max_s());
    assert_eq!(provider.read_webhook(&webhook, now + age).await, Ok(notice));
    let late = now + age + TimeDelta::seconds(1);
    assert_eq!(provider.read_webhook(&webhook, late).await, Err(Refusal::Stale));
    let early = now - TimeDelta::seconds(payments::webhook::TOLERANCE_S + 1);
    assert_eq!(provider.read_webhook(&webhook, early).await, Err(Refusal::Stale));
}

async fn a_call_that_took_effect_unheard_is_not_made_twice<H: Remote>() {
    let house = H::open().await;
    let provider = house.provider();
    pay(&house, 1, Buyer::Pays).await;
    house.disturb(Call::Capture, Fault::Lost);
    assert_eq!(word(&provider.capture(charge(1)).await), "unknown");
    assert_eq!(word(&provider.inquire(key(1)).await), "captured");
    assert_eq!(word(&provider.capture(charge(1)).await), "captured");
    house.disturb(Call::Refund, Fault::Lost);
    assert_eq!(word(&provider.refund(charge(1)).await), "unknown");
    assert_eq!(word(&provider.inquire(key(1)).await), "refunded");
    assert_eq!(word(&provider.refund(charge(1)).await), "refunded");
    pay(&house, 2, Buyer::Pays).await;
    house.disturb(Call::Void, Fault::Lost);
    assert_eq!(word(&provider.void(charge(2)).await), "unknown");
    assert_eq!(word(&provider.void(charge(2)).await), "voided");
    assert_eq!(word(&provider.inquire(key(2)).await), "voided");
    assert_eq!(house.books().await, (2, 1234, 1234));
}

async fn trouble_is_never_a_decline<H: Remote>() {
    let house = H::open().await;
    let provider = house.provider();
    for (attempt, fault) in [(1, Fault::Busy), (2, Fault::Broken)] {
        let method = house.method(Buyer::Pays);
        house.disturb(Call::Authorize, fault);
        assert_eq!(
            word(&provider.authorize(request(attempt, method)).await),
            "unknown"
        );
        assert_eq!(word(&provider.inquire(key(attempt)).await), "not_found");
        assert_eq!(word(&pay(&house, attempt, Buyer::Pays).await), "authorized");
        house.disturb(Call::Inquire, fault);
        assert_eq!(word(&provider.inquire(key(attempt)).await), "unknown");
        house.disturb(Call::Capture, fault);
        assert_eq!(word(&provider.capture(charge(attempt)).await), "unknown");
        assert_eq!(word(&provider.capture(charge(attempt)).await), "captured");
        house.disturb(Call::Refund, fault);
        assert_eq!(word(&provider.refund(charge(attempt)).await), "unknown");
        assert_eq!(word(&provider.refund(charge(attempt)).await), "refunded");
    }
    assert_eq!(house.books().await, (2, 2468, 2468));
}

async fn a_provider_that_hangs_is_given_up_on<H: Remote>() {
    let house = H::open().await;
    pay(&house, 1, Buyer::Pays).await;
    house.disturb(Call::Inquire, Fault::Hangs);
    assert_eq!(word(&house.impatient().inquire(key(1)).await), "unknown");
    assert_eq!(word(&house.provider().inquire(key(1)).await), "authorized");
}

async fn wrong_credentials_decline_nobody<H: Remote>() {
    let house = H::open().await;
    let stranger = house.stranger();
    let method = house.method(Buyer::Pays);
    assert_eq!(word(&stranger.authorize(request(1, method)).await), "unknown");
    assert_eq!(house.books().await, (0, 0, 0));
    pay(&house, 1, Buyer::Pays).await;
    assert_eq!(word(&stranger.capture(charge(1)).await), "unknown");
    assert_eq!(word(&stranger.inquire(key(1)).await), "unknown");
    assert_eq!(house.books().await, (1, 0, 0));
}

/// Where our notes are lost, the provider's own books and messages bring them back.
async fn lost_notes_are_found_at_the_provider<H: Remote>() {
    let house = H::open().await;
    let provider = house.provider();
    let before = pay(&house, 1, Buyer::Pays).await;
    assert_eq!(word(&before), "authorized");
    sqlx::query("delete from payments.provider_charge")
        .execute(&mut house.db().owner().await)
        .await
        .unwrap();
    let mut after = provider.inquire(key(1)).await;
    if after == Answer::NotFound && provider.name() == "paypal" {
        let webhook = house.webhook(NoticeKind::Authorized, &key(1), house.now()).await;
        let notice = provider.read_webhook(&webhook, house.now()).await.unwrap();
        assert_eq!(notice.key, key(1));
        after = provider.inquire(key(1)).await;
    }
    assert_eq!(after, before);
    assert_eq!(word(&provider.capture(charge(1)).await), "captured");
    assert_eq!(house.books().await, (1, 1234, 0));
}

macro_rules! held {
    ($($house:ident: $type:ty { $($case:ident),* $(,)? })*) => {
        $(mod $house {
            use super::*;
            $(#[tokio::test]
            async fn $case() {
                super::$case::<$type>().await;
            })*
        })*
    };
}

macro_rules! all_held {
    ($($house:ident: $type:ty),*) => {
        $(held! { $house: $type {
            a_charge_is_authorised_captured_and_refunded_once,
            a_decline_is_one_and_says_why,
            the_buyer_confirms_at_their_bank,
            what_was_let_go_is_not_taken,
            the_same_key_is_the_same_charge,
            a_lost_answer_is_asked_about_and_charged_once,
            what_was_never_asked_for_is_known_as_such,
            webhooks_are_heard_if_they_are_the_providers_own,
            amounts_that_cannot_be_said_are_declined,
            a_call_that_took_effect_unheard_is_not_made_twice,
            trouble_is_never_a_decline,
            a_provider_that_hangs_is_given_up_on,
            wrong_credentials_decline_nobody,
            lost_notes_are_found_at_the_provider,
        } })*
    };
}

held! { sandbox: SandboxHouse {
    a_charge_is_authorised_captured_and_refunded_once,
    a_decline_is_one_and_says_why,
    the_buyer_confirms_at_their_bank,
    what_was_let_go_is_not_taken,
    the_same_key_is_the_same_charge,
    a_lost_answer_is_asked_about_and_charged_once,
    what_was_never_asked_for_is_known_as_such,
    webhooks_are_heard_if_they_are_the_providers_own,
} }

all_held!(stripe: StripeHouse, razorpay: RazorpayHouse, paypal: PayPalHouse);
