//! What providers are held to where money is taken in parts: as they say themselves, in parts, once, or as a whole.

use crate::house::{
    Buyer, Call, House, Remote, SandboxHouse, charge, follow, key, part_of, request, take, whole, word,
};
use crate::line::Fault;
use crate::paypal::PayPalHouse;
use crate::razorpay::RazorpayHouse;
use crate::stripe::StripeHouse;
use contracts::payments::CaptureTime;
use kernel::{Currency, Money};
use payments::{Captures, Provider, Rest};

/// A provider with means of payment that are captured in this way.
trait Captured: House {
    fn in_parts(&self) -> &'static str {
        self.method(Buyer::Pays)
    }
    fn once(&self) -> &'static str {
        self.method(Buyer::Pays)
    }
    fn as_a_whole(&self) -> &'static str {
        self.method(Buyer::Pays)
    }
}

impl Captured for SandboxHouse {
    fn once(&self) -> &'static str {
        "tok_capture_once"
    }
    fn as_a_whole(&self) -> &'static str {
        "tok_capture_whole"
    }
}

impl Captured for StripeHouse {
    fn in_parts(&self) -> &'static str {
        self.cards_are_captured_in_parts();
        self.method(Buyer::Pays)
    }
}

impl Captured for PayPalHouse {}

impl Captured for RazorpayHouse {}

/// Sets money aside that is to be taken as goods are sent.
async fn set_aside<H: House>(house: &H, attempt: u32, method: &str) {
    let mut asked = request(attempt, method);
    asked.capture = CaptureTime::OnDispatch;
    let answer = house.provider().authorize(asked).await;
    let answer = follow(house, attempt, Buyer::Pays, answer).await;
    assert_eq!(word(&answer), "authorized");
}

async fn captures(provider: &dyn Provider) -> Option<Captures> {
    provider.terms(charge(1)).await.map(|terms| terms.captures)
}

async fn parts_are_taken_one_by_one_and_with_the_last_the_rest_goes<H: Captured>() {
    let house = H::open().await;
    let provider = house.provider();
    set_aside(&house, 1, house.in_parts()).await;
    assert!(matches!(captures(provider).await, Some(Captures::Parts { at_most }) if at_most > 2));

    let first = || take(1, 1, 400, 0, Rest::Kept);
    assert_eq!(
        word(&provider.inquire_take(first()).await),
        "authorized",
        "not yet"
    );
    for _ in 0..3 {
        assert_eq!(word(&provider.take(first()).await), "captured");
    }
    assert_eq!(house.books().await, (1, 400, 0));
    assert_eq!(
        word(&provider.inquire(key(1)).await),
        "authorized",
        "there is a rest"
    );

    // The same amount again is another take.
    let second = || take(1, 2, 400, 400, Rest::Kept);
    assert_eq!(word(&provider.inquire_take(second()).await), "authorized");
    assert_eq!(word(&provider.take(second()).await), "captured");
    let last = || take(1, 3, 300, 800, Rest::LetGo);
    for _ in 0..2 {
        assert_eq!(word(&provider.take(last()).await), "captured");
    }
    assert_eq!(house.books().await, (1, 1100, 0));
    assert_eq!(word(&provider.inquire(key(1)).await), "captured");
    assert_eq!(word(&provider.inquire_take(last()).await), "captured");

    let late = || take(1, 4, 134, 1100, Rest::LetGo);
    assert_eq!(word(&provider.inquire_take(late()).await), "voided");
    assert_eq!(word(&provider.take(late()).await), "voided", "it was let go");
    assert_eq!(captures(provider).await, None);
    assert_eq!(house.books().await, (1, 1100, 0));
}

async fn the_rest_is_let_go_without_another_take<H: Captured>() {
    let house = H::open().await;
    let provider = house.provider();
    set_aside(&house, 1, house.in_parts()).await;
    assert_eq!(
        word(&provider.release(charge(1)).await),
        "authorized",
        "nothing was taken, so that there is no rest"
    );
    assert_eq!(
        word(&provider.take(take(1, 1, 400, 0, Rest::Kept)).await),
        "captured"
    );
    for _ in 0..3 {
        assert_eq!(word(&provider.release(charge(1)).await), "captured");
    }
    assert_eq!(
        word(&provider.take(take(1, 2, 1, 400, Rest::LetGo)).await),
        "voided"
    );
    assert_eq!(house.books().await, (1, 400, 0));
}

async fn what_was_taken_goes_back_while_the_rest_is_set_aside<H: Captured>() {
    let house = H::open().await;
    let provider = house.provider();
    set_aside(&house, 1, house.in_parts()).await;
    let (first, second) = (take(1, 1, 400, 0, Rest::Kept), take(1, 2, 300, 400, Rest::LetGo));
    assert_eq!(
        word(&provider.refund(part_of(&first, 1, 1)).await),
        "declined",
        "not taken yet"
    );
    provider.take(first.clone()).await;
    for _ in 0..2 {
        assert_eq!(word(&provider.refund(part_of(&first, 2, 150)).await), "refunded");
    }
    assert_eq!(word(&provider.refund(part_of(&first, 3, 251)).await), "declined");
    assert_eq!(word(&provider.refund(part_of(&first, 4, 250)).await), "refunded");
    assert_eq!(house.books().await, (1, 400, 400));
    assert_eq!(
        word(&provider.inquire(key(1)).await),
        "authorized",
        "all that was taken went back, and not all was taken"
    );
    assert_eq!(word(&provider.inquire_take(first.clone()).await), "captured");

    assert_eq!(word(&provider.take(second.clone()).await), "captured");
    assert_eq!(word(&provider.refund(part_of(&second, 5, 200)).await), "refunded");
    assert_eq!(word(&provider.inquire(key(1)).await), "captured");
    assert_eq!(word(&provider.refund(part_of(&second, 6, 101)).await), "declined");
    assert_eq!(word(&provider.refund(part_of(&second, 7, 100)).await), "refunded");
    assert_eq!(word(&provider.inquire(key(1)).await), "refunded");
    assert_eq!(word(&provider.take(second).await), "captured", "it was");
    assert_eq!(house.books().await, (1, 700, 700));
}

async fn a_take_that_took_effect_unheard_is_not_made_twice<H: Captured + Remote>() {
    let house = H::open().await;
    let provider = house.provider();
    set_aside(&house, 1, house.in_parts()).await;
    let (first, second) = (take(1, 1, 400, 0, Rest::Kept), take(1, 2, 300, 400, Rest::Kept));
    house.disturb(Call::Capture, Fault::Lost);
    assert_eq!(word(&provider.take(first.clone()).await), "unknown");
    assert_eq!(word(&provider.inquire_take(first.clone()).await), "captured");
    assert_eq!(word(&provider.take(first).await), "captured");
    for fault in [Fault::Busy, Fault::Broken] {
        house.disturb(Call::Capture, fault);
        assert_eq!(word(&provider.take(second.clone()).await), "unknown");
        assert_eq!(word(&provider.inquire_take(second.clone()).await), "authorized");
    }
    house.disturb(Call::Inquire, Fault::Broken);
    assert_eq!(word(&provider.inquire_take(second.clone()).await), "unknown");
    assert_eq!(word(&provider.take(second).await), "captured");
    house.disturb(Call::Inquire, Fault::Broken);
    assert_eq!(captures(provider).await, None, "nobody can tell now");
    assert_eq!(house.books().await, (1, 700, 0));
}

async fn what_is_taken_once_lets_the_rest_go<H: Captured>() {
    let house = H::open().await;
    let provider = house.provider();
    set_aside(&house, 1, house.once()).await;
    assert_eq!(captures(provider).await, Some(Captures::Once));
    let only = take(1, 1, 400, 0, Rest::LetGo);
    for _ in 0..2 {
        assert_eq!(word(&provider.take(only.clone()).await), "captured");
    }
    assert_eq!(word(&provider.inquire_take(only).await), "captured");
    let late = take(1, 2, 1, 400, Rest::LetGo);
    assert_eq!(word(&provider.take(late).await), "voided");
    assert_eq!(house.books().await, (1, 400, 0));
}

async fn what_is_taken_as_a_whole_is_not_taken_in_parts<H: Captured>() {
    let house = H::open().await;
    let provider = house.provider();
    set_aside(&house, 1, house.as_a_whole()).await;
    assert_eq!(captures(provider).await, Some(Captures::Whole));
    let some = take(1, 1, 400, 0, Rest::LetGo);
    assert_eq!(word(&provider.take(some).await), "declined");
    let all = take(1, 2, 1234, 0, Rest::LetGo);
    assert_eq!(word(&provider.inquire_take(all.clone()).await), "authorized");
    for _ in 0..2 {
        assert_eq!(word(&provider.take(all.clone()).await), "captured");
    }
    assert_eq!(word(&provider.refund(part_of(&all, 1, 400)).await), "refunded");
    assert_eq!(word(&provider.refund(part_of(&all, 2, 834)).await), "refunded");
    assert_eq!(word(&provider.inquire_take(all).await), "captured", "it was");
    assert_eq!(word(&provider.release(charge(1)).await), "captured");
    assert_eq!(house.books().await, (1, 1234, 1234));
}

async fn nothing_is_taken_of_what_is_not_set_aside<H: Captured>() {
    let house = H::open().await;
    let provider = house.provider();
    let all = || take(1, 1, 1234, 0, Rest::LetGo);
    for answer in [
        provider.take(all()).await,
        provider.inquire_take(all()).await,
        provider.release(charge(1)).await,
    ] {
        assert_eq!(word(&answer), "not_found");
    }
    let asked = request(1, house.method(Buyer::ConfirmsAtBank));
    assert_eq!(word(&provider.authorize(asked).await), "requires_action");
    assert_eq!(word(&provider.take(all()).await), "requires_action");
    assert_eq!(word(&provider.inquire_take(all()).await), "requires_action");
    assert_eq!(captures(provider).await, None);
    assert_eq!(word(&provider.void(charge(1)).await), "voided");
    assert_eq!(word(&provider.take(all()).await), "voided");
    assert_eq!(house.books().await, (1, 0, 0));

    // Nor of a charge over another amount.
    set_aside(&house, 2, house.as_a_whole()).await;
    let mut other = take(2, 1, 9999, 0, Rest::LetGo);
    other.charge.amount = Money::new(9999, Currency::EUR);
    assert_eq!(word(&provider.take(other).await), "declined");
    assert_eq!(word(&provider.refund(whole(2)).await), "declined");
    assert_eq!(house.books().await, (2, 0, 0));
}

#[tokio::test]
async fn the_sandbox_loses_answers_of_takes() {
    let house = SandboxHouse::open().await;
    let provider = house.provider();
    set_aside(&house, 1, "tok_take_timeout").await;
    let first = take(1, 1, 400, 0, Rest::Kept);
    for _ in 0..2 {
        assert_eq!(word(&provider.take(first.clone()).await), "unknown");
    }
    assert_eq!(word(&provider.inquire_take(first).await), "captured");
    assert_eq!(house.books().await, (1, 400, 0));
}

#[tokio::test]
async fn the_sandbox_holds_callers_to_what_they_know() {
    let house = SandboxHouse::open().await;
    let provider = house.provider();
    set_aside(&house, 1, "tok_visa").await;
    provider.take(take(1, 1, 400, 0, Rest::Kept)).await;
    for confused in [
        take(1, 1, 300, 0, Rest::Kept),
        take(1, 2, 300, 0, Rest::Kept),
        take(1, 3, 835, 400, Rest::LetGo),
        take(1, 4, 834, 400, Rest::Kept),
    ] {
        assert_eq!(word(&provider.take(confused).await), "declined");
    }
    for too_late in [provider.capture(charge(1)).await, provider.void(charge(1)).await] {
        assert_eq!(word(&too_late), "authorized", "not where some was taken");
    }
    assert_eq!(house.books().await, (1, 400, 0));
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

held! {
    sandbox: SandboxHouse {
        parts_are_taken_one_by_one_and_with_the_last_the_rest_goes,
        the_rest_is_let_go_without_another_take,
        what_was_taken_goes_back_while_the_rest_is_set_aside,
        what_is_taken_once_lets_the_rest_go,
        what_is_taken_as_a_whole_is_not_taken_in_parts,
        nothing_is_taken_of_what_is_not_set_aside,
    }
    stripe: StripeHouse {
        parts_are_taken_one_by_one_and_with_the_last_the_rest_goes,
        the_rest_is_let_go_without_another_take,
        what_was_taken_goes_back_while_the_rest_is_set_aside,
        a_take_that_took_effect_unheard_is_not_made_twice,
        what_is_taken_once_lets_the_rest_go,
        nothing_is_taken_of_what_is_not_set_aside,
    }
    paypal: PayPalHouse {
        parts_are_taken_one_by_one_and_with_the_last_the_rest_goes,
        the_rest_is_let_go_without_another_take,
        what_was_taken_goes_back_while_the_rest_is_set_aside,
        a_take_that_took_effect_unheard_is_not_made_twice,
        nothing_is_taken_of_what_is_not_set_aside,
    }
    razorpay: RazorpayHouse {
        what_is_taken_as_a_whole_is_not_taken_in_parts,
        nothing_is_taken_of_what_is_not_set_aside,
    }
}
