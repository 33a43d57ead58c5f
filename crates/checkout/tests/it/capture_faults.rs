//! Every step by which shares are captured as shops send, failed and done twice, before and after it is done: the same is captured,
//! released and posted as if nothing had happened.

use crate::capture::{captures_on_dispatch, ended, part, share, ships, takes};
use crate::world::{Instance, SECRET, World};
use checkout::Config;
use checkout::trial::{Fault, Moment, Trial};
use contracts::checkout::{Checkout, PaymentDesk as _};
use contracts::orders::{AsOf, Order, OrderStatus, Orders as _};
use contracts::payments::PaymentStatus;
use futures::future::{BoxFuture, FutureExt};
use kernel::{Clock, UserId};
use payments::provider::charge_key;
use payments::webhook::Secret;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use testkit::eventually;

/// Something that goes wrong once.
#[derive(Debug)]
struct Once {
    step: &'static str,
    moment: Moment,
    fault: Fault,
    happened: AtomicBool,
}

impl Trial for Once {
    fn at(&self, step: &'static str, moment: Moment) -> BoxFuture<'_, Option<Fault>> {
        let here = step == self.step && moment == self.moment;
        let now = here && !self.happened.swap(true, Ordering::SeqCst);
        let fault = now.then_some(self.fault);
        async move { fault }.boxed()
    }
}

/// What a buyer pays with, and what becomes of the order.
#[derive(Clone, Copy, Debug)]
enum Story {
    /// One shop sends, and the other cancels then.
    SentInPart(&'static str),
    /// The same, but nobody hears that it is sent: a webhook comes, and somebody has it tried again by hand.
    Nudged,
    /// The buyer cancels before anything is sent.
    Cancelled,
    /// Nobody sends in time.
    Lapsed,
}

/// More than the sandbox sets money aside for.
const TOO_LATE: Duration = Duration::from_secs(8 * 86_400);

const STEPS: [(&str, Story); 14] = [
    ("terms", Story::SentInPart("tok_visa")),
    ("confirm_authorized", Story::SentInPart("tok_visa")),
    ("capture_sent", Story::SentInPart("tok_visa")),
    ("capture_ask", Story::SentInPart("tok_visa")),
    ("capture_answer", Story::SentInPart("tok_visa")),
    ("capture_inquire", Story::SentInPart("tok_take_timeout")),
    ("capture_take", Story::SentInPart("tok_visa")),
    ("capture_hear", Story::Nudged),
    ("capture_retry", Story::Nudged),
    ("capture_release", Story::SentInPart("tok_visa")),
    ("capture_void", Story::Cancelled),
    ("capture_take", Story::Cancelled),
    ("capture_answer", Story::Cancelled),
    ("capture_take", Story::Lapsed),
];

async fn tried(fault: Fault, moment: Moment) {
    for (step, story) in STEPS {
        let once = Arc::new(Once {
            step,
            moment,
            fault,
            happened: AtomicBool::new(false),
        });
        let world = World::new().await;
        let trial: Arc<dyn Trial> = once.clone();
        let instance = world.configured(Config {
            trial: Some(trial),
            ..Config::default()
        });
        instance.start_all_but(match story {
            Story::Nudged => "till.sent",
            Story::SentInPart(_) | Story::Cancelled | Story::Lapsed => "nothing",
        });
        captures_on_dispatch(&world, &instance).await;
        match story {
            Story::SentInPart(_) | Story::Nudged => sent_in_part(&world, &instance, story).await,
            Story::Cancelled => cancelled(&world, &instance).await,
            Story::Lapsed => lapsed(&world, &instance).await,
        }
        assert!(once.happened.load(Ordering::SeqCst), "{step} was never reached");
        world.assert_clean(&instance).await;
    }
}

async fn confirmed(world: &World, order: &Order) {
    eventually("the order is confirmed", async || {
        world.clock.advance(Duration::from_secs(1));
        let ctx = world.ctx();
        let now = world.orders.order(&ctx, None, order.id, AsOf::default());
        (now.await.unwrap().status == OrderStatus::Confirmed).then_some(())
    })
    .await;
}

/// Until each was heard. What is done twice at once may find itself busy.
async fn nudge(world: &World, instance: &Instance, order: &Order) {
    let till = &instance.checkouts;
    let secret = Secret::new(SECRET.to_vec());
    let key = charge_key(order.payment, 1);
    let told = json!({ "type": "charge.captured", "data": { "key": key } }).to_string();
    eventually("the webhook is heard", async || {
        let now = world.clock.now();
        let webhook = secret.sign("m1", now, told.clone().into_bytes());
        till.hears("sandbox", webhook, now).await.then_some(())
    })
    .await;
    let by = UserId::new(world.clock.now());
    eventually("it is tried again", async || {
        world.clock.advance(Duration::from_secs(1));
        let ctx = world.ctx();
        let again = till.retry_capture(&ctx, order.id, by, "Now.".to_owned());
        again.await.is_ok().then_some(())
    })
    .await;
}

async fn sent_in_part(world: &World, instance: &Instance, story: Story) {
    let method = match story {
        Story::SentInPart(method) => method,
        Story::Nudged | Story::Cancelled | Story::Lapsed => "tok_visa",
    };
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let (owner, order) = instance.order(world, &[(&bowl, 2), (&vase, 1)]).await;
    instance.pay(world, &owner, &order, method).await.unwrap();
    confirmed(world, &order).await;
    ships(world, &order, &bowl).await;
    if matches!(story, Story::Nudged) {
        nudge(world, instance, &order).await;
    }
    eventually("the share is captured", async || {
        world.clock.advance(Duration::from_secs(1));
        (share(world, &order, &bowl).await.0 == 2_500).then_some(())
    })
    .await;
    let till = &instance.checkouts;
    let note = "It broke.".to_owned();
    till.cancel_sale(&world.ctx(), vase.tenant, part(&order, &vase).id, note)
        .await
        .unwrap();
    ended(world).await;
    assert_eq!(share(world, &order, &bowl).await, (2_500, 0, 0));
    assert_eq!(share(world, &order, &vase).await, (0, 1_500, 0));
    assert_eq!(takes(world).await, (1, 2_500));
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Captured);
    assert_eq!(world.charges(&order).await, (1, 1), "the rest was let go");
}

async fn cancelled(world: &World, instance: &Instance) {
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(world, &[(&bowl, 2)]).await;
    instance.pay(world, &owner, &order, "tok_visa").await.unwrap();
    confirmed(world, &order).await;
    let till = &instance.checkouts;
    till.cancel(&world.ctx(), owner, order.id).await.unwrap();
    ended(world).await;
    assert_eq!(share(world, &order, &bowl).await, (0, 2_500, 0));
    assert_eq!(takes(world).await, (0, 0));
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Voided);
    assert_eq!(world.charges(&order).await, (1, 0));
}

async fn lapsed(world: &World, instance: &Instance) {
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let (owner, order) = instance.order(world, &[(&bowl, 2), (&vase, 1)]).await;
    instance.pay(world, &owner, &order, "tok_visa").await.unwrap();
    confirmed(world, &order).await;
    world.clock.advance(TOO_LATE);
    ended(world).await;
    assert_eq!(share(world, &order, &bowl).await, (0, 2_500, 0));
    assert_eq!(share(world, &order, &vase).await, (0, 1_500, 0));
    assert_eq!(takes(world).await, (0, 0));
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Voided);
}

#[tokio::test]
async fn steps_that_fail_before_they_are_done_are_done_in_the_end() {
    tried(Fault::Fail, Moment::Before).await;
}

#[tokio::test]
async fn steps_whose_answers_are_lost_are_done_once() {
    tried(Fault::Fail, Moment::After).await;
}

#[tokio::test]
async fn steps_that_are_done_twice_at_once_are_done_once() {
    tried(Fault::Twice, Moment::Before).await;
}

#[tokio::test]
async fn steps_that_are_done_again_are_done_once() {
    tried(Fault::Twice, Moment::After).await;
}
