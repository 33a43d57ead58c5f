//! What every provider is held to, whoever it is.

use crate::house::{
    Buyer, Call, House, Remote, SandboxHouse, charge, follow, key, part, pay, request, whole, word,
};
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
        assert_eq!(word(&provider.refund(whole(1)).await), "refunded");
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
        word(&provider.refund(whole(1)).await),
        "declined",
        "nothing was taken yet"
    );
    for _ in 0..2 {
        assert_eq!(word(&provider.void(charge(1)).await), "voided");
    }
    assert_eq!(word(&provider.capture(charge(1)).await), "voided");
    assert_eq!(word(&provider.refund(whole(1)).await), "declined");

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
        provider.refund(whole(1)).await,
        provider.inquire_refund(whole(1)).await,
    ] {
        assert_eq!(word(&answer), "not_found");
    }
    assert_eq!(house.books().await, (0, 0, 0));
}

async fn parts_go_back_one_by_one_and_never_more_than_was_taken<H: House>() {
    let house = H::open().await;
    let provider = house.provider();
    pay(&house, 1, Buyer::Pays).await;
    provider.capture(charge(1)).await;
    let first = provider.refund(part(1, 1, 400)).await;
    assert_eq!(word(&first), "refunded");
    assert_eq!(house.books().await, (1, 1234, 400));
    // The same key is the same refund.
    assert_eq!(provider.refund(part(1, 1, 400)).await, first);
    assert_eq!(provider.inquire_refund(part(1, 1, 400)).await, first);
    assert_eq!(word(&provider.refund(part(1, 1, 300)).await), "declined");
    assert_eq!(word(&provider.inquire_refund(part(1, 1, 300)).await), "declined");
    assert_eq!(
        word(&provider.inquire(key(1)).await),
        "captured",
        "the rest of it"
    );
    // Another key is another one, be it over the same amount.
    assert_eq!(word(&provider.inquire_refund(part(1, 2, 400)).await), "not_found");
    let second = provider.refund(part(1, 2, 400)).await;
    assert_eq!(word(&second), "refunded");
    assert_ne!(first, second);
    assert_eq!(house.books().await, (1, 1234, 800));

    for too_much in [part(1, 3, 435), whole(1)] {
        assert_eq!(word(&provider.refund(too_much).await), "declined");
    }
    assert_eq!(house.books().await, (1, 1234, 800));
    assert_eq!(word(&provider.refund(part(1, 4, 434)).await), "refunded");
    assert_eq!(word(&provider.refund(part(1, 5, 1)).await), "declined");
    assert_eq!(house.books().await, (1, 1234, 1234));
    assert_eq!(word(&provider.inquire(key(1)).await), "refunded");
    assert_eq!(provider.inquire_refund(part(1, 1, 400)).await, first);
}

async fn a_refund_under_way_is_not_told_as_done_and_may_fail<H: House>() {
    let house = H::open().await;
    let provider = house.provider();
    for (attempt, takes_it) in [(1, true), (2, false)] {
        let answer = provider.authorize(request(attempt, house.slow_refunds())).await;
        follow(&house, attempt, Buyer::Pays, answer).await;
        assert_eq!(word(&provider.capture(charge(attempt)).await), "captured");
        let all = || part(attempt, 1, 1234);
        assert_eq!(word(&provider.refund(all()).await), "pending");
        assert_eq!(word(&provider.refund(all()).await), "pending");
        assert_eq!(word(&provider.inquire_refund(all()).await), "pending");
        assert_eq!(
            word(&provider.refund(part(attempt, 2, 1)).await),
            "declined",
            "what is under way is not there"
        );
        house.settle_refunds(takes_it).await;
        let (stands, charge_stands, told) = match takes_it {
            true => ("refunded", "refunded", NoticeKind::Refunded),
            false => ("declined", "captured", NoticeKind::RefundFailed),
        };
        assert_eq!(word(&provider.inquire_refund(all()).await), stands);
        assert_eq!(word(&provider.refund(all()).await), stands, "for good");
        assert_eq!(word(&provider.inquire(key(attempt)).await), charge_stands);

        let webhook = house.webhook(told, &key(attempt), house.now()).await;
        let notice = provider.read_webhook(&webhook, house.now()).await.unwrap();
        assert_eq!((notice.kind, notice.key), (told, key(attempt)));
        assert_eq!(notice.refund, Some(all().key));
    }
    assert_eq!(house.books().await, (2, 2468, 1234));
    // What failed may be tried again under another key.
    assert_ne!(word(&provider.refund(part(2, 3, 1234)).await), "declined");
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
    assert_eq!(word(&provider.refund(whole(1)).await), "unknown");
    assert_eq!(word(&provider.inquire_refund(whole(1)).await), "refunded");
    assert_eq!(word(&provider.inquire(key(1)).await), "refunded");
    assert_eq!(word(&provider.refund(whole(1)).await), "refunded");
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
        assert_eq!(word(&provider.refund(whole(attempt)).await), "unknown");
        assert_eq!(word(&provider.inquire_refund(whole(attempt)).await), "not_found");
        house.disturb(Call::InquireRefund, fault);
        assert_eq!(word(&provider.inquire_refund(whole(attempt)).await), "unknown");
        assert_eq!(word(&provider.refund(whole(attempt)).await), "refunded");
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
            parts_go_back_one_by_one_and_never_more_than_was_taken,
            a_refund_under_way_is_not_told_as_done_and_may_fail,
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
    parts_go_back_one_by_one_and_never_more_than_was_taken,
    a_refund_under_way_is_not_told_as_done_and_may_fail,
} }

all_held!(stripe: StripeHouse, razorpay: RazorpayHouse, paypal: PayPalHouse);
