//! Every step by which shares are captured as shops send, failed and done twice, before and after it is done: the same is captured,
//! released and posted as if nothing had happened.

use crate::capture::{captures_on_dispatch, ended, part, share, ships, takes};
use crate::world::{Instance, World};
use checkout::Config;
use checkout::trial::{Fault, Moment, Trial};
use contracts::checkout::Checkout;
use contracts::orders::{AsOf, Order, OrderStatus, Orders as _};
use contracts::payments::PaymentStatus;
use futures::future::{BoxFuture, FutureExt};
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
    /// The buyer cancels before anything is sent.
    Cancelled,
    /// Nobody sends in time.
    Lapsed,
}

/// More than the sandbox sets money aside for.
const TOO_LATE: Duration = Duration::from_secs(8 * 86_400);

const STEPS: [(&str, Story); 12] = [
    ("terms", Story::SentInPart("tok_visa")),
    ("confirm_authorized", Story::SentInPart("tok_visa")),
    ("capture_sent", Story::SentInPart("tok_visa")),
    ("capture_ask", Story::SentInPart("tok_visa")),
    ("capture_answer", Story::SentInPart("tok_visa")),
    ("capture_inquire", Story::SentInPart("tok_take_timeout")),
    ("capture_take", Story::SentInPart("tok_visa")),
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
        instance.start();
        captures_on_dispatch(&world, &instance).await;
        match story {
            Story::SentInPart(method) => sent_in_part(&world, &instance, method).await,
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

async fn sent_in_part(world: &World, instance: &Instance, method: &str) {
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let (owner, order) = instance.order(world, &[(&bowl, 2), (&vase, 1)]).await;
    instance.pay(world, &owner, &order, method).await.unwrap();
    confirmed(world, &order).await;
    ships(world, &order, &bowl).await;
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
