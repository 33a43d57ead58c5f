//! What was sold, as it is summed up: never anything else than what the sub-orders say.

use super::{World, address};
use chrono::{NaiveDate, TimeDelta};
use contracts::Address;
use contracts::orders::{CancelReason, MarketDesk as _, SubOrderRefunded};
use kernel::{Ctx, Currency, FixedClock, Money, RefundId, TenantId, Timestamp};
use orders::domain::{Command, Order, Refund, Units};
use std::sync::Arc;
use store::Scope;
use store::log::Outbox;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

const DAYS: u64 = 9;
const ORDERS: u64 = 40;

fn midnight(month: u32, day: u32) -> Timestamp {
    let day = NaiveDate::from_ymd_opt(2026, month, day).unwrap();
    day.and_hms_opt(0, 0, 0).unwrap().and_utc()
}

/// When somebody looks: days after the last order.
fn now() -> Timestamp {
    midnight(3, 14) + TimeDelta::hours(9)
}

/// The same numbers in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn moment(&mut self) -> Timestamp {
        let minutes = i64::try_from(self.roll(24 * 60)).unwrap();
        let days = i64::try_from(self.roll(DAYS)).unwrap();
        midnight(3, 1) + TimeDelta::days(days) + TimeDelta::minutes(minutes)
    }
}

fn refund(order: &Order, amount: i64) -> Refund {
    Refund {
        id: RefundId::new(now()),
        part: order.placed.parts[0].id,
        lines: Vec::new(),
        delivery: 0,
        amount,
        reason: "late".into(),
        of_return: None,
        released: false,
        deduction: None,
    }
}

impl World {
    /// One step of an order that was paid, whichever.
    async fn live_on(&self, order: Order, dice: &mut Dice) -> Order {
        let part = &order.placed.parts[0];
        let step = match dice.roll(5) {
            0 => Command::Refund(refund(&order, 1 + i64::try_from(dice.roll(900)).unwrap())),
            1 => Command::CancelPart {
                part: part.id,
                reason: CancelReason::Seller,
                note: "The kiln broke.".into(),
            },
            2 => Command::CancelUnits {
                part: part.id,
                units: vec![Units {
                    line: part.lines[0].id,
                    quantity: 1,
                }],
                reason: CancelReason::Seller,
                note: "One broke.".into(),
                key: String::new(),
            },
            3 => Command::Readdress {
                address: Box::new(Address {
                    region: Some("ES-M".into()),
                    ..address()
                }),
            },
            _ => return order,
        };
        self.tell_at(order, step, now()).await
    }

    /// What the sums and the open day say is what all sub-orders say.
    async fn is_as_sub_orders_say(&self) -> bool {
        let ctx = Ctx::system("test", now());
        // What begins within another month is not summed up.
        let live = self
            .orders
            .sales(&ctx, midnight(2, 28), now(), Currency::EUR)
            .await;
        let summed = self
            .orders
            .sales(&ctx, midnight(3, 1), now(), Currency::EUR)
            .await;
        let (live, summed) = (live.unwrap(), summed.unwrap());
        assert!(live.sold.is_some_and(|sold| sold.amount > 0), "{live:?}");
        let within = midnight(3, 1) - TimeDelta::minutes(5);
        let live_totals = self.orders.totals(&ctx, within, now()).await.unwrap();
        let totals = self.orders.totals(&ctx, midnight(3, 1), now()).await.unwrap();
        live == summed && live_totals == totals
    }

    async fn mark_all(&self) {
        sqlx::query(
            "insert into orders.sales_stale (day) select distinct orders.day_of(id) from orders.order on conflict do nothing",
        )
        .execute(&mut self.db.owner().await)
        .await
        .unwrap();
    }

    async fn sum_up(&self) {
        while self.orders.sum_up_days(now().date_naive()).await.unwrap() {}
    }

    async fn places_and_pays(&mut self, shops: &[TenantId], at: Timestamp) -> Order {
        self.ctx = Ctx::system("test", at);
        let order = self.place(&self.buyer(), shops).await;
        self.tell(order, Command::Confirm).await
    }
}

#[tokio::test]
async fn sums_say_what_sub_orders_say_whatever_became_of_them() {
    let mut world = World::new().await;
    let mut dice = Dice(0x5eed_cafe);
    let shops: Vec<TenantId> = (0..4).map(|_| world.shop()).collect();
    let mut orders = Vec::new();
    for n in 0..ORDERS {
        let (first, at) = (usize::try_from(dice.roll(3)).unwrap(), dice.moment());
        let shops = &shops[first..=first + usize::try_from(n % 2).unwrap()];
        let order = world.places_and_pays(shops, at).await;
        orders.push(world.live_on(order, &mut dice).await);
    }
    // Not paid: nobody sold it.
    world.place(&world.buyer(), &shops).await;
    assert!(world.is_as_sub_orders_say().await, "nothing is summed up yet");
    world.sum_up().await;
    assert!(world.is_as_sub_orders_say().await);
    let none: [String; 0] = [];
    assert_eq!(orders::verify(&world.orders).await.unwrap(), none);
    let summed: i64 = sqlx::query_scalar("select count(distinct day) from orders.sales_day")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap();
    assert!(summed > 5, "{summed}");

    // What happens days later is of the day of its order; sums follow once they hear of it, and until then this is found out.
    for order in orders.iter().filter(|order| order.placed.parts.len() == 1) {
        let part = &order.placed.parts[0];
        let given = sqlx::query("update orders.sub_order set refunded = total where tenant_id = $1 and id = $2 and status = 'confirmed'")
            .bind(part.tenant)
            .bind(part.id)
            .execute(&mut world.db.owner().await)
            .await
            .unwrap();
        assert!(given.rows_affected() <= 1);
    }
    assert!(!world.is_as_sub_orders_say().await);
    let found = orders::verify(&world.orders).await.unwrap();
    assert!(
        found
            .iter()
            .any(|one| one.contains("is summed up as something else")),
        "{found:?}"
    );
    world.mark_all().await;
    world.sum_up().await;
    assert!(world.is_as_sub_orders_say().await);
}

#[tokio::test]
async fn a_day_is_summed_up_once_more_when_something_is_told_of_its_orders() {
    let mut world = World::new().await;
    let shop = world.shop();
    let order = world
        .places_and_pays(&[shop], midnight(3, 2) + TimeDelta::hours(8))
        .await;
    world
        .places_and_pays(&[shop], midnight(3, 14) + TimeDelta::hours(8))
        .await;
    world.sum_up().await;
    assert!(world.is_as_sub_orders_say().await);

    let refund = refund(&order, 700);
    let (part, id) = (refund.part, refund.id);
    let order = world.tell_at(order, Command::Refund(refund), now()).await;
    assert!(!world.is_as_sub_orders_say().await);
    let mut tx = world.db.db(orders::CONTEXT).begin(Scope::System).await.unwrap();
    let mut outbox = Outbox::new();
    let told = SubOrderRefunded {
        order: order.id,
        sub_order: part,
        tenant: shop,
        buyer: order.placed.buyer,
        refund: id,
        amount: Money::new(700, Currency::EUR),
        released: false,
    };
    outbox.push(&world.ctx, &told).unwrap();
    outbox.append(&mut tx).await.unwrap();
    tx.commit().await.unwrap();

    let stop = CancellationToken::new();
    let heard = eventually("the day is summed up once more", async || {
        world.is_as_sub_orders_say().await.then(|| stop.cancel())
    });
    let clock = Arc::new(FixedClock::at(now()));
    futures::join!(orders::work(world.orders.clone(), clock, stop.clone()), heard);
    let none: [String; 0] = [];
    assert_eq!(orders::verify(&world.orders).await.unwrap(), none);
}

#[tokio::test]
async fn sums_are_made_anew_from_the_histories_and_what_differs_is_named() {
    let mut world = World::new().await;
    let (one, other) = (world.shop(), world.shop());
    let at = |day| midnight(3, day) + TimeDelta::hours(8);
    let order = world.places_and_pays(&[one, other], at(2)).await;
    world
        .tell_at(order.clone(), Command::Refund(refund(&order, 700)), now())
        .await;
    world.places_and_pays(&[one], at(5)).await;
    // Not paid, and not over: nobody sold it, and today is not summed up.
    world.place(&world.buyer(), &[one]).await;
    world
        .places_and_pays(&[other], midnight(3, 14) + TimeDelta::hours(1))
        .await;
    world.sum_up().await;
    let replayed = async || orders::replay(&world.orders, |_| ()).await.unwrap();
    let right = replayed().await;
    assert_eq!((right.orders, right.days), (4, 2));
    assert_eq!((right.sum_differences, right.left_out), (vec![], vec![]));

    let spoil = async |sql: &'static str| {
        sqlx::query(sql)
            .execute(&mut world.db.owner().await)
            .await
            .unwrap();
        let found = replayed().await.sum_differences;
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let names = |found: &[String], start: &str| found.iter().any(|one| one.starts_with(start));
    let dearer =
        spoil("update orders.sales_day set sold = sold + 1 where kind = 'market' and day = '2026-03-02'")
            .await;
    assert_eq!(dearer.len(), 1, "{dearer:?}");
    assert!(
        names(&dearer, "orders.sales_day 2026-03-02: market in EUR: 1 orders"),
        "{dearer:?}"
    );
    let gone = spoil("delete from orders.sales_day where kind = 'shop' and day = '2026-03-05'").await;
    assert!(
        names(&gone, "orders.sales_day 2026-03-05: shop in EUR of shop"),
        "{gone:?}"
    );
    let more = spoil("update orders.sales_month set units = units + 1 where kind = 'goods'").await;
    assert!(
        names(&more, "orders.sales_month 2026-03-01: goods in EUR"),
        "{more:?}"
    );
    assert_eq!(more.len(), 3, "{more:?}");

    // Of what is yet to be summed up once more nothing is said, nor of its month.
    let waits = spoil("insert into orders.sales_stale (day) values ('2026-03-02')").await;
    assert_eq!(waits.len(), 1, "{waits:?}");
    let left_out = replayed().await.left_out;
    assert_eq!(left_out, [NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()]);
}
