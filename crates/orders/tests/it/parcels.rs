//! What carriers tell of parcels, and what becomes of the orders.

use super::World;
use contracts::orders::{AsOf, CancelReason, NewParcel, Orders as _, ParcelLine, SubOrder, SubOrderStatus};
use contracts::shipping::ShipmentState::{Accepted, Delivered, InTransit, Returned};
use contracts::shipping::{ShipmentProgressed, ShipmentState};
use kernel::{ParcelId, ShipmentId, SubOrderId, TenantId};
use orders::domain::{Command, Order, Units};
use store::Scope;
use store::log::Outbox;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

struct Sale<'w> {
    world: &'w World,
    tenant: TenantId,
    progressed: ShipmentProgressed,
}

impl<'w> Sale<'w> {
    /// A packed sub-order of two units, and a label for both.
    async fn packed(world: &'w World) -> Self {
        let order = world.place(&world.buyer(), &[world.shop()]).await;
        let order = world.tell(order, Command::Confirm).await;
        Self::of(world, &order, 0).await
    }

    async fn of(world: &'w World, order: &Order, part: usize) -> Self {
        let part = &order.placed.parts[part];
        let tenant = part.tenant;
        world.orders.pack(&world.ctx, tenant, part.id).await.unwrap();
        let shipment = ShipmentId::new(world.ctx.now);
        Self {
            world,
            tenant,
            progressed: ShipmentProgressed {
                shipment,
                order: order.id,
                sub_order: part.id,
                tenant,
                parcel: ParcelId(shipment.0),
                lines: vec![ParcelLine {
                    line: part.lines[0].id,
                    quantity: 2,
                }],
                carrier: "sandbox".into(),
                tracking: "SB17".into(),
                state: Accepted,
                at: world.ctx.now,
                exchange: None,
            },
        }
    }

    fn id(&self) -> SubOrderId {
        self.progressed.sub_order
    }

    /// What the carrier's news say, one after the other.
    async fn tell(&self, states: &[ShipmentState]) {
        let mut tx = self
            .world
            .db
            .db(orders::CONTEXT)
            .begin(Scope::System)
            .await
            .unwrap();
        let mut outbox = Outbox::new();
        for state in states {
            let progressed = ShipmentProgressed {
                state: *state,
                ..self.progressed.clone()
            };
            outbox.push(&self.world.ctx, &progressed).unwrap();
        }
        outbox.append(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn seen(&self) -> SubOrder {
        self.world
            .orders
            .sub_order(&self.world.ctx, self.tenant, self.id())
            .await
            .unwrap()
    }

    /// Until all that was told is heard, and none of it set aside.
    async fn heard(&self) {
        assert_eq!(self.set_aside().await, 0);
    }

    /// Until all that was told is heard; how much of it was set aside.
    async fn set_aside(&self) -> i64 {
        let all: i64 = sqlx::query_scalar("select max(id) from log.event where topic like 'shipping%'")
            .fetch_one(&mut self.world.db.owner().await)
            .await
            .unwrap();
        let stop = CancellationToken::new();
        let heard = eventually("orders hear of parcels", async || {
            let at: Option<i64> =
                sqlx::query_scalar("select id from log.cursor where consumer = 'orders.parcels'")
                    .fetch_optional(&mut self.world.db.owner().await)
                    .await
                    .unwrap();
            at.filter(|at| *at >= all).map(|_| stop.cancel())
        });
        futures::join!(
            orders::work(self.world.orders.clone(), testkit::clock(), stop.clone()),
            heard
        );
        let letters: i64 = sqlx::query_scalar("select count(*) from log.dead_letter")
            .fetch_one(&mut self.world.db.owner().await)
            .await
            .unwrap();
        let none: [String; 0] = [];
        assert_eq!(orders::verify(&self.world.orders).await.unwrap(), none);
        letters
    }

    async fn cancel(&self, command: Command) {
        let order = self.world.orders.load(self.progressed.order, AsOf::default());
        self.world.tell(order.await.unwrap(), command).await;
    }

    async fn topics(&self) -> Vec<String> {
        let sql = "select topic from log.event where topic like 'orders.sub%' order by id";
        let rows = self.world.client.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

#[tokio::test]
async fn a_parcel_that_its_carrier_scanned_was_sent_and_one_it_delivered_has_arrived_once() {
    let world = World::new().await;
    let sale = Sale::packed(&world).await;
    sale.tell(&[Accepted]).await;
    sale.heard().await;
    let sent = sale.seen().await;
    assert_eq!(sent.status, SubOrderStatus::Shipped);
    assert_eq!(
        (
            sent.parcels[0].carrier.as_str(),
            sent.parcels[0].tracking.as_str()
        ),
        ("sandbox", "SB17")
    );
    // Twice over, and the same news again after it.
    sale.tell(&[InTransit, Delivered, Delivered, Accepted, Delivered])
        .await;
    sale.heard().await;
    let arrived = sale.seen().await;
    assert_eq!(
        (arrived.status, arrived.parcels.len()),
        (SubOrderStatus::Delivered, 1)
    );
    assert_eq!(
        sale.topics().await,
        [
            "orders.sub_order_packed",
            "orders.sub_order_shipped",
            "orders.sub_order_delivered"
        ]
    );
}

#[tokio::test]
async fn delivered_is_heard_without_anything_before_it() {
    let world = World::new().await;
    let sale = Sale::packed(&world).await;
    sale.tell(&[Delivered]).await;
    sale.heard().await;
    assert_eq!(sale.seen().await.status, SubOrderStatus::Delivered);
}

#[tokio::test]
async fn what_the_seller_said_before_stays() {
    let world = World::new().await;
    let sale = Sale::packed(&world).await;
    let parcel = NewParcel {
        id: sale.progressed.parcel,
        lines: None,
        carrier: "By hand".into(),
        tracking: String::new(),
        exchange: None,
    };
    world
        .orders
        .ship(&world.ctx, sale.tenant, sale.id(), parcel)
        .await
        .unwrap();
    world
        .orders
        .deliver(&world.ctx, sale.tenant, sale.id(), sale.progressed.parcel)
        .await
        .unwrap();
    sale.tell(&[Accepted, Delivered]).await;
    sale.heard().await;
    let seen = sale.seen().await;
    assert_eq!(
        (seen.status, seen.parcels[0].carrier.as_str()),
        (SubOrderStatus::Delivered, "By hand")
    );
}

#[tokio::test]
async fn units_cancelled_after_the_label_was_booked_are_not_in_the_parcel() {
    let world = World::new().await;
    let (scanned, handed_over) = (Sale::packed(&world).await, Sale::packed(&world).await);
    for sale in [&scanned, &handed_over] {
        sale.cancel(Command::CancelUnits {
            part: sale.id(),
            units: vec![Units {
                line: sale.progressed.lines[0].line,
                quantity: 1,
            }],
            reason: CancelReason::Seller,
            note: "One broke.".into(),
            key: String::new(),
        })
        .await;
    }
    scanned.tell(&[Accepted, Delivered]).await;
    scanned.heard().await;
    let parcel = NewParcel {
        id: handed_over.progressed.parcel,
        lines: Some(handed_over.progressed.lines.clone()),
        carrier: "sandbox".into(),
        tracking: "SB17".into(),
        exchange: None,
    };
    for _ in 0..2 {
        let (orders, ctx) = (&world.orders, &world.ctx);
        let shipped = orders.ship_booked(ctx, handed_over.tenant, handed_over.id(), parcel.clone());
        assert_eq!(shipped.await.unwrap().status, SubOrderStatus::Shipped);
    }
    for (sale, status) in [
        (scanned, SubOrderStatus::Delivered),
        (handed_over, SubOrderStatus::Shipped),
    ] {
        let seen = sale.seen().await;
        let sent: Vec<u32> = seen.parcels[0].lines.iter().map(|line| line.quantity).collect();
        assert_eq!((seen.status, seen.parcels.len(), sent), (status, 1, vec![1]));
    }
}

#[tokio::test]
async fn a_label_on_what_was_cancelled_or_sent_otherwise_changes_nothing_and_is_set_aside() {
    let world = World::new().await;
    let order = world.place(&world.buyer(), &[world.shop(), world.shop()]).await;
    let order = world.tell(order, Command::Confirm).await;
    let (cancelled, other) = (
        Sale::of(&world, &order, 0).await,
        Sale::of(&world, &order, 1).await,
    );
    let end = Command::CancelPart {
        part: cancelled.id(),
        reason: CancelReason::Seller,
        note: "broken".into(),
    };
    cancelled.cancel(end).await;
    let sent = Sale::packed(&world).await;
    let otherwise = NewParcel {
        id: ParcelId::new(world.ctx.now),
        lines: None,
        carrier: "SEUR".into(),
        tracking: "S1".into(),
        exchange: None,
    };
    let (orders, ctx) = (&world.orders, &world.ctx);
    orders
        .ship(ctx, sent.tenant, sent.id(), otherwise.clone())
        .await
        .unwrap();
    let booked = NewParcel {
        id: sent.progressed.parcel,
        lines: Some(sent.progressed.lines.clone()),
        ..otherwise
    };
    let refused = orders.ship_booked(ctx, sent.tenant, sent.id(), booked).await;
    assert_eq!(refused.unwrap_err().code, "nothing_to_ship");

    cancelled.tell(&[Accepted, Delivered]).await;
    sent.tell(&[Accepted, Returned, Delivered]).await;
    other.tell(&[Accepted, Delivered]).await;
    assert_eq!(
        other.set_aside().await,
        5,
        "what follows of a parcel waits with its first news"
    );
    assert_eq!(cancelled.seen().await.status, SubOrderStatus::Cancelled);
    let seen = sent.seen().await;
    assert_eq!((seen.status, seen.parcels.len()), (SubOrderStatus::Shipped, 1));
    // The same order's parcel of another shop does not wait.
    assert_eq!(other.seen().await.status, SubOrderStatus::Delivered);
}
