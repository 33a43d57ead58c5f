//! What sellers do with their sub-orders, and what the tables, the log and time travel say of it.

use super::{World, address};
use contracts::orders::{
    AsOf, CancelReason, Fulfilment, NewParcel, OrderStatus, Orders as _, ParcelLine, SubOrder, SubOrderStatus,
};
use kernel::{Ctx, Fault, Kind, LineId, ParcelId, RefundId, SubOrderId, TenantId};
use orders::domain::{Command, Order, Refund, decide};
use orders::till::{Change, Writes};
use std::time::Duration;
use testkit::eventually;

struct Shop<'w> {
    world: &'w World,
    tenant: TenantId,
    id: SubOrderId,
    line: LineId,
}

impl Shop<'_> {
    async fn pack(&self) -> Result<SubOrder, Fault> {
        self.world
            .orders
            .pack(&self.world.ctx, self.tenant, self.id)
            .await
    }

    async fn ship(&self, parcel: ParcelId, units: Option<u32>) -> Result<SubOrder, Fault> {
        let line = |quantity| ParcelLine {
            line: self.line,
            quantity,
        };
        let parcel = NewParcel {
            id: parcel,
            lines: units.map(|units| vec![line(units)]),
            carrier: " Correos ".into(),
            tracking: "PK1".into(),
            exchange: None,
        };
        self.world
            .orders
            .ship(&self.world.ctx, self.tenant, self.id, parcel)
            .await
    }

    async fn deliver(&self, parcel: ParcelId) -> Result<SubOrder, Fault> {
        self.world
            .orders
            .deliver(&self.world.ctx, self.tenant, self.id, parcel)
            .await
    }

    fn parcel(&self) -> ParcelId {
        ParcelId::new(self.world.ctx.now)
    }
}

/// A paid order of two shops, two units each.
async fn paid(world: &World) -> (Order, [Shop<'_>; 2]) {
    let tenants = [world.shop(), world.shop()];
    let order = world.place(&world.buyer(), &tenants).await;
    let order = world.tell(order, Command::Confirm).await;
    let shops = [0, 1].map(|i| Shop {
        world,
        tenant: tenants[i],
        id: order.placed.parts[i].id,
        line: order.placed.parts[i].lines[0].id,
    });
    (order, shops)
}

async fn assert_proven(world: &World) {
    let none: [String; 0] = [];
    assert_eq!(orders::verify(&world.orders).await.unwrap(), none);
}

async fn topics(world: &World) -> Vec<String> {
    let sql = "select topic from log.event where topic like 'orders.sub%' order by id";
    let rows = world.client.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_shop_packs_sends_two_parcels_and_they_arrive() {
    let world = World::new().await;
    let (order, [ours, theirs]) = paid(&world).await;
    assert_eq!(ours.pack().await.unwrap().status, SubOrderStatus::Packed);
    let (first, second) = (ours.parcel(), ours.parcel());
    let sent = ours.ship(first, Some(1)).await.unwrap();
    assert_eq!(
        (sent.status, sent.lines[0].shipped, sent.parcels.len()),
        (SubOrderStatus::PartlyShipped, 1, 1)
    );
    assert_eq!(
        (sent.parcels[0].carrier.as_str(), sent.address),
        ("Correos", Some(address()))
    );
    let rest = ours.ship(second, None).await.unwrap();
    assert_eq!((rest.status, rest.lines[0].shipped), (SubOrderStatus::Shipped, 2));
    assert_eq!(
        ours.deliver(second).await.unwrap().status,
        SubOrderStatus::Shipped
    );
    let arrived = ours.deliver(first).await.unwrap();
    assert_eq!(arrived.status, SubOrderStatus::Delivered);
    let told: Vec<_> = arrived.timeline.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(
        told,
        [
            "placed",
            "confirmed",
            "packed",
            "shipped",
            "delivered",
            "shipped",
            "delivered"
        ]
    );

    let other = world
        .orders
        .sub_order(&world.ctx, theirs.tenant, theirs.id)
        .await
        .unwrap();
    assert_eq!(
        (other.status, other.parcels.len()),
        (SubOrderStatus::Confirmed, 0)
    );
    let whole = world
        .orders
        .order(&world.ctx, None, order.id, AsOf::default())
        .await
        .unwrap();
    assert_eq!(
        (whole.status, whole.fulfilment),
        (OrderStatus::Confirmed, Fulfilment::PartlyShipped)
    );
    assert_eq!(
        whole.sub_orders[0],
        SubOrder {
            address: None,
            // What it is charged the shop alone is told.
            commission: None,
            commission_refunded: None,
            // What they may send back buyers alone are told.
            returnable: whole.sub_orders[0].returnable.clone(),
            ..arrived
        }
    );
    assert_proven(&world).await;
    let published = topics(&world).await;
    assert_eq!(
        published,
        [
            "orders.sub_order_packed",
            "orders.sub_order_shipped",
            "orders.sub_order_shipped",
            "orders.sub_order_delivered",
        ]
    );
}

#[tokio::test]
async fn what_cannot_happen_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    let (order, [ours, theirs]) = paid(&world).await;
    let refused = ours.ship(ours.parcel(), None).await.unwrap_err();
    assert_eq!(
        (refused.kind, refused.code.as_str()),
        (Kind::Conflict, "transition_illegal")
    );
    assert_eq!(refused.extra["from"], "confirmed");
    assert_eq!(
        refused.extra["allowed"],
        serde_json::json!(["packed", "cancelled"])
    );
    ours.pack().await.unwrap();
    let refused = ours.ship(ours.parcel(), Some(3)).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), &refused.extra["left"]),
        ("units_too_many", &2.into())
    );
    let none = NewParcel {
        id: ours.parcel(),
        lines: Some(Vec::new()),
        carrier: String::new(),
        tracking: String::new(),
        exchange: None,
    };
    let ship = |parcel| world.orders.ship(&world.ctx, ours.tenant, ours.id, parcel);
    assert_eq!(ship(none.clone()).await.unwrap_err().code, "units_invalid");
    let long = NewParcel {
        tracking: "x".repeat(81),
        ..none
    };
    assert_eq!(ship(long).await.unwrap_err().code, "text_too_long");
    assert_eq!(
        ours.deliver(ours.parcel()).await.unwrap_err().code,
        "transition_illegal"
    );

    // Another shop's sub-order is not there.
    let foreign = world.orders.pack(&world.ctx, theirs.tenant, ours.id).await;
    assert_eq!(foreign.unwrap_err().kind, Kind::NotFound);
    let version = world
        .orders
        .load(order.id, AsOf::default())
        .await
        .unwrap()
        .version;
    assert_eq!(version, 3, "placed, confirmed, packed");
    assert_proven(&world).await;
}

#[tokio::test]
async fn a_parcel_sent_twice_is_sent_once() {
    let world = World::new().await;
    let (order, [ours, _]) = paid(&world).await;
    ours.pack().await.unwrap();
    ours.pack().await.unwrap();
    let parcel = ours.parcel();
    let (a, b) = tokio::join!(ours.ship(parcel, None), ours.ship(parcel, None));
    assert_eq!(a.unwrap().parcels, b.unwrap().parcels);
    assert_eq!(ours.ship(parcel, Some(1)).await.unwrap_err().code, "id_taken");
    let version = world
        .orders
        .load(order.id, AsOf::default())
        .await
        .unwrap()
        .version;
    assert_eq!(version, 4, "placed, confirmed, packed, shipped");
}

#[tokio::test]
async fn two_hands_cannot_send_the_same_unit() {
    let world = World::new().await;
    let (_, [ours, _]) = paid(&world).await;
    ours.pack().await.unwrap();
    let tries = (0..6).map(|_| ours.ship(ours.parcel(), Some(1)));
    let outcomes = futures::future::join_all(tries).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 2);
    let now = world
        .orders
        .sub_order(&world.ctx, ours.tenant, ours.id)
        .await
        .unwrap();
    assert_eq!((now.lines[0].shipped, now.parcels.len()), (2, 2));
    assert_proven(&world).await;
}

/// In this database somebody waits for a row.
const SOMEBODY_WAITS: &str = "
select exists (select from pg_locks l join pg_database d on d.oid = l.database
                where d.datname = current_database() and l.locktype = 'tuple')";

#[tokio::test]
async fn who_waited_for_an_order_knows_what_happened_meanwhile() {
    let world = World::new().await;
    let (order, [ours, theirs]) = paid(&world).await;
    let id = order.id;
    world.client.batch_execute("begin").await.unwrap();
    world.statements.lock(&world.client, &[id]).await.unwrap();
    let meanwhile = async {
        eventually("somebody waits for the order", || async {
            let asked = world.client.query_one(SOMEBODY_WAITS, &[]).await.unwrap();
            asked.get::<_, bool>(0).then_some(())
        })
        .await;
        let pack = Command::Pack { part: theirs.id };
        let events = decide(Some(&order), &pack, world.ctx.now).unwrap();
        let change = Change::new(&world.ctx, order, events).unwrap();
        let mut writes = Writes::default();
        writes.change(&change).unwrap();
        world.statements.write(&world.client, &writes).await.unwrap();
        world.client.batch_execute("commit").await.unwrap();
    };
    let (packed, ()) = tokio::join!(ours.pack(), meanwhile);
    assert_eq!(packed.unwrap().status, SubOrderStatus::Packed);
    let order = world.orders.load(id, AsOf::default()).await.unwrap();
    assert_eq!(order.version, 4, "placed, confirmed, packed, packed");
    assert_proven(&world).await;
}

#[tokio::test]
async fn a_step_is_answered_with_what_its_shop_reads_afterwards() {
    let world = World::new().await;
    let (_, [ours, _]) = paid(&world).await;
    let read = async || {
        let sub_order = world.orders.sub_order(&world.ctx, ours.tenant, ours.id);
        sub_order.await.unwrap()
    };
    let parcel = ours.parcel();
    assert_eq!(ours.pack().await.unwrap(), read().await);
    assert_eq!(ours.ship(parcel, Some(1)).await.unwrap(), read().await);
    assert_eq!(ours.deliver(parcel).await.unwrap(), read().await);
    assert_eq!(ours.deliver(parcel).await.unwrap(), read().await, "once more");
}

#[tokio::test]
async fn cancelled_parts_and_refunds_stand_in_the_tables() {
    let world = World::new().await;
    let (order, [ours, theirs]) = paid(&world).await;
    let refund = Refund {
        id: RefundId::new(world.ctx.now),
        part: theirs.id,
        lines: Vec::new(),
        delivery: 0,
        amount: 1250,
        reason: "late".into(),
        of_return: None,
        released: false,
        deduction: None,
    };
    let order = world.tell(order, Command::Refund(refund)).await;
    let cancel = Command::CancelPart {
        part: ours.id,
        reason: CancelReason::Seller,
        note: "the kiln broke".into(),
    };
    world.tell(order, cancel).await;
    let read = async |shop: &Shop<'_>| {
        world
            .orders
            .sub_order(&world.ctx, shop.tenant, shop.id)
            .await
            .unwrap()
    };
    let mine = read(&ours).await;
    assert_eq!(
        (
            mine.status,
            mine.cancel_reason,
            mine.cancel_note.as_deref(),
            mine.address
        ),
        (
            SubOrderStatus::Cancelled,
            Some(CancelReason::Seller),
            Some("the kiln broke"),
            None
        )
    );
    let other = read(&theirs).await;
    assert_eq!(other.status, SubOrderStatus::Confirmed);
    // Half of 25.00, and with it half of the commission of 2.00.
    assert_eq!(
        (
            other.refunded.amount,
            other.commission_refunded.map(|back| back.amount)
        ),
        (1250, Some(100))
    );
    assert_eq!(other.refunds[0].reason, "late");
    theirs.pack().await.unwrap();
    let tally = contracts::orders::OrderDesk::tally(&world.orders, &world.ctx, theirs.tenant);
    assert_eq!(tally.await.unwrap().packed, 1);
    assert_proven(&world).await;
}

/// An order as of a version, or of a time, is what the order was then.
#[tokio::test]
async fn time_travel_shows_each_step_as_it_was() {
    let mut world = World::new().await;
    let start = world.ctx.now;
    let step = |n: u32| Ctx::system("test", start + Duration::from_secs(u64::from(n)));
    let (order, id, tenant) = {
        let (order, [ours, _]) = paid(&world).await;
        (order, ours.id, ours.tenant)
    };
    let mut seen = vec![
        world
            .orders
            .order(&world.ctx, None, order.id, AsOf::default())
            .await
            .unwrap(),
    ];
    let parcel = ParcelId::new(start);
    for n in 1..=3 {
        world.ctx = step(n);
        let orders = &world.orders;
        match n {
            1 => orders.pack(&world.ctx, tenant, id).await.unwrap(),
            2 => {
                let new = NewParcel {
                    id: parcel,
                    lines: None,
                    carrier: String::new(),
                    tracking: String::new(),
                    exchange: None,
                };
                orders.ship(&world.ctx, tenant, id, new).await.unwrap()
            }
            _ => orders.deliver(&world.ctx, tenant, id, parcel).await.unwrap(),
        };
        seen.push(
            orders
                .order(&world.ctx, None, order.id, AsOf::default())
                .await
                .unwrap(),
        );
    }
    for (n, was) in (0..).zip(&seen) {
        let version = AsOf {
            version: Some(was.version),
            at: None,
        };
        let then = world
            .orders
            .order(&world.ctx, None, order.id, version)
            .await
            .unwrap();
        assert_eq!(then, *was, "version {}", was.version);
        let at = AsOf {
            version: None,
            at: Some(step(n).now),
        };
        let then = world.orders.order(&world.ctx, None, order.id, at).await.unwrap();
        assert_eq!(then, *was, "{n} s later");
    }
    let statuses: Vec<_> = seen.iter().map(|order| order.sub_orders[0].status).collect();
    use SubOrderStatus as S;
    assert_eq!(statuses, [S::Confirmed, S::Packed, S::Shipped, S::Delivered]);
}

/// Who waited for the order writes later what began earlier: the past shows no step without the one before it.
#[tokio::test]
async fn time_travel_leaves_no_step_out() {
    let world = World::new().await;
    let start = world.ctx.now;
    let step = |n: u64| Ctx::system("test", start + Duration::from_secs(n));
    let (order, [ours, _]) = paid(&world).await;
    world.orders.pack(&step(10), ours.tenant, ours.id).await.unwrap();
    let parcel = NewParcel {
        id: ours.parcel(),
        lines: None,
        carrier: String::new(),
        tracking: String::new(),
        exchange: None,
    };
    world
        .orders
        .ship(&step(5), ours.tenant, ours.id, parcel)
        .await
        .unwrap();
    let as_of = async |n| {
        let at = Some(step(n).now);
        let as_of = AsOf { version: None, at };
        let then = world
            .orders
            .order(&world.ctx, None, order.id, as_of)
            .await
            .unwrap();
        (then.version, then.sub_orders[0].status)
    };
    assert_eq!(as_of(7).await, (2, SubOrderStatus::Confirmed));
    assert_eq!(as_of(10).await, (4, SubOrderStatus::Shipped));
}

#[tokio::test]
async fn a_replay_names_each_row_that_was_spoilt_by_its_order() {
    let world = World::new().await;
    let (order, [ours, theirs]) = paid(&world).await;
    let (untouched, _) = paid(&world).await;
    ours.pack().await.unwrap();
    ours.ship(ours.parcel(), None).await.unwrap();
    let replayed = orders::replay(&world.orders, |_| ()).await.unwrap();
    assert_eq!((replayed.orders, replayed.events), (2, 6));
    assert_eq!(replayed.differences, []);
    for (spoil, expected) in [
        (
            format!(
                "update orders.line set shipped = 1 where sub_order_id = '{}'",
                ours.id
            ),
            format!("orders.line {} differs from what its history says", ours.line),
        ),
        (
            format!(
                "update orders.sub_order set status = 'packed' where id = '{}'",
                theirs.id
            ),
            format!(
                "orders.sub_order {} differs from what its history says",
                theirs.id
            ),
        ),
        (
            format!("update orders.order set version = 9 where id = '{}'", order.id),
            format!("orders.order {} differs from what its history says", order.id),
        ),
        (
            format!("delete from orders.line where sub_order_id = '{}'", theirs.id),
            format!("orders.line {} is missing", theirs.line),
        ),
        (
            format!("delete from orders.event where stream_id = '{}'", untouched.id),
            format!("order {}: orders.order {0} is in no history", untouched.id),
        ),
    ] {
        world.client.batch_execute(&spoil).await.unwrap();
        let found = orders::verify(&world.orders).await.unwrap();
        assert!(found.iter().any(|f| f.ends_with(&expected)), "{spoil}: {found:?}");
    }
    let found = orders::replay(&world.orders, |_| ()).await.unwrap().differences;
    let of = |id| found.iter().filter(|difference| difference.order == id).count();
    assert_eq!((of(order.id), of(untouched.id)), (4, 5));
}
