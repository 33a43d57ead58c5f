//! What happens to an order is told to its buyer by mail, however long it took and whoever was there to see it.

use crate::capture::captures_on_dispatch;
use crate::market::Mail;
use crate::world::{Instance, World, order_of};
use contracts::Language;
use contracts::catalog::Offer;
use contracts::checkout::{
    CancelUnits, Checkout, OrderRefund, PlaceOrder, RefundOrder, RefundStatus, RefundTo, RefundWish,
};
use contracts::orders::{NewParcel, Order, Orders as _, ParcelLine};
use contracts::payments::Payments as _;
use kernel::{Currency, Money, ParcelId, secret};
use std::sync::atomic::Ordering;
use std::time::Duration;
use testkit::eventually;

/// Whether a mail says that an order is not paid yet, or that it is confirmed: most stories begin with that.
fn is_of_order(mail: &Mail) -> bool {
    let said = ["is not paid yet", "is confirmed", "está confirmado"];
    said.iter().any(|said| mail.1.ends_with(said))
}

/// Of what came of orders, sent so far.
fn told(world: &World) -> Vec<Mail> {
    let mails = world.market.mails().into_iter();
    mails.filter(|mail| !is_of_order(mail)).collect()
}

/// Waits until so many mails are sent of what came of orders, and lets time pass meanwhile.
pub async fn mailed(world: &World, count: usize) -> Vec<Mail> {
    eventually("the mails are sent", async || {
        world.clock.advance(Duration::from_secs(1));
        let mails = told(world);
        (mails.len() >= count).then_some(mails)
    })
    .await
}

/// The same of all mails.
async fn all_mailed(world: &World, count: usize) -> Vec<Mail> {
    eventually("all mails are sent", async || {
        world.clock.advance(Duration::from_secs(1));
        let mails = world.market.mails();
        (mails.len() >= count).then_some(mails)
    })
    .await
}

#[tokio::test]
async fn who_pays_at_once_is_told_once_that_the_order_is_confirmed() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let (owner, order) = instance.order(&world, &[(&bowl, 2), (&vase, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let (to, subject, body) = all_mailed(&world, 1).await.remove(0);
    assert_eq!(to, "lucia@example.org");
    assert_eq!(subject, format!("Your order {} is confirmed", order.number));
    for told in [
        "2 × Stoneware bowl\n1 × Stoneware bowl\n",
        "€40.00 are paid",
        &format!("/order-links/{}.", order.id.0.simple()),
        // Guests have no account in which to look.
        "in every browser",
    ] {
        assert!(body.contains(told), "{told} in {body}");
    }
    // What would have been told of an unpaid order gave way to it.
    world.clock.advance(Duration::from_secs(4 * 60));
    all_served(&world).await;
    assert_eq!(world.market.mails().len(), 1);
}

#[tokio::test]
async fn who_has_not_paid_after_minutes_is_told_until_when_and_once_more_when_it_is_paid() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 2)]).await;
    eventually("it is known", async || {
        let jobs = open_jobs(&world).await;
        (jobs == 1).then_some(())
    })
    .await;
    assert!(world.market.mails().is_empty(), "they may be about to pay");
    world.clock.advance(Duration::from_secs(3 * 60));
    let (_, subject, body) = all_mailed(&world, 1).await.remove(0);
    assert_eq!(subject, format!("Your order {} is not paid yet", order.number));
    assert!(
        body.contains("2 × Stoneware bowl\n") && body.contains("€25.00 are paid"),
        "{body}"
    );
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let mails = all_mailed(&world, 2).await;
    assert_eq!(mails[1].1, format!("Your order {} is confirmed", order.number));
}

#[tokio::test]
async fn an_order_that_ended_unpaid_is_not_told_as_unpaid() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    instance.order(&world, &[(&bowl, 1)]).await;
    eventually("it is known", async || {
        let jobs = open_jobs(&world).await;
        (jobs == 1).then_some(())
    })
    .await;
    world.clock.advance(Duration::from_secs(15 * 60));
    all_served(&world).await;
    assert!(world.market.mails().is_empty());
}

async fn open_jobs(world: &World) -> i64 {
    sqlx::query_scalar("select count(*) from store.job where queue = 'checkout.mails'")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap()
}

async fn all_served(world: &World) {
    eventually("no mail waits", async || {
        (open_jobs(world).await == 0).then_some(())
    })
    .await;
}

async fn bought(world: &World, instance: &Instance, offer: &Offer, method: &str) -> Order {
    let (owner, order) = instance.order(world, &[(offer, 2)]).await;
    instance.pay(world, &owner, &order, method).await.unwrap();
    order
}

async fn give_back(world: &World, instance: &Instance, order: &Order, amount: i64) -> OrderRefund {
    let part = &order.sub_orders[0];
    let refund = RefundOrder {
        to: RefundTo::Origin,
        sub_order: part.id,
        wish: RefundWish::Amount(Money::new(amount, Currency::EUR)),
        reason: "One is cracked.".to_owned(),
        idempotency_key: secret::token(),
    };
    let ctx = world.ctx();
    let given = instance.checkouts.refund_sale(&ctx, part.tenant, refund);
    given.await.unwrap()
}

#[tokio::test]
async fn a_refund_that_takes_days_is_mailed_when_it_is_through_and_not_before() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let slow = bought(&world, &instance, &bowl, "tok_refund_slow").await;
    let given = give_back(&world, &instance, &slow, 700).await;
    assert_eq!(given.status, RefundStatus::Pending);
    // One that is through at once is mailed meanwhile.
    let quick = bought(&world, &instance, &vase, "tok_visa").await;
    let given = give_back(&world, &instance, &quick, 300).await;
    assert_eq!(given.status, RefundStatus::Refunded);
    let (to, subject, body) = mailed(&world, 1).await.remove(0);
    assert_eq!(
        (to.as_str(), subject.as_str()),
        ("lucia@example.org", "€3.00 went back to you")
    );
    assert!(
        body.contains(&quick.number) && body.contains("One is cracked."),
        "{body}"
    );

    sqlx::query("update payments.sandbox_refund set settles_at = now() where state = 'pending'")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    let mails = mailed(&world, 2).await;
    assert_eq!(mails[1].1, "€7.00 went back to you");
    assert!(mails[1].2.contains(&slow.number), "{}", mails[1].2);
}

#[tokio::test]
async fn a_mail_that_is_not_taken_is_sent_again_and_arrives_once() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let order = bought(&world, &instance, &bowl, "tok_visa").await;
    all_mailed(&world, 1).await;
    world.market.mail_is_stuck.store(true, Ordering::Relaxed);
    give_back(&world, &instance, &order, 100).await;
    give_back(&world, &instance, &order, 200).await;
    let mut subjects: Vec<String> = mailed(&world, 2).await.into_iter().map(|mail| mail.1).collect();
    subjects.sort_unstable();
    assert_eq!(subjects, ["€1.00 went back to you", "€2.00 went back to you"]);
    assert!(
        !world.market.mail_is_stuck.load(Ordering::Relaxed),
        "it was refused once"
    );
    let left: i64 = sqlx::query_scalar("select count(*) from store.job")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap();
    // The last one may not be settled yet, and is not sent again.
    assert!(left <= 1, "{left}");
    assert_eq!(told(&world).len(), 2);
}

#[tokio::test]
async fn whoever_paid_for_an_order_that_was_over_learns_why_the_money_is_back() {
    let world = World::new().await;
    let instance = world.instance_without_payments();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let outcome = instance.pay(&world, &owner, &order, "tok_3ds").await.unwrap();
    let reference = outcome.action_url.unwrap().rsplit('/').next().unwrap().to_owned();
    world.clock.advance(Duration::from_secs(15 * 60));
    eventually("the hold is over", async || {
        (world.level(&bowl).await == (1, 0)).then_some(())
    })
    .await;
    let ctx = world.ctx();
    let approved = world.payments.sandbox_answer(&ctx, reference.clone(), true);
    approved.await.unwrap();
    // A provider that takes the money as soon as the bank says yes, and somebody who was quicker.
    sqlx::query(
        "update payments.sandbox_charge set state = 'captured', captured = amount where reference = $1",
    )
    .bind(&reference)
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    instance.order(&world, &[(&bowl, 1)]).await;
    let till = &instance.checkouts;
    eventually("somebody goes on with it", async || {
        let resumed = till.resume(&world.ctx(), owner.clone(), order.id).await;
        resumed.unwrap().decline_reason
    })
    .await;
    let (_, subject, body) = mailed(&world, 1).await.remove(0);
    assert_eq!(subject, "€15.00 went back to you");
    assert!(body.contains("somebody else bought them"), "{body}");
}

#[tokio::test]
async fn each_parcel_is_mailed_when_it_leaves_and_when_it_arrives() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let order = bought(&world, &instance, &bowl, "tok_visa").await;
    let part = &order.sub_orders[0];
    let (ctx, tenant) = (world.ctx(), bowl.tenant);
    world.orders.pack(&ctx, tenant, part.id).await.unwrap();
    let parcel = NewParcel {
        id: ParcelId::new(ctx.now),
        lines: Some(vec![ParcelLine {
            line: part.lines[0].id,
            quantity: 1,
        }]),
        carrier: "Correos".to_owned(),
        tracking: "PK17".to_owned(),
        exchange: None,
    };
    let id = parcel.id;
    for _ in 0..2 {
        world
            .orders
            .ship(&ctx, tenant, part.id, parcel.clone())
            .await
            .unwrap();
    }
    let (to, subject, body) = mailed(&world, 1).await.remove(0);
    assert_eq!(to, "lucia@example.org");
    assert_eq!(
        subject,
        format!("A parcel of your order {} is on its way", part.number)
    );
    for told in [
        "1 × Stoneware bowl\n",
        "Carrier: Correos\n",
        "Tracking number: PK17\n",
        "The rest",
        "Lucía Romero",
    ] {
        assert!(body.contains(told), "{told} in {body}");
    }
    world
        .orders
        .deliver(&world.ctx(), tenant, part.id, id)
        .await
        .unwrap();
    let mails = mailed(&world, 2).await;
    assert_eq!(
        mails[1].1,
        format!("A parcel of your order {} has arrived", part.number)
    );
    assert!(mails[1].2.contains("Tracking number: PK17\n"), "{}", mails[1].2);
}

#[tokio::test]
async fn units_that_will_not_come_are_told_with_why_and_then_their_money() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let order = bought(&world, &instance, &bowl, "tok_visa").await;
    let part = &order.sub_orders[0];
    let request = CancelUnits {
        sub_order: part.id,
        lines: vec![ParcelLine {
            line: part.lines[0].id,
            quantity: 1,
        }],
        note: "One broke in the kiln.".to_owned(),
        idempotency_key: secret::token(),
    };
    let ctx = world.ctx();
    let cancelled = instance.checkouts.cancel_sale_units(&ctx, bowl.tenant, request);
    cancelled.await.unwrap();
    let mut mails = mailed(&world, 2).await;
    // Amounts come first: their sign sorts behind letters.
    mails.sort_by(|one, other| other.1.cmp(&one.1));
    assert_eq!(mails[0].1, "€10.00 went back to you");
    assert_eq!(
        mails[1].1,
        format!("Some of your order {} will not come", part.number)
    );
    for told in [
        "1 × Stoneware bowl\n",
        "One broke in the kiln.",
        "The shop cannot send these",
    ] {
        assert!(mails[1].2.contains(told), "{told} in {}", mails[1].2);
    }
}

#[tokio::test]
async fn a_part_that_its_shop_cancels_is_told_with_why_and_what_goes_back_and_then_its_money() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let (owner, order) = instance.order(&world, &[(&bowl, 2), (&vase, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let mut parts = order.sub_orders.iter();
    let part = parts.find(|part| part.tenant == bowl.tenant).unwrap();
    let given = RefundOrder {
        sub_order: part.id,
        wish: RefundWish::Amount(Money::new(300, Currency::EUR)),
        to: RefundTo::Origin,
        reason: "For the wait.".to_owned(),
        idempotency_key: secret::token(),
    };
    let ctx = world.ctx();
    let given = instance.checkouts.refund_sale(&ctx, bowl.tenant, given).await;
    assert_eq!(given.unwrap().status, RefundStatus::Refunded);
    mailed(&world, 1).await;
    let note = "The kiln broke.".to_owned();
    let cancelled = instance.checkouts.cancel_sale(&ctx, bowl.tenant, part.id, note);
    cancelled.await.unwrap();
    let mut mails = mailed(&world, 3).await.split_off(1);
    // Amounts come first: their sign sorts behind letters.
    mails.sort_by(|one, other| other.1.cmp(&one.1));
    assert_eq!(mails[0].1, "€22.00 went back to you");
    let (to, subject, body) = &mails[1];
    assert_eq!(
        (to.as_str(), subject),
        (
            "lucia@example.org",
            &format!("Your order {} will not come", part.number)
        )
    );
    for told in [
        "The shop cannot send these",
        "2 × Stoneware bowl\n",
        "The kiln broke.",
        "€22.00 goes back",
        "other shops",
    ] {
        assert!(body.contains(told), "{told} in {body}");
    }
}

#[tokio::test]
async fn what_is_cancelled_before_it_is_captured_is_told_as_not_charged() {
    let world = World::new().await;
    let instance = world.instance();
    captures_on_dispatch(&world, &instance).await;
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 3)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let part = &order.sub_orders[0];
    let request = CancelUnits {
        sub_order: part.id,
        lines: vec![ParcelLine {
            line: part.lines[0].id,
            quantity: 1,
        }],
        note: "One broke in the kiln.".to_owned(),
        idempotency_key: secret::token(),
    };
    let till = &instance.checkouts;
    till.cancel_sale_units(&world.ctx(), bowl.tenant, request)
        .await
        .unwrap();
    let mails = mailed(&world, 1).await;
    assert_eq!(
        mails[0].1,
        format!("Some of your order {} will not come", part.number)
    );
    let told = "You are not charged for them: their price was only set aside.";
    assert!(mails[0].2.contains(told), "{}", mails[0].2);
    let note = "The kiln broke.".to_owned();
    till.cancel_sale(&world.ctx(), bowl.tenant, part.id, note)
        .await
        .unwrap();
    let mails = mailed(&world, 2).await;
    assert_eq!(mails[1].1, format!("Your order {} will not come", part.number));
    let told = "€25.00 was only set aside, and is not charged.";
    assert!(mails[1].2.contains(told), "{}", mails[1].2);
    all_served(&world).await;
    let subjects: Vec<String> = world.market.mails().into_iter().map(|mail| mail.1).collect();
    assert!(
        subjects.iter().all(|subject| !subject.contains("went back")),
        "nobody is told of money that is back"
    );
}

#[tokio::test]
async fn a_buyer_whose_pages_are_spanish_is_mailed_in_spanish() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 2)]);
    let request = PlaceOrder {
        language: Language::Es,
        ..order_of(&owner, &cart, &secret::token())
    };
    // Sent again from a page in English, it is the same order.
    let again = PlaceOrder {
        language: Language::En,
        ..request.clone()
    };
    let order = instance.checkouts.place(&world.ctx(), request).await.unwrap();
    let same = instance.checkouts.place(&world.ctx(), again).await.unwrap();
    assert_eq!(same.id, order.id);
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    give_back(&world, &instance, &order, 700).await;
    let (to, subject, body) = mailed(&world, 1).await.remove(0);
    assert_eq!(
        (to.as_str(), subject.as_str()),
        ("lucia@example.org", "Te hemos devuelto 7,00\u{a0}€")
    );
    assert!(body.starts_with("Hola, Lucía Romero:\n\n"), "{body}");
    let told = format!("Te hemos devuelto 7,00\u{a0}€ de tu pedido {}.", order.number);
    assert!(body.contains(&told) && body.contains("One is cracked."), "{body}");
}
